"""Find the numbers in Chinese prose, and what each is said of."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from decimal import Decimal

from luodi.prose import numerals
from luodi.prose.model import QUANTITIES, Figure, Sentence

YEAR = r"(?:(?:19|20)\d{2}|[一二][〇○零一二三四五六七八九]{3})"
SMALL = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
MARK = r"(?:上旬|中旬|下旬|末|底|初|份)"
NOT_QUANTITY = [
    ("number", r"(?P<organ>[\u4e00-\u9fa5]{1,12})(?P<open>[〔\[(【［])(?P<dy>\d{4})(?P<close>[〕\])】］])第?\d{1,5}号"),
    ("number", r"第?\d{1,5}号(?=文|令|公告|通知|[”」』])|(?<=第)\d+(?=号)"),
    ("number", r"(?<![\d.])\d{4}-\d{6}-\d{2}-\d{2}-\d{6}|(?<![\d.])1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)"),
    ("period", rf"(?:(?P<y1>{YEAR})年)?(?P<m1>{SMALL})(?:月)?[-—–~至到](?P<m2>{SMALL})月(?!\d)(?:份)?(?!{SMALL}日)"),
    ("date", rf"(?P<y2>{YEAR})年(?P<m3>{SMALL})月(?P<d1>{SMALL})[日号]"),
    ("date", r"(?<![\d.\-])(?P<y3>(?:19|20)\d{2})[-./](?P<m4>\d{1,2})[-./](?P<d2>\d{1,2})(?![\d.\-])"),
    ("date", rf"(?P<m5>{SMALL})月(?P<d3>{SMALL})[日号]"),
    ("period", rf"(?P<y4>{YEAR})年(?:(?P<m6>{SMALL})月{MARK}?|上半年|下半年|[一二三四]季度|{MARK})?(?!初中)"),
    ("period", r"第?[一二三四]季度"),
    ("period", rf"(?<![个几\d.])(?P<m7>{SMALL})月{MARK}?(?!份?[一二三四五六七八九]|\d)"),
    ("time", r"\d{1,2}(?::\d{2}|时(?:\d{1,2}分)?(?!间))"),
    ("rank", r"第(?P<rank>\d+|[一二三四五六七八九十]+)(?:位|名)"),
    ("ordinal", r"第(?:\d+|[一二三四五六七八九十百]+)"),
    ("ordinal", r"(?:(?<=^)|(?<=[。;,:\s]))[((]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:[))]|[.、](?!\d)|是)"),
]
UNITS = {
    "points": ["个百分点", "百分点"],
    "rate": ["%", "‰"],
    "money": ["亿美元", "万美元", "美元", "亿元", "万元", "千元", "元"],
    "area": ["平方公里", "平方千米", "平方米", "公顷", "亩"],
    "duration": ["个工作日", "工作日", "个自然日", "个小时", "小时", "分钟", "个月", "个季度", "天", "周", "年"],
    "times": ["倍"],
    "count": (
        "个批次 批次 人次 件次 剂次 家次 户次 车次 场次 立方米 千瓦时 兆瓦 千瓦 公里 千米 公斤 千克 吨 人 件 项 个 家 "
        "户 次 条 批 处 起 宗 例 名 位 座 所 篇 份 辆 台 套 张 间 栋 幢 场 期 轮 组 支 门 部 只 头 册 本 卷 级 种 类 "
        "款 枚 站 株 棵 分 米 眼 口 盏 块 趟 省 市 县"
    ).split(),
}
KIND = {unit: kind for kind, units in UNITS.items() for unit in units}
# 项目, 人员, 条例 … are words of their own: the unit is none when its word goes on.
_GOES_ON = {
    "项": "目(?!标)", "个": "别|体", "人": "员|才|民|均|大|社", "条": "件|例", "名": "单|录|额",
    "分": "别|类|批|之|局|管|布",
    "级": "别", "次": "序|日", "家": "级|庭|长", "天": "然", "部": "门|分", "场": "所|地", "门": "类", "周": "边|期|岁",
    "起": "步", "年": "度|级", "位": "置", "支": "持|部", "组": "织|建|成", "台": "账", "批": "准|复", "期": "间|限",
    "本": "市|县|区|年|级", "种": "植", "类": "别", "元": "旦", "轮": "换", "站": "点", "款": "项", "件": "次",
    "口": "头|径|号|岸|子", "块": "状|钱",
    "省": "级|委|直|政|份|内|外", "市": "场|民|级|直|委|政|值|长|区|内|域", "县": "级|委|直|政|城|域|长|区|内",
}  # fmt: skip
_UNIT = "|".join(
    re.escape(u) + (f"(?!{_GOES_ON[u]})" if u in _GOES_ON else "") for u in sorted(KIND, key=len, reverse=True)
)
_NUMBER = r"(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:(?:十|百|千)?[万亿](?!元)|百(?!分)|千(?![元米瓦克]))?)"
_SPOKEN = r"[一二两三四五六七八九十百千万零〇半]{1,9}"
_FRONT = (
    r"(?P<front>将近|接近|大约|约|近|超过|超|逾|不足|不到|不低于|不少于|不超过|不高于|至少|最多|高于|低于|突破|少于|"
    r"多于|达不到)?"
)
_BACK = r"(?P<back>以上|以下|以内|之内|左右|上下|多(?!人|家|项|个))?"
QUANTITY = re.compile(
    rf"{_FRONT}(?P<said>百分之(?:{_NUMBER}|[一二两三四五六七八九十百千零点]+)|"
    rf"(?P<from>{_NUMBER})(?:%|{_UNIT})?[-—–~至](?P<to>{_NUMBER})|(?P<n>{_NUMBER})|(?P<cn>{_SPOKEN}))"
    rf"(?P<more>余|多|来)?\s*(?P<unit>{_UNIT})?(?P<half>半)?{_BACK}"
)
_OTHER = [(kind, re.compile(pattern)) for kind, pattern in NOT_QUANTITY]
HEDGES = {
    "about": "将近 接近 大约 约 近 左右 上下 来".split(),
    "over": "超过 超 逾 不低于 不少于 至少 高于 突破 多于 以上 余 多".split(),
    "under": "不足 不到 不超过 不高于 最多 低于 少于 以下 以内 之内 达不到".split(),
}
HEDGE = {word: hedge for hedge, words in HEDGES.items() for word in words}
# A spoken number before one of these is a way of speaking (四个意识, 一批, 三大), not a count.
SPOKEN_UNITS = frozenset(
    "人 件 项 家 户 次 批次 处 起 级 天 倍 亩 公顷 个月 个工作日 人次 条 名 亿元 万元 元 类 种 轮 场 期 % 个百分点 "
    "个".split()
)
# A sentence is cut where it is longer than people write; so any text takes time in proportion to its length.
SENTENCE = re.compile(r"(?:[^。!?！？\n]|。(?=其中)){1,1200}[。!?！？]?")
WIDE, NEAR = 80, 8  # characters and figures beside a figure that are looked at
FILL = "的了达到为是共计有在至约"
STOPS = ",。;:、!?()“”‘’《》\n，；：！？（）…"
_TAIL = re.compile(r"^(.*?)(?=[和与及并已均全按占近]|完成|实现|提前|开展|得到|组成|以上|涉及|进展|正在|中$|$)")


def figures(text: str) -> list[Figure]:
    """Every number of a text in order, with unit, kind, hedge and what it is said of."""
    flat = numerals.plain(text)
    found: list[Figure] = []
    place = 0
    while place < len(flat):
        one = _other_at(flat, text, place) or _quantity_at(flat, text, place)
        if one is None:
            place += 1
        else:
            found.append(one)
            place = one.end
    return [_in_words(one, found[max(n - NEAR, 0) : n + NEAR], flat) for n, one in enumerate(found)]


def sentences(paragraphs: list[str]) -> Iterator[Sentence]:
    """The sentences of a text, each with its figures."""
    for number, text in enumerate(paragraphs):
        known = figures(text)
        starts = [figure.start for figure in known]
        for found in SENTENCE.finditer(text):
            inside = tuple(known[bisect_left(starts, found.start()) : bisect_left(starts, found.end())])
            yield Sentence(
                number, found.start(), found.end(), numerals.plain(found.group()).replace("。其中", ";其中"), inside
            )


def _other_at(flat: str, text: str, place: int) -> Figure | None:
    """A date, a rank, an ordinal or a document number beginning here."""
    if flat[place] not in "第([" and not flat[place].isdigit() and flat[place] not in numerals.CHINESE:
        if not "\u4e00" <= flat[place] <= "\u9fa5":
            return None
        kinds = _OTHER[:1]  # only a document number begins with a word
        if flat.find("号", place, place + 30) < 0 or (place and "\u4e00" <= flat[place - 1] <= "\u9fa5"):
            return None
    else:
        kinds = _OTHER
    if flat[place].isdigit() and place and (flat[place - 1].isdigit() or flat[place - 1] == "."):
        return None
    for kind, pattern in kinds:
        if found := pattern.match(flat, place):
            return _other(kind, found, text)
    return None


def _other(kind: str, found: re.Match[str], text: str) -> Figure:
    groups = found.groupdict()

    def said(letter: str) -> int | None:
        names = [n for n in groups if re.fullmatch(letter + r"\d", n) and groups[n]]
        value = numerals.parse(groups[names[-1]]) if names else None
        return int(value) if value is not None else None

    rank = numerals.parse(groups["rank"]) if groups.get("rank") else None
    day = (said("y"), said("m"), said("d")) if kind in {"date", "period"} else (None, None, None)
    return Figure(found.start(), found.end(), text[found.start() : found.end()], rank, "", kind, day=day)


def _quantity_at(flat: str, text: str, place: int) -> Figure | None:
    """A number with a unit beginning here; a bare number only when it is written in digits."""
    found = QUANTITY.match(flat, place)
    if found is None or (place and flat[place].isdigit() and (flat[place - 1].isdigit() or flat[place - 1] == ".")):
        return None
    unit, spoken = found["unit"] or "", bool(found["cn"])
    if spoken and not _is_count(found, unit, flat):
        return None
    said = found["said"]
    if said.startswith("百分之"):
        unit, value = "%", _spoken_decimal(said.removeprefix("百分之"))
    elif found["to"]:
        value = None
    else:
        value = numerals.parse(found["n"] or found["cn"])
    if not unit and found["n"] and found["n"][-1] == "亿":
        unit, value = "亿元", numerals.parse(found["n"][:-1])
    if value is not None and found["half"]:
        value += Decimal("0.5")
    hedge = next((HEDGE[w] for w in (found["front"], found["more"], found["back"]) if w), "")
    digits = re.search(r"\.(\d+)", found["n"] or said)
    kind = KIND.get(unit, "bare")
    unit = {"百分点": "个百分点", "工作日": "个工作日", "小时": "小时", "个批次": "批次"}.get(unit, unit)
    return Figure(
        found.start(), found.end(), text[found.start() : found.end()], value, unit, kind,
        "range" if found["to"] else hedge, places=len(digits[1]) if digits else 0, spoken=spoken,
    )  # fmt: skip


def _is_count(found: re.Match[str], unit: str, flat: str) -> bool:
    """Whether a number in Chinese words counts something: 两级, 三十二人; not 一批, 四个意识, 万元."""
    words = found["cn"]
    if unit not in SPOKEN_UNITS or words in {"一", "万", "千", "百", "半", "零"} or words[0] in "万零〇":
        return False
    before = flat[max(found.start() - 1, 0) : found.start()]
    return before not in {"第", "统", "唯", "逐", "任", "每", "“", "初", "星", "周", "专", "单"} and not (
        unit == "个" and flat[found.end() : found.end() + 2] in {"意识", "维护", "自信", "确保", "坚持", "革命", "代表"}
    )


def _spoken_decimal(words: str) -> Decimal | None:
    """百分之九十八点五."""
    whole, _dot, rest = words.partition("点")
    value = numerals.parse(whole)
    if value is None or not rest:
        return value
    return value + Decimal("0." + "".join(str(numerals.DIGITS[c]) for c in rest if c in numerals.DIGITS))


def _in_words(one: Figure, known: list[Figure], flat: str) -> Figure:
    """The figure with the words beside it: up to the next mark or the next quantity on either side."""
    near, far = max(one.start - WIDE, 0), min(one.end + WIDE, len(flat))
    left = max([flat.rfind(mark, near, one.start) for mark in STOPS] + [near - 1]) + 1
    right = min([p for p in (flat.find(mark, one.end, far) for mark in STOPS) if p >= 0], default=far)
    for other in known:
        if other.kind in QUANTITIES or other.kind == "bare":
            if left < other.end <= one.start:
                left = other.end
            if one.end <= other.start < right:
                right = other.start
    before, after = flat[left : one.start].strip(), flat[one.end : right].strip()
    for other in known:  # 1610件问题和2020年新发现的10件: the second begins with its own year
        if other.kind == "period" and left < other.start < one.start and flat[other.start - 1] in "和与及":
            before = flat[other.start : one.start].strip()
    tail = _TAIL.match(after)
    noun = (tail[1] if tail else after).removeprefix("的")
    joined = before.endswith("的") or len(before) <= 4 or not before
    of = (before.rstrip(FILL) + noun) if joined else before.rstrip(FILL)
    return Figure(**{**one.__dict__, "before": before, "after": after, "of": of})
