"""Somebody comes, forgets a password, leaves; the three administrators each do their part and nobody shuts all out."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from luodi.jobs.models import Job, State
from luodi.journal.models import Entry
from luodi.kit.clock import now, today
from luodi.kit.refusal import Refused
from luodi.orgs import actions
from luodi.orgs.models import Person, Post, Role
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(as_):
    """`sent(person, route, pk, **words)`: this person sends this form."""
    return lambda person, name, pk, **words: as_(person).post(reverse(f"staff:{name}", args=[pk]), words)


def test_wu_ends_wangs_post_and_from_that_day_wang_does_nothing_more(as_, sent, world: World) -> None:
    post = world.wang.posts.get()
    answer = sent(world.wu, "leave", post.pk, ends_on=f"{today()}")
    assert answer.url == reverse("staff:person", args=[world.wang.pk])
    assert Person.objects.get(pk=world.wang.pk).roles_on(today()) == set()
    page = as_(world.wu).get(answer.url).content.decode()
    assert "已离岗" in page
    listed = as_(world.wu).get(reverse("staff:organisation")).content.decode()
    without = listed.partition("没有岗位的账号</b>")[2].partition("</li>")[0]
    assert f'href="{answer.url}"' in without, "who has no post is still found"
    assert Entry.objects.filter(verb="orgs.post.leave", row_id=post.pk, actor_name=world.wu.name).exists()
    assert sent(world.wu, "leave", post.pk, ends_on=f"{today()}").status_code == 404


def test_a_closed_account_signs_in_no_more_until_it_is_opened_again(sent, world: World) -> None:
    actions.set_password(world.wang, PASSWORD, actor=world.wang, at=now())
    here = Client()
    asked = {"username": "wang", "password": PASSWORD}
    assert here.post(reverse("orgs:sign_in"), asked).status_code == 302
    assert sent(world.wu, "close_account", world.wang.pk, reason="").status_code == 422
    assert sent(world.wu, "close_account", world.wang.pk, reason="调离").status_code == 302
    assert here.get(reverse("orgs:sessions")).status_code == 302, "the open session is over"
    assert here.post(reverse("orgs:sign_in"), asked).status_code == 422
    assert "已经停用" in sent(world.wu, "close_account", world.wang.pk, reason="调离").content.decode()
    assert sent(world.wu, "open_account", world.wang.pk, reason="调回").status_code == 302
    assert here.post(reverse("orgs:sign_in"), asked).status_code == 302
    assert Entry.objects.filter(verb="orgs.person.open", reason="调回").exists()


def test_a_forgotten_password_is_set_anew_and_must_be_changed(sent, world: World) -> None:
    actions.set_password(world.wang, PASSWORD, actor=world.wang, at=now())
    weak = sent(world.wu, "first_password", world.wang.pk, password="short")
    assert weak.status_code == 422
    assert sent(world.wu, "first_password", world.wang.pk, password="Another-2020-x").status_code == 302
    here = Client()
    assert here.post(reverse("orgs:sign_in"), {"username": "wang", "password": PASSWORD}).status_code == 422
    here.post(reverse("orgs:sign_in"), {"username": "wang", "password": "Another-2020-x"})
    assert here.get(reverse("home")).url == reverse("orgs:password")


def test_zheng_turns_a_proposal_down_and_wu_may_propose_anew(as_, sent, world: World) -> None:
    about = {"starts_on": today(), "actor": world.wu, "at": now()}
    post = actions.appoint(world.gao, world.units["131126"], Role.OFFICE, **about)
    assert sent(world.zheng, "turn_down", post.pk, reason="应设在专班").status_code == 302
    assert Role.OFFICE not in Person.objects.get(pk=world.gao.pk).roles_on(today())
    with pytest.raises(Refused, match="不在等待批准"):
        actions.turn_down(post, reason="再来一次", actor=world.zheng, at=now())
    assert "没有批准" in as_(world.wu).get(reverse("staff:person", args=[world.gao.pk])).content.decode()
    actions.appoint(world.gao, world.units["131126"], Role.OFFICE, **about)


def test_nobody_shuts_himself_out_nor_the_last_administrator(world: World) -> None:
    post = world.zheng.posts.get()
    with pytest.raises(Refused, match="唯一的安全管理员"):
        actions.leave(post, ends_on=today(), actor=world.wu, at=now())
    with pytest.raises(Refused, match="唯一的安全管理员"):
        actions.close_account(world.zheng, actor=world.wu, at=now(), reason="调离")
    with pytest.raises(Refused, match="自己的账号"):
        actions.close_account(world.wu, actor=world.wu, at=now(), reason="调离")
    heir = actions.admit(username="heir", name="接任的", actor=world.wu, at=now())
    waiting = actions.appoint(heir, world.units["1311"], Role.SECADMIN, starts_on=today(), actor=world.wu, at=now())
    with pytest.raises(Refused, match="唯一的安全管理员"):
        actions.leave(post, ends_on=today(), actor=world.wu, at=now())
    actions.approve(waiting, actor=world.zheng, at=now())
    actions.leave(post, ends_on=today(), actor=world.wu, at=now())
    assert Post.objects.get(pk=post.pk).ends_on == today()


def test_only_the_system_administrator_changes_accounts(as_, sent, world: World) -> None:
    person = reverse("staff:person", args=[world.wang.pk])
    for reader in (world.wu, world.zheng):
        assert as_(reader).get(person).status_code == 200
    assert "停用账号" not in as_(world.zheng).get(person).content.decode()
    assert as_(world.feng).get(person).status_code == 403
    assert as_(world.li).get(person).status_code == 403
    for other in (world.zheng, world.feng, world.li):
        for name in ("close_account", "open_account", "first_password"):
            assert sent(other, name, world.wang.pk, reason="x", password="Another-2020-x").status_code == 403
        assert sent(other, "leave", world.wang.posts.get().pk, ends_on=f"{today()}").status_code == 403
    post = actions.appoint(world.gao, world.units["131126"], Role.OFFICE, starts_on=today(), actor=world.wu, at=now())
    assert sent(world.wu, "turn_down", post.pk, reason="x").status_code == 403


def test_the_first_page_of_an_administrator_is_where_the_work_is(as_, world: World) -> None:
    where = {"wu": "/organisation/", "zheng": "/organisation/", "feng": "/journal/"}
    for name, address in where.items():
        assert as_(getattr(world, name)).get(reverse("home")).url == address
    actions.leave(world.wang.posts.get(), ends_on=today(), actor=world.wu, at=now())
    assert "没有在任的岗位" in as_(world.wang).get(reverse("home")).content.decode()


def test_a_locked_account_is_seen_and_opened_with_one_button(as_, world: World) -> None:
    actions.set_password(world.wang, PASSWORD, actor=world.wang, at=now())
    asked = {"username": "wang", "password": "wrong-Password-1"}
    here = Client()
    for _attempt in range(4):
        here.post(reverse("orgs:sign_in"), asked)
    assert "账号已锁定" not in as_(world.wu).get(reverse("staff:organisation")).content.decode()
    here.post(reverse("orgs:sign_in"), asked)
    page = as_(world.wu).get(reverse("staff:organisation")).content.decode()
    assert "账号已锁定</b> wang" in page
    assert 'name="username"' not in page, "that is the security administrator's"
    security = as_(world.zheng)
    assert 'name="username" value="wang"' in security.get(reverse("staff:organisation")).content.decode()
    security.post(reverse("staff:release"), {"username": "wang"})
    assert "账号已锁定" not in security.get(reverse("staff:organisation")).content.decode()
    assert "系统状况" not in as_(world.li).get(reverse("staff:organisation")).content.decode()


def test_work_that_failed_is_seen_without_what_it_was_about(as_, world: World) -> None:
    moment = timezone.now()
    facts = {"owner": world.li, "asked_at": moment, "ended_at": moment, "state": State.FAILED}
    Job.objects.create(kind="ledger.export", title="桃城区逾期问题", task_path="x", **facts)
    page = as_(world.wu).get(reverse("staff:organisation")).content.decode()
    assert "后台任务未完成</b> ledger.export" in page
    assert "桃城区逾期问题" not in page
    assert "ledger.export" not in as_(world.zheng).get(reverse("staff:organisation")).content.decode()
