"""Registering one problem by hand: the form, what is like another, and the same form sent twice."""

import re

import pytest

from luodi.problems.models import Problem

TYPED = {
    "batch": "new",
    "source": "self_check",
    "unit": "131102-fgj",
    "category": "approval.eia",
    "title": "环评批复超承诺时限",
    "project_name": "棉纺升级项目",
    "found_on": "2020-08-20",
}


@pytest.fixture
def form(as_):
    """`form(person)`: a client with the form open, and its one-time key."""

    def open_form(person):
        client = as_(person)
        page = client.get("/problems/register/")
        assert page.status_code == 200
        return client, re.search(r'name="key" value="([0-9a-f]+)"', page.content.decode()).group(1)

    return open_form


def send(client, key, **changes):
    return client.post("/problems/register/", {**TYPED, "key": key, **changes})


def test_a_clerk_registers_and_stands_before_the_problem(world, form):
    client, key = form(world.wang)
    done = send(client, key, responsible_name="王某")
    made = Problem.objects.get()
    assert done.status_code == 303
    assert done.url == f"/problems/{made.pk}/"
    assert (made.code, made.unit.code, made.responsible_name) == ("N2020-001", "131102-fgj", "王某")
    assert "已登记 N2020-001" in client.get(done.url).content.decode()


def test_units_are_those_one_may_register_for(world, form, as_):
    page = as_(world.wang).get("/problems/register/").content.decode()
    assert "131102-fgj" in page
    assert "131126" not in page
    assert "131126-fgj" in as_(world.li).get("/problems/register/").content.decode()
    client, key = form(world.wang)
    refused = send(client, key, unit="131126-fgj")
    assert refused.status_code == 422
    assert "不能为" in refused.content.decode()


@pytest.mark.parametrize("who", ["zhou", "liu", "wu"])
def test_others_do_not_register(world, as_, who):
    assert as_(getattr(world, who)).get("/problems/register/").status_code == 403


def test_a_fault_is_named_at_its_field_and_what_was_typed_stays(world, form):
    client, key = form(world.wang)
    back = send(client, key, found_on="2020-09-30", description="写了很久的一段话", project_code="123")
    page = back.content.decode()
    assert back.status_code == 422
    assert 'class="errsum"' in page
    assert "在今天之后" in page
    assert "格式不对" in page
    assert "写了很久的一段话" in page
    assert key in page
    assert not Problem.objects.exists()


def test_the_same_form_sent_twice_makes_one_problem(world, form):
    client, key = form(world.wang)
    first, again = send(client, key), send(client, key)
    assert again.status_code == 303
    assert first.url == again.url
    assert Problem.objects.count() == 1


def test_while_the_first_click_is_under_way_the_second_makes_nothing(world, form):
    client, key = form(world.wang)
    session = client.session
    session["registered"] = {key: 0}
    session.save()
    again = send(client, key)
    assert again.url.startswith("/problems/?")
    assert not Problem.objects.exists()


def test_one_like_another_is_asked_about_first(world, form):
    client, key = form(world.wang)
    send(client, key)
    first = Problem.objects.get()
    client, key = form(world.wang)
    asked = send(client, key)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert f"/problems/{first.pk}/" in page
    assert "仍然登记" in page
    assert Problem.objects.count() == 1
    assert send(client, key, confirm="1").status_code == 303
    assert Problem.objects.count() == 2


def test_what_one_may_not_see_is_not_named_as_alike(world, form):
    client, key = form(world.wang)
    send(client, key)
    client, key = form(world.gao)
    assert send(client, key, unit="131126-fgj").status_code == 303


def test_a_category_without_standard_is_refused_in_words(world, form, monkeypatch):
    from luodi.kit.refusal import Refused
    from luodi.problems import actions

    def refuse(*_args, **_named):
        raise Refused("类别没有现行整改标准，不能登记。")

    monkeypatch.setattr(actions, "register", refuse)
    client, key = form(world.wang)
    back = send(client, key)
    assert back.status_code == 422
    assert "没有现行整改标准" in back.content.decode()
    monkeypatch.undo()
    assert send(client, key).status_code == 303
