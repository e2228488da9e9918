"""Every write of an application: ask, decide; urging; taking a registration back; handing over a whole desk."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from luodi.amendments.models import Amendment, Kind, Urge
from luodi.amendments.rules import ASKS, EFFECTS, decision_refusal, extension_refusal, merge_refusal
from luodi.flow.actions import advance
from luodi.kit.clock import local_day
from luodi.kit.refusal import Refused
from luodi.orgs.models import Person, Unit
from luodi.problems import actions as problems
from luodi.problems.models import Assignment, Problem
from luodi.problems.queries import in_hand_of
from luodi.problems.rules import FLOW


def _locked(*pks: int) -> dict[int, Problem]:
    """These problems, locked in one order, so that two decisions about the same two never wait for each other."""
    rows = Problem.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
    return {row.pk: row for row in rows}


def _extensions(problem: Problem) -> int:
    return Amendment.objects.filter(problem=problem, kind=Kind.EXTENSION, approved=True).count()


# -- asking ----------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_extension(
    problem: Problem, *, new_due_on: date, reason: str, actor: Person, at: datetime, seen: int | None = None
) -> Problem:
    """The unit or its county's office asks for more time; at most two extensions are ever approved."""
    facts = {"asked_due_on": new_due_on}
    problem = _ask(problem, Kind.EXTENSION, facts, actor=actor, at=at, reason=reason, seen=seen, new_due_on=new_due_on)
    if why := extension_refusal(problem, new_due_on, _extensions(problem), local_day(at)):
        raise Refused(why)
    return problem


@transaction.atomic
def ask_merge(
    problem: Problem, *, into: Problem, reason: str, actor: Person, at: datetime, seen: int | None = None
) -> Problem:
    """Somebody has found that this is the same problem as another, which shall stand for both."""
    into = Problem.objects.get(pk=into.pk)  # as it is now, whatever the page knew
    if why := merge_refusal(problem, into):
        raise Refused(why)
    facts = {"into": into.code}
    return _ask(problem, Kind.MERGE, facts, actor=actor, at=at, reason=reason, seen=seen, into=into)


@transaction.atomic
def ask_void(problem: Problem, *, reason: str, actor: Person, at: datetime, seen: int | None = None) -> Problem:
    """An office asks to take out what should not have been entered; another person decides."""
    return _ask(problem, Kind.VOID, {}, actor=actor, at=at, reason=reason, seen=seen)


def _ask(
    problem: Problem,
    kind: Kind,
    facts: dict[str, Any],
    *,
    actor: Person,
    at: datetime,
    reason: str,
    seen: int | None,
    **wanted: Any,
) -> Problem:
    problem = advance(FLOW, problem, ASKS[kind], actor=actor, at=at, reason=reason, seen=seen, facts=facts)
    if Amendment.objects.filter(problem=problem, kind=kind).undecided().exists():
        raise Refused(_("这一件已有%(kind)s申请在等批准。") % {"kind": kind.label})
    Amendment.objects.create(
        problem=problem, kind=kind, reason=reason.strip(), asked_by=actor, asked_on=local_day(at), asked_at=at, **wanted
    )
    return problem


# -- deciding --------------------------------------------------------------------------------------------------


@transaction.atomic
def decide(
    amendment: Amendment, *, approved: bool, actor: Person, at: datetime, note: str = "", seen: int | None = None
) -> Amendment:
    """The city's office, another person than the asker, approves or declines; approval takes effect at once.

    `seen` is the version of the problem that was looked at: if it has moved on since, nothing is decided.
    """
    # The problems first, as everywhere: an act on one of them holds it while it looks for applications.
    rows = _locked(*filter(None, [amendment.problem_id, amendment.into_id]))
    amendment = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    if why := decision_refusal(amendment, actor):
        raise Refused(why)
    problem = rows[amendment.problem_id]
    if seen is not None and seen != problem.version:
        raise Refused(_("您打开页面之后，%(code)s 有改动，请看过再批复。") % {"code": problem.code})
    if approved:
        _carry_out(amendment, problem, rows, note.strip(), actor, at)
    else:
        facts = {"asked": EFFECTS[amendment.kind]}
        advance(FLOW, problem, "turn_down", actor=actor, at=at, reason=note, facts=facts)
    amendment.decided_by, amendment.decided_on = actor, local_day(at)
    amendment.approved, amendment.decision_note = approved, note.strip()
    amendment.save(update_fields=["decided_by", "decided_on", "approved", "decision_note"])
    return amendment


@dataclass(frozen=True)
class Decided:
    """What became of one application among many: `refusal` is why it was not decided, or nothing."""

    amendment: Amendment
    refusal: str


def decide_many(
    amendments: Iterable[Amendment],
    *,
    approved: bool,
    actor: Person,
    at: datetime,
    note: str = "",
    seen: Mapping[int, int] | None = None,
) -> list[Decided]:
    """Decide applications one after the other as one would each alone; `seen` are the problems' versions by id."""
    found = []
    for one in amendments:
        version = (seen or {}).get(one.pk)
        try:
            decide(one, approved=approved, actor=actor, at=at, note=note, seen=version)
            found.append(Decided(one, ""))
        except Refused as why:
            found.append(Decided(one, str(why)))
    return found


def _carry_out(
    amendment: Amendment, problem: Problem, rows: dict[int, Problem], note: str, actor: Person, at: datetime
) -> None:
    """What the approval changes about the problem; checked again, for it may have changed since it was asked."""
    changes: dict[str, Any] = {"voided_on": local_day(at), "returned_from": ""}
    facts = {}
    if amendment.kind == Kind.EXTENSION and amendment.new_due_on:
        if why := extension_refusal(problem, amendment.new_due_on, _extensions(problem), local_day(at)):
            raise Refused(why)
        changes = {"due_on": amendment.new_due_on}
    elif amendment.kind == Kind.MERGE and amendment.into_id:
        into = rows[amendment.into_id]
        if why := merge_refusal(problem, into):
            raise Refused(why)
        changes["merged_into"], facts = into, {"into": into.code}
    reason, act = note or amendment.reason, EFFECTS[amendment.kind]
    problem = advance(FLOW, problem, act, actor=actor, at=at, reason=reason, changes=changes, facts=facts)
    if amendment.new_due_on:
        problems.new_assignment(problem, amendment.new_due_on, at)
    else:
        Assignment.objects.filter(problem=problem, ended_on=None).update(ended_on=local_day(at))


# -- without a second person -----------------------------------------------------------------------------------


def undo(problem: Problem, *, reason: str, actor: Person, at: datetime, seen: int | None = None) -> Problem:
    """Take back a registration to which nothing has been done."""
    changes = {"voided_on": local_day(at)}
    return advance(FLOW, problem, "undo", actor=actor, at=at, reason=reason, seen=seen, changes=changes)


@transaction.atomic
def urge(problem: Problem, *, reason: str, actor: Person, at: datetime, seen: int | None = None) -> Problem:
    """Urge the unit on, in words that stay (催办留痕)."""
    problem = advance(FLOW, problem, "urge", actor=actor, at=at, reason=reason, seen=seen)
    Urge.objects.create(problem=problem, urged_on=local_day(at), urged_by=actor, words=reason.strip())
    return problem


# -- a desk changes hands --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HandedOver:
    """What became of one problem: `refusal` is why it stayed where it was, or nothing."""

    problem: Problem
    refusal: str


def hand_over_all(
    person: Person, *, successor: Person, unit: Unit, reason: str, actor: Person, at: datetime
) -> list[HandedOver]:
    """Give all open problems of `person` at `unit` to `successor`, one after the other; each may be refused."""
    found = []
    for problem in in_hand_of(person, unit, actor, local_day(at)):
        try:
            problems.hand_over(problem, successor=successor, reason=reason, actor=actor, at=at, seen=problem.version)
            found.append(HandedOver(problem, ""))
        except Refused as why:
            found.append(HandedOver(problem, str(why)))
    return found
