"""Nobody changes the record unseen: refused by the ORM, refused by the database, and found when done behind both."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from luodi.journal import actions, queries
from luodi.journal.models import Block, Entry
from luodi.journal.rules import SYSTEM, as_ranges, missing_from
from luodi.kit.refusal import Refused
from luodi.problems import actions as problems
from tests.world import World, at

pytestmark = pytest.mark.django_db
NOON = at("2020-06-01", 12)


def write(count: int) -> list[Entry]:
    """That many entries."""
    return [actions.record("test.act", actor=SYSTEM, at=NOON, label=f"第{n}件", after={"n": n}) for n in range(count)]


def meddle(sql: str, *params: object) -> None:
    """Change the table behind the application's back, as somebody with the database's own password could."""
    pg = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for verb in ("update", "delete"):
            name = f"journal_entry_no_{verb}"
            cursor.execute(f"ALTER TABLE journal_entry DISABLE TRIGGER {name}" if pg else f"DROP TRIGGER {name}")
        cursor.execute(sql, params)


def test_the_orm_refuses() -> None:
    entry = write(1)[0]
    entry.verb = "other"
    for attempt in (
        entry.save,
        entry.delete,
        Entry.objects.all().delete,
        lambda: Entry.objects.filter(pk=entry.pk).update(verb="x"),
    ):
        with pytest.raises(TypeError, match="日志只能追加"):
            attempt()


@pytest.mark.parametrize("sql", ["UPDATE journal_entry SET verb = 'x'", "DELETE FROM journal_entry"])
def test_the_database_refuses(sql: str) -> None:
    write(1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_whole_chain_verifies() -> None:
    write(5)
    assert actions.seal(at=NOON, limit=2) == 5
    write(2)
    check = queries.verify()
    assert (check.blocks, check.entries, check.unsealed, check.broken) == (3, 5, 2, "")
    assert actions.seal(at=NOON) == 2
    assert actions.seal(at=NOON) == 0


def test_a_changed_entry_is_named() -> None:
    entries = write(5)
    actions.seal(at=NOON, limit=2)
    meddle("UPDATE journal_entry SET actor_name = %s WHERE id = %s", "别人", entries[3].pk)
    broken = queries.verify().broken
    assert "第 2 块" in broken
    assert f"第 {entries[3].pk} 条" in broken
    with pytest.raises(Refused, match="第 2 块"):
        call_command("journal", "verify", stdout=StringIO())


def test_a_deleted_entry_is_named() -> None:
    entries = write(4)
    actions.seal(at=NOON, limit=2)
    meddle("DELETE FROM journal_entry WHERE id = %s", entries[0].pk)
    assert f"少了日志第 {entries[0].pk} 条" in queries.verify().broken


def test_an_entry_that_commits_late_is_sealed_later() -> None:
    """On PostgreSQL ids are taken before the commit: number 2 may become visible after 3 was sealed."""
    entries = write(3)
    late = entries[1]
    meddle("DELETE FROM journal_entry WHERE id = %s", late.pk)
    actions.seal(at=NOON)
    assert late.pk in Block.objects.get().gaps
    Entry.objects.bulk_create([late])
    assert actions.seal(at=NOON) == 1
    assert queries.verify().broken == ""


def test_the_command_speaks_json() -> None:
    write(2)
    actions.seal(at=NOON)
    out = StringIO()
    call_command("journal", "verify", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"blocks": 1, "entries": 2, "unsealed": 0, "broken": ""}


def test_an_act_that_fails_leaves_no_entry(world: World) -> None:
    problem = world.brought_to("assigned")
    before = Entry.objects.count()
    with pytest.raises(Refused):
        problems.claim(problem, actor=world.gao, at=NOON)
    assert Entry.objects.count() == before


@given(st.sets(st.integers(1, 60), min_size=1))
def test_ranges_say_exactly_the_ids(ids: set[int]) -> None:
    ordered = sorted(ids)
    assert [i for a, b in as_ranges(ordered) for i in range(a, b + 1)] == ordered
    assert sorted([*ordered, *missing_from(ordered, 0)]) == list(range(1, ordered[-1] + 1))
