"""One act on many rows: confirmed first, done row by row with each one's result, once however often it is clicked."""

import re
from datetime import date, timedelta

import pytest

from luodi.amendments.models import Amendment, Urge
from luodi.jobs.actions import reap
from luodi.jobs.models import Job
from luodi.jobs.rules import machine_now
from luodi.ledger import actions
from luodi.ledger.models import BulkAct, BulkLine
from luodi.problems import actions as problems
from luodi.problems.models import Assignment, Problem
from tests.world import at

pytestmark = pytest.mark.django_db


def mark(row):
    return f"{row.pk}:{row.version}"


def confirmed(client, act, rows=(), words="v=all", everything=False):
    """The confirm page, as the bar's form asks for it, and what its form would send."""
    query = {"act": act, "from": words} | ({"all": "1"} if everything else {"row": [mark(row) for row in rows]})
    page = client.get("/problems/bulk/", query).content.decode()
    form = page[page.index('name="act"') - 30 :]
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    data = {}
    for name, value in hidden:
        data.setdefault(name, []).append(value.replace("&amp;", "&"))
    data.pop("csrfmiddlewaretoken", None)
    return page, data


def outcomes(pk):
    return dict(BulkLine.objects.filter(bulk=pk).values_list("problem__code", "outcome"))


def test_who_only_reads_is_offered_no_boxes(world, many, as_):
    many(3)
    page = as_(world.zhou).get("/problems/?v=all").content.decode()
    assert 'class="ckl"' not in page
    assert 'id="bulk"' not in page
    assert as_(world.zhou).get("/problems/bulk/", {"act": "assign"}).status_code == 403
    assert as_(world.wang).get("/problems/bulk/", {"act": "assign"}).status_code == 403
    offered = as_(world.li).get("/problems/?v=all").content.decode()
    assert 'name="act" value="assign"' in offered
    assert offered.count('form="bulk"') == 3


def test_assigning_some_says_of_each_what_came_of_it(world, many, as_):
    rows = many(4)
    problems.assign(
        rows[0], unit=rows[0].unit, lead_unit=None, due_on=date(2020, 9, 30), actor=world.li, at=at("2020-06-01")
    )
    rows[0].refresh_from_db()
    client = as_(world.li)
    page, data = confirmed(client, "assign", rows)
    assert "批量交办：4 件" in page
    assert rows[3].code in page
    answer = client.post("/problems/bulk/", data | {"lead_unit": world.units["1311-zrzy"].pk})
    assert answer.status_code == 303
    result = client.get(answer.url).content.decode()
    assert "已办理 3 件，未办理 1 件" in result
    assert "现在是“待认领”，不能交办。" in result
    bulk = BulkAct.objects.get()
    assert outcomes(bulk.pk) == {rows[0].code: "refused"} | {row.code: "done" for row in rows[1:]}
    done = Problem.objects.get(pk=rows[2].pk)
    assert (done.status, done.lead_unit) == ("assigned", world.units["1311-zrzy"])
    assert done.due_on > date(2020, 8, 31)
    assert as_(world.sun).get(answer.url).status_code == 404


def test_the_same_form_twice_is_one_act(world, many, as_):
    rows = many(3)
    client = as_(world.li)
    _page, data = confirmed(client, "assign", rows)
    first, second = (client.post("/problems/bulk/", data) for _n in range(2))
    assert first.url == second.url
    assert BulkAct.objects.count() == 1
    assert Assignment.objects.count() == 3


def test_who_changed_meanwhile_is_left_alone(world, many, as_):
    rows = many(2)
    client = as_(world.li)
    _page, data = confirmed(client, "assign", rows)
    problems.revise(rows[0], {"title": "改过"}, actor=world.li, at=at("2020-08-31"), reason="写错")
    client.post("/problems/bulk/", data)
    line = BulkLine.objects.get(problem=rows[0])
    assert line.outcome == "refused"
    assert "有人改动过" in line.sentence


def test_a_form_not_filled_in_comes_back(world, many, as_):
    row = world.brought_to("self_checked")
    client = as_(world.liu)
    _page, data = confirmed(client, "send_back", [row])
    answer = client.post("/problems/bulk/", data)
    assert answer.status_code == 422
    assert not BulkAct.objects.exists()
    client.post("/problems/bulk/", data | {"reason": "缺票据"})
    row.refresh_from_db()
    assert row.status == "returned"


def test_all_matching_is_read_anew_and_stays_within_what_one_sees(world, many, as_):
    many(60)
    page = as_(world.li).get("/problems/?v=all&county=131126&pick=all").content.decode()
    assert "已选中全部 20 件" in page
    _page, data = confirmed(as_(world.li), "assign", words="v=all&county=131126", everything=True)
    as_(world.li).post("/problems/bulk/", data | {"row": "1:1"})
    assert BulkLine.objects.count() == 20
    assert set(Problem.objects.filter(status="assigned").values_list("county_code", flat=True)) == {"131126"}


def test_when_the_list_has_changed_the_number_is_asked_again(world, many, as_):
    many(3)
    _page, data = confirmed(as_(world.li), "assign", everything=True)
    world.problem()
    answer = as_(world.li).post("/problems/bulk/", data)
    assert answer.status_code == 409
    assert "刚才是 3 件，现在符合条件的是 4 件" in answer.content.decode()
    assert 'name="count" value="4"' in answer.content.decode()
    assert not BulkAct.objects.exists()


def test_nothing_chosen_is_said(world, many, as_):
    many(1)
    assert "没有选中问题" in confirmed_page(as_(world.li))


def confirmed_page(client):
    return client.get("/problems/bulk/", {"act": "assign"}).content.decode()


def test_what_one_may_not_see_is_not_done(world, many, as_):
    rows = many(3)  # the first is Gucheng's
    report = world.brought_to("reported", rows[1])
    _page, data = confirmed(as_(world.sun), "send_back", [rows[0], report])
    assert data["count"] == ["1"]
    as_(world.sun).post("/problems/bulk/", data | {"reason": "缺票据"})
    assert outcomes(BulkAct.objects.get().pk) == {report.code: "done"}


class Killed(BaseException):
    """What a killed worker leaves behind."""


def test_a_killed_job_goes_on_where_it_stood(world, many, as_, monkeypatch, django_capture_on_commit_callbacks):
    many(50)
    monkeypatch.setattr(actions, "AT_ONCE", 10)
    really, calls = problems.assign, []

    def assign(*args, **kwargs):
        calls.append(1)
        if len(calls) == 30:
            raise Killed
        return really(*args, **kwargs)

    monkeypatch.setattr(problems, "assign", assign)
    _page, data = confirmed(as_(world.li), "assign", everything=True)
    with django_capture_on_commit_callbacks(execute=True):
        as_(world.li).post("/problems/bulk/", data)
    job = Job.objects.get()
    assert (job.state, job.done_count, Assignment.objects.count()) == ("running", 20, 20)
    page = as_(world.li).get(f"/problems/bulk/{BulkAct.objects.get().pk}/").content.decode()
    assert "还有 30 件" in page
    with django_capture_on_commit_callbacks(execute=True):
        reap(at=machine_now() + timedelta(hours=1))
    job.refresh_from_db()
    assert (job.state, job.done_count) == ("done", 50)
    assert Assignment.objects.count() == 50
    assert job.outcome["message"] == "已办理 50 件，未办理 0 件。"


def test_an_interrupted_request_can_be_taken_up(world, many, as_, monkeypatch):
    rows = many(3)
    client = as_(world.li)
    _page, data = confirmed(client, "assign", rows)
    with monkeypatch.context() as once:
        once.setattr(actions, "carry_on", lambda *a, **k: None)
        answer = client.post("/problems/bulk/", data)
    assert "继续办理剩下的 3 件" in client.get(answer.url).content.decode()
    client.post(answer.url)
    assert Assignment.objects.count() == 3


def test_urging_and_asking_for_more_time_leave_each_its_trace(world, as_):
    first, second = world.brought_to("claimed"), world.brought_to("claimed")
    fresh = world.problem()
    _page, data = confirmed(as_(world.li), "urge", [first, second, fresh])
    as_(world.li).post("/problems/bulk/", data | {"reason": "请抓紧"})
    assert Urge.objects.count() == 2
    assert outcomes(BulkAct.objects.get().pk)[fresh.code] == "refused"
    rows = list(Problem.objects.filter(pk__in=[first.pk, second.pk]))
    _page, data = confirmed(as_(world.wang), "ask_extension", rows)
    assert as_(world.wang).post("/problems/bulk/", data | {"reason": "缺土地指标"}).status_code == 422
    as_(world.wang).post("/problems/bulk/", data | {"reason": "缺土地指标", "due_on": "2020-10-30"})
    assert Amendment.objects.undecided().count() == 2


def test_the_page_says_beforehand_what_cannot_be_done(world, as_):
    waiting, done = world.problem(title="还没有交办"), world.brought_to("assigned", world.problem(title="已经交办"))
    marks = [f"{row.pk}:{row.version}" for row in (waiting, done)]
    page = as_(world.li).get("/problems/bulk/", {"act": "assign", "row": marks, "from": "v=all"}).content.decode()
    assert "其中 1 件现在办不了，能办的 1 件" in page
    assert "现在是“待认领”，不能交办。" in page
    alone = as_(world.li).get("/problems/bulk/", {"act": "assign", "row": marks[:1]}).content.decode()
    assert "现在办不了" not in alone


def test_the_result_leads_back_to_the_list_one_came_from(world, as_):
    row, client = world.problem(), as_(world.li)
    asked = {"act": "assign", "row": f"{row.pk}:{row.version}", "from": "v=open&sort=code", "key": "once", "count": "1"}
    done = client.post("/problems/bulk/", asked, follow=True)
    assert 'href="/problems/?v=open&amp;sort=code"' in done.content.decode()
