"""One box for everything: numbers, projects, units, words inside; never more than one may see."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luodi.amendments import actions as amendments
from luodi.site.forms import SearchForm
from luodi.site.queries import pieces, search
from tests.world import at

pytestmark = pytest.mark.django_db
TODAY = date(2020, 8, 31)


@pytest.fixture(autouse=True)
def late_august(settings):
    settings.LUODI_CLOCK = "2020-08-31T08:00"


@pytest.fixture
def searched(as_):
    """`searched(person, words)`: the page's text."""

    def ask(person, words, status=200):
        answer = as_(person).get("/search/", {"q": words})
        assert answer.status_code == status
        return answer.text

    return ask


def found(person, words):
    """title → what was found, for each group."""
    return {group.title: [hit.code or hit.title for hit in group.hits] for group in search(words, person, TODAY, [])}


def test_a_problem_is_found_by_number_title_project_unit_and_description(world):
    one = world.problem(title="土地出让滞后", project_name="北方零部件", project_owner="衡北汽配公司")
    for words in (one.code, one.code[:6], "出让", "北方零部", "衡北汽配", "桃城区发改", "7个月未挂", "土地 零部件"):
        assert found(world.li, words)["问题"] == [one.code], words
    assert "问题" not in found(world.li, "土地 环评")


def test_the_number_comes_first_then_beginnings(world):
    other = world.problem(title="参照2020-0001办理")
    assert other.code == "2020-0001"
    inside = world.problem(title="补办环评手续", found_on=date(2020, 5, 17))
    begins = world.problem(title="环评批复超期", found_on=date(2020, 5, 16))
    mention = world.problem(title="与2020-0001重复", found_on=date(2020, 5, 18))
    assert found(world.li, "环评")["问题"] == [begins.code, inside.code]
    assert found(world.li, "2020-0001")["问题"] == [other.code, mention.code]


def test_a_number_as_people_say_it_comes_first(world):
    one = world.problem()
    assert one.code == "2020-0001"
    inside = world.problem(title="第0001号批复没有送达")
    for words in ("1", "0001"):
        assert found(world.li, words)["问题"][0] == one.code
    assert found(world.li, "0001")["问题"] == [one.code, inside.code]
    form = SearchForm({"q": "２０２０－０００１　"})
    assert form.is_valid()
    assert found(world.li, form.cleaned_data["q"])["问题"] == [one.code]


def test_a_problem_is_found_by_its_projects_code(world):
    row = world.problem(project_code="2019-131102-59-02-000381")
    assert found(world.li, "2019-131102-59-02-000381")["问题"] == [row.code]
    hit = search("131102-59", world.li, TODAY, [])[0].hits[0]
    assert "2019-131102-59-02-000381" in hit.beside


def test_what_stands_comes_before_what_was_voided(world):
    stands = world.problem(title="供水管网没有接通", found_on=date(2020, 5, 1))
    gone = world.problem(title="供水管网没有接通", found_on=date(2020, 5, 18))
    amendments.undo(gone, reason="重复登记", actor=world.li, at=at(date(2020, 5, 18)), seen=gone.version)
    assert found(world.li, "供水管网")["问题"] == [stands.code, gone.code]


def test_nobody_finds_what_they_may_not_see(world, searched):
    hidden = world.problem(title="故城秘密电力", unit=world.units["131126-fgj"])
    assert found(world.gao, "秘密电力")["问题"] == [hidden.code]
    assert found(world.wang, "秘密电力") == found(world.wu, "秘密电力") == {}
    assert "没有找到" in searched(world.wang, "秘密电力")
    assert "指标" not in found(world.wu, "逾期")


def test_signs_that_mean_something_to_the_database_are_plain_signs(world):
    world.problem(title="完成率100%达标")
    world.problem(title="电力增容")
    assert len(found(world.li, "0%达")["问题"]) == 1
    for words in ("%_", "__", "\\\\", "'--"):
        assert found(world.li, words) == {}, words


def test_the_page_shows_groups_marks_and_the_way_to_the_ledger(world, searched):
    row = world.problem(title="销号<材料>不全")
    page = searched(world.li, "销号")
    assert "<mark>销号</mark>&lt;材料&gt;不全" in page
    assert re.search(r'href="/problems/\?v=all&amp;q=%E9%94%80%E5%8F%B7">在台账中看全部', page)
    assert f"/problems/{row.pk}/" in page
    assert "/indicators/problems.closed/" in page
    assert 'name="q" value="销号"' in page
    assert "/problems/?v=all&amp;unit=131102-fgj" in searched(world.li, "桃城区发改局")
    assert 'href="/organisation/"' in searched(world.li, "组织账号")


def test_each_group_shows_twenty(world):
    for number in range(22):
        world.problem(title=f"同样的问题{number}")
    group = search("同样的", world.li, TODAY, [])[0]
    assert (len(group.hits), group.more) == (20, True)


def test_too_little_and_too_much_is_said(world, searched):
    world.problem()
    assert "至少两个字" in searched(world.li, "土", 422)
    assert "最多 8 个词" in searched(world.li, "土地 " * 9, 422)
    assert "太长" in searched(world.li, "土" * 2001, 422)
    assert "2020-000<mark>1</mark>" in searched(world.li, "1")
    searched(world.li, "地" * 2000)
    searched(world.li, "")


def test_searching_costs_few_queries(world):
    for number in range(5):
        world.problem(title=f"同样的问题{number}")
    assert world.li.posts_on(TODAY)
    with CaptureQueriesContext(connection) as asked:
        search("同样", world.li, TODAY, [("/", "我的待办")])
    assert len(asked) <= 8


def test_pieces_keep_the_text():
    assert pieces("A地b地", ["地", "B"]) == [("A", False), ("地", True), ("b", True), ("地", True)]
    assert pieces("原文", []) == [("原文", False)]
