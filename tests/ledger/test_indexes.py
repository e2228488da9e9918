"""Orders of the list come from an index: no sort of the whole ledger."""

from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict

from luodi.kit.pages import in_order
from luodi.ledger import queries

pytestmark = pytest.mark.django_db
# PostgreSQL would rather sort so few rows in memory: asked not to, it sorts only where no index gives the order.
LARGE = "SET LOCAL enable_sort = off; SET LOCAL enable_incremental_sort = off; SET LOCAL enable_seqscan = off"


@pytest.mark.parametrize("sort", ["county", "-county", "found", "-found"])
def test_an_order_is_read_from_an_index(world, sort):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(LARGE)
    asked = queries.read(world.li, QueryDict(f"v=all&sort={sort}"), date(2020, 8, 31))
    plan = in_order(asked.rows.only("pk"), asked.order)[:51].explain()
    assert "TEMP B-TREE" not in plan, plan
    assert "Sort" not in plan, plan
