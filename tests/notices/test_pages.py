"""The bell, my notices, what reaches me, and the page of groups."""

import pytest
from django.test import Client
from django.urls import reverse

from luodi.notices import actions, queries
from luodi.notices.models import Channel, Notice
from luodi.orgs.models import Person
from tests.notices.test_groups import KEY
from tests.world import World, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_(client: Client, settings):
    """One-click sign-in; the clock stands at 21 May 2020."""
    settings.LUODI_DEMO, settings.LUODI_CLOCK = True, "2020-05-21T09:00"

    def enter(name: str) -> Client:
        client.post(reverse("orgs:sign_in_as", args=[name]))
        return client

    return enter


@pytest.fixture
def told(world: World) -> World:
    """Wang, Qian and Chen have two notices each."""
    for _each in range(2):
        world.brought_to("assigned", problem=world.problem())
    actions.spread(at=at("2020-05-20", 10))
    return world


def test_the_bell_counts_and_opening_a_notice_reads_it(told: World, as_) -> None:
    browser = as_("wang")
    page = browser.get("/notices/").content.decode()
    assert "通知，2 条未读" in page
    newest = Notice.objects.filter(person=told.wang).order_by("-pk")[0]
    assert f"/notices/{newest.pk}/" in page
    assert "已交办，请认领。" in page
    gone = browser.get(f"/notices/{newest.pk}/")
    assert (gone.status_code, gone["Location"]) == (303, f"/problems/{newest.problem_id}/")
    assert "通知，1 条未读" in browser.get(gone["Location"]).content.decode()
    first, second = queries.mine(told.wang).order_by("-unread", "-pk")
    assert (first.unread, second) == (True, newest)


def test_everything_is_read_with_one_button(told: World, as_) -> None:
    browser = as_("wang")
    assert browser.post("/notices/read/").status_code == 303
    page = browser.get("/notices/").content.decode()
    assert "通知，0 条未读" in page
    assert "全部标为已读" not in page
    assert Notice.objects.filter(person=told.chen, unread=True).count() == 2, "only mine"


def test_somebody_else_s_notice_does_not_exist(told: World, as_) -> None:
    notice = Notice.objects.filter(person=told.chen)[0]
    assert as_("wang").get(f"/notices/{notice.pk}/").status_code == 404
    assert Notice.objects.get(pk=notice.pk).unread


def test_the_list_goes_on_page_by_page(told: World, as_) -> None:
    problem = Notice.objects.filter(person=told.wang)[0].problem
    rest = {"kind": "due", "verb": "soon", "problem": problem, "made_at": at("2020-05-20"), "in_site": True}
    Notice.objects.bulk_create(
        Notice(person=told.wang, cause=f"t{n}", by_mail=False, unread=False, read_at=at("2020-05-20"), **rest)
        for n in range(60)
    )
    browser, seen, address = as_("wang"), [], "/notices/"
    while address:
        page = browser.get(address).context["page"]
        seen += [(n.unread, n.pk) for n in page.rows]
        address = f"/notices/?cursor={page.next_cursor}" if page.next_cursor else ""
    assert len(seen) == 62
    assert seen == sorted(seen, reverse=True)


def test_the_bell_costs_one_question(told: World, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        assert str(queries.unread(told.wang)) == "2"


def test_the_page_costs_few_questions(told: World, as_, django_assert_max_num_queries) -> None:
    browser = as_("wang")
    with django_assert_max_num_queries(12):
        browser.get("/notices/")


def test_i_choose_what_reaches_me(told: World, as_) -> None:
    browser = as_("wang")
    page = browser.get("/notices/preferences/").content.decode()
    assert page.count('type="checkbox" name=') == page.count("checked") == 10
    typed = {"email": "wang@example.gov.cn", "turn_site": "on", "returned_site": "on", "returned_mail": "on"}
    assert browser.post("/notices/preferences/", typed).status_code == 303
    assert Person.objects.get(pk=told.wang.pk).email == "wang@example.gov.cn"
    kept = queries.choices([told.wang.pk])
    assert kept[told.wang.pk, "turn"] == (True, False)
    assert kept[told.wang.pk, "due"] == (False, False)
    wrong = browser.post("/notices/preferences/", {"email": "wang"})
    assert wrong.status_code == 422
    assert Person.objects.get(pk=told.wang.pk).email == "wang@example.gov.cn"


def test_the_office_adds_tries_and_stops_a_group(told: World, as_) -> None:
    browser = as_("li")
    typed = {
        "unit": told.units["131102"].pk,
        "service": "wecombot",
        "name": "桃城区专班群",
        "webhook": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}",
        "kinds": ["turn"],
    }
    assert browser.post("/notices/channels/new/", typed | {"webhook": "https://a.cn"}).status_code == 422
    assert browser.post("/notices/channels/new/", typed).status_code == 303
    assert browser.post("/notices/channels/new/", typed).status_code == 422
    channel = Channel.objects.get()
    browser.post(f"/notices/channels/{channel.pk}/try/")
    page = browser.get("/notices/channels/").content.decode()
    assert "桃城区专班群" in page
    assert "待发送" in page
    assert KEY not in page
    browser.post(f"/notices/channels/{channel.pk}/switch/", {"active": "0"})
    assert "已停用" in browser.get("/notices/channels/").content.decode()
    browser.post(f"/notices/channels/{channel.pk}/switch/", {"active": "1"})
    assert Channel.objects.get().active


def test_pages_are_not_for_everybody(told: World, as_) -> None:
    assert as_("wang").get("/notices/channels/").status_code == 403
    administrator = as_("wu")
    assert administrator.get("/notices/").status_code == 403
    assert 'class="btn btn-ghost btn-ic dot"' not in administrator.get("/").content.decode()
