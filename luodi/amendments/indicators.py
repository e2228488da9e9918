"""Counts of what was asked, approved, merged, voided and urged, split as problems are."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from luodi.amendments.models import Amendment, Kind, Urge
from luodi.indicators import rules as indicators
from luodi.indicators.rules import Frame, Indicator, happened
from luodi.orgs.models import Person
from luodi.problems.indicators import COLUMNS, DIMENSIONS
from luodi.problems.models import Problem, Status

HEADING = _("延期、并案、作废和催办")


def _asked(frame: Frame) -> QuerySet[Amendment]:
    mine = Amendment.objects.filter(problem__campaign=frame.campaign, kind=Kind.EXTENSION)
    return mine.filter(happened(frame, "asked_on"))


def _approved(frame: Frame) -> QuerySet[Amendment]:
    mine = Amendment.objects.filter(problem__campaign=frame.campaign, kind=Kind.EXTENSION, approved=True)
    return mine.filter(happened(frame, "decided_on"))


def _out(frame: Frame, status: Status) -> QuerySet[Problem]:
    """Merged or voided by the day: neither is ever taken back, so the status says which it was on that day too."""
    return Problem.objects.filter(happened(frame, "voided_on"), campaign=frame.campaign, status=status)


def _urged(frame: Frame) -> QuerySet[Urge]:
    return Urge.objects.filter(happened(frame, "urged_on"), problem__campaign=frame.campaign)


def _through_problem(rows: QuerySet[Any], person: Person, day: date) -> QuerySet[Any]:
    return rows.filter(problem__in=Problem.objects.visible_to(person, day))


def _events(code: str, name: Any, rows: Any, scope: Any, how: Any, day: str, columns: Any) -> Indicator:
    """An indicator that counts applications or urgings (件次)."""
    return Indicator(
        code=f"amendments.{code}",
        name=name,
        unit=_("件次"),
        rows=rows,
        scope=scope,
        how=how,
        via="problem__",
        dimensions=DIMENSIONS,
        day=day,
        visible=_through_problem,
        columns=((_("编号"), "problem__code"), (_("问题"), "problem__title"), *columns),
        row_url=("problems:problem", "problem_id"),
    )


def _gone(code: str, name: Any, status: Status, scope: Any, how: Any) -> Indicator:
    """An indicator that counts problems out of the ledger (件)."""
    return Indicator(
        code=f"amendments.{code}",
        name=name,
        unit=_("件"),
        rows=lambda frame: _out(frame, status),
        scope=scope,
        how=how,
        dimensions=DIMENSIONS,
        day="voided_on",
        columns=(*COLUMNS, (_("并案或作废日期"), "voided_on")),
        row_url=("problems:problem", "pk"),
        list_url="problems:ledger",
    )


INDICATORS: list[indicators.AnyIndicator] = [
    _events(
        "extensions_asked", _("申请延期"), _asked,
        _("截至日期以前申请延期的件次，不论批准与否；问题后来并案、作废的也计。"),
        _("申请记录　申请＝延期　且　申请日期≤截至日期　→　计数"), "asked_on",
        ((_("申请日期"), "asked_on"), (_("延期至"), "new_due_on")),
    ),
    _events(
        "extensions_approved", _("批准延期"), _approved,
        _("截至日期以前批准延期的件次；一件最多两次，问题后来并案、作废的也计。"),
        _("申请记录　申请＝延期　且　已批准　且　批复日期≤截至日期　→　计数"), "decided_on",
        ((_("批复日期"), "decided_on"), (_("延期至"), "new_due_on")),
    ),
    _gone(
        "merged", _("并案问题"), Status.MERGED,
        _("截至日期以前经批准并入另一件的重复问题件数；自并案当日起不再计入发现问题。"),
        _("问题台账　状态＝已并案　且　并案日期≤截至日期　→　计数"),
    ),
    _gone(
        "voided", _("作废问题"), Status.VOIDED,
        _("截至日期以前经两人办理作废、或登记后未办理即撤销的问题件数；自当日起不再计入发现问题。"),
        _("问题台账　状态＝已作废　且　作废日期≤截至日期　→　计数"),
    ),
    _events(
        "urged", _("催办次数"), _urged,
        _("截至日期以前催办的件次；同一问题催办几次计几次。"),
        _("催办记录　催办日期≤截至日期　→　计数"), "urged_on", ((_("催办日期"), "urged_on"),),
    ),
]  # fmt: skip
