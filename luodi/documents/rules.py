"""Text with indicator calls in it becomes a draft: blocks of words and figures. No figure is ever typed here."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from luodi.documents.models import Document
from luodi.flow.rules import Flow, act
from luodi.gongwen import model as gongwen
from luodi.gongwen.numbering import chinese_date, heading_label
from luodi.indicators.rules import Answer, Frame
from luodi.kit.refusal import Refused
from luodi.orgs.models import Role
from luodi.orgs.rules import Reach

OFFICE, LEADER = (Role.OFFICE, Reach.CITY), (Role.LEADER, Reach.CITY)
FLOW = Flow(
    "documents",
    dict(Document.Status.choices),
    Document.Status.DRAFT,
    {"issue": act(_("印发"), {Document.Status.DRAFT}, Document.Status.ISSUED, OFFICE)},
)

Ask = Callable[[str, Frame], Answer]
# A figure's place in the text while the template is filled: private-use characters, which no text contains.
OPEN, CLOSE = "\ue000", "\ue001"
_FIGURE = re.compile(f"{OPEN}(\\d+){CLOSE}")
_HEADING = re.compile(r"(#{2,5})\s*(?:\((\d+)\)\s*)?(.+)")


@dataclass(frozen=True)
class Figure:
    """One figure in the text: the nth call, what was asked, the answer, and how a document prints it («1610件»)."""

    seq: int
    code: str
    frame: Frame
    answer: Answer
    text: str


@dataclass(frozen=True)
class Block:
    """A heading of depth 1–4 (with its own ordinal where the template gives one) or, at depth 0, a paragraph."""

    depth: int
    pieces: tuple[str | Figure, ...]
    ordinal: int = 0

    @property
    def label(self) -> str:
        """A heading's number: 一、 （三） 1. （1）; nothing for a paragraph."""
        return heading_label(self.depth, self.ordinal) if self.depth else ""

    @property
    def words(self) -> str:
        """The block as plain text, with its number."""
        return self.label + "".join(p if isinstance(p, str) else p.text for p in self.pieces)


@dataclass(frozen=True)
class Draft:
    """A filled template."""

    title: str
    blocks: tuple[Block, ...]
    figures: tuple[Figure, ...]
    warnings: tuple[str, ...]


def compose(source: str, frame: Frame, ask: Ask, words: Mapping[str, Any]) -> Draft:
    """Fill a template (docs/packs.md): `fig` prints a figure, `val` gives its value for conditions.

    `ask` answers an indicator; `words` are what else the template may name (campaign, place_name). Raises Refused
    when the template itself is wrong: unknown name, unknown indicator, broken syntax, naming the line.
    """
    figures: list[Figure] = []
    answers: dict[tuple[str, Frame], Answer] = {}

    def answer(code: str, **filters: str) -> Answer:
        asked = (code, replace(frame, filters=filters))
        if asked not in answers:
            answers[asked] = ask(*asked)
        return answers[asked]

    def fig(code: str, **filters: str) -> str:
        found = answer(code, **filters)
        figures.append(Figure(len(figures) + 1, code, found.frame, found, found.plain))
        return f"{OPEN}{len(figures)}{CLOSE}"

    def val(code: str, **filters: str) -> Any:
        return answer(code, **filters).value

    # The text is words for a .docx and for escaped HTML, so Jinja's own HTML escaping would show in the document.
    sandbox = SandboxedEnvironment(autoescape=False, trim_blocks=False)
    sandbox.filters["cn"] = lambda day: f"{day.month}月{day.day}日"
    try:
        with override("zh-hans"):  # the document is Chinese, whoever reads the page around it
            text = sandbox.from_string(source).render(fig=fig, val=val, as_of=frame.as_of, **words)
    except TemplateError as error:
        line = getattr(error, "lineno", None) or 0
        raise Refused(_t("文种模板第 %(line)s 行有误：%(why)s") % {"line": line, "why": error.message}) from error
    return _read(text, figures)


def _read(text: str, figures: Sequence[Figure]) -> Draft:
    """The blocks of a filled template: `# ` title, `## ` … headings, other lines paragraphs."""
    title, blocks = "", []
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("# "):
            title = _FIGURE.sub(lambda m: figures[int(m.group(1)) - 1].text, line[2:].strip())
        elif heading := _HEADING.fullmatch(line):
            depth, ordinal = len(heading.group(1)) - 1, int(heading.group(2) or 0)
            blocks.append(Block(depth, _pieces(heading.group(3), figures), ordinal))
        else:
            blocks.append(Block(0, _pieces(line, figures)))
    return Draft(title, tuple(_number(blocks)), tuple(figures), tuple(_warnings(figures)))


def _pieces(line: str, figures: Sequence[Figure]) -> tuple[str | Figure, ...]:
    parts = _FIGURE.split(line)
    found = [figures[int(part) - 1] if place % 2 else part for place, part in enumerate(parts)]
    return tuple(piece for piece in found if piece != "")


def _number(blocks: Sequence[Block]) -> list[Block]:
    """Give every heading its ordinal: the template's own, else the next one under its parent."""
    last = [0] * 6
    numbered = []
    for block in blocks:
        if block.depth:
            last[block.depth] = block.ordinal or last[block.depth] + 1
            last[block.depth + 1 :] = [0] * (5 - block.depth)
            block = replace(block, ordinal=last[block.depth])
        numbered.append(block)
    return numbered


def _warnings(figures: Sequence[Figure]) -> list[str]:
    """What hinders issuing: figures that could not be computed."""
    return [
        _t("第 %(seq)s 个数字“%(name)s”算不出来：%(why)s")
        % {"seq": f.seq, "name": f.answer.indicator.name, "why": f.answer.reason}
        for f in figures
        if f.answer.value is None
    ]


def official(draft: Draft, facts: Any, signed_on: date | None) -> gongwen.Document:
    """The draft as GB/T 9704 lays it out; `facts` is the pack's template (recipients, organ, copies)."""
    blocks: list[gongwen.Block] = [
        gongwen.Heading(block.depth, block.words, numbered=False) if block.depth else gongwen.Paragraph(block.words)
        for block in draft.blocks
    ]
    return gongwen.Document(
        title=draft.title or facts.title,
        blocks=blocks,
        recipients=facts.recipients,
        organ=facts.organ,
        signed_on=signed_on,
        copies_to=facts.copies_to,
        print_organ=facts.organ if signed_on else "",
        print_on=signed_on,
    )


def kept(draft: Draft) -> list[dict[str, Any]]:
    """The blocks as an issued document keeps them: figures by their number."""
    return [
        {
            "depth": block.depth,
            "label": block.label,
            "pieces": [p if isinstance(p, str) else {"figure": p.seq, "text": p.text} for p in block.pieces],
        }
        for block in draft.blocks
    ]


def file_name(title: str, day: date) -> str:
    """What the downloaded file is called."""
    return f"{title}（{chinese_date(day)}）.docx"
