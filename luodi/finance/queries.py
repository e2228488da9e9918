"""Reads on finance: needs and what banks did, the funnel, balances against their total, what pages show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luodi.finance.models import (
    Balance,
    Bank,
    Contact,
    Credit,
    Event,
    Loan,
    LoanClass,
    Need,
    NeedSet,
    Product,
    Refusal,
    StatedTotal,
    Status,
)
from luodi.finance.rules import KEEPERS, PARTS, Explained, Match, suggested
from luodi.indicators import queries as indicators
from luodi.indicators.rules import Answer, Frame
from luodi.orgs.models import Person, Unit, UnitKind
from luodi.orgs.rules import may
from luodi.projects.queries import industries

HEAD_FIGURES = ("finance.needs", "finance.need_amount", "finance.credit", "finance.credit_rate")
STANDING = Q(ended_on=None)

# -- needs --------------------------------------------------------------------------------------------------------


def for_page(person: Person, day: date) -> NeedSet:
    """Needs this person may see, with what a page shows."""
    return Need.objects.visible_to(person, day).select_related("unit", "lead_unit", "batch", "project")


def known_refusal(rows: Iterable[Need]) -> str | None:
    """Why these cannot be entered: the same need is there already, or twice among them."""
    rows = list(rows)
    names = {one.name for one in rows}
    there = set(
        Need.objects.filter(name__in=names, city_code__in={one.city_code for one in rows})
        .exclude(status=Status.WITHDRAWN)
        .values_list("name", "purpose", "amount")
    )
    for one in rows:
        key = (one.name, one.purpose, one.amount.quantize(Decimal("0.0001")))
        if key in there:
            return _("“%(name)s”的这笔需求（%(purpose)s）已经登记过。") % {"name": one.name, "purpose": one.purpose}
        there.add(key)
    return None


def contacted_on(need: Need, bank: Bank) -> date | None:
    """The day the bank first met the need."""
    return need.contacts.filter(bank=bank).order_by("held_on").values_list("held_on", flat=True).first()


def paid_against(credit: Credit) -> Decimal:
    """What stands paid against a credit; 万元."""
    amounts = credit.loans.filter(STANDING).values_list("amount", flat=True)
    return sum(amounts, Decimal(0))


def may_be_told(person: Person, day: date) -> QuerySet[Unit]:
    """The units for which the person may enter needs."""
    cities = {post.unit.city_code for post in person.posts_on(day)}
    kinds = [UnitKind.COUNTY, UnitKind.COUNTY_DEPT, UnitKind.CITY_DEPT]
    units = Unit.objects.filter(city_code__in=cities, kind__in=kinds, active=True)
    able = [
        one.pk for one in units
        if may(person, KEEPERS, Need(unit=one, city_code=one.city_code, county_code=one.county_code), day)
    ]  # fmt: skip
    return Unit.objects.filter(pk__in=able).order_by("county_code", "sort_key", "pk")


@dataclass(frozen=True)
class BankLine:
    """What one bank did about one need."""

    bank: Bank
    contacts: Sequence[Contact]
    credits: Sequence[Credit]
    loans: Sequence[Loan]
    refusals: Sequence[Refusal]


def bank_lines(need: Need) -> list[BankLine]:
    """Bank by bank, those that met it first first; voided rows too, they say so."""
    contacts = list(need.contacts.select_related("bank", "event").order_by("held_on", "pk"))
    credits = list(need.credits.select_related("bank", "recorded_by").order_by("granted_on", "pk"))
    loans = list(Loan.objects.filter(credit__need=need).select_related("credit").order_by("paid_on", "pk"))
    refusals = list(need.refusals.select_related("bank").order_by("refused_on", "pk"))
    banks = {one.bank_id: one.bank for one in contacts}
    return [
        BankLine(
            bank,
            [one for one in contacts if one.bank_id == pk],
            [one for one in credits if one.bank_id == pk],
            [one for one in loans if one.credit.bank_id == pk],
            [one for one in refusals if one.bank_id == pk],
        )
        for pk, bank in banks.items()
    ]


def page_facts(need: Need, person: Person, day: date) -> dict[str, Any]:
    """What the page of one need shows."""
    trades = industries(need.city_code)
    keeps = may(person, KEEPERS, need, day)
    return {
        "need": need,
        "lines": bank_lines(need),
        "matches": suggestions(need) if need.status == Status.PUBLISHED else [],
        "industry": trades.get(need.industry, need.industry),
        "keeps": keeps,  # names and telephones are for those who keep the need
    }


def suggestions(need: Need) -> list[Match]:
    """Products that fit, or nearly: at most five, of banks that have not met the need yet."""
    met = need.contacts.values("bank")
    rows = Product.objects.filter(bank__city_code=need.city_code).exclude(bank__in=met)
    products = rows.select_related("bank").order_by("bank__name", "pk")
    return suggested(need, products, industries(need.city_code))[:5]


def banks_of(city_code: str) -> QuerySet[Bank]:
    """The banks of a city."""
    return Bank.objects.filter(city_code=city_code).select_related("unit").order_by("name", "pk")


def head_figures(person: Person, day: date, codes: Sequence[str] = HEAD_FIGURES) -> list[Answer]:
    """The figures above the list: for the person's own place."""
    frame = indicators.default_frame(person, day)
    return indicators.answers(codes, frame) if frame else []


# -- the funnel and events --------------------------------------------------------------------------------------------


# The way of needs: how many came so far, and with how much money.
WAY = (
    (gettext_lazy("需求"), ("finance.needs", "finance.need_amount")),
    (gettext_lazy("已对接"), ("finance.contacted", "finance.contacts")),
    (gettext_lazy("已授信"), ("finance.credited", "finance.credit")),
    (gettext_lazy("已放款"), ("finance.lent", "finance.disbursed")),
)
BY_COUNTY = (
    "finance.needs", "finance.need_amount", "finance.contacted", "finance.credited", "finance.credit",
    "finance.credit_rate", "finance.lent", "finance.disbursed", "finance.refusals",
)  # fmt: skip
BY_BANK = (
    "finance.contacts", "finance.credits", "finance.credit", "finance.loans", "finance.disbursed", "finance.refusals",
)  # fmt: skip


def funnel(frame: Frame) -> dict[str, Any]:
    """Need, contact, credit, loan: each in words with its figures; `known` are the answers the tables need besides."""
    codes = dict.fromkeys([*(code for _label, codes in WAY for code in codes), *BY_COUNTY, *BY_BANK])
    known = {one.indicator.code: one for one in indicators.answers([*codes], frame)}
    way = [(str(label), [known[code] for code in codes]) for label, codes in WAY]
    return {"frame": frame, "way": way, "known": known, "by_county": BY_COUNTY, "by_bank": BY_BANK}


def events_of(city_codes: Iterable[str], county_code: str = "") -> QuerySet[Event]:
    """Events of these cities, or of one county, with how many needs met a bank."""
    rows = Event.objects.filter(city_code__in=list(city_codes))
    if county_code:
        rows = rows.filter(county_code=county_code)
    needs = Count("contacts__need", distinct=True)
    return rows.annotate(need_count=needs, bank_count=Count("contacts__bank", distinct=True))


# -- balances -----------------------------------------------------------------------------------------------------


def standing_balances(banks: Iterable[Bank], year: int) -> dict[tuple[int, str], dict[date, Balance]]:
    """(bank, class) → month → the standing row of the year."""
    found: dict[tuple[int, str], dict[date, Balance]] = {}
    rows = Balance.objects.filter(STANDING, bank__in={one.pk for one in banks}, month_on__year=year)
    for row in rows.order_by("month_on", "pk"):
        found.setdefault((row.bank_id, row.loan_class), {})[row.month_on] = row
    return found


def told_refusal(row: Balance, bank: Bank, months: Mapping[date, Balance], corrects: bool, doubled: bool) -> str | None:
    """Why this month is out of turn: told already, twice in one list, or a month left out between."""
    facts = {"month": f"{row.month_on:%Y-%m}", "bank": bank, "class": row.get_loan_class_display()}
    if doubled:
        return _("%(month)s %(bank)s“%(class)s”填了两次，请只留一行。") % facts
    if row.month_on in months:
        words = _("%(month)s %(bank)s“%(class)s”已经填报过；要改，请写明更正理由。")
        return None if corrects else words % facts
    last = max((month for month in months if month.year == row.month_on.year), default=None)
    if last and row.month_on < last:
        facts["last"] = f"{last:%Y-%m}"
        return _("%(bank)s“%(class)s”已经填到 %(last)s，不能倒回去填 %(month)s。") % facts
    if last and row.month_on.month - last.month > 1:
        facts["missing"] = f"{date(last.year, last.month + 1, 1):%Y-%m}"
        return _("%(bank)s“%(class)s”的 %(missing)s 还没有填报，不能先填 %(month)s。") % facts
    return None


def explained(city_code: str, month_on: date, total: Decimal) -> Explained:
    """A total against the classes that stand for the month."""
    found = {code: Decimal(0) for code in LoanClass.values}
    rows = Balance.objects.filter(STANDING, city_code=city_code, month_on=month_on).order_by("pk")
    for code, amount in rows.values_list("loan_class", "end_amount"):
        found[code] += amount
    return Explained(total, {code: amount for code, amount in found.items() if amount or code != LoanClass.OTHER})


def newest_month(city_code: str) -> date | None:
    """The last month of which balances or a total stand."""
    rows = [model.objects.filter(STANDING, city_code=city_code) for model in (Balance, StatedTotal)]
    return max((found for one in rows if (found := one.aggregate(last=Max("month_on"))["last"])), default=None)


def months_told(city_code: str) -> list[date]:
    """The months with balances, newest first."""
    rows = Balance.objects.filter(STANDING, city_code=city_code).order_by("-month_on")
    return list(rows.values_list("month_on", flat=True).distinct())


def balance_facts(city_code: str, month_on: date | None) -> dict[str, Any]:
    """A month: banks by class with the sums, the stated total and what of it nobody explains."""
    if month_on is None:
        return {"month_on": None, "table": []}
    rows = Balance.objects.filter(STANDING, city_code=city_code, month_on=month_on).select_related("bank")
    listed = list(rows.order_by("bank__name", "bank", "pk"))
    total = StatedTotal.objects.filter(STANDING, city_code=city_code, month_on=month_on).first()
    return {
        "month_on": month_on, "rows": listed, "total": total,
        "sums": {name: sum((getattr(one, name) for one in listed), Decimal(0)) for name in PARTS},
        "explained": explained(city_code, month_on, total.amount) if total else None,
    }  # fmt: skip


def month_figures(frame: Frame, month_on: date) -> dict[str, Any]:
    """The month's classes, their sum, the stated total and the rest, each as a figure; classes nobody told are out."""
    following = (month_on + timedelta(days=31)).replace(day=1)
    asked = replace(frame, place=frame.place[:4], start=month_on, end=following)
    names = ("classes", "balance", "increase", "unexplained")
    codes = ("finance.balance_classes", "finance.balance", "finance.balance_increase", "finance.balance_unexplained")
    classes = [f"finance.balance_{one}" for one in LoanClass.values]
    found = indicators.answers([*codes, *classes], asked)
    return {**dict(zip(names, found, strict=False)), "by_class": [one for one in found[len(codes) :] if one.value]}
