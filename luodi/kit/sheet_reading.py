"""A spreadsheet file, whoever made it, as plain grids of cells; or one sentence that says why not.

Everything dangerous is looked at before the parser sees it: size, kind by content, zip bombs, and the farthest cell
that holds something (the parser reserves the whole rectangle up to it).
"""

import csv
import io
import os
import pickle
import re
import resource
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import (
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from luodi.kit.refusal import Refused

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 50_000
AROUND = 20  # rows of titles, header, totals and notes that are not counted
MOST_UNPACKED = 400 * 1024 * 1024  # 100,000 rows of 20 columns unpack to about 80 MB
MOST_TEXT = 1024 * 1024 * 1024  # texts of all cells written out
MOST_PARTS = 5_000
WORST_RATIO = 250  # a sheet of nothing but empty formatted rows reaches about 100
MOST_CELLS = 6_000_000  # the rectangle of one sheet: some 40 bytes each in the parser

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: a cell that holds something and its address; formatted empty cells close themselves or are closed at once
_FULL_CELL = re.compile(
    rb"<(?:\w+:)?+c(?:\s(?>r=|[^<>]*?\sr=)[\"']([A-Z]{1,3})([0-9]{1,7})[\"'][^<>]*+|(?:\s[^<>]*+)?)(?<!/)>\s*+<(?!/)"
)
_SHARED = re.compile(rb"\st=[\"']s[\"'][^<>]*+>\s*+(?:<(?:\w+:)?+v[^<>]*+>\s*+([0-9]{1,9}))?")
_STRING = re.compile(rb"<(?:\w+:)?+si\b")
_PIECE = 1 << 20
XLS_MEMORY, XLS_SECONDS, LOCKED = 2 * 1024 * 1024 * 1024, 60, 3
_Parsed = tuple[str, bool, int, list[tuple[int, list[Any]]], list[Any]]
_ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Grid:
    """One sheet as it stands: ``rows`` are (real row number from 1, cells from column A); blank rows are left out.

    ``merged`` holds rectangles (first row, first column, last row, last column), rows from 1, columns from 0.
    """

    name: str
    hidden: bool
    rows: tuple[tuple[int, tuple[object, ...]], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()


def read_grids(
    content: bytes, name: str, *, max_bytes: int = MOST_BYTES, max_rows: int = MOST_ROWS
) -> tuple[str, list[Grid]]:
    """The kind of file (xlsx, xlsm, xls, csv: by content, not by name) and its sheets."""
    if not content.strip():
        raise Refused(_("文件「%(file)s」是空的，请重新选择文件。") % {"file": name})
    if len(content) > max_bytes:
        raise Refused(
            _("文件「%(file)s」有 %(size)s MB，超过 %(most)s MB；请删去图片和多余的工作表，或分成几个文件。")
            % {"file": name, "size": -(-len(content) // 1_048_576), "most": max_bytes // 1_048_576}
        )
    kind = _kind(content, name)
    if kind == "csv":
        return kind, [_csv_grid(content, name, max_rows)]
    return kind, _workbook_grids(content, kind, name, max_rows)


def _kind(content: bytes, name: str) -> str:
    if content.startswith(b"PK"):
        return _kind_of_zip(content, name)
    if content.startswith(OLE):
        return _kind_of_ole(content, name)
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        raise Refused(
            _("文件「%(file)s」其实是网页，不是表格；请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。") % {"file": name}
        )
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if start.startswith((b"%pdf", b"{\\rtf", b"rar!", b"7z\xbc", b"\x89png", b"\xff\xd8\xff")) or (
        b"\0" in content and not utf16
    ):
        raise _wrong_kind(name)
    return "csv"


def _kind_of_zip(content: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if not any(part.filename.lower() == "xl/workbook.xml" for part in parts):
                raise _wrong_kind(name)
            _refuse_bomb(parts, len(content), name)
            cells = sum(_refuse_far_cells(archive, part, name) for part in parts)
            _refuse_repeated_text(archive, parts, cells, name)
            return "xlsm" if any(part.filename.lower() == "xl/vbaproject.bin" for part in parts) else "xlsx"
    except _ZIP_FAULTS as e:
        raise _damaged(name) from e


def _kind_of_ole(content: bytes, name: str) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise _locked(name)
    if any(stream.encode("utf-16-le") in content for stream in ("Workbook", "Book", "WORKBOOK", "BOOK")):
        return "xls"
    if any(stream.encode("utf-16-le") in content for stream in ("WordDocument", "PowerPoint Document")):
        raise _wrong_kind(name)
    raise _damaged(name)


def _refuse_bomb(parts: Sequence[zipfile.ZipInfo], packed: int, name: str) -> None:
    unpacked = sum(part.file_size for part in parts)
    ratio = unpacked / max(packed, 1)
    if unpacked > MOST_UNPACKED or len(parts) > MOST_PARTS or (unpacked > 50 * 1024 * 1024 and ratio > WORST_RATIO):
        raise _too_big_inside(name, unpacked)


def _refuse_far_cells(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> int:
    """Unpack an XML part once (a false size or sum shows here); measure a worksheet and count its filled cells."""
    if not part.filename.lower().endswith((".xml", ".rels")):
        return 0
    worksheet = _is_worksheet(part)
    cells, last_row, letters = 0, 0, set[bytes]()
    for piece in _pieces(archive, part):
        found = _FULL_CELL.findall(piece) if worksheet else ()
        cells += len(found)
        letters.update(column for column, _row in found)
        if b"" in letters:  # cells without an address: nothing known writes them
            raise _damaged(name)
        last_row = max(last_row, max((int(row) for _column, row in found), default=0))
    widest = max(letters, key=lambda column: (len(column), column), default=b"A").decode()
    if last_row * column_number(widest) > MOST_CELLS:
        raise _too_wide(name, last_row, widest)
    return cells


def _refuse_repeated_text(archive: zipfile.ZipFile, parts: Sequence[zipfile.ZipInfo], cells: int, name: str) -> None:
    """The parser copies a shared text into each cell that points to it: a small file can ask for all memory."""
    shared = next((part for part in parts if part.filename.lower() == "xl/sharedstrings.xml"), None)
    lengths = [len(text) for text in _STRING.split(archive.read(shared))[1:]] if shared else []
    longest = max(lengths, default=0)
    if longest * cells <= MOST_TEXT:
        return
    total = 0
    for part in filter(_is_worksheet, parts):
        for piece in _pieces(archive, part):
            places = (int(place) if place else len(lengths) for place in _SHARED.findall(piece))
            total += sum(lengths[place] if place < len(lengths) else longest for place in places)
    if total > MOST_TEXT:
        raise _too_big_inside(name, total)


def _is_worksheet(part: zipfile.ZipInfo) -> bool:
    return part.filename.lower().startswith("xl/worksheets/")


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part in pieces that overlap by the last two tags, so that no cell falls between two of them."""
    rest = b""
    with archive.open(part) as stream:
        while fresh := stream.read(_PIECE):
            piece = rest + fresh
            yield piece
            rest = piece[max(piece.rfind(b"<", 0, max(piece.rfind(b"<"), 0)), 0) :]
            if len(rest) > 4 * _PIECE:
                raise ValueError("a tag of more than 4 MB")


def column_number(letters: str) -> int:
    """``A`` is 1, ``AA`` is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _workbook_grids(content: bytes, kind: str, name: str, max_rows: int) -> list[Grid]:
    try:
        sheets = _parsed_apart(content) if kind == "xls" else _parsed(content)
    except (KeyboardInterrupt, SystemExit):
        raise
    except PasswordError as e:
        raise _locked(name) from e
    except BaseException as e:  # the parser's Rust panics are no Exception
        raise _damaged(name) from e
    grids = []
    for title, hidden, left, rows, merged in sheets:
        areas = ((top + 1, first, bottom + 1, last) for (top, first), (bottom, last) in merged)
        grids.append(Grid(title, hidden, _filled_rows(rows, name, title, max_rows, left), tuple(sorted(areas))))
    return grids


def _parsed(content: bytes) -> list[_Parsed]:
    """(name, hidden, empty columns on the left, numbered rows that are not empty, merged areas) of each worksheet."""
    parsed: list[_Parsed] = []
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        for index, about in enumerate(book.sheets_metadata):
            if about.typ == SheetTypeEnum.WorkSheet:
                sheet = book.get_sheet_by_index(index)
                numbered = enumerate(sheet.iter_rows() if sheet.start else (), start=1)
                rows = [(number, row) for number, row in numbered if row.count("") < len(row)]
                hidden = about.visible != SheetVisibleEnum.Visible
                left = sheet.start[1] if sheet.start else 0
                parsed.append((sheet.name, hidden, left, rows, sheet.merged_cell_ranges or []))
    return parsed


def _parsed_apart(content: bytes) -> list[_Parsed]:
    """``_parsed`` in a process of its own: a damaged .xls can make the parser take all memory; nothing catches that."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and file
        [sys.executable, "-P", __file__],
        input=content,
        capture_output=True,
        timeout=XLS_SECONDS,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=False,
    )
    if done.returncode == LOCKED:
        raise PasswordError
    if done.returncode:
        raise ValueError("the parser gave up")
    return pickle.loads(done.stdout)  # noqa: S301 - written by our own process


def _parse_here() -> int:
    """The process that ``_parsed_apart`` starts: a workbook on stdin, its sheets on stdout."""
    resource.setrlimit(resource.RLIMIT_AS, (XLS_MEMORY, XLS_MEMORY))
    try:
        sheets = _parsed(sys.stdin.buffer.read())
    except PasswordError:
        return LOCKED
    pickle.dump(sheets, sys.stdout.buffer)
    return 0


def _filled_rows(
    rows: Iterable[tuple[int, list[Any]]], file: str, sheet: str, max_rows: int, left: int = 0
) -> tuple[tuple[int, tuple[object, ...]], ...]:
    kept: list[tuple[int, tuple[object, ...]]] = []
    blank = (None,) * left
    for number, row in rows:
        cells = tuple(None if isinstance(cell, str) and not cell.strip() else cell for cell in row)
        if any(cell is not None for cell in cells):
            kept.append((number, blank + cells))
    if len(kept) > max_rows + AROUND:
        raise Refused(
            _("文件「%(file)s」工作表「%(sheet)s」有 %(rows)s 行，超过 %(most)s 行；请分成几个文件上传。")
            % {"file": file, "sheet": sheet, "rows": f"{len(kept):,}", "most": f"{max_rows:,}"}
        )
    return tuple(kept)


def _csv_grid(content: bytes, name: str, max_rows: int) -> Grid:
    text = _decoded(content, name)
    try:
        records = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
        rows = list(records)
    except csv.Error as e:
        raise Refused(
            _("文件「%(file)s」的引号或分隔符不成对，无法分列；请用 Excel 打开后另存为 .xlsx 再上传。") % {"file": name}
        ) from e
    width = max(len(row) for row in rows)
    if width * len(rows) > MOST_CELLS:
        raise _too_wide(name, len(rows), str(width))
    padded = ((number, row + [""] * (width - len(row))) for number, row in enumerate(rows, start=1))
    return Grid(name, False, _filled_rows(padded, name, name, max_rows))


def _decoded(content: bytes, name: str) -> str:
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(_("文件「%(file)s」的文字编码无法识别；请用 Excel 打开后另存为 .xlsx 再上传。") % {"file": name})


def _delimiter(text: str) -> str:
    """The sign that splits the first lines into most columns; a comma when none does."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in text[:65_536].splitlines() if line.strip()][:20]
    return max(",\t;|", key=lambda sign: (sum(line.count(sign) for line in lines), sign == ","))


def _wrong_kind(name: str) -> Refused:
    return Refused(_("文件「%(file)s」不是表格；请上传 .xlsx、.xls 或 .csv 文件。") % {"file": name})


def _damaged(name: str) -> Refused:
    return Refused(_("文件「%(file)s」已损坏，读不出来；请用 Excel 或 WPS 打开后另存一份再上传。") % {"file": name})


def _locked(name: str) -> Refused:
    return Refused(_("文件「%(file)s」设有打开密码；请在 Excel 里取消密码、另存后再上传。") % {"file": name})


def _too_big_inside(name: str, unpacked: int) -> Refused:
    return Refused(
        _("文件「%(file)s」解开后有 %(size)s MB，过大，不予读取；请把数据复制到一个新表格里再上传。")
        % {"file": name, "size": f"{unpacked // 1_048_576:,}"}
    )


def _too_wide(name: str, row: int, column: str) -> Refused:
    return Refused(
        _("文件「%(file)s」的内容铺到了第 %(row)s 行、%(column)s 列，范围过大；请删去远处的零散内容再上传。")
        % {"file": name, "row": f"{row:,}", "column": column}
    )


if __name__ == "__main__":
    sys.exit(_parse_here())
