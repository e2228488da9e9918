"""Who is told of which act, and when what failed is tried again. Reads nothing: people and problems are given."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from luodi.notices.models import Kind
from luodi.orgs.models import Person, Post, Unit, UnitKind
from luodi.orgs.rules import Grant, reaches
from luodi.problems.models import Problem
from luodi.problems.rules import CLERK, COUNTY_OFFICE, FLOW, LEADER

# Older acts are no news: a new installation, or a worker that stood still, tells nobody of the past.
FRESH = timedelta(days=7)
GAP_PATIENCE = 3600.0  # seconds; a journal id that is missing for longer was rolled back
SOON_DAYS = 3  # as the blue light (domain.md 8)
MOST_TRIES = 5
LEASE = timedelta(minutes=10)  # so long a worker that died in the middle of sending is waited for
GROUP_LINES = 5
# What the act leaves to be done next; whoever may do that is told.
NEXT = {
    "assign": "claim",
    "decline": "assign",
    "file_plan": "accept_plan",
    "report": "self_check",
    "self_check": "verify",
    "verify": "close",
    "ask_extension": "extend",
    "ask_merge": "merge",
    "ask_void": "void",
}
# A resubmitted problem goes back to whoever sent it back; its new status says who that is.
NEXT_BY_STATUS = {"reported": "self_check", "self_checked": "verify", "verified": "close"}


class Roster:
    """Everybody who holds a business post on a day, by role; one object for one person."""

    def __init__(self, posts: Iterable[Post]) -> None:
        self._by_role: dict[str, list[Post]] = {}
        for post in posts:
            self._by_role.setdefault(post.role, []).append(post)

    def holders(self, problem: Problem, grants: Iterable[Grant]) -> list[Person]:
        """The people whose posts hold one of the grants for this problem."""
        return [
            post.person
            for role, reach in grants
            for post in self._by_role.get(role, [])
            if reaches(post, reach, problem)
        ]


@dataclass(frozen=True)
class Act:
    """What a journal entry says of a problem, as far as it matters here."""

    verb: str
    after: Mapping[str, Any]


Audience = Callable[[Problem, Act, Roster], list[Person]]


def _next(problem: Problem, act: Act, roster: Roster) -> list[Person]:
    """Whoever may do what comes next; not the handler where somebody else must."""
    name = NEXT.get(act.verb) or NEXT_BY_STATUS.get(str(act.after.get("status", "")))
    if name is None:
        return []
    line = FLOW.acts[name]
    people = roster.holders(problem, line.grants)
    return [p for p in people if p.pk != problem.handler_id] if line.independent else people


def handlers(problem: Problem, act: Act, roster: Roster) -> list[Person]:
    """The handler; before anybody has claimed it, the unit's clerks."""
    return [problem.handler] if problem.handler else roster.holders(problem, [CLERK])


def _leaders(problem: Problem, act: Act, roster: Roster) -> list[Person]:
    return roster.holders(problem, [LEADER])


def _county_office(problem: Problem, act: Act, roster: Roster) -> list[Person]:
    return roster.holders(problem, [COUNTY_OFFICE])


# act → (kind, who). An act that is not here is told to nobody.
TOLD: Mapping[str, tuple[Kind, Sequence[Audience]]] = {
    "assign": (Kind.TURN, [_next, _leaders]),
    "decline": (Kind.RETURNED, [_next]),
    "file_plan": (Kind.TURN, [_next]),
    "accept_plan": (Kind.TURN, [handlers]),
    "report": (Kind.TURN, [_next]),
    "resubmit": (Kind.TURN, [_next]),
    "self_check": (Kind.TURN, [_next]),
    "verify": (Kind.TURN, [_next]),
    "hand_over": (Kind.TURN, [handlers]),
    "ask_extension": (Kind.TURN, [_next]),
    "ask_merge": (Kind.TURN, [_next]),
    "ask_void": (Kind.TURN, [_next]),
    "turn_down": (Kind.RETURNED, [handlers, _leaders]),
    "send_back_plan": (Kind.RETURNED, [handlers, _leaders]),
    "send_back": (Kind.RETURNED, [handlers, _leaders]),
    "reject": (Kind.RETURNED, [handlers, _leaders]),
    "urge": (Kind.URGED, [handlers, _leaders]),
    "extend": (Kind.URGED, [handlers, _leaders]),
    "close": (Kind.CLOSED, [handlers, _leaders]),
    "reopen": (Kind.CLOSED, [handlers, _leaders, _county_office]),
    "merge": (Kind.CLOSED, [handlers, _leaders]),
    "void": (Kind.CLOSED, [handlers, _leaders]),
}


def audience(problem: Problem, act: Act, roster: Roster) -> list[Person]:
    """Everybody the act concerns, once each."""
    _kind, groups = TOLD[act.verb]
    return list({p.pk: p for who in groups for p in who(problem, act, roster)}.values())


def limit_cause(problem: Problem, day: date) -> tuple[str, str] | None:
    """(verb, cause) if the problem's limit is worth a word on this day: three days before, and each week it is late.

    The cause is the same on each day of such a stretch, so that it is said once.
    """
    if problem.due_on is None:
        return None
    left = (problem.due_on - day).days
    if left > SOON_DAYS:
        return None
    stretch = "soon" if left >= 0 else "overdue"
    week = 0 if left >= 0 else (-left - 1) // 7
    return stretch, f"{stretch}-{problem.pk}-{problem.due_on:%Y%m%d}-{week}"


def concerns(unit: Unit, problem: Problem) -> bool:
    """Whether a group of this unit is told of the problem: what the unit's own people see by their posts."""
    if unit.city_code != problem.city_code:
        return False
    if unit.kind == UnitKind.CITY:
        return True
    if unit.kind == UnitKind.COUNTY:
        return unit.county_code == problem.county_code
    return unit.pk in {problem.unit_id, problem.lead_unit_id}


def pause(tries: int) -> timedelta:
    """How long to wait after so many failed tries: 1, 5, 25, 125 minutes."""
    return timedelta(minutes=5 ** (tries - 1))
