"""Orders of the list come from an index on SQLite: no sort of the whole ledger. (PostgreSQL chooses by statistics.)"""

from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict

from luodi.kit.pages import in_order
from luodi.ledger import queries

pytestmark = pytest.mark.django_db


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL sorts so few rows in memory")
@pytest.mark.parametrize("sort", ["county", "-county", "found", "-found"])
def test_an_order_is_read_from_an_index(world, sort):
    asked = queries.read(world.li, QueryDict(f"v=all&sort={sort}"), date(2020, 8, 31))
    plan = in_order(asked.rows.only("pk"), asked.order)[:51].explain()
    assert "TEMP B-TREE" not in plan, plan
