"""What people do with the list: keep a view of it, act on many rows at once, take it away as a sheet."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from itertools import islice
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO, Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.amendments import actions as amendments
from luodi.campaigns.rules import deadline
from luodi.files import actions as files
from luodi.jobs.actions import Run, enqueue, job_task
from luodi.journal import actions as journal
from luodi.kit.clock import local_day
from luodi.kit.refusal import Refused
from luodi.kit.templatetags.ui import cn_full_date
from luodi.ledger import queries, sheets
from luodi.ledger.models import BulkAct, BulkLine, Export, SavedView
from luodi.ledger.queries import Asked
from luodi.ledger.rules import AT_ONCE, MOST, SHEET_AT_ONCE, VIEWS_EACH, bulk_acts, shares
from luodi.orgs.models import Person, Post, Unit
from luodi.problems import actions as problems
from luodi.problems.models import Problem
from luodi.problems.rules import FLOW
from luodi.workdays import rules as workdays

CHUNK = 20  # rows of a bulk act in one transaction: others wait that long to write
IN_MEMORY = 4 * 1024 * 1024


# -- saved views ----------------------------------------------------------------------------------------------


@transaction.atomic
def save_view(asked: Asked, *, name: str, shared: bool = False, actor: Person, at: datetime) -> SavedView:
    """Keep an address under a name: for oneself, or by the office for everybody of its place."""
    if asked.form.errors:
        raise Refused(_("条件有误，不能保存：%(why)s") % {"why": asked.form.sentence()})
    query = QueryDict(queries.rest_of(asked.query, "sort", "cols", "n"), mutable=True)
    post = _office(actor, at) if shared else None
    view = SavedView(
        name=name.strip(),
        person=None if post else actor,
        unit=post.unit if post else None,
        query=query.urlencode(),
        sort=asked.query.get("sort", ""),
        cols=asked.query.getlist("cols"),
        saved_at=at,
    )
    if len(view.query) > 2000:
        raise Refused(_("条件太长，不能保存。请减少条件。"))
    if _beside(view).count() >= VIEWS_EACH:
        raise Refused(_("最多保存 %(n)s 个视图，请先删除不用的。") % {"n": VIEWS_EACH})
    return _named(view, "ledger.view.save", actor, at)


def rename(view: SavedView, *, name: str, actor: Person, at: datetime) -> SavedView:
    """Give a view another name."""
    with transaction.atomic():
        view = _mine(view, actor, at)
        view.name = name.strip()
        return _named(view, "ledger.view.rename", actor, at)


@transaction.atomic
def share(view: SavedView, *, actor: Person, at: datetime) -> SavedView:
    """Let everybody of the office's place have a view of mine."""
    view = _mine(view, actor, at)
    if view.is_shared:
        raise Refused(_("这个视图已经共享。"))
    view.person, view.unit = None, _office(actor, at).unit
    if _beside(view).count() >= VIEWS_EACH:
        raise Refused(_("最多保存 %(n)s 个视图，请先删除不用的。") % {"n": VIEWS_EACH})
    return _named(view, "ledger.view.share", actor, at)


@transaction.atomic
def remove(view: SavedView, *, actor: Person, at: datetime) -> None:
    """Delete a view: my own, or as the office a shared one."""
    view = _mine(view, actor, at)
    journal.record("ledger.view.remove", actor=actor, at=at, row=view, before={"query": view.address})
    view.delete()


def _office(actor: Person, at: datetime) -> Post:
    posts = shares(actor, local_day(at))
    if not posts:
        raise Refused(_("只有专班办能共享视图。"))
    return posts[-1]


def _mine(view: SavedView, actor: Person, at: datetime) -> SavedView:
    """The row as it is now, if this person keeps it."""
    row = SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk)
    shared = {post.unit_id for post in shares(actor, local_day(at))}
    if row.person_id != actor.pk and row.unit_id not in shared:
        raise Refused(_("这个视图是别人的，不能改动。"))
    return row


def _beside(view: SavedView) -> QuerySet[SavedView]:
    return SavedView.objects.filter(person=view.person, unit=view.unit).exclude(pk=view.pk)


def _named(view: SavedView, verb: str, actor: Person, at: datetime) -> SavedView:
    """Save under a name that nothing beside it has."""
    if not view.name:
        raise Refused(_("请给视图起个名称。"))
    if _beside(view).filter(name=view.name).exists():
        raise Refused(_("已经有叫“%(name)s”的视图，请换个名称。") % {"name": view.name})
    view.save()
    journal.record(verb, actor=actor, at=at, row=view, after={"query": view.address, "shared": view.is_shared})
    return view


# -- one act on many rows ---------------------------------------------------------------------------------------


def _assign(row: Problem, facts: Mapping[str, Any], who: Mapping[str, Any], calendar: workdays.Calendar) -> None:
    """To the unit it was registered for; without a day, by the day its own standard gives."""
    standard = row.standard
    due_on = facts.get("due_on") or deadline(
        local_day(who["at"]), standard.deadline_days, standard.deadline_unit, add=calendar.add
    )
    lead = facts.get("lead_unit") or row.lead_unit
    problems.assign(row, unit=row.unit, lead_unit=lead, due_on=due_on, **who)


def _send_back(row: Problem, facts: Mapping[str, Any], who: Mapping[str, Any], calendar: workdays.Calendar) -> None:
    problems.send_back(row, reason=facts["reason"], due_on=facts.get("due_on"), **who)


def _urge(row: Problem, facts: Mapping[str, Any], who: Mapping[str, Any], calendar: workdays.Calendar) -> None:
    amendments.urge(row, reason=facts["reason"], **who)


def _ask_extension(row: Problem, facts: Mapping[str, Any], who: Mapping[str, Any], calendar: workdays.Calendar) -> None:
    amendments.ask_extension(row, new_due_on=facts["due_on"], reason=facts["reason"], **who)


DOES: Mapping[str, Callable[..., None]] = {
    "assign": _assign, "send_back": _send_back, "urge": _urge, "ask_extension": _ask_extension,
}  # fmt: skip


def act_on_many(
    rows: QuerySet[Problem],
    *,
    act: str,
    facts: Mapping[str, Any],
    key: str,
    actor: Person,
    at: datetime,
    expected: int | None = None,
    seen: Mapping[int, int] | None = None,
) -> BulkAct:
    """Do an act on each row as one would on that row alone: few now, many as a job. The same `key` does it once.

    `expected` is how many rows were shown: if the list has changed since, nothing is done. `seen` are versions shown.
    """
    bulk, is_new = _listed(rows, act, facts, key, actor, at, expected, seen or {})
    if is_new and bulk.job_id is None:
        carry_on(bulk, actor=actor, at=at)
    return bulk


@transaction.atomic
def _listed(
    rows: QuerySet[Problem], act: str, facts: Mapping[str, Any], key: str, actor: Person, at: datetime,
    expected: int | None, seen: Mapping[int, int],
) -> tuple[BulkAct, bool]:  # fmt: skip
    """The act with its lines, written down before the first is done, so that nothing is lost or done twice."""
    if earlier := BulkAct.objects.filter(once_key=key).first():
        return _own(earlier, actor), False
    if act not in bulk_acts(actor, local_day(at)):
        raise Refused(_("您的岗位不能批量办理这一项。"))
    found = list(rows.values_list("pk", "version")[: MOST + 1])
    _refuse_number(len(found), expected)
    try:
        with transaction.atomic():
            bulk = BulkAct.objects.create(person=actor, act=act, facts=dict(facts), once_key=key, asked_at=at)
    except IntegrityError:  # the second click of two at once
        return _own(BulkAct.objects.get(once_key=key), actor), False
    BulkLine.objects.bulk_create(
        (BulkLine(bulk=bulk, problem_id=pk, seen=seen.get(pk, version)) for pk, version in found), batch_size=500
    )
    after = {"act": act, "rows": len(found)}
    journal.record("ledger.bulk", actor=actor, at=at, row=bulk, label=str(bulk.pk), after=after)
    if len(found) > AT_ONCE:
        title = _("批量%(act)s：%(n)s 件") % {"act": FLOW.acts[act].label, "n": f"{len(found):,}"}
        bulk.job = enqueue(do_lines, kind="ledger.bulk", title=title, params={"bulk": bulk.pk}, actor=actor, at=at)
        bulk.save(update_fields=["job"])
    return bulk, True


def _refuse_number(found: int, expected: int | None) -> None:
    if found > MOST:
        raise Refused(_("一次最多办理 %(n)s 件，请缩小范围。") % {"n": f"{MOST:,}"})
    if not found:
        raise Refused(_("没有选中问题。请在台账中勾选后再办理。"))
    if expected is not None and expected != found:
        raise Refused(_("刚才是 %(was)s 件，现在符合条件的是 %(n)s 件。请看过再办理。") % {"was": expected, "n": found})


def _own(bulk: BulkAct, actor: Person) -> BulkAct:
    if bulk.person_id != actor.pk:
        raise Refused(_("这次批量办理是别人发起的。"))
    return bulk


def carry_on(bulk: BulkAct, *, actor: Person, at: datetime, progress: Callable[..., None] | None = None) -> BulkAct:
    """Do the lines that still wait, a chunk in one transaction together with what came of it."""
    _own(bulk, actor)
    facts = _facts(bulk)
    calendar = workdays.calendar()
    while _chunk(bulk, facts, calendar, actor=actor, at=at, progress=progress):
        pass
    return bulk


def _facts(bulk: BulkAct) -> dict[str, Any]:
    """What was filled in, as the actions take it."""
    facts = dict(bulk.facts)
    if "due_on" in facts:
        facts["due_on"] = date.fromisoformat(facts["due_on"])
    if "lead_unit" in facts:
        facts["lead_unit"] = Unit.objects.get(pk=facts["lead_unit"])
    return facts


@transaction.atomic
def _chunk(
    bulk: BulkAct, facts: Mapping[str, Any], calendar: workdays.Calendar, *, actor: Person, at: datetime,
    progress: Callable[..., None] | None,
) -> bool:  # fmt: skip
    """The next lines; whether there were any. Under the act's lock: two at once do not do a line twice."""
    BulkAct.objects.select_for_update(of=("self",)).get(pk=bulk.pk)
    waiting = bulk.lines.filter(outcome="").select_related("problem__unit", "problem__lead_unit", "problem__standard")
    lines = list(waiting.order_by("pk")[:CHUNK])
    for line in lines:
        try:
            DOES[bulk.act](line.problem, facts, {"actor": actor, "at": at, "seen": line.seen}, calendar)
        except Refused as why:
            line.outcome, line.sentence = BulkLine.Outcome.REFUSED, str(why)[:300]
        else:
            line.outcome = BulkLine.Outcome.DONE
    BulkLine.objects.bulk_update(lines, ["outcome", "sentence"])
    if progress and lines:
        done = bulk.lines.exclude(outcome="").count()
        progress(done=done, total=bulk.lines.count())
    return bool(lines)


@job_task
def do_lines(run: Run) -> dict[str, Any]:
    """The job: lines with an outcome are done, so a killed worker's successor goes on where it stood."""
    bulk = BulkAct.objects.select_related("person").get(pk=run.params["bulk"])
    carry_on(bulk, actor=bulk.person, at=run.job.asked_at, progress=run.progress)
    found = queries.outcome(bulk)
    words = _("已办理 %(done)s 件，未办理 %(refused)s 件。")
    message = words % {"done": found.get("done", 0), "refused": found.get("refused", 0)}
    return {"message": message, "url": reverse("problems:bulk-result", args=[bulk.pk])}


# -- the list as a sheet ------------------------------------------------------------------------------------------


def export(asked: Asked, *, actor: Person, at: datetime) -> tuple[Export | None, IO[bytes] | None]:
    """Exactly what the page shows, all pages of it: a file now, or for many rows a job that makes it. Journaled."""
    if asked.form.errors:
        raise Refused(_("条件有误，不能导出：%(why)s") % {"why": asked.form.sentence()})
    count = asked.rows.order_by().count()
    with transaction.atomic():
        after = {"rows": count, "filter": asked.words, "query": asked.query.urlencode(), "columns": asked.columns}
        place = asked.form.scope.city.city_code
        journal.record("ledger.export", actor=actor, at=at, label=asked.words, place=place, after=after)
        if count > SHEET_AT_ONCE:
            return _export_later(asked, count, actor, at), None
    target = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 — sent and closed by the response
    sheets.write(target, asked.columns, asked.all_rows(), asked.reader, heading(asked, count, at))
    target.seek(0)
    return None, target


def heading(asked: Asked, count: int, at: datetime) -> list[str]:
    """What stands above the rows: whose problems, which, how many, as of when, by whom."""
    actor, moment = asked.form.person, timezone.localtime(at)
    post = actor.main_post(local_day(at))
    when = f"{cn_full_date(moment)} {moment:%H:%M}"
    whole = {"scope": asked.form.scope.local_name, "place": post.unit.full_label if post else ""}
    return [
        _("问题台账"),
        _("范围：%(scope)s，%(place)s权限内") % whole,
        _("筛选：%(words)s") % {"words": asked.words},
        _("共 %(n)s 件，截至 %(when)s") % {"n": f"{count:,}", "when": when},
        _("导出：%(place)s %(name)s，%(when)s　·　内部资料，注意保存")
        % {"place": whole["place"], "name": actor.name, "when": when},
    ]


def _export_later(asked: Asked, count: int, actor: Person, at: datetime) -> Export:
    row = Export.objects.create(person=actor, query=asked.query.urlencode(), asked_at=at)
    title = _("导出台账：%(n)s 件") % {"n": f"{count:,}"}
    row.job = enqueue(make_sheet, kind="ledger.export", title=title, params={"export": row.pk}, actor=actor, at=at)
    row.save(update_fields=["job"])
    return row


@job_task
def make_sheet(run: Run) -> dict[str, Any]:
    """The job: with the rights of whoever asked; a restart makes the whole file again, which does no harm."""
    row = Export.objects.select_related("person").get(pk=run.params["export"])
    at = run.job.asked_at
    asked = queries.read(row.person, QueryDict(row.query), local_day(at))
    count = asked.rows.order_by().count()
    with TemporaryFile() as target:
        rows = _counted(asked.all_rows().iterator(chunk_size=1000), partial(run.progress, total=count))
        sheets.write(target, asked.columns, rows, asked.reader, heading(asked, count, at))
        target.seek(0)
        stored = files.store(File(target), name="ledger.xlsx", actor=row.person, at=at)
    Export.objects.filter(pk=row.pk).update(stored=stored)
    message = _("已导出 %(n)s 件。") % {"n": f"{count:,}"}
    return {"message": message, "url": reverse("problems:export-file", args=[row.pk])}


def _counted(rows: Iterable[Problem], progress: Callable[..., None]) -> Iterable[Problem]:
    """The rows, saying every thousand how far it is."""
    source, done = iter(rows), 0
    while part := list(islice(source, 1000)):
        yield from part
        done += len(part)
        progress(done=done)
