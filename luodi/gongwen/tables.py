"""A table as wide as the type area, with a header row that repeats."""

import re
from collections.abc import Sequence

from luodi.gongwen.layout import AREA_WIDTH, TABLE_GAP, column_widths
from luodi.gongwen.markup import paragraph, run
from luodi.gongwen.model import Table

UNITS = "件|个|项|次|条|批次|人|户|位|天|日|公顷|亩|平方米|公里|亿元|万元|元|百分点|个百分点"
FIGURE = re.compile(rf"[-+−]?[\d,]+(\.\d+)?\s*(%|‰|{UNITS})?|[—–-]?")
SHORT = 6  # characters; a column of such words reads best centred


def table(block: Table) -> str:
    """Return caption, table and note as they stand in the body.

    A column of figures (with or without a unit, — for what is not known) stands right, short words and serial numbers
    centred, sentences left; the header row is centred and repeats on every page, and no row is torn by a page's end.
    """
    widths = column_widths(tuple(block.shares) or (1,) * len(block.header))
    caption = paragraph(run(block.caption), "TableCaption") if block.caption else ""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    head = _row(block.header, widths, ["center"] * len(widths), "TableHead", "<w:tblHeader/>")
    rows = "".join(_row(row, widths, sides(block), "TableText") for row in block.rows)
    note = paragraph(run(block.note), "TableNote") if block.note else ""
    after = paragraph("", properties=f'<w:spacing w:before="0" w:after="0" w:line="{TABLE_GAP}" w:lineRule="exact"/>')
    return f"{caption}<w:tbl>{_properties()}<w:tblGrid>{grid}</w:tblGrid>{head}{rows}</w:tbl>{note}{after}"


def sides(block: Table) -> list[str]:
    """Return for each column where its cells stand: left, center or right."""
    return [_side([row[n] for row in block.rows]) for n in range(len(block.header))]


def _properties() -> str:
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        f'<w:tblPr><w:tblW w:w="{AREA_WIDTH}" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/>'
        f"<w:tblBorders>{edges}</w:tblBorders>"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>'
        '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    )


def _row(cells: Sequence[str], widths: list[int], stand: list[str], style: str, head: str = "") -> str:
    made = "".join(_cell(text, w, side, style) for text, w, side in zip(cells, widths, stand, strict=True))
    return f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{made}</w:tr>"


def _cell(text: str, width: int, side: str, style: str) -> str:
    inside = paragraph(run(text), style, f'<w:jc w:val="{side}"/>')
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>{inside}</w:tc>'


def _side(texts: list[str]) -> str:
    if texts == [str(n) for n in range(1, len(texts) + 1)]:  # serial numbers
        return "center"
    if all(FIGURE.fullmatch(text.strip()) for text in texts):
        return "right"
    return "center" if all(len(text) <= SHORT for text in texts) else "left"
