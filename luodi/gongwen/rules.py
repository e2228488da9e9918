"""What makes a document unfit, and what it still lacks: pure functions that answer with Chinese sentences."""

import re
from collections.abc import Iterator, Sequence

from luodi.gongwen.model import Block, Document, Heading, Table, plain

DOC_NUMBER = re.compile(r"[\u4e00-\u9fa5]{1,12}〔(19|20)\d{2}〕[1-9]\d{0,4}号")

SECRECY = re.compile(r"(绝密|机密|秘密)(★(\d+年|\d+个月|长期))?")
URGENCIES = ("特急", "加急", "特提", "平急")


class Unfit(ValueError):
    """The document cannot be built; the message is the sentence for the person."""


def doc_number_fault(number: str) -> str:
    """Return why 发文字号 is wrong, "" if it is right: 机关代字〔YYYY〕N号 (GB/T 9704 7.2.5)."""
    if DOC_NUMBER.fullmatch(number):
        return ""
    if re.search(r"[\[\]()（）【】［］]", number):
        return f"发文字号“{number}”的年份要用六角括号〔〕，例如：冀清办〔2020〕5号。"
    if "第" in number:
        return f"发文字号“{number}”的序号前不加“第”字。"
    if re.search(r"〕0", number):
        return f"发文字号“{number}”的序号不编虚位，1不写作01。"
    return f"发文字号“{number}”不合格式，应为机关代字、〔四位年份〕、序号加“号”，例如：冀清办〔2020〕5号。"


def faults(document: Document) -> tuple[str, ...]:
    """Return every reason why the document breaks the standard, each a sentence; empty = it can be built."""
    return tuple(_faults(document))


def gaps(document: Document) -> tuple[str, ...]:
    """Return what a draft still lacks before it may be issued; a document with gaps can be built all the same."""
    lacking = (
        (document.organ, "还没有发文机关署名。"),
        (document.signed_on, "还没有成文日期。"),
        (document.recipients, "还没有主送机关。"),
        (document.doc_number or document.red_head is None, "有版头的公文还没有发文字号。"),
        (document.print_organ and document.print_on, "还没有印发机关和印发日期。"),
    )
    return tuple(sentence for present, sentence in lacking if not present)


def _faults(document: Document) -> Iterator[str]:
    yield from _title_faults(document.title.replace("\n", ""))
    if document.doc_number and (sentence := doc_number_fault(document.doc_number)):
        yield sentence
    if document.signer and document.red_head is None:
        yield "签发人写在版头里，没有版头的公文不能标注签发人。"
    yield from _head_faults(document)
    yield from _end_faults(document)
    if not document.blocks:
        yield "公文没有正文。"
    yield from _block_faults(document.blocks, "正文")
    for number, attachment in enumerate(document.attachments, 1):
        if not attachment.name.strip():
            yield f"附件{number}没有名称。"
        if attachment.name.rstrip().endswith(tuple("。，；、,;.")):
            yield f"附件{number}的名称“{attachment.name}”后面不加标点。"
        yield from _block_faults(attachment.blocks, f"附件{number}")


def _head_faults(document: Document) -> Iterator[str]:
    """份号, 密级 and 紧急程度 (7.2.1-7.2.3)."""
    given = document.copy_number or document.secrecy or document.urgency
    if given and document.red_head is None:
        yield "份号、密级和紧急程度写在版头里，没有版头的公文不能标注。"
    if document.copy_number and not re.fullmatch(r"\d{6}", document.copy_number, re.ASCII):
        yield f"份号“{document.copy_number}”要用6位阿拉伯数字，例如：000001。"
    if document.secrecy and not SECRECY.fullmatch(document.secrecy):
        yield f"密级“{document.secrecy}”要写成密级★保密期限，例如：机密★1年。"
    if document.urgency and document.urgency not in URGENCIES:
        yield f"紧急程度“{document.urgency}”不合规定，应为：{'、'.join(URGENCIES)}。"


def _end_faults(document: Document) -> Iterator[str]:
    """Signature and imprint (7.3.5, 7.4.3)."""
    if document.joint and not document.organ:
        yield "联合行文先写主办机关，还没有主办机关的署名。"
    if document.joint and document.sealed:
        yield "联合行文加盖印章的排法要按印章多少另行排列，这里还不能生成；请不选加盖印章。"
    if document.print_on and document.signed_on and document.print_on < document.signed_on:
        yield "印发日期不能早于成文日期。"
    if bool(document.print_organ) != bool(document.print_on):
        yield "印发机关和印发日期要一并填写。"


def _title_faults(title: str) -> Iterator[str]:
    if not title.strip():
        yield "公文没有标题。"
    elif found := re.search(r"[。，；：！？,;:!?()]", title):
        yield f"标题里不用“{found[0]}”；除书名号等必要的符号外，标题不用标点，括号用全角。"


def _block_faults(blocks: Sequence[Block], place: str) -> Iterator[str]:
    above = 0
    for block in blocks:
        if isinstance(block, Table):
            yield from _table_faults(block, place)
        elif isinstance(block, Heading):
            yield from _heading_faults(block, above, place)
            above = block.depth


def _heading_faults(heading: Heading, above: int, place: str) -> Iterator[str]:
    text = plain(heading.runs)
    if not 1 <= heading.depth <= 4:
        yield f"{place}标题“{text}”的层次是{heading.depth}，公文的层次只有一至四级。"
    elif heading.depth > above + 1:
        yield f"{place}标题“{text}”是第{heading.depth}级，它上面缺第{above + 1}级标题，层次不能跳级。"
    if not text.strip():
        yield f"{place}有一个标题没有文字。"
    if re.search(r"[()]", text):
        yield f"{place}标题“{text}”里的括号要用全角（）。"


def _table_faults(table: Table, place: str) -> Iterator[str]:
    name = f"{place}的表“{table.caption}”" if table.caption else f"{place}的表"
    columns = len(table.header)
    if not columns:
        yield f"{name}没有表头。"
    for number, row in enumerate(table.rows, 1):
        if len(row) != columns:
            yield f"{name}第{number}行有{len(row)}格，表头有{columns}格，两者要一致。"
    if table.shares and (len(table.shares) != columns or min(table.shares) <= 0):
        yield f"{name}的列宽要与表头的{columns}列一一对应，并且大于零。"
