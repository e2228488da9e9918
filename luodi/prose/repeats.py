"""The same thing told twice must have one number."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from luodi.prose.model import Figure, Finding, Sentence
from luodi.prose.said import AGREES, CONTRADICTS, UNDECIDED, tell

FILLERS = re.compile(
    r"[的了已均将共约达为是有]|累计|全部|达到|总计|合计|一共|截至目前|目前|全市|全县|全区|我市|我县|我区|按照|先后|实现|其中|自|对|并|"
    r"以来|开展|今年"
)
PLACE = re.compile(
    r"(?:(?!乡镇|县区|县市|市县|区县|[各全本我该两等以])[\u4e00-\u9fa5]){1,4}?"
    r"(?:市|县|区|镇|乡|村|街道|局|办|院|中心|集团|公司|银行)(?!场|民|级|直|委|长|政|别|域|属)"
)
PERIOD = re.compile(
    r"\d{4}年|\d{1,2}月\d{1,2}日|(?:\d{1,2}[-—至])?\d{1,2}月|[一二三四]季度|上半年|下半年|去年|上年|同期|本月|本周|本期|"
    r"当日|明年|年初|上月|上期|历年|前\w月|十[二三四]五"
)
FIELD = re.compile(r"([\u4e00-\u9fa5]{2,10}(?:方面|领域|系统|行业|类))[:,]")
WHOLE_PLACES = re.compile(r"^(全市|全县|全区|我市|我县|我区|本市|本县|本区|XX市|XX县|XX区)$")
# Words with which each of several things has a number of its own.
EACH = re.compile(
    r"每|各|平均|人均|分别|同比|环比|较|比上|增|降|减|提高|上升|计划|拟|目标|力争|确保|不低于|要求|标准|预计|年内|下一步"
)
# What many things have: said of nothing in particular when it stands alone.
METRIC = re.compile(
    r"完成|年度|计划|总|投资|资金|面积|人数|项目|涉及|金额|问题|增加值|收入|利润|产值|支出|余额|建筑|用地|概算"
)
LEAST = 5  # characters that make a thing recognisable


@dataclass(frozen=True)
class Told:
    """One telling: where, and under which places and times."""

    sentence: Sentence
    figure: Figure
    scope: frozenset[str]


def repeats(sentences: Sequence[Sentence]) -> Iterator[Finding]:
    """Figures of the same thing, compared over the whole text."""
    told: dict[tuple[str, str], list[Told]] = {}
    for sentence in sentences:
        for figure in sentence.quantities:
            key = _key(figure)
            own = METRIC.sub("", PERIOD.sub("", key))
            if figure.exact and len(key) >= LEAST and len(own) >= 2 and not EACH.search(figure.before + figure.of):
                told.setdefault((key, figure.measure), []).append(Told(sentence, figure, _scope(sentence, figure)))
    for (key, _measure), group in told.items():
        if len(group) > 1:
            yield from _compare(key, group)


def _key(figure: Figure) -> str:
    """The thing without filling words and the year's standing phrases; times stay, they tell things apart."""
    return FILLERS.sub("", figure.of)


def _scope(sentence: Sentence, figure: Figure) -> frozenset[str]:
    """Places and times named before the figure in its sentence."""
    head = sentence.part(sentence.start, figure.start)
    places = {p for p in PLACE.findall(head) if not WHOLE_PLACES.match(p)}
    return frozenset({*places, *PERIOD.findall(head), *FIELD.findall(head)})


def _compare(key: str, group: list[Told]) -> Iterator[Finding]:
    """One finding for each thing: all equal; two that differ under one scope; or differ under different scopes."""
    first = group[0]
    odd = [t for t in group[1:] if t.figure.amount != first.figure.amount]
    spans = tuple(t.sentence.span(t.figure) for t in group)
    values = "、".join(dict.fromkeys(tell(t.figure) for t in group))
    if not odd:
        if len({(t.sentence.paragraph, t.figure.start) for t in group}) > 1:
            yield Finding("repeat", AGREES, f"“{key}”写了{len(group)}次，都是{values}。", values, spans)
        return
    one_sentence = len({(t.sentence.paragraph, t.sentence.start) for t in group}) == 1
    # Within a paragraph like things of several subjects follow each other: 甲方面：…3条。乙方面：…23条。
    same_scope = [t for t in odd if t.scope == first.scope and t.sentence.paragraph != first.sentence.paragraph]
    rounded = all(abs(t.figure.amount - first.figure.amount) <= max(t.figure.slack, first.figure.slack) for t in odd)
    if one_sentence:
        return
    if rounded:
        yield Finding("repeat", AGREES, f"“{key}”写了{len(group)}次，只是小数位数不同。", values, spans)
    elif same_scope and len(group) <= 3:
        yield Finding("repeat", CONTRADICTS, f"“{key}”前后不一致：{values}。", values, spans)
    elif _nested(first, odd[0]) and len(group) == 2:
        words = f"“{key}”写作{values}，所说的时间或范围可能不同，请核对。"
        yield Finding("repeat", UNDECIDED, words, values, spans)


def _nested(one: Told, other: Told) -> bool:
    """Whether one scope names nothing the other does not."""
    return one.scope <= other.scope or other.scope <= one.scope
