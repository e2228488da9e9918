"""Li drafts the work report, reads where each figure comes from, issues it; later changes leave it as it was."""

import json
from datetime import date, timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.test import Client

from luodi.documents import actions, queries
from luodi.documents.models import Document
from luodi.documents.rules import compose
from luodi.indicators import queries as indicators
from luodi.indicators.rules import Frame
from luodi.kit.refusal import Refused
from luodi.problems import actions as problems
from tests.world import World, at


@pytest.fixture
def report(world: World) -> Document:
    """A work report on three problems: two closed, one only assigned."""
    world.brought_to("closed")
    world.brought_to("closed", world.problem(batch="new"))
    world.brought_to("assigned")
    return actions.draft(
        world.campaign,
        template="work-report",
        place="1311",
        as_of=date(2020, 8, 31),
        actor=world.li,
        at=at("2020-08-31"),
    )


def words_of(content: bytes) -> str:
    with ZipFile(BytesIO(content)) as archive:
        return archive.read("word/document.xml").decode()


def test_every_figure_of_the_draft_is_asked(world: World, report: Document) -> None:
    composed = queries.draft(world.campaign, report.source, report.frame)
    found = next(f for f in composed.figures if f.code == "problems.found")
    assert found.text == "2件"
    assert found.answer.value == indicators.rows(found.code, found.frame).count()
    assert "2020年发现问题2件，完成整改1件，整改完成率50.0%" in composed.blocks[0].words


def test_nothing_is_claimed_that_the_figures_do_not_say(world: World, report: Document) -> None:
    problem = report.campaign.problems.get(status="assigned")
    for name in ("claim", "file_plan", "accept_plan", "prove", "sign", "report"):
        problem = world.do(problem, name, at("2020-06-20"))
    composed = queries.draft(world.campaign, report.source, report.frame)
    assert "已全部完成整改" in composed.blocks[0].words
    assert "全部销号" not in composed.blocks[0].words


def test_issued_is_frozen(world: World, report: Document) -> None:
    issued = actions.issue(report, actor=world.li, at=at("2020-08-31", 15))
    assert issued.status == "issued"
    assert issued.stored is not None
    before = list(issued.figures.values_list("text", flat=True))
    closed = issued.figures.filter(code="problems.closed").first()
    assert closed is not None
    assert not indicators.difference(closed.facts).changed

    problem = report.campaign.problems.filter(status="closed").order_by("pk").first()
    problems.reopen(
        problem,
        cause="relapse",
        reason="又停工了",
        due_on=date(2020, 9, 30),
        actor=world.liu,
        at=at("2020-08-31", 16),
    )
    assert list(Document.objects.get(pk=report.pk).figures.values_list("text", flat=True)) == before
    assert indicators.difference(closed.facts).changed
    with pytest.raises(Refused, match="已印发"):
        actions.issue(report, actor=world.li, at=at("2020-08-31", 17))


def test_a_template_that_is_wrong_names_its_line() -> None:
    frame = Frame(1, "1311", date(2020, 8, 31))
    with pytest.raises(Refused, match="第 2 行"):
        compose("# 标题\n{{ fig('a' }}", frame, indicators.answer, {})
    with pytest.raises(Refused, match=r"problems[.]nothing"):
        compose("{{ fig('problems.nothing') }}", frame, indicators.answer, {})


def test_who_may_draft_issue_and_read(world: World, report: Document, client: Client) -> None:
    client.force_login(world.zhou)
    assert client.post(f"/documents/{report.pk}/issue/").status_code in {302, 403}
    assert Document.objects.get(pk=report.pk).status == "draft"
    with pytest.raises(Refused, match="您的岗位"):
        actions.issue(report, actor=world.sun, at=at("2020-08-31", 15))
    with pytest.raises(Refused, match="今天之后"):
        actions.draft(
            world.campaign,
            template="work-report",
            place="1311",
            as_of=date(2020, 8, 31) + timedelta(days=9),
            actor=world.li,
            at=at("2020-08-31"),
        )
    with pytest.raises(Refused, match="没有名为"):
        actions.draft(
            world.campaign, template="novel", place="1311", as_of=date(2020, 8, 31), actor=world.li, at=at("2020-08-31")
        )


def test_the_command_gives_every_figure_with_its_rows(world: World, report: Document, tmp_path) -> None:
    out, target = StringIO(), tmp_path / "report.docx"
    call_command("document", "draft", "work-report", "--as-of", "2020-08-31", "-o", str(target), "--json", stdout=out)
    said = json.loads(out.getvalue())
    found = next(f for f in said["figures"] if f["code"] == "problems.found")
    assert (found["value"], found["unit"], found["text"], len(found["rows"])) == ("2", "件", "2件", 2)
    assert "2件" in words_of(target.read_bytes())
