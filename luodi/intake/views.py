"""Importing a spreadsheet: choose a file, say what its columns mean, correct it in place, import, take it back."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luodi.campaigns.models import Campaign
from luodi.campaigns.queries import current
from luodi.intake import actions, queries
from luodi.intake.forms import MappingForm, UndoForm, UploadForm
from luodi.intake.models import ImportBatch, State
from luodi.intake.rules import Scope, check_refusal, scope_refusal, undo_refusal
from luodi.jobs.views import job_facts
from luodi.kit.clock import now, today
from luodi.kit.pages import page
from luodi.kit.refusal import Refused
from luodi.kit.views import refused, sheet_file
from luodi.orgs.models import Role
from luodi.orgs.rules import allow


def _mine(request: HttpRequest, pk: int) -> ImportBatch:
    """My import; somebody else's does not exist (404)."""
    rows = ImportBatch.objects.visible_to(request.user).select_related("campaign__city", "unit", "job", "stored")
    found: ImportBatch = get_object_or_404(rows, pk=pk)
    return found


def _known(request: HttpRequest, pk: int) -> ImportBatch:
    """An import whose result I may see: mine, and for the city's office what others have imported."""
    rows = ImportBatch.objects.known_to(request.user, today()).select_related(
        "campaign__city", "unit", "job", "stored", "person", "undone_by"
    )
    found: ImportBatch = get_object_or_404(rows, pk=pk)
    return found


def _campaign(request: HttpRequest) -> Campaign:
    found = current(request.user.main_post(today()).unit.city_code)
    if found is None:
        raise PermissionDenied(_("还没有装入活动包，不能导入问题。"))
    return found


def _to(batch: ImportBatch, fragment: str = "", query: str = "") -> HttpResponse:
    address = reverse("intake:batch", args=[batch.pk]) + query + fragment
    return HttpResponseRedirect(address, status=303)


@allow(Role.OFFICE, Role.CLERK)
@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    """My imports, newest first; the city's office also sees what others have imported."""
    known = ImportBatch.objects.known_to(request.user, today())
    mine = known.select_related("unit", "job", "person").defer("findings")
    rows = page(mine, ("-uploaded_at",), request.GET.get("cursor", ""))
    return render(request, "intake/batches.html", {"page": rows})


@allow(Role.OFFICE, Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file."""
    campaign = _campaign(request)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*posted, campaign=campaign, actor=request.user, day=today())
    if form.is_valid():
        sent, unit = form.cleaned_data["upload"], form.cleaned_data["unit"]
        try:
            row = actions.upload(
                sent.read(), name=sent.name, campaign=campaign, unit=unit, actor=request.user, at=now()
            )
        except Refused as why:
            form.add_error("upload", str(why))
        else:
            return _to(row)
    return render(request, "intake/upload.html", {"form": form}, status=422 if form.is_bound else 200)


@allow(Role.OFFICE, Role.CLERK)
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The empty ledger to fill in, with drop-downs."""
    content = queries.template(_campaign(request), request.user, today())
    return sheet_file(content, _("问题台账模板.xlsx"))


@allow(Role.OFFICE, Role.CLERK)
@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: its columns and its wrong cells before, its codes after."""
    row = _known(request, pk)
    return _shown(request, row) if row.is_open else _result(request, row)


def _shown(
    request: HttpRequest, row: ImportBatch, form: MappingForm | None = None, fault: str = "", status: int = 200
) -> HttpResponse:
    book = queries.workbook_of(row)
    sheet = queries.sheet_of(row, book)
    start = request.GET.get("from", "")
    missing = queries.missing(row.mapping, row.unit).values()
    everything = "all" in request.GET or bool(missing) or row.is_unchecked
    counts = (row.row_count, row.bad_count, row.good_count, missing)
    context = {
        "batch": row,
        "form": form or _mapping_form(row, book),
        "missing": missing,
        "repeated": queries.repeated(row, sheet),
        "unused": [h for i, h in enumerate(sheet.headers) if h and i not in row.mapping.values()],
        "sheet": queries.shown(row, sheet, int(start) if start.isdigit() else 0, everything),
        "everything": everything,
        "offered": queries.offered(row.campaign, request.user, today()),
        "fault": fault,
        "notices": queries.remarks(book, sheet),
        "remembered": [sheet.headers[place] for place in queries.remembered(sheet, _home(request, row))],
        "hindrance": check_refusal(row) or scope_refusal(Scope.ALL, *counts),
        "blocked": check_refusal(row) or scope_refusal(Scope.GOOD, *counts),
        "fresh": row.good_count - row.duplicates,
        "stopped": row.result.get("scope", "") if row.state != State.DRAFT else "",
    }
    response = render(request, "intake/check.html", context, status=status)
    if fault:
        response["X-Refusal"] = quote(fault)
    return response


def _home(request: HttpRequest, row: ImportBatch) -> Any:
    return queries.home_of(row.unit, request.user, today())


def _mapping_form(row: ImportBatch, book: Any, posted: Any = None) -> MappingForm:
    names = [sheet.name for sheet in queries.readable(book)]
    sheet = queries.sheet_of(row, book)
    lacking = list(queries.missing(row.mapping, row.unit))
    facts = {"sheet": sheet, "names": names, "mapping": row.mapping, "lacking": lacking}
    return MappingForm(posted, **facts, campaign=row.campaign)


def _result(
    request: HttpRequest, row: ImportBatch, form: UndoForm | None = None, fault: str = "", status: int = 200
) -> HttpResponse:
    """While it is checked, imported or undone the job's progress; then what was registered."""
    done = row.is_imported or row.state == State.UNDONE
    touched = queries.touched(row)
    first = touched.first() if row.is_imported else None
    context = {
        "batch": row,
        "undo_form": form or UndoForm(),
        "fault": fault,
        "hindrance": undo_refusal(row, touched.count(), first.code) if first else "",
        "rows": page(queries.registered(row), ("row_number",), request.GET.get("cursor", "")),
        "skipped": row.result.get("skipped", []),
        "registered": row.result.get("registered", 0),
        **(job_facts(row.job) if row.job and not done else {}),
    }
    response = render(request, "intake/result.html", context, status=status)
    if fault:
        response["X-Refusal"] = quote(fault)
    return response


@allow(Role.OFFICE, Role.CLERK)
@require_POST
def map_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what the columns mean."""
    row = _mine(request, pk)
    form = _mapping_form(row, queries.workbook_of(row), request.POST)
    if not form.is_valid():
        return _shown(request, row, form, status=422)
    try:
        actions.map_columns(row, **form.arguments(), actor=request.user, at=now())
    except Refused as why:
        return _shown(request, _mine(request, pk), fault=str(why), status=409)
    return _to(row)


@allow(Role.OFFICE, Role.CLERK)
@require_POST
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put text in place of wrong cells of one row: `row`, and `cell-<field>` each."""
    row, number = _mine(request, pk), request.POST.get("row", "")
    names = {f"cell-{name}": name for name in queries.column_titles()}
    typed = {names[key]: value[:4000] for key, value in request.POST.items() if key in names}
    query = "?all" if "all" in request.POST else ""
    if not number.isdigit() or not typed:
        return refused(request, _("页面不完整，请刷新后再改。"))
    try:
        row = actions.correct(row, [int(number)], typed, actor=request.user, at=now())
    except Refused as why:
        return refused(request, str(why))
    if number in row.findings and row.findings[number]["errors"]:
        messages.warning(request, _("第 %(n)s 行还有错，请看标出的格子。") % {"n": number})
        return _to(row, f"#r{number}", query)
    messages.success(request, _("第 %(n)s 行已改好。") % {"n": number})
    return _to(row, "#sheet", query)


@allow(Role.OFFICE, Role.CLERK)
@require_POST
def correct_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Put `text` in place of `value` in all rows in which that is wrong of the field `name`."""
    row, text = _mine(request, pk), request.POST.get("text", "").strip()[:4000]
    wrong = (request.POST.get("name"), request.POST.get("value"))
    groups = queries.repeated(row, queries.sheet_of(row))
    group = next((one for one in groups if (one["name"], one["value"]) == wrong), None)
    if group is None:
        return refused(request, _("页面不完整，请刷新后再改。"))
    if not text:
        return refused(request, _("请先写明改成什么。"))
    try:
        row = actions.correct(row, group["rows"], {group["name"]: text}, actor=request.user, at=now())
    except Refused as why:
        return refused(request, str(why))
    wrong_still = sum(group["name"] in row.findings.get(str(n), {}).get("errors", {}) for n in group["rows"])
    facts = {"n": len(group["rows"]), "text": text, "bad": wrong_still}
    if wrong_still:
        messages.warning(request, _("%(n)s 行改成了“%(text)s”，其中 %(bad)s 行还有错，请看标出的格子。") % facts)
    else:
        messages.success(request, _("%(n)s 行都改成了“%(text)s”。") % facts)
    return _to(row)


@allow(Role.OFFICE, Role.CLERK)
@require_POST
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Import."""
    row, scope = _mine(request, pk), request.POST.get("scope", "")
    if scope not in set(Scope):
        return refused(request, _("请选要导入哪些行。"))
    try:
        row = actions.run(row, scope=scope, actor=request.user, at=now())
    except Refused as why:
        if row.is_open:
            return _shown(request, _mine(request, pk), fault=str(why), status=409)
        return refused(request, str(why))
    return _to(row)


@allow(Role.OFFICE, Role.CLERK)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the whole import back."""
    row, form = _known(request, pk), UndoForm(request.POST)
    if not form.is_valid():
        return _result(request, row, form, status=422)
    try:
        row = actions.undo(row, reason=form.cleaned_data["reason"], actor=request.user, at=now())
    except Refused as why:
        return _result(request, _known(request, pk), form, str(why), 409)
    return _to(row)


@allow(Role.OFFICE, Role.CLERK)
@require_safe
def marked(request: HttpRequest, pk: int) -> HttpResponse:
    """My own sheet with the wrong cells tinted and commented; `?rest` only the rows that were not imported."""
    row, rest = _mine(request, pk), "rest" in request.GET
    stem = row.file_name.rpartition(".")[0] or row.file_name
    name = _("%(name)s（没有导入的行）.xlsx") if rest else _("%(name)s（标注错误）.xlsx")
    return sheet_file(queries.marked(row, rest=rest), name % {"name": stem})
