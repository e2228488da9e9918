"""What the library and a project show to whom, and what its forms do."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from luodi.projects import actions
from luodi.projects.models import ExternalFigure, MonthlyInvestment, Project
from tests.world import at


@pytest.fixture
def row(library):
    return library.told(library.project(name="北方汽车零部件项目"), {1: 100, 2: 200})


def words(response):
    return response.content.decode()


class TestLibrary:
    def test_each_sees_what_the_post_reaches(self, library, row, as_):
        gucheng = {"unit": library.units["131126-fgj"], "name": "营东棉纺升级项目"}
        library.project(**gucheng)
        assert "营东棉纺" in words(as_(library.li).get("/projects/"))
        wangs = words(as_(library.wang).get("/projects/"))
        assert "北方汽车" in wangs
        assert "营东棉纺" not in wangs
        assert as_(library.gao).get(f"/projects/{row.pk}/").status_code == 404
        assert as_(library.wu).get("/projects/").status_code == 403

    @pytest.mark.parametrize(
        ("query", "found"),
        [("q=北方", True), ("q=别的", False), ("lists=building", True), ("lists=preliminary", False),
         ("stands=behind", True),
         ("stands=started", False), ("tier=province&industry=equipment", True), ("county=131126", False),
         ("sort=plan", True)],
    )  # fmt: skip
    def test_filters(self, library, row, as_, query, found):
        page = as_(library.li).get(f"/projects/?{query}")
        assert ("北方汽车零部件项目" in words(page)) is found

    def test_a_filter_that_makes_no_sense_says_so(self, library, row, as_):
        page = as_(library.li).get("/projects/?tier=world")
        assert page.status_code == 422
        assert "没有“world”这个选项" in words(page)

    def test_the_sheet_holds_the_same_rows(self, library, row, as_):
        response = as_(library.li).get("/projects/library.xlsx?q=北方")
        sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active
        assert sheet["A3"].value == "单位：万元"
        assert sheet["A5"].value == "北方汽车零部件项目"
        assert sheet["L5"].value == 300

    def test_pages_ask_the_database_a_bounded_number_of_times(self, library, as_, django_assert_max_num_queries):
        for _n in range(20):
            library.project()
        client = as_(library.li)
        client.get("/projects/")
        with django_assert_max_num_queries(45):
            client.get("/projects/")
        with django_assert_max_num_queries(14):
            client.get("/projects/", headers={"HX-Request": "true"})
        one = Project.objects.first()
        with django_assert_max_num_queries(30):
            client.get(f"/projects/{one.pk}/")


class TestProject:
    def test_the_page_shows_way_money_and_definition(self, library, row, as_):
        actions.reach(row, kind="filed", planned_on=date(2020, 1, 31), reached_on=date(2020, 2, 12), actor=library.wang,
                      at=at("2020-08-01"))  # fmt: skip
        page = words(as_(library.wang).get(f"/projects/{row.pk}/"))
        for said in (
            "超 12 天",
            'class="late"',
            "序时进度",
            "落后",
            "300",
            "落地＝备案/核准、用地、开工",
            "填报月度进度",
        ):
            assert said in page, said

    def test_wang_tells_a_month_in_the_browser(self, library, row, as_):
        client = as_(library.wang)
        facts = {"seen": row.version, "month_on": "2020-03", "amount": "0.05亿元", "progress": "主体封顶"}
        response = client.post(f"/projects/{row.pk}/report/", facts)
        assert response.status_code == 303
        assert MonthlyInvestment.objects.get(month_on=date(2020, 3, 1)).amount == Decimal(500)
        again = client.post(f"/projects/{row.pk}/report/", facts)
        assert again.status_code == 409
        assert "有人改动过" in words(again)

    @pytest.mark.parametrize(
        ("typed", "why"), [("约70", "是约数"), ("0.00001", "不足 1 元"), ("99999999999", "单位是不是万元")]
    )
    def test_what_is_no_amount_is_said(self, library, row, as_, typed, why):
        facts = {"seen": row.version, "month_on": "2020-03", "amount": typed}
        response = as_(library.wang).post(f"/projects/{row.pk}/report/", facts)
        assert response.status_code == 422
        assert why in words(response)

    def test_leaders_read_and_do_not_write(self, library, row, as_):
        client = as_(library.zhou)
        assert client.get(f"/projects/{row.pk}/").status_code == 200
        assert client.get(f"/projects/{row.pk}/report/").status_code == 403
        assert "包联领导" not in words(client.get(f"/projects/{row.pk}/"))

    @pytest.mark.parametrize("name", ["report", "correct", "plan", "reach", "land", "stall", "amend"])
    def test_each_act_has_its_page(self, library, row, as_, name):
        assert as_(library.li).get(f"/projects/{row.pk}/{name}/").status_code == 200

    def test_amending_keeps_what_others_did(self, library, row, as_):
        client = as_(library.wang)
        page = client.get(f"/projects/{row.pk}/amend/")
        facts = {k: v for k, v in page.context["form"].initial.items() if v is not None}
        response = client.post(f"/projects/{row.pk}/amend/", {**facts, "seen": row.version, "owner": "新业主"})
        assert response.status_code == 303
        stale = client.post(f"/projects/{row.pk}/amend/", {**facts, "seen": row.version, "owner": "另一个"})
        assert stale.status_code == 409
        row.refresh_from_db()
        assert row.owner == "新业主"

    def test_wang_enters_a_project(self, library, as_):
        facts = {"name": "新材料中试基地", "unit": "131102-fgj", "tier": "city", "industry": "materials",
                 "owner": "衡水新材公司", "total_amount": "2.5亿元", "owner_code": "123"}  # fmt: skip
        client = as_(library.wang)
        refused = client.post("/projects/enter/", facts)
        assert refused.status_code == 422
        assert "应为18位" in words(refused)
        response = client.post("/projects/enter/", {**facts, "owner_code": "911101080828461726"})
        assert response.status_code == 303
        assert Project.objects.get(name="新材料中试基地").total_amount == Decimal(25000)
        assert "还没有下达年度计划" in words(client.get(response["Location"]))


class TestFiguresOfOthers:
    def test_li_publishes_wang_reads(self, library, as_):
        facts = {"series": "fai_growth", "month_on": "2020-07", "amount": "6.5", "published_on": "2020-08-15",
                 "source": "市统计局《7月份经济运行快报》"}  # fmt: skip
        assert as_(library.li).post("/projects/figures/publish/", facts).status_code == 303
        assert as_(library.wang).post("/projects/figures/publish/", facts).status_code == 403
        assert as_(library.sun).get("/projects/figures/publish/").status_code == 403
        one = ExternalFigure.objects.get()
        assert "7月份经济运行快报" in words(as_(library.wang).get(f"/projects/figures/{one.pk}/"))
        assert "6.5%" in words(as_(library.wang).get("/projects/figures/"))

    def test_a_figure_without_paper_and_an_impossible_rank(self, library, as_):
        facts = {"series": "fai_rank", "month_on": "2020-07", "amount": "15", "published_on": "2020-08-15"}
        page = as_(library.li).post("/projects/figures/publish/", facts)
        assert page.status_code == 422
        assert "1 至 14 之间" in words(page)
