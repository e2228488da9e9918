"""Reading a monthly sheet again, checking it, showing it back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from luodi.files.queries import open_file
from luodi.kit import sheet_showing, spreadsheets
from luodi.kit.sheet_showing import Shown
from luodi.kit.spreadsheets import Sheet, Workbook
from luodi.orgs.models import Person, Unit
from luodi.progress import sheets
from luodi.progress.models import MonthlySheet
from luodi.progress.rules import MOST_ROWS
from luodi.progress.sheets import Reading
from luodi.projects.queries import Known

KEEP = ("name", "amount")  # what a phone shows of a row too


def workbook(content: bytes, name: str) -> Workbook:
    """The file as sheets; Refused with one sentence."""
    return spreadsheets.read(content, name, synonyms=sheets.SYNONYMS, max_rows=MOST_ROWS)


def sheet_of(batch: MonthlySheet) -> Sheet:
    """The uploaded sheet, read again."""
    with open_file(batch.stored) as stream:
        book = workbook(stream.read(), batch.file_name)
    return next((sheet for sheet in book.sheets if sheet.name == batch.sheet_name), book.chosen)


def check(batch: MonthlySheet, sheet: Sheet, at: datetime, day: date) -> Reading:
    """Every row against the library as it is now."""
    typed = {int(number): fields for number, fields in batch.corrections.items()}
    return sheets.read(
        sheet, unit=batch.unit, month_on=batch.month_on, actor=batch.person, at=at, day=day, corrections=typed
    )


def findings(reading: Reading) -> dict[str, dict[str, Any]]:
    """What a check found, as a sheet keeps it."""
    return {
        str(row.number): {"errors": row.errors, "warnings": row.warnings}
        for row in reading.rows
        if row.errors or row.warnings
    }


def missing(mapping: Mapping[str, int]) -> list[str]:
    """The titles of the columns that must be there and are not."""
    titles = sheets.titles()
    return [titles[name] for name in sheets.REQUIRED if name not in mapping]


def shown(batch: MonthlySheet, sheet: Sheet, start: int, everything: bool) -> Shown:
    """A page of the person's own sheet."""
    return sheet_showing.shown(
        sheet, batch.mapping, findings=batch.findings, corrections=batch.corrections, titles=sheets.titles(),
        keep=KEEP, start=start, everything=everything,
    )  # fmt: skip


def marked(batch: MonthlySheet, at: datetime, day: date) -> bytes:
    """The sheet with corrections put in and what is still wrong tinted."""
    sheet = sheet_of(batch)
    return sheets.marked(sheet_showing.corrected(sheet, batch.corrections, batch.mapping), check(batch, sheet, at, day))


def only(sheet: Sheet, number: int) -> Sheet:
    """The sheet with one row; its other rows are not looked at."""
    return replace(sheet, rows=tuple(row for row in sheet.rows if row.number == number))


def template(unit: Unit, month_on: date, person: Person, day: date) -> bytes:
    """The county's sheet to fill in."""
    return sheets.out(unit, month_on, Known.of(unit, person, day))


def mine(person: Person) -> Any:
    """A person's own sheets: nobody else's business until the months are told."""
    return MonthlySheet.objects.filter(person=person).select_related("unit", "stored", "person")
