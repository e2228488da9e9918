"""A person's own sheet shown back with what is wrong in its cells: the same for every sheet that is brought in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from luodi.kit import values
from luodi.kit.spreadsheets import Row, Sheet

PAGE = 200
Findings = Mapping[str, Mapping[str, Any]]
Corrections = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Cell:
    """A cell as it is shown: its text, the field it answers and its title, what is wrong, whether it was corrected."""

    text: str
    name: str = ""
    title: str = ""
    fault: str = ""
    corrected: bool = False
    keep: bool = False  # always shown, so that the row is recognised

    @property
    def matters(self) -> bool:
        """Whether somebody who corrects the row must see it."""
        return self.keep or self.corrected or bool(self.fault)


@dataclass(frozen=True)
class Line:
    """A row as it is shown. `faults` are errors of fields no column answers; they are corrected beside the row."""

    number: int
    cells: list[Cell]
    faults: list[Cell]
    warnings: list[str]

    @property
    def wrong(self) -> bool:
        """Whether something in it must be corrected."""
        return bool(self.faults) or any(cell.fault for cell in self.cells)


@dataclass(frozen=True)
class Shown:
    """A page of the sheet."""

    headers: list[tuple[str, str]]
    lines: list[Line]
    next_row: int | None


def shown(
    sheet: Sheet,
    mapping: Mapping[str, int | str],
    *,
    findings: Findings,
    corrections: Corrections,
    titles: Mapping[str, str],
    lacking: Collection[str] = (),
    keep: Collection[str] = (),
    start: int = 0,
    everything: bool = False,
) -> Shown:
    """At most 200 rows of the sheet from row number `start` on: those with findings, or all.

    `findings` and `corrections` are by row number as text; a column that is `lacking` is said once, not in every row.
    Of rows with findings only the columns that matter are shown, so that no wrong cell stands beyond the edge.
    """
    fields = {place: name for name, place in mapping.items() if isinstance(place, int)}
    rows = [r for r in sheet.rows if r.number >= start and (everything or str(r.number) in findings)]
    drawn = []
    for row in rows[:PAGE]:
        found, typed = findings.get(str(row.number), {}), corrections.get(str(row.number), {})
        line = _line(row, fields, len(sheet.headers), titles, found, typed, keep)
        drawn.append(replace(line, faults=[cell for cell in line.faults if cell.name not in lacking]))
    places = [i for i in range(len(sheet.headers)) if everything or any(line.cells[i].matters for line in drawn)]
    headers = [(spreadsheet_letter(i), sheet.headers[i]) for i in places]
    lines = [replace(line, cells=[line.cells[i] for i in places]) for line in drawn]
    return Shown(headers, lines, rows[PAGE].number if len(rows) > PAGE else None)


def spreadsheet_letter(place: int) -> str:
    """0 is A, 26 is AA: what the person sees above the column."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _line(
    row: Row, fields: Mapping[int, str], width: int, titles: Mapping[str, str], found: Mapping[str, Any],
    typed: Mapping[str, str], keep: Collection[str],
) -> Line:  # fmt: skip
    errors, drawn = found.get("errors", {}), []
    for place in range(width):
        name = fields.get(place, "")
        text = typed[name] if name in typed else values.clean_text(row.cells[place] if place < len(row.cells) else None)
        drawn.append(Cell(text, name, titles.get(name, ""), errors.get(name, ""), name in typed, name in keep))
    apart = {name: fault for name, fault in errors.items() if name not in fields.values()}
    faults = [Cell(typed.get(name, ""), name, titles.get(name, name), fault) for name, fault in apart.items()]
    return Line(row.number, drawn, faults, found.get("warnings", []))


def corrected(sheet: Sheet, corrections: Corrections, mapping: Mapping[str, int | str]) -> Sheet:
    """The sheet with what was typed on the page in place of its cells."""
    rows: Sequence[Row] = [_with(row, corrections.get(str(row.number), {}), mapping) for row in sheet.rows]
    return replace(sheet, rows=tuple(rows))


def _with(row: Row, typed: Mapping[str, str], mapping: Mapping[str, int | str]) -> Row:
    cells = list(row.cells)
    for name, text in typed.items():
        place = mapping.get(name)
        if isinstance(place, int) and place < len(cells):
            cells[place] = text
    return replace(row, cells=tuple(cells))
