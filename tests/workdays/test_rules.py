"""Working days as the State Council announced them (domain.md 2.4), and what is said of years nobody announced."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.workdays.rules import Calendar, packaged_days

KNOWN = Calendar.of((day, works) for day, works, _note in packaged_days())
DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2026, 12, 31))


def span(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


@pytest.mark.parametrize(
    "day",
    [
        "2018-02-11",
        "2018-02-24",
        "2018-04-08",
        "2018-04-28",
        "2018-09-29",
        "2018-09-30",
        "2020-01-19",
        "2020-04-26",
        "2020-05-09",
        "2020-06-28",
        "2020-09-27",
        "2020-10-10",
    ],
)
def test_weekend_days_worked_instead(day):
    assert KNOWN.is_workday(date.fromisoformat(day)) is True
    assert date.fromisoformat(day).weekday() >= 5


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2018-02-15", "2018-02-21"),
        ("2018-04-05", "2018-04-07"),
        ("2018-04-29", "2018-05-01"),
        ("2018-06-16", "2018-06-18"),
        ("2018-09-22", "2018-09-24"),
        ("2018-10-01", "2018-10-07"),
        ("2020-01-24", "2020-02-02"),
        ("2020-04-04", "2020-04-06"),
        ("2020-05-01", "2020-05-05"),
        ("2020-06-25", "2020-06-27"),
        ("2020-10-01", "2020-10-08"),
    ],
)
def test_holidays(first, last):
    assert [KNOWN.is_workday(day) for day in span(first, last)] == [False] * len(span(first, last))


def test_a_limit_over_a_holiday_with_make_up_days():
    # Tuesday 28 April 2020; 1-5 May off, Saturday 9 May worked: 29, 30, 6, 7, 8, 9
    assert KNOWN.add(date(2020, 4, 28), 6) == date(2020, 5, 9)
    assert KNOWN.count(date(2020, 4, 28), date(2020, 5, 9)) == 6
    assert KNOWN.count(date(2020, 5, 9), date(2020, 4, 28)) == -6
    assert KNOWN.add(date(2020, 5, 9), -1) == date(2020, 5, 8)
    assert KNOWN.add(date(2020, 5, 10), -1) == date(2020, 5, 9)


def test_an_event_on_a_day_off_starts_counting_on_the_next_working_day():
    assert KNOWN.add(date(2020, 6, 25), 1) == date(2020, 6, 28)
    assert KNOWN.add(date(2020, 6, 25), 0) == date(2020, 6, 25)


def test_years_nobody_announced_are_unknown_not_guessed():
    assert KNOWN.is_workday(date(2027, 1, 4)) is None
    assert KNOWN.is_workday(date(2014, 12, 31)) is None
    assert KNOWN.add(date(2026, 12, 30), 5) is None
    assert KNOWN.add(date(2015, 1, 1), -1) is None
    assert KNOWN.count(date(2026, 12, 1), date(2027, 1, 1)) is None
    assert KNOWN.count(date(2014, 12, 1), date(2015, 1, 8)) is None
    assert KNOWN.count(date(2014, 12, 31), date(2015, 1, 8)) == 5  # 1-3 January off, Sunday 4 January worked
    assert KNOWN.count(date(2031, 1, 1), date(2031, 1, 1)) == 0
    assert KNOWN.known_until == date(2026, 12, 31)


def test_a_gap_between_known_years_is_not_jumped():
    gap = Calendar.of((day, True) for day in (*span("2015-01-01", "2015-12-31"), *span("2017-01-01", "2017-12-31")))
    assert gap.add(date(2015, 12, 31), 1) is None
    assert gap.add(date(2017, 1, 1), -1) is None
    assert gap.count(date(2015, 12, 31), date(2017, 1, 1)) is None
    assert gap.add(date(2016, 12, 31), 1) == date(2017, 1, 1)


@given(DAYS, st.integers(min_value=1, max_value=600))
def test_count_undoes_add(start, n):
    end = KNOWN.add(start, n)
    if end is not None:
        assert KNOWN.count(start, end) == n
        assert KNOWN.is_workday(end)
        assert end > start


@given(DAYS, st.integers(min_value=-600, max_value=-1))
def test_going_back_lands_on_the_working_day_before(start, n):
    end = KNOWN.add(start, n)
    if end is not None:
        assert KNOWN.is_workday(end)
        assert KNOWN.count(end - timedelta(days=1), start - timedelta(days=1)) == -n


@given(DAYS, DAYS, DAYS)
def test_counting_in_two_parts_is_counting_at_once(first, second, third):
    assert KNOWN.count(first, second) + KNOWN.count(second, third) == KNOWN.count(first, third)


@given(DAYS, st.integers(min_value=0, max_value=100))
def test_more_days_never_end_earlier(start, n):
    sooner, later = KNOWN.add(start, n), KNOWN.add(start, n + 1)
    assert later is None or (sooner is not None and sooner < later)
    following = KNOWN.add(start + timedelta(days=1), n)
    assert following is None or sooner is None or sooner <= following


@given(DAYS)
def test_one_day_counts_one_or_nothing(day):
    assert KNOWN.count(day - timedelta(days=1), day) == int(KNOWN.is_workday(day))
