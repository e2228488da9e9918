"""Text with indicator calls in it becomes a draft: blocks of words and figures. No figure is ever typed here.

`compose` fills a template; `kept` is what the database keeps of a draft, `opened` reads it back with answers.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from luodi.documents.models import Document
from luodi.flow.rules import HOLD, Flow, act
from luodi.gongwen.numbering import heading_label
from luodi.indicators.rules import Answer, Frame, Part
from luodi.kit.refusal import Refused
from luodi.orgs.models import Person, Role
from luodi.orgs.rules import Reach

OFFICE = ((Role.OFFICE, Reach.CITY), (Role.OFFICE, Reach.COUNTY))
# A leader of the place, or the head of the office that writes: never who drafted it.
SIGNERS = ((Role.LEADER, Reach.CITY), (Role.LEADER, Reach.COUNTY), (Role.UNIT_LEADER, Reach.UNIT))
READERS = (*OFFICE, *SIGNERS, (Role.INSPECTOR, Reach.CITY), (Role.DISCIPLINE, Reach.CITY))


def _another(document: Document, actor: Person) -> str | None:
    if document.drafted_by_id == actor.pk:
        return _t("起草人不能给自己起草的文件签字，请由另一人签。")
    return None


def _whole(document: Document) -> str | None:
    if not document.agency:
        return _t("还没有机关代字，编不出发文字号；请先在“题头”里填写。")
    return None


S = Document.Status
FLOW = Flow(
    "documents",
    dict(S.choices),
    S.DRAFT,
    {
        "edit": act(_("修改"), {S.DRAFT, S.SUBMITTED, S.SIGNED}, S.DRAFT, *OFFICE, offered=False),
        "annotate": act(_("注明来源"), {S.DRAFT}, HOLD, *OFFICE, offered=False),
        "submit": act(_("报审"), {S.DRAFT}, S.SUBMITTED, *OFFICE, needs=(_whole,)),
        "sign": act(_("签批"), {S.SUBMITTED}, S.SIGNED, *SIGNERS, independent=(_another,)),
        "countersign": act(_("会签"), {S.SUBMITTED}, HOLD, *READERS, independent=(_another,)),
        "send_back": act(_("退回修改"), {S.SUBMITTED, S.SIGNED}, S.DRAFT, *SIGNERS, reason=True),
        "issue": act(_("印发"), {S.SIGNED}, S.ISSUED, *OFFICE, needs=(_whole,)),
        "replace": act(_("以新版替代"), {S.ISSUED}, S.SUPERSEDED, *OFFICE, offered=False),
        "withdraw": act(_("撤回"), {S.ISSUED}, S.WITHDRAWN, *SIGNERS, reason=True),
    },
)
# Populations a special report may be about: name → the filter of its figures, and its words in the text.
POPULATIONS: Mapping[str, tuple[Mapping[str, str], str]] = {
    "priority": ({"priority": "yes"}, "重点难点问题"),
    "superior": ({"source": "superior"}, "上级交办问题"),
}

Ask = Callable[[str, Frame], Answer]
Split = Callable[..., Mapping[str, Sequence[Part]]]
# A figure's place in the text while the template is filled: private-use characters, which no text contains.
OPEN, CLOSE = "\ue000", "\ue001"
_FIGURE = re.compile(f"{OPEN}(\\d+){CLOSE}")
_TABLE = re.compile("\ue002(\\d+)\ue003")
_HEADING = re.compile(r"(#{2,5})\s*(?:\((\d+)\)\s*)?(.+)")
_DAYS = ("start", "end", "as_of")


@dataclass(frozen=True)
class Figure:
    """One figure in the text: the nth, what was asked, the answer now, and how the document prints it («1610件»).

    `written` is what the text said when it was last saved. In a table `bare` leaves the unit to the head.
    """

    seq: int
    code: str
    frame: Frame
    answer: Answer | None
    written: str
    bare: bool = False

    @property
    def text(self) -> str:
        """What it prints now."""
        return printed(self.answer, self.bare) if self.answer else self.written

    @property
    def moved(self) -> bool:
        """Whether the records say something else than when the text was last saved."""
        return self.text != self.written


Pieces = tuple[str | Figure, ...]


@dataclass(frozen=True)
class Grid:
    """A table of the text: each cell is words and figures."""

    header: tuple[str, ...]
    rows: tuple[tuple[Pieces, ...], ...]
    caption: str = ""
    note: str = ""


@dataclass(frozen=True)
class Block:
    """A heading of depth 1–4 (with its own ordinal where one was given) or, at depth 0, a paragraph or a table."""

    depth: int
    pieces: Pieces
    ordinal: int = 0
    key: str = ""
    table: Grid | None = None
    own: int = 0  # the ordinal that was given, not counted

    @property
    def label(self) -> str:
        """A heading's number: 一、 （三） 1. （1）; nothing for a paragraph."""
        return heading_label(self.depth, self.ordinal) if self.depth else ""

    @property
    def words(self) -> str:
        """The block as plain text, with its number."""
        return self.label + plain(self.pieces)

    def figures(self) -> Iterator[Figure]:
        """Its figures in the order of the text."""
        cells = (piece for row in self.table.rows for cell in row for piece in cell) if self.table else ()
        yield from (piece for piece in (*self.pieces, *cells) if isinstance(piece, Figure))


@dataclass(frozen=True)
class Draft:
    """A filled template, or a document's text with its answers."""

    title: str
    blocks: tuple[Block, ...]
    figures: tuple[Figure, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What hinders issuing before anything else: figures that could not be computed.

        In a table a rate of nothing («—» of a county without problems) is as it should be.
        """
        words = _t("第 %(seq)s 个数字“%(name)s”算不出来：%(why)s")
        unknown = [(f, f.answer) for f in self.figures if f.answer and f.answer.value is None]
        unknown = [(f, a) for f, a in unknown if not (f.bare and a.denominator and a.denominator.value == 0)]
        return tuple(words % {"seq": f.seq, "name": a.indicator.name, "why": a.reason} for f, a in unknown)


def plain(pieces: Pieces) -> str:
    """The words of pieces, figures as printed."""
    return "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)


def worded(draft: Draft) -> list[str]:
    """The sentences of the text with the figures left out: what a template's conditions decide."""
    blocks = [block.pieces for block in draft.blocks if not block.table]
    said = "。".join("".join(p if isinstance(p, str) else "…" for p in pieces) for pieces in blocks)
    return [sentence for sentence in re.split("[。；]", said) if sentence]


def printed(answer: Answer, bare: bool = False) -> str:
    """«1610件», in a table «1610»; «97.0%» in both."""
    bare = bare and answer.value is not None and answer.unit != "%"
    return answer.digits.replace(",", "") if bare else answer.plain


# -- filling a template --------------------------------------------------------------------------------------------


class _Filling:
    """The functions a template may call; they note each figure and leave its place in the text."""

    def __init__(self, frame: Frame, ask: Ask, parts: Split | None, since: date | None):
        self.frame, self.since, self.parts = frame, since, parts
        self.figures: list[Figure] = []
        self.tables: list[tuple[Sequence[str], Sequence[Sequence[str]], str, str]] = []
        self.answers: dict[tuple[str, Frame], Answer] = {}
        self.asked = ask

    def _frame(self, within: bool = False, before: bool = False, whole: bool = False, **facts: Any) -> Frame:
        days = {name: facts.pop(name) for name in _DAYS if name in facts}
        if self.since and within:
            days = {"start": self.since + timedelta(days=1), "end": self.frame.as_of + timedelta(days=1)}
        elif self.since and before:
            days = {"as_of": self.since}
        filters = {} if whole else dict(self.frame.filters)
        return replace(self.frame, filters=filters | facts, **days)

    def answer(self, code: str, frame: Frame) -> Answer:
        if (code, frame) not in self.answers:
            self.answers[code, frame] = self.asked(code, frame)
        return self.answers[code, frame]

    def place(self, code: str, frame: Frame, bare: bool = False) -> str:
        found = self.answer(code, frame)
        self.figures.append(Figure(len(self.figures) + 1, code, frame, found, printed(found, bare), bare))
        return f"{OPEN}{len(self.figures)}{CLOSE}"

    def fig(self, code: str, **facts: Any) -> str:
        return self.place(code, self._frame(**facts))

    def num(self, code: str, **facts: Any) -> str:
        return self.place(code, self._frame(**facts), bare=True)

    def val(self, code: str, **facts: Any) -> Any:
        return self.answer(code, self._frame(**facts)).value

    def grid(self, header: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "", note: str = "") -> str:
        self.tables.append((header, rows, caption, note))
        return f"\n\n\ue002{len(self.tables)}\ue003\n\n"

    def table(self, codes: str, by: str, label: str = "县市区", total: str = "合计", **facts: Any) -> str:
        """Indicators beside each other, a line for each part of `by` and one for the whole, each cell a figure."""
        words = {name: facts.pop(name) for name in ("caption", "note") if name in facts}
        frame, head = self._frame(**facts), [label]
        lines: dict[str, tuple[str, Frame]] = {}
        found = self.parts(codes.split(), frame, by) if self.parts else {}
        for code in codes.split():
            for part in found.get(code, ()):
                self.answers[code, part.answer.frame] = part.answer
                lines.setdefault(part.key, (part.label, part.answer.frame))
            unit = self.answer(code, frame).unit
            head.append(f"{self.answer(code, frame).indicator.name}" + ("" if unit == "%" else f"（{unit}）"))
        rows = [[label, *(self.place(c, at, bare=True) for c in codes.split())] for label, at in lines.values()]
        whole = [total, *(self.place(code, frame, bare=True) for code in codes.split())]
        return self.grid(head, [*rows, whole], **words)


def compose(
    source: str,
    frame: Frame,
    ask: Ask,
    words: Mapping[str, Any],
    *,
    parts: Split | None = None,
    since: date | None = None,
) -> Draft:
    """Fill a template (docs/packs.md): `fig` prints a figure, `val` gives its value for conditions, `table` a table.

    `ask` answers an indicator, `parts` splits several; `words` are what else it may name (campaign, place_name).
    The frame's filters hold for every figure. Raises Refused when the template itself is wrong: unknown name, unknown
    indicator, broken syntax, naming the line.
    """
    filling = _Filling(frame, ask, parts, since)
    # The text is words for a .docx and for escaped HTML, so Jinja's own HTML escaping would show in the document.
    sandbox = SandboxedEnvironment(autoescape=False, trim_blocks=False)
    sandbox.filters["cn"] = lambda day: f"{day.month}月{day.day}日"
    calls = {name: getattr(filling, name) for name in ("fig", "num", "val", "grid", "table")}
    try:
        with override("zh-hans"):  # the document is Chinese, whoever reads the page around it
            text = sandbox.from_string(source).render(**calls, as_of=frame.as_of, since=since, **words)
            return _read(text, filling)
    except TemplateError as error:
        line = getattr(error, "lineno", None) or 0
        raise Refused(_t("文种模板第 %(line)s 行有误：%(why)s") % {"line": line, "why": error.message}) from error


def _read(text: str, filling: _Filling) -> Draft:
    """The blocks of a filled template: `# ` title, `## ` … headings, other lines paragraphs."""
    title, blocks, figures = "", [], filling.figures
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("# "):
            title = _FIGURE.sub(lambda m: figures[int(m.group(1)) - 1].text, line[2:].strip())
        elif heading := _HEADING.fullmatch(line):
            depth, own = len(heading.group(1)) - 1, int(heading.group(2) or 0)
            blocks.append(Block(depth, _pieces(heading.group(3), figures), own=own))
        elif table := _TABLE.fullmatch(line):
            header, rows, caption, note = filling.tables[int(table.group(1)) - 1]
            cells = tuple(tuple(_pieces(cell, figures) for cell in row) for row in rows)
            blocks.append(Block(0, (), table=Grid(tuple(header), cells, caption, note)))
        else:
            blocks.append(Block(0, _pieces(line, figures)))
    return numbered(title, [replace(block, key=f"b{n}") for n, block in enumerate(blocks, 1)])


def _pieces(line: str, figures: Sequence[Figure]) -> Pieces:
    parts = _FIGURE.split(str(line))
    found = [figures[int(part) - 1] if place % 2 else part for place, part in enumerate(parts)]
    return tuple(piece for piece in found if piece != "")


def numbered(title: str, blocks: Sequence[Block]) -> Draft:
    """The draft with headings and figures numbered in the order of the text; a heading keeps an ordinal of its own."""
    last, counted, figures = [0] * 6, [], list[Figure]()

    def count(pieces: Pieces) -> Pieces:
        made: list[str | Figure] = []
        for piece in pieces:
            if isinstance(piece, Figure):
                figures.append(piece := replace(piece, seq=len(figures) + 1))
            made.append(piece)
        return tuple(made)

    for block in blocks:
        if block.depth:
            last[block.depth] = block.own or last[block.depth] + 1
            last[block.depth + 1 :] = [0] * (5 - block.depth)
        pieces, table = count(block.pieces), block.table
        if table:
            table = replace(table, rows=tuple(tuple(count(cell) for cell in row) for row in table.rows))
        ordinal = last[block.depth] if block.depth else 0
        counted.append(replace(block, ordinal=ordinal, pieces=pieces, table=table))
    return Draft(title, tuple(counted), tuple(figures))


# -- keeping a draft -----------------------------------------------------------------------------------------------


def kept(draft: Draft) -> list[dict[str, Any]]:
    """The blocks as the database keeps them; a figure by what it asks and what it printed."""
    return [_kept_block(block) for block in draft.blocks]


def _kept_block(block: Block) -> dict[str, Any]:
    facts: dict[str, Any] = {"key": block.key, "depth": block.depth, "own": block.own}
    if block.table is None:
        return facts | {"pieces": _kept_pieces(block.pieces)}
    rows = [[_kept_pieces(cell) for cell in row] for row in block.table.rows]
    words = {"header": list(block.table.header), "caption": block.table.caption, "note": block.table.note}
    return facts | {"pieces": [], "table": words | {"rows": rows}}


def _kept_pieces(pieces: Pieces) -> list[Any]:
    return [piece if isinstance(piece, str) else _kept_figure(piece) for piece in pieces]


def _kept_figure(figure: Figure) -> dict[str, Any]:
    facts = figure.frame.facts()
    asked = {name: facts[name] for name in ("place", "as_of", "start", "end", "filters")}
    return {"code": figure.code, "text": figure.text, "bare": figure.bare, **asked}


def opened(title: str, content: Sequence[Mapping[str, Any]], frame: Frame, ask: Ask | None) -> Draft:
    """Read `kept` blocks back; `ask` answers each figure now, None leaves them as they were written."""

    def figure(facts: Mapping[str, Any]) -> Figure:
        days = {name: date.fromisoformat(facts[name]) if facts.get(name) else None for name in ("start", "end")}
        as_of = date.fromisoformat(facts["as_of"]) if facts.get("as_of") else frame.as_of
        place = facts.get("place", frame.place)
        asked = Frame(frame.campaign, place, as_of, filters=facts.get("filters", {}), **days)
        code = facts.get("code", "")
        return Figure(0, code, asked, ask(code, asked) if ask else None, facts["text"], bool(facts.get("bare")))

    def pieces(kept_pieces: Sequence[Any]) -> Pieces:
        return tuple(piece if isinstance(piece, str) else figure(piece) for piece in kept_pieces)

    def block(n: int, facts: Mapping[str, Any]) -> Block:
        table = facts.get("table")
        if table:
            rows = tuple(tuple(pieces(cell) for cell in row) for row in table["rows"])
            table = Grid(tuple(table["header"]), rows, table["caption"], table["note"])
        key = facts.get("key") or f"b{n}"
        return Block(facts["depth"], pieces(facts["pieces"]), key=key, table=table, own=facts.get("own", 0))

    return numbered(title, [block(n, facts) for n, facts in enumerate(content, 1)])


def row_ids(frozen: Mapping[str, Any]) -> list[int]:
    """The ids a frozen figure's ranges stand for, ascending."""
    return [i for first, last in frozen["row_ids"] for i in range(first, last + 1)]
