"""Figures of projects. As of a past day they ask plans, months, milestones and landings by their dates."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from luodi.indicators import rules as indicators
from luodi.indicators.queries import cities_of
from luodi.indicators.rules import NONE, Dimension, Frame, Indicator, Rate, Unknown, happened
from luodi.orgs.models import Person, Unit, UnitKind
from luodi.projects.models import (
    BUILDING,
    ExternalFigure,
    ListKind,
    MilestoneKind,
    MonthlyInvestment,
    PlanVersion,
    Project,
    Series,
    Stall,
    Tier,
)
from luodi.projects.queries import industries, landed_words

HEADING = _("项目建设")
YI = Decimal(10_000)  # 万元 in one 亿元
STEADY = Decimal(6)  # percent: «连续几个月稳定在6%以上» of the report


# -- how they are split -------------------------------------------------------------------------------------------
def _counties(frame: Frame) -> dict[str, str]:
    """All counties of the city; of a county, itself. Projects of city departments have no county."""
    units = Unit.objects.filter(city_code=frame.place[:4], kind=UnitKind.COUNTY).order_by("sort_key", "pk")
    known = {unit.code: unit.label for unit in units if unit.code.startswith(frame.place)}
    return {**known, NONE: gettext("市直")}


def _months(frame: Frame) -> dict[str, str]:
    year = frame.as_of.year
    return {f"{year}-{n:02d}-01": gettext("%(n)s月") % {"n": n} for n in range(1, frame.as_of.month + 1)}


DIMENSIONS: Mapping[str, Dimension] = {
    "county": Dimension(_("县市区"), "county_code", _counties),
    "tier": Dimension(_("级别"), "tier", lambda frame: {one: str(one.label) for one in Tier}),
    "industry": Dimension(_("行业"), "industry", lambda frame: industries(frame.place[:4]), zeros=False),
}
LISTED = {
    **DIMENSIONS,
    "list": Dimension(_("类型"), "listed_as", lambda frame: {one: str(one.label) for one in ListKind}, zeros=False),
}
MONTHLY = {**DIMENSIONS, "month": Dimension(_("月份"), "month_on", _months, zeros=False)}
BY_MONTH = {"month": Dimension(_("月份"), "month_on", _months, zeros=False)}


# -- the rows they count ------------------------------------------------------------------------------------------
def _standing(frame: Frame, begins: str, ends: str) -> Q:
    return Q(**{f"{begins}__lte": frame.as_of}) & (Q(**{ends: None}) | Q(**{f"{ends}__gt": frame.as_of}))


def _listed(frame: Frame, *kinds: str) -> QuerySet[Any]:
    """Projects in these lists of the year by the plan in force on the day; one filter(), one plan stands."""
    plan = _standing(frame, "plans__decided_on", "plans__ended_on")
    rows = Project.objects.filter(plan, plans__year=frame.as_of.year, plans__list_kind__in=kinds or ListKind.values)
    return rows.annotate(listed_as=F("plans__list_kind"), planned_on=F("plans__due_on"), planned=F("plans__amount"))


def _started(frame: Frame, *kinds: str) -> QuerySet[Any]:
    began = happened(frame, "milestones__reached_on") & Q(milestones__kind=MilestoneKind.STARTED)
    return _listed(frame, *kinds).filter(began).annotate(began_on=F("milestones__reached_on"))


def _late(frame: Frame) -> QuerySet[Project]:
    started = Project.objects.filter(
        pk=OuterRef("pk"), milestones__kind=MilestoneKind.STARTED, milestones__reached_on__lte=frame.as_of
    )
    return _listed(frame, *BUILDING).filter(planned_on__lt=frame.as_of).exclude(Exists(started))


def _landed(frame: Frame) -> QuerySet[Project]:
    return _listed(frame).filter(happened(frame, "landing__landed_on"))


def _due(frame: Frame) -> QuerySet[Project]:
    """Whose planned start has come, and those landed before it; numerator rows are always among them."""
    return _listed(frame).filter(Q(planned_on__lte=frame.as_of) | Q(landing__landed_on__lte=frame.as_of))


def _stalled(frame: Frame) -> QuerySet[Project]:
    stalls = Stall.objects.filter(_standing(frame, "stalled_on", "resumed_on"), project=OuterRef("pk"))
    return Project.objects.filter(Exists(stalls), entered_on__lte=frame.as_of)


def _placed(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows about projects, with what they are split by at hand."""
    names = ("city_code", "county_code", "tier", "industry")
    return rows.annotate(**{name: F(f"project__{name}") for name in names})


def _plans(frame: Frame) -> QuerySet[PlanVersion]:
    rows = PlanVersion.objects.filter(_standing(frame, "decided_on", "ended_on"), year=frame.as_of.year)
    return _placed(rows.filter(list_kind__in=BUILDING).annotate(listed_as=F("list_kind")))


def _completed(frame: Frame, *kinds: str) -> QuerySet[MonthlyInvestment]:
    """The year's months as they stood on the day, of projects that were in these lists on that day."""
    plans = PlanVersion.objects.filter(_standing(frame, "decided_on", "ended_on"), year=frame.as_of.year)
    listed = plans.filter(project=OuterRef("project"), list_kind__in=kinds)
    months = MonthlyInvestment.objects.filter(_standing(frame, "recorded_on", "ended_on"))
    year = frame.as_of.year
    rows = months.filter(happened(frame, "month_on"), month_on__gte=date(year, 1, 1), month_on__lte=date(year, 12, 1))
    return _placed(rows.filter(Exists(listed)))


def _figures(frame: Frame, series: str) -> QuerySet[ExternalFigure]:
    """What was published of the year by the day."""
    rows = ExternalFigure.objects.filter(_standing(frame, "published_on", "ended_on"), series=series)
    return rows.filter(happened(frame, "month_on"), month_on__gte=date(frame.as_of.year, 1, 1))


def latest(pairs: Sequence[tuple[date, Decimal]]) -> Decimal:
    """The value of the last month."""
    if not pairs:
        raise Unknown(gettext("统计部门还没有公布，或者这个地方没有这项数据"))
    return max(pairs)[1]


def steady_months(pairs: Sequence[tuple[date, Decimal]]) -> int:
    """How many months up to the last one the growth has been 6 % or more without a break."""
    latest(pairs)
    count = 0
    for _month, value in sorted(pairs, reverse=True):
        if value < STEADY:
            break
        count += 1
    return count


# -- who may open them --------------------------------------------------------------------------------------------
def _of_projects(rows: QuerySet[Any], person: Person, day: date) -> QuerySet[Any]:
    return rows.filter(project__in=Project.objects.visible_to(person, day))


def _of_city(rows: QuerySet[Any], person: Person, day: date) -> QuerySet[Any]:
    return rows.filter(city_code__in=cities_of(person, day))


NAME, COUNTY = (_("项目名称"), "name"), (_("责任单位"), "unit__name")
PLANNED = ((_("类型"), "list_kind"), (_("计划开工时间"), "planned_on"), (_("年度计划投资（万元）"), "planned"))


def _count(code: str, name: Any, rows: Any, scope: Any, how: Any, *columns: Any, **more: Any) -> Indicator:
    """An indicator that counts projects (项)."""
    return Indicator(
        code=f"projects.{code}", name=name, unit=_("项"), rows=rows, scope=scope, how=how,
        dimensions=DIMENSIONS if rows is _stalled else LISTED, columns=(NAME, COUNTY, *columns),
        row_url=("projects:project", "pk"), **more,
    )  # fmt: skip


def _sum(code: str, name: Any, rows: Any, scope: Any, how: Any, day: str, **more: Any) -> Indicator:
    """An indicator that sums 万元, told in 亿元."""
    columns = ((_("项目名称"), "project__name"), (_("责任单位"), "project__unit__name"))
    money = ((_("月份"), "month_on"), (_("本月完成（万元）"), "amount"), (_("填报日期"), "recorded_on"))
    plan = ((_("类型"), "list_kind"), (_("年度计划投资（万元）"), "amount"), (_("下达日期"), "decided_on"))
    return Indicator(
        code=f"projects.{code}", name=name, unit=_("亿元"), rows=rows, scope=scope, how=how, total="amount", scale=YI,
        dimensions=MONTHLY if day == "month_on" else LISTED, day=day, visible=_of_projects,
        columns=(*columns, *(money if day == "month_on" else plan)), row_url=("projects:project", "project_id"), **more,
    )  # fmt: skip


def _outside(code: str, name: Any, unit: Any, series: str, fold: Any, how: Any, **more: Any) -> Indicator:
    """A figure that a bureau counts; its rows are the papers it stands in."""
    return Indicator(
        code=f"projects.{code}", name=name, unit=unit, rows=lambda frame: _figures(frame, series), mark="outside",
        scope=_("统计部门公布的全市数（外部数据），取截至日期以前公布的最近一个月，是1月至当月的累计；数值后面是来源文件。"),
        how=how, measure=("month_on", "amount"), fold=fold, dimensions=BY_MONTH, visible=_of_city,
        columns=(
            (_("来源文件"), "source"), (_("截至月份"), "month_on"), (_("数值"), "amount"),
            (_("发布日期"), "published_on"),
        ),
        row_url=("projects:figure", "pk"), **more,
    )  # fmt: skip


BY_PACK = _("当年三张清单（续建、计划开工、推进前期）的项目，按活动包的现行口径认定。")


def _words(frame: Frame) -> str:
    return landed_words(frame.place[:4])


INDICATORS: list[indicators.AnyIndicator] = [
    _count(
        "key", _("重点开工项目"), lambda f: _listed(f, *BUILDING),
        _("省市重点开工项目：当年清单中的续建和计划开工两类，计划开工项目包含在内，推进前期项目不在内。按截至日期当天有效的当年计划。"),
        _("年度计划　年度＝截至日期所在年　且　当日有效　且　类型∈{续建，计划开工}　→　计数"), *PLANNED,
    ),
    _sum(
        "plan", _("年度计划投资"), _plans,
        _("重点开工项目（续建和计划开工）当年计划投资之和。按截至日期当天有效的计划版本。"),
        _("年度计划　年度＝截至日期所在年　且　当日有效　且　类型∈{续建，计划开工}　→　计划投资求和 ÷ 10000"), "",
        places=2,
    ),
    _sum(
        "completed", _("重点开工项目完成投资"), lambda f: _completed(f, *BUILDING),
        _("重点开工项目当年1月至截至日期所在月的逐月完成投资之和，取截至日期以前填报的数；以后更正的，截至日期以前仍是原数。推进前期项目的不在内。"),
        _("月度投资　月份在当年　且　填报日期≤截至日期　且　当日未被更正　→　本月完成求和 ÷ 10000"), "month_on",
        places=1,
    ),
    Rate(
        code="projects.completion_rate", name=_("投资完成率"),
        numerator="projects.completed", denominator="projects.plan",
        scope=_("重点开工项目当年累计完成投资占年度计划投资的比例。"), how=_("重点开工项目完成投资 ÷ 年度计划投资"),
    ),
    _count(
        "planned_starts", _("计划开工项目"), lambda f: _listed(f, ListKind.PLANNED_START),
        _("当年清单中计划当年开工的项目，是重点开工项目的一部分。"),
        _("年度计划　类型＝计划开工　且　当日有效　→　计数"), *PLANNED,
    ),
    _count(
        "started", _("已开工的计划开工项目"), lambda f: _started(f, ListKind.PLANNED_START),
        _("计划开工项目中，截至日期以前登记了实际开工日期的。"),
        _("计划开工项目　且　开工环节完成日期≤截至日期　→　计数"), (_("实际开工时间"), "began_on"),
        day="milestones__reached_on",
    ),
    Rate(
        code="projects.start_rate", name=_("开工率"),
        numerator="projects.started", denominator="projects.planned_starts",
        scope=_("计划开工项目中已经开工的比例；分母是全年计划开工的项目，计划开工时间未到的也在内。"),
        how=_("已开工的计划开工项目 ÷ 计划开工项目"),
    ),
    _count(
        "late_starts", _("逾期未开工项目"), _late,
        _("重点开工项目中，计划开工时间已过而没有开工的。"),
        _("重点开工项目　计划开工时间＜截至日期　且　没有截至日期以前的开工日期　→　计数"), *PLANNED,
    ),
    _count(
        "preliminary", _("推进前期项目"), lambda f: _listed(f, ListKind.PRELIMINARY),
        _("当年清单中推进前期工作的项目，不在重点开工项目之内。"),
        _("年度计划　类型＝推进前期　且　当日有效　→　计数"), *PLANNED,
    ),
    _count(
        "early_starts", _("提前开工项目"), lambda f: _started(f, ListKind.PRELIMINARY),
        _("推进前期项目中，截至日期以前已经开工的。"),
        _("推进前期项目　且　开工环节完成日期≤截至日期　→　计数"), (_("实际开工时间"), "began_on"),
        day="milestones__reached_on",
    ),
    _sum(
        "early_completed", _("提前开工项目完成投资"), lambda f: _completed(f, ListKind.PRELIMINARY),
        _("推进前期项目当年完成投资之和，不在重点开工项目完成投资之内。"),
        _("月度投资　类型＝推进前期　且　填报日期≤截至日期　→　本月完成求和 ÷ 10000"), "month_on",
        places=1,
    ),
    _count(
        "due", _("应落地项目"), _due, BY_PACK,
        _("当年三张清单的项目　计划开工时间≤截至日期　或　落地日期≤截至日期　→　计数"), *PLANNED, terms=_words,
    ),
    _count(
        "landed", _("已落地项目"), _landed, BY_PACK,
        _("当年三张清单的项目　落地日期≤截至日期　→　计数"), (_("落地日期"), "landed_on"), day="landing__landed_on",
        terms=_words,
    ),
    Rate(
        code="projects.landing_rate", name=_("项目落地率"), numerator="projects.landed", denominator="projects.due",
        scope=BY_PACK, terms=_words, how=_("已落地项目 ÷ 应落地项目"),
    ),
    _count(
        "stalled", _("停滞项目"), _stalled,
        _("截至日期当天登记为停滞、还没有恢复的项目，三张清单的都计。"),
        _("停滞记录　停滞日期≤截至日期　且　（未恢复　或　恢复日期＞截至日期）　→　计项目数"),
        (_("存在问题"), "obstacle"),
    ),
    _outside(
        "fai_growth", _("固定资产投资同比增长"), "%", Series.FAI_GROWTH, latest,
        _("外部数据　指标＝固定资产投资累计同比增长　→　取最近一个月的数值"), places=1,
    ),
    _outside(
        "fai_steady", _("固定资产投资增速连续6%以上的月数"), _("个月"), Series.FAI_GROWTH, steady_months,
        _("外部数据　从最近一个月往前数，累计同比增长不低于6%的连续月数"),
    ),
    _outside(
        "fai_rank", _("固定资产投资增速全省位次"), _("位"), Series.FAI_RANK, latest,
        _("外部数据　指标＝固定资产投资增速全省位次　→　取最近一个月的数值"),
    ),
]  # fmt: skip
