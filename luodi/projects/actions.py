"""Every write about projects: enter, amend, plan, monthly reports and corrections, milestones, stalls, landing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from luodi.flow.actions import advance
from luodi.journal import actions as journal
from luodi.journal.rules import Actor
from luodi.kit.clock import local_day
from luodi.kit.refusal import Refused
from luodi.kit.sm3 import sm3
from luodi.orgs.models import Person
from luodi.orgs.rules import may
from luodi.projects import queries
from luodi.projects.models import (
    Definition,
    ExternalFigure,
    Landing,
    Milestone,
    MilestoneKind,
    MonthlyInvestment,
    PlanVersion,
    Project,
    Stall,
)
from luodi.projects.rules import (
    FLOW,
    KEEPERS,
    PLANNERS,
    STEP_ORDER,
    first_of,
    first_plan,
    landing_refusal,
    month_refusal,
    new_steps,
    plan_refusal,
    reach_refusal,
)

PLAN = ("year", "list_kind", "plan_amount", "due_on")
AMENDABLE = (
    "code", "name", "tier", "industry", "owner", "owner_code", "site", "content", "start_year", "end_year",
    "total_amount", "own_amount", "loan_amount", "state_amount", "before_amount", "leader_name",
)  # fmt: skip
REPORTED = ("year_amount", "done_amount", "month_on", "progress", "obstacle", "started_on", "reached", "version")


@transaction.atomic
def load_definition(folder: str | Path, *, pack: str, actor: Actor, at: datetime) -> Definition:
    """Load `projects.yaml` of a pack folder. The same content again does nothing; changed content needs a higher
    version, else Refused. What has landed keeps the definition under which it did."""
    content = queries.read_definition(folder)
    digest = sm3(json.dumps(content, sort_keys=True, ensure_ascii=False).encode())
    last = Definition.objects.filter(pack=pack).order_by("-version", "-pk").first()
    if last and last.sm3 == digest:
        return last
    if last and content["version"] <= last.version:
        raise Refused(_("projects.yaml：内容已改动，但 version 仍是 %(version)d，请改为 %(next)d 后再装入。") % {
            "version": content["version"], "next": last.version + 1,
        })  # fmt: skip
    facts = {"pack": pack, "version": content["version"], "sm3": digest}
    made = Definition.objects.create(**facts, content=content, loaded_at=at)
    journal.record("projects.definition.load", actor=actor, at=at, row=made, label=str(made), after=facts)
    return made


# -- entering -----------------------------------------------------------------------------------------------------


def enter(fields: Mapping[str, Any], *, actor: Person, at: datetime) -> Project:
    """Enter one project; see `enter_many`."""
    return enter_many([fields], actor=actor, at=at)[0]


@transaction.atomic
def enter_many(listed: Sequence[Mapping[str, Any]], *, actor: Person, at: datetime) -> list[Project]:
    """Enter projects, all or none, in few statements.

    Each mapping has what `ProjectForm` cleans to; with `year`, `list_kind`, `plan_amount` (万元) and `due_on` its first
    plan, which only planners may issue; `steps` maps milestones to (planned day, day reached). Raises Refused.
    """
    day = local_day(at)
    rows = [_new_project(fields, actor, day) for fields in listed]
    if why := queries.known_refusal(rows):
        raise Refused(why)
    Project.objects.bulk_create(rows, batch_size=200)
    plans, steps = [], []
    for project, fields in zip(rows, listed, strict=True):
        steps += new_steps(project, fields.get("steps") or {}, day)
        if fields.get("year"):
            plans.append(first_plan(project, fields, actor, day))
    PlanVersion.objects.bulk_create(plans, batch_size=500)
    Milestone.objects.bulk_create(steps, batch_size=500)
    journal.record_many([
        journal.entry_for("projects.enter", actor=actor, at=at, row=one, after={
            "code": one.code, "name": one.name, "total_amount": one.total_amount, "list_kind": one.list_kind,
            "plan_amount": one.plan_amount,
        })
        for one in rows
    ])  # fmt: skip
    return rows


def _new_project(fields: Mapping[str, Any], actor: Person, day: date) -> Project:
    unit = fields["unit"]
    row = Project(
        city_code=unit.city_code,
        county_code=unit.county_code,
        unit=unit,
        lead_unit=fields.get("lead_unit"),
        entered_on=day,
        **{name: fields[name] for name in AMENDABLE if name in fields},
    )
    if not may(actor, KEEPERS, row, day):
        raise Refused(_("您的岗位不能为%(unit)s新增项目。") % {"unit": unit})
    row.done_amount = row.before_amount
    if fields.get("year"):
        if not may(actor, PLANNERS, row, day):
            raise Refused(_("年度计划由市级下达，请先新增项目，再报请下达计划。"))
        for name in PLAN:
            setattr(row, name, fields.get(name))
    reached = {kind: done for kind, (_planned, done) in (fields.get("steps") or {}).items() if done}
    row.started_on = reached.get(MilestoneKind.STARTED)
    row.reached = max(reached, key=STEP_ORDER.__getitem__, default="")
    return row


@transaction.atomic
def amend(
    project: Project, fields: Mapping[str, Any], *, actor: Person, at: datetime, seen: int | None = None
) -> Project:
    """Put the project's facts right; before and after stay in the journal."""
    changes = {name: fields[name] for name in AMENDABLE if name in fields}
    if "before_amount" in changes:
        gap = changes["before_amount"] - project.before_amount
        changes["done_amount"] = lambda fresh: fresh.done_amount + gap
    others = Project.objects.exclude(pk=project.pk)
    if changes.get("code") and others.filter(code=changes["code"]).exists():
        raise Refused(_("项目代码 %(code)s 已经是另一个项目的。") % {"code": changes["code"]})
    here = others.filter(city_code=project.city_code, county_code=project.county_code)
    if "name" in changes and here.filter(name=changes["name"]).exists():
        raise Refused(_("本地项目库里已经有“%(name)s”。") % {"name": changes["name"]})
    return advance(FLOW, project, "amend", actor=actor, at=at, seen=seen, changes=changes)


@transaction.atomic
def plan(
    project: Project,
    *,
    year: int,
    list_kind: str,
    amount: Decimal,
    due_on: date | None = None,
    reason: str = "",
    actor: Person,
    at: datetime,
    seen: int | None = None,
) -> Project:
    """Issue the plan of a year, or a new version of it with the reason; the old version stays on record."""
    day, standing = local_day(at), queries.standing_plan(project, year)
    if why := plan_refusal(project, year, amount, standing, reason):
        raise Refused(why)
    months = queries.months_of([project]).get(project.pk, {})
    told = [month for month in months if month.year == year]
    done = sum((months[month] for month in told), Decimal(0))
    changes = {"year": year, "list_kind": list_kind, "plan_amount": amount, "due_on": due_on, "year_amount": done}
    changes["month_on"] = max(told, default=None)
    project = advance(FLOW, project, "plan", actor=actor, at=at, reason=reason, seen=seen, changes=changes)
    if standing:
        PlanVersion.objects.filter(pk=standing.pk).update(ended_on=day)
    PlanVersion.objects.create(
        project=project, year=year, edition=standing.edition + 1 if standing else 1, list_kind=list_kind,
        amount=amount, due_on=due_on, decided_on=day, reason=reason.strip(), decided_by=actor,
    )  # fmt: skip
    return project


# -- months -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """What is told of one project for a month: 万元, words, and days of milestones reached."""

    project: Project
    amount: Decimal
    progress: str = ""
    obstacle: str = ""
    reached: Mapping[str, date] = field(default_factory=dict)


def report(project: Project, *, month_on: date, actor: Person, at: datetime, **told: Any) -> Project:
    """Tell one project's month: `amount` in 万元, `progress`, `obstacle`, `reached`, and the version `seen`."""
    seen = told.pop("seen", None)
    return report_many([Report(project, **told)], month_on=month_on, actor=actor, at=at, seen=seen)[0]


@transaction.atomic
def report_many(
    reports: Sequence[Report], *, month_on: date, actor: Person, at: datetime, seen: int | None = None
) -> list[Project]:
    """Tell the month of many projects, all or none, in few statements. Raises Refused with the project's name."""
    day, month_on = local_day(at), first_of(month_on)
    ids = [one.project.pk for one in reports]
    rows = {row.pk: row for row in Project.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")}
    months = queries.months_of(rows.values())
    known = {(m.project_id, m.kind): m for m in Milestone.objects.filter(project__in=ids)}
    made, steps, entries = [], [], []
    for one in reports:
        row = rows[one.project.pk]
        if seen is not None and seen != row.version:
            raise Refused(_("您打开页面之后，有人改动过这个项目。请看过最新内容再填报；您填写的内容还在。"))
        why = FLOW.refusal(row, "report", actor, at)
        why = why or month_refusal(row, months.get(row.pk, {}), month_on, one.amount, day)
        if why:
            raise Refused(f"{row}：{why}")
        before = {"year_amount": row.year_amount, "done_amount": row.done_amount}
        made.append(MonthlyInvestment(
            project=row, month_on=month_on, amount=one.amount, progress=one.progress, obstacle=one.obstacle,
            recorded_on=day, recorded_by=actor,
        ))  # fmt: skip
        steps += _reached(row, one.reached, known, day)
        _tell(row, one, month_on)
        after = {"month_on": month_on, "amount": one.amount, "year_amount": row.year_amount,
                 "done_amount": row.done_amount, **one.reached}  # fmt: skip
        entries.append(journal.entry_for("projects.report", actor=actor, at=at, row=row, before=before, after=after))
    MonthlyInvestment.objects.bulk_create(made, batch_size=500)
    # One by one: a CASE over hundreds of rows and six columns takes longer to put into words than to write.
    for changed in [*steps, *rows.values()]:
        changed.save(update_fields=["reached_on"] if isinstance(changed, Milestone) else REPORTED)
    journal.record_many(entries)
    return [rows[one.project.pk] for one in reports]


def _tell(row: Project, one: Report, month_on: date) -> None:
    """What the library's list repeats."""
    row.year_amount += one.amount
    row.done_amount += one.amount
    row.month_on = month_on
    row.progress, row.obstacle = one.progress or row.progress, one.obstacle
    row.version += 1


def _reached(
    row: Project, reached: Mapping[str, date], known: Mapping[tuple[int, str], Milestone], day: date
) -> list[Milestone]:
    """The milestones that this report says are reached; one reached before keeps its day."""
    changed = []
    for kind, reached_on in reached.items():
        milestone = known[row.pk, kind]
        if why := reach_refusal(milestone, reached_on, day, ""):
            raise Refused(f"{row}：{why}")
        milestone.reached_on = reached_on
        changed.append(milestone)
        if kind == MilestoneKind.STARTED:
            row.started_on = reached_on
        row.reached = max(filter(None, [row.reached, kind]), key=STEP_ORDER.__getitem__)
    return changed


@transaction.atomic
def correct(
    project: Project,
    *,
    month_on: date,
    amount: Decimal,
    reason: str,
    actor: Person,
    at: datetime,
    seen: int | None = None,
) -> Project:
    """Put a month right, with the reason: the old entry ends today and stays readable; the sums are made anew.

    As of a day before the correction the old amount is still the answer.
    """
    month_on, day = first_of(month_on), local_day(at)
    old = MonthlyInvestment.objects.select_for_update(of=("self",)).filter(
        project=project, month_on=month_on, ended_on=None
    ).first()  # fmt: skip
    if old is None:
        raise Refused(_("%(month)s 还没有填报过，请办“填报月度进度”。") % {"month": f"{month_on:%Y-%m}"})
    if amount < 0:
        raise Refused(_("完成投资不能是负数。"))
    gap = amount - old.amount
    in_year = gap if month_on.year == project.year else Decimal(0)
    changes = {
        "year_amount": lambda fresh: fresh.year_amount + in_year,
        "done_amount": lambda fresh: fresh.done_amount + gap,
    }
    facts = {"month_on": month_on, "old_amount": old.amount, "amount": amount}
    project = advance(
        FLOW, project, "correct", actor=actor, at=at, reason=reason, seen=seen, changes=changes, facts=facts
    )
    old.ended_on = day
    old.save(update_fields=["ended_on"])
    MonthlyInvestment.objects.create(
        project=project, month_on=month_on, amount=amount, progress=old.progress, obstacle=old.obstacle,
        recorded_on=day, corrects=old, reason=reason.strip(), recorded_by=actor,
    )  # fmt: skip
    return project


# -- the way to the ground ----------------------------------------------------------------------------------------


@transaction.atomic
def reach(
    project: Project,
    *,
    kind: str,
    planned_on: date | None = None,
    reached_on: date | None = None,
    exempt: bool = False,
    note: str = "",
    reason: str = "",
    actor: Person,
    at: datetime,
    seen: int | None = None,
) -> Project:
    """Say when a step is planned and when it was reached, or that the project is exempt (`note` says why).

    A day once noted is changed only with a reason.
    """
    milestone = Milestone.objects.select_for_update(of=("self",)).get(project=project, kind=kind)
    if why := reach_refusal(milestone, reached_on, local_day(at), reason, exempt, note):
        raise Refused(why)
    milestone.planned_on, milestone.reached_on = planned_on, reached_on
    milestone.exempt, milestone.note = exempt, note.strip()
    milestone.save(update_fields=["planned_on", "reached_on", "exempt", "note"])
    days = dict(project.milestones.exclude(reached_on=None).order_by("seq").values_list("kind", "reached_on"))
    changes = {"started_on": days.get(MilestoneKind.STARTED), "reached": next(reversed(days), "")}
    facts = {"kind": kind, "planned_on": planned_on, "reached_on": reached_on, "exempt": exempt, "note": note}
    return advance(FLOW, project, "reach", actor=actor, at=at, reason=reason, seen=seen, changes=changes, facts=facts)


@transaction.atomic
def land(project: Project, *, landed_on: date, actor: Person, at: datetime, seen: int | None = None) -> Project:
    """Find that it has landed, by the definition of the pack in force, which stays with it."""
    terms = queries.terms(project.city_code)
    steps = queries.milestones_of(project)
    why = FLOW.refusal(project, "land", actor, at) or landing_refusal(queries.done_steps(steps), terms.landed)
    last = max((one.reached_on for one in steps if one.kind in terms.landed and one.reached_on), default=None)
    if not why and (landed_on > local_day(at) or (last and landed_on < last)):
        why = _("落地日期要在 %(first)s 至今天之间。") % {"first": last or project.entered_on}
    if why:
        raise Refused(why)
    changes = {"landed_on": landed_on}
    project = advance(FLOW, project, "land", actor=actor, at=at, seen=seen, changes=changes)
    Landing.objects.create(project=project, landed_on=landed_on, definition_id=terms.pk, landed_by=actor)
    return project


@transaction.atomic
def stall(project: Project, *, reason: str, actor: Person, at: datetime, seen: int | None = None) -> Project:
    """Say that nothing moves any more, and why."""
    project = advance(FLOW, project, "stall", actor=actor, at=at, reason=reason, seen=seen)
    Stall.objects.create(project=project, stalled_on=local_day(at), reason=reason.strip(), stalled_by=actor)
    return project


@transaction.atomic
def resume(project: Project, *, reason: str, actor: Person, at: datetime, seen: int | None = None) -> Project:
    """Say that it goes on, and how that came."""
    project = advance(FLOW, project, "resume", actor=actor, at=at, reason=reason, seen=seen)
    Stall.objects.filter(project=project, resumed_on=None).update(resumed_on=local_day(at), remedy=reason.strip())
    return project


@transaction.atomic
def publish(fields: Mapping[str, Any], *, city_code: str, actor: Person, at: datetime) -> ExternalFigure:
    """Enter a figure that others count, with the paper it stands in; a newer paper about the same month replaces it."""
    day = local_day(at)
    if fields["published_on"] > day:
        raise Refused(_("发布日期 %(day)s 还没有到。") % {"day": fields["published_on"]})
    row = ExternalFigure(city_code=city_code, entered_by=actor, **fields)
    same = {"city_code": city_code, "series": row.series, "month_on": row.month_on, "ended_on": None}
    old = ExternalFigure.objects.select_for_update(of=("self",)).filter(**same).first()
    if old and old.published_on > row.published_on:
        raise Refused(_("已经有更晚发布的数：%(source)s。") % {"source": old.source})
    if old:
        old.ended_on = row.published_on
        old.save(update_fields=["ended_on"])
    row.save()
    facts = {"series": row.series, "month_on": row.month_on, "amount": row.amount, "source": row.source}
    before = {"amount": old.amount, "source": old.source} if old else None
    journal.record("projects.figure.publish", actor=actor, at=at, row=row, before=before, after=facts)
    return row
