"""What happened in a period, event by event, whatever became of it later: so that the sum of two days comes out.

`problems.closed` asks what stands as of a day; a closing that was reopened in the same fortnight is not in it. Here it
counts, and so does its reopening; and a problem that was found and voided between the days counts as both.
"""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from luodi.indicators import rules as indicators
from luodi.indicators.rules import Frame, Indicator, Unknown, happened
from luodi.orgs.models import Person
from luodi.problems.indicators import COLUMNS, DIMENSIONS
from luodi.problems.models import Closure, Problem, Rectification

HEADING = _("期间变动")


def _added(frame: Frame) -> QuerySet[Problem]:
    return Problem.objects.filter(happened(frame, "found_on"), campaign=frame.campaign)


def _late(frame: Frame) -> QuerySet[Problem]:
    """Found before the period and entered in it: they were not in what was told of its first day."""
    if frame.start is None:
        raise Unknown(gettext("没有给出起日，看不出哪些是补登的"))
    entered = Problem.objects.filter(happened(frame, "registered_on"), campaign=frame.campaign)
    return entered.filter(found_on__lt=frame.start)


def _closures(frame: Frame, day: str) -> QuerySet[Closure]:
    return Closure.objects.filter(happened(frame, day), problem__campaign=frame.campaign)


def _rectifications(frame: Frame, day: str) -> QuerySet[Rectification]:
    return Rectification.objects.filter(happened(frame, day), problem__campaign=frame.campaign)


def _through_problem(rows: QuerySet[Any], person: Person, day: date) -> QuerySet[Any]:
    return rows.filter(problem__in=Problem.objects.visible_to(person, day))


def _problems(code: str, name: Any, rows: Any, scope: Any, how: Any, day: str) -> Indicator:
    """An indicator that counts problems (件) by a day of theirs."""
    return Indicator(
        code=f"changes.{code}",
        name=name,
        unit=_("件"),
        rows=rows,
        scope=scope,
        how=how,
        dimensions=DIMENSIONS,
        day=day,
        columns=(*COLUMNS, (_("登记日期"), "registered_on"), (_("并案或作废日期"), "voided_on")),
        row_url=("problems:problem", "pk"),
    )


def _events(code: str, name: Any, rows: Any, scope: Any, how: Any, day: str, columns: Any) -> Indicator:
    """An indicator that counts events of problems (件次)."""
    return Indicator(
        code=f"changes.{code}",
        name=name,
        unit=_("件次"),
        rows=lambda frame: rows(frame, day),
        scope=scope,
        how=how,
        via="problem__",
        dimensions=DIMENSIONS,
        day=day,
        visible=_through_problem,
        columns=((_("编号"), "problem__code"), (_("问题"), "problem__title"), *columns),
        row_url=("problems:problem", "problem_id"),
    )


_CLOSED = ((_("销号日期"), "closed_on"), (_("重新打开日期"), "reopened_on"), (_("原因"), "cause"))
_RECTIFIED = ((_("整改完成日期"), "rectified_on"), (_("被否定日期"), "voided_on"))

INDICATORS: list[indicators.AnyIndicator] = [
    _problems(
        "added", _("期内新增问题"), _added,
        _("发现日期在期内的问题件数；后来并案、作废的也计，另在并案、作废中减去。"),
        _("问题台账　发现日期在期内　→　计数"), "found_on",
    ),
    _events(
        "closed", _("期内销号"), _closures,
        _("期内销号的件次；后来重新打开的也计，另在重新打开中加回。"),
        _("销号记录　销号日期在期内　→　计数"), "closed_on", _CLOSED,
    ),
    _events(
        "reopened", _("期内重新打开"), _closures,
        _("期内销号后又重新打开的件次，含反弹回潮、虚假整改和销号有误；问题后来并案、作废的也计。"),
        _("销号记录　重新打开日期在期内　→　计数"), "reopened_on", _CLOSED,
    ),
    _events(
        "rectified", _("期内报告整改完成"), _rectifications,
        _("期内责任单位报告整改完成的件次；后来被核查否定的也计，另列在整改被否定中。"),
        _("整改记录　完成日期在期内　→　计数"), "rectified_on", _RECTIFIED,
    ),
    _events(
        "overturned", pgettext_lazy("indicator", "期内整改被否定"), _rectifications,
        _("期内核查退回重新整改或销号后重新打开、原整改不再算数的件次。"),
        _("整改记录　作废日期在期内　→　计数"), "voided_on", _RECTIFIED,
    ),
    _problems(
        "late", _("期内补登问题"), _late,
        _("发现日期早于起日、登记日期在期内的问题件数；它们已算在期初数里，当时印发的数字里还没有。"),
        _("问题台账　登记日期在期内　且　发现日期＜起日　→　计数"), "registered_on",
    ),
]  # fmt: skip
