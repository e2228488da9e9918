"""A project from need to landing, clicked by the people of the city; lists keep their names at every width."""

import re

import pytest

from luodi.finance import actions as finance
from luodi.finance.models import Need
from luodi.land.models import Batch
from luodi.permits.models import Case
from luodi.projects.models import Project
from tests.browser import land_pages
from tests.land.records import stock
from tests.permits.window import open_window
from tests.world import at

pytestmark = pytest.mark.browser
NAME, OWNER = "新型显示模组项目", "衡水新显科技有限公司"


@pytest.fixture
def place(city, settings):
    """The city with its window, ten hectares of quota in stock, and a bank."""
    settings.LUODI_CLOCK = "2020-08-31T09:00"
    stock(open_window(city)).stocked("10", "0", "45000")
    facts = {"unit": city.units["1311-fgw"], "code": "icbc", "name": "工商银行衡水分行", "contact_name": "马主任",
             "contact_phone": "0318-1"}  # fmt: skip
    city.icbc = finance.add_bank(facts, actor=city.li, at=at("2020-01-10"))
    return city


@pytest.fixture
def desk(visit, place):
    """`desk(place.li).act("/projects/enter/", name=…)`: the page's form filled in, sent, and answered by another."""
    return lambda person: Desk(visit(person))


class Desk:
    """One person's browser."""

    def __init__(self, page):
        self.page = page

    def act(self, path, **facts):
        """Fill in the form of a page and press its button; the address changes or the test says what the page said."""
        said = self.refused(path, **facts)
        assert not self.page.url.split("?")[0].endswith(path.split("?")[0]), said
        return self.page

    def refused(self, path, **facts):
        """Fill in and press; the words of the page that answers."""
        self.page.goto(path)
        for name, value in facts.items():
            for one in value if isinstance(value, list) else [value]:
                box = self.page.locator(f"main form[method=post] [name={name}]")
                kind = box.first.evaluate("box => box.type")
                if kind == "checkbox":
                    box.and_(self.page.locator(f"[value='{one}']")).check()
                elif kind == "select-one":
                    box.select_option(str(one))
                else:
                    box.fill(str(one))
        with self.page.expect_navigation():
            self.page.locator("main form[method=post] button[type=submit]").last.click()
        return self.page.locator("main").inner_text()

    def reads(self, path):
        """The words of a page."""
        self.page.goto(path)
        return self.page.locator("main").inner_text()


def test_a_project_from_need_to_landing(desk, place):
    li, wang, zhao, lin = (desk(one) for one in (place.li, place.wang, place.zhao, place.lin))
    here = place.units["131102-fgj"].code

    # Li enters the project and issues its plan; nothing has been done yet.
    li.act("/projects/enter/", name=NAME, unit=here, tier="province", industry="equipment", owner=OWNER,
           total_amount="5亿元")  # fmt: skip
    project = Project.objects.get(name=NAME)
    page = f"/projects/{project.pk}/"
    li.act(f"{page}plan/", year=2020, list_kind="planned_start", amount="1.2亿元", due_on="2020-08-30")
    assert "1.20 亿元" in li.reads(page)
    assert NAME in li.reads("/projects/")

    # It needs money: published, met by a bank, granted, paid.
    wang.act("/finance/enter/", kind="project", name=NAME, unit=here, amount="2亿元", purpose="设备购置", months=60,
             security="mortgage")  # fmt: skip
    need = Need.objects.get(name=NAME)
    li.act("/finance/publish/", name="2020年第九批", published_on="2020-08-24", needs=[need.pk])
    money = f"/finance/{need.pk}/"
    wang.act(f"{money}contact/", kind="banker_visit", bank=place.icbc.pk, held_on="2020-08-25")
    wang.act(f"{money}grant/", bank=place.icbc.pk, amount="1.5亿元", granted_on="2020-08-26")
    wang.act(f"{money}pay/", credit=need.credits.get().pk, amount="6000", paid_on="2020-08-27")
    assert "6,000" in wang.reads(money)
    assert "75.0%" in li.reads("/finance/funnel/")

    # And land: a batch, its quota, the approval.
    wang.act("/land/batches/enter/", code="2020-77", name="桃城区2020年度第77批次建设用地", unit=here,
             project=project.pk, area="60亩", farm_area="4", arable_area="4", submitted_on="2020-08-20")  # fmt: skip
    batch = Batch.objects.get(code="2020-77")
    zhao.act(f"/land/withdraw/?batch={batch.pk}", paper="衡占补〔2020〕77号")
    zhao.act(f"/land/batches/{batch.pk}/approve/", approved_on="2020-08-28", approved_paper="冀政转征函〔2020〕77号")
    assert "60" in zhao.reads(f"/land/batches/{batch.pk}/")

    # And a permit, from the plan of the project to the certificate.
    lin.page.goto(f"/permits/plan/?project={project.pk}")
    lin.page.locator("main").get_by_role("link", name="收件").click()
    item = place.items["energy"]
    lin.act(f"/permits/apply/?project={project.pk}", project=project.pk, items=[item.pk], intake="normal")
    case = Case.objects.get(project=project)
    paper = f"/permits/{case.pk}/"
    lin.act(f"{paper}supply/", papers=list(case.papers.values_list("pk", flat=True)))
    lin.act(f"{paper}accept/")
    lin.act(f"{paper}grant/")
    lin.act(f"{paper}issue/", code="衡桃节能〔2020〕77号")
    assert "衡桃节能〔2020〕77号" in lin.reads("/permits/certificates/")

    # Wang tells of the way; before the last step nobody can find that it has landed.
    for kind, day in (("filed", "2020-08-17"), ("land", "2020-08-28")):
        wang.act(f"{page}reach/", kind=kind, planned_on=day, reached_on=day)
    assert "这些环节没有完成：开工" in li.refused(f"{page}land/", landed_on="2020-08-31")
    wang.act(f"{page}reach/", kind="started", planned_on="2020-08-30", reached_on="2020-08-31")
    wang.act(f"{page}report/", month_on="2020-01", amount="0", progress="前期")
    li.act(f"{page}land/", landed_on="2020-08-31")
    assert "已落地" in li.reads(page)

    # The figure counts it, and leads back to it.
    li.page.goto("/projects/")
    li.page.locator("main").get_by_role("link", name=re.compile("%$")).last.click()
    li.page.wait_for_url(re.compile("projects.landing_rate"))
    li.page.locator("main").get_by_role("link", name=re.compile("查看 1 ")).first.click()
    with li.page.expect_navigation():
        li.page.locator("main").get_by_role("link", name=NAME).first.click()
    assert li.page.url.endswith(page)


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1440), ("zh-CN", 1024), ("zh-CN", 390), ("en", 1440)])
def test_lists_say_at_every_width_what_their_rows_are(visit, city, width, language):
    land_pages.furnish(city)
    home = "/en" if language == "en" else ""
    page = visit(city.li, f"{home}/land/lots/", width=width)
    for path in ("lots", "batches", "zones", "contracts"):
        page.goto(f"{home}/land/{path}/")
        assert page.locator("#rows tbody th a").first.is_visible(), path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
