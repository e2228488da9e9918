"""A county's own sheet is understood; each row is one form; nothing is asked of the database for a row."""

from datetime import date

import openpyxl
import pytest
from django.utils.translation import override

from luodi.kit import spreadsheets
from luodi.problems import sheets
from tests.intake import ledgers
from tests.intake.ledgers import ledger, line

DAY = date(2020, 8, 31)


@pytest.fixture
def read(world):
    """Read a file as somebody (Wang unless told)."""

    def read(content, actor=world.wang, **more):
        sheet = spreadsheets.read(content, "台账.xlsx", synonyms=sheets.SYNONYMS).chosen
        return sheets.read(sheet, campaign=world.campaign, actor=actor, day=DAY, **more)

    return read


def test_wangs_sheet_as_he_made_it(read, world):
    reading = read(ledgers.wangs())
    assert [row.number for row in reading.rows] == list(range(4, 13))
    assert [row.number for row in reading.bad] == [8, 9, 10, 11]
    first, second, third, fourth = reading.good[:4]
    assert (first.clean["title"], first.clean["description"]) == ("宗地未挂牌", "宗地未挂牌。已拖两年。\n备注：急")
    assert {r.clean["unit"].code for r in (first, second, third)} == {"131102-fgj"}
    assert fourth.clean["unit"] == world.units["131102"]
    assert [r.clean["found_on"] for r in (first, second, third, fourth)] == [
        date(2020, 5, 3), date(2020, 5, 4), date(2020, 6, 1), date(2020, 6, 1),
    ]  # fmt: skip
    assert [r.clean["source"] for r in (first, third, fourth)] == ["self_check", "tip", "supervision"]
    assert second.clean["batch"] == "base"


def test_each_wrong_cell_has_its_sentence(read):
    wrong = {row.number: row.errors for row in read(ledgers.wangs()).bad}
    assert list(wrong[8]) == ["category"]
    assert "没有“土地”这个问题类别" in wrong[8]["category"]
    assert "不是真实存在的日期" in wrong[9]["found_on"]
    assert "在今天之后" in wrong[10]["found_on"]
    assert "不能为故城县发改局登记" in wrong[11]["unit"]


def test_a_duplicate_is_suspected_in_the_sheet_and_in_the_ledger(read, world):
    reading = read(ledgers.wangs())
    assert [(r.number, r.duplicate_of) for r in reading.rows if r.duplicate_of] == [(12, "第 4 行")]
    known = world.problem(project_name="第1号项目", title="第1宗地没有挂牌")
    again = read(ledger([line(1), line(2)]))
    assert [r.duplicate_of for r in again.rows] == [known.code, ""]
    assert len(again.good) == 2


def test_another_countys_problems_are_not_given_away_by_duplicates(read, world):
    world.problem(unit=world.units["131126-fgj"], project_name="第1号项目", title="第1宗地没有挂牌")
    assert read(ledger([line(1)])).rows[0].duplicate_of == ""
    assert read(ledger([line(1)]), actor=world.li).rows[0].duplicate_of


def test_headers_counties_write():
    headers = (
        "序号",
        "问题编号",
        "所属县区",
        "整改责任单位",
        "投资项目代码",
        "建设单位",
        "线索来源",
        "类别",
        "问题",
        "来源",
    )
    found = sheets.match(headers)
    assert found == {
        "old_code": 1, "county": 2, "unit": 3, "project_code": 4, "project_owner": 5, "source": 6, "category": 7,
        "title": 8,
    }  # fmt: skip
    assert sheets.match(("资金来源", "问题整改情况")) == {}
    assert sheets.missing(found) == ["batch", "found_on"]


def test_missing_columns_may_be_answered_for_the_whole_sheet(read, world):
    content = ledger([["甲项目", "没有通电。", "2020-05-18", "用电"]], ("项目名称", "问题描述", "发现日期", "类别"))
    mapping = {"project_name": 0, "description": 1, "found_on": 2, "category": 3, "batch": "=base", "source": "=tip"}
    row = read(content, mapping=mapping, unit=world.units["131102-fgj"]).rows[0]
    assert row.errors == {}
    assert (row.clean["batch"], row.clean["source"], row.clean["unit"].code) == ("base", "tip", "131102-fgj")
    assert "没有填" in read(content, mapping=mapping).rows[0].errors["unit"]


def test_county_and_unit_must_agree(read, world):
    rows = [line(1, 县市区="故城县"), line(2, 责任单位="没有这个局"), line(3, 县市区="大名县"), line(4, 县市区="桃城")]
    errors = [row.errors for row in read(ledger(rows), actor=world.li).rows]
    assert errors[0] == {}  # 发改局 of 故城县 is its own
    assert "没有“没有这个局”这个责任单位" in errors[1]["unit"]
    assert "没有“大名县”这个县市区" in errors[2]["county"]
    chosen = read(ledger([line(1, 县市区="故城县")]), actor=world.li, unit=world.units["131102"]).rows[0].errors
    assert "本次导入选的是桃城区" in chosen["county"]
    strange = read(ledger([line(1, 责任单位="故城县发改局")]), actor=world.li).rows[0].errors
    assert "不在桃城区" in strange["unit"]


def test_places_batches_and_categories_as_people_write_them(read, world):
    rows = [
        line(1, 县市区="故城", 批次="老问题", 问题类别="其它"),
        line(2, 县市区="", 责任单位="桃城发改局", 批次="新"),
        line(3, 县市区="", 责任单位="故城没有的局"),
    ]
    one, two, three = read(ledger(rows), actor=world.li).rows
    assert (one.clean["unit"].code, one.clean["batch"], str(one.clean["category"])) == ("131126-fgj", "base", "其他")
    assert (two.clean["unit"].code, two.clean["batch"]) == ("131102-fgj", "new")
    assert "没有“故城没有的局”这个责任单位" in three.errors["unit"]
    own = ledger([line(1, 县市区="", 责任单位="区发改局")])
    assert read(own, actor=world.wang).rows[0].clean["unit"].code == "131102-fgj"
    assert "没有“区发改局”这个责任单位" in read(own, actor=world.li).rows[0].errors["unit"]


def test_a_duplicate_is_found_whichever_brackets_were_typed(read, world):
    world.problem(project_name="桃城（北区）水厂", title="第1宗地没有挂牌")
    found = read(ledger([line(1, 项目名称="桃城(北区)水厂")])).rows[0]
    assert found.duplicate_of == "2020-0001"


def test_old_code_and_flag(read):
    content = ledger(
        [["YJ-7", *line(1, 是否重点难点="√")], ["", *line(2, 是否重点难点="也许")]], ("问题编号", *ledgers.HEADERS)
    )
    good, bad = read(content).rows
    assert good.clean["is_priority"] is True
    assert good.clean["description"].endswith("原编号：YJ-7")
    assert "看不出是或否" in bad.errors["is_priority"]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("宗地未挂牌。已拖两年。", "宗地未挂牌"),
        ("1、环评超时；无告知", "环评超时"),
        ("一" * 60 + "，" + "二" * 60, "一" * 60),
        ("一" * 150, "一" * 99 + "…"),
        ("", ""),
    ],
)
def test_the_first_clause_is_the_title(words, title):
    assert sheets.first_clause(words) == title


def test_no_query_for_a_row(read, world, django_assert_max_num_queries):
    content = ledger([line(n) for n in range(600)])
    with django_assert_max_num_queries(12):
        assert len(read(content).good) == 600


def test_the_template_reads_back_and_offers_what_may_be_chosen(world, tmp_path):
    path = tmp_path / "模板.xlsx"
    path.write_bytes(sheets.template(world.campaign, world.wang, DAY))
    sheet = openpyxl.load_workbook(path).worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    assert sheets.match(headers) == {name: place for place, name in enumerate(sheets.COLUMNS)}
    assert sheets.missing(sheets.match(headers)) == []
    offered = sheets.choices(world.campaign, world.wang, DAY)
    assert offered["county"] == ["桃城区"]
    assert offered["unit"] == ["桃城区", "桃城区发改局"]
    assert len(sheet.data_validations.dataValidation) == 8


def test_the_template_in_english_reads_back_too():
    with override("en"):
        titles = {name: str(column.title) for name, column in sheets.COLUMNS.items()}
    # Where the catalogue is not compiled the titles stay Chinese.
    assert titles == sheets.ENGLISH or titles == {name: str(c.title) for name, c in sheets.COLUMNS.items()}
    assert sheets.match(list(sheets.ENGLISH.values())) == {name: place for place, name in enumerate(sheets.COLUMNS)}


def test_the_marked_copy_has_exactly_the_wrong_cells(read, tmp_path):
    content = ledgers.wangs()
    sheet = spreadsheets.read(content, "台账.xlsx", synonyms=sheets.SYNONYMS).chosen
    path = tmp_path / "标注.xlsx"
    errors = {row.number: row.errors for row in read(content).bad}
    path.write_bytes(sheets.marked(sheet, errors, sheets.match(sheet.headers)))
    copy = openpyxl.load_workbook(path).active
    commented = {cell.coordinate for row in copy.iter_rows() for cell in row if cell.comment}
    assert commented == {"G8", "I9", "I10", "D11"}
    assert "不是真实存在的日期" in copy["K9"].value
