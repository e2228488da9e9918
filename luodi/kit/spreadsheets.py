"""Spreadsheets as clerks make them: title lines, merged headers, totals at the foot, hidden sheets, real row numbers.

``read`` gives every sheet with its header found; ``match_columns`` tells which column answers which field; values in
cells are left as they are for ``kit.values``. ``write`` and ``marked_copy`` go the other way.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from luodi.kit.refusal import Refused
from luodi.kit.sheet_reading import MOST_BYTES, MOST_ROWS, Grid, read_grids
from luodi.kit.sheet_writing import Column, write, write_marked
from luodi.kit.values import clean_text

__all__ = [
    "Column", "Match", "Row", "Sheet", "Workbook",
    "find_header", "marked_copy", "match_columns", "normal_header", "only", "read", "write",
]  # fmt: skip

HEADER_WITHIN = 15  # rows in which a header is looked for
MOST_MERGED = 10_000  # merged areas looked at in one sheet
LEVELS = "·"  # between the levels of a merged header
Synonyms = Mapping[str, Sequence[str]]

_TOTAL = re.compile(r"(全[省市县区]|本页|本表)?(合计|小计|总计|共计)([(（].*[)）])?[:：]?")
_NOTE = re.compile(r"((填表|制表|填报|审核|负责|联系|单位负责)人|联系电话|填报单位|(填报|填表)日期|备注|说明|注)[:：]")
_UNIT = re.compile(r"单位[:：]\s*(亿元|万元|千元|元|公顷|亩)")
_NUMERAL = r"[一二三四五六七八九十]{1,3}"
_NUMBERED = re.compile(rf"[(（]?{_NUMERAL}[)）]?[、.．]?")
_HEADING = re.compile(rf"([(（]{_NUMERAL}[)）]|{_NUMERAL}[、.．]).+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


@dataclass(frozen=True)
class Row:
    """``number`` is the row number the person sees; ``cells`` start at column A, blank is ``None``."""

    number: int
    cells: tuple[object, ...]


@dataclass(frozen=True)
class Sheet:
    """One sheet: title lines, header, rows, totals, sections («一、审批类» alone in its row), notes at the foot.

    ``header_row`` is the number of the first header row (0: the sheet is blank), ``header_rows`` how many there are.
    """

    name: str
    hidden: bool
    title_rows: tuple[str, ...] = ()
    header_row: int = 0
    header_rows: int = 0
    headers: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    totals: tuple[Row, ...] = ()
    sections: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    grid: Grid | None = field(default=None, repr=False, compare=False)

    @property
    def unit(self) -> str:
        """The unit of amounts said above the table («单位：万元»), or ``""``."""
        found = _UNIT.search("\n".join(self.title_rows))
        return found[1] if found else ""


@dataclass(frozen=True)
class Workbook:
    """All sheets of a file, ``chosen`` the visible one that fits best; ``kind`` is xlsx, xlsm, xls or csv."""

    name: str
    sheets: tuple[Sheet, ...]
    kind: str
    chosen: Sheet
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """Which column (from 0) answers which field; headers nobody asked for; required fields without a column."""

    columns: dict[str, int]
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def read(
    content: bytes,
    name: str,
    *,
    synonyms: Synonyms | None = None,
    max_bytes: int = MOST_BYTES,
    max_rows: int = MOST_ROWS,
) -> Workbook:
    """Read .xlsx, .xlsm, .xls or .csv by content; ``synonyms`` (field → header texts) find header and sheet surely.

    Refused with one sentence: empty, too big, not a spreadsheet, damaged, locked, too many rows, no visible data, or
    (with ``synonyms``) no header that fits. Text in vertically merged data cells is given to every row it spans;
    numbers are not, since a sum would count them again.
    """
    kind, grids = read_grids(content, name, max_bytes=max_bytes, max_rows=max_rows)
    sheets = tuple(_sheet(grid, synonyms or {}) for grid in grids)
    seen = [sheet for sheet in sheets if sheet.header_row and not sheet.hidden]
    if not seen:
        raise Refused(_("文件「%(file)s」没有可见的数据；请取消隐藏工作表或填写后再上传。") % {"file": name})
    chosen = seen[0]
    if synonyms:
        chosen = max(seen, key=lambda sheet: len(match_columns(sheet.headers, synonyms).columns))
        if not match_columns(chosen.headers, synonyms).columns:
            titles = _("、").join(words[0] for words in synonyms.values() if words)
            raise Refused(
                _("文件「%(file)s」前 %(rows)s 行里找不到表头；表头应有这样的列：%(titles)s。")
                % {"file": name, "rows": HEADER_WITHIN, "titles": titles}
            )
    warnings = (_("文件带有宏，只读取了单元格，没有运行宏。"),) if kind == "xlsm" else ()
    return Workbook(name, sheets, kind, chosen, warnings)


def find_header(
    rows: Sequence[tuple[int, Sequence[object]]], synonyms: Synonyms, merged: Sequence[tuple[int, int, int, int]] = ()
) -> tuple[int, int, tuple[str, ...]] | None:
    """(number of the first header row, how many rows it has, headers), or ``None`` for a blank sheet.

    The row, or the two merged rows, that answer most fields; without synonyms the first row that is nearly as full as
    the fullest. ``rows`` are (real number, cells).
    """
    best: tuple[tuple[float, ...], int, int, tuple[str, ...]] | None = None
    near = [(number, cells) for number, cells in rows if number <= rows[0][0] + HEADER_WITHIN - 1] if rows else []
    fullest = max((_fullness(cells) for _number, cells in near), default=0)
    for place, (number, cells) in enumerate(near):
        for depth in _depths(near, place, merged):
            headers = _merged_headers([cells for _n, cells in near[place : place + depth]], number, merged)
            matches = len(match_columns(headers, synonyms).columns)
            score = (matches, _fullness(cells) >= 0.6 * fullest, depth if not matches else -depth, -number)
            if best is None or score > best[0]:
                best = (score, number, depth, headers)
    return best[1:] if best else None


def match_columns(headers: Sequence[str], synonyms: Synonyms, required: Sequence[str] = ()) -> Match:
    """Give each field at most one column and each column at most one field.

    First headers equal to a synonym, then merged headers whose last level is equal, then headers that contain one,
    longest synonym first. Compared without spaces, width, case, stars and bracketed units.
    """
    whole = [normal_header(header) for header in headers]
    last = [normal_header(header.rsplit(LEVELS, 1)[-1]) for header in headers]
    words = [(name, normal_header(word)) for name, texts in synonyms.items() for word in texts]
    words = [(name, word) for name, word in words if word]
    longest_first = sorted(words, key=lambda pair: -len(pair[1]))
    found: dict[str, int] = {}
    _take(found, words, whole, str.__eq__)
    _take(found, words, last, str.__eq__)
    _take(found, [pair for pair in longest_first if len(pair[1]) > 1], whole, str.__contains__)
    unknown = tuple(header for index, header in enumerate(headers) if header and index not in found.values())
    return Match(found, unknown, tuple(name for name in required if name not in found))


def normal_header(header: object) -> str:
    """A header for comparison: ``*总投资\\n（万元）`` becomes ``总投资``."""
    text = re.sub(r"\s+", "", clean_text(header).translate(_NARROW)).lower()
    bare = re.sub(r"[*:：·_/、,，.。-]", "", _BRACKETS.sub("", text))
    return bare or text


def marked_copy(source: bytes | Sheet, marks: Mapping[tuple[int, int], str], *, name: str = "") -> bytes:
    """The person's own sheet as .xlsx: wrong cells tinted and commented, a last column «错误说明» with all sentences.

    ``marks`` is keyed by (row number as shown, column from 0). Of a file, the sheet that ``read`` chooses. Title and
    header stay merged; data cells do not, or a mark inside a merged cell would be hidden.
    """
    sheet = source if isinstance(source, Sheet) else read(source, name).chosen
    rows = dict(sheet.grid.rows if sheet.grid else ())
    rows |= {row.number: row.cells for row in sheet.rows}
    end = sheet.header_row + sheet.header_rows - 1
    merged = [area for area in (sheet.grid.merged if sheet.grid else ()) if area[2] <= end]
    return write_marked(rows, marks, sheet_name=sheet.name, header_row=sheet.header_row, merged=merged)


def only(sheet: Sheet, numbers: Collection[int]) -> tuple[Sheet, dict[int, int]]:
    """Title, header and these rows closed up below it; and the number each of them has now."""
    end = sheet.header_row + sheet.header_rows
    kept = [row for row in sheet.rows if row.number in numbers]
    moved = {row.number: end + place for place, row in enumerate(kept)}
    rows = tuple(replace(row, number=moved[row.number]) for row in kept)
    grid = replace(sheet.grid, rows=tuple(line for line in sheet.grid.rows if line[0] < end)) if sheet.grid else None
    return replace(sheet, rows=rows, totals=(), sections=(), notes=(), grid=grid), moved


def _sheet(grid: Grid, synonyms: Synonyms) -> Sheet:
    header = find_header(grid.rows, synonyms, grid.merged)
    if not header:
        return Sheet(grid.name, grid.hidden, grid=grid)
    first, depth, headers = header
    titles = tuple(_line(cells) for number, cells in grid.rows if number < first)
    above = [cells for number, cells in grid.rows if first <= number < first + depth]
    body = [Row(number, cells) for number, cells in grid.rows if number >= first + depth and cells not in above]
    totals = tuple(row for row in body if _is_total(row.cells))
    notes = [row for row in body if _NOTE.match(next((clean_text(cell) for cell in row.cells if cell is not None), ""))]
    apart = {row.number for row in (*totals, *notes)}
    rows = _filled_down([row for row in body if row.number not in apart], grid, first + depth)
    sections = tuple(row for row in rows if _is_section(row.cells))
    headings = {row.number for row in sections}
    rows = tuple(row for row in rows if row.number not in headings)
    lines = tuple(_line(row.cells) for row in notes)
    return Sheet(grid.name, grid.hidden, titles, first, depth, headers, rows, totals, sections, lines, grid)


def _filled_down(rows: list[Row], grid: Grid, start: int) -> tuple[Row, ...]:
    """Rows with the text of vertically merged cells repeated in each row that the merge spans."""
    cells_at = dict(grid.rows)
    numbers = [row.number for row in rows]
    for top, left, bottom, _right in grid.merged[:MOST_MERGED]:
        text = cells_at[top][left] if top >= start and left < len(cells_at.get(top, ())) else None
        if not isinstance(text, str):
            continue
        for place in range(bisect_right(numbers, top), bisect_right(numbers, bottom)):
            cells = rows[place].cells
            if cells[left] is None:
                rows[place] = Row(numbers[place], (*cells[:left], text, *cells[left + 1 :]))
    return tuple(rows)


def _depths(
    rows: Sequence[tuple[int, Sequence[object]]], place: int, merged: Sequence[tuple[int, int, int, int]]
) -> tuple[int, ...]:
    """Two header rows are possible where cells of the first are merged, downward or over filled cells of the next."""
    number, cells = rows[place]
    if place + 1 >= len(rows) or rows[place + 1][0] != number + 1 or _fullness(cells) < 2:
        return (1,)
    below = rows[place + 1][1]
    joined = any(
        top == number and (bottom == number + 1 or (right > left and any(below[left : right + 1])))
        for top, left, bottom, right in merged
    )
    return (1, 2) if joined else (1,)


def _merged_headers(
    rows: Sequence[Sequence[object]], first: int, merged: Sequence[tuple[int, int, int, int]]
) -> tuple[str, ...]:
    """Header texts, levels joined by ``·``; a merged text counts for every column below it."""
    levels = [[re.sub(r"\s*\n\s*", "", clean_text(cell)) for cell in row] for row in rows]
    for top, left, _bottom, right in merged:
        if top == first and len(levels) > 1:
            for column in range(left + 1, min(right + 1, len(levels[0]))):
                levels[0][column] = levels[0][column] or levels[0][left]
    return tuple(LEVELS.join(dict.fromkeys(text for text in column if text)) for column in zip(*levels, strict=True))


def _take(found: dict[str, int], words: Sequence[tuple[str, str]], headers: Sequence[str], fits: object) -> None:
    for name, word in words:
        if name in found:
            continue
        for index, header in enumerate(headers):
            if index not in found.values() and header and fits(header, word):  # type: ignore[operator]
                found[name] = index
                break


def _fullness(cells: Sequence[object]) -> int:
    """How many different short texts a row holds: what a header has most of."""
    return len({cell for cell in cells if isinstance(cell, str) and len(cell) <= 40})


def _is_total(cells: Sequence[object]) -> bool:
    return any(_TOTAL.fullmatch(re.sub(r"\s+", "", clean_text(cell))) for cell in cells[:3] if isinstance(cell, str))


def _is_section(cells: Sequence[object]) -> bool:
    """A heading with its Chinese numeral, in one cell or beside it, and the rest of the row empty."""
    filled = [cell for cell in cells if cell is not None]
    if len(cells) < 3 or not 0 < len(filled) < 3:
        return False
    return bool((_HEADING if len(filled) == 1 else _NUMBERED).fullmatch(clean_text(filled[0])))


def _line(cells: Sequence[object]) -> str:
    return " ".join(clean_text(cell) for cell in cells if cell is not None)
