"""What an indicator is: a named question to the records, asked with a Frame; and the list of all of them.

Nothing here knows what is counted. Modules state `INDICATORS` in their `indicators.py`; `catalogue()` collects them
from the installed apps the way Django collects models, so that pages at any height ask by code and nothing imports
upward. This file imports no models: `apps.py` reads it before they are loaded.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import import_module
from typing import Any, Self
from urllib.parse import urlencode

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext as _

from luodi.kit.refusal import Refused

Words = str | Promise
Value = int | Decimal | None
NONE = "-"  # the key of «without one» in break-downs and filters: a blank in an address means «all»
PERIOD = "fortnight"  # the break-down by time that every dated indicator has


class Unknown(Exception):
    """Raised while counting: the figure cannot be known; `str(e)` is the reason. The answer is «—», never 0."""


class Filters(Mapping[str, str]):
    """Dimension → key, sorted and unchangeable, so that a Frame can be a dictionary key."""

    def __init__(self, pairs: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        self._pairs = dict(sorted(dict(pairs).items()))

    def __getitem__(self, name: str) -> str:
        return self._pairs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __hash__(self) -> int:
        return hash(tuple(self._pairs.items()))

    def __repr__(self) -> str:
        return repr(self._pairs)


@dataclass(frozen=True)
class Frame:
    """What a question is asked about.

    `campaign` is the id the rows belong to; `place` a GB/T 2260 code of four (city) or six digits (county); `as_of` the
    day whose truth is asked; `start` ≤ day < `end` limits dated events to a period; `filters` maps dimension → key.
    """

    campaign: int
    place: str
    as_of: date
    start: date | None = None
    end: date | None = None
    filters: Mapping[str, str] = field(default_factory=Filters)

    def __post_init__(self) -> None:
        object.__setattr__(self, "filters", Filters(self.filters))

    def at(self, day: date) -> Self:
        """The same question as of another day."""
        return replace(self, as_of=day)

    def narrowed(self, dimension: str, key: str) -> Self:
        """The same question for one part of a break-down."""
        if dimension != PERIOD:
            return replace(self, filters={**self.filters, dimension: key})
        start = date.fromisoformat(key)
        end = fortnight_end(start) + timedelta(days=1)
        return replace(self, start=max(start, self.start or start), end=min(end, self.end or end))

    def facts(self) -> dict[str, Any]:
        """The frame as JSON keeps it; `thaw` reads it back."""
        days = {"as_of": self.as_of, "start": self.start, "end": self.end}
        texts = {name: day.isoformat() if day else None for name, day in days.items()}
        return {"campaign": self.campaign, "place": self.place, **texts, "filters": dict(self.filters)}

    def to_query(self) -> str:
        """The frame as an address' query; `forms.read_frame` reads it back."""
        facts = self.facts()
        return urlencode({name: value for name, value in {**facts.pop("filters"), **facts}.items() if value})


def thaw(facts: Mapping[str, Any]) -> Frame:
    """The frame from `Frame.facts()`."""
    days = {name: date.fromisoformat(facts[name]) if facts[name] else None for name in ("start", "end")}
    as_of = date.fromisoformat(facts["as_of"])
    return Frame(facts["campaign"], facts["place"], as_of, filters=facts["filters"], **days)


@dataclass(frozen=True)
class Dimension:
    """How rows are split: the field's path from the row's scoped record, and its keys with their words, in order.

    Words depend on campaign, place and month of a frame, not on its day: several days share one reading of them.
    `labels` may name rows without a key too (`NONE`); that part comes last, and only where there are such rows.
    """

    label: Words
    path: str
    labels: Callable[[Frame], Mapping[str, str]]
    zeros: bool = True  # parts without rows are shown too; False where there are hundreds
    values: Mapping[str, Any] = field(default_factory=dict)  # key → value in the database, where they differ

    def condition(self, prefix: str, key: str) -> Q:
        """Rows of one part."""
        path = prefix + self.path
        if key == NONE:
            return Q(**{f"{path}__isnull": True}) | Q(**{path: ""})
        return Q(**{path: self.values.get(key, key)})

    def key(self, value: Any) -> str:
        """The key of a value from the database."""
        if value is None or value == "":
            return NONE
        return next((key for key, one in self.values.items() if one == value), str(value))


@dataclass(frozen=True, kw_only=True, eq=False)
class Indicator:
    """A named question. `rows(frame)`: the campaign's rows as of the day, each once, not yet narrowed to the frame.

    `via` leads from a row to its scoped record ("problem__"). Rows are counted, unless: with `total` the numbers at
    this path are summed in the database, exactly, and divided by `scale` to stand in `unit` (a Decimal; 0 without
    rows); with `fold` the tuples of the paths in `measure` are folded to a value (it may raise Unknown). `places` is
    how many decimals are printed, rounded half up; the value itself stays exact, so that parts add up. `day` is the
    rows' own date, for fortnights. `visible(rows, person, day)` are those a person may open; by default the
    queryset's own `visible_to`. `terms(frame)`: words that a campaign's pack adds to the scope.
    """

    code: str
    name: Words
    unit: Words
    scope: Words
    how: Words
    rows: Callable[[Frame], QuerySet[Any]]
    version: int = 1
    mark: str = "ledger"
    via: str = ""
    dimensions: Mapping[str, Dimension] = field(default_factory=dict)
    measure: tuple[str, ...] = ()
    fold: Callable[[Mapping[tuple[Any, ...], int]], Value] | None = None
    total: str = ""
    scale: Decimal = Decimal(1)
    places: int | None = None
    day: str = ""
    visible: Callable[[QuerySet[Any], Any, date], QuerySet[Any]] | None = None
    columns: tuple[tuple[Words, str], ...] = ()
    terms: Callable[[Frame], str] | None = None
    row_url: tuple[str, str] | None = None  # name of a route, the row's attribute that is its argument
    list_url: str = ""  # name of the route of the list that shows exactly these rows for `?figure=` and the frame

    @property
    def row_unit(self) -> str:
        """What one row is counted in: the unit, or for a sum or a folded value simply «条»."""
        return str(self.unit) if self.counts else _("条")

    @property
    def counts(self) -> bool:
        """The value is the number of rows."""
        return not self.fold and not self.total

    @property
    def adds_up(self) -> bool:
        """The parts of a break-down add up to the whole."""
        return not self.fold

    @property
    def zero(self) -> Value:
        """The value without rows; None where there is none."""
        return None if self.fold else Decimal(0) if self.total else 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Rate:
    """A share in percent, one decimal, rounded half up: numerator by denominator, both indicators by code."""

    code: str
    name: Words
    scope: Words
    how: Words
    numerator: str
    denominator: str
    version: int = 1
    mark: str = "ledger"
    unit: Words = "%"
    terms: Callable[[Frame], str] | None = None


AnyIndicator = Indicator | Rate


@dataclass(frozen=True)
class Campaign:
    """What a Frame may be about, as the module that owns it states it (`CAMPAIGNS` in its `indicators.py`)."""

    pk: int
    code: str
    name: str
    city: str
    current: bool


@dataclass(frozen=True)
class Answer:
    """A value, or None and why. A Rate's answer carries those of its two parts."""

    indicator: AnyIndicator
    frame: Frame
    value: Value
    reason: str = ""
    numerator: "Answer | None" = None
    denominator: "Answer | None" = None

    @property
    def unit(self) -> str:
        """The unit in the reader's language."""
        return str(self.indicator.unit)

    @property
    def scope(self) -> str:
        """What is counted, with the words of the campaign's pack where there are some."""
        return str(self.indicator.scope) + (self.indicator.terms(self.frame) if self.indicator.terms else "")

    @property
    def digits(self) -> str:
        """The value without unit, grouped: «1,610», «97.0», «12.5»; unknown → «—»."""
        return "—" if self.value is None else digits(self.indicator, self.value)

    @property
    def rounded(self) -> Value:
        """The value as precise as it is printed, for charts."""
        return self.value and type(self.value)(self.digits.replace(",", ""))

    @property
    def text(self) -> str:
        """For pages: «1,610 件», «97.0%», «—»."""
        if self.value is None or self.unit == "%":
            return self.digits + ("%" if self.value is not None else "")
        return f"{self.digits} {self.unit}"

    @property
    def plain(self) -> str:
        """For official documents: «1610件», «97.0%», «—»."""
        return self.text.replace(",", "").replace(" ", "")


@dataclass(frozen=True)
class Part:
    """One part of a break-down; `answer.frame` asks for exactly its rows."""

    key: str
    label: str
    answer: Answer


def digits(indicator: AnyIndicator, value: int | Decimal, sign: str = "") -> str:
    """A value of this indicator (or a difference of two, with `sign` "+") as it is printed, without unit."""
    if isinstance(indicator, Rate):
        return f"{value:{sign}.1f}"
    if indicator.places is not None:
        value = Decimal(value).quantize(Decimal(1).scaleb(-indicator.places), ROUND_HALF_UP)
        return f"{value:{sign},f}"
    words = f"{value:{sign},f}" if isinstance(value, Decimal) else f"{value:{sign},}"
    return words.rstrip("0").removesuffix(".") if "." in words else words


def percent(numerator: int | Decimal, denominator: int | Decimal) -> Decimal:
    """Percent with one decimal, half up: 1571 of 1620 → 97.0."""
    return (Decimal(numerator) * 100 / Decimal(denominator)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def holds(frame: Frame, begins: str, ends: str) -> Q:
    """Dated rows that stand as of the day: begun by then (and in the frame's period), not ended by then (half-open)."""
    return happened(frame, begins) & (Q(**{ends: None}) | Q(**{f"{ends}__gt": frame.as_of}))


def happened(frame: Frame, day: str) -> Q:
    """Events by the as-of day, and in the frame's period where it has one."""
    condition = Q(**{f"{day}__lte": frame.as_of})
    if frame.start:
        condition &= Q(**{f"{day}__gte": frame.start})
    if frame.end:
        condition &= Q(**{f"{day}__lt": frame.end})
    return condition


def fortnight_start(day: date) -> date:
    """The 1st or the 16th: returns cover 1–15 and 16–end of month."""
    return day.replace(day=1 if day.day <= 15 else 16)


def fortnight_end(day: date) -> date:
    """The last day of the fortnight: the 15th or the month's last."""
    if day.day <= 15:
        return day.replace(day=15)
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def fortnights(first: date, last: date) -> list[date]:
    """The starts of all fortnights from that of `first` to that of `last`."""
    starts = [fortnight_start(first)]
    while fortnight_end(starts[-1]) < last:
        starts.append(fortnight_end(starts[-1]) + timedelta(days=1))
    return starts


def fortnight_ends(as_of: date, count: int = 6) -> list[date]:
    """The last `count` ends of fortnights up to and including `as_of`, oldest first."""
    ends: list[date] = []
    day = as_of if as_of == fortnight_end(as_of) else fortnight_start(as_of) - timedelta(days=1)
    while len(ends) < count:
        ends.append(day)
        day = fortnight_start(day) - timedelta(days=1)
    return ends[::-1]


def fortnight_label(start: date) -> str:
    """«2020年7月1日—15日»."""
    facts = {"year": start.year, "month": start.month, "first": start.day, "last": fortnight_end(start).day}
    return _("%(year)s年%(month)s月%(first)s日—%(last)s日") % facts


def stated(name: str) -> Iterator[tuple[str, Any]]:
    """(app name, value) of `name` in the `indicators.py` of every installed app that states it."""
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "indicators") and config.name != __package__:
            module = import_module(f"{config.name}.indicators")
            if hasattr(module, name):
                yield config.name, getattr(module, name)


@cache
def catalogue() -> Mapping[str, AnyIndicator]:
    """Every indicator by code, in the order the modules state them."""
    return {indicator.code: indicator for _app, listed in stated("INDICATORS") for indicator in listed}


def indicator_of(code: str) -> AnyIndicator:
    """The indicator, or Refused."""
    known = catalogue()
    if code not in known:
        raise Refused(_("没有指标「%(code)s」，可用的指标见「指标口径」页。") % {"code": code})
    return known[code]


def dimensions_of(indicator: AnyIndicator) -> Mapping[str, Dimension]:
    """How an indicator can be split; a Rate, as both its parts can."""
    if isinstance(indicator, Indicator):
        return indicator.dimensions
    over = dimensions_of(indicator_of(indicator.denominator))
    return {name: one for name, one in dimensions_of(indicator_of(indicator.numerator)).items() if name in over}


def faults(listed: Iterable[AnyIndicator]) -> list[str]:
    """What is wrong with a list of indicators: twice a code, both sum and fold, a Rate of unknown parts or of Rates."""
    found: list[str] = []
    seen: dict[str, AnyIndicator] = {}
    for indicator in (listed := list(listed)):
        if indicator.code in seen:
            found.append(f"Two indicators have the code {indicator.code!r}.")
        if isinstance(indicator, Indicator) and indicator.total and indicator.fold:
            found.append(f"{indicator.code!r} has both a total and a fold.")
        seen[indicator.code] = indicator
    for rate in (one for one in listed if isinstance(one, Rate)):
        found += [
            f"{rate.code!r} is a rate of {part!r}, which is no counted indicator."
            for part in (rate.numerator, rate.denominator)
            if not isinstance(seen.get(part), Indicator)
        ]
    return found


def check_catalogue(**_options: Any) -> list[CheckMessage]:
    """Start-up check: codes are unique across apps, rates have their parts, one module at most states CAMPAIGNS."""
    wrong = faults(indicator for _app, listed in stated("INDICATORS") for indicator in listed)
    if len(list(stated("CAMPAIGNS"))) > 1:
        wrong.append("CAMPAIGNS is stated by more than one module.")
    return [Error(words, id="indicators.E001") for words in wrong]
