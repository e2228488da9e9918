"""Documents that the tests of this folder share."""

import io
import zipfile
from datetime import date
from xml.etree import ElementTree

from luodi.gongwen.docx import build
from luodi.gongwen.model import Attachment, Document, Heading, Paragraph, Run, Table

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SENTENCE = (
    "各县市区和市直有关部门要对照问题清单逐项整改，做到事实清楚、定性准确、措施有力、整改到位，经验收合格后方可销号。"
)


def circular(**changes) -> Document:
    """Return a circular with every element, or one changed in some fields."""
    fields = {
        "title": "衡水市专项清理工作领导小组办公室关于开展交叉检查工作的通知",
        "recipients": ("各县市区人民政府", "市直有关部门"),
        "blocks": (
            Paragraph("截至2020年8月31日，全市共排查问题1610件。"),
            Heading(1, "总体要求"),
            Heading(2, "工作目标"),
            Heading(3, "时间安排"),
            Heading(4, "排查阶段"),
            Paragraph((Run("第一步：", bold=True), Run(SENTENCE))),
            Heading(4, "整改阶段"),
            Heading(1, "整改情况"),
            Table(
                ("序号", "县市区", "整改率"),
                (("1", "桃城区", "95.2%"), ("2", "冀州区", "94.0%")),
                (1, 2, 3),
                "整改情况",
            ),
        ),
        "attachments": (Attachment("分组名单", (Paragraph(SENTENCE),)), Attachment("评分标准")),
        "organ": "衡水市专项清理工作领导小组办公室",
        "signed_on": date(2020, 8, 31),
        "copies_to": ("市委办公室", "市政府办公室"),
        "print_organ": "衡水市专项清理工作领导小组办公室",
        "print_on": date(2020, 9, 1),
        "doc_number": "衡清办〔2020〕5号",
        "red_head": "衡水市专项清理工作领导小组办公室文件",
        "note": "此件公开发布",
    }
    return Document(**(fields | changes))


def minutes(**changes) -> Document:
    """Return minutes of a meeting: no number, no recipients, no signature, but who was there."""
    fields = {
        "red_head": "衡水市专项清理工作领导小组会议纪要",
        "title": "研究交叉检查工作的会议纪要",
        "doc_number": "",
        "organ": "",
        "signed_on": None,
        "recipients": (),
        "attachments": (),
        "note": "",
        "attendance": (("出席", "张三、李四"), ("请假", "王五"), ("列席", "赵六")),
    }
    return circular(**(fields | changes))


def part(document: Document, name: str = "word/document.xml") -> ElementTree.Element:
    """Return one part of the built document."""
    with zipfile.ZipFile(io.BytesIO(build(document))) as archive:
        return ElementTree.fromstring(archive.read(name))


def text(paragraph: ElementTree.Element) -> str:
    """Return the characters of a paragraph; a tab is a tab, a break is a break."""
    marks = {f"{W}tab": "\t", f"{W}br": "\n"}
    return "".join(
        e.text or "" if e.tag == f"{W}t" else marks.get(e.tag, "") for r in paragraph.iter(f"{W}r") for e in r
    )


def paragraphs(document: Document) -> list[ElementTree.Element]:
    """Return the paragraphs directly in the body."""
    return part(document).find(f"{W}body").findall(f"{W}p")


def style(paragraph: ElementTree.Element) -> str:
    """Return the key of a paragraph's style, "" for Normal."""
    found = paragraph.find(f"{W}pPr/{W}pStyle")
    return "" if found is None else found.get(f"{W}val")


def styled(document: Document, key: str) -> list[str]:
    """Return the texts of the body's paragraphs of one style."""
    return [text(p) for p in paragraphs(document) if style(p) == key]
