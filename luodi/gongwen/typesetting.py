"""The document as pieces for the typesetter: the same words at the same places as in the .docx.

A piece is a dict of plain values (twips, points, text), because it travels to typst as JSON; see templates/gongwen.typ.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from luodi.gongwen import layout
from luodi.gongwen.elements import DRAFT_DATE, KEPT_LENGTH
from luodi.gongwen.imprint import LABEL
from luodi.gongwen.markup import ILLEGAL
from luodi.gongwen.model import Attachment, Block, Document, Heading, Paragraph, Table, Text, plain, runs_of
from luodi.gongwen.numbering import chinese_date, labelled
from luodi.gongwen.tables import sides

Piece = dict[str, Any]
HEADINGS = ("hei", "kai", "body", "body")
TWO = 2 * layout.CHAR


def pieces(document: Document) -> list[Piece]:
    """Return the whole document, downward."""
    return [
        *_head(document),
        *_opening(document),
        *_body(document.blocks, keep_last=bool(document.attachments or document.organ)),
        *_attachment_note(document.attachments),
        *_attendance(document),
        *_signature(document),
        *_enclosed(document.attachments),
        *_imprint(document),
    ]


def para(runs: Sequence[Piece], **places: Any) -> Piece:
    """Return a paragraph; `places` are size, line, side, left, right, first, hang, keep and mark.

    A mark ("text", "signature") makes the typesetter say on which page the paragraph ends.
    """
    lie = {"size": layout.SIZE_3, "line": layout.LINE, "side": "left", "left": 0, "right": 0, "first": 0, "hang": 0}
    return {"kind": "para", "runs": [run for run in runs if run["text"]], "keep": False, "mark": ""} | lie | places


def run(text: str, font: str = "body", **look: Any) -> Piece:
    """Return a run; `look` is size, bold, red, tight, scale, or fill when a tab in it takes up the line's room."""
    clean = ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return {"text": clean, "font": font} | look


def runs(text: Text, font: str = "body") -> list[Piece]:
    """Return the runs of a text of the model."""
    return [run(piece.text, font, bold=piece.bold) for piece in runs_of(text)]


def blank(times: int = 1, *, keep: bool = False, line: int = layout.LINE) -> list[Piece]:
    """Return empty lines."""
    return [para((), keep=keep, line=line)] * times


def _head(document: Document) -> Iterator[Piece]:
    if document.red_head is None:
        return
    points, scale = layout.head_size(document.red_head)
    notes = [run(document.copy_number)] if document.copy_number else []
    notes += [run(text, "hei") for text in (document.secrecy, document.urgency) if text]
    yield from (para((note,)) for note in notes)
    yield from blank(line=layout.HEAD_DROP - len(notes) * layout.LINE)
    mark = run(document.red_head, "title", size=points, red=True, tight=0, scale=scale)
    yield para((mark,), size=points, line=points * 23, side="center")
    yield from blank(2)
    yield _number(document)
    yield {"kind": "bar", "drop": layout.RED_LINE_DROP, "weight": 2, "red": True}
    yield from blank(2)


def _number(document: Document) -> Piece:
    if not document.signer:
        return para((run(document.doc_number),), side="center")
    lead = run(f"{document.doc_number}\t签发人：", fill=True)
    return para((lead, run(document.signer, "kai")), left=layout.CHAR, right=layout.CHAR)


def _opening(document: Document) -> Iterator[Piece]:
    yield _title(document.title)
    if document.red_head is None and document.doc_number:
        yield para((run(document.doc_number, "kai"),), side="center")
    yield from blank()
    if document.recipients:
        names = "，".join(name.strip("：:，, ") for name in document.recipients)
        yield para((run(f"{names}："),))


def _title(text: str) -> Piece:
    lines = "\n".join(layout.title_lines(text))
    return para((run(lines, "title"),), size=layout.SIZE_2, line=layout.TITLE_LINE, side="center")


def _body(blocks: Sequence[Block], *, keep_last: bool = False) -> Iterator[Piece]:
    for number, (block, label) in enumerate(labelled(blocks), 1):
        mark = "text" if keep_last and number == len(blocks) else ""
        short = isinstance(block, Paragraph) and len(plain(block.runs)) <= KEPT_LENGTH
        keep = bool(mark) and short
        if isinstance(block, Table):
            yield from _table(block)
        elif isinstance(block, Heading):
            font = HEADINGS[block.depth - 1]
            words = [*([run(label, font)] if label else []), *runs(block.runs, font), *runs(block.body)]
            yield para(words, side="both", first=TWO, keep=keep or not block.body, mark=mark)
        else:
            yield para(runs(block.runs), side="both", first=TWO, keep=keep, mark=mark)


def _table(block: Table) -> Iterator[Piece]:
    small = {"size": layout.SIZE_SMALL_4, "line": 360}
    widths = layout.column_widths(tuple(block.shares) or (1,) * len(block.header))
    if block.caption:
        yield para((run(block.caption, "hei"),), size=layout.SIZE_4, side="center", keep=True)
    rows = [
        [para((run(text),), side=side, **small) for text, side in zip(row, sides(block), strict=True)]
        for row in block.rows
    ]
    head = [para((run(text, "hei"),), side="center", **small) for text in block.header]
    yield {"kind": "table", "widths": widths, "head": head, "rows": rows}
    if block.note:
        yield para((run(block.note),), **small)
    yield from blank(line=layout.TABLE_GAP)


def _attachment_note(attachments: Sequence[Attachment]) -> Iterator[Piece]:
    if attachments:
        yield from blank(keep=True)
    last = len(attachments)
    for number, attachment in enumerate(attachments, 1):
        lead, left, hanging = layout.attachment_place(number, last)
        words = (run(lead + attachment.name),)
        yield para(words, left=left - hanging, hang=hanging, keep=True)


def _attendance(document: Document) -> Iterator[Piece]:
    if document.attendance:
        yield from blank()
    for label, names in document.attendance:
        hang = (2 + len(label) + 1) * layout.CHAR
        yield para((run(f"{label}：", "hei"), run(names)), left=TWO, hang=hang - TWO)


def _signature(document: Document) -> Iterator[Piece]:
    if document.organ:
        organs = (document.organ, *document.joint)
        day = chinese_date(document.signed_on) if document.signed_on else DRAFT_DATE
        starts, date_at = layout.places(organs, day, sealed=document.sealed)
        yield from blank(layout.SEAL_GAP if document.sealed else 1, keep=True)
        for organ, start in zip(organs, starts, strict=True):
            yield para((run(organ),), left=start, keep=True, mark="signature")
        place: Piece = {"left": date_at}
        if right := layout.date_right(organs, day, sealed=document.sealed):
            place = {"right": right, "side": "right"}
        yield para((run(day),), keep=bool(document.note), **place)
    if document.note:
        yield para((run(f"（{document.note.strip('（）()')}）"),), side="both", first=TWO)


def _enclosed(attachments: Sequence[Attachment]) -> Iterator[Piece]:
    for number, attachment in enumerate(attachments, 1):
        if attachment.blocks:
            digits = str(number) if len(attachments) > 1 else ""
            yield {"kind": "page"}
            yield para((run(f"附件{digits}", "hei"),))
            yield from blank()
            yield _title(attachment.name)
            yield from blank()
            yield from _body(attachment.blocks)


def _imprint(document: Document) -> Iterator[Piece]:
    one = layout.SIZE_4 * 20 + layout.TIGHT
    small = {"size": layout.SIZE_4, "line": layout.IMPRINT_LINE, "right": one}
    rows = []
    if copies := "，".join(copy.strip("，。、； ") for copy in document.copies_to):
        rows.append(para((run(f"{LABEL}{copies}。"),), left=one, hang=3 * one, **small))
    if document.print_organ and document.print_on:
        printed = f"{document.print_organ}\t{chinese_date(document.print_on)}印发"
        rows.append(para((run(printed, fill=True),), left=one, **small))
    if rows:
        for row in rows:
            for piece in row["runs"]:
                piece["size"] = layout.SIZE_4
        yield {"kind": "imprint", "rows": rows}
