"""Asking for long work, doing it chunk by chunk, and taking it up again when a worker died.

A module writes its work as one function beside its other actions and asks for it by name:

    @job_task
    def import_rows(run: Run) -> dict:
        for chunk in chunks[run.job.done_count // SIZE :]:
            with transaction.atomic():
                ...                                   # the chunk
                run.progress(done=n, total=total)     # commits with the chunk, so that a restart knows where to go on
        return {"message": _("已导入 5,000 行"), "url": "/problems/"}

    job = enqueue(import_rows, kind="problems.import", title=_("导入台账"), params={...}, actor=person, at=at)
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial, wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_tasks import task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from luodi.jobs.models import ENDED, Job, State
from luodi.jobs.rules import MAX_ATTEMPTS, STALE_AFTER, machine_now
from luodi.journal import actions as journal
from luodi.kit.refusal import Refused
from luodi.orgs.models import Person

log = logging.getLogger("luodi.jobs")


@dataclass
class Stopping:
    """Whether this process was told to stop: the running job then goes back into the queue at its next chunk.

    A plain flag: a signal's handler must not take a lock that the interrupted code may hold.
    """

    asked: bool = False


STOPPING = Stopping()


class Stopped(Exception):
    """Leaves the work at a chunk's end: cancelled, handed back, or taken over by another worker."""


@dataclass
class Run:
    """One attempt at a job, given to the work. `job` is as it was at the start of this attempt."""

    job: Job

    @property
    def params(self) -> dict[str, Any]:
        """What was asked for."""
        return self.job.params

    def progress(self, *, done: int, total: int) -> None:
        """Say how far the work is; at most `STALE_AFTER` may pass between two calls.

        Call it at the end of each chunk, inside the chunk's transaction. Raises Stopped when the work should end
        here: let it pass; the chunk is then rolled back.
        """
        progress(self.job, done=done, total=total, at=machine_now())


def job_task(work: Callable[[Run], dict[str, Any] | None]) -> Task[[int], None]:
    """Make `work` a task for `enqueue`. What it returns is the job's outcome; "message" and "url" are shown.

    A Refused ends the job with its sentence; any other exception with a sentence and a reference number, under which
    the traceback is in the log. Words are in the owner's language.
    """

    @wraps(work)
    def perform(job_id: int) -> None:
        job = start(job_id, at=machine_now())
        if job is None:
            return
        with translation.override(job.owner.language or settings.LANGUAGE_CODE):
            try:
                finish(job, outcome=work(Run(job)) or {}, at=machine_now())
            except Stopped:
                _leave(job, at=machine_now())
            except Refused as why:
                fail(job, sentence=str(why), at=machine_now())
            except Exception:
                reference = secrets.token_hex(4).upper()
                log.exception("job %s (%s) failed, reference %s", job.pk, job.kind, reference)
                sentence = _("程序出错，任务没有完成。请把编号 %(ref)s 告诉系统管理员。") % {"ref": reference}
                fail(job, sentence=sentence, at=machine_now())

    return task(perform)


@transaction.atomic
def enqueue(
    work: Task[[int], None], *, kind: str, title: str, params: dict[str, Any], actor: Person, at: datetime
) -> Job:
    """Ask for work on behalf of `actor`; it is queued when the caller's transaction commits."""
    job = Job.objects.create(
        kind=kind,
        title=title[:200],
        task_path=work.module_path,
        owner=actor,
        params=params,
        asked_at=at,
        heartbeat_at=machine_now(),
    )
    journal.record("jobs.job.ask", actor=actor, at=at, row=job)
    transaction.on_commit(partial(_send, job.pk))
    return job


@transaction.atomic
def ask_cancel(job: Job, *, actor: Person, at: datetime) -> Job:
    """Stop a waiting job now, a running one at its next chunk. Chunks already done stay done."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.owner_id != actor.pk:
        raise Refused(_("只有任务的发起人能取消它。"))
    if job.is_over:
        raise Refused(_("任务已经结束，不用取消。"))
    job.cancel_asked = True
    if job.state == State.QUEUED:
        job.state, job.ended_at = State.CANCELLED, machine_now()
    job.save(update_fields=["cancel_asked", "state", "ended_at"])
    journal.record("jobs.job.cancel", actor=actor, at=at, row=job)
    return job


# -- the worker's side: `at` is the machine's own time (rules.machine_now) -------------------------------------
@transaction.atomic
def start(job_id: int, *, at: datetime) -> Job | None:
    """Begin an attempt; None when there is nothing to begin: ended, or another worker has it."""
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job is None or job.state != State.QUEUED:
        return None
    job.state, job.attempts, job.heartbeat_at = State.RUNNING, job.attempts + 1, at
    job.started_at = job.started_at or at
    job.save(update_fields=["state", "attempts", "heartbeat_at", "started_at"])
    return job


def progress(job: Job, *, done: int, total: int, at: datetime) -> None:
    """Note the count and the heartbeat. Raises Stopped when this attempt should end here."""
    alive = _attempt(job).filter(cancel_asked=False).update(done_count=done, total_count=total, heartbeat_at=at)
    if not alive or STOPPING.asked:
        raise Stopped
    job.done_count, job.total_count, job.heartbeat_at = done, total, at


def finish(job: Job, *, outcome: dict[str, Any], at: datetime) -> None:
    """The work is done. An attempt that was taken over in the meantime changes nothing."""
    _attempt(job).update(state=State.DONE, outcome=outcome, ended_at=at, heartbeat_at=at)


def fail(job: Job, *, sentence: str, at: datetime) -> None:
    """The work cannot be done; `sentence` tells the owner why and what to do."""
    _attempt(job).update(state=State.FAILED, error=sentence, ended_at=at, heartbeat_at=at)


def reap(*, at: datetime, stale_after: timedelta = STALE_AFTER) -> int:
    """Take up again what went silent: running jobs of dead workers, queued ones that never reached the queue.

    A job that went silent three times is given up with a sentence. Returns how many were put back or given up.
    """
    silent = Job.objects.filter(state__in=[State.RUNNING, State.QUEUED], heartbeat_at__lt=at - stale_after)
    pks = list(silent.order_by("heartbeat_at", "pk").values_list("pk", flat=True))
    return sum(_take_up(pk, at, stale_after) for pk in pks)


@transaction.atomic
def _take_up(pk: int, at: datetime, stale_after: timedelta) -> bool:
    job = Job.objects.select_for_update().get(pk=pk)
    if job.state in ENDED or job.heartbeat_at is None or job.heartbeat_at >= at - stale_after:
        return False
    if job.state == State.QUEUED and _queue_rows(job, "READY").exists():
        return False
    # The queue's own row of a dead worker would say RUNNING for ever (stack.md 3).
    _queue_rows(job, "RUNNING").update(status="FAILED", finished_at=at)
    if job.state == State.RUNNING and job.attempts >= MAX_ATTEMPTS:
        words = _("任务中断了 %(n)s 次，已停止。请重新发起；若仍不行，请告诉系统管理员。")
        fail(job, sentence=words % {"n": job.attempts}, at=at)
    elif job.cancel_asked:
        Job.objects.filter(pk=job.pk).update(state=State.CANCELLED, ended_at=at)
    else:
        Job.objects.filter(pk=job.pk).update(state=State.QUEUED, heartbeat_at=at)
        transaction.on_commit(partial(_send, job.pk))
    return True


def _attempt(job: Job) -> Any:
    """The row, as long as it still runs this attempt: a worker thought dead must not overwrite its successor."""
    return Job.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts)


@transaction.atomic
def _leave(job: Job, *, at: datetime) -> None:
    """End an attempt that was stopped: cancelled if that was asked for, else handed back without counting it."""
    if _attempt(job).filter(cancel_asked=True).update(state=State.CANCELLED, ended_at=at):
        return
    if _attempt(job).update(state=State.QUEUED, attempts=F("attempts") - 1, heartbeat_at=at):
        transaction.on_commit(partial(_send, job.pk))


def _queue_rows(job: Job, status: str) -> Any:
    """The queue's row for this job, if it is in that state; other queues than the database have none."""
    try:
        reference = UUID(job.task_ref)
    except ValueError:
        return DBTaskResult.objects.none()
    return DBTaskResult.objects.filter(pk=reference, status=status)


def _send(job_id: int) -> None:
    job = Job.objects.get(pk=job_id)
    result = import_string(job.task_path).enqueue(job.pk)
    Job.objects.filter(pk=job.pk).update(task_ref=str(result.id))
