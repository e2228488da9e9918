"""Pages of permits: the public guide, cases and their acts, plans, analytics of time, certificates, logs."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luodi.files.views import stream
from luodi.indicators import queries as indicators
from luodi.indicators.rules import Frame
from luodi.kit.clock import now, today
from luodi.kit.pages import capped_count, page
from luodi.kit.refusal import Refused
from luodi.kit.views import refused
from luodi.orgs.models import Role
from luodi.orgs.rules import BUSINESS, View, allow, public
from luodi.permits import actions, forms, queries, rules
from luodi.permits.models import Case, Certificate
from luodi.projects.models import Project

ACTS: dict[str, tuple[type[forms.ActForm], Callable[..., Any]]] = {
    "accept": (forms.AcceptForm, actions.accept),
    "deem": (forms.ActForm, actions.deem),
    "ask_papers": (forms.ReasonForm, actions.ask_papers),
    "supply": (forms.SupplyForm, actions.supply),
    "suspend": (forms.SuspendForm, actions.suspend),
    "resume": (forms.ResumeForm, actions.resume),
    "extend": (forms.ExtendForm, actions.extend),
    "explain": (forms.ReasonForm, actions.explain),
    "opine": (forms.ActForm, actions.opine),
    "convert": (forms.ConvertForm, actions.convert),
    "review_again": (forms.ReasonForm, actions.review_again),
    "grant": (forms.ActForm, actions.grant),
    "refuse": (forms.ReasonForm, actions.refuse),
    "issue": (forms.IssueForm, actions.issue),
    "send_back": (forms.ReasonForm, actions.send_back),
}
TAKING = (Role.CLERK, Role.OFFICE)  # who takes in at the window
READING_LOGS = (Role.OFFICE, Role.LEADER, Role.CLERK)
SPLITS = ("item", "unit", "county", "stage", "intake")
MEASURES = (
    "permits.decided", "permits.median_days", "permits.p90_days", "permits.compression_rate",
    "permits.mean_compression", "permits.on_time_rate", "permits.lawful_rate", "permits.waiting_share",
    "permits.asked_rate",
)  # fmt: skip


def _frame(request: HttpRequest) -> Frame:
    """The person's place as of today; without a campaign too."""
    found = indicators.default_frame(request.user, today())
    return found or Frame(0, request.user.main_post(today()).unit.place, today())


def _holds(request: HttpRequest, roles: Sequence[Role]) -> bool:
    """Whether a button to a page of these roles leads anywhere for this person."""
    return bool(request.user.roles_on(today()) & set(roles))


def _case(request: HttpRequest, pk: int) -> Case:
    rows = Case.objects.visible_to(request.user, today()).select_related("item", "project", "unit", "handler")
    found: Case = get_object_or_404(rows, pk=pk)
    return found


# -- the public guide ------------------------------------------------------------------------------------------


@public
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """All items by stage, for everybody."""
    return render(request, "permits/guide.html", {"stages": queries.guide(), "catalogue": queries.in_force()})


@public
@require_safe
def item(request: HttpRequest, code: str) -> HttpResponse:
    """The service guide of one item (办事指南), printable."""
    found = get_object_or_404(queries.items(), code=code)
    context = {
        "item": found,
        "papers": found.papers.order_by("seq"),
        "stage": dict(queries.stages(queries.in_force())).get(found.stage, ""),
        "saved": rules.compression(found.committed_days, found.statutory_days),
        "catalogue": queries.in_force(),
    }
    return render(request, "permits/item.html", context)


# -- cases -----------------------------------------------------------------------------------------------------


@allow(*BUSINESS)
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The cases one may see: filter, page, light (ui.md 19)."""
    form = forms.CaseFilter(request.GET, stages=queries.stages(queries.in_force()))
    form.is_valid()
    rows = queries.listed(request.user, today(), form.cleaned_data)
    found = page(rows, ("-applied_on",), request.GET.get("cursor", ""))
    lights = queries.lights(found.rows, today())
    frame = _frame(request)
    figures = [
        indicators.answer(code, frame) for code in ("permits.running", "permits.overdue", "permits.compression_rate")
    ]
    context = {"form": form, "page": found, "total": capped_count(rows), "rows": lights, "figures": figures}
    context["takes_in"] = _holds(request, TAKING)
    return render(request, "permits/cases.html", context)


@allow(*BUSINESS)
@require_safe
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: its clock, papers, stops, what comes next, what happened."""
    row = _case(request, pk)
    options = rules.FLOW.open_to(row, request.user, now())
    context = {
        "case": row,
        "standing": queries.standing(row, today()),
        "options": options,
        "supplies": any(one.name == "supply" and not one.refusal for one in options),
        "compression": None if row.used_days is None else rules.compression(row.used_days, row.statutory_days),
        "today": today(),
    }
    return render(request, "permits/case.html", context)


@allow(*TAKING)
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """Take an application at the window; several items of one stage at once are 并联."""
    projects = Project.objects.visible_to(request.user, today()).order_by("name", "pk")
    initial = {"project": request.GET.get("project")}
    form = forms.ApplyForm(
        request.POST if request.method == "POST" else None, initial=initial, projects=projects, items=queries.items()
    )
    if form.is_valid():
        try:
            made = actions.apply(**form.cleaned_data, actor=request.user, at=now())
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("已收件 %(codes)s") % {"codes": _("、").join(one.code for one in made)})
            return HttpResponseRedirect(reverse("permits:case", args=[made[0].pk]), status=303)
    return render(request, "permits/apply.html", {"form": form}, status=422 if form.is_bound else 200)


def _act(name: str) -> View:
    """The page of one act; without further questions its button posts here at once."""
    form_class, do = ACTS[name]
    roles = sorted({role for role, _reach in rules.FLOW.acts[name].grants})

    @allow(*roles)
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        row = _case(request, pk)
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = form_class(*posted, case=row)
        fault, status = "", 422 if form.is_bound else 200
        if form.is_valid():
            try:
                do(row, **form.cleaned_data, actor=request.user, at=now())
            except Refused as why:
                fault, status = str(why), 409
            else:
                messages.success(request, _("已办理：%(act)s") % {"act": rules.FLOW.acts[name].label})
                return HttpResponseRedirect(reverse("permits:case", args=[pk]), status=303)
        hindrance = rules.FLOW.refusal(row, name, request.user, now())
        context = {"case": row, "form": form, "name": name, "act": rules.FLOW.acts[name], "fault": fault}
        return render(request, "permits/act.html", {**context, "hindrance": hindrance}, status=status)

    return view


accept, deem, ask_papers, supply = _act("accept"), _act("deem"), _act("ask_papers"), _act("supply")
suspend, resume, extend, explain = _act("suspend"), _act("resume"), _act("extend"), _act("explain")
opine, convert, review_again = _act("opine"), _act("convert"), _act("review_again")
grant, refuse, issue, send_back = _act("grant"), _act("refuse"), _act("issue"), _act("send_back")


@allow(*dict.fromkeys(role for role, _reach in rules.FLOW.acts["supply"].grants))
@require_POST
def use_certificate(request: HttpRequest, pk: int, line: int, certificate: int) -> HttpResponse:
    """Let a certificate of the store stand for a paper that is missing."""
    row = _case(request, pk)
    form = forms.ActForm(request.POST, case=row)
    paper = get_object_or_404(row.papers.select_related("paper"), pk=line)
    found = get_object_or_404(row.project.certificates.select_related("item"), pk=certificate)
    if not form.is_valid():
        return refused(request, _("页面不完整，请刷新后再办。"))
    try:
        about = {**form.cleaned_data, "actor": request.user, "at": now()}
        actions.use_certificate(row, line=paper, certificate=found, **about)
    except Refused as why:
        return refused(request, str(why))
    messages.success(request, _("已办理：%(act)s") % {"act": rules.FLOW.acts["supply"].label})
    return HttpResponseRedirect(reverse("permits:case", args=[pk]), status=303)


# -- plans and time --------------------------------------------------------------------------------------------


@allow(*BUSINESS)
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """The plan of a template, for a project from a day on: earliest dates, critical path, parallel and in sequence."""
    known = queries.templates()
    code = request.GET.get("template") or (known[-1][0] if known else "")
    projects = Project.objects.visible_to(request.user, today())
    wanted = request.GET.get("project", "")
    project = get_object_or_404(projects, pk=wanted) if wanted.isdecimal() else None
    try:
        start = django_forms.DateField(required=False).clean(request.GET.get("start")) or today()
        found = queries.plan_of(code, start, project)
    except (Refused, django_forms.ValidationError) as why:
        return refused(request, str(why) if isinstance(why, Refused) else _("开始日期认不出来，请写成 2020-05-18。"))
    context = {"templates": known, "code": code, "plan": found, "start": start, "project": project}
    if project:
        context |= {"cases": queries.cases_of(project), "takes_in": _holds(request, TAKING)}
    return render(request, "permits/plan.html", context)


@allow(*BUSINESS)
@require_safe
def time(request: HttpRequest) -> HttpResponse:
    """How long it takes: counts, lengths, compression, on time, split one way; and the process as it really goes."""
    frame, by = _frame(request), request.GET.get("by", "item")
    by = by if by in SPLITS else "item"
    known = queries.templates()
    wanted = request.GET.get("template")
    code = wanted if wanted in dict(known) else known[-1][0] if known else ""
    context = {
        "frame": frame,
        "measures": MEASURES,
        "limits": queries.limits() if by == "item" else {},
        "templates": known,
        "code": code,
        "against": queries.against(code, request.user, today()) if code else None,
        "simulated": [indicators.answer(f"permits.{code}", frame) for code in ("simulated", "simulated_saved")],
        "by": by,
        "splits": queries.splits(SPLITS),
        "process": queries.process(request.user, today()),
        "reads_logs": _holds(request, READING_LOGS),
    }
    return render(request, "permits/time.html", context)


# -- certificates and logs --------------------------------------------------------------------------------------


@allow(*BUSINESS)
@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    """The store of certificates; those that end soon by themselves."""
    expiring = request.GET.get("v") == "expiring"
    rows = queries.certificates(request.user, today(), expiring)
    order = ("valid_until",) if expiring else ("-valid_from",)
    context = {"page": page(rows, order, request.GET.get("cursor", "")), "expiring": expiring, "today": today()}
    return render(request, "permits/certificates.html", {**context, "takes_in": _holds(request, TAKING)})


@allow(*BUSINESS)
@require_safe
def scan(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The scan of a certificate."""
    rows = Certificate.objects.visible_to(request.user, today()).filter(stored__isnull=False)
    found = get_object_or_404(rows.select_related("stored"), pk=pk)
    try:
        return stream(found.stored, name=found.code, inline=True)
    except Refused as why:
        return refused(request, str(why))


@allow(*TAKING)
@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: HttpRequest) -> HttpResponse:
    """Enter a certificate that was issued elsewhere."""
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = forms.CertificateForm(*posted)
    form.fields["project"].queryset = Project.objects.visible_to(request.user, today()).order_by("name", "pk")
    form.fields["item"].queryset = queries.items().exclude(certificate="")
    if form.is_valid():
        try:
            made = actions.take_in(**form.cleaned_data, actor=request.user, at=now())
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("已入库 %(code)s") % {"code": made.code})
            return HttpResponseRedirect(reverse("permits:certificates"), status=303)
    return render(request, "permits/take_in.html", {"form": form}, status=422 if form.is_bound else 200)


@allow(*READING_LOGS)
@require_safe
def logs(request: HttpRequest) -> HttpResponse:
    """The logs of other systems that were imported."""
    return render(request, "permits/logs.html", {"logs": queries.logs_seen(request.user, today())})


@allow(*READING_LOGS)
@require_safe
def log(request: HttpRequest, pk: int) -> HttpResponse:
    """What one log says: lengths, paths, rework, the map of the process."""
    found = get_object_or_404(queries.logs_seen(request.user, today()), pk=pk)
    return render(request, "permits/log.html", {"log": found, "found": found.findings})
