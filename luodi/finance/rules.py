"""The acts on a need; what a month of loans must satisfy; what of a total is explained; which products may fit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.finance.models import Balance, Bank, Credit, LoanClass, Need, Product, Reached, Security, Status
from luodi.flow.rules import HOLD, Flow, act
from luodi.kit.values import grouped, money, rounded
from luodi.orgs.models import Person, Role
from luodi.orgs.rules import Reach, may

S = Status
OFFICE, COUNTY_OFFICE = (Role.OFFICE, Reach.CITY), (Role.OFFICE, Reach.COUNTY)
CLERK, LEAD = (Role.CLERK, Reach.UNIT), (Role.CLERK, Reach.LEAD)
KEEPERS = (CLERK, COUNTY_OFFICE, LEAD, OFFICE)  # who enters a need and tells what banks did about it
PUBLISHERS = (LEAD, OFFICE)  # what goes to the banks is the city's to publish
BOOKKEEPERS = (CLERK, OFFICE)  # of a bank: the unit that keeps it, and the city's office
OPEN = {S.PUBLISHED}
STEPS = ("", Reached.CONTACT, Reached.CREDIT, Reached.LOAN)
UNIT_SLIP = 10  # times its need: a credit larger than that is most likely typed in the wrong unit
#: the money columns of a balance, in the order of the identity
PARTS = ("start_amount", "issued_amount", "repaid_amount", "written_amount", "end_amount")

FLOW = Flow(
    "finance",
    dict(Status.choices),
    S.WAITING,
    {
        "contact": act(_("登记对接"), OPEN, HOLD, *KEEPERS),
        "grant": act(_("登记授信"), OPEN, HOLD, *KEEPERS),
        "pay": act(_("登记放款"), OPEN, HOLD, *KEEPERS),
        "refuse": act(_("登记未授信"), OPEN, HOLD, *KEEPERS, reason=True),
        "void": act(_("作废记录"), OPEN, HOLD, *KEEPERS, reason=True),
        "publish": act(_("发布需求"), {S.WAITING}, S.PUBLISHED, *PUBLISHERS, offered=False),
        "amend": act(_("修改需求"), {S.WAITING, S.PUBLISHED}, HOLD, *KEEPERS),
        "withdraw": act(_("撤回需求"), {S.WAITING, S.PUBLISHED}, S.WITHDRAWN, *KEEPERS, reason=True),
    },
)


def keeps(person: Person, bank: Bank, day: date) -> bool:
    """Whether the person may tell a bank's figures: the unit that keeps it, or the city's office."""
    row = Need(city_code=bank.city_code, county_code=bank.county_code, unit_id=bank.unit_id)
    return may(person, BOOKKEEPERS, row, day)


def plain(amount: Decimal) -> str:
    """An amount as people write it: grouped, without needless zeros."""
    return grouped(amount.normalize() if amount != amount.to_integral_value() else amount.quantize(Decimal(1)))


def yi(amount: Decimal) -> str:
    """«32.39 亿元»."""
    return money(amount, "亿元", 2)


# -- needs, credit, loans -----------------------------------------------------------------------------------------


def reached(contacted: bool, granted: Decimal, paid: Decimal) -> str:
    """How far a need has come by what stands of it."""
    return Reached.LOAN if paid else Reached.CREDIT if granted else Reached.CONTACT if contacted else ""


def farther(one: str, other: str) -> str:
    """The step that is farther on the way."""
    return max(one, other, key=lambda step: STEPS.index(step))  # type: ignore[arg-type]


def day_refusal(day_on: date, since: date | None, day: date) -> str | None:
    """Why something about a need cannot have happened on that day: it has not come, or the need was not yet out."""
    if day_on > day:
        return _t("%(day)s 还没有到。") % {"day": day_on}
    if since and day_on < since:
        return _t("日期 %(day)s 早于 %(since)s，请核对。") % {"day": day_on, "since": since}
    return None


def grant_refusal(need: Need, bank: object, amount: Decimal, contacted_on: date | None) -> str | None:
    """Why this credit cannot be recorded."""
    if contacted_on is None:
        return _t("%(bank)s还没有对接过“%(need)s”，请先登记对接，再登记授信。") % {"bank": bank, "need": need}
    if amount <= 0:
        return _t("授信金额要大于 0；没有授信的，请办“登记未授信”。")
    if need.granted_amount + amount > need.amount * UNIT_SLIP:
        return _t("授信 %(amount)s 万元是需求 %(need)s 万元的 %(n)s 倍以上，像是单位写错了，请核对是不是万元。") % {
            "amount": plain(need.granted_amount + amount), "need": plain(need.amount), "n": UNIT_SLIP,
        }  # fmt: skip
    return None


def pay_refusal(credit: Credit, paid: Decimal, amount: Decimal, paid_on: date) -> str | None:
    """Why this payment cannot be recorded; `paid` is what stands against the credit already."""
    if credit.ended_on:
        return _t("这笔授信已于 %(day)s 作废，不能放款。") % {"day": credit.ended_on}
    if amount <= 0:
        return _t("放款金额要大于 0。")
    if paid + amount > credit.amount:
        return _t("放款合计 %(sum)s 万元超过授信 %(credit)s 万元，超出 %(over)s 万元。") % {
            "sum": plain(paid + amount), "credit": plain(credit.amount), "over": plain(paid + amount - credit.amount),
        }  # fmt: skip
    if paid_on < credit.granted_on:
        return _t("放款日期 %(day)s 早于授信日期 %(granted)s。") % {"day": paid_on, "granted": credit.granted_on}
    if credit.until_on and paid_on > credit.until_on:
        return _t("授信已于 %(day)s 到期，请先登记新的授信。") % {"day": credit.until_on}
    return None


# -- balances -----------------------------------------------------------------------------------------------------


def gap_of(row: Balance) -> Decimal:
    """End less what start, issued, repaid and written off make of it (domain.md 2.8); 0 where it is right."""
    return row.end_amount - (row.start_amount + row.issued_amount - row.repaid_amount - row.written_amount)


def balance_refusal(row: Balance, bank: object, day: date, before: Balance | None) -> str | None:
    """Why a bank's month cannot be recorded; `before` is the standing row of the last month told (X-19)."""
    facts = {"month": f"{row.month_on:%Y-%m}", "bank": bank, "class": row.get_loan_class_display()}
    if (row.month_on.year, row.month_on.month) > (day.year, day.month):
        return _t("%(month)s 还没有到，不能填报。") % facts
    if min(getattr(row, name) for name in PARTS) < 0:
        return _t("%(month)s %(bank)s“%(class)s”：金额不能是负数。") % facts
    if gap := gap_of(row):
        words = _t(
            "%(month)s %(bank)s“%(class)s”：期末余额写 %(end)s，年初＋发放－收回－核销是 %(sum)s，差 %(gap)s 万元。"
        )
        return words % {**facts, "end": plain(row.end_amount), "sum": plain(row.end_amount - gap), "gap": plain(gap)}
    if before and before.month_on.year == row.month_on.year:
        facts["last"] = f"{before.month_on:%Y-%m}"
        if before.start_amount != row.start_amount:
            return _t("%(month)s %(bank)s“%(class)s”：年初余额 %(now)s，%(last)s 填的是 %(then)s，请核对。") % {
                **facts, "now": plain(row.start_amount), "then": plain(before.start_amount),
            }  # fmt: skip
        for name in PARTS[1:4]:
            if getattr(row, name) < getattr(before, name):
                words = _t("%(month)s %(bank)s“%(class)s”：%(title)s %(now)s 比%(last)s的 %(then)s 少，累计不能下降。")
                return words % {
                    **facts, "title": Balance._meta.get_field(name).verbose_name,  # type: ignore[union-attr]
                    "now": plain(getattr(row, name)), "then": plain(getattr(before, name)),
                }  # fmt: skip
    return None


@dataclass(frozen=True)
class Explained:
    """A stated total against the classes told for the same month; 万元."""

    total: Decimal
    classes: Mapping[str, Decimal]

    @property
    def sum(self) -> Decimal:
        """What the classes come to."""
        return sum(self.classes.values(), Decimal(0))

    @property
    def gap(self) -> Decimal:
        """What of the total no class explains; negative where the classes are more."""
        return self.total - self.sum

    @property
    def words(self) -> str:
        """What must never be hidden; empty where the total is its classes."""
        facts = {"total": yi(self.total), "sum": yi(self.sum), "gap": yi(abs(self.gap))}
        if self.gap > 0:
            facts["share"] = rounded(self.gap * 100 / self.total, 1)  # type: ignore[assignment]
            return _t("合计 %(total)s，各类之和只有 %(sum)s，还有 %(gap)s（%(share)s%%）没有说明。") % facts
        if self.gap < 0:
            return _t("合计 %(total)s，各类之和却有 %(sum)s，多出 %(gap)s：类别之间可能有交叉。") % facts
        return ""


def total_refusal(found: Explained, note: str) -> str | None:
    """Why a total cannot be entered: it differs from its classes, and nobody has said that this is known (X-19)."""
    if not found.gap or note.strip():
        return None
    return _t("%(words)s请补报“其他”一类，或者写明差额说明。") % {"words": found.words}


# -- suggestions --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Match:
    """A bank's product beside a need: what fits, and what does not. It only suggests; a person decides."""

    product: Product
    reasons: Sequence[tuple[bool, str]]

    @property
    def fits(self) -> bool:
        """Whether nothing speaks against it."""
        return all(good for good, _words in self.reasons)

    @property
    def score(self) -> int:
        """How many reasons speak for it."""
        return sum(good for good, _words in self.reasons)


def match(need: Need, product: Product, industries: Mapping[str, str]) -> Match:
    """One product against the need: amount, term, security, industry, each with its reason."""
    low, high = product.least_amount, product.most_amount
    facts: dict[str, Any] = {"need": plain(need.amount), "low": plain(low), "high": plain(high)}
    reasons = []
    if need.amount > high:
        reasons.append((False, _t("金额：需要 %(need)s 万元，最高 %(high)s 万元") % facts))
    elif need.amount < low:
        reasons.append((False, _t("金额：需要 %(need)s 万元，起点 %(low)s 万元") % facts))
    else:
        reasons.append((True, _t("金额：%(need)s 万元，在 %(low)s 至 %(high)s 万元之内") % facts))
    term = {"need": need.months, "most": product.most_months}
    words = _t("期限：%(need)s 个月，最长 %(most)s 个月") % term
    reasons.append((need.months <= product.most_months, words))
    names = [str(Security(code).label) for code in product.securities]
    accepted = {"mine": need.get_security_display(), "theirs": _t("、").join(names) or _t("不限")}
    good = not product.securities or need.security in product.securities
    reasons.append((good, _t("担保：企业提供%(mine)s，接受%(theirs)s") % accepted))
    listed = [industries.get(code, code) for code in product.industries]
    trade = {"mine": industries.get(need.industry, need.industry) or _t("没有填"),
             "theirs": _t("、").join(listed) or _t("不限")}  # fmt: skip
    good = not product.industries or need.industry in product.industries
    reasons.append((good, _t("行业：%(mine)s，支持%(theirs)s") % trade))
    return Match(product, tuple(reasons))


def suggested(need: Need, products: Iterable[Product], industries: Mapping[str, str]) -> list[Match]:
    """Of each bank the product that fits best, the best first; nearly fitting ones follow, with what hinders."""
    best: dict[int, Match] = {}
    for product in products:
        found = match(need, product, industries)
        known = best.get(product.bank_id)
        if known is None or found.score > known.score:
            best[product.bank_id] = found
    near = [one for one in best.values() if one.score >= len(one.reasons) - 1]
    return sorted(near, key=lambda one: (-one.score, one.product.bank_id, one.product.pk))


def class_names() -> dict[str, str]:
    """The classes in their order."""
    return {code: str(label) for code, label in LoanClass.choices}
