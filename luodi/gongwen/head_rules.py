"""What stands above the title (GB/T 9704 7.2): 份号, 密级, 紧急程度, 发文机关标志, 发文字号, 签发人, 分隔线."""

import re
from collections.abc import Iterator

from luodi.gongwen.anatomy import Anatomy, red
from luodi.gongwen.finding import Fault, Rule, size_name
from luodi.gongwen.fonts import FAMILIES
from luodi.gongwen.rules import SECRECY, URGENCIES, doc_number_fault
from luodi.gongwen.sheet import Letters, Paragraph

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ROLES = {"title": "小标宋", "body": "仿宋", "kai": "楷体", "hei": "黑体", "song": "宋体"}


def chinese(row: Paragraph) -> Iterator[Letters]:
    """Yield the stretches of a paragraph that have Chinese characters."""
    return (letters for letters in row.letters if CHINESE.search(letters.text))


def font_faults(row: Paragraph, role: str, where: str = "") -> Iterator[Fault]:
    """Yield a fault for each font in the paragraph that is not of the role; fonts of one face count as one."""
    wanted = ROLES[role]
    for name in dict.fromkeys(letters.font for letters in chinese(row)):
        if name not in FAMILIES[role]:
            yield Fault(where or row.here, name or "没有指定中文字体", wanted, f"把字体改为{wanted}。")


def size_faults(row: Paragraph, points: float) -> Iterator[Fault]:
    """Yield a fault for each size in the paragraph that is not the wanted one."""
    for given in dict.fromkeys(letters.points for letters in chinese(row)):
        if given != points:
            yield Fault(row.here, size_name(given), size_name(points), f"把字号改为{size_name(points)}。")


def copy_number(anatomy: Anatomy) -> Iterator[Fault]:
    """Six digits, flush left, 3号."""
    row = anatomy.copy_number
    if row is None:
        return
    if not re.fullmatch(r"\d{6}", row.words):
        yield Fault(row.here, row.words, "6位阿拉伯数字", "份号补足6位，例如 000001。")
    if not row.flush:
        yield Fault(row.here, "没有顶格", "顶格在版心左上角第一行", "改为左对齐、无缩进。")
    if row.points != 16:
        yield Fault(row.here, size_name(row.points), size_name(16), "份号用3号字。")


def secrecy(anatomy: Anatomy) -> Iterator[Fault]:
    """3号 黑体, flush left, 机密★1年."""
    row = anatomy.secrecy
    if row is None:
        return
    if not SECRECY.fullmatch(row.words.replace(" ", "")):
        yield Fault(row.here, row.words, "密级★保密期限，例如 机密★1年", "密级和期限之间用实心五角星★。")
    if not row.flush:
        yield Fault(row.here, "没有顶格", "顶格在版心左上角", "改为左对齐、无缩进。")
    yield from font_faults(row, "hei")
    yield from size_faults(row, 16)


def urgency(anatomy: Anatomy) -> Iterator[Fault]:
    """特急 or 加急, 3号 黑体, flush left."""
    row = anatomy.urgency
    if row is None:
        return
    if row.words.replace("　", "").replace(" ", "") not in URGENCIES:
        yield Fault(row.here, row.words, "特急、加急（电报：特提、特急、加急、平急）", "改为规定的紧急程度。")
    if not row.flush:
        yield Fault(row.here, "没有顶格", "顶格在版心左上角", "改为左对齐、无缩进。")
    yield from font_faults(row, "hei")
    yield from size_faults(row, 16)


def head_order(anatomy: Anatomy) -> Iterator[Fault]:
    """份号, 密级, 紧急程度 from the top down."""
    rows = [row for row in (anatomy.copy_number, anatomy.secrecy, anatomy.urgency) if row]
    if rows != sorted(rows, key=lambda row: row.number):
        yield Fault(rows[0].here, "顺序不对", "自上而下为份号、密级和保密期限、紧急程度", "按这个顺序分行排列。")


def mark(anatomy: Anatomy) -> Iterator[Fault]:
    """Red, centred, 小标宋 recommended."""
    row = anatomy.mark
    if row is None:
        return
    colours = {letters.colour for letters in chinese(row)}
    if not all(red(colour) for colour in colours):
        yield Fault(row.here, "不是红色", "红色", "把发文机关标志设为红色。")
    if row.side != "center":
        yield Fault(row.here, "没有居中", "居中", "把发文机关标志居中。")
    for fault in font_faults(row, "title"):
        yield Fault(fault.place, fault.found, "推荐使用小标宋体", fault.remedy, "warn")


def red_line(anatomy: Anatomy) -> Iterator[Fault]:
    """A red line as wide as the type area under the number."""
    line = anatomy.red_line
    if line is None:
        if not anatomy.drawn_head:
            yield Fault(
                "版头", "没有分隔线", "发文字号之下4毫米有一条与版心等宽的红色分隔线", "在发文字号下加红色下框线。"
            )
        return
    edge = line.edges.get("bottom") or line.edges["top"]
    if not red(edge.colour):
        yield Fault("版头的分隔线", "不是红色", "红色", "把分隔线设为红色。")
    if abs(line.left) > 60 or abs(line.right) > 60:
        yield Fault("版头的分隔线", "与版心不等宽", "与版心等宽", "去掉分隔线那一段的左右缩进。")


def number(anatomy: Anatomy) -> Iterator[Fault]:
    """机关代字〔YYYY〕N号."""
    row = anatomy.number
    if row is None:
        return
    text = re.split(r"\s*签\s*发\s*人", row.words)[0].strip("　 \t（）()")
    if sentence := doc_number_fault(text):
        yield Fault(row.here, text, "机关代字〔四位年份〕序号，例如 衡清办〔2020〕5号", sentence)


def number_look(anatomy: Anatomy) -> Iterator[Fault]:
    """3号, centred; with a signer at the left, one character in."""
    row = anatomy.number
    if row is None or anatomy.mark is None:
        return
    yield from size_faults(row, 16)
    if anatomy.signer is None and row.side != "center":
        yield Fault(row.here, "没有居中", "居中", "下行文、平行文的发文字号居中。")
    if anatomy.signer is row and abs(row.lead - row.char) > row.char / 2:
        yield Fault(
            row.here, f"左空{row.lead / row.char:.1f}字", "左空一字，与签发人同一行", "上行文的发文字号居左空一字。"
        )


def signer(anatomy: Anatomy) -> Iterator[Fault]:
    """签发人 and a full-width colon in 仿宋, the name in 楷体."""
    row = anatomy.signer
    if row is None:
        return
    found = re.search(r"签\s*发\s*人\s*([：:]?)\s*(.*)", row.words)
    if found and found[1] != "：":
        yield Fault(row.here, found[0], "“签发人”三字后标全角冒号", "改为“签发人：”。")
    name = found[2].strip("　 ") if found else ""
    for letters in chinese(row):
        if name and letters.text.strip("　 \t") == name and letters.font not in FAMILIES["kai"]:
            yield Fault(row.here, letters.font, "签发人姓名用3号楷体", "把姓名改为楷体。")


RULES = (
    Rule("copy-number", "7.2.1", "份号", copy_number, "copy_number"),
    Rule("secrecy", "7.2.2", "密级和保密期限", secrecy, "secrecy"),
    Rule("urgency", "7.2.3", "紧急程度", urgency, "urgency"),
    Rule("head-order", "7.2.3", "份号、密级、紧急程度的顺序", head_order, "urgency"),
    Rule("mark", "7.2.4", "发文机关标志", mark, "mark"),
    Rule("number", "7.2.5", "发文字号", number, "number"),
    Rule("number-look", "7.2.5", "发文字号的位置和字号", number_look, "number"),
    Rule("signer", "7.2.6", "签发人", signer, "signer"),
    Rule("red-line", "7.2.7", "版头中的分隔线", red_line, "mark"),
)
