"""Applications about a problem: asking, the list that waits for the office, deciding; desks that change hands."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from luodi.amendments import actions, forms, queries
from luodi.amendments.models import Amendment
from luodi.amendments.rules import decision_refusal
from luodi.kit.clock import now, today
from luodi.kit.pages import page
from luodi.kit.refusal import Refused
from luodi.orgs.models import Role
from luodi.orgs.rules import BUSINESS, allow
from luodi.problems.models import Problem
from luodi.problems.queries import in_hand_of
from luodi.problems.views import act_view

ask_extension = act_view("ask_extension", forms.ExtensionForm, actions.ask_extension)
ask_merge = act_view("ask_merge", forms.MergeForm, actions.ask_merge)
ask_void = act_view("ask_void", forms.ReasonForm, actions.ask_void)
urge = act_view("urge", forms.UrgeForm, actions.urge)
undo = act_view("undo", forms.ReasonForm, actions.undo)


# -- how they stand -------------------------------------------------------------------------------------------


@allow(*BUSINESS)
@require_safe
def amendments_of(request: HttpRequest, pk: int) -> HttpResponse:
    """A problem's applications and urgings: a fragment of its page, or a page of its own."""
    row = get_object_or_404(Problem.objects.visible_to(request.user, today()).select_related("unit"), pk=pk)
    decides = queries.decides(request.user, row, today())
    context = {"problem": row, "standing": queries.standing(row), "decides": decides}
    fragment = request.headers.get("HX-Request")
    return render(request, "amendments/_standing.html" if fragment else "amendments/of_problem.html", context)


@allow(Role.OFFICE, Role.CLERK, Role.UNIT_LEADER)
@require_safe
def amendments(request: HttpRequest) -> HttpResponse:
    """Applications about problems one may see: waiting (longest first) or decided (newest first)."""
    decided = request.GET.get("v") == "decided"
    rows = queries.listed(request.user, today(), decided)
    order = ("-decided_on", "-asked_at") if decided else ("asked_at",)
    decides = not decided and queries.decides_somewhere(request.user, today())
    context = {"page": page(rows, order, request.GET.get("cursor", "")), "decided": decided, "decides": decides}
    return render(request, "amendments/amendments.html", context)


@allow(Role.OFFICE, Role.CLERK, Role.UNIT_LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def amendment(request: HttpRequest, pk: int) -> HttpResponse:
    """One application; the city's office decides it here, another person than the asker."""
    row = get_object_or_404(queries.with_names(Amendment.objects.visible_to(request.user, today())), pk=pk)
    decides = queries.decides(request.user, row.problem, today())
    if request.method != "POST":
        return _amendment(request, row, forms.DecisionForm(), decides)
    if not decides:
        raise PermissionDenied(_("申请由市专班办批复。"))
    form = forms.DecisionForm(request.POST)
    if not form.is_valid():
        return _amendment(request, row, form, decides, 422)
    try:
        done = actions.decide(row, **form.arguments(), actor=request.user, at=now())
    except Refused as why:
        return _amendment(request, row, form, decides, 409, [str(why)])
    words = _("已批准：%(what)s") if done.approved else _("没有批准：%(what)s")
    messages.success(request, words % {"what": row.get_kind_display()})
    return HttpResponseRedirect(reverse("problems:problem", args=[row.problem_id]), status=303)


@allow(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def decide_many(request: HttpRequest) -> HttpResponse:
    """The applications chosen in the list, decided together; what was not decided is named with its reason."""
    given = request.POST if request.method == "POST" else request.GET
    rows, seen = queries.picked(request.user, today(), given.getlist("row"))
    form = forms.DecisionForm(request.POST if request.method == "POST" else None)
    results: list[actions.Decided] = []
    if rows and form.is_valid():
        results = actions.decide_many(rows, **form.arguments(), actor=request.user, at=now(), seen=seen)
        done = sum(not one.refusal for one in results)
        if done == len(results):
            words = _("已批准 %(n)s 件申请") if form.arguments()["approved"] else _("没有批准 %(n)s 件申请")
            messages.success(request, words % {"n": done})
            return HttpResponseRedirect(reverse("problems:amendments"), status=303)
    context = {"form": form, "rows": rows, "marks": [f"{row.pk}:{seen[row.pk]}" for row in rows], "results": results}
    status = 409 if results else 422 if form.is_bound else 200
    return render(request, "amendments/decide.html", context, status=status)


def _amendment(
    request: HttpRequest, row: Amendment, form: forms.DecisionForm, decides: bool, status: int = 200, faults: Any = ()
) -> HttpResponse:
    row.refresh_from_db()
    context = {
        "amendment": row,
        "problem": row.problem,
        "form": form,
        "faults": faults,
        "today": today(),
        "decides": decides and row.decided_on is None,
        "hindrance": decision_refusal(row, request.user) if decides and row.decided_on is None else None,
    }
    return render(request, "amendments/amendment.html", context, status=status)


# -- desks ----------------------------------------------------------------------------------------------------


@allow(Role.OFFICE, Role.UNIT_LEADER)
@require_safe
def desks(request: HttpRequest) -> HttpResponse:
    """Who handles how many open problems; those whose post ends or has ended first."""
    return render(request, "amendments/desks.html", {"desks": queries.desks(request.user, today())})


@allow(Role.OFFICE, Role.UNIT_LEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest, person: int, unit: int) -> HttpResponse:
    """One person's open problems at one unit, to be handed over together; what was refused is named, one by one."""
    all_desks = queries.desks(request.user, today())
    one = next((d for d in all_desks if (d.person.pk, d.unit.pk) == (person, unit)), None)
    if one is None:
        raise Http404
    able = queries.successors(one.unit, one.person, today())
    form = forms.DeskForm(request.POST if request.method == "POST" else None, able=able)
    results: list[actions.HandedOver] = []
    if form.is_valid():
        results = actions.hand_over_all(one.person, unit=one.unit, **form.cleaned_data, actor=request.user, at=now())
        moved = sum(not one.refusal for one in results)
        if moved == len(results):
            messages.success(request, _("已移交 %(n)s 件") % {"n": moved})
            return HttpResponseRedirect(reverse("problems:desks"), status=303)
    problems = in_hand_of(one.person, one.unit, request.user, today())
    context = {"desk": one, "form": form, "able": able, "problems": list(problems[:500]), "results": results}
    status = 409 if results else 422 if form.is_bound else 200
    return render(request, "amendments/desk.html", context, status=status)
