"""Every write about land: quota moves by balanced postings only, and what was moved wrongly is moved back."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from luodi.flow.actions import advance
from luodi.journal import actions as journal
from luodi.kit.clock import local_day
from luodi.kit.refusal import Refused
from luodi.land import queries
from luodi.land.models import (
    Account,
    Batch,
    BatchStatus,
    Book,
    Contract,
    Entry,
    Holding,
    Lot,
    Placed,
    Posting,
    PostingKind,
    Reserve,
    Zone,
)
from luodi.land.rules import (
    BATCHES,
    CONTRACTS,
    KEEPERS,
    LOTS,
    Amounts,
    amounts_refusal,
    balanced,
    grant_refusal,
    lease_refusal,
    link_refusal,
    parts_refusal,
    pool_refusal,
    short_of,
    stock_refusal,
    take,
)
from luodi.orgs.models import Person, Unit, UnitKind
from luodi.orgs.rules import may
from luodi.projects.models import Project

Lines = list[tuple[Account, int, Amounts]]


# -- entering -----------------------------------------------------------------------------------------------------


def _entered(model: type[Placed], fields: Mapping[str, Any], verb: str, actor: Person, at: datetime) -> Any:
    """A new record of the unit in `fields`, if the actor keeps it; its code or name is not there yet."""
    row = queries.new_row(model, fields["unit"])
    if not may(actor, KEEPERS, row, local_day(at)):
        raise Refused(_("您的岗位不能为%(unit)s登记土地事项。") % {"unit": fields["unit"]})
    for name, value in fields.items():
        if name != "unit":
            setattr(row, name, value)
    known = {"code": row.code} if hasattr(row, "code") else {"name": row.name, "county_code": row.county_code}
    if model._default_manager.filter(**known).exists():
        raise Refused(_("已经有“%(code)s”，请核对编号。") % {"code": next(iter(known.values()))})
    row.save()
    after = {name: value for name, value in fields.items() if isinstance(value, str | int | Decimal | date)}
    journal.record(verb, actor=actor, at=at, row=row, after=after)
    return row


@transaction.atomic
def enter_lot(fields: Mapping[str, Any], *, actor: Person, at: datetime) -> Lot:
    """Enter a replenishing project; what it adds is in stock only once it is accepted."""
    if why := amounts_refusal(Amounts(fields["area"], fields["paddy"], fields["capacity"])):
        raise Refused(why)
    row: Lot = _entered(Lot, {"entered_on": local_day(at), **fields}, "land.lot.enter", actor, at)
    return row


@transaction.atomic
def submit_batch(fields: Mapping[str, Any], *, actor: Person, at: datetime) -> Batch:
    """Enter a batch that has been submitted. Refused where its areas do not add up."""
    why = parts_refusal(fields)
    if not why and fields["submitted_on"] > local_day(at):
        why = _("申报日期 %(day)s 还没有到。") % {"day": fields["submitted_on"]}
    if why:
        raise Refused(why)
    row: Batch = _entered(Batch, fields, "land.batch.submit", actor, at)
    return row


@transaction.atomic
def enter_zone(*, unit: Unit, name: str, actor: Person, at: datetime) -> Zone:
    """Enter a development zone."""
    row: Zone = _entered(Zone, {"unit": unit, "name": name}, "land.zone.enter", actor, at)
    return row


@transaction.atomic
def lease(fields: Mapping[str, Any], *, actor: Person, at: datetime) -> Contract:
    """Enter a contract of lease that is to become a grant."""
    if why := lease_refusal(fields["leased_on"], fields["lease_until"], fields["convert_by"]):
        raise Refused(why)
    if fields["area"] <= 0:
        raise Refused(_("面积要大于 0。"))
    row: Contract = _entered(Contract, fields, "land.contract.lease", actor, at)
    return row


# -- postings -----------------------------------------------------------------------------------------------------


def _account(unit: Unit, book: str) -> Account:
    facts = {"city_code": unit.city_code, "county_code": unit.county_code}
    return Account.objects.get_or_create(unit=unit, book=book, defaults=facts)[0]


def _locked(*accounts: Account) -> list[Account]:
    """The same accounts, locked in one order, after lot and batch, so that two postings never wait for each other."""
    wanted = sorted({one.pk for one in accounts})
    rows = Account.objects.select_for_update(of=("self",)).select_related("unit").filter(pk__in=wanted)
    fresh = {one.pk: one for one in rows.order_by("pk")}
    return [fresh[one.pk] for one in accounts]


def _book(posting: Posting, lines: Lines) -> Posting:
    """Write a posting with its entries and the balances they lead to; the accounts are locked already."""
    if not balanced(lines):
        raise AssertionError("the entries of a posting add up to zero")
    posting.save()
    totals: dict[Account, Amounts] = {}
    for account, lot, amounts in lines:
        totals[account] = totals.get(account, Amounts()) + amounts
        if account.book == Book.POOL:
            _hold(account, lot, amounts)
    for account, change in totals.items():
        for name, value in (Amounts.of(account) + change).facts.items():
            setattr(account, name, value)
        account.save(update_fields=["area", "paddy", "capacity"])
    Entry.objects.bulk_create(
        [Entry(posting=posting, account=account, lot_id=lot, **amounts.facts) for account, lot, amounts in lines]
    )
    return posting


def _hold(account: Account, lot: int, amounts: Amounts) -> None:
    held, _made = Holding.objects.get_or_create(account=account, lot_id=lot)
    left = Amounts.of(held) + amounts
    if why := short_of(Amounts.of(held), -amounts):
        raise Refused(_("这笔指标已经用掉或者调走，不能再动：%(why)s。") % {"why": why})
    for name, value in left.facts.items():
        setattr(held, name, value)
    held.save(update_fields=["area", "paddy", "capacity"])


def _posting(kind: str, row: Any, amounts: Amounts, actor: Person, at: datetime, **facts: Any) -> Posting:
    """A posting, unsaved, that belongs where `row` belongs."""
    return Posting(
        kind=kind, city_code=row.city_code, county_code=row.county_code, unit=row.unit, lead_unit=row.lead_unit,
        posted_on=local_day(at), posted_at=at, posted_by=actor, **amounts.facts, **facts,
    )  # fmt: skip


def _note(posting: Posting, actor: Person, at: datetime) -> Posting:
    amounts = {name: value for name, value in Amounts.of(posting).facts.items() if value}
    after = {"kind": str(posting.kind), "lot": posting.lot_id, "batch": posting.batch_id, "paper": posting.paper}
    journal.record(
        f"land.quota.{posting.kind}", actor=actor, at=at, row=posting, after={**after, **amounts}, reason=posting.reason
    )
    return posting


@transaction.atomic
def accept(
    lot: Lot,
    *,
    accepted_on: date,
    accepted_paper: str,
    record_code: str,
    actor: Person,
    at: datetime,
    seen: int | None = None,
) -> Lot:
    """Take what a replenishing project adds into its county's pool. Each record number stands for one lot only."""
    if why := stock_refusal(lot, accepted_on, local_day(at)):
        raise Refused(why)
    if record_code and Lot.objects.exclude(pk=lot.pk).filter(record_code=record_code).exists():
        raise Refused(_("报备号 %(code)s 已经入过库；同一指标不能入库两次。") % {"code": record_code})
    changes = {"accepted_on": accepted_on, "accepted_paper": accepted_paper, "record_code": record_code}
    lot = advance(LOTS, lot, "accept", actor=actor, at=at, seen=seen, changes={**changes, "stocked_on": local_day(at)})
    place, amounts = queries.place_unit(lot), Amounts.of(lot)
    source, pool = _locked(_account(place, Book.SOURCE), _account(place, Book.POOL))
    posting = _posting(PostingKind.ACCEPT, lot, amounts, actor, at, lot=lot, paper=accepted_paper)
    _note(_book(posting, [(source, lot.pk, -amounts), (pool, lot.pk, amounts)]), actor, at)
    return lot


@transaction.atomic
def withdraw(
    purpose: Batch | Project, amounts: Amounts, *, pool_unit: Unit, paper: str = "", actor: Person, at: datetime
) -> Posting:
    """Use quota of a county's or the city's pool for a batch or a project, the oldest lots first.

    Refused: not one's right, another county's pool, not enough, more than the batch's farmland.
    """
    row = queries.new_row(Posting, purpose.unit)
    if not queries.may_grant(actor, row, local_day(at)):
        raise Refused(_("核销指标由市自然资源部门或者市专班办办理。"))
    project = purpose if isinstance(purpose, Project) else purpose.project
    why = pool_refusal(pool_unit.kind == UnitKind.CITY, project)
    if not why and pool_unit.code not in {purpose.county_code, purpose.city_code}:
        why = _("不能用%(unit)s的指标；要用，请先调剂。") % {"unit": pool_unit}
    if why:
        raise Refused(why)
    if isinstance(purpose, Batch):
        purpose = _linked(purpose, amounts, "link", actor, at)
    pool, used = _locked(_account(pool_unit, Book.POOL), _account(pool_unit, Book.USED))
    taken = take(queries.lots_held(queries.held(pool)), amounts)
    about = {"batch": purpose} if isinstance(purpose, Batch) else {"project": purpose}
    posting = _posting(PostingKind.WITHDRAW, row, amounts, actor, at, paper=paper, **about)
    lines: Lines = [(pool, lot, -part) for lot, part in taken] + [(used, lot, part) for lot, part in taken]
    return _note(_book(posting, lines), actor, at)


def _linked(batch: Batch, amounts: Amounts, act: str, actor: Person, at: datetime, reason: str = "") -> Batch:
    """The batch with so much more (or less) quota linked to it."""
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if why := link_refusal(batch, amounts):
        raise Refused(why)
    changes = {"linked_area": batch.linked_area + amounts.area, "linked_paddy": batch.linked_paddy + amounts.paddy}
    return advance(BATCHES, batch, act, actor=actor, at=at, changes=changes, reason=reason)


@transaction.atomic
def transfer(
    giver: Unit, taker: Unit, amounts: Amounts, *, paper: str = "", reason: str = "", actor: Person, at: datetime
) -> Posting:
    """Move quota between pools of one city: a county's into the city's (全市统筹), the city's to a county (调剂)."""
    row = queries.new_row(Posting, giver)
    if not queries.may_grant(actor, row, local_day(at)):
        raise Refused(_("调剂指标由市自然资源部门或者市专班办办理。"))
    kinds = {giver.kind, taker.kind}
    if giver == taker or giver.city_code != taker.city_code or not kinds <= {UnitKind.CITY, UnitKind.COUNTY}:
        raise Refused(_("指标只在同一个市的市级指标库和县市区指标库之间调剂。"))
    here, there = _locked(_account(giver, Book.POOL), _account(taker, Book.POOL))
    taken = take(queries.lots_held(queries.held(here)), amounts)
    posting = _posting(PostingKind.TRANSFER, row, amounts, actor, at, paper=paper, reason=reason.strip())
    lines: Lines = [(here, lot, -part) for lot, part in taken] + [(there, lot, part) for lot, part in taken]
    return _note(_book(posting, lines), actor, at)


@transaction.atomic
def reverse(posting: Posting, *, reason: str, actor: Person, at: datetime) -> Posting:
    """Move back what a posting moved; both stay. Refused: reversed already, used since, its batch approved."""
    first = Posting.objects.select_for_update(of=("self",)).get(pk=posting.pk)
    if why := _reverse_refusal(first, reason, actor, at):
        raise Refused(why)
    amounts = Amounts.of(first)
    if first.batch:
        _linked(first.batch, -amounts, "unlink", actor, at, reason)
    if first.kind == PostingKind.ACCEPT and first.lot:
        blank = {"stocked_on": None, "record_code": ""}
        advance(LOTS, first.lot, "take_back", actor=actor, at=at, reason=reason, changes=blank)
    entries = list(first.entries.select_related("account").order_by("pk"))
    accounts = dict(zip([one.pk for one in entries], _locked(*(one.account for one in entries)), strict=True))
    about = {"reverses": first, "lot": first.lot, "batch": first.batch, "project": first.project}
    row = _posting(PostingKind.REVERSE, first, amounts, actor, at, reason=reason.strip(), **about)
    back = _book(row, [(accounts[one.pk], one.lot_id, -Amounts.of(one)) for one in entries])
    first.ended_on = local_day(at)
    first.save(update_fields=["ended_on"])
    return _note(back, actor, at)


def _reverse_refusal(first: Posting, reason: str, actor: Person, at: datetime) -> str | None:
    if not queries.may_grant(actor, first, local_day(at)):
        return _("冲正由市自然资源部门或者市专班办办理。")
    if not reason.strip():
        return _("冲正要写明理由。")
    if first.kind == PostingKind.REVERSE or first.ended_on:
        return _("这一笔已经冲正，或者本身就是冲正。")
    if first.batch and first.batch.status == BatchStatus.APPROVED:
        return _("批次“%(batch)s”已经批准，挂钩的指标不能冲正。") % {"batch": first.batch}
    return None


# -- batches, zones, contracts ------------------------------------------------------------------------------------


@transaction.atomic
def approve(
    batch: Batch, *, approved_on: date, approved_paper: str, actor: Person, at: datetime, seen: int | None = None
) -> Batch:
    """Note the approval of a batch whose farmland is made good."""
    if not batch.submitted_on <= approved_on <= local_day(at):
        raise Refused(_("批准日期要在申报日期和今天之间。"))
    changes = {"approved_on": approved_on, "approved_paper": approved_paper}
    return advance(BATCHES, batch, "approve", actor=actor, at=at, seen=seen, changes=changes)


@transaction.atomic
def call_back(batch: Batch, *, reason: str, actor: Person, at: datetime, seen: int | None = None) -> Batch:
    """Withdraw a batch that is not approved."""
    changes = {"withdrawn_on": local_day(at)}
    return advance(BATCHES, batch, "withdraw", actor=actor, at=at, reason=reason, seen=seen, changes=changes)


@transaction.atomic
def count(zone: Zone, *, area: Decimal, counted_on: date, note: str = "", actor: Person, at: datetime) -> Reserve:
    """Note what reserve was counted in a zone; the count before ends on that day."""
    zone = Zone.objects.select_for_update(of=("self",)).get(pk=zone.pk)
    standing = queries.standing_count(zone)
    if not may(actor, KEEPERS, zone, local_day(at)):
        raise Refused(_("您的岗位不能清点%(zone)s的储备用地。") % {"zone": zone})
    if area < 0 or counted_on > local_day(at) or (standing and counted_on <= standing.counted_on):
        raise Refused(_("储备用地不能是负数；清点日期要晚于上次清点，不能晚于今天。"))
    if standing:
        standing.ended_on = counted_on
        standing.save(update_fields=["ended_on"])
    row = Reserve.objects.create(zone=zone, area=area, counted_on=counted_on, note=note.strip(), counted_by=actor)
    before = {"area": standing.area} if standing else None
    zone.area, zone.counted_on = area, counted_on
    zone.save(update_fields=["area", "counted_on"])
    after = {"area": area, "counted_on": counted_on}
    journal.record("land.zone.count", actor=actor, at=at, row=zone, before=before, after=after)
    return row


@transaction.atomic
def meet(contract: Contract, *, met_on: date, actor: Person, at: datetime, seen: int | None = None) -> Contract:
    """Note that the condition of the grant is met."""
    if not contract.leased_on <= met_on <= local_day(at):
        raise Refused(_("考核通过日期要在租赁起始和今天之间。"))
    return advance(CONTRACTS, contract, "meet", actor=actor, at=at, seen=seen, changes={"met_on": met_on})


@transaction.atomic
def grant(
    contract: Contract, *, granted_on: date, grant_years: int, actor: Person, at: datetime, seen: int | None = None
) -> Contract:
    """Turn the lease into a grant."""
    if why := grant_refusal(contract, granted_on, grant_years, local_day(at)):
        raise Refused(why)
    changes = {"granted_on": granted_on, "grant_years": grant_years}
    return advance(CONTRACTS, contract, "grant", actor=actor, at=at, seen=seen, changes=changes)


@transaction.atomic
def end(contract: Contract, *, reason: str, actor: Person, at: datetime, seen: int | None = None) -> Contract:
    """End a lease without a grant."""
    changes = {"ended_on": local_day(at)}
    return advance(CONTRACTS, contract, "end", actor=actor, at=at, reason=reason, seen=seen, changes=changes)
