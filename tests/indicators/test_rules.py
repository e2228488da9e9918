"""Frames, periods and the catalogue, without a database."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.indicators.rules import (
    Answer,
    Frame,
    Indicator,
    Rate,
    catalogue,
    check_catalogue,
    dimensions_of,
    faults,
    fortnight_end,
    fortnight_ends,
    fortnight_start,
    fortnights,
    indicator_of,
    percent,
    thaw,
)
from luodi.kit.refusal import Refused

AUGUST = Frame(7, "1311", date(2020, 8, 31), filters={"source": "tip", "batch": "base"})
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


def plain(code: str, unit: str = "件", **more) -> Indicator:
    return Indicator(code=code, name=code, unit=unit, scope="", how="", rows=lambda frame: None, **more)


def test_frames_that_ask_the_same_are_one_dictionary_key():
    same = Frame(7, "1311", date(2020, 8, 31), filters={"batch": "base", "source": "tip"})
    assert {AUGUST: 1}[same] == 1


def test_a_frame_survives_json_and_the_address():
    assert thaw(AUGUST.facts()) == AUGUST
    assert AUGUST.to_query() == "batch=base&source=tip&campaign=7&place=1311&as_of=2020-08-31"


def test_narrowing_to_a_fortnight_keeps_within_the_period_asked():
    whole = Frame(7, "1311", date(2020, 8, 31), date(2020, 7, 5), date(2020, 7, 14))
    part = whole.narrowed("fortnight", "2020-07-01")
    assert (part.start, part.end) == (date(2020, 7, 5), date(2020, 7, 14))
    assert AUGUST.narrowed("fortnight", "2020-07-16").end == date(2020, 8, 1)


@given(DAYS)
def test_every_day_is_in_exactly_one_fortnight(one):
    assert fortnight_start(one) <= one <= fortnight_end(one)
    assert fortnight_start(fortnight_end(one)) == fortnight_start(one)


@given(DAYS, DAYS)
def test_fortnights_follow_each_other_without_gap(a, b):
    first, last = sorted((a, b))
    starts = fortnights(first, last)
    assert starts[0] <= first
    assert fortnight_end(starts[-1]) >= last
    assert all((nxt - fortnight_end(one)).days == 1 for one, nxt in pairwise(starts))


def test_the_last_ends_of_fortnights():
    assert fortnight_ends(date(2020, 8, 31), 3) == [date(2020, 7, 31), date(2020, 8, 15), date(2020, 8, 31)]
    assert fortnight_ends(date(2020, 3, 2), 2) == [date(2020, 2, 15), date(2020, 2, 29)]


def test_percent_rounds_half_up():
    assert percent(1571, 1620) == Decimal("97.0")
    assert percent(1, 2000) == Decimal("0.1")
    assert percent(1, 1) == Decimal("100.0")


def test_words_for_pages_and_for_documents():
    count = Answer(plain("x.n"), AUGUST, 1610)
    assert (count.text, count.plain) == ("1,610 件", "1610件")
    rate = Answer(Rate(code="x.r", name="", scope="", how="", numerator="", denominator=""), AUGUST, Decimal("97.0"))
    assert (rate.text, rate.plain) == ("97.0%", "97.0%")
    days = Answer(plain("x.d", "个工作日"), AUGUST, Decimal("12.0"))
    assert (days.text, days.plain) == ("12 个工作日", "12个工作日")
    assert Answer(plain("x.n"), AUGUST, None, "没有记录").text == "—"


def test_the_same_code_twice_and_a_rate_of_nothing_are_refused_at_start_up():
    rate = Rate(code="x.r", name="", scope="", how="", numerator="x.n", denominator="x.gone")
    assert faults([plain("x.n"), plain("x.n"), rate]) == [
        "Two indicators have the code 'x.n'.",
        "'x.r' is a rate of 'x.gone', which is no counted indicator.",
    ]


def test_the_installed_catalogue_is_whole():
    assert check_catalogue() == []
    assert "problems.closed" in catalogue()
    for indicator in catalogue().values():
        assert indicator.scope
        assert indicator.how
        assert dimensions_of(indicator) or indicator.code.startswith("documents.")


def test_an_unknown_code_is_a_sentence():
    with pytest.raises(Refused, match=r"没有指标「problems\.colsed」"):
        indicator_of("problems.colsed")
