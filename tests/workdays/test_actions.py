"""Each November the notice for the next year arrives and somebody enters it."""

import json
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from luodi.journal.models import Entry
from luodi.journal.rules import SYSTEM
from luodi.kit.refusal import Refused
from luodi.workdays import rules
from luodi.workdays.actions import announce_year, seed_calendar
from luodi.workdays.models import CalendarDay

pytestmark = pytest.mark.django_db
AT = timezone.make_aware(datetime(2026, 11, 24, 9))
OFF = [date(2027, 1, 1), *(date(2027, 2, 5) + timedelta(days=n) for n in range(8)), date(2027, 4, 5), date(2027, 5, 3)]
WORK = [date(2027, 1, 31), date(2027, 2, 13)]


@pytest.fixture
def seeded():
    seed_calendar(actor=SYSTEM, at=AT)


def announce(year=2027, off=OFF, work=WORK):
    announce_year(year, off, work, actor=SYSTEM, at=AT, source="国办发明电〔2026〕1号")


def test_without_a_table_the_package_answers():
    assert rules.is_workday(date(2020, 6, 28)) is True
    assert rules.add(date(2020, 6, 24), 1) == date(2020, 6, 28)
    assert rules.count(date(2020, 6, 24), date(2020, 6, 28)) == 1
    assert rules.is_workday(date(2027, 1, 4)) is None


def test_seeding_twice_enters_the_days_once(seeded):
    assert CalendarDay.objects.count() == (date(2027, 1, 1) - date(2015, 1, 1)).days
    assert seed_calendar(actor=SYSTEM, at=AT) == 0
    assert Entry.objects.filter(verb="workdays.calendar.seed").count() == 1
    assert CalendarDay.objects.get(day=date(2020, 1, 25)).note == "春节"


def test_the_running_number_counts_working_days(seeded):
    numbers = dict(CalendarDay.objects.values_list("day", "seq"))
    start, end = date(2018, 2, 1), date(2020, 3, 1)
    assert numbers[end] - numbers[start] == rules.count(start, end)


def test_a_newly_announced_year_is_known_at_once(seeded):
    assert rules.is_workday(date(2027, 1, 31)) is None
    announce()
    assert rules.is_workday(date(2027, 1, 31)) is True  # a Sunday, worked
    assert rules.is_workday(date(2027, 2, 5)) is False  # a Friday, off
    assert rules.is_workday(date(2027, 3, 6)) is False  # a plain Saturday
    assert rules.calendar().known_until == date(2027, 12, 31)
    entry = Entry.objects.get(verb="workdays.calendar.announce")
    assert entry.after["makeup_days"] == ["2027-01-31", "2027-02-13"]


def test_a_notice_corrected_in_mid_year_moves_the_limits_after_it(seeded):
    announce()
    two_later = rules.add(date(2027, 2, 4), 12)
    announce(off=[*OFF, date(2027, 2, 15), date(2027, 2, 16)])
    assert rules.add(date(2027, 2, 4), 10) == two_later
    last = CalendarDay.objects.order_by("-day").first()
    assert last.seq == CalendarDay.objects.filter(is_workday=True).count()


def test_a_notice_may_touch_the_december_before(seeded):
    announce(off=[date(2026, 12, 31), *OFF], work=[date(2026, 12, 27)])
    assert rules.is_workday(date(2026, 12, 31)) is False
    assert rules.is_workday(date(2026, 12, 27)) is True
    assert rules.is_workday(date(2026, 12, 30)) is True


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"year": 2028}, "请先录入 2027"),
        ({"year": 2010}, "请先录入 2027"),
        ({"off": [*OFF, date(2028, 1, 1)]}, "不在 2027 年内"),
        ({"work": [date(2027, 2, 6)]}, "既列为放假又列为上班"),
        ({"work": [date(2027, 3, 1)]}, "不是周末"),
        ({"off": OFF[:3]}, "至少 11 天"),
    ],
)
def test_a_notice_that_cannot_be_right_is_refused(seeded, change, says):
    with pytest.raises(Refused, match=says):
        announce(**change)
    assert rules.is_workday(date(2027, 1, 4)) is None


def test_the_first_year_must_be_seeded():
    with pytest.raises(Refused, match="luodi calendar seed"):
        announce()


def test_from_the_command_line():
    out = StringIO()
    call_command("calendar", "seed", stdout=out)
    off = "2027-01-01..2027-01-03,2027-02-05..2027-02-12,2027.5.3"
    call_command("calendar", "announce", "2027", off=off, work="2027-01-31", stdout=out)
    out.truncate(0)
    out.seek(0)
    call_command("calendar", "show", "--json", stdout=out)
    shown = json.loads(out.getvalue())
    assert shown["known_until"] == "2027-12-31"
    assert shown["workdays"]["2020"] == 249  # 251 as first announced, 31 January and 1 February lost to the epidemic
    with pytest.raises(Refused, match="日期段"):
        call_command("calendar", "announce", "2027", off="2027-01-05..2027-01-01", work="", stdout=out)
