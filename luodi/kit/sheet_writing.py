"""Spreadsheets out: lists that people can filter, fill in, print and send back; and their own sheet, marked.

Text is always written as text: a cell that begins with ``=`` is what somebody typed, never a formula of ours.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import zip_longest
from typing import IO, Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter.exceptions import OverlappingRange
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from luodi.kit.refusal import Refused

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
LAST_ROW = 1_048_576
MOST_TEXT = 32_767  # what one cell can hold
MOST_NUMBER = 10**15  # a spreadsheet keeps 15 digits; longer ones are written as text
INLINE_CHOICES = 255  # longer lists must stand on a sheet
SPARE_ROWS = 500  # empty rows that still carry the drop-downs
DICTIONARY = "字典"
DAY, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
NUMBER_FORMATS = {"integer": "#,##0", "decimal": "#,##0.00", "money": "#,##0.00", "date": DAY}


@dataclass(frozen=True)
class Column:
    """One column: ``kind`` is text, integer, decimal, money or date.

    ``choices`` become a drop-down, ``note`` a comment on the header, ``width`` is in characters.
    """

    title: str
    width: float = 14
    kind: str = "text"
    choices: Sequence[str] | None = None
    note: str = ""


def write(
    target: str | IO[bytes],
    sheet_name: str,
    *,
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    heading_lines: Sequence[str] = (),
    foot_lines: Sequence[str] = (),
) -> int:
    """Write one sheet as .xlsx to a path or a binary file; returns the number of rows written.

    Memory does not grow with the rows, which may come from a generator.
    """
    with _workbook(target) as book:
        sheet = book.add_worksheet(_sheet_name(sheet_name))
        pen = _Pen(book, sheet)
        for number, line in enumerate(heading_lines):
            pen.put(number, 0, line, "heading" if number == 0 else "plain")
        header = len(heading_lines)
        _write_header(pen, columns, header)
        last = header
        for last, row in enumerate(rows, start=header + 1):
            if last + len(foot_lines) >= LAST_ROW:
                raise Refused(_("超过 %(most)s 行，一张工作表放不下；请缩小范围后再导出。") % {"most": f"{LAST_ROW:,}"})
            for index, (column, value) in enumerate(zip(columns, row, strict=True)):
                pen.put(last, index, value, column.kind)
        for number, line in enumerate(foot_lines, start=last + 1):
            pen.put(number, 0, line, "plain")
        _finish(book, sheet, columns, header, last)
    return last - header


def write_marked(
    rows: Mapping[int, Sequence[object]],
    marks: Mapping[tuple[int, int], str],
    *,
    sheet_name: str,
    header_row: int,
    merged: Iterable[tuple[int, int, int, int]] = (),
) -> bytes:
    """The rows at their own numbers, cells in ``marks`` tinted and commented.

    All sentences of a row stand again in a last column «错误说明».
    ``marks`` is keyed by (row number from 1, column from 0). A mark on a cell beyond the sheet is still shown.
    ``merged`` are areas to merge again (first row, first column, last row, last column; rows from 1).
    """
    grid, merged = dict(rows), list(merged)
    for number, _column in marks:
        grid.setdefault(number, ())
    by_row: dict[int, list[str]] = {}
    for (number, _column), sentence in sorted(marks.items()):
        by_row.setdefault(number, []).append(sentence)
    width = max([len(cells) for cells in grid.values()] + [column + 1 for _row, column in marks], default=0)
    buffer = io.BytesIO()
    with _workbook(buffer, constant_memory=not merged) as book:
        sheet = book.add_worksheet(_sheet_name(sheet_name))
        pen = _Pen(book, sheet)
        _merge(sheet, merged)
        for number in sorted(grid):
            _write_marked_row(pen, number, grid[number], marks, width)
            note = _("错误说明") if number == header_row else "\n".join(by_row.get(number, ()))
            if note:
                pen.put(number - 1, width, note, "header" if number == header_row else "wrong")
        for index, size in enumerate(_widths(grid.values(), width)):
            sheet.set_column(index, index, size)
        sheet.set_column(width, width, 48)
        if header_row:
            sheet.freeze_panes(header_row, 0)
        _print_setup(sheet, max(header_row - 1, 0))
    return buffer.getvalue()


class _Pen:
    """Writes one value with the format of its kind; formats are made once for each workbook."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        self.book, self.sheet = book, sheet
        self._formats: dict[tuple[str, str, bool], Format] = {}

    def put(self, row: int, column: int, value: object, kind: str) -> None:
        """``row`` and ``column`` count from 0. Blank stays blank; a bool becomes 是 or 否."""
        if value is None or value == "":
            if kind in {"wrong", "header"}:
                self.sheet.write_blank(row, column, None, self._format(kind))
        elif isinstance(value, bool):
            self.sheet.write_string(row, column, _("是") if value else _("否"), self._format(kind))
        elif isinstance(value, (int, float, Decimal)) and -MOST_NUMBER < value < MOST_NUMBER:
            self.sheet.write_number(row, column, value, self._format(kind))
        elif isinstance(value, date) and value.year >= 1900:
            if isinstance(value, datetime) and value.tzinfo:
                value = timezone.localtime(value).replace(tzinfo=None)
            moment = isinstance(value, datetime) and value.time() != time.min
            self.sheet.write_datetime(row, column, value, self._format(kind, MOMENT if moment else DAY))
        else:
            text = _fitting(str(value))
            self.sheet.write_string(row, column, text, self._format(kind, quoted=text.startswith(FORMULA_SIGNS)))

    def _format(self, kind: str, number_format: str = "", quoted: bool = False) -> Format:
        number_format = number_format or NUMBER_FORMATS.get(kind, "")
        key = (kind, number_format, quoted)
        if key not in self._formats:
            self._formats[key] = self.book.add_format(_look(kind, number_format, quoted))
        return self._formats[key]


def _look(kind: str, number_format: str, quoted: bool) -> dict[str, Any]:
    look: dict[str, Any] = {"valign": "top", "text_wrap": kind not in {"heading", "plain"}}
    if kind == "heading":
        look |= {"bold": True, "font_size": 14}
    if kind == "header":
        look |= {"bold": True, "bg_color": "#E8ECF1", "border": 1, "valign": "vcenter", "align": "center"}
    if kind == "wrong":
        look |= {"bg_color": "#FBE3E1", "font_color": "#8C1D18"}
    if number_format:
        look["num_format"] = number_format
    if quoted:
        look["quote_prefix"] = True  # stays text when somebody edits the cell
    return look


def _write_header(pen: _Pen, columns: Sequence[Column], row: int) -> None:
    for index, column in enumerate(columns):
        pen.put(row, index, column.title, "header")
        pen.sheet.set_column(index, index, column.width)
        if column.note:
            pen.sheet.write_comment(row, index, column.note, {"x_scale": 2})


def _write_marked_row(
    pen: _Pen, number: int, cells: Sequence[object], marks: Mapping[tuple[int, int], str], width: int
) -> None:
    for index in range(width):
        sentence = marks.get((number, index))
        value = cells[index] if index < len(cells) else None
        pen.put(number - 1, index, value, "wrong" if sentence else "text")
        if sentence:
            pen.sheet.write_comment(number - 1, index, sentence, {"x_scale": 2})


def _finish(book: xlsxwriter.Workbook, sheet: Worksheet, columns: Sequence[Column], header: int, last: int) -> None:
    sheet.freeze_panes(header + 1, 0)
    if columns:
        sheet.autofilter(header, 0, max(last, header), len(columns) - 1)
    _print_setup(sheet, header)
    end = min(max(last, header + 1) + SPARE_ROWS, LAST_ROW - 1)
    long = [(i, c.choices) for i, c in enumerate(columns) if c.choices and not _inline(c.choices)]
    for index, column in enumerate(columns):
        rule = _rule(index, column, [i for i, _choices in long])
        if rule:
            sheet.data_validation(header + 1, index, end, index, rule)
    if long:
        dictionary = book.add_worksheet(DICTIONARY)
        for number, row in enumerate(zip_longest(*(choices for _i, choices in long))):
            for position, choice in enumerate(row):
                if choice is not None:
                    dictionary.write_string(number, position, choice)
        dictionary.hide()


def _rule(index: int, column: Column, long: Sequence[int]) -> dict[str, Any] | None:
    remedy = {"error_title": _("填写有误"), "error_message": _("请从下拉列表中选择。")}
    if column.choices and index in long:
        letter = xl_col_to_name(long.index(index))
        return {"validate": "list", "source": f"={DICTIONARY}!${letter}$1:${letter}${len(column.choices)}", **remedy}
    if column.choices:
        return {"validate": "list", "source": list(column.choices), **remedy}
    if column.kind == "date":
        message = _("请填日期，如 2020-05-03。")
        bounds = {"minimum": date(1949, 10, 1), "maximum": date(2099, 12, 31)}
        return {"validate": "date", "criteria": "between", **bounds, **remedy, "error_message": message}
    return None


def _inline(choices: Sequence[str]) -> bool:
    return len(",".join(choices)) <= INLINE_CHOICES and not any("," in choice for choice in choices)


def _print_setup(sheet: Worksheet, header: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header)
    sheet.set_footer("&C&P / &N")


def _merge(sheet: Worksheet, areas: Iterable[tuple[int, int, int, int]]) -> None:
    for top, left, bottom, right in areas:
        if (top, left) != (bottom, right):
            with suppress(
                OverlappingRange
            ):  # a damaged sheet may hold such areas; their texts are written all the same
                sheet.merge_range(top - 1, left, bottom - 1, right, "")


def _workbook(target: str | IO[bytes], *, constant_memory: bool = True) -> xlsxwriter.Workbook:
    never = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    return xlsxwriter.Workbook(target, {"constant_memory": constant_memory, **never})


def _sheet_name(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", name).strip(" '")[:31] or "Sheet1"


def _fitting(text: str) -> str:
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"


def _widths(rows: Iterable[Sequence[object]], width: int) -> list[int]:
    """Rough widths from the content, Chinese counting double, between 6 and 40."""
    widest = [6] * width
    for cells in rows:
        for index, value in enumerate(cells):
            text = "" if value is None else str(value)[:40]
            widest[index] = max(widest[index], min(40, 2 + sum(1 if c < "\u2e80" else 2 for c in text)))
    return widest
