"""Every write about permits: the catalogue, cases and their acts, certificates, logs of other systems."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from luodi.eventlogs import log as logs
from luodi.eventlogs.analysis import analyse
from luodi.eventlogs.model import Columns, Workdays
from luodi.files import actions as files
from luodi.flow.actions import advance
from luodi.journal import actions as journal
from luodi.journal.rules import Actor
from luodi.kit.clock import local_day
from luodi.kit.refusal import Refused
from luodi.kit.sm3 import sm3
from luodi.orgs.models import Person
from luodi.orgs.rules import may
from luodi.permits import queries, rules
from luodi.permits.forms import CatalogueEntry, read_catalogue
from luodi.permits.models import Case, CasePaper, Catalogue, Certificate, EventLog, Intake, Item, Paper, Step, Stop
from luodi.projects.models import Project
from luodi.workdays.rules import calendar

FLOW = rules.FLOW
PROMISING = (Intake.DEFERRED, Intake.COMMITMENT)


# -- the catalogue ---------------------------------------------------------------------------------------------


@transaction.atomic
def load_items(folder: Path, *, actor: Actor, at: datetime) -> Catalogue:
    """Load `permits.yaml` of a pack as a new version; the same content again changes nothing."""
    found = read_catalogue(folder)
    digest = sm3((folder / "permits.yaml").read_bytes())
    last = Catalogue.objects.filter(pack=folder.name).order_by("-version").first()
    if last and last.sm3 == digest:
        return last
    if last and found.version <= last.version:
        raise Refused(_("permits.yaml 内容变了，请把 version 改成大于 %(last)s 的数。") % {"last": last.version})
    kept = Catalogue.objects.create(
        pack=folder.name, version=found.version, source=found.source, sm3=digest, loaded_at=at,
        stages=[one.model_dump() for one in found.stages], templates=[one.model_dump() for one in found.templates],
    )  # fmt: skip
    _add_items(kept, found)
    journal.record("permits.load_items", actor=actor, at=at, row=kept, after={"version": kept.version})
    return kept


def _add_items(kept: Catalogue, found: CatalogueEntry) -> None:
    papers = []
    for seq, one in enumerate(found.items, 1):
        item = Item.objects.create(catalogue=kept, seq=seq, **one.facts())
        papers += [
            Paper(item=item, seq=place, name=paper.name, is_essential=paper.essential, reuse=paper.reuse or "")
            for place, paper in enumerate(one.papers, 1)
        ]
    Paper.objects.bulk_create(papers)


# -- a case begins ---------------------------------------------------------------------------------------------


@transaction.atomic
def apply(
    project: Project, *, items: Iterable[Item], actor: Person, at: datetime, intake: str = Intake.NORMAL,
    awaits: str = "",
) -> list[Case]:  # fmt: skip
    """Take applications at the window; several items of one stage together are 并联. Certificates held are reused."""
    items = sorted(items, key=lambda item: item.seq)
    if len({item.stage for item in items}) > 1:
        raise Refused(_("并联受理的事项要在同一阶段，请分阶段提交。"))
    for item in items:
        if why := rules.intake_refusal(item, intake):
            raise Refused(why)
    day, year = local_day(at), local_day(at).year
    list(Catalogue.objects.select_for_update().order_by("pk"))  # numbers are given one after the other
    last = Case.objects.filter(code__startswith=f"{year}-").aggregate(last=Max("code"))["last"]
    serial = int(last[5:]) if last else 0
    cases = []
    for place, item in enumerate(items, 1):
        unit = queries.unit_for(item, project)
        batch = f"BL{year}-{serial + 1:05d}" if len(items) > 1 else ""
        case = Case(
            code=f"{year}-{serial + place:05d}", project=project, item=item, city_code=project.city_code,
            county_code=project.county_code, unit=unit, lead_unit=project.lead_unit, intake=intake, batch=batch,
            handler=actor, applied_on=day, statutory_days=item.statutory_days, committed_days=item.committed_days,
            awaits=awaits.strip(),
        )  # fmt: skip
        if not may(actor, rules.WINDOW, case, day):
            raise Refused(_("您的岗位不能在这里收件，请由项目所在地的窗口办理。"))
        if Case.objects.running().filter(project=project, item__code=item.code).exists():
            raise Refused(_("“%(item)s”已有在办的件，不用再次申请。") % {"item": item.name})
        case.save()
        _lay_out(case, day)
        _step(case, _("申请"), at)
        after = {"project": project.name, "item": item.name, "intake": intake}
        journal.record("permits.apply", actor=actor, at=at, row=case, after=after)
        cases.append(case)
    return cases


def _lay_out(case: Case, day: date) -> None:
    """The papers the case needs; a valid certificate of the project stands for its paper at once (R-ZZ-01)."""
    held = queries.held(case.project, day)
    CasePaper.objects.bulk_create(
        CasePaper(case=case, paper=paper, certificate=(found := held.get(paper.reuse)), given_on=day if found else None)
        for paper in case.item.papers.order_by("seq")
    )


def _step(case: Case, name: str, at: datetime) -> None:
    Step.objects.create(case=case, name=name, happened_at=at)


def _act(case: Case, name: str, *, actor: Person, at: datetime, **about: Any) -> Case:
    """One line of the table of acts, and its trace in the process map, in the source language."""
    case = advance(FLOW, case, name, actor=actor, at=at, **about)
    _step(case, rules.STEP_NAMES[name], at)
    return case


def _fresh(case: Case) -> Case:
    return Case.objects.select_for_update(of=("self",)).select_related("item", "project").get(pk=case.pk)


def _limits(case: Case, start: date, stops: Sequence[tuple[date, date | None]] = ()) -> dict[str, date]:
    """Both last days, or Refused where the calendar of a year is not announced."""
    clock = rules.Clock(calendar(), case.item.day_unit, tuple(stops))
    due_on = clock.due(start, case.committed_days + case.extended_days)
    legal_on = clock.due(start, case.statutory_days + case.extended_days)
    if due_on is None or legal_on is None:
        raise Refused(_("办结期限算不出来：有年份的节假日安排尚未公布。"))
    return {"due_on": due_on, "legal_on": legal_on}


@transaction.atomic
def supply(case: Case, *, papers: Iterable[Any], actor: Person, at: datetime, seen: int | None = None) -> Case:
    """The owner brings papers."""
    case = _act(case, "supply", actor=actor, at=at, seen=seen)
    CasePaper.objects.filter(case=case, pk__in=list(papers), given_on=None).update(given_on=local_day(at))
    return case


@transaction.atomic
def use_certificate(
    case: Case, *, line: CasePaper, certificate: Certificate, actor: Person, at: datetime, seen: int | None = None
) -> Case:
    """Let a certificate of the store stand for a paper; refused after its last day."""
    if why := rules.certificate_refusal(certificate, case, line.paper.reuse, local_day(at)):
        raise Refused(why)
    case = _act(case, "supply", actor=actor, at=at, seen=seen, facts={"certificate": certificate.code})
    mine = CasePaper.objects.filter(case=case, pk=line.pk, given_on=None)
    mine.update(given_on=local_day(at), certificate=certificate)
    return case


@transaction.atomic
def ask_papers(case: Case, *, reason: str, actor: Person, at: datetime, seen: int | None = None) -> Case:
    """Tell the owner, once and of all, what is missing; only within five working days (R-XK-03)."""
    _refuse_silence(case, at)
    changes = {"asked_on": local_day(at)}
    return _act(case, "ask_papers", actor=actor, at=at, reason=reason, seen=seen, changes=changes)


def _refuse_silence(case: Case, at: datetime) -> None:
    if case.status == rules.Status.APPLIED and rules.deemed_on(case.applied_on, local_day(at), calendar()):
        raise Refused(
            _("收件后 %(n)s 个工作日没有告知补正，自 %(day)s 起已视为受理，请登记视为受理。")
            % {"n": rules.SILENCE, "day": case.applied_on}
        )


@transaction.atomic
def accept(
    case: Case, *, actor: Person, at: datetime, promised_on: date | None = None, seen: int | None = None
) -> Case:
    """Accept; the clock starts. Deferred papers need a promised day within the promised limit (R-RQ-02, X-16)."""
    _refuse_silence(case, at)
    case, day = _fresh(case), local_day(at)
    changes: dict[str, Any] = {"accepted_on": day, **_limits(case, day)}
    missing = case.papers.filter(given_on=None, paper__is_essential=False)
    if case.intake in PROMISING and missing.exists():
        missing.update(promised=True)
        if case.intake == Intake.DEFERRED:
            if promised_on is None or not day <= promised_on <= changes["due_on"]:
                raise Refused(_("容缺材料的补正期限要在 %(due)s 以前。") % {"due": changes["due_on"]})
            changes["promised_on"] = promised_on
    return _act(case, "accept", actor=actor, at=at, seen=seen, changes=changes)


@transaction.atomic
def deem(case: Case, *, actor: Person, at: datetime, seen: int | None = None) -> Case:
    """Nobody spoke in five working days: accepted on the day it was received, whatever is missing (R-XK-03)."""
    case = _fresh(case)
    if not rules.deemed_on(case.applied_on, local_day(at), calendar()):
        raise Refused(_("收件后还不满 %(n)s 个工作日，不能视为受理。") % {"n": rules.SILENCE})
    changes = {"accepted_on": case.applied_on, "is_deemed": True, **_limits(case, case.applied_on)}
    return _act(case, "deem", actor=actor, at=at, seen=seen, changes=changes)


# -- the clock ---------------------------------------------------------------------------------------------------


@transaction.atomic
def suspend(
    case: Case, *, kind: str, reason: str, starts_on: date, actor: Person, at: datetime, seen: int | None = None
) -> Case:
    """Stop the clock from a day on; times that do not count never overlap."""
    case = _fresh(case)
    if case.accepted_on is None or not case.accepted_on <= starts_on <= local_day(at):
        raise Refused(_("暂停要从受理之日到今天之间的一天开始。"))
    if rules.overlaps(starts_on, None, queries.stops_of(case)):
        raise Refused(_("%(day)s 起的暂停与已有的暂停重叠，请核对日期。") % {"day": starts_on})
    case = _act(case, "suspend", actor=actor, at=at, reason=reason, seen=seen, facts={"kind": kind, "on": starts_on})
    Stop.objects.create(case=case, kind=kind, reason=reason.strip(), starts_on=starts_on)
    return case


@transaction.atomic
def resume(case: Case, *, ends_on: date, actor: Person, at: datetime, seen: int | None = None) -> Case:
    """The clock runs again from `ends_on` on; both limits move by the days that did not count."""
    case = _fresh(case)
    stop = case.stops.filter(ends_on=None).first()
    if stop and not stop.starts_on <= ends_on <= local_day(at):
        raise Refused(_("恢复日期要在 %(day)s 到今天之间。") % {"day": stop.starts_on})
    if stop:
        Stop.objects.filter(pk=stop.pk).update(ends_on=ends_on)
    stops = queries.stops_of(case)
    changes: dict[str, Any] = {}
    if case.accepted_on:
        stopped = rules.Clock(calendar(), case.item.day_unit, stops).stopped(case.accepted_on, ends_on)
        changes = {**_limits(case, case.accepted_on, stops), "stopped_days": stopped or 0}
    return _act(case, "resume", actor=actor, at=at, seen=seen, changes=changes, facts={"on": ends_on})


@transaction.atomic
def extend(
    case: Case, *, days: int, reason: str, actor: Person, at: datetime, joint: bool = False, seen: int | None = None
) -> Case:
    """The head of the organ (joint handling: the government) adds days, once (R-XK-01, R-XK-02)."""
    case = _fresh(case)
    if why := rules.more_refusal(case.item, days, case.extended_days, joint):
        raise Refused(why)
    case.extended_days = days
    changes: dict[str, Any] = {"extended_days": days, "extended_on": local_day(at)}
    changes |= _limits(case, case.accepted_on or case.applied_on, queries.closed_stops_of(case))
    return _act(case, "extend", actor=actor, at=at, reason=reason, seen=seen, changes=changes)


def explain(case: Case, *, reason: str, actor: Person, at: datetime, seen: int | None = None) -> Case:
    """Explain an overrun in public (优化营商环境条例 art. 36)."""
    if case.due_on is None or local_day(at) <= case.due_on:
        raise Refused(_("这一件还没有超过承诺时限，不用说明。"))
    changes = {"explanation": reason.strip(), "explained_on": local_day(at)}
    return _act(case, "explain", actor=actor, at=at, reason=reason, seen=seen, changes=changes)


# -- the end -----------------------------------------------------------------------------------------------------


def _decision(case: Case, start: date, at: datetime) -> dict[str, Any]:
    """What the clock says on the day of the decision; a late one must have been explained (R-XK-07)."""
    day = local_day(at)
    used = rules.Clock(calendar(), case.item.day_unit, queries.stops_of(case)).used(start, day)
    if used is None:
        raise Refused(_("实际用时算不出来：有年份的节假日安排尚未公布。"))
    due_on = case.due_on if start == case.accepted_on else _limits(case, start)["due_on"]
    is_late = due_on is not None and day > due_on
    if is_late and not case.explained_on:
        raise Refused(_("已超过承诺时限 %(due)s，请先公开说明原因，再作决定。") % {"due": due_on})
    return {"decided_on": day, "used_days": used, "spared_days": case.statutory_days - used, "is_late": is_late}


@transaction.atomic
def grant(case: Case, *, actor: Person, at: datetime, seen: int | None = None) -> Case:
    """Decide for the applicant."""
    case = _fresh(case)
    changes = _decision(case, case.accepted_on or case.applied_on, at)
    return _act(case, "grant", actor=actor, at=at, seen=seen, changes=changes)


@transaction.atomic
def refuse(case: Case, *, reason: str, actor: Person, at: datetime, seen: int | None = None) -> Case:
    """Decide against, in words."""
    case = _fresh(case)
    changes = _decision(case, case.accepted_on or case.applied_on, at)
    return _act(case, "refuse", actor=actor, at=at, reason=reason, seen=seen, changes=changes)


def send_back(case: Case, *, reason: str, actor: Person, at: datetime, seen: int | None = None) -> Case:
    """The application goes back: withdrawn, not amended in time, or a promise broken for 15 working days (R-RQ-02)."""
    return _act(case, "send_back", actor=actor, at=at, reason=reason, seen=seen, changes={"ended_on": local_day(at)})


@transaction.atomic
def opine(case: Case, *, actor: Person, at: datetime, seen: int | None = None) -> Case:
    """Issue a simulated opinion: marked 模拟, with a number of its own, without legal effect (R-MN-01).

    The number of a void opinion is not given again.
    """
    list(Catalogue.objects.select_for_update().order_by("pk"))
    year = local_day(at).year
    given = Step.objects.filter(name=rules.STEP_NAMES["opine"], happened_at__year=year).count()
    code = f"模拟〔{year}〕{given + 1}号"
    changes = {"opined_on": local_day(at), "opinion_code": code}
    return _act(case, "opine", actor=actor, at=at, seen=seen, changes=changes)


@transaction.atomic
def convert(case: Case, *, met_on: date, actor: Person, at: datetime, seen: int | None = None) -> Case:
    """The condition is met: the formal decision, not before that day (X-17); saved days by R-MN-02."""
    case = _fresh(case)
    if case.opined_on and not case.opined_on <= met_on <= local_day(at):
        raise Refused(_("前置条件具备日期要在出具模拟意见（%(day)s）到今天之间。") % {"day": case.opined_on})
    saved = calendar().count(case.opined_on, met_on) if case.opined_on else None
    changes = {**_decision(case, met_on, at), "met_on": met_on, "saved_days": saved}
    return _act(case, "convert", actor=actor, at=at, seen=seen, changes=changes)


def review_again(case: Case, *, reason: str, actor: Person, at: datetime, seen: int | None = None) -> Case:
    """The facts have changed since the simulated opinion: it is void, and the review begins anew."""
    changes = {"opined_on": None, "opinion_code": ""}
    facts = {"void": case.opinion_code}
    return _act(case, "review_again", actor=actor, at=at, reason=reason, seen=seen, changes=changes, facts=facts)


@transaction.atomic
def issue(
    case: Case, *, code: str, actor: Person, at: datetime, scan: Any = None, seen: int | None = None
) -> Certificate:
    """Issue the certificate into the store, when the last paper is in; the scan is kept with its SM3."""
    case, day = _fresh(case), local_day(at)
    if not case.item.certificate:
        raise Refused(_("“%(item)s”不发证照。") % {"item": case.item.name})
    case = _act(case, "issue", actor=actor, at=at, seen=seen, changes={"issued_on": day}, facts={"code": code})
    months = case.item.valid_months
    valid = {"valid_from": day, "valid_until": rules.add_months(day, months) if months else None}
    return _keep_certificate(case.project, case.item, code, case, valid, scan, actor, at)


@transaction.atomic
def take_in(
    project: Project, *, item: Item, code: str, valid_from: date, actor: Person, at: datetime,
    valid_until: date | None = None, scan: Any = None,
) -> Certificate:  # fmt: skip
    """Take a certificate that was issued elsewhere into the store."""
    valid = {"valid_from": valid_from, "valid_until": valid_until}
    return _keep_certificate(project, item, code, None, valid, scan, actor, at)


def _keep_certificate(
    project: Project, item: Item, code: str, case: Case | None, valid: dict[str, Any], scan: Any, actor: Person,
    at: datetime,
) -> Certificate:  # fmt: skip
    if Certificate.objects.filter(code=code.strip()).exists():
        raise Refused(_("证照编号 %(code)s 已在库中。") % {"code": code})
    kept = Certificate(
        code=code.strip(), item=item, case=case, project=project, city_code=project.city_code,
        county_code=project.county_code, unit=case.unit if case else queries.unit_for(item, project),
        lead_unit=project.lead_unit, holder=project.owner, **valid,
    )  # fmt: skip
    if case is None and not may(actor, rules.WINDOW, kept, local_day(at)):
        raise Refused(_("您的岗位不能在这里登记证照。"))
    if scan:
        kept.stored = files.store(scan, name=scan.name, actor=actor, at=at)
    kept.save()
    journal.record("permits.keep_certificate", actor=actor, at=at, row=kept, after={"code": kept.code, **valid})
    return kept


# -- logs of other systems ---------------------------------------------------------------------------------------


@transaction.atomic
def import_events(path: Path, *, name: str, actor: Person, at: datetime, columns: Columns | None = None) -> EventLog:
    """Read a log, count it, keep its events in columns under this name; all or nothing. A name is given once."""
    if EventLog.objects.filter(name=name).exists():
        raise Refused(_("已有名为“%(name)s”的日志，请换一个名称。") % {"name": name})
    with logs.read(path, columns) as log:
        found = analyse(log, Workdays(queries.numbered_days())).facts()
        digest = logs.digest(path)
        log.keep(queries.events_file(digest))
    post = actor.main_post(local_day(at))
    kept = EventLog.objects.create(
        name=name, city_code=post.unit.city_code if post else "", file_name=path.name[:200], sm3=digest,
        case_count=found["cases"], event_count=found["events"], findings=found, imported_at=at, imported_by=actor,
    )  # fmt: skip
    about = {"name": name, "cases": found["cases"], "events": found["events"]}
    journal.record("permits.import_events", actor=actor, at=at, row=kept, after=about)
    return kept
