"""Reading an uploaded sheet again, checking it, and showing it back as the person knows it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from luodi.campaigns.models import Campaign
from luodi.files.queries import open_file
from luodi.intake.models import HeaderMemory, ImportBatch, ImportedProblem
from luodi.kit import sheet_showing, spreadsheets, values
from luodi.kit.sheet_showing import Shown
from luodi.kit.spreadsheets import Sheet, Workbook
from luodi.orgs.models import Person, Unit
from luodi.problems import sheets
from luodi.problems.models import Problem, Status
from luodi.problems.sheets import CheckedRow, Reading

KEEP = ("project_name", "title", "description")  # what a phone shows of a row too
Mapped = Mapping[str, int | str]


def workbook(content: bytes, name: str) -> Workbook:
    """The file as sheets, with the ledger's header found; Refused with one sentence."""
    return spreadsheets.read(content, name, synonyms=sheets.SYNONYMS)


def workbook_of(batch: ImportBatch) -> Workbook:
    """The uploaded file, read again."""
    with open_file(batch.stored) as stream:
        return workbook(stream.read(), batch.file_name)


def sheet_of(batch: ImportBatch, book: Workbook | None = None) -> Sheet:
    """The sheet the person chose."""
    book = book or workbook_of(batch)
    return next((sheet for sheet in book.sheets if sheet.name == batch.sheet_name), book.chosen)


def home_of(unit: Unit | None, person: Person, day: date) -> Unit | None:
    """The unit whose memory of headers counts: the one chosen for the sheet, else the person's own."""
    post = person.main_post(day)
    return unit or (post.unit if post else None)


def mapping_for(sheet: Sheet, home: Unit | None = None) -> dict[str, int | str]:
    """How its headers are understood: as the unit's people understood them before, the others by synonyms."""
    known = remembered(sheet, home)
    taken: dict[str, int | str] = {name: place for place, name in known.items() if name}
    rest = ["" if place in known else header for place, header in enumerate(sheet.headers)]
    return {name: place for name, place in sheets.match(rest).items() if name not in taken} | taken


def remembered(sheet: Sheet, home: Unit | None) -> dict[int, str]:
    """Columns whose header the unit's people have met before → the field it answers, "" for none."""
    memory = HeaderMemory.objects.filter(unit=home, answers__in=["", *sheets.COLUMNS])
    known = dict(memory.values_list("header", "answers")) if home else {}
    return {place: known[header] for place, header in _lone_headers(sheet.headers) if header in known}


def lesson(headers: Sequence[str], mapping: Mapped) -> tuple[dict[str, str], set[str]]:
    """What a mapping says otherwise than the synonyms (header → field, "" for none), and the headers they agree on.

    A field that has one value for the whole sheet says nothing about the header it would have had.
    """
    said = {place: name for name, place in mapping.items() if isinstance(place, int)}
    meant = {place: name for name, place in sheets.match(headers).items()}
    silent = {place for place, name in meant.items() if isinstance(mapping.get(name), str)}
    lone = [(place, header) for place, header in _lone_headers(headers) if place not in silent]
    differs = {header: said.get(place, "") for place, header in lone if said.get(place, "") != meant.get(place, "")}
    return differs, {header for _place, header in lone} - differs.keys()


def _lone_headers(headers: Sequence[str]) -> list[tuple[int, str]]:
    """(column, header as it is compared) of those that stand once in the sheet."""
    plain = [spreadsheets.normal_header(header)[:100] for header in headers]
    return [(place, header) for place, header in enumerate(plain) if header and plain.count(header) == 1]


def missing(mapping: Mapped, unit: Unit | None) -> dict[str, str]:
    """The required fields no column answers, with their titles."""
    return {name: str(sheets.COLUMNS[name].title) for name in sheets.missing(mapping, unit)}


def check(
    sheet: Sheet,
    campaign: Campaign,
    actor: Person,
    day: date,
    unit: Unit | None = None,
    mapping: Mapped | None = None,
    corrections: Mapping[str, Mapping[str, str]] | None = None,
    progress: Callable[..., None] | None = None,
) -> Reading:
    """Every row through the ledger's form. Row numbers of `corrections` are text, as JSON keeps them."""
    typed = {int(number): fields for number, fields in (corrections or {}).items()}
    return sheets.read(
        sheet,
        campaign=campaign,
        actor=actor,
        day=day,
        unit=unit,
        mapping=mapping,
        corrections=typed,
        progress=progress,
    )


def check_batch(
    batch: ImportBatch, day: date, rows: Iterable[int] | None = None, progress: Callable[..., None] | None = None
) -> Reading:
    """The batch's sheet checked as of `day`; `rows` only these row numbers; `progress` is told how far it is."""
    sheet = sheet_of(batch)
    if rows is not None:
        wanted = set(rows)
        sheet = replace(sheet, rows=tuple(row for row in sheet.rows if row.number in wanted))
    return check(sheet, batch.campaign, batch.person, day, batch.unit, batch.mapping, batch.corrections, progress)


def findings(rows: Iterable[CheckedRow]) -> dict[str, dict[str, Any]]:
    """What a check found, as a batch keeps it."""
    return {
        str(row.number): {"errors": row.errors, "warnings": row.warnings, "duplicate": row.duplicate_of}
        for row in rows
        if row.errors or row.warnings
    }


def column_titles() -> dict[str, str]:
    """The title of each field a column can answer."""
    return {name: str(column.title) for name, column in sheets.COLUMNS.items()}


def offered(campaign: Campaign, actor: Person, day: date) -> dict[str, list[str]]:
    """What may be written where one of a list is asked for."""
    return sheets.choices(campaign, actor, day)


def template(campaign: Campaign, actor: Person, day: date) -> bytes:
    """The empty ledger to fill in."""
    return sheets.template(campaign, actor, day)


def shown(batch: ImportBatch, sheet: Sheet, start: int = 0, everything: bool = False) -> Shown:
    """At most 200 rows of the person's own sheet from row number `start` on: those with findings, or all."""
    return sheet_showing.shown(
        sheet,
        batch.mapping,
        findings=batch.findings,
        corrections=batch.corrections,
        titles=column_titles(),
        lacking=missing(batch.mapping, batch.unit),
        keep=KEEP,
        start=start,
        everything=everything,
    )


def marked(batch: ImportBatch, day: date) -> bytes:
    """The sheet with corrections put in and what is still wrong tinted."""
    sheet = sheet_of(batch)
    reading = check(sheet, batch.campaign, batch.person, day, batch.unit, batch.mapping, batch.corrections)
    put_in = sheet_showing.corrected(sheet, batch.corrections, batch.mapping)
    return sheets.marked(put_in, reading.bad, batch.mapping)


def row_faults(sheet: Sheet, mapping: Mapped, row: CheckedRow) -> list[dict[str, Any]]:
    """The errors of a row for the command line: row, column as it is headed, value, message."""
    titles = column_titles()
    found = []
    for name, sentence in row.errors.items():
        place = mapping.get(name)
        header = sheet.headers[place] if isinstance(place, int) else titles.get(name, name)
        value = values.clean_text(row.values.get(name))
        found.append({"row": row.number, "column": header, "value": value, "message": sentence})
    return found


def registered(batch: ImportBatch) -> Any:
    """The problems this import has registered, in the order of its rows."""
    return ImportedProblem.objects.filter(batch=batch).select_related("problem").order_by("row_number", "pk")


def problems_of(batch: ImportBatch) -> Any:
    """The problems themselves, in the order in which they were registered."""
    mine = ImportedProblem.objects.filter(batch=batch).values("problem")
    return Problem.objects.filter(pk__in=mine).order_by("pk")


def touched(batch: ImportBatch) -> Any:
    """Those of them with which something has been done since."""
    return problems_of(batch).exclude(status=Status.REGISTERED, version=1)
