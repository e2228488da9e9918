"""Saved views: mine, the office's for its place, opened as a tab with its count, renamed, shared, deleted."""

import re

import pytest
from django.http import QueryDict

from luodi.journal.models import Entry
from luodi.kit.clock import now, today
from luodi.kit.refusal import Refused
from luodi.ledger import actions, queries
from luodi.ledger.models import SavedView

pytestmark = pytest.mark.django_db
WORDS = "v=all&status=open&county=131126&sort=-code&cols=code&cols=title&cols=unit"


def keep(client, name, words=WORDS, **more):
    return client.post("/problems/views/", {"name": name, "from": words, **more})


def tabs(client, query=""):
    page = client.get(f"/problems/?{query}").content.decode()
    found = re.findall(r'<a href="\?([^"]*)"( aria-current="page")?>([^<]*) <span>([^<]*)</span>', page)
    return {name: (query.replace("&amp;", "&"), bool(mark), count) for query, mark, name, count in found}


def test_my_view_is_a_tab_with_its_count_and_nobody_elses(world, many, as_):
    many(6)
    answer = keep(as_(world.li), "故城未销号")
    assert answer.status_code == 303
    address, here, count = tabs(as_(world.li), answer.url.partition("?")[2])["故城未销号"]
    assert (here, count) == (True, "2")
    assert QueryDict(address) == QueryDict(WORDS)
    assert "故城未销号" not in tabs(as_(world.liu))
    assert not tabs(as_(world.li))["故城未销号"][1]
    page = as_(world.li).get(f"/problems/?{address}").content.decode()
    found = re.findall(r'<th scope="col"(?! class="ck")[^>]*>(?:<a[^>]*>)?([^<]+)', page)
    assert [name.strip() for name in found] == ["编号", "问题", "责任单位"]
    assert Entry.objects.get(verb="ledger.view.save").actor_id == world.li.pk


def test_the_office_shares_a_view_with_everybody_of_its_place(world, many, as_):
    many(3)
    keep(as_(world.li), "全市未销号", "v=open", shared="on")
    keep(as_(world.sun), "桃城未销号", "v=open", shared="on")
    assert tabs(as_(world.wang))["全市未销号"][2] == "2"
    assert "桃城未销号" in tabs(as_(world.wang))
    assert "全市未销号" in tabs(as_(world.gao))
    assert "桃城未销号" not in tabs(as_(world.gao))
    assert "shared" not in as_(world.wang).get("/problems/views/?from=v%3Dall").content.decode()


def test_only_the_office_shares(world):
    asked = queries.read(world.wang, QueryDict("v=all"), today())
    with pytest.raises(Refused, match="只有专班办能共享"):
        actions.save_view(asked, name="我的", shared=True, actor=world.wang, at=now())
    view = actions.save_view(asked, name="我的", actor=world.wang, at=now())
    with pytest.raises(Refused, match="是别人的"):
        actions.share(view, actor=world.li, at=now())


def test_a_name_stands_once_and_the_number_is_limited(world, as_):
    client = as_(world.li)
    keep(client, "未销号", "v=open")
    again = keep(client, "未销号", "v=overdue")
    assert again.status_code == 422
    assert "已经有叫“未销号”的视图" in again.content.decode()
    for n in range(11):
        keep(client, f"第{n}个", "v=open")
    assert "最多保存 12 个视图" in keep(client, "再一个", "v=open").content.decode()
    assert SavedView.objects.count() == 12


def test_a_wrong_condition_is_not_kept(world, as_):
    answer = keep(as_(world.li), "错的", "v=all&county=999999")
    assert answer.status_code == 422
    assert "条件有误" in answer.content.decode()


def test_rename_share_and_delete(world, as_):
    client = as_(world.li)
    keep(client, "未销号", "v=open")
    view = SavedView.objects.get()
    client.post(f"/problems/views/{view.pk}/rename/", {"name": "没办完的"})
    client.post(f"/problems/views/{view.pk}/share/")
    view.refresh_from_db()
    assert (view.name, view.is_shared, view.unit) == ("没办完的", True, world.units["1311"])
    assert as_(world.wang).post(f"/problems/views/{view.pk}/remove/").status_code == 409
    assert client.post(f"/problems/views/{view.pk}/paint/").status_code == 404
    assert "没办完的" in client.get("/problems/views/").content.decode()
    assert client.post(f"/problems/views/{view.pk}/remove/").status_code == 303
    assert not SavedView.objects.exists()
    assert as_(world.gao).post(f"/problems/views/{view.pk}/remove/").status_code == 404


def test_saved_views_cost_two_queries_however_many(world, many, as_, django_assert_max_num_queries):
    many(60)
    client = as_(world.li)
    for n, words in enumerate(["v=overdue&q=第1", "county=131126", "figure=problems.open", WORDS]):
        keep(client, f"第{n}个", words)
    client.get("/problems/")
    with django_assert_max_num_queries(18):
        page = client.get("/problems/?v=all").content.decode()
    assert "第3个 <span>20</span>" in page
    assert "第2个 <span>60</span>" in page
