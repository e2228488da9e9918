"""The sample circular as an office would type it into a bare word processor: no styles, every look on the spot."""

import io

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor, Twips

from tests.gongwen.samples import SENTENCE

ORGAN = "衡水市专项清理工作领导小组办公室"


def typed() -> bytes:
    """Return the document, from python-docx's own template with its theme fonts and paragraph gaps."""
    document = docx.Document()
    _page(document)
    _head(document)
    write(document, f"{ORGAN}\n关于开展交叉检查工作的通知", "小标宋", 22, line=34, align="center")
    blank(document)
    write(document, "各县市区人民政府，市直有关部门：", first=0)
    write(document, "截至2020年8月31日，全市共排查问题1610件。")
    write(document, "一、总体要求", "黑体")
    write(document, "（一）工作目标", "楷体")
    write(document, "1.时间安排")
    write(document, "（1）排查阶段")
    write(document, f"第一步：{SENTENCE}")
    write(document, "（2）整改阶段")
    write(document, "二、整改情况", "黑体")
    _table(document)
    blank(document)
    write(document, "附件：1.分组名单")
    write(document, "2.评分标准", left=1600, first=0)
    blank(document)
    write(document, ORGAN, first=0, left=3174)
    write(document, "2020年8月31日", first=0, left=3804)
    write(document, "（此件公开发布）")
    document.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)
    write(document, "附件1", "黑体", first=0)
    blank(document)
    write(document, "分组名单", "小标宋", 22, line=34, align="center")
    blank(document)
    write(document, SENTENCE)
    _imprint(document)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


NAMES = {"小标宋": "方正小标宋_GBK", "仿宋": "仿宋", "黑体": "SimHei", "楷体": "楷体", "宋体": "宋体"}


def write(parent, text, font="仿宋", points=16, *, line=28.95, align="both", first=None, left=0, tight=-5):
    """Add a paragraph with every look on the spot."""
    row = parent.add_paragraph()
    lie = row.paragraph_format
    lie.space_before = lie.space_after = Pt(0)
    lie.line_spacing_rule, lie.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    row.alignment = {"both": WD_ALIGN_PARAGRAPH.JUSTIFY, "center": 1, "left": 0, "right": 2}[align]
    first = (640 if align == "both" else 0) if first is None else first
    if first or left:
        lie.first_line_indent, lie.left_indent = Twips(first), Twips(left)
    for n, piece in enumerate(text.split("\n")):
        run = row.add_run()
        if n:
            run.add_break()
        run.add_text(piece)
        look(run, font, points, tight)
    return row


def look(run, font, points, tight=-5):
    """Give a run its fonts, size and spacing."""
    run.font.size = Pt(points)
    name = NAMES[font]
    latin = "宋体" if font == "宋体" else "Times New Roman"
    properties = run._r.get_or_add_rPr()
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    fonts = f'<w:rFonts {nsdecls("w")} w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{name}" w:hint="eastAsia"/>'
    properties.insert(0, parse_xml(fonts))
    properties.find(qn("w:sz")).addprevious(parse_xml(f'<w:spacing {nsdecls("w")} w:val="{tight}"/>'))


def blank(document, times=1):
    for _ in range(times):
        write(document, "", first=0)


def _page(document):
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    document.settings.odd_and_even_pages_header_footer = True
    for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
        row = footer.paragraphs[0]
        row.alignment = WD_ALIGN_PARAGRAPH.RIGHT if align == "right" else WD_ALIGN_PARAGRAPH.LEFT
        setattr(row.paragraph_format, f"{align}_indent", Twips(280))
        look(row.add_run("— "), "宋体", 14)
        for kind in ("begin", "instr", "end"):
            run = row.add_run()
            look(run, "宋体", 14)
            if kind == "instr":
                made = OxmlElement("w:instrText")
                made.text = " PAGE  \\* MERGEFORMAT "
                run._r.append(made)
            else:
                run._r.append(parse_xml(f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>'))
        look(row.add_run(" —"), "宋体", 14)


def _head(document):
    mark = write(document, f"{ORGAN}文件", "小标宋", 30, line=40, align="center", tight=0)
    for run in mark.runs:
        run.font.color.rgb = RGBColor(255, 0, 0)
    blank(document, 2)
    number = write(document, "衡清办〔2020〕5号", align="center")
    edge = '<w:pBdr {}><w:bottom w:val="single" w:sz="18" w:space="4" w:color="FF0000"/></w:pBdr>'
    number._p.get_or_add_pPr().insert(0, parse_xml(edge.format(nsdecls("w"))))
    blank(document, 2)


def _table(document):
    write(document, "整改情况", "黑体", 14, align="center")
    table = document.add_table(rows=0, cols=3, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for texts in (("序号", "县市区", "整改率"), ("1", "桃城区", "95.2%"), ("2", "冀州区", "94.0%")):
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            look(cell.paragraphs[0].add_run(text), "仿宋", 12)


def _imprint(document):
    table = document.add_table(rows=2, cols=1)
    edges = "".join(
        f'<w:{name} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'
        for name, size in (("top", 8), ("bottom", 8), ("insideH", 6))
    )
    table._tbl.tblPr.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{edges}</w:tblBorders>"))
    for row, text in zip(table.rows, ("抄送：市委办公室，市政府办公室。", f"{ORGAN}\t2020年9月1日印发"), strict=True):
        inside = row.cells[0].paragraphs[0]
        inside.paragraph_format.left_indent = inside.paragraph_format.right_indent = Twips(280)
        look(inside.add_run(text), "仿宋", 14)
