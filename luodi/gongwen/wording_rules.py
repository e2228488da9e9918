"""Punctuation, digits, quoted documents and tables (GB/T 9704 8, 9; GB/T 15834, GB/T 15835)."""

import re
from collections.abc import Iterator

from luodi.gongwen.anatomy import Anatomy, heading_of
from luodi.gongwen.finding import Fault, Rule, mm
from luodi.gongwen.layout import AREA_WIDTH
from luodi.gongwen.page_rules import place_of
from luodi.gongwen.sheet import Paragraph

HAN = r"\u4e00-\u9fff"
HALF_WIDTH = re.compile(
    rf"(?<=[{HAN}）》”])[,;:?!]|[,;?!](?=[{HAN}])|\([^()]{{0,80}}[{HAN}][^()]{{0,80}}\)|(?<=[{HAN}])\((?=[^)]{{0,80}}\))"
    rf"|(?<=[{HAN}）》”%])\.(?=[{HAN}]|$)|(?<=[{HAN}])\.{{3,}}|[\"＂]"
)
PAIRS = {"）": "（", "》": "《", "〕": "〔", "】": "【", "”": "“", "’": "‘", "〉": "〈"}
CITED_NUMBER = re.compile(
    rf"[{HAN}]{{2,10}}[\[［(（【](?:19|20)\d{{2}}年?[\]］)）】]\s*第?\d{{1,5}}号|〔\d{{4}}〕\s*[第0]\d*号"
)
NUMBER_FIRST = re.compile(rf"[{HAN}]{{1,10}}〔\d{{4}}〕\d{{1,5}}号[）)]?《[^》]*》")
UNMARKED = re.compile(
    rf"(?:根据|按照|依据|依照|印发|转发|落实|执行)[{HAN}]{{0,20}}关于[^，。；：《》“”]{{4,50}}?的(?:通知|意见|批复|函|办法)(?![》])"
)
WRONG_DATE = re.compile(r"(?<!\d)(?:19|20)\d{2}([./-])\d{1,2}\1\d{1,2}(?!\d)|\d年0\d月|月0\d日")
DOUBLED = re.compile(r"[，。；：、！？][，。；：、]|(?<!…)…(?!…)")
GAPS = re.compile(rf"(?<=[{HAN}，。、；：）》”]) +(?=[{HAN}（《“])")
FULL_DIGITS = re.compile(r"[０-９]+")
HEAD_NEEDED = 20  # rows; a longer table does not stay on one page


def _prose(anatomy: Anatomy) -> Iterator[tuple[Paragraph, str]]:
    """Yield paragraphs and cells with their text, without a heading's number; parts with rules of their own are out."""
    own = {id(row) for row in (*anatomy.title, *anatomy.note_list, *anatomy.organs, *anatomy.imprint)}
    own |= {id(enclosure.mark) for enclosure in anatomy.enclosures} | {id(row) for row in anatomy.attendance}
    parts = (anatomy.recipients, anatomy.day, anatomy.remark, anatomy.number, anatomy.signer, anatomy.secrecy)
    own |= {id(row) for row in parts if row is not None}
    for row in anatomy.sheet.paragraphs:
        if id(row) not in own and not row.blank:
            heading = heading_of(row) if row.place == "body" else None
            yield row, row.words[len(heading.label) :] if heading else row.words


def half_width(anatomy: Anatomy) -> Iterator[Fault]:
    """Chinese text has full-width punctuation."""
    for row, words in _prose(anatomy):
        signs = {sign for found in HALF_WIDTH.findall(words) for sign in found if sign in ',;:?!()."＂'}
        for sign in sorted(signs - {")"}):
            shown = "括号“()”" if sign == "(" else f"标点“{sign}”"
            yield Fault(row.here, f"半角{shown}", "中文里用全角标点", "把半角标点改为全角，直引号改为“”。")


def pairs(anatomy: Anatomy) -> Iterator[Fault]:
    """Brackets and quotation marks come in pairs."""
    for row, words in _prose(anatomy):
        if found := _unpaired(words):
            yield Fault(row.here, f"“{found}”没有配对", "括号、引号、书名号成对使用", f"补上与“{found}”配对的符号。")


def _unpaired(words: str) -> str:
    """Return the first sign without its partner; a quotation may go on in the next paragraph."""
    opened = []
    for sign in words:
        if sign in PAIRS.values():
            opened.append(sign)
        elif sign in PAIRS and (not opened or opened.pop() != PAIRS[sign]):
            return sign
    return next((sign for sign in opened if sign not in "“‘"), "")


def cited_number(anatomy: Anatomy) -> Iterator[Fault]:
    """A quoted document's number has hexagonal brackets, no 第 and no leading zero."""
    for row, words in _prose(anatomy):
        if found := CITED_NUMBER.search(words):
            yield Fault(
                row.here, f"“{found[0]}”", "引用的发文字号用六角括号〔〕，不加“第”，不编虚位", "改正引用的发文字号。"
            )


def citation(anatomy: Anatomy) -> Iterator[Fault]:
    """First the title, then the number in brackets."""
    for row, words in _prose(anatomy):
        if found := NUMBER_FIRST.search(words):
            expected = "先引标题，后引发文字号：《…》（…〔年〕…号）"
            yield Fault(row.here, f"“{found[0][:30]}”", expected, "把发文字号移到标题之后，加圆括号。", "warn")


def book_marks(anatomy: Anatomy) -> Iterator[Fault]:
    """A quoted document's title stands in 《》."""
    for row, words in _prose(anatomy):
        if found := UNMARKED.search(words):
            yield Fault(row.here, f"“{found[0][:30]}”", "引用公文标题加书名号", "给引用的公文标题加上《》。", "warn")


def dates(anatomy: Anatomy) -> Iterator[Fault]:
    """Dates in full words and without leading zeros."""
    for row, words in _prose(anatomy):
        if row.place == "body" and (found := WRONG_DATE.search(words)):
            yield Fault(row.here, f"“{found[0]}”", "2020年8月31日", "日期写全年、月、日，月日不编虚位。", "warn")


def digits(anatomy: Anatomy) -> Iterator[Fault]:
    """Arabic digits are half-width."""
    for row, words in _prose(anatomy):
        if found := FULL_DIGITS.search(words):
            yield Fault(row.here, f"“{found[0]}”是全角数字", "阿拉伯数字用半角", "把全角数字改为半角。", "warn")


def doubled(anatomy: Anatomy) -> Iterator[Fault]:
    """No mark twice, six dots for an ellipsis."""
    for row, words in _prose(anatomy):
        if found := DOUBLED.search(words):
            yield Fault(row.here, f"“{found[0]}”", "标点不连用，省略号为……", "删去多余的标点。", "warn")


def gaps(anatomy: Anatomy) -> Iterator[Fault]:
    """No spaces between Chinese characters."""
    for row, words in _prose(anatomy):
        if row.place == "body" and (found := GAPS.search(words)):
            shown = words[max(found.start() - 3, 0) : found.end() + 3]
            yield Fault(row.here, f"“{shown}”里有空格", "汉字之间不留空格", "删去空格。", "warn")


def table_width(anatomy: Anatomy) -> Iterator[Fault]:
    """A table stays within the type area."""
    for n, table in enumerate(anatomy.sheet.tables, 1):
        number = min(table.section, len(anatomy.sheet.sections) - 1)
        section = anatomy.sheet.sections[number]
        area = section.area_width if section.width > section.height else AREA_WIDTH
        if table.place == "body" and table.width > area + 240:
            expected = f"不宽于版心（{mm(area)}）"
            where = f"第 {n} 个表格（{place_of(anatomy, number)}）"
            yield Fault(where, f"宽 {mm(table.width)}", expected, "把表格宽度调到版心以内，或改用横向页面。")


def table_head(anatomy: Anatomy) -> Iterator[Fault]:
    """The first row of a table that goes over pages repeats."""
    for n, table in enumerate(anatomy.sheet.tables, 1):
        if table.place == "body" and table.rows > HEAD_NEEDED and not table.head:
            remedy = "选中表头行，在“布局”里选“重复标题行”。"
            yield Fault(f"第 {n} 个表格", f"{table.rows} 行，表头不重复", "跨页的表格每面有表头", remedy, "warn")


RULES = (
    Rule("half-width", "GB/T 15834", "标点用全角", half_width, "written"),
    Rule("pairs", "GB/T 15834", "括号、引号、书名号成对", pairs, "written"),
    Rule("doubled", "GB/T 15834", "标点不连用", doubled, "written"),
    Rule("gaps", "GB/T 15834", "汉字之间没有空格", gaps, "written"),
    Rule("digits", "GB/T 15835", "阿拉伯数字用半角", digits, "written"),
    Rule("dates", "GB/T 15835", "文中日期的写法", dates, "written"),
    Rule("cited-number", "7.2.5", "引用的发文字号", cited_number, "written"),
    Rule("citation", "9", "引用公文先标题后字号", citation, "written"),
    Rule("book-marks", "9", "引用公文标题加书名号", book_marks, "written"),
    Rule("table-width", "8", "表格不超出版心", table_width),
    Rule("table-head", "8", "跨页表格重复表头", table_head),
)
