"""What a word processor makes of it: LibreOffice turns the .docx into pages, and the pages are measured."""

import shutil
import subprocess
from collections import defaultdict

import pytest

from luodi.gongwen.docx import build
from luodi.gongwen.model import Paragraph
from tests.gongwen.samples import circular

pytestmark = pytest.mark.render
MM = 72 / 25.4
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
FULL = 22 * 28
FILLINGS = range(27, 43, 3)  # lines of text, so that the imprint finds room on the second page or does not
BARE = {"attachments": (), "note": "", "organ": "", "red_head": None, "doc_number": ""}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Return the pages of each sample, measured: name -> pages of pdfplumber."""
    pdfplumber = pytest.importorskip("pdfplumber", reason="pdfplumber 没有安装，不能量版面。")
    if OFFICE is None:
        pytest.skip("LibreOffice 没有安装，不能把公文排成页面来量。")
    folder = tmp_path_factory.mktemp("gongwen")
    samples = {"circular": circular(), "upward": circular(signer="张三", red_head="衡水市人民政府文件")}
    samples["full"] = circular(**BARE, blocks=(Paragraph("专" * (FULL * 3)),))
    for lines in FILLINGS:
        samples[f"fill{lines}"] = circular(**BARE, blocks=(Paragraph("专" * (lines * 28 - 2)),))
    for name, document in samples.items():
        (folder / f"{name}.docx").write_bytes(build(document))
    sources = [str(folder / f"{name}.docx") for name in samples]
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [OFFICE, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *sources]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    opened = {name: pdfplumber.open(folder / f"{name}.pdf") for name in samples}
    yield {name: pdf.pages for name, pdf in opened.items()}
    for pdf in opened.values():
        pdf.close()


def lines_of(page, top=37, bottom=262):
    """Return the lines of characters whose middle lies between two heights in mm, downward."""
    found = defaultdict(list)
    for char in page.chars:
        middle = (char["top"] + char["bottom"]) / 2
        if char["text"].strip() and top * MM <= middle <= bottom * MM:
            found[round(middle)].append(char)
    return [sorted(found[middle], key=lambda c: c["x0"]) for middle in sorted(found)]


def words(line) -> str:
    return "".join(char["text"] for char in line)


def rules_of(page):
    """Return the heights in mm of the horizontal lines as wide as the type area."""
    wide = [edge for edge in page.edges if edge["orientation"] == "h" and edge["x1"] - edge["x0"] > 155 * MM]
    return sorted({round(edge["top"] / MM, 1) for edge in wide})


def test_a_full_page_has_22_lines_of_28_characters(pages):
    for page in pages["full"][1:3]:
        assert [len(line) for line in lines_of(page)] == [28] * 22


def test_the_text_lies_within_the_margins(pages):
    page = pages["full"][1]
    assert (page.width / MM, page.height / MM) == pytest.approx((210, 297), abs=0.5)
    body = [char for line in lines_of(page) for char in line]
    assert min(char["x0"] for char in body) / MM == pytest.approx(28, abs=1)
    assert max(char["x1"] for char in body) / MM == pytest.approx(210 - 26, abs=1)
    pitch = 225 / 22
    centres = [(line[0]["top"] + line[0]["bottom"]) / 2 / MM for line in lines_of(page)]
    assert centres[0] - pitch / 2 == pytest.approx(37, abs=1)
    assert centres[-1] + pitch / 2 == pytest.approx(297 - 35, abs=1)


def test_odd_pages_are_numbered_right_and_even_pages_left(pages):
    for number, page in enumerate(pages["full"], 1):
        (footer,) = lines_of(page, 262, 297)
        assert words(footer) == f"—{number}—"
        edge, side = (184 - footer[-1]["x1"] / MM, "right") if number % 2 else (footer[0]["x0"] / MM - 28, "left")
        assert edge == pytest.approx(14 / MM, abs=0.7), side
        assert (footer[0]["top"] + footer[0]["bottom"]) / 2 / MM == pytest.approx(262 + 7, abs=1)


@pytest.mark.parametrize("name", ["circular", "upward", "full"])
def test_the_imprint_ends_on_the_lower_edge_of_the_last_page(pages, name):
    *before, last = pages[name]
    assert rules_of(last)[-1] == pytest.approx(262, abs=0.5)
    assert words(lines_of(last, 240, 262)[-1]).endswith("2020年9月1日印发")
    assert all("印发" not in (page.extract_text() or "") for page in before)


@pytest.mark.parametrize("lines", FILLINGS)
def test_text_and_imprint_never_overlap(pages, lines):
    last = pages[f"fill{lines}"][-1]
    upper = rules_of(last)[0]
    assert upper == pytest.approx(262 - 19, abs=2)
    body = [line for page in pages[f"fill{lines}"] for line in lines_of(page) if set(words(line)) == {"专"}]
    assert len(body) == lines
    assert all(line[0]["bottom"] / MM < upper for line in lines_of(last) if set(words(line)) == {"专"})


@pytest.mark.parametrize("name", ["circular", "upward"])
def test_the_head_is_one_line_above_the_red_line(pages, name):
    first = pages[name][0]
    mark, number = lines_of(first)[:2]
    assert words(mark).endswith("文件")
    assert words(number).startswith("衡清办〔2020〕5号")
    (red,) = rules_of(first)
    assert 3 < red - number[0]["bottom"] / MM + 1 < 6
    assert (mark[-1]["x1"] - mark[0]["x0"]) / MM <= 156
    assert ("签发人" in words(number)) == (name == "upward")
