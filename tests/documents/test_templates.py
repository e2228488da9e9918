"""The pack's templates on a small city: what they say is what the ledger says, and the paper passes our own check."""

from datetime import date
from pathlib import Path

import pytest

from luodi.campaigns.models import Campaign
from luodi.campaigns.queries import document_templates
from luodi.documents import queries
from luodi.documents.rules import POPULATIONS, Draft
from luodi.documents.sheets import docx_of, official, pdf_of
from luodi.gongwen.check import check
from luodi.indicators.rules import Frame
from tests.documents.conftest import drafted, issued
from tests.world import World, at


@pytest.fixture
def city(world: World) -> World:
    """Three problems: closed in May and June, found in July, one priority."""
    world.brought_to("closed")
    world.brought_to("closed", world.problem(batch="new"), start="2020-07-20")
    world.problem("2020-08-10", found_on=date(2020, 8, 9), title="标准厂房消防验收多次未通过", is_priority=True)
    return world


def filled(campaign: Campaign, name: str, population: str = "", since: date | None = None) -> Draft:
    frame = Frame(campaign.pk, "1311", date(2020, 8, 31))
    return queries.draft(campaign, document_templates(campaign)[name].text, frame, population=population, since=since)


def cells(draft: Draft, nth: int = 0) -> dict[str, list[str]]:
    """A table of the draft: first cell of a row → the others."""
    table = [block.table for block in draft.blocks if block.table][nth]
    rows = [["".join(p if isinstance(p, str) else p.text for p in cell) for cell in row] for row in table.rows]
    return {row[0]: row[1:] for row in rows}


def test_the_circular_tells_what_changed_since_the_last_one(city: World) -> None:
    draft = filled(city.campaign, "circular", since=date(2020, 7, 15))
    sums = {name: int(one) for name, (one,) in cells(draft).items()}
    assert sums["上期未销号"] + sums["加：新增问题"] + sums["加：重新打开"] - sums["减：销号"] == sums["本期未销号"]
    assert (sums["上期未销号"], sums["加：新增问题"], sums["减：销号"]) == (1, 1, 1)
    assert "上期通报数据截至7月15日" in "".join(block.words for block in draft.blocks)
    assert list(queries.contradictions(draft.figures)) == []


def test_without_a_circular_before_nothing_is_compared(city: World) -> None:
    draft = filled(city.campaign, "circular")
    assert "与上期通报相比" not in "".join(block.words for block in draft.blocks)
    assert [block.label for block in draft.blocks if block.depth] == ["一、", "二、", "三、"]


def test_the_table_by_county_adds_up_and_each_cell_is_a_figure(city: World) -> None:
    draft = filled(city.campaign, "circular")
    rows = cells(draft)
    whole = rows.pop("合计")
    for column in range(4):
        assert sum(int(row[column]) for row in rows.values()) == int(whole[column])
    table = next(block for block in draft.blocks if block.table)
    assert len(list(table.figures())) == 6 * (len(rows) + 1)
    assert rows["故城县"][-1] == "—"
    assert draft.warnings == ()


def test_the_next_circular_compares_with_the_last_one_issued(city: World) -> None:
    first = issued(city, drafted(city, "circular", as_of=date(2020, 8, 15), at=at("2020-08-16")), "2020-08-16")
    second = drafted(city, "circular")
    assert (first.since, second.since) == (None, date(2020, 8, 15))
    figure = next(f for f in queries.live(second).figures if f.code == "problems.closed")
    (then,) = queries.earlier(second, figure.code, figure.frame)
    assert (then.document, then.as_of, then.text) == (first, date(2020, 8, 15), "2 件")


@pytest.mark.parametrize("population", POPULATIONS)
def test_the_special_report_is_about_its_population_alone(city: World, population: str) -> None:
    draft = filled(city.campaign, "special-report", population=population)
    words = POPULATIONS[population][1]
    assert draft.title == f"关于{words}核查复查情况的专题报告"
    said = "".join(block.words for block in draft.blocks)
    expected = "登记问题3件，其中重点难点问题1件" if population == "priority" else "没有上级交办问题"
    assert expected in said


@pytest.mark.parametrize("name", ["work-report", "circular", "special-report"])
def test_the_paper_passes_our_own_check(city: World, name: str) -> None:
    population = "priority" if name == "special-report" else ""
    paper = drafted(city, name, population=population)
    signed = {"signed_on": date(2020, 8, 31), "number": "衡落地办〔2020〕1号", "signer": "周明"}
    made = official(queries.live(paper), paper, **signed)
    assert [(one.rule, one.place, one.found) for one in check(docx_of(made)) if one.severity == "fail"] == []
    assert pdf_of(made).startswith(b"%PDF")


def test_every_number_the_templates_write_as_words_is_given_not_asked_for(city: World) -> None:
    paper = drafted(city)
    assert [one for one in queries.hands(paper, queries.live(paper)) if not one.given] == []


def test_the_templates_name_no_figure_the_records_know() -> None:
    folder = Path(__file__).resolve().parent.parent.parent / "packs" / "project-landing" / "templates"
    for path in folder.glob("*.md.j2"):
        body = path.read_text("utf-8").split("\n---\n", 1)[1]
        assert not [word for word in ("1610", "1571", "97.0%", "10件") if word in body], path.name
