"""Paging shows every row once, in order, forwards and backwards, whatever is blank."""

from datetime import date
from itertools import chain

import pytest
from django.apps.registry import Apps
from django.db import connection, models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luodi.kit.pages import capped_count, page


class Item(models.Model):
    """A small table of its own, outside the registry."""

    due_on = models.DateField(null=True)
    weight = models.IntegerField()

    class Meta:
        app_label = "kit"
        apps = Apps()
        db_table = "pages_item"


@pytest.fixture
def table(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE pages_item (id integer PRIMARY KEY, due_on date NULL, weight integer NOT NULL)")
    yield Item.objects
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE pages_item")


def fill(table, rows):
    table.all().delete()
    table.bulk_create(Item(pk=at, due_on=due_on, weight=weight) for at, (due_on, weight) in enumerate(rows, 1))


def in_order(rows, order):
    """What the database should give, sorted by Python: blank last both ways."""
    found = [{"pk": at, "due_on": due_on, "weight": weight} for at, (due_on, weight) in enumerate(rows, 1)]
    names = [*order, "-pk" if order[-1].startswith("-") else "pk"]
    for name in reversed(names):
        key = name.lstrip("-")
        found.sort(key=lambda row: row[key] or date.min if key == "due_on" else row[key], reverse=name[0] == "-")
        found.sort(key=lambda row: row[key] is None)
    return [row["pk"] for row in found]


def walk(table, order, size):
    """All pages forwards, then back to the first from the last."""
    forwards, shown = [], page(table.all(), order, "", size)
    assert not shown.previous_cursor
    forwards.append([row.pk for row in shown.rows])
    while shown.next_cursor:
        shown = page(table.all(), order, shown.next_cursor, size)
        forwards.append([row.pk for row in shown.rows])
    backwards = [[row.pk for row in shown.rows]]
    while shown.previous_cursor:
        shown = page(table.all(), order, shown.previous_cursor, size)
        backwards.insert(0, [row.pk for row in shown.rows])
    return list(chain(*forwards)), list(chain(*backwards))


rows_of_any_kind = st.lists(
    st.tuples(st.none() | st.dates(date(2020, 8, 1), date(2020, 8, 4)), st.integers(-2, 2)), max_size=13
)
orders = st.sampled_from(
    [("due_on",), ("-due_on",), ("weight", "due_on"), ("-weight", "due_on"), ("due_on", "-weight")]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of_any_kind, order=orders, size=st.integers(1, 5))
def test_every_row_comes_once_and_in_order_both_ways(table, rows, order, size):
    fill(table, rows)
    wanted = in_order(rows, order)
    assert walk(table, order, size) == (wanted, wanted)


def test_a_cursor_that_does_not_fit_shows_the_first_page(table):
    fill(table, [(None, n) for n in range(6)])
    other_order = page(table.all(), ("weight", "due_on"), "", 2).next_cursor
    for cursor in ("", "nonsense", "%%%", "WzBd", "e30", other_order, other_order[:-4]):
        assert [row.pk for row in page(table.all(), ("weight",), cursor, 2).rows] == [1, 2]


def test_new_rows_before_the_page_do_not_shift_it(table):
    fill(table, [(None, n) for n in (10, 20, 30, 40)])
    first = page(table.all(), ("weight",), "", 2)
    table.create(pk=9, weight=5)
    assert [row.weight for row in page(table.all(), ("weight",), first.next_cursor, 2).rows] == [30, 40]


def test_no_rows_no_cursors(table):
    empty = page(table.all(), ("due_on",))
    assert (empty.rows, empty.next_cursor, empty.previous_cursor) == ([], "", "")


def test_counting_stops_at_the_cap(table):
    fill(table, [(None, n) for n in range(7)])
    assert str(capped_count(table.all(), cap=5)) == "5+"
    assert str(capped_count(table.all(), cap=7)) == "7"
    assert int(capped_count(table.filter(weight__gt=4))) == 2
