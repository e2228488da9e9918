import io
import zipfile
from datetime import date
from xml.etree import ElementTree

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.gongwen import layout
from luodi.gongwen.docx import build
from luodi.gongwen.fonts import Fonts
from luodi.gongwen.model import Attachment, Heading, Paragraph, Run, Table
from tests.gongwen.samples import W, circular, minutes, paragraphs, part, style, styled, text


def test_the_same_document_gives_the_same_bytes():
    assert build(circular()) == build(circular())


def test_another_font_or_another_word_gives_other_bytes():
    assert build(circular()) != build(circular(), Fonts(body="仿宋"))
    assert build(circular()) != build(circular(note="此件不公开"))


def test_nothing_in_the_package_tells_when_or_where_it_was_built():
    with zipfile.ZipFile(io.BytesIO(build(circular()))) as archive:
        assert {(e.date_time[0], e.create_system, e.compress_type) for e in archive.infolist()} == {(1980, 0, 0)}
        assert b"2020-08-31T00:00:00Z" in archive.read("docProps/core.xml")


def test_another_library_opens_it():
    opened = docx.Document(io.BytesIO(build(circular())))
    assert opened.core_properties.created.date() == date(2020, 8, 31)
    assert opened.tables[0].cell(1, 2).text == "95.2%"


PARAGRAPH_ORDER = [
    "pStyle",
    "keepNext",
    "keepLines",
    "pageBreakBefore",
    "widowControl",
    "pBdr",
    "tabs",
    "overflowPunct",
    "autoSpaceDE",
    "autoSpaceDN",
    "adjustRightInd",
    "snapToGrid",
    "spacing",
    "ind",
    "jc",
    "outlineLvl",
]
RUN_ORDER = ["rStyle", "rFonts", "b", "color", "spacing", "w", "kern", "sz", "szCs", "lang"]


@pytest.mark.parametrize("name", ["document", "styles", "footer1", "footer2"])
def test_properties_stand_in_the_order_of_the_schema(name):
    root = part(circular(signer="张三"), f"word/{name}.xml")
    for tag, order in (("pPr", PARAGRAPH_ORDER), ("rPr", RUN_ORDER)):
        for properties in root.iter(f"{W}{tag}"):
            places = [order.index(child.tag.removeprefix(W)) for child in properties]
            assert places == sorted(set(places)), ElementTree.tostring(properties)


def test_the_paper_and_its_margins_are_those_of_the_standard():
    size, margins = (part(circular()).find(f".//{W}{name}") for name in ("pgSz", "pgMar"))
    assert (size.get(f"{W}w"), size.get(f"{W}h")) == ("11906", "16838")
    assert [margins.get(f"{W}{side}") for side in ("top", "right", "bottom", "left")] == [
        "2098",
        "1474",
        "1984",
        "1588",
    ]
    assert part(circular()).find(f".//{W}docGrid") is None


def test_the_title_stands_two_blank_lines_under_the_red_line():
    row = paragraphs(circular())
    at = [style(p) for p in row].index("Title")
    assert [text(p) for p in row[at - 2 : at]] == ["", ""]
    assert row[at - 3].find(f".//{W}bottom").get(f"{W}color") == "FF0000"
    assert [text(p) for p in row[at + 1 : at + 3]] == ["", "各县市区人民政府，市直有关部门："]


def test_without_a_head_the_title_is_the_first_paragraph():
    assert style(paragraphs(circular(red_head=None))[0]) == "Title"


def test_a_number_without_a_head_stands_under_the_title():
    assert styled(circular(red_head=None), "DocNumber") == ["衡清办〔2020〕5号"]


def test_only_upward_documents_name_their_signer():
    assert styled(circular(), "DocNumber") == ["衡清办〔2020〕5号"]
    assert styled(circular(signer="张三"), "DocNumber") == ["衡清办〔2020〕5号\t签发人：张三"]


def test_the_four_levels_have_their_numbers_and_fonts():
    made = circular()
    shown = [styled(made, f"Heading{depth}") for depth in (1, 2, 3, 4)]
    assert shown == [
        ["一、总体要求", "二、整改情况"],
        ["（一）工作目标"],
        ["1.时间安排"],
        ["（1）排查阶段", "（2）整改阶段"],
    ]
    fonts = {
        s.get(f"{W}styleId"): s.find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia")
        for s in part(made, "word/styles.xml").findall(f"{W}style")
        if s.find(f"{W}rPr/{W}rFonts") is not None
    }
    assert [fonts[f"Heading{d}"] for d in (1, 2, 3, 4)] == ["黑体", "楷体_GB2312", "仿宋_GB2312", "仿宋_GB2312"]
    assert (fonts["Title"], fonts["OrganMark"], fonts["Footer"]) == ("方正小标宋简体", "方正小标宋简体", "宋体")


def test_fonts_are_named_with_a_substitute_and_never_embedded():
    table = part(circular(), "word/fontTable.xml")
    named = {f.get(f"{W}name"): f.find(f"{W}altName").get(f"{W}val") for f in table.findall(f"{W}font")}
    assert named["仿宋_GB2312"] == "仿宋"
    assert set(named) == {"方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "Times New Roman"}
    with zipfile.ZipFile(io.BytesIO(build(circular()))) as archive:
        assert not [
            name for name in archive.namelist() if "font" in name.lower() and not name.endswith("fontTable.xml")
        ]


def test_a_heading_may_run_into_its_paragraph():
    made = circular(blocks=(Heading(1, "甲"), Heading(2, "明确责任。", body="各部门负责。")))
    (row,) = [p for p in paragraphs(made) if style(p) == "RunInHeading"]
    assert text(row) == "（一）明确责任。各部门负责。"
    assert [e.get(f"{W}val") for e in row.iter(f"{W}rStyle")] == ["Kai", "Kai"]


def test_a_paragraph_is_indented_by_two_characters():
    (body,) = [s for s in part(circular(), "word/styles.xml").iter(f"{W}style") if s.get(f"{W}styleId") == "BodyText"]
    assert body.find(f".//{W}ind").get(f"{W}firstLineChars") == "200"


def test_figures_are_ordinary_runs():
    made = circular(blocks=(Paragraph((Run("共"), Run("1610", bold=True), Run("件"))),))
    (row,) = [p for p in paragraphs(made) if style(p) == "BodyText" and text(p) == "共1610件"]
    assert [e.text for e in row.iter(f"{W}t")] == ["共", "1610", "件"]


def test_attachments_are_listed_numbered_only_if_several():
    assert styled(circular(), "AttachmentNote") == ["附件：1.分组名单", "2.评分标准"]
    assert styled(circular(attachments=(Attachment("名单"),)), "AttachmentNote") == ["附件：名单"]
    assert styled(circular(attachments=()), "AttachmentNote") == []


def test_an_attachment_with_content_begins_its_own_page():
    made = circular()
    assert styled(made, "AttachmentMark") == ["附件1"]
    (mark,) = [p for p in paragraphs(made) if style(p) == "AttachmentMark"]
    assert mark.find(f".//{W}pageBreakBefore") is not None


def test_the_signature_and_note_follow_the_text():
    assert styled(circular(), "Signature") == ["衡水市专项清理工作领导小组办公室", "2020年8月31日"]
    assert "（此件公开发布）" in styled(circular(), "BodyText")
    assert styled(circular(signed_on=None), "Signature")[1] == "　　年　月　日"


def test_the_imprint_is_the_last_paragraph():
    box = paragraphs(circular())[-1]
    assert [text(p) for p in box.iter(f"{W}p") if style(p) == "Imprint"] == [
        "抄送：市委办公室，市政府办公室。",
        "衡水市专项清理工作领导小组办公室\t2020年9月1日印发",
    ]
    edges = box.find(f".//{W}tblBorders")
    assert [edges.find(f"{W}{e}").get(f"{W}sz") for e in ("top", "insideH", "bottom")] == ["8", "6", "8"]
    assert not list(part(circular(copies_to=(), print_organ="", print_on=None)).iter(f"{W}txbxContent"))


def test_page_numbers_stand_at_the_outer_edge():
    settings = part(circular(), "word/settings.xml")
    assert settings.find(f"{W}evenAndOddHeaders") is not None
    for name, side in (("footer1", "right"), ("footer2", "left")):
        footer = part(circular(), f"word/{name}.xml")
        assert "".join(e.text for e in footer.iter(f"{W}t")) == "— 1 —"
        assert footer.find(f".//{W}jc").get(f"{W}val") == side
        assert footer.find(f".//{W}ind").get(f"{W}{side}") == "280"


def test_a_table_fills_the_type_area_and_repeats_its_head():
    table = part(circular()).find(f".//{W}tbl")
    assert [int(c.get(f"{W}w")) for c in table.iter(f"{W}gridCol")] == [1474, 2948, 4422]
    assert [row.find(f".//{W}tblHeader") is not None for row in table.findall(f"{W}tr")] == [True, False, False]
    sides = [p.find(f".//{W}jc").get(f"{W}val") for p in table.findall(f"{W}tr")[1].iter(f"{W}p")]
    assert sides == ["center", "center", "right"]


def test_a_note_stands_under_its_table():
    made = circular(blocks=(Table(("县市区", "在办"), (("桃城区", "12件"), ("冀州区", "—")), note="单位：件"),))
    assert styled(made, "TableNote") == ["单位：件"]
    sides = [p.find(f".//{W}jc").get(f"{W}val") for p in part(made).findall(f".//{W}tr")[2].iter(f"{W}p")]
    assert sides == ["center", "right"]


def test_two_tables_in_a_row_stay_two():
    made = circular(blocks=(Table(("甲",), (("1",),)), Table(("乙",), (("2",),))))
    body = list(part(made).find(f"{W}body"))
    places = [n for n, e in enumerate(body) if e.tag == f"{W}tbl"]
    assert places[1] - places[0] == 2


@given(st.lists(st.floats(0.1, 100), min_size=1, max_size=12))
def test_columns_always_add_up_to_the_type_area(shares):
    assert sum(layout.column_widths(tuple(shares))) == layout.AREA_WIDTH


@given(st.text(max_size=60))
def test_any_text_gives_well_formed_markup(words):
    made = circular(blocks=(Paragraph(words), Table(("表",), ((words,),))), organ=words, recipients=(words,))
    assert part(made) is not None


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于开展检查的通知", ["关于开展检查的通知"]),
        ("甲\n关于乙的通知", ["甲", "关于乙的通知"]),
        (
            "衡水市工程建设领域突出问题专项清理工作领导小组办公室关于开展交叉检查工作的通知",
            ["衡水市工程建设领域突出问题", "专项清理工作领导小组办公室", "关于开展交叉检查工作的通知"],
        ),
    ],
)
def test_a_title_breaks_where_words_end(title, lines):
    assert layout.title_lines(title) == lines


@given(st.text("衡水市关于的通知和、《》工程建设问题", min_size=1, max_size=70))
def test_breaking_a_title_loses_nothing(title):
    lines = layout.title_lines(title)
    assert "".join(lines) == title
    assert len(lines) == 1 or max(map(len, lines)) <= layout.TITLE_CHARS


@given(st.integers(1, 40))
def test_the_mark_fits_one_line_while_it_stays_legible(length):
    points, scale = layout.head_size("衡" * length)
    assert points * length * scale / 100 <= layout.AREA_WIDTH / 20 or (points, scale) == (30, 58)


@given(st.integers(1, 24), st.sampled_from(["2020年8月31日", "2020年12月31日", "2021年1月1日"]))
def test_the_date_begins_two_characters_after_the_organ_and_the_longer_ends_two_before_the_edge(length, day):
    organ_at, date_at = layout.signature_places("衡" * length, day)
    longer_ends = organ_at + length * layout.CHAR
    if layout.width(day) > length * layout.CHAR:
        longer_ends = date_at + layout.width(day)
    assert organ_at >= 0
    assert date_at - organ_at == 2 * layout.CHAR
    assert longer_ends == layout.AREA_WIDTH - 2 * layout.CHAR


def test_copy_number_secrecy_and_urgency_stand_above_the_mark():
    made = circular(copy_number="000001", secrecy="机密★1年", urgency="特急")
    assert styled(made, "HeadNote") == ["000001", "机密★1年", "特急"]
    places = [style(p) for p in paragraphs(made)]
    assert places.index("OrganMark") == 4


@pytest.mark.parametrize("organ", ["衡水市人民政府", "衡水市专项清理工作领导小组办公室"])
def test_under_a_seal_the_date_ends_four_characters_before_the_edge(organ):
    rows = [p for p in paragraphs(circular(organ=organ, sealed=True)) if style(p) == "Signature"]
    indents = [p.find(f"{W}pPr/{W}ind") for p in rows]
    assert indents[1].get(f"{W}right") == str(4 * layout.CHAR)
    organ_at, date_at = layout.sealed_places(organ, "2020年8月31日")
    assert indents[0].get(f"{W}left") == str(organ_at)
    assert organ_at + layout.width(organ) < layout.AREA_WIDTH
    if len(organ) < 10:
        middles = (organ_at + layout.width(organ) / 2, date_at + layout.width("2020年8月31日") / 2)
        assert abs(middles[0] - middles[1]) <= 1


def test_organs_that_sign_together_stand_under_one_another():
    made = circular(joint=("衡水市财政局",))
    assert styled(made, "Signature") == ["衡水市专项清理工作领导小组办公室", "衡水市财政局", "2020年8月31日"]


def test_minutes_name_who_was_there():
    assert styled(minutes(), "Attendance") == ["出席：张三、李四", "请假：王五", "列席：赵六"]
    assert styled(minutes(), "Signature") == []
