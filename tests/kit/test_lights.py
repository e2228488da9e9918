"""The lights of a limit: blue counts working days, and says so when it cannot."""

from datetime import date

import pytest
from django.template import Context, Template

FRIDAY = date(2020, 9, 25)
AFTER_HOLIDAY = date(2020, 10, 9)


def draw(due_on, until):
    asked = []

    def soon_until():
        asked.append(1)
        return until

    context = Context({"due_on": due_on, "today": FRIDAY, "soon_until": soon_until})
    return Template("{% load ui %}{% due due_on today %}").render(context), asked


@pytest.mark.parametrize(
    ("due_on", "until", "words", "light"),
    [
        (date(2020, 9, 30), date(2020, 9, 29), "剩 5 天", "t3"),
        (date(2020, 9, 29), date(2020, 9, 29), "剩 4 天", "due-info"),
        (AFTER_HOLIDAY, AFTER_HOLIDAY, "剩 14 天", "due-info"),
        (date(2020, 9, 28), None, "剩 3 天", "due-info"),
        (date(2020, 9, 29), None, "剩 4 天", "t3"),
    ],
)
def test_blue_counts_working_days(due_on, until, words, light):
    shown, _asked = draw(due_on, until)
    assert words in shown
    assert f'class="{light} nw"' in shown


def test_without_a_calendar_the_title_says_that_calendar_days_count():
    assert "按自然日算" in draw(date(2020, 9, 28), None)[0]
    assert "三个工作日以内到期" in draw(date(2020, 9, 29), date(2020, 9, 29))[0]


def test_the_calendar_is_not_asked_where_it_does_not_matter():
    assert draw(FRIDAY, None)[1] == []
    assert draw(date(2020, 9, 1), None)[1] == []
    assert draw(None, None)[1] == []
