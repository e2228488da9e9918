"""The parts of the text above the imprint, each as markup: head, title, body, attachments' note, signature."""

from collections.abc import Sequence

from luodi.gongwen import layout
from luodi.gongwen.markup import blank, paragraph, run, runs
from luodi.gongwen.model import Attachment, Block, Document, Heading, Paragraph, Table, plain
from luodi.gongwen.numbering import chinese_date, labelled
from luodi.gongwen.tables import table

RED = "FF0000"
PAGE_BREAK = "<w:pageBreakBefore/>"
KEEP = "<w:keepNext/>"
DRAFT_DATE = "　　年　月　日"
KEPT_LENGTH = 280  # characters, ten lines; Writer moves a kept paragraph whole, so a longer one is left where it is
LETTERS = ("Hei", "Kai", "", "")  # character style of a heading that runs into its paragraph


def red_head(document: Document) -> str:
    """Return 版头: the organ's mark 35 mm down, two blank lines, number (and 签发人), red line 4 mm below (7.2)."""
    if document.red_head is None:
        return ""
    points, scale = layout.head_size(document.red_head)
    ink = f'<w:color w:val="{RED}"/><w:spacing w:val="0"/><w:w w:val="{scale}"/><w:sz w:val="{points * 2}"/>'
    notes = [text for text in (document.secrecy, document.urgency) if text]
    above = paragraph(run(document.copy_number), "HeadNote") if document.copy_number else ""
    above += "".join(paragraph(run(text, style="Hei"), "HeadNote") for text in notes)
    lines = len(notes) + bool(document.copy_number)
    drop = above + paragraph("", properties=_exact(layout.HEAD_DROP - lines * layout.LINE))
    mark = paragraph(run(document.red_head, properties=ink), "OrganMark", _exact(points * 23))
    edge = f'<w:pBdr><w:bottom w:val="single" w:sz="16" w:space="0" w:color="{RED}"/></w:pBdr>'
    line = paragraph("", properties=edge + _exact(layout.RED_LINE_DROP))
    return drop + mark + blank(2) + _number(document) + line + blank(2)


def _number(document: Document) -> str:
    if not document.signer:
        return paragraph(run(document.doc_number), "DocNumber")
    stop = (
        f'<w:tabs><w:tab w:val="right" w:pos="{layout.AREA_WIDTH - layout.CHAR}"/></w:tabs>'
        f'<w:ind w:left="{layout.CHAR}" w:right="{layout.CHAR}"/><w:jc w:val="left"/>'
    )
    signer = run(f"{document.doc_number}\t签发人：") + run(document.signer, style="Kai")
    return paragraph(signer, "DocNumber", stop)


def opening(document: Document) -> str:
    """Return title, number (if there is no head to carry it) and recipients (7.3.1, 7.3.2)."""
    made = title(document.title)
    if document.red_head is None and document.doc_number:
        made += paragraph(run(document.doc_number, style="Kai"), "DocNumber")
    made += blank()
    if document.recipients:
        names = "，".join(name.strip("：:，, ") for name in document.recipients)
        made += paragraph(run(f"{names}："), "Recipients")
    return made


def title(text: str) -> str:
    """Return a title of 2号 小标宋, broken where words end."""
    return paragraph(run("\n".join(layout.title_lines(text))), "Title")


def body(blocks: Sequence[Block], *, keep_last: bool = False) -> str:
    """Return the blocks with their headings numbered. keep_last holds the last paragraph to what follows it."""
    made = []
    for number, (block, label) in enumerate(labelled(blocks), 1):
        keep = KEEP if keep_last and number == len(blocks) and _is_short(block) else ""
        if isinstance(block, Table):
            made.append(table(block))
        elif isinstance(block, Heading):
            made.append(_heading(block, label, keep))
        else:
            made.append(paragraph(runs(block.runs), "BodyText", keep))
    return "".join(made)


def _is_short(block: Block) -> bool:
    return isinstance(block, Paragraph) and len(plain(block.runs)) <= KEPT_LENGTH


def _heading(block: Heading, label: str, keep: str) -> str:
    if not block.body:
        return paragraph((run(label) if label else "") + runs(block.runs), f"Heading{block.depth}", keep)
    letters = LETTERS[block.depth - 1]
    inside = (run(label, style=letters) if label else "") + runs(block.runs, style=letters) + runs(block.body)
    return paragraph(inside, "RunInHeading", keep)


def attachment_note(attachments: Sequence[Attachment]) -> str:
    """Return 附件说明: a blank line, then the names; wrapped lines stand under the name's first character (7.3.4)."""
    if not attachments:
        return ""
    made = [blank(properties=KEEP)]
    last = len(attachments)
    for number, attachment in enumerate(attachments, 1):
        lead, left, hanging = layout.attachment_place(number, last)
        place = f'{KEEP}<w:ind w:left="{left}" w:hanging="{hanging}"/>'
        made.append(paragraph(run(lead + attachment.name), "AttachmentNote", place))
    return "".join(made)


def signature(document: Document) -> str:
    """Return blank line, organs, date (7.3.5.1 under a seal, else 7.3.5.2), then 附注 (7.3.6)."""
    made = ""
    if document.organ:
        organs = (document.organ, *document.joint)
        day = chinese_date(document.signed_on) if document.signed_on else DRAFT_DATE
        starts, date_at = layout.places(organs, day, sealed=document.sealed)
        made += blank(layout.SEAL_GAP if document.sealed else 1, properties=KEEP)
        for organ, start in zip(organs, starts, strict=True):
            made += paragraph(run(organ), "Signature", f'{KEEP}<w:ind w:left="{start}"/>')
        place = f'<w:ind w:left="{date_at}"/>'
        if right := layout.date_right(organs, day, sealed=document.sealed):
            place = f'<w:ind w:right="{right}"/><w:jc w:val="right"/>'
        made += paragraph(run(day), "Signature", (KEEP if document.note else "") + place)
    if document.note:
        made += paragraph(run(f"（{document.note.strip('（）()')}）"), "BodyText")
    return made


def attendance(document: Document) -> str:
    """Return who was present, excused and attending, of minutes (10.3): a blank line, label in 黑体, then names."""
    made = [blank()] if document.attendance else []
    for label, names in document.attendance:
        hang = (2 + len(label) + 1) * layout.CHAR
        place = f'<w:ind w:left="{hang}" w:hanging="{hang - 2 * layout.CHAR}"/>'
        made.append(paragraph(run(f"{label}：", style="Hei") + run(names), "Attendance", place))
    return "".join(made)


def enclosed(attachments: Sequence[Attachment]) -> str:
    """Return attachments that have content, each on new pages: mark, blank line, title on the third line (7.3.7)."""
    made = []
    for number, attachment in enumerate(attachments, 1):
        if attachment.blocks:
            digits = str(number) if len(attachments) > 1 else ""
            made.append(paragraph(run(f"附件{digits}"), "AttachmentMark", PAGE_BREAK) + blank())
            made.append(title(attachment.name) + blank() + body(attachment.blocks))
    return "".join(made)


def _exact(twips: int) -> str:
    return f'<w:spacing w:before="0" w:after="0" w:line="{twips}" w:lineRule="exact"/>'
