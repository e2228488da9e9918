"""Reading an uploaded sheet again, checking it, and showing it back as the person knows it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from luodi.campaigns.models import Campaign
from luodi.files.queries import open_file
from luodi.intake.models import HeaderMemory, ImportBatch, ImportedProblem
from luodi.kit import sheet_showing, spreadsheets, values
from luodi.kit.sheet_showing import Shown
from luodi.kit.spreadsheets import Row, Sheet, Workbook
from luodi.orgs.models import Person, Unit
from luodi.problems import sheets
from luodi.problems.models import Problem, Status
from luodi.problems.queries import key
from luodi.problems.sheets import CheckedRow, Reading

MOST_GROUPS, MOST_NAMED = 20, 20
#: fields whose wrong words can be put right in all rows at once
AT_A_STROKE = frozenset({"batch", "county", "unit", "source", "category", "found_on", "is_priority", "from_above"})
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


def readable(book: Workbook) -> list[Sheet]:
    """The sheets one can choose from."""
    return [sheet for sheet in book.sheets if sheet.header_row and not sheet.hidden]


def remarks(book: Workbook, sheet: Sheet) -> list[str]:
    """What of the file is not read, so that nothing is left out in silence."""
    said = list(book.warnings)
    if apart := sorted(row.number for row in (*sheet.totals, *sheet.sections)):
        numbers = _("、").join(map(str, apart[:MOST_NAMED])) + (_("等") if len(apart) > MOST_NAMED else "")
        said.append(_("第 %(rows)s 行是分类标题、小计或合计，不作为问题。") % {"rows": numbers})
    if others := [one.name for one in readable(book) if one.name != sheet.name and one.rows]:
        words = _("文件里还有工作表：%(names)s。一次导入一张，可以在“对列”里换；其余的请再上传一次。")
        said.append(words % {"names": _("、").join(others[:MOST_NAMED])})
    return said


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
    batch: ImportBatch, day: date, sheet: Sheet | None = None, progress: Callable[..., None] | None = None
) -> Reading:
    """The batch's sheet, or these rows of it, checked as of `day`; `progress` is told how far it is."""
    sheet = sheet or sheet_of(batch)
    return check(sheet, batch.campaign, batch.person, day, batch.unit, batch.mapping, batch.corrections, progress)


def repeated(batch: ImportBatch, sheet: Sheet) -> list[dict[str, Any]]:
    """Wrong words that stand in several rows, most frequent first: field, title, value, sentence, row numbers."""
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    titles, lacking = column_titles(), missing(batch.mapping, batch.unit)
    for row in sheet.rows:
        for name, fault in batch.findings.get(str(row.number), {}).get("errors", {}).items():
            if name in AT_A_STROKE - lacking.keys():
                value = _value(batch, row, name)
                about = {"name": name, "title": titles[name], "value": value, "fault": fault, "rows": []}
                groups.setdefault((name, value), about)["rows"].append(row.number)
    several = [group for group in groups.values() if len(group["rows"]) > 1]
    return sorted(several, key=lambda group: -len(group["rows"]))[:MOST_GROUPS]


def _value(batch: ImportBatch, row: Row, name: str) -> str:
    """What a row says of a field: as it was corrected, else as it stands in the sheet."""
    typed, place = batch.corrections.get(str(row.number), {}), batch.mapping.get(name)
    if name in typed:
        return typed[name]
    return values.clean_text(row.cells[place]) if isinstance(place, int) and place < len(row.cells) else ""


def alike(batch: ImportBatch, sheet: Sheet, numbers: Iterable[int]) -> set[int]:
    """Row numbers of the sheet that say the same as one of these: one of them may be the other's duplicate."""
    names = {
        row.number: key(sheets.titled({name: _value(batch, row, name) for name in ("title", "description")})[0])
        for row in sheet.rows
    }
    wanted = {names[number] for number in numbers if number in names}
    return {number for number, name in names.items() if name in wanted}


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


def marked(batch: ImportBatch, *, rest: bool = False) -> bytes:
    """The sheet with corrections put in and what the check found wrong tinted; `rest`: only the rows not imported."""
    sheet = sheet_of(batch)
    errors = {int(number): found["errors"] for number, found in batch.findings.items()}
    put_in = sheet_showing.corrected(sheet, batch.corrections, batch.mapping)
    if rest:
        left = set(batch.result.get("skipped", []))
        put_in, moved = spreadsheets.only(put_in, left)
        errors = {moved[number]: faults for number, faults in errors.items() if number in moved}
    return sheets.marked(put_in, errors, batch.mapping)


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
