"""Reads of the ledger over several tables: what waits for a person, and one problem as a person may see it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _t

from luodi.campaigns.models import Campaign, Category
from luodi.campaigns.queries import categories
from luodi.flow.rules import Option, Words
from luodi.kit import values
from luodi.kit.clock import local_day
from luodi.kit.pages import Count, counted_together, first_together
from luodi.orgs.models import Person, Role, Unit
from luodi.orgs.rules import may, reach_q
from luodi.problems.models import DossierItem, Evidence, Finding, Problem, Status, Verdict
from luodi.problems.rules import COUNTY_OFFICE, DUTIES, FLOW, INSPECTOR, MAIN, OFFICE, may_be_responsible
from luodi.projects.queries import Directory

# The acts that carry a problem on, in the order of its way; other acts are possible but nobody waits for them.
ONWARD = ("assign", "claim", "file_plan", "accept_plan", "report", "resubmit", "self_check", "verify", "close")
MOST = 1_000  # pieces of work counted; beyond it «1,000+»
READY = Q(evidence_need__gt=0, evidence_have__gte=F("evidence_need"))


@dataclass(frozen=True)
class Task:
    """One thing for me to do: the verb first, then the problem."""

    verb: Words
    act: str
    problem: Problem


@dataclass(frozen=True)
class Agenda:
    """My work in the order of the deadline. `total` counts all of it (up to 1,000), the groups show the first ones."""

    overdue: list[Task]
    today: list[Task]
    week: list[Task]
    later: list[Task]
    total: Count

    @property
    def groups(self) -> Iterable[tuple[str, list[Task]]]:
        """Groups that hold something, most urgent first."""
        named = (("overdue", self.overdue), ("today", self.today), ("week", self.week), ("later", self.later))
        return [(name, tasks) for name, tasks in named if tasks]


def _waiting(person: Person, act: str, day: date) -> Q | None:
    """The problems that wait for one of this person's posts to do `act`, when in a state for it; None: none ever."""
    line, posts = FLOW.acts[act], person.posts_on(day)
    if not (reached := [reach_q(post, reach) for role, reach in line.grants for post in posts if post.role == role]):
        return None
    found = Q(*reached, _connector=Q.OR)
    if act in {"file_plan", "report", "resubmit"}:
        found &= Q(handler=person) | Q(handler=None)
    if act in {"verify", "self_check", "accept_plan"}:
        found &= ~Q(handler=person)
    return found & READY if act == "sign" else found


def todo(person: Person, day: date) -> list[QuerySet[Problem]]:
    """Everything that waits for this person, for each status apart: each is read by an index, all in one would not."""
    wanted: dict[str, Q] = {}
    for act in (*ONWARD, "sign"):
        if mine := _waiting(person, act, day):
            wanted |= {one: wanted[one] | mine if one in wanted else mine for one in FLOW.acts[act].sources}
    return [Problem.objects.filter(mine, status=one) for one, mine in sorted(wanted.items())]


def agenda(person: Person, at: datetime, limit: int = 100) -> Agenda:
    """My work today: overdue, due today, due within seven days, later."""
    day = local_day(at)
    waiting = todo(person, day)
    first = first_together(waiting, "due_on", limit)
    rows = Problem.objects.select_related("unit", "lead_unit", "category", "handler").in_bulk(first)
    tasks = [task for pk in first if (task := _task(rows[pk], person, at))]
    groups: dict[str, list[Task]] = {"overdue": [], "today": [], "week": [], "later": []}
    for task in tasks:
        groups[_when(task.problem.due_on, day)].append(task)
    return Agenda(**groups, total=counted_together(waiting, MOST))


def _when(due_on: date | None, day: date) -> str:
    if due_on is None or due_on > day + timedelta(days=7):
        return "later"
    if due_on < day:
        return "overdue"
    return "today" if due_on == day else "week"


def handed_over_by(person: Person, day: date) -> QuerySet[Problem]:
    """Open problems with a handler, which this person may hand over to another."""
    wanted = Q(_waiting(person, "hand_over", day) or Q(pk__in=[]), status__in=FLOW.acts["hand_over"].sources)
    return Problem.objects.filter(wanted).exclude(handler=None)


def in_hand_of(handler: Person, unit: Unit, person: Person, day: date) -> QuerySet[Problem]:
    """Those of them that `handler` handles at `unit`, by due date."""
    return handed_over_by(person, day).filter(handler=handler, unit=unit).order_by("due_on", "pk")


def _task(problem: Problem, person: Person, at: datetime) -> Task | None:
    """The first onward act open to this person on the problem."""
    for act in (*ONWARD, "sign"):
        line = FLOW.acts[act]
        if problem.status in line.sources and FLOW.permitted(problem, act, person, at):
            if act == "sign" and problem.evidence_have < problem.evidence_need:
                continue
            return Task(DUTIES.get(act, line.label), act, problem)
    return None


def waiting_for_others(person: Person, day: date) -> QuerySet[Problem]:
    """Problems I handle that somebody else must move on, by due date."""
    elsewhere = {Status.PLANNED, Status.REPORTED, Status.SELF_CHECKED, Status.VERIFIED}
    return Problem.objects.visible_to(person, day).filter(handler=person, status__in=elsewhere).order_by("due_on", "pk")


# -- search -------------------------------------------------------------------------------------------------

SEARCHED = ("code", "title", "description", "project_name", "project_code", "project_owner")
UNIT_NAMES = ("name", "short_name", "name_en")


def holding(text: str) -> Q:
    """Every word somewhere in the number, the texts or the unit's names; of one character: in the number.

    Substrings, since Chinese has no spaces to cut words at. Letters are found in either case; of words without
    letters no text's case is folded, which PostgreSQL does in a third of the time.
    """
    whole = Q()
    for word in text.split():
        how = "contains" if word.lower() == word.upper() else "icontains"
        units = Unit.objects.filter(Q(*((f"{name}__{how}", word) for name in UNIT_NAMES), _connector=Q.OR))
        columns = SEARCHED if len(text) > 1 else SEARCHED[:1]
        found = Q(*((f"{column}__{how}", word) for column in columns), _connector=Q.OR)
        whole &= found | Q(unit__in=units) if len(text) > 1 else found
    return whole


# -- the page of one problem ----------------------------------------------------------------------------------

S = Status
BEFORE_WORK = {S.REGISTERED, S.ASSIGNED, S.CLAIMED, S.PLANNED}
WRONG = {Finding.MISMATCH, Finding.MISSING}
NEVER_FIRST = {"decline", "send_back_plan", "send_back"}


def for_page(person: Person, day: date) -> QuerySet[Problem]:
    """Problems this person may see, with what a page about one of them needs."""
    lines = DossierItem.objects.select_related("evidence_item").order_by("seq", "pk")
    lines = lines.prefetch_related(
        Prefetch("evidence", Evidence.objects.select_related("stored", "added_by").order_by("added_at", "pk")),
        Prefetch("verdicts", Verdict.objects.select_related("decided_by").order_by("-pk")),
    )
    return (
        Problem.objects.visible_to(person, day)
        .select_related("campaign", "unit__parent", "lead_unit", "category", "standard__pack_version")
        .select_related("handler", "merged_into")
        .defer("standard__pack_version__content")
        .prefetch_related(Prefetch("dossier", lines))
    )


def sees_names(person: Person, problem: Problem, day: date) -> bool:
    """Who may read the responsible person's name: the office, the county's own people, the leading department."""
    own = (
        p.unit_id in {problem.unit_id, problem.lead_unit_id} or p.unit.county_code == problem.county_code != ""
        for p in person.posts_on(day)
    )
    return may(person, [OFFICE], problem, day) or any(own)


@dataclass(frozen=True)
class Line:
    """A line of 账证核对 as one person may read it. `code` is the finding, «missing» or «unchecked»."""

    item: DossierItem
    readable: bool
    checkable: bool
    files: list[Evidence]
    withdrawn: list[Evidence]
    verdict: Verdict | None
    earlier: list[Verdict]
    code: str

    @property
    def title(self) -> str:
        """In the reader's language, where the pack has it."""
        return self.item.evidence_item.local_title if self.item.evidence_item else self.item.title

    @property
    def tone(self) -> str:
        """The row's tint."""
        return {"mismatch": "bad", "missing": "miss"}.get(self.code, "")


def checklist(problem: Problem, person: Person, day: date) -> list[Line]:
    """The lines of the dossier, in order; what is restricted can be read and checked by discipline officers only."""
    discipline = Role.DISCIPLINE in person.roles_on(day)
    checks_open = may(person, [COUNTY_OFFICE, INSPECTOR], problem, day)
    return [
        _line(problem, item, discipline or not item.restricted, discipline if item.restricted else checks_open)
        for item in problem.dossier.all()
    ]


def _line(problem: Problem, item: DossierItem, readable: bool, checkable: bool) -> Line:
    files = [e for e in item.evidence.all() if e.removed_on is None]
    verdicts = list(item.verdicts.all())
    standing = next((v for v in verdicts if v.ended_on is None), None)
    lacking = item.required and not files and problem.status not in BEFORE_WORK
    return Line(
        item=item,
        readable=readable,
        checkable=checkable,
        files=files,
        withdrawn=[e for e in item.evidence.all() if e.removed_on is not None],
        verdict=standing,
        earlier=[v for v in verdicts if v.ended_on is not None],
        code=standing.finding if standing else "missing" if lacking else "unchecked",
    )


@dataclass(frozen=True)
class Move:
    """The panel «下一步»: what and who; this person's buttons: one first, one beside it, those that wait, the rest."""

    words: str
    who: str
    person: str = ""
    first: Option | None = None
    second: Option | None = None
    waiting: list[Option] = field(default_factory=list)
    more: list[Option] = field(default_factory=list)


def next_move(problem: Problem, person: Person, at: datetime, lines: list[Line], *, signed: bool, afresh: bool) -> Move:
    """Whose turn it is, and what this person may do about it (FLOW decides; this only arranges the buttons).

    `signed`: a signature covers the content; `afresh`: signed or sent in since it was last checked or sent back.
    """
    options = {o.name: o for o in FLOW.open_to(problem, person, at)}
    if signed:
        options.pop("sign", None)  # it stands; signing again says nothing new
    order = [name for name in _order(problem, person, lines, afresh) if name in options]
    able = [name for name in order if options[name].refusal is None]
    first = next((n for n in able if n not in NEVER_FIRST or (n == order[0] and len(order) > 1)), None)
    waiting = [options[n] for n in order if options[n].refusal]
    if not able and "urge" in options and not options["urge"].refusal:
        able = ["urge"]  # others have to act: press them
    second = None if waiting else next((n for n in able if n != first), None)
    words, who, named = _turn(problem, lines, signed and afresh, afresh)
    more = [o for name, o in options.items() if name not in {first, second, *(o.name for o in waiting)}]
    return Move(words, who, named, options.get(first or ""), options.get(second or ""), waiting, more)


def _order(problem: Problem, person: Person, lines: list[Line], afresh: bool) -> list[str]:
    """The main line of this status; under check the lines still to be checked, or those found wrong, come first."""
    order = MAIN[S(problem.status)]
    if problem.status == S.RETURNED and not afresh:
        return ["prove", "sign"]  # first put right what was sent back
    if problem.status not in {S.REPORTED, S.SELF_CHECKED}:
        return order
    forward, check, send_back = order
    city = problem.status == S.SELF_CHECKED
    wrong = any(line.code in WRONG for line in lines)
    theirs = [line.verdict is None or (city and line.verdict.decided_by_id != person.pk) for line in lines]
    if any((afresh and line.code in WRONG) or out for line, out in zip(lines, theirs, strict=True) if line.checkable):
        return [check, forward, send_back]
    return [send_back, check, forward] if wrong else order


def _turn(problem: Problem, lines: list[Line], signed: bool, afresh: bool) -> tuple[str, str, str]:
    """What comes next (verb and object), which unit or office does it, and the person if one is known."""
    unit, handler, office = problem.unit.label, str(problem.handler or ""), _t("市专班办")
    into = problem.merged_into
    lead = problem.lead_unit.label if problem.lead_unit else office
    home = problem.unit.parent if problem.unit.kind == "county_dept" else problem.unit
    turns: dict[str, tuple[str, str, str]] = {
        S.REGISTERED: (_t("交办给责任单位"), office, ""),
        S.ASSIGNED: (_t("认领这一件，或者写明理由退回交办"), unit, ""),
        S.CLAIMED: (_t("报送整改方案"), unit, handler),
        S.PLANNED: (_t("审定整改方案"), lead, ""),
        S.RECTIFYING: (_rectify(problem, lines, signed), unit, handler),
        S.RETURNED: (_rectify(problem, lines, signed), unit, handler),
        S.REPORTED: (
            _t("逐项核对台账和证据，县级自核"),
            _t("%(place)s专班办") % {"place": home.label if home else unit},
            "",
        ),
        S.SELF_CHECKED: (_t("逐项核对台账和证据，市级核查"), _t("市级核查组"), ""),
        S.VERIFIED: (_t("办理销号"), office, ""),
        S.CLOSED: (_t("已销号；抽查复核发现问题，可以重新打开"), "", ""),
        S.MERGED: (_t("已并入 %(code)s，以那一件为准") % {"code": into.code if into else ""}, "", ""),
        S.VOIDED: (_t("已作废，不再计数"), "", ""),
    }
    words, who, person = turns[S(problem.status)]
    wrong = sum(line.code in WRONG for line in lines)
    if wrong and not afresh and problem.status in {S.REPORTED, S.SELF_CHECKED}:
        words = _t("有 %(n)s 项不符或缺证，退回补正") % {"n": wrong}
    return words, who, person


def _rectify(problem: Problem, lines: list[Line], signed: bool) -> str:
    """What the unit still has to do before it may report (again)."""
    lacking = sum(line.item.required and not line.files for line in lines)
    wrong = sum(line.code == Finding.MISMATCH for line in lines)
    if signed:
        return _t("签字有效，再报核查") if problem.status == S.RETURNED else _t("签字有效，报告整改完成")
    if lacking:
        return _t("补齐 %(n)s 项证据，再请单位负责人签字") % {"n": lacking}
    if problem.status == S.RETURNED:
        return (_t("改正 %(n)s 项不符，再请单位负责人签字") if wrong else _t("按退回理由补正，再请单位负责人签字")) % {
            "n": wrong
        }
    return _t("写明整改结果，请单位负责人签字")


# -- names in sheets ------------------------------------------------------------------------------------------


def key(text: object) -> str:
    """What a name is compared by: without spaces and separators, in small letters."""
    return "".join(c for c in values.clean_text(text).lower() if c not in " \n·・.-—/、|:：()（）")


@dataclass
class Known:
    """What names in a sheet may mean, read once for many rows: units of the city, categories of the campaign."""

    units: dict[str, list[Unit]] = field(default_factory=dict)
    categories: dict[str, list[Category]] = field(default_factory=dict)
    city_code: str = ""

    @cached_property
    def projects(self) -> Directory:
        """The library, read when the first row names a project."""
        return Directory.of_city(self.city_code)

    @classmethod
    def of(cls, campaign: Campaign) -> "Known":
        """Everything by each of its names."""
        known = cls(city_code=campaign.city.city_code)
        units = Unit.objects.filter(city_code=campaign.city.city_code, active=True)
        for unit in units.order_by("kind", "sort_key", "pk"):
            if may_be_responsible(unit):
                _enter(known.units, unit, unit.code, unit.name, unit.short_name, unit.name_en)
        groups: dict[str, list[Category]] = {}
        for one in categories(campaign):
            names = (one.code, str(one), one.label, one.name, one.name_en, f"{one.group_name}{one.name}")
            _enter(known.categories, one, *names)
            groups.setdefault(key(one.group_name), []).append(one)
        for name, members in groups.items():
            others = [one for one in members if one.name.startswith("其他")] or members
            if len(others) == 1:
                known.categories.setdefault(name, others)
        return known


def _enter(table: dict[str, list[Any]], row: Any, *names: object) -> None:
    for found in {key(name) for name in names} - {""}:
        table.setdefault(found, []).append(row)


def linked(problem: Problem, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The library's project, found anew where what is typed of it changes."""
    code, name = (fields.get(one, getattr(problem, one)) for one in ("project_code", "project_name"))
    if (code, name) == (problem.project_code, problem.project_name):
        return {}
    return {"project": Directory.of_city(problem.city_code).find(code, name)[0]}


def alike(campaign: Campaign, title: str, project_name: str, person: Person, day: date) -> list[Problem]:
    """Problems of the campaign with the same title and project that this person may see: perhaps the same one."""
    rows = Problem.objects.visible_to(person, day).filter(campaign=campaign, title=title, project_name=project_name)
    return list(rows.select_related("unit").order_by("pk")[:5])


def resembling(
    campaign: Campaign, person: Person, day: date, *, title: str, project_name: str, project_code: str
) -> list[Problem]:
    """Problems whose title or project holds what has been typed so far (four characters at least), newest first."""
    typed = {"title": title, "project_name": project_name}
    wanted = Q(project_code=project_code) if project_code else Q(pk__in=[])
    for name, words in typed.items():
        if len(words.strip()) >= 4:
            wanted |= Q(**{f"{name}__icontains": words.strip()})
    rows = Problem.objects.visible_to(person, day).filter(wanted, campaign=campaign, voided_on=None)
    return list(rows.select_related("unit").order_by("-found_on", "-pk")[:5])
