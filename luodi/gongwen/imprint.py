"""The imprint (版记): who receives copies, who printed and when, on the lower edge of the last page's type area.

It is a text box on the type area's lower edge, held by one last empty line as high as the box. Where that line finds
room there is room for the imprint; where it finds none both go to the next page, so text and imprint never overlap.
"""

import math

from luodi.gongwen.layout import AREA_WIDTH, IMPRINT_LINE, SIZE_4, TIGHT, width
from luodi.gongwen.markup import paragraph, run
from luodi.gongwen.model import Document
from luodi.gongwen.numbering import chinese_date

ONE = SIZE_4 * 20 + TIGHT  # one character of 4号
INNER = AREA_WIDTH - 2 * ONE
LABEL = "抄送："
TAIL = 20  # a text box must end in a paragraph; this one is a point high
OUTER, MIDDLE = 8, 6  # 0.35 mm and 0.25 mm in eighths of a point
EMU = 635  # to a twip


def imprint(document: Document) -> str:
    """Return the last paragraph of the document with the imprint's box, "" if there is nothing to put into it."""
    copies = "，".join(copy.strip("，。、； ") for copy in document.copies_to)
    rows, lines = [], 0
    if copies:
        lines += math.ceil(width(f"{copies}。", SIZE_4) / (INNER - 3 * ONE) * 1.04)
        hang = f'<w:ind w:left="{4 * ONE}" w:right="{ONE}" w:hanging="{3 * ONE}"/>'
        rows.append(paragraph(run(f"{LABEL}{copies}。"), "Imprint", hang))
    if document.print_organ and document.print_on:
        lines += 1
        printed = f"{document.print_organ}\t{chinese_date(document.print_on)}印发"
        stop = (
            f'<w:tabs><w:tab w:val="right" w:pos="{AREA_WIDTH - ONE}"/></w:tabs><w:ind w:left="{ONE}" w:right="{ONE}"/>'
        )
        rows.append(paragraph(run(printed), "Imprint", stop))
    if not rows:
        return ""
    height = lines * IMPRINT_LINE + TAIL + 20 * len(rows)
    hold = f'<w:spacing w:before="0" w:after="0" w:line="{height}" w:lineRule="exact"/>'
    return paragraph(_box(_table(rows), height), properties=hold)


def _table(rows: list[str]) -> str:
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'
        for edge, size in (("top", OUTER), ("bottom", OUTER), ("insideH", MIDDLE))
    )
    none = "".join(f'<w:{side} w:w="0" w:type="dxa"/>' for side in ("top", "left", "bottom", "right"))
    cell = f'<w:tcPr><w:tcW w:w="{AREA_WIDTH}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
    made = "".join(f"<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc>{cell}{row}</w:tc></w:tr>" for row in rows)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{AREA_WIDTH}" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{none}</w:tblCellMar></w:tblPr>"
        f'<w:tblGrid><w:gridCol w:w="{AREA_WIDTH}"/></w:tblGrid>{made}</w:tbl>'
    )


def _box(content: str, height: int) -> str:
    size = f'cx="{AREA_WIDTH * EMU}" cy="{height * EMU}"'
    tail = paragraph("", properties=f'<w:spacing w:before="0" w:after="0" w:line="{TAIL}" w:lineRule="exact"/>')
    shape = (
        f'<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>'
        f"<wps:txbx><w:txbxContent>{content}{tail}</w:txbxContent></wps:txbx>"
        '<wps:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="b"><a:noAutofit/></wps:bodyPr></wps:wsp>'
    )
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
        '<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="2" behindDoc="0" locked="0" '
        'layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="margin"><wp:posOffset>0</wp:posOffset></wp:positionH>'
        '<wp:positionV relativeFrom="margin"><wp:align>bottom</wp:align></wp:positionV>'
        f'<wp:extent {size}/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/><wp:docPr id="1" name="版记"/>'
        "<wp:cNvGraphicFramePr/><a:graphic>"
        '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        f"{shape}</a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice></mc:AlternateContent></w:r>"
    )
