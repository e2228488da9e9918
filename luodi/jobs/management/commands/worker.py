"""`luodi worker`: do what is queued, take up what died, and see to the duties that come round."""

import logging
import signal
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils.crypto import get_random_string
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_tasks import task_backends
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from luodi.jobs.actions import STOPPING, reap
from luodi.jobs.rules import STALE_AFTER, machine_now
from luodi.kit.clock import now
from luodi.kit.refusal import Refused

log = logging.getLogger("luodi.jobs")

# Jobs done between two looks at the duties and the dead.
ROUND = 20


class Command(BaseCommand):
    """Any number of workers may run, on any number of machines.

    SIGTERM or SIGINT: the running job stops at its next chunk and goes back into the queue; a second signal ends
    at once (the job is then taken up when its heartbeat has grown old).
    """

    help = "Run background jobs and periodic duties"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options for cron and for tests."""
        parser.add_argument("--once", action="store_true", help="one round until the queue is empty, then exit")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between rounds (default 1)")
        parser.add_argument("--stale", type=float, default=STALE_AFTER.total_seconds(), help="seconds of silence")

    def handle(self, *, once: bool, interval: float, stale: float, **options: Any) -> None:
        """Rounds until told to stop."""
        if not isinstance(task_backends["default"], DatabaseBackend):
            raise Refused(_("设置 TASKS 用的不是数据库队列，不需要启动 worker。"))
        duties = {path: import_string(path) for path in getattr(settings, "LUODI_DUTIES", [])}
        worker_id = get_random_string(32)
        STOPPING.asked = False
        signal.signal(signal.SIGTERM, _stop)
        signal.signal(signal.SIGINT, _stop)
        while not STOPPING.asked:
            close_old_connections()
            _attend("reap", lambda: reap(at=machine_now(), stale_after=timedelta(seconds=stale)))
            for path, duty in duties.items():
                _attend(path, lambda duty=duty: duty(at=now()))
            if once:
                _work(worker_id, sys.maxsize)
                return
            # A database that restarts is one failed round, not a dead worker.
            _attend("queue", lambda: _work(worker_id, ROUND))
            time.sleep(0 if STOPPING.asked else interval)


def _attend(name: str, duty: Callable[[], object]) -> None:
    """Do one duty; a duty that fails is logged and comes round again, the worker goes on."""
    try:
        duty()
    except Exception:
        log.exception("duty %s failed", name)


def _work(worker_id: str, most: int) -> None:
    """Run what is queued, one after another, at most so many; after a signal no further one."""
    for _round in range(most):
        if STOPPING.asked or not DBTaskResult.objects.ready().exists():
            return
        worker = Worker(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=1,
            worker_id=worker_id,
        )
        worker.run()


def _stop(signum: int, frame: FrameType | None) -> None:
    if STOPPING.asked:
        sys.exit(1)
    STOPPING.asked = True
