"""What is kept of the ledger's figures, for questions that county, batch and priority alone narrow."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Exists, Q, QuerySet, Sum

from luodi.indicators.rules import NONE, PERIOD, Frame
from luodi.tallies.models import Ready, Tally

COLUMNS = {"county": "county_code", "batch": "batch", PERIOD: "changes_on"}
# Figure → measures and how often each counts (rules.MEASURES).
FORMULAS: Mapping[str, Mapping[str, int]] = {
    "problems.found": {"found": 1},
    "problems.assigned": {"assigned": 1},
    "problems.rectified": {"rectified": 1},
    "problems.verified": {"verified": 1},
    "problems.closed": {"closed": 1},
    "problems.open": {"found": 1, "closed": -1},
    "problems.overdue": {"overdue": 1},
    "problems.returned": {"returned": 1},
    "problems.returned_problems": {"ever_sent": 1},
    "problems.reopened": {"reopened": 1},
    "problems.ever_closed": {"ever_closed": 1},
    "problems.ever_reopened": {"ever_opened": 1},
    "problems.matched": {"matched": 1},
    "problems.lines": {"lines": 1},
    "problems.match_lines": {"match_lines": 1},
    "problems.priority": {"priority": 1},
    "problems.from_above": {"from_above": 1},
    "changes.added": {"added": 1},
    "changes.closed": {"closings": 1},
    "changes.reopened": {"reopenings": 1},
    "changes.rectified": {"reported": 1},
    "changes.overturned": {"overturned": 1},
}
# The same of priority problems alone.
PRIORITY: Mapping[str, Mapping[str, int]] = {
    "problems.found": {"priority": 1},
    "problems.closed": {"prio_closed": 1},
    "problems.open": {"priority": 1, "prio_closed": -1},
}
EVENTS = frozenset(code for code in FORMULAS if code.startswith("changes."))  # never undone: a period has its own sum
PAIRS = {"problems.median_days": "took"}  # figures folded from (first_on, last_on)

Asked = Sequence[tuple[Collection[str], Frame]]
Answers = dict[str, dict[Any, Any]]


def kept(asked: Asked, by: str) -> list[Answers]:
    """For each question (codes, frame): code → key (of a break-down; "" for the whole) → number, for PAIRS the pairs.

    Only the codes whose figure is kept for this question: as of a day, of a city or county, filtered and split by
    county and batch alone, few also of priority problems, those of EVENTS also in a period and by its days. One query
    for each campaign and city, two when it finds nothing, for PAIRS one more each.
    """
    formulas = [
        {code: how for code in codes if (how := _formula(code, frame, by)) is not None} for codes, frame in asked
    ]
    places: dict[tuple[int, str], list[int]] = defaultdict(list)
    for number, ((_codes, frame), known) in enumerate(zip(asked, formulas, strict=True)):
        if known:
            places[frame.campaign, frame.place[:4]].append(number)
    found: list[Answers] = [{} for _question in asked]
    for numbers in places.values():
        frames, needed = [asked[n][1] for n in numbers], [formulas[n] for n in numbers]
        sums = _sums(frames, {measure for known in needed for how in known.values() for measure in how}, by)
        if any(sums) or Ready.objects.exists():  # no sums: nothing found, or nothing kept
            for number, frame, known, mine in zip(numbers, frames, needed, sums, strict=True):
                found[number] = {
                    code: _composed(how, mine) if how else _pairs(frame, PAIRS[code], by) for code, how in known.items()
                }
    return found


def _formula(code: str, frame: Frame, by: str) -> Mapping[str, int] | None:
    """Measures and how often each counts, none for PAIRS; None where the figure is not kept for this question."""
    filters = dict(frame.filters)
    table = PRIORITY if filters.pop("priority", "") == "yes" else FORMULAS
    dated = frame.start or frame.end or by == PERIOD
    if {*filters, by} - {*COLUMNS, ""} or PERIOD in filters or len(frame.place) not in {4, 6}:
        return None
    if ("priority" in frame.filters and table is FORMULAS) or (dated and code not in EVENTS):
        return None
    return {} if code in PAIRS and table is FORMULAS else table.get(code)


def _sums(frames: Sequence[Frame], measures: Collection[str], by: str) -> list[dict[str, dict[Any, int]]]:
    """For each frame: measure → key → sum. One query for all of them.

    Days are conditions of the sums, not of the rows: after `measure IN (…)` a range makes SQLite 3.40, once it has
    statistics, answer from the index with rows beyond the range (its SeekScan).
    """
    rows = Tally.objects.filter(campaign=frames[0].campaign, city_code=frames[0].place[:4], measure__in=set(measures))
    column = COLUMNS.get(by, "measure")
    numbers = {f"n{place}": Sum("change", filter=_within(frame)) for place, frame in enumerate(frames)}
    found: list[dict[str, dict[Any, int]]] = [defaultdict(dict) for _frame in frames]
    if not measures:
        return found
    rows = rows.filter(Exists(Ready.objects.all())).order_by()
    for measure, key, *sums in rows.values_list("measure", column).annotate(**numbers):
        for mine, number in zip(found, sums, strict=True):
            if number:
                mine[measure][key if by else ""] = number
    return found


def _within(frame: Frame) -> Q:
    """The changes that a question adds up."""
    wanted = Q(changes_on__lte=frame.as_of)
    if frame.start:
        wanted &= Q(changes_on__gte=frame.start)
    if frame.end:
        wanted &= Q(changes_on__lt=frame.end)
    if len(frame.place) == 6:
        wanted &= Q(county_code=frame.place)
    for name, key in frame.filters.items():
        if name in COLUMNS:
            wanted &= Q(**{COLUMNS[name]: "" if key == NONE else key})
    return wanted


def _composed(formula: Mapping[str, int], sums: Mapping[str, Mapping[Any, int]]) -> dict[Any, int]:
    total: dict[Any, int] = defaultdict(int)
    for measure, times in formula.items():
        for key, number in sums.get(measure, {}).items():
            total[key] += times * number
    return {key: number for key, number in total.items() if number}


def _pairs(frame: Frame, measure: str, by: str) -> dict[Any, Counter[tuple[Any, ...]]]:
    groups: dict[Any, Counter[tuple[Any, ...]]] = defaultdict(Counter)
    rows: QuerySet[Tally] = Tally.objects.filter(
        _within(frame), campaign=frame.campaign, city_code=frame.place[:4], measure=measure
    )
    found = rows.order_by().values_list(COLUMNS.get(by, "measure"), "first_on", "last_on")
    for key, first_on, last_on, number in found.annotate(number=Sum("change")).exclude(number=0):
        groups[key if by else ""][first_on, last_on] = number
    return groups
