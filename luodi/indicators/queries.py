"""Asking indicators: value, break-down, comparison, history, rows, and freezing for documents."""

import json
from collections import ChainMap, Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, BigIntegerField, Count, F, QuerySet, Sum
from django.db.models.functions import Cast, Round
from django.utils.translation import gettext as _

from luodi.indicators.rules import (
    NONE,
    PERIOD,
    Answer,
    AnyIndicator,
    Campaign,
    Dimension,
    Frame,
    Indicator,
    Part,
    Rate,
    Unknown,
    Value,
    catalogue,
    dimensions_of,
    fortnight_label,
    fortnight_start,
    fortnights,
    indicator_of,
    percent,
    stated,
    thaw,
)
from luodi.journal.rules import as_ranges
from luodi.kit.refusal import Refused
from luodi.kit.sm3 import sm3
from luodi.orgs.models import BUSINESS_ROLES, Person

Asked = Sequence[tuple[Sequence[str], Frame]]  # questions: the codes of each frame
Kept = Mapping[str, Mapping[Any, Any]]  # code → key → number, or counted measures
Words = dict[tuple[int, int, str, date], Mapping[str, str]]  # of each dimension: those of its parts
Reading = dict[tuple[str, Frame], dict[str, Any]]
__all__ = [
    "answer", "answers", "answers_to", "break_down", "break_downs", "break_downs_of", "campaigns", "catalogue",
    "default_frame", "denominator_rows", "difference", "freeze", "headings", "history", "rows",
]  # fmt: skip


def rows(code: str, frame: Frame) -> QuerySet[Any]:
    """The rows a figure counts, narrowed to place and filters; of a Rate, those of its numerator. May raise Unknown."""
    indicator = indicator_of(code)
    return rows(indicator.numerator, frame) if isinstance(indicator, Rate) else _narrowed(indicator, frame)


def denominator_rows(code: str, frame: Frame) -> QuerySet[Any] | None:
    """The rows of a Rate's denominator; None for a counted indicator."""
    indicator = indicator_of(code)
    return rows(indicator.denominator, frame) if isinstance(indicator, Rate) else None


def _narrowed(indicator: Indicator, frame: Frame) -> QuerySet[Any]:
    column = {4: "city_code", 6: "county_code"}.get(len(frame.place))
    if column is None:
        raise Refused(_("地区「%(place)s」应是四位市代码或六位县代码。") % {"place": frame.place})
    queryset = indicator.rows(frame).filter(**{indicator.via + column: frame.place})
    for name, key in frame.filters.items():
        queryset = queryset.filter(_dimension(indicator, name).condition(indicator.via, key))
    return queryset


def _dimension(indicator: AnyIndicator, name: str) -> Dimension:
    known = dimensions_of(indicator)
    if name not in known:
        words = {"name": indicator.name, "by": name, "known": _("、").join(known)}
        raise Refused(_("指标「%(name)s」不能按「%(by)s」分，可用：%(known)s。") % words)
    return known[name]


def answer(code: str, frame: Frame) -> Answer:
    """Ask one indicator: one query or two, for a Rate of its two parts. Unknown place, code or filter: Refused."""
    return answers([code], frame)[0]


def answers(codes: Sequence[str], frame: Frame) -> list[Answer]:
    """Ask several the same question: what is kept at once, each of the others once, also where a Rate asks it too."""
    return answers_to([(codes, frame)])[0]


def answers_to(asked: Asked) -> list[list[Answer]]:
    """The same for several questions: what is kept of all of them at once."""
    kept = _kept(asked, "")
    return [_answers(codes, frame, known) for (codes, frame), known in zip(asked, kept, strict=True)]


def _answers(codes: Sequence[str], frame: Frame, kept: Kept) -> list[Answer]:
    known: dict[str, Answer] = {}

    def ask(code: str) -> Answer:
        if code not in known:
            one = indicator_of(code)
            known[code] = (
                _share(one, frame, ask(one.numerator), ask(one.denominator))
                if isinstance(one, Rate)
                else _answered(one, frame, kept)
            )
        return known[code]

    return [ask(code) for code in codes]


def _kept(asked: Asked, by: str) -> list[Kept]:
    """What modules keep of the figures of each question (`KEPT` in their indicators.py)."""
    parts = {c: (one.numerator, one.denominator) if isinstance(one, Rate) else (c,) for c, one in catalogue().items()}
    counted = [({part for code in codes for part in parts[indicator_of(code).code]}, frame) for codes, frame in asked]
    found = [ask(counted, by) for _app, ask in stated("KEPT")]
    return [dict(ChainMap(*(kept[place] for kept in found))) for place in range(len(asked))]


def _answered(indicator: Indicator, frame: Frame, kept: Kept) -> Answer:
    try:
        if indicator.code in kept:
            found = kept[indicator.code].get("", Counter() if indicator.fold else 0)
            return Answer(indicator, frame, indicator.fold(found) if indicator.fold else found)
        queryset = _narrowed(indicator, frame)
        if indicator.fold:
            return Answer(indicator, frame, indicator.fold(Counter(_measured(indicator, queryset))))
        gathered, value = _gathered(indicator, queryset)
        return Answer(indicator, frame, value(queryset.aggregate(n=gathered)["n"]))
    except Unknown as why:
        return Answer(indicator, frame, None, str(why))


def _measured(indicator: Indicator, queryset: QuerySet[Any], *first: str) -> list[tuple[Any, ...]]:
    return list(queryset.order_by("pk").values_list(*first, *indicator.measure))


def _gathered(indicator: Indicator, queryset: QuerySet[Any]) -> tuple[Aggregate, Callable[[Any], Value]]:
    """What the database gathers over the rows, and the value that is: their count, or the sum of `total`.

    It sums whole units of the last decimal place: exact on SQLite too, which keeps decimals as floating point.
    """
    if not indicator.total:
        return Count("pk"), lambda n: n or 0
    decimals = _decimals(queryset, indicator.total)
    steps = Round(F(indicator.total) * 10**decimals) if decimals else F(indicator.total)
    return Sum(Cast(steps, BigIntegerField())), lambda n: Decimal(n or 0).scaleb(-decimals) / indicator.scale


def _decimals(queryset: QuerySet[Any], path: str) -> int:
    """Decimal places of the column, or annotation, at this path."""
    found, model = getattr(queryset.query.annotations.get(path), "output_field", None), queryset.model
    for part in () if found else path.split("__"):
        found = model._meta.get_field(part)
        model = found.related_model or model
    return int(getattr(found, "decimal_places", None) or 0)


def _share(rate: Rate, frame: Frame, numerator: Answer, denominator: Answer) -> Answer:
    """The rate of two answers; «—» with the reason where one is unknown or the denominator is empty."""
    value, reason = None, numerator.reason or denominator.reason
    if not reason and not denominator.value:
        reason = _("分母为零：%(name)s为 0") % {"name": denominator.indicator.name}
    elif not reason:
        value = percent(numerator.value, denominator.value)  # type: ignore[arg-type]
    return Answer(rate, frame, value, reason, numerator, denominator)


def break_down(code: str, frame: Frame, by: str) -> list[Part]:
    """The answer split by a dimension or by fortnight, in official order; counted parts add up to the whole.

    One query or two (a Rate twice that) besides the words of the parts. Rows without a key form a last part.
    """
    return break_downs([code], frame, by)[code]


def break_downs(codes: Sequence[str], frame: Frame, by: str) -> dict[str, list[Part]]:
    """Several answers split in the same way: what is kept at once, each of the others once, for Rates too."""
    return break_downs_of([(codes, frame)], by)[0]


def break_downs_of(asked: Asked, by: str) -> list[dict[str, list[Part]]]:
    """The same for several questions: what is kept of all of them at once, the words of the parts read once."""
    words: Words = {}
    kept = _kept(asked, by)
    return [_break_downs(codes, frame, by, known, words) for (codes, frame), known in zip(asked, kept, strict=True)]


def _break_downs(codes: Sequence[str], frame: Frame, by: str, kept: Kept, words: Words) -> dict[str, list[Part]]:
    known: dict[str, list[Part]] = {}

    def ask(code: str) -> list[Part]:
        if code not in known:
            one = indicator_of(code)
            if by == PERIOD:
                known[code] = _by_fortnight(one, frame, kept.get(code))
            elif isinstance(one, Rate):
                _dimension(one, by)
                known[code] = _rate_parts(one, frame, by, ask(one.numerator), ask(one.denominator))
            else:
                known[code] = _split(one, frame, by, labels(_dimension(one, by)), kept.get(code))
        return known[code]

    def labels(dimension: Dimension) -> Mapping[str, str]:
        key = (id(dimension.labels), frame.campaign, frame.place, frame.as_of.replace(day=1))
        if key not in words:
            words[key] = dimension.labels(frame)
        return words[key]

    return {code: ask(code) for code in codes}


def _split(
    indicator: Indicator, frame: Frame, by: str, labels: Mapping[str, str], kept: Mapping[str, Any] | None
) -> list[Part]:
    dimension = indicator.dimensions[by]
    try:
        values = _grouped(indicator, frame, dimension, kept)
    except Unknown as why:
        return [_part(indicator, frame, by, key, label, None, str(why)) for key, label in labels.items()]
    only = frame.filters.get(by)  # with a filter on the dimension itself other parts can have no rows
    shown = [k for k in labels if k != NONE and only in {None, k} and (dimension.zeros or k in values)]
    shown += sorted(key for key in values if key not in labels and key != NONE) + ([NONE] if NONE in values else [])
    words = {NONE: _("（无）"), **labels}
    zero = (indicator.zero, _("没有可计算的记录") if indicator.fold else "")
    return [_part(indicator, frame, by, key, words.get(key, key), *values.get(key, zero)) for key in shown]


def _part(indicator: AnyIndicator, frame: Frame, by: str, key: str, label: str, value: Value, reason: str = "") -> Part:
    return Part(key, str(label), Answer(indicator, frame.narrowed(by, key), value, reason))


def _grouped(
    indicator: Indicator, frame: Frame, dimension: Dimension, kept: Mapping[str, Any] | None
) -> dict[str, tuple[Value, str]]:
    """Key → (value, reason) for the keys that have rows."""
    if kept is not None:
        found = {dimension.key(one): number for one, number in kept.items()}
        return {key: _folded(indicator, n) if indicator.fold else (n, "") for key, n in found.items()}
    queryset, path = _narrowed(indicator, frame), indicator.via + dimension.path
    if indicator.fold is None:
        gathered, value = _gathered(indicator, queryset)
        sums: dict[str, Any] = defaultdict(int)
        for one, n in queryset.order_by().values_list(path).annotate(n=gathered):
            sums[dimension.key(one)] += n or 0
        return {key: (value(n), "") for key, n in sums.items()}
    groups: dict[str, Counter[tuple[Any, ...]]] = defaultdict(Counter)
    for one, *measures in _measured(indicator, queryset, path):
        groups[dimension.key(one)][tuple(measures)] += 1
    return {key: _folded(indicator, group) for key, group in groups.items()}


def _folded(indicator: Indicator, group: Mapping[tuple[Any, ...], int]) -> tuple[Value, str]:
    try:
        return indicator.fold(group), ""  # type: ignore[misc]
    except Unknown as why:
        return None, str(why)


def _rate_parts(rate: Rate, frame: Frame, by: str, over: list[Part], under: list[Part]) -> list[Part]:
    """Part by part, the numerator's over the denominator's; a part missing on one side has no rows there."""
    above, below = ({part.key: part for part in parts} for parts in (over, under))
    parts = []
    for key, part in {**below, **{k: p for k, p in above.items() if k not in below}}.items():
        one = above.get(key) or _empty_part(rate.numerator, frame, by, part)
        other = below.get(key) or _empty_part(rate.denominator, frame, by, part)
        parts.append(Part(key, part.label, _share(rate, one.answer.frame, one.answer, other.answer)))
    return parts


def _empty_part(code: str, frame: Frame, by: str, like: Part) -> Part:
    indicator = indicator_of(code)
    return _part(indicator, frame, by, like.key, like.label, indicator.zero)  # type: ignore[union-attr]


def _by_fortnight(indicator: AnyIndicator, frame: Frame, kept: Mapping[date, int] | None) -> list[Part]:
    """By the rows' own date, 1–15 and 16–end of month, grouped in Python: no date functions of one database."""
    if isinstance(indicator, Rate):
        raise Refused(_("比率不能按双周分：分子、分母各有各的日期；请看「历次数值」。"))
    if not indicator.day or indicator.fold:
        raise Refused(_("指标「%(name)s」没有自己的日期，不能按双周分。") % {"name": indicator.name})
    try:
        queryset = _narrowed(indicator, frame)
    except Unknown:
        return []
    gathered, value = _gathered(indicator, queryset)
    days = queryset.order_by().values_list(indicator.day).annotate(n=gathered) if kept is None else kept.items()
    sums: dict[date, Any] = defaultdict(int)
    for day, n in days:
        sums[fortnight_start(day)] += n or 0
    starts = fortnights(min(sums), max(sums)) if sums else []
    return [_part(indicator, frame, PERIOD, s.isoformat(), fortnight_label(s), value(sums[s])) for s in starts]


def history(code: str, frame: Frame, dates: Iterable[date]) -> list[Answer]:
    """The figure as of each of these days."""
    return [one for [one] in answers_to([([code], frame.at(day)) for day in dates])]


def freeze(code: str, frame: Frame, found: Answer | None = None, read: Reading | None = None) -> dict[str, Any]:
    """All a document keeps of a figure, for JSON. `found`: its answer, if just asked; `read`: rows read for others."""
    found, read = found or answer(code, frame), {} if read is None else read
    return {
        "code": code,
        "name": str(found.indicator.name),
        "value": None if found.value is None else str(found.value),
        **{name: getattr(found, name) for name in ("reason", "unit", "text", "plain", "scope")},
        "as_of": frame.as_of.isoformat(),
        "frame": frame.facts(),
        "how": str(found.indicator.how),
        "version": found.indicator.version,
        **_row_facts(found, read),
        "parts": {
            name: {"code": part.indicator.code, "value": str(part.value), **_row_facts(part, read)}
            for name, part in (("numerator", found.numerator), ("denominator", found.denominator))
            if part
        },
    }


def _row_facts(found: Answer, read: Reading) -> dict[str, Any]:
    """Which rows answer: their model, ids as closed ranges, and the SM3 over both."""
    counted = getattr(found.indicator, "numerator", found.indicator.code)
    if (counted, found.frame) in read:
        return read[counted, found.frame]
    try:
        queryset = rows(counted, found.frame)
    except Unknown:
        return {"row_model": "", "row_ids": [], "row_sm3": ""}
    ids = as_ranges(list(queryset.order_by("pk").values_list("pk", flat=True).distinct()))
    model = queryset.model._meta.label_lower
    facts = {"row_model": model, "row_ids": ids, "row_sm3": sm3(json.dumps([model, ids]).encode())}
    return read.setdefault((counted, found.frame), facts)


@dataclass(frozen=True)
class Difference:
    """A frozen figure beside the live one. `added` and `gone` are row ids, of a Rate those of the numerator."""

    then: str
    value: str | None
    now: Answer
    added: tuple[int, ...]
    gone: tuple[int, ...]
    redefined: bool

    @property
    def changed(self) -> bool:
        """The value, the rows or the definition is no longer what was issued."""
        value_now = None if self.now.value is None else str(self.now.value)
        return self.value != value_now or bool(self.added or self.gone) or self.redefined


def difference(frozen: Mapping[str, Any]) -> Difference:
    """What the records say today to the question a document froze."""
    frame = thaw(frozen["frame"])
    now = answer(frozen["code"], frame)
    live, then = _ids(_row_facts(now, {})["row_ids"]), _ids(frozen["row_ids"])
    added, gone = tuple(sorted(live - then)), tuple(sorted(then - live))
    return Difference(frozen["text"], frozen["value"], now, added, gone, now.indicator.version != frozen["version"])


def _ids(ranges: Iterable[Sequence[int]]) -> set[int]:
    return {one for first, last in ranges for one in range(first, last + 1)}


def campaigns() -> list[Campaign]:
    """What Frames may be about: the module above that owns it states `CAMPAIGNS`, as it states its INDICATORS."""
    return [campaign for _app, listed in stated("CAMPAIGNS") for campaign in listed()]


def headings() -> list[tuple[str, list[AnyIndicator]]]:
    """The catalogue by module: (the module's `HEADING`, its indicators)."""
    words = dict(stated("HEADING"))
    return [(str(words.get(app, app)), list(listed)) for app, listed in stated("INDICATORS")]


def cities_of(person: Person, day: date) -> set[str]:
    """The cities whose figures a person may read: those of the business posts held."""
    return {post.unit.city_code for post in person.posts_on(day) if post.role in BUSINESS_ROLES} - {""}


def default_frame(person: Person, day: date) -> Frame | None:
    """The current campaign of the person's city, their own place, today; None where there is no campaign yet."""
    posts = [post for post in person.posts_on(day) if post.role in BUSINESS_ROLES and post.unit.city_code]
    for post in reversed(posts):
        if campaign := newest(one for one in campaigns() if one.city == post.unit.city_code):
            return Frame(campaign.pk, post.unit.place, day)
    return None


def newest(choices: Iterable[Campaign]) -> Campaign | None:
    """The current one, else the one entered last."""
    return max(choices, key=lambda one: (one.current, one.pk), default=None)
