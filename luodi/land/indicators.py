"""Figures of land. As of a past day they ask postings, batches, counts and contracts by their dates."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from luodi.indicators import rules as indicators
from luodi.indicators.rules import NONE, Dimension, Frame, Indicator, Rate, Unknown, happened
from luodi.land.models import Batch, Book, Contract, Entry, LotKind, Posting, PostingKind, Reserve, Zone
from luodi.land.rules import MU, to_mu
from luodi.orgs.models import Person, Unit, UnitKind

HEADING = _("用地保障")
RESERVED = Decimal("33.3333")  # 500 mu in hectares, with the four places that are kept
AREA = DecimalField(max_digits=18, decimal_places=4)
MONTHS = 24  # how far back a break-down by month goes


# -- how they are split -------------------------------------------------------------------------------------------
def _counties(frame: Frame) -> dict[str, str]:
    units = Unit.objects.filter(city_code=frame.place[:4], kind=UnitKind.COUNTY).order_by("sort_key", "pk")
    known = {unit.code: unit.label for unit in units if unit.code.startswith(frame.place)}
    return {**known, NONE: gettext("市本级")}


def _months(frame: Frame) -> dict[str, str]:
    last = frame.as_of.year * 12 + frame.as_of.month - 1
    months = [(n // 12, n % 12 + 1) for n in range(last - MONTHS + 1, last + 1)]
    return {f"{y}-{m:02d}-01": gettext("%(year)s年%(month)s月") % {"year": y, "month": m} for y, m in months}


COUNTY: Mapping[str, Dimension] = {"county": Dimension(_("县市区"), "county_code", _counties)}
MONTHLY = {**COUNTY, "month": Dimension(_("月份"), "month_on", _months, zeros=False)}
BY_KIND = {**MONTHLY, "kind": Dimension(_("类型"), "lot__kind", lambda frame: {k: str(k.label) for k in LotKind})}


# -- the rows they count ------------------------------------------------------------------------------------------
def _stands(frame: Frame, ends: str = "ended_on") -> Q:
    return Q(**{ends: None}) | Q(**{f"{ends}__gt": frame.as_of})


def _posted(frame: Frame, kind: str) -> QuerySet[Any]:
    """Postings by the day that are not reversed by then."""
    rows = Posting.objects.filter(_stands(frame), happened(frame, "posted_on"), kind=kind)
    return rows.annotate(month_on=TruncMonth("posted_on"))


def _pools(frame: Frame) -> QuerySet[Any]:
    """What came into pools and left them by the day; it adds up to what lies there."""
    rows = Entry.objects.filter(account__book=Book.POOL, posting__posted_on__lte=frame.as_of)
    places = {name: F(f"account__{name}") for name in ("city_code", "county_code")}
    return rows.annotate(**places, posted_on=F("posting__posted_on"), month_on=TruncMonth("posting__posted_on"))


def _batches(frame: Frame) -> QuerySet[Any]:
    rows = Batch.objects.filter(_stands(frame, "withdrawn_on"), happened(frame, "submitted_on"))
    return rows.annotate(month_on=TruncMonth("submitted_on"), mu=ExpressionWrapper(F("area") * MU, AREA))


def _approved(frame: Frame) -> QuerySet[Any]:
    return Batch.objects.filter(happened(frame, "approved_on")).annotate(month_on=TruncMonth("approved_on"))


def _counts(frame: Frame) -> QuerySet[Any]:
    """The count of each zone in force on the day."""
    rows = Reserve.objects.filter(_stands(frame), counted_on__lte=frame.as_of)
    return rows.annotate(**{name: F(f"zone__{name}") for name in ("city_code", "county_code")})


def _zones(frame: Frame) -> QuerySet[Any]:
    return Zone.objects.filter(counts__in=_counts(frame)).annotate(counted=F("counts__area"))


def _leases(frame: Frame) -> QuerySet[Any]:
    return Contract.objects.filter(happened(frame, "leased_on")).annotate(month_on=TruncMonth("leased_on"))


def _granted(frame: Frame) -> QuerySet[Any]:
    return Contract.objects.filter(happened(frame, "granted_on")).annotate(month_on=TruncMonth("granted_on"))


def _late(frame: Frame) -> QuerySet[Any]:
    return _leases(frame).filter(_stands(frame, "granted_on"), _stands(frame, "ended_on"), convert_by__lt=frame.as_of)


def least(measures: Mapping[tuple[Any, ...], int]) -> Decimal:
    """The smallest reserve, in mu."""
    if not measures:
        raise Unknown(gettext("还没有清点过储备用地"))
    return to_mu(min(area for (area,) in measures))


# -- who may open them --------------------------------------------------------------------------------------------
def _of_places(rows: QuerySet[Any], person: Person, day: date) -> QuerySet[Any]:
    if rows.model is Reserve:
        return rows.filter(zone__in=Zone.objects.visible_to(person, day))
    return rows.filter(posting__in=Posting.objects.visible_to(person, day))


HECTARES, KILOGRAMS = _("公顷"), _("公斤")
PLACE = (_("责任单位"), "unit__name")
OF_BATCH = ((_("批次名称"), "name"), (_("批次号"), "code"), PLACE, (_("用地面积（公顷）"), "area"))
OF_LOT = ((_("补充耕地项目"), "lot__name"), (_("报备号"), "lot__record_code"), PLACE, (_("新增耕地（公顷）"), "area"))
OF_ENTRY = ((_("补充耕地项目"), "lot__name"), (_("凭证"), "posting_id"), (_("日期"), "posted_on"))
OF_LEASE = ((_("合同编号"), "code"), (_("承租单位"), "lessee"), PLACE, (_("约定转让期限"), "convert_by"))


def _one(code: str, name: Any, unit: Any, rows: Any, scope: Any, how: Any, columns: Any, url: Any, **more: Any) -> Any:
    more = {"dimensions": MONTHLY, **more}
    return Indicator(
        code=f"land.{code}", name=name, unit=unit, rows=rows, scope=scope, how=how, columns=columns, row_url=url, **more
    )


def _of_lots(code: str, name: Any, unit: Any, total: str, places: int | None, how: Any) -> Any:
    return _one(
        code, name, unit, lambda f: _posted(f, PostingKind.ACCEPT),
        _("验收合格、截至日期以前入库的补充耕地项目；入库后又冲正的，自冲正之日起不计。"), how, OF_LOT,
        ("land:lot", "lot_id"), total=total, places=places, dimensions=BY_KIND, day="posted_on",
    )  # fmt: skip


def _of_pools(code: str, name: Any, unit: Any, total: str, places: int, how: Any) -> Any:
    return _one(
        code, name, unit, _pools,
        _("截至日期当天市、县两级指标库里的余额：入库、调入减去核销、调出，冲正的已经转回。按县市区分时，全市统筹的在市本级。"),
        how, (*OF_ENTRY, (name, total)), ("land:posting", "posting_id"), total=total, places=places, visible=_of_places,
    )  # fmt: skip


def _of_batches(code: str, name: Any, unit: Any, total: str, places: int | None, how: Any) -> Any:
    return _one(
        code, name, unit, _batches,
        _("截至日期以前上报的批次用地，已批准和待批准的都计，撤回的自撤回之日起不计。"),
        how, (*OF_BATCH, (_("申报日期"), "submitted_on")), ("land:batch", "pk"), total=total, places=places,
        day="submitted_on",
    )  # fmt: skip


def _of_zones(code: str, name: Any, rows: Any, how: Any, **more: Any) -> Any:
    return _one(
        code, name, more.pop("unit", _("个")), rows,
        _("各县市区开发区，按截至日期以前最近一次清点；储备标准是每个开发区 500 亩以上（合 33.3333 公顷）。"), how,
        more.pop("columns", ((_("开发区"), "name"), PLACE, (_("储备用地（公顷）"), "counted"))),
        more.pop("url", ("land:zone", "pk")), dimensions=COUNTY, **more,
    )  # fmt: skip


OF_COUNT = ((_("开发区"), "zone__name"), (_("储备用地（公顷）"), "area"), (_("清点日期"), "counted_on"))

INDICATORS: list[indicators.AnyIndicator] = [
    _of_lots(
        "replenished", _("已完成耕地占补项目"), _("个"), "", None, _("入库凭证　日期≤截至日期　且　未冲正　→　计数")
    ),
    _of_lots(
        "replenished_area", _("占补项目新增耕地"), HECTARES, "area", 2,
        _("入库凭证　日期≤截至日期　且　未冲正　→　数量求和"),
    ),
    _of_pools(
        "pool_area", _("指标库余额（数量）"), HECTARES, "area", 2, _("指标库各账户分录　日期≤截至日期　→　数量求和")
    ),
    _of_pools(
        "pool_paddy", _("指标库余额（水田）"), HECTARES, "paddy", 2, _("指标库各账户分录　日期≤截至日期　→　水田求和")
    ),
    _of_pools(
        "pool_capacity", _("指标库余额（产能）"), KILOGRAMS, "capacity", 0,
        _("指标库各账户分录　日期≤截至日期　→　产能求和"),
    ),
    _one(
        "withdrawn", _("已核销指标"), HECTARES, lambda f: _posted(f, PostingKind.WITHDRAW),
        _("截至日期以前用于批次或者建设项目的占补平衡指标（数量）；冲正的自冲正之日起不计。按用地所在县市区计。"),
        _("核销凭证　日期≤截至日期　且　未冲正　→　数量求和"),
        ((_("用地批次"), "batch__name"), (_("建设项目"), "project__name"), PLACE, (_("数量（公顷）"), "area")),
        ("land:posting", "pk"), total="area", places=2, day="posted_on",
    ),
    _of_batches("batches", _("上报用地批次"), _("个"), "", None, _("用地批次　申报日期≤截至日期　且　未撤回　→　计数")),
    _of_batches(
        "batch_area", _("上报批次用地面积"), HECTARES, "area", 2,
        _("用地批次　申报日期≤截至日期　且　未撤回　→　用地面积求和"),
    ),
    _of_batches(
        "batch_mu", _("上报批次用地面积（亩）"), _("亩"), "mu", 2,
        _("用地批次　申报日期≤截至日期　且　未撤回　→　用地面积求和 × 15"),
    ),
    _one(
        "batches_approved", _("已批准用地批次"), _("个"), _approved, _("截至日期以前批准的用地批次。"),
        _("用地批次　批准日期≤截至日期　→　计数"), (*OF_BATCH, (_("批准日期"), "approved_on")), ("land:batch", "pk"),
        day="approved_on",
    ),
    Rate(
        code="land.approval_rate", name=_("批次批准率"), numerator="land.batches_approved",
        denominator="land.batches", scope=_("上报的用地批次中已经批准的比例。"), how=_("已批准用地批次 ÷ 上报用地批次"),
    ),
    _of_zones("zones", _("有储备用地清点的开发区"), _zones, _("开发区　有截至日期当天有效的清点　→　计数")),
    _of_zones(
        "zones_reserved", _("储备用地500亩以上的开发区"), lambda f: _zones(f).filter(counted__gte=RESERVED),
        _("开发区　当日有效清点的储备用地≥500亩　→　计数"),
    ),
    Rate(
        code="land.reserve_rate", name=_("储备用地达标率"), numerator="land.zones_reserved", denominator="land.zones",
        scope=_("清点过的开发区中，储备用地 500 亩以上的比例。"),
        how=_("储备用地500亩以上的开发区 ÷ 有储备用地清点的开发区"),
    ),
    _of_zones(
        "reserve_area", _("储备用地总面积"), _counts, _("各开发区当日有效清点　→　储备用地求和"), unit=HECTARES,
        total="area", places=2, columns=OF_COUNT, url=("land:zone", "zone_id"), visible=_of_places,
    ),
    _of_zones(
        "least_reserve", _("储备用地最少的开发区有"), _counts,
        _("各开发区当日有效清点　→　取最小值，折合成亩"), unit=_("亩"),
        measure=("area",), fold=least, places=0, columns=OF_COUNT, url=("land:zone", "zone_id"), visible=_of_places,
    ),
    _one(
        "leases", _("先租后让合同"), _("份"), _leases, _("截至日期以前起租的先租后让合同，已转出让和已终止的也计。"),
        _("合同　租赁起始≤截至日期　→　计数"), OF_LEASE, ("land:contract", "pk"), day="leased_on",
    ),
    _one(
        "lease_area", _("先租后让面积"), HECTARES, _leases,
        _("截至日期以前起租的先租后让合同，已转出让和已终止的也计。"),
        _("合同　租赁起始≤截至日期　→　面积求和"), (*OF_LEASE, (_("面积（公顷）"), "area")), ("land:contract", "pk"),
        total="area", places=2, day="leased_on",
    ),
    _one(
        "granted", _("已转出让合同"), _("份"), _granted, _("达产考核通过、截至日期以前由租赁转为出让的合同。"),
        _("合同　转出让日期≤截至日期　→　计数"), OF_LEASE, ("land:contract", "pk"), day="granted_on",
    ),
    _one(
        "leases_late", _("逾期未转的先租后让合同"), _("份"), _late,
        _("约定转让期限已过，截至日期当天既没有转出让也没有终止的合同。"),
        _("合同　约定转让期限＜截至日期　且　未转出让　且　未终止　→　计数"), OF_LEASE, ("land:contract", "pk"),
    ),
]  # fmt: skip
