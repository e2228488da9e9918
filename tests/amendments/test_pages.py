"""The pages: asking on the problem's page, the office's list and decision, desks that change hands, what is alike."""

from datetime import date, timedelta

import pytest

from luodi.amendments import actions
from luodi.amendments.models import Amendment
from luodi.journal.rules import SYSTEM
from luodi.orgs import actions as orgs
from luodi.orgs.models import Post
from luodi.problems import actions as problems
from luodi.problems.models import Problem
from tests.world import at

pytestmark = pytest.mark.django_db


def test_the_clerk_asks_and_the_office_approves(world, as_):
    problem = world.brought_to("rectifying")
    wang, page = as_(world.wang), f"/problems/{problem.pk}/"
    assert "申请延期" in wang.get(page).text
    asking = f"{page}ask-extension/"
    assert "现在的时限" in wang.get(asking).text
    wanted = {"seen": problem.version, "reason": "协议还差两户", "new_due_on": problem.due_on - timedelta(days=1)}
    early = wang.post(asking, wanted)
    assert early.status_code == 409
    assert "要晚于现在的时限" in early.text
    assert "协议还差两户" in early.text
    wanted["new_due_on"] = date(2020, 9, 30)
    assert wang.post(asking, wanted).status_code == 303
    shown = wang.get(page).text
    assert f'hx-get="{page}amendments/"' in shown
    assert f'<a href="{page}amendments/">' in shown
    note = wang.get(f"{page}amendments/", headers={"HX-Request": "true"}).text
    assert "延期至 2020年9月30日" in note
    assert "等待市专班办批准" in note
    assert "<html" not in note
    assert "<html" in wang.get(f"{page}amendments/").text
    li = as_(world.li)
    home = li.get("/").text
    assert "待批申请" in home
    assert "待批申请" not in as_(world.sun).get("/").text
    row = Amendment.objects.get()
    deciding = f"/problems/amendments/{row.pk}/"
    assert f'href="{deciding}"' in li.get("/problems/amendments/").text
    assert "批准" in li.get(deciding).text
    silent = li.post(deciding, {"approved": "no", "note": ""})
    assert (silent.status_code, "不批准的，请写明理由" in silent.text) == (422, True)
    assert li.post(deciding, {"approved": "yes", "note": "同意"}).status_code == 303
    problem.refresh_from_db()
    assert problem.due_on == date(2020, 9, 30)
    late = as_(world.ma).post(deciding, {"approved": "no", "note": "迟了"})
    assert (late.status_code, "已于 2020-08-31 批复" in late.text) == (409, True)
    assert "没有等待批复的申请" in li.get("/problems/amendments/").text
    assert "协议还差两户" in li.get("/problems/amendments/?v=decided").text


def test_a_stale_page_is_told_so_and_keeps_the_words(world, as_):
    problem = world.brought_to("rectifying")
    seen = problem.version
    actions.urge(problem, reason="请加快", actor=world.li, at=at("2020-08-30"))
    wanted = {"seen": seen, "reason": "协议还差两户", "new_due_on": "2020-12-30"}
    answer = as_(world.wang).post(f"/problems/{problem.pk}/ask-extension/", wanted)
    assert answer.status_code == 409
    assert "您打开页面之后，有人改动过这一件" in answer.text
    assert "协议还差两户" in answer.text
    assert "催办" in answer.text


def test_only_the_office_decides_and_not_the_asker(world, as_):
    problem = world.brought_to("assigned")
    actions.ask_void(problem, reason="误登", actor=world.li, at=at("2020-08-30"))
    deciding = f"/problems/amendments/{Amendment.objects.get().pk}/"
    page = as_(world.li).get(deciding).text
    assert "您是申请人" in page
    assert "提交批复" not in page
    assert "提交批复" in as_(world.ma).get(deciding).text
    for person, status in ((world.li, 409), (world.sun, 403), (world.wang, 403), (world.gao, 404), (world.zhou, 403)):
        assert as_(person).post(deciding, {"approved": "yes"}).status_code == status, person
    assert as_(world.gao).get(f"/problems/{problem.pk}/amendments/").status_code == 404
    assert as_(world.gao).get(f"/problems/{problem.pk}/ask-merge/").status_code == 404


def test_merging_by_code_names_what_is_alike(world, as_):
    first, second = world.problem(), world.problem()
    away = world.problem(unit=world.units["131126-fgj"])
    asking, wang = f"/problems/{second.pk}/ask-merge/", as_(world.wang)
    assert f"相像的：{first.code}" in wang.get(asking).text
    wanted = {"seen": second.version, "reason": "同一宗地"}
    for code, words in (("2020-9999", "没有编号为 2020-9999 的问题"), (away.code, f"没有编号为 {away.code} 的问题")):
        refused = wang.post(asking, {**wanted, "into": code})
        assert (refused.status_code, words in refused.text) == (422, True)
    assert wang.post(asking, {**wanted, "into": first.code}).status_code == 303
    actions.decide(Amendment.objects.get(), approved=True, actor=world.li, at=at("2020-08-31"))
    page = wang.get(f"/problems/{second.pk}/").text
    assert f"已并入 {first.code}，以那一件为准" in page
    assert f'href="/problems/{first.pk}/"' in page
    assert second.code not in wang.get("/problems/?v=all").text or "已并案" in wang.get("/problems/?v=all").text


def test_a_registration_is_taken_back_on_its_page(world, as_):
    problem = world.problem()
    li = as_(world.li)
    assert "撤销登记" in li.get(f"/problems/{problem.pk}/").text
    wanted = {"seen": problem.version, "reason": "登错了"}
    assert li.post(f"/problems/{problem.pk}/undo/", wanted).status_code == 303
    page = li.get(f"/problems/{problem.pk}/").text
    assert "已作废，不再计数" in page
    assert problem.code not in li.get("/problems/?v=open").text


def test_a_desk_changes_hands_row_by_row(world, as_, monkeypatch):
    one, two = world.brought_to("claimed"), world.brought_to("rectifying")
    world.brought_to("closed")
    orgs.leave(Post.objects.get(person=world.wang), ends_on=date(2020, 9, 1), actor=SYSTEM, at=at("2020-08-30"))
    chen = as_(world.chen)
    assert "经办人离岗，待移交" in chen.get("/").text
    listed = chen.get("/problems/desks/").text
    desk = f"/problems/desks/{world.wang.pk}/{world.units['131102-fgj'].pk}/"
    assert desk in listed
    assert "2020年9月1日 离岗" in listed
    page = chen.get(desk).text
    assert one.code in page
    assert "钱小梅" in page
    assert chen.post(desk, {"successor": world.gao.pk, "reason": "调离"}).status_code == 422
    hand_over = problems.hand_over

    def busy(problem, **words):
        if problem.pk == two.pk:
            problem.version -= 1
            words["seen"] -= 1
        return hand_over(problem, **words)

    monkeypatch.setattr(problems, "hand_over", busy)
    partly = chen.post(desk, {"successor": world.qian.pk, "reason": "调离"})
    assert partly.status_code == 409
    assert "有人改动过这一件" in partly.text
    assert "已移交" in partly.text
    monkeypatch.undo()
    assert chen.post(desk, {"successor": world.qian.pk, "reason": "调离"}).status_code == 303
    assert set(Problem.objects.exclude(closed_on=None).values_list("handler", flat=True)) == {world.wang.pk}
    assert set(Problem.objects.filter(closed_on=None).values_list("handler", flat=True)) == {world.qian.pk}
    assert "没有人手上" not in chen.get("/problems/desks/").text
    assert chen.get(desk).status_code == 404
    assert as_(world.wang).get("/problems/desks/").status_code == 403
    assert as_(world.li).get(f"/problems/desks/{world.qian.pk}/{world.units['131102-fgj'].pk}/").status_code == 200


def test_what_is_alike_is_shown_while_typing(world, as_):
    problem = world.problem()
    gone = world.problem(title="工业新区二期土地闲置")
    actions.undo(gone, reason="登错", actor=world.li, at=at("2020-05-19"))
    li = as_(world.li)
    assert 'hx-get="/problems/alike/"' in li.get("/problems/register/").text
    found = li.get("/problems/alike/", {"title": "工业新区二期"}).text
    assert problem.code in found
    assert gone.code not in found
    assert problem.code in li.get("/problems/alike/", {"project_name": "北方汽车零部件"}).text
    assert li.get("/problems/alike/", {"title": "工业"}).text.strip() == ""
    assert problem.code not in as_(world.gao).get("/problems/alike/", {"title": "工业新区二期"}).text
