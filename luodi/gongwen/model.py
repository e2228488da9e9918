"""What an official document consists of, without any layout.

The words are those of GB/T 9704-2012. Everything here is frozen, so a document can be kept, compared and built again.
Wherever runs are asked for, a plain string may be given: "文字" means (Run("文字"),).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Run:
    """A stretch of text in one look. A figure is an ordinary run, so a reader may select and search it."""

    text: str
    bold: bool = False


Text = str | Sequence[Run]


def runs_of(text: Text) -> tuple[Run, ...]:
    """Return the runs of a text that was given as a string or as runs; an empty string has none."""
    if isinstance(text, str):
        return (Run(text),) if text else ()
    return tuple(text)


def plain(text: Text) -> str:
    """Return the bare characters of a text."""
    return "".join(run.text for run in runs_of(text))


@dataclass(frozen=True)
class Heading:
    """A heading of depth 1-4 (一、 （一） 1. （1）).

    The builder writes the number; give the text without it, or numbered=False and write it yourself (the count
    then goes on as if this heading were not there). `body` follows in the same paragraph, in the body font.
    """

    depth: int
    runs: Text
    numbered: bool = True
    body: Text = ()


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the body; its first line is indented by two characters."""

    runs: Text


@dataclass(frozen=True)
class Table:
    """A table as wide as the type area: Table(header, rows, note="…"). The header row repeats on every page.

    Cells are plain strings; the builder aligns a column by what stands in it (see tables.table), so figures need no
    padding. `shares` are the widths of the columns in any unit (only their proportion counts); empty = all equal.
    `caption` stands above the table, `note` under it in small letters: units, source, what — means.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    shares: Sequence[float] = ()
    caption: str = ""
    note: str = ""


Block = Heading | Paragraph | Table


@dataclass(frozen=True)
class Attachment:
    """An attachment: its name for the note (附件说明) and, if it is printed with the document, its content."""

    name: str
    blocks: Sequence[Block] = ()


@dataclass(frozen=True)
class Document:
    """One official document.

    red_head: text of the issuing organ's mark, e.g. "衡水市人民政府办公室文件"; None = no head (版头), title first.
    signer: 签发人, only in documents to a superior. note: 附注, without brackets. copies_to: 抄送.
    signed_on None leaves room for the date in a draft. A line break in the title is kept.
    copy_number, secrecy, urgency: 份号, 密级和保密期限, 紧急程度; they stand in the head, so they need red_head.
    sealed: date and organ stand where the organ's seal will cover them. joint: further organs that sign with the first
    one, whose mark and number alone the document bears. attendance: of minutes (纪要), (("出席", "张三、李四"), …).
    """

    title: str
    blocks: Sequence[Block]
    recipients: Sequence[str] = ()
    attachments: Sequence[Attachment] = ()
    organ: str = ""
    signed_on: date | None = None
    copies_to: Sequence[str] = ()
    print_organ: str = ""
    print_on: date | None = None
    doc_number: str = ""
    red_head: str | None = None
    signer: str = ""
    note: str = ""
    copy_number: str = ""
    secrecy: str = ""
    urgency: str = ""
    sealed: bool = False
    joint: Sequence[str] = ()
    attendance: Sequence[tuple[str, str]] = ()
