"""Sections and tables as they are written in a .docx."""

from collections.abc import Callable
from xml.etree.ElementTree import Element

from luodi.gongwen.package import twips
from luodi.gongwen.sheet import Grid, Paragraph, Section

RELATION = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
Read = Callable[[str], tuple[Paragraph, ...]]


def section_of(properties: Element | None, before: Section | None, read: Read) -> Section:
    """Return a section; headers and footers it does not name are those of the section before it."""
    if properties is None:
        return before or Section()
    size, margin, grid = (_facts(properties, name) for name in ("pgSz", "pgMar", "docGrid"))
    gutter = twips(margin.get("gutter"))
    return Section(
        width=twips(size.get("w"), 12240),
        height=twips(size.get("h"), 15840),
        top=twips(margin.get("top"), 1440),
        bottom=twips(margin.get("bottom"), 1440),
        left=twips(margin.get("left"), 1440) + gutter,
        right=twips(margin.get("right"), 1440),
        grid=grid.get("type", ""),
        pitch=twips(grid.get("linePitch")),
        char_space=twips(grid.get("charSpace")) / 4096,
        footers=dict(before.footers if before else {}) | _margins(properties, "footerReference", read),
        headers=dict(before.headers if before else {}) | _margins(properties, "headerReference", read),
    )


def _margins(properties: Element, name: str, read: Read) -> dict[str, tuple[Paragraph, ...]]:
    found = {}
    for element in properties.findall(name):
        key = next((element.get(word, "") for word in RELATION if element.get(word)), "")
        found[element.get("type", "default")] = read(key)
    return found


def _facts(properties: Element, name: str) -> dict[str, str]:
    found = properties.find(name)
    return {} if found is None else dict(found.attrib)


def table_of(element: Element, section: int, place: str) -> Grid:
    """Return what is to be known about a table as a whole."""
    columns = [twips(column.get("w")) for column in element.findall("tblGrid/gridCol")]
    rows = element.findall("tr")
    head = bool(rows) and rows[0].find("trPr/tblHeader") is not None
    return Grid(sum(columns), len(rows), head, section, _weights(element), place)


def _weights(element: Element) -> tuple[float, ...]:
    """Return the weights in points of the horizontal lines that are drawn, of the table or else of its cells."""
    found = []
    for path in ("tblPr/tblBorders", "tr/tc/tcPr/tcBorders"):
        for edges in element.findall(path):
            for name in ("top", "bottom", "insideH"):
                line = edges.find(name)
                if line is not None and line.get("val", "none") not in ("none", "nil"):
                    found.append(twips(line.get("sz")) / 8)
    return tuple(found)
