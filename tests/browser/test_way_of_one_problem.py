"""The way of one problem, clicked by the people of the city: from Wang's spreadsheet to a figure of the work report."""

import io
import re

import openpyxl
import pytest

from tests.world import pdf

pytestmark = pytest.mark.browser
HEADERS = ["批次", "县市区", "责任单位", "项目名称", "问题来源", "问题类别", "问题描述", "发现日期"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPED = "先租后让，九月底前交地"


def sheet():
    """Wang's own sheet: a title, a header and three rows; a wrong date in one, an unknown category in another."""
    book = openpyxl.Workbook()
    book.active.title = "桃城区台账"
    for row in [
        ["桃城区问题台账"],
        HEADERS,
        [
            "原有",
            "桃城区",
            "桃城区发改局",
            "汽车零部件项目",
            "自查",
            "用地",
            "土地出让手续滞后。已拖七个月。",
            "2020-05-18",
        ],
        ["原有", "桃城区", "桃城区发改局", "冷链物流项目", "自查", "用电", "专线没有送电。", "2020.13.5"],
        ["新发现", "桃城区", "桃城区发改局", "食品加工项目", "群众举报", "天气", "环评超时。", "2020-06-01"],
    ]:
        book.active.append(row)
    book.active.merge_cells("A1:H1")
    stream = io.BytesIO()
    book.save(stream)
    return {"name": "桃城区问题台账.xlsx", "mimeType": XLSX, "buffer": stream.getvalue()}


def proof(words):
    """A small PDF as a file chooser gives it."""
    return {"name": f"{words}.pdf", "mimeType": "application/pdf", "buffer": pdf(words)}


def press(page, label, **more):
    """Press the one main button with this label; wait for the page that answers."""
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=label, exact=True, **more).click()


def follow(page, label):
    """Follow the one main link with this label."""
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name=label, exact=True).click()


def told(page):
    """What the page says after an act."""
    return page.locator("main [role=status]").first.inner_text()


def figure(page, code):
    """The number on a figure's page."""
    page.goto(f"/indicators/{code}/")
    return int(re.match(r"[\d,]+", page.locator(".big").inner_text())[0].replace(",", ""))


# -- the steps ------------------------------------------------------------------------------------------------


def import_sheet(wang):
    """She uploads her sheet, sees it again with two cells marked, corrects them in place, imports."""
    wang.goto("/intake/upload/")
    wang.locator("input[type=file]").set_input_files(sheet())
    press(wang, "上传并检查")
    assert wang.locator("td.cell-bad input").count() == 2
    assert wang.get_by_role("button", name="全部导入").is_disabled()
    for name, right in [("found_on", "2020-05-13"), ("category", "环评")]:
        wang.locator(f"input[name=cell-{name}]").fill(right)
        with wang.expect_navigation():
            wang.locator("tr", has=wang.locator(f"input[name=cell-{name}]")).get_by_role("button").click()
        assert "已改好" in told(wang)
    assert wang.locator("td.cell-bad").count() == 0
    press(wang, "全部导入")
    assert "已登记 3 件" in wang.locator("main").inner_text()
    wang.goto("/problems/?v=all")
    assert wang.locator("tbody tr").count() == 3
    with wang.expect_navigation():
        wang.locator("tbody th a", has_text="土地出让手续滞后").click()
    return wang.url.partition("?")[0]


def assign(li, problem):
    """The city's office hands it out with a limit and a lead unit."""
    li.goto(problem)
    follow(li, "交办")
    li.locator("#id_lead_unit").select_option(label="市自然资源局")
    li.locator("#id_due_on").fill("2020-09-30")
    press(li, "交办")
    assert "已交办" in li.locator(".steps").inner_text() or "交办" in told(li)


def plan(wang, zhao, problem):
    """Wang claims it and files a plan; Zhao of the lead unit agrees."""
    wang.goto(problem)
    assert wang.get_by_role("button", name="核查通过").count() == 0
    press(wang, "认领")
    follow(wang, "报送整改方案")
    wang.locator("#id_goal").fill("签订出让合同并交地")
    wang.locator("#id_measures").fill("指标全市统筹；先租后让")
    press(wang, "报送整改方案")
    zhao.goto(problem)
    press(zhao, "同意方案")


def prove(wang, problem, scripts=True):
    """One file for each line, then the result and what the ledger claims."""
    wang.goto(problem + "prove/")
    ids = wang.locator("section.ev").evaluate_all("all => all.map(one => one.id.replace('line-', ''))")
    for number in ids:
        wang.locator(f"#file-{number}").set_input_files([proof(f"佐证{number}")])
        if scripts:
            wang.locator(f"#line-{number} .up-f", has_text="已上传").wait_for()
        else:
            with wang.expect_navigation():
                wang.locator(f"#line-{number}").get_by_role("button", name="上传", exact=True).click()
    wang.locator("#id_result").fill("合同已签，土地已交付。")
    for number in ids:
        wang.locator(f"#id_claim-{number}").fill("已经办妥，见所附材料")
    press(wang, "填报结果和证据")
    assert "已办理" in told(wang)
    return len(ids)


def report(wang, chen, sun, problem):
    """Chen signs, Wang reports, the county's office passes it on."""
    chen.goto(problem)
    press(chen, "签字")
    wang.goto(problem)
    press(wang, "报告整改完成")
    sun.goto(problem)
    press(sun, "县级自核通过")


def verify(liu, he, li, problem):
    """Liu and He find ledger and evidence to agree, line by line; Liu verifies, Li closes."""
    for inspector in (liu, he):
        inspector.goto(problem + "check/")
        for number in inspector.locator("input[value=match]").evaluate_all("all => all.map(one => one.id)"):
            inspector.locator(f"label[for={number}]").click()
        press(inspector, "账证核对")
    liu.goto(problem)
    press(liu, "核查通过")
    li.goto(problem)
    press(li, "销号")


# -- the stories ----------------------------------------------------------------------------------------------


def test_from_the_spreadsheet_to_the_report_and_back(enter, settings):
    wang, li, zhao = enter("王建国"), enter("李文静"), enter("赵海")
    problem = import_sheet(wang)
    assign(li, problem)
    plan(wang, zhao, problem)
    assert prove(wang, problem) >= 3
    report(wang, enter("陈立新"), enter("孙丽"), problem)
    liu = enter("刘颖")
    verify(liu, enter("何正"), li, problem)

    assert (figure(li, "problems.closed"), figure(li, "problems.open")) == (1, 2)
    li.goto("/problems/?v=all&status=closed")
    assert "符合 1 件" in li.locator("#rows").inner_text()

    reopen(liu, problem)
    assert (figure(li, "problems.closed"), figure(li, "problems.open")) == (0, 3)
    li.goto("/problems/?v=all&status=closed")
    assert li.locator("tbody tr").count() == 0

    assert figure(li, "problems.overdue") == 0
    settings.LUODI_CLOCK = "2020-09-21T08:00"  # the day after its new limit
    assert figure(li, "problems.overdue") == 1
    report_with_figures(li, enter("周明"))


def reopen(liu, problem):
    """What was closed turns out to be false."""
    liu.goto(problem)
    liu.locator("summary", has_text="更多").click()
    follow(liu, "重新打开")
    liu.locator("#id_cause").select_option(label="虚假整改")
    liu.locator("#id_reason").fill("现场没有交地，合同日期是后补的。")
    liu.locator("#id_due_on").fill("2020-09-20")
    press(liu, "重新打开")


def report_with_figures(li, zhou):
    """Li drafts, opens a figure, follows it to its rows and to the problem; Zhou signs, Li issues and downloads."""
    li.goto("/documents/")
    follow(li, "起草")
    li.get_by_label("文种模板").select_option("work-report")
    press(li, "起草")
    document = li.url
    found = li.locator("a.fig").first
    words = found.inner_text()
    found.click()
    drawer = li.locator("#drawer")
    drawer.wait_for()
    assert drawer.locator(".big").inner_text() in words
    assert "口径" in drawer.inner_text()
    rows = drawer.get_by_role("link", name=re.compile("查看"))
    counted = int(re.search(r"\d+", rows.inner_text())[0])
    with li.expect_navigation():
        rows.click()
    assert li.locator("tbody tr").count() == counted
    with li.expect_navigation():
        li.locator("tbody th a").first.click()
    assert "/problems/" in li.url
    li.goto(document)
    press(li, "报审")
    zhou.goto(document)
    press(zhou, "签批")
    li.goto(document)
    press(li, "印发")
    assert "已冻结" in told(li)
    with li.expect_download() as waiting:
        li.get_by_role("link", name="导出 Word").click()
    assert waiting.value.suggested_filename.endswith(".docx")


def test_what_people_may_not_do_is_not_offered_and_refused(enter, city):
    problem = city.brought_to("self_checked")
    address = f"/problems/{problem.pk}/"
    wang, gao = enter("王建国"), enter("高志强")
    wang.goto(address)
    assert wang.locator("main .acts").get_by_text("核查").count() == 0
    answer = wang.goto(f"{address}check/")
    assert (answer.status, wang.locator("h1").count()) == (403, 1)
    for path in ("", "dossier/", "prove/"):
        answer = gao.goto(address + path)
        assert answer.status == 404
        assert problem.code not in gao.content()
        assert problem.title not in gao.content()
    gao.goto("/problems/?v=all")
    assert problem.title not in gao.content()


def test_a_stale_tab_says_so_and_keeps_what_was_typed(enter, city):
    problem = city.brought_to("claimed")
    wang, qian = enter("王建国"), enter("钱小梅")
    address = f"/problems/{problem.pk}/file-plan/"
    wang.goto(address)
    wang.locator("#id_goal").fill(TYPED)
    wang.locator("#id_measures").fill("指标全市统筹")
    qian.goto(address)
    qian.locator("#id_goal").fill("十月底前交地")
    qian.locator("#id_measures").fill("分期供地")
    press(qian, "报送整改方案")
    wang.locator("main").get_by_role("button", name="报送整改方案").click()
    wang.locator(".errsum").wait_for()
    assert "没有办成" in wang.locator(".errsum").inner_text()
    assert wang.locator("#id_goal").input_value() == TYPED
    assert "十月底前交地" in wang.locator("main").inner_text()


def test_without_scripts_the_same_forms_do(enter, city):
    problem = city.brought_to("assigned")
    wang, zhao = enter("王建国", java_script_enabled=False), enter("赵海", java_script_enabled=False)
    address = f"/problems/{problem.pk}/"
    plan(wang, zhao, address)
    prove(wang, address, scripts=False)
    wang.goto(address)
    assert wang.locator("#lines").count() == 1
    assert wang.locator(".ev .doc a").count() >= 3


def tab_to(page, target, most=60):
    """Press Tab until this has the focus."""
    for _n in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {target} in {most} steps")


def test_by_keyboard_alone(chromium, live_server, city, settings):
    settings.LUODI_DEMO, settings.LUODI_CLOCK = True, "2020-08-31T08:00"
    problem = city.brought_to("assigned")
    page = chromium.new_context(base_url=live_server.url, locale="zh-CN").new_page()
    page.goto("/sign-in/?next=/problems/?v=all")
    tab_to(page, page.locator(".persona", has_text="王建国"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("one => one === document.activeElement")
    page.keyboard.press("Enter")
    tab_to(page, page.locator("#id_q"))
    page.keyboard.type("出让手续")
    with page.expect_response(lambda answer: "q=" in answer.url):
        page.keyboard.press("Enter")
    tab_to(page, page.locator("tbody th a").first)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert f"/problems/{problem.pk}/" in page.url
    tab_to(page, page.get_by_role("button", name="认领", exact=True))
    page.keyboard.press("Enter")
    page.locator("main [role=status]", has_text="已办理").wait_for()
    drawer_by_keyboard(page)
    page.context.close()


def drawer_by_keyboard(page):
    """A figure's drawer takes the focus, Esc closes it and gives the focus back."""
    page.goto("/indicators/")
    link = page.locator("a.fig[data-opens-drawer]").first
    tab_to(page, link)
    page.keyboard.press("Enter")
    page.locator("#drawer h2:focus").wait_for()
    page.keyboard.press("Escape")
    page.locator("#drawer").wait_for(state="detached")
    assert link.evaluate("one => one === document.activeElement")
    assert page.url.endswith("/indicators/")
