"""Paper, margins, grid, page numbers, headers and what was left behind in the file (GB/T 9704 5, 7.5)."""

import math
import re
from collections.abc import Iterator

from luodi.gongwen.anatomy import Anatomy
from luodi.gongwen.finding import MM, Fault, Rule, mm, size_name
from luodi.gongwen.fonts import FAMILIES
from luodi.gongwen.layout import AREA_WIDTH, BOTTOM, PAPER_HEIGHT, TOP
from luodi.gongwen.sheet import Paragraph, Section

A4 = (210 * MM, 297 * MM)
MARGINS = (
    ("top", "上白边（天头）", 37),
    ("bottom", "下白边", 35),
    ("left", "左白边（订口）", 28),
    ("right", "右白边", 26),
)
LINES, CHARS = 22, 28
HEIGHT = PAPER_HEIGHT - TOP - BOTTOM
NATURAL = 1.14  # height of a line of 仿宋 or 宋体 set solid, in its size
DASHED = re.compile(r"[—－–―一─]+\s*\d*\s*[—－–―一─]+")
PAGE_SETUP = "页面设置"


def place_of(anatomy: Anatomy, number: int) -> str:
    """Return the name of a section, counted from 0, for a person."""
    return PAGE_SETUP if len(anatomy.sheet.sections) == 1 else f"第 {number + 1} 节{PAGE_SETUP}"


def _sections(anatomy: Anatomy) -> Iterator[tuple[str, Section]]:
    """Yield each section with its name; some programs repeat one section's properties."""
    seen: set[int] = set()
    for number, section in enumerate(anatomy.sheet.sections):
        if id(section) not in seen:
            seen.add(id(section))
            yield place_of(anatomy, number), section


def paper(anatomy: Anatomy) -> Iterator[Fault]:
    """A4 within half a millimetre; lying only where a wide table needs it."""
    for place, section in _sections(anatomy):
        size = sorted((section.width, section.height))
        if any(abs(given - wanted) > MM / 2 for given, wanted in zip(size, A4, strict=True)):
            found = f"{mm(section.width)} × {mm(section.height)}"
            yield Fault(place, found, "A4，210 毫米 × 297 毫米", "在“页面布局—纸张大小”里选 A4。")


def orientation(anatomy: Anatomy) -> Iterator[Fault]:
    """Text stands on upright paper; a lying page is for a table."""
    tables = {table.section for table in anatomy.sheet.tables}
    for number, section in enumerate(anatomy.sheet.sections):
        if section.width > section.height and number not in tables:
            place = place_of(anatomy, number)
            yield Fault(place, "横向", "纵向；只有横排表格的页可以横向", "在“页面布局—纸张方向”里选纵向。")


def margins(anatomy: Anatomy) -> Iterator[Fault]:
    """37, 35, 28, 26 mm, each within a millimetre: a type area of 156 x 225 mm."""
    for place, section in _sections(anatomy):
        if section.width > section.height:
            continue
        for key, name, wanted in MARGINS:
            given = abs(getattr(section, key))
            if abs(given - wanted * MM) > MM:
                expected = f"{name} {wanted} 毫米（±1 毫米）"
                yield Fault(
                    place, f"{name} {mm(given)}", expected, f"在“页面布局—页边距”里把{name}改为 {wanted} 毫米。"
                )


def lines_per_page(row: Paragraph, section: Section) -> int:
    """Return how many such lines the standard's type area holds; with a grid as Word does it, like no other program.

    Margins are a rule of their own, so they do not count here.
    """
    line = row.line
    if row.rule == "auto":
        height = row.points * 20 * NATURAL
        if section.grid in ("lines", "linesAndChars", "snapToChars") and section.pitch and row.snap:
            height = math.ceil(height / section.pitch) * section.pitch
        line = height * row.line / 240
    elif row.rule == "atLeast":
        line = max(row.line, row.points * 20 * NATURAL)
    return int((HEIGHT + 3) / line) if line > 0 else 0


def chars_per_line(row: Paragraph, section: Section, normal: float) -> int:
    """Return how many Chinese characters of the paragraph's size a line of 156 mm holds."""
    char = row.char
    if section.grid in ("linesAndChars", "snapToChars") and row.snap and section.char_space:
        char = (normal + section.char_space) * 20 + (row.points - normal) * 20
    return int((AREA_WIDTH + 3) / char) if char > 0 else 0


def _measured(anatomy: Anatomy) -> list[Paragraph]:
    """Return the text in 3号, on which the grid is counted (size is a rule of its own); all of it if none is 3号."""
    return [row for row in anatomy.written if row.points == 16] or list(anatomy.written)


def lines(anatomy: Anatomy) -> Iterator[Fault]:
    """22 lines on a page."""
    for row in _measured(anatomy):
        given = lines_per_page(row, anatomy.area(row))
        if given != LINES:
            pitch = f"行距{row.line / 20:g}磅" if row.rule != "auto" else f"{row.line / 240:g}倍行距"
            remedy = "把正文行距改为“固定值 28.95 磅”（29 磅每面只有 21 行）。"
            severity = "warn" if abs(given - LINES) == 1 else "fail"
            yield Fault(row.here, f"{pitch}，每面约 {given} 行", f"每面 {LINES} 行", remedy, severity)  # type: ignore[arg-type]


def characters(anatomy: Anatomy) -> Iterator[Fault]:
    """28 characters in a line."""
    for row in _measured(anatomy):
        given = chars_per_line(row, anatomy.area(row), anatomy.sheet.points)
        if given != CHARS:
            remedy = "把正文字间距改为“紧缩 0.25 磅”，3号字在 156 毫米里才排得下 28 字。"
            severity = "warn" if abs(given - CHARS) == 1 else "fail"
            yield Fault(row.here, f"每行 {given} 字", f"每行 {CHARS} 字", remedy, severity)  # type: ignore[arg-type]


def _footers(anatomy: Anatomy) -> Iterator[tuple[str, str, Paragraph]]:
    """Yield place, kind and the paragraph that carries the page number, each once."""
    seen = []
    for place, section in _sections(anatomy):
        for kind in ("default", "even") if anatomy.sheet.even_differs else ("default",):
            for row in section.footers.get(kind, ()):
                if (
                    any("PAGE" in f.upper() and "PAGEREF" not in f.upper() for f in row.fields)
                    and (kind, row) not in seen
                ):
                    seen.append((kind, row))
                    side = "偶数页" if kind == "even" else "单数页" if anatomy.sheet.even_differs else "页脚"
                    yield f"{place.removesuffix(PAGE_SETUP)}{side}页码", kind, row


def page_number(anatomy: Anatomy) -> Iterator[Fault]:
    """Every page is numbered."""
    kinds = {kind for _place, kind, _row in _footers(anatomy)}
    wanted = {"default", "even"} if anatomy.sheet.even_differs else {"default"}
    remedy = "在页脚插入页码，格式为“— 1 —”。"
    if "default" not in kinds:
        yield Fault("页脚", "没有页码", "每面有页码", remedy)
    elif wanted - kinds:
        yield Fault("页脚", "双数页没有页码", "每面有页码", remedy)


def page_number_look(anatomy: Anatomy) -> Iterator[Fault]:
    """4号 宋体."""
    for place, _kind, row in _footers(anatomy):
        shown = [letters for letters in row.letters if re.search(r"\d", letters.text)] or row.letters
        for name in dict.fromkeys(letters.latin or letters.font for letters in shown):
            if name not in FAMILIES["song"]:
                yield Fault(place, name or "没有指定字体", "宋体", "把页码的中文和西文字体都设为宋体。")
        for points in dict.fromkeys(letters.points for letters in shown):
            if points != 14:
                yield Fault(place, size_name(points), size_name(14), "把页码设为4号。")


def page_number_dashes(anatomy: Anatomy) -> Iterator[Fault]:
    """A dash on either side, as long as a character."""
    for place, _kind, row in _footers(anatomy):
        if not DASHED.fullmatch(row.words):
            expected = "数字左右各放一条一字线：— 1 —"
            yield Fault(place, row.words or "只有数字", expected, "在页码两边各加一条一字线（—），不用短横（-）。")


def page_number_side(anatomy: Anatomy) -> Iterator[Fault]:
    """Odd pages at the right, even pages at the left, one character in; a frame may stand at the outer side."""
    expected = "单页码居右空一字，双页码居左空一字"
    for place, kind, row in _footers(anatomy):
        if row.frame == "outside":
            continue
        if not anatomy.sheet.even_differs:
            remedy = "选“奇偶页不同”，单页页码右对齐、双页左对齐，各空一字。"
            yield Fault("页脚", "单双页页码的位置相同", expected, remedy)
            return
        side = "left" if kind == "even" else "right"
        if (row.frame or row.side.replace("both", "left")) != side:
            yield Fault(place, "位置不对", expected, "单页页码右对齐，双页页码左对齐。")
        elif not row.frame and abs(_outer_gap(row, side) - row.char) > row.char / 2:
            yield Fault(place, f"空{_outer_gap(row, side) / row.char:.1f}字", expected, "页码距版心外侧空一字。")


def _outer_gap(row: Paragraph, side: str) -> float:
    """Return how far a page number stands from the outer edge; spaces count."""
    return row.lead if side == "left" else row.span(0)[1]


def header(anatomy: Anatomy) -> Iterator[Fault]:
    """A document has no header."""
    for place, section in _sections(anatomy):
        for rows in section.headers.values():
            for row in rows:
                if not row.blank:
                    yield Fault(place, f"页眉里有“{row.words[:14]}”", "公文没有页眉", "删去页眉里的文字。", "warn")


def traces(anatomy: Anatomy) -> Iterator[Fault]:
    """No tracked changes and no comments."""
    for row in anatomy.sheet.paragraphs:
        if row.tracked:
            yield Fault(row.here, "有没有接受或拒绝的修订", "定稿里没有修订痕迹", "在“审阅”里接受或拒绝所有修订。")
    if anatomy.sheet.comments:
        yield Fault("全文", "有批注", "定稿里没有批注", "在“审阅”里删除所有批注。")


RULES = (
    Rule("paper", "5.1", "用纸为A4", paper),
    Rule("orientation", "5.1", "用纸纵向", orientation),
    Rule("margins", "5.2.1", "页边和版心", margins),
    Rule("lines", "5.2.3", "每面22行", lines, "written"),
    Rule("characters", "5.2.3", "每行28字", characters, "written"),
    Rule("page-number", "7.5", "有页码", page_number),
    Rule("page-number-look", "7.5", "页码为4号宋体", page_number_look),
    Rule("page-number-dashes", "7.5", "页码左右有一字线", page_number_dashes),
    Rule("page-number-side", "7.5", "单页码居右、双页码居左", page_number_side),
    Rule("header", "5.2.1", "没有页眉", header),
    Rule("traces", "6.1", "没有修订和批注", traces),
)
