"""Working-day arithmetic with statutory holidays and make-up Saturdays; ``None`` where the calendar is not announced.

The module's functions ask the table at each call whether it changed; for many days take ``calendar()`` once.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import chinese_calendar

from luodi.workdays.models import CalendarDay

FIRST_YEAR = 2015
PACKAGE_SOURCE = "国务院办公厅节假日安排（chinesecalendar）"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """The announced years and their working days in order. Pure; counts days, never hours."""

    workdays: tuple[date, ...]
    years: frozenset[int]

    @classmethod
    def of(cls, days: Iterable[tuple[date, bool]]) -> "Calendar":
        """From (day, is a working day) of whole years."""
        days = list(days)
        return cls(tuple(sorted(day for day, works in days if works)), frozenset(day.year for day, _works in days))

    @property
    def known_until(self) -> date | None:
        """The last day of the last announced year."""
        return date(max(self.years), 12, 31) if self.years else None

    def is_workday(self, day: date) -> bool | None:
        """Whether people work on ``day``; ``None`` when its year is not announced."""
        if day.year not in self.years:
            return None
        place = bisect_right(self.workdays, day)
        return place > 0 and self.workdays[place - 1] == day

    def count(self, start: date, end: date) -> int | None:
        """Working days after ``start`` up to and including ``end``; negative when ``end`` comes first.

        The day of the event does not count (民法典 art. 201); ``None`` when a day between is not announced.
        """
        if end < start:
            backward = self.count(end, start)
            return None if backward is None else -backward
        if not self._knows(start, end):
            return None
        return bisect_right(self.workdays, end) - bisect_right(self.workdays, start)

    def add(self, start: date, n: int) -> date | None:
        """The ``n``-th working day after ``start`` (before it, for negative ``n``); ``start`` itself for 0.

        Always a working day unless ``n`` is 0; ``None`` when it or a day between is not announced.
        """
        if n == 0:
            return start
        here = bisect_right(self.workdays, start)
        if n < 0 and here and self.workdays[here - 1] == start:
            here -= 1
        place = here + n - 1 if n > 0 else here + n
        if not 0 <= place < len(self.workdays):
            return None
        found = self.workdays[place]
        known = self._knows(start, found) if n > 0 else self._knows(found - DAY, start - DAY)
        return found if known else None

    def _knows(self, after: date, until: date) -> bool:
        """Whether every day in (after, until] is of an announced year."""
        return after == until or all(year in self.years for year in range((after + DAY).year, until.year + 1))


def calendar() -> Calendar:
    """The calendar of the table; what the package knows while the table is empty. One small query."""
    return _of_version(CalendarDay.objects.version())


def is_workday(day: date) -> bool | None:
    """Whether people work on ``day``; ``None`` when its year is not announced."""
    return calendar().is_workday(day)


def count(start: date, end: date) -> int | None:
    """Working days in (start, end]; see ``Calendar.count``."""
    return calendar().count(start, end)


def add(start: date, n: int) -> date | None:
    """The ``n``-th working day after ``start``; see ``Calendar.add``."""
    return calendar().add(start, n)


def days_of(year: int) -> Iterator[date]:
    """Every day of a year."""
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))


@cache
def packaged_days() -> tuple[tuple[date, bool, str], ...]:
    """(day, is a working day, note) of every year from 2015 that the package has as announced; never an estimate."""
    days: list[tuple[date, bool, str]] = []
    for year in range(FIRST_YEAR, max(day.year for day in chinese_calendar.holidays) + 1):
        days += [(day, chinese_calendar.is_workday(day), _note(day)) for day in days_of(year)]
    return tuple(days)


def _note(day: date) -> str:
    if day in chinese_calendar.holidays:
        return chinese_calendar.Holiday(chinese_calendar.holidays[day]).chinese
    return "调休上班" if day in chinese_calendar.workdays else ""


_kept: dict[tuple[int, int], Calendar] = {}


def _of_version(version: tuple[int, int]) -> Calendar:
    """The calendar of one state of the table; only the newest is kept."""
    kept = _kept.get(version)
    if kept is None:
        rows = CalendarDay.objects.order_by("day").values_list("day", "is_workday")
        kept = Calendar.of(rows if version[0] else ((day, works) for day, works, _note in packaged_days()))
        _kept.clear()
        _kept[version] = kept
    return kept
