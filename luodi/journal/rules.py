"""Pure arithmetic of the seal: what of an entry is sealed, and how blocks are chained."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from luodi.journal.models import Entry
from luodi.kit.sm3 import sm3

GENESIS = "0" * 64
BLOCK_SIZE = 1000


class Actor(Protocol):
    """Anybody an entry can name."""

    def journal_facts(self, day: date) -> dict[str, Any]:
        """actor_id, actor_name, actor_post, actor_unit as they were on `day`."""


@dataclass(frozen=True)
class System:
    """The platform itself, acting on its own: sealing, reminders, reaping of jobs."""

    name: str = "系统"

    def journal_facts(self, day: date) -> dict[str, Any]:
        """The system holds no post."""
        return {"actor_id": None, "actor_name": self.name, "actor_post": "", "actor_unit": ""}


SYSTEM = System()


def content(entry: Entry) -> str:
    """The sealed text of an entry: every field, sorted, moments in UTC."""
    fields = {
        f.attname: v.astimezone(UTC).isoformat() if isinstance(v := getattr(entry, f.attname), datetime) else v
        for f in entry._meta.concrete_fields
    }
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digests(entries: Iterable[Entry]) -> list[str]:
    """The SM3 of each entry's content, in the order given (by id)."""
    return [sm3(content(e).encode()) for e in entries]


def seal_of(previous: str, entry_digests: Sequence[str]) -> str:
    """The seal over these digests, chained to the previous block's."""
    return sm3("\n".join([previous, *entry_digests]).encode())


def as_ranges(ids: Sequence[int]) -> list[list[int]]:
    """Ascending ids as closed ranges: [1, 2, 3, 7] → [[1, 3], [7, 7]]."""
    ranges: list[list[int]] = []
    for i in ids:
        if ranges and ranges[-1][1] == i - 1:
            ranges[-1][1] = i
        else:
            ranges.append([i, i])
    return ranges


def missing_from(ids: Sequence[int], after: int) -> list[int]:
    """Ids between `after` and the last one that are not there (yet)."""
    return sorted(set(range(after + 1, ids[-1] + 1)) - set(ids)) if ids else []
