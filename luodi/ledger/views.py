"""The ledger's page (ui.md 4, page 4): its rows, neighbours, saved views, acts on many rows, export."""

from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    QueryDict,
)
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luodi.files.views import stream
from luodi.jobs.views import job_facts
from luodi.kit.clock import now, today
from luodi.kit.pages import page
from luodi.kit.refusal import Refused
from luodi.kit.views import refused
from luodi.ledger import actions, queries
from luodi.ledger.forms import BulkForm, ViewForm
from luodi.ledger.models import BulkAct, Export, SavedView
from luodi.ledger.rules import AT_ONCE, BULK, MOST, PRINTED, VIEWS, bulk_acts, shares
from luodi.ledger.sheets import COLUMNS
from luodi.orgs.models import Person, Role
from luodi.orgs.rules import BUSINESS, allow
from luodi.problems.models import Problem
from luodi.problems.rules import FLOW


@allow(*BUSINESS)
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The list of problems. For htmx only its rows; a wrong filter then leaves the old ones and says which field."""
    person: Person = request.user  # type: ignore[assignment]
    try:
        asked = queries.read(person, request.GET, today())
    except Refused as why:
        return refused(request, str(why))
    request.campaign = asked.form.scope  # the frame shows it too
    fragment = bool(request.headers.get("HX-Request"))
    if fragment and asked.form.errors:
        return refused(request, asked.form.sentence(), 422)
    context = {**_rows(request, asked), **_tabs(request, asked), "fragment": fragment}
    listed = context["page"]
    context["total"] = (
        queries.whole(asked, context["counts"])
        if listed.next_cursor or listed.previous_cursor
        else len(listed.rows)  # all of it is on the page
    )
    if not fragment:
        context |= _head(request, asked)
    response = render(
        request,
        "ledger/_rows.html" if fragment else "ledger/ledger.html",
        context,
        status=422 if asked.form.errors else 200,
    )
    if fragment:
        response["HX-Push-Url"] = f"{request.path}?{asked.query.urlencode()}"
        if request.headers.get("HX-Current-URL", "").endswith(response["HX-Push-Url"]):
            response["HX-Push-Url"] = "false"
    return response


def _rows(request: HttpRequest, asked: queries.Asked) -> dict[str, Any]:
    """Chips, count, rows, pager, the bar of bulk acts and the foot on paper."""
    sort, size = asked.arrange.chosen
    listed = queries.shown(asked.rows, asked.order, asked.query.get("cursor", ""), size, asked.columns)
    view = VIEWS[asked.view]
    chips = [(chip, queries.rest_of(asked.query, *chip.names)) for chip in asked.form.chips()]
    return {
        "page": listed,
        "lines": listed.rows,
        "columns": asked.columns,
        "reader": asked.reader,
        "view": view,
        "form": asked.form,
        "arrange": asked.arrange,
        "chips": chips,
        "bare": f"v={asked.view}",
        "sort": sort,
        "size": size,
        "here": asked.query.urlencode(),
        "onward": queries.rest_of(asked.query),
        "without_view": "v=all&" + queries.rest_of(asked.query, "v"),
        "sizes": [(n, queries.rest_of(asked.query, "n")) for n in (50, 100)],
        "heads": _heads(asked, sort),
        "acts": [(name, FLOW.acts[name].label, BULK[name]) for name in bulk_acts(request.user, today())],
        "pick_all": request.GET.get("pick") == "all",
        "printed_at": now(),
    }


def _heads(asked: queries.Asked, sort: str) -> list[dict[str, Any]]:
    """For each column its words; where one may sort by it the link that does, and how it is sorted now."""
    rest, heads = queries.rest_of(asked.query, "sort"), []
    for column in (COLUMNS[name] for name in asked.columns):
        now_sorted = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(sort, "") if column.sort else ""
        to = f"-{column.sort}" if sort == column.sort else column.sort
        heads.append({"column": column, "to": f"{rest}&sort={to}" if column.sort else "", "aria": now_sorted})
    return heads


def _tabs(request: HttpRequest, asked: queries.Asked) -> dict[str, Any]:
    """The views with their counts, each keeping the conditions; then the saved ones, each with its own."""
    saved = queries.saved_views(request.user, today())
    counts = queries.tab_counts(asked, saved)
    kept = queries.rest_of(asked.query, "v")
    own = next((view.pk for view in saved if queries.is_open(asked, view)), None)
    rest = f"&{kept}" if kept else ""
    tabs = [
        (view.name, counts[name], f"v={name}{rest}", own is None and name == asked.view, view.holds)
        for name, view in VIEWS.items()
    ]
    tabs += [(view.name, counts[f"saved_{view.pk}"], view.address, view.pk == own, "") for view in saved]
    return {"tabs": tabs, "counts": counts, "current": asked.view, "out": counts["out"]}


def _head(request: HttpRequest, asked: queries.Asked) -> dict[str, Any]:
    """What stands above the rows: the figures, the filter's order, what one may do."""
    person: Person = request.user  # type: ignore[assignment]
    post = person.main_post(today())
    place = post.unit.place if post else asked.form.scope.city.code
    return {
        "figures": queries.found_figures(asked.form.scope, place, today()),
        "registers": bool(person.roles_on(today()) & {Role.OFFICE, Role.CLERK}),
    }


# -- from one problem to the next ---------------------------------------------------------------------------------


def _beside(request: HttpRequest, pk: int, place: int) -> HttpResponse:
    """To the neighbour in the list that `?from=` describes; at its end back to the list, with a word."""
    person: Person = request.user  # type: ignore[assignment]
    here = get_object_or_404(Problem.objects.visible_to(person, today()), pk=pk)
    words = request.GET.get("from", "")
    try:
        asked = queries.read(person, QueryDict(words), today())
    except Refused as why:
        return refused(request, str(why))
    # What the list's order reads from a row is on the annotated row.
    row = queries.arranged(asked.seen, asked.view, asked.arrange.chosen[0])[0].filter(pk=here.pk).first()
    found = queries.neighbours(asked.rows, asked.order, row)[place] if row else None
    query = QueryDict(mutable=True)
    query["from"] = words
    if found:
        return HttpResponseRedirect(f"{reverse('problems:problem', args=[found])}?{query.urlencode()}")
    messages.info(request, _("已经是列表中的最后一件。") if place else _("已经是列表中的第一件。"))
    return HttpResponseRedirect(f"{reverse('problems:ledger')}?{words}")


@allow(*BUSINESS)
@require_safe
def previous(request: HttpRequest, pk: int) -> HttpResponse:
    """The problem before this one in the list one came from."""
    return _beside(request, pk, 0)


@allow(*BUSINESS)
@require_safe
def following(request: HttpRequest, pk: int) -> HttpResponse:
    """The problem after this one in the list one came from."""
    return _beside(request, pk, 1)


# -- saved views --------------------------------------------------------------------------------------------------


@allow(*BUSINESS)
@require_http_methods(["GET", "HEAD", "POST"])
def saved(request: HttpRequest) -> HttpResponse:
    """The saved views one may open, and a form to keep the list one came from."""
    person, words = request.user, request.POST.get("from") or request.GET.get("from", "")
    mine = {post.unit_id for post in shares(person, today())}
    form = ViewForm(request.POST if request.method == "POST" else None, shares=bool(mine))
    try:
        asked = queries.read(person, QueryDict(words), today())
        if form.is_valid():
            view = actions.save_view(asked, **form.cleaned_data, actor=person, at=now())
            messages.success(request, _("已保存视图“%(name)s”。") % {"name": view.name})
            return HttpResponseRedirect(f"{reverse('problems:ledger')}?{view.address}", status=303)
    except Refused as why:
        form.add_error(None, str(why)) if form.is_bound else None
        asked = None
    views = queries.saved_views(person, today())
    context = {
        "form": form,
        "asked": asked,
        "from": words,
        "views": [(view, view.person_id == person.pk or view.unit_id in mine) for view in views],
        "shares": bool(mine),
    }
    return render(request, "ledger/views.html", context, status=422 if form.is_bound else 200)


CHANGES = {"rename": actions.rename, "share": actions.share, "remove": actions.remove}


@allow(*BUSINESS)
@require_POST
def change_view(request: HttpRequest, pk: int, change: str) -> HttpResponse:
    """Rename, share or delete a saved view."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user, today()), pk=pk)
    if change not in CHANGES:
        raise Http404
    named = {"name": request.POST.get("name", "")[:20]} if change == "rename" else {}
    try:
        CHANGES[change](view, **named, actor=request.user, at=now())
    except Refused as why:
        return refused(request, str(why))
    messages.success(request, _("已更新视图。"))
    return HttpResponseRedirect(reverse("problems:views"), status=303)


# -- one act on many rows -----------------------------------------------------------------------------------------


@allow(*dict.fromkeys(role for name in BULK for role, _reach in FLOW.acts[name].grants))
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest) -> HttpResponse:
    """Asks for what the act needs, saying how many and which; POST does it on each row."""
    person, given = request.user, request.POST if request.method == "POST" else request.GET
    act = given.get("act", "")
    if act not in bulk_acts(person, today()):
        raise PermissionDenied(_("您的岗位不能批量办理这一项。"))
    try:
        asked = queries.read(person, QueryDict(given.get("from", "")), today())
    except Refused as why:
        return refused(request, str(why))
    rows, seen = queries.picked(asked, "all" in given, given.getlist("row"))
    form = BulkForm(request.POST if request.method == "POST" else None, act=act, scope=asked.form.scope)
    fault = ""
    if form.is_valid():
        shown, key = given.get("count", ""), given.get("key", "")[:32]
        try:
            done = actions.act_on_many(
                rows, act=act, facts=form.facts(), key=key or token_hex(16), actor=person, at=now(), seen=seen,
                expected=int(shown) if shown.isdecimal() else None,
            )  # fmt: skip
            came_from = urlencode({"from": given.get("from", "")[:2000]})
            return HttpResponseRedirect(f"{reverse('problems:bulk-result', args=[done.pk])}?{came_from}", status=303)
        except Refused as why:
            fault = str(why)
    return _bulk_page(request, act, form, rows, fault)


def _bulk_page(request: HttpRequest, act: str, form: BulkForm, rows: Any, fault: str) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    count = rows.order_by()[: MOST + 1].count()
    hindered = queries.hindered(rows, act, request.user, now()) if count <= AT_ONCE else []
    context = {
        "name": act,
        "act": FLOW.acts[act],
        "bulk": BULK[act],
        "form": form,
        "faults": [fault] if fault else [],
        "count": count,
        "first": rows.select_related("unit")[:5],
        "more": max(0, count - 5),
        "hindered": hindered,
        "able": count - len(hindered),
        "later": count > AT_ONCE,
        "kept": {"from": given.get("from", ""), "key": given.get("key") or token_hex(16)},
        "all": "all" in given,
        "marks": given.getlist("row"),
    }
    status = 409 if fault else 422 if form.is_bound else 200
    return render(request, "ledger/bulk.html", context, status=status)


@allow(*BUSINESS)
@require_http_methods(["GET", "HEAD", "POST"])
def bulk_result(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of each row; POST takes up what an interrupted request left."""
    done = get_object_or_404(BulkAct.objects.select_related("job", "person"), pk=pk, person=request.user)
    if request.method == "POST":
        actions.carry_on(done, actor=request.user, at=now())
        return HttpResponseRedirect(request.get_full_path(), status=303)
    lines = done.lines.select_related("problem__unit")
    running = done.job is not None and not done.job.is_over
    context = {
        "bulk": done,
        "act": FLOW.acts[done.act],
        "found": queries.outcome(done),
        "waiting": queries.outcome(done).get("", 0),
        "page": page(lines, ("-outcome", "pk"), request.GET.get("cursor", ""), 200),
        "running": running,
        "from": request.GET.get("from", ""),
        **(job_facts(done.job) if running else {}),
    }
    return render(request, "ledger/bulk_result.html", context)


# -- on paper and as a sheet ----------------------------------------------------------------------------------------

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@allow(*BUSINESS)
@require_safe
def printed(request: HttpRequest) -> HttpResponse:
    """The whole list on one page for paper, not only the rows of one page; a longer one is narrowed or exported."""
    try:
        asked = queries.read(request.user, request.GET, today())
    except Refused as why:
        return refused(request, str(why))
    rows = list(asked.all_rows()[: PRINTED + 1])
    if len(rows) > PRINTED:
        words = _("超过 %(n)s 件，纸太多；请先筛选，或者导出 Excel 再打印。")
        return refused(request, words % {"n": f"{PRINTED:,}"})
    request.campaign = asked.form.scope  # type: ignore[attr-defined]
    context = {
        "asked": asked,
        "lines": rows,
        "columns": asked.columns,
        "reader": asked.reader,
        "heads": [{"column": COLUMNS[name]} for name in asked.columns],
        "here": asked.query.urlencode(),
        "printed_at": now(),
    }
    return render(request, "ledger/print.html", context, status=422 if asked.form.errors else 200)


@allow(*BUSINESS)
@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """The list as .xlsx: at once, or for many rows by a job."""
    try:
        asked = queries.read(request.user, QueryDict(request.POST.get("from", "")), today())
        later, content = actions.export(asked, actor=request.user, at=now())
    except Refused as why:
        return refused(request, str(why))
    if later is not None:
        return HttpResponseRedirect(reverse("jobs:job", args=[later.job_id]), status=303)
    response = FileResponse(content, as_attachment=True, filename=_file_name(), content_type=XLSX)
    response["Cache-Control"] = "private, no-store"
    return response


@allow(*BUSINESS)
@require_safe
def export_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A sheet made by a job; only for whoever asked for it."""
    row = get_object_or_404(Export.objects.select_related("stored"), pk=pk, person=request.user, stored__isnull=False)
    try:
        return stream(row.stored, name=_file_name())
    except Refused as why:
        return refused(request, str(why))


def _file_name() -> str:
    return _("问题台账-%(day)s.xlsx") % {"day": f"{now():%Y%m%d-%H%M}"}
