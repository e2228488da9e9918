"""Many applications decided from the list: each as if alone; one's own, the stale and the decided are named."""

import re

import pytest

from luodi.amendments import actions
from luodi.amendments.models import Amendment
from luodi.problems import actions as problems
from luodi.problems.models import Problem
from tests.world import at

pytestmark = pytest.mark.django_db
LIST = "/problems/amendments/"
MANY = "/problems/amendments/decide/"


@pytest.fixture
def asked(world):
    """Wang asks for more time for three; Li herself asks to void a fourth."""
    from datetime import date

    rows = [world.brought_to("rectifying") for _n in range(3)]
    for row in rows:
        facts = {"new_due_on": date(2020, 11, 30), "reason": "协议还差两户"}
        actions.ask_extension(row, **facts, actor=world.wang, at=at("2020-06-20"))
    actions.ask_void(world.problem(), reason="误报", actor=world.li, at=at("2020-06-21"))
    return rows


def marks(client):
    return re.findall(r'name="row" value="(\d+:\d+)"', client.get(LIST).text)


def test_all_chosen_are_approved_at_once(world, as_, asked):
    li = as_(world.li)
    chosen = marks(li)
    assert len(chosen) == 3  # not one's own
    page = li.get(MANY, {"row": chosen}).text
    assert "批复 3 件申请" in page
    assert all(row.code in page for row in asked)
    done = li.post(MANY, {"row": chosen, "approved": "yes", "note": "同意"}, follow=True)
    assert "已批准 3 件申请" in done.text
    assert {str(row.due_on) for row in Problem.objects.filter(pk__in=[r.pk for r in asked])} == {"2020-11-30"}
    assert marks(li) == []
    assert marks(as_(world.ma)) != []  # Li's own application waits for the other one


def test_refusing_needs_words_and_then_refuses_each(world, as_, asked):
    li = as_(world.li)
    chosen = marks(li)
    silent = li.post(MANY, {"row": chosen, "approved": "no", "note": " "})
    assert (silent.status_code, "不批准的，请写明理由" in silent.text) == (422, True)
    assert "没有批准 3 件申请" in li.post(MANY, {"row": chosen, "approved": "no", "note": "理由不足"}, follow=True).text
    assert Amendment.objects.filter(approved=False).count() == 3


def test_the_stale_and_the_decided_are_named_and_the_rest_is_done(world, as_, asked):
    li = as_(world.li)
    chosen = marks(li)
    first, second, third = Amendment.objects.filter(kind="extension").order_by("asked_at", "pk")
    actions.decide(first, approved=False, note="已另行安排", actor=world.ma, at=at("2020-06-22"))
    problems.prove(second.problem, result="有进展", claims={}, actor=world.wang, at=at("2020-06-22"))
    answer = li.post(MANY, {"row": chosen, "approved": "yes", "note": ""})
    assert answer.status_code == 409
    assert "已于 2020-06-22 批复" in answer.text
    assert f"您打开页面之后，{second.problem.code} 有改动" in answer.text
    assert answer.text.count("已批复</span>") == 1
    third.refresh_from_db()
    assert third.approved
    second.refresh_from_db()
    assert second.approved is None


def test_own_applications_and_those_of_elsewhere_are_not_decided(world, as_, asked):
    own = Amendment.objects.get(kind="void")
    answer = as_(world.li).post(MANY, {"row": [f"{own.pk}:{own.problem.version}"], "approved": "yes", "note": ""})
    assert answer.status_code == 409
    assert "您是申请人" in answer.text
    assert as_(world.wang).get(MANY).status_code == 403
    sun = as_(world.sun)
    assert "data-all" not in sun.get(LIST).text
    assert "没有选中申请" in sun.get(MANY, {"row": [f"{own.pk}:1"]}).text  # a county's office decides nothing
    assert "没有选中申请" in as_(world.li).get(MANY, {"row": ["rubbish", "7:x", ""]}).text


def test_what_waits_is_counted_in_the_menu_and_at_home(world, as_, asked):
    page = as_(world.li).get("/").text
    waiting = int(re.search(r"共 (\d+) 件等您办理", page).group(1))
    assert waiting == 3 + 1  # three applications, one problem to assign
    assert re.search(r'<span class="n">4<span', page)
    assert "共 5 件等您办理" in as_(world.ma).get("/").text  # all four, and the same problem
