"""From a county's own spreadsheet to the issued report, through the actions; every figure follows what people do."""

from datetime import date

import pytest

from luodi.documents import actions as documents
from luodi.documents import queries as drafts
from luodi.indicators import queries as indicators
from luodi.indicators.rules import Frame
from luodi.intake import actions as intake
from luodi.journal import queries as journal
from luodi.journal.actions import seal
from luodi.kit.refusal import Refused
from luodi.problems import actions
from luodi.problems.models import Problem
from tests.intake.ledgers import wangs
from tests.world import World, at

pytestmark = pytest.mark.django_db


def figures(world: World, day: str) -> dict[str, str]:
    """The headline figures as of a day."""
    frame = Frame(world.campaign.pk, "1311", date.fromisoformat(day))
    codes = ("found", "rectified", "closed", "overdue", "reopened")
    return {code: indicators.answer(f"problems.{code}", frame).plain for code in codes}


def imported(world: World) -> list[Problem]:
    """Wang's sheet: four rows are wrong; the good ones go in, the others stay hers to mend."""
    batch = intake.upload(
        wangs(), name="桃城区台账.xlsx", campaign=world.campaign, actor=world.wang, at=at("2020-06-08")
    )
    assert (batch.good_count, batch.bad_count) == (5, 4)
    with pytest.raises(Refused):
        intake.run(batch, scope="all", actor=world.wang, at=at("2020-06-08"))
    intake.run(batch, scope="good", actor=world.wang, at=at("2020-06-08"))
    return list(Problem.objects.order_by("pk"))


def test_the_way_of_a_sheet(world: World) -> None:
    problems = imported(world)
    assert len(problems) == 5
    assert figures(world, "2020-06-08") == {
        "found": "5件",
        "rectified": "0件",
        "closed": "0件",
        "overdue": "0件",
        "reopened": "0件次",
    }
    first = world.brought_to("closed", problems[0], start="2020-06-09")
    assert figures(world, "2020-07-01")["closed"] == "1件"
    actions.reopen(
        first,
        cause="fake_rectification",
        reason="没有交地",
        due_on=date(2020, 7, 31),
        actor=world.liu,
        at=at("2020-07-20"),
    )
    assert [figures(world, day)["closed"] for day in ("2020-07-01", "2020-07-20")] == ["1件", "0件"]
    assert figures(world, "2020-08-31")["overdue"] == "1件"

    report = documents.draft(
        world.campaign,
        template="work-report",
        place="1311",
        as_of=date(2020, 8, 31),
        actor=world.li,
        at=at("2020-08-31"),
    )
    composed = drafts.draft(world.campaign, report.source, report.frame)
    for figure in composed.figures:
        if figure.code == "problems.overdue":
            assert [row.pk for row in indicators.rows(figure.code, figure.frame)] == [first.pk]
    documents.submit(report, actor=world.li, at=at("2020-08-31", 13))
    documents.sign(report, actor=world.zhou, at=at("2020-08-31", 14))
    issued = documents.issue(report, actor=world.li, at=at("2020-08-31", 15))
    assert issued.figures.count() == len(composed.figures)

    seal(at=at("2020-08-31", 16))
    check = journal.verify()
    assert (check.broken, check.unsealed) == ("", 0)
