"""One event, one date; what is issued cannot be older than what it carries out; a period ends after it begins."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise

from luodi.prose.days import day_of
from luodi.prose.model import Figure, Finding, Sentence, Span, Verdict
from luodi.prose.said import AGREES, CONTRADICTS, UNDECIDED

MEETING = re.compile(
    r"(?:召开|组织召开|主持召开|举行|举办|召集|通过)了?(?P<name>[^,;。、]{2,70}?(?:座谈会|现场会|推进会|调度会|动员会|培训会|协调会|"
    r"\(调度\)会|会议|大会|例会|培训班|推介会|签约仪式|开工仪式|论坛|会))(?![议商计诊])"
)
# «8月9日全市动员大会召开后»: the name straight behind the day.
AFTER = re.compile(
    r"^,?(?!召|组织|举|主持|参)(?P<name>[^,;。、]{4,70}?(?:会议|大会|会))(?:胜利)?(?:召开|结束|闭幕|之|以)*后"
)
ISSUED = re.compile(r"(?:印发|出台|下发|制定印发|制定出台|发布|公布|颁布)了?(?:关于)?《(?P<name>[^》]{4,80})》")
GENERIC = re.compile(
    r"^(党组|党委|党组扩大|专题|专题党组|党组专题|工作|推进|调度|培训|动员|座谈|领导小组|协调|常务|常委|视频|现场|例行|部署|"
    r"阶段|会商|联席|办公|全体|扩大|专班|视频调度|工作调度|工作推进|专题调度|专题推进|专题研究|各县市区|再次|理论学习中心组|"
    r"政府常务|市委常委|县委常委|区委常委|市政府常务|县政府常务|区政府常务)*(会|会议|例会|大会)$"
)
SERIES = re.compile(r"第[一二三四五六七八九十\d]+次|再次|例会|每周|每月|每季|月度|周调度|季度|轮")
MOST = 400  # events of a text that are compared with each other
NEAR, FAR = 3, 10  # days between two tellings: surely one event told badly; perhaps


@dataclass(frozen=True)
class Event:
    """A dated event: what it is called, what was dealt with, its day."""

    title: str
    agenda: str
    day: date
    figure: Figure
    sentence: Sentence
    kind: str

    @property
    def name(self) -> str:
        """The title without brackets and quotes, to compare."""
        return re.sub(r"[“”‘’\"《》〈〉\s()（）]|关于|的", "", self.title)

    @property
    def span(self) -> Span:
        """Where its date stands."""
        return self.sentence.span(self.figure)


def events(sentences: Sequence[Sentence], on: date | None) -> Iterator[Finding]:
    """Events told more than once."""
    known = [event for sentence in sentences for event in _events(sentence, on)][:MOST]
    for one, other in combinations(known, 2):
        if one.kind == other.kind and (verdict := _compare(one, other)):
            yield _told(one, other, verdict)


def _events(sentence: Sentence, on: date | None) -> Iterator[Event]:
    dates = [f for f in sentence.figures if f.kind == "date"]
    for place, figure in enumerate(dates):
        day = day_of(figure, on)
        if day is None or _in_title(sentence, figure):
            continue
        later = [other.start for other in dates[place + 1 :][:1] if not _in_title(sentence, other)]
        stop = later[0] if later else sentence.end
        clause = sentence.part(figure.end, stop)
        head = clause[:100]
        for kind, pattern in (("meeting", MEETING), ("issue", ISSUED)):
            found = (AFTER.match(head) if kind == "meeting" else None) or pattern.search(head)
            if found and not re.search(r"[;。]|至|前|起", head[: found.start()]) and found.start() < 24:
                yield Event(found["name"], clause[found.end() :], day, figure, sentence, kind)


def _in_title(sentence: Sentence, figure: Figure) -> bool:
    head = sentence.part(sentence.start, figure.start)
    return head.count("《") > head.count("》") or head.endswith("落实") or head.endswith("按照")


def _compare(one: Event, other: Event) -> Verdict | None:
    short, long = sorted((one.name, other.name), key=len)
    if SERIES.search(one.name + other.name):
        return None
    same = short == long or (one.kind == "meeting" and long.endswith(short) and len(short) >= 4)
    apart = abs((one.day - other.day).days)
    if not same:
        return None
    if one.kind == "meeting" and GENERIC.match(short):
        # A common name is one meeting only when what was dealt with is the same too.
        alike = 0 < apart <= NEAR and len(short) >= 6 and _share(one.agenda, other.agenda)
        return CONTRADICTS if alike else None
    if apart == 0:
        return AGREES if one.sentence is not other.sentence else None
    if one.kind == "issue":
        return CONTRADICTS if short == long else None
    if apart <= NEAR and (len(short) >= 10 or _share(one.agenda, other.agenda)):
        return CONTRADICTS
    if len(short) >= 10 and short == long and apart <= FAR:
        return CONTRADICTS
    return UNDECIDED if apart <= FAR else None


def _share(one: str, other: str) -> bool:
    """Whether two agendas have much in common: three-character pieces of the shorter found in the longer."""
    small, large = sorted((_pieces(one), _pieces(other)), key=len)
    return len(small & large) >= 4 and len(small & large) * 8 >= len(small)


def _pieces(text: str) -> set[str]:
    threes = (text[i : i + 3] for i in range(len(text) - 2))
    return {three for three in threes if not re.search(r"[,;、。]", three)}


def _told(one: Event, other: Event, verdict: Verdict) -> Finding:
    name = min(one.title, other.title, key=len).translate(str.maketrans("“”", "‘’"))  # quoted within quotes
    first, second = (f"{e.day.month}月{e.day.day}日" for e in (one, other))
    what = "会议" if one.kind == "meeting" else "文件"
    words = {
        AGREES: f"{what}“{name}”两处都写{first}。",
        CONTRADICTS: f"{what}“{name}”一处写{first}，一处写{second}。",
        UNDECIDED: f"“{name}”在{first}和{second}都有，可能是两次，请核对。",
    }[verdict]
    reckoned = f"{first} {'=' if verdict == AGREES else '≠'} {second}"
    return Finding("event", verdict, words, reckoned, (one.span, other.span))


def orders(sentences: Sequence[Sentence], on: date | None) -> Iterator[Finding]:
    """5月20日至5月10日; a notice issued before the meeting it carries out."""
    for sentence in sentences:
        dates = [f for f in sentence.figures if f.kind == "date"]
        for left, right in pairwise(dates):
            first, second = day_of(left, on), day_of(right, on)
            if first is None or second is None:
                continue
            between = sentence.between(left, right)
            years_told = right.day[0] is not None and left.day[0] is None
            if re.fullmatch(r"(?:至|到|-|—|–|~|——)", between) and second < first and not years_told:
                words = f"起止日期颠倒：{left.text}至{right.text}。"
                yield _order(sentence, words, left, right)
            elif re.search(r"印发.{0,3}《?关于.{0,8}落实$|印发《关于.{0,10}$", between) and second > first:
                words = f"{left.text}印发的文件落实的是{right.text}的会议，早于会议。"
                yield _order(sentence, words, left, right)


def _order(sentence: Sentence, words: str, left: Figure, right: Figure) -> Finding:
    spans = (sentence.span(left), sentence.span(right))
    early, late = (right, left) if "颠倒" in words else (left, right)
    return Finding("order", CONTRADICTS, words, f"{early.text} < {late.text}", spans)
