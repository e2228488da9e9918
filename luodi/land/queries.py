"""Reads on land: accounts as of a day, what lies in a pool lot by lot, lists for pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum

from luodi.indicators import queries as indicators
from luodi.indicators.rules import Answer
from luodi.kit.values import rounded
from luodi.land.models import Account, Batch, Book, Contract, Entry, Holding, Lot, Posting, Reserve, Zone
from luodi.land.rules import GRANTORS, KEEPERS, Amounts
from luodi.orgs.models import Person, Role, Unit, UnitKind
from luodi.orgs.rules import may

PLACED = ("unit", "lead_unit")


# -- who and where ------------------------------------------------------------------------------------------------


def land_bureau(city_code: str) -> Unit | None:
    """The department of the city that keeps the land."""
    rows = Unit.objects.filter(city_code=city_code, kind=UnitKind.CITY_DEPT, active=True)
    return rows.filter(name__contains="自然资源").order_by("sort_key", "pk").first()


def place_unit(row: Any) -> Unit:
    """The county (or the city) whose accounts a record's quota stands in."""
    code = row.county_code or row.city_code
    return Unit.objects.get(code=code)


def new_row(model: Any, unit: Unit) -> Any:
    """An unsaved record of this unit, with the city's land bureau leading."""
    return model(
        unit=unit, city_code=unit.city_code, county_code=unit.county_code, lead_unit=land_bureau(unit.city_code)
    )


def units_for(actor: Person, day: date) -> QuerySet[Unit]:
    """For which units a person may enter land: their own, those of their place, those they lead."""
    cities = {post.unit.city_code for post in actor.posts_on(day)}
    kinds = [UnitKind.COUNTY, UnitKind.COUNTY_DEPT]
    units = list(Unit.objects.filter(city_code__in=cities, kind__in=kinds, active=True))
    bureaus = {city: land_bureau(city) for city in cities}
    able = [unit.pk for unit in units if may(actor, KEEPERS, _row_of(unit, bureaus), day)]
    return Unit.objects.filter(pk__in=able).order_by("county_code", "sort_key", "pk")


def _row_of(unit: Unit, bureaus: Mapping[str, Unit | None]) -> Lot:
    facts = {"city_code": unit.city_code, "county_code": unit.county_code}
    return Lot(unit=unit, lead_unit=bureaus.get(unit.city_code), **facts)


def grants(person: Person, day: date) -> bool:
    """Whether the person decides on the city's quota and approvals."""
    return any(
        (post.role == Role.OFFICE and post.unit.kind == UnitKind.CITY)
        or (post.role == Role.CLERK and land_bureau(post.unit.city_code) == post.unit)
        for post in person.posts_on(day)
    )


def may_grant(person: Person, row: Any, day: date) -> bool:
    """Whether the person decides on this record."""
    return may(person, GRANTORS, row, day)


def enters(person: Person, day: date) -> bool:
    """Whether the person enters land somewhere."""
    return any(post.role in {Role.OFFICE, Role.CLERK} for post in person.posts_on(day))


# -- the ledger ---------------------------------------------------------------------------------------------------


def held(account: Account) -> list[Holding]:
    """What lies in a pool, the oldest lot first."""
    return list(account.holdings.select_related("lot").order_by("lot__stocked_on", "lot_id"))


def lots_held(rows: Iterable[Holding]) -> list[tuple[int, Amounts]]:
    """As `rules.take` wants them."""
    return [(one.lot_id, Amounts.of(one)) for one in rows]


@dataclass(frozen=True)
class Line:
    """One place's quota as of a day: what came in, what was used, what lies in its pool."""

    unit: Unit
    source: Amounts
    used: Amounts
    pool: Amounts


def balances(person: Person, day: date, as_of: date) -> list[Line]:
    """The accounts this person may see, as of a day, by place; a fixed number of queries."""
    cities, counties = set[str](), set[str]()
    for post in person.posts_on(day):
        (counties if post.unit.county_code else cities).add(post.unit.county_code or post.unit.city_code)
    seen = Q(account__city_code__in=cities) | Q(account__county_code__in=counties - {""})
    sums = Entry.objects.filter(seen, posting__posted_on__lte=as_of).values("account__unit", "account__book")
    sums = sums.annotate(a=Sum("area"), p=Sum("paddy"), c=Sum("capacity")).order_by()
    found: dict[int, dict[str, Amounts]] = {}
    for one in sums:
        amounts = Amounts(rounded(one["a"], 4), rounded(one["p"], 4), rounded(one["c"], 2))
        found.setdefault(one["account__unit"], {})[one["account__book"]] = amounts
    units = Unit.objects.filter(pk__in=found).order_by("sort_key", "pk")
    lines = [_line(unit, found[unit.pk]) for unit in units]
    return sorted(lines, key=lambda line: line.unit.kind != UnitKind.CITY)


def _line(unit: Unit, books: Mapping[str, Amounts]) -> Line:
    zero = Amounts()
    return Line(unit, -books.get(Book.SOURCE, zero), books.get(Book.USED, zero), books.get(Book.POOL, zero))


def whole(lines: Iterable[Line]) -> Line | None:
    """All places together."""
    lines, zero = list(lines), Amounts()
    if not lines:
        return None
    sums = [sum((getattr(line, name) for line in lines), zero) for name in ("source", "used", "pool")]
    return Line(lines[0].unit, *sums)


def postings(person: Person, day: date) -> QuerySet[Any]:
    """The journal of quota this person may see."""
    rows = Posting.objects.visible_to(person, day)
    return rows.select_related("unit", "lot", "batch", "project", "posted_by", "reverses")


def entries_of(posting: Posting) -> list[Entry]:
    """The lines of a posting."""
    return list(posting.entries.select_related("account__unit", "lot").order_by("pk"))


# -- lists --------------------------------------------------------------------------------------------------------


def lots(person: Person, day: date) -> QuerySet[Any]:
    """Replenishing projects this person may see."""
    return Lot.objects.visible_to(person, day).select_related(*PLACED)


def batches(person: Person, day: date) -> QuerySet[Any]:
    """Batches this person may see."""
    return Batch.objects.visible_to(person, day).select_related(*PLACED, "project")


def zones(person: Person, day: date) -> QuerySet[Any]:
    """Zones this person may see."""
    return Zone.objects.visible_to(person, day).select_related(*PLACED)


def contracts(person: Person, day: date) -> QuerySet[Any]:
    """Contracts this person may see."""
    return Contract.objects.visible_to(person, day).select_related(*PLACED, "project", "zone")


def standing_count(zone: Zone) -> Reserve | None:
    """The count in force."""
    return zone.counts.filter(ended_on=None).first()


HEADS: Mapping[str, tuple[str, ...]] = {
    "quota": ("land.pool_area", "land.pool_paddy", "land.withdrawn"),
    "lots": ("land.replenished", "land.replenished_area"),
    "batches": ("land.batches", "land.batch_area", "land.batches_approved"),
    "zones": ("land.zones", "land.zones_reserved", "land.least_reserve"),
    "contracts": ("land.leases", "land.granted", "land.leases_late"),
}


def head_figures(page: str, person: Person, day: date) -> list[Answer]:
    """The figures above a list: for the person's own place."""
    frame = indicators.default_frame(person, day)
    return [indicators.answer(code, frame) for code in HEADS[page]] if frame else []


# -- one record ---------------------------------------------------------------------------------------------------


def may_keep(person: Person, row: Any, day: date) -> bool:
    """Whether the person keeps this record."""
    return may(person, KEEPERS, row, day)


def postings_of(row: Lot | Batch, person: Person, day: date) -> QuerySet[Any]:
    """The movements this person may see that name a batch, or that moved something of a lot."""
    wanted = Q(batch=row) if isinstance(row, Batch) else Q(pk__in=Entry.objects.filter(lot=row).values("posting"))
    return postings(person, day).filter(wanted).order_by("posted_on", "pk")
