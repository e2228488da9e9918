"""The leader's sentence, the ranking, the tile map's shades, what needs attention: rules over answers, no database."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luodi.indicators.rules import NONE, Answer, Part, Words

MOST_NAMES = 4  # places named in a sentence; more of them are counted
BEHIND = Decimal(2)  # percentage points below the whole from which a place is called behind
_MARK = re.compile("(\ue000\\w+\ue001)")  # private-use characters, which no text contains


# -- the sentence on top -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Piece:
    """A part of a sentence: words, or a figure with its answer. `tone`: "bad" for what is late, "b" for the result."""

    text: str
    answer: Answer | None = None
    tone: str = ""


def filled(
    template: str, figures: Mapping[str, Answer], words: Mapping[str, str], tones: Mapping[str, str]
) -> list[Piece]:
    """A translated sentence with %(name)s places, cut into words and figures."""
    places = {name: f"\ue000{name}\ue001" for name in figures}
    pieces = []
    for text in _MARK.split(template % {**words, **places}):
        name = text.strip("\ue000\ue001")
        if text.startswith("\ue000"):
            pieces.append(Piece(figures[name].text, figures[name], tones.get(name, "")))
        elif text:
            pieces.append(Piece(text))
    return pieces


def sentence(figures: Mapping[str, Answer], late: Sequence[Part]) -> list[Piece]:
    """The state in one sentence. It says «all» only of equal figures, and nothing of a figure that is unknown.

    `figures` by code: found, rectified, matched, open, overdue of one place; `late` its parts with something overdue.
    """
    values = {name: answer.value for name, answer in figures.items()}
    if values.get("found") is None:
        return [Piece(_("现在算不出发现问题的件数，请稍后再看。"))]
    if not values["found"]:
        return [Piece(_("台账里还没有问题。"))]
    clauses = [_done(values), _agreed(values), _left(values, late)]
    text = _("；").join(clause for clause in clauses if clause) + _("。")
    words = {"places": names(late)}
    return filled(text, figures, words, {"overdue": "bad", "matched": "b"})


def _done(values: Mapping[str, object]) -> str:
    if values["rectified"] is None:
        return _("共发现问题%(found)s")
    if values["rectified"] == values["found"]:
        return _("%(found)s问题均已报整改完成")
    return _("%(found)s问题中%(rectified)s已报整改完成")


def _agreed(values: Mapping[str, object]) -> str:
    if values["matched"] is None:
        return ""
    return _("账证均相符") if values["matched"] == values["found"] else _("账证相符%(matched)s")


def _left(values: Mapping[str, object], late: Sequence[Part]) -> str:
    if values["open"] is None:
        return ""
    if not values["open"]:
        return _("已全部销号")
    if values["overdue"] is None:
        return _("%(open)s未销号")
    if not values["overdue"]:
        return _("%(open)s未销号，没有逾期")
    if len(late) < 2 and not any(part.key != NONE for part in late):
        return _("%(open)s未销号，其中%(overdue)s逾期")
    return _("%(open)s未销号，其中%(overdue)s逾期，在%(places)s")


def names(parts: Sequence[Part]) -> str:
    """«桃城区、故城县», most first; beyond four «桃城区、故城县等 6 个县市区»."""
    first = _("、").join(part.label for part in parts[:MOST_NAMES])
    if len(parts) <= MOST_NAMES:
        return first
    return _("%(names)s等 %(n)s 处") % {"names": first, "n": len(parts)}


def most_first(parts: Iterable[Part]) -> list[Part]:
    """The parts that have something, the most first, otherwise in official order."""
    return sorted((part for part in parts if part.answer.value), key=lambda part: -(part.answer.value or 0))


# -- ranking -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Ranked:
    """A place in the ranking: `rank` is None without a figure; `tied` others share it; `moved` > 0 is upwards."""

    key: str
    label: str
    rank: int | None
    tied: bool
    moved: int | None
    answers: Mapping[str, Answer]
    own: bool = False


def ranks(parts: Iterable[Part]) -> dict[str, int]:
    """Key → rank by value, best first; equal values share a rank and the next one is left out (1, 1, 3)."""
    known = {part.key: part.answer.value for part in parts if part.answer.value is not None and part.key != NONE}
    return {key: 1 + sum(other > value for other in known.values()) for key, value in known.items()}


def ranking(
    by: Sequence[Part], before: Iterable[Part], others: Mapping[str, Mapping[str, Answer]], own: str = ""
) -> list[Ranked]:
    """The places ranked by `by`, with how they moved since `before` and their other figures (code → key → answer)."""
    now, then = ranks(by), ranks(before)
    taken = list(now.values())
    rows = [
        Ranked(
            part.key,
            part.label,
            now.get(part.key),
            taken.count(now.get(part.key, 0)) > 1,
            then[part.key] - now[part.key] if part.key in now and part.key in then else None,
            {"by": part.answer, **{code: found[part.key] for code, found in others.items() if part.key in found}},
            part.key == own,
        )
        for part in by
        if part.key != NONE
    ]
    return sorted(rows, key=lambda row: row.rank or len(rows) + 1)


# -- tile map ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Scale:
    """Five shades from q1, the worst, to q5: the lower bounds of q2 … q5, and what stands under each."""

    bounds: tuple[Decimal, ...]
    labels: tuple[str, ...]
    falling: bool = False  # less is better

    def shade(self, answer: Answer) -> str:
        """The class of a figure; an unknown one has none."""
        if answer.value is None:
            return ""
        if self.falling:
            return f"q{5 - sum(answer.value >= bound for bound in self.bounds)}"
        return f"q{1 + sum(answer.value >= bound for bound in self.bounds)}"


def _steps(*bounds: str) -> Scale:
    between = [f"{low}–{high}" for low, high in pairwise(bounds)]
    return Scale(tuple(map(Decimal, bounds)), (f"＜{bounds[0]}", *between, f"≥{bounds[-1]}"))


FINE, COARSE = _steps("95", "97", "98.5", "99.5"), _steps("20", "40", "60", "80")
COUNTS = Scale(tuple(map(Decimal, (1, 2, 4, 7))), ("≥7", "4–6", "2–3", "1", "0"), falling=True)


def scale_for(whole: Answer) -> Scale:
    """Shades for a rate: fine ones towards the end of a campaign, coarse ones before; for counts their own."""
    if whole.unit != "%":
        return COUNTS
    return FINE if whole.value is not None and whole.value >= 90 else COARSE


# -- what needs the leader -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Concern:
    """One line of «needs attention»: what, in figures; where and how long, in words."""

    icon: str
    tone: str
    title: list[Piece]
    detail: str
    answer: Answer


def concern(icon: str, tone: str, template: str, answer: Answer, detail: str) -> Concern | None:
    """A concern if there is anything: the template's %(n)s is the figure."""
    if not answer.value:
        return None
    return Concern(icon, tone, filled(template, {"n": answer}, {}, {}), detail, answer)


def told(parts: Sequence[Part]) -> str:
    """«桃城区 3、故城县 2», most first, at most four."""
    first = _("、").join(f"{part.label} {part.answer.digits}" for part in parts[:MOST_NAMES])
    rest = len(parts) - MOST_NAMES
    return first if rest <= 0 else _("%(first)s，另 %(n)s 处") % {"first": first, "n": rest}


def behind(parts: Iterable[Part], whole: Answer) -> list[Part]:
    """Places at least two percentage points below the whole, the farthest first."""
    if whole.value is None:
        return []
    limit = whole.value - BEHIND
    low = [p for p in parts if p.key != NONE and p.answer.value is not None and p.answer.value <= limit]
    return sorted(low, key=lambda part: part.answer.value or 0)


# -- parts of other modules, by code: what no installed module counts is not there --------------------------------
@dataclass(frozen=True)
class Progress:
    """One line of what other modules count: «255.9 / 300.5 亿元 85.2%», or a figure with another told beside it.

    `of` is the whole of which `part` is a part, `rate` the share of it, where that is an indicator; without a whole
    the figure `beside` stands next to it, after `words`; where it is a change, with its sign.
    """

    part: str
    of: str = ""
    rate: str = ""
    beside: str = ""
    words: Words = ""
    change: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """What the line asks."""
        return tuple(code for code in (self.part, self.of, self.rate, self.beside) if code)


PROJECTS = (
    Progress("projects.completed", "projects.plan", "projects.completion_rate"),
    Progress("projects.started", "projects.planned_starts", "projects.start_rate"),
    Progress("projects.early_starts", "projects.preliminary"),
    Progress("projects.landed", "projects.due", "projects.landing_rate"),
)
SUPPORT = (
    Progress("permits.on_time", "permits.decided", "permits.on_time_rate"),
    Progress("finance.credit", "finance.need_amount", "finance.credit_rate"),
    Progress("land.zones_reserved", "land.zones", "land.reserve_rate"),
    Progress("land.batches", beside="land.batch_area"),
    Progress("land.pool_area", beside="land.pool_paddy", words=gettext_lazy("水田")),
    Progress("finance.balance", beside="finance.balance_increase", words=gettext_lazy("较年初"), change=True),
)
# Key figures that take the last places of the strip: code → the figure told beside it, and how.
LANDING: Mapping[str, tuple[str, Words]] = {
    "projects.landing_rate": ("projects.due", gettext_lazy("应落地 %(text)s")),
    "projects.fai_growth": ("projects.fai_rank", gettext_lazy("全省第 %(digits)s 位")),
    "projects.completed": ("projects.completion_rate", gettext_lazy("完成年度计划 %(text)s")),
    "projects.started": ("projects.start_rate", gettext_lazy("开工率 %(text)s")),
}
OTHERS = (
    *(code for line in (*PROJECTS, *SUPPORT) for code in line.codes),
    *LANDING,
    *(beside for beside, _how in LANDING.values()),
)
# What else needs the leader: code → (icon, tone, words).
CONCERNS: Mapping[str, tuple[str, str, Words]] = {
    "projects.late_starts": ("building-factory-2", "warn", gettext_lazy("%(n)s重点项目到期未开工")),
    "projects.stalled": ("player-pause", "warn", gettext_lazy("%(n)s重点项目停滞")),
    "permits.overdue": ("clock-exclamation", "warn", gettext_lazy("%(n)s审批超时未办结")),
    "land.leases_late": ("map-pin", "warn", gettext_lazy("%(n)s先租后让合同到期未转出让")),
}

MEASURES: Mapping[str, tuple[str, Words]] = {
    "closed": ("problems.closure_rate", gettext_lazy("销号率")),
    "match": ("problems.match_rate", gettext_lazy("相符率")),
    "overdue": ("problems.overdue", gettext_lazy("逾期")),
}


def change_words(now: Answer, then: Answer, since: str) -> tuple[str, str]:
    """(«较8月15日 +2.2 个百分点», tone): how a figure moved; up and down say whether that is good."""
    if now.value is None or then.value is None:
        return "", ""
    moved = now.value - then.value
    if not moved:
        return _("与%(since)s持平") % {"since": since}, ""
    rate = now.unit == "%"
    words = {"since": since, "moved": f"{moved:+,}", "unit": _("个百分点") if rate else now.unit}
    text = _("较%(since)s %(moved)s %(unit)s") % words
    if not rate and now.indicator.code not in FEWER:
        return text, ""
    return text, "up" if (moved > 0) == rate else "down"


FEWER = {"problems.open"}  # counts of which fewer are better
