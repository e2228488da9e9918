"""Which paragraph of a document read from a file is what: mark, number, title, recipients, text, signature, imprint.

Told by the words and by the order of paragraphs, hardly by how they look: their looks are what is being checked.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from luodi.gongwen.sheet import Paragraph, Section, Sheet

NUMERALS = "一二三四五六七八九十百"
HEADINGS = (
    re.compile(rf"([{NUMERALS}]{{1,4}})([、.．，])"),
    re.compile(rf"([（(])([{NUMERALS}]{{1,4}})([）)])(、?)"),
    re.compile(r"(\d{1,2})([.．、])(?!\d)"),
    re.compile(r"([（(])(\d{1,2})([）)])(、?)"),
)
NUMBER = re.compile(r"[\u4e00-\u9fa5]{1,14}\s*[〔\[［(（【{]?\s*第?\d{2,4}\s*年?[〕\]］)）】}]?\s*第?\s*\d{1,5}\s*号")
SECRET = re.compile(r"(绝密|机密|秘密)")
URGENT = re.compile(r"(特急|加急|特提|平急|紧急|急件)\s*")
SIGNER = re.compile(r"签\s*发\s*人\s*[：:]?")
DATE = re.compile(
    r"([\d０-９]{2,4}|[二〇○零一三四五六七八九O]{4})\s*年\s*([\d０-９]{1,2}|[一二三四五六七八九十]{1,2})\s*月\s*"
    r"([\d０-９]{1,2}|[一二三四五六七八九十]{1,3})\s*日|\d{4}[./-]\d{1,2}[./-]\d{1,2}"
)
DRAFT_DATE = re.compile(r"(\d{4})?\s*年\s*(\d{1,2})?\s*月\s*日")
NOTE_START = re.compile(r"附\s*件\s*(\d{1,2}\s*)?[：:]")
MARK_ALONE = re.compile(rf"附\s*件\s*([\d{NUMERALS}]{{0,3}})\s*([：:]?)")
PRESENT = re.compile(r"(出席|请假|列席|缺席|主持|记录)[\u4e00-\u9fa5]{0,4}[：:]")
IMPRINT = re.compile(r"(抄\s*送|主\s*送|分\s*送)\s*[：:]|.*日\s*印发$|抄\s*送")
SENTENCE = re.compile(r"[。！？；]")
TEXT_SIZE, LONGEST_TITLE, LONGEST_NAME = 16, 120, 45


@dataclass(frozen=True)
class Heading:
    """A numbered paragraph: its depth 1-4, its number as written and as counted, and the words that are the heading."""

    paragraph: Paragraph
    depth: int
    label: str
    ordinal: int
    words: str


@dataclass(frozen=True)
class Enclosure:
    """An attachment printed with the document."""

    mark: Paragraph
    title: tuple[Paragraph, ...]
    text: tuple[Paragraph, ...]


@dataclass
class Anatomy:
    """The parts of a document; what it lacks is None or empty. `rows` are the body's paragraphs, blank ones too."""

    sheet: Sheet
    rows: tuple[Paragraph, ...]
    copy_number: Paragraph | None = None
    secrecy: Paragraph | None = None
    urgency: Paragraph | None = None
    mark: Paragraph | None = None
    number: Paragraph | None = None
    signer: Paragraph | None = None
    red_line: Paragraph | None = None
    title: tuple[Paragraph, ...] = ()
    recipients: Paragraph | None = None
    text: tuple[Paragraph, ...] = ()
    note_list: tuple[Paragraph, ...] = ()
    attendance: tuple[Paragraph, ...] = ()
    organs: tuple[Paragraph, ...] = ()
    day: Paragraph | None = None
    remark: Paragraph | None = None
    enclosures: tuple[Enclosure, ...] = ()
    imprint: tuple[Paragraph, ...] = ()
    table_notes: tuple[Paragraph, ...] = ()
    drawn_head: bool = False

    def area(self, paragraph: Paragraph) -> Section:
        """Return the section a paragraph stands in."""
        return self.sheet.sections[min(paragraph.section, len(self.sheet.sections) - 1)]

    def blanks_before(self, paragraph: Paragraph) -> int:
        """Return how many empty lines stand directly above; lines lower than half a body line are no lines."""
        count, at = 0, self.place(paragraph) - 1
        while at >= 0 and self.rows[at].blank and not self.rows[at].edges and not self.rows[at].drawn:
            count += not (self.rows[at].rule == "exact" and self.rows[at].line < 250)
            at -= 1
        return count

    def place(self, paragraph: Paragraph) -> int:
        """Return which of the rows it is, from 0."""
        return self._places[id(paragraph)]

    @cached_property
    def _places(self) -> dict[int, int]:
        return {id(row): n for n, row in enumerate(self.rows)}

    @property
    def written(self) -> tuple[Paragraph, ...]:
        """The paragraphs of the text and of the attachments' texts."""
        return self.text + tuple(row for enclosure in self.enclosures for row in enclosure.text)

    def headings(self) -> list[list[Heading]]:
        """Return the headings of the text and of each attachment."""
        return [_headings(self.text), *(_headings(enclosure.text) for enclosure in self.enclosures)]


def heading_of(paragraph: Paragraph) -> Heading | None:
    """Return what number a paragraph begins with and the words after it as far as they are a heading."""
    words = paragraph.words
    for depth, pattern in enumerate(HEADINGS, 1):
        if found := pattern.match(words):
            digits = found[1] if depth in (1, 3) else found[2]
            ordinal = int(digits) if digits.isdigit() else _value(digits)
            rest = re.split(r"(?<=[。：；！？\n])", words[found.end() :])[0]
            return Heading(paragraph, depth, found[0], ordinal, rest)
    return None


def _headings(rows: tuple[Paragraph, ...]) -> list[Heading]:
    return [found for row in rows if (found := heading_of(row))]


def _value(numeral: str) -> int:
    """Return the value of 一 … 九十九; 0 for what is no number."""
    tens, ten, ones = numeral.rpartition("十")
    digit = {c: n for n, c in enumerate("零一二三四五六七八九")}
    if any(c not in digit for c in tens + ones) or len(tens) > 1 or len(ones) > 1:
        return 0
    return (digit.get(tens, 1) * 10 if ten else 0) + digit.get(ones, 0)


def anatomy(sheet: Sheet) -> Anatomy:
    """Return which paragraph is what."""
    made = Anatomy(sheet, tuple(row for row in sheet.paragraphs if row.place == "body" and not _imprinted(row)))
    made.imprint = tuple(row for row in sheet.paragraphs if _imprinted(row))
    made.table_notes = tuple(_table_notes(sheet))
    noted = set(map(id, made.table_notes))
    rows = [row for row in made.rows if not row.blank]
    rest = _take_head(made, rows)
    rest = _take_title(made, rest)
    main, enclosed = _parted([row for row in rest if id(row) not in noted])
    made.enclosures = tuple(_enclosures(enclosed))
    main = _take_signature(made, main)
    made.attendance = tuple(row for row in main[-8:] if PRESENT.match(row.words) and not SENTENCE.search(row.words))
    made.text, made.note_list = _without_note([row for row in main if row not in made.attendance])
    return made


def _imprinted(row: Paragraph) -> bool:
    return (
        bool(IMPRINT.match(row.words))
        and len(row.words) < 400
        and row.section >= 0
        and not SENTENCE.search(row.words.rstrip("。"))
    )


def _table_notes(sheet: Sheet) -> Iterator[Paragraph]:
    """Yield what stands directly below a table, smaller than the text and flush left: it belongs to the table.

    The text may itself be too small; then only what is smaller still is a note, not all that follows the table. A mark
    of an attachment and a heading of the first two levels are none, however they look.
    """
    below, sizes = False, Counter(row.points for row in sheet.paragraphs if row.place == "body" and not row.blank)
    usual = max(sizes, key=lambda points: (sizes[points], points), default=TEXT_SIZE)
    for row in sheet.paragraphs:
        if row.place == "cell":
            below = True
            continue
        heading = heading_of(row)
        own = (heading and heading.depth <= 2) or MARK_ALONE.fullmatch(row.words) or NOTE_START.match(row.words)
        small = row.points < min(TEXT_SIZE, usual) and row.flush
        below = below and small and not row.blank and not own and not _imprinted(row)
        if below:
            yield row


def _take_head(made: Anatomy, rows: list[Paragraph]) -> list[Paragraph]:
    """Find the parts above the title, return the rows from the title on."""
    at = 0
    while at < min(len(rows), 15) and _is_head(made, rows[at]):
        at += 1
    above = rows[at].number if at < len(rows) else 10**6
    for row in made.rows:
        if row.number >= above:
            break
        made.drawn_head = made.drawn_head or row.drawn
        if row.edges and made.red_line is None and (row.blank or row is made.number):
            made.red_line = row
    return rows[at:]


def _is_head(made: Anatomy, row: Paragraph) -> bool:
    words = row.words
    if made.number is None and NUMBER.match(words) and len(words) < 60 and not SENTENCE.search(words):
        made.number = row
        if SIGNER.search(words):
            made.signer = row
        return True
    for name, pattern in (("secrecy", SECRET), ("urgency", URGENT), ("signer", SIGNER)):
        if (pattern.match(words) and len(words) < 30 and made.mark is None) or (
            name == "signer" and pattern.match(words)
        ):
            setattr(made, name, row)
            return True
    if made.copy_number is None and re.fullmatch(r"(No\.?|№)?\s*\d{1,10}", words) and made.mark is None:
        made.copy_number = row
        return True
    if made.mark is None and made.number is None and _is_mark(row):
        made.mark = row
        return True
    return False


def _is_mark(row: Paragraph) -> bool:
    letters = row.letters[0] if row.letters else None
    if letters is None or "关于" in row.words or len(row.words) > LONGEST_NAME:
        return False
    return red(letters.colour) or letters.points >= 28 or row.words.endswith("文件")


def red(colour: str) -> bool:
    """Return whether a colour (RRGGBB) is a red."""
    if not re.fullmatch(r"[0-9A-F]{6}", colour):
        return False
    r, g, b = (int(colour[n : n + 2], 16) for n in (0, 2, 4))
    return r > 150 and g < 90 and b < 90


def _take_title(made: Anatomy, rows: list[Paragraph]) -> list[Paragraph]:
    """Find title and recipients, return the rows after them."""
    title: list[Paragraph] = []
    for row in rows[:5]:
        if not _goes_on(title, row):
            break
        title.append(row)
    made.title = tuple(title)
    rest = rows[len(title) :]
    while rest and title and (_is_subtitle(rest[0]) or (made.number is None and NUMBER.fullmatch(rest[0].words))):
        if NUMBER.fullmatch(rest[0].words):
            made.number = rest[0]
        rest = rest[1:]
    if rest and title and _are_recipients(rest[0], len(rest) > 1):
        made.recipients = rest[0]
        rest = rest[1:]
    return rest


def _goes_on(title: list[Paragraph], row: Paragraph) -> bool:
    """Return whether a row begins the title or continues it."""
    words = row.words
    if len(words) > LONGEST_TITLE or "。" in words or heading_of(row) or words.endswith(("：", ":")):
        return False
    if not title:
        return True
    same = row.side == title[-1].side and row.points == title[-1].points
    return same and row.side == "center" and not NUMBER.fullmatch(words) and not _is_subtitle(row)


def _is_subtitle(row: Paragraph) -> bool:
    return row.side == "center" and (
        bool(re.fullmatch(r"[（(].*[）)]|——.*", row.words)) or bool(DATE.fullmatch(row.words))
    )


def _are_recipients(row: Paragraph, text_follows: bool) -> bool:
    words = row.words
    if SENTENCE.search(words) or len(words) > 300 or heading_of(row) or not text_follows:
        return False
    return words.endswith(("：", ":")) or (row.lead < row.char / 2 and row.side != "center" and len(words) < 60)


def _parted(rows: list[Paragraph]) -> tuple[list[Paragraph], list[Paragraph]]:
    """Return the main text with its signature, and the attachments."""
    start = next((n for n in range(len(rows)) if _is_mark_of_attachment(rows, n)), len(rows))
    return rows[:start], rows[start:]


def _is_mark_of_attachment(rows: list[Paragraph], n: int) -> bool:
    found = MARK_ALONE.fullmatch(rows[n].words)
    if not found:
        return False
    listed = n + 1 < len(rows) and HEADINGS[2].match(rows[n + 1].words) and not rows[n].new_page
    return not (found[2] and not found[1] and listed)


def _enclosures(rows: list[Paragraph]) -> Iterator[Enclosure]:
    starts = [n for n in range(len(rows)) if _is_mark_of_attachment(rows, n)]
    for start, end in itertools.pairwise([*starts, len(rows)]):
        title: list[Paragraph] = []
        for row in rows[start + 1 : min(end, start + 5)]:
            if row.side != "center" or not _goes_on(title, row):
                break
            title.append(row)
        yield Enclosure(rows[start], tuple(title), tuple(rows[start + 1 + len(title) : end]))


def _take_signature(made: Anatomy, main: list[Paragraph]) -> list[Paragraph]:
    """Find date, organs and note, return the rows before them."""
    for n in range(len(main) - 1, max(len(main) - 6, -1), -1):
        words = main[n].words
        if DATE.fullmatch(words) or DRAFT_DATE.fullmatch(words):
            made.day = main[n]
            made.remark = next((row for row in main[n + 1 :] if re.fullmatch(r"[（(].*[）)]", row.words)), None)
            organs = _organs(made, main[:n])
            made.organs = tuple(organs)
            return main[: n - len(organs)]
    return main


NAME = re.compile(r"[\u4e00-\u9fa5（）〇“”‘’·A-Za-z　 、]{2,45}")


def _organs(made: Anatomy, rows: list[Paragraph]) -> list[Paragraph]:
    """Return the rows that name organs above the date; several only if they follow one another directly."""
    places = {id(row): n for n, row in enumerate(made.sheet.paragraphs)}
    found: list[Paragraph] = []
    for row in reversed(rows):
        words = row.words
        if not NAME.fullmatch(words) or heading_of(row) or NOTE_START.match(words):
            break
        if found and (places[id(found[-1])] - places[id(row)] != 1 or not _apart(row)):
            break
        found.append(row)
    return found[::-1]


def _apart(row: Paragraph) -> bool:
    return row.lead > 4 * row.char or row.side in ("right", "center")


def _without_note(main: list[Paragraph]) -> tuple[tuple[Paragraph, ...], tuple[Paragraph, ...]]:
    """Part the text from the list of attachments at its end."""
    for n in range(len(main) - 1, -1, -1):
        if NOTE_START.match(main[n].words) or re.match(r"附\s*件\s*\d{1,2}[.．、]", main[n].words):
            return tuple(main[:n]), tuple(main[n:])
    return tuple(main), ()
