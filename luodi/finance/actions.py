"""Every write about finance: banks, needs and their batches, contacts, credit, loans, refusals, balances, totals."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from luodi.finance import queries
from luodi.finance.models import (
    Balance,
    Bank,
    Batch,
    Contact,
    Credit,
    Event,
    Loan,
    Need,
    NeedKind,
    Product,
    Reached,
    Refusal,
    StatedTotal,
)
from luodi.finance.rules import (
    FLOW,
    KEEPERS,
    PARTS,
    balance_refusal,
    day_refusal,
    farther,
    grant_refusal,
    keeps,
    pay_refusal,
    plain,
    reached,
    total_refusal,
)
from luodi.flow.actions import advance, advance_many
from luodi.journal import actions as journal
from luodi.kit.clock import local_day
from luodi.kit.refusal import Refused
from luodi.orgs.models import Person, Role, Unit
from luodi.orgs.rules import Reach, may

AMENDABLE = (
    "name", "owner_code", "industry", "amount", "purpose", "months", "security", "contact_name", "contact_phone",
)  # fmt: skip
OFFICE_ONLY = ((Role.OFFICE, Reach.CITY),)


def _refuse(why: str | None) -> None:
    if why:
        raise Refused(why)


# -- banks --------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_bank(fields: Mapping[str, Any], *, actor: Person, at: datetime) -> Bank:
    """Enter a bank; the city's office does, and says which unit keeps its figures."""
    unit: Unit = fields["unit"]
    row = Bank(city_code=unit.city_code, **fields)
    if not may(actor, OFFICE_ONLY, Need(city_code=row.city_code), local_day(at)):
        raise Refused(_("银行由市级办公室登记。"))
    known = Bank.objects.filter(city_code=row.city_code)
    if known.filter(code=row.code).exists() or known.filter(name=row.name).exists():
        raise Refused(_("已经有这家银行：%(name)s（%(code)s）。") % {"name": row.name, "code": row.code})
    row.save()
    journal.record("finance.bank.add", actor=actor, at=at, row=row, after={"code": row.code, "name": row.name})
    return row


@transaction.atomic
def offer(bank: Bank, fields: Mapping[str, Any], *, actor: Person, at: datetime) -> Product:
    """Enter what a bank offers, or put it right: a product is known by its name."""
    if not keeps(actor, bank, local_day(at)):
        raise Refused(_("您的岗位不能维护%(bank)s的产品。") % {"bank": bank})
    if fields["most_amount"] < fields.get("least_amount", 0):
        raise Refused(_("最高金额小于起点金额，请核对。"))
    rest = {name: value for name, value in fields.items() if name != "name"}
    row, _made = Product.objects.update_or_create(bank=bank, name=fields["name"], defaults=rest)
    journal.record("finance.bank.offer", actor=actor, at=at, row=row, after={"bank": bank.name, **fields})
    return row


# -- needs --------------------------------------------------------------------------------------------------------


def enter(fields: Mapping[str, Any], *, actor: Person, at: datetime) -> Need:
    """Enter one need; see `enter_many`."""
    return enter_many([fields], actor=actor, at=at)[0]


@transaction.atomic
def enter_many(listed: Sequence[Mapping[str, Any]], *, actor: Person, at: datetime) -> list[Need]:
    """Enter needs, all or none; each mapping is what `NeedForm` cleans to. Raises Refused with the need's name."""
    rows = [_new_need(fields, actor, local_day(at)) for fields in listed]
    _refuse(queries.known_refusal(rows))
    Need.objects.bulk_create(rows, batch_size=200)
    journal.record_many([
        journal.entry_for("finance.enter", actor=actor, at=at, row=one,
                          after={"name": one.name, "amount": one.amount, "kind": one.kind})
        for one in rows
    ])  # fmt: skip
    return rows


def _new_need(fields: Mapping[str, Any], actor: Person, day: date) -> Need:
    project, unit = fields.get("project"), fields["unit"]
    row = Need(
        city_code=unit.city_code, county_code=unit.county_code, unit=unit, lead_unit=fields.get("lead_unit"),
        kind=fields["kind"], project=project, entered_on=day,
        **{name: fields[name] for name in AMENDABLE if name in fields},
    )  # fmt: skip
    if not may(actor, KEEPERS, row, day):
        raise Refused(_("您的岗位不能为%(unit)s登记融资需求。") % {"unit": unit})
    if row.amount <= 0:
        raise Refused(_("%(name)s：需求金额要大于 0。") % {"name": row.name})
    if project and row.kind != NeedKind.PROJECT:
        raise Refused(_("%(name)s：企业需求不能挂在项目上，请改为项目需求。") % {"name": row.name})
    if project and row.amount > project.total_amount:
        raise Refused(_("%(name)s：需求 %(need)s 万元大于项目总投资 %(total)s 万元，请核对单位是不是万元。") % {
            "name": row.name, "need": plain(row.amount), "total": plain(project.total_amount),
        })  # fmt: skip
    return row


@transaction.atomic
def amend(need: Need, fields: Mapping[str, Any], *, actor: Person, at: datetime, seen: int | None = None) -> Need:
    """Put a need's facts right; before and after stay in the journal."""
    changes = {name: fields[name] for name in AMENDABLE if name in fields}
    return advance(FLOW, need, "amend", actor=actor, at=at, seen=seen, changes=changes)


@transaction.atomic
def withdraw(need: Need, *, reason: str, actor: Person, at: datetime, seen: int | None = None) -> Need:
    """Take a need back; what was granted stays on record."""
    changes = {"withdrawn_on": local_day(at)}
    return advance(FLOW, need, "withdraw", actor=actor, at=at, reason=reason, seen=seen, changes=changes)


@transaction.atomic
def publish(needs: Iterable[Need], *, name: str, published_on: date, actor: Person, at: datetime) -> Batch:
    """Publish needs to the banks as one batch, all or none."""
    needs = list(needs)
    if not needs:
        raise Refused(_("没有选要发布的需求。"))
    _refuse(day_refusal(published_on, None, local_day(at)))
    city = needs[0].city_code
    if Batch.objects.filter(city_code=city, name=name).exists():
        raise Refused(_("已经有批次“%(name)s”，请换一个名称。") % {"name": name})
    batch = Batch.objects.create(city_code=city, name=name, published_on=published_on, published_by=actor)
    rows = Need.objects.filter(pk__in=[one.pk for one in needs]).order_by("pk")
    changes = {"batch_id": batch.pk, "published_on": published_on}
    advance_many(FLOW, rows, "publish", actor=actor, at=at, changes=changes)
    facts = {"name": name, "needs": len(needs)}
    journal.record("finance.batch.publish", actor=actor, at=at, row=batch, after=facts)
    return batch


# -- what banks did -----------------------------------------------------------------------------------------------


@transaction.atomic
def meet(
    pairs: Sequence[tuple[Need, Bank]], fields: Mapping[str, Any], *, actor: Person, at: datetime,
    seen: int | None = None,
) -> Event:  # fmt: skip
    """Record an event at which banks met needs, with every pair; all or none."""
    if not pairs:
        raise Refused(_("至少要有一家银行和一个需求。"))
    first, held_on = pairs[0][0], fields["held_on"]
    counties = {need.county_code for need, _bank in pairs}
    event = Event.objects.create(
        city_code=first.city_code, county_code=counties.pop() if len(counties) == 1 else "", recorded_by=actor, **fields
    )
    for need in {one.pk: one for one, _bank in pairs}.values():
        _refuse(day_refusal(held_on, need.published_on, local_day(at)))
        step = {"reached": lambda fresh: farther(fresh.reached, Reached.CONTACT)}
        banks = [bank.name for one, bank in pairs if one.pk == need.pk]
        facts = {"held_on": held_on, "banks": banks, "event": event.name}
        advance(FLOW, need, "contact", actor=actor, at=at, seen=seen, changes=step, facts=facts)
    Contact.objects.bulk_create([Contact(event=event, need=n, bank=b, held_on=held_on) for n, b in pairs], 500)
    return event


@transaction.atomic
def grant(
    need: Need, *, bank: Bank, amount: Decimal, granted_on: date, until_on: date | None = None, actor: Person,
    at: datetime, seen: int | None = None,
) -> Credit:  # fmt: skip
    """Record the credit a bank granted; the bank must have met the need before."""
    need = _locked(need)
    since = queries.contacted_on(need, bank)
    _refuse(grant_refusal(need, bank, amount, since) or day_refusal(granted_on, since, local_day(at)))
    if until_on and until_on < granted_on:
        raise Refused(_("授信到期日早于授信日期。"))
    changes = {
        "granted_amount": need.granted_amount + amount,
        "reached": farther(need.reached, Reached.CREDIT),
    }
    facts = {"bank": bank.name, "amount": amount, "granted_on": granted_on}
    advance(FLOW, need, "grant", actor=actor, at=at, seen=seen, changes=changes, facts=facts)
    return Credit.objects.create(
        need=need, bank=bank, amount=amount, granted_on=granted_on, until_on=until_on, recorded_by=actor
    )


@transaction.atomic
def pay(
    need: Need, *, credit: Credit, amount: Decimal, paid_on: date, actor: Person, at: datetime, seen: int | None = None
) -> Loan:
    """Record money paid out against a credit; never more than it."""
    need = _locked(need)
    credit = Credit.objects.get(pk=credit.pk, need=need)
    _refuse(pay_refusal(credit, queries.paid_against(credit), amount, paid_on))
    _refuse(day_refusal(paid_on, None, local_day(at)))
    changes = {"paid_amount": need.paid_amount + amount, "reached": Reached.LOAN}
    facts = {"bank": credit.bank.name, "amount": amount, "paid_on": paid_on}
    advance(FLOW, need, "pay", actor=actor, at=at, seen=seen, changes=changes, facts=facts)
    return Loan.objects.create(credit=credit, amount=amount, paid_on=paid_on, recorded_by=actor)


@transaction.atomic
def refuse(
    need: Need, *, bank: Bank, refused_on: date, ground: str, reason: str, actor: Person, at: datetime,
    seen: int | None = None,
) -> Refusal:  # fmt: skip
    """Record that a bank does not lend, and why."""
    since = queries.contacted_on(need, bank)
    if since is None:
        raise Refused(_("%(bank)s还没有对接过“%(need)s”，请先登记对接。") % {"bank": bank, "need": need})
    _refuse(day_refusal(refused_on, since, local_day(at)))
    if Refusal.objects.filter(need=need, bank=bank, refused_on=refused_on).exists():
        raise Refused(_("%(bank)s %(day)s 的答复已经登记过。") % {"bank": bank, "day": refused_on})
    facts = {"bank": bank.name, "ground": ground, "refused_on": refused_on}
    advance(FLOW, need, "refuse", actor=actor, at=at, reason=reason, seen=seen, facts=facts)
    return Refusal.objects.create(
        need=need, bank=bank, refused_on=refused_on, ground=ground, reason=reason.strip(), recorded_by=actor
    )


@transaction.atomic
def void(need: Need, *, row: Credit | Loan, reason: str, actor: Person, at: datetime, seen: int | None = None) -> Need:
    """End a credit or loan that was recorded wrongly. A credit against which money was paid: its loans first."""
    need, day = _locked(need), local_day(at)
    row = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.ended_on:
        raise Refused(_("这条记录已于 %(day)s 作废。") % {"day": row.ended_on})
    granted, paid = need.granted_amount, need.paid_amount
    if isinstance(row, Credit):
        if queries.paid_against(row):
            raise Refused(_("这笔授信下还有放款，请先作废放款。"))
        granted -= row.amount
    else:
        paid -= row.amount
    changes = {"granted_amount": granted, "paid_amount": paid,
               "reached": reached(need.contacts.exists(), granted, paid)}  # fmt: skip
    need = advance(FLOW, need, "void", actor=actor, at=at, reason=reason, seen=seen, changes=changes,
                   facts={"amount": row.amount, "kind": type(row).__name__})  # fmt: skip
    row.ended_on, row.reason = day, reason.strip()
    row.save(update_fields=["ended_on", "reason"])
    return need


def _locked(need: Need) -> Need:
    """The need as it is, kept from others until the end of the transaction."""
    return Need.objects.select_for_update(of=("self",)).get(pk=need.pk)


# -- balances -----------------------------------------------------------------------------------------------------


@transaction.atomic
def tell_balances(
    listed: Sequence[Mapping[str, Any]], *, month_on: date, actor: Person, at: datetime, reason: str = ""
) -> list[Balance]:
    """Tell banks' loans at a month's end, all or none. Each mapping: bank, loan_class and the five amounts.

    A row told before is only replaced with a `reason`: it ends today and stays on record. Raises Refused with the
    sentence that names month, bank, class and difference.
    """
    day, month_on = local_day(at), month_on.replace(day=1)
    standing = queries.standing_balances([one["bank"] for one in listed], month_on.year)
    made, ended, seen = [], [], set()
    for one in listed:
        bank, key = one["bank"], (one["bank"].pk, one["loan_class"])
        row = Balance(
            city_code=bank.city_code, county_code="", bank=bank, loan_class=one["loan_class"], month_on=month_on,
            recorded_on=day, recorded_by=actor, reason=reason.strip(), **{name: one[name] for name in PARTS},
        )  # fmt: skip
        if not keeps(actor, bank, day):
            raise Refused(_("您的岗位不能填报%(bank)s的贷款余额。") % {"bank": bank})
        _refuse(queries.told_refusal(row, bank, standing.get(key, {}), bool(reason.strip()), key in seen))
        months = standing.get(key, {})
        before = max((m for m in months if m < month_on), default=None)
        _refuse(balance_refusal(row, bank, day, months.get(before) if before else None))
        seen.add(key)
        made.append(row)
        ended += [months[month_on].pk] if month_on in months else []
    Balance.objects.filter(pk__in=ended).update(ended_on=day)
    Balance.objects.bulk_create(made, batch_size=200)
    journal.record_many([
        journal.entry_for("finance.balance.tell", actor=actor, at=at, row=one, reason=reason.strip(),
                          after={"month_on": month_on, "end_amount": one.end_amount})
        for one in made
    ])  # fmt: skip
    return made


@transaction.atomic
def state_total(fields: Mapping[str, Any], *, city_code: str, actor: Person, at: datetime) -> StatedTotal:
    """Enter the total of a month with its source. One that differs from its classes needs a note that this is known;
    the difference is shown all the same. A newer paper about the same month replaces the older."""
    day = local_day(at)
    facts = {**fields, "month_on": fields["month_on"].replace(day=1)}
    row = StatedTotal(city_code=city_code, recorded_by=actor, **facts)
    if not may(actor, OFFICE_ONLY, Need(city_code=city_code), day):
        raise Refused(_("全市合计由市级办公室录入。"))
    _refuse(day_refusal(row.published_on, row.month_on, day))
    if row.amount - row.start_amount != row.increase_amount:
        raise Refused(_("期末 %(end)s 减年初 %(start)s 是 %(sum)s 万元，较年初增加却写 %(said)s 万元，请核对。") % {
            "end": plain(row.amount), "start": plain(row.start_amount), "said": plain(row.increase_amount),
            "sum": plain(row.amount - row.start_amount),
        })  # fmt: skip
    _refuse(total_refusal(queries.explained(city_code, row.month_on, row.amount), row.gap_note))
    same = StatedTotal.objects.select_for_update(of=("self",)).filter(
        city_code=city_code, month_on=row.month_on, ended_on=None
    )
    old = same.first()
    if old and old.published_on > row.published_on:
        raise Refused(_("已经有更晚发布的数：%(source)s。") % {"source": old.source})
    if old:
        old.ended_on = row.published_on
        old.save(update_fields=["ended_on"])
    row.save()
    facts = {"month_on": row.month_on, "amount": row.amount, "source": row.source, "gap_note": row.gap_note}
    journal.record("finance.total.state", actor=actor, at=at, row=row, after=facts)
    return row


@transaction.atomic
def bring_in(kind: str, listed: Sequence[Mapping[str, Any]], *, month_on: date, actor: Person, at: datetime) -> None:
    """Write the rows of a checked sheet, all or none: needs, or balances of the month."""
    if kind == "needs":
        enter_many(listed, actor=actor, at=at)
    else:
        tell_balances(listed, month_on=month_on, actor=actor, at=at)
