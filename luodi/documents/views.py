"""Documents: the list, drafting, reading with traceable figures, issuing, the .docx."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from luodi.campaigns.queries import current
from luodi.documents import actions, queries
from luodi.documents.forms import DraftForm
from luodi.documents.models import Document
from luodi.documents.rules import FLOW, file_name
from luodi.files.views import stream
from luodi.gongwen.layout import title_lines
from luodi.indicators import queries as indicators
from luodi.kit.clock import now, today
from luodi.kit.pages import page
from luodi.kit.refusal import Refused
from luodi.orgs.models import Role
from luodi.orgs.rules import BUSINESS, allow

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _mine(request: HttpRequest, pk: int) -> Document:
    visible = Document.objects.visible_to(request.user, today())
    return get_object_or_404(visible.select_related("campaign__city", "unit", "stored", "drafted_by"), pk=pk)


@allow(*BUSINESS)
def documents(request: HttpRequest) -> HttpResponse:
    """Documents, newest first."""
    visible = Document.objects.visible_to(request.user, today()).select_related("unit", "drafted_by")
    listed = page(visible, ["-drafted_at", "-id"], request.GET.get("cursor", ""))
    may_draft = Role.OFFICE in request.user.roles_on(today())
    return render(request, "documents/documents.html", {"page": listed, "may_draft": may_draft})


@allow(Role.OFFICE)
def draft(request: HttpRequest) -> HttpResponse:
    """Begin a document."""
    post = request.user.main_post(today())
    campaign = current(post.unit.city_code)
    if campaign is None:
        raise Http404
    form = DraftForm(request.POST or None, campaign=campaign, day=today())
    if request.method == "POST" and form.is_valid():
        place = form.cleaned_data["place"]
        if post.unit.county_code and place != post.unit.county_code:
            raise PermissionDenied(_("县级专班办只能起草本县市区的文件。"))
        try:
            document = actions.draft(campaign, **form.cleaned_data, actor=request.user, at=now())
        except Refused as why:
            form.add_error(None, str(why))
        else:
            return redirect("documents:document", document.pk)
    return render(request, "documents/draft.html", {"form": form}, status=422 if form.errors else 200)


@allow(*BUSINESS)
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The text with each figure as a link; `?f=3` opens the third figure's drawer (for htmx: only the drawer)."""
    row = _mine(request, pk)
    context = _issued(row) if row.status == Document.Status.ISSUED else _live(row)
    asked = request.GET.get("f", "")
    figure = next((f for f in context["figures"] if str(f["seq"]) == asked), None)
    if figure and row.status == Document.Status.ISSUED:
        figure["difference"] = indicators.difference(figure["frozen"].facts)
    context |= {
        "document": row,
        "figure": figure,
        "heading": title_lines(context["title"]),
        "options": FLOW.open_to(row, request.user, now()),
    }
    only_drawer = figure and request.headers.get("HX-Request")
    return render(request, f"documents/{'_drawer' if only_drawer else 'document'}.html", context)


def _live(row: Document) -> dict[str, Any]:
    """A draft's text with today's answers as of its day."""
    composed = queries.draft(row.campaign, row.source, row.frame)
    blocks = [
        {
            "depth": block.depth,
            "label": block.label,
            "pieces": [p if isinstance(p, str) else {"seq": p.seq, "text": p.text} for p in block.pieces],
        }
        for block in composed.blocks
    ]
    figures = [
        {"seq": f.seq, "code": f.code, "text": f.text, "frame": f.frame, "answer": f.answer} for f in composed.figures
    ]
    return {"title": composed.title or row.title, "blocks": blocks, "figures": figures, "warnings": composed.warnings}


def _issued(row: Document) -> dict[str, Any]:
    """An issued document's text as it was kept; its figures are frozen."""
    frozen = list(row.figures.order_by("seq"))
    blocks = [
        {
            "depth": block["depth"],
            "label": block["label"],
            "pieces": [p if isinstance(p, str) else {"seq": p["figure"], "text": p["text"]} for p in block["pieces"]],
        }
        for block in row.content
    ]
    figures = [{"seq": f.seq, "code": f.code, "text": f.text, "frame": f.frame, "frozen": f} for f in frozen]
    return {"title": row.title, "blocks": blocks, "figures": figures, "warnings": ()}


@allow(Role.OFFICE)
@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue it: figures frozen, .docx kept."""
    row = _mine(request, pk)
    try:
        seen = int(request.POST.get("seen", "") or 0)
        row = actions.issue(row, actor=request.user, at=now(), seen=seen)
        messages.success(request, _("已印发：%(n)s 个数字已冻结。") % {"n": row.figures.count()})
    except Refused as why:
        messages.error(request, str(why))
    return redirect("documents:document", row.pk)


@allow(*BUSINESS)
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The .docx: the kept one of an issued document, a fresh one of a draft."""
    row = _mine(request, pk)
    if row.stored is not None and row.issued_on is not None:
        return stream(row.stored, name=file_name(row.title, row.issued_on))
    composed = queries.draft(row.campaign, row.source, row.frame)
    response = HttpResponse(queries.docx(composed, queries.facts_of(row)), content_type=DOCX)
    name = _("草稿-") + file_name(row.title, row.as_of)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
