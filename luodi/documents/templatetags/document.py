"""A document's text as pages draw it: words, figures, numbers by hand; the table of contents."""

from collections.abc import Collection, Sequence
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from luodi.documents.queries import Hand
from luodi.documents.rules import Block, Figure, Pieces

register = template.Library()


def shown(block: Block, hands: Sequence[Hand], bad: Collection[int]) -> dict[str, Any]:
    """A block as the page draws it."""
    mine = [hand for hand in hands if hand.key == block.key]
    table = None
    if block.table:
        rows = [[_segments(cell, [], bad) for cell in row] for row in block.table.rows]
        facts = {name: getattr(block.table, name) for name in ("header", "caption", "note")}
        table = facts | {"rows": rows}
    segments = _segments(block.pieces, mine, bad)
    seqs = [figure.seq for figure in block.figures()]
    facts = {"key": block.key, "depth": block.depth, "label": block.label, "words": block.words}
    warned = any(seq in bad for seq in seqs) or any(hand.note is None for hand in mine)
    return facts | {"segments": segments, "table": table, "count": len(seqs) + len(mine), "warned": warned}


def _segments(pieces: Pieces, hands: Sequence[Hand], bad: Collection[int]) -> list[dict[str, Any]]:
    """Words, figures and numbers by hand in the order of the text."""
    made: list[dict[str, Any]] = []
    at = 0
    for piece in pieces:
        if isinstance(piece, Figure):
            made.append({"seq": piece.seq, "text": piece.text, "bad": piece.seq in bad})
            at += len(piece.text)
            continue
        done, end = at, at + len(piece)
        for hand in (one for one in hands if at <= one.start < end):
            made += [{"text": piece[done - at : hand.start - at]}, {"hand": hand, "text": hand.text}]
            done = hand.end
        made.append({"text": piece[done - at :]})
        at = end
    return [one for one in made if one["text"]]


def contents(blocks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The headings, each with how many numbers stand under it before the next."""
    listed: list[dict[str, Any]] = []
    for block in blocks:
        if block["depth"]:
            listed.append({"key": block["key"], "depth": block["depth"], "words": block["words"], "count": 0})
        elif not listed:
            listed.append({"key": block["key"], "depth": 1, "words": _("开头"), "count": 0})
        listed[-1]["count"] += block["count"]
        listed[-1]["warned"] = listed[-1].get("warned") or block["warned"]
    return listed


@register.simple_tag
def noted() -> SafeString:
    """The mark 手 of a number whose source is given."""
    words = {"mark": _("手"), "meaning": _("人工填写，已注明来源"), "kind": "noted"}
    return mark_safe(render_to_string("kit/_source.html", words).strip())


@register.filter
def fits(option: str) -> str:
    """The icon of an act's button."""
    icons = {"submit": "send", "sign": "signature", "countersign": "user-check", "issue": "file-check"}
    return icons.get(option, "check")


@register.filter
def act_url(name: str, pk: int) -> str:
    """The address of an act on a document."""
    return reverse(f"documents:{name}", args=[pk])
