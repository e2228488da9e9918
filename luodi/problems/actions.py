"""Every write of the ledger: one function for each thing a user can do. Status moves only through FLOW."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Any, cast

from django.db import transaction
from django.db.models import Max, Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from luodi.campaigns.models import Campaign, EvidenceItem
from luodi.campaigns.queries import standards_in_force
from luodi.files import actions as files
from luodi.flow.actions import advance
from luodi.journal import actions as journal
from luodi.kit.clock import local_day
from luodi.kit.refusal import Refused
from luodi.orgs.models import Person, Role, Unit
from luodi.problems.models import (
    Assignment,
    Closure,
    DossierItem,
    Evidence,
    Finding,
    Problem,
    Rectification,
    Return,
    Signature,
    Status,
    Verdict,
    Verification,
)
from luodi.problems.queries import linked
from luodi.problems.rules import FLOW, content_sm3, dossier_of, may_be_responsible, new_problem, register_refusal

REVISABLE = frozenset(
    "title description cause project_name project_code project_owner responsible_name is_priority from_above".split()
)


def _one_more_return(problem: Problem) -> int:
    return problem.return_count + 1


# -- registration ----------------------------------------------------------------------------------------------


def register(campaign: Campaign, fields: Mapping[str, Any], *, actor: Person, at: datetime) -> Problem:
    """Enter one problem; `fields` are the cleaned values of ProblemForm."""
    return register_many(campaign, [fields], actor=actor, at=at)[0]


@transaction.atomic
def register_many(
    campaign: Campaign, rows: Iterable[Mapping[str, Any]], *, actor: Person, at: datetime, reason: str = ""
) -> list[Problem]:
    """Enter problems in order; all or none. Each gets its code, the standard in force and the dossier it requires."""
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("city").get(pk=campaign.pk)
    standards = standards_in_force(campaign)
    prefetch_related_objects([*standards.values()], Prefetch("evidence", EvidenceItem.objects.order_by("seq")))
    next_serial = dict(
        Problem.objects.filter(campaign=campaign).values_list("batch").annotate(last=Max("serial")).order_by()
    )
    problems = []
    for fields in rows:
        _check_registration(campaign, fields, actor, local_day(at))
        batch = fields["batch"]
        next_serial[batch] = next_serial.get(batch, 0) + 1
        problems.append(new_problem(campaign, fields, next_serial[batch], standards, local_day(at)))
    Problem.objects.bulk_create(problems, batch_size=500)
    DossierItem.objects.bulk_create((line for p in problems for line in dossier_of(p)), batch_size=500)
    act = partial(journal.entry_for, "problems.register", actor=actor, at=at, reason=reason)
    journal.record_many([act(row=p, after={"title": p.title, "unit": p.unit}) for p in problems])
    return problems


def _check_registration(campaign: Campaign, fields: Mapping[str, Any], actor: Person, day: date) -> None:
    if why := register_refusal(campaign, fields["unit"], actor, day):
        raise Refused(why)
    if not may_be_responsible(fields["unit"]):
        raise Refused(_("%(unit)s不能作责任单位，请选县市区或部门。") % {"unit": fields["unit"]})
    if fields["found_on"] > day:
        raise Refused(_("发现日期 %(found)s 在今天之后。") % {"found": fields["found_on"]})


def revise(
    problem: Problem, fields: Mapping[str, Any], *, actor: Person, at: datetime, reason: str, seen: int | None = None
) -> Problem:
    """Correct what was registered, before work has begun."""
    changes = {k: v for k, v in fields.items() if k in REVISABLE} | linked(problem, fields)
    return advance(FLOW, problem, "revise", actor=actor, at=at, reason=reason, seen=seen, changes=changes)


# -- assignment ------------------------------------------------------------------------------------------------


@transaction.atomic
def assign(
    problem: Problem,
    *,
    unit: Unit,
    lead_unit: Unit | None,
    due_on: date,
    actor: Person,
    at: datetime,
    responsible_name: str = "",
    is_priority: bool | None = None,
    seen: int | None = None,
) -> Problem:
    """Give the problem to the unit that must put it right, by a day, under a leading city department."""
    _refuse_past(due_on, at)
    if not may_be_responsible(unit) or unit.city_code != problem.city_code:
        raise Refused(_("%(unit)s不能作责任单位，请选本市的县市区或部门。") % {"unit": unit})
    changes = {
        "unit": unit,
        "county_code": unit.county_code or problem.county_code,
        "lead_unit": lead_unit,
        "due_on": due_on,
        "responsible_name": responsible_name or problem.responsible_name,
        "is_priority": problem.is_priority if is_priority is None else is_priority,
    }
    problem = advance(FLOW, problem, "assign", actor=actor, at=at, seen=seen, changes=changes)
    new_assignment(problem, due_on, at)
    return problem


def new_assignment(problem: Problem, due_on: date, at: datetime) -> None:
    """End the standing assignment and begin another on the same day."""
    Assignment.objects.filter(problem=problem, ended_on=None).update(ended_on=local_day(at))
    Assignment.objects.create(
        problem=problem, unit=problem.unit, lead_unit=problem.lead_unit, assigned_on=local_day(at), due_on=due_on
    )


@transaction.atomic
def decline(problem: Problem, *, reason: str, actor: Person, at: datetime, seen: int | None = None) -> Problem:
    """The unit objects to the assignment; the office assigns anew."""
    changes = {"due_on": None, "return_count": _one_more_return}
    problem = advance(FLOW, problem, "decline", actor=actor, at=at, reason=reason, seen=seen, changes=changes)
    Assignment.objects.filter(problem=problem, ended_on=None).update(ended_on=local_day(at))
    _note_return(problem, Status.ASSIGNED, reason, actor, at)
    return problem


def claim(problem: Problem, *, actor: Person, at: datetime, seen: int | None = None) -> Problem:
    """The unit accepts the problem; whoever does so is its handler."""
    return advance(FLOW, problem, "claim", actor=actor, at=at, seen=seen, changes={"handler": actor})


def hand_over(
    problem: Problem, *, successor: Person, reason: str, actor: Person, at: datetime, seen: int | None = None
) -> Problem:
    """Give the handling of an open problem to a colleague of the same unit."""
    if not any(p.role == Role.CLERK and p.unit_id == problem.unit_id for p in successor.posts_on(local_day(at))):
        raise Refused(_("%(name)s不是%(unit)s的经办人，不能接手。") % {"name": successor, "unit": problem.unit})
    changes = {"handler": successor}
    return advance(FLOW, problem, "hand_over", actor=actor, at=at, reason=reason, seen=seen, changes=changes)


# -- plan ------------------------------------------------------------------------------------------------------


def file_plan(
    problem: Problem, *, goal: str, measures: str, cause: str = "", actor: Person, at: datetime, seen: int | None = None
) -> Problem:
    """Report the plan: cause, goal, measures."""
    if not goal.strip() or not measures.strip():
        raise Refused(_("请写明整改目标和整改措施。"))
    changes = {"goal": goal, "measures": measures, "cause": cause or problem.cause}
    return advance(FLOW, problem, "file_plan", actor=actor, at=at, seen=seen, changes=changes)


def accept_plan(problem: Problem, *, actor: Person, at: datetime, seen: int | None = None) -> Problem:
    """The leading department or the office agrees with the plan; rectification begins."""
    return advance(FLOW, problem, "accept_plan", actor=actor, at=at, seen=seen)


@transaction.atomic
def send_back_plan(problem: Problem, *, reason: str, actor: Person, at: datetime, seen: int | None = None) -> Problem:
    """The plan is not good enough; back to the unit."""
    changes = {"return_count": _one_more_return}
    problem = advance(FLOW, problem, "send_back_plan", actor=actor, at=at, reason=reason, seen=seen, changes=changes)
    _note_return(problem, Status.PLANNED, reason, actor, at)
    return problem


# -- proof -----------------------------------------------------------------------------------------------------


@transaction.atomic
def prove(
    problem: Problem,
    *,
    result: str | None,
    claims: Mapping[int, str],
    actor: Person,
    at: datetime,
    uploads: Iterable[tuple[int, Any, str]] = (),
    seen: int | None = None,
) -> Problem:
    """Write the result (None: as it is), what the ledger claims on each line (by id); add files (id, content, name)."""
    lines = {line.pk: line for line in problem.dossier.all()}
    _refuse_strangers([*claims, *(u[0] for u in uploads)], lines)
    kept = [(lines[pk], files.store(content, name=name, actor=actor, at=at), name) for pk, content, name in uploads]
    told = [(line, line.claim, claims[pk]) for pk, line in lines.items() if claims.get(pk, line.claim) != line.claim]
    for line, _before, after in told:
        line.claim = after
    DossierItem.objects.bulk_update([line for line, *_words in told], ["claim"])
    Evidence.objects.bulk_create(
        Evidence(entry=line, stored=stored, name=name[:120], added_at=at, added_by=actor) for line, stored, name in kept
    )
    changes = {"evidence_have": _proven} | ({} if result is None else {"result": result})
    facts = {
        "files": [{"line": line.title, "sm3": stored.sm3} for line, stored, _name in kept],
        "claims": [{"line": line.title, "before": before, "after": after} for line, before, after in told],
    }
    return advance(FLOW, problem, "prove", actor=actor, at=at, seen=seen, changes=changes, facts=facts)


def _refuse_strangers(pks: Iterable[int], lines: Mapping[int, DossierItem]) -> None:
    if unknown := [pk for pk in pks if pk not in lines]:
        raise Refused(_("核对项 %(pk)s 不属于这一件。") % {"pk": unknown[0]})


def _proven(problem: Problem) -> int:
    """How many required lines have at least one file."""
    proven = Evidence.objects.filter(entry__problem=problem, entry__required=True, removed_on=None)
    return proven.values("entry").distinct().count()


@transaction.atomic
def withdraw_evidence(evidence: Evidence, *, reason: str, actor: Person, at: datetime) -> Problem:
    """Take a file out of the dossier. It stays stored; the line no longer counts it."""
    if evidence.removed_on is not None:
        raise Refused(_("“%(name)s”已经撤下。") % {"name": evidence.name})
    problem = evidence.entry.problem
    Evidence.objects.filter(pk=evidence.pk, removed_on=None).update(removed_on=local_day(at))
    changes = {"evidence_have": _proven}  # counted under the lock: uploads come in parallel
    facts = {"withdrawn": evidence.stored.sm3, "line": evidence.entry.title}
    return advance(FLOW, problem, "prove", actor=actor, at=at, reason=reason, changes=changes, facts=facts)


def note_reading(evidence: Evidence, *, actor: Person, at: datetime, refused: bool = False) -> None:
    """Somebody opened a restricted file, or was refused it. The journal names the line, not the file."""
    verb = "problems.evidence.refuse" if refused else "problems.evidence.read"
    problem = evidence.entry.problem
    label = f"{problem.code} {evidence.entry.title}"
    journal.record(verb, actor=actor, at=at, row=evidence, label=label, place=problem.county_code or problem.city_code)


@transaction.atomic
def sign(problem: Problem, *, actor: Person, at: datetime, seen: int | None = None) -> Problem:
    """The unit leader signs the content as it is now."""
    covered = cache(content_sm3)  # once, under the lock: nobody changes the content between reading and signing it
    problem = advance(FLOW, problem, "sign", actor=actor, at=at, seen=seen, facts={"content_sm3": covered})
    Signature.objects.create(problem=problem, content_sm3=covered(problem), signer=actor, signed_at=at)
    return problem


@transaction.atomic
def report(problem: Problem, *, actor: Person, at: datetime, seen: int | None = None) -> Problem:
    """Report it rectified, under the leader's signature."""
    problem = advance(FLOW, problem, "report", actor=actor, at=at, seen=seen)
    signature, handler = problem.signatures.order_by("-pk")[0], problem.handler_id or actor.pk
    Rectification.objects.create(problem=problem, rectified_on=local_day(at), signature=signature, handler_id=handler)
    return problem


def resubmit(problem: Problem, *, actor: Person, at: datetime, seen: int | None = None) -> Problem:
    """Put right what was sent back; it returns to whoever sent it back."""
    return advance(FLOW, problem, "resubmit", actor=actor, at=at, seen=seen, changes={"returned_from": ""})


# -- checking --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LineCheck:
    """What somebody found on one dossier line; `note` is required unless it matches."""

    finding: str
    note: str = ""


@transaction.atomic
def check(
    problem: Problem, findings: Mapping[int, LineCheck], *, actor: Person, at: datetime, seen: int | None = None
) -> Problem:
    """Compare ledger and evidence line by line (line id → finding). A restricted line only by a discipline officer."""
    lines = {line.pk: line for line in problem.dossier.all()}
    discipline = Role.DISCIPLINE in actor.roles_on(local_day(at))
    _refuse_strangers(findings, lines)
    facts = []
    for pk, found in findings.items():
        line = lines[pk]
        if line.restricted and not discipline:
            raise Refused(_("“%(line)s”由纪检干部核对。") % {"line": line.title})
        if found.finding != Finding.MATCH and not found.note.strip():
            raise Refused(_("“%(line)s”不是相符，请写明核对说明。") % {"line": line.title})
        facts.append({"line": line.title, "finding": found.finding})
    Verdict.objects.filter(entry__in=findings, ended_on=None).update(ended_on=local_day(at))
    Verdict.objects.bulk_create(
        Verdict(entry_id=pk, finding=f.finding, note=f.note.strip(), decided_on=local_day(at), decided_by=actor)
        for pk, f in findings.items()
    )
    return advance(FLOW, problem, "check", actor=actor, at=at, seen=seen, facts={"lines": facts})


def self_check(problem: Problem, *, actor: Person, at: datetime, seen: int | None = None) -> Problem:
    """The county has checked its own work; on to the city."""
    return advance(FLOW, problem, "self_check", actor=actor, at=at, seen=seen)


@transaction.atomic
def verify(problem: Problem, *, actor: Person, at: datetime, seen: int | None = None) -> Problem:
    """The city's inspector confirms that ledger and evidence agree on every line."""
    problem = advance(FLOW, problem, "verify", actor=actor, at=at, seen=seen)
    handler = cast(int, problem.handler_id)  # claimed, so it has one
    Verification.objects.create(problem=problem, verified_on=local_day(at), verifier=actor, handler_id=handler)
    return problem


@transaction.atomic
def close(problem: Problem, *, actor: Person, at: datetime, seen: int | None = None) -> Problem:
    """Strike it off the ledger."""
    problem = advance(FLOW, problem, "close", actor=actor, at=at, seen=seen, changes={"closed_on": local_day(at)})
    Closure.objects.create(problem=problem, closed_on=local_day(at), closed_by=actor)
    return problem


@transaction.atomic
def send_back(
    problem: Problem, *, reason: str, actor: Person, at: datetime, due_on: date | None = None, seen: int | None = None
) -> Problem:
    """Evidence is missing or does not agree: back to the unit, by a new day if one is given. It stays rectified."""
    changes: dict[str, Any] = {"returned_from": lambda row: row.status, "return_count": _one_more_return}
    if due_on:
        changes["due_on"] = due_on
    _refuse_past(due_on, at)
    problem = advance(FLOW, problem, "send_back", actor=actor, at=at, reason=reason, seen=seen, changes=changes)
    Verification.objects.filter(problem=problem, ended_on=None).update(ended_on=local_day(at))
    _note_return(problem, problem.returned_from, reason, actor, at)
    if due_on:
        new_assignment(problem, due_on, at)
    return problem


@transaction.atomic
def reject(
    problem: Problem, *, reason: str, due_on: date, actor: Person, at: datetime, seen: int | None = None
) -> Problem:
    """The check found that it was not rectified: the report is void and work begins again."""
    _refuse_past(due_on, at)
    came_from = Problem.objects.select_for_update(of=("self",)).get(pk=problem.pk).status
    changes = {"due_on": due_on, "return_count": _one_more_return}
    problem = advance(FLOW, problem, "reject", actor=actor, at=at, reason=reason, seen=seen, changes=changes)
    _note_return(problem, came_from, reason, actor, at)
    _begin_again(problem, due_on, at)
    return problem


@transaction.atomic
def reopen(
    problem: Problem, *, cause: str, reason: str, due_on: date, actor: Person, at: datetime, seen: int | None = None
) -> Problem:
    """A closed problem relapsed or proved false: open again, with the reason, counted."""
    _refuse_past(due_on, at)
    changes = {"closed_on": None, "due_on": due_on, "reopen_count": lambda row: row.reopen_count + 1}
    problem = advance(
        FLOW, problem, "reopen", actor=actor, at=at, reason=reason, seen=seen, changes=changes, facts={"cause": cause}
    )
    ended = {"reopened_on": local_day(at), "cause": cause, "reason": reason}
    Closure.objects.filter(problem=problem, reopened_on=None).update(**ended)
    _begin_again(problem, due_on, at)
    return problem


def _begin_again(problem: Problem, due_on: date, at: datetime) -> None:
    """What was reported, checked and verified no longer stands; the unit has a new day."""
    Rectification.objects.filter(problem=problem, voided_on=None).update(voided_on=local_day(at))
    Verification.objects.filter(problem=problem, ended_on=None).update(ended_on=local_day(at))
    Verdict.objects.filter(entry__problem=problem, ended_on=None).update(ended_on=local_day(at))
    new_assignment(problem, due_on, at)


def _note_return(problem: Problem, came_from: str, reason: str, actor: Person, at: datetime) -> None:
    Return.objects.create(
        problem=problem, returned_on=local_day(at), from_status=Status(came_from), reason=reason, returned_by=actor
    )


def _refuse_past(due_on: date | None, at: datetime) -> None:
    if due_on and due_on < local_day(at):
        raise Refused(_("整改时限 %(due)s 早于今天。") % {"due": due_on})
