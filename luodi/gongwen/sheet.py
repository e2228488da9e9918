"""What is read out of a .docx: pages, paragraphs, letters and tables, all lengths in twips and sizes in points."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from luodi.gongwen.layout import width


@dataclass(frozen=True)
class Letters:
    """A stretch of text in one look; `font` sets its Chinese characters, `latin` the others."""

    text: str
    font: str = ""
    latin: str = ""
    points: float = 10.5
    bold: bool = False
    italic: bool = False
    underlined: bool = False
    highlighted: bool = False
    colour: str = ""
    tight: float = 0


@dataclass(frozen=True)
class Edge:
    """A line along a paragraph or a table; `weight` in points."""

    weight: float
    colour: str = ""


@dataclass(frozen=True)
class Paragraph:
    """One paragraph as it looks. `text` begins with the number a list gives it, which is also in `label`.

    place: "body", "cell" (of table number `table`, row `row`, from 0) or "box" (a text box; in a box's table too).
    side: left, right, center or both. first is negative for a hanging indent. rule: auto, exact or atLeast; with auto,
    `line` is in 240ths of a line. drawn: it holds a picture or a drawn line. frame: where its frame or text
    box stands on the page if that is said in words (left, center, right, outside). number counts the paragraphs of the
    body that have text, from 1, else 0.
    """

    text: str
    letters: tuple[Letters, ...] = ()
    style: str = ""
    label: str = ""
    side: str = "left"
    left: float = 0
    right: float = 0
    first: float = 0
    line: float = 240
    rule: str = "auto"
    before: float = 0
    after: float = 0
    snap: bool = True
    points: float = 10.5
    place: str = "body"
    section: int = 0
    table: int = -1
    row: int = -1
    number: int = 0
    new_page: bool = False
    edges: Mapping[str, Edge] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    tracked: bool = False
    drawn: bool = False
    frame: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing is to be read in it."""
        return not self.text.strip("　 \t\n\xa0")

    @property
    def words(self) -> str:
        """The text without the spaces around it."""
        return self.text.strip("　 \t\n\xa0")

    @property
    def here(self) -> str:
        """Where it is, for a person: 第 3 段（一、总体情况）."""
        words = self.words.replace("\n", "")
        quoted = words if len(words) <= 14 else f"{words[:13]}…"
        spot = {"cell": f"第 {self.table + 1} 个表格第 {self.row + 1} 行", "box": "文本框"}.get(
            self.place, f"第 {self.number} 段"
        )
        return f"{spot}（{quoted}）"

    @property
    def char(self) -> float:
        """The width of one of its Chinese characters."""
        for letters in self.letters:
            if letters.text.strip():
                return letters.points * 20 + letters.tight
        return self.points * 20

    @property
    def lead(self) -> float:
        """How far its first character stands from the left edge of the type area; spaces count."""
        spaces = len(self.text) - len(self.text.lstrip("　 \xa0"))
        return self.left + self.first + self._blanks(self.text[:spaces])

    @property
    def flush(self) -> bool:
        """Whether it begins at the left edge of the type area, within half a character."""
        return self.side in ("left", "both") and abs(self.lead) <= self.char / 2

    def span(self, area: float) -> tuple[float, float]:
        """Return how far its first line's text stands from the left and from the right edge of a type area.

        Half a character may be lost or won by the font; what a tab does is not known and counts two characters.
        """
        text = self.words.split("\n")[0]
        length = sum(width(c) - width(c, 16) + self.char * width(c, 16) / width("一", 16) for c in text)
        if self.side == "right":
            behind = self.text[len(self.text.rstrip("　 \xa0")) :]
            end = self.right + self._blanks(behind)
            return area - end - length, end
        start = self.lead
        if self.side == "center":
            start += (area - start - self.right - length) / 2
        return start, area - start - length

    def _blanks(self, text: str) -> float:
        return sum(self.char if c == "　" else self.char / 2 for c in text)


@dataclass(frozen=True)
class Section:
    """A stretch of pages of one paper. footers and headers: kind (default, even, first) -> paragraphs."""

    width: float = 12240
    height: float = 15840
    top: float = 1440
    bottom: float = 1440
    left: float = 1440
    right: float = 1440
    grid: str = ""
    pitch: float = 0
    char_space: float = 0
    footers: Mapping[str, tuple[Paragraph, ...]] = field(default_factory=dict)
    headers: Mapping[str, tuple[Paragraph, ...]] = field(default_factory=dict)

    @property
    def area_width(self) -> float:
        return self.width - self.left - self.right


@dataclass(frozen=True)
class Grid:
    """A table: how wide, how many rows, whether its first row repeats, and the weights of its horizontal lines."""

    width: float
    rows: int
    head: bool
    section: int
    lines: tuple[float, ...] = ()
    place: str = "body"


@dataclass(frozen=True)
class Sheet:
    """Everything read out of one file. paragraphs: downward, blank ones too, cells and boxes where they stand."""

    sections: tuple[Section, ...]
    paragraphs: tuple[Paragraph, ...]
    tables: tuple[Grid, ...]
    even_differs: bool = False
    points: float = 10.5
    comments: bool = False
