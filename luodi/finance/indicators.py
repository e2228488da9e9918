"""Figures of finance. As of a past day they ask batches, contacts, credit, loans and balances by their dates."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from luodi.finance.models import (
    Balance,
    Bank,
    Contact,
    Credit,
    Event,
    EventKind,
    Ground,
    Loan,
    LoanClass,
    Need,
    NeedKind,
    Refusal,
    StatedTotal,
)
from luodi.indicators import rules as indicators
from luodi.indicators.queries import cities_of
from luodi.indicators.rules import NONE, Dimension, Frame, Indicator, Rate, Unknown, happened, holds
from luodi.orgs.models import Person, Unit, UnitKind
from luodi.projects.queries import industries

HEADING = _("融资保障")
YI = Decimal(10_000)  # 万元 in one 亿元
AMOUNT: DecimalField = DecimalField(max_digits=15, decimal_places=4)


# -- how they are split -------------------------------------------------------------------------------------------
def _counties(frame: Frame) -> dict[str, str]:
    """All counties of the city; of a county, itself."""
    units = Unit.objects.filter(city_code=frame.place[:4], kind=UnitKind.COUNTY).order_by("sort_key", "pk")
    known = {unit.code: unit.label for unit in units if unit.code.startswith(frame.place)}
    return {**known, NONE: gettext("市直")}


def _months(frame: Frame) -> dict[str, str]:
    year = frame.as_of.year
    return {f"{year}-{n:02d}-01": gettext("%(n)s月") % {"n": n} for n in range(1, frame.as_of.month + 1)}


def _banks(frame: Frame) -> dict[str, str]:
    rows = Bank.objects.filter(city_code=frame.place[:4]).order_by("name", "pk")
    return dict(rows.values_list("code", "name"))


def _choices(kinds: Any) -> Any:
    return lambda frame: {one: str(one.label) for one in kinds}


COUNTY = {"county": Dimension(_("县市区"), "county_code", _counties)}
MONTH = {"month": Dimension(_("月份"), "month_on", _months, zeros=False)}
BANK = {"bank": Dimension(_("银行"), "bank_code", _banks, zeros=False)}
CLASS = {"class": Dimension(_("贷款类别"), "loan_class", _choices(LoanClass), zeros=False)}
OF_NEEDS: Mapping[str, Dimension] = {
    **COUNTY,
    "kind": Dimension(_("需求类型"), "kind", _choices(NeedKind), zeros=False),
    "industry": Dimension(_("行业"), "industry", lambda frame: industries(frame.place[:4]), zeros=False),
    **MONTH,
}


# -- the rows they count ------------------------------------------------------------------------------------------
def _out(frame: Frame) -> Q:
    """Published by the day, and not withdrawn by then."""
    return Q(published_on__lte=frame.as_of) & (Q(withdrawn_on=None) | Q(withdrawn_on__gt=frame.as_of))


def _needs(frame: Frame, kind: str = "") -> QuerySet[Need]:
    rows = Need.objects.filter(happened(frame, "published_on"), _out(frame))
    return (rows.filter(kind=kind) if kind else rows).annotate(month_on=TruncMonth("published_on"))


def _met(frame: Frame) -> QuerySet[Need]:
    met = Contact.objects.filter(happened(frame, "held_on"), need=OuterRef("pk"))
    return _still_out(frame).filter(Exists(met))


def _credited(frame: Frame) -> QuerySet[Need]:
    granted = Credit.objects.filter(holds(frame, "granted_on", "ended_on"), need=OuterRef("pk"))
    return _still_out(frame).filter(Exists(granted))


def _lent(frame: Frame) -> QuerySet[Need]:
    paid = Loan.objects.filter(holds(frame, "paid_on", "ended_on"), credit__need=OuterRef("pk"))
    return _still_out(frame).filter(Exists(paid))


def _still_out(frame: Frame) -> QuerySet[Need]:
    """Needs that are out on the day; the frame's period is about what banks did, not about when they came out."""
    return Need.objects.filter(_out(frame)).annotate(month_on=TruncMonth("published_on"))


def _placed(rows: QuerySet[Any], day: str, path: str = "need__", bank: str = "bank__code") -> QuerySet[Any]:
    """Rows about needs, with what they are split by at hand."""
    names = ("city_code", "county_code", "kind", "industry")
    facts = {name: F(path + name) for name in names}
    return rows.annotate(**facts, need_name=F(path + "name"), bank_code=F(bank), month_on=TruncMonth(day))


def _of_out(rows: QuerySet[Any], frame: Frame, path: str = "need") -> QuerySet[Any]:
    return rows.filter(**{f"{path}__in": Need.objects.filter(_out(frame))})


def _contacts(frame: Frame) -> QuerySet[Contact]:
    return _placed(_of_out(Contact.objects.filter(happened(frame, "held_on")), frame), "held_on")


def _credits(frame: Frame) -> QuerySet[Credit]:
    return _placed(_of_out(Credit.objects.filter(holds(frame, "granted_on", "ended_on")), frame), "granted_on")


def _loans(frame: Frame) -> QuerySet[Loan]:
    rows = _of_out(Loan.objects.filter(holds(frame, "paid_on", "ended_on")), frame, "credit__need")
    return _placed(rows, "paid_on", "credit__need__", "credit__bank__code")


def _refusals(frame: Frame) -> QuerySet[Refusal]:
    return _placed(_of_out(Refusal.objects.filter(happened(frame, "refused_on")), frame), "refused_on")


def _visits(frame: Frame) -> QuerySet[Event]:
    rows = Event.objects.filter(happened(frame, "held_on"), kind=EventKind.BANKER_VISIT)
    return rows.annotate(month_on=TruncMonth("held_on"))


def _of_whole_city(frame: Frame) -> None:
    if len(frame.place) > 4:
        raise Unknown(gettext("贷款余额按全市银行统计，不分县市区"))


def _stands(frame: Frame, begins: str) -> Q:
    return Q(**{f"{begins}__lte": frame.as_of}) & (Q(ended_on=None) | Q(ended_on__gt=frame.as_of))


def _new_year(frame: Frame) -> date:
    return date((frame.start or frame.as_of).year, 1, 1)


def _told(frame: Frame) -> QuerySet[Balance]:
    """All balances of the year, or of the frame's period, that stood on the day."""
    months = happened(frame, "month_on") & Q(month_on__gte=_new_year(frame))
    return Balance.objects.filter(_stands(frame, "recorded_on"), months, city_code=frame.place[:4])


def _balances(frame: Frame, loan_class: str = "") -> QuerySet[Balance]:
    """Those of the last month told by the day: a balance is of one day, months do not add up."""
    _of_whole_city(frame)
    last = _told(frame).order_by("-month_on").values_list("month_on", flat=True).first()
    if last is None:
        raise Unknown(gettext("这一年还没有填报过贷款余额"))
    rows = _told(frame).filter(month_on=last).annotate(bank_code=F("bank__code"))
    return rows.filter(loan_class=loan_class) if loan_class else rows


def _totals(frame: Frame) -> QuerySet[StatedTotal]:
    """What was published of the year by the day, each with what of it no class explains."""
    _of_whole_city(frame)
    classes = _told(frame).filter(month_on=OuterRef("month_on")).order_by().values("month_on")
    told = Subquery(classes.annotate(n=Sum("end_amount")).values("n"), output_field=AMOUNT)
    rows = StatedTotal.objects.filter(_stands(frame, "published_on"), happened(frame, "month_on"))
    rows = rows.filter(month_on__gte=_new_year(frame))
    return rows.annotate(told=Coalesce(told, Decimal(0), output_field=AMOUNT), gap=F("amount") - F("told"))


def _yi(amount: Decimal) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.0001")) / YI


def latest(pairs: Mapping[tuple[Any, ...], int]) -> Decimal:
    """The amount of the last month, in 亿元."""
    if not pairs:
        raise Unknown(gettext("监管部门公布的合计还没有录入"))
    return _yi(max(pairs)[1])


# -- who may open them --------------------------------------------------------------------------------------------
def _of_needs(rows: QuerySet[Any], person: Person, day: date) -> QuerySet[Any]:
    path = "credit__need__in" if rows.model is Loan else "need__in"
    return rows.filter(**{path: Need.objects.visible_to(person, day)})


def _of_city(rows: QuerySet[Any], person: Person, day: date) -> QuerySet[Any]:
    return rows.filter(city_code__in=cities_of(person, day))


NAME = (_("名称"), "name")
ASKED = ((_("需求类型"), "kind"), (_("需求金额（万元）"), "amount"), (_("发布日期"), "published_on"))
BY_ACT: Mapping[str, Dimension] = {**COUNTY, **BANK, **{k: v for k, v in OF_NEEDS.items() if k != "county"}}


def _count(code: str, name: Any, rows: Any, scope: Any, how: Any, unit: Any = "", **more: Any) -> Indicator:
    """An indicator that counts needs."""
    return Indicator(
        code=f"finance.{code}", name=name, unit=unit or _("个"), rows=rows, scope=scope, how=how, dimensions=OF_NEEDS,
        columns=(NAME, (_("责任单位"), "unit__name"), *ASKED), row_url=("finance:need", "pk"), **more,
    )  # fmt: skip


def _acts(
    code: str, name: Any, rows: Any, scope: Any, how: Any, day: str, pk: str, bank: str, **more: Any
) -> Indicator:  # fmt: skip
    """An indicator over what banks did about needs: counted, or summed in 亿元."""
    columns = ((_("名称"), "need_name"), (_("银行"), bank), *more.pop("columns"), (_("日期"), day))
    return Indicator(
        code=f"finance.{code}", name=name, rows=rows, scope=scope, how=how, columns=columns, day=day,
        dimensions={**BY_ACT, **more.pop("dimensions", {})}, visible=_of_needs, row_url=("finance:need", pk), **more,
    )  # fmt: skip


def _balance(code: str, name: Any, loan_class: str, scope: Any) -> Indicator:
    """An indicator over balances of the last month told."""
    return Indicator(
        code=f"finance.{code}", name=name, unit=_("亿元"), rows=lambda frame: _balances(frame, loan_class),
        scope=scope, how=_("贷款余额　截至日期以前填报的最近一个月　且　当日未被更正　→　期末余额求和 ÷ 10000"),
        total="end_amount", scale=YI, places=2, dimensions={**BANK, **CLASS}, visible=_of_city,
        columns=(
            (_("银行"), "bank__name"), (_("类别"), "loan_class"), (_("月份"), "month_on"),
            (_("期末余额（万元）"), "end_amount"), (_("填报日期"), "recorded_on"),
        ),
        row_url=("finance:balance-row", "pk"),
    )  # fmt: skip


def _stated(code: str, name: Any, column: str, scope: Any, how: Any, mark: str = "outside") -> Indicator:
    """A figure about the published total; its rows are the papers it stands in."""
    return Indicator(
        code=f"finance.{code}", name=name, unit=_("亿元"), rows=_totals, scope=scope, how=how, mark=mark, places=2,
        measure=("month_on", column), fold=latest, dimensions=MONTH, visible=_of_city,
        columns=(
            (_("来源文件"), "source"), (_("截至月份"), "month_on"), (_("合计（万元）"), "amount"),
            (_("较年初增加（万元）"), "increase_amount"), (_("没有说明的（万元）"), "gap"),
        ),
        row_url=("finance:total", "pk"),
    )  # fmt: skip


PUBLISHED = _("截至日期以前已经发布、没有撤回的融资需求")
CLASS_SCOPE = _("各银行填报的这一类重点项目贷款期末余额之和，取最近一个填报月份；类别之间可能有交叉。")
INDICATORS: list[indicators.AnyIndicator] = [
    _count("needs_projects", _("重点项目融资需求"), lambda f: _needs(f, NeedKind.PROJECT),
           _("截至日期以前已经发布、没有撤回的重点项目融资需求，累计数。"),
           _("融资需求　类型＝重点项目　且　发布日期≤截至日期　且　未撤回　→　计数"), _("项"), day="published_on"),
    _count("needs_enterprises", _("骨干企业融资需求"), lambda f: _needs(f, NeedKind.ENTERPRISE),
           _("截至日期以前已经发布、没有撤回的骨干企业融资需求，累计数。"),
           _("融资需求　类型＝骨干企业　且　发布日期≤截至日期　且　未撤回　→　计数"), _("家"), day="published_on"),
    _count("needs", _("已发布融资需求"), _needs, PUBLISHED, _("融资需求　发布日期≤截至日期　且　未撤回　→　计数"),
           day="published_on"),
    Indicator(
        code="finance.need_amount", name=_("融资需求金额"), unit=_("亿元"), rows=_needs, scope=PUBLISHED, places=2,
        how=_("已发布融资需求　→　需求金额求和 ÷ 10000"), total="amount", scale=YI, dimensions=OF_NEEDS,
        day="published_on", columns=(NAME, (_("责任单位"), "unit__name"), *ASKED), row_url=("finance:need", "pk"),
    ),
    _count("contacted", _("已对接需求"), _met, _("已发布融资需求中，至少有一家银行对接过的。"),
           _("已发布融资需求　有对接日期≤截至日期的记录　→　计数")),
    _count("credited", _("已授信需求"), _credited, _("已发布融资需求中，至少有一笔授信在截至日期当天有效的。"),
           _("已发布融资需求　有授信日期≤截至日期、未作废的记录　→　计数")),
    _count("lent", _("已放款需求"), _lent, _("已发布融资需求中，至少放过一笔款的；授信不等于放款。"),
           _("已发布融资需求　有放款日期≤截至日期、未作废的记录　→　计数")),
    _acts("contacts", _("银企对接次数"), _contacts, _("一家银行与一个需求对接一次计一次，各种形式都计。"),
          _("对接记录　对接日期≤截至日期　→　计数"), "held_on", "need_id", "bank__name", unit=_("次"),
          columns=((_("活动"), "event__name"),)),
    Indicator(
        code="finance.banker_visits", name=_("政府陪行长走企业活动"), unit=_("次"), rows=_visits,
        scope=_("截至日期以前登记的“政府陪行长走企业”活动，一场计一次。"),
        how=_("对接活动　形式＝政府陪行长走企业　且　日期≤截至日期　→　计数"), dimensions={**COUNTY, **MONTH},
        day="held_on", visible=_of_city, columns=(NAME, (_("对接日期"), "held_on"), (_("地点"), "place")),
        row_url=("finance:event", "pk"),
    ),
    _acts("credit", _("实现授信"), _credits,
          _("对已发布需求的授信金额之和，截至日期当天没有作废的；授信是额度，不是已经放出的款。"),
          _("授信记录　授信日期≤截至日期　且　未作废　→　授信金额求和 ÷ 10000"), "granted_on", "need_id", "bank__name",
          unit=_("亿元"), total="amount", scale=YI, columns=((_("授信金额（万元）"), "amount"),)),
    Rate(code="finance.credit_rate", name=_("授信率"), numerator="finance.credit", denominator="finance.need_amount",
         scope=_("授信金额占已发布需求金额的比例。"), how=_("实现授信 ÷ 融资需求金额")),
    _acts("disbursed", _("实现放款"), _loans, _("对已发布需求实际放出的款，截至日期当天没有作废的。"),
          _("放款记录　放款日期≤截至日期　且　未作废　→　放款金额求和 ÷ 10000"), "paid_on", "credit__need_id",
          "credit__bank__name", unit=_("亿元"), total="amount", scale=YI, places=2,
          columns=((_("放款金额（万元）"), "amount"),)),
    _acts("credits", _("授信笔数"), _credits, _("对已发布需求的授信，截至日期当天没有作废的，一笔计一次。"),
          _("授信记录　授信日期≤截至日期　且　未作废　→　计数"), "granted_on", "need_id", "bank__name", unit=_("笔"),
          columns=((_("授信金额（万元）"), "amount"),)),
    _acts("loans", _("放款笔数"), _loans, _("对已发布需求实际放出的款，截至日期当天没有作废的，一笔计一次。"),
          _("放款记录　放款日期≤截至日期　且　未作废　→　计数"), "paid_on", "credit__need_id", "credit__bank__name",
          unit=_("笔"), columns=((_("放款金额（万元）"), "amount"),)),
    _acts("refusals", _("银行未授信答复"), _refusals, _("银行对已发布需求答复不授信的，一家银行答复一次计一次。"),
          _("未授信记录　答复日期≤截至日期　→　计数"), "refused_on", "need_id", "bank__name", unit=_("次"),
          columns=((_("未授信原因"), "ground"),),
          dimensions={"ground": Dimension(_("未授信原因"), "ground", _choices(Ground), zeros=False)}),
    _stated("balance", _("重点项目贷款余额"), "amount",
            _("监管部门公布的全市银行业金融机构重点项目贷款期末余额（外部数据），取截至日期以前公布的最近一个月。"),
            _("公布的合计　取最近一个月的期末余额 ÷ 10000")),
    _stated("balance_increase", _("重点项目贷款余额较年初增加"), "increase_amount",
            _("监管部门公布的期末余额减年初余额（外部数据）。"), _("公布的合计　期末余额－年初余额，÷ 10000")),
    _stated("balance_unexplained", _("重点项目贷款余额中没有说明的部分"), "gap",
            _("公布的合计减同一月份各类贷款余额之和：没有银行按类别填报的部分，负数说明类别之间有交叉。"),
            _("公布的合计－Σ 各类期末余额，÷ 10000"), "ledger"),
    _balance("balance_classes", _("各类重点项目贷款余额之和"), "", CLASS_SCOPE),
    *(_balance(f"balance_{one.value}", one.label, one, CLASS_SCOPE) for one in LoanClass),
]  # fmt: skip
