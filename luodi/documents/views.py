"""Documents: the list, drafting, reading with traceable figures, editing, sources, signing, issuing, the files."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luodi.campaigns.queries import current
from luodi.documents import actions, forms, queries, sheets
from luodi.documents.models import Document, NumberSeries, TakenNumber
from luodi.documents.rules import FLOW, Draft, Figure, Pieces
from luodi.documents.sheets import file_name
from luodi.documents.templatetags.document import contents, shown
from luodi.files.models import StoredFile
from luodi.files.views import stream
from luodi.gongwen.layout import title_lines
from luodi.indicators.rules import indicator_of
from luodi.kit.clock import now, today
from luodi.kit.pages import page
from luodi.kit.refusal import Refused
from luodi.orgs.models import Role
from luodi.orgs.rules import BUSINESS, View, allow

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGE = 50


def _mine(request: HttpRequest, pk: int) -> Document:
    visible = Document.objects.visible_to(request.user, today())
    joined = ("campaign__city", "unit", "stored", "stored_pdf", "drafted_by", "replaces")
    return get_object_or_404(visible.select_related(*joined), pk=pk)


def _to(row: Document, route: str = "document", more: str = "") -> HttpResponse:
    return HttpResponseRedirect(reverse(f"documents:{route}", args=[row.pk]) + more, status=303)


def _seen(request: HttpRequest) -> int:
    """The version the page showed; a page without it is refused as stale."""
    return forms.whole_number(request.POST.get("seen"), 0)


def _typed(request: HttpRequest, name: str) -> str:
    """Words as they were typed; a NUL, which no database takes, is left out."""
    return request.POST.get(name, "").replace("\0", "")


# -- lists ---------------------------------------------------------------------------------------------------------


@allow(*BUSINESS)
@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """Documents, newest first."""
    visible = Document.objects.visible_to(request.user, today()).select_related("unit", "drafted_by")
    listed = page(visible.defer("source", "content"), ["-drafted_at", "-id"], request.GET.get("cursor", ""))
    may_draft = Role.OFFICE in request.user.roles_on(today())
    return render(request, "documents/documents.html", {"page": listed, "may_draft": may_draft})


@allow(*BUSINESS)
@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """The register of document numbers: series by series, void ones too."""
    visible = Document.objects.visible_to(request.user, today())
    taken = TakenNumber.objects.filter(document__in=visible).select_related("document__unit", "series")
    series = NumberSeries.objects.filter(taken__in=taken).distinct().order_by("-in_year", "agency", "pk")
    listed = list(taken.order_by("-serial", "pk"))
    groups = [(one, [number for number in listed if number.series_id == one.pk]) for one in series]
    return render(request, "documents/numbers.html", {"groups": groups})


@allow(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """Begin a document."""
    post = request.user.main_post(today())
    campaign = current(post.unit.city_code)
    if campaign is None:
        raise Http404
    form = forms.DraftForm(request.POST or None, campaign=campaign, day=today())
    if request.method == "POST" and form.is_valid():
        place = form.cleaned_data["place"]
        if post.unit.county_code and place != post.unit.county_code:
            raise PermissionDenied(_("县级专班办只能起草本县市区的文件。"))
        try:
            return _to(actions.draft(campaign, **form.cleaned_data, actor=request.user, at=now()))
        except Refused as why:
            form.add_error(None, str(why))
    return render(request, "documents/draft.html", {"form": form}, status=422 if form.errors else 200)


# -- reading -------------------------------------------------------------------------------------------------------


@allow(*BUSINESS)
@require_safe
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The text, each figure a link; `?f=3` opens the third figure's drawer, `?h=2` that of a number typed by hand."""
    return _document(request, _mine(request, pk))


def _document(
    request: HttpRequest, row: Document, form: forms.SourceForm | None = None, status: int = 200, hand_seq: str = ""
) -> HttpResponse:
    context = _facts(request, row)
    text: Draft = context["text"]
    figure = next((f for f in text.figures if str(f.seq) == request.GET.get("f", "")), None)
    hand = next((h for h in context["hands"] if str(h.seq) == (hand_seq or request.GET.get("h", ""))), None)
    if figure:
        context |= _drawer(row, text, figure)
    if hand:
        context |= {"hand": hand, "form": form or forms.SourceForm(day=today())}
    only = request.headers.get("HX-Request") and (figure or hand)
    name = "_hand" if hand and only else "_drawer" if only else "document"
    return render(request, f"documents/{name}.html", context, status=status)


def _facts(request: HttpRequest, row: Document) -> dict[str, Any]:
    """What every page of a document shows."""
    text = queries.written(row) if row.is_kept else queries.live(row)
    hands = [hand for hand in queries.hands(row, text) if not hand.given]
    remarks = [] if row.is_kept else queries.remarks(row, text, hands)
    bad = {remark.figure for remark in remarks if remark.blocks and remark.figure}
    options = FLOW.open_to(row, request.user, now())
    blocks = [shown(block, hands, bad) for block in text.blocks]
    blocking = [remark for remark in remarks if remark.blocks]
    return {
        "document": row,
        "text": text,
        "title": row.title,
        "heading": title_lines(row.title),
        "blocks": blocks,
        "contents": contents(blocks),
        "hands": hands,
        "remarks": blocking,
        "answered": [remark for remark in remarks if remark.answered],
        "counts": {"all": len(text.figures) + len(hands), "checked": len(text.figures) - len(bad), "hand": len(hands)},
        "moved": any(f.moved for f in text.figures) and not row.is_kept,
        "options": [option for option in options if not option.reason],
        "reasoned": [option for option in options if option.reason],
        "may_edit": not row.is_kept and FLOW.refusal(row, "edit", request.user, now()) is None,
        "may_replace": FLOW.refusal(row, "replace", request.user, now()) is None,
        "sign_offs": list(row.sign_offs.select_related("signer").order_by("pk")),
        "standing": None if row.is_kept else queries.standing(row, text),
        "later": queries.moved_on(row) if row.is_kept else [],
        "replaced_by": row.replaced_by.order_by("pk").last() if row.is_kept else None,
    }


def _drawer(row: Document, text: Draft, figure: Figure) -> dict[str, Any]:
    """A figure's drawer: how often it is quoted, what earlier documents said; of an issued one then and now."""
    facts: dict[str, Any] = {"figure": figure, "frame": figure.frame}
    if row.is_kept:
        frozen = row.figures.get(seq=figure.seq)
        facts |= {"frozen": frozen, "frame": frozen.frame, "since": queries.since_issued(frozen, today())}
    quoted = sum((one.code, one.frame) == (figure.code, figure.frame) for one in text.figures)
    code = facts["frozen"].code if row.is_kept else figure.code
    mark = indicator_of(code).mark
    return facts | {"code": code, "mark": mark, "quoted": quoted, "earlier": queries.earlier(row, code, facts["frame"])}


@allow(*BUSINESS)
@require_safe
def rows(request: HttpRequest, pk: int, seq: int) -> HttpResponse:
    """The rows an issued figure counted; `?which=added` or `gone` those that came to it or went since."""
    row = _mine(request, pk)
    frozen = get_object_or_404(row.figures, seq=seq)
    which = request.GET.get("which", "")
    counted, ids, visible = queries.frozen_rows(frozen, request.user, today(), which)
    first = forms.whole_number(request.GET.get("from"), 0)
    shown = list(visible.filter(pk__in=ids[first : first + PAGE]).order_by("pk"))
    route, attribute = counted.row_url or ("", "pk")
    lines = [(str(one), reverse(route, args=[getattr(one, attribute)]) if route else "") for one in shown]
    context = {"document": row, "frozen": frozen, "which": which, "lines": lines, "total": len(ids)}
    context |= {"next": first + PAGE if first + PAGE < len(ids) else 0, "unit": counted.row_unit}
    return render(request, "documents/rows.html", context)


# -- editing -------------------------------------------------------------------------------------------------------


def _require_edit(request: HttpRequest, row: Document) -> None:
    if why := FLOW.refusal(row, "edit", request.user, now()):
        raise PermissionDenied(why)


@allow(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The text block by block: `?b=b7` opens one, `?after=b7` a new one; POST `op` does as its button says."""
    row = _mine(request, pk)
    _require_edit(request, row)
    if request.method != "POST":
        return _editing(request, row, request.GET)
    op, key = request.POST.get("op", "save"), request.POST.get("key", "")
    if op == "insert":
        return _editing(request, row, request.POST, inserted=True)
    if op not in _EDITS:
        raise Http404
    try:
        _EDITS[op](request, row, key)
    except Refused as why:
        typed = request.POST if op == "save" else {}
        return _editing(request, _mine(request, pk), typed, fault=str(why))
    return _to(row, "edit", f"#{key}")


def _save(request: HttpRequest, row: Document, key: str) -> None:
    """The words of a block; each line is a paragraph of its own."""
    text, ask = queries.written(row), queries.asker([])
    before = next((block.pieces for block in text.blocks if block.key == key), ())
    lines = [line.strip() for line in _typed(request, "text").splitlines() if line.strip()]
    paragraphs = [forms.read_tokens(line, row.frame, ask, _answered(before, ask)) for line in lines]
    facts = {"key": key, "depth": forms.depth_of(request.POST.get("depth")), "paragraphs": paragraphs}
    after = request.POST.get("after") == "1"
    actions.write(row, **facts, after=after, actor=request.user, at=now(), seen=_seen(request))


def _answered(pieces: Pieces, ask: Any) -> Pieces:
    """The figures of a block with what the records say now: saving a block takes that over."""
    return tuple(p if isinstance(p, str) else replace(p, answer=ask(p.code, p.frame)) for p in pieces)


def _move(request: HttpRequest, row: Document, key: str) -> None:
    actions.move(row, key=key, up=request.POST["op"] == "up", actor=request.user, at=now(), seen=_seen(request))


def _remove(request: HttpRequest, row: Document, key: str) -> None:
    actions.remove(row, key=key, actor=request.user, at=now(), seen=_seen(request))


_EDITS = {"save": _save, "remove": _remove, "up": _move, "down": _move}


def _editing(
    request: HttpRequest, row: Document, asked: Any, *, fault: str = "", inserted: bool = False
) -> HttpResponse:
    """The page for editing, with one block open; after a refusal what was typed is still in it."""
    context = _facts(request, row)
    after = asked.get("after", "") if request.method != "POST" else asked.get("key", "") * (asked.get("after") == "1")
    key = after or asked.get("b") or asked.get("key") or ""
    block = next((one for one in context["text"].blocks if one.key == key), None)
    text, depth = asked.get("text", ""), forms.depth_of(asked.get("depth"))
    if request.method != "POST" and block and not after:
        text, depth = forms.with_tokens(block.pieces, row.frame), block.depth
    if inserted:
        text, fault = forms.with_inserted(asked, text)
    context |= {
        "open_key": block.key if block else "", "after": bool(after), "typed": text, "fault": fault, "depth": depth,
        "figures": forms.figure_choices(), "filters": forms.filter_choices(row.frame),
        "seen": asked.get("seen") or row.version,
    }  # fmt: skip
    return render(request, "documents/edit.html", context, status=409 if fault else 200)


@allow(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def head(request: HttpRequest, pk: int) -> HttpResponse:
    """Title, organ, number series, recipients, copies."""
    row = _mine(request, pk)
    _require_edit(request, row)
    form = forms.HeadForm(request.POST if request.method == "POST" else None, document=row)
    if form.is_bound and form.is_valid():
        try:
            actions.write_head(row, **form.cleaned_data, actor=request.user, at=now(), seen=_seen(request))
            return _to(row)
        except Refused as why:
            form.add_error(None, str(why))
    context = {"document": row, "form": form, "seen": request.POST.get("seen") or row.version}
    return render(request, "documents/head.html", context, status=422 if form.errors else 200)


# -- sources and answers -------------------------------------------------------------------------------------------


@allow(Role.OFFICE)
@require_POST
def source(request: HttpRequest, pk: int, seq: int) -> HttpResponse:
    """Where the nth number typed by hand comes from."""
    row = _mine(request, pk)
    _require_edit(request, row)
    text = queries.live(row)
    found = [hand for hand in queries.hands(row, text) if not hand.given]
    hand = next((one for one in found if one.seq == seq), None)
    form = forms.SourceForm(request.POST, request.FILES, day=today())
    if hand is None:
        raise Http404
    if form.is_valid():
        facts = {"clause": hand.clause, "text": hand.text, **form.cleaned_data}
        try:
            actions.give_source(row, **facts, actor=request.user, at=now(), seen=_seen(request))
            return _to(row)
        except Refused as why:
            form.add_error(None, str(why))
    return _document(request, row, form, 422, hand_seq=str(seq))


@allow(Role.OFFICE)
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Why something the check of the text contradicts is right."""
    row = _mine(request, pk)
    facts = {name: _typed(request, name) for name in ("finding", "reason")}
    try:
        actions.acknowledge(row, **facts, actor=request.user, at=now(), seen=_seen(request))
    except Refused as why:
        messages.error(request, str(why))
    return _to(row)


# -- acts ----------------------------------------------------------------------------------------------------------

ACTS: dict[str, Callable[..., Document]] = {
    "refresh": actions.refresh, "redraft": actions.redraft, "submit": actions.submit, "sign": actions.sign,
    "countersign": actions.countersign, "send_back": actions.send_back, "issue": actions.issue,
    "withdraw": actions.withdraw,
}  # fmt: skip


def _act(name: str) -> View:
    line = FLOW.acts[{"refresh": "edit", "redraft": "replace"}.get(name, name)]

    @allow(*dict.fromkeys(role for role, _reach in line.grants))
    @require_POST
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        row = _mine(request, pk)
        facts: dict[str, Any] = {} if name == "redraft" else {"seen": _seen(request)}
        if line.reason:
            facts["reason"] = _typed(request, "reason")
        try:
            row = ACTS[name](row, **facts, actor=request.user, at=now())
            words = {"act": _("采用最新数字") if name == "refresh" else line.label}
            messages.success(request, _issued(row) if name == "issue" else _("已办理：%(act)s") % words)
        except Refused as why:
            messages.error(request, str(why))
        return _to(row)

    view.__name__ = name
    view.__doc__ = str(line.label)
    return view


def _issued(row: Document) -> str:
    words = {"number": row.doc_number, "n": row.figures.count()}
    return _("已印发 %(number)s：%(n)s 个数字已冻结。") % words


ACT_VIEWS = {name: _act(name) for name in ACTS}


# -- files ---------------------------------------------------------------------------------------------------------


@allow(*BUSINESS)
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The .docx: the kept one of an issued document, a fresh one of a draft."""
    row = _mine(request, pk)
    return _kept(row, row.stored, "docx") or _fresh(row, sheets.docx_of, DOCX, "docx")


@allow(*BUSINESS)
@require_safe
def download_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The PDF: the kept one of an issued document, a fresh one of a draft."""
    row = _mine(request, pk)
    return _kept(row, row.stored_pdf, "pdf") or _fresh(row, sheets.pdf_of, "application/pdf", "pdf")


def _kept(row: Document, stored: StoredFile | None, kind: str) -> HttpResponseBase | None:
    return stream(stored, name=file_name(row.title, row.issued_on or row.as_of, kind)) if stored else None


def _fresh(row: Document, written: Callable[..., bytes], mime: str, kind: str) -> HttpResponse:
    response = HttpResponse(written(sheets.official(queries.live(row), row, signed_on=None)), content_type=mime)
    name = _("草稿-") + file_name(row.title, row.as_of, kind)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@allow(*BUSINESS)
@require_safe
def source_file(request: HttpRequest, pk: int, source_pk: int) -> HttpResponseBase:
    """The file behind a number typed by hand."""
    note = get_object_or_404(_mine(request, pk).hand_figures.exclude(stored=None), pk=source_pk)
    return stream(note.stored, name=note.stored_name)
