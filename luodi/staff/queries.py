"""What the system administrator must know: accounts that are locked, work in the background that failed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum

from luodi.jobs.models import Job, State

FAILED_SINCE = timedelta(days=7)


@dataclass(frozen=True)
class Locked:
    """An account closed by failed log-ins, from when on, and when it opens by itself; the machine's own time."""

    username: str
    since: datetime
    until: datetime


def locked(at: datetime) -> list[Locked]:
    """The accounts locked now, the newest first; `at` is the machine's time, as django-axes counts by it."""
    span = get_cool_off() or timedelta(0)
    failed = AccessAttempt.objects.filter(attempt_time__gte=at - span).values("username")
    rows = failed.annotate(times=Sum("failures_since_start"), since=Max("attempt_time"))
    rows = rows.filter(times__gte=settings.AXES_FAILURE_LIMIT).order_by("-since", "username")
    return [Locked(row["username"], row["since"], row["since"] + span) for row in rows]


def failed_jobs(at: datetime) -> list[Job]:
    """Background work given up in the last seven days of machine time. What it was about stays with its owner."""
    rows = Job.objects.filter(state=State.FAILED, ended_at__gte=at - FAILED_SINCE)
    return list(
        rows.select_related("owner").defer("title", "params", "outcome", "error").order_by("-ended_at", "-pk")[:20]
    )
