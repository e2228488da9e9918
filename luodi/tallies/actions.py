"""Putting the triggers up and down, counting everything once, and adding rows of the same day together."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from luodi.tallies import rules
from luodi.tallies.models import Ready, Tally

MERGE_AFTER = 50_000  # rows written since they were last added together
MERGED = "campaign_id, city_code, county_code, batch, measure, changes_on, first_on, last_on"


@transaction.atomic
def suspend(*, at: datetime) -> None:
    """Take the triggers down: before tables are altered (SQLite makes them anew). Figures are counted from the rows
    until `resume`."""
    del at
    Ready.objects.all().delete()
    with connection.cursor() as cursor:
        for trigger in rules.triggers(connection.vendor):
            cursor.execute(trigger.drop)


@transaction.atomic
def resume(*, at: datetime) -> int:
    """Count everything once and put the triggers up; how many rows the tally has. A million problems: minutes."""
    suspend(at=at)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Nobody changes a row between the counting and the trigger that sees it.
            tables = ", ".join([rules.PROBLEM, *rules.SOURCES])
            cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM tallies_tally")
        cursor.execute("DELETE FROM tallies_span")
        for command in rules.everything(connection.vendor):
            cursor.execute(command)
        for trigger in rules.triggers(connection.vendor):
            for command in trigger.make:
                cursor.execute(command)
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE tallies_tally, tallies_span")
    last = Tally.objects.aggregate(last=Max("pk"))["last"] or 0
    Ready.objects.create(since=at, merged_to=last)
    return Tally.objects.count()


@contextmanager
def in_bulk(*, at: datetime) -> Iterator[None]:
    """Write many rows in one transaction without the triggers, then count everything once: the sums come out the same.

    For filling a whole ledger: on PostgreSQL others wait for its tables until the end. Figures asked meanwhile are
    counted from the rows. If anything is refused, rows and triggers are as before.
    """
    with transaction.atomic():
        stood = Ready.objects.exists()
        suspend(at=at)
        yield
        if stood:
            with connection.cursor() as cursor:
                if connection.vendor == "postgresql":
                    # What waits for the commit to be checked is checked now: a table with open checks is not altered.
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            resume(at=at)


def merge(*, at: datetime, after: int = MERGE_AFTER) -> int:
    """A duty of the worker: once many rows have been written, add those of the same day together; how many went."""
    del at
    ready = Ready.objects.first()
    last = Tally.objects.aggregate(last=Max("pk"))["last"] or 0
    if ready is None or last < ready.merged_to + after:
        return 0
    with transaction.atomic():
        ready = Ready.objects.select_for_update().get(pk=ready.pk)
        gone = _merge_once()
        ready.merged_to = Tally.objects.aggregate(last=Max("pk"))["last"] or 0
        ready.save(update_fields=["merged_to"])
    return gone


def _merge_once() -> int:
    """One statement on PostgreSQL: rows that others commit meanwhile are neither deleted nor summed."""
    sums = f"SELECT {MERGED}, SUM(change) FROM {{}} GROUP BY {MERGED} HAVING SUM(change) <> 0"
    into = f"INSERT INTO tallies_tally ({MERGED}, change) "
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM tallies_tally")
        before = int(cursor.fetchone()[0])
        if connection.vendor == "postgresql":
            cursor.execute(f"WITH gone AS (DELETE FROM tallies_tally RETURNING *) {into}{sums.format('gone')}")
        else:
            cursor.execute(f"CREATE TEMP TABLE tallies_sums AS {sums.format('tallies_tally')}")
            cursor.execute("DELETE FROM tallies_tally")
            cursor.execute(f"{into}SELECT * FROM tallies_sums")
            cursor.execute("DROP TABLE tallies_sums")
        cursor.execute("SELECT COUNT(*) FROM tallies_tally")
        return before - int(cursor.fetchone()[0])
