"""The whole list on paper: all its rows at once, in its order, with its conditions, moment and person."""

import re

import pytest

from luodi.ledger import views

pytestmark = pytest.mark.django_db


def codes(html):
    return re.findall(r'm-tl"><a[^>]*>([^<]+)</a>', html)


def test_all_rows_are_there_in_the_order_of_the_page(world, many, as_, django_assert_max_num_queries):
    many(120)
    client, words = as_(world.li), "v=all&county=131102&sort=-code"
    assert f'href="/problems/print/?{words}"' in client.get(f"/problems/?{words}").content.decode().replace(
        "&amp;", "&"
    )
    with django_assert_max_num_queries(20):
        html = client.get(f"/problems/print/?{words}").content.decode()
    found = codes(html)
    assert len(found) == 80
    assert found == sorted(found, reverse=True)
    for said in ("县市区：桃城区", "共 80 件", "2020年8月31日 08:", "李文静", "内部资料，注意保存", "data-print"):
        assert said in html


def test_one_prints_what_one_sees(world, many, as_):
    many(9)
    assert len(codes(as_(world.wang).get("/problems/print/?v=all").content.decode())) == 6
    assert "没有符合条件的问题" in as_(world.wang).get("/problems/print/?v=overdue").content.decode()
    assert as_(world.wu).get("/problems/print/").status_code == 403


def test_a_list_too_long_for_paper_is_exported(world, many, as_, monkeypatch):
    many(6)
    monkeypatch.setattr(views, "PRINTED", 5)
    answer = as_(world.li).get("/problems/print/?v=all")
    assert answer.status_code == 409
    assert "超过 5 件" in answer.content.decode()


def test_a_wrong_condition_is_said(world, many, as_):
    many(1)
    answer = as_(world.li).get("/problems/print/?found_from=2020-13-45")
    assert answer.status_code == 422
    assert "需要修改" in answer.content.decode()
