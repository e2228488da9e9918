"""What is read from a text and what is said of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

Workday = Callable[[date], bool | None]


class Verdict(StrEnum):
    """What a check says of a claim."""

    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Figure:
    """A number in a text: where, what value, in which unit, of what.

    `kind`: count, money, area, rate (percent), points (percentage points), times (倍), duration, rank, date, period;
    ordinal and number (of a document) are no quantities. `hedge`: "" exact, about, over (以上、余), under (以下、不足),
    range (`value` is then None). `of` is what it is said of, as far as the words beside it tell; `before` and `after`
    are these words. `places` are the decimals it was written with, `day` the date of a date.
    """

    start: int
    end: int
    text: str
    value: Decimal | None
    unit: str
    kind: str
    hedge: str = ""
    of: str = ""
    before: str = ""
    after: str = ""
    places: int = 0
    day: tuple[int | None, int | None, int | None] = (None, None, None)
    spoken: bool = False

    @property
    def exact(self) -> bool:
        """Whether it can be reckoned with."""
        return self.value is not None and not self.hedge and self.kind in QUANTITIES

    @property
    def amount(self) -> Decimal:
        """Its value in the base of its unit (元, 平方米, else the unit itself)."""
        return (self.value or Decimal(0)) * SCALE.get(self.unit, Decimal(1))

    @property
    def slack(self) -> Decimal:
        """Half a unit of its last decimal, in the base unit; nothing for whole counts."""
        if self.kind in {"count", "duration"} and not self.places:
            return Decimal(0)
        return Decimal(5).scaleb(-self.places - 1) * SCALE.get(self.unit, Decimal(1))

    @property
    def measure(self) -> str:
        """What it can be added to or compared with: figures of one measure."""
        if self.unit.endswith("美元"):
            return "美元"
        return {"money": "元", "area": "平方米", "rate": "%"}.get(self.kind, PEOPLE.get(self.unit, self.unit))


QUANTITIES = frozenset({"count", "money", "area", "rate", "points", "times", "duration"})
PEOPLE = {"名": "人", "位": "人"}  # counted alike
SCALE = {
    "亿元": Decimal(10**8),
    "万元": Decimal(10**4),
    "千元": Decimal(1000),
    "元": Decimal(1),
    "亿美元": Decimal(10**8),
    "万美元": Decimal(10**4),
    "平方公里": Decimal(10**6),
    "公顷": Decimal(10**4),
    "亩": Decimal(10**4) / 15,
    "平方米": Decimal(1),
}


@dataclass(frozen=True)
class Span:
    """A place in the text: paragraph (from 0), first character, one after the last, and the words there."""

    paragraph: int
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Finding:
    """One thing said of the text: the rule, the verdict, a whole Chinese sentence, the reckoning, and the places."""

    rule: str
    verdict: Verdict
    sentence: str
    computation: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Sentence:
    """A sentence of a paragraph with its figures; places are those of the paragraph."""

    paragraph: int
    start: int
    end: int
    text: str
    figures: tuple[Figure, ...] = field(default=())

    @property
    def quantities(self) -> list[Figure]:
        """Figures one may reckon with, in order."""
        return [f for f in self.figures if f.kind in QUANTITIES]

    def between(self, left: Figure, right: Figure) -> str:
        """The words between two of its figures."""
        return self.text[left.end - self.start : right.start - self.start]

    def part(self, start: int, end: int) -> str:
        """The words between two places of the paragraph."""
        return self.text[max(start - self.start, 0) : max(end - self.start, 0)]

    def span(self, figure: Figure) -> Span:
        """Where a figure stands."""
        return Span(self.paragraph, figure.start, figure.end, figure.text)
