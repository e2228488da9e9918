"""The session ended while somebody was writing: what was typed comes back to the same person, to nobody else."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from luodi.kit.clock import now
from luodi.orgs import actions
from luodi.orgs.models import SignIn
from luodi.orgs.views import KEPT
from luodi.problems.models import Problem
from tests.world import PASSWORD, at

pytestmark = pytest.mark.django_db
MEASURES = "指标全市统筹，先租后让；每周调度一次。\n十月底前交地。"


@pytest.fixture
def claimed(world):
    for person in (world.wang, world.qian):
        actions.set_password(person, PASSWORD, actor=person, at=now())
    return world.brought_to("claimed")


def expire(client):
    """Half an hour passes."""
    Session.objects.filter(pk=client.session.session_key).update(expire_date=at("2020-01-01") - timedelta(days=1))


def plan(client, problem, **more):
    typed = {"goal": "签订出让合同", "measures": MEASURES, "seen": problem.version}
    page = f"http://testserver{reverse('problems:problem', args=[problem.pk])}"
    address = reverse("problems:file-plan", args=[problem.pk])
    return client.post(address, typed | more, HTTP_REFERER=page)


def sign_in(client, username="wang"):
    return client.post(reverse("orgs:sign_in"), {"username": username, "password": PASSWORD})


def status(problem):
    return Problem.objects.get(pk=problem.pk).status


def test_what_was_typed_is_given_back_and_sent(as_, world, claimed):
    client = as_(world.wang)
    expire(client)
    answer = plan(client, claimed)
    assert answer.status_code == 302
    assert answer.url == f"{reverse('orgs:sign_in')}?next=%2Fproblems%2F{claimed.pk}%2F"
    assert status(claimed) == "claimed"
    assert "您填写的内容没有丢" in client.get(answer.url).content.decode()
    assert sign_in(client).url == reverse("orgs:kept")
    html = client.get(reverse("orgs:kept")).content.decode()
    assert "指标全市统筹" in html
    assert "签订出让合同" in html
    assert f'action="{reverse("problems:file-plan", args=[claimed.pk])}"' in html
    sent = dict(client.session[KEPT]["words"])
    assert sent == {"goal": "签订出让合同", "measures": MEASURES, "seen": str(claimed.version)}
    assert client.post(reverse("problems:file-plan", args=[claimed.pk]), sent).status_code == 303
    assert status(claimed) == "planned"
    assert KEPT not in client.session
    assert client.get(reverse("orgs:kept")).url == reverse("home")


def test_a_session_ended_from_elsewhere_loses_nothing_either(as_, world, claimed):
    client = as_(world.wang)
    actions.end_sign_in(SignIn.objects.get(person=world.wang), actor=world.wang, at=now())
    plan(client, claimed)
    assert sign_in(client).url == reverse("orgs:kept")


def test_nobody_else_at_the_same_desk_reads_it(as_, world, claimed):
    client = as_(world.wang)
    expire(client)
    plan(client, claimed)
    assert sign_in(client, "qian").url == reverse("home")
    assert KEPT not in client.session
    assert "指标全市统筹" not in client.get(reverse("orgs:kept"), follow=True).content.decode()


def test_a_stranger_leaves_nothing_behind(client, claimed):
    before = Session.objects.count()
    assert plan(client, claimed).status_code == 302
    assert Session.objects.count() == before


def test_files_and_passwords_are_not_kept(as_, world, claimed):
    client = as_(world.wang)
    expire(client)
    plan(client, claimed, upload=SimpleUploadedFile("证明.pdf", b"%PDF-1.4"))
    sign_in(client)
    html = client.get(reverse("orgs:kept")).content.decode()
    assert "附件没有保留" in html
    expire(client)
    client.post(reverse("orgs:password"), {"current": PASSWORD, "new": "Another-2020-x", "again": "Another-2020-x"})
    assert PASSWORD not in str(dict(client.session))


def test_more_than_a_form_holds_is_not_kept(as_, world, claimed):
    client = as_(world.wang)
    expire(client)
    plan(client, claimed, cause="长" * 60_001)
    assert sign_in(client).url == reverse("home")


def test_htmx_is_sent_to_the_page_and_not_into_a_corner(as_, world, claimed):
    client = as_(world.wang)
    expire(client)
    address = reverse("problems:file-plan", args=[claimed.pk])
    answer = client.post(address, {"measures": MEASURES}, HTTP_HX_REQUEST="true")
    assert answer["HX-Redirect"].startswith(reverse("orgs:sign_in"))
    assert sign_in(client).url == reverse("orgs:kept")
