"""What is typed into a long form is kept before it is sent: by its button, by the page itself; for oneself only."""

import re
from datetime import timedelta

import pytest

from luodi.kit.clock import now
from luodi.orgs.actions import drop_old_drafts, keep_draft
from luodi.orgs.models import Draft
from luodi.problems.models import Problem
from tests.world import at

pytestmark = pytest.mark.django_db
PLAN = {"cause": "指标不足", "goal": "签订出让合同", "measures": ""}


@pytest.fixture
def claimed(world):
    return world.brought_to("claimed")


def typed(problem, **more):
    return {**PLAN, "seen": problem.version, **more}


def test_the_button_keeps_and_the_page_gives_back(world, as_, claimed):
    client, page = as_(world.wang), f"/problems/{claimed.pk}/file-plan/"
    answer = client.post(page, typed(claimed, draft="keep"))
    assert (answer.status_code, answer.url) == (303, page)
    html = client.get(page).content.decode()
    assert "已恢复您" in html
    assert "签订出让合同</textarea>" in html
    assert "指标不足</textarea>" in html
    assert Problem.objects.get(pk=claimed.pk).version == claimed.version  # nothing was done


def test_the_page_keeps_by_itself_and_says_when(world, as_, claimed):
    answer = as_(world.wang).post(
        f"/problems/{claimed.pk}/file-plan/", typed(claimed, draft="keep"), headers={"HX-Request": "true"}
    )
    assert re.fullmatch(r"已暂存 \d\d:\d\d", answer.content.decode())
    assert Draft.objects.get().words["goal"] == "签订出让合同"


def test_the_last_typed_counts_and_once_sent_it_is_gone(world, as_, claimed):
    client, page = as_(world.wang), f"/problems/{claimed.pk}/file-plan/"
    for goal in ("一", "二"):
        client.post(page, typed(claimed, goal=goal, draft="keep"))
    assert Draft.objects.get().words["goal"] == "二"
    assert client.post(page, typed(claimed)).status_code == 422  # measures are missing: the draft stays
    assert Draft.objects.exists()
    assert client.post(page, typed(claimed, measures="每周调度")).status_code == 303
    assert not Draft.objects.exists()
    assert Problem.objects.get(pk=claimed.pk).goal == "签订出让合同"


def test_it_is_dropped_on_demand(world, as_, claimed):
    client, page = as_(world.wang), f"/problems/{claimed.pk}/file-plan/"
    client.post(page, typed(claimed, draft="keep"))
    assert client.post(page, {"draft": "drop"}).status_code == 303
    assert "签订出让合同" not in client.get(page).content.decode()


def test_nobody_else_sees_it(world, as_, claimed):
    page = f"/problems/{claimed.pk}/file-plan/"
    as_(world.wang).post(page, typed(claimed, draft="keep"))
    assert "签订出让合同" not in as_(world.qian).get(page).content.decode()
    assert as_(world.gao).post(page, typed(claimed, draft="keep")).status_code == 404
    assert as_(world.li).post(page, typed(claimed, draft="keep")).status_code == 403
    assert Draft.objects.count() == 1


def test_a_registration_comes_back_with_ticks_and_choices(world, as_):
    client = as_(world.wang)
    words = {"title": "电力增容未落实", "unit": "131102-fgj", "found_on": "2020-08-20", "is_priority": "1", "key": "k"}
    client.post("/problems/register/", {**words, "draft": "keep"})
    html = client.get("/problems/register/").content.decode()
    assert 'value="电力增容未落实"' in html
    assert '<option value="131102-fgj" selected>' in html
    assert 'value="2020-08-20"' in html
    assert html.count(" checked") == 1
    assert 'value="k"' not in html  # the form's one-time key is new
    assert "已恢复您" in client.get("/en/problems/register/").content.decode() or Draft.objects.count() == 1


def test_results_and_claims_come_back_and_files_alone_do_not_end_them(world, as_):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.world import pdf

    problem = world.brought_to("rectifying")
    client, page = as_(world.wang), f"/problems/{problem.pk}/prove/"
    line = problem.dossier.order_by("seq")[0].pk
    client.post(page, {"seen": problem.version, "result": "合同已签", f"claim-{line}": "已办", "draft": "keep"})
    html = client.get(page).content.decode()
    assert "合同已签</textarea>" in html
    assert "已办</textarea>" in html
    client.post(page, {"seen": problem.version, f"file-{line}": SimpleUploadedFile("证明.pdf", pdf())})
    assert Draft.objects.exists()
    words = html.partition('name="words" value="')[2].partition('"')[0]
    fresh = Problem.objects.get(pk=problem.pk)
    assert client.post(page, {"seen": fresh.version, "words": words, "result": "合同已签"}).status_code == 303
    assert not Draft.objects.exists()


def test_too_much_is_refused_in_words(world, as_, claimed):
    page = f"/problems/{claimed.pk}/file-plan/"
    answer = as_(world.wang).post(page, typed(claimed, goal="长" * 70_000, draft="keep"))
    assert answer.status_code == 409
    assert "没有暂存" in answer.content.decode()
    assert not Draft.objects.exists()


def test_what_nobody_came_back_to_goes(world):
    keep_draft(world.wang, "problems:register", {"title": "旧的"}, at=at("2020-06-01"))
    keep_draft(world.qian, "problems:register", {"title": "新的"}, at=at("2020-08-30"))
    assert drop_old_drafts(at=at("2020-08-31")) == 1
    assert drop_old_drafts(at=at("2020-08-31")) == 0
    assert [draft.person for draft in Draft.objects.all()] == [world.qian]
    assert drop_old_drafts(at=now() + timedelta(days=60)) == 1
