"""The page of one problem: who sees what, and which button is first for whom."""

import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import ExifTags, Image

from luodi.journal.models import Entry
from luodi.problems import actions
from luodi.problems.actions import LineCheck
from luodi.problems.models import Evidence
from tests.world import at

pytestmark = pytest.mark.django_db

# status → person → [primary, secondary, «waits: …», «more: …»]
OPEN_TO = {
    "registered": {
        "li": "交办 | 更多 修改登记内容 撤销登记 申请并案 申请作废",
        "wang": "更多 撤销登记 申请并案",
        "sun": "更多 修改登记内容 撤销登记 申请并案 申请作废",
        "zhou": "",
    },
    "assigned": {
        "li": "催办 | 更多 修改登记内容 申请并案 申请作废",
        "wang": "认领 退回交办 | 更多 申请延期 申请并案",
        "zhao": "催办",
        "liu": "",
    },
    "claimed": {
        "wang": "报送整改方案 填报结果和证据 | 更多 申请延期 申请并案",
        "li": "催办 | 更多 申请并案 申请作废 移交经办人",
        "chen": "更多 移交经办人",
    },
    "planned": {
        "zhao": "同意方案 退回方案 | 更多 催办",
        "li": "同意方案 退回方案 | 更多 催办 申请并案 申请作废 移交经办人",
        "wang": "更多 填报结果和证据 申请延期 申请并案",
    },
    "rectifying": {
        "wang": "填报结果和证据 | 等 报告整改完成 | 更多 申请延期 申请并案",
        "chen": "等 签字 | 更多 移交经办人",
        "liu": "",
        "zhou": "",
    },
    "reported": {
        "sun": "账证核对 县级自核通过 | 更多 退回补正 催办 申请并案 申请作废 移交经办人",
        "wang": "更多 申请并案",
        "zhou": "",
    },
    "self_checked": {
        "liu": "账证核对 | 等 核查通过 | 更多 退回补正 退回重新整改",
        "he": "账证核对",
        "wang": "更多 申请并案",
        "zhou": "",
    },
    "verified": {
        "li": "销号 退回补正 | 更多 退回重新整改 催办 申请并案 申请作废 移交经办人",
        "liu": "退回补正 | 更多 退回重新整改",
    },
    "closed": {"li": "更多 重新打开", "liu": "更多 重新打开", "wang": ""},
}


def buttons(page: str) -> str:
    """The buttons of a page in the words of the table above."""
    panel = page.partition('aria-labelledby="next"')[2].partition("</section>")[0]
    words = {
        kind: [re.sub(r"<[^>]+>", "", m).strip() for m in re.findall(pattern, panel, re.S)]
        for kind, pattern in {
            "first": r'<(?:a|button) class="btn btn-primary"[^>]*>(.*?)</(?:a|button)>',
            "second": r'<(?:a|button) class="btn btn-sec"(?![^>]*disabled)[^>]*>(.*?)</(?:a|button)>',
            "waits": r'<button class="btn btn-sec"[^>]*disabled[^>]*>(.*?)</button>',
        }.items()
    }
    assert len(words["first"]) <= 1
    assert len(words["second"]) <= 1
    menu = page.partition("更多<svg")[2].partition("</details>")[0]
    more = [re.sub(r"<[^>]+>", "", m).strip() for m in re.findall(r"<a [^>]*>(.*?)</a>", menu, re.S)]
    parts = [" ".join(words["first"] + words["second"])]
    parts += [f"等 {' '.join(words['waits'])}"] if words["waits"] else []
    parts += [f"更多 {' '.join(more)}"] if more else []
    return " | ".join(p for p in parts if p)


@pytest.mark.parametrize("status", OPEN_TO)
def test_each_person_is_offered_the_acts_of_the_table(world, as_, status):
    problem = world.brought_to(status)
    offered = {who: buttons(as_(getattr(world, who)).get(f"/problems/{problem.pk}/").text) for who in OPEN_TO[status]}
    assert offered == OPEN_TO[status]


def test_what_waits_says_why_beside_the_button(world, as_):
    problem = world.brought_to("rectifying")
    page = as_(world.wang).get(f"/problems/{problem.pk}/").text
    assert "还没有证据，请先上传" in page or "请先写明整改结果" in page
    assert 'aria-describedby="why-report"' in page


def test_the_leader_signs_and_then_the_clerk_reports(world, as_):
    problem = world.prove(world.brought_to("rectifying"), at("2020-06-01"))
    assert buttons(as_(world.chen).get(f"/problems/{problem.pk}/").text).startswith("签字")
    problem = actions.sign(problem, actor=world.chen, at=at("2020-06-02"))
    assert "签字" not in buttons(as_(world.chen).get(f"/problems/{problem.pk}/").text)
    page = as_(world.wang).get(f"/problems/{problem.pk}/").text
    assert buttons(page) == "报告整改完成 填报结果和证据 | 更多 申请延期 申请并案"
    assert "签字有效" in page
    world.prove(problem, at("2020-06-03"))
    page = as_(world.wang).get(f"/problems/{problem.pk}/").text
    assert "签字已失效" in page
    assert buttons(page) == "填报结果和证据 | 等 报告整改完成 | 更多 申请延期 申请并案"


def test_a_mismatch_makes_sending_back_the_first_button_and_the_step_amber(world, as_):
    problem = world.brought_to("self_checked")
    problem = world.check(problem, at("2020-06-10"), line_2=LineCheck("mismatch", "只有受理单，不是权证"))
    page = as_(world.liu).get(f"/problems/{problem.pk}/").text
    assert buttons(page).startswith("退回补正 | 等 核查通过") or buttons(page).startswith("退回补正")
    assert '<tr class="bad"' in page
    assert "只有受理单，不是权证" in page
    actions.send_back(problem, reason="账证不符", actor=world.liu, at=at("2020-06-11"))
    page = as_(world.wang).get(f"/problems/{problem.pk}/").text
    assert '<li class="now back" aria-current="step">' in page
    assert "退回 1 次" in page
    assert page.count('aria-current="step"') == 1


def test_what_was_put_right_is_checked_again_before_it_is_sent_back_again(world, as_):
    problem = world.check(
        world.brought_to("self_checked"), at("2020-06-10"), line_2=LineCheck("mismatch", "只有受理单")
    )
    actions.send_back(problem, reason="账证不符", actor=world.liu, at=at("2020-06-11"))
    problem = world.prove(problem, at("2020-06-12"))
    actions.sign(problem, actor=world.chen, at=at("2020-06-12"))
    problem = actions.resubmit(problem, actor=world.wang, at=at("2020-06-13"))
    page = as_(world.liu).get(f"/problems/{problem.pk}/").text
    assert buttons(page).startswith("账证核对 | 等 核查通过")
    assert "逐项核对台账和证据，市级核查" in page
    problem = world.check(problem, at("2020-06-15"), line_2=LineCheck("mismatch", "仍是受理单"))
    page = as_(world.liu).get(f"/problems/{problem.pk}/").text
    assert buttons(page).startswith("退回补正 | 等 核查通过")
    assert "有 1 项不符或缺证，退回补正" in page


def test_another_county_and_administrators_find_nothing(world, as_):
    problem = world.brought_to("assigned")
    assert as_(world.gao).get(f"/problems/{problem.pk}/").status_code == 404
    assert as_(world.gao).get(f"/problems/{problem.pk}/dossier/").status_code == 404
    assert as_(world.gao).post(f"/problems/{problem.pk}/claim/", {"seen": problem.version}).status_code == 404
    assert as_(world.wu).get(f"/problems/{problem.pk}/").status_code == 403


def test_the_responsible_person_is_named_to_those_who_must_know(world, as_):
    problem = world.problem(responsible_name="张责任")
    problem = world.brought_to("claimed", problem)
    told = {who: "张责任" in as_(getattr(world, who)).get(f"/problems/{problem.pk}/").text for who in
            ("li", "sun", "wang", "zhao", "liu", "zhou", "he")}  # fmt: skip
    assert told == {"li": True, "sun": True, "wang": True, "zhao": True, "liu": False, "zhou": False, "he": False}


def test_restricted_evidence_is_closed_and_each_reading_is_journaled(world, as_):
    problem = world.brought_to("reported")
    line = problem.dossier.filter(restricted=True).get()
    Evidence.objects.filter(entry=line).update(name="谈话记录-某某.pdf")
    file = Evidence.objects.get(entry=line)
    address = f"/problems/{problem.pk}/evidence/{file.pk}/"
    for person in (world.li, world.wang, world.liu, world.zhou):
        client = as_(person)
        for page in ("", "dossier/"):
            text = client.get(f"/problems/{problem.pk}/{page}").text
            assert "谈话记录-某某" not in text
            assert f"已完成：{line.title}" not in text
            assert "仅纪检可看" in text
        assert client.get(address).status_code == 403
    assert "谈话记录-某某" in as_(world.he).get(f"/problems/{problem.pk}/").text
    assert as_(world.he).get(address).status_code == 200
    entries = Entry.objects.filter(verb__startswith="problems.evidence").order_by("pk")
    assert [(e.verb.rpartition(".")[2], e.actor_name) for e in entries] == [
        ("refuse", "李文静"), ("refuse", "王建国"), ("refuse", "刘颖"), ("refuse", "周明"), ("read", "何正"),
    ]  # fmt: skip
    assert not any("谈话记录" in e.row_label for e in entries)


def test_an_open_file_comes_as_it_was_stored_and_not_to_strangers(world, as_):
    problem = world.brought_to("reported")
    file = Evidence.objects.filter(entry__problem=problem, entry__restricted=False).first()
    address = f"/problems/{problem.pk}/evidence/{file.pk}/"
    response = as_(world.liu).get(address)
    assert response["Content-Type"] == "application/pdf"
    assert b"".join(response.streaming_content).startswith(b"%PDF")
    assert as_(world.gao).get(address).status_code == 404
    other = world.problem()
    assert as_(world.liu).get(f"/problems/{other.pk}/evidence/{file.pk}/").status_code == 404


def test_a_photo_keeps_its_place_for_the_inspector_and_loses_it_for_others(world, as_):
    problem = world.brought_to("rectifying")
    line = problem.dossier.filter(restricted=False).first()
    photo, exif = io.BytesIO(), Image.Exif()
    exif[ExifTags.Base.Make] = "KAMERA-1"
    Image.new("RGB", (40, 30), "green").save(photo, "JPEG", exif=exif)
    uploads = [(line.pk, photo.getvalue(), "现场.jpg")]
    actions.prove(problem, result="", claims={}, uploads=uploads, actor=world.wang, at=at("2020-06-01"))
    file = Evidence.objects.get(name="现场.jpg")
    address = f"/problems/{problem.pk}/evidence/{file.pk}/?download"
    for person, kept in ((world.liu, True), (world.wang, True), (world.zhou, False)):
        answer = as_(person).get(address)
        assert (b"KAMERA-1" in answer.getvalue()) is kept, person


def test_the_dossier_holds_every_sm3_every_verdict_and_every_signature(world, as_):
    problem = world.brought_to("self_checked")
    problem = world.check(problem, at("2020-06-10"), line_2=LineCheck("mismatch", "只有受理单"))
    problem = world.check(problem, at("2020-06-12"))
    page = as_(world.he).get(f"/problems/{problem.pk}/dossier/").text.replace("<wbr>", "")
    for file in Evidence.objects.filter(entry__problem=problem).select_related("stored"):
        assert file.stored.sm3 in page
    assert "只有受理单" in page
    assert "被新结论代替" in page
    assert problem.signatures.get().content_sm3 in page


def test_the_timeline_speaks_words_shows_six_and_then_all(world, as_):
    problem = world.brought_to("closed")
    client = as_(world.li)
    page = client.get(f"/problems/{problem.pk}/").text
    assert "全部 13 条" in page
    assert "核查通过" in page
    assert "problems." not in page.partition('class="tl"')[2].partition("</ol>")[0]
    assert client.get(f"/problems/{problem.pk}/?all=1").text.count("<time datetime") == 13


def test_the_page_asks_few_questions(world, as_):
    problem = world.brought_to("self_checked")
    problem = world.check(problem, at("2020-06-10"))
    for person in (world.liu, world.wang, world.li):
        client = as_(person)
        client.get(f"/problems/{problem.pk}/")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/problems/{problem.pk}/").status_code == 200
        assert len(asked) <= 25, "\n".join(q["sql"][:160] for q in asked)


def test_the_english_page(world, as_):
    problem = world.brought_to("self_checked")
    response = as_(world.li).get(f"/en/problems/{problem.pk}/")
    assert response.status_code == 200
    assert 'lang="en"' in response.text
