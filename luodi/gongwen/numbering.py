"""Chinese numerals, dates and the numbers of headings."""

from collections.abc import Iterable, Iterator
from datetime import date

from luodi.gongwen.model import Block, Heading

DIGITS = "零一二三四五六七八九"
PLACES = ("", "十", "百", "千")


def chinese_numeral(n: int) -> str:
    """Return 1-9999 in Chinese: 10 十, 12 十二, 20 二十, 101 一百零一, 110 一百一十.

    ValueError outside that range: no heading and no serial of a document is so large.
    """
    if not 1 <= n <= 9999:
        raise ValueError(f"only 1 to 9999 can be written, not {n}")
    words, gap = "", False
    for place in range(len(str(n)) - 1, -1, -1):
        digit = n // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + DIGITS[digit] + PLACES[place]
        gap = not digit
    return words[1:] if words.startswith("一十") else words


def chinese_date(day: date) -> str:
    """Return the date as a document shows it, full year and no leading zeros: 2020年8月31日 (GB/T 9704 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def heading_label(depth: int, n: int) -> str:
    """Return the number before the n-th heading of a depth 1-4: 一、 （一） 1. （1） (GB/T 9704 7.3.3)."""
    if depth == 1:
        return f"{chinese_numeral(n)}、"
    if depth == 2:
        return f"（{chinese_numeral(n)}）"
    if depth == 3:
        return f"{n}."
    if depth == 4:
        return f"（{n}）"
    raise ValueError(f"a heading has depth 1 to 4, not {depth}")


def labelled(blocks: Iterable[Block]) -> Iterator[tuple[Block, str]]:
    """Yield each block with its number, "" for all but numbered headings; a heading restarts the deeper counts."""
    counts = [0, 0, 0, 0]
    for block in blocks:
        if not isinstance(block, Heading):
            yield block, ""
            continue
        counts[block.depth :] = [0] * (4 - block.depth)
        if block.numbered:
            counts[block.depth - 1] += 1
        yield block, heading_label(block.depth, counts[block.depth - 1]) if block.numbered else ""
