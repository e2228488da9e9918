"""kill -9 in the middle of an import or an issue leaves all or nothing, and the job goes on. Real processes."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
START = """
import django; django.setup()
import json, time
from django.core.management import call_command
from luodi.documents import actions as documents
from luodi.documents.models import Document, FrozenFigure
from luodi.intake import actions as intake
from luodi.intake.models import ImportBatch, ImportedProblem
from luodi.jobs.models import Job
from luodi.orgs.models import Person
from luodi.problems.models import Problem
from tests.world import at
NOW = at("2020-08-31")

def stuck(*args, **kwargs):
    print("here", flush=True)
    time.sleep(300)
"""
PREPARE = """
from tests.intake.ledgers import ledger, line
from tests.world import build
call_command("migrate", verbosity=0)
world = build()
about = {"campaign": world.campaign, "actor": world.li, "at": NOW, "at_once": True}
few = intake.upload(ledger([line(n) for n in range(9000, 9005)]), name="少.xlsx", **about)
long = intake.upload(ledger([line(n) for n in range(3000)]), name="长.xlsx", **about)
intake.run(long, actor=world.li, at=NOW)
# About a day before anything of the sheets was found: the imports do not change what the report says.
world.problem("2020-05-10", found_on=at("2020-05-10").date())
report = {"template": "work-report", "place": "1311", "as_of": at("2020-05-15").date()}
report = documents.draft(world.campaign, **report, actor=world.li, at=NOW)
documents.submit(report, actor=world.li, at=NOW)
documents.sign(report, actor=world.zhou, at=NOW)
"""
# The worker does its first chunk and is killed inside the second.
WORKER = """
really, calls = intake.problems.register_many, []
def register_many(*args, **kwargs):
    calls.append(1)
    made = really(*args, **kwargs)
    return stuck() if len(calls) == 2 else made
intake.problems.register_many = register_many
call_command("worker", once=True)
"""
FEW = """
intake.ImportedProblem.objects.bulk_create = stuck
intake.run(ImportBatch.objects.get(file_name="少.xlsx"), actor=Person.objects.get(username="li"), at=NOW)
"""
# The file is already kept, the figures are being frozen: the last moment before the document counts as issued.
ISSUE = """
documents.FrozenFigure.objects.bulk_create = stuck
documents.issue(Document.objects.get(), actor=Person.objects.get(username="li"), at=NOW)
"""
LOOK = """
batches = dict(ImportBatch.objects.values_list("file_name", "state"))
job = Job.objects.get()
links = ImportedProblem.objects
rows = set(links.filter(batch__file_name="长.xlsx").values_list("row_number", flat=True))
print(json.dumps({
    "problems": Problem.objects.count(), "links": links.count(), "rows": len(rows),
    "codes": Problem.objects.values("code").distinct().count(),
    "long": batches["长.xlsx"], "few": batches["少.xlsx"], "job": [job.state, job.attempts, job.done_count],
    "document": Document.objects.get().status, "figures": FrozenFigure.objects.count(),
}))
"""
FINISH = """
call_command("worker", once=True, stale=0)
li = Person.objects.get(username="li")
intake.run(ImportBatch.objects.get(file_name="少.xlsx"), actor=li, at=NOW)
documents.issue(Document.objects.get(), actor=li, at=NOW)
"""


class Place:
    """A data folder and a database of its own: a file, or one on the PostgreSQL that the run is given."""

    def __init__(self, folder, database):
        self.environment = os.environ | {
            "LUODI_DATA_DIR": str(folder),
            "LUODI_DATABASE_URL": database,
            "LUODI_CLOCK": "2020-08-31T08:00",
            "LUODI_TESTING": "1",
            "DJANGO_SETTINGS_MODULE": "luodi.site.settings",
        }

    def start(self, script):
        command = [sys.executable, "-c", START + script]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, **pipes)

    def run(self, script):
        process = self.start(script)
        out, err = process.communicate(timeout=600)
        assert process.returncode == 0, err.decode()
        return out.decode()

    def kill_inside(self, script):
        """Wait until it is where it must not die, and kill it there."""
        process = self.start(script)
        told = process.stdout.readline()
        process.kill()
        _out, err = process.communicate(timeout=300)
        assert (told, process.returncode) == (b"here\n", -signal.SIGKILL), err.decode()

    def look(self):
        return json.loads(self.run(LOOK))


@pytest.fixture
def place(tmp_path):
    url = os.environ.get("LUODI_DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield Place(tmp_path, f"sqlite:///{tmp_path / 'luodi.sqlite3'}")
        return
    base, _slash, _name = url.rpartition("/")
    name = f"luodi_faults_{os.getpid()}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield Place(tmp_path, f"{base}/{name}")
    finally:
        with psycopg.connect(f"{base}/postgres", autocommit=True) as connection, suppress(psycopg.Error):
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_all_or_nothing(place):
    place.run(PREPARE)
    place.kill_inside(WORKER)
    place.kill_inside(FEW)
    place.kill_inside(ISSUE)
    seen = place.look()
    assert (seen["problems"], seen["rows"], seen["job"]) == (1001, 1000, ["running", 1, 1000])
    assert (seen["few"], seen["document"], seen["figures"]) == ("draft", "signed", 0)
    seen = json.loads(place.run(FINISH + LOOK))
    assert (seen["job"], seen["long"], seen["few"]) == (["done", 2, 3000], "done", "done")
    assert (seen["problems"], seen["codes"], seen["links"], seen["rows"]) == (3006, 3006, 3005, 3000)
    assert seen["document"] == "issued"
    assert seen["figures"] > 0
