"""Wang has a text proofread in a real browser: from a finding to its place and back, on a phone too."""

import os
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = (
    "关于项目落地难问题整改工作进展情况的报告\n"
    "一、总体情况\n"
    "截至8月13日，累计新建、修改、废止、保留制度232件，其中，新建制度146件、修订制度14件、保留制度65件、废止制度7件。"
    "74项计划开工项目68项实现开工建设，开工率91.9%。受理群众来信来访852件，办结803件，办结率96.2%。\n"
    "截至2020年6月末，重点项目贷款投放余额162.77亿元，较年初增加17.95亿元，其中，京津冀协同相关项目贷款73.21亿元，"
    "国家级重点项目2.74亿元，省级重点项目30.93亿元，地市及以下重点项目23.50亿元。\n"
    "7月12日召开各县市区和市直责任部门阶段总结暨推进工作协调（调度）会，会上听取各单位汇报、安排部署主要工作、讨论交叉互查、明察暗访工作方案。\n"
    "7月13日，召开工作协调（调度）会，听取市直部门和各县市区汇报，安排交叉互查、明察暗访等工作。发现问题2件，销号率50.0%。"
)


@pytest.fixture(autouse=True)
def late_august(settings):
    settings.LUODI_CLOCK = "2020-08-31T08:00"


def _look(page, name):
    if folder := os.environ.get("LUODI_LOOK"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_from_a_finding_to_its_place_and_back(visit, city):
    city.problem()
    page = visit(city.li, "/proofreading/")
    _look(page, "proofs")
    page.get_by_label("或粘贴文字").fill(TEXT)
    page.get_by_role("button", name="校核", exact=True).click()
    page.get_by_role("heading", name="核对结果").wait_for()
    _look(page, "proof")
    page.locator("#r1").get_by_role("link").first.click()
    place = page.url.partition("#")[2]
    assert page.locator(f"#{place}.mk-contradicts").is_visible()
    page.locator(f"#{place}").click()
    assert page.url.endswith("#r1")
    page.locator(".proof-sum").get_by_role("link", name="不符").click()
    assert page.locator(".proof-f li").count() < page.locator(".mk").count()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    _look(page, "proof-390")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 1440, "height": 900})
    _look(page, "proof-dark")
