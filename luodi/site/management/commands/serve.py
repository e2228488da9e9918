"""`luodi serve`: the web server and the worker, on 127.0.0.1:8000 unless told otherwise."""

import os
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from luodi.kit.refusal import Refused

PATIENCE = 15  # seconds a child may take to stop
BREATH = 3  # seconds before a worker that ended is started again


class Command(BaseCommand):
    """Two children: granian (WSGI, one thread a process: measured fastest) and the worker. SIGTERM ends both."""

    help = "Serve the site and run the worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen, and how many web processes."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=int(os.environ.get("LUODI_WORKERS", "2")))
        parser.add_argument("--no-worker", action="store_true", help="web only: the worker runs elsewhere")

    def handle(self, *, host: str, port: int, workers: int, no_worker: bool, **options: Any) -> None:
        """Check, collect the assets, serve until told to stop."""
        check_database()
        collect_assets()
        web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
        web += ["--workers", str(workers), "--blocking-threads", "1", "--no-ws", "--log-level", "warning"]
        web += ["--respawn-failed-workers", "luodi.site.wsgi:application"]
        sys.exit(Children(web, None if no_worker else [sys.executable, "-m", "luodi", "worker"]).watch())


class Children:
    """The web server and the worker: the worker is started again when it ends, the web server's end is ours."""

    def __init__(self, web: list[str], worker: list[str] | None) -> None:
        self.told = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        self.web = subprocess.Popen(web)  # noqa: S603 - our own interpreter and words
        self.worker_command = worker
        self.worker = subprocess.Popen(worker) if worker else None  # noqa: S603

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Asked to end."""
        self.told = True

    def watch(self) -> int:
        """Wait until told to stop or the web server ends; returns the exit status."""
        ended_at = 0.0
        while not self.told and self.web.poll() is None:
            time.sleep(0.2)
            if self.worker and self.worker.poll() is not None:
                ended_at = ended_at or time.monotonic()
                if time.monotonic() - ended_at > BREATH:
                    self.worker, ended_at = subprocess.Popen(self.worker_command or []), 0.0  # noqa: S603
        for child in filter(None, (self.web, self.worker)):
            end(child)
        return 0 if self.told else self.web.returncode


def end(child: "subprocess.Popen[bytes]") -> None:
    """Ask a child to stop; insist when it does not."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def check_database() -> None:
    """Refuse to serve a database that is behind the program."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Refused(_("数据库还没有更新到这一版，请先运行：luodi migrate"))
    connection.close()


def collect_assets() -> None:
    """Copy the assets to STATIC_ROOT with hashed names, when one is newer than the last copy."""
    sources = [Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list(None)]
    if not any(source.name == "app.css" for source in sources):
        raise Refused(_("界面样式还没有构建，请先运行：make assets"))
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists() or manifest.stat().st_mtime < max(s.stat().st_mtime for s in sources):
        call_command("collectstatic", interactive=False, verbosity=0)
