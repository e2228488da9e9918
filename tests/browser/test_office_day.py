"""A day in the office, by mouse, by keyboard alone and on a 390 px phone: list, views, many at once, applications,
drafts, import, notices, search."""

import re
from datetime import date

import pytest

from luodi.amendments import actions as amendments
from luodi.amendments.models import Amendment
from luodi.orgs.models import Draft
from luodi.problems.models import Problem
from tests.browser.test_way_of_one_problem import sheet
from tests.world import at

pytestmark = pytest.mark.browser
NOW = "2020-08-31T14:32"
KEPT = re.compile(r"已暂存 \d\d:\d\d")  # the clock of the demo runs


@pytest.fixture(autouse=True)
def afternoon(settings):
    settings.LUODI_CLOCK = NOW


@pytest.fixture
def desk(city):
    """Three of Taocheng in work, each with an application that waits; two not assigned yet."""
    city.rows = [city.brought_to("rectifying", city.problem(title=f"第{n}件土地出让滞后")) for n in range(3)]
    for row in city.rows:
        facts = {"new_due_on": date(2020, 11, 30), "reason": "协议还差两户"}
        amendments.ask_extension(row, **facts, actor=city.wang, at=at("2020-06-20"))
    city.fresh = [city.problem(title=f"新报第{n}件") for n in range(2)]
    return city


def fits(page):
    """Nothing sticks out to the right."""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def reach(page, target, most=90):
    """Press Tab until this has the focus, and it can be seen."""
    for _n in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            assert target.is_visible()
            return
    raise AssertionError(f"Tab does not reach {target} in {most} steps")


def press(page, target, key="Enter", most=90):
    """Reach it by Tab and press it; wait for the page that answers."""
    reach(page, target, most)
    with page.expect_navigation():
        page.keyboard.press(key)


def button(page, name):
    return page.locator("main").get_by_role("button", name=name, exact=True)


def link(page, name):
    return page.locator("main").get_by_role("link", name=name, exact=True)


def test_the_list_by_keyboard_alone(desk, visit):
    page = visit(desk.li, "/problems/?v=all")
    reach(page, page.locator("select[name=status]"))
    with page.expect_response(lambda answer: "status=registered" in answer.url):
        for _n in range(3):
            page.keyboard.press("ArrowDown")
    page.locator("#rows tbody tr").nth(2).wait_for(state="detached")
    press(page, link(page, "保存当前视图"))
    reach(page, page.locator("#id_name"))
    page.keyboard.type("待交办的")
    press(page, button(page, "保存视图"))
    assert page.locator("#views [aria-current]").inner_text().startswith("待交办的")
    reach(page, page.locator("thead [data-all]"))
    page.keyboard.press("Space")
    assert "已选 2 件" in page.locator(".bulk").inner_text()
    page.keyboard.press("Shift+Tab")
    reach(page, page.locator(".bulk").get_by_role("button", name="交办", exact=True))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "批量交办：2 件" in page.locator("h1").inner_text()
    press(page, button(page, "交办这 2 件"))
    assert "已办理 2 件" in page.locator("main").inner_text()
    assert Problem.objects.filter(status="assigned").count() == 2


def test_applications_by_keyboard_alone(desk, visit):
    page = visit(desk.li, "/")
    press(page, link(page, "全部申请"))
    boxes = page.locator("tbody .ckl input")
    for box in (boxes.nth(0), boxes.nth(2)):
        reach(page, box)
        page.keyboard.press("Space")
    page.locator(".skip").focus()
    press(page, button(page, "批复选中的"))
    assert "批复 2 件申请" in page.locator("h1").inner_text()
    reach(page, page.locator("#id_approved input").first)
    page.keyboard.press("Space")
    press(page, button(page, "批复这 2 件"))
    assert "已批准 2 件申请" in page.locator("main").inner_text()
    assert Amendment.objects.filter(approved=True).count() == 2


def test_through_the_filter_by_acts(desk, visit):
    """«办完，下一件» from one problem to the next, by mouse."""
    for row in desk.fresh:
        desk.do(row, "assign", at("2020-08-30"))
    page = visit(desk.wang, "/problems/?v=all&status=assigned&sort=code")
    page.locator("tbody th a").first.click()
    page.wait_for_url("**/problems/*/?from=*")
    for code in (desk.fresh[1].code,):
        page.get_by_role("button", name="认领，下一件").click()
        page.wait_for_url("**/problems/*/?from=*")
        assert code in page.locator("main .meta").first.inner_text()
    page.get_by_role("button", name="认领，下一件").click()
    page.wait_for_url("**/problems/?v=all*")
    assert "已经是列表中的最后一件" in page.locator("main").inner_text()


def test_what_is_typed_is_kept_without_being_asked(desk, visit):
    page = visit(desk.wang, "/problems/register/")
    page.fill("#id_title", "电力增容没有落实")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("#id_project_name").focus()
    page.get_by_text(KEPT).wait_for()
    page.goto("/problems/")
    page.goto("/problems/register/")
    assert page.input_value("#id_title") == "电力增容没有落实"
    assert "已恢复您" in page.locator("main").inner_text()
    page.get_by_role("button", name="不要了，重新填").click()
    page.wait_for_load_state()
    assert page.input_value("#id_title") == ""
    assert not Draft.objects.exists()


def test_a_draft_without_scripts(desk, visit):
    page = visit(desk.wang, "/problems/register/", java_script_enabled=False)
    page.fill("#id_title", "电力增容没有落实")
    page.get_by_role("button", name="暂存", exact=True).click()
    assert KEPT.search(page.locator("main").inner_text())
    assert page.input_value("#id_title") == "电力增容没有落实"


def test_search_and_notices_by_keyboard_alone(desk, visit):
    page = visit(desk.wang, "/")
    reach(page, page.locator("header [name=q]"))
    page.keyboard.type("第1件")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press(page, page.locator("main .todo a").first)
    assert "第1件" in page.locator("h1").inner_text()
    page.goto("/notices/preferences/")
    box = page.locator("main input[type=checkbox]").first
    before = box.is_checked()
    reach(page, box)
    page.keyboard.press("Space")
    press(page, page.locator("main form button").last)
    page.goto("/notices/preferences/")
    assert page.locator("main input[type=checkbox]").first.is_checked() != before


def test_the_import_by_keyboard_alone(desk, visit):
    page = visit(desk.wang, "/intake/upload/")
    chooser = page.locator("main input[type=file]")
    reach(page, chooser)
    chooser.set_input_files([sheet()])  # the system's own window is not ours
    press(page, button(page, "上传并检查"))
    wrong = page.locator("input.form-control[aria-invalid]").first
    reach(page, wrong)
    page.keyboard.press("Control+a")
    page.keyboard.type("2020-05-13")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    good = page.locator("main").get_by_role("button", name="只导入无误的")
    press(page, good)
    assert Problem.objects.filter(project_name="冷链物流项目").exists()


def test_on_a_phone(desk, visit):
    """The list, a problem and an act on it, applications, drafts, search, notices: nothing sticks out."""
    page = visit(desk.li, "/problems/?v=all", width=390, height=844, has_touch=True, is_mobile=True)
    assert fits(page)
    page.locator(".more:not(.picks) > summary").tap()
    page.select_option("select[name=source]", "self_check")
    page.wait_for_url("**source=self_check*")
    page.locator("#rows tbody tr").first.locator("th a").tap()
    page.wait_for_url("**/problems/*/?from=*")
    assert fits(page)
    for path in ("/problems/amendments/", "/problems/register/", "/search/?q=土地", "/notices/preferences/",
                 "/problems/views/", "/intake/upload/"):  # fmt: skip
        page.goto(path)
        assert fits(page), path
    page.goto("/problems/amendments/")
    page.locator("tbody th a").first.tap()
    page.wait_for_url("**/amendments/*/")
    page.locator("#id_approved input").first.tap()
    page.get_by_role("button", name="提交批复").tap()
    page.locator("main [role=status]", has_text="已批准").wait_for()
    assert fits(page)
    assert Amendment.objects.filter(approved=True).count() == 1
