"""Proofreading: hand in a text, read what was found at its places, let it go."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luodi.indicators.queries import default_frame
from luodi.indicators.rules import Frame
from luodi.kit.clock import now, today
from luodi.kit.pages import page
from luodi.orgs.rules import BUSINESS, allow
from luodi.proofreading import actions, queries
from luodi.proofreading.forms import ProofForm
from luodi.proofreading.models import Proof
from luodi.proofreading.rules import ORDER, RULE_WORDS, SHOWN, anchor, marked


def _mine(request: HttpRequest, pk: int) -> Proof:
    """My text; somebody else's does not exist (404)."""
    found: Proof = get_object_or_404(Proof.objects.visible_to(request.user), pk=pk)
    return found


@allow(*BUSINESS)
@require_http_methods(["GET", "HEAD", "POST"])
def proofs(request: HttpRequest) -> HttpResponse:
    """Hand in a text; mine of the last thirty days."""
    form = ProofForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        frame, dated_on = default_frame(request.user, today()), form.cleaned_data["dated_on"]
        proof = actions.proofread(form.paper, frame, dated_on=dated_on, actor=request.user, at=now())
        return redirect("proofreading:proof", proof.pk)
    mine = Proof.objects.visible_to(request.user).defer("paragraphs", "layout")
    listed = page(mine, ["-checked_at", "-id"], request.GET.get("cursor", ""))
    context = {"form": form, "page": listed}
    return render(request, "proofreading/proofs.html", context, status=422 if form.errors else 200)


@allow(*BUSINESS)
@require_safe
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    """The text with its figures marked, and each finding linked to its place; `?show=contradicts` only these."""
    row = _mine(request, pk)
    paper = queries.Paper(row.name, tuple(row.paragraphs), tuple(row.layout))
    frame = Frame(row.campaign_id, row.place, row.as_of) if row.campaign_id else None
    found = queries.report(paper, frame, dated_on=row.dated_on, day=row.as_of)
    results = sorted([*found.findings, *found.ledger], key=lambda one: ORDER.index(one.verdict))
    lines = [_line(number, one) for number, one in enumerate(results, 1)]
    show = request.GET.get("show", "")
    context = {
        "proof": row,
        "report": found,
        "paragraphs": marked(row.paragraphs, [(one.verdict, one.spans) for one in results]),
        "lines": [line for line in lines if show not in ORDER or line["verdict"] == show],
        "tallies": [_tally(lines, verdict, show) for verdict in ORDER],
        "total": len(lines),
        "show": show if show in ORDER else "",
    }
    return render(request, "proofreading/proof.html", context)


def _line(number: int, one: Any) -> dict[str, Any]:
    """A finding as the list shows it."""
    answer = getattr(one, "answer", None)
    word, icon, tone = SHOWN[one.verdict]
    rule = getattr(one, "rule", "ledger")
    return {
        "number": number,
        "verdict": str(one.verdict),
        "word": word,
        "icon": icon,
        "tone": tone,
        "rule": RULE_WORDS[rule],
        "sentence": one.sentence,
        "computation": getattr(one, "computation", ""),
        "places": [{"url": f"#{anchor(s.paragraph, s.start)}", "text": s.text[:30]} for s in one.spans[:12]],
        "rows_url": _rows_url(answer) if answer else "",
        "is_ledger": rule == "ledger",
    }


def _rows_url(answer: Any) -> str:
    return f"{reverse('indicators:figure', args=[answer.indicator.code])}?{answer.frame.to_query()}"


def _tally(lines: list[dict[str, Any]], verdict: str, show: str) -> dict[str, Any]:
    word, icon, tone = SHOWN[verdict]
    count = sum(line["verdict"] == verdict for line in lines)
    url = "?" + urlencode({"show": verdict})
    return {"word": word, "icon": icon, "tone": tone, "count": count, "url": url, "current": verdict == show}


@allow(*BUSINESS)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a text of mine."""
    actions.discard(_mine(request, pk), actor=request.user, at=now())
    messages.success(request, _("文稿和校核结果已删除。"))
    return redirect("proofreading:proofs")
