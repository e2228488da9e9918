"""A circular and the work report: drafted, edited, a number by hand, signed, issued; and what came later."""

import re
from datetime import date

from luodi.problems import actions as problems
from tests.browser.test_way_of_one_problem import follow, press, told
from tests.world import at

ADDED = "全市共开展督导检查12次，"


def draft(li, template):
    """Li begins a document; its address."""
    li.goto("/documents/draft/")
    li.locator("#id_template").select_option(template)
    press(li, "起草")
    return li.url.partition("?")[0]


def edit_first_paragraph(li):
    """She opens the first paragraph and types a sentence with a number of her own before everything else."""
    follow(li, "修改")
    with li.expect_navigation():
        li.locator(".blk-t a").first.click()
    editor = li.locator(".chips-e")
    assert editor.locator(".chip-f").count() == li.locator("textarea[data-chips]").input_value().count("⟦")
    editor.press("Control+Home")
    li.keyboard.type(ADDED)
    press(li, "保存这一段")
    assert li.locator(".paper a.fig-w", has_text="12次").count() == 1
    follow(li, "改完了")


def give_source(li):
    """The number blocks until she says where it comes from."""
    assert li.get_by_role("button", name="报审").is_disabled()
    assert "手工填写" in li.locator("#why").inner_text()
    li.locator("#why a", has_text="12次").click()
    li.locator("#drawer #id_source").fill("市专班办督导检查登记表（8月）")
    li.locator("#drawer #id_source_on").fill("2020-08-28")
    with li.expect_navigation():
        li.locator("#drawer").get_by_role("button", name="确认来源").click()
    assert li.locator("#why").count() == 0


def sign_and_issue(li, zhou, address):
    """Handed in, signed by the leader, issued with a number."""
    li.goto(address)
    press(li, "报审")
    zhou.goto(address)
    assert zhou.get_by_role("button", name="印发").count() == 0
    press(zhou, "签批")
    li.goto(address)
    press(li, "印发")
    return re.search(r"衡落地办〔2020〕\d+号", told(li))[0]


def test_the_circular_and_the_report_are_issued_and_stay_as_they_were(enter, city):
    city.brought_to("closed")
    city.brought_to("closed", city.problem(batch="new"))
    city.brought_to("assigned")
    li, zhou = enter("李文静"), enter("周明")

    report = draft(li, "work-report")
    edit_first_paragraph(li)
    give_source(li)
    assert sign_and_issue(li, zhou, report) == "衡落地办〔2020〕1号"

    circular = draft(li, "circular")
    assert li.locator(".gw-tb tbody tr").count() >= 2
    assert sign_and_issue(li, zhou, circular) == "衡落地办〔2020〕2号"
    with li.expect_download() as waiting:
        li.get_by_role("link", name="导出 Word").click()
    assert waiting.value.suggested_filename.endswith(".docx")

    closed = city.campaign.problems.filter(status="closed").order_by("pk").first()
    facts = {"cause": "fake_rectification", "reason": "现场没有交地", "due_on": date(2020, 9, 30)}
    problems.reopen(closed, **facts, actor=city.liu, at=at("2020-08-31", 8))
    li.goto(report)
    assert "已印发的文件不变" in li.locator("main").inner_text()
    assert li.locator(".paper a.fig", has_text="12次").count() == 1
    li.locator("summary", has_text="看是哪些").click()
    li.locator(".note a[data-opens-drawer]", has_text="已销号问题").first.click()
    drawer = li.locator("#drawer")
    drawer.wait_for()
    assert re.search(r"印发时（.*）\s+2 件", drawer.inner_text())
    assert re.search(r"现在重算.*\s+1 件", drawer.inner_text())
    with li.expect_navigation():
        drawer.get_by_role("link", name=re.compile("后来不计 1 条")).click()
    assert closed.code in li.locator("tbody").inner_text() or closed.title in li.locator("tbody").inner_text()


def test_without_scripts_the_tokens_are_edited_in_a_box(enter, city):
    city.brought_to("closed")
    li = enter("李文静", java_script_enabled=False)
    address = draft(li, "work-report")
    follow(li, "修改")
    with li.expect_navigation():
        li.locator(".blk-t a").first.click()
    box = li.locator("textarea[data-chips]")
    token = re.search("⟦[^⟧]+⟧", box.input_value())[0]
    box.fill(f"截至月底，共{token}。")
    li.locator("#figure").select_option("problems.closed")
    press(li, "插入")
    assert li.locator("textarea[data-chips]").input_value().endswith("⟦·problems.closed⟧")
    press(li, "保存这一段")
    li.goto(address)
    assert li.locator(".paper p[id] a.fig").count() >= 2
