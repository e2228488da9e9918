"""Figures of permits. As of a past day they ask the dates of the case; a decision and its days never change again."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from luodi.indicators import rules as indicators
from luodi.indicators.rules import NONE, Dimension, Frame, Indicator, Rate, Unknown, happened
from luodi.orgs.models import Unit, UnitKind
from luodi.permits.models import Case, CasePaper, Certificate, Intake
from luodi.permits.queries import in_force, items, stages

HEADING = _("审批服务")


# -- how they are split -------------------------------------------------------------------------------------------
def _counties(frame: Frame) -> dict[str, str]:
    units = Unit.objects.filter(city_code=frame.place[:4], kind=UnitKind.COUNTY).order_by("sort_key", "pk")
    known = {unit.code: unit.label for unit in units if unit.code.startswith(frame.place)}
    return {**known, NONE: gettext("市直")}


def _units(frame: Frame) -> dict[str, str]:
    units = Unit.objects.filter(city_code=frame.place[:4], code__startswith=frame.place).order_by("sort_key", "pk")
    return {unit.code: unit.label for unit in units}


DIMENSIONS: Mapping[str, Dimension] = {
    "county": Dimension(_("县市区"), "county_code", _counties),
    "stage": Dimension(_("阶段"), "item__stage", lambda frame: {str(n): name for n, name in stages(in_force())}),
    "item": Dimension(
        _("事项"), "item__code", lambda frame: {item.code: item.local_name for item in items()}, zeros=False
    ),
    "unit": Dimension(_("审批部门"), "unit__code", _units, zeros=False),
    "intake": Dimension(_("受理方式"), "intake", lambda frame: {one: str(one.label) for one in Intake}),
}
COLUMNS: tuple[tuple[Any, str], ...] = (
    (_("办件编号"), "code"), (_("项目"), "project__name"), (_("事项"), "item__name"),
    (_("审批部门"), "unit__short_name"),
)  # fmt: skip
CLOCK: tuple[tuple[Any, str], ...] = (
    (_("受理日期"), "accepted_on"), (_("办结日期"), "decided_on"), (_("法定时限"), "statutory_days"),
    (_("承诺时限"), "committed_days"), (_("实际用时"), "used_days"),
)  # fmt: skip


# -- the rows they count ------------------------------------------------------------------------------------------
def _happened(day: str, **more: Any) -> Any:
    return lambda frame: Case.objects.filter(happened(frame, day), **more)


def _together(frame: Frame) -> QuerySet[Case]:
    return Case.objects.filter(happened(frame, "applied_on")).exclude(batch="")


def _decided(frame: Frame, **more: Any) -> QuerySet[Case]:
    return Case.objects.filter(happened(frame, "decided_on"), **more)


def _limited(frame: Frame) -> QuerySet[Case]:
    """Decided cases that have a legal limit to cut: items done at once have none."""
    return _decided(frame, statutory_days__gt=0)


def _lawful(frame: Frame) -> QuerySet[Case]:
    """Decided within the statutory limit and what was added to it."""
    return _decided(frame, used_days__lte=F("statutory_days") + F("extended_days"))


def _elapsed(frame: Frame) -> QuerySet[Case]:
    return _decided(frame).annotate(elapsed_days=F("used_days") + F("stopped_days"))


def _running(frame: Frame) -> QuerySet[Case]:
    ended = Q(decided_on=None) | Q(decided_on__gt=frame.as_of), Q(ended_on=None) | Q(ended_on__gt=frame.as_of)
    return Case.objects.filter(*ended, accepted_on__lte=frame.as_of)


def _overdue(frame: Frame) -> QuerySet[Case]:
    """Past the promised limit, not under a stop, not waiting for the condition of a simulated opinion."""
    stopped = Q(stops__starts_on__lte=frame.as_of) & (Q(stops__ends_on=None) | Q(stops__ends_on__gt=frame.as_of))
    rows = _running(frame).filter(due_on__lt=frame.as_of).exclude(opined_on__lte=frame.as_of)
    return rows.exclude(pk__in=Case.objects.filter(stopped).values("pk"))


def _valid(frame: Frame) -> QuerySet[Certificate]:
    rows = Certificate.objects.filter(valid_from__lte=frame.as_of)
    return rows.filter(Q(valid_until=None) | Q(valid_until__gte=frame.as_of))


def _reused(frame: Frame) -> QuerySet[CasePaper]:
    return CasePaper.objects.filter(happened(frame, "given_on"), certificate__isnull=False)


def _through_case(rows: QuerySet[Any], person: Any, day: date) -> QuerySet[Any]:
    return rows.filter(case__in=Case.objects.visible_to(person, day))


# -- folding ------------------------------------------------------------------------------------------------------
def _days(rows: Sequence[tuple[Any, ...]]) -> list[int]:
    found = sorted(row[0] for row in rows if row[0] is not None)
    if not found:
        raise Unknown(gettext("没有可计算的办件。"))
    return found


def _median(rows: Sequence[tuple[Any, ...]]) -> Decimal:
    return Decimal(str(median(_days(rows))))


def _p90(rows: Sequence[tuple[Any, ...]]) -> Decimal:
    """The 90 % point, linearly between the neighbours."""
    found = _days(rows)
    place = Decimal(len(found) - 1) * 9 / 10
    low = int(place)
    high = min(low + 1, len(found) - 1)
    return found[low] + (found[high] - found[low]) * (place - low)


def _mean(rows: Sequence[tuple[Any, ...]]) -> Decimal:
    found = _days(rows)
    return Decimal(sum(found)) / len(found)


def _mean_rate(rows: Sequence[tuple[Any, ...]]) -> Decimal:
    """The mean of the cases' own compression rates."""
    if not rows:
        raise Unknown(gettext("没有可计算的办件。"))
    return sum((Decimal(spared) * 100 / Decimal(legal) for spared, legal in rows), Decimal(0)) / len(rows)


# -- the list -----------------------------------------------------------------------------------------------------
def _cases(code: str, name: Any, rows: Any, scope: Any, how: Any, **more: Any) -> Indicator:
    facts: dict[str, Any] = {
        "unit": pgettext_lazy("permit", "件"),
        "columns": (*COLUMNS, *CLOCK),
        "dimensions": DIMENSIONS,
        **more,
    }
    route = ("permits:case", "pk")
    return Indicator(code=f"permits.{code}", name=name, rows=rows, scope=scope, how=how, row_url=route, **facts)


WD = _("个工作日")
SIMULATED = (
    *COLUMNS, (_("出具模拟意见日期"), "opined_on"), (_("前置条件具备日期"), "met_on"), (_("节省工作日"), "saved_days"),
)  # fmt: skip
INDICATORS: list[indicators.AnyIndicator] = [
    _cases("applied", _("申请办件"), _happened("applied_on"), _("截至日期以前申请的办件，不论后来是否受理。"),
           _("办件　申请日期≤截至日期　→　计数"), day="applied_on"),
    _cases("accepted", _("受理办件"), _happened("accepted_on"),
           _("截至日期以前受理的办件；收件后五个工作日没有告知补正的，自收件之日起视为受理。"),
           _("办件　受理日期≤截至日期　→　计数"), day="accepted_on"),
    _cases("decided", _("办结办件"), _decided, _("截至日期以前作出决定的办件，准予和不予都计；退件不计。"),
           _("办件　办结日期≤截至日期　→　计数"), day="decided_on"),
    _cases("on_time", _("按承诺时限办结"), lambda frame: _decided(frame, is_late=False),
           _("办结办件中，办结日期不晚于承诺办结日的；听证、评审等暂停的天数不计入用时。"),
           _("办件　办结日期≤截至日期　且　办结日期≤承诺办结日　→　计数"), day="decided_on"),
    _cases("late", _("超承诺时限办结"), lambda frame: _decided(frame, is_late=True),
           _("办结办件中，办结日期晚于承诺办结日的；每一件都已公开说明原因。"),
           _("办件　办结日期≤截至日期　且　办结日期＞承诺办结日　→　计数"), day="decided_on"),
    Rate(code="permits.on_time_rate", name=_("承诺时限内办结率"), numerator="permits.on_time",
         denominator="permits.decided", scope=_("按承诺时限办结的件数占办结件数的比例。"),
         how=_("按承诺时限办结 ÷ 办结办件")),
    _cases("lawful", _("按法定时限办结"), _lawful,
           _("办结办件中，实际用时不超过法定时限（加上经批准的延长）的；暂停的天数不计入用时。"),
           _("办结办件　实际用时≤法定时限＋延长　→　计数"), day="decided_on"),
    Rate(code="permits.lawful_rate", name=_("法定时限内办结率"), numerator="permits.lawful",
         denominator="permits.decided", scope=_("按法定时限办结的件数占办结件数的比例。"),
         how=_("按法定时限办结 ÷ 办结办件")),
    _cases("elapsed_days", _("受理到办结天数"), _elapsed,
           _("办结办件从受理到决定的天数之和，办理和等待都计；工作日和自然日各按事项自己的单位计。"),
           _("办结办件　→　（实际用时＋暂停天数）求和"), unit=_("天"), total="elapsed_days", places=0,
           day="decided_on"),
    _cases("stopped_days", _("等待天数"), _elapsed,
           _("办结办件受理后等待听证、招标、检测、评审等而暂停计时的天数之和。"),
           _("办结办件　→　暂停天数求和"), unit=_("天"), total="stopped_days", places=0, day="decided_on"),
    Rate(code="permits.waiting_share", name=_("等待占比"), numerator="permits.stopped_days",
         denominator="permits.elapsed_days",
         scope=_("受理到办结的天数中，等待听证、招标、检测、评审等的占比；其余是部门办理的天数。"),
         how=_("等待天数 ÷ 受理到办结天数")),
    _cases("asked", _("要求补正办件"), _happened("asked_on"),
           _("截至日期以前一次性告知补正过的办件。"), _("办件　一次性告知日期≤截至日期　→　计数"), day="asked_on"),
    Rate(code="permits.asked_rate", name=_("补正率"), numerator="permits.asked", denominator="permits.applied",
         scope=_("要求补正过的办件占申请办件的比例。"), how=_("要求补正办件 ÷ 申请办件")),
    _cases("sent_back", _("退件"), _happened("ended_on"), _("截至日期以前退回的办件。"),
           _("办件　退件日期≤截至日期　→　计数"), day="ended_on"),
    _cases("running", _("在办办件"), _running, _("截至日期已受理、还没有决定也没有退件的办件。"),
           _("办件　受理日期≤截至日期　且　未办结、未退件　→　计数")),
    _cases("overdue", _("在办超时"), _overdue,
           _("在办办件中已过承诺办结日的；正在暂停的、等待前置条件的模拟审批不计。时限按现在登记的暂停和延长计算。"),
           _("在办办件　承诺办结日＜截至日期　→　计数")),
    _cases("statutory_days", _("办结办件法定时限合计"), _limited,
           _("办结办件的法定时限之和（不含经批准的延长）；即办事项没有时限，不计。"),
           _("办结办件　法定时限＞0　→　法定时限求和"), unit=_("天"), total="statutory_days", places=0,
           day="decided_on"),
    _cases("spared_days", _("办结办件少用天数"), _limited,
           _("办结办件比法定时限少用的天数之和；超过法定时限的以负数计入。即办事项不计。"),
           _("办结办件　法定时限＞0　→　（法定时限－实际用时）求和"), unit=_("天"), total="spared_days", places=0,
           day="decided_on"),
    Rate(code="permits.compression_rate", name=_("办结时限压缩率"), numerator="permits.spared_days",
         denominator="permits.statutory_days",
         scope=_("合计口径：办结办件少用的天数之和占法定时限之和的比例，不是各件压缩率的平均；暂停的天数不计入用时；"
                 "工作日和自然日各按事项自己的单位计。"),
         how=_("Σ（法定时限－实际用时）÷ Σ法定时限")),
    _cases("mean_compression", _("平均压缩率"), _limited,
           _("均值口径：办结办件各自压缩率的平均；即办事项不计。"),
           _("办结办件　法定时限＞0　→　（1－实际用时÷法定时限）的平均"), unit="%",
           measure=("spared_days", "statutory_days"), fold=_mean_rate, places=1),
    _cases("median_days", _("办理用时中位数"), _limited, _("办结办件实际用时的中位数；暂停的天数不计，即办事项不计。"),
           _("办结办件　→　实际用时的中位数"), unit=_("天"), measure=("used_days",), fold=_median, places=1),
    _cases("p90_days", _("九成办件用时"), _limited, _("九成办结办件的实际用时不超过这个天数。"),
           _("办结办件　→　实际用时的九十分位数"), unit=_("天"), measure=("used_days",), fold=_p90, places=1),
    _cases("deferred", _("容缺受理办件"), _happened("accepted_on", intake=Intake.DEFERRED),
           _("截至日期以前容缺受理的办件。"), _("受理办件　受理方式＝容缺受理　→　计数"), day="accepted_on"),
    _cases("commitment", _("告知承诺办件"), _happened("accepted_on", intake=Intake.COMMITMENT),
           _("截至日期以前以告知承诺受理的办件。"), _("受理办件　受理方式＝告知承诺　→　计数"), day="accepted_on"),
    _cases("together", _("并联受理办件"), _together,
           _("同一阶段几个事项一次受理的办件。"), _("办件　并联批次不空　→　计数"), day="applied_on"),
    _cases("simulated", _("模拟审批办件"), _happened("opined_on"),
           _("截至日期以前出具模拟意见的办件；模拟意见不是行政许可，单独编号。"),
           _("办件　出具模拟意见日期≤截至日期　→　计数"), day="opined_on", columns=SIMULATED),
    _cases("simulated_saved", _("模拟审批节省工作日"), lambda frame: _decided(frame, saved_days__isnull=False),
           _("模拟审批转为正式决定的办件，从出具模拟意见到前置条件具备之间的工作日之和。"),
           _("转正式的模拟审批　→　节省工作日求和"), unit=WD, total="saved_days", places=0, day="decided_on",
           columns=SIMULATED),
    _cases("simulated_mean_saved", _("模拟审批每件节省"), lambda frame: _decided(frame, saved_days__isnull=False),
           _("模拟审批转为正式决定的办件，每件平均节省的工作日。"), _("转正式的模拟审批　→　节省工作日平均"),
           unit=WD, measure=("saved_days",), fold=_mean, places=1, columns=SIMULATED),
    Indicator(
        code="permits.certificates", name=_("有效证照"), unit=pgettext_lazy("certificate", "件"), rows=_valid,
        scope=_("证照库中截至日期有效的证照。"), how=_("证照　有效期起≤截至日期≤有效期止　→　计数"),
        dimensions={name: one for name, one in DIMENSIONS.items() if name != "intake"}, day="valid_from",
        columns=((_("证照编号"), "code"), (_("项目"), "project__name"), (_("事项"), "item__name"),
                 (_("有效期止"), "valid_until")),
    ),
    Indicator(
        code="permits.reused", name=_("证照复用次数"), unit=_("次"), rows=_reused, via="case__",
        scope=_("办件中由证照库的证照代替、没有再向项目单位要的材料份数。"),
        how=_("办件材料　证照不空　且　收到日期≤截至日期　→　计数"), dimensions=DIMENSIONS, day="given_on",
        visible=_through_case, row_url=("permits:case", "case_id"),
        columns=((_("办件编号"), "case__code"), (_("材料"), "paper__name"), (_("证照编号"), "certificate__code")),
    ),
]  # fmt: skip
