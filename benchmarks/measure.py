"""Time pages and figures of a database filled by `fill.py`, beside the same SQL bare: `benchmarks/measure.py`.

Everything runs in this one process: Django's test client on one side; on the other the statements it sent, with their
parameters, executed and fetched once more through a plain cursor. `template` is the time inside template rendering
that was not spent in the database. Ratio = page ÷ (bare SQL + template). The aim is at most 2 (docs/performance.md).

    --processor         processor time of this process and of PostgreSQL's (on this machine, without its parallel
                        workers) instead of time on the wall: can be compared on a busy machine
    --json FILE         also write the results (table.py sets several beside each other)
    --only WORD         only the measurements whose name holds it
    --each              also each indicator by county, and the dictionary
    --export ROWS       also write so many rows of the ledger as a sheet
    --import ROWS       also upload and import so many rows (rolled back afterwards)

`all.sh` runs it for every database that stands filled, and `table.py` makes the tables of docs/performance.md of it.
"""

# ruff: noqa: E402 - Django is set up before its models are imported.
import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

import django

BASE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luodi.site.settings")
os.environ["LUODI_CLOCK"] = "2020-08-31T08:00"
django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.http import QueryDict
from django.template.backends.django import Template
from django.test import Client
from django.urls import reverse

from luodi.campaigns.models import Campaign
from luodi.indicators import queries as indicators
from luodi.indicators.rules import Frame, catalogue, dimensions_of
from luodi.intake import actions as intake
from luodi.kit import pages, spreadsheets
from luodi.kit.clock import now, today
from luodi.ledger import queries as ledger
from luodi.ledger.sheets import write as write_ledger
from luodi.orgs.actions import note_sign_in
from luodi.orgs.models import Person, Unit
from luodi.orgs.rules import scope_q
from luodi.problems.models import Problem, Source
from luodi.problems.sheets import COLUMNS

PEOPLE = {"li": "city office", "zhou": "leader", "wang": "county clerk"}
ROUNDS, SECONDS = 20, 1.5  # so often at most; no new round after so long
SHEET = 50_000  # rows one sheet may have (sheet_reading.MOST_ROWS)


clock: Callable[[], float] = time.perf_counter  # seconds


def processor_clock() -> Callable[[], float]:
    """Seconds of processor time that this process and its PostgreSQL session have used."""
    if connection.vendor != "postgresql":
        return time.process_time
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SELECT pg_backend_pid()")
        session = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    return lambda: time.process_time() + int(session.read_text().split()[0]) / 1e9


@dataclass
class Result:
    """Milliseconds; best, median and 95th percentile of the rounds."""

    name: str
    best: float
    middle: float
    p95: float
    sql: float
    template: float
    queries: int
    note: str = ""

    @property
    def ratio(self) -> float:
        """Of the page to its own SQL and template."""
        return self.best / max(self.sql + self.template, 0.01)


@dataclass
class Watch:
    """What was sent to the database, and how long rendering took without it."""

    sent: list[tuple[str, Any, bool]] = field(default_factory=list)
    in_sql: float = 0
    in_render: float = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Django's execute wrapper."""
        self.sent.append((sql, params, many))
        started = clock()
        try:
            return execute(sql, params, many, context)
        finally:
            self.in_sql += clock() - started


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch statements and rendering."""
    watch, render = Watch(), Template.render
    depth = 0

    def timed(self: Template, *arguments: Any, **options: Any) -> Any:
        nonlocal depth
        depth += 1
        started, before = clock(), watch.in_sql
        try:
            return render(self, *arguments, **options)
        finally:
            depth -= 1
            if depth == 0:  # templates rendered by fields inside a page are part of the page's
                watch.in_render += clock() - started - (watch.in_sql - before)

    Template.render = timed
    try:
        with connection.execute_wrapper(watch):
            yield watch
    finally:
        Template.render = render


def rounds(do: Callable[[], Any], first: float) -> list[float]:
    """Milliseconds of each round after the first; what takes seconds is done once."""
    if first >= SECONDS * 2000:
        return [first]
    times: list[float] = []
    while len(times) < ROUNDS and sum(times) < SECONDS * 1000:
        times.append(timed(do))
    return times


def timed(do: Callable[[], Any]) -> float:
    """Milliseconds."""
    begun = clock()
    do()
    return (clock() - begun) * 1000


def measured(name: str, do: Callable[[], Any], note: str = "") -> Result:
    """Time it, then the statements it sent without Django around them."""
    renders: list[float] = []
    sent: list[tuple[str, Any, bool]] = []

    def once() -> None:
        with watched() as watch:
            do()
        renders.append(watch.in_render * 1000)
        sent[:] = watch.sent

    times = rounds(once, timed(once))
    reads = [(sql, params) for sql, params, _many in sent if sql.lstrip().upper().startswith(("SELECT", "WITH"))]

    def bare() -> None:
        with connection.cursor() as cursor:
            for sql, params in reads:
                cursor.execute(sql, params)
                cursor.fetchall()

    plain = min(rounds(bare, timed(bare)))
    p95 = sorted(times)[-(-len(times) * 95 // 100) - 1]
    return Result(name, min(times), median(times), p95, plain, min(renders), len(reads), note)


# -- pages -----------------------------------------------------------------------------------------------------


class Browser:
    """A signed-in person's client."""

    def __init__(self, username: str) -> None:
        self.person = Person.objects.get(username=username)
        self.client = Client()
        self.client.force_login(self.person, backend="django.contrib.auth.backends.ModelBackend")
        key = self.client.session.session_key
        note_sign_in(self.person, session_key=key, address=None, agent="benchmark", at=now())

    def get(self, address: str) -> Callable[[], None]:
        """Fetch the page, which must be there."""

        def fetch() -> None:
            response = self.client.get(address, follow=True)  # a leader is led on to the overview
            for _chunk in response if response.streaming else ():
                pass
            if response.status_code != 200:
                raise RuntimeError(f"{address}: {response.status_code}")

        return fetch

    def deep(self, order: tuple[str, ...]) -> str:
        """The cursor of a page in the middle of the list of all problems."""
        rows = Problem.objects.filter(scope_q(self.person, today()))
        days = rows.exclude(due_on=None).order_by("due_on", "pk").values_list("due_on", flat=True)
        middle = days[days.count() // 2]
        return pages.page(rows.filter(due_on=middle), order, size=1).next_cursor


def page_list(each: bool, sheet_rows: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    """(name, what to do) of every page."""
    campaign, address = Campaign.objects.get(), reverse("problems:ledger")
    people = {name: Browser(name) for name in PEOPLE}
    for name, browser in people.items():
        words = PEOPLE[name]
        yield f"ledger, first page ({words})", browser.get(address)
        yield f"ledger, all ({words})", browser.get(f"{address}?v=all")
        yield (
            f"ledger, page from the middle ({words})",
            browser.get(f"{address}?v=all&cursor={browser.deep(('due_on', 'pk'))}"),
        )
    li = people["li"]
    yield "ledger, county and status", li.get(f"{address}?v=all&county=131102&status=rectifying")
    yield "ledger, overdue, newest first", li.get(f"{address}?v=overdue&sort=-found")
    yield (
        "ledger, found since July in one category group",
        li.get(f"{address}?v=all&found_from=2020-07-01&category=approval.eia"),
    )
    yield from searches(li, address)
    some = Problem.objects.filter(unit__code="131102-fgj", status="rectifying").order_by("pk").values_list("pk")[0][0]
    for name in ("li", "wang"):
        yield f"problem ({PEOPLE[name]})", people[name].get(reverse("problems:problem", args=[some]))
    for name, browser in people.items():
        yield f"leader's page ({PEOPLE[name]})", browser.get(reverse("dashboard:dashboard"))
    for name, browser in people.items():
        yield f"home ({PEOPLE[name]})", browser.get(f"{reverse('home')}?todo")  # a bare address leads leaders on
    for code in ("problems.found", "problems.closed", "problems.match_rate"):
        yield f"figure {code}, with history", people["zhou"].get(reverse("indicators:figure", args=[code]))
    if each:
        yield "dictionary of indicators", people["zhou"].get(reverse("indicators:dictionary"))
    yield "all indicators by county", lambda: all_by_county(Frame(campaign.pk, "1311", today()))
    for code in countable() if each else ():
        yield f"- {code}", lambda code=code: indicators.break_down(code, Frame(campaign.pk, "1311", today()), "county")
    if sheet_rows:
        yield f"export of {sheet_rows:,} rows", lambda: export(li.person, sheet_rows)


def searches(li: Browser, address: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Words in the ledger, and everywhere."""
    last = Problem.objects.order_by("-pk").values_list("code", flat=True)[0]
    for words, text in (("a common word", "土地出让"), ("one number", last), ("nothing found", "查无此事")):
        yield f"ledger, search for {words}", li.get(f"{address}?v=all&q={text}")
        yield f"search everywhere for {words}", li.get(f"{reverse('search')}?q={text}")


def all_by_county(frame: Frame) -> None:
    """What a dashboard asks: every indicator, split by county."""
    indicators.break_downs(countable(), frame, "county")


def countable() -> list[str]:
    """The indicators that can be split by county."""
    return [code for code, one in catalogue().items() if "county" in dimensions_of(one)]


def export(person: Person, rows: int) -> int:
    """The first rows of the whole ledger as a sheet, as the job of the export makes it; how many there were."""
    asked = ledger.read(person, QueryDict("v=all"), today())
    listed = asked.all_rows()[:rows].iterator(chunk_size=1000)
    return write_ledger(BytesIO(), asked.columns, listed, asked.reader, [])


# -- import ----------------------------------------------------------------------------------------------------


def sheet(rows: int, start: int, campaign: Campaign) -> bytes:
    """A ledger as the city's office would upload it."""
    units = list(Unit.objects.filter(kind="county_dept").order_by("pk").select_related("parent"))
    target = BytesIO()
    names = ("batch", "county", "unit", "project_name", "source", "category", "title", "description", "found_on")
    columns = [spreadsheets.Column(str(COLUMNS[name].title), 14, "text") for name in names]
    sources = [str(label) for label in Source.labels]

    def lines() -> Iterator[list[object]]:
        for n in range(start, start + rows):
            unit = units[n % len(units)]
            project = f"导入项目第{n}号"
            words = f"{project}土地出让手续滞后，企业多次反映，至今没有办结。"
            county = unit.parent.name if unit.parent else ""
            yield [
                campaign.batch_label("new"), county, unit.name, project, sources[n % len(sources)], "审批 · 环评",
                f"{project}手续滞后", words, f"2020-0{5 + n % 3}-1{n % 10}",
            ]  # fmt: skip

    spreadsheets.write(target, "问题台账", columns=columns, rows=lines())
    return target.getvalue()


def imported(rows: int) -> Iterator[Result]:
    """Upload and import so many rows, in sheets as large as the product takes; rolled back afterwards."""
    campaign, li = Campaign.objects.get(), Person.objects.get(username="li")
    sheets = [sheet(min(SHEET, rows - start), start, campaign) for start in range(0, rows, SHEET)]
    note = f"{len(sheets)} sheets, {sum(map(len, sheets)) // 1024:,} KB"
    with transaction.atomic():
        with watched() as checking:
            started = clock()
            batches = [
                intake.upload(content, name=f"台账{n}.xlsx", campaign=campaign, actor=li, at=now(), at_once=True)
                for n, content in enumerate(sheets)
            ]
            checked = (clock() - started) * 1000
        bad = sum(batch.row_count - batch.good_count for batch in batches)
        if bad:
            raise RuntimeError(f"{bad} rows are wrong: {list(batches[0].findings.items())[:2]}")
        with watched() as writing:
            started = clock()
            for batch in batches:
                intake.run(batch, actor=li, at=now(), at_once=True)
            written = (clock() - started) * 1000
        transaction.set_rollback(True)
    for name, took, watch, words in (
        (f"upload and check {rows:,} rows", checked, checking, note),
        (f"import {rows:,} rows", written, writing, "checks once more, registers, journals"),
    ):
        yield Result(name, took, took, took, replayed(watch), 0, len(watch.sent), words)


def replayed(watch: Watch) -> float:
    """Milliseconds of the same statements, reads and writes, on a plain cursor; rolled back."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            started = clock()
            for sql, params, many in watch.sent:
                (cursor.executemany if many else cursor.execute)(sql, params)
                if cursor.description:
                    cursor.fetchall()
            taken = (clock() - started) * 1000
        transaction.set_rollback(True)
    return taken


# -- the table -------------------------------------------------------------------------------------------------

HEAD = f"{'':52} {'best':>9} {'median':>9} {'p95':>9} {'bare SQL':>9} {'template':>9} {'ratio':>6} {'queries':>7}"


def line(one: Result) -> str:
    """One row of the table."""
    times = " ".join(f"{ms:9.1f}" for ms in (one.best, one.middle, one.p95, one.sql, one.template))
    return f"{one.name:52} {times} {one.ratio:6.2f} {one.queries:7}  {one.note}"


def main() -> None:
    """Measure, print, keep."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--json", type=Path)
    options.add_argument("--processor", action="store_true")
    options.add_argument("--only", default="")
    options.add_argument("--each", action="store_true")
    options.add_argument("--export", type=int, default=0)
    options.add_argument("--import", type=int, default=0, dest="rows")
    asked = options.parse_args()
    if asked.processor:
        global clock
        clock = processor_clock()
    logging.disable(logging.WARNING)
    call_command("collectstatic", interactive=False, verbosity=0)
    with connection.cursor() as cursor:  # as after a night: fresh statistics, no rows only half written
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    size = Problem.objects.count()
    if not size:
        sys.exit("No problems here: benchmarks/fill.py makes them.")
    of = "of processor time" if asked.processor else ""
    print(f"{connection.vendor}, {size:,} problems, milliseconds {of}\n{HEAD}", flush=True)
    results = []
    for name, do in page_list(asked.each, asked.export):
        if asked.only in name:
            results.append(measured(name, do))
            print(line(results[-1]), flush=True)
    for one in imported(asked.rows) if asked.rows else ():
        results.append(one)
        print(line(one), flush=True)
    if asked.json:
        facts = {"vendor": connection.vendor, "size": size, "results": [asdict(one) for one in results]}
        asked.json.write_text(json.dumps(facts, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
