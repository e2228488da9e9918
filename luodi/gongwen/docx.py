"""Builds the .docx: the same document always gives the same bytes, so its SM3 can stand for it."""

import io
import zipfile

from luodi.gongwen import elements, layout
from luodi.gongwen.fonts import STANDARD, Fonts, font_table
from luodi.gongwen.imprint import imprint
from luodi.gongwen.markup import HEADER, NAMESPACES, legal, paragraph, run
from luodi.gongwen.model import Document
from luodi.gongwen.rules import Unfit, faults
from luodi.gongwen.styles import settings, styles

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip archive knows no earlier time
PARTS = (
    ("styles", "styles.xml", "styles"),
    ("settings", "settings.xml", "settings"),
    ("fontTable", "fontTable.xml", "fontTable"),
    ("footer", "footer1.xml", "footer"),
    ("footer", "footer2.xml", "footer"),
)


def build(document: Document, fonts: Fonts = STANDARD) -> bytes:
    """Return the document as .docx in the layout of GB/T 9704-2012, the same bytes on every machine and day.

    Unfit with the first fault's sentence if the document breaks the standard (see rules.faults).
    """
    if found := faults(document):
        raise Unfit(found[0])
    files = {
        "[Content_Types].xml": _types(),
        "_rels/.rels": _package_relations(),
        "docProps/core.xml": _core(document),
        "word/document.xml": _text(document),
        "word/_rels/document.xml.rels": _relations(),
        "word/styles.xml": styles(fonts),
        "word/settings.xml": settings(),
        "word/fontTable.xml": font_table(fonts),
        "word/footer1.xml": _footer("right"),
        "word/footer2.xml": _footer("left"),
    }
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as archive:  # compressors differ from machine to machine
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.create_system = 0
            archive.writestr(entry, content.encode())
    return kept.getvalue()


def _text(document: Document) -> str:
    keep_last = bool(document.attachments or document.organ)
    parts = (
        elements.red_head(document),
        elements.opening(document),
        elements.body(document.blocks, keep_last=keep_last),
        elements.attachment_note(document.attachments),
        elements.attendance(document),
        elements.signature(document),
        elements.enclosed(document.attachments),
        imprint(document),
    )
    page = (
        '<w:sectPr><w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="even" r:id="rId5"/>'
        f'<w:pgSz w:w="{layout.PAPER_WIDTH}" w:h="{layout.PAPER_HEIGHT}"/>'
        f'<w:pgMar w:top="{layout.TOP}" w:right="{layout.RIGHT}" w:bottom="{layout.BOTTOM}" w:left="{layout.LEFT}" '
        f'w:header="851" w:footer="{layout.FOOTER}" w:gutter="0"/></w:sectPr>'
    )
    return f"{HEADER}<w:document {NAMESPACES}><w:body>{''.join(parts)}{page}</w:body></w:document>"


def _footer(side: str) -> str:
    """Return the page number — 1 —, one character in from the outer edge (GB/T 9704 7.5)."""
    number = f'<w:fldSimple w:instr=" PAGE ">{run("1")}</w:fldSimple>'
    inside = f"{run('— ')}{number}{run(' —')}"
    place = f'<w:ind w:{side}="{layout.SIZE_4 * 20}"/><w:jc w:val="{side}"/>'
    return f"{HEADER}<w:ftr {NAMESPACES}>{paragraph(inside, 'Footer', place)}</w:ftr>"


def _core(document: Document) -> str:
    moment = f"{document.signed_on or '1980-01-01'}T00:00:00Z"
    name, organ = legal(document.title.replace("\n", "")), legal(document.organ)
    return (
        f'{HEADER}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{name}</dc:title><dc:creator>{organ}</dc:creator><dc:language>zh-CN</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified></cp:coreProperties>'
    )


def _types() -> str:
    overrides = [("/word/document.xml", f"{WORD}.document.main+xml")]
    overrides += [(f"/word/{name}", f"{WORD}.{kind}+xml") for kind, name, _ in PARTS]
    overrides.append(("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"))
    return (
        f'{HEADER}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides)
        + "</Types>"
    )


def _package_relations() -> str:
    return (
        f'{HEADER}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="rId2" Type="{PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
        "</Relationships>"
    )


def _relations() -> str:
    entries = (
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{name}"/>'
        for n, (_, name, kind) in enumerate(PARTS, 1)
    )
    return f'{HEADER}<Relationships xmlns="{PACKAGE}/relationships">{"".join(entries)}</Relationships>'
