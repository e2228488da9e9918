"""Figures of projects: as of the day, with their rows, and split so that the parts add up."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from luodi.indicators.queries import answer, break_down, freeze, rows
from luodi.indicators.rules import Frame
from luodi.projects import actions
from tests.world import at


@pytest.fixture
def frame(library):
    return Frame(campaign=library.campaign.pk, place="1311", as_of=date(2020, 8, 31))


def value(code, frame):
    return answer(f"projects.{code}", frame).value


def reach(world, row, kind, day, actor):
    return actions.reach(row, kind=kind, reached_on=date.fromisoformat(day), actor=actor, at=at("2020-08-30"))


@pytest.fixture
def three(library):
    """One continuing, one planned start of Taocheng; one preliminary of Gucheng."""
    first = library.project(list_kind="construction", plan_amount=Decimal(20000))
    second = library.project()
    third = library.project(
        list_kind="preliminary", plan_amount=Decimal(500), due_on=date(2021, 3, 1), unit=library.units["131126-fgj"]
    )
    library.told(first, {1: 10000})
    library.told(second, {1: 3000, 2: 3000})
    actions.report(third, month_on=date(2020, 1, 1), amount=Decimal(40), actor=library.gao, at=at("2020-01-28"))
    return first, second, third


def test_lists_and_money(library, three, frame):
    assert [value(code, frame) for code in ("key", "planned_starts", "preliminary")] == [2, 1, 1]
    assert value("plan", frame) == Decimal("3.2")
    assert value("completed", frame) == Decimal("1.6")
    assert answer("projects.completion_rate", frame).text == "50.0%"
    assert value("early_completed", frame) == Decimal("0.004")


def test_a_correction_changes_only_what_is_asked_later(library, three, frame):
    actions.correct(
        three[1],
        month_on=date(2020, 2, 1),
        amount=Decimal(1000),
        reason="多报",
        actor=library.wang,
        at=at("2020-06-15"),
    )
    assert value("completed", frame) == Decimal("1.4")
    assert value("completed", frame.at(date(2020, 6, 14))) == Decimal("1.6")


def test_a_plan_changed_in_summer_leaves_the_spring_as_it_was(library, three, frame):
    actions.plan(
        three[1], year=2020, list_kind="construction", amount=Decimal(9000), reason="调整", actor=library.li,
        at=at("2020-07-01"),
    )  # fmt: skip
    spring = frame.at(date(2020, 6, 30))
    assert (value("plan", spring), value("plan", frame)) == (Decimal("3.2"), Decimal("2.9"))
    assert (value("planned_starts", spring), value("planned_starts", frame)) == (1, 0)


def test_starts_landing_and_their_definition(library, three, frame):
    library.project()  # was to start on 1 April and has not
    for row, actor in ((three[1], library.wang), (three[2], library.gao)):
        for kind, day in (("filed", "2020-02-01"), ("land", "2020-03-01"), ("started", "2020-05-06")):
            reach(library, row, kind, day, actor)
        actions.land(row, landed_on=date(2020, 5, 7), actor=library.li, at=at("2020-08-30"))
    assert (value("started", frame), value("early_starts", frame)) == (1, 1)
    assert answer("projects.start_rate", frame).text == "50.0%"
    assert value("started", frame.at(date(2020, 5, 5))) == 0
    # Due: three whose start was planned by now, and the one of 2021 that landed early.
    assert (value("due", frame), value("landed", frame)) == (4, 2)
    rate = answer("projects.landing_rate", frame)
    assert rate.text == "50.0%"
    assert "落地＝备案/核准、用地、开工" in rate.scope
    assert "口径第 1 版" in freeze("projects.landing_rate", frame)["scope"]
    assert value("late_starts", frame) == 2
    assert value("late_starts", frame.at(date(2020, 4, 1))) == 0


def test_stalled_on_a_day(library, three, frame):
    row = actions.stall(three[0], reason="停工", actor=library.wang, at=at("2020-06-01"))
    actions.resume(row, reason="复工", actor=library.wang, at=at("2020-07-01"))
    assert [value("stalled", frame.at(date(2020, month, 1))) for month in (5, 6, 7)] == [0, 1, 0]


@pytest.mark.parametrize("code", ["key", "plan", "completed", "preliminary", "due", "early_completed"])
@pytest.mark.parametrize("by", ["county", "tier", "industry"])
def test_parts_add_up_and_open_exactly_their_rows(library, three, frame, code, by):
    parts = break_down(f"projects.{code}", frame, by)
    assert sum(part.answer.value for part in parts) == value(code, frame)
    for part in parts:
        assert answer(f"projects.{code}", part.answer.frame).value == part.answer.value


def test_money_by_month(library, three, frame):
    parts = {part.label: part.answer.value for part in break_down("projects.completed", frame, "month")}
    assert parts == {"1月": Decimal("1.3"), "2月": Decimal("0.3")}


def test_a_county_asks_for_its_own(library, three, frame):
    gucheng = replace(frame, place="131126")
    assert (value("key", gucheng), value("preliminary", gucheng)) == (0, 1)
    assert answer("projects.start_rate", gucheng).value is None


class TestFiguresOfOthers:
    @pytest.fixture
    def published(self, library):
        def publish(month, amount, published, series="fai_growth"):
            fields = {"series": series, "month_on": date(2020, month, 1), "amount": Decimal(amount),
                      "published_on": date.fromisoformat(published), "source": f"1—{month}月快报"}  # fmt: skip
            actions.publish(fields, city_code="1311", actor=library.li, at=at("2020-08-31"))

        for month, amount in {2: "3.1", 5: "6.1", 6: "5.9", 7: "6.0", 8: "6.8"}.items():
            publish(month, amount, f"2020-{min(month + 1, 8):02d}-{28 if month == 8 else 15}")
        publish(8, "5", "2020-08-28", "fai_rank")

    def test_the_latest_that_was_published_by_the_day(self, published, frame):
        assert answer("projects.fai_growth", frame).text == "6.8%"
        assert answer("projects.fai_growth", frame.at(date(2020, 8, 27))).text == "6.0%"
        assert answer("projects.fai_rank", frame).text == "5 位"
        assert value("fai_steady", frame) == 2
        nothing = answer("projects.fai_growth", frame.at(date(2020, 1, 31)))
        assert (nothing.text, nothing.value) == ("—", None)

    def test_rows_are_the_papers_and_counties_have_none(self, published, frame):
        assert [one.source for one in rows("projects.fai_rank", frame)] == ["1—8月快报"]
        assert answer("projects.fai_growth", replace(frame, place="131102")).value is None

    def test_pages_of_a_figure_open_for_li_and_wang(self, library, published, three, as_):
        for code in ("fai_growth", "completed", "landing_rate", "key"):
            page = as_(library.li).get(f"/indicators/projects.{code}/")
            assert page.status_code == 200, code
            assert as_(library.wang).get(f"/indicators/projects.{code}/rows/").status_code == 200, code
        assert "落地＝" in as_(library.li).get("/indicators/projects.landing_rate/").content.decode()
