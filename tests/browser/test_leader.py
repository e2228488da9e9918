"""The leader's page on a wall and on paper: nothing scrolls, nothing is cut in half, one sheet of A4."""

import re
from datetime import date

import pytest

from luodi.problems import actions
from tests.world import at

pytestmark = pytest.mark.browser
# As many lines of «needs attention» as there can be, where the small city has three.
CROWD = """() => {
  const list = document.querySelector(".att");
  for (let n = list.children.length; n < 9; n++) list.append(list.children[n % 3].cloneNode(true));
}"""
# A line is whole inside its list, or wrapped beyond its right edge, where nobody sees it.
HALVES = """() => {
  const box = document.querySelector(".att").getBoundingClientRect();
  return [...document.querySelectorAll(".att > li")].map(one => one.getBoundingClientRect())
    .filter(one => one.left < box.right - 1 && (one.bottom > box.bottom + 1 || one.right > box.right + 1)).length;
}"""
SEEN = """() => {
  const box = document.querySelector(".att").getBoundingClientRect();
  return [...document.querySelectorAll(".att > li")].filter(one => one.getBoundingClientRect().left < box.right).length;
}"""


@pytest.fixture
def busy(city):
    """Something overdue, something reopened, something of priority."""
    again = city.brought_to("closed", city.problem(title="红线内管网未迁改"))
    actions.reopen(again, cause="relapse", reason="现场没有交地", due_on=date(2020, 12, 31), actor=city.liu,
                   at=at("2020-08-20"))  # fmt: skip
    city.brought_to("rectifying", city.problem(title="环评批复超承诺时限", is_priority=True))
    return city


@pytest.mark.parametrize("size", [(1920, 1080), (1920, 900), (1366, 768), (3840, 2160)])
@pytest.mark.parametrize("language", ["", "/en"])
def test_the_wall_cuts_no_line_in_half(visit, busy, settings, size, language):
    settings.LUODI_CLOCK = "2020-08-31T08:00"
    page = visit(busy.zhou, f"{language}/dashboard/wall/", width=size[0], height=size[1])
    page.evaluate(CROWD)
    root = "document.documentElement"
    assert page.evaluate(f"[{root}.scrollWidth, {root}.scrollHeight]") == list(size)
    assert page.evaluate(HALVES) == 0
    assert page.evaluate(SEEN) >= 3


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_page_is_one_sheet_of_a4(visit, busy, settings, language):
    settings.LUODI_CLOCK = "2020-08-31T08:00"
    page = visit(busy.zhou, f"{language}/dashboard/")
    page.evaluate(CROWD)
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
