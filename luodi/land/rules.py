"""Quota in three measures and how it is taken from lots; the acts on lots, batches and contracts; mu; lights."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.flow.rules import HOLD, Flow, act
from luodi.kit.refusal import Refused
from luodi.kit.values import clean_text, grouped, rounded, to_decimal
from luodi.land.models import Batch, BatchStatus, Contract, ContractStatus, Lot, LotStatus
from luodi.orgs.models import Role
from luodi.orgs.rules import Reach
from luodi.projects.models import Project, Tier

CLERK, LEAD = (Role.CLERK, Reach.UNIT), (Role.CLERK, Reach.LEAD)
COUNTY_OFFICE, OFFICE = (Role.OFFICE, Reach.COUNTY), (Role.OFFICE, Reach.CITY)
KEEPERS = (CLERK, LEAD, COUNTY_OFFICE, OFFICE)  # who enters and counts
GRANTORS = (LEAD, OFFICE)  # quota and approvals are the city's
MU = Decimal(15)  # mu in a hectare
RESERVE = Decimal(500)  # mu of industrial reserve that every zone keeps (R-CB-01)
NEARLY = Decimal(400)  # mu; below it the light is red, from it to the limit amber
SOON = 60  # days before a contract's term in which it is reminded of
LEASE_YEARS, TERM_YEARS = 20, 50  # R-ZL-02: a lease, and lease and grant of industrial land together
STATE_ARABLE, STATE_ALL = Decimal(35), Decimal(70)  # ha, above which the State Council approves (R-ZB-05)

LOTS = Flow(
    "land.lot",
    dict(LotStatus.choices),
    LotStatus.PLANNED,
    {
        "accept": act(_("验收入库"), {LotStatus.PLANNED}, LotStatus.STOCKED, *GRANTORS),
        "take_back": act(_("冲正入库"), {LotStatus.STOCKED}, LotStatus.PLANNED, *GRANTORS, reason=True, offered=False),
    },
)


# -- three measures -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Amounts:
    """Quota: `area` and `paddy` in hectares, `capacity` in kg."""

    area: Decimal = Decimal(0)
    paddy: Decimal = Decimal(0)
    capacity: Decimal = Decimal(0)

    @classmethod
    def of(cls, row: Any) -> "Amounts":
        """Those of a record."""
        return cls(row.area, row.paddy, row.capacity)

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(self.area + other.area, self.paddy + other.paddy, self.capacity + other.capacity)

    def __neg__(self) -> "Amounts":
        return Amounts(-self.area, -self.paddy, -self.capacity)

    def __sub__(self, other: "Amounts") -> "Amounts":
        return self + -other

    def __bool__(self) -> bool:
        return any((self.area, self.paddy, self.capacity))

    @property
    def facts(self) -> dict[str, Decimal]:
        """By field."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


MEASURES: Mapping[str, tuple[Any, Any]] = {
    "area": (_("数量"), _("公顷")), "paddy": (_("水田"), _("公顷")), "capacity": (_("产能"), _("公斤")),
}  # fmt: skip


def short_of(have: Amounts, wanted: Amounts) -> str | None:
    """What is lacking, in words; None if there is enough of all three."""
    lacking = []
    for name, (label, unit) in MEASURES.items():
        gap = wanted.facts[name] - have.facts[name]
        if gap > 0:
            facts = {"label": label, "have": plain(have.facts[name]), "gap": plain(gap), "unit": unit}
            lacking.append(_t("%(label)s只有 %(have)s %(unit)s，还差 %(gap)s %(unit)s") % facts)
    return _t("；").join(lacking) or None


def amounts_refusal(wanted: Amounts) -> str | None:
    """Why these cannot be moved at all."""
    if not wanted or min(wanted.facts.values()) < 0:
        return _t("数量、水田、产能都不能是负数，至少有一项大于 0。")
    if wanted.paddy > wanted.area:
        return _t("水田 %(paddy)s 公顷多于数量 %(area)s 公顷；水田是耕地的一部分。") % {
            "paddy": plain(wanted.paddy), "area": plain(wanted.area),
        }  # fmt: skip
    return None


def take(held: Sequence[tuple[int, Amounts]], wanted: Amounts) -> list[tuple[int, Amounts]]:
    """From which lots `wanted` is taken, the first ones first: (lot, amounts). Refused where there is not enough.

    Each measure is taken for itself, so that what is taken adds up to exactly what is wanted.
    """
    if why := amounts_refusal(wanted):
        raise Refused(why)
    if why := short_of(sum((one for _lot, one in held), Amounts()), wanted):
        raise Refused(_t("指标不够：%(why)s。") % {"why": why})
    left, taken = dict(wanted.facts), list[tuple[int, Amounts]]()
    for lot, have in held:
        part = {name: min(left[name], have.facts[name]) for name in left}
        left = {name: left[name] - part[name] for name in left}
        if any(part.values()):
            taken.append((lot, Amounts(**part)))
    return taken


def balanced(lines: Iterable[tuple[Any, int, Amounts]]) -> bool:
    """Whether entries (account, lot, amounts) add up to zero, in all and for each lot."""
    sums: dict[int, Amounts] = {}
    for _account, lot, amounts in lines:
        sums[lot] = sums.get(lot, Amounts()) + amounts
    return not any(sums.values())


# -- area in words ------------------------------------------------------------------------------------------------

_AREA = re.compile(r"(.*?)\s*(公顷|亩|平方米|㎡|ha|mu)?", re.IGNORECASE)
_PER_HECTARE = {"公顷": Decimal(1), "ha": Decimal(1), "亩": MU, "mu": MU}
_PER_HECTARE |= dict.fromkeys(("平方米", "㎡"), Decimal(10_000))


def to_hectares(value: object, unit: str = "公顷") -> Decimal | None:
    """The area in hectares with four places; None when blank. A unit typed with it («18亩») wins over `unit`.

    500 mu are 33.3333 ha. Refused where there is no number.
    """
    number, said = value, ""
    if isinstance(value, str) and (found := _AREA.fullmatch(clean_text(value))):
        number, said = found[1], (found[2] or "").lower()
    typed = to_decimal(number)
    return None if typed is None else rounded(typed / _PER_HECTARE[said or unit], 4)


def to_mu(hectares: Decimal) -> Decimal:
    """Mu, two places: an area of 500 mu typed in mu is told as 500 again."""
    return rounded(hectares * MU, 2)


def plain(amount: Decimal) -> str:
    """A number without needless zeros, grouped."""
    return grouped(amount.normalize() if amount != amount.to_integral_value() else amount.quantize(Decimal(1)))


# -- lots ---------------------------------------------------------------------------------------------------------


def stock_refusal(lot: Lot, accepted_on: date, day: date) -> str | None:
    """Why what a replenishing project adds cannot come into stock."""
    if accepted_on > day:
        return _t("验收日期 %(day)s 还没有到。") % {"day": accepted_on}
    if lot.scale_area and lot.area > lot.scale_area:
        return _t("新增耕地 %(area)s 公顷大于建设规模 %(scale)s 公顷，请核对。") % {
            "area": plain(lot.area), "scale": plain(lot.scale_area),
        }  # fmt: skip
    return amounts_refusal(Amounts.of(lot))


# -- batches ------------------------------------------------------------------------------------------------------


def compensated(batch: Batch) -> str | None:
    """R-ZB-01: farmland that is taken is made good first, in area and in paddy."""
    gaps = ((_t("耕地"), batch.arable_area - batch.linked_area), (_t("水田"), batch.paddy_area - batch.linked_paddy))
    lacking = [_t("%(label)s还差 %(gap)s 公顷") % {"label": label, "gap": plain(gap)} for label, gap in gaps if gap > 0]
    if not lacking:
        return None
    return _t("占补平衡指标没有挂足：%(lacking)s，请先核销指标。") % {"lacking": _t("，").join(lacking)}


def not_linked(batch: Batch) -> str | None:
    """Quota that is linked to a batch is given back before the batch is withdrawn."""
    return _t("这个批次已挂钩指标，请先冲正核销，再撤回。") if batch.linked_area or batch.linked_paddy else None


BATCHES = Flow(
    "land.batch",
    dict(BatchStatus.choices),
    BatchStatus.SUBMITTED,
    {
        "approve": act(_("登记批准"), {BatchStatus.SUBMITTED}, BatchStatus.APPROVED, *GRANTORS, needs=(compensated,)),
        "withdraw": act(
            _("撤回"), {BatchStatus.SUBMITTED}, BatchStatus.WITHDRAWN, *KEEPERS, needs=(not_linked,), reason=True
        ),
        "link": act(_("核销指标"), {BatchStatus.SUBMITTED}, HOLD, *GRANTORS),
        "unlink": act(_("冲正核销"), {BatchStatus.SUBMITTED}, HOLD, *GRANTORS, reason=True, offered=False),
    },
)


def parts_refusal(parts: Mapping[str, Any]) -> str | None:
    """Why the areas of a batch do not fit: kinds of land add up to the whole, arable is farmland, paddy is arable."""
    area, kinds = parts["area"], parts["farm_area"] + parts["build_area"] + parts["unused_area"]
    if area <= 0:
        return _t("用地面积要大于 0。")
    if min(parts[name] for name in ("farm_area", "arable_area", "paddy_area", "build_area", "unused_area")) < 0:
        return _t("面积不能是负数。")
    if kinds != area:
        facts = {"sum": plain(kinds), "area": plain(area), "gap": plain(abs(kinds - area))}
        return _t("农用地、建设用地、未利用地之和 %(sum)s 公顷，用地面积 %(area)s 公顷，差 %(gap)s 公顷。") % facts
    if not parts["paddy_area"] <= parts["arable_area"] <= parts["farm_area"]:
        return _t("水田不能多于耕地，耕地不能多于农用地。")
    return None


def link_refusal(batch: Batch, wanted: Amounts) -> str | None:
    """Why so much quota cannot be linked: a batch takes no more than its farmland (X-18)."""
    if batch.linked_area + wanted.area > batch.arable_area:
        return _t("挂钩 %(linked)s 公顷会多于批次的耕地 %(arable)s 公顷。") % {
            "linked": plain(batch.linked_area + wanted.area), "arable": plain(batch.arable_area),
        }  # fmt: skip
    if batch.linked_paddy + wanted.paddy > batch.paddy_area:
        return _t("挂钩水田 %(linked)s 公顷会多于批次的水田 %(paddy)s 公顷。") % {
            "linked": plain(batch.linked_paddy + wanted.paddy), "paddy": plain(batch.paddy_area),
        }  # fmt: skip
    return None


def batch_warning(batch: Batch) -> str | None:
    """R-ZB-05: what the province may not approve."""
    if batch.arable_area <= STATE_ARABLE and batch.area <= STATE_ALL:
        return None
    return _t("征收耕地超过 35 公顷或者土地超过 70 公顷的，须报国务院批准（土地管理法第四十六条）。")


def pool_refusal(city_pool: bool, project: Project | None) -> str | None:
    """The city's pool is for batches and for key projects of the city and above (全市统筹)."""
    if city_pool and project and project.tier == Tier.COUNTY:
        return _t("全市统筹指标只用于省市重点项目；县级项目请用本县指标。")
    return None


# -- reserve and contracts ----------------------------------------------------------------------------------------


def light(area: Decimal | None) -> str:
    """The light of a zone's reserve against 500 mu: green, amber, red; grey before the first count."""
    if area is None:
        return "grey"
    mu = to_mu(area)
    return "green" if mu >= RESERVE else "amber" if mu >= NEARLY else "red"


def condition_met(contract: Contract) -> str | None:
    """R-ZL-02: granted only after the check."""
    return None if contract.met_on else _t("还没有登记达产考核通过，不能转出让。")


CONTRACTS = Flow(
    "land.contract",
    dict(ContractStatus.choices),
    ContractStatus.LEASED,
    {
        "meet": act(_("登记达产考核"), {ContractStatus.LEASED}, HOLD, *KEEPERS),
        "grant": act(_("转为出让"), {ContractStatus.LEASED}, ContractStatus.GRANTED, *GRANTORS, needs=(condition_met,)),
        "end": act(_("终止合同"), {ContractStatus.LEASED}, ContractStatus.ENDED, *KEEPERS, reason=True),
    },
)


def lease_refusal(leased_on: date, lease_until: date, convert_by: date) -> str | None:
    """Why such a lease cannot be entered."""
    if lease_until <= leased_on:
        return _t("租赁到期要晚于租赁起始。")
    if lease_until > _after(leased_on, LEASE_YEARS):
        return _t("租赁不得超过 20 年。")
    if not leased_on < convert_by <= lease_until:
        return _t("约定转让期限要在租赁期之内。")
    return None


def grant_refusal(contract: Contract, granted_on: date, years: int, day: date) -> str | None:
    """Why it cannot be granted for so many years on that day."""
    if granted_on > day or (contract.met_on and granted_on < contract.met_on):
        return _t("转出让日期要在达产考核通过之后、今天之前。")
    leased = Decimal((granted_on - contract.leased_on).days) / Decimal("365.25")
    if years + leased > TERM_YEARS:
        return _t("租赁和出让合计不得超过 50 年；已租赁 %(leased)s 年，最多再出让 %(most)s 年。") % {
            "leased": rounded(leased, 1), "most": int(TERM_YEARS - leased),
        }  # fmt: skip
    return None


def contract_light(contract: Contract, day: date) -> str:
    """Red once the term has passed, amber in the two months before, green; grey where nothing is awaited any more."""
    if contract.status != ContractStatus.LEASED:
        return "grey"
    left = (contract.convert_by - day).days
    return "red" if left < 0 else "amber" if left <= SOON else "green"


def _after(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)
