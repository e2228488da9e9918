"""How a finding is put into words, and how rounded figures are compared."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from luodi.prose.model import SCALE, Figure, Finding, Sentence, Verdict
from luodi.prose.numerals import show

AGREES, CONTRADICTS, UNDECIDED = Verdict.AGREES, Verdict.CONTRADICTS, Verdict.UNDECIDED


def finding(
    rule: str, verdict: Verdict, words: str, computation: str, sentence: Sentence, figures: Iterable[Figure]
) -> Finding:
    """A finding about figures of one sentence."""
    spans = tuple(sentence.span(f) for f in sorted(set(figures), key=lambda f: f.start))
    return Finding(rule, verdict, words, computation, spans)


def tell(figure: Figure) -> str:
    """A figure's number and unit without hedge."""
    return f"{_number(figure)}{figure.unit}"


def amount(value: Decimal, like: Figure) -> str:
    """A value in the base unit, in the unit of `like`."""
    own = value / SCALE.get(like.unit, Decimal(1))
    own, word = (own / 10**4, "万") if _in_myriads(like) else (own, "")
    return f"{show(own.quantize(Decimal('0.0001'), ROUND_HALF_UP))}{word}{like.unit}"


def sum_words(parts: Sequence[Figure]) -> str:
    """73.21 + 2.74 + 30.93, in the unit of the first where they share it, else each with its own."""
    same = len({p.unit for p in parts}) == 1
    return " + ".join(_number(p) if same else tell(p) for p in parts)


def _number(figure: Figure) -> str:
    if figure.value is None:
        return figure.text
    return f"{show(figure.value / 10**4)}万" if _in_myriads(figure) else f"{figure.value:f}"


def _in_myriads(figure: Figure) -> bool:
    """Whether a count is written with 万 (48.1万人次) and so has to be shown with it."""
    return "万" in figure.text and "万" not in figure.unit and not figure.spoken


def rounded(value: Decimal, places: int) -> Decimal:
    """Half up, as statistics are."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def quotient(part: Figure, whole: Figure) -> Decimal | None:
    """part ÷ whole in percent."""
    return part.amount / whole.amount * 100 if whole.amount else None


def fits(stated: Figure, low: Decimal, high: Decimal) -> Verdict:
    """Whether a stated percent can be the rounding of something between low and high; cut off instead: undecided."""
    value, half = stated.value or Decimal(0), Decimal(5).scaleb(-stated.places - 1)
    if rounded(low, stated.places) <= value <= rounded(high, stated.places) or low - half <= value <= high + half:
        return AGREES
    cut = low.quantize(Decimal(1).scaleb(-stated.places), ROUND_FLOOR)
    return UNDECIDED if value == cut else CONTRADICTS


def bounds(part: Figure, whole: Figure) -> tuple[Decimal, Decimal]:
    """The least and the greatest percent that two rounded figures can make."""
    below, above = whole.amount - whole.slack, whole.amount + whole.slack
    least = (part.amount - part.slack) / above * 100
    most = (part.amount + part.slack) / below * 100 if below > 0 else Decimal(10**9)
    return least, most
