"""A job's page: how far it is, what came of it, and the button that stops it. The owner's, nobody else's."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from luodi.jobs import actions
from luodi.jobs.models import Job, State
from luodi.jobs.rules import percent
from luodi.kit.clock import now
from luodi.kit.refusal import Refused
from luodi.orgs.models import Person
from luodi.orgs.rules import signed_in


@require_safe
@signed_in
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; with HX-Request the part that changes, which asks again every two seconds while the work goes on."""
    return _shown(request, _own(request, pk))


@require_POST
@signed_in
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the work to stop."""
    row = _own(request, pk)
    try:
        row = actions.ask_cancel(row, actor=cast(Person, request.user), at=now())
    except Refused as why:
        return _shown(request, _own(request, pk), refusal=str(why), status=409)
    if "HX-Request" in request.headers:
        return _shown(request, row)
    return redirect("jobs:job", pk=row.pk)


def _own(request: HttpRequest, pk: int) -> Job:
    return get_object_or_404(Job.objects.visible_to(cast(Person, request.user)), pk=pk)


def _shown(request: HttpRequest, row: Job, refusal: str = "", status: int = 200) -> HttpResponse:
    template = "jobs/_job.html" if "HX-Request" in request.headers else "jobs/job.html"
    return render(request, template, job_facts(row) | {"refusal": refusal}, status=status)


def job_facts(row: Job) -> dict[str, Any]:
    """What `jobs/_job.html` needs; pages that include it pass this as their context."""
    return {
        "job": row,
        "done": f"{row.done_count:,}",
        "total": f"{row.total_count:,}",
        "percent": percent(row.done_count, row.total_count),
        "State": State,
    }
