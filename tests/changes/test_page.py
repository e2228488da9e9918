"""The page of changes: whose place, which days, what is refused; every figure leads to its rows; the spreadsheet."""

from io import BytesIO

import openpyxl
import pytest

from tests.changes.test_sums import reopened
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(world) -> World:
    reopened(world, world.brought_to("closed"), "2020-08-20")
    world.problem("2020-08-18")
    return world


def test_the_office_sees_the_sum_since_the_last_fortnight(busy, as_):
    page = as_(busy.li).get("/changes/").content.decode()
    assert "2020年8月15日之后到 2020年8月31日为止" in page
    assert "前后相符" in page
    assert "工业新区二期土地出让手续滞后" in page
    assert "按县市区" in page


def test_a_figure_leads_to_the_rows_of_exactly_that_period(busy, as_):
    client = as_(busy.li)
    answer = client.get("/changes/?since=2020-08-15")
    url = {change.key: url for change, url in answer.context["whole"]}["reopened"]
    assert "start=2020-08-16" in url
    assert "end=2020-09-01" in url
    assert "共 1 件次" in client.get(url).content.decode()


def test_a_county_leads_with_its_own_place_and_has_no_table_of_counties(busy, as_):
    answer = as_(busy.gao).get("/changes/")
    assert answer.context["frame"].place == "131126"
    assert answer.context["places"] == []
    assert "这段时间没有变化" in answer.content.decode()


def test_figures_of_another_county_may_be_read_but_not_its_rows(busy, as_):
    page = as_(busy.gao).get("/changes/?place=131102").content.decode()
    assert "没有您可以查看的记录" in page
    assert "工业新区二期" not in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=昨天", "日期请写成"),
        ("since=2020-08-31", "应早于截至日期"),
        ("as_of=2020-09-30", "还没有到"),
        ("as_of=昨天", "日期请写成"),
        ("place=1301", "没有地区"),
    ],
)
def test_what_cannot_be_asked_is_said(busy, as_, query, words):
    answer = as_(busy.li).get(f"/changes/?{query}")
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert as_(busy.li).get(f"/changes/export/?{query}").status_code == 422


def test_administrators_do_not_see_it(busy, as_):
    assert as_(busy.wu).get("/changes/").status_code == 403


def test_the_spreadsheet_has_the_same_figures(busy, as_):
    client = as_(busy.li)
    answer = client.get("/changes/export/?since=2020-05-15")
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == ["衡水市问题变化：2020年5月15日（不含）至 2020年8月31日"]
    assert rows[1][0] == "县市区"
    whole = [change.answer.value for change, _url in client.get("/changes/?since=2020-05-15").context["whole"]]
    assert rows[-2] == ["合计", *whole]


def test_the_page_asks_a_bounded_number_of_questions(busy, as_, django_assert_max_num_queries):
    client = as_(busy.li)
    client.get("/changes/")
    with django_assert_max_num_queries(75):
        client.get("/changes/")
