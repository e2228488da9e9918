"""Dates that cannot be, weekdays, working days, days counted between two dates, cut-off days."""

import calendar
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from luodi.prose.model import Figure, Finding, Sentence, Workday
from luodi.prose.said import AGREES, CONTRADICTS, UNDECIDED, finding

WEEK = "一二三四五六日"
WEEKDAY = re.compile(r"^[(（,]?(?:星期|周|礼拜)(?P<day>[一二三四五六日天])")
WORKING = re.compile(r"^[(（](?P<what>工作日|休息日|节假日|法定节假日|周末)[)）]")
HELD = re.compile(r"^[,]?(?:上午|下午|晚)?,?(?:召开|组织召开|主持召开|举行|印发|下发)")
COUNTED = re.compile(r"(用时|历时|耗时|共|为期|实际用时|仅用|只用)(?:了|计)?$")
CUTOFF = re.compile(r"(截至|截止到|截止至|截止)$")


def day_of(figure: Figure, on: date | None) -> date | None:
    """The calendar day of a date figure; without a year that of `on`; None for no day or no year."""
    year, month, day = figure.day
    year = year or (on.year if on else None)
    try:
        return date(year, month, day) if year and month and day else None
    except ValueError:
        return None


def impossible(sentence: Sentence) -> Iterator[Finding]:
    """13月, 2月30日, 25:70."""
    for figure in sentence.figures:
        _year, month, day = figure.day
        if figure.kind in {"date", "period"} and month is not None and not 1 <= month <= 12:
            yield _no_date(sentence, figure, "没有这个月份")
        elif figure.kind == "date" and day is not None and month is not None and not 1 <= day <= _days(figure):
            yield _no_date(sentence, figure, f"{month}月只有{_days(figure)}天")
        elif figure.kind == "time" and _no_clock(figure.text):
            yield _no_date(sentence, figure, "没有这个时刻")


def _no_clock(text: str) -> bool:
    clock = re.fullmatch(r"(\d+)[:：时](\d+)?分?", text)
    return clock is not None and (int(clock[1]) > 24 or int(clock[2] or 0) > 59)


def _days(figure: Figure) -> int:
    year, month, _day = figure.day
    return calendar.monthrange(year or 2020, month or 1)[1]


def _no_date(sentence: Sentence, figure: Figure, why: str) -> Finding:
    return finding("impossible", CONTRADICTS, f"“{figure.text}”不可能：{why}。", why, sentence, [figure])


def weekdays(sentence: Sentence, on: date | None) -> Iterator[Finding]:
    """7月12日(星期日)."""
    for figure in sentence.figures:
        told = WEEKDAY.match(sentence.part(figure.end, figure.end + 8)) if figure.kind == "date" else None
        if told is None:
            continue
        day, said = day_of(figure, on), told["day"].replace("天", "日")
        if day is None:
            words = f"“{figure.text}”没有年份，不能判断是不是星期{said}。"
            yield finding("weekday", UNDECIDED, words, "", sentence, [figure])
            continue
        real = WEEK[day.weekday()]
        verdict = AGREES if real == said else CONTRADICTS
        differs = "" if real == said else f"，文中写星期{said}"
        words = f"{day.year}年{day.month}月{day.day}日是星期{real}{differs}。"
        yield finding("weekday", verdict, words, f"{day.isoformat()} → 星期{real}", sentence, [figure])


def workdays(sentence: Sentence, on: date | None, workday: Workday | None) -> Iterator[Finding]:
    """(工作日), and meetings or documents of a day on which nobody works."""
    for figure in sentence.figures:
        day = day_of(figure, on) if figure.kind == "date" else None
        if day is None or workday is None:
            continue
        works, behind = workday(day), sentence.part(figure.end, figure.end + 10)
        if claim := WORKING.match(behind):
            yield _claimed(sentence, figure, claim["what"], works)
        elif works is False and HELD.match(behind) and not WEEKDAY.match(behind):
            words = f"{day.year}年{figure.text}（星期{WEEK[day.weekday()]}）不是工作日，请核对日期。"
            yield finding("restday", UNDECIDED, words, f"{day.isoformat()} 非工作日", sentence, [figure])


def _claimed(sentence: Sentence, figure: Figure, what: str, works: bool | None) -> Finding:
    if works is None:
        words = f"{figure.text}所在年份的节假日安排未公布，不能判断。"
        return finding("workday", UNDECIDED, words, "", sentence, [figure])
    right = works == (what == "工作日")
    words = f"{figure.text}{'是' if works else '不是'}工作日" + ("。" if right else f"，文中写{what}。")
    return finding("workday", AGREES if right else CONTRADICTS, words, "", sentence, [figure])


def spans_of_days(sentence: Sentence, on: date | None, workday: Workday | None) -> Iterator[Finding]:
    """5月11日受理，5月18日办结，用时5个工作日; 5月1日至5月7日共7天."""
    for told in sentence.figures:
        if told.kind != "duration" or not told.exact or told.unit not in {"个工作日", "天", "个自然日"}:
            continue
        clause = re.split(r"[,;]", sentence.part(sentence.start, told.start))[-1]
        dates = [f for f in sentence.figures if f.kind == "date" and f.end <= told.start]
        days = [day for f in dates if (day := day_of(f, on))]
        if len(days) != 2 or not COUNTED.search(clause) or not 0 <= (days[1] - days[0]).days <= 3700:
            continue
        yield _counted(sentence, dates[-2:], days, told, workday)


def _counted(
    sentence: Sentence, dates: Sequence[Figure], days: list[date], told: Figure, workday: Workday | None
) -> Finding:
    start, end = days
    places = [*dates, told]
    between = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    if told.unit == "个工作日":
        known = [workday(d) for d in between] if workday else [None]
        if None in known:
            return finding("workday", UNDECIDED, "节假日安排不明，不能数工作日。", "", sentence, places)
        both = sum(bool(w) for w in known)
        after = both - bool(known[0])
    else:
        both, after = len(between), len(between) - 1
    least, most = min(after, both), max(after, both)
    right = least <= (told.value or 0) <= most
    span = f"{least}" if least == most else f"{least}（首日不算）或{most}（首日算）"
    reckoned = f"{start.isoformat()} 至 {end.isoformat()} = {span}{told.unit}"
    words = f"两个日期之间是{span}{told.unit}" + ("，相符。" if right else f"，文中写{told.text}。")
    return finding("workday", AGREES if right else CONTRADICTS, words, reckoned, sentence, places)


def cutoffs(sentences: Sequence[Sentence]) -> Iterator[Finding]:
    """Figures of one report as of different days: said once."""
    found = [
        (sentence, figure)
        for sentence in sentences
        for figure in sentence.figures
        if figure.kind in {"date", "period"} and CUTOFF.search(sentence.part(sentence.start, figure.start))
    ]
    known = {(f.day[1], f.day[2]) for _s, f in found}
    if len(known) > 1:
        listed = "、".join(dict.fromkeys(f.text for _s, f in found))
        words = f"文中数字的截止时间不一：{listed}，请确认是否应统一。"
        yield Finding("cutoff", UNDECIDED, words, listed, tuple(s.span(f) for s, f in found))
