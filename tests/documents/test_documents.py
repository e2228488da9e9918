"""Li drafts the work report, reads where each figure comes from, has it signed and issues it; it stays as it was."""

import json
from datetime import date, timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.test import Client

from luodi.documents import actions, queries
from luodi.documents.models import Document, NumberSeries
from luodi.documents.rules import compose
from luodi.indicators import queries as indicators
from luodi.indicators.rules import Frame
from luodi.kit.refusal import Refused
from luodi.problems import actions as problems
from tests.documents.conftest import answered, drafted, issued, sign_in, signed
from tests.world import World, at


def words_of(content: bytes) -> str:
    with ZipFile(BytesIO(content)) as archive:
        return archive.read("word/document.xml").decode()


def reopened(world: World, document: Document) -> None:
    """One of the closed problems turns out to be false, on the day the report was issued."""
    problem = document.campaign.problems.filter(status="closed").order_by("pk").first()
    facts = {"cause": "relapse", "reason": "又停工了", "due_on": date(2020, 9, 30)}
    problems.reopen(problem, **facts, actor=world.liu, at=at("2020-08-31", 16))


# -- drafting --------------------------------------------------------------------------------------------------


def test_every_figure_of_the_draft_is_asked(world: World, report: Document) -> None:
    composed = queries.live(report)
    found = next(f for f in composed.figures if f.code == "problems.found")
    assert found.text == "2件"
    assert found.answer is not None
    assert found.answer.value == indicators.rows(found.code, found.frame).count()
    assert "2020年发现问题2件，完成整改1件，整改完成率50.0%" in composed.blocks[0].words


def test_nothing_is_claimed_that_the_figures_do_not_say(world: World, report: Document) -> None:
    problem = report.campaign.problems.get(status="assigned")
    for name in ("claim", "file_plan", "accept_plan", "prove", "sign", "report"):
        problem = world.do(problem, name, at("2020-06-20"))
    composed = queries.draft(world.campaign, report.source, report.frame)
    assert "已全部完成整改" in composed.blocks[0].words
    assert "全部销号" not in composed.blocks[0].words


def test_what_moved_since_the_draft_was_saved_must_be_taken_over(world: World, report: Document) -> None:
    problem = report.campaign.problems.get(status="assigned")
    for name in ("claim", "file_plan", "accept_plan", "prove", "sign", "report"):
        problem = world.do(problem, name, at("2020-06-20"))
    moved = [f for f in queries.live(report).figures if f.moved]
    assert ("1件", "2件") in {(f.written, f.text) for f in moved}
    with pytest.raises(Refused, match="台账后来有变动"):
        actions.submit(report, actor=world.li, at=at("2020-08-31", 10))
    report = actions.refresh(report, actor=world.li, at=at("2020-08-31", 10))
    assert [f for f in queries.live(report).figures if f.moved] == []
    # The template would also say it in other words now; she keeps hers and says why.
    with pytest.raises(Refused, match="已全部完成整改"):
        actions.submit(report, actor=world.li, at=at("2020-08-31", 10))
    report = answered(world, report)
    actions.submit(report, actor=world.li, at=at("2020-08-31", 11))


def test_a_template_that_is_wrong_names_its_line() -> None:
    frame = Frame(1, "1311", date(2020, 8, 31))
    with pytest.raises(Refused, match="第 2 行"):
        compose("# 标题\n{{ fig('a' }}", frame, indicators.answer, {})
    with pytest.raises(Refused, match=r"problems[.]nothing"):
        compose("{{ fig('problems.nothing') }}", frame, indicators.answer, {})


def test_who_may_draft_and_what(world: World, report: Document, client: Client) -> None:
    with pytest.raises(Refused, match="今天之后"):
        drafted(world, as_of=date(2020, 8, 31) + timedelta(days=9))
    with pytest.raises(Refused, match="没有名为"):
        drafted(world, "novel")
    with pytest.raises(Refused, match="没有代码"):
        drafted(world, place="131102-fgj")


# -- signing and issuing ---------------------------------------------------------------------------------------


def test_issued_is_frozen(world: World, report: Document) -> None:
    report = issued(world, report)
    assert (report.status, report.doc_number) == ("issued", "衡落地办〔2020〕1号")
    assert report.stored is not None
    assert report.stored_pdf is not None
    before = list(report.figures.values_list("text", flat=True))
    closed = report.figures.filter(code="problems.closed").first()
    assert closed is not None
    assert queries.moved_on(report) == []
    reopened(world, report)
    assert list(Document.objects.get(pk=report.pk).figures.values_list("text", flat=True)) == before
    since = queries.since_issued(closed, date(2020, 9, 1))
    assert (since.same_day.then, since.same_day.now.text, since.today.text) == ("2 件", "1 件", "1 件")
    assert len(since.same_day.gone) == 1
    assert "problems.closed" in {one.code for one, _now in queries.moved_on(report)}
    with pytest.raises(Refused, match="已印发"):
        actions.issue(report, actor=world.li, at=at("2020-08-31", 17))


def test_the_paper_bears_number_signer_and_date(world: World, report: Document) -> None:
    report = issued(world, report)
    with report.stored.open() if hasattr(report.stored, "open") else queries.open_file(report.stored) as stream:
        words = words_of(stream.read())
    for word in ("衡落地办〔2020〕1号", "周明", "2020年8月31日", "2件"):
        assert word in words
    assert queries.verify(world.campaign) == (1, [])


def test_unsigned_is_not_issued(world: World, report: Document) -> None:
    with pytest.raises(Refused, match="现在是“草稿”，不能印发"):
        actions.issue(report, actor=world.li, at=at("2020-08-31", 15))
    report = actions.submit(report, actor=world.li, at=at("2020-08-31", 10))
    with pytest.raises(Refused, match="待签批"):
        actions.issue(report, actor=world.li, at=at("2020-08-31", 15))
    assert NumberSeries.objects.count() == 0


def test_who_may_sign_and_issue(world: World, report: Document) -> None:
    with pytest.raises(Refused, match="您的岗位"):
        actions.submit(report, actor=world.sun, at=at("2020-08-31", 10))
    report = actions.submit(report, actor=world.li, at=at("2020-08-31", 10))
    for stranger in (world.li, world.wang, world.liu, world.sun):
        with pytest.raises(Refused, match="您的岗位"):
            actions.sign(report, actor=stranger, at=at("2020-08-31", 11))
    report = actions.countersign(report, actor=world.he, at=at("2020-08-31", 11))
    with pytest.raises(Refused, match="起草人不能"):
        actions.countersign(report, actor=world.li, at=at("2020-08-31", 11))
    report = actions.sign(report, actor=world.zhou, at=at("2020-08-31", 12))
    for stranger in (world.zhou, world.sun, world.gao):
        with pytest.raises(Refused, match="您的岗位"):
            actions.issue(report, actor=stranger, at=at("2020-08-31", 15))


def test_a_change_after_the_signature_ends_it(world: World, report: Document) -> None:
    report = signed(world, report)
    block = queries.written(report).blocks[-1]
    facts = {"key": block.key, "depth": 0, "paragraphs": [("改过的一段话。",)]}
    report = actions.write(report, **facts, actor=world.li, at=at("2020-08-31", 12))
    assert report.status == "draft"
    signature = report.sign_offs.get()
    assert signature.ended_at is not None
    assert "改动" in signature.ended_why
    assert issued(world, report).doc_number == "衡落地办〔2020〕1号"


def test_records_that_change_after_the_signature_stop_the_issue(world: World, report: Document) -> None:
    report = signed(world, report)
    reopened(world, report)
    with pytest.raises(Refused, match="台账后来有变动"):
        actions.issue(report, actor=world.li, at=at("2020-08-31", 17))
    assert NumberSeries.objects.count() == 0


def test_the_leader_sends_back_with_a_reason(world: World, report: Document) -> None:
    report = actions.submit(report, actor=world.li, at=at("2020-08-31", 10))
    with pytest.raises(Refused, match="理由"):
        actions.send_back(report, reason=" ", actor=world.zhou, at=at("2020-08-31", 11))
    report = actions.send_back(report, reason="第二段太长", actor=world.zhou, at=at("2020-08-31", 11))
    assert report.status == "draft"


# -- numbers ---------------------------------------------------------------------------------------------------


def test_numbers_run_on_and_a_withdrawn_one_is_never_used_again(world: World, report: Document) -> None:
    first = issued(world, report)
    second = issued(world, drafted(world))
    with pytest.raises(Refused, match="您的岗位"):
        actions.withdraw(second, reason="写错了", actor=world.li, at=at("2020-09-01"))
    second = actions.withdraw(second, reason="对象有误", actor=world.zhou, at=at("2020-09-01"))
    third = issued(world, drafted(world))
    assert [one.doc_number[-2:] for one in (first, second, third)] == ["1号", "2号", "3号"]
    assert second.taken_number.voided_on == date(2020, 9, 1)
    assert second.status == "withdrawn"
    assert indicators.answer("documents.circulars", first.frame).value == 0


def test_a_new_version_replaces_the_old_one(world: World, report: Document) -> None:
    old = issued(world, report)
    reopened(world, old)
    new = actions.redraft(old, actor=world.li, at=at("2020-08-31", 17))
    with pytest.raises(Refused, match="已有一份新版"):
        actions.redraft(old, actor=world.li, at=at("2020-08-31", 17))
    assert not any(f.moved for f in queries.live(new).figures)
    new = issued(world, answered(world, new, day="2020-09-01"), "2020-09-01")
    old.refresh_from_db()
    assert (old.status, old.doc_number, new.doc_number[-2:]) == ("superseded", "衡落地办〔2020〕1号", "2号")


def test_a_county_office_writes_in_its_own_name_and_needs_its_own_series(world: World, report: Document) -> None:
    own = drafted(world, place="131102", actor=world.sun)
    assert own.organ.startswith("桃城区")
    with pytest.raises(Refused, match="机关代字"):
        actions.submit(own, actor=world.sun, at=at("2020-08-31", 10))


# -- the command -----------------------------------------------------------------------------------------------


def test_the_command_gives_every_figure_with_its_rows(world: World, report: Document, tmp_path) -> None:
    out, target = StringIO(), tmp_path / "report.docx"
    call_command("document", "draft", "work-report", "--as-of", "2020-08-31", "-o", str(target), "--json", stdout=out)
    said = json.loads(out.getvalue())
    found = next(f for f in said["figures"] if f["code"] == "problems.found")
    assert (found["value"], found["unit"], found["text"], len(found["rows"])) == (2, "件", "2件", 2)
    assert set(found) >= {"code", "value", "unit", "text", "as_of", "scope", "rows"}
    assert said["warnings"] == []
    assert "2件" in words_of(target.read_bytes())


def test_a_special_report_without_its_population_is_refused(report: Document) -> None:
    with pytest.raises(Refused, match="--population"):
        call_command("document", "draft", "special-report", stdout=StringIO())


def test_the_command_lists_issues_and_verifies(world: World, report: Document) -> None:
    report = signed(world, report)
    out = StringIO()
    call_command("document", "issue", str(report.pk), "--as", "li", "--json", stdout=out)
    assert json.loads(out.getvalue())["status"] == "issued"
    out = StringIO()
    call_command("document", "list", "--json", stdout=out)
    (said,) = json.loads(out.getvalue())
    assert (said["id"], len(said["sm3"]), len(said["pdf_sm3"])) == (report.pk, 64, 64)
    out = StringIO()
    call_command("document", "verify", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"checked": 1, "faults": []}
    frozen = report.figures.order_by("seq").first()
    type(frozen).objects.filter(pk=frozen.pk).update(facts=frozen.facts | {"row_ids": [[1, 2]]})
    with pytest.raises(SystemExit):
        call_command("document", "verify", stdout=StringIO())


def test_words_that_no_longer_hold_stop_the_paper(world: World) -> None:
    """On the day nothing was found yet; a late entry makes the sentence untrue although no figure stands in it."""
    early = date(2020, 5, 12)
    facts = {"template": "work-report", "place": "1311", "actor": world.li, "at": at("2020-08-31")}
    report = actions.draft(world.campaign, as_of=early, **facts)
    world.problem("2020-05-10", found_on=date(2020, 5, 10))
    with pytest.raises(Refused, match="模板现在这样写"):
        actions.submit(report, actor=world.li, at=at("2020-08-31"))


# -- what the page shows -----------------------------------------------------------------------------------------


def test_the_drawer_counts_the_quotations_among_its_checks(world: World, report: Document, client: Client) -> None:
    repeated = next(f for f in queries.live(report).figures if f.code == "problems.found")
    page = sign_in(client, world.li).get(f"/documents/{report.pk}/?f={repeated.seq}").content.decode()
    assert "处引用一致" in page
    assert page.index("一致性检查") < page.index("处引用一致") < page.index("历次数值")


def test_an_issued_circular_leads_to_what_changed_since(world: World, client: Client) -> None:
    circular = issued(world, answered(world, drafted(world, template="circular")))
    page = sign_in(client, world.li).get(f"/documents/{circular.pk}/").content.decode()
    assert f"/changes/?place=1311&amp;since={circular.as_of:%Y-%m-%d}" in page
