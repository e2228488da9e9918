"""Growth: 由A增加到B，增长p%; A，上年同期B，同比增长p%; A，较年初增加C，增长p%."""

import re
from collections.abc import Iterator
from decimal import Decimal

from luodi.prose.model import Figure, Finding, Sentence
from luodi.prose.numerals import show
from luodi.prose.said import AGREES, CONTRADICTS, UNDECIDED, amount, finding, fits, rounded, tell

UP = "增加|增长|提高|提升|上升|扩大|升高"
DOWN = "减少|下降|降低|压缩|缩短|缩减|降|减"
FROM = re.compile(r"(?:由|从)[^,;。]*$")
TO = re.compile(rf"^[^,;]{{0,12}}?,?(?:已)?(?P<way>{UP}|{DOWN}|增|升|延长|变|调整)?(?:到了?|至|为|成)[^,;]{{0,10}}$")
BASE = re.compile(r"(上年同期|去年同期|上年|去年|上月|上期|上周期|年初|同期)[^,;]{0,10}$")
MOVE = re.compile(rf"(?P<way>{UP}|{DOWN}|增幅|增速|降幅|净增|新增|压缩率)(?:了|为|达|达到|率为)?$")
FALLS = re.compile(rf"{DOWN}|降幅")
# With what a change is compared: an end of the year, the same time a year ago, the period before.
BASES = [
    ("year", re.compile(r"同比|同期|上年(?![末底])|去年(?![末底])")),
    ("end", re.compile(r"年初|[上去]年[末底]")),
    ("last", re.compile(r"环比|上[个]?[月期周季]")),
]


def growth(sentence: Sentence) -> Iterator[Finding]:
    """Every claim of a change whose both ends stand in the sentence."""
    figures = [f for f in sentence.quantities if f.value is not None]
    for place, first in enumerate(figures):
        if place + 1 == len(figures) or not first.exact:
            continue
        second = _next(figures[place + 1 :], first)
        if second is None or not second.exact or second.measure != first.measure:
            continue
        way = TO.search(sentence.between(first, second))
        if way and FROM.search(sentence.part(sentence.start, first.start)):
            yield from _direction(sentence, first, second, way["way"] or "")
            yield from _moved(sentence, first, second, figures[place + 2 : place + 4])
        elif _is_delta(sentence, second):
            told = figures[figures.index(second) + 1 :][:1]
            yield from _from_delta(sentence, first, second, [f for f in told if _one_base(sentence, second, f)])
        elif BASE.search(sentence.part(first.end, second.start)) and second.kind != "rate":
            yield from _moved(sentence, second, first, figures[place + 2 : place + 4])


def _next(behind: list[Figure], first: Figure) -> Figure | None:
    """The next figure, past a percent between two amounts: 68.42亿元，为预算的102.3%，比上年增加5.17亿元."""
    rest = behind if first.kind == "rate" else [f for f in behind if f.kind != "rate"]
    return rest[0] if rest else None


def _one_base(sentence: Sentence, delta: Figure, percent: Figure) -> bool:
    """Whether both changes are from one base: 比年初增加213.6亿元，同比增长9.8% are not."""
    if ";" in sentence.between(delta, percent):
        return False
    told = [{name for name, words in BASES if words.search(_clause(sentence, f))} for f in (delta, percent)]
    return not told[1] or bool(told[0] & told[1])


def _clause(sentence: Sentence, figure: Figure) -> str:
    return re.split(r"[,;:、()（）]", sentence.part(sentence.start, figure.start))[-1]


def _is_delta(sentence: Sentence, figure: Figure) -> bool:
    clause = _clause(sentence, figure)
    if any(f.end <= figure.start and f.start >= figure.start - len(clause) for f in sentence.quantities):
        return False  # 34件，较去年同期的46件减少12件: what stands beside 减少 is the base, not what became of it
    return bool(MOVE.search(clause) and re.search(r"较|比|同比|净增", clause)) and figure.kind != "rate"


def _direction(sentence: Sentence, old: Figure, new: Figure, way: str) -> Iterator[Finding]:
    """由12件增加到10件 is no increase."""
    rises = bool(re.fullmatch(rf"{UP}|增|升|延长", way))
    falls = bool(re.fullmatch(DOWN, way))
    if (rises and new.amount < old.amount) or (falls and new.amount > old.amount):
        words = f"由{tell(old)}到{tell(new)}，与“{way}”的方向相反。"
        yield finding("growth", CONTRADICTS, words, f"{tell(old)} → {tell(new)}", sentence, [old, new])


def _moved(sentence: Sentence, old: Figure, new: Figure, told: list[Figure]) -> Iterator[Finding]:
    """What is said of the move from old to new, in percent, in points or in the unit itself."""
    for said in told:
        move = MOVE.search(_clause(sentence, said))
        if not said.exact or not move:
            return
        falls = bool(FALLS.search(move["way"]))
        change = (old.amount - new.amount) if falls else (new.amount - old.amount)
        if said.kind == "times" and not falls and old.amount:
            yield _times(sentence, old, new, said, change)
        elif said.kind == "rate" and old.kind != "rate" and old.amount:
            yield _percent(sentence, old, new, said, change)
        elif said.measure == old.measure or (said.kind == "points" and old.kind == "rate"):
            yield _difference(sentence, old, new, said, change)
        else:
            return


def _percent(sentence: Sentence, old: Figure, new: Figure, said: Figure, change: Decimal) -> Finding:
    slack = old.slack + new.slack
    low = (change - slack) / (old.amount + old.slack) * 100
    high = (change + slack) / (old.amount - old.slack) * 100
    real = rounded(change / old.amount * 100, max(said.places, 1))
    verdict = fits(said, low, high)
    signed = rounded((new.amount - old.amount) / old.amount * 100, max(said.places, 1))
    reckoned = f"({tell(new)} − {tell(old)}) ÷ {tell(old)} = {signed}%"
    words = {
        AGREES: f"由{tell(old)}到{tell(new)}的变动与{said.text}相符。",
        CONTRADICTS: f"由{tell(old)}到{tell(new)}，变动应为{real}%，文中写{said.text}。",
        UNDECIDED: f"由{tell(old)}到{tell(new)}的变动为{real}%左右，文中{said.text}像是舍去了尾数。",
    }[verdict]
    return finding("growth", verdict, words, reckoned, sentence, [old, new, said])


def _times(sentence: Sentence, old: Figure, new: Figure, said: Figure, change: Decimal) -> Finding:
    """由0.8亿元增加到3.2亿元: grown by three times, to four times."""
    low, high = ((change + sign * (old.slack + new.slack)) / old.amount for sign in (-1, 1))
    agrees = low - said.slack <= (said.value or 0) <= high + said.slack
    real, ratio = (rounded(value / old.amount, max(said.places, 1)) for value in (change, new.amount))
    words = f"由{tell(old)}到{tell(new)}，" + (
        f"增长{show(real)}倍，与文中相符。"
        if agrees
        else f"是原来的{show(ratio)}倍，即增长{show(real)}倍，文中写{said.text}。"
    )
    reckoned = f"({tell(new)} − {tell(old)}) ÷ {tell(old)} = {show(real)}倍"
    return finding("growth", AGREES if agrees else CONTRADICTS, words, reckoned, sentence, [old, new, said])


def _difference(sentence: Sentence, old: Figure, new: Figure, said: Figure, change: Decimal) -> Finding:
    slack = old.slack + new.slack + said.slack if any(f.slack for f in (old, new)) else Decimal(0)
    # Decimals that are all written out must agree exactly; different decimals may round.
    allowed = slack if old.places != new.places else Decimal(0)
    verdict = AGREES if abs(change - said.amount) <= allowed else CONTRADICTS
    if verdict == CONTRADICTS and abs(change - said.amount) <= slack:
        verdict = UNDECIDED
    reckoned = f"{tell(new)} − {tell(old)} = {amount(new.amount - old.amount, new)}"
    words = {
        AGREES: f"由{tell(old)}到{tell(new)}，与相差{tell(said)}相符。",
        CONTRADICTS: f"由{tell(old)}到{tell(new)}，相差{amount(abs(change), new)}，文中写{said.text}。",
        UNDECIDED: f"由{tell(old)}到{tell(new)}，与相差{tell(said)}只差末位，可能是四舍五入。",
    }[verdict]
    return finding("growth", verdict, words, reckoned, sentence, [old, new, said])


def _from_delta(sentence: Sentence, now: Figure, delta: Figure, told: list[Figure]) -> Iterator[Finding]:
    """162.77亿元，较年初增加17.95亿元，增长12.4%: the base is their difference."""
    falls = bool(FALLS.search(_clause(sentence, delta)))
    base = now.amount + delta.amount if falls else now.amount - delta.amount
    if base <= 0:
        if not falls and now.amount < delta.amount and now.kind == "count":
            words = f"增加的{tell(delta)}大于增加后的{tell(now)}。"
            yield finding("growth", CONTRADICTS, words, f"{tell(now)} − {tell(delta)} < 0", sentence, [now, delta])
        return
    for said in told:
        if said.kind != "rate" or not said.exact or not MOVE.search(_clause(sentence, said)):
            continue
        low = (delta.amount - delta.slack) / (base + now.slack + delta.slack) * 100
        high = (delta.amount + delta.slack) / (base - now.slack - delta.slack) * 100
        verdict = fits(said, low, high)
        real = rounded(delta.amount / base * 100, max(said.places, 1))
        reckoned = f"{tell(delta)} ÷ ({tell(now)} {'+' if falls else '−'} {tell(delta)}) = {real}%"
        words = f"变动{tell(delta)}相当于{real}%，" + ("与文中相符。" if verdict == AGREES else f"文中写{said.text}。")
        yield finding("growth", verdict, words, reckoned, sentence, [now, delta, said])
