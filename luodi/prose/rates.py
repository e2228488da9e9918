"""Rates and shares: 74项计划开工、68项开工，开工率91.9%; 占总数的62.9%; nothing above a hundred."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import combinations, pairwise

from luodi.prose.model import Figure, Finding, Sentence
from luodi.prose.numerals import show
from luodi.prose.said import AGREES, CONTRADICTS, UNDECIDED, amount, bounds, finding, fits, quotient, rounded, tell

SAID = "(?:分别|均|也|已)?(?:达到了?|达|为|是|约|约为|高达|仅为|仅|在)?$"
RATE = re.compile(rf"([\u4e00-\u9fa5]{{1,10}}?)(率|比例|比重){SAID}")
SHARE = re.compile(rf"(?:占|占比)(?:到)?([^,;:]*?)(?:的|比例|比重|比)?(?:比例|比重)?{SAID}")
OF = re.compile(rf"(?:完成|为|是|相当于)([^,;:]*?)的{SAID}")
SUM_NAME = re.compile(r"(?:额|投资|资金|面积|产值|收入|贷款)$")  # no share of these is made of counts
ALL = re.compile(r"总数|总量|总额|总|全部|合计|应")
# These are never above a hundred percent; 投资完成率 and the like may be.
BOUNDED = re.compile(
    r"(整改|办结|开工|销号|合格|优良|满意|覆盖|压缩|属实|查实|落地|参与|到位|签约|达标|及时|通过|入学|就业|抽查|检查|"
    r"普及|参保|复核|核查|相符|回访|响应|整改完成|公开|入库|上线|网办|使用|出勤|到会|履约|投产|竣工|复查|成活|绿化|"
    r"贫困发生|处置|处理|治理|收集|合规|接种|受理|反馈|按期办结|按时办结|好评|见面|知晓)率"
)
UNBOUNDED = re.compile(r"投资|计划|任务|目标|预算|收入|产值|增长|增速|进度|回报|利润|同比|超额")
# Words that narrow a count: 按期整改 is not all 整改. Words in a rate's name that narrow nothing.
NARROWER = re.compile(r"按期|按时|如期|及时|提前|一次|首次|部分|基本|新增|本月|当月|上月|上年|去年|同期")
NEUTRAL = re.compile(r"截至|截止|目前|总体|整体|综合|其中|总数|总量|总额|合计|累计|全部|实际|问题|项目|[总共已的其]")
GROWTH = re.compile(r"增长|增幅|增速|下降|降幅|提高|提升|上升|压缩|缩短|减少|增加|同比|环比|降低")


def rates(sentence: Sentence) -> Iterator[Finding]:
    """Every percent of a sentence that two of its figures could make."""
    for percent in sentence.quantities:
        if percent.kind != "rate" or percent.unit != "%" or percent.value is None:
            continue
        lead = sentence.part(sentence.start, percent.start)
        clause = re.split(r"[,;:、()（）]", lead)[-1]
        if found := _impossible(sentence, percent, clause):
            yield found
        elif not percent.exact or GROWTH.search(clause):
            continue
        elif share := SHARE.search(clause) or OF.search(clause):
            yield from _share(sentence, percent, share)
        elif rate := RATE.search(clause):
            yield from _rate(sentence, percent, rate.group(1))
        else:
            yield from _fraction(sentence, percent)


def carried(former: Sentence, sentence: Sentence) -> Iterator[Finding]:
    """共反映问题154个。已整改138个，整改率89.6%: a whole in the sentence before can only confirm."""
    for percent in sentence.quantities:
        clause = re.split(r"[,;:、()（）]", sentence.part(sentence.start, percent.start))[-1]
        named = RATE.search(clause) if percent.kind == "rate" and percent.exact and not GROWTH.search(clause) else None
        before = [f for f in _before(sentence, percent) if f.exact][-1:]
        if not named or not before or _pairs([f for f in _before(sentence, percent) if f.exact]):
            continue
        part, core = before[0], named.group(1)[-2:]
        wholes = [
            f
            for f in former.quantities
            if f.exact and f.measure == part.measure and f.amount >= part.amount and f.amount
        ]
        fitting = [w for w in wholes if fits(percent, *bounds(part, w)) == AGREES]
        if fitting and _is_numerator(sentence, part, core):
            yield _made(sentence, percent, part, fitting[0])


def _impossible(sentence: Sentence, percent: Figure, clause: str) -> Finding | None:
    value = percent.value or Decimal(0)
    share = re.search(r"占[^,;]*$", clause) and not UNBOUNDED.search(clause)
    bounded = (BOUNDED.search(clause) or re.search(r"压缩|缩短", clause)) and not UNBOUNDED.search(
        clause.replace("压缩", "")
    )
    if value > 100 and (bounded or share) and percent.hedge in {"", "over", "about"}:
        words = f"“{clause}{percent.text}”超过100%，不可能。"
        return finding("impossible", CONTRADICTS, words, f"{show(value)}% > 100%", sentence, [percent])
    return None


def _before(sentence: Sentence, percent: Figure) -> list[Figure]:
    """Figures before the percent in its sentence, in order, that can be parts of one another."""
    kinds = {"count", "money", "area"}
    return [f for f in sentence.quantities if f.end <= percent.start and f.kind in kinds]


def _share(sentence: Sentence, percent: Figure, share: re.Match[str]) -> Iterator[Finding]:
    before = _before(sentence, percent)
    clause_at = percent.start - len(share.group(0))
    inside = [f for f in before if f.start >= clause_at]
    outside = [f for f in before if f.end <= clause_at]
    if not outside:
        return
    part = outside[-1]
    if part.exact and inside and inside[-1].exact and inside[-1].measure == part.measure:
        yield from _direct(sentence, percent, part, inside[-1])
        return
    named = share.string[: share.start()]  # 硕士研究生占12.6%: said of somebody whose number is not told
    if named and part.end <= percent.start - len(share.string):
        return
    if inside or not part.exact or (part.kind == "count" and SUM_NAME.search(share.group(1))):
        return
    wholes = [f for f in outside[:-1] if f.measure == part.measure and f.exact and f.amount >= part.amount and f.amount]
    if any(fits(percent, *bounds(part, w)) == AGREES for w in wholes):
        whole = next(w for w in wholes if fits(percent, *bounds(part, w)) == AGREES)
        yield _made(sentence, percent, part, whole)
    elif len(outer := _not_parts(sentence, wholes)) == 1 and _is_whole(sentence, share.group(1), outer[0]):
        if _is_said_of(share.group(1), outer):
            yield from _direct(sentence, percent, part, outer[0])
        elif percent.value:
            yield _implied(sentence, percent, part, share.group(1))
    elif not wholes and share.group(1) and percent.value:
        yield _implied(sentence, percent, part, share.group(1))


def _is_whole(sentence: Sentence, name: str, whole: Figure) -> bool:
    """Whether a share is of this whole: 占总数的, 其中, or called alike (年度计划投资186亿元, 占年度计划的)."""
    if ALL.search(name) or "其中" in sentence.text:
        return True
    words = NEUTRAL.sub("", name)
    return words in whole.before + whole.after if words else bool(re.search(r"共|总", whole.before))


def _not_parts(sentence: Sentence, wholes: list[Figure]) -> list[Figure]:
    """Wholes without those behind 其中: these are parts of the one before it."""
    cue = sentence.text.find("其中")
    return [f for f in wholes if cue < 0 or f.end <= sentence.start + cue]


def _is_said_of(name: str, figures: Iterable[Figure]) -> bool:
    """Whether what a name says beside neutral words stands beside these figures too: 全市 of 全市整改率."""
    words = NEUTRAL.sub("", name)
    return not words or any(words in NEUTRAL.sub("", f.before + f.unit + f.after) for f in figures)


def _implied(sentence: Sentence, percent: Figure, part: Figure, name: str) -> Finding:
    implied = part.amount / (percent.value or Decimal(1)) * 100
    words = f"文中没有“{name}”的数，不能判断；按{percent.text}推算约为{_round(implied, part)}。"
    reckoned = f"{tell(part)} ÷ {percent.text} = {_round(implied, part)}"
    return finding("share", UNDECIDED, words, reckoned, sentence, [part, percent])


def _round(value: Decimal, like: Figure) -> str:
    own = value / (like.amount / like.value) if like.value else value
    return f"{rounded(own, 2)}{like.unit}"


def _direct(sentence: Sentence, percent: Figure, part: Figure, whole: Figure) -> Iterator[Finding]:
    if not whole.amount:
        return
    verdict = fits(percent, *bounds(part, whole))
    if verdict == AGREES:
        yield _made(sentence, percent, part, whole)
        return
    real = quotient(part, whole)
    if real is None:
        return
    shown = rounded(real, max(percent.places, 1))
    words = (
        f"{tell(part)}÷{tell(whole)}应为{shown}%，文中写{percent.text}。"
        if verdict == CONTRADICTS
        else f"{tell(part)}÷{tell(whole)}为{rounded(real, percent.places + 2)}%，文中{percent.text}像是舍去了尾数。"
    )
    yield finding("rate", verdict, words, f"{tell(part)} ÷ {tell(whole)} = {shown}%", sentence, [part, whole, percent])


def _made(sentence: Sentence, percent: Figure, part: Figure, whole: Figure) -> Finding:
    real = rounded(quotient(part, whole) or Decimal(0), percent.places + 2)
    reckoned = f"{tell(part)} ÷ {tell(whole)} = {real}% ≈ {percent.text}"
    words = f"{percent.text}与{tell(part)}占{tell(whole)}的比例相符。"
    return finding("rate", AGREES, words, reckoned, sentence, [part, whole, percent])


def _rate(sentence: Sentence, percent: Figure, name: str) -> Iterator[Finding]:
    """A named rate: some pair of figures before it makes it, or the pair that must does not."""
    before = [f for f in _before(sentence, percent) if f.exact][-6:]
    nearer = [f for f in before if ";" not in sentence.between(f, percent)]
    pairs = _pairs(nearer) or _pairs(before)
    ordered = [(min(p, key=_size), max(p, key=_size)) for p in reversed(pairs)]
    ordered += [(min(p, key=_size), max(p, key=_size)) for p in reversed(_pairs(before)) if p not in pairs]
    for part, whole in ordered:
        if whole.amount and fits(percent, *bounds(part, whole)) == AGREES:
            yield _made(sentence, percent, part, whole)
            return
    core = name[-2:]
    if any(_of_both(percent, a, b) or _of_both(percent, b, a) for a, b in pairs):
        return
    possible = [p for p in pairs if p[1].amount <= p[0].amount] or _pairs(before)
    clear = [(a, b) for a, b in possible if _is_numerator(sentence, b, core) and b.amount <= a.amount]
    nearest = [(a, b) for a, b in clear if b == before[-1]] if before else []
    outer = _not_parts(sentence, [a for a, _b in nearest])
    nearest = [(a, b) for a, b in nearest if a in outer or not outer]
    if len(nearest) == 1 or (nearest and len({a.amount for a, _b in nearest}) == 1):
        whole, part = nearest[0]
        if _is_about(sentence, percent, part, whole, name.removesuffix(core)):
            yield from _direct(sentence, percent, part, whole)
        else:
            yield _elsewhere(sentence, percent, part, whole)
    elif not pairs:
        yield from _no_integer(sentence, percent, before, core)


def _is_about(sentence: Sentence, percent: Figure, part: Figure, whole: Figure, more: str) -> bool:
    """Whether a rate can only be that of these two: in one breath with them, said of them, the part as wide as both.

    `more` is what its name says before its own word: 按期 in 按期整改率, 全市 in 全市整改率, 高于全省平均.
    """
    together = ";" not in sentence.between(whole, percent) or ("累计" in whole.before and "累计" in part.before)
    if not together or not _is_said_of(more, (part, whole)):
        return False
    narrow = set(NARROWER.findall(part.before + part.after))
    return narrow <= set(NARROWER.findall(more + whole.before + whole.after))


def _elsewhere(sentence: Sentence, percent: Figure, part: Figure, whole: Figure) -> Finding:
    reckoned = f"{tell(part)} ÷ {tell(whole)} = {rounded(quotient(part, whole) or Decimal(0), max(percent.places, 1))}%"
    words = f"{percent.text}说的不一定是{tell(part)}与{tell(whole)}的比例，不能判断。"
    return finding("rate", UNDECIDED, words, reckoned, sentence, [part, whole, percent])


def _pairs(before: list[Figure]) -> list[tuple[Figure, Figure]]:
    return [(a, b) for a, b in combinations(before, 2) if a.measure == b.measure]


def _of_both(percent: Figure, part: Figure, rest: Figure) -> bool:
    """已开工33个，未开工17个，开工率66%: the part of part and rest together."""
    both = part.amount + rest.amount
    return bool(both) and rounded(part.amount / both * 100, percent.places) == percent.value


def _size(figure: Figure) -> Decimal:
    return figure.amount


def _is_numerator(sentence: Sentence, figure: Figure, core: str) -> bool:
    """Whether the words beside a figure say what the rate's name says: 68项实现开工 for 开工率."""
    beside = re.split(r"[,;:、]", sentence.part(sentence.start, figure.start))[-1] + figure.after
    return len(core) == 2 and core in beside and not re.search(r"[未没不]", beside)


def _no_integer(sentence: Sentence, percent: Figure, before: list[Figure], core: str) -> Iterator[Finding]:
    """One small whole alone: is there a count that makes this percent at all?"""
    counts = [f for f in before if f.kind == "count"]
    if len(counts) != 1 or not 1 < counts[0].amount <= 200 or sentence.paragraph < 0:
        return
    whole = counts[0]
    if not re.search(rf"{re.escape(core)}", whole.before + whole.after):
        return
    total = int(whole.amount)
    if any(rounded(Decimal(100 * n) / total, percent.places) == percent.value for n in range(total + 1)):
        return
    near = round(float(percent.value or 0) * total / 100)
    if not near:  # 反弹回潮的6件，反弹率0.4%: six are the part, not the whole
        return
    words = f"以{tell(whole)}为分母，没有整数能得{percent.text}，请核对分母。"
    reckoned = f"{near} ÷ {total} = {rounded(Decimal(100 * near) / total, percent.places)}%"
    yield finding("rate", UNDECIDED, words, reckoned, sentence, [whole, percent])


def _fraction(sentence: Sentence, percent: Figure) -> Iterator[Finding]:
    """…的62.9% straight behind two figures says nothing sure; left alone."""
    text = sentence.part(percent.end, percent.end + 24)
    if found := re.match(r"[(（](\d+)/(\d+)[)）]", text):
        part, whole = Decimal(found[1]), Decimal(found[2])
        if whole and rounded(part / whole * 100, percent.places) != percent.value:
            words = f"{found[1]}/{found[2]}应为{rounded(part / whole * 100, percent.places)}%，文中写{percent.text}。"
            yield finding("rate", CONTRADICTS, words, found.group(0).strip("()（）"), sentence, [percent])


def converted(sentence: Sentence) -> Iterator[Finding]:
    """814.97公顷(合12224.55亩): one area in two units."""
    for left, right in pairwise(sentence.quantities):
        between = sentence.between(left, right)
        if {left.kind, right.kind} not in ({"area"}, {"money"}) or left.unit == right.unit:
            continue
        if not (left.exact and right.exact) or not re.fullmatch(r"[(（,]?(?:折合|折|合|即|约合|相当于)|[(（]", between):
            continue
        slack = left.slack + right.slack
        verdict = AGREES if abs(left.amount - right.amount) <= slack else CONTRADICTS
        is_said = "相符" if verdict == AGREES else "不符"
        reckoned = f"{tell(left)} = {amount(left.amount, right)}"
        yield finding("unit", verdict, f"{tell(left)}与{tell(right)}换算{is_said}。", reckoned, sentence, [left, right])
