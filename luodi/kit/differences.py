"""Before and after of a text, word by word, for people to read: what was taken out, what was put in, what stayed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

SAME, OUT, IN, FOLD = "same", "out", "in", "fold"
TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.%,/-]*|\s+|.", re.S)  # Chinese by the character: it has no spaces
SENTENCE = re.compile(r"[^。；！？\n]*[。；！？\n]?", re.S)
LONGEST = 2_000  # tokens compared one by one; longer texts are compared sentence by sentence
STRAY = 2  # so few equal characters between two changes belong to the change
AROUND = 16  # characters of an unchanged passage kept beside a change


@dataclass(frozen=True)
class Piece:
    """A run of a text: same, out, in; or fold, an unchanged passage left out (`text` is then empty)."""

    kind: str
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """The pieces in reading order; joined without «out» and unfolded they are `after`, without «in» `before`."""
    old, new = _tokens(before), _tokens(after)
    if max(len(old), len(new)) > LONGEST:
        old, new = _cut(SENTENCE, before), _cut(SENTENCE, after)
    return list(_joined(_smoothed(list(_compared(old, new)))))


def folded(pieces: Sequence[Piece]) -> list[Piece]:
    """The same with long unchanged passages left out but for what stands beside a change."""
    short: list[Piece] = []
    for place, piece in enumerate(pieces):
        if piece.kind != SAME or len(piece.text) <= 3 * AROUND:
            short.append(piece)
            continue
        head = piece.text[:AROUND] if place > 0 else ""
        tail = piece.text[-AROUND:] if place < len(pieces) - 1 else ""
        short += [p for p in (Piece(SAME, head), Piece(FOLD, ""), Piece(SAME, tail)) if p.text or p.kind == FOLD]
    return short


def _cut(pattern: re.Pattern[str], text: str) -> list[str]:
    return [found for found in pattern.findall(text) if found]


def _tokens(text: str) -> list[str]:
    return _cut(TOKEN, text)


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for code, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if code == "equal":
            yield Piece(SAME, "".join(old[a:b]))
            continue
        yield Piece(OUT, "".join(old[a:b]))
        yield Piece(IN, "".join(new[c:d]))


def _smoothed(pieces: list[Piece]) -> Iterator[Piece]:
    """A stray equal character between two changes is taken out and put in again: it reads as one change."""
    for place, piece in enumerate(pieces):
        if piece.kind == SAME and len(piece.text) <= STRAY and 0 < place < len(pieces) - 1:
            yield Piece(OUT, piece.text)
            yield Piece(IN, piece.text)
        else:
            yield piece


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Changes that touch become one: first all that went, then all that came."""
    for same, run in groupby((p for p in pieces if p.text), key=lambda p: p.kind == SAME):
        listed = list(run)
        for kind in (SAME,) if same else (OUT, IN):
            if text := "".join(p.text for p in listed if p.kind == kind):
                yield Piece(kind, text)
