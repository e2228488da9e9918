"""Problems point at projects of the library: by code, or else by a name that somebody must look at."""

import pytest

from luodi.intake import actions as intake
from luodi.problems import actions as problems
from luodi.problems.forms import ProblemForm
from luodi.problems.models import Problem
from tests.intake import ledgers
from tests.world import at


def typed(world, **more):
    row = {"batch": "base", "source": "自查", "unit": "131102-fgj", "category": world.category().code,
           "found_on": "2020-05-18", "title": "土地出让手续滞后", **more}  # fmt: skip
    return ProblemForm(row, campaign=world.campaign, actor=world.wang, day=at("2020-05-20").date())


@pytest.fixture
def row(library):
    return library.project(name="北方汽车零部件项目")


def test_a_code_links_without_a_word(library, row):
    form = typed(library, project_code=row.code, project_name="写得不一样的名称")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["project"] == row
    assert form.warnings == []


def test_a_name_links_and_asks_to_be_looked_at(library, row):
    form = typed(library, project_name="北方汽车 零部件（项目）")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["project"] == row
    assert "按名称对应" in form.warnings[0]


def test_a_name_that_two_have_links_to_none(library, row):
    library.project(name=row.name, unit=library.units["131126-fgj"])
    form = typed(library, project_name=row.name)
    assert form.is_valid()
    assert form.cleaned_data["project"] is None


def test_the_link_follows_what_is_put_right(library, row):
    problem = library.problem(project_name="别的项目")
    assert problem.project is None
    problem = problems.revise(
        problem, {"project_name": row.name}, reason="名称写错", actor=library.li, at=at("2020-05-19")
    )
    assert problem.project == row


def test_an_import_says_which_rows_were_linked_by_name(library):
    library.project(name=ledgers.line(0)[3])
    sheet = ledgers.ledger([ledgers.line(0)])
    batch = intake.upload(sheet, name="台账.xlsx", campaign=library.campaign, actor=library.wang, at=at("2020-08-30"))
    said = [words for found in batch.findings.values() for words in found["warnings"]]
    assert any("请确认" in words for words in said)
    intake.run(batch, actor=library.wang, at=at("2020-08-30"))
    assert Problem.objects.get().project is not None


def test_a_projects_page_shows_its_problems_and_hides_those_of_others(library, row, as_):
    problem = library.problem(project_name=row.name)
    problem = problems.revise(
        problem, {"project_code": row.code}, reason="补代码", actor=library.li, at=at("2020-05-19")
    )
    page = as_(library.wang).get(f"/problems/of-project/{row.pk}/").content.decode()
    assert problem.title in page
    assert (
        "</html>"
        not in as_(library.wang).get(f"/problems/of-project/{row.pk}/", headers={"HX-Request": "true"}).content.decode()
    )
    assert as_(library.gao).get(f"/problems/of-project/{row.pk}/").status_code == 404
    assert f"/projects/{row.pk}/" in as_(library.wang).get(f"/problems/{problem.pk}/").content.decode()
