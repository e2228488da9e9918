"""The numbers a word processor gives to the paragraphs of its lists: they are not in the text but on the page."""

import re
from collections import defaultdict
from xml.etree.ElementTree import Element

from luodi.gongwen.numbering import chinese_numeral
from luodi.gongwen.package import Package

CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "ideographTraditional",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
}
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


class Labels:
    """Counts the lists of one file while its paragraphs are read from the first to the last."""

    def __init__(self, package: Package) -> None:
        self.lists: dict[str, Element] = {}
        self.numbers: dict[str, Element] = {}
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        self.begun: set[tuple[str, int]] = set()
        for name in package.related("numbering"):
            tree = package.tree(name)
            for element in tree if tree is not None else ():
                if element.tag == "abstractNum":
                    self.lists[element.get("abstractNumId", "")] = element
                elif element.tag == "num":
                    self.numbers[element.get("numId", "")] = element

    def level(self, number: str, depth: int) -> Element | None:
        """Return a level of a list, None if there is none."""
        abstract = self._abstract(number)
        for level in abstract.findall("lvl") if abstract is not None else ():
            if level.get("ilvl") == str(depth):
                return level
        return None

    def depth_of(self, number: str, style: str) -> int:
        """Return the level a style stands for in a list."""
        abstract = self._abstract(number)
        for level in abstract.findall("lvl") if abstract is not None else ():
            if _value(level, "pStyle") == style:
                return int(level.get("ilvl", "0")) if level.get("ilvl", "0").isdigit() else 0
        return 0

    def next(self, number: str, depth: int) -> str:
        """Count one on and return the label, "" if the list does not exist."""
        level = self.level(number, depth)
        if level is None:
            return ""
        counts = self.counts[self._key(number)]
        start = self._start(number, depth, level)
        if depth not in counts or (self._restarts(number, depth) and (number, depth) not in self.begun):
            counts[depth] = start - 1
        self.begun.add((number, depth))
        counts[depth] += 1
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        if _value(level, "numFmt") == "bullet":
            return "•"
        return re.sub(r"%([1-9])", lambda m: self._numeral(number, int(m[1]) - 1), _value(level, "lvlText"))

    def _numeral(self, number: str, depth: int) -> str:
        level = self.level(number, depth)
        count = self.counts[self._key(number)].get(depth, 1)
        kind = _value(level, "numFmt") if level is not None else "decimal"
        if kind in CHINESE and 1 <= count <= 9999:
            return chinese_numeral(count)
        if kind == "decimalFullWidth":
            return str(count).translate(FULL_WIDTH)
        if kind.startswith("decimalEnclosedCircle") and 1 <= count <= len(CIRCLED):
            return CIRCLED[count - 1]
        return str(count)

    def _abstract(self, number: str) -> Element | None:
        return self.lists.get(self._key(number))

    def _key(self, number: str) -> str:
        return _value(self.numbers[number], "abstractNumId") if number in self.numbers else ""

    def _override(self, number: str, depth: int) -> str:
        for override in self.numbers[number].findall("lvlOverride") if number in self.numbers else ():
            if override.get("ilvl") == str(depth):
                return _value(override, "startOverride")
        return ""

    def _restarts(self, number: str, depth: int) -> bool:
        return bool(self._override(number, depth))

    def _start(self, number: str, depth: int, level: Element) -> int:
        text = self._override(number, depth) or _value(level, "start")
        return int(text) if text.isdigit() and len(text) < 6 else 1


def _value(element: Element, name: str) -> str:
    found = element.find(name)
    return "" if found is None else found.get("val", "")
