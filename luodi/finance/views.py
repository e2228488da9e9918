"""Needs and the page of one, one page for each act on it; the funnel, events, banks, balances against their total."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from luodi.finance import actions, forms, queries, sheets
from luodi.finance.models import Balance, Bank, Need, StatedTotal
from luodi.finance.rules import FLOW, PUBLISHERS, keeps
from luodi.indicators import queries as indicators
from luodi.indicators.queries import cities_of
from luodi.indicators.rules import Frame
from luodi.journal.queries import timeline
from luodi.kit.clock import now, today
from luodi.kit.pages import capped_count, page
from luodi.kit.refusal import Refused
from luodi.kit.views import sheet_file
from luodi.orgs.models import Role
from luodi.orgs.rules import BUSINESS, View, allow, may, sees_city
from luodi.projects.queries import industries, is_city

KEEPING = (Role.OFFICE, Role.CLERK)
FORM = "finance/form.html"
# What each act asks for, and what it does.
ACTS: dict[str, tuple[type[forms.ActForm], Callable[..., Any]]] = {
    "contact": (forms.ContactForm, lambda need, **facts: actions.meet(**facts)),
    "grant": (forms.GrantForm, actions.grant),
    "pay": (forms.PayForm, actions.pay),
    "refuse": (forms.RefuseForm, actions.refuse),
    "void": (forms.VoidForm, actions.void),
    "withdraw": (forms.ReasonForm, actions.withdraw),
}


def _city(request: HttpRequest) -> str:
    post = request.user.main_post(today())
    return post.unit.city_code if post else ""


def _frame(request: HttpRequest) -> Frame:
    """The person's place as of today; without a campaign too."""
    post = request.user.main_post(today())
    place = post.unit.place if post else ""
    return indicators.default_frame(request.user, today()) or Frame(0, place, today())


def _county(request: HttpRequest) -> str:
    """The person's county where the posts reach no farther."""
    post = request.user.main_post(today())
    return "" if sees_city(request.user, today()) or post is None else post.unit.county_code


def _need(request: HttpRequest, pk: int) -> Need:
    """The need, if this person may see it; otherwise there is none (404)."""
    found: Need = get_object_or_404(queries.for_page(request.user, today()), pk=pk)
    return found


def _done(name: str, *args: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"finance:{name}", args=args), status=303)


def _asked(request: HttpRequest, form: Any, act: Callable[[dict[str, Any]], Any], title: str, **context: Any) -> Any:
    """The row that a filled form made, or the page that asks (again) for it."""
    if form.is_valid():
        try:
            return act(form.cleaned_data)
        except Refused as why:
            form.add_error(None, str(why))
    facts = {"form": form, "title": title, **context}
    return render(request, FORM, facts, status=422 if form.is_bound else 200)


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


# -- needs --------------------------------------------------------------------------------------------------------


@allow(*BUSINESS)
@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """The needs one may see, and how far each has come; for htmx only the rows."""
    form = forms.NeedFilter(request.GET, person=request.user, day=today())
    rows = form.apply(queries.for_page(request.user, today()))
    fragment = bool(request.headers.get("HX-Request"))
    context: dict[str, Any] = {
        "form": form,
        "page": page(rows, ("county_code", "name"), request.GET.get("cursor", "")),
        "total": capped_count(rows),
    }
    if not fragment:
        context["figures"] = queries.head_figures(request.user, today())
        context["enters"] = bool(request.user.roles_on(today()) & set(KEEPING))
        context["publishes"] = _publishes(request)
    name = "finance/_rows.html" if fragment else "finance/needs.html"
    return render(request, name, context, status=422 if form.errors else 200)


def _publishes(request: HttpRequest) -> bool:
    posts = request.user.posts_on(today())
    return any(
        may(request.user, PUBLISHERS, Need(city_code=one.unit.city_code, lead_unit=one.unit), today())
        for one in posts if not one.unit.county_code
    )  # fmt: skip


@allow(*KEEPING)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter one need."""
    trades = industries(_city(request))
    form = forms.NeedForm(_posted(request), actor=request.user, day=today(), industries=trades)
    made = _asked(request, form, lambda facts: actions.enter(facts, actor=request.user, at=now()), _("登记融资需求"))
    if isinstance(made, HttpResponse):
        return made
    messages.success(request, _("已登记：%(name)s") % {"name": made})
    return _done("need", made.pk)


@allow(*KEEPING)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """Publish waiting needs as one batch."""
    if not _publishes(request):
        raise PermissionDenied(_("融资需求由市级发布。"))
    form = forms.PublishForm(_posted(request), person=request.user, day=today())
    act = lambda facts: actions.publish(**facts, actor=request.user, at=now())  # noqa: E731
    made = _asked(request, form, act, _("发布融资需求"))
    if isinstance(made, HttpResponse):
        return made
    messages.success(request, _("已发布：%(name)s") % {"name": made})
    return _done("needs")


@allow(*BUSINESS)
@require_safe
def need(request: HttpRequest, pk: int) -> HttpResponse:
    """How far has it come, and which bank might help."""
    row = _need(request, pk)
    context = {
        **queries.page_facts(row, request.user, today()),
        "options": FLOW.open_to(row, request.user, now()),
        "happened": timeline(row)[:200],
    }
    return render(request, "finance/need.html", context)


def _act(name: str) -> View:
    """The page of one act: GET shows what it asks for, POST does it."""

    @allow(*dict.fromkeys(role for role, _reach in FLOW.acts[name].grants))
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        row = _need(request, pk)
        if not FLOW.permitted(row, name, request.user, now()):
            raise PermissionDenied(_("您的岗位不能对这个需求%(act)s。") % {"act": FLOW.acts[name].label})
        initial = {"bank": request.GET["bank"]} if request.GET.get("bank", "").isdigit() else {}
        form = ACTS[name][0](_posted(request), need=row, day=today(), initial=initial)
        if not form.is_valid():
            return _act_page(request, row, name, form, 422 if form.is_bound else 200)
        try:
            ACTS[name][1](row, **form.arguments(), actor=request.user, at=now())
        except Refused as why:
            return _act_page(request, _need(request, pk), name, form, 409, str(why))
        messages.success(request, _("已办理：%(act)s") % {"act": FLOW.acts[name].label})
        return _done("need", pk)

    view.__name__ = name
    view.__doc__ = str(FLOW.acts[name].label)
    return view


def _act_page(
    request: HttpRequest, row: Need, name: str, form: Any, status: int = 200, fault: str = ""
) -> HttpResponse:
    hindrance = FLOW.refusal(row, name, request.user, now())
    context = {"need": row, "title": FLOW.acts[name].label, "form": form, "fault": fault, "hindrance": hindrance}
    response = render(request, FORM, context, status=status)
    if fault:
        response["X-Refusal"] = quote(fault)
    return response


contact, grant, pay, refuse = _act("contact"), _act("grant"), _act("pay"), _act("refuse")
void, withdraw = _act("void"), _act("withdraw")


@allow(*KEEPING)
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the facts of a need right."""
    row = _need(request, pk)
    if not FLOW.permitted(row, "amend", request.user, now()):
        raise PermissionDenied(_("您的岗位不能修改这个需求。"))
    facts = {"actor": request.user, "day": today(), "industries": industries(row.city_code)}
    form = forms.NeedForm(_posted(request), need=row, **facts)
    if not form.is_valid():
        return _act_page(request, row, "amend", form, 422 if form.is_bound else 200)
    seen = request.POST.get("seen", "")
    version = int(seen) if seen.isdigit() else None
    try:
        actions.amend(row, form.cleaned_data, seen=version, actor=request.user, at=now())
    except Refused as why:
        return _act_page(request, row, "amend", form, 409, str(why))
    messages.success(request, _("已修改"))
    return _done("need", pk)


# -- the funnel, events, banks ------------------------------------------------------------------------------------


@allow(*BUSINESS)
@require_safe
def funnel(request: HttpRequest) -> HttpResponse:
    """Need, contact, credit, loan: by county and by bank."""
    return render(request, "finance/funnel.html", queries.funnel(_frame(request)))


@allow(*BUSINESS)
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """Where banks met borrowers, newest first."""
    rows = queries.events_of(cities_of(request.user, today()), _county(request))
    return render(request, "finance/events.html", {"page": page(rows, ("-held_on",), request.GET.get("cursor", ""))})


@allow(*BUSINESS)
@require_safe
def event(request: HttpRequest, pk: int) -> HttpResponse:
    """One event, and those of its meetings one may see."""
    row = get_object_or_404(queries.events_of(cities_of(request.user, today()), _county(request)), pk=pk)
    mine = Need.objects.visible_to(request.user, today())
    met = row.contacts.filter(need__in=mine).select_related("need", "bank").order_by("need__name", "bank__name", "pk")
    names = bool(request.user.roles_on(today()) & set(KEEPING))
    return render(request, "finance/event.html", {"event": row, "met": met, "names": names})


@allow(*BUSINESS)
@require_safe
def banks(request: HttpRequest) -> HttpResponse:
    """The banks and what they offer."""
    rows = list(queries.banks_of(_city(request)).prefetch_related("products"))
    lines = [(bank, keeps(request.user, bank, today())) for bank in rows]
    adds = Role.OFFICE in request.user.roles_on(today()) and is_city(request.user, today())
    return render(request, "finance/banks.html", {"lines": lines, "adds": adds})


@allow(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_bank(request: HttpRequest) -> HttpResponse:
    """Enter a bank."""
    if not is_city(request.user, today()):
        raise PermissionDenied(_("银行由市级办公室登记。"))
    form = forms.BankForm(_posted(request), city_code=_city(request))
    made = _asked(request, form, lambda facts: actions.add_bank(facts, actor=request.user, at=now()), _("登记银行"))
    return made if isinstance(made, HttpResponse) else _done("banks")


@allow(*KEEPING)
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what a bank offers."""
    bank: Bank = get_object_or_404(queries.banks_of(_city(request)), pk=pk)
    if not keeps(request.user, bank, today()):
        raise PermissionDenied(_("您的岗位不能维护%(bank)s的产品。") % {"bank": bank})
    form = forms.ProductForm(_posted(request), industries=industries(bank.city_code))
    act = lambda facts: actions.offer(bank, facts, actor=request.user, at=now())  # noqa: E731
    made = _asked(request, form, act, _("登记%(bank)s的产品") % {"bank": bank})
    return made if isinstance(made, HttpResponse) else _done("banks")


# -- balances -----------------------------------------------------------------------------------------------------


@allow(*BUSINESS)
@require_safe
def balances(request: HttpRequest) -> HttpResponse:
    """Is the total its classes, and what of it does nobody explain?"""
    city = _city(request)
    months = queries.months_told(city)
    wanted = next((one for one in months if f"{one:%Y-%m}" == request.GET.get("month")), None)
    month_on = wanted or queries.newest_month(city)
    context = {
        **queries.balance_facts(city, month_on),
        **(queries.month_figures(_frame(request), month_on) if month_on else {}),
        "months": months,
        "tells": bool(_told_banks(request)),
        "states": Role.OFFICE in request.user.roles_on(today()) and is_city(request.user, today()),
    }
    return render(request, "finance/balances.html", context)


def _told_banks(request: HttpRequest) -> list[Bank]:
    """The banks whose month the person may tell."""
    return [one for one in queries.banks_of(_city(request)) if keeps(request.user, one, today())]


@allow(*KEEPING)
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest) -> HttpResponse:
    """Tell one bank's month of one class, or correct it."""
    if not _told_banks(request):
        raise PermissionDenied(_("您的岗位不能填报贷款余额。"))

    def act(facts: dict[str, Any]) -> Any:
        month_on, reason = facts.pop("month_on"), facts.pop("reason")
        return actions.tell_balances([facts], month_on=month_on, reason=reason, actor=request.user, at=now())

    made = _asked(request, forms.BalanceForm(_posted(request), city_code=_city(request)), act, _("填报贷款余额"))
    return made if isinstance(made, HttpResponse) else _done("balances")


@allow(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def state_total(request: HttpRequest) -> HttpResponse:
    """Enter the published total of a month."""
    if not is_city(request.user, today()):
        raise PermissionDenied(_("全市合计由市级办公室录入。"))
    act = lambda facts: actions.state_total(facts, city_code=_city(request), actor=request.user, at=now())  # noqa: E731
    made = _asked(request, forms.TotalForm(_posted(request)), act, _("录入公布的合计"))
    return made if isinstance(made, HttpResponse) else _done("balances")


@allow(*BUSINESS)
@require_safe
def balance_row(request: HttpRequest, pk: int) -> HttpResponse:
    """The month a balance belongs to, on its bank's line."""
    row = get_object_or_404(Balance.objects.filter(city_code__in=cities_of(request.user, today())), pk=pk)
    return HttpResponseRedirect(f"{reverse('finance:balances')}?month={row.month_on:%Y-%m}#b{row.pk}", status=303)


@allow(*BUSINESS)
@require_safe
def total(request: HttpRequest, pk: int) -> HttpResponse:
    """The month a published total belongs to."""
    row = get_object_or_404(StatedTotal.objects.filter(city_code__in=cities_of(request.user, today())), pk=pk)
    return HttpResponseRedirect(f"{reverse('finance:balances')}?month={row.month_on:%Y-%m}#total", status=303)


# -- sheets -------------------------------------------------------------------------------------------------------


@allow(*KEEPING)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, kind: str) -> HttpResponse:
    """Check a sheet and bring it in; with a wrong cell nothing is written and the sheet is shown back."""
    if kind not in sheets.KINDS:
        raise Http404
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form, checked = forms.SheetForm(*posted), None
    if form.is_valid():
        sent, month_on = form.cleaned_data["upload"], form.cleaned_data["month_on"]
        try:
            checked = sheets.read(kind, sent.read(), sent.name, month_on, person=request.user, at=now())
            if request.POST.get("act") == "marked":
                return sheet_file(sheets.marked(checked), _("标注错误的表.xlsx"))
            if checked.good and request.POST.get("act") == "import":
                return _bring_in(request, checked)
        except Refused as why:
            form.add_error("upload", str(why))
    context = {"form": form, "kind": kind, "title": sheets.KINDS[kind], "checked": checked}
    wrong = form.is_bound and (form.errors or not checked or not checked.good)
    return render(request, "finance/sheet.html", context, status=422 if wrong else 200)


def _bring_in(request: HttpRequest, checked: sheets.Checked) -> HttpResponse:
    rows = list(checked.facts.values())
    actions.bring_in(checked.kind, rows, month_on=checked.month_on, actor=request.user, at=now())
    messages.success(request, _("已导入 %(n)s 行。") % {"n": len(rows)})
    return _done(checked.kind)


@allow(*KEEPING)
@require_safe
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty sheet to fill in."""
    if kind not in sheets.KINDS:
        raise Http404
    return sheet_file(sheets.blank(kind, queries.banks_of(_city(request))), f"{sheets.KINDS[kind]}.xlsx")
