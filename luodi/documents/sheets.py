"""The paper: a draft as GB/T 9704 lays it out, as .docx and as PDF, and what a signature signs."""

import json
from datetime import date

from luodi.documents.models import Document
from luodi.documents.rules import Block, Draft, kept, plain
from luodi.gongwen import docx, pdf
from luodi.gongwen import model as gongwen
from luodi.gongwen.numbering import chinese_date
from luodi.gongwen.rules import Unfit
from luodi.kit.refusal import Refused
from luodi.kit.sm3 import sm3

UPWARD = {"报告", "请示"}  # only these name who signed (签发人)


def official(
    draft: Draft, document: Document, *, signed_on: date | None, number: str = "", signer: str = ""
) -> gongwen.Document:
    """The draft in the words of GB/T 9704; with a number also the red head and the imprint."""
    return gongwen.Document(
        title=draft.title or document.title,
        blocks=[_block(block) for block in draft.blocks],
        recipients=document.recipients,
        organ=document.organ,
        signed_on=signed_on,
        copies_to=document.copies_to,
        print_organ=document.organ if signed_on else "",
        print_on=signed_on,
        doc_number=number,
        red_head=f"{document.organ}文件" if number else None,
        signer=signer if number and document.kind in UPWARD else "",
    )


def _block(block: Block) -> gongwen.Block:
    if block.table:
        rows = [[plain(cell) for cell in row] for row in block.table.rows]
        facts = {"caption": block.table.caption, "note": block.table.note}
        shares = [1.4] + [1.0] * (len(block.table.header) - 1)
        return gongwen.Table(block.table.header, rows, shares=shares, **facts)
    if block.depth:
        return gongwen.Heading(block.depth, block.words, numbered=False)
    return gongwen.Paragraph(block.words)


def docx_of(paper: gongwen.Document) -> bytes:
    """The .docx; Refused when it cannot be laid out."""
    try:
        return docx.build(paper)
    except Unfit as why:
        raise Refused(str(why)) from why


def pdf_of(paper: gongwen.Document) -> bytes:
    """The PDF; Refused when it cannot be laid out."""
    try:
        return pdf.build(paper)
    except Unfit as why:
        raise Refused(str(why)) from why


def content_sm3(document: Document, draft: Draft) -> str:
    """The SM3 of everything a signer reads: head, text, figures, and the day they are of."""
    facts = {
        "title": draft.title,
        "kind": document.kind,
        "organ": document.organ,
        "recipients": document.recipients,
        "copies_to": document.copies_to,
        "as_of": document.as_of.isoformat(),
        "content": kept(draft),
    }
    return sm3(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode())


def file_name(title: str, day: date, kind: str = "docx") -> str:
    """What the downloaded file is called."""
    return f"{title}（{chinese_date(day)}）.{kind}"
