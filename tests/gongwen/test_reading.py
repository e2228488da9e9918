"""Reading a .docx that somebody else's program wrote, and refusing what is none."""

import io
import zipfile

import docx as python_docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from hypothesis import given, settings
from hypothesis import strategies as st

from luodi.gongwen.docx import build
from luodi.gongwen.model import Paragraph
from luodi.gongwen.reading import paragraphs, read
from luodi.gongwen.rules import Unfit
from tests.gongwen.samples import circular


def saved(document) -> bytes:
    """Return a document of python-docx as bytes."""
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def rewritten(docx: bytes, **parts: bytes | str) -> bytes:
    """Return the file with some parts replaced; document=… means word/document.xml."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            key = name.rpartition("/")[2].removesuffix(".xml")
            new.writestr(name, parts.get(key, old.read(name)))
    return kept.getvalue()


def refusal(content: bytes) -> str:
    """Return the sentence a file is refused with, "读得出来。" if it can be read."""
    try:
        read(content)
    except Unfit as why:
        return str(why)
    return "读得出来。"


def test_our_own_text_comes_back_with_cells_and_imprint():
    texts = [p.text for p in paragraphs(build(circular()))]
    assert "一、总体要求" in texts
    assert "桃城区" in texts
    assert "抄送：市委办公室，市政府办公室。" in texts


@settings(max_examples=40, deadline=None)
@given(st.text("一二三项目abc 123，。&<>\"'", min_size=1, max_size=40).filter(str.strip))
def test_any_text_comes_back_as_it_was(words):
    assert words in [p.text for p in read(build(circular(blocks=(Paragraph(words),)))).paragraphs]


def test_fonts_and_sizes_are_inherited_from_defaults_styles_and_runs():
    document = python_docx.Document()
    base = document.styles.add_style("基础", WD_STYLE_TYPE.PARAGRAPH)
    base.font.size = Pt(16)
    base.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "仿宋")
    child = document.styles.add_style("子", WD_STYLE_TYPE.PARAGRAPH)
    child.base_style = base
    row = document.add_paragraph("甲", style="子")
    bold = row.add_run("乙")
    bold.bold = True
    bold._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "黑体")
    (shown,) = paragraphs(saved(document))
    assert [(x.text, x.font, x.points, x.bold) for x in shown.letters] == [
        ("甲", "仿宋", 16.0, False),
        ("乙", "黑体", 16.0, True),
    ]


def test_a_font_of_the_theme_is_named():
    document = python_docx.Document()
    document.add_paragraph("甲")
    (shown,) = paragraphs(saved(document))
    assert shown.letters[0].font == "宋体"


def test_indents_in_characters_count_before_indents_in_twips():
    document = python_docx.Document()
    row = document.add_paragraph()
    row.add_run("甲").font.size = Pt(16)
    indent = f'<w:ind {nsdecls("w")} w:firstLineChars="200" w:firstLine="420"/>'
    row._p.get_or_add_pPr().append(parse_xml(indent))
    (shown,) = paragraphs(saved(document))
    assert shown.first == 640


def test_numbers_of_lists_are_part_of_the_text():
    document = python_docx.Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (kind, text) in enumerate(
            (("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))
        )
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    for words, depth in (("总体", 0), ("目标", 1), ("原则", 1), ("措施", 0), ("组织", 1), ("时间", 2)):
        row = document.add_paragraph(words)
        listed = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="90"/></w:numPr>'
        row._p.get_or_add_pPr().append(parse_xml(listed))
    shown = [p.text for p in paragraphs(saved(document))]
    assert shown == ["一、总体", "（一）目标", "（二）原则", "二、措施", "（一）组织", "1.时间"]


def test_deleted_and_hidden_words_are_not_read_and_changes_are_noticed():
    document = python_docx.Document()
    row = document.add_paragraph("留下")
    row.add_run("看不见").font.hidden = True
    gone = '<w:del {} w:id="1" w:author="a"><w:r><w:delText>删去</w:delText></w:r></w:del>'
    row._p.append(parse_xml(gone.format(nsdecls("w"))))
    (shown,) = paragraphs(saved(document))
    assert (shown.text, shown.tracked) == ("留下", True)


def test_a_file_of_the_strict_kind_reads_the_same():
    plain = build(circular())
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        parts = {n.rpartition("/")[2].removesuffix(".xml"): archive.read(n) for n in archive.namelist()}
    strict = {
        name: content.replace(
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        )
        for name, content in parts.items()
        if name in ("document", "styles", "settings", "footer1", "footer2")
    }
    assert paragraphs(rewritten(plain, **strict)) == paragraphs(plain)


BOMB = b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "aaaaaaaaaa">]><z>&a;</z>'


def bomb() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (130 << 20))
    return kept.getvalue()


def workbook() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<a/>")
    return kept.getvalue()


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
DEEP = b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>" + b"<w:p>" * 5000


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "不是 .docx"),
        (b"\x00\x01nonsense", "不是 .docx"),
        (b"%PDF-1.7", "PDF"),
        (OLE, "旧格式的 .doc"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (build(circular())[:2000], "损坏"),
        (bomb(), "解开以后太大"),
        (workbook(), "电子表格"),
        (rewritten(build(circular()), document=b"<w:document"), "损坏"),
        (rewritten(build(circular()), document=BOMB), "文档类型声明"),
        (rewritten(build(circular()), document=DEEP), "嵌套"),
        (rewritten(build(circular()), document=b"<a/>"), "没有正文"),
        (rewritten(build(circular()), styles=b"\xff\xfe"), "styles.xml"),
    ],
)
def test_what_is_no_sound_docx_is_refused_in_a_sentence(content, sentence):
    with pytest.raises(Unfit, match=sentence):
        read(content)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_file_with_a_few_broken_bytes_is_read_or_refused_and_nothing_else(data):
    content = bytearray(build(circular()))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert refusal(bytes(content)).endswith("。")


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(["document", "styles", "settings", "footer1"]), st.data())
def test_a_part_with_a_few_other_letters_is_read_or_refused_and_nothing_else(name, data):
    plain = build(circular())
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        path = next(n for n in archive.namelist() if n.endswith(f"/{name}.xml"))
        content = bytearray(archive.read(path))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.sampled_from(b'0189az"<>/-. '))
    assert refusal(rewritten(plain, **{name: bytes(content)})).endswith("。")
