"""The page of campaigns: facts, stages, the standard of each category and what its dossier must prove."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from luodi.campaigns import queries
from luodi.kit.clock import today
from luodi.orgs.rules import signed_in


@require_safe
@signed_in
def campaign(request: HttpRequest, code: str = "") -> HttpResponse:
    """One campaign; without a code the current one. Standards are rules, not data about persons: open to all staff."""
    offered = queries.campaigns()
    shown = next((one for one in offered if not code or one.code == code), None)
    if code and shown is None:
        raise Http404
    facts = queries.overview(shown, today()) if shown else {}
    return render(request, "campaigns/campaign.html", {"offered": offered, "campaign": shown, **facts})
