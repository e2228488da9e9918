"""Reads about permits: the catalogue in force, cases in a list and in full, the plan of a project, certificates."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from luodi.eventlogs.analysis import analyse
from luodi.eventlogs.log import of_events
from luodi.eventlogs.model import Event, Workdays
from luodi.indicators.rules import dimensions_of, indicator_of
from luodi.kit.refusal import Refused
from luodi.orgs.models import Person, Unit
from luodi.permits import rules
from luodi.permits.models import Case, CasePaper, CaseSet, Catalogue, Certificate, EventLog, Item, Status, Step, Stop
from luodi.projects.models import Project
from luodi.workdays.rules import Calendar, calendar, days_of

MAPPED = 500  # cases of the process map on the page
ORDERED = 5_000  # newest cases whose order is held against a template
EXPIRES_SOON = 60  # days ahead a certificate's end is announced


# -- the catalogue -----------------------------------------------------------------------------------------------


def in_force() -> Catalogue | None:
    """The newest catalogue, or None before one is loaded."""
    return Catalogue.objects.order_by("-loaded_at", "-pk").first()


def items() -> QuerySet[Item]:
    """The items in force in the order of the catalogue."""
    newest = Catalogue.objects.order_by("-loaded_at", "-pk").values("pk")[:1]
    return Item.objects.filter(catalogue__in=newest).order_by("seq", "pk")


def stages(catalogue: Catalogue | None) -> list[tuple[int, str]]:
    """(number, name) of the stages in the reader's language."""
    field = "name_en" if get_language() == "en" else "name"
    return [(one["seq"], one[field]) for one in catalogue.stages] if catalogue else []


def guide() -> list[tuple[str, list[Item]]]:
    """The items in force by stage, for the public."""
    listed = list(items())
    return [(name, [i for i in listed if i.stage == seq]) for seq, name in stages(in_force())]


def unit_for(item: Item, project: Project) -> Unit:
    """The department that decides about an item in the project's place: the county's, else the city's."""
    places = [place for place in (project.county_code, project.city_code) if place]
    codes = [f"{place}-{item.department}" for place in places]
    found = {unit.code: unit for unit in Unit.objects.filter(code__in=codes, active=True)}
    unit = next((found[code] for code in codes if code in found), None)
    if unit is None:
        raise Refused(_("“%(item)s”在项目所在地没有审批部门，请先登记单位。") % {"item": item.name})
    return unit


# -- cases -------------------------------------------------------------------------------------------------------


def stops_of(case: Case) -> tuple[tuple[date, date | None], ...]:
    """The times that do not count, oldest first; an open one ends with None."""
    return tuple(case.stops.order_by("starts_on", "pk").values_list("starts_on", "ends_on"))


def closed_stops_of(case: Case) -> tuple[tuple[date, date | None], ...]:
    """The times that did not count and are over."""
    return tuple((first, until) for first, until in stops_of(case) if until is not None)


def held(project: Project, day: date) -> dict[str, Certificate]:
    """Item's code → a certificate of the project that is valid on the day; the one that lasts longest."""
    rows = Certificate.objects.filter(project=project, valid_from__lte=day).select_related("item")
    rows = rows.exclude(valid_until__lt=day).order_by(F("valid_until").asc(nulls_last=True), "pk")
    return {one.item.code: one for one in rows}


def listed(person: Person, day: date, wanted: Mapping[str, Any]) -> CaseSet:
    """Cases a person may see, narrowed by the filter's clean values."""
    rows = Case.objects.visible_to(person, day).select_related("item", "project", "unit")
    if words := str(wanted.get("q") or "").strip():
        rows = rows.filter(Q(code__startswith=words) | Q(project__name__icontains=words))
    for name, path in {"stage": "item__stage", "status": "status", "intake": "intake"}.items():
        if wanted.get(name):
            rows = rows.filter(**{path: wanted[name]})
    due = wanted.get("due")
    if due:
        waiting = rows.running().filter(opined_on=None)
        if due == "promise":
            return waiting.filter(promised_on__lt=day, papers__given_on=None, papers__promised=True).distinct()
        waiting = waiting.exclude(status=Status.SUSPENDED)
        until = calendar().add(day, rules.SOON) or day + timedelta(days=rules.SOON)
        return waiting.filter(due_on__lt=day) if due == "late" else waiting.filter(due_on__range=(day, until))
    return rows


@dataclass(frozen=True)
class Standing:
    """A case in full, as its page shows it on a day; with a missing paper the certificate that may stand for it."""

    papers: list[tuple[CasePaper, Certificate | None]]
    stops: list[Any]
    steps: list[Step]
    together: list[Case]
    used: int | None
    limit: int
    light: str
    is_silent: bool
    broken_promise: bool
    returnable: bool


def standing(case: Case, day: date) -> Standing:
    """Papers, clock and trace of a case; `used` counts to today or to the decision."""
    known = calendar()
    until = case.decided_on or case.ended_on or case.opined_on or day
    used = None
    if case.accepted_on:
        used = rules.Clock(known, case.item.day_unit, stops_of(case)).used(case.met_on or case.accepted_on, until)
    papers = list(case.papers.select_related("paper", "certificate").order_by("paper__seq"))
    open_promise = any(row.promised and row.given_on is None for row in papers)
    broken = bool(case.promised_on and case.promised_on < day and open_promise and not case.ended_on)
    since = known.count(case.promised_on, day) if broken and case.promised_on else None
    return Standing(
        papers=_with_certificates(case, papers, day),
        stops=list(case.stops.order_by("starts_on", "pk")),
        steps=list(case.steps.order_by("happened_at", "pk")),
        together=list(_together(case)),
        used=case.used_days if case.used_days is not None else used,
        limit=case.committed_days + case.extended_days,
        light=rules.light(case, day, known),
        is_silent=case.status == Status.APPLIED and rules.deemed_on(case.applied_on, day, known),
        broken_promise=broken,
        returnable=since is not None and since >= rules.LAPSE,
    )


def _with_certificates(case: Case, papers: list[CasePaper], day: date) -> list[tuple[CasePaper, Certificate | None]]:
    missing = {row.paper.reuse for row in papers if row.given_on is None and row.paper.reuse}
    known = held(case.project, day) if missing else {}
    return [(row, known.get(row.paper.reuse) if row.given_on is None else None) for row in papers]


def _together(case: Case) -> QuerySet[Case]:
    rows = Case.objects.filter(batch=case.batch).exclude(batch="").exclude(pk=case.pk)
    return rows.select_related("item").order_by("pk")


# -- plans -------------------------------------------------------------------------------------------------------


def template_of(code: str) -> dict[str, Any]:
    """A template of the catalogue in force; Refused when there is none of that code."""
    catalogue = in_force()
    for one in catalogue.templates if catalogue else []:
        if one["code"] == code:
            return dict(one)
    raise Refused(_("没有名为“%(code)s”的流程模板。") % {"code": code})


def templates() -> list[tuple[str, str]]:
    """(code, name in the reader's language) of every template."""
    catalogue, field = in_force(), "name_en" if get_language() == "en" else "name"
    return [(one["code"], one[field]) for one in catalogue.templates] if catalogue else []


def plan_of(code: str, start: date, project: Project | None = None) -> rules.Plan:
    """The plan of a template from `start`; what the project has been granted already takes no time."""
    steps = rules.graph(template_of(code)["steps"])
    known = {item.code: item for item in items()}
    done: set[str] = set()
    if project is not None:
        granted = Case.objects.filter(project=project, status__in=[Status.GRANTED, Status.ISSUED])
        done = set(granted.values_list("item__code", flat=True))
        done |= set(held(project, start))
    return rules.plan(steps, known, start, calendar(), done)


def cases_of(project: Project) -> QuerySet[Case]:
    """A project's cases in the order of the stages."""
    return project.cases.select_related("item", "unit").order_by("item__stage", "item__seq", "applied_on", "pk")


# -- certificates --------------------------------------------------------------------------------------------------


def certificates(person: Person, day: date, expiring: bool = False) -> QuerySet[Certificate]:
    """The store as far as a person may see it; `expiring`: ended, or ending within sixty days."""
    rows = Certificate.objects.visible_to(person, day).select_related("item", "project", "unit", "stored")
    if expiring:
        rows = rows.filter(valid_until__lte=day + timedelta(days=EXPIRES_SOON))
    return rows


# -- logs ----------------------------------------------------------------------------------------------------------


def events_file(digest: str) -> Path:
    """Where the columns of an imported log stand."""
    folder = Path(settings.DATA_DIR) / "eventlogs"
    folder.mkdir(exist_ok=True)
    return folder / f"{digest}.parquet"


def numbered_days(known: Calendar | None = None) -> tuple[tuple[date, int], ...]:
    """Every day of the announced years with the number of working days up to it."""
    known, seq, found = known or calendar(), 0, []
    works = set(known.workdays)
    for year in sorted(known.years):
        for day in days_of(year):
            seq += day in works
            found.append((day, seq))
    return tuple(found)


def log_of(name: str) -> EventLog:
    """The imported log of that name, or Refused with the names there are."""
    found = EventLog.objects.filter(name=name).first()
    if found is None:
        names = _("、").join(EventLog.objects.order_by("-pk").values_list("name", flat=True)[:20]) or _("（还没有）")
        raise Refused(_("没有名为“%(name)s”的日志；已导入的有：%(names)s。") % {"name": name, "names": names})
    return found


def logs_seen(person: Person, day: date) -> QuerySet[EventLog]:
    """The logs of the person's cities, newest first."""
    cities = {post.unit.city_code for post in person.posts_on(day)}
    return EventLog.objects.filter(city_code__in=cities).select_related("imported_by").order_by("-imported_at", "-pk")


# -- time ----------------------------------------------------------------------------------------------------------


def lights(rows: list[Case], day: date) -> list[tuple[Case, str, int | None]]:
    """Each case of a page with its light and the days used so far; two queries."""
    known, stops = calendar(), defaultdict(list)
    for stop in Stop.objects.filter(case__in=rows).order_by("starts_on", "pk"):
        stops[stop.case_id].append((stop.starts_on, stop.ends_on))
    found = []
    for case in rows:
        used = case.used_days
        if used is None and case.accepted_on:
            clock = rules.Clock(known, case.item.day_unit, tuple(stops[case.pk]))
            used = clock.used(case.accepted_on, case.opined_on or case.ended_on or day)
        found.append((case, rules.light(case, day, known), used))
    return found


def splits(names: Sequence[str]) -> list[tuple[str, str]]:
    """(name, words) of the ways the table can be split."""
    known = dimensions_of(indicator_of("permits.decided"))
    return [(name, str(known[name].label)) for name in names]


def limits() -> dict[str, str]:
    """Item's code → both its limits in words."""
    words = _("承诺 %(ours)s / 法定 %(law)s %(unit)s")
    return {
        one.code: words % {"ours": one.committed_days, "law": one.statutory_days, "unit": one.get_day_unit_display()}
        for one in items()
    }


def _said(rows: Iterable[tuple[Any, str, datetime]]) -> dict[str, Any] | None:
    """What a log of (case, activity, moment) says; None without an event."""
    events = [Event(str(case), name, timezone.localtime(at)) for case, name, at in rows]
    if not events:
        return None
    with of_events(events) as log:
        return analyse(log, Workdays(numbered_days())).facts()


def process(person: Person, day: date) -> dict[str, Any] | None:
    """How the newest decided cases really went, by their steps; None without any."""
    newest = Case.objects.visible_to(person, day).exclude(decided_on=None).order_by("-decided_on", "-pk")
    wanted = list(newest.values_list("pk", flat=True)[:MAPPED])
    steps = Step.objects.filter(case__in=wanted).order_by("case_id", "happened_at", "pk")
    return _said(steps.values_list("case_id", "name", "happened_at"))


@dataclass(frozen=True)
class Precedence:
    """One rule of a template, «`before` first, then `after`», against the projects that have a case of both."""

    before: str
    after: str
    kept: int
    broken: list[Case]  # accepted although the item before had not been decided

    @property
    def count(self) -> int:
        """Projects with both."""
        return self.kept + len(self.broken)


def against(code: str, person: Person, day: date) -> dict[str, Any]:
    """The order in which items were really accepted, as a map of arrows, and each rule of the template against it."""
    names = {item.code: item.local_name for item in items()}
    rules_of = list(rules.graph(template_of(code)["steps"]).edges)
    rows = Case.objects.visible_to(person, day).filter(accepted_on__isnull=False, ended_on=None)
    cases = list(rows.select_related("item").order_by("-applied_on", "-pk")[:ORDERED])
    by_project: dict[int, dict[str, Case]] = defaultdict(dict)
    for case in cases:
        by_project[case.project_id].setdefault(case.item.code, case)  # the newest of an item
    accepted = [
        (project, names[one.item.code], timezone.make_aware(datetime.combine(one.accepted_on or day, time())))
        for project, known in by_project.items() if len(known) > 1
        for one in sorted(known.values(), key=lambda one: (one.accepted_on, one.item.seq)) if one.item.code in names
    ]  # fmt: skip
    found = _said(accepted)
    in_template = {(names[a], names[b]) for a, b in rules_of}
    for edge in found["directly_follows"] if found else ():
        edge["in_template"] = (edge["from"], edge["to"]) in in_template
    held = [_precedence(names[a], names[b], a, b, by_project.values()) for a, b in rules_of]
    seen = [one for one in held if one.count]
    return {"found": found, "rules": seen, "unseen": len(held) - len(seen)}


def _precedence(before: str, after: str, a: str, b: str, projects: Iterable[Mapping[str, Case]]) -> Precedence:
    both = [(known[a], known[b]) for known in projects if a in known and b in known]
    broken = [second for first, second in both if not _in_order(first, second)]
    return Precedence(before, after, len(both) - len(broken), broken)


def _in_order(first: Case, second: Case) -> bool:
    return bool(first.decided_on and second.accepted_on and first.decided_on <= second.accepted_on)
