"""Doing things on the pages: refusals keep what was typed, stale pages change nothing, bad files lose nothing."""

from datetime import date
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from luodi.problems import actions
from luodi.problems.models import Evidence, Problem, Verdict
from tests.world import at, pdf

pytestmark = pytest.mark.django_db


def file(name="合同.pdf", content=None):
    return SimpleUploadedFile(name, pdf() if content is None else content)


def test_the_whole_way_through_forms_without_script(world, as_):
    problem = world.problem()
    way = [
        ("li", "assign", {"unit": world.units["131102-fgj"].pk, "lead_unit": world.units["1311-zrzy"].pk,
                          "due_on": "2020-09-30", "responsible_name": "张责任"}),
        ("wang", "claim", {}),
        ("wang", "file-plan", {"goal": "交地", "measures": "先租后让"}),
        ("zhao", "accept-plan", {}),
        ("wang", "prove", {"result": "已交地", **{f"claim-{line.pk}": "已办" for line in problem.dossier.all()}}),
        *(("wang", "prove", {f"file-{line.pk}": [file(), file("照片说明.pdf")]}) for line in problem.dossier.all()),
        ("chen", "sign", {}),
        ("wang", "report", {}),
        ("sun", "self-check", {}),
        *((who, "check", {f"finding-{line.pk}": "match" for line in problem.dossier.filter(restricted=restricted)})
          for who, restricted in (("liu", False), ("he", True))),
        ("liu", "verify", {}),
        ("li", "close", {}),
    ]  # fmt: skip
    for who, act, words in way:
        problem.refresh_from_db()
        client = as_(getattr(world, who))
        assert client.get(f"/problems/{problem.pk}/{act}/").status_code == 200, act
        answer = client.post(f"/problems/{problem.pk}/{act}/", {"seen": problem.version, **words})
        assert answer.status_code == 303, (act, answer.text)
    problem.refresh_from_db()
    assert (problem.status, problem.closed_on) == ("closed", date(2020, 8, 31))
    assert Evidence.objects.filter(entry__problem=problem).count() == 2 * problem.dossier.count()
    assert "已办理：销号" in client.get(f"/problems/{problem.pk}/").text


@pytest.mark.parametrize(
    ("who", "act"),
    [("zhou", "claim"), ("li", "claim"), ("zhao", "claim"), ("wang", "assign"), ("wang", "revise"), ("he", "verify")],
)
def test_who_may_not_is_told_so(world, as_, who, act):
    problem = world.brought_to("assigned")
    answer = as_(getattr(world, who)).post(f"/problems/{problem.pk}/{act}/", {"seen": problem.version})
    assert answer.status_code == 403
    assert Problem.objects.get(pk=problem.pk).version == problem.version


def test_an_act_out_of_turn_is_a_conflict_with_the_sentence(world, as_):
    problem = world.brought_to("claimed")
    answer = as_(world.wang).post(f"/problems/{problem.pk}/claim/", {"seen": problem.version})
    assert answer.status_code == 409
    assert "现在是“已认领”，不能认领" in answer.text
    assert unquote(answer["X-Refusal"]).startswith("现在是“已认领”")


def test_a_plan_without_measures_keeps_what_was_typed(world, as_):
    problem = world.brought_to("claimed")
    answer = as_(world.wang).post(
        f"/problems/{problem.pk}/file-plan/", {"seen": problem.version, "goal": "九月底前交地"}
    )
    assert answer.status_code == 422
    assert "九月底前交地" in answer.text
    assert 'href="#id_measures"' in answer.text


def test_a_deadline_in_the_past_is_refused_with_the_form(world, as_):
    problem = world.problem()
    words = {"seen": problem.version, "unit": world.units["131102-fgj"].pk, "due_on": "2020-08-01"}
    answer = as_(world.li).post(f"/problems/{problem.pk}/assign/", words)
    assert answer.status_code == 409
    assert "整改时限 2020-08-01 早于今天" in answer.text
    assert 'value="2020-08-01"' in answer.text


def test_a_stale_page_shows_both_and_a_second_try_goes_through(world, as_):
    problem = world.brought_to("claimed")
    client = as_(world.wang)
    stale = problem.version
    problem = actions.prove(problem, result="钱小梅写的结果", claims={}, actor=world.qian, at=at("2020-08-30"))
    answer = client.post(f"/problems/{problem.pk}/prove/", {"seen": stale, "words": "old", "result": "王建国写的结果"})
    assert answer.status_code == 409
    assert "有人改动过" in answer.text
    assert answer.text.count("王建国写的结果") == 2
    assert '<td lang="zh-CN">钱小梅写的结果</td>' in answer.text
    assert "钱小梅（桃城区发改局）" in answer.text
    assert Problem.objects.get(pk=problem.pk).result == "钱小梅写的结果"
    answer = client.post(f"/problems/{problem.pk}/prove/", {"seen": problem.version, "result": "王建国写的结果"})
    assert answer.status_code == 303
    assert Problem.objects.get(pk=problem.pk).result == "王建国写的结果"


def test_files_sent_meanwhile_do_not_make_the_words_stale(world, as_):
    problem = world.brought_to("rectifying")
    client = as_(world.wang)
    page = client.get(f"/problems/{problem.pk}/prove/").text
    words = page.partition('name="words" value="')[2].partition('"')[0]
    line = problem.dossier.first()
    sent = client.post(f"/problems/{problem.pk}/prove/", {"seen": problem.version, f"file-{line.pk}": file()},
                       headers={"HX-Request": "true"})  # fmt: skip
    assert sent.status_code == 204
    claims = {f"claim-{line.pk}": "已办" for line in problem.dossier.all()}
    answer = client.post(f"/problems/{problem.pk}/prove/",
                         {"seen": problem.version, "words": words, "result": "已交地", **claims})  # fmt: skip
    assert answer.status_code == 303


def test_files_alone_leave_the_words_that_somebody_writes_at_that_moment(world):
    problem = world.brought_to("rectifying")
    old = Problem.objects.get(pk=problem.pk)
    actions.prove(problem, result="新写的", claims={}, actor=world.qian, at=at("2020-08-30"))
    uploads = [(line.pk, pdf(), "证明.pdf") for line in problem.dossier.filter(required=True)]
    kept = actions.prove(old, result=None, claims={}, uploads=uploads, actor=world.wang, at=at("2020-08-30"))
    assert (kept.result, kept.evidence_have) == ("新写的", kept.evidence_need)


def test_a_disguised_program_is_refused_and_nothing_else_is_lost(world, as_):
    problem = world.brought_to("rectifying")
    first, second = problem.dossier.order_by("seq")[:2]
    words = {
        "seen": problem.version,
        "result": "已交地",
        f"claim-{first.pk}": "已签合同",
        f"file-{first.pk}": [file("合同.pdf", b"MZ\x90\x00" + b"\0" * 500), file("好的.pdf")],
        f"file-{second.pk}": [file("另一份.pdf")],
    }
    answer = as_(world.wang).post(f"/problems/{problem.pk}/prove/", words)
    assert answer.status_code == 422
    assert "合同.pdf" in answer.text
    assert "其余内容已经保存" in answer.text
    problem.refresh_from_db()
    assert problem.result == "已交地"
    assert sorted(e.name for e in Evidence.objects.all()) == ["另一份.pdf", "好的.pdf"]
    assert problem.dossier.get(pk=first.pk).claim == "已签合同"
    alone = as_(world.wang).post(
        f"/problems/{problem.pk}/prove/", {"seen": 1, f"file-{first.pk}": file("坏.pdf", b"MZ")}
    )
    assert alone.status_code == 422
    assert "坏.pdf" in unquote(alone["X-Refusal"])


def test_the_clerk_does_not_read_the_restricted_claim_back_and_keeps_it(world, as_):
    problem = world.prove(world.brought_to("rectifying"), at("2020-06-01"))
    line = problem.dossier.get(restricted=True)
    page = as_(world.wang).get(f"/problems/{problem.pk}/prove/").text
    assert line.claim not in page
    claims = {f"claim-{one.pk}": one.claim for one in problem.dossier.filter(restricted=False)}
    words = {"seen": problem.version, "result": "改过", f"claim-{line.pk}": "", **claims}
    answer = as_(world.wang).post(f"/problems/{problem.pk}/prove/", words)
    assert answer.status_code == 303
    assert problem.dossier.get(pk=line.pk).claim == line.claim


def test_withdrawing_a_file_says_why_and_voids_the_signature(world, as_):
    problem = actions.sign(
        world.prove(world.brought_to("rectifying"), at("2020-06-01")), actor=world.chen, at=at("2020-06-02")
    )
    file_ = Evidence.objects.filter(entry__problem=problem).first()
    address = f"/problems/{problem.pk}/evidence/{file_.pk}/withdraw/"
    client = as_(world.wang)
    assert client.post(address, {"seen": problem.version, "reason": ""}).status_code == 422
    assert client.post(address, {"seen": problem.version, "reason": "传错了"}).status_code == 303
    page = client.get(f"/problems/{problem.pk}/").text
    assert "签字已失效" in page
    assert "传错了" in page
    assert client.post(address, {"seen": 99, "reason": "再来"}).status_code == 409
    assert as_(world.liu).get(address).status_code == 403


def test_check_gives_the_discipline_officer_only_the_restricted_lines(world, as_):
    problem = world.brought_to("self_checked")
    restricted = problem.dossier.get(restricted=True)
    page = as_(world.he).get(f"/problems/{problem.pk}/check/").text
    assert page.count('type="radio"') == 4
    assert f'name="finding-{restricted.pk}"' in page
    page = as_(world.liu).get(f"/problems/{problem.pk}/check/").text
    assert f'name="finding-{restricted.pk}"' not in page
    assert "由纪检干部核对" in page
    forged = as_(world.liu).post(f"/problems/{problem.pk}/check/",
                                 {"seen": problem.version, f"finding-{restricted.pk}": "match"})  # fmt: skip
    assert forged.status_code == 422
    assert not Verdict.objects.exists()


def test_what_does_not_match_needs_words(world, as_):
    problem = world.brought_to("self_checked")
    line = problem.dossier.filter(restricted=False).first()
    words = {"seen": problem.version, f"finding-{line.pk}": "mismatch"}
    answer = as_(world.liu).post(f"/problems/{problem.pk}/check/", words)
    assert answer.status_code == 422
    assert "不是相符，请写明核对说明" in answer.text
    assert 'value="mismatch" checked' in answer.text
    answer = as_(world.liu).post(f"/problems/{problem.pk}/check/", words | {f"note-{line.pk}": "只有受理单"})
    assert answer.status_code == 303
    assert Verdict.objects.get().note == "只有受理单"


def test_handing_over_and_sending_back_and_reopening(world, as_):
    problem = world.brought_to("rectifying")
    li = as_(world.li)
    answer = li.post(f"/problems/{problem.pk}/hand-over/",
                     {"seen": problem.version, "successor": world.gao.pk, "reason": "调走"})  # fmt: skip
    assert answer.status_code == 422
    answer = li.post(f"/problems/{problem.pk}/hand-over/",
                     {"seen": problem.version, "successor": world.qian.pk, "reason": "调走"})  # fmt: skip
    assert answer.status_code == 303
    assert Problem.objects.get(pk=problem.pk).handler == world.qian
    closed = world.brought_to("closed")
    words = {"seen": closed.version, "cause": "relapse", "reason": "又停了", "due_on": "2020-09-30"}
    assert li.post(f"/problems/{closed.pk}/reopen/", words).status_code == 303
    page = li.get(f"/problems/{closed.pk}/").text
    assert "重新打开 1 次" in page
    assert "又停了" in page


def test_handing_over_from_a_stale_page_changes_nothing(world, as_):
    problem = world.brought_to("rectifying")
    words = {"seen": problem.version - 1, "successor": world.qian.pk, "reason": "调走"}
    assert as_(world.li).post(f"/problems/{problem.pk}/hand-over/", words).status_code == 409
    assert Problem.objects.get(pk=problem.pk).handler == world.wang
