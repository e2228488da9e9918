"""Deadlines and lights in 2020, with Labour Day off from 1 to 5 May and work on Saturday 9 May."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.campaigns.rules import deadline, light
from luodi.kit.refusal import Refused

pytestmark = pytest.mark.django_db


def test_working_days_skip_holidays_and_count_make_up_saturdays():
    assert deadline(date(2020, 4, 30), 1, "working_day") == date(2020, 5, 6)
    assert deadline(date(2020, 5, 6), 3, "working_day") == date(2020, 5, 9)


def test_calendar_days_just_count():
    assert deadline(date(2020, 4, 30), 30, "calendar_day") == date(2020, 5, 30)


def test_a_deadline_in_an_unannounced_year_is_refused_with_a_sentence():
    with pytest.raises(Refused, match=r"2095-01-03 起 10 个工作日的到期日算不出来.*请直接填写到期日期"):
        deadline(date(2095, 1, 3), 10, "working_day")


@pytest.mark.parametrize(
    ("today", "shown"),
    [
        (date(2020, 8, 13), "none"),  # Thursday: four working days left
        (date(2020, 8, 14), "blue"),  # Friday: three
        (date(2020, 8, 18), "blue"),
        (date(2020, 8, 19), "yellow"),  # due today
        (date(2020, 8, 20), "red"),
    ],
)
def test_lights_of_a_problem_due_on_19_august(today, shown):
    assert light(date(2020, 8, 19), today, False) == shown


def test_no_light_when_closed_or_without_a_limit():
    assert light(date(2020, 8, 19), date(2020, 8, 31), True) == "none"
    assert light(None, date(2020, 8, 31), False) == "none"


def test_thresholds_come_from_the_pack():
    assert light(date(2020, 8, 19), date(2020, 8, 12), False, blue=5) == "blue"
    assert light(date(2020, 8, 19), date(2020, 8, 18), False, blue=5, yellow=1) == "yellow"


def test_in_an_unannounced_year_calendar_days_count():
    assert light(date(2095, 8, 19), date(2095, 8, 16), False) == "blue"
    assert light(date(2095, 8, 19), date(2095, 8, 15), False) == "none"


def test_a_limit_on_sunday_turns_yellow_on_the_last_working_day():
    assert light(date(2020, 8, 16), date(2020, 8, 14), False) == "yellow"


def _weekdays(start: date, end: date) -> int:
    return sum((start + timedelta(days=n + 1)).weekday() < 5 for n in range((end - start).days))


@given(left=st.integers(-40, 40), blue=st.integers(1, 20))
def test_lights_only_get_hotter_as_days_pass(left, blue):
    heat = ["none", "blue", "yellow", "red"]
    today = date(2020, 3, 2)
    due_on = today + timedelta(days=left)
    days = [light(due_on, today + timedelta(days=n), False, blue=blue, count=_weekdays) for n in range(3)]
    assert [heat.index(one) for one in days] == sorted(heat.index(one) for one in days)
