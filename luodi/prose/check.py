"""Everything the figures of a text say of each other: agrees, contradicts, or cannot be decided."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise

from luodi.prose.days import cutoffs, impossible, spans_of_days, weekdays, workdays
from luodi.prose.events import events, orders
from luodi.prose.growth import growth
from luodi.prose.model import Figure, Finding, Sentence, Span, Verdict, Workday
from luodi.prose.rates import carried, converted, rates
from luodi.prose.read import figures, sentences
from luodi.prose.repeats import repeats
from luodi.prose.said import CONTRADICTS, UNDECIDED, finding
from luodi.prose.sums import named, sums

__all__ = ["RULES", "Figure", "Finding", "Span", "Verdict", "check", "figures"]

ARITHMETIC = "sum named rate share growth unit repeat impossible"
DATES = "event order weekday workday restday cutoff"
RULES = frozenset(f"{ARITHMETIC} {DATES} notation empty".split())
HEADING = re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）])[^。]{1,40}$")


def check(paragraphs: Sequence[str], *, on: date | None = None, workday: Workday | None = None) -> list[Finding]:
    """What can be said of a text's figures, in the order of the text.

    `on` is the document's date: dates without a year are of its year. `workday` says whether a day is a working day,
    None where that is not known yet. Nothing outside the text is asked. Prefers «undecided»: a contradiction is
    only claimed where the text leaves no other reading.
    """
    read = list(sentences(list(paragraphs)))
    found: list[Finding] = []
    for sentence in read:
        found += _of_sentence(sentence, on, workday)
    found += [*repeats(read), *events(read, on), *orders(read, on), *cutoffs(read), *_empty(paragraphs)]
    for former, sentence in pairwise(read):
        if former.paragraph == sentence.paragraph:
            found += carried(former, sentence)
    return sorted(_once(found), key=lambda f: [(s.paragraph, s.start) for s in f.spans[:1]])


def _of_sentence(sentence: Sentence, on: date | None, workday: Workday | None) -> Iterator[Finding]:
    yield from sums(sentence)
    yield from named(sentence)
    yield from rates(sentence)
    yield from growth(sentence)
    yield from converted(sentence)
    yield from impossible(sentence)
    yield from weekdays(sentence, on)
    yield from workdays(sentence, on, workday)
    yield from spans_of_days(sentence, on, workday)
    yield from _notation(sentence)


def _once(found: Iterable[Finding]) -> Iterator[Finding]:
    """Each claim once: the same rule about the same places says the same."""
    seen = set()
    for one in found:
        key = (one.rule, one.spans)
        if key not in seen:
            seen.add(key)
            yield one


def _notation(sentence: Sentence) -> Iterator[Finding]:
    """冀清办[2020]14号: the year of a document number stands in 〔 〕."""
    for figure in sentence.figures:
        wrong = re.search(r"[\[(【［](\d{4})[\])】］]", figure.text) if figure.kind == "number" else None
        if wrong:
            words = f"文号“{figure.text}”的年份应当用六角括号〔{wrong[1]}〕。"
            yield finding("notation", CONTRADICTS, words, f"{wrong[0]} → 〔{wrong[1]}〕", sentence, [figure])


def _empty(paragraphs: Sequence[str]) -> Iterator[Finding]:
    """A chapter heading with nothing under it."""
    lines = [(n, p.strip()) for n, p in enumerate(paragraphs) if p.strip()]
    for place, (number, line) in enumerate(lines):
        level = line[:1] not in "（("
        follower = lines[place + 1][1] if place + 1 < len(lines) else ""
        if not HEADING.match(line) or len(lines) < 3:
            continue
        if not follower or (HEADING.match(follower) and (follower[:1] not in "（(") >= level and level):
            words = f"“{line}”下面没有正文。"
            whole = Span(number, 0, len(paragraphs[number]), paragraphs[number])
            yield Finding("empty", UNDECIDED, words, "", (whole,))
