"""The PDF: the same words on the same grid as the .docx, and text that is never read as markup."""

import io
import shutil
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luodi.gongwen import docx, pdf
from luodi.gongwen.fonts import Fonts
from luodi.gongwen.model import Heading, Paragraph, Run, Table
from luodi.gongwen.rules import Unfit
from tests.gongwen.samples import circular, minutes

pdfplumber = pytest.importorskip("pdfplumber", reason="pdfplumber 没有安装，不能量版面。")
MM = 72 / 25.4
FULL = 22 * 28
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
# No punctuation: LibreOffice hangs it into the margin, typst does not, and Word is told not to.
MARKERS = circular(
    blocks=(
        Heading(1, "总体情况"),
        Paragraph("专" * FULL),
        Heading(2, "整改情况"),
        Paragraph((Run("第一步", bold=True), Run("项" * 700))),
        Table(("序号", "县市区", "在办"), (("1", "桃城区", "12"), ("2", "冀州区", "—")), note="单位 件"),
        Paragraph("清" * 90),
    )
)


def lines(pages) -> list[tuple[int, str]]:
    """Return page and characters of every line, downward."""
    found = []
    for number, page in enumerate(pages, 1):
        line, last = [], None
        inked = sorted((c for c in page.chars if c["text"].strip()), key=lambda c: c["top"] + c["bottom"])
        for char in inked:
            middle = (char["top"] + char["bottom"]) / 2
            if last is not None and middle - last > 6:
                found.append((number, line))
                line = []
            line.append(char)
            last = middle
        found.append((number, line))
    return [(n, "".join(c["text"] for c in sorted(line, key=lambda c: c["x0"]))) for n, line in found]


def set_by_typst(document):
    with pdfplumber.open(io.BytesIO(pdf.build(document))) as opened:
        return lines(opened.pages)


ALIKE = {
    "circular": MARKERS,
    "upward": replace(MARKERS, signer="张三"),
    "headed and sealed": replace(MARKERS, copy_number="000001", secrecy="机密★1年", urgency="特急", sealed=True),
    "joint": replace(MARKERS, joint=("衡水市财政局",), red_head=None),
    "minutes": minutes(blocks=MARKERS.blocks),
}


@pytest.mark.render
def test_both_files_have_the_same_lines_on_the_same_pages(tmp_path):
    if OFFICE is None:
        pytest.skip("LibreOffice 没有安装，不能把公文排成页面来量。")
    for name, document in ALIKE.items():
        (tmp_path / f"{name}.docx").write_bytes(docx.build(document))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [OFFICE, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    sources = [str(tmp_path / f"{name}.docx") for name in ALIKE]
    subprocess.run([*command, *sources], check=True, capture_output=True, timeout=600)
    for name, document in ALIKE.items():
        with pdfplumber.open(tmp_path / f"{name}.pdf") as opened:
            assert lines(opened.pages) == set_by_typst(document), name


def test_a_full_page_has_22_lines_of_28_characters():
    body = set_by_typst(circular(red_head=None, doc_number="", blocks=(Paragraph("专" * (FULL * 3)),)))
    for number in (2, 3):
        assert [len(text) for page, text in body if page == number and "专" in text] == [28] * 22


def test_the_same_document_gives_the_same_bytes():
    assert pdf.build(circular()) == pdf.build(circular())


def test_the_page_number_and_the_imprint_stand_where_the_docx_has_them():
    with pdfplumber.open(io.BytesIO(pdf.build(circular()))) as opened:
        first, *_, last = opened.pages
        dash = [c for c in first.chars if c["text"] == "—" and c["top"] > 262 * MM]
        assert (dash[0]["top"] + dash[0]["bottom"]) / 2 / MM == pytest.approx(262 + 7, abs=1)
        assert dash[-1]["x1"] / MM == pytest.approx(184 - 14 / MM, abs=0.7)
        edges = [e["top"] / MM for e in last.edges if e["orientation"] == "h" and e["x1"] - e["x0"] > 155 * MM]
        assert max(edges) == pytest.approx(262, abs=0.5)


@pytest.mark.parametrize("rows", range(38, 66, 4))
def test_the_signature_never_stands_on_a_page_without_text(rows):
    made = set_by_typst(circular(attachments=(), blocks=(Paragraph("专" * (rows * 28)),)))
    assert max(page for page, text in made if "专专" in text) == next(n for n, text in made if text == "2020年8月31日")


@settings(max_examples=25, deadline=None)
@given(st.text(st.sampled_from("#$*_`<>@[]{}()\\/~-=+'\"&;:.,|^%0aA清 "), min_size=1, max_size=40))
def test_text_with_typst_markup_comes_out_as_itself(words):
    made = circular(
        blocks=(Paragraph(words), Table(("表",), ((words,),))), organ="衡水市人民政府", attachments=(), note=""
    )
    shown = "".join(text for _page, text in set_by_typst(made))
    assert shown.count("".join(words.split())) >= 2


def test_a_file_is_never_read_from_a_text():
    words = '#read("/etc/passwd") #image("a.png") #import "@preview/x:1.0.0"'
    made = set_by_typst(circular(blocks=(Paragraph(words),)))
    assert any("#read(" in text for _page, text in made)


def test_unfit_documents_are_refused_in_a_sentence():
    with pytest.raises(Unfit, match="没有正文"):
        pdf.build(circular(blocks=()))


def test_without_any_chinese_font_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(pdf, "_installed", lambda: frozenset({"liberation serif"}))
    with pytest.raises(Unfit, match=r"方正小标宋简体.*请先安装中文字体"):
        pdf.build(circular())


def test_what_stands_in_for_a_missing_font_is_said(monkeypatch):
    monkeypatch.setattr(pdf, "_installed", lambda: frozenset({"仿宋_gb2312", "fangsong", "手写体"}))
    fonts = Fonts(title="无此字体", fallback=("手写体",))
    assert pdf.missing(fonts)["无此字体"] == "手写体"
    assert "仿宋_GB2312" not in pdf.missing(fonts)
