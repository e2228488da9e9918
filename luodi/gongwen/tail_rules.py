"""What follows the text (GB/T 9704 7.3.4-7.4): list of attachments, signature, date, attachments, imprint."""

import re
from collections.abc import Iterator
from datetime import date

from luodi.gongwen.anatomy import DATE, DRAFT_DATE, MARK_ALONE, Anatomy
from luodi.gongwen.finding import Fault, Rule, chars
from luodi.gongwen.fonts import FAMILIES
from luodi.gongwen.head_rules import chinese, font_faults, size_faults
from luodi.gongwen.sheet import Paragraph

NOTE = re.compile(r"附\s*件\s*(\d{1,2})?\s*([：:])?\s*(?:(\d{1,2})\s*([.．、]))?\s*(.*)", re.DOTALL)
LISTED = re.compile(r"(\d{1,2})\s*([.．、])?\s*(.*)", re.DOTALL)
ARABIC_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
PRINTED = re.compile(r"(.*?)[\s　]*((\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日)?\s*印发$", re.DOTALL)
SIGNATURE = "加盖印章：日期右空4字，署名以日期为准居中；不加盖印章：署名右空2字，日期比署名右移2字"


def _listed(anatomy: Anatomy) -> Iterator[tuple[Paragraph, int, str, str]]:
    """Yield for each listed attachment its paragraph, number (0 = none), mark after the number and name."""
    for n, row in enumerate(anatomy.note_list):
        if n == 0 and (found := NOTE.match(row.words)):
            yield row, int(found[3] or found[1] or 0), found[4] or "", found[5]
        elif found := LISTED.match(row.words):
            yield row, int(found[1]), found[2] or "", found[3]


def note_list(anatomy: Anatomy) -> Iterator[Fault]:
    """A blank line, two characters in, a full-width colon, 1. 2., no mark after a name."""
    first = anatomy.note_list[0]
    found = NOTE.match(first.words)
    if found and found[2] != "：":
        yield Fault(first.here, found[2] or "没有冒号", "“附件”后标全角冒号", "改为“附件：”。")
    if abs(first.lead - 2 * first.char) > first.char * 0.4:
        yield Fault(first.here, f"左空{chars(first.lead, first.char)}", "左空2字", "把“附件：”改为左空2字。")
    if anatomy.blanks_before(first) != 1:
        count = anatomy.blanks_before(first)
        yield Fault(first.here, f"与正文之间空{count}行", "正文下空1行", "在正文与附件说明之间空1行。")
    for row, _number, mark, name in _listed(anatomy):
        if name.endswith(tuple("。，；、,;.")):
            yield Fault(row.here, f"名称后有“{name[-1]}”", "附件名称后不加标点", f"去掉“{name[-1]}”。")
        if mark == "、":
            yield Fault(row.here, "序号后是“、”", "序号后是“.”，例如 1.", "把“、”改为“.”。")


def note_numbers(anatomy: Anatomy) -> Iterator[Fault]:
    """Several are numbered from 1 on; a single one is not."""
    rows = list(_listed(anatomy))
    given = [number for _row, number, _mark, _name in rows]
    if len(rows) == 1 and given != [0]:
        yield Fault(rows[0][0].here, f"只有1个附件却编了“{given[0]}”", "一个附件不编序号", "去掉序号。", "warn")
    if len(rows) > 1 and given != list(range(1, len(rows) + 1)):
        shown = "、".join(map(str, given))
        yield Fault(rows[0][0].here, f"附件序号 {shown}", "从1起连续编号", "重新编排附件序号。")


def enclosure_mark(anatomy: Anatomy) -> Iterator[Fault]:
    """附件 and its number in 3号 黑体, flush left on a new page, without a colon."""
    for enclosure in anatomy.enclosures:
        row = enclosure.mark
        found = MARK_ALONE.fullmatch(row.words)
        if found and found[2]:
            yield Fault(row.here, f"后面有“{found[2]}”", "“附件”二字和序号后不加冒号", "去掉冒号。")
        if not row.flush:
            yield Fault(row.here, "没有顶格", "顶格在版心左上角第一行", "改为左对齐、无缩进。")
        yield from font_faults(row, "hei")
        yield from size_faults(row, 16)


def enclosure_page(anatomy: Anatomy) -> Iterator[Fault]:
    """Each attachment begins a page."""
    for enclosure in anatomy.enclosures:
        if not enclosure.mark.new_page and not _breaks_above(anatomy, enclosure.mark):
            yield Fault(enclosure.mark.here, "没有另面编排", "附件另面编排", "在“附件”之前分页。")


def _breaks_above(anatomy: Anatomy, row: Paragraph) -> bool:
    at = anatomy.place(row)
    return at > 0 and anatomy.rows[at - 1].section != row.section


def enclosure_match(anatomy: Anatomy) -> Iterator[Fault]:
    """Attachments have the numbers and names of the list."""
    names = {number: name for _row, number, _mark, name in _listed(anatomy)}
    if not names:
        yield Fault(
            anatomy.enclosures[0].mark.here, "正文后没有附件说明", "正文下空1行标注附件说明", "补上“附件：”和名称。"
        )
        return
    for enclosure in anatomy.enclosures:
        found = MARK_ALONE.fullmatch(enclosure.mark.words)
        digits = found[1] if found else ""
        number = int(digits) if digits.isdigit() else 0
        listed = names.get(number)
        title = "".join(row.words for row in enclosure.title)
        if listed is None:
            yield Fault(enclosure.mark.here, "序号与附件说明不一致", "与附件说明一致", "改正附件的序号。")
        elif title and _bare(title) != _bare(listed):
            yield Fault(
                enclosure.mark.here, f"标题“{title[:20]}”", f"“{listed[:20]}”", "附件标题与附件说明里的名称要一致。"
            )


def _bare(text: str) -> str:
    return re.sub(r"[\s　《》]", "", text)


def signature_missing(anatomy: Anatomy) -> Iterator[Fault]:
    """Organ and date stand under the text."""
    if anatomy.day is None:
        yield Fault("正文之后", "没有成文日期", "署名之下有成文日期", "补上发文机关署名和成文日期。", "warn")
    elif not anatomy.organs:
        yield Fault(anatomy.day.here, "日期之上没有发文机关署名", "日期之上有署名", "补上发文机关署名。", "warn")


def signature_place(anatomy: Anatomy) -> Iterator[Fault]:
    """Either the place with a seal or the place without."""
    day = anatomy.day
    if day is None or not anatomy.organs or not DATE.fullmatch(day.words):
        return
    area, char = anatomy.area(day).area_width, day.char
    organ = anatomy.organs[0]
    (organ_left, organ_right), (day_left, day_right) = organ.span(area), day.span(area)
    middle = abs((organ_left - organ_right) - (day_left - day_right)) / 2
    sealed = abs(day_right - 4 * char) <= char and (middle <= 1.5 * char or organ_right < char)
    longer = organ_right if organ_left + organ_right < day_left + day_right else day_right
    unsealed = abs(longer - 2 * char) <= char and abs(day_left - organ_left - 2 * char) <= char
    if not (sealed or unsealed or len(anatomy.organs) > 1):
        found = f"署名右空{chars(organ_right, char)}，日期右空{chars(day_right, char)}"
        yield Fault(day.here, found, SIGNATURE, "按是否加盖印章调整署名和日期的右缩进。")


def signature_gap(anatomy: Anatomy) -> Iterator[Fault]:
    """One blank line above the organ; a seal may need more."""
    row = anatomy.organs[0] if anatomy.organs else None
    if row is not None and not 1 <= anatomy.blanks_before(row) <= 4:
        count = anatomy.blanks_before(row)
        yield Fault(row.here, f"署名与上文之间空{count}行", "空1行（加盖印章可以更多）", "在署名之前空1行。", "warn")


def signature_page(anatomy: Anatomy) -> Iterator[Fault]:
    """No page with nothing but a signature, and no words to excuse it."""
    for row in anatomy.rows:
        if "此页无正文" in row.words:
            remedy = "删去这几个字，调整行距、字距，使署名与正文同处一面。"
            yield Fault(row.here, "标注了“此页无正文”", "不用“此页无正文”", remedy)


def date_form(anatomy: Anatomy) -> Iterator[Fault]:
    """Arabic digits, full year, no leading zeros, a day there is."""
    row = anatomy.day
    if row is None:
        return
    words, example = row.words.replace(" ", ""), "阿拉伯数字，年份4位，月日不编虚位，例如 2020年8月31日"
    if not DATE.fullmatch(words):
        if DRAFT_DATE.fullmatch(row.words):
            yield Fault(row.here, "日期还空着", example, "签发后填写成文日期。", "warn")
        return
    found = ARABIC_DATE.fullmatch(words)
    if not found:
        yield Fault(row.here, words, example, f"把“{words}”改为这种写法。")
    elif re.search(r"[年月]0", words):
        yield Fault(row.here, words, example, f"改为{found[1]}年{int(found[2])}月{int(found[3])}日。")
    elif _day(found[1], found[2], found[3]) is None:
        yield Fault(row.here, words, "日历上有的日期", "改正日期。")


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def remark(anatomy: Anatomy) -> Iterator[Fault]:
    """附注: two characters in, in full-width brackets."""
    row = anatomy.remark
    if row is None:
        return
    if not re.fullmatch(r"（.*）", row.words):
        yield Fault(row.here, row.words[0] + row.words[-1], "加全角圆括号", "把括号改为（）。")
    if abs(row.lead - 2 * row.char) > row.char * 0.3:
        yield Fault(row.here, f"左空{chars(row.lead, row.char)}", "左空2字", "把附注改为左空2字。")


def attendance(anatomy: Anatomy) -> Iterator[Fault]:
    """Of minutes: two characters in, the label in 黑体, names in 仿宋 and, wrapped, after the colon."""
    for row in anatomy.attendance:
        if "：" not in row.words:
            yield Fault(row.here, "半角冒号", "标注后用全角冒号", "把冒号改为“：”。")
        if abs(row.lead - 2 * row.char) > row.char * 0.3:
            yield Fault(row.here, f"左空{chars(row.lead, row.char)}", "左空2字", "把左缩进改为2字。")
        label = next(chinese(row), None)
        if label is not None and label.font not in FAMILIES["hei"]:
            yield Fault(row.here, label.font or "没有指定中文字体", "“出席”等标注用3号黑体", "把标注改为黑体。")


def organ_name(anatomy: Anatomy) -> Iterator[Fault]:
    """The signature names the organ of the mark."""
    if anatomy.mark is None or not anatomy.organs:
        return
    head = _bare(anatomy.mark.words).removesuffix("文件")
    names = [_bare(row.words) for row in anatomy.organs]
    if not any(name in head or head in name for name in names):
        expected = f"与发文机关标志“{head[:20]}”一致"
        yield Fault(anatomy.organs[0].here, f"署名“{names[0][:20]}”", expected, "核对署名与发文机关标志。", "warn")


def _row(anatomy: Anatomy, pattern: str) -> Paragraph | None:
    return next((row for row in anatomy.imprint if re.search(pattern, row.words)), None)


def imprint_missing(anatomy: Anatomy) -> Iterator[Fault]:
    """A document with a head names who printed it and when."""
    if anatomy.number is not None and not _row(anatomy, "印发$"):
        yield Fault("版记", "没有印发机关和印发日期", "末面版记有印发机关和印发日期", "在版记末条补上。", "warn")


def copies(anatomy: Anatomy) -> Iterator[Fault]:
    """抄送 and a full-width colon, a full stop at the end."""
    row = _row(anatomy, r"^抄\s*送")
    if row is None:
        return
    if not re.match(r"抄\s*送：", row.words):
        yield Fault(row.here, row.words[:3], "“抄送”后标全角冒号", "改为“抄送：”。")
    if not row.words.endswith("。"):
        yield Fault(row.here, f"末尾是“{row.words[-1]}”", "最后一个抄送机关后标句号", "在末尾加“。”。")


def printed(anatomy: Anatomy) -> Iterator[Fault]:
    """The date of printing has no leading zeros and is not before the document's date."""
    row = _row(anatomy, "印发$")
    found = PRINTED.match(row.words) if row else None
    if row is None or found is None:
        return
    if not found[2]:
        yield Fault(row.here, row.words[-14:], "例如 2020年9月1日印发", "在“印发”之前写上年、月、日。")
        return
    if found[4].startswith("0") or found[5].startswith("0"):
        yield Fault(row.here, found[2], "月日不编虚位", f"改为{found[3]}年{int(found[4])}月{int(found[5])}日印发。")
    signed = ARABIC_DATE.fullmatch(anatomy.day.words) if anatomy.day else None
    on, since = _day(*found.group(3, 4, 5)), _day(*signed.group(1, 2, 3)) if signed else None
    if on and since and on < since:
        yield Fault(
            row.here,
            f"印发日期 {found[2]}",
            f"不早于成文日期 {signed[0] if signed else ''}",
            "改正印发日期或成文日期。",
        )


def imprint_look(anatomy: Anatomy) -> Iterator[Fault]:
    """4号 仿宋, one character in."""
    for row in anatomy.imprint:
        yield from font_faults(row, "body")
        yield from size_faults(row, 14)
        if row.side != "right" and abs(row.lead - row.char) > row.char / 2 and row.place != "cell":
            yield Fault(row.here, f"左空{chars(row.lead, row.char)}", "左空1字", "把左缩进设为1字。")


def imprint_lines(anatomy: Anatomy) -> Iterator[Fault]:
    """Lines above and below, the outer ones 0.35 mm."""
    tables = {row.table for row in anatomy.imprint if row.table >= 0}
    weights = [weight for table in tables for weight in anatomy.sheet.tables[table].lines]
    weights += [edge.weight for row in anatomy.imprint for edge in row.edges.values()]
    drawn = any(row.drawn for row in anatomy.rows)
    if not weights and not drawn:
        yield Fault(
            "版记",
            "没有分隔线",
            "首条和末条分隔线0.35毫米，中间0.25毫米",
            "给版记各要素加上与版心等宽的分隔线。",
            "warn",
        )
    elif weights and not 0.75 < max(weights) < 1.3:
        expected = "首条和末条0.35毫米（约1磅），中间0.25毫米（约0.75磅）"
        yield Fault("版记", f"最粗的分隔线{max(weights):g}磅", expected, "把首条和末条分隔线设为1磅。", "warn")


RULES = (
    Rule("note-list", "7.3.4", "附件说明", note_list, "note_list"),
    Rule("note-numbers", "7.3.4", "附件序号", note_numbers, "note_list"),
    Rule("signature", "7.3.5", "有署名和成文日期", signature_missing, "recipients"),
    Rule("signature-place", "7.3.5", "署名和成文日期的位置", signature_place, "organs"),
    Rule("signature-gap", "7.3.5.2", "署名在正文下空1行", signature_gap, "organs"),
    Rule("signature-page", "7.3.5.5", "署名与正文同处一面", signature_page),
    Rule("date-form", "7.3.5.4", "成文日期的写法", date_form, "day"),
    Rule("organ-name", "7.2.4", "署名与发文机关标志一致", organ_name, "mark"),
    Rule("remark", "7.3.6", "附注", remark, "remark"),
    Rule("enclosure-mark", "7.3.7", "附件的标识", enclosure_mark, "enclosures"),
    Rule("enclosure-page", "7.3.7", "附件另面编排", enclosure_page, "enclosures"),
    Rule("enclosure-match", "7.3.7", "附件与附件说明一致", enclosure_match, "enclosures"),
    Rule("attendance", "10.3", "纪要的出席、请假、列席人员", attendance, "attendance"),
    Rule("imprint", "7.4", "有印发机关和印发日期", imprint_missing, "mark"),
    Rule("copies", "7.4.2", "抄送机关", copies, "imprint"),
    Rule("printed", "7.4.3", "印发日期", printed, "imprint"),
    Rule("imprint-look", "7.4.2", "版记用4号仿宋、左右各空1字", imprint_look, "imprint"),
    Rule("imprint-lines", "7.4.1", "版记的分隔线", imprint_lines, "imprint"),
)
