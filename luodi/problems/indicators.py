"""The ledger's indicators. As of a past day they ask dated rows only, never the status or `closed_on` columns."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from luodi.campaigns.models import Batch, Campaign, Category, in_language
from luodi.indicators import rules as indicators
from luodi.indicators.rules import NONE, Dimension, Frame, Indicator, Rate, Unknown, happened, holds
from luodi.orgs.models import Person, Unit, UnitKind
from luodi.problems.models import (
    Assignment,
    Closure,
    DossierItem,
    Finding,
    Problem,
    ProblemQuerySet,
    Return,
    Source,
    Verdict,
)
from luodi.workdays.rules import calendar

HEADING = _("问题整改")
SOON = 3  # working days before the limit: the blue light (domain.md 8)
AGREES = (Finding.MATCH, Finding.NOT_APPLICABLE)


# -- what frames may be about ------------------------------------------------------------------------------
def CAMPAIGNS() -> list[indicators.Campaign]:
    """Every campaign, for the engine below, which knows none."""
    return [
        indicators.Campaign(one.pk, one.code, one.local_name, one.city.city_code, one.is_current)
        for one in Campaign.objects.select_related("city").order_by("pk")
    ]


# -- how they are split ------------------------------------------------------------------------------------
def _units(frame: Frame, **kinds: Any) -> dict[str, str]:
    units = Unit.objects.filter(city_code=frame.place[:4], code__startswith=frame.place[:4], **kinds)
    return {unit.code: unit.label for unit in units.order_by("sort_key", "pk")}


def _counties(frame: Frame) -> dict[str, str]:
    """All counties of the city; of a county, itself. Problems of city departments have no county."""
    known = _units(frame, kind=UnitKind.COUNTY)
    return {**{code: name for code, name in known.items() if code.startswith(frame.place)}, NONE: gettext("市直")}


def _lead_units(frame: Frame) -> dict[str, str]:
    return {**_units(frame), NONE: gettext("没有市直责任单位")}


def _batches(frame: Frame) -> dict[str, str]:
    campaign = Campaign.objects.filter(pk=frame.campaign).first()
    return {batch: campaign.batch_label(batch) if campaign else str(batch.label) for batch in Batch}


def _categories(frame: Frame) -> list[Category]:
    return list(Category.objects.filter(campaign=frame.campaign).order_by("seq", "pk"))


DIMENSIONS: Mapping[str, Dimension] = {
    "county": Dimension(_("县市区"), "county_code", _counties),
    "batch": Dimension(_("批次"), "batch", _batches),
    "category": Dimension(_("问题类别"), "category__code", lambda frame: {c.code: c.label for c in _categories(frame)}),
    "group": Dimension(
        _("问题大类"),
        "category__group_name",
        lambda frame: {c.group_name: in_language(c.group_name, c.group_name_en) for c in _categories(frame)},
    ),
    "source": Dimension(_("问题来源"), "source", lambda frame: {s: str(s.label) for s in Source}),
    "unit": Dimension(_("责任单位"), "unit__code", _units, zeros=False),
    "lead_unit": Dimension(_("市直责任单位"), "lead_unit__code", _lead_units, zeros=False),
    "priority": Dimension(
        _("重点难点"),
        "is_priority",
        lambda frame: {"yes": gettext("重点难点"), "no": gettext("一般")},
        values={"yes": True, "no": False},
    ),
}


# -- the rows they count -----------------------------------------------------------------------------------
def _ledger(frame: Frame, **more: Any) -> ProblemQuerySet:
    """Found by the day, whatever the frame's period, and not merged or voided by then."""
    stands = Q(voided_on=None) | Q(voided_on__gt=frame.as_of)
    return Problem.objects.filter(stands, campaign=frame.campaign, found_on__lte=frame.as_of, **more)


def _found(frame: Frame, **more: Any) -> QuerySet[Problem]:
    return _ledger(frame, **more).filter(happened(frame, "found_on"))


def _standing(frame: Frame, begins: str, ends: str) -> QuerySet[Problem]:
    """Problems with a dated row that stands as of the day; `happened_on` is when it began.

    One filter() call, so that both dates are asked of the same row; at most one stands on any day (constraints).
    """
    return _ledger(frame).filter(holds(frame, begins, ends)).annotate(happened_on=F(begins))


def _rectified(frame: Frame) -> QuerySet[Problem]:
    return _standing(frame, "rectifications__rectified_on", "rectifications__voided_on")


def _verified(frame: Frame) -> QuerySet[Problem]:
    return _standing(frame, "verifications__verified_on", "verifications__ended_on")


def _closed(frame: Frame) -> QuerySet[Problem]:
    return _standing(frame, "closures__closed_on", "closures__reopened_on")


def _assigned(frame: Frame) -> QuerySet[Problem]:
    return _standing(frame, "assignments__assigned_on", "assignments__ended_on")


def _is_closed(frame: Frame) -> Exists:
    closures = Closure.objects.filter(problem=OuterRef("pk"), closed_on__lte=frame.as_of)
    return Exists(closures.filter(Q(reopened_on=None) | Q(reopened_on__gt=frame.as_of)))


def _open(frame: Frame) -> QuerySet[Problem]:
    return _found(frame).exclude(_is_closed(frame))


def _limited(frame: Frame, limit: Q) -> QuerySet[Problem]:
    """Not closed, with an assignment as of the day whose due date meets `limit`."""
    current = Q(assigned_on__lte=frame.as_of) & (Q(ended_on=None) | Q(ended_on__gt=frame.as_of))
    assignments = Assignment.objects.filter(current & limit, problem=OuterRef("pk"))
    return _ledger(frame).filter(Exists(assignments)).exclude(_is_closed(frame))


def _overdue(frame: Frame) -> QuerySet[Problem]:
    return _limited(frame, happened(frame, "due_on") & Q(due_on__lt=frame.as_of))


def _due_soon(frame: Frame) -> QuerySet[Problem]:
    until = calendar().add(frame.as_of, SOON)
    if until is None:
        raise Unknown(gettext("%(year)s年前后的节假日安排尚未公布，算不出工作日") % {"year": frame.as_of.year})
    return _limited(frame, Q(due_on__gte=frame.as_of, due_on__lte=until))


def _of_campaign(frame: Frame) -> Q:
    stands = Q(problem__voided_on=None) | Q(problem__voided_on__gt=frame.as_of)
    return stands & Q(problem__campaign=frame.campaign, problem__found_on__lte=frame.as_of)


def _returns(frame: Frame) -> QuerySet[Return]:
    return Return.objects.filter(_of_campaign(frame), happened(frame, "returned_on"))


def _reopenings(frame: Frame) -> QuerySet[Closure]:
    return Closure.objects.filter(_of_campaign(frame), happened(frame, "reopened_on"))


def _with(frame: Frame, events: QuerySet[Any]) -> QuerySet[Problem]:
    """Problems with at least one of these events."""
    return _ledger(frame).filter(Exists(events.filter(problem=OuterRef("pk"))))


def _ever_closed(frame: Frame) -> QuerySet[Problem]:
    return _with(frame, Closure.objects.filter(happened(frame, "closed_on")))


def _ever_reopened(frame: Frame) -> QuerySet[Problem]:
    return _with(frame, Closure.objects.filter(happened(frame, "closed_on"), reopened_on__lte=frame.as_of))


def _agreed(frame: Frame) -> Q:
    """Of a dossier line: a verdict that agrees stands as of the day."""
    standing = Q(decided_on__lte=frame.as_of) & (Q(ended_on=None) | Q(ended_on__gt=frame.as_of))
    return Q(Exists(Verdict.objects.filter(standing, entry=OuterRef("pk"), finding__in=AGREES)))


def _matched(frame: Frame) -> QuerySet[Problem]:
    lines = DossierItem.objects.filter(problem=OuterRef("pk"))
    return _found(frame).filter(Exists(lines), ~Exists(lines.filter(~_agreed(frame))))


def _lines(frame: Frame) -> QuerySet[DossierItem]:
    return DossierItem.objects.filter(_of_campaign(frame))


def _closed_with_start(frame: Frame) -> QuerySet[Problem]:
    """Closed as of the day and assigned at some time; `first_assigned_on` is when first."""
    return _closed(frame).annotate(first_assigned_on=Min("assignments__assigned_on")).exclude(first_assigned_on=None)


def median_working_days(pairs: Mapping[tuple[date, date], int] | Sequence[tuple[date, date]]) -> Decimal:
    """Median of the working days from the first date (not counted) to the second (counted), one decimal, half up.

    `pairs` may come with how often each occurs.
    """
    reckon, spans, unknown = calendar(), Counter[int](), 0
    for (start, end), times in Counter(pairs).items():
        span = reckon.count(start, end)
        if span is None:
            unknown += times
        else:
            spans[span] += times
    if unknown:
        raise Unknown(gettext("有 %(n)s 件跨越尚未公布节假日安排的年份，算不出工作日") % {"n": unknown})
    if not spans:
        raise Unknown(gettext("还没有销号的问题"))
    known = sorted(spans)
    places = list(accumulate(spans[span] for span in known))
    lower, upper = (known[bisect_right(places, n)] for n in ((places[-1] - 1) // 2, places[-1] // 2))
    return (Decimal(lower + upper) / 2).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _through_problem(rows: QuerySet[Any], person: Person, day: date) -> QuerySet[Any]:
    return rows.filter(problem__in=Problem.objects.visible_to(person, day))


# -- the list ----------------------------------------------------------------------------------------------
COLUMNS = (
    (_("编号"), "code"),
    (_("问题"), "title"),
    (_("责任单位"), "unit__label"),
    (_("发现日期"), "found_on"),
    (_("现状态"), "status"),
)


def _problems(code: str, name: Any, rows: Any, scope: Any, how: Any, **more: Any) -> Indicator:
    """An indicator that counts problems (件)."""
    facts: dict[str, Any] = {
        "unit": _("件"),
        "dimensions": DIMENSIONS,
        "columns": COLUMNS + (((_("日期"), "happened_on"),) if more.get("day") == "happened_on" else ()),
        "row_url": ("problems:problem", "pk"),
        "list_url": "problems:ledger",
        **more,
    }
    return Indicator(code=f"problems.{code}", name=name, rows=rows, scope=scope, how=how, **facts)


def _events(code: str, name: Any, unit: Any, rows: Any, scope: Any, how: Any, **more: Any) -> Indicator:
    """An indicator that counts rows below a problem."""
    columns = ((_("编号"), "problem__code"), (_("问题"), "problem__title"), *more.pop("columns"))
    facts: dict[str, Any] = {
        "via": "problem__",
        "visible": _through_problem,
        "row_url": ("problems:problem", "problem_id"),
        "list_url": "",
    }
    return _problems(code, name, rows, scope, how, unit=unit, columns=columns, **facts, **more)


def _rate(code: str, name: Any, numerator: str, denominator: str, scope: Any, how: Any) -> Rate:
    return Rate(
        code=f"problems.{code}",
        name=name,
        scope=scope,
        how=how,
        numerator=f"problems.{numerator}",
        denominator=f"problems.{denominator}",
    )


INDICATORS: list[indicators.AnyIndicator] = [
    _problems(
        "found", _("发现问题"), _found,
        _("登记入台账、发现日期不晚于截至日期的问题件数；重复件并案计 1 件，作废之日起不计，查否件不入台账、不计。"),
        _("问题台账　发现日期≤截至日期　且　（未并案作废　或　并案作废日期＞截至日期）　→　计数"),
        day="found_on", version=2,
    ),
    _problems(
        "assigned", _("已交办问题"), _assigned,
        _("截至日期有有效交办的问题件数；销号后交办仍算有效，退回专班办重新交办之间的不计。"),
        _("交办记录　交办日期≤截至日期　且　（未结束　或　结束日期＞截至日期）　→　问题计数"), day="happened_on",
    ),
    _problems(
        "rectified", _("已完成整改问题"), _rectified,
        _("责任单位已报完成整改、截至日期未被核查否定的问题件数；反弹或虚假整改自认定之日起不再计入。"),
        _("整改记录　完成日期≤截至日期　且　（未作废　或　作废日期＞截至日期）　→　问题计数"), day="happened_on",
    ),
    _problems(
        "verified", _("已核查问题"), _verified,
        _("经办人以外的人核对台账与佐证、认定相符并在截至日期仍有效的问题件数。"),
        _("核查记录　核查日期≤截至日期　且　（未结束　或　结束日期＞截至日期）　→　问题计数"), day="happened_on",
    ),
    _problems(
        "closed", _("已销号问题"), _closed,
        _("截至日期处于销号状态的问题件数；销号后又重新打开的，自重新打开之日起不计，再次销号后重新计入。"),
        _("销号记录　销号日期≤截至日期　且　（未重新打开　或　重新打开日期＞截至日期）　→　问题计数"),
        day="happened_on",
    ),
    _problems(
        "open", _("未销号问题"), _open,
        _("发现而截至日期未处于销号状态的问题件数，等于发现问题减已销号问题。"),
        _("发现问题　减去　已销号问题　→　计数"), day="found_on",
    ),
    _rate(
        "rectification_rate", _("整改完成率"), "rectified", "found",
        _("已完成整改问题占发现问题的百分比，保留一位小数。"), _("已完成整改问题　÷　发现问题"),
    ),
    _rate(
        "closure_rate", _("销号率"), "closed", "found",
        _("已销号问题占发现问题的百分比，保留一位小数。"), _("已销号问题　÷　发现问题"),
    ),
    _rate(
        "verified_share", _("核查率"), "verified", "rectified",
        _("已核查问题占已完成整改问题的百分比，保留一位小数。"), _("已核查问题　÷　已完成整改问题"),
    ),
    _problems(
        "overdue", _("逾期问题"), _overdue,
        _("整改时限早于截至日期、截至日期未销号的问题件数；时限当日不算逾期，改过时限的按截至日期有效的交办计。"),
        _("有效交办　时限＜截至日期　且　未销号　→　问题计数"),
    ),
    _problems(
        "due_soon", _("即将到期问题"), _due_soon,
        _("三个工作日内到期（含当日）、截至日期未销号的问题件数；节假日安排未公布的年份不计算。"),
        _("有效交办　截至日期≤时限≤截至日期后第 3 个工作日　且　未销号　→　问题计数"),
    ),
    _events(
        "returned", pgettext_lazy("indicator", "退回补正"), _("件次"), _returns,
        _("截至日期以前退回补正的件次；同一问题退回几次计几次。"), _("退回记录　退回日期≤截至日期　→　计数"),
        day="returned_on", columns=((_("退回日期"), "returned_on"), (_("退回前状态"), "from_status")),
    ),
    _problems(
        "returned_problems", _("被退回问题"), lambda frame: _with(frame, _returns(frame)),
        _("截至日期以前至少被退回一次的问题件数。"), _("退回记录　退回日期≤截至日期　→　问题去重计数"),
    ),
    _events(
        "reopened", pgettext_lazy("indicator", "重新打开"), _("件次"), _reopenings,
        _("截至日期以前销号后又重新打开的件次，含反弹回潮、虚假整改和销号有误。"),
        _("销号记录　重新打开日期≤截至日期　→　计数"), day="reopened_on",
        columns=((_("销号日期"), "closed_on"), (_("重新打开日期"), "reopened_on"), (_("原因"), "cause")),
    ),
    _problems(
        "ever_closed", _("曾销号问题"), _ever_closed,
        _("截至日期以前至少销号一次的问题件数，后来重新打开的也计。"),
        _("销号记录　销号日期≤截至日期　→　问题去重计数"),
    ),
    _problems(
        "ever_reopened", _("曾反弹问题"), _ever_reopened,
        _("截至日期以前销号后至少重新打开一次的问题件数，含反弹回潮、虚假整改和销号有误。"),
        _("销号记录　重新打开日期≤截至日期　→　问题去重计数"),
    ),
    _rate(
        "relapse_rate", _("反弹率"), "ever_reopened", "ever_closed",
        _("曾反弹问题占曾销号问题的百分比，保留一位小数。"), _("曾反弹问题　÷　曾销号问题"),
    ),
    _problems(
        "matched", _("账证相符问题"), _matched,
        _("已建佐证清单、每一核对项在截至日期的核对结论都是相符或不适用的问题件数；未核对、缺证、不符的都不计。"),
        _("问题台账　有核对项　且　每项有效结论∈{相符，不适用}　→　计数"), day="found_on",
    ),
    _rate(
        "match_rate", _("账证相符率"), "matched", "found",
        _("账证相符问题占发现问题的百分比，保留一位小数。"), _("账证相符问题　÷　发现问题"),
    ),
    _events(
        "lines", _("账证核对项"), _("项"), _lines,
        _("截至日期以前发现的问题应核对的项数。"), _("佐证清单　核对项　→　计数"),
        columns=((_("核对项"), "title"), (_("方面"), "aspect")),
    ),
    _events(
        "match_lines", _("相符核对项"), _("项"), lambda frame: _lines(frame).filter(_agreed(frame)),
        _("截至日期核对结论为相符或不适用的核对项数。"), _("佐证清单　有效结论∈{相符，不适用}　→　核对项计数"),
        columns=((_("核对项"), "title"), (_("方面"), "aspect")),
    ),
    _problems(
        "priority", _("重点难点问题"), lambda frame: _found(frame, is_priority=True),
        _("发现问题中列为重点难点的件数，按台账现有标记。"), _("问题台账　重点难点＝是　→　计数"), day="found_on",
    ),
    _problems(
        "from_above", _("上级交办问题"), lambda frame: _found(frame, from_above=True),
        _("发现问题中由上级交办的件数。"), _("问题台账　上级交办＝是　→　计数"), day="found_on",
    ),
    _problems(
        "median_days", _("整改用时中位数"), _closed_with_start,
        _("截至日期已销号问题，从首次交办到本次销号所用工作日的中位数；交办当日不计、销号当日计入，从未交办的不计。"),
        _("已销号问题　首次交办日期→销号日期　工作日数　→　中位数"),
        unit=_("个工作日"), measure=("first_assigned_on", "happened_on"), fold=median_working_days,
        columns=(*COLUMNS, (_("首次交办"), "first_assigned_on"), (_("销号日期"), "happened_on")),
    ),
]  # fmt: skip
