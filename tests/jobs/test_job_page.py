"""The owner watches her job; it asks again while it runs, and works by links and buttons alone."""

import pytest
from django.urls import reverse

from luodi.jobs.actions import ask_cancel, fail, finish, progress, start
from luodi.jobs.models import State
from luodi.jobs.rules import machine_now
from luodi.kit.clock import now
from luodi.orgs.actions import note_sign_in
from tests.jobs.conftest import AT

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def sign_in(client, person):
    """As the sign-in page does: a session, and the row that says it is open."""
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    note_sign_in(person, session_key=client.session.session_key, address=None, agent="test", at=now())


@pytest.fixture
def job(ask):
    return ask()


@pytest.fixture
def page(client, clerk, job):
    sign_in(client, clerk)
    return reverse("jobs:job", args=[job.pk])


def text(response):
    return response.content.decode()


def test_only_the_owner_sees_it(client, colleague, job, page):
    sign_in(client, colleague)
    assert client.get(page).status_code == 404
    assert client.post(reverse("jobs:cancel", args=[job.pk])).status_code == 404
    client.logout()
    assert client.get(page).status_code == 302


def test_waiting_running_done(client, job, page):
    assert "排队中" in text(client.get(page))
    running = start(job.pk, at=machine_now())
    progress(running, done=1200, total=5000, at=machine_now())
    shown = text(client.get(page, headers=HTMX))
    assert "<html" not in shown
    assert 'hx-trigger="load delay:2s"' in shown
    assert "已处理 1,200 / 5,000，24%" in shown
    assert 'value="1200" max="5000"' in shown
    finish(running, outcome={"message": "已导入 5,000 行", "url": "/problems/"}, at=machine_now())
    shown = text(client.get(page, headers=HTMX))
    assert "hx-get" not in shown
    assert "已导入 5,000 行" in shown
    assert 'href="/problems/"' in shown


def test_a_page_without_script_has_a_refresh_link_and_a_heading(client, page):
    shown = text(client.get(page))
    assert "<h1>导入台账</h1>" in shown
    assert f'href="{page}">刷新' in shown


def test_a_failure_shows_its_sentence_escaped(client, job, page):
    fail(start(job.pk, at=machine_now()), sentence="第 3 行 <县区> 为空。", at=machine_now())
    assert "第 3 行 &lt;县区&gt; 为空。" in text(client.get(page))


def test_cancel_by_form_and_by_htmx(client, job, page):
    cancel = reverse("jobs:cancel", args=[job.pk])
    assert client.get(cancel).status_code == 405
    start(job.pk, at=machine_now())
    shown = client.post(cancel, headers=HTMX)
    assert (shown.status_code, "正在取消" in text(shown)) == (200, True)
    assert client.post(cancel)["Location"] == page
    job.refresh_from_db()
    assert (job.state, job.cancel_asked) == (State.RUNNING, True)


def test_cancelling_what_has_ended_says_so(client, clerk, job, page):
    ask_cancel(job, actor=clerk, at=AT)
    refused = client.post(reverse("jobs:cancel", args=[job.pk]), headers=HTMX)
    assert refused.status_code == 409
    assert "任务已经结束" in text(refused)


def test_polling_is_cheap(client, page, django_assert_max_num_queries):
    client.get(page)
    with django_assert_max_num_queries(5):  # session, person, sign-in twice, job
        client.get(page, headers=HTMX)
