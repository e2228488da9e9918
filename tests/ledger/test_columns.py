"""Columns: chosen in the address, in the table's order; names of people only for those who may read them."""

import re

import pytest

pytestmark = pytest.mark.django_db


def heads(client, query=""):
    page = client.get(f"/problems/?v=all&{query}").content.decode()
    found = re.findall(r'<th scope="col"(?! class="ck")[^>]*>(?:<a[^>]*>)?([^<]+)', page)
    return [name.strip() for name in found], page


def test_the_usual_columns_without_choice(world, as_):
    world.problem()
    assert heads(as_(world.li))[0] == [
        "编号", "县市区", "问题", "项目", "类别", "市直责任单位", "状态", "证据", "时限"
    ]  # fmt: skip


def test_columns_come_in_one_order_with_number_and_title(world, as_):
    world.problem(is_priority=True)
    names, page = heads(as_(world.li), "cols=priority&cols=unit&cols=nonsense")
    assert names == ["编号", "问题", "责任单位", "重点难点"]
    assert 'data-label="责任单位"' in page
    assert "cols=unit" in page[page.index('class="pager"') :]


def test_names_only_for_those_who_may_read_them(world, as_):
    world.problem(responsible_name="张三")
    assert "张三" in heads(as_(world.li), "cols=responsible")[1]
    names, page = heads(as_(world.zhou), "cols=responsible")
    assert "责任人" not in names
    assert "张三" not in page


def test_every_column_can_be_drawn(world, as_):
    from luodi.ledger.sheets import COLUMNS

    world.brought_to("closed", world.problem())
    world.problem()
    query = "&".join(f"cols={name}" for name in COLUMNS)
    assert heads(as_(world.li), query)[0] == [str(column.label) for column in COLUMNS.values()]
