"""Monthly sheets as real offices make them: merged headers in two rows, units above, sub-totals between the rows."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from luodi.kit.refusal import Refused
from luodi.progress import actions, queries
from luodi.progress.forms import MonthForm
from luodi.projects.actions import report
from luodi.projects.models import MonthlyInvestment
from tests.progress.offices import line, table
from tests.world import at

FEBRUARY = date(2020, 2, 1)
NOW = at("2020-02-28")


@pytest.fixture
def two(library):
    """Two projects of Taocheng with 100 万元 each in January."""
    rows = [library.project(name="北方汽车零部件项目"), library.project(name="新材料中试基地")]
    return [library.told(row, {1: 100}) for row in rows]


def bring(world, content, actor=None, month_on=FEBRUARY, moment=NOW):
    facts = {"name": "二月.xlsx", "unit": world.units["131102"], "month_on": month_on}
    return actions.upload(content, **facts, actor=actor or world.wang, at=moment)


def errors(batch):
    return {n: found["errors"] for n, found in batch.findings.items() if found["errors"]}


def test_a_right_sheet_is_told_and_its_totals_are_never_projects(library, two):
    rows = [line(1, two[0], 50, 150), line(2, two[1], 30.5, 130.5, started="2020.2.11")]
    total = ["合计", None, None, 24000, 80.5, 280.5, None, None]
    batch = bring(library, table(*rows, total))
    assert (batch.row_count, batch.good_count, batch.totals, errors(batch)) == (2, 2, [], {})
    batch = actions.run(batch, actor=library.wang, at=NOW)
    assert batch.told_count == 2
    two[1].refresh_from_db()
    assert (two[1].year_amount, two[1].started_on) == (Decimal("130.5"), date(2020, 2, 11))
    with pytest.raises(Refused, match="已经导入"):
        actions.run(batch, actor=library.wang, at=NOW)


def test_sub_totals_above_or_below_their_rows_and_one_that_differs(library, two):
    below = [line(1, two[0], 50, 150), ["小计", None, None, None, 50, 150, None, None], line(2, two[1], 30, 130),
             ["小计", None, None, None, 30, 130, None, None],
             ["合计", None, None, None, 80, 280, None, None]]  # fmt: skip
    assert bring(library, table(*below)).totals == []
    wrong = [*below[:4], ["合计", None, None, None, 90, 280, None, None]]
    batch = bring(library, table(*wrong))
    assert batch.totals == ["第 9 行“合计”：本月完成写 90，各行之和 80，差 10 万元。"]
    with pytest.raises(Refused, match="对不上"):
        actions.run(batch, actor=library.wang, at=NOW)
    assert actions.run(batch, scope="good", actor=library.wang, at=NOW).told_count == 2


@pytest.mark.parametrize(
    ("cells", "field", "why"),
    [
        ({"name": "没有的项目", "code": ""}, "name", "项目库里没有“没有的项目”"),
        ({"amount": "约70"}, "amount", "是约数"),
        ({"amount": None}, "amount", "没有完成请填 0"),
        ({"amount": -5, "year": 95}, "amount", "累计下降"),
        ({"year": 151}, "year_amount", "差 1 万元"),
        ({"year": 90}, "year_amount", "累计不能下降"),
        ({"plan": "1.2"}, "plan_amount", "像是单位写错了"),
        ({"plan": 13000}, "plan_amount", "项目库里是 12,000"),
        ({"started": "2020.2"}, "started_on", "缺日"),
        ({"started": "2020-03-05"}, "started_on", "还没有到"),
        ({"code": "2019-131102-36-03-999999"}, "code", "请核对"),
    ],
)
def test_each_wrong_cell_has_its_sentence(library, two, cells, field, why):
    facts = {"amount": 50, "year": 150, **cells}
    batch = bring(library, table(line(1, two[0], facts.pop("amount"), facts.pop("year"), **facts)))
    assert why in errors(batch)["5"][field]


def test_the_same_project_twice_and_a_month_twice(library, two):
    batch = bring(library, table(line(1, two[0], 50, 150), line(2, two[0], 60, 160)))
    assert "和第 5 行是同一个项目" in errors(batch)["6"]["name"]
    batch = bring(library, table(line(1, two[0], 100, 100), title="一月"), month_on=date(2020, 1, 1))
    assert "已经填报过（100 万元）" in errors(batch)["5"]["amount"]


def test_a_month_left_out_is_asked_for_first(library, two):
    content = table(line(1, two[0], 50, 150), title="3月")
    batch = bring(library, content, month_on=date(2020, 3, 1), moment=at("2020-03-28"))
    assert "2020-02 还没有填报" in errors(batch)["5"]["amount"]


def test_units_are_read_where_they_stand(library, two):
    batch = bring(library, table(line(1, two[0], 0.005, 0.015, plan=1.2), unit="单位：亿元"))
    assert errors(batch) == {}
    batch = bring(library, table(line(1, two[0], 0.005, 150), month="本月（亿元）"))
    assert errors(batch) == {}
    notices = queries.check(batch, queries.sheet_of(batch), NOW, NOW.date()).notices
    assert any("按表头写的亿元读取" in words for words in notices)
    silent = bring(library, table(line(1, two[0], 50, 150), unit=None))
    notices = queries.check(silent, queries.sheet_of(silent), NOW, NOW.date()).notices
    assert "表上没有写单位，按万元读取。" in notices


def test_what_is_odd_about_the_whole_sheet_is_said(library, two):
    batch = bring(library, table(line(1, two[0], 50, 150), title="桃城区2020年3月重点项目进度表"))
    notices = queries.check(batch, queries.sheet_of(batch), NOW, NOW.date()).notices
    assert any("请确认没有传错表" in words for words in notices)
    assert any("新材料中试基地" in words for words in notices)


def test_a_name_alone_links_and_asks_to_be_looked_at(library, two):
    batch = bring(library, table(line(1, two[0], 50, 150, name="北方汽车 零部件（项目）", code="")))
    assert errors(batch) == {}
    assert "请确认" in batch.findings["5"]["warnings"][0]


def test_a_cell_is_corrected_and_the_totals_are_looked_at_again(library, two):
    rows = [line(1, two[0], "五十", 150), line(2, two[1], 30, 130), ["合计", None, None, None, 80, 280, None, None]]
    batch = bring(library, table(*rows))
    assert "5" in errors(batch)
    assert batch.totals
    batch = actions.correct(batch, 5, {"amount": "50"}, actor=library.wang, at=NOW)
    assert (errors(batch), batch.totals) == ({}, [])
    with pytest.raises(Refused, match="没有第 99 行"):
        actions.correct(batch, 99, {"amount": "50"}, actor=library.wang, at=NOW)
    with pytest.raises(Refused, match="别人的表"):
        actions.run(batch, actor=library.sun, at=NOW)


def test_good_rows_alone(library, two):
    batch = bring(library, table(line(1, two[0], 50, 150), line(2, two[1], "多", 130)))
    with pytest.raises(Refused, match="还有 1 行有错"):
        actions.run(batch, actor=library.wang, at=NOW)
    assert actions.run(batch, scope="good", actor=library.wang, at=NOW).told_count == 1
    assert MonthlyInvestment.objects.filter(month_on=FEBRUARY).count() == 1


def test_somebody_told_the_month_meanwhile(library, two):
    batch = bring(library, table(line(1, two[0], 50, 150)))
    report(two[0], month_on=FEBRUARY, amount=Decimal(1), actor=library.sun, at=NOW)
    with pytest.raises(Refused, match="有错"):
        actions.run(batch, actor=library.wang, at=NOW)


def test_another_countys_sheet_and_a_month_to_come_are_refused(library, two):
    with pytest.raises(Refused, match="不能填报桃城区"):
        bring(library, table(line(1, two[0], 50, 150)), actor=library.gao)
    with pytest.raises(Refused, match="还没有到"):
        bring(library, table(line(1, two[0], 50, 150)), month_on=date(2020, 3, 1))
    with pytest.raises(Refused, match="不是表格"):
        bring(library, b"%PDF-1.4")


def test_a_sheet_without_the_month_says_which_column_lacks(library, two):
    book = Workbook()
    book.active.append(["项目名称", "年度计划投资"])
    book.active.append([two[0].name, 12000])
    target = BytesIO()
    book.save(target)
    batch = bring(library, target.getvalue())
    with pytest.raises(Refused, match="没有这些必须有的列：本月完成"):
        actions.run(batch, scope="good", actor=library.wang, at=NOW)


def test_the_sheet_goes_out_filled_in_and_comes_back(library, two):
    content = queries.template(library.units["131102"], FEBRUARY, library.wang, NOW.date())
    book = load_workbook(BytesIO(content))
    sheet = book.active
    assert sheet["A2"].value == "单位：万元"
    for number in (4, 5):
        sheet.cell(number, 5).value = 7
    target = BytesIO()
    book.save(target)
    batch = bring(library, target.getvalue())
    assert errors(batch) == {}
    assert actions.run(batch, actor=library.wang, at=NOW).told_count == 2


class TestPages:
    def post(self, library, as_, content):
        client = as_(library.wang)
        file = BytesIO(content)
        file.name = "二月.xlsx"
        return client, client.post(
            "/projects/monthly/upload/", {"unit": "131102", "month_on": "2020-02-01", "upload": file}
        )

    def test_the_whole_way_in_the_browser(self, library, two, as_, django_assert_max_num_queries):
        client, response = self.post(library, as_, table(line(1, two[0], "五十", 150), line(2, two[1], 30, 130)))
        assert response.status_code == 303
        with django_assert_max_num_queries(25):
            page = client.get(response["Location"]).content.decode()
        assert "「五十」不是数字" in page
        assert "有错 <b>1</b> 行" in page
        marked = load_workbook(BytesIO(client.get(response["Location"] + "marked.xlsx").content)).active
        assert "不是数字" in str([cell.value for cell in marked[5]])
        done = client.post(response["Location"] + "correct/", {"row": "5", "cell-amount": "50"})
        assert done.status_code == 303
        done = client.post(response["Location"] + "run/", {"scope": "all"})
        assert done.status_code == 303
        assert "已填报 2 个项目" in client.get(response["Location"]).content.decode()
        assert as_(library.sun).get(response["Location"]).status_code == 404

    def test_pages_and_refusals(self, library, two, as_):
        client = as_(library.wang)
        assert client.get("/projects/monthly/").status_code == 200
        assert client.get("/projects/monthly/upload/").status_code == 200
        assert client.post("/projects/monthly/upload/", {}).status_code == 422
        assert client.get("/projects/monthly/template.xlsx?unit=131102&month_on=2020-02-01").status_code == 200
        assert client.get("/projects/monthly/template.xlsx?unit=131126&month_on=2020-02-01").status_code == 422
        assert as_(library.zhou).get("/projects/monthly/").status_code == 403

    def test_no_sign_that_only_looks_like_a_number_breaks_a_page(self, library, two, as_):
        client, response = self.post(library, as_, table(line(1, two[0], 50, 150)))
        assert client.get(response["Location"] + "?from=²").status_code == 200
        assert client.post(response["Location"] + "correct/", {"row": "²", "cell-amount": "5"}).status_code == 409
        facts = {"name": two[0].name, "tier": "city", "industry": "food", "owner": "新业主", "total_amount": "50000"}
        assert client.post(f"/projects/{two[0].pk}/amend/", {**facts, "seen": "²"}).status_code == 303


@pytest.mark.parametrize(
    ("day", "month_on", "offered"),
    [("2021-01-10", "2020-12-01", True), ("2021-01-20", "2020-12-01", False), ("2020-08-10", "2020-07-01", True),
     ("2020-08-10", "2019-12-01", False)],
)  # fmt: skip
def test_december_is_told_in_january(library, two, day, month_on, offered):
    form = MonthForm({"unit": "131102", "month_on": month_on}, person=library.wang, day=date.fromisoformat(day))
    assert form.is_valid() is offered
    if offered:
        assert form.initial["month_on"] == month_on
