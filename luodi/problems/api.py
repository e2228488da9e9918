"""One problem in JSON: its facts, its dossier, what may be done; each act by the page's own form and action."""

from collections.abc import Callable
from datetime import date
from types import ModuleType
from typing import Annotated, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Path, Router, Schema, Status

from luodi.campaigns.queries import current
from luodi.kit.api import MOST_PK, REFUSALS_ACT, REFUSALS_ONE, body, invalid, read_body
from luodi.kit.clock import now, today
from luodi.kit.refusal import Refused
from luodi.orgs.api import READ, WRITE, UnitFacts
from luodi.orgs.models import Person, Role, Unit
from luodi.problems import actions, queries
from luodi.problems.forms import ActForm, CheckForm, ProblemForm, ProveForm
from luodi.problems.models import Evidence, Problem
from luodi.problems.rules import FLOW
from luodi.problems.views import ACTS

router = Router(tags=["problems"])
Pk = Annotated[int, Path(ge=1, le=MOST_PK, description="the problem's id")]

LINE_NAMES: dict[type[forms.Form], str] = {
    ProveForm: "claim-<line>: what the ledger claims on that line of the dossier. Files are added on the page.",
    CheckForm: "finding-<line>: match, mismatch, missing or not_applicable; note-<line>: why, unless it matches.",
}


class FileFacts(Schema):
    """A file that proves a line, by its SM3."""

    name: str
    sm3: str
    byte_count: int


class LineFacts(Schema):
    """A line of the dossier. Of a restricted line those who may not read it learn only that it is there."""

    id: int
    title: str
    aspect: str
    required: bool
    restricted: bool
    readable: bool
    claim: str | None
    finding: str | None
    note: str | None
    files: list[FileFacts]


class FieldFacts(Schema):
    """A field an act asks for, as its page shows it; `choices` are (value, words)."""

    name: str
    label: str
    required: bool
    value: str | None
    choices: list[tuple[str, str]]


class ActFacts(Schema):
    """An act this person's posts offer in this status, and why it cannot be done yet."""

    name: str
    label: str
    address: str
    refusal: str | None
    fields: list[FieldFacts]


class DatedFacts(Schema):
    """A dated row: what was true from a day on, until it ended; `facts` besides."""

    kind: str
    since: date
    until: date | None
    facts: dict[str, str]


class Full(Schema):
    """Everything about one problem that this person may read."""

    id: int
    code: str
    title: str
    status: str
    status_name: str
    overdue: bool
    version: int
    batch: str
    source: str
    city_code: str
    county_code: str
    unit: UnitFacts
    lead_unit: UnitFacts | None
    category: str
    standard: str
    description: str
    cause: str
    goal: str
    measures: str
    result: str
    project_name: str
    project_code: str
    project_owner: str
    found_on: date
    registered_on: date
    due_on: date | None
    closed_on: date | None
    handler: str | None
    responsible_name: str | None
    is_priority: bool
    from_above: bool
    return_count: int
    reopen_count: int
    evidence_have: int
    evidence_need: int
    dossier: list[LineFacts]
    history: list[DatedFacts]
    acts: list[ActFacts]


# -- what is told -------------------------------------------------------------------------------------------------

PLAIN = (
    "id code title status version batch source city_code county_code description cause goal measures result "
    "project_name project_code project_owner found_on registered_on due_on closed_on is_priority from_above "
    "return_count reopen_count evidence_have evidence_need"
).split()
# Dated rows: relation, since, until, and what else is told of them.
DATED = (
    ("assignments", "assigned_on", "ended_on", ("unit", "lead_unit", "due_on")),
    ("rectifications", "rectified_on", "voided_on", ()),
    ("returns", "returned_on", "", ("from_status", "reason")),
    ("verifications", "verified_on", "ended_on", ("verifier",)),
    ("closures", "closed_on", "reopened_on", ("cause", "reason")),
)


def _unit(unit: Unit | None) -> dict[str, str] | None:
    return {"code": unit.code, "name": unit.full_label} if unit else None


def _line(line: queries.Line) -> dict[str, Any]:
    item, verdict = line.item, line.verdict if line.readable else None
    return {
        "id": item.pk,
        "title": line.title,
        "aspect": item.aspect,
        "required": item.required,
        "restricted": item.restricted,
        "readable": line.readable,
        "claim": item.claim if line.readable else None,
        "finding": verdict and verdict.finding,
        "note": verdict and verdict.note,
        "files": [_file(one) for one in line.files] if line.readable else [],
    }


def _file(evidence: Evidence) -> dict[str, Any]:
    return {"name": evidence.name, "sm3": evidence.stored.sm3, "byte_count": evidence.stored.byte_count}


def _history(problem: Problem) -> list[dict[str, Any]]:
    told = []
    for relation, since, until, names in DATED:
        joins = [name for name in names if name in {"unit", "lead_unit", "verifier"}]
        for row in getattr(problem, relation).select_related(*joins).order_by(since, "pk"):
            facts = {name: str(value) for name in names if (value := getattr(row, name))}
            end = getattr(row, until) if until else None
            told.append({"kind": relation, "since": getattr(row, since), "until": end, "facts": facts})
    return told


def _field(form: forms.Form, name: str) -> dict[str, Any]:
    field, value = form.fields[name], form.get_initial_for_field(form.fields[name], name)
    return {
        "name": name,
        "label": str(field.label or name),
        "required": field.required,
        "value": None if value is None else _sent(field, value),
        "choices": [(str(code), str(words)) for code, words in getattr(field, "choices", []) if str(code)],
    }


def _sent(field: forms.Field, value: Any) -> str:
    """A first value as it would be sent."""
    ready = field.prepare_value(value.pk if isinstance(value, Model) else value)
    return {True: "true", False: "false"}[ready] if isinstance(ready, bool) else str(ready)


def _acts(problem: Problem, person: Person, lines: list[queries.Line]) -> list[dict[str, Any]]:
    told = []
    for option in FLOW.open_to(problem, person, now()):
        if option.name not in ACTS:
            continue
        form = _form(problem, person, option.name, lines)
        told.append(
            {
                "name": option.name,
                "label": str(option.label),
                "address": f"/api/problems/{problem.pk}/{_slug(option.name)}",
                "refusal": option.refusal,
                "fields": [_field(form, name) for name in form.fields if name != "seen"],
            }
        )
    return told


def _full(problem: Problem, person: Person) -> dict[str, Any]:
    lines = queries.checklist(problem, person, today())
    return {
        **{name: getattr(problem, name) for name in PLAIN},
        "status_name": str(problem.get_status_display()),
        "overdue": problem.is_overdue(today()),
        "unit": _unit(problem.unit),
        "lead_unit": _unit(problem.lead_unit),
        "category": problem.category.code,
        "standard": problem.standard.text,
        "handler": str(problem.handler) if problem.handler else None,
        "responsible_name": problem.responsible_name if queries.sees_names(person, problem, today()) else None,
        "dossier": [_line(line) for line in lines],
        "history": _history(problem),
        "acts": _acts(problem, person, lines),
    }


# -- operations ---------------------------------------------------------------------------------------------------


def _person(request: HttpRequest) -> Person:
    person: Person = request.user  # type: ignore[assignment]
    return person


def _problem(request: HttpRequest, pk: int) -> Problem:
    """The problem, if this person may see it; otherwise there is none (404)."""
    found: Problem = get_object_or_404(queries.for_page(_person(request), today()), pk=pk)
    return found


@router.get("/problems/{int:pk}", response={200: Full, **REFUSALS_ONE}, auth=READ, summary="One problem")
def problem(request: HttpRequest, pk: Pk) -> dict[str, Any]:
    """Facts, dossier, dated rows, and the acts open to this person with what hinders them."""
    return _full(_problem(request, pk), _person(request))


AGAIN = {"type": "boolean", "description": "register although there is one with the same title and project"}


@router.post(
    "/problems",
    response={201: Full, **REFUSALS_ACT},
    auth=WRITE,
    summary="Register a problem",
    openapi_extra=body(ProblemForm, {"confirm": AGAIN}),
)
def register(request: HttpRequest) -> Status[Any]:
    """Enter one problem, by code or name as in a sheet. One like another is refused unless `confirm` is true."""
    person, given = _person(request), read_body(request)
    post = person.main_post(today())
    if not person.roles_on(today()) & {Role.OFFICE, Role.CLERK} or post is None:
        raise PermissionDenied(_("您的岗位不能登记问题。"))
    if (campaign := current(post.unit.city_code)) is None:
        raise Refused(_("还没有装入活动包，不能登记问题。"))
    form = ProblemForm(given, campaign=campaign, actor=person, day=today())
    if not form.is_valid():
        raise invalid(form)
    wanted = form.cleaned_data
    alike = queries.alike(campaign, wanted["title"], wanted["project_name"], person, today())
    if alike and given.get("confirm") != "true":
        sentence = _("已有同名同项目的问题 %(code)s；确实是另一件，请加上 confirm: true。")
        raise Refused(sentence % {"code": alike[0].code})
    row = actions.register(campaign, wanted, actor=person, at=now())
    return Status(201, _full(_problem(request, row.pk), person))


def _slug(name: str) -> str:
    return name.replace("_", "-")


def _form(problem: Problem, person: Person, name: str, lines: list[queries.Line], data: Any = None) -> ActForm:
    return ACTS[name][0](data, problem=problem, actor=person, day=today(), lines=lines)


def _told(form: ActForm, given: dict[str, str]) -> dict[str, str]:
    """What was sent, over the page's first values: what is left out stays as the page would show it.

    Findings have no first values here: a check says only what it says.
    """
    kept = {} if isinstance(form, CheckForm) else {one["name"]: one["value"] for one in map(_namer(form), form.fields)}
    return {name: value for name, value in kept.items() if value is not None and name != "seen"} | given


def _namer(form: ActForm) -> Callable[[str], dict[str, Any]]:
    return lambda name: _field(form, name)


def _act(name: str) -> Callable[..., dict[str, Any]]:
    """The operation of one act."""

    def operation(request: HttpRequest, pk: Pk) -> dict[str, Any]:
        row, person, given = _problem(request, pk), _person(request), read_body(request)
        if not FLOW.permitted(row, name, person, now()):
            raise PermissionDenied(_("您的岗位不能对这一件%(act)s。") % {"act": FLOW.acts[name].label})
        lines = queries.checklist(row, person, today())
        form = _form(row, person, name, lines, _told(_form(row, person, name, lines), given))
        if not form.is_valid():
            raise invalid(form)
        ACTS[name][1](row, **form.arguments(), actor=person, at=now(), seen=form.seen_version())
        return _full(_problem(request, pk), person)

    operation.__name__ = name
    operation.__doc__ = "`seen` is the version that was read; fields left out stay as they are. 409 when it is stale."
    return operation


def add_acts(router: Router, module: ModuleType, stated_by: ModuleType | None = None) -> None:
    """One operation for each act that this module of actions does; modules above add theirs in the same way.

    `stated_by` is the module whose import has put them into ACTS, so that it is imported first.
    """
    for name, (form, do) in ACTS.items():
        if do.__module__ != module.__name__:
            continue
        router.add_api_operation(
            f"/problems/{{int:pk}}/{_slug(name)}",
            ["POST"],
            _act(name),
            response={200: Full, **REFUSALS_ACT},
            auth=WRITE,
            summary=f"Act: {name.replace('_', ' ')}",
            operation_id=f"problems_{name}",
            openapi_extra=body(form, open_ended=LINE_NAMES.get(form, "")),
        )


add_acts(router, actions)
