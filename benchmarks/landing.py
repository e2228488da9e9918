"""Projects and permits in number: a built sample city, multiplied in its database, then its pages and figures timed.

    LUODI_DATA_DIR=… luodi demo --no-serve --share 0.05        # a city of its own: this fills it with nonsense
    LUODI_DATA_DIR=… python benchmarks/landing.py fill 10000 1000000
    LUODI_DATA_DIR=… python benchmarks/landing.py measure

`fill` copies rows in SQL until there are so many projects, each with 36 months, and so many steps of cases. `measure`
tells milliseconds, the best of three, and the number of statements; on a busy machine they are no measurements.
"""

# ruff: noqa: E402, S608 - Django is set up before its models are imported; the names are those of our own tables.
import os
import sys
import time
from pathlib import Path
from typing import Any

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luodi.site.settings")
os.environ["LUODI_CLOCK"] = "2020-08-31T08:00"
django.setup()

from django.db import connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from luodi.indicators import queries as indicators
from luodi.indicators.rules import Frame, catalogue
from luodi.kit.clock import now, today
from luodi.orgs.actions import note_sign_in
from luodi.orgs.models import Person
from luodi.permits.models import Case, Step
from luodi.projects.models import MonthlyInvestment, PlanVersion, Project

APART = 10_000_000  # between the ids of one copy and the next
PAGES = [
    "/projects/", "/projects/?q=北方", "/projects/?stands=behind", "/permits/", "/permits/?due=late",
    "/permits/time/", "/permits/certificates/", "/land/", "/finance/funnel/",
]  # fmt: skip
NUMBERS = "WITH RECURSIVE copies(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM copies WHERE i < {most})"


def multiply(model: type[models.Model], most: int, **changed: str) -> None:
    """So many copies of each row; `changed` are columns in SQL with `i`, the number of the copy."""
    columns = [field.column for field in model._meta.concrete_fields]
    chosen = [changed.get(column, f"{column} + i * {APART}" if column == "id" else column) for column in columns]
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) {NUMBERS.format(most=most)} "
            f"SELECT {', '.join(chosen)} FROM {table} CROSS JOIN copies"
        )


def fill(projects: int, steps: int) -> None:
    """Projects with a plan and 36 months, cases with their steps."""
    most = projects // Project.objects.count()
    other = f"project_id + (i % {most}) * {APART}"
    with transaction.atomic():
        multiply(PlanVersion, most, project_id=f"project_id + i * {APART}")
        multiply(Project, most, name="name || i", code="''")
        who = MonthlyInvestment.objects.order_by("pk").values_list("recorded_by", flat=True)[0]
        MonthlyInvestment.objects.all().delete()
        known = list(Project.objects.values_list("pk", flat=True))
        months = [f"{2017 + (8 + n) // 12}-{(8 + n) % 12 + 1:02d}-01" for n in range(36)]
        made = (
            MonthlyInvestment(project_id=pk, month_on=m, amount=100, recorded_on=m[:8] + "28", recorded_by_id=who)
            for pk in known for m in months
        )  # fmt: skip
        MonthlyInvestment.objects.bulk_create(made, batch_size=5000)
        copies = steps // Step.objects.count()
        multiply(Step, copies, case_id=f"case_id + i * {APART}")
        multiply(Case, copies, code="code || '-' || i", project_id=other, opined_on="NULL", opinion_code="''",
                 batch="''")  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    counts = {model.__name__: model.objects.count() for model in (Project, MonthlyInvestment, Case, Step)}  # type: ignore[attr-defined]
    print(counts)


def timed(name: str, do: Any) -> None:
    """The best of three, after the first."""
    best, statements = float("inf"), 0
    for _round in range(4):
        with CaptureQueriesContext(connection) as sent:
            begun = time.perf_counter()
            do()
            best, statements = min(best, time.perf_counter() - begun), len(sent)
    print(f"{name}\t{best * 1000:.0f} ms\t{statements} statements")


def measure() -> None:
    """Pages of the city's office, then every figure of projects and of permits by county."""
    person, client = Person.objects.get(username="li"), Client(SERVER_NAME="localhost")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    note_sign_in(person, session_key=client.session.session_key, address=None, agent="benchmark", at=now())
    for page in PAGES:
        if (status := client.get(page).status_code) != 200:
            sys.exit(f"{page} answers {status}")
        timed(page, lambda page=page: client.get(page))
    frame = indicators.default_frame(person, today()) or Frame(0, "1311", today())
    for app in ("projects", "permits"):
        codes = [code for code in catalogue() if code.startswith(f"{app}.") and not code.startswith("projects.fai")]
        timed(
            f"{len(codes)} figures of {app} by county",
            lambda codes=codes: indicators.break_downs(codes, frame, "county"),
        )


if __name__ == "__main__":
    act, *words = sys.argv[1:]
    if act == "fill":
        fill(*map(int, words))
    else:
        measure()
