"""The sum of a period from indicators, for a place and by county, and the rows behind each line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from luodi.changes.rules import BESIDE, SUM, Change, Line, PlaceChanges, check_period, framed
from luodi.indicators import queries as indicators
from luodi.indicators.rules import Frame, Indicator, Unknown, indicator_of
from luodi.orgs.models import Person

COUNTY = "county"


def between(frame: Frame, since: date) -> list[Change]:
    """What changed in (since, frame.as_of] for the frame's place and filters, asked at once.

    In order: open at the start, added, reopened, closed, merged, voided, open at the end; start + added + reopened
    - closed - merged - voided = end. Refused when `since` is not before `frame.as_of`.
    """
    check_period(since, frame.as_of)
    return _asked(SUM, frame, since)


def beside(frame: Frame, since: date) -> list[Change]:
    """What else happened in (since, as_of], how many are open apart: rectified, overturned, returned, late."""
    check_period(since, frame.as_of)
    return _asked(BESIDE, frame, since)


def _asked(lines: Sequence[Line], frame: Frame, since: date) -> list[Change]:
    found = indicators.answers_to([((line.code,), framed(line, frame, since)) for line in lines])
    return [Change(line, answer) for line, [answer] in zip(lines, found, strict=True)]


def by_county(frame: Frame, since: date) -> list[PlaceChanges]:
    """`between`, county by county in official order, the city's own departments last; the parts add up to the whole.

    Of a county, that county alone.
    """
    check_period(since, frame.as_of)
    found_of = indicators.break_downs_of([((line.code,), framed(line, frame, since)) for line in SUM], COUNTY)
    parts = [(line, one[line.code]) for line, one in zip(SUM, found_of, strict=True)]
    labels: dict[str, str] = {}
    found: dict[tuple[str, str], Change] = {}
    for line, listed in parts:
        for part in listed:
            labels.setdefault(part.key, part.label)
            found[part.key, line.key] = Change(line, part.answer)
    return [PlaceChanges(key, label, _of(key, found, frame, since)) for key, label in labels.items()]


def _of(key: str, found: dict[tuple[str, str], Change], frame: Frame, since: date) -> list[Change]:
    """A county's lines; one without rows is asked by itself (only the city's departments can lack a part)."""
    lacking = [line for line in SUM if (key, line.key) not in found]
    asked = {one.line.key: one for one in _asked(lacking, frame.narrowed(COUNTY, key), since)}
    return [found.get((key, line.key)) or asked[line.key] for line in SUM]


@dataclass(frozen=True)
class Event:
    """One row of the list of differences: the day it happened, the problem's id, code, title and unit."""

    day: date
    pk: int
    code: str
    title: str
    unit: str


def events(change: Change, person: Person, day: date, most: int) -> Sequence[Event]:
    """The newest rows of a line that happened in the period, as far as the person may see them; stocks have none."""
    indicator = cast(Indicator, indicator_of(change.line.code))  # no line of the sum is a rate
    try:
        rows = _visible(indicator, indicators.rows(indicator.code, change.answer.frame), person, day)
    except Unknown:
        return []
    through = indicator.via
    rows = rows.select_related(f"{through}unit").order_by(f"-{indicator.day}", "-pk")
    return [_event(row, indicator, row.problem if through else row) for row in rows[:most]]


def _visible(indicator: Indicator, rows: Any, person: Person, day: date) -> Any:
    return indicator.visible(rows, person, day) if indicator.visible else rows.visible_to(person, day)


def _event(row: Any, indicator: Indicator, problem: Any) -> Event:
    return Event(getattr(row, indicator.day), problem.pk, problem.code, problem.title, problem.unit.label)
