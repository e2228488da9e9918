"""Parts and wholes: 其中, 包括, 分别为, 合计, and names that are counted."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from luodi.prose.model import Figure, Finding, Sentence, Verdict
from luodi.prose.said import AGREES, CONTRADICTS, UNDECIDED, amount, finding, sum_words, tell

CUE = re.compile(r"其中|(?<=[\u4e00-\u9fa5])中(?=,)|包括|分别为|分别是|分别有|即[:,]?|分为|由")
CHANGE = re.compile(r"(较|比(?!例)|同比|环比|增加(?!值)|增长|减少|下降|上升|提高|超过|低于|高于)[^,;]{0,12}$")
# Figures beside these words measure something else than the part they stand behind.
METRIC = re.compile(
    r"(完成投资|总投资|计划投资|年度计划|到位资金|授信|发放|占|人均|平均|涉及(?![\u4e00-\u9fa5]{1,8}的$)|收回|用地面积|实现产值|销售收入|利润|税收(?!收?入))"
)
# Marks that one thing can bear at once: their numbers need not add up, and may exceed the whole.
CROSSING = re.compile(r"(党员|女|少数民族|岁|学历|本科|硕士|研究生|职称|高级|残疾|退役|退休|妇女|困难|脱贫|重复)")
REST = re.compile(r"(其他|其它|其余|剩余)")
TOTAL = re.compile(r"(?:合计|共计|总计|总共|加起来)(?:为|达|有|是|达到)?(?P<what>[\u4e00-\u9fa5]{0,6})$")
DONE = re.compile(r"已|完成|办结")
REMAINS = re.compile(r"[未没]|正在|剩余|其余|尚|在办")
CUMULATIVE = re.compile(r"累计|本[月期周]|当月|新增")
HEAD = re.compile(r"^(?:累计|共|全市|全县|全区|今年|已|先后)*")


def sums(sentence: Sentence) -> Iterator[Finding]:
    """Every claim of parts and a whole in a sentence."""
    for cue in CUE.finditer(sentence.text):
        found = _of_cue(sentence, cue)
        if found:
            yield found
    yield from _totals(sentence)
    yield from _halves(sentence)
    yield from _plain_lists(sentence)


def _of_cue(sentence: Sentence, cue: re.Match[str]) -> Finding | None:
    place = sentence.start + cue.start()
    whole, parts_of = _whole_before(sentence, cue), _parts_after(sentence, cue)
    if cue.group() in {"其中", "中"} and not whole:
        return None
    for one in whole:
        parts = parts_of(one)
        if not parts or parts[0].start < place:
            continue
        if cue.group() in {"包括", "由", "分为"} and len(parts) < 2:
            continue
        if cue.group() == "由" and "组成" not in sentence.text[cue.end() :]:
            continue
        found = _judge(sentence, one, parts, _is_full(sentence, cue, one, parts))
        if cue.group() != "中":
            return found
        # 138项重点项目中,省重点31项、市重点107项: others tell stages (已开工、已竣工), so it can only agree.
        beside = "," not in sentence.part(one.end, place)
        return found if found and found.verdict == AGREES and beside else None
    return None


def _whole_before(sentence: Sentence, cue: re.Match[str]) -> list[Figure]:
    """Candidates for the whole, best first: nearest before the cue, not a change, not in a bracket of its own."""
    place = sentence.start + cue.start()
    kinds = {"count", "money", "area", "duration"}
    before = [f for f in sentence.quantities if f.end <= place and f.value is not None and f.kind in kinds]
    near = [f for f in reversed(before) if not CHANGE.search(sentence.part(sentence.start, f.start)[-16:])]
    if _depth(sentence, place):
        return near[:1]
    outer = [f for f in near if not _depth(sentence, f.start)]
    return outer[:6]


def _parts_after(sentence: Sentence, cue: re.Match[str]):
    """The parts of a whole: figures of its measure behind the cue, up to the end of the sentence, clause or bracket."""
    place = sentence.start + cue.end()
    depth = _depth(sentence, place)
    stop = _end(sentence, place, depth)

    def of(whole: Figure) -> list[Figure]:
        found = []
        for figure in sentence.quantities:
            if figure.start < place or figure.measure != whole.measure or _depth(sentence, figure.start) != depth:
                continue
            if figure.start >= stop:
                break
            lead = sentence.part(place, figure.start)
            if CHANGE.search(lead[-16:]) or TOTAL.search(figure.before):
                continue
            found.append(figure)
        return _until_semicolon(sentence, whole, found)

    return of


def _end(sentence: Sentence, place: int, depth: int) -> int:
    """Where the parts end: the next 其中 at this depth, or the bracket's end."""
    level = depth
    text = sentence.text
    for here in range(place - sentence.start, len(text)):
        level += (text[here] == "(") - (text[here] == ")")
        if level < depth:
            return sentence.start + here
        if level == depth and text.startswith("其中", here):
            return sentence.start + here
    return sentence.end


def _until_semicolon(sentence: Sentence, whole: Figure, parts: list[Figure]) -> list[Figure]:
    """Parts end at the first ; unless each part has its own clause, or all of them together make the whole."""
    first = [p for p in parts if ";" not in sentence.part(parts[0].start, p.start)] if parts else []
    if len(first) == len(parts) or _total(first) == whole.amount:
        return first
    if len(first) == 1 or _total(parts) == whole.amount:
        return parts
    return first


def _leading(whole: Figure, parts: list[Figure]) -> list[Figure]:
    """已办结7件、阶段性办结17件、未办结3件,…立案侦查2件: the first parts that make the whole are its parts."""
    for count in range(2, len(parts)):
        if _total(parts[:count]) == whole.amount:
            return parts[:count]
    return parts


def _one_list(sentence: Sentence, whole: Figure, parts: list[Figure]) -> list[Figure]:
    """装备制造41家、食品加工36家，产值超亿元企业63家: behind 、 a comma may begin another thing."""
    if _total(parts) <= whole.amount:
        return parts
    for place in range(1, len(parts)):
        # 行政处罚168起,其中事前处罚161起,占95.8%,停产整顿23家,曝光案例15起: after another thing the list is at an end.
        if any(f.measure != whole.measure and f.kind == "count" for f in _amid(sentence, parts[place - 1 : place + 1])):
            return parts[:place]
    if len(parts) < 3 or "、" not in sentence.between(parts[0], parts[1]):
        return parts
    for place in range(2, len(parts)):
        if "、" not in sentence.between(parts[place - 1], parts[place]):
            return parts[:place]
    return parts


def _amid(sentence: Sentence, two: list[Figure]) -> list[Figure]:
    """The quantities between two figures."""
    return [f for f in sentence.quantities if two[0].end <= f.start and f.end <= two[1].start]


def _total(parts: list[Figure]) -> Decimal:
    return sum((p.amount for p in parts), Decimal(0))


def _depth(sentence: Sentence, place: int) -> int:
    head = sentence.part(sentence.start, place)
    return head.count("(") - head.count(")")


def _is_full(sentence: Sentence, cue: re.Match[str], whole: Figure, parts: list[Figure]) -> bool:
    """Whether the parts are said to be all there is: 包括 …, 其他 among them, or each named before the whole."""
    if cue.group() in {"分为", "由"} or cue.group().startswith("即"):
        return True
    if any(REST.search(p.before) for p in parts):
        return True
    # 新建、修改、废止、保留制度232件,其中,新建…: as many heads named before as parts behind.
    heads = re.split(r"[、和及]", re.split(r"[,;:]", sentence.part(sentence.start, whole.start))[-1])
    named = sum(any(word and word in p.before for p in parts) for word in (HEAD.sub("", h)[:2] for h in heads))
    return len(parts) > 2 and len(heads) == len(parts) and named >= len(parts) - 1


def _judge(sentence: Sentence, whole: Figure, parts: list[Figure], full: bool) -> Finding | None:
    if not whole.exact or any(not p.exact for p in parts):
        return None
    metrics = {m.group(1) for p in parts if (m := METRIC.search(p.before))}
    own = METRIC.search(whole.before)
    if metrics - ({own.group(1)} if own else set()):
        return None
    parts = _leading(whole, _one_list(sentence, whole, parts))
    if len(parts) == 1:
        return _one_part(sentence, whole, parts[0])
    total, gap = _total(parts), whole.amount - _total(parts)
    reckoned = f"{sum_words(parts)} = {amount(total, whole)}"
    slack = sum((p.slack for p in parts), Decimal(0)) + whole.slack
    if gap == 0:
        return finding("sum", AGREES, f"各部分相加正好是{tell(whole)}。", reckoned, sentence, [whole, *parts])
    reckoned += f"；{amount(whole.amount, whole)} − {amount(total, whole)} = {amount(gap, whole)}"
    if whole.slack and len(parts) > 1 and abs(gap) <= slack:
        words = f"各部分相加为{amount(total, whole)}，与{tell(whole)}的差在四舍五入范围内。"
        likely = abs(gap) * 10 < slack * 9  # else every figure would have to be rounded as far as can be
        return finding("sum", AGREES if likely else UNDECIDED, words, reckoned, sentence, [whole, *parts])
    return finding("sum", *_verdict(whole, parts, gap, total, full), reckoned, sentence, [whole, *parts])


def _verdict(whole: Figure, parts: list[Figure], gap: Decimal, total: Decimal, full: bool) -> tuple[Verdict, str]:
    crossing = any(CROSSING.search(p.before + p.after) for p in parts)
    if gap > 0 and not full:
        words = (
            f"“其中”各项合计{amount(total, whole)}，比总数{tell(whole)}少{amount(gap, whole)}："
            f"缺口{amount(gap, whole)}，请补“其他”或说明交叉。"
        )
        return UNDECIDED, words
    if crossing:
        return UNDECIDED, f"各项合计{amount(total, whole)}，与总数{tell(whole)}不等，但各项可能交叉，不能判断。"
    much = "少" if gap > 0 else "多"
    return CONTRADICTS, f"各部分相加为{amount(total, whole)}，比总数{tell(whole)}{much}{amount(abs(gap), whole)}。"


def _one_part(sentence: Sentence, whole: Figure, part: Figure) -> Finding | None:
    """A single part says something only when it is greater than its whole."""
    if part.amount <= whole.amount:
        return None
    words = f"“其中”{tell(part)}大于总数{tell(whole)}。"
    return finding("sum", CONTRADICTS, words, f"{tell(part)} > {tell(whole)}", sentence, [whole, part])


def _totals(sentence: Sentence) -> Iterator[Finding]:
    """A 12件、B 15件,合计27件: the whole stands behind its parts."""
    for whole in sentence.quantities:
        cue = TOTAL.search(whole.before)
        if not whole.exact or cue is None or whole.kind == "rate":
            continue
        before = [f for f in sentence.quantities if f.end <= whole.start and f.measure == whole.measure]
        parts = [f for f in before if ";" not in sentence.between(f, whole)]
        farther = [f for f in before if f not in parts]
        parts = [f for f in parts if not CHANGE.search(sentence.part(sentence.start, f.start)[-16:])]
        if len(parts) < 2 or any(not p.exact for p in parts) or "其中" in sentence.part(parts[0].start, whole.start):
            continue
        what = cue["what"]  # 共计检查企业194家 sums what was 检查, not what was 清退
        if what and not all(what[:2] in p.before + p.after for p in parts):
            continue
        total = _total(parts)
        reckoned = f"{sum_words(parts)} = {amount(total, whole)}"
        places = [*parts, whole]
        if abs(total - whole.amount) <= (sum((p.slack for p in parts), whole.slack) if whole.slack else 0):
            yield finding("sum", AGREES, f"各部分相加正好是{tell(whole)}。", reckoned, sentence, places)
        elif any(_total(list(some)) == whole.amount for some in combinations(parts, len(parts) - 1) if len(some) > 1):
            yield finding("sum", AGREES, f"后几部分相加正好是{tell(whole)}。", reckoned, sentence, places)
        elif any(_total([*farther[n:], *parts]) == whole.amount for n in range(len(farther))):
            words = f"各部分相加正好是{tell(whole)}。"
            yield finding("sum", AGREES, words, f"{sum_words(before)} → {tell(whole)}", sentence, [*farther, *places])
        elif not re.search(r"[二两三四五六七八九十]项$", sentence.part(sentence.start, whole.start - len(cue.group()))):
            words = f"各部分相加为{amount(total, whole)}，与合计{tell(whole)}不等。"
            yield finding("sum", CONTRADICTS, words, reckoned, sentence, places)


def _halves(sentence: Sentence) -> Iterator[Finding]:
    """238个村中,已完成196个,未完成46个: what is done and what is not, and nothing else of their measure beside them."""
    for clause in re.finditer(r"[^;]+", sentence.text):
        start, end = sentence.start + clause.start(), sentence.start + clause.end()
        inside = [f for f in sentence.quantities if start <= f.start and f.end <= end]
        for whole in inside:
            three = [f for f in inside if f.measure == whole.measure]
            if whole is not three[0] or len(three) != 3 or whole.kind != "count" or any(not f.exact for f in three):
                continue
            _whole, done, rest = three
            words = sentence.part(whole.end, rest.start)
            if not (DONE.search(done.before) and REMAINS.search(rest.before)) or "其中" in words:
                continue
            if CUMULATIVE.search(done.before) or CHANGE.search(sentence.part(whole.end, done.start)):
                continue
            total, reckoned = _total([done, rest]), f"{sum_words([done, rest])} = {amount(_total([done, rest]), whole)}"
            if total == whole.amount:
                yield finding("sum", AGREES, f"各部分相加正好是{tell(whole)}。", reckoned, sentence, three)
            elif total > whole.amount:
                much = amount(total - whole.amount, whole)
                said = f"各部分相加为{amount(total, whole)}，比总数{tell(whole)}多{much}。"
                yield finding("sum", CONTRADICTS, said, reckoned, sentence, three)


def _plain_lists(sentence: Sentence) -> Iterator[Finding]:
    """共立案30件:甲12件、乙18件 — a whole before a colon, parts of the same unit behind it."""
    for colon in re.finditer(r":", sentence.text):
        place = sentence.start + colon.start()
        before = [f for f in sentence.quantities if f.end <= place and f.exact and f.kind in {"count", "money", "area"}]
        if not before or len(sentence.part(before[-1].end, place)) > 8 or "其中" in sentence.text:
            continue
        whole = before[-1]
        behind = [f for f in sentence.quantities if f.start > place and f.measure == whole.measure]
        parts = [f for f in behind if not CHANGE.search(sentence.part(place, f.start)[-16:])]
        if len(parts) >= 2 and all(len(p.before) >= 1 for p in parts):
            full = bool(re.search(r"共|总", sentence.part(sentence.start, whole.start)))
            if found := _judge(sentence, whole, parts, full):
                yield found


COUNTED = re.compile(r"级|个(?:县|市|区|单位|部门|方面|乡|镇|街|局|地)")
NAMES_UNIT = frozenset({"个", "级", "家", "项", "类", "种", "省", "市", "县"})


def named(sentence: Sentence) -> Iterator[Finding]:
    """Names and their number: 市、县两级; 甲、乙、丙等7个方面."""
    for figure in sentence.quantities:
        if not figure.exact or figure.unit not in NAMES_UNIT or figure.places or not 2 <= (figure.value or 0) <= 30:
            continue
        listed = re.split(r"[,;:。]", sentence.part(sentence.start, figure.start))[-1]
        names = listed.removesuffix("等").split("、")
        open_list = listed.endswith("等")
        if len(names) < 2 or any(not 1 <= len(n.strip("“”《》")) <= 14 or re.search(r"\d", n) for n in names[1:]):
            continue
        if not open_list and not COUNTED.match(figure.unit + sentence.part(figure.end, figure.end + 4)):
            continue
        if len(re.findall(r"[和与及]", names[-1])) > 1:
            continue
        least, most = len(names), len(names) + sum(len(re.findall(r"[和与及]", n)) for n in names)
        yield from _named(sentence, figure, least, most, open_list)


def _named(sentence: Sentence, figure: Figure, least: int, most: int, open_list: bool) -> Iterator[Finding]:
    said = int(figure.value or 0)
    reckoned = f"列出 {least} 个名称" if least == most else f"列出 {least} 至 {most} 个名称"
    if least <= said <= most:
        yield finding("named", AGREES, f"列出的名称与“{figure.text}”相符。", reckoned, sentence, [figure])
    elif said < least:
        words = f"列出的名称有{least}个，“{figure.text}”比它少。"
        yield finding("named", CONTRADICTS, words, f"{reckoned} > {said}", sentence, [figure])
    elif not open_list:
        words = f"“{figure.text}”比列出的名称多，请核对是否漏列。"
        yield finding("named", UNDECIDED, words, f"{reckoned} < {said}", sentence, [figure])
