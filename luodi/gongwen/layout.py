"""The numbers of GB/T 9704-2012 in twips (1/20 point, 1/1440 inch), and where things come to lie.

No document grid is used: Writer and Word read it differently, and 22 x 28 came out as 18 x 14. Instead each line is
579 twips high (22 x 579 = 12,738 of 12,756; 580 gives 21 lines) and characters stand 5 twips closer than their own
width (28 x 315 = 8,820 of 8,844; without it only 27 fit).
"""

import itertools
import re
import unicodedata
from collections.abc import Sequence

PAPER_WIDTH, PAPER_HEIGHT = 11906, 16838  # A4, 210 x 297 mm
TOP, RIGHT, BOTTOM, LEFT = 2098, 1474, 1984, 1588  # 37, 26, 35, 28 mm
AREA_WIDTH = PAPER_WIDTH - LEFT - RIGHT  # 8844 = 156 mm, the type area (版心)
LINE = 579
TIGHT = -5
SIZE_2, SIZE_3, SIZE_4, SIZE_SMALL_4 = 22, 16, 14, 12  # 2号 3号 4号 小4号 in points
TITLE_LINE = 680  # 2号 needs more than a body line
CHAR = SIZE_3 * 20 + TIGHT  # one character (一字) of the body
FOOTER = 1397  # makes the dash of the page number stand 7 mm under the type area
FOOTER_LINE = 400
HEAD_DROP = 1955  # the mark's strokes begin 35 mm under the upper edge of the type area (1984, less the air above them)
RED_LINE_DROP = 140  # 4 mm from the strokes of the document number to the red line (227, less the air below them)
IMPRINT_LINE = 520
TABLE_GAP = 200  # under a table; two tables without a paragraph between them would become one
SEAL_GAP = 2  # blank lines above a sealed organ: a seal of 42 mm then begins within a line of the text
HEAD_LARGEST, HEAD_SMALLEST, HEAD_NARROWEST = 56, 30, 58  # points, points, per cent of a character's width
ATTACHMENT = "附件："
TITLE_CHARS = 19  # of 2号 that fit in a line

# Where a title may be broken. 的 stays with the kind of the document that ends the title (的通知).
PHRASE_END = re.compile(r"关于|的(?!.{0,5}$)|[和及、》]|.(?=《|关于)")
WORD_END = re.compile(
    PHRASE_END.pattern + r"|领域|问题|专项|工作|工程|小组|办公室|委员会|政府|情况|行动|项目|开展|进一步"
)


def width(text: str, size: int = SIZE_3) -> int:
    """Return the width of a text in twips at a size in points: Chinese characters are square, others half as wide."""
    return sum((size * 20 if unicodedata.east_asian_width(c) in "WFA" else size * 10) + TIGHT for c in text)


def signature_places(organ: str, day: str) -> tuple[int, int]:
    """Return how far from the left the unsealed signature and its date begin (GB/T 9704 7.3.5.2).

    The organ ends two characters before the right edge and the date begins two characters after the organ begins;
    a date longer than the organ itself ends two characters before the edge, and the organ moves to the left.
    """
    two = 2 * CHAR
    if width(day) > width(organ):
        date_at = AREA_WIDTH - two - width(day)
        return date_at - two, date_at
    organ_at = max(0, AREA_WIDTH - two - width(organ))
    return organ_at, organ_at + two


def sealed_places(organ: str, day: str) -> tuple[int, int]:
    """Return how far from the left organ and date begin under a seal (GB/T 9704 7.3.5.1).

    The date ends four characters before the right edge and the organ stands centred over it; an organ too long for
    that ends half a character before the edge of the type area.
    """
    date_at = AREA_WIDTH - 4 * CHAR - width(day)
    centred = date_at + (width(day) - width(organ)) // 2
    furthest = AREA_WIDTH - width(organ) - CHAR // 2  # half a character of air, so that no font wraps it
    return max(0, min(centred, furthest)), date_at


def places(organs: Sequence[str], day: str, *, sealed: bool) -> tuple[list[int], int]:
    """Return where each organ and the date begin. Several organs begin under one another, as the longest asks."""
    longest = max(organs, key=width)
    organ_at, date_at = (sealed_places if sealed else signature_places)(longest, day)
    return [organ_at] * len(organs), date_at


def date_right(organs: Sequence[str], day: str, *, sealed: bool) -> int:
    """Return the right indent of a date that is held from the right, so that no substitute font wraps it; else 0."""
    if sealed:
        return 4 * CHAR
    return 2 * CHAR if width(day) > max(map(width, organs)) else 0


def attachment_place(number: int, last: int) -> tuple[str, int, int]:
    """Return what stands before the name of the number-th of `last` attachments, and its left and hanging indents.

    Only several are numbered; wrapped lines stand under the name's first character (GB/T 9704 7.3.4).
    """
    digits = f"{number}." if last > 1 else ""
    narrow = SIZE_3 * 5 if digits else 0  # a full stop is a quarter of a character wide, not half
    left = 5 * CHAR + width(digits) - narrow
    return (ATTACHMENT if number == 1 else "") + digits, left, left - (2 if number == 1 else 5) * CHAR


def head_size(text: str) -> tuple[int, int]:
    """Return points and scale (per cent of the width) that bring the organ's mark into one line while it is legible."""
    length = max(len(text), 1)
    points = max(HEAD_SMALLEST, min(HEAD_LARGEST, AREA_WIDTH // 20 // length))
    scale = max(HEAD_NARROWEST, min(100, AREA_WIDTH * 5 // (points * length)))
    return points, scale


def title_lines(title: str) -> list[str]:
    """Break a title where words end, into lines of like length (GB/T 9704 7.3.1); given line breaks are kept.

    A title without such places is left to the word processor.
    """
    if "\n" in title or len(title) <= TITLE_CHARS:
        return [line.strip() for line in title.split("\n") if line.strip()]
    fewest = -(-len(title) // TITLE_CHARS)
    for ends in (PHRASE_END, WORD_END):
        lines = _evenly(title, [found.end() for found in ends.finditer(title)])
        if 0 < len(lines) <= fewest + 1:
            return lines
    return [title]


def _evenly(title: str, places: list[int]) -> list[str]:
    """Return the fewest lines with breaks at these places only, as even as they can be; none if a line is too long."""
    best: dict[int, tuple[int, int, list[str]]] = {0: (0, 0, [])}  # where a line ends: lines, unevenness, the lines
    for end in sorted({*places, len(title)}):
        ways = [
            (count + 1, squares + (end - start) ** 2, [*lines, title[start:end]])
            for start, (count, squares, lines) in best.items()
            if 0 < end - start <= TITLE_CHARS
        ]
        if ways:
            best[end] = min(ways)
    return best[len(title)][2] if len(title) in best else []


def column_widths(shares: tuple[float, ...]) -> list[int]:
    """Split the width of the type area by shares, so that the columns together fill it exactly."""
    edges = [round(AREA_WIDTH * sum(shares[:n]) / sum(shares)) for n in range(len(shares) + 1)]
    return [b - a for a, b in itertools.pairwise(edges)]
