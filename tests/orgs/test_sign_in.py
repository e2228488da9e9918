"""Signing in: the right password, the wrong one five times, a session closed from elsewhere, a demo that is not one."""

import pytest
from django.test import Client
from django.urls import reverse

from luodi.journal.models import Entry
from luodi.kit.clock import now
from luodi.kit.refusal import Refused
from luodi.orgs import actions
from luodi.orgs.models import Person, Role, SignIn
from luodi.orgs.rules import Reach, may
from luodi.problems.models import Problem
from tests.world import PASSWORD, World, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def wang(world: World) -> Person:
    """Wang with a password of his own."""
    actions.set_password(world.wang, PASSWORD, actor=world.wang, at=now())
    return world.wang


def sign_in(client: Client, password: str = PASSWORD, **more: str):
    return client.post(reverse("orgs:sign_in"), {"username": "wang", "password": password, **more})


def test_wang_signs_in_and_out(client: Client, wang: Person) -> None:
    assert sign_in(client).status_code == 302
    assert SignIn.objects.get(person=wang).ended_at is None
    client.post(reverse("orgs:sign_out"))
    assert SignIn.objects.get(person=wang).ended_at is not None
    assert client.get(reverse("orgs:sessions")).status_code == 302


def test_five_wrong_passwords_lock_and_the_security_officer_unlocks(client: Client, world: World, wang: Person) -> None:
    for _attempt in range(5):
        sign_in(client, "wrong-Password-1")
    locked = sign_in(client)
    assert locked.status_code == 429
    assert "已锁定" in locked.content.decode()
    entry = Entry.objects.get(verb="orgs.person.lock")
    assert (entry.row_id, entry.actor_name, entry.address) == (wang.pk, "系统", "127.0.0.1")
    actions.release("wang", actor=world.zheng, at=now())
    assert sign_in(client).status_code == 302


def test_a_session_ended_elsewhere_is_over(client: Client, wang: Person) -> None:
    sign_in(client)
    actions.end_sign_in(SignIn.objects.get(person=wang), actor=wang, at=now())
    assert client.get(reverse("orgs:sessions")).status_code == 302


def test_a_first_password_must_be_changed(client: Client, world: World) -> None:
    actions.set_password(world.wang, PASSWORD, actor=world.wu, at=now(), must_change=True)
    sign_in(client)
    assert client.get(reverse("orgs:sessions")).url == reverse("orgs:password")
    weak = client.post(reverse("orgs:password"), {"current": PASSWORD, "new": "short", "again": "short"})
    assert weak.status_code == 422
    new = {"current": PASSWORD, "new": "Another-2020-x", "again": "Another-2020-x"}
    assert client.post(reverse("orgs:password"), new).status_code == 302
    assert client.get(reverse("orgs:sessions")).status_code == 200


@pytest.mark.parametrize("weak", ["short1A", "alllowercaseletters", "wang-jianguo-wang"])
def test_weak_passwords_are_refused(world: World, weak: str) -> None:
    with pytest.raises(Refused):
        actions.set_password(world.wang, weak, actor=world.wang, at=now())


def test_one_click_sign_in_exists_only_in_the_demo(client: Client, world: World, settings) -> None:
    url = reverse("orgs:sign_in_as", args=["li"])
    assert client.post(url).status_code == 404
    settings.LUODI_DEMO = True
    assert client.post(url).status_code == 302


def test_no_open_redirect(client: Client, wang: Person) -> None:
    assert sign_in(client, next="https://evil.example/").url == "/"


def test_administrators_are_three_persons_and_nothing_else(world: World) -> None:
    day = at("2020-05-01").date()
    for role in (Role.SECADMIN, Role.CLERK):
        with pytest.raises(Refused, match=r"三员分立|管理员"):
            actions.appoint(world.wu, world.units["1311"], role, starts_on=day, actor=world.zheng, at=now())
    with pytest.raises(Refused, match="三员分立"):
        actions.appoint(world.wang, world.units["1311"], Role.SYSADMIN, starts_on=day, actor=world.wu, at=now())


def test_a_proposed_post_waits_for_another_persons_approval(world: World) -> None:
    day = at("2020-05-01").date()
    post = actions.appoint(world.gao, world.units["131126"], Role.OFFICE, starts_on=day, actor=world.wu, at=now())
    assert Role.OFFICE not in Person.objects.get(pk=world.gao.pk).roles_on(day)
    with pytest.raises(Refused, match="同一人"):
        actions.approve(post, actor=world.wu, at=now())
    actions.approve(post, actor=world.zheng, at=now())
    assert Role.OFFICE in Person.objects.get(pk=world.gao.pk).roles_on(day)


def test_a_post_ends_on_its_day(world: World) -> None:
    row = Problem(city_code="1311", county_code="131102", unit=world.units["131102-fgj"])
    post = world.wang.posts.get()
    actions.leave(post, ends_on=at("2020-07-01").date(), actor=world.zheng, at=now())
    wang = Person.objects.get(pk=world.wang.pk)
    clerk = [(Role.CLERK, Reach.UNIT)]
    assert may(wang, clerk, row, at("2020-06-30").date())
    assert not may(wang, clerk, row, at("2020-07-01").date())
