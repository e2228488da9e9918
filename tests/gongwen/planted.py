"""Faults of layout, each planted into a document that has none, whichever program wrote it.

A fault is a function that changes a document opened with python-docx; its name in FAULTS is the rule that must find it.
"""

from collections.abc import Callable

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

Plant = Callable[[Document], None]


def all_paragraphs(document: Document) -> list[Paragraph]:
    """Return every paragraph, those in tables and text boxes too."""
    return [Paragraph(p, document._body) for p in document.element.body.iter(qn("w:p"))]


def row(document: Document, start: str) -> Paragraph:
    """Return the first paragraph whose own text begins so."""
    return next(p for p in all_paragraphs(document) if p.text.lstrip("　 ").startswith(start))


def last(document: Document, start: str) -> Paragraph:
    """Return the last paragraph whose own text begins so."""
    return [p for p in all_paragraphs(document) if p.text.lstrip("　 ").startswith(start)][-1]


def rewrite(paragraph: Paragraph, old: str, new: str) -> None:
    """Replace words in a paragraph and keep the look of its first run."""
    text = paragraph.text
    assert old in text, (old, text)
    first, *others = [run for run in paragraph.runs if run.text]  # a run without text may hold a page break
    for run in others:
        run._r.getparent().remove(run._r)
    first.text = text.replace(old, new)


def font(paragraph: Paragraph, name: str) -> None:
    for run in paragraph.runs:
        fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), name)
        fonts.attrib.pop(qn("w:eastAsiaTheme"), None)


def size(paragraph: Paragraph, points: float) -> None:
    for run in paragraph.runs:
        run.font.size = Pt(points)


def lie(paragraph: Paragraph, **attributes: int) -> None:
    """Set the indent anew, in twips."""
    properties = paragraph._p.get_or_add_pPr()
    for old in properties.findall(qn("w:ind")):
        properties.remove(old)
    given = " ".join(f'w:{name}="{value}"' for name, value in attributes.items())
    properties._insert_ind(parse_xml(f"<w:ind {nsdecls('w')} {given}/>"))


def tight(paragraph: Paragraph, twips: int) -> None:
    for run in paragraph.runs:
        properties = run._r.get_or_add_rPr()
        for old in properties.findall(qn("w:spacing")):
            properties.remove(old)
        made = parse_xml(f'<w:spacing {nsdecls("w")} w:val="{twips}"/>')
        later = properties.find(qn("w:sz"))
        properties.append(made) if later is None else later.addprevious(made)


def remove(paragraph: Paragraph) -> None:
    paragraph._p.getparent().remove(paragraph._p)


def insert_before(paragraph: Paragraph, text: str) -> Paragraph:
    return paragraph.insert_paragraph_before(text)


def drop_blank_before(paragraph: Paragraph) -> None:
    above = paragraph._p.getprevious()
    assert not Paragraph(above, paragraph._parent).text.strip()
    above.getparent().remove(above)


def footer_rows(document: Document) -> list[Paragraph]:
    section = document.sections[0]
    return [p for f in (section.footer, section.even_page_footer) for p in f.paragraphs if p._p.xpath(".//w:r")]


def _each_footer(change: Callable[[Paragraph], None]) -> Plant:
    def plant(document: Document) -> None:
        for paragraph in footer_rows(document):
            change(paragraph)

    return plant


def _song(paragraph: Paragraph) -> None:
    for fonts in paragraph._p.iter(qn("w:rPr")):
        found = fonts.find(qn("w:rFonts"))
        if found is not None:
            fonts.remove(found)
        fonts.insert(0, parse_xml(f'<w:rFonts {nsdecls("w")} w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="黑体"/>'))


def _dashes(paragraph: Paragraph) -> None:
    for text in paragraph._p.iter(qn("w:t")):
        text.text = text.text.replace("—", "-")


def _no_field(paragraph: Paragraph) -> None:
    for tag in ("w:fldSimple", "w:instrText"):
        for element in list(paragraph._p.iter(qn(tag))):
            element.getparent().remove(element)


def _same_sides(document: Document) -> None:
    for element in document.settings.element.findall(qn("w:evenAndOddHeaders")):
        document.settings.element.remove(element)


def _page(**lengths: int) -> Plant:
    def plant(document: Document) -> None:
        for section in document.sections:
            for name, value in lengths.items():
                setattr(section, name, Mm(value))

    return plant


def _lines(document: Document) -> None:
    for paragraph in (row(document, "截至"), row(document, "第一步")):
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        paragraph.paragraph_format.line_spacing = Pt(32)


def _red_line(document: Document) -> None:
    for edge in list(document.element.body.iter(qn("w:pBdr"))):
        for side in edge:
            side.set(qn("w:color"), "000000")


def _no_red_line(document: Document) -> None:
    for edge in list(document.element.body.iter(qn("w:pBdr"))):
        edge.getparent().remove(edge)


def _tracked(document: Document) -> None:
    made = parse_xml(f'<w:ins {nsdecls("w")} w:id="1" w:author="甲"/>')
    last_run = row(document, "截至").runs[-1]._r
    last_run.addprevious(made)
    made.append(last_run)


def _wide_table(document: Document) -> None:
    for column in document.tables[0]._tbl.tblGrid.findall(qn("w:gridCol")):
        column.set(qn("w:w"), "4000")


def _long_table(document: Document) -> None:
    table = document.tables[0]
    for element in list(table._tbl.iter(qn("w:tblHeader"))):
        element.getparent().remove(element)
    for _ in range(25):
        table.add_row()


def _imprint_lines(document: Document) -> None:
    box = row(document, "抄送")._p
    while box.tag != qn("w:tbl"):
        box = box.getparent()
    for edges in (*box.iter(qn("w:tblBorders")), *box.iter(qn("w:tcBorders"))):
        for edge in edges:
            edge.set(qn("w:sz"), "24")


def _swap(document: Document) -> None:
    rewrite(row(document, "二、整改"), "二、", "三、")


# (rule, what is wrong, plant)
FAULTS: list[tuple[str, str, Plant]] = [
    ("paper", "B5 paper", _page(page_width=182, page_height=257)),
    ("margins", "top margin of Word", _page(top_margin=25)),
    ("margins", "bottom margin of 27 mm", _page(bottom_margin=30)),
    ("margins", "narrow left margin", _page(left_margin=25, right_margin=29)),
    ("lines", "32 points from line to line", _lines),
    ("characters", "no tightening: 27 characters", lambda d: [tight(p, 0) for p in (row(d, "截至"), row(d, "第一步"))]),
    ("page-number", "no number in the footer", _each_footer(_no_field)),
    ("page-number-look", "number in Arial", _each_footer(_song)),
    ("page-number-dashes", "hyphens beside the number", _each_footer(_dashes)),
    ("page-number-side", "all numbers on one side", _same_sides),
    ("header", "words in the header", lambda d: setattr(d.sections[0].header.paragraphs[0], "text", "内部资料")),
    ("traces", "an insertion not accepted", _tracked),
    ("mark", "black mark", lambda d: setattr(row(d, "衡水市").runs[0].font.color, "rgb", RGBColor(0, 0, 0))),
    ("number", "square brackets", lambda d: rewrite(row(d, "衡清办"), "〔2020〕", "[2020]")),
    ("number", "leading zero", lambda d: rewrite(row(d, "衡清办"), "5号", "05号")),
    ("number", "第 before the serial", lambda d: rewrite(row(d, "衡清办"), "5号", "第5号")),
    ("number-look", "number at the left", lambda d: setattr(row(d, "衡清办"), "alignment", WD_ALIGN_PARAGRAPH.LEFT)),
    ("red-line", "black line", _red_line),
    ("red-line", "no line", _no_red_line),
    ("title-look", "title in 黑体", lambda d: font(row(d, "衡水市专项清理工作领导小组办公室\n"), "黑体")),
    ("title-look", "small title", lambda d: size(row(d, "衡水市专项清理工作领导小组办公室\n"), 18)),
    (
        "title-look",
        "title at the left",
        lambda d: setattr(row(d, "衡水市专项清理工作领导小组办公室\n"), "alignment", 0),
    ),
    (
        "title-words",
        "comma in the title",
        lambda d: rewrite(row(d, "衡水市专项清理工作领导小组办公室\n"), "检查", "检查，"),
    ),
    ("recipients", "half-width colon", lambda d: rewrite(row(d, "各县市区人民"), "：", ":")),
    ("recipients", "indented", lambda d: lie(row(d, "各县市区人民"), firstLine=640)),
    ("recipients-gap", "no line above", lambda d: drop_blank_before(row(d, "各县市区人民"))),
    ("body-font", "text in 宋体", lambda d: font(row(d, "截至"), "宋体")),
    ("body-size", "text in 4号", lambda d: size(row(d, "截至"), 14)),
    ("colour", "blue text", lambda d: setattr(row(d, "截至").runs[0].font.color, "rgb", RGBColor(0, 0, 255))),
    ("decoration", "underlined text", lambda d: setattr(row(d, "截至").runs[0], "underline", True)),
    ("indent", "no first-line indent", lambda d: lie(row(d, "截至"), firstLine=0)),
    ("indent", "whole paragraph indented", lambda d: lie(row(d, "截至"), left=640)),
    ("side", "centred text", lambda d: setattr(row(d, "第一步"), "alignment", WD_ALIGN_PARAGRAPH.CENTER)),
    ("spacing", "space after", lambda d: setattr(row(d, "截至").paragraph_format, "space_after", Pt(10))),
    ("blank-lines", "empty line in the text", lambda d: insert_before(row(d, "（一）"), "")),
    ("heading-font", "level 1 in 仿宋", lambda d: font(row(d, "一、"), "仿宋_GB2312")),
    ("heading-font", "level 2 in 黑体", lambda d: font(row(d, "（一）"), "黑体")),
    ("heading-font", "level 3 in 黑体", lambda d: font(row(d, "1.时间"), "黑体")),
    ("heading-size", "level 1 in 4号", lambda d: size(row(d, "一、"), 14)),
    ("heading-number", "half-width brackets", lambda d: rewrite(row(d, "（一）"), "（一）", "(一)")),
    ("heading-number", "、 after a bracket", lambda d: rewrite(row(d, "（一）"), "（一）", "（一）、")),
    ("heading-number", "1、", lambda d: rewrite(row(d, "1.时间"), "1.", "1、")),
    ("heading-levels", "level 4 under level 2", lambda d: remove(row(d, "1.时间"))),
    ("heading-sequence", "a number left out", _swap),
    ("heading-sequence", "a number twice", lambda d: rewrite(row(d, "二、整改"), "二、", "一、")),
    ("heading-end", "full stop after a heading", lambda d: rewrite(row(d, "一、"), "要求", "要求。")),
    ("note-list", "half-width colon", lambda d: rewrite(row(d, "附件："), "：", ":")),
    ("note-list", "mark after a name", lambda d: rewrite(row(d, "2.评分"), "标准", "标准；")),
    ("note-list", "no line above", lambda d: drop_blank_before(row(d, "附件："))),
    ("note-numbers", "number left out", lambda d: rewrite(row(d, "2.评分"), "2.", "3.")),
    ("signature-place", "date at the edge", lambda d: lie(last(d, "2020年8月31"), left=6700)),
    ("signature-place", "organ at the left", lambda d: lie(signature(d), left=0)),
    ("signature-gap", "no line above", lambda d: drop_blank_before(signature(d))),
    ("date-form", "Chinese numerals", lambda d: rewrite(last(d, "2020年8"), "2020年8月31日", "二〇二〇年八月三十一日")),
    ("date-form", "leading zero", lambda d: rewrite(last(d, "2020年8"), "8月", "08月")),
    ("date-form", "no such day", lambda d: rewrite(last(d, "2020年8"), "8月31", "9月31")),
    ("signature-page", "此页无正文", lambda d: rewrite(row(d, "截至"), "截至", "（此页无正文）截至")),
    (
        "organ-name",
        "another organ",
        lambda d: rewrite(signature(d), signature(d).text, "衡水市重点项目工作领导小组办公室"),
    ),
    ("remark", "half-width brackets", lambda d: rewrite(row(d, "（此件"), "（此件公开发布）", "(此件公开发布)")),
    ("enclosure-mark", "colon after 附件1", lambda d: rewrite(row(d, "附件1"), "附件1", "附件1：")),
    ("enclosure-mark", "附件1 in 仿宋", lambda d: font(row(d, "附件1"), "仿宋_GB2312")),
    ("enclosure-match", "another title", lambda d: rewrite(row(d, "分组名单"), "名单", "方案")),
    ("copies", "no full stop", lambda d: rewrite(row(d, "抄送"), "室。", "室")),
    ("copies", "half-width colon", lambda d: rewrite(row(d, "抄送"), "：", ":")),
    ("printed", "printed before signed", lambda d: rewrite(printed(d), "9月1日", "8月1日")),
    ("printed", "leading zero", lambda d: rewrite(printed(d), "9月1日", "09月1日")),
    ("imprint-look", "imprint in 3号", lambda d: size(row(d, "抄送"), 16)),
    ("imprint-lines", "thick lines", _imprint_lines),
    ("half-width", "half-width comma", lambda d: rewrite(row(d, "截至"), "，", ",")),
    ("half-width", "straight quotes", lambda d: rewrite(row(d, "截至"), "排查", '"排查"')),
    ("half-width", "half-width brackets", lambda d: rewrite(row(d, "截至"), "问题", "问题(原有)")),
    ("pairs", "bracket left open", lambda d: rewrite(row(d, "截至"), "问题", "（问题")),
    ("doubled", "two full stops", lambda d: rewrite(row(d, "截至"), "。", "。。")),
    ("gaps", "space in a word", lambda d: rewrite(row(d, "截至"), "排查", "排 查")),
    ("digits", "full-width digits", lambda d: rewrite(row(d, "截至"), "1610", "１６１０")),
    ("dates", "date with points", lambda d: rewrite(row(d, "截至"), "2020年8月31日", "2020.8.31")),
    (
        "cited-number",
        "quoted with square brackets",
        lambda d: rewrite(row(d, "截至"), "截至", "据冀清办[2020]3号文件，截至"),
    ),
    (
        "citation",
        "number before title",
        lambda d: rewrite(row(d, "截至"), "截至", "据冀清办〔2020〕3号《关于开展清理的通知》，截至"),
    ),
    (
        "book-marks",
        "title without 《》",
        lambda d: rewrite(row(d, "截至"), "截至", "按照省办关于开展专项清理的通知，截至"),
    ),
    ("table-width", "wider than the page", _wide_table),
    ("table-head", "long and the head does not repeat", _long_table),
]


def signature(document: Document) -> Paragraph:
    """Return the paragraph above the date."""
    above = last(document, "2020年8月31日")._p.getprevious()
    return Paragraph(above, document._body)


def printed(document: Document) -> Paragraph:
    return next(p for p in all_paragraphs(document) if p.text.endswith("印发") and not p._p.xpath(".//w:p"))
