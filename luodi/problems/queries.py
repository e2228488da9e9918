"""Reads of the ledger over several tables: what waits for a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from luodi.flow.rules import Words
from luodi.orgs.models import Person
from luodi.orgs.rules import reach_q
from luodi.problems.models import Problem, Status
from luodi.problems.rules import FLOW

# The acts that carry a problem on, in the order of its way; other acts are possible but nobody waits for them.
ONWARD = ("assign", "claim", "file_plan", "accept_plan", "report", "resubmit", "self_check", "verify", "close")
READY = Q(evidence_need__gt=0, evidence_have__gte=F("evidence_need"))


@dataclass(frozen=True)
class Task:
    """One thing for me to do: the verb first, then the problem."""

    verb: Words
    act: str
    problem: Problem


@dataclass(frozen=True)
class Agenda:
    """My work in the order of the deadline. `total` counts all of it, the groups show the first ones."""

    overdue: list[Task]
    today: list[Task]
    week: list[Task]
    later: list[Task]
    total: int

    @property
    def groups(self) -> Iterable[tuple[str, list[Task]]]:
        """Groups that hold something, most urgent first."""
        named = (("overdue", self.overdue), ("today", self.today), ("week", self.week), ("later", self.later))
        return [(name, tasks) for name, tasks in named if tasks]


def _waiting(person: Person, act: str, day: date) -> Q:
    """The problems that wait for one of this person's posts to do `act`."""
    line, reached = FLOW.acts[act], Q(pk__in=[])
    for role, reach in line.grants:
        for post in person.posts_on(day):
            if post.role == role:
                reached |= reach_q(post, reach)
    found = Q(status__in=line.sources) & reached
    if act in {"report", "resubmit"}:
        found &= Q(handler=person) | Q(handler=None)
    if act in {"verify", "self_check", "accept_plan"}:
        found &= ~Q(handler=person)
    return found & READY if act == "sign" else found


def todo(person: Person, day: date) -> QuerySet[Problem]:
    """Everything that waits for this person."""
    wanted = Q(pk__in=[])
    for act in (*ONWARD, "sign"):
        wanted |= _waiting(person, act, day)
    return Problem.objects.filter(wanted)


def agenda(person: Person, at: datetime, limit: int = 100) -> Agenda:
    """My work today: overdue, due today, due within seven days, later."""
    day = timezone.localtime(at).date()
    waiting = todo(person, day)
    rows = waiting.select_related("unit", "lead_unit", "category", "handler").order_by(F("due_on").asc(nulls_last=True), "pk")
    tasks = [task for problem in rows[:limit] if (task := _task(problem, person, at))]
    groups: dict[str, list[Task]] = {"overdue": [], "today": [], "week": [], "later": []}
    for task in tasks:
        groups[_when(task.problem.due_on, day)].append(task)
    return Agenda(**groups, total=waiting.count())


def _when(due_on: date | None, day: date) -> str:
    if due_on is None or due_on > day + timedelta(days=7):
        return "later"
    if due_on < day:
        return "overdue"
    return "today" if due_on == day else "week"


def _task(problem: Problem, person: Person, at: datetime) -> Task | None:
    """The first onward act open to this person on the problem."""
    for act in (*ONWARD, "sign"):
        line = FLOW.acts[act]
        if problem.status in line.sources and FLOW.permitted(problem, act, person, at):
            if act == "sign" and problem.evidence_have < problem.evidence_need:
                continue
            return Task(line.label, act, problem)
    return None


def waiting_for_others(person: Person, day: date) -> QuerySet[Problem]:
    """Problems I handle that somebody else must move on, by due date."""
    elsewhere = {Status.PLANNED, Status.REPORTED, Status.SELF_CHECKED, Status.VERIFIED}
    return (
        Problem.objects.visible_to(person, day).filter(handler=person, status__in=elsewhere).order_by("due_on", "pk")
    )
