"""`luodi demo`: migrate, build the sample city if it is not there, and serve it with its clock at 31 August 2020."""

import gc
import os
import time
from argparse import ArgumentParser
from pathlib import Path
from shutil import rmtree
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.utils import OperationalError
from django.utils.translation import gettext as _

from luodi.journal.actions import seal
from luodi.kit.clock import now
from luodi.kit.refusal import Refused
from luodi.sample.actions import build
from luodi.sample.queries import BEGINS, is_sample, is_untouched, read_city, where_time_stands


class Command(BaseCommand):
    """Web server and worker are children: they take demo mode and clock from the environment, this process from
    its settings."""

    help = "Build the sample city and serve it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen, and whether to begin anew."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="only prepare the database")
        parser.add_argument("--fresh", action="store_true", help="throw the sample city away and build it again")
        parser.add_argument("--share", type=float, default=1.0, help="part of the old problems to make (for trials)")

    def handle(self, *, host: str, port: int, no_serve: bool, fresh: bool, share: float, **options: Any) -> None:
        """A second run finds the city built and serves in seconds."""
        switch_demo_on()
        call_command("migrate", verbosity=0)
        if fresh:
            start_afresh()
            call_command("migrate", verbosity=0)
        if not is_sample():
            if not is_untouched():
                raise Refused(_("数据库里已有别的数据，演示不会动它。请把 LUODI_DATA_DIR 指到另一个空文件夹再运行。"))
            self.build_city(share)
        set_clock()
        seal(at=now())
        self.introduce(host, port, no_serve)
        if not no_serve:
            connection.close()
            call_command("serve", host=host, port=port)

    def build_city(self, share: float) -> None:
        """All or nothing; tells how far it is."""
        started = time.monotonic()
        settings.LUODI_FSYNC = False  # thousands of small files: synced once, below
        gc.freeze()  # Django itself is not searched for garbage again and again: a ninth of the time (measured)
        gc.set_threshold(200_000, 50, 100)
        # One transaction, all or nothing: no act is undone alone. (SQLite's wrapper does not ask `features`.)
        connection._savepoint_allowed = lambda: False  # type: ignore[attr-defined]
        try:
            build(at=BEGINS, share=share, say=self.tell)
        except KeyboardInterrupt:
            raise Refused("\n" + _("已中断，没有留下半个城市。再运行一次 luodi demo 就会重新生成。")) from None
        except OperationalError as error:
            raise Refused(_("数据库正被别的进程使用，请先停下它再运行 luodi demo。")) from error
        finally:
            settings.LUODI_FSYNC = True
            del connection._savepoint_allowed  # type: ignore[attr-defined]
            gc.unfreeze()  # libraries that look for what is left at the end would name all of it
        os.sync()
        seconds = round(time.monotonic() - started)
        self.line(_("样本城市已生成，用了 %(n)s 秒。") % {"n": seconds} + " " * 20)

    def tell(self, done: int, total: int) -> None:
        """One line that renews itself; on a pipe, a line for each fifth."""
        words = _("正在生成样本城市 … %(percent)s%%（%(done)s / %(total)s 步）") % {
            "percent": 100 * done // total, "done": f"{done:,}", "total": f"{total:,}",
        }  # fmt: skip
        if self.stdout.isatty():
            self.stdout.write(f"\r{words}", ending="")
            self.stdout.flush()
        elif 5 * done // total != 5 * (done - 200) // total:
            self.line(words)

    def line(self, words: str) -> None:
        """A line that covers the progress line and is seen at once."""
        self.stdout.write(("\r" if self.stdout.isatty() else "") + words)
        self.stdout.flush()

    def introduce(self, host: str, port: int, no_serve: bool) -> None:
        """Where to look, as whom, and what to try."""
        self.line(_("演示时间从 %(moment)s 开始走；数据全部虚构。") % {"moment": f"{now():%Y-%m-%d %H:%M}"})
        self.line(_("登录页上点一下姓名即可进入，不用密码："))
        for one in read_city()["people"]:
            self.line(f"  {one['name']}\t{one['title']}\t{one['try']}")
        if no_serve:
            self.line(_("数据库已准备好。运行 luodi demo 开始演示。"))
        else:
            self.line(_("请打开 http://%(host)s:%(port)s/　按 Ctrl+C 停止。") % {"host": host, "port": port})


def switch_demo_on() -> None:
    """For this process and the children it starts."""
    os.environ["LUODI_DEMO"], settings.LUODI_DEMO = "1", True


def set_clock() -> None:
    """Time stands at the sample's present and runs on; never before what is already in the journal."""
    clock = f"{where_time_stands():%Y-%m-%dT%H:%M:%S}@{int(time.time())}"
    os.environ["LUODI_CLOCK"] = settings.LUODI_CLOCK = clock


def start_afresh() -> None:
    """Delete the sample's database and files. Only ever a sample: anything else is refused."""
    if is_untouched():
        return
    if not is_sample():
        raise Refused(_("这个数据库里不是样本城市，不能删除重建。请把 LUODI_DATA_DIR 指到另一个空文件夹再运行。"))
    if connection.vendor != "sqlite":
        raise Refused(_("--fresh 只能用于 SQLite。请先清空数据库，再运行 luodi demo。"))
    name = connection.settings_dict["NAME"]
    connection.close()
    for end in ("", "-wal", "-shm"):
        Path(f"{name}{end}").unlink(missing_ok=True)
    rmtree(settings.DATA_DIR / "files", ignore_errors=True)
