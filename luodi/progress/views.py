"""A county's month: take the sheet, bring it back, see it with its wrong cells, correct them, tell the months."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luodi.kit.clock import now, today
from luodi.kit.pages import page
from luodi.kit.refusal import Refused
from luodi.kit.views import refused, sheet_file
from luodi.orgs.models import Role
from luodi.orgs.rules import allow
from luodi.progress import actions, queries
from luodi.progress import sheets as columns
from luodi.progress.forms import MonthForm, UploadForm
from luodi.progress.models import MonthlySheet
from luodi.progress.rules import Scope, hindrance


def _mine(request: HttpRequest, pk: int) -> MonthlySheet:
    found: MonthlySheet = get_object_or_404(queries.mine(request.user), pk=pk)
    return found


@allow(Role.OFFICE, Role.CLERK)
@require_safe
def sheets(request: HttpRequest) -> HttpResponse:
    """My monthly sheets, newest first; and the sheet to take along."""
    rows = page(queries.mine(request.user).defer("findings"), ("-uploaded_at",), request.GET.get("cursor", ""))
    form = MonthForm(person=request.user, day=today())
    return render(request, "progress/sheets.html", {"page": rows, "form": form})


@allow(Role.OFFICE, Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file, its county and its month."""
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*posted, person=request.user, day=today())
    if form.is_valid():
        facts = dict(form.cleaned_data)
        sent = facts.pop("upload")
        try:
            row = actions.upload(sent.read(), name=sent.name, **facts, actor=request.user, at=now())
        except Refused as why:
            form.add_error("upload", str(why))
        else:
            return HttpResponseRedirect(reverse("progress:sheet", args=[row.pk]), status=303)
    return render(request, "progress/upload.html", {"form": form}, status=422 if form.is_bound else 200)


@allow(Role.OFFICE, Role.CLERK)
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The county's sheet for a month, filled in as far as the library knows."""
    form = MonthForm(request.GET, person=request.user, day=today())
    if not form.is_valid():
        return refused(request, _("请选县市区和月份。"), 422)
    unit, month_on = form.cleaned_data["unit"], form.cleaned_data["month_on"]
    name = _("%(place)s%(month)s重点项目进度表.xlsx") % {"place": unit.full_label, "month": f"{month_on:%Y-%m}"}
    return sheet_file(queries.template(unit, month_on, request.user, today()), name)


@allow(Role.OFFICE, Role.CLERK)
@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet with its wrong cells; once it is told, what came of it."""
    return _shown(request, _mine(request, pk))


def _shown(request: HttpRequest, row: MonthlySheet, fault: str = "", status: int = 200) -> HttpResponse:
    source = queries.sheet_of(row)
    start, everything = request.GET.get("from", ""), "all" in request.GET
    missing = queries.missing(row.mapping)
    reading = queries.check(row, source, now(), today()) if row.is_open else None
    context: dict[str, Any] = {
        "batch": row,
        "missing": missing,
        "unused": [h for i, h in enumerate(source.headers) if h and i not in row.mapping.values()],
        "matched": [(columns.titles()[name], source.headers[place]) for name, place in row.mapping.items()],
        "sheet": queries.shown(row, source, int(start) if start.isdecimal() else 0, everything or not row.is_open),
        "everything": everything or not row.is_open,
        "notices": reading.notices if reading else [],
        "totals": len(source.totals),
        "fault": fault,
        "hindrance": hindrance(row, Scope.ALL, missing),
        "blocked": hindrance(row, Scope.GOOD, missing),
    }
    response = render(request, "progress/sheet.html", context, status=status)
    if fault:
        response["X-Refusal"] = quote(fault)
    return response


@allow(Role.OFFICE, Role.CLERK)
@require_POST
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put text in place of wrong cells of one row: `row`, and `cell-<field>` each."""
    row, number = _mine(request, pk), request.POST.get("row", "")
    typed = {name: request.POST[f"cell-{name}"][:2000] for name in columns.COLUMNS if f"cell-{name}" in request.POST}
    if not number.isdecimal() or not typed:
        return refused(request, _("页面不完整，请刷新后再改。"))
    try:
        row = actions.correct(row, int(number), typed, actor=request.user, at=now())
    except Refused as why:
        return refused(request, str(why))
    wrong = row.findings.get(number, {}).get("errors")
    query = "?all" if "all" in request.POST else ""
    if wrong:
        messages.warning(request, _("第 %(n)s 行还有错，请看标出的格子。") % {"n": number})
    else:
        messages.success(request, _("第 %(n)s 行已改好。") % {"n": number})
    place = f"#r{number}" if wrong else "#sheet"
    return HttpResponseRedirect(reverse("progress:sheet", args=[pk]) + query + place, status=303)


@allow(Role.OFFICE, Role.CLERK)
@require_POST
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the months."""
    row, scope = _mine(request, pk), request.POST.get("scope", "")
    if scope not in set(Scope):
        return refused(request, _("请选要导入哪些行。"))
    try:
        row = actions.run(row, scope=scope, actor=request.user, at=now())
    except Refused as why:
        return _shown(request, _mine(request, pk), str(why), 409)
    messages.success(request, _("已填报 %(n)s 个项目。") % {"n": row.told_count})
    return HttpResponseRedirect(reverse("progress:sheet", args=[pk]), status=303)


@allow(Role.OFFICE, Role.CLERK)
@require_safe
def marked(request: HttpRequest, pk: int) -> HttpResponse:
    """My own sheet with the wrong cells tinted and commented."""
    row = _mine(request, pk)
    stem = row.file_name.rpartition(".")[0] or row.file_name
    return sheet_file(queries.marked(row, now(), today()), _("%(name)s（标注错误）.xlsx") % {"name": stem})
