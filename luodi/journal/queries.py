"""Reading the journal: timelines, and the check of the chain."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext as _

from luodi.journal.models import Block, Entry
from luodi.journal.rules import GENESIS, digests, seal_of


def timeline(row: models.Model) -> models.QuerySet[Entry]:
    """The entries about this row, newest first."""
    return Entry.objects.filter(row_kind=row._meta.label_lower, row_id=row.pk).order_by("-pk")


@dataclass(frozen=True)
class Check:
    """What the check of the chain found. `broken` is the sentence naming the first broken block and entry."""

    blocks: int
    entries: int
    unsealed: int
    broken: str = ""


def _entries_of(block: Block) -> list[Entry]:
    wanted = models.Q(pk__in=[])
    for first, last in block.ranges:
        wanted |= models.Q(pk__range=(first, last))
    return list(Entry.objects.filter(wanted).order_by("pk"))


def verify() -> Check:
    """Recompute every seal from the entries; stop at the first block that does not agree."""
    previous, entries, blocks, last_entry = GENESIS, 0, 0, 0
    for block in Block.objects.order_by("seq").iterator():
        blocks += 1
        if why := _fault(block, previous, blocks):
            return Check(blocks, entries, 0, why)
        previous, entries, last_entry = block.seal, entries + block.entry_count, block.last_entry
    unsealed = Entry.objects.filter(pk__gt=last_entry).count()
    strangers = Entry.objects.filter(pk__lte=last_entry).count() - entries
    if strangers > 0:
        why = _("有 %(n)s 条日志不在任何区块里，疑似事后插入。") % {"n": strangers}
        return Check(blocks, entries, unsealed, why)
    return Check(blocks, entries, unsealed)


def _fault(block: Block, previous: str, seq: int) -> str:
    """The sentence for what is wrong with a block, or nothing."""
    place = _("第 %(seq)s 块（日志 %(ranges)s）") % {
        "seq": block.seq,
        "ranges": _("、").join(f"{a}–{b}" if a != b else str(a) for a, b in block.ranges),
    }
    if block.seq != seq or block.previous != previous:
        return place + _("与前一块接不上：前面有区块被删除或改动。")
    found = _entries_of(block)
    if len(found) != block.entry_count:
        there = {e.pk for e in found}
        gone = next(i for a, b in block.ranges for i in range(a, b + 1) if i not in there)
        return place + _("少了日志第 %(id)s 条。") % {"id": gone}
    prints = digests(found)
    for entry, then, is_now in zip(found, block.digests, prints, strict=True):
        if then != is_now:
            return place + _("第 %(id)s 条的内容与封存时不符，已被改动。") % {"id": entry.pk}
    if seal_of(previous, prints) != block.seal:
        return place + _("的封印与内容不符，区块被改动。")
    return ""
