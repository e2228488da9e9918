"""The page of campaigns: facts, stages, the standard of each category and what its dossier must prove."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from luodi.campaigns import queries
from luodi.campaigns.models import Campaign
from luodi.kit.clock import today
from luodi.orgs.rules import signed_in


@require_safe
@signed_in
def campaign(request: HttpRequest, code: str = "") -> HttpResponse:
    """One campaign; without a code the current one. Standards are rules, not data about persons: open to all staff."""
    offered = queries.campaigns()
    if code:
        shown = get_object_or_404(Campaign.objects.select_related("city"), code=code)
    else:
        shown = offered[0] if offered else None
    facts = queries.overview(shown, today()) if shown else {}
    return render(request, "campaigns/campaign.html", {"offered": offered, "campaign": shown, **facts})
