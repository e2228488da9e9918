"""The page of one problem, one page for each act on it, its evidence and its dossier; registering one."""

from collections.abc import Callable
from secrets import token_hex
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from luodi.campaigns.queries import current
from luodi.files.views import stream
from luodi.journal.queries import timeline
from luodi.kit.clock import now, today
from luodi.kit.refusal import Refused
from luodi.kit.views import refused
from luodi.orgs.models import Role
from luodi.orgs.rules import BUSINESS, View, allow
from luodi.orgs.views import draft_done, draft_given_back, draft_kept
from luodi.problems import actions, forms, queries
from luodi.problems.models import Evidence, Problem
from luodi.problems.rules import FLOW, standing_signature
from luodi.problems.templatetags.problem import told
from luodi.projects.models import Project

# What each act asks for, and what it does. `forms.ActForm` asks for nothing: its act is one button.
ACTS: dict[str, tuple[type[forms.ActForm], Callable[..., Problem]]] = {
    "assign": (forms.AssignForm, actions.assign),
    "decline": (forms.ReasonForm, actions.decline),
    "claim": (forms.ActForm, actions.claim),
    "file_plan": (forms.PlanForm, actions.file_plan),
    "accept_plan": (forms.ActForm, actions.accept_plan),
    "send_back_plan": (forms.ReasonForm, actions.send_back_plan),
    "prove": (forms.ProveForm, actions.prove),
    "sign": (forms.ActForm, actions.sign),
    "report": (forms.ActForm, actions.report),
    "resubmit": (forms.ActForm, actions.resubmit),
    "check": (forms.CheckForm, actions.check),
    "self_check": (forms.ActForm, actions.self_check),
    "verify": (forms.ActForm, actions.verify),
    "close": (forms.ActForm, actions.close),
    "send_back": (forms.SendBackForm, actions.send_back),
    "reject": (forms.RejectForm, actions.reject),
    "reopen": (forms.ReopenForm, actions.reopen),
    "revise": (forms.ReviseForm, actions.revise),
    "hand_over": (forms.HandOverForm, actions.hand_over),
}
PLAIN = frozenset(name for name, (form, _do) in ACTS.items() if form is forms.ActForm)
OWN_BODY = frozenset({"prove", "check"})
ANSWERS = frozenset({"sign", "report", "resubmit"})  # what the unit says, against what checkers said before
AMENDED = frozenset({"urge", "ask_extension", "ask_merge", "ask_void"})  # a module above tells how they stand


def _problem(request: HttpRequest, pk: int) -> Problem:
    """The problem, if this person may see it; otherwise there is none (404)."""
    found: Problem = get_object_or_404(queries.for_page(request.user, today()), pk=pk)
    return found


def _facts(request: HttpRequest, problem: Problem) -> dict[str, Any]:
    """What every page about one problem shows."""
    lines = queries.checklist(problem, request.user, today())
    return {
        "problem": problem,
        "lines": lines,
        "closed": {line.item.title for line in lines if not line.readable},
        "names": queries.sees_names(request.user, problem, today()),
        "standing": "overdue" if problem.is_overdue(today()) else problem.status,
        "batch": problem.campaign.batch_label(problem.batch),
        "today": today(),
    }


def _came_from(request: HttpRequest) -> str:
    """The list one came from, as its address' query; an act keeps it."""
    return (request.POST.get("from") or request.GET.get("from", ""))[:2000]


def _proof(problem: Problem) -> dict[str, Any]:
    """The standing signature and who verified it."""
    signature, signed = standing_signature(problem)
    verification = problem.verifications.select_related("verifier").order_by("-pk").first()
    return {"signature": signature, "signed": signed, "verification": verification}


@allow(*BUSINESS)
@require_safe
def problem(request: HttpRequest, pk: int) -> HttpResponse:
    """One problem: how far it is, what comes next, its proof, its facts, what happened (ui.md 4, page 5)."""
    row = _problem(request, pk)
    facts, proof = _facts(request, row), _proof(row)
    happened = told(timeline(row), facts["closed"])
    last = next((h.act for h in happened if h.act in ANSWERS | {"check", "send_back", "reject", "reopen"}), "")
    signed = {"signed": proof["signed"], "afresh": last in ANSWERS}
    context = {
        **facts,
        **proof,
        "amended": any(h.act in AMENDED for h in happened),
        "move": queries.next_move(row, request.user, now(), facts["lines"], **signed),
        "plain": PLAIN,
        "happened": happened,
        "limit": 1000 if request.GET.get("all") else 6,
        "from": _came_from(request),
    }
    return render(request, "problems/problem.html", context)


@allow(*BUSINESS)
@require_safe
def dossier(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one problem on paper (一事一档): facts, lines with each file's SM3, verdicts, signatures."""
    row = _problem(request, pk)
    facts = _facts(request, row)
    context = {
        **facts,
        **_proof(row),
        "happened": told(timeline(row), facts["closed"]),
        "signatures": row.signatures.select_related("signer").order_by("pk"),
        "returns": row.returns.select_related("returned_by").order_by("pk"),
        "printed_at": now(),
    }
    return render(request, "problems/dossier.html", context)


# -- acts -----------------------------------------------------------------------------------------------------


def _act(name: str) -> View:
    """The page of one act: GET shows what it asks for, POST does it."""

    @allow(*dict.fromkeys(role for role, _reach in FLOW.acts[name].grants))
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        row = _problem(request, pk)
        _require_grant(request, row, name)
        if answer := draft_kept(request):
            return answer
        form = _form(request, row, name)
        return _do(request, row, name, form) if form.is_bound else _act_page(request, row, name, form)

    view.__name__ = name
    view.__doc__ = str(FLOW.acts[name].label)
    return view


def act_view(name: str, form: type[forms.ActForm], do: Callable[..., Problem]) -> View:
    """The page of an act whose action a module above owns."""
    ACTS[name] = (form, do)
    return _act(name)


def _require_grant(request: HttpRequest, row: Problem, name: str) -> None:
    if not FLOW.permitted(row, name, request.user, now()):
        raise PermissionDenied(_("您的岗位不能对这一件%(act)s。") % {"act": FLOW.acts[name].label})


def _form(request: HttpRequest, row: Problem, name: str, fresh: bool = False) -> forms.ActForm:
    """The act's form with what was posted; `fresh` without it."""
    posted = (request.POST, request.FILES) if request.method == "POST" and not fresh else ()
    lines = queries.checklist(row, request.user, today())
    return ACTS[name][0](*posted, problem=row, actor=request.user, day=today(), lines=lines)


def _do(request: HttpRequest, row: Problem, name: str, form: forms.ActForm) -> HttpResponse:
    if not form.is_valid():
        return _act_page(request, row, name, form, status=422)
    if form.rejected and form.idle:
        return _act_page(request, row, name, _form(request, row, name, fresh=True), 422, form.rejected)
    try:
        ACTS[name][1](row, **form.arguments(), actor=request.user, at=now(), seen=form.seen_version())
    except Refused as why:
        return _act_page(request, _problem(request, row.pk), name, form, 409, [str(why)])
    if form.rejected:
        row = _problem(request, row.pk)
        saved = _("其余内容已经保存。")
        return _act_page(request, row, name, _form(request, row, name, fresh=True), 422, [*form.rejected, saved])
    return _done(request, row, name, form)


def _done(request: HttpRequest, row: Problem, name: str, form: forms.ActForm) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    messages.success(request, _("已办理：%(act)s") % {"act": FLOW.acts[name].label})
    came_from, stays = _came_from(request), name == "prove" and "result" not in form.data
    if not stays and name not in PLAIN:
        draft_done(request)
    onward = "problems:next" if came_from and "onward" in request.POST else "problems:problem"
    target = reverse("problems:prove" if stays else onward, args=[row.pk])
    query = f"?{urlencode({'from': came_from})}" if came_from else ""
    return HttpResponseRedirect(target + query, status=303)


def _act_page(
    request: HttpRequest, row: Problem, name: str, form: forms.ActForm, status: int = 200, faults: Any = ()
) -> HttpResponse:
    """The act's form; after a refusal with the sentence, what was typed, and what others changed meanwhile."""
    seen = form.cleaned_data.get("seen") if form.is_bound else None
    stale = status == 409 and seen is not None and seen < row.version
    facts = _facts(request, row)
    context = {
        **facts,
        "from": _came_from(request),
        "draft": None if name in PLAIN else draft_given_back(request, form),
        "name": name,
        "plain": PLAIN,
        "act": FLOW.acts[name],
        "form": form,
        "faults": faults,
        "hindrance": FLOW.refusal(row, name, request.user, now()),
        "words_print": form.words_now() if isinstance(form, forms.ProveForm) else "",
        "body": f"problems/_{name if name in OWN_BODY else 'words'}.html",
        "conflict": _conflict(form, _form(request, row, name, fresh=True)) if stale else [],
        "since": told(timeline(row)[: row.version - seen], facts["closed"]) if stale else [],
    }
    response = render(request, "problems/act.html", context, status=status)
    if faults:
        response["X-Refusal"] = quote(str(faults[0]))
    return response


def _conflict(typed: forms.ActForm, now_there: forms.ActForm) -> list[tuple[str, Any, Any]]:
    """(field, what was typed, what is there now) where the two differ."""
    pairs = [
        (str(field.label), typed.cleaned_data.get(name), now_there.initial.get(name))
        for name, field in typed.fields.items()
        if name in now_there.initial
    ]
    return [(label, mine, theirs) for label, mine, theirs in pairs if mine != theirs]


assign, decline, claim = _act("assign"), _act("decline"), _act("claim")
file_plan, accept_plan, send_back_plan = _act("file_plan"), _act("accept_plan"), _act("send_back_plan")
prove, sign, report, resubmit = _act("prove"), _act("sign"), _act("report"), _act("resubmit")
check, self_check, verify, close = _act("check"), _act("self_check"), _act("verify"), _act("close")
send_back, reject, reopen = _act("send_back"), _act("reject"), _act("reopen")
revise, hand_over = _act("revise"), _act("hand_over")


# -- evidence -------------------------------------------------------------------------------------------------


def _evidence(request: HttpRequest, pk: int, evidence: int) -> Evidence:
    seen = Problem.objects.visible_to(request.user, today()).filter(pk=pk)
    found: Evidence = get_object_or_404(
        Evidence.objects.select_related("entry__problem", "stored").filter(entry__problem__in=seen), pk=evidence
    )
    return found


@allow(*BUSINESS)
@require_safe
def evidence(request: HttpRequest, pk: int, evidence: int) -> HttpResponseBase:
    """One file of the dossier. What is restricted only for discipline officers, and each time into the journal."""
    found = _evidence(request, pk, evidence)
    if found.entry.restricted:
        closed = Role.DISCIPLINE not in request.user.roles_on(today())
        actions.note_reading(found, actor=request.user, at=now(), refused=closed)
        if closed:
            raise PermissionDenied(_("这份材料仅纪检可看。"))
    # Whoever must judge a photo sees when and where it was taken; others get a copy without that.
    judges = {Role.INSPECTOR, Role.DISCIPLINE} & request.user.roles_on(today())
    outsider = not judges and not queries.sees_names(request.user, found.entry.problem, today())
    try:
        return stream(found.stored, name=found.name, inline="download" not in request.GET, outsider=outsider)
    except Refused as why:
        return refused(request, str(why))


@allow(Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """Take a file out of the dossier, with the reason."""
    row, found = _problem(request, pk), _evidence(request, pk, evidence)
    _require_grant(request, row, "prove")
    posted = [request.POST] if request.method == "POST" else []
    form = forms.ReasonForm(*posted, problem=row, actor=request.user, day=today())
    faults, status = [], 422 if form.is_bound else 200
    if form.is_valid():
        try:
            actions.withdraw_evidence(found, reason=form.cleaned_data["reason"], actor=request.user, at=now())
        except Refused as why:
            faults, status = [str(why)], 409
        else:
            messages.success(request, _("已撤下一份证据，文件仍留存备查。"))
            return HttpResponseRedirect(reverse("problems:prove", args=[pk]), status=303)
    context = {**_facts(request, row), "form": form, "faults": faults, "evidence": found}
    return render(request, "problems/withdraw.html", context, status=status)


# -- registering ----------------------------------------------------------------------------------------------

KEYS = "registered"  # in the session: one-time key of a form → the problem it made, or 0; the last twenty


@allow(Role.OFFICE, Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Enter one problem by hand. The same form sent twice makes one problem; one like another is asked about."""
    campaign = current(request.user.main_post(today()).unit.city_code)
    if campaign is None:
        return refused(request, _("还没有装入活动包，不能登记问题。"))
    posted = request.POST if request.method == "POST" else None
    if answer := draft_kept(request):
        return answer
    key = request.POST.get("key", "")
    if key and key in request.session.get(KEYS, {}):
        return _registered_before(request, request.session[KEYS][key])
    form = forms.ProblemForm(posted, campaign=campaign, actor=request.user, day=today())
    form.offer()
    context = {"form": form, "key": key or token_hex(8), "draft": draft_given_back(request, form)}
    if not form.is_valid():
        return render(request, "problems/register.html", context, status=422 if form.is_bound else 200)
    wanted = form.cleaned_data
    if "confirm" not in request.POST:
        context["alike"] = queries.alike(campaign, wanted["title"], wanted["project_name"], request.user, today())
    if context.get("alike"):
        return render(request, "problems/register.html", context, status=422)
    _remember(request, key, 0)
    try:
        row = actions.register(campaign, wanted, actor=request.user, at=now())
    except Refused as why:
        request.session[KEYS] = {k: v for k, v in request.session.get(KEYS, {}).items() if k != key}
        form.add_error(None, str(why))
        return render(request, "problems/register.html", context, status=422)
    _remember(request, key, row.pk)
    draft_done(request)
    messages.success(request, _("已登记 %(code)s") % {"code": row.code})
    for warning in form.warnings:
        messages.warning(request, warning)
    return HttpResponseRedirect(reverse("problems:problem", args=[row.pk]), status=303)


@allow(*BUSINESS)
@require_safe
def of_project(request: HttpRequest, pk: int) -> HttpResponse:
    """The problems of a project of the library that one may see: a fragment of its page, or a page of its own."""
    row = get_object_or_404(Project.objects.visible_to(request.user, today()), pk=pk)
    rows = Problem.objects.visible_to(request.user, today()).filter(project=row).select_related("unit", "category")
    context = {"project": row, "problems": rows.order_by("closed_on", "due_on", "pk")[:200], "today": today()}
    fragment = request.headers.get("HX-Request")
    return render(request, "problems/_of_project.html" if fragment else "problems/of_project.html", context)


@allow(Role.OFFICE, Role.CLERK)
@require_safe
def alike(request: HttpRequest) -> HttpResponse:
    """While one types: problems that may be the same, as a fragment of the page above."""
    campaign = current(request.user.main_post(today()).unit.city_code)
    typed = {name: request.GET.get(name, "")[:100] for name in ("title", "project_name", "project_code")}
    found = queries.resembling(campaign, request.user, today(), **typed) if campaign else []
    return render(request, "problems/_resembling.html", {"alike": found})


def _remember(request: HttpRequest, key: str, made: int) -> None:
    """Keep what a form's one-time key has made; 0 while it is being made. Saved at once: a second click is near."""
    if key:
        kept = {k: v for k, v in request.session.get(KEYS, {}).items() if k != key} | {key: made}
        request.session[KEYS] = dict([*kept.items()][-20:])
        request.session.save()


def _registered_before(request: HttpRequest, made: int) -> HttpResponse:
    """The answer to the same form sent again: the problem it made, or the list while that is still under way."""
    if made:
        return HttpResponseRedirect(reverse("problems:problem", args=[made]), status=303)
    messages.info(request, _("这份登记正在办理，请在台账中查看，不要重复提交。"))
    return HttpResponseRedirect(f"{reverse('problems:ledger')}?v=all&sort=-code", status=303)
