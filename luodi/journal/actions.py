"""Writing the journal: `record` in the act's own transaction, `seal` in the background."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from luodi.journal.models import Block, Entry
from luodi.journal.rules import BLOCK_SIZE, GENESIS, Actor, as_ranges, digests, missing_from, seal_of
from luodi.kit.clock import local_day

# A gap older than this is a rolled-back act, not one still on its way.
GAP_PATIENCE = timedelta(hours=1)


def _plain(facts: dict[str, Any] | None) -> dict[str, Any] | None:
    """Facts as JSON can keep them; an empty dict is nothing."""
    if not facts:
        return None

    def plain(value: Any) -> Any:
        if isinstance(value, datetime | date):
            return value.isoformat()
        if isinstance(value, Decimal):
            return str(value)
        return str(value) if isinstance(value, models.Model) else value

    return {key: plain(value) for key, value in facts.items()}


def entry_for(
    verb: str,
    *,
    actor: Actor,
    at: datetime,
    row: models.Model | None = None,
    label: str = "",
    place: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    address: str | None = None,
) -> Entry:
    """An unsaved entry. `label` and `place` default to the row's own words and county or city code."""
    return Entry(
        at=at,
        **actor.journal_facts(local_day(at)),
        verb=verb,
        row_kind=row._meta.label_lower if row else "",
        row_id=row.pk if row else None,
        row_label=(label or (str(row) if row else ""))[:120],
        place=place or getattr(row, "county_code", "") or getattr(row, "city_code", ""),
        before=_plain(before),
        after=_plain(after),
        reason=reason,
        address=address or None,
    )


def record(verb: str, *, actor: Actor, at: datetime, **about: Any) -> Entry:
    """Add one entry, in the caller's transaction. `about`: see `entry_for`."""
    entry = entry_for(verb, actor=actor, at=at, **about)
    entry.save(force_insert=True)
    return entry


def record_many(entries: list[Entry]) -> None:
    """Add entries made by `entry_for`, for an act over many rows."""
    Entry.objects.bulk_create(entries, batch_size=500)


@transaction.atomic
def seal(*, at: datetime, limit: int = BLOCK_SIZE) -> int:
    """Seal what is not sealed yet into the next blocks; returns how many entries. Writers never wait for this."""
    sealed = 0
    last = Block.objects.select_for_update().order_by("-seq").first()
    while ids := _unsealed(last, limit):
        prints = digests(Entry.objects.filter(pk__in=ids).order_by("pk"))
        reached = max(ids[-1], last.last_entry if last else 0)
        fresh = [i for i in ids if not last or i > last.last_entry]
        gaps = [g for g in _open_gaps(last, at) if g not in set(ids)]
        gaps += missing_from(fresh, last.last_entry if last else 0)
        last = Block(
            seq=last.seq + 1 if last else 1,
            sealed_at=at,
            ranges=as_ranges(ids),
            gaps=gaps[-10_000:],
            entry_count=len(ids),
            last_entry=reached,
            previous=last.seal if last else GENESIS,
            digests=prints,
            seal=seal_of(last.seal if last else GENESIS, prints),
        )
        last.save(force_insert=True)
        sealed += len(ids)
    return sealed


def _open_gaps(last: Block | None, at: datetime) -> list[int]:
    """Gaps still worth waiting for after `last`."""
    return last.gaps if last and at - last.sealed_at < GAP_PATIENCE else []


def _unsealed(last: Block | None, limit: int) -> list[int]:
    """The next ids to seal, ascending: late ones that filled a gap, then new ones."""
    waiting = Entry.objects.order_by("pk")
    if last:
        waiting = waiting.filter(Q(pk__gt=last.last_entry) | Q(pk__in=last.gaps[-500:]))
    return list(waiting.values_list("pk", flat=True)[:limit])
