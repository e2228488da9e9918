"""The way of a case through its acts, and everything that is refused on it."""

from datetime import date

import pytest

from luodi.journal.models import Entry
from luodi.kit.refusal import Refused
from luodi.permits import actions, queries
from luodi.permits.models import Case, Certificate, Stop
from tests.world import at

pytestmark = pytest.mark.django_db


def refused(words, act, *args, **kwargs):
    with pytest.raises(Refused) as why:
        act(*args, **kwargs)
    assert words in str(why.value)


def test_a_case_from_application_to_certificate(window):
    case = window.case("energy")
    assert (case.accepted_on, case.due_on, case.legal_on) == (date(2020, 5, 6), date(2020, 5, 12), date(2020, 6, 2))

    case = actions.grant(case, actor=window.lin, at=at("2020-05-11"))
    certificate = actions.issue(case, code="衡桃节能〔2020〕7号", actor=window.lin, at=at("2020-05-12"))

    case.refresh_from_db()
    assert (case.status, case.used_days, case.spared_days, case.is_late) == ("issued", 4, 16, False)
    assert (certificate.holder, certificate.valid_until) == ("衡水北方汽车零部件有限公司", None)
    assert [step.name for step in case.steps.order_by("pk")] == ["申请", "收到材料", "受理", "准予许可", "发证"]
    assert Entry.objects.filter(verb="permits.grant").exists()


def test_who_may_not(window):
    case = window.case("energy")
    refused("您的岗位不能", actions.grant, case, actor=window.hou, at=at("2020-05-11"))
    refused("您的岗位不能", actions.grant, case, actor=window.li, at=at("2020-05-11"))
    items = [window.items["filing"]]
    refused("窗口办理", actions.apply, window.project, items=items, actor=window.hou, at=at("2020-05-11"))
    refused("已有在办的件", actions.apply, window.project, items=[case.item], actor=window.lin, at=at("2020-05-11"))


def test_a_stale_page_changes_nothing(window):
    case = window.case("energy")
    refused("有人改动过", actions.grant, case, actor=window.lin, at=at("2020-05-11"), seen=1)


def test_papers_are_asked_for_once_and_silence_accepts(window):
    case = window.case("energy", papers=False, accept=False)
    refused("还缺“节能报告”", actions.accept, case, actor=window.lin, at=at("2020-05-07"))
    asked = actions.ask_papers(case, reason="缺节能报告、用能承诺书", actor=window.lin, at=at("2020-05-07"))
    assert asked.status == "asked"
    refused("不能一次性告知", actions.ask_papers, asked, reason="又缺", actor=window.lin, at=at("2020-05-08"))

    silent = window.case("water-soil", day="2020-05-06", papers=False, accept=False)
    refused("不满 5 个工作日", actions.deem, silent, actor=window.lin, at=at("2020-05-11"))
    # 9 May 2020 was a make-up Saturday: the fifth working day is 12 May
    refused("不满 5 个工作日", actions.deem, silent, actor=window.lin, at=at("2020-05-12"))
    refused("已视为受理", actions.ask_papers, silent, reason="缺方案", actor=window.lin, at=at("2020-05-13"))
    assert queries.standing(silent, date(2020, 5, 13)).is_silent
    silent = actions.deem(silent, actor=window.lin, at=at("2020-05-13"))
    assert (silent.accepted_on, silent.is_deemed) == (date(2020, 5, 6), True)


def test_a_stop_moves_the_limit_and_stops_never_overlap(window):
    case = window.case("energy")
    about = {"kind": "experts", "reason": "组织专家评审", "actor": window.lin}
    refused("受理之日", actions.suspend, case, starts_on=date(2020, 5, 5), at=at("2020-05-07"), **about)
    case = actions.suspend(case, starts_on=date(2020, 5, 7), at=at("2020-05-07"), **about)
    refused("不能准予许可", actions.grant, case, actor=window.lin, at=at("2020-05-08"))
    refused("恢复日期", actions.resume, case, ends_on=date(2020, 5, 6), actor=window.lin, at=at("2020-05-14"))
    case = actions.resume(case, ends_on=date(2020, 5, 14), actor=window.lin, at=at("2020-05-14"))
    assert (case.stopped_days, case.due_on) == (6, date(2020, 5, 20))
    refused("重叠", actions.suspend, case, starts_on=date(2020, 5, 13), at=at("2020-05-15"), **about)
    assert Stop.objects.count() == 1

    case = actions.grant(case, actor=window.lin, at=at("2020-05-20"))
    assert (case.used_days, case.is_late) == (5, False)


def test_a_limit_is_extended_once_by_the_head(window):
    case = window.case("energy")
    refused("您的岗位不能", actions.extend, case, days=5, reason="情况复杂", actor=window.lin, at=at("2020-05-08"))
    refused("最多可延长 10 天", actions.extend, case, days=11, reason="复杂", actor=window.guo, at=at("2020-05-08"))
    case = actions.extend(case, days=5, reason="情况复杂", actor=window.guo, at=at("2020-05-08"))
    assert case.due_on == date(2020, 5, 19)
    refused("不能再次延长", actions.extend, case, days=1, reason="复杂", actor=window.guo, at=at("2020-05-11"))


def test_a_late_decision_needs_a_public_explanation(window):
    case = window.case("energy")
    refused("还没有超过", actions.explain, case, reason="快了", actor=window.lin, at=at("2020-05-12"))
    refused("请先公开说明", actions.grant, case, actor=window.lin, at=at("2020-05-13"))
    assert queries.standing(case, date(2020, 5, 13)).light == "red"
    case = actions.explain(case, reason="专家意见迟到", actor=window.lin, at=at("2020-05-13"))
    case = actions.grant(case, actor=window.lin, at=at("2020-05-13"))
    assert (case.is_late, case.used_days) == (True, 6)


def test_deferred_papers_are_promised_in_time_and_hold_the_certificate(window):
    deferred = {"intake": "deferred", "papers": "essential"}
    refused("以前", window.case, "energy", promised_on=date(2020, 5, 20), **deferred)
    Case.objects.all().delete()
    case = window.case("energy", promised_on=date(2020, 5, 11), **deferred)
    case = actions.grant(case, actor=window.lin, at=at("2020-05-11"))
    refused("还没有补齐", actions.issue, case, code="一号", actor=window.lin, at=at("2020-05-11"))
    assert queries.standing(case, date(2020, 5, 12)).broken_promise
    assert not queries.standing(case, date(2020, 5, 12)).returnable
    assert queries.standing(case, date(2020, 6, 4)).returnable


def test_special_intakes_are_for_listed_items_only(window):
    for code, intake in [("filing", "deferred"), ("energy", "commitment"), ("energy", "simulated")]:
        refused("清单内", window.case, code, intake=intake)


def test_a_commitment_needs_no_minor_papers(window):
    case = window.case("eia-form", accept=False, papers=False, intake="commitment")
    assert case.unit.code == "131102-sthjj"


def test_items_of_one_stage_open_together(window):
    items = [window.items[code] for code in ("energy", "water-soil", "land-plan")]
    cases = actions.apply(window.project, items=items, actor=window.lin, at=at("2020-05-06"))
    assert len({case.batch for case in cases}) == 1
    assert [case.code for case in cases] == ["2020-00001", "2020-00002", "2020-00003"]
    mixed = [window.items["filing"], window.items["permit"]]
    refused("同一阶段", actions.apply, window.project, items=mixed, actor=window.lin, at=at("2020-05-06"))


def test_a_simulated_opinion_becomes_formal_when_the_condition_is_met(window):
    case = window.case("land-plan", intake="simulated", awaits="土地出让合同")
    refused("模拟审批先出模拟意见", actions.grant, case, actor=window.tian, at=at("2020-05-11"))
    case = actions.opine(case, actor=window.tian, at=at("2020-05-11"))
    assert case.opinion_code == "模拟〔2020〕1号"
    refused("到今天之间", actions.convert, case, met_on=date(2020, 5, 8), actor=window.tian, at=at("2020-06-22"))
    case = actions.convert(case, met_on=date(2020, 6, 19), actor=window.tian, at=at("2020-06-22"))
    assert (case.status, case.saved_days, case.used_days) == ("granted", 29, 1)


def test_changed_facts_void_the_opinion(window):
    case = window.case("land-plan", intake="simulated", awaits="土地出让合同")
    case = actions.opine(case, actor=window.tian, at=at("2020-05-11"))
    case = actions.review_again(case, reason="用地面积调整", actor=window.tian, at=at("2020-06-01"))
    assert (case.status, case.opinion_code) == ("accepted", "")
    assert actions.opine(case, actor=window.tian, at=at("2020-06-02")).opinion_code == "模拟〔2020〕2号"


def test_the_number_of_a_void_opinion_is_not_given_again(window):
    first = window.case("land-plan", intake="simulated", awaits="土地出让合同")
    first = actions.opine(first, actor=window.tian, at=at("2020-05-11"))
    window.project = window.another()
    second = window.case("land-plan", intake="simulated", awaits="土地出让合同")
    assert actions.opine(second, actor=window.tian, at=at("2020-05-12")).opinion_code == "模拟〔2020〕2号"

    first = actions.review_again(first, reason="用地面积调整", actor=window.tian, at=at("2020-06-01"))
    assert actions.opine(first, actor=window.tian, at=at("2020-06-02")).opinion_code == "模拟〔2020〕3号"


def test_a_certificate_is_not_asked_for_again_until_it_expires(window):
    filing = actions.grant(window.case("filing"), actor=window.lin, at=at("2020-05-06"))
    actions.issue(filing, code="备案一号", actor=window.lin, at=at("2020-05-06"))
    land = window.case("land-plan", papers=False, accept=False, day="2020-05-07")
    reused = land.papers.get(paper__name="项目立项文件")
    assert (reused.certificate.code, reused.given_on) == ("备案一号", date(2020, 5, 7))

    certificate = actions.take_in(
        window.project, item=window.items["works-plan"], code="规划许可证一号", actor=window.lin, at=at("2020-05-07"),
        valid_from=date(2019, 1, 1), valid_until=date(2020, 4, 30),
    )  # fmt: skip
    case = window.case("permit", papers=False, accept=False, day="2020-05-08")
    line = case.papers.get(paper__reuse="works-plan")
    assert line.given_on is None
    about = {"line": line, "certificate": certificate, "actor": window.lin, "at": at("2020-05-08")}
    refused("已于 2020-04-30 到期", actions.use_certificate, case, **about)
    about["certificate"] = Certificate.objects.get(code="备案一号")
    refused("不是这份材料", actions.use_certificate, case, **about)
    refused("已在库中", actions.take_in, window.project, item=window.items["filing"], code="备案一号",
            valid_from=date(2020, 5, 1), actor=window.lin, at=at("2020-05-08"))  # fmt: skip


def test_the_same_catalogue_twice_is_one_version(window, tmp_path):
    from tests.world import PACK

    assert actions.load_items(PACK, actor=window.li, at=at("2020-06-01")).version == 1
    folder = tmp_path / PACK.name
    folder.mkdir()
    text = (PACK / "permits.yaml").read_text()
    changed = text.replace("committed: 8", "committed: 6")
    (folder / "permits.yaml").write_text(changed)
    refused("请把 version", actions.load_items, folder, actor=window.li, at=at("2020-06-01"))
    (folder / "permits.yaml").write_text(changed.replace("version: 1", "version: 2"))
    case = window.case("land-plan", accept=False)
    actions.load_items(folder, actor=window.li, at=at("2020-06-01"))
    case.refresh_from_db()
    assert (case.item.catalogue.version, queries.items().get(code="land-preview").committed_days) == (1, 6)
