"""What is kept of the ledger's figures, for questions that county and batch alone narrow."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Exists, QuerySet, Sum

from luodi.indicators.rules import NONE, Frame
from luodi.tallies.models import Ready, Tally

COLUMNS = {"county": "county_code", "batch": "batch"}
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
PAIRS = {"problems.median_days": "took"}  # figures folded from (first_on, last_on)


def kept(codes: Collection[str], frame: Frame, by: str) -> dict[str, dict[str, Any]]:
    """Code → key (of a break-down; "" for the whole) → number, or for PAIRS the counted pairs.

    Only the codes whose figure is kept for this question: as of a day, of a city or county, filtered and split by
    county and batch alone. One query, two when it finds nothing, for PAIRS one more.
    """
    wanted = [code for code in codes if code in FORMULAS or code in PAIRS]
    asked = {*frame.filters, by} - {""}
    if frame.start or frame.end or asked - set(COLUMNS) or len(frame.place) not in {4, 6}:
        return {}
    if not wanted:
        return {}
    rows, column = _rows(frame).filter(Exists(Ready.objects.all())), COLUMNS.get(by, "measure")
    sums: dict[str, dict[str, int]] = defaultdict(dict)
    for measure, key, number in _summed(rows, {m for code in wanted for m in FORMULAS.get(code, ())}, column):
        sums[measure][key if by else ""] = number
    if not sums and not Ready.objects.exists():  # no sums: nothing found, or nothing kept
        return {}
    answers: dict[str, dict[str, Any]] = {c: _composed(FORMULAS[c], sums) for c in wanted if c in FORMULAS}
    return answers | {code: _pairs(rows, PAIRS[code], column, by) for code in wanted if code in PAIRS}


def _rows(frame: Frame) -> QuerySet[Tally]:
    rows = Tally.objects.filter(campaign=frame.campaign, city_code=frame.place[:4], changes_on__lte=frame.as_of)
    if len(frame.place) == 6:
        rows = rows.filter(county_code=frame.place)
    for name, key in frame.filters.items():
        rows = rows.filter(**{COLUMNS[name]: "" if key == NONE else key})
    return rows


def _summed(rows: QuerySet[Tally], measures: Collection[str], column: str) -> Iterable[tuple[str, str, int]]:
    """(measure, key, sum) in one query, each measure a part of it.

    Not `measure IN (…)`: before a range SQLite 3.40, once it has statistics, answers that from the index with rows
    beyond the range (its SeekScan), found by the test that compares what is kept with the rows.
    """
    parts = [
        rows.filter(measure=measure).order_by().values_list("measure", column).annotate(number=Sum("change"))
        for measure in sorted(measures)
    ]
    return parts[0].union(*parts[1:], all=True) if parts else ()


def _composed(formula: Mapping[str, int], sums: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = defaultdict(int)
    for measure, times in formula.items():
        for key, number in sums.get(measure, {}).items():
            total[key] += times * number
    return {key: number for key, number in total.items() if number}


def _pairs(rows: QuerySet[Tally], measure: str, column: str, by: str) -> dict[str, Counter[tuple[Any, ...]]]:
    groups: dict[str, Counter[tuple[Any, ...]]] = defaultdict(Counter)
    found = rows.filter(measure=measure).order_by().values_list(column, "first_on", "last_on")
    for key, first_on, last_on, number in found.annotate(number=Sum("change")).exclude(number=0):
        groups[key if by else ""][first_on, last_on] = number
    return groups
