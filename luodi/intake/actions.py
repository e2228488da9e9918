"""Every write of an import: upload, say what the columns mean, correct a cell, import, undo it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from luodi.campaigns.models import Campaign
from luodi.files import actions as files
from luodi.flow.actions import advance_many
from luodi.intake import queries
from luodi.intake.models import HeaderMemory, ImportBatch, ImportedProblem, State
from luodi.intake.queries import CheckedRow, Reading
from luodi.intake.rules import (
    AT_ONCE,
    CHECK_AT_ONCE,
    CHUNK,
    Scope,
    check_refusal,
    scope_refusal,
    state_refusal,
    undo_refusal,
)
from luodi.jobs.actions import Run, enqueue, job_task
from luodi.journal import actions as journal
from luodi.kit.clock import local_day
from luodi.kit.refusal import Refused
from luodi.orgs.models import Person, Unit
from luodi.problems import actions as problems
from luodi.problems.rules import FLOW

CHECKED = ["findings", "row_count", "good_count"]


def upload(
    content: bytes,
    *,
    name: str,
    campaign: Campaign,
    unit: Unit | None = None,
    actor: Person,
    at: datetime,
    at_once: bool = False,
) -> ImportBatch:
    """Keep a file, find the ledger in it, understand its headers, check its rows: few now, many as a job.

    Nothing is in the ledger yet. Raises Refused with one sentence: wrong kind, locked, damaged, too big, no header
    found.
    """
    sheet = queries.workbook(content, name).chosen
    batch = ImportBatch(
        campaign=campaign,
        unit=unit,
        person=actor,
        file_name=name[-200:],
        sheet_name=sheet.name[:100],
        mapping=queries.mapping_for(sheet, queries.home_of(unit, actor, local_day(at))),
        row_count=len(sheet.rows),
        uploaded_at=at,
    )
    later = batch.row_count >= CHECK_AT_ONCE and not at_once
    if not later:
        # Checked before the transaction, in which nobody else should wait to write.
        _note_check(batch, queries.check(sheet, campaign, actor, local_day(at), unit, batch.mapping))
    with transaction.atomic():
        batch.stored = files.store(content, name=name, actor=actor, at=at)
        batch.save()
        if later:
            _check_later(batch, actor, at)
        after = {**_counts(batch), "sm3": batch.stored.sm3}
        journal.record("intake.batch.upload", actor=actor, at=at, row=batch, label=str(batch.pk), after=after)
    return batch


def map_columns(
    batch: ImportBatch, mapping: Mapping[str, int | str], *, sheet_name: str = "", actor: Person, at: datetime
) -> ImportBatch:
    """Say which column answers which field; another sheet of the file is understood anew."""
    batch = _mine(batch, actor)
    _understand(batch, mapping, sheet_name, local_day(at))
    later = batch.row_count >= CHECK_AT_ONCE
    if not later:
        _note_check(batch, queries.check_batch(batch, local_day(at)))
    with transaction.atomic():
        _locked(batch, actor)
        # An import that stopped half-way stays one; a check that stopped is made good now.
        batch.state = State.DRAFT if batch.is_unchecked else batch.state
        batch.save(update_fields=["state", "sheet_name", "mapping", "corrections", *CHECKED])
        if later:
            _check_later(batch, actor, at)
    return batch


def _check_later(batch: ImportBatch, actor: Person, at: datetime) -> None:
    batch.state, batch.findings, batch.good_count = State.CHECKING, {}, 0
    title = _("检查台账：%(n)s 行") % {"n": f"{batch.row_count:,}"}
    params = {"batch": batch.pk}
    batch.job = enqueue(check_rows, kind="intake.check", title=title, params=params, actor=actor, at=at)
    batch.save(update_fields=["state", "job", *CHECKED])


@job_task
def check_rows(run: Run) -> dict[str, Any]:
    """The job: check a long sheet, telling how far it is; a killed worker's successor begins again."""
    batch = ImportBatch.objects.select_related("campaign__city", "unit", "person").get(pk=run.params["batch"])
    reading = queries.check_batch(batch, local_day(run.job.asked_at), progress=run.progress)
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        batch.state = State.DRAFT
        _note_check(batch, reading)
        batch.save(update_fields=["state", *CHECKED])
        run.progress(done=batch.row_count, total=batch.row_count)
    facts = {"n": f"{batch.row_count:,}", "bad": f"{batch.bad_count:,}"}
    message = _("已检查 %(n)s 行，有错 %(bad)s 行。") % facts
    return {"message": message, "url": reverse("intake:batch", args=[batch.pk])}


def _understand(batch: ImportBatch, mapping: Mapping[str, int | str], sheet_name: str, day: date) -> None:
    if sheet_name and sheet_name != batch.sheet_name:
        batch.sheet_name, batch.corrections = sheet_name, {}
        sheet = queries.sheet_of(batch)
        batch.mapping = queries.mapping_for(sheet, queries.home_of(batch.unit, batch.person, day))
        batch.row_count, batch.good_count = len(sheet.rows), 0
    else:
        # What was typed for a field stays only while the field means the same column.
        same = {name for name in mapping if mapping[name] == batch.mapping.get(name)}
        kept = {n: {k: v for k, v in row.items() if k in same} for n, row in batch.corrections.items()}
        batch.mapping, batch.corrections = dict(mapping), {n: row for n, row in kept.items() if row}


@transaction.atomic
def correct(
    batch: ImportBatch, numbers: Collection[int], typed: Mapping[str, str], *, actor: Person, at: datetime
) -> ImportBatch:
    """Put text in place of cells of these rows; check them again, and those that may be their duplicates."""
    batch = _locked(batch, actor)
    sheet = queries.sheet_of(batch)
    if strange := set(numbers) - {row.number for row in sheet.rows}:
        raise Refused(_("表里没有第 %(n)s 行。") % {"n": min(strange)})
    touched = queries.alike(batch, sheet, numbers)
    for number in map(str, numbers):
        batch.corrections[number] = batch.corrections.get(number, {}) | dict(typed)
    touched |= queries.alike(batch, sheet, numbers)
    rows = tuple(row for row in sheet.rows if row.number in touched)
    found = queries.findings(queries.check_batch(batch, local_day(at), replace(sheet, rows=rows)).rows)
    kept = {number: one for number, one in batch.findings.items() if int(number) not in touched}
    batch.findings = kept | found
    batch.good_count = batch.row_count - sum(bool(one["errors"]) for one in batch.findings.values())
    batch.save(update_fields=["corrections", *CHECKED])
    return batch


def run(
    batch: ImportBatch, *, scope: str = Scope.ALL, actor: Person, at: datetime, at_once: bool = False
) -> ImportBatch:
    """Check again and import: few rows now, many as a job. Raises Refused, e.g. while `all` rows are not good."""
    seen = _mine(batch, actor)
    if not at_once and seen.row_count >= AT_ONCE:
        return _run_later(seen, scope, actor, at)
    reading = queries.check_batch(seen, local_day(at))
    rows = _chosen(reading, scope)
    _refuse(seen, scope, len(reading.bad), len(rows))
    with transaction.atomic():
        batch = _begin(seen, scope, actor, at)
        _note_check(batch, reading)
        batch.save(update_fields=CHECKED)
        _register(batch, rows, actor, at)
        return _finish(batch, reading, at)


@transaction.atomic
def _run_later(seen: ImportBatch, scope: str, actor: Person, at: datetime) -> ImportBatch:
    """Ask for a job, going by the last check; the job checks again."""
    if why := check_refusal(seen):
        raise Refused(why)
    chosen = seen.good_count - (seen.duplicates if scope == Scope.FRESH else 0)
    _refuse(seen, scope, seen.bad_count, chosen)
    batch = _begin(seen, scope, actor, at)
    title = _("导入台账：%(n)s 行") % {"n": f"{chosen:,}"}
    params = {"batch": batch.pk, "scope": str(scope)}
    batch.job = enqueue(import_rows, kind="intake.import", title=title, params=params, actor=actor, at=at)
    batch.save(update_fields=["job"])
    return batch


def _refuse(batch: ImportBatch, scope: str, bad: int, chosen: int) -> None:
    missing = queries.missing(batch.mapping, batch.unit).values()
    if why := scope_refusal(scope, batch.row_count, bad, chosen, missing):
        raise Refused(why)


def _begin(seen: ImportBatch, scope: str, actor: Person, at: datetime) -> ImportBatch:
    """Lock, and make sure that what is imported is what was seen."""
    batch = _locked(seen, actor)
    if (batch.mapping, batch.corrections) != (seen.mapping, seen.corrections):
        raise Refused(_("这张表刚刚有改动，请看过再导入。"))
    batch.state, batch.result = State.RUNNING, {"scope": str(scope)}
    batch.save(update_fields=["state", "result"])
    after = {**_counts(batch), "scope": str(scope)}
    journal.record("intake.batch.run", actor=actor, at=at, row=batch, label=str(batch.pk), after=after)
    return batch


@job_task
def import_rows(run: Run) -> dict[str, Any]:
    """The job: rows already linked to a problem are skipped, so a killed worker's successor goes on where it stood."""
    batch = ImportBatch.objects.select_related("campaign__city", "unit", "person").get(pk=run.params["batch"])
    at = run.job.asked_at
    reading, scope = queries.check_batch(batch, local_day(at)), run.params["scope"]
    rows = _chosen(reading, scope)
    try:
        _refuse(batch, scope, len(reading.bad), len(rows))
        _register(batch, rows, batch.person, at, run.progress)
    except Refused:
        _note_check(batch, reading)
        batch.state = State.FAILED
        batch.save(update_fields=["state", *CHECKED])
        raise
    batch = _finish(batch, reading, at)
    message = _("已导入 %(n)s 行。") % {"n": f"{batch.result['registered']:,}"}
    return {"message": message, "url": reverse("intake:batch", args=[batch.pk])}


def _register(
    batch: ImportBatch,
    rows: Sequence[CheckedRow],
    actor: Person,
    at: datetime,
    progress: Callable[..., None] | None = None,
) -> None:
    """Register what is not yet registered, a chunk in one transaction together with its links and its progress."""
    linked = set(ImportedProblem.objects.filter(batch=batch).values_list("row_number", flat=True))
    waiting = [row for row in rows if row.number not in linked]
    reason = _("导入第 %(batch)s 批") % {"batch": batch.pk}
    total = len(linked) + len(waiting)
    for start in range(0, len(waiting), CHUNK):
        chunk = waiting[start : start + CHUNK]
        with transaction.atomic():
            made = problems.register_many(
                batch.campaign, [row.clean or {} for row in chunk], actor=actor, at=at, reason=reason
            )
            ImportedProblem.objects.bulk_create(
                (
                    ImportedProblem(batch=batch, problem=problem, row_number=row.number)
                    for row, problem in zip(chunk, made, strict=True)
                ),
                batch_size=500,
            )
            if progress:
                progress(done=len(linked) + start + len(chunk), total=total)


@transaction.atomic
def _finish(batch: ImportBatch, reading: Reading, at: datetime) -> ImportBatch:
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    done = set(ImportedProblem.objects.filter(batch=batch).values_list("row_number", flat=True))
    _learn(batch, reading, at)
    batch.state, batch.done_at = State.DONE, at
    batch.result |= {
        "registered": len(done),
        "skipped": [row.number for row in reading.rows if row.number not in done],
    }
    batch.save(update_fields=["state", "done_at", "result"])
    return batch


def _learn(batch: ImportBatch, reading: Reading, at: datetime) -> None:
    """Remember for the unit what its person said of the headers, where the synonyms say otherwise."""
    home = queries.home_of(batch.unit, batch.person, local_day(at))
    if home is None:
        return
    differs, agrees = queries.lesson(reading.headers, batch.mapping)
    HeaderMemory.objects.filter(unit=home, header__in=agrees).delete()
    for header, name in differs.items():
        about = {"answers": name, "learned_at": at}
        HeaderMemory.objects.update_or_create(unit=home, header=header, defaults=about)


def undo(batch: ImportBatch, *, reason: str, actor: Person, at: datetime) -> ImportBatch:
    """Take a whole import back while nothing was done to its problems: they leave the ledger, all or none.

    Its person may and the city's office. Few rows now, many as a job. Raises Refused, naming what stands against it.
    """
    with transaction.atomic():
        batch = _to_undo(batch, actor, at)
        if not reason.strip():
            raise Refused(_("撤销导入要写明理由。"))
        count = queries.problems_of(batch).count()
        if count < AT_ONCE:
            return _take_back(batch, reason, actor, at)
        title = _("撤销导入：%(n)s 件") % {"n": f"{count:,}"}
        params = {"batch": batch.pk, "reason": reason}
        batch.state = State.UNDOING
        batch.job = enqueue(undo_rows, kind="intake.undo", title=title, params=params, actor=actor, at=at)
        batch.save(update_fields=["state", "job"])
    return batch


@job_task
def undo_rows(run: Run) -> dict[str, Any]:
    """The job: everything in one transaction, so that a killed worker has undone nothing."""
    batch, actor, at = ImportBatch(pk=run.params["batch"]), run.job.owner, run.job.asked_at
    try:
        with transaction.atomic():
            batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
            _refuse_touched(batch)
            _take_back(batch, run.params["reason"], actor, at)
            run.progress(done=batch.result["registered"], total=batch.result["registered"])
    except Refused:
        ImportBatch.objects.filter(pk=batch.pk).update(state=State.DONE)
        raise
    message = _("已撤销导入，%(n)s 件问题退出台账。") % {"n": f"{batch.result['registered']:,}"}
    return {"message": message, "url": reverse("intake:batch", args=[batch.pk])}


def _to_undo(batch: ImportBatch, actor: Person, at: datetime) -> ImportBatch:
    known = ImportBatch.objects.known_to(actor, local_day(at)).filter(pk=batch.pk)
    row = ImportBatch.objects.select_for_update(of=("self",)).select_related("job").get(pk=batch.pk)
    if not known.exists():
        raise Refused(_("只有导入人和市专班办能撤销这次导入。"))
    if not row.is_imported:
        raise Refused(undo_refusal(row, 0, "") or "")
    row.state = State.DONE
    _refuse_touched(row)
    return row


def _refuse_touched(batch: ImportBatch) -> None:
    touched = queries.touched(batch)
    if first := touched.first():
        raise Refused(undo_refusal(batch, touched.count(), first.code) or "")


def _take_back(batch: ImportBatch, reason: str, actor: Person, at: datetime) -> ImportBatch:
    changes = {"voided_on": local_day(at)}
    rows = queries.problems_of(batch)
    gone = advance_many(FLOW, rows, "undo", actor=actor, at=at, reason=reason, changes=changes)
    batch.state, batch.undone_at, batch.undone_by = State.UNDONE, at, actor
    batch.save(update_fields=["state", "undone_at", "undone_by"])
    about = {"label": str(batch.pk), "after": {"problems": len(gone)}, "reason": reason}
    journal.record("intake.batch.undo", actor=actor, at=at, row=batch, **about)
    return batch


def _locked(batch: ImportBatch, actor: Person) -> ImportBatch:
    return _mine(batch, actor, ImportBatch.objects.select_for_update(of=("self",)))


def _mine(batch: ImportBatch, actor: Person, rows: Any = None) -> ImportBatch:
    """The row as it is now; only its own person changes it, while it is open."""
    found = ImportBatch.objects.all() if rows is None else rows
    row: ImportBatch = found.select_related("campaign__city", "unit", "person", "job").get(pk=batch.pk)
    if row.person_id != actor.pk:
        raise Refused(_("这张表是别人上传的。"))
    if why := state_refusal(row):
        raise Refused(why)
    return row


def _chosen(reading: Reading, scope: str) -> list[CheckedRow]:
    return [row for row in reading.good if scope != Scope.FRESH or not row.duplicate_of]


def _note_check(batch: ImportBatch, reading: Reading) -> None:
    batch.findings = queries.findings(reading.rows)
    batch.row_count, batch.good_count = len(reading.rows), len(reading.good)


def _counts(batch: ImportBatch) -> dict[str, int]:
    return {"rows": batch.row_count, "good": batch.good_count}
