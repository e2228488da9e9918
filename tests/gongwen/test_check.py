"""The check finds each planted fault, and nothing in documents without a fault, whichever program wrote them."""

import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx as python_docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from hypothesis import given, settings
from hypothesis import strategies as st

from luodi.gongwen.check import RULES, check
from luodi.gongwen.docx import build
from luodi.gongwen.model import Attachment, Heading, Paragraph, Table
from luodi.gongwen.rules import Unfit
from tests.gongwen.foreign import typed
from tests.gongwen.planted import FAULTS, font, lie, rewrite, row, size
from tests.gongwen.samples import SENTENCE, circular, minutes

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
NAMES = [f"{rule}: {what}" for rule, what, _plant in FAULTS]


def blamed(content: bytes) -> set[str]:
    """Return the rules with something to say against a document."""
    return {finding.rule for finding in check(content) if finding.severity != "pass"}


def planted(content: bytes, plant) -> bytes:
    opened = python_docx.Document(io.BytesIO(content))
    plant(opened)
    kept = io.BytesIO()
    opened.save(kept)
    return kept.getvalue()


@pytest.fixture(scope="module")
def resaved(tmp_path_factory) -> bytes:
    """Return our circular, opened and saved again by LibreOffice."""
    if OFFICE is None:
        pytest.skip("LibreOffice 没有安装，不能另存公文。")
    folder = tmp_path_factory.mktemp("resaved")
    (folder / "own.docx").write_bytes(build(circular()))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [OFFICE, profile, "--headless", "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder / "out")]
    subprocess.run([*command, str(folder / "own.docx")], check=True, capture_output=True, timeout=600)
    return (folder / "out" / "own.docx").read_bytes()


@pytest.mark.parametrize(("rule", "what", "plant"), FAULTS, ids=NAMES)
def test_a_fault_in_our_own_document_is_found_and_nothing_else(rule, what, plant):
    assert blamed(planted(build(circular()), plant)) == {rule}


@pytest.mark.parametrize(("rule", "what", "plant"), FAULTS, ids=NAMES)
def test_a_fault_in_a_document_typed_without_styles_is_found_and_nothing_else(rule, what, plant):
    assert blamed(planted(typed(), plant)) == {rule}


@pytest.mark.render
@pytest.mark.parametrize(("rule", "what", "plant"), FAULTS, ids=NAMES)
def test_a_fault_in_a_document_saved_by_libreoffice_is_found_and_nothing_else(resaved, rule, what, plant):
    assert blamed(planted(resaved, plant)) == {rule}


def test_nothing_is_found_in_documents_typed_well():
    assert blamed(typed()) == set()


@pytest.mark.render
def test_nothing_is_found_in_what_libreoffice_saved(resaved):
    assert blamed(resaved) == set()


NOTED = Table(
    ("县市区", "整改率"),
    (("桃城区", "95.2%"), ("冀州区", "—")),
    note=f"整改率为已整改件数占应整改件数的比例；“—”表示没有应整改的问题。{SENTENCE}",
)
KINDS = {
    "circular": {},
    "upward": {"signer": "张三", "red_head": "衡水市人民政府文件", "organ": "衡水市人民政府"},
    "without head": {"red_head": None},
    "without number": {"red_head": None, "doc_number": ""},
    "without attachments": {"attachments": ()},
    "one attachment": {"attachments": (Attachment("名单", (Paragraph(SENTENCE),)),)},
    "three attachments": {"attachments": tuple(Attachment(name, (Paragraph(SENTENCE),)) for name in "甲乙丙")},
    "without note": {"note": ""},
    "short organ": {"red_head": None, "organ": "衡水市政府"},
    "late day": {"signed_on": date(2020, 12, 31), "print_on": date(2021, 1, 1)},
    "text only": {"blocks": (Paragraph(SENTENCE),), "attachments": (), "note": ""},
    "run-in headings": {"blocks": (Heading(1, "甲"), Heading(2, "明确责任。", body=SENTENCE), Heading(2, "乙"))},
    "numbers by hand": {"blocks": (Heading(1, "一、甲", numbered=False), Heading(2, "（一）乙", numbered=False))},
    "organ with a quotation": {"organ": "整改“回头看”领导小组办公室", "red_head": "整改“回头看”领导小组办公室文件"},
    "sealed": {"sealed": True},
    "sealed by a short name": {"sealed": True, "organ": "衡水市人民政府", "red_head": "衡水市人民政府文件"},
    "joint": {"joint": ("衡水市自然资源和规划局", "衡水市财政局")},
    "numbered, secret and urgent": {"copy_number": "000001", "secrecy": "机密★1年", "urgency": "特急"},
    "table with a long note": {"blocks": (NOTED, Paragraph(SENTENCE))},
    "table with a numbered note last": {"blocks": (Paragraph(SENTENCE), replace(NOTED, note="1.件数以台账为准。"))},
    "noted table in an attachment": {"attachments": (Attachment("各县市区情况", (NOTED,)),)},
    "table last": {"blocks": (Paragraph(SENTENCE), Table(("县市区", "在办"), (("桃城区", "12"),), note="单位：件"))},
}


@pytest.mark.parametrize("changes", KINDS.values(), ids=KINDS)
def test_nothing_is_found_in_our_own_documents(changes):
    found = [f for f in check(build(circular(**changes))) if f.severity != "pass"]
    assert found == []


@pytest.mark.parametrize(
    ("below", "words", "lead", "rule"),
    [
        (Paragraph("下一步继续整改。"), "下一步", 640, "body-size"),
        (Heading(1, "下一步工作"), "一、", 0, "heading-size"),
    ],
)
def test_what_begins_like_the_text_below_a_table_is_no_note_however_small(below, words, lead, rule):
    def plant(document):
        size(row(document, words), 12)
        lie(row(document, words), firstLine=lead)

    plain = replace(NOTED, note="")
    assert rule in blamed(planted(build(circular(blocks=(Paragraph(SENTENCE), plain, below))), plant))


def test_a_document_as_it_leaves_a_bare_word_processor_is_read_to_its_end():
    """All in 11 points: what follows a table is its text all the same, and the grid is counted on what there is."""
    document = python_docx.Document()
    document.add_heading("关于整改情况的报告", 1)
    document.add_paragraph("市政府：")
    document.add_paragraph(SENTENCE)
    document.add_table(rows=2, cols=2).cell(1, 1).text = "1610"
    document.add_paragraph(f"下一步,{SENTENCE}")
    document.add_paragraph("二〇二〇年八月三十一日")
    kept = io.BytesIO()
    document.save(kept)
    assert {"half-width", "date-form", "lines", "characters", "body-size"} <= blamed(kept.getvalue())
    (size,) = [f for f in check(kept.getvalue()) if f.rule == "body-size"]
    assert "等 3 处" in size.place  # recipients, text, and the text below the table


def test_nothing_is_found_in_our_own_minutes():
    assert blamed(build(minutes())) == set()


HEAD = {"copy_number": "000001", "secrecy": "机密★1年", "urgency": "特急", "signer": "张三"}
HEAD_FAULTS = [
    ("copy-number", lambda d: rewrite(row(d, "000001"), "000001", "0001")),
    ("secrecy", lambda d: rewrite(row(d, "机密"), "★", "*")),
    ("secrecy", lambda d: font(row(d, "机密"), "仿宋_GB2312")),
    ("urgency", lambda d: rewrite(row(d, "特急"), "特急", "急件")),
    ("urgency", lambda d: lie(row(d, "特急"), firstLine=640)),
    ("head-order", lambda d: row(d, "000001")._p.addprevious(row(d, "特急")._p)),
    ("signer", lambda d: font(row(d, "衡清办"), "仿宋_GB2312")),
]


@pytest.mark.parametrize(("rule", "plant"), HEAD_FAULTS)
def test_faults_in_the_head_are_found(rule, plant):
    assert blamed(planted(build(circular(**HEAD)), plant)) == {rule}


def test_faults_in_minutes_are_found():
    content = build(minutes())
    assert blamed(planted(content, lambda d: font(row(d, "出席"), "仿宋_GB2312"))) == {"attendance"}
    assert blamed(planted(content, lambda d: rewrite(row(d, "出席"), "：", ":"))) == {"attendance"}


def test_a_draft_is_told_that_its_date_is_empty_and_no_more():
    (only,) = [f for f in check(build(circular(signed_on=None))) if f.severity != "pass"]
    assert (only.rule, only.severity, only.found) == ("date-form", "warn", "日期还空着")


def test_a_finding_says_where_what_and_how():
    plant = next(plant for rule, what, plant in FAULTS if what == "level 1 in 仿宋")
    (finding, *_) = check(planted(build(circular()), plant))
    assert (finding.severity, finding.clause, finding.place) == ("fail", "GB/T 9704 7.3.3", "第 6 段（一、总体要求）")
    assert (finding.found, finding.expected, finding.remedy) == ("仿宋_GB2312", "第1层用黑体", "把这个标题改为黑体。")


def test_the_same_fault_in_many_places_is_one_finding():
    def plant(document):
        for paragraph in document.paragraphs:
            if paragraph.text.startswith(("截至", "第一步")):
                for run in paragraph.runs:
                    run.font.size = 12 * 12700

    (finding,) = [f for f in check(planted(build(circular()), plant)) if f.rule == "body-size"]
    assert re.fullmatch(r"第 5 段（.*）等 2 处", finding.place)


def test_worst_comes_first_and_rules_without_their_part_say_nothing():
    found = check(build(circular(print_organ="", print_on=None)))
    assert [f.severity for f in found] == sorted((f.severity for f in found), key=["fail", "warn", "pass"].index)
    assert {"secrecy", "signer", "urgency"}.isdisjoint(f.rule for f in found)


def test_every_rule_has_its_own_name_a_clause_and_a_planted_fault_or_a_reason():
    keys = [rule.key for rule in RULES]
    assert len(keys) == len(set(keys))
    assert all(rule.name and rule.clause for rule in RULES)
    assert {rule for rule, _what, _plant in FAULTS} <= set(keys)


@pytest.mark.parametrize(
    "lines",
    [
        ["随便写的几句话。"],
        ["标题", "", "正文一段。"],
        ["附件：", "附件1", "附件2：名单"],
        ["2020年8月31日"],
        ["（一）", "一、", "1.", "（1）", "一", "）", "“"],
        ["抄送：", "印发"],
        [],
    ],
)
def test_odd_documents_are_checked_without_an_error(lines):
    document = python_docx.Document()
    for line in lines:
        document.add_paragraph(line)
    kept = io.BytesIO()
    document.save(kept)
    assert check(kept.getvalue())


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text("一二（1）()、.：:附件抄送印发年月日20关于的通知。 　", max_size=14), max_size=14))
def test_any_lines_are_checked_without_an_error(lines):
    document = python_docx.Document()
    for line in lines:
        document.add_paragraph(line)
    kept = io.BytesIO()
    document.save(kept)
    assert all(finding.place and finding.expected for finding in check(kept.getvalue()))


def test_no_docx_is_refused():
    with pytest.raises(Unfit, match="PDF"):
        check(b"%PDF-1.4")


def gridded(points: float, line_pitch: int, char_space: int) -> bytes:
    """Return a text of 3号 whose lines and characters stand on a grid of the page, as Word sets it."""
    document = python_docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = map(Mm, (37, 35, 28, 26))
    document.styles["Normal"].font.size = Pt(points)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = f'<w:docGrid {nsdecls("w")} w:type="linesAndChars" w:linePitch="{line_pitch}" w:charSpace="{char_space}"/>'
    section._sectPr.append(parse_xml(grid))
    for line in ("关于开展检查的通知", "", "各县市区：", SENTENCE):
        row = document.add_paragraph()
        row.paragraph_format.line_spacing, row.paragraph_format.space_after = 1.0, Pt(0)
        row.add_run(line).font.size = Pt(16)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("points", "line_pitch", "char_space", "wrong"),
    [
        (16, 579, -849, set()),  # the grid of domain.md 3.5
        (10.5, 579, 21679, {"characters"}),  # a grid made for 5号: 3号 then takes 20 characters
        (16, 312, -849, {"lines"}),  # Word's own pitch: a line of 3号 takes two of its lines
    ],
)
def test_a_grid_of_the_page_counts_as_word_counts_it(points, line_pitch, char_space, wrong):
    assert blamed(gridded(points, line_pitch, char_space)) & {"lines", "characters"} == wrong


def test_the_same_sign_wrong_in_many_paragraphs_is_one_finding():
    def plant(document):
        for start in ("截至", "第一步"):
            rewrite(row(document, start), "，", ",")

    (finding,) = [f for f in check(planted(build(circular()), plant)) if f.rule == "half-width"]
    assert finding.place.endswith("等 2 处")
    assert finding.found == "半角标点“,”"


def test_the_paper_on_the_check_lists_every_rule():
    told = (Path(__file__).parents[2] / "docs" / "gongwen.md").read_text()
    assert re.findall(r"^\| `([a-z-]+)` \|", told, re.MULTILINE) == [rule.key for rule in RULES]


def _framed(side: str, *, box: bool = False):
    """Return a plant that puts the only page number into a frame (Word) or a text box (WPS) at a side of the page."""
    anchor = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"

    def plant(document):
        for element in document.settings.element.findall(qn("w:evenAndOddHeaders")):
            document.settings.element.remove(element)
        paragraph = document.sections[0].footer.paragraphs[0]._p
        if not box:
            frame = f'<w:framePr {nsdecls("w")} w:wrap="around" w:vAnchor="text" w:hAnchor="margin" w:xAlign="{side}"/>'
            paragraph.get_or_add_pPr().insert(0, parse_xml(frame))
            return
        drawing = (
            f'<w:p {nsdecls("w")} xmlns:wp="{anchor}"><w:r><w:drawing><wp:anchor><wp:positionH relativeFrom="margin">'
            f"<wp:align>{side}</wp:align></wp:positionH><w:txbxContent/></wp:anchor></w:drawing></w:r></w:p>"
        )
        outer = parse_xml(drawing)
        paragraph.addprevious(outer)
        outer.find(f".//{qn('w:txbxContent')}").append(paragraph)

    return plant


@pytest.mark.parametrize("box", [False, True], ids=["frame", "text box"])
@pytest.mark.parametrize(("side", "wrong"), [("outside", set()), ("center", {"page-number-side"})])
def test_a_page_number_in_a_frame_stands_where_the_frame_stands(side, wrong, box):
    assert blamed(planted(typed(), _framed(side, box=box))) == wrong
