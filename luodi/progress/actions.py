"""Every write of a monthly sheet: upload, correct a cell, tell the months."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from luodi.files import actions as files
from luodi.journal import actions as journal
from luodi.kit.clock import local_day
from luodi.kit.refusal import Refused
from luodi.orgs.models import Person, Unit
from luodi.progress import queries, sheets
from luodi.progress.models import MonthlySheet, State
from luodi.progress.rules import Scope, hindrance
from luodi.progress.sheets import Reading
from luodi.projects import actions as projects
from luodi.projects.actions import Report
from luodi.projects.queries import places_to_report

CHECKED = ["findings", "totals", "row_count", "good_count"]


@transaction.atomic
def upload(content: bytes, *, name: str, unit: Unit, month_on: date, actor: Person, at: datetime) -> MonthlySheet:
    """Keep a county's sheet for a month and check its rows. No month is told yet.

    Raises Refused with one sentence: not one's county, a month to come, wrong kind, damaged, no header found.
    """
    if not places_to_report(actor, local_day(at)).filter(pk=unit.pk).exists():
        raise Refused(_("您的岗位不能填报%(unit)s的项目进度。") % {"unit": unit})
    if month_on > local_day(at):
        raise Refused(_("%(month)s 还没有到，不能填报。") % {"month": f"{month_on:%Y-%m}"})
    sheet = queries.workbook(content, name).chosen
    batch = MonthlySheet(
        unit=unit, month_on=month_on.replace(day=1), person=actor, file_name=name[-200:], sheet_name=sheet.name[:100],
        mapping=sheets.match(sheet), uploaded_at=at,
    )  # fmt: skip
    _note(batch, queries.check(batch, sheet, at, local_day(at)))
    batch.stored = files.store(content, name=name, actor=actor, at=at)
    batch.save()
    after = {"month_on": batch.month_on, "rows": batch.row_count, "good": batch.good_count, "sm3": batch.stored.sm3}
    journal.record("progress.sheet.upload", actor=actor, at=at, row=batch, label=str(batch.pk), after=after)
    return batch


@transaction.atomic
def correct(
    batch: MonthlySheet, row_number: int, typed: Mapping[str, str], *, actor: Person, at: datetime
) -> MonthlySheet:
    """Put text in place of cells of one row; the whole sheet is checked again, for sub-totals and double rows."""
    batch = _mine(batch, actor)
    if not batch.is_open:
        raise Refused(_("这张表已经导入。"))
    sheet = queries.sheet_of(batch)
    if not queries.only(sheet, row_number).rows:
        raise Refused(_("表里没有第 %(n)s 行。") % {"n": row_number})
    number = str(row_number)
    batch.corrections[number] = batch.corrections.get(number, {}) | dict(typed)
    _note(batch, queries.check(batch, sheet, at, local_day(at)))
    batch.save(update_fields=["corrections", *CHECKED])
    return batch


@transaction.atomic
def run(batch: MonthlySheet, *, scope: str = Scope.ALL, actor: Person, at: datetime) -> MonthlySheet:
    """Check again and tell the month of every good row, all or none. Raises Refused."""
    batch = _mine(batch, actor)
    reading = queries.check(batch, queries.sheet_of(batch), at, local_day(at))
    _note(batch, reading)
    if why := hindrance(batch, scope, queries.missing(batch.mapping)):
        raise Refused(why)
    reports = [
        Report(row.project, row.amounts["amount"], row.progress, row.obstacle, sheets.reached(row))  # type: ignore[arg-type]
        for row in reading.good
    ]
    projects.report_many(reports, month_on=batch.month_on, actor=actor, at=at)
    batch.state, batch.done_at, batch.told_count = State.DONE, at, len(reports)
    batch.save(update_fields=["state", "done_at", "told_count", *CHECKED])
    after = {"month_on": batch.month_on, "told": len(reports), "scope": str(scope)}
    journal.record("progress.sheet.run", actor=actor, at=at, row=batch, label=str(batch.pk), after=after)
    return batch


def _mine(batch: MonthlySheet, actor: Person) -> MonthlySheet:
    rows = MonthlySheet.objects.select_for_update(of=("self",)).select_related("unit", "stored", "person")
    row = rows.get(pk=batch.pk)
    if row.person_id != actor.pk:
        raise Refused(_("这是别人的表，请用自己的表填报。"))
    return row


def _note(batch: MonthlySheet, reading: Reading) -> None:
    batch.findings, batch.totals = queries.findings(reading), reading.totals
    batch.row_count, batch.good_count = len(reading.rows), len(reading.good)
