"""Title, recipients and text (GB/T 9704 7.3.1-7.3.3): fonts, sizes, indents and the four levels of headings."""

import re
from collections.abc import Iterator

from luodi.gongwen.anatomy import Anatomy, Heading
from luodi.gongwen.finding import Fault, Rule, chars, size_name
from luodi.gongwen.fonts import FAMILIES
from luodi.gongwen.head_rules import CHINESE, ROLES, font_faults, size_faults
from luodi.gongwen.numbering import heading_label
from luodi.gongwen.sheet import Paragraph

TITLE_MARKS = re.compile(r"[。，；：！？,;:!?．.](?!\d)|[()\"']")
ROLE_OF_DEPTH = ("hei", "kai", "body", "body")
LONGEST_HEADING = 40  # characters; longer is a paragraph that has a number
DECORATED = {"italic": "斜体", "underlined": "下划线", "highlighted": "突出显示"}


def title_missing(anatomy: Anatomy) -> Iterator[Fault]:
    """A document has a title."""
    if not anatomy.title:
        yield Fault("全文", "没有找到标题", "正文之前有标题", "在主送机关之前加上标题，居中排布。")


def title_look(anatomy: Anatomy) -> Iterator[Fault]:
    """2号 小标宋, centred, black."""
    for row in anatomy.title:
        yield from font_faults(row, "title")
        yield from size_faults(row, 22)
        if row.side != "center" or abs(row.left + row.first - row.right) > row.char:
            yield Fault(row.here, "没有居中", "居中", "把标题居中，去掉缩进。")


def title_words(anatomy: Anatomy) -> Iterator[Fault]:
    """No punctuation but what a name or a quotation needs."""
    for row in anatomy.title:
        if found := TITLE_MARKS.search(row.words):
            expected = "除书名号、引号、顿号和全角括号外不用标点"
            yield Fault(row.here, f"标题里有“{found[0]}”", expected, f"去掉标题里的“{found[0]}”，括号改为全角。")


def title_gap(anatomy: Anatomy) -> Iterator[Fault]:
    """Two blank lines between the red line and the title."""
    count = anatomy.blanks_before(anatomy.title[0]) if anatomy.title else 2
    if anatomy.red_line is not None and count != 2:
        yield Fault(anatomy.title[0].here, f"标题与分隔线之间空{count}行", "空2行", "在分隔线与标题之间空2行。")


def recipients(anatomy: Anatomy) -> Iterator[Fault]:
    """Flush left, ending with a full-width colon."""
    row = anatomy.recipients
    if row is None:
        return
    if not row.words.endswith("："):
        end = "半角冒号" if row.words.endswith(":") else f"“{row.words[-1]}”"
        yield Fault(row.here, f"末尾是{end}", "最后一个机关名称后标全角冒号", "把末尾改为“：”。")
    if not row.flush:
        yield Fault(row.here, f"缩进{chars(row.lead, row.char)}", "居左顶格", "去掉主送机关的缩进，左对齐。")


def recipients_gap(anatomy: Anatomy) -> Iterator[Fault]:
    """One blank line between title and recipients."""
    row = anatomy.recipients
    if row is not None and anatomy.blanks_before(row) != 1:
        count = anatomy.blanks_before(row)
        yield Fault(row.here, f"主送机关与标题之间空{count}行", "空1行", "在标题与主送机关之间空1行。")


def _plain(anatomy: Anatomy) -> Iterator[Paragraph]:
    """Yield the paragraphs of the text that are no headings, with recipients; captions of tables are centred."""
    if anatomy.recipients:
        yield anatomy.recipients
    headed = {id(heading.paragraph) for group in anatomy.headings() for heading in group}
    yield from (row for row in anatomy.written if id(row) not in headed and not _is_caption(row))


def _is_caption(row: Paragraph) -> bool:
    """Return whether a paragraph belongs to a table: its caption, its unit, its note."""
    words = row.words
    short = len(words) <= 40 and not words.endswith("。")
    return (short and (row.side == "center" or row.points < 16)) or bool(
        re.match(r"(表|附表)\s*\d+|(单位|数据来源|来源|资料来源|注)[：: ]", words)
    )


def body_font(anatomy: Anatomy) -> Iterator[Fault]:
    """仿宋."""
    for row in _plain(anatomy):
        yield from font_faults(row, "body")


def body_size(anatomy: Anatomy) -> Iterator[Fault]:
    """3号."""
    for row in _plain(anatomy):
        yield from size_faults(row, 16)


def colour(anatomy: Anatomy) -> Iterator[Fault]:
    """Black."""
    for row in (*anatomy.title, *_plain(anatomy)):
        for letters in row.letters:
            if letters.text.strip() and letters.colour not in ("", "AUTO", "000000"):
                yield Fault(row.here, f"颜色 {letters.colour}", "黑色", "把文字颜色改为黑色（自动）。")
                break


def decoration(anatomy: Anatomy) -> Iterator[Fault]:
    """No italics, underlines and highlights."""
    for row in (*anatomy.title, *anatomy.written):
        for key, name in DECORATED.items():
            if any(getattr(letters, key) and letters.text.strip() for letters in row.letters):
                yield Fault(row.here, name, "公文正文不用斜体、下划线和突出显示", f"去掉{name}。", "warn")


def indent(anatomy: Anatomy) -> Iterator[Fault]:
    """Each paragraph begins two characters in, and its other lines at the edge."""
    for row in anatomy.written:
        if _is_caption(row) or (row.points != 16 and not row.first):
            continue
        if row.side == "center":
            continue
        if min(abs(row.lead - 2 * row.char), abs(row.lead - 640)) > row.char * 0.3:  # the size is a rule of its own
            found = f"首行缩进{chars(row.lead, row.char)}"
            yield Fault(row.here, found, "左空2字", "把首行缩进设为2字符，段前不打空格。")
        elif abs(row.left) > row.char * 0.3:
            yield Fault(
                row.here, f"整段左缩进{chars(row.left, row.char)}", "回行顶格", "把左缩进设为0，首行缩进2字符。"
            )


def side(anatomy: Anatomy) -> Iterator[Fault]:
    """The text is set from the left to both edges."""
    names = {"center": "居中", "right": "右对齐"}
    for row in anatomy.written:
        if row.side in names and not _is_caption(row):
            yield Fault(row.here, names[row.side], "两端对齐，首行空2字", "把对齐方式改为两端对齐。")


def spacing(anatomy: Anatomy) -> Iterator[Fault]:
    """No extra space before or after a paragraph: it would break the grid."""
    for row in anatomy.written:
        if row.before > 20 or row.after > 20:
            found = f"段前{row.before / 20:g}磅、段后{row.after / 20:g}磅"
            yield Fault(row.here, found, "段前段后为0", "把段前、段后间距设为0。", "warn")


def blank_lines(anatomy: Anatomy) -> Iterator[Fault]:
    """No empty lines inside the text."""
    tables = _after_tables(anatomy)
    for row in anatomy.text[1:]:
        if row.number not in tables and anatomy.blanks_before(row):
            yield Fault(row.here, "前面有空行", "正文段落之间不空行", "删去多余的空行。", "warn")


def _after_tables(anatomy: Anatomy) -> set[int]:
    """Return the numbers of the paragraphs that follow a table: a blank line may part them."""
    found, table, notes = set(), False, set(map(id, anatomy.table_notes))
    for row in anatomy.sheet.paragraphs:
        if row.place == "cell":
            table = True
        elif row.number and table and id(row) not in notes:
            found.add(row.number)
            table = False
    return found


def text_missing(anatomy: Anatomy) -> Iterator[Fault]:
    """There is text."""
    if not anatomy.text:
        yield Fault("全文", "没有找到正文", "首页必须显示正文", "补上正文。")


def _letters_of(heading: Heading) -> Iterator[str]:
    """Yield the fonts of the characters that are the heading, without the number a list gives."""
    length = len(heading.label) + len(heading.words)
    text = "".join(letters.text for letters in heading.paragraph.letters)
    start = len(text) - len(text.lstrip("　 \xa0\t"))
    end = start + length - len(heading.paragraph.label)
    at = 0
    for letters in heading.paragraph.letters:
        shown = letters.text[max(start - at, 0) : max(end - at, 0)]
        at += len(letters.text)
        if CHINESE.search(shown):
            yield letters.font


def heading_font(anatomy: Anatomy) -> Iterator[Fault]:
    """黑体, 楷体, 仿宋, 仿宋."""
    for group in anatomy.headings():
        for heading in group:
            role = ROLE_OF_DEPTH[heading.depth - 1]
            if heading.depth <= 2 and len(heading.words) > LONGEST_HEADING:
                continue
            for name in dict.fromkeys(_letters_of(heading)):
                if name not in FAMILIES[role]:
                    expected = f"第{heading.depth}层用{ROLES[role]}"
                    found = name or "没有指定中文字体"
                    yield Fault(heading.paragraph.here, found, expected, f"把这个标题改为{ROLES[role]}。")


def heading_size(anatomy: Anatomy) -> Iterator[Fault]:
    """3号 on every level."""
    for group in anatomy.headings():
        for heading in group:
            for given in dict.fromkeys(letters.points for letters in heading.paragraph.letters if letters.text.strip()):
                if given != 16:
                    yield Fault(heading.paragraph.here, size_name(given), size_name(16), "各层标题都用3号字。")


def heading_number(anatomy: Anatomy) -> Iterator[Fault]:
    """一、 （一） 1. （1）, brackets full-width and without a mark after them."""
    for group in anatomy.headings():
        for heading in group:
            wanted = heading_label(heading.depth, heading.ordinal) if heading.ordinal else ""
            if wanted and heading.label.replace("．", ".") != wanted:
                yield Fault(
                    heading.paragraph.here, f"“{heading.label}”", f"“{wanted}”", f"把“{heading.label}”改为“{wanted}”。"
                )


def heading_levels(anatomy: Anatomy) -> Iterator[Fault]:
    """Each level follows the one above it; with two levels only, 1. may follow 一、."""
    for group in anatomy.headings():
        depths = {heading.depth for heading in group}
        above = 0
        for heading in group:
            step = heading.depth - above
            two_levels = (above, heading.depth) == (1, 3) and 2 not in depths
            if step > 1 and above and not two_levels:
                expected = f"第{above}层之后是第{above + 1}层“{heading_label(above + 1, 1)}”"
                found = f"第{above}层之后是第{heading.depth}层“{heading.label}”"
                yield Fault(heading.paragraph.here, found, expected, "按一、（一）1.（1）的顺序逐层使用，不跳层。")
            above = heading.depth


def heading_sequence(anatomy: Anatomy) -> Iterator[Fault]:
    """Each level counts from one on, without a gap and without a number twice."""
    for group in anatomy.headings():
        counts = [0, 0, 0, 0]
        for heading in group:
            if not heading.ordinal:
                continue
            counts[heading.depth :] = [0] * (4 - heading.depth)
            due = counts[heading.depth - 1] + 1
            counts[heading.depth - 1] = heading.ordinal
            if heading.ordinal != due:
                wanted = heading_label(heading.depth, due)
                yield Fault(
                    heading.paragraph.here, f"“{heading.label}”", f"“{wanted}”", "序号从一起连续编排，不重不漏。"
                )


def heading_end(anatomy: Anatomy) -> Iterator[Fault]:
    """A heading of level 1 or 2 that stands alone has no mark at its end."""
    for group in anatomy.headings():
        for heading in group:
            alone = heading.label + heading.words == heading.paragraph.words
            if alone and heading.depth == 1 and len(heading.words) <= 25 and heading.words.endswith(("。", "：", "；")):
                mark = heading.words[-1]
                yield Fault(
                    heading.paragraph.here, f"标题末尾有“{mark}”", "标题末尾不用标点", f"去掉“{mark}”。", "warn"
                )


RULES = (
    Rule("title", "7.3.1", "有标题", title_missing),
    Rule("title-look", "7.3.1", "标题用2号小标宋、居中", title_look, "title"),
    Rule("title-words", "7.3.1", "标题不用多余标点", title_words, "title"),
    Rule("title-gap", "7.3.1", "标题在分隔线下空2行", title_gap, "title"),
    Rule("recipients", "7.3.2", "主送机关顶格、以全角冒号结尾", recipients, "recipients"),
    Rule("recipients-gap", "7.3.2", "主送机关在标题下空1行", recipients_gap, "recipients"),
    Rule("text", "7.3.3", "有正文", text_missing),
    Rule("body-font", "5.2.2", "正文用仿宋", body_font, "written"),
    Rule("body-size", "5.2.2", "正文用3号字", body_size, "written"),
    Rule("colour", "5.2.4", "文字为黑色", colour, "written"),
    Rule("decoration", "5.2.2", "不用斜体、下划线和突出显示", decoration, "written"),
    Rule("indent", "7.3.3", "每个自然段左空2字、回行顶格", indent, "written"),
    Rule("side", "7.3.3", "正文两端对齐", side, "written"),
    Rule("spacing", "5.2.3", "段前段后不留空", spacing, "written"),
    Rule("blank-lines", "7.3.3", "正文没有空行", blank_lines, "text"),
    Rule("heading-font", "7.3.3", "各层标题的字体", heading_font, "written"),
    Rule("heading-size", "7.3.3", "各层标题用3号字", heading_size, "written"),
    Rule("heading-number", "7.3.3", "层次序数的写法", heading_number, "written"),
    Rule("heading-levels", "7.3.3", "层次不跳级", heading_levels, "written"),
    Rule("heading-sequence", "7.3.3", "序号连续", heading_sequence, "written"),
    Rule("heading-end", "7.3.3", "一级标题末尾不用标点", heading_end, "written"),
)
