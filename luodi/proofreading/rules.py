"""What a text's figures claim of the ledger, the date it bears, and the text with its figures marked. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.prose.days import CUTOFF, day_of
from luodi.prose.model import Figure, Sentence, Span
from luodi.prose.read import figures, sentences

SHOWN = {
    "contradicts": (_("不符"), "circle-x", "bad"),
    "undecided": (_("不能判断"), "help-circle", "mute"),
    "agrees": (_("相符"), "circle-check", "ok"),
}
RULE_WORDS = {
    "sum": _("分项与合计"),
    "named": _("列名与个数"),
    "rate": _("比率"),
    "share": _("占比"),
    "growth": _("增减与增幅"),
    "unit": _("单位换算"),
    "repeat": _("前后重复"),
    "event": _("同一事项的日期"),
    "order": _("先后次序"),
    "impossible": _("不可能的数值"),
    "weekday": _("星期"),
    "workday": _("工作日"),
    "restday": _("休息日"),
    "cutoff": _("截止时间"),
    "notation": _("文号写法"),
    "empty": _("空章节"),
    "ledger": _("与台账核对"),
}
ORDER = ("contradicts", "undecided", "agrees")
HERE = "◆"  # the figure's place among the words beside it
# What a figure says of the ledger: words with the figure's place, for each indicator. Indicators' own names count too.
SAYS: Sequence[tuple[str, str, str]] = [
    ("problems.found", "件", rf"(?:发现|排查|清理|查找|查摆|登记)出?的?(?:各类)?问题(?:线索)?(?:共|共计|累计)?{HERE}"),
    ("problems.found", "件", rf"(?:发现|排查|清理|登记)出?的?{HERE}问题"),
    ("problems.rectified", "件", rf"(?:完成整改|整改完成|整改到位|已整改)(?:问题)?{HERE}"),
    ("problems.rectified", "件", rf"{HERE}问题?(?:已|均|全部|已全部|均已)+(?:按照.*)?(?:完成整改|整改到位|整改完毕)"),
    ("problems.closed", "件", rf"(?<!未)销号(?:问题)?{HERE}"),
    ("problems.closed", "件", rf"{HERE}(?:问题)?(?:已|均|全部)+(?:完成)?销号"),
    ("problems.open", "件", rf"(?:未|没有)销号的?(?:问题)?{HERE}"),
    ("problems.overdue", "件", rf"逾期(?:未销号|未整改|未完成)?的?(?:问题)?{HERE}"),
    ("problems.verified", "件", rf"已核查(?:问题)?{HERE}"),
    ("problems.assigned", "件", rf"(?<!上级)已交办(?:问题)?{HERE}"),
    ("problems.from_above", "件", rf"上级交办的?(?:问题)?{HERE}"),
    ("problems.priority", "件", rf"重点难点问题{HERE}"),
    ("problems.returned_problems", "件", rf"被退回(?:问题)?{HERE}"),
    ("problems.closure_rate", "%", rf"销号率{HERE}"),
    ("problems.rectification_rate", "%", rf"(?:整改完成率|问题整改率|整改率){HERE}"),
    ("problems.verified_share", "%", rf"核查率{HERE}"),
    ("problems.match_rate", "%", rf"账证相符率{HERE}"),
    ("problems.relapse_rate", "%", rf"反弹率{HERE}"),
]
# Times and comparisons that the ledger's standing figures do not answer.
OTHER_TIME = re.compile(
    r"本期|本月|上月|本周|\d月|季度|上半年|下半年|同比|环比|较|比上|计划|目标|力争|平均|每|去年|上年|预计|新增"
)
# Populations of their own: what is told after them is told of them (将27件列为重点难点问题，…，完成整改27件).
NARROW = re.compile(r"重点难点|零报告|举报|上级交办|交办问题|巡视|巡察|督查|抽查|通过[^,;]{0,12}$")
NARROWER = _("文中说的范围可能比台账指标窄，不能核对。")
OTHER_SCOPE = re.compile(r"类问题|领域|方面|其中|系统内|乡镇|街道")
MEASURED = re.compile(
    r"(?:已经|均已|达到|达|为|是|共计|共有|累计|共|已|的|有|均|全部|总计|总数|截至目前|目前|全市|全县|全区|我市|各县市区和市直责任部门|各县市区|专项清理工作|专项清理|开展|以来|中|对|自|按照|台账|清理|工作)"
)
DATE_LINE = re.compile(r"^[\s\u3000]*(?:\d{4}|[一二][〇○零一二三四五六七八九]{3})年[^，。,]{2,8}日[\s\u3000]*$")


@dataclass(frozen=True)
class Places:
    """The places a text may name: name → code; and the campaign's year of the problems found first."""

    counties: Mapping[str, str] = field(default_factory=dict)
    base_year: int = 0


@dataclass(frozen=True)
class Claim:
    """A figure that says something of an indicator; `doubt` is why it cannot be compared all the same."""

    span: Span
    figure: Figure
    code: str
    filters: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    as_of: date | None = None
    doubt: str = ""


@dataclass(frozen=True)
class Piece:
    """A stretch of a paragraph; with a verdict it is a place that results speak of, the first of them `result`."""

    text: str
    verdict: str = ""
    result: int = 0
    anchor: str = ""


def date_written(paragraphs: Sequence[str]) -> date | None:
    """The date a document bears: a line of its own near the end, below the signature."""
    for line in reversed(paragraphs[-12:]):
        if DATE_LINE.match(line):
            found = [day for f in figures(line) if (day := day_of(f, None))]
            if found:
                return found[0]
    return None


def days_of(paragraphs: Sequence[str], chosen: date | None, today: date) -> tuple[date | None, date]:
    """The document's own day, a chosen one before the one it bears; and the day as of which the ledger is asked."""
    own = chosen or date_written(paragraphs)
    return own, min(own or today, today)


def claims(
    paragraphs: Sequence[str], known: Mapping[str, tuple[str, str]], places: Places, own: date | None = None
) -> Iterator[Claim]:
    """What the text says of indicators; `known`: code → (Chinese name, Chinese unit), `own` the document's day.

    Without that day «截至8月31日» has no year, and nothing in such a text can be compared; nor can anything in a text
    whose title says that it is about some of the problems only (关于重点难点问题核查复查情况的专题报告).
    """
    read = list(sentences(list(paragraphs)))
    cut = [(s, f) for s in read for f in s.figures if f.kind == "date" and _is_cutoff(s, f)]
    narrow = NARROW.search(_title(paragraphs))
    undated = own is None and any(not figure.day[0] for _sentence, figure in cut)
    for sentence in read:
        for figure in sentence.quantities:
            if figure.value is not None and not figure.spoken:
                for claim in _claims(sentence, figure, known, places):
                    day = _day(sentence, figure, own)
                    doubt = _t("文中“截至”的日期没有年份，请注明文件日期。") if undated and not day else ""
                    doubt = str(NARROWER) if narrow else doubt
                    yield replace(claim, as_of=day, doubt=claim.doubt or doubt)


def _claims(
    sentence: Sentence, figure: Figure, known: Mapping[str, tuple[str, str]], places: Places
) -> Iterator[Claim]:
    words = re.sub(r"(?:达到|达|为|是|约|已达|共|共计|累计)+$", "", figure.before) + HERE + figure.after
    taken, seen = _taken(sentence, figure), set()
    for code, unit, pattern in [*SAYS, *_names(known)]:
        found = re.search(pattern, words) if unit == figure.unit and code in known and code not in seen else None
        if found and found.group() != f"{taken}{HERE}":
            seen.add(code)
            left = words[: found.start()] if HERE in found.group() else words
            claim = _framed(sentence, figure, code, left, places)
            head = sentence.part(sentence.start, figure.start)
            if NARROW.search(head.removesuffix(figure.before) + left):
                claim = replace(claim, doubt=claim.doubt or str(NARROWER))
            yield claim


def _taken(sentence: Sentence, figure: Figure) -> str:
    """The words before a figure that are the noun of the figure before it: 74项计划开工项目68项实现开工."""
    ends = [f.end for f in sentence.quantities if f.end <= figure.start and f.unit == figure.unit]
    words = sentence.part(ends[-1], figure.start) if ends else ""
    return words if words == figure.before else ""


def _names(known: Mapping[str, tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    for code, (name, unit) in known.items():
        if len(name) >= 4:
            yield code, unit, rf"(?:^|[^未]){re.escape(name)}{HERE}"


def _framed(sentence: Sentence, figure: Figure, code: str, left: str, places: Places) -> Claim:
    """The claim with batch, place and day as its own clause says, else the sentence before it; or the doubt."""
    head = sentence.part(sentence.start, figure.start)
    batch, doubt = _batch(figure, head, places)
    place, doubtful = _place(figure, head, places)
    rest = left
    for word in (*places.counties, "新发现", "原有", f"{places.base_year}年"):
        rest = rest.replace(word, "")
    rest = re.sub(r"\d{4}年", "", MEASURED.sub("", CUTOFF.sub("", rest)))
    doubt = doubt or doubtful
    if figure.hedge not in {"", "over"}:
        doubt = doubt or _t("文中是约数，不能核对。")
    if OTHER_TIME.search(left):
        doubt = doubt or _t("文中说的是另一段时间，或是计划数、比较数。")
    elif len(rest) > 1 or OTHER_SCOPE.search(head):
        doubt = doubt or str(NARROWER)
    filters = {"batch": batch} if batch else {}
    return Claim(sentence.span(figure), figure, code, filters, place, None, doubt)


def _batch(figure: Figure, head: str, places: Places) -> tuple[str, str]:
    """(batch, doubt): of the clause, else of what the sentence named before."""
    own = _batches(figure.before + figure.after, places)
    named = own or _batches(head, places)
    if len(named) > 1:
        return "", _t("文中同时说到两个批次，分不清是哪一批。")
    return next(iter(named), ""), ""


def _batches(words: str, places: Places) -> set[str]:
    found = {"new"} if "新发现" in words else set()
    year = places.base_year
    if re.search(rf"原有问题|(?:{year}年|专项清理)(?:专项清理)?(?:工作)?(?:中)?(?:发现|排查)(?!的?新)", words):
        found.add("base")
    return found


def _place(figure: Figure, head: str, places: Places) -> tuple[str, str]:
    """(code of a county or "", doubt)."""
    name = "|".join(map(re.escape, places.counties)) or "(?!)"
    own = {code for name, code in places.counties.items() if name in figure.before + figure.after}
    named = own or {code for name, code in places.counties.items() if name in head}
    # «桃城区、故城县发现问题7件»: the figure's own words begin after the comma.
    together = re.search(rf"(?:{name})(?:、|和|与|及|以及)(?:{name})[^、，,]*$", head)
    if len(named) > 1 or together:
        return "", _t("文中同时说到几个地方，分不清是哪里的数。")
    return next(iter(named), ""), ""


def _title(paragraphs: Sequence[str]) -> str:
    """What stands before the first sentence and the first heading, as far as a title goes."""
    lines = []
    for line in [line.strip() for line in paragraphs if line.strip()][:3]:
        if line[-1] in "。：:；" or re.match(r"[一二三四五六七八九十]+、|[（(]", line):
            break
        lines.append(line)
    return "".join(lines)[:80]


def _is_cutoff(sentence: Sentence, figure: Figure) -> bool:
    return bool(CUTOFF.search(sentence.part(sentence.start, figure.start)))


def _day(sentence: Sentence, figure: Figure, own: date | None) -> date | None:
    """截至8月13日: the last date of this kind before the figure; without a year, of the document's own."""
    for other in reversed(sentence.figures):
        if other.kind == "date" and other.end <= figure.start and _is_cutoff(sentence, other):
            return day_of(other, own)
    return None


def marked(paragraphs: Sequence[str], results: Sequence[tuple[str, Sequence[Span]]]) -> list[list[Piece]]:
    """The paragraphs cut at the places of (verdict, places); where results overlap the gravest is shown."""
    by_paragraph: dict[int, dict[tuple[int, int], tuple[str, int]]] = {}
    for number, (verdict, spans) in enumerate(results, 1):
        for span in spans:
            at = by_paragraph.setdefault(span.paragraph, {})
            before = at.get((span.start, span.end))
            if before is None or ORDER.index(verdict) < ORDER.index(before[0]):
                at[span.start, span.end] = (verdict, number)
    return [list(_pieces(n, text, by_paragraph.get(n, {}))) for n, text in enumerate(paragraphs)]


def _pieces(number: int, text: str, places: Mapping[tuple[int, int], tuple[str, int]]) -> Iterator[Piece]:
    done = 0
    for (start, end), (verdict, result) in sorted(places.items()):
        if start < done:
            continue
        if start > done:
            yield Piece(text[done:start])
        yield Piece(text[start:end], verdict, result, anchor(number, start))
        done = end
    if done < len(text) or not text:
        yield Piece(text[done:])


def anchor(paragraph: int, start: int) -> str:
    """The address of a place on the page."""
    return f"p{paragraph + 1}-{start}"
