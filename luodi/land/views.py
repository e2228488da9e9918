"""Quota accounts and their journal; lists and pages of lots, batches, zones and contracts; one page for each act."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from luodi.flow.rules import Flow
from luodi.journal.queries import timeline
from luodi.kit.clock import now, today
from luodi.kit.pages import capped_count, in_order, page
from luodi.kit.refusal import Refused
from luodi.kit.templatetags.ui import cn_full_date
from luodi.kit.views import refused
from luodi.land import actions, forms, queries, sheets
from luodi.land.models import Batch, BatchStatus, ContractStatus, LotStatus
from luodi.land.rules import BATCHES, CONTRACTS, LOTS, batch_warning
from luodi.orgs.models import Role
from luodi.orgs.rules import BUSINESS, View, allow

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 20_000  # rows of one export
JOURNAL = 20  # movements below the accounts
KEEPING = (Role.OFFICE, Role.CLERK)


@dataclass(frozen=True)
class Kind:
    """What one kind of record is called, how it is listed, entered and dealt with."""

    route: str  # of one record
    title: Any
    enters: Any
    rows: Callable[..., QuerySet[Any]]
    order: tuple[str, ...]
    words: tuple[str, ...]
    form: type[forms.LandForm]
    enter: Callable[..., Any]
    statuses: Any = ()
    flow: Flow | None = None


L = gettext_lazy
KINDS: dict[str, Kind] = {
    "lots": Kind("lot", L("补充耕地项目"), L("登记项目"), queries.lots, ("county_code", "code"),
                 ("name", "code", "record_code"), forms.LotForm, actions.enter_lot, LotStatus.choices, LOTS),
    "batches": Kind("batch", L("批次用地"), L("登记批次"), queries.batches, ("-submitted_on",),
                    ("name", "code", "approved_paper"), forms.BatchForm, actions.submit_batch, BatchStatus.choices,
                    BATCHES),
    "zones": Kind("zone", L("工业用地储备"), L("登记开发区"), queries.zones, ("county_code", "name"), ("name",),
                  forms.ZoneForm, lambda fields, **by: actions.enter_zone(**fields, **by)),
    "contracts": Kind("contract", L("先租后让合同"), L("登记合同"), queries.contracts, ("convert_by",),
                      ("code", "lessee", "parcel"), forms.ContractForm, actions.lease, ContractStatus.choices,
                      CONTRACTS),
}  # fmt: skip
# What each act asks for, and what it does.
ACTS: dict[tuple[str, str], tuple[Any, type[forms.LandForm], Callable[..., Any]]] = {
    ("lots", "accept"): (L("验收入库"), forms.AcceptForm, actions.accept),
    ("batches", "approve"): (L("登记批准"), forms.ApproveForm, actions.approve),
    ("batches", "withdraw"): (L("撤回"), forms.ReasonForm, actions.call_back),
    ("zones", "count"): (L("清点储备"), forms.CountForm, actions.count),
    ("contracts", "meet"): (L("登记达产考核"), forms.MeetForm, actions.meet),
    ("contracts", "grant"): (L("转为出让"), forms.GrantForm, actions.grant),
    ("contracts", "end"): (L("终止合同"), forms.ReasonForm, actions.end),
}


def _bound(request: HttpRequest, form: type[forms.LandForm], **more: Any) -> Any:
    posted = request.POST if request.method == "POST" else None
    return form(posted, actor=request.user, day=today(), **more)


def _send(name: str, write: Callable[[BytesIO], Any]) -> HttpResponseBase:
    target = BytesIO()
    write(target)
    target.seek(0)
    response = FileResponse(target, as_attachment=True, filename=f"{name}-{today()}.xlsx", content_type=XLSX)
    response["Cache-Control"] = "private, no-store"
    return response


# -- quota --------------------------------------------------------------------------------------------------------


@allow(*BUSINESS)
@require_safe
def quota(request: HttpRequest) -> HttpResponse:
    """What lies in each pool as of any day, and every movement of quota, newest first."""
    form = forms.AsOfForm({"as_of": request.GET.get("as_of") or today()})
    as_of = form.cleaned_data.get("as_of") or today() if form.is_valid() else today()
    lines = queries.balances(request.user, today(), as_of)
    rows = queries.postings(request.user, today()).filter(posted_on__lte=as_of)
    context = {
        "form": form, "as_of": as_of, "lines": lines, "whole": queries.whole(lines), "today": today(),
        "page": page(rows, ("-posted_on",), request.GET.get("cursor", ""), size=JOURNAL),
        "figures": queries.head_figures("quota", request.user, today()),
        "grants": queries.grants(request.user, today()),
    }  # fmt: skip
    return render(request, "land/quota.html", context, status=422 if form.errors else 200)


@allow(*BUSINESS)
@require_safe
def journal(request: HttpRequest) -> HttpResponseBase:
    """The movements of quota as .xlsx."""
    rows = queries.postings(request.user, today())
    if int(capped_count(rows, MOST)) >= MOST:
        return refused(request, _("超过 %(most)s 行，请缩小范围后再导出。") % {"most": f"{MOST:,}"})
    heading = [_("占补平衡指标流水　截至 %(day)s") % {"day": cn_full_date(today())}]
    rows = rows.order_by("posted_on", "pk")
    return _send(_("指标流水"), lambda target: sheets.write_journal(target, rows.iterator(500), heading))


@allow(*BUSINESS)
@require_safe
def posting(request: HttpRequest, pk: int) -> HttpResponse:
    """One movement with its entries; they add up to zero."""
    row = get_object_or_404(queries.postings(request.user, today()), pk=pk)
    context = {
        "posting": row, "entries": queries.entries_of(row), "happened": timeline(row)[:20],
        "reversal": queries.postings(request.user, today()).filter(reverses=row).first(),
        "grants": queries.may_grant(request.user, row, today()),
    }  # fmt: skip
    return render(request, "land/posting.html", context)


def _moved(request: HttpRequest, form: Any, title: str, hint: str, move: Callable[[Any], Any]) -> HttpResponse:
    """A page that moves quota: shown, refused, or done."""
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            row = move(form)
        except Refused as why:
            form.add_error(None, str(why))
            status = 409
        else:
            messages.success(request, _("已办理：%(act)s") % {"act": title})
            return HttpResponseRedirect(reverse("land:posting", args=[row.pk]), status=303)
    context = {"form": form, "title": title, "hint": hint, "back": "quota"}
    return render(request, "land/enter.html", context, status=status)


@allow(*KEEPING)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """Use quota for a batch or a project."""
    _grantors_only(request)
    wanted = request.GET.get("batch", "")
    batch = queries.batches(request.user, today()).filter(pk=wanted).first() if wanted.isdecimal() else None
    form = _bound(request, forms.WithdrawForm, initial=_for_batch(batch))
    return _moved(
        request, form, _("核销指标"), _("先用入库早的；数量、水田、产能分别扣减，任何一项不够都不能核销。"),
        lambda f: actions.withdraw(
            f.purpose, f.amounts, pool_unit=f.cleaned_data["pool_unit"], paper=f.cleaned_data["paper"],
            actor=request.user, at=now(),
        ),
    )  # fmt: skip


def _for_batch(batch: Batch | None) -> dict[str, Any]:
    """What the batch still lacks."""
    if batch is None:
        return {}
    lacking = {"area": batch.arable_area - batch.linked_area, "paddy": batch.paddy_area - batch.linked_paddy}
    return {"batch": batch, "pool_unit": batch.county_code, **lacking}


@allow(*KEEPING)
@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: HttpRequest) -> HttpResponse:
    """Move quota between a county's pool and the city's."""
    _grantors_only(request)
    form = _bound(request, forms.TransferForm)

    def move(f: Any) -> Any:
        facts = {name: f.cleaned_data[name] for name in ("giver", "taker", "paper", "reason")}
        return actions.transfer(amounts=f.amounts, **facts, actor=request.user, at=now())

    return _moved(request, form, _("调剂指标"), _("县级指标调入市级指标库即为全市统筹，保障省市重点项目。"), move)


@allow(*KEEPING)
@require_http_methods(["GET", "HEAD", "POST"])
def reverse_posting(request: HttpRequest, pk: int) -> HttpResponse:
    """Move back what was moved; the first movement stays on record."""
    row = get_object_or_404(queries.postings(request.user, today()), pk=pk)
    if not queries.may_grant(request.user, row, today()):
        raise PermissionDenied(_("冲正由市自然资源部门或者市专班办办理。"))
    form = _bound(request, forms.ReasonForm)
    return _moved(
        request, form, _("冲正"), _("记一笔方向相反的流水，原来的一笔保留。"),
        lambda f: actions.reverse(row, reason=f.cleaned_data["reason"], actor=request.user, at=now()),
    )  # fmt: skip


def _grantors_only(request: HttpRequest) -> None:
    if not queries.grants(request.user, today()):
        raise PermissionDenied(_("指标由市自然资源部门或者市专班办办理。"))


# -- lists --------------------------------------------------------------------------------------------------------


def _list(name: str) -> View:
    kind = KINDS[name]

    @allow(*BUSINESS)
    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        form = forms.ListFilter(request.GET, person=request.user, day=today(), statuses=kind.statuses)
        rows = form.apply(kind.rows(request.user, today()), kind.words)
        fragment = bool(request.headers.get("HX-Request"))
        context = {
            "form": form, "page": page(rows, kind.order, request.GET.get("cursor", "")), "name": name,
            "title": kind.title, "table": f"land/_{name}.html", "total": capped_count(rows), "today": today(),
        }  # fmt: skip
        if not fragment:
            context["figures"] = queries.head_figures(name, request.user, today())
            context["enters"] = kind.enters if queries.enters(request.user, today()) else ""
        template = "land/_rows.html" if fragment else "land/list.html"
        return render(request, template, context, status=422 if form.errors else 200)

    view.__name__, view.__doc__ = name, str(name)
    return view


lots, batches, zones, contracts = (_list(name) for name in KINDS)


@allow(*BUSINESS)
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The batches as .xlsx, as filtered."""
    kind = KINDS["batches"]
    form = forms.ListFilter(request.GET, person=request.user, day=today(), statuses=kind.statuses)
    rows = form.apply(queries.batches(request.user, today()), kind.words)
    if int(capped_count(rows, MOST)) >= MOST:
        return refused(request, _("超过 %(most)s 行，请缩小范围后再导出。") % {"most": f"{MOST:,}"})
    heading = [_("批次用地　截至 %(day)s") % {"day": cn_full_date(today())}]
    ordered = in_order(rows, kind.order)
    return _send(_("批次用地"), lambda target: sheets.write_batches(target, ordered.iterator(500), heading))


# -- one record ---------------------------------------------------------------------------------------------------


def _found(request: HttpRequest, name: str, pk: int) -> Any:
    """The record, if this person may see it; otherwise there is none (404)."""
    return get_object_or_404(KINDS[name].rows(request.user, today()), pk=pk)


def _record(name: str) -> View:
    kind = KINDS[name]

    @allow(*BUSINESS)
    @require_safe
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        row = _found(request, name, pk)
        options = kind.flow.open_to(row, request.user, now()) if kind.flow else []
        counts = name == "zones" and queries.may_keep(request.user, row, today())
        context = {
            "row": row, "name": name, "title": kind.title, "options": options, "counts": counts, "today": today(),
            "warning": batch_warning(row) if name == "batches" else "",
            "facts": f"land/_{kind.route}_facts.html", "happened": timeline(row)[:100],
            "postings": queries.postings_of(row, request.user, today()) if name in {"lots", "batches"} else [],
            "reserves": row.counts.select_related("counted_by").order_by("-counted_on") if name == "zones" else [],
        }  # fmt: skip
        return render(request, "land/record.html", context)

    view.__name__, view.__doc__ = kind.route, str(kind.route)
    return view


lot, batch, zone, contract = (_record(name) for name in KINDS)


def _enter(name: str) -> View:
    kind = KINDS[name]

    @allow(*KEEPING)
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest) -> HttpResponse:
        form = _bound(request, kind.form)
        if form.is_valid():
            try:
                row = kind.enter(form.cleaned_data, actor=request.user, at=now())
            except Refused as why:
                form.add_error(None, str(why))
            else:
                messages.success(request, _("已登记：%(name)s") % {"name": row})
                return HttpResponseRedirect(reverse(f"land:{kind.route}", args=[row.pk]), status=303)
        context = {"form": form, "title": kind.enters, "hint": "", "back": name, "up": kind.title}
        return render(request, "land/enter.html", context, status=422 if form.is_bound else 200)

    view.__name__, view.__doc__ = f"enter_{kind.route}", str(kind.route)
    return view


enter_lot, enter_batch, enter_zone, enter_contract = (_enter(name) for name in KINDS)


def _act(name: str, act: str) -> View:
    """The page of one act: GET shows what it asks for, POST does it."""
    kind, (label, form_class, do) = KINDS[name], ACTS[name, act]

    @allow(*KEEPING)
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        row = _found(request, name, pk)
        allowed = kind.flow.permitted(row, act, request.user, now()) if kind.flow else None
        if not (queries.may_keep(request.user, row, today()) if allowed is None else allowed):
            raise PermissionDenied(_("您的岗位不能对这一件%(act)s。") % {"act": label})
        form, fault, status = _bound(request, form_class, row=row), "", 200
        if form.is_valid():
            seen = request.POST.get("seen", "")
            more = {"seen": int(seen)} if kind.flow and seen.isdigit() else {}
            try:
                do(row, **form.cleaned_data, **more, actor=request.user, at=now())
            except Refused as why:
                fault, status = str(why), 409
            else:
                messages.success(request, _("已办理：%(act)s") % {"act": label})
                return HttpResponseRedirect(reverse(f"land:{kind.route}", args=[pk]), status=303)
        elif form.is_bound:
            status = 422
        hindrance = kind.flow.refusal(row, act, request.user, now()) if kind.flow else None
        context = {"row": row, "label": label, "form": form, "fault": fault, "hindrance": hindrance, "name": name,
                   "title": kind.title, "route": f"land:{kind.route}"}  # fmt: skip
        response = render(request, "land/act.html", context, status=status)
        if fault:
            response["X-Refusal"] = quote(fault)
        return response

    view.__name__, view.__doc__ = f"{kind.route}_{act}", str(label)
    return view


ACT_VIEWS = {key: _act(*key) for key in ACTS}
