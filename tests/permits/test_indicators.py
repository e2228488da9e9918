"""Figures of permits: as of a day, with their rows, and with both compression rates named."""

from datetime import date
from decimal import Decimal

import pytest

from luodi.indicators import queries as ask
from luodi.indicators.rules import Frame
from luodi.permits import actions
from luodi.permits.indicators import INDICATORS
from tests.world import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(window):
    """Three decided in Taocheng (4, 5 and 6 of 20 days, one late), one simulated, one still open."""
    window.done = [
        actions.grant(window.case(code), actor=window.lin, at=at(day))
        for code, day in [("energy", "2020-05-11"), ("water-soil", "2020-05-12")]
    ]
    late = actions.explain(window.case("verification", accept=True), reason="专家意见迟到", actor=window.lin,
                           at=at("2020-05-13"))  # fmt: skip
    actions.grant(late, actor=window.lin, at=at("2020-05-13"))
    case = window.case("land-plan", intake="simulated", awaits="土地出让合同")
    case = actions.opine(case, actor=window.tian, at=at("2020-05-11"))
    actions.convert(case, met_on=date(2020, 6, 19), actor=window.tian, at=at("2020-06-22"))
    window.case("air-defence", day="2020-06-01")

    def asked(code, day="2020-06-30", place="1311"):
        return ask.answer(f"permits.{code}", Frame(window.campaign.pk, place, date.fromisoformat(day)))

    return asked


def test_counts_and_rates(asked):
    assert asked("decided").value == 4
    assert asked("decided", "2020-05-12").value == 2
    assert asked("decided", place="131126").value == 0
    assert asked("on_time_rate").text == "75.0%"
    assert (asked("running").value, asked("overdue").value, asked("overdue", "2020-06-10").value) == (1, 1, 0)
    assert asked("running", "2020-05-08").value == 4


def test_the_two_compression_rates_differ_and_say_so(asked):
    # 16 + 15 + 14 + 19 saved of 80
    assert (asked("spared_days").value, asked("statutory_days").value) == (64, 80)
    assert asked("compression_rate").value == Decimal("80.0")
    assert "Σ" in str(asked("compression_rate").indicator.how)
    assert asked("mean_compression").text == "80.0%"
    assert asked("median_days").text == "4.5 天"


def test_simulated_days_saved(asked):
    assert (asked("simulated").value, asked("simulated_saved").value) == (1, 29)
    assert asked("simulated_saved", "2020-06-01").value == 0
    assert asked("simulated_mean_saved").text == "29.0 个工作日"
    assert asked("simulated_mean_saved", "2020-06-01").value is None


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda one: one.code)
def test_every_figure_has_rows_and_parts(asked, window, indicator):
    frame = Frame(window.campaign.pk, "1311", date(2020, 6, 30))
    whole = ask.answer(indicator.code, frame)
    assert ask.rows(indicator.code, frame).count() >= 0
    for name in ("county", "item", "stage"):
        parts = ask.break_down(indicator.code, frame, name)
        if getattr(indicator, "counts", False):
            assert sum(part.answer.value for part in parts) == whole.value
    assert ask.freeze(indicator.code, frame)["text"] == whole.text


def test_time_against_the_law_waiting_and_papers_asked_for(asked, window):
    case = window.case("energy", day="2020-06-01")
    case = actions.suspend(case, kind="experts", reason="专家评审", starts_on=date(2020, 6, 2), actor=window.lin,
                           at=at("2020-06-02"))  # fmt: skip
    case = actions.resume(case, ends_on=date(2020, 6, 9), actor=window.lin, at=at("2020-06-09"))
    actions.grant(case, actor=window.lin, at=at("2020-06-10"))
    short = window.case("water-soil", day="2020-06-01", papers=False, accept=False)
    actions.ask_papers(short, reason="缺水土保持方案", actor=window.lin, at=at("2020-06-02"))

    # 4 + 5 + 6 + 1 days of the four above, 2 of this one, and five in which the clock stood still
    assert (asked("elapsed_days").value, asked("stopped_days").value) == (23, 5)
    assert asked("waiting_share").text == "21.7%"
    assert (asked("lawful_rate").text, asked("on_time_rate").text) == ("100.0%", "80.0%")
    assert (asked("asked").value, asked("asked_rate").text) == (1, "14.3%")
    assert asked("asked", "2020-06-01").value == 0
    actions.send_back(short, reason="申请人撤回", actor=window.lin, at=at("2020-06-05"))
    assert (asked("sent_back").value, asked("sent_back", "2020-06-04").value) == (1, 0)
