"""The library, the page of one project, one page for each act on it; figures of others."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from luodi.indicators.queries import cities_of
from luodi.journal.queries import timeline
from luodi.kit.clock import now, today
from luodi.kit.pages import capped_count, in_order, page
from luodi.kit.refusal import Refused
from luodi.kit.templatetags.ui import cn_full_date
from luodi.kit.views import XLSX, refused
from luodi.orgs.models import Role
from luodi.orgs.rules import BUSINESS, View, allow
from luodi.projects import actions, forms, queries, sheets
from luodi.projects.models import Project
from luodi.projects.rules import FLOW

MOST = 20_000  # rows of one export
# What each act asks for, and what it does.
ACTS: dict[str, tuple[type[forms.ActForm], Callable[..., Project]]] = {
    "report": (forms.ReportForm, actions.report),
    "correct": (forms.CorrectForm, actions.correct),
    "plan": (forms.PlanForm, actions.plan),
    "reach": (forms.ReachForm, actions.reach),
    "land": (forms.LandForm, actions.land),
    "stall": (forms.ReasonForm, actions.stall),
    "resume": (forms.ReasonForm, actions.resume),
}
KEEPING = (Role.OFFICE, Role.CLERK)


def _city(request: HttpRequest) -> str:
    post = request.user.main_post(today())
    return post.unit.city_code if post else ""


def _project(request: HttpRequest, pk: int) -> Project:
    """The project, if this person may see it; otherwise there is none (404)."""
    found: Project = get_object_or_404(queries.for_page(request.user, today()), pk=pk)
    return found


# -- the library --------------------------------------------------------------------------------------------------


def _asked(request: HttpRequest) -> forms.ProjectFilter:
    industries = queries.industries(_city(request))
    return forms.ProjectFilter(request.GET, person=request.user, day=today(), industries=industries)


@allow(*BUSINESS)
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """The projects one may see, with lists, money and how far they are; for htmx only the rows."""
    form = _asked(request)
    rows = form.apply(queries.for_page(request.user, today()))
    fragment = bool(request.headers.get("HX-Request"))
    context = {
        "form": form,
        "page": page(rows, form.order, request.GET.get("cursor", "")),
        "total": capped_count(rows),
        "today": today(),
    }
    if not fragment:
        context["figures"] = queries.head_figures(request.user, today())
        context["enters"] = bool(request.user.roles_on(today()) & set(KEEPING))
    name = "projects/_rows.html" if fragment else "projects/library.html"
    return render(request, name, context, status=422 if form.errors else 200)


@allow(*BUSINESS)
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The library as .xlsx, as filtered."""
    form = _asked(request)
    rows = form.apply(queries.for_page(request.user, today()))
    if int(capped_count(rows, MOST)) >= MOST:
        return refused(request, _("超过 %(most)s 项，请缩小范围后再导出。") % {"most": f"{MOST:,}"})
    target = BytesIO()
    day = cn_full_date(today())
    heading = [_("重点项目库　截至 %(day)s") % {"day": day}, form.words() or _("全部项目")]
    sheets.write(target, in_order(rows, form.order).iterator(500), queries.industries(_city(request)), heading)
    target.seek(0)
    response = FileResponse(target, as_attachment=True, filename=f"{_('项目库')}-{today()}.xlsx", content_type=XLSX)
    response["Cache-Control"] = "private, no-store"
    return response


@allow(*KEEPING)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter one project."""
    posted = request.POST if request.method == "POST" else None
    facts = {"actor": request.user, "day": today(), "industries": queries.industries(_city(request))}
    form = forms.ProjectForm(posted, **facts)
    if form.is_valid():
        try:
            row = actions.enter(form.cleaned_data, actor=request.user, at=now())
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("已新增项目：%(name)s") % {"name": row})
            return HttpResponseRedirect(reverse("projects:project", args=[row.pk]), status=303)
    return render(request, "projects/enter.html", {"form": form}, status=422 if form.is_bound else 200)


# -- one project --------------------------------------------------------------------------------------------------


@allow(*BUSINESS)
@require_safe
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """Why is it not on the ground yet: its way, its money against the pace, what is in the way (ui.md 4, page 18)."""
    row = _project(request, pk)
    context = {
        **queries.page_facts(row, request.user, today()),
        "industry": queries.industries(row.city_code).get(row.industry, row.industry),
        "options": FLOW.open_to(row, request.user, now()),
        "happened": timeline(row)[:200],
        "today": today(),
        "landed_words": queries.landed_words(row.city_code),
    }
    return render(request, "projects/project.html", context)


def _act(name: str) -> View:
    """The page of one act: GET shows what it asks for, POST does it."""

    @allow(*dict.fromkeys(role for role, _reach in FLOW.acts[name].grants))
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        row = _project(request, pk)
        if not FLOW.permitted(row, name, request.user, now()):
            raise PermissionDenied(_("您的岗位不能对这个项目%(act)s。") % {"act": FLOW.acts[name].label})
        posted = request.POST if request.method == "POST" else None
        initial = {"kind": request.GET["kind"]} if "kind" in request.GET else {}
        form = ACTS[name][0](posted, project=row, day=today(), initial=initial)
        if not form.is_valid():
            return _act_page(request, row, name, form, 422 if form.is_bound else 200)
        try:
            ACTS[name][1](row, **form.arguments(), actor=request.user, at=now())
        except Refused as why:
            return _act_page(request, _project(request, pk), name, form, 409, str(why))
        messages.success(request, _("已办理：%(act)s") % {"act": FLOW.acts[name].label})
        return HttpResponseRedirect(reverse("projects:project", args=[pk]), status=303)

    view.__name__ = name
    view.__doc__ = str(FLOW.acts[name].label)
    return view


def _act_page(
    request: HttpRequest, row: Project, name: str, form: Any, status: int = 200, fault: str = ""
) -> HttpResponse:
    context = {
        "project": row,
        "name": name,
        "act": FLOW.acts[name],
        "form": form,
        "fault": fault,
        "hindrance": FLOW.refusal(row, name, request.user, now()),
        "landed_words": queries.landed_words(row.city_code) if name == "land" else "",
        "today": today(),
    }
    response = render(request, "projects/act.html", context, status=status)
    if fault:
        response["X-Refusal"] = quote(fault)
    return response


report, correct, plan, reach = _act("report"), _act("correct"), _act("plan"), _act("reach")
land, stall, resume = _act("land"), _act("stall"), _act("resume")


@allow(*KEEPING)
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the facts of a project right."""
    row = _project(request, pk)
    if not FLOW.permitted(row, "amend", request.user, now()):
        raise PermissionDenied(_("您的岗位不能修改这个项目。"))
    facts = {"actor": request.user, "day": today(), "industries": queries.industries(row.city_code)}
    form = forms.ProjectForm(request.POST if request.method == "POST" else None, project=row, **facts)
    seen = request.POST.get("seen", "")
    fault = ""
    if form.is_valid():
        try:
            version = int(seen) if seen.isdecimal() else None
            actions.amend(row, form.cleaned_data, seen=version, actor=request.user, at=now())
        except Refused as why:
            fault = str(why)
        else:
            messages.success(request, _("已修改"))
            return HttpResponseRedirect(reverse("projects:project", args=[pk]), status=303)
    return _act_page(request, row, "amend", form, 409 if fault else 422 if form.is_bound else 200, fault)


# -- figures of others --------------------------------------------------------------------------------------------


@allow(*BUSINESS)
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """What others have published about the city, newest first, each with the paper it stands in."""
    rows = queries.figures(cities_of(request.user, today()))
    listed = page(rows, ("-month_on", "series", "-published_on"), request.GET.get("cursor", ""))
    publishes = Role.OFFICE in request.user.roles_on(today()) and queries.is_city(request.user, today())
    return render(request, "projects/figures.html", {"page": listed, "publishes": publishes})


@allow(*BUSINESS)
@require_safe
def figure(request: HttpRequest, pk: int) -> HttpResponse:
    """One published figure and its source."""
    row = get_object_or_404(queries.figures(cities_of(request.user, today())), pk=pk)
    return render(request, "projects/figure.html", {"figure": row})


@allow(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """Enter a figure that others count, with its source."""
    if not queries.is_city(request.user, today()):
        raise PermissionDenied(_("全市的外部数据由市级录入。"))
    form = forms.FigureForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            row = actions.publish(form.cleaned_data, city_code=_city(request), actor=request.user, at=now())
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("已录入：%(row)s") % {"row": row})
            return HttpResponseRedirect(reverse("projects:figures"), status=303)
    return render(request, "projects/publish.html", {"form": form}, status=422 if form.is_bound else 200)
