"""Real worker processes on a real file: killed in the middle, told to stop, asked to do one round."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import django; django.setup()
import json, sys
from datetime import UTC, datetime
from luodi.jobs.actions import enqueue
from luodi.orgs.models import Person
from tests.jobs.work import count_up
clerk, _ = Person.objects.get_or_create(username="wang", name="王经办")
params = json.loads(sys.argv[1])
enqueue(count_up, kind="tests.count", title="导入台账", params=params, actor=clerk, at=datetime.now(UTC))
"""


class Place:
    """A data folder of its own, with the product's own settings and queue."""

    def __init__(self, folder):
        self.folder = folder
        self.notes = folder / "notes"
        self.environment = os.environ | {
            "LUODI_DATA_DIR": str(folder),
            "LUODI_DATABASE_URL": f"sqlite:///{folder / 'luodi.sqlite3'}",
            "LUODI_CLOCK": "2020-08-31T08:00",
            "LUODI_TESTING": "1",
            "DJANGO_SETTINGS_MODULE": "luodi.site.settings",
        }

    def start(self, *arguments):
        return subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(self, *arguments):
        process = self.start(*arguments)
        out, err = process.communicate(timeout=600)
        return process.returncode, out.decode() + err.decode()

    def ask(self, params):
        assert self.run("-c", ASK, params) == (0, "")

    def rows(self, query):
        with sqlite3.connect(self.folder / "luodi.sqlite3", timeout=20) as connection:
            return connection.execute(query).fetchall()

    def job(self):
        return self.rows("SELECT state, attempts, done_count FROM jobs_job")[0]

    def done(self):
        return [int(n) for n in self.notes.read_text().split()] if self.notes.exists() else []


def wait_until(true, seconds=120):
    """Ask until it is true; the time is long because the machine may be busy, never because the work is."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path)
    code, words = place.run("-m", "luodi", "migrate", "-v0")
    assert code == 0, words
    return place


def test_a_killed_workers_job_is_taken_up_and_completed(place):
    place.ask(f'{{"notes": "{place.notes}", "die_after": 2}}')
    code, _words = place.run("-m", "luodi", "worker", "--once")
    assert code == -signal.SIGKILL
    assert place.job() == ("running", 1, 2)
    assert place.run("-m", "luodi", "worker", "--once")[0] == 0
    assert place.job() == ("running", 1, 2)  # not silent for long enough yet
    code, words = place.run("-m", "luodi", "worker", "--once", "--stale", "0")
    assert code == 0, words
    assert place.job() == ("done", 2, 4)
    assert place.done() == [0, 1, 2, 3]
    assert sorted(place.rows("SELECT status FROM django_tasks_database_dbtaskresult")) == [("FAILED",), ("SUCCESSFUL",)]


def test_a_worker_told_to_stop_hands_its_job_back_and_ends(place):
    place.ask(f'{{"notes": "{place.notes}", "chunks": 100, "pause": 0.05}}')
    worker = place.start("-m", "luodi", "worker", "--interval", "0.1")
    # Asked of the job's own row: a chunk's note is written before the chunk is committed.
    wait_until(lambda: place.job()[2] >= 3)
    worker.send_signal(signal.SIGTERM)
    _out, err = worker.communicate(timeout=300)
    assert worker.returncode == 0, err.decode()
    state, attempts, done = place.job()
    assert (state, attempts) == ("queued", 0)
    assert 3 <= done < 100
    assert place.rows("SELECT status FROM django_tasks_database_dbtaskresult ORDER BY enqueued_at")[-1] == ("READY",)


def test_an_idle_worker_stops_within_a_round(place):
    place.ask(f'{{"notes": "{place.notes}", "chunks": 1}}')
    worker = place.start("-m", "luodi", "worker", "--interval", "0.2")
    wait_until(lambda: place.job()[0] == "done")
    assert worker.poll() is None
    worker.send_signal(signal.SIGINT)
    assert worker.communicate(timeout=300)
    assert worker.returncode == 0
