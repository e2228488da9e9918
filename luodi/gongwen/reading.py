"""Reads a .docx that Word, WPS, LibreOffice or we ourselves wrote, with every look resolved."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from xml.etree.ElementTree import Element

from luodi.gongwen.inheritance import Facts, Styles, merged, styles_of
from luodi.gongwen.labels import Labels
from luodi.gongwen.package import Package, local, opened, twips
from luodi.gongwen.pages import section_of, table_of
from luodi.gongwen.rules import Unfit
from luodi.gongwen.sheet import Edge, Grid, Letters, Paragraph, Section, Sheet

SIDES = {"start": "left", "end": "right", "distribute": "both", "thaiDistribute": "both", "num": "left"}
WRAPPERS = {"hyperlink", "ins", "smartTag", "sdt", "sdtContent", "fldSimple", "moveTo", "customXml", "dir", "bdo"}
GONE = {"del", "moveFrom"}
CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
SIZE = 10.0  # points, when nothing says a size


def paragraphs(docx: bytes) -> list[Paragraph]:
    """Return the paragraphs that have text, downward, cells of tables and text boxes where they stand.

    Numbers of lists are part of the text; deleted and hidden words are not. Unfit if it is no sound .docx.
    """
    return [paragraph for paragraph in read(docx).paragraphs if not paragraph.blank]


def read(docx: bytes) -> Sheet:
    """Return everything the checks look at. Unfit if it is no sound .docx."""
    package = opened(docx)
    return _Reader(package).sheet()


class _Reader:
    """Walks through the text once, counting lists, tables and sections."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.styles: Styles = styles_of(package)
        self.labels = Labels(package)
        self.sections: list[Section] = []
        self.tables: list[Grid] = []
        self.number = 0
        self.page_due = False  # a page break stood in the paragraph before
        self.style_facts = lru_cache(512)(self.styles.facts)

    def sheet(self) -> Sheet:
        root = self.package.tree(self.package.main)
        body = root.find("body") if root is not None else None
        if body is None:
            raise Unfit("文件里没有正文，可能已经损坏。请用 Word 或 WPS 打开后另存一份再试。")
        found = tuple(self._blocks(body, "body"))
        last = body.find("sectPr")
        self.sections.append(self._section(last))
        normal = self.style_facts("rPr", (self.styles.normal,))
        return Sheet(
            sections=tuple(self.sections),
            paragraphs=found,
            tables=tuple(self.tables),
            even_differs=self._even_differs(),
            points=_points(normal),
            comments=any(local(e) == "commentReference" for e in body.iter()),
        )

    def _even_differs(self) -> bool:
        for name in self.package.related("settings"):
            tree = self.package.tree(name)
            found = tree.find("evenAndOddHeaders") if tree is not None else None
            if found is not None:
                return found.get("val", "1") not in ("0", "false", "off")
        return False

    def _section(self, properties: Element | None) -> Section:
        before = self.sections[-1] if self.sections else None
        return section_of(properties, before, self._margin_text)

    def _margin_text(self, key: str) -> tuple[Paragraph, ...]:
        """Return the paragraphs of a header or footer."""
        tree = self.package.tree(self.package.part_of(key))
        if tree is None:
            return ()
        count, self.number = self.number, 0
        found = tuple(self._blocks(tree, "body"))
        self.number = count
        return found

    def _blocks(self, parent: Element, place: str, table: int = -1, row: int = -1) -> Iterator[Paragraph]:
        for element in parent:
            name = local(element)
            if element.tag == "p":
                yield from self._paragraph(element, place, table, row)
            elif element.tag == "tbl":
                yield from self._table(element, place)
            elif name == "AlternateContent":
                yield from self._blocks(_choice(element), place, table, row)
            elif name in WRAPPERS:
                yield from self._blocks(element, place, table, row)

    def _table(self, element: Element, place: str) -> Iterator[Paragraph]:
        index = len(self.tables)
        self.tables.append(table_of(element, len(self.sections), place))
        inside = "cell" if place == "body" else place
        for number, row in enumerate(_inner(element, "tr")):
            for cell in _inner(row, "tc"):
                yield from self._blocks(cell, inside, index, number)

    def _paragraph(self, element: Element, place: str, table: int, row: int) -> Iterator[Paragraph]:
        properties = element.find("pPr")
        style = _style(properties) or self.styles.normal
        direct = properties is not None and properties.find("numPr") is not None
        facts = self.style_facts("pPr", (style,))
        mark = self.style_facts("rPr", (style,))
        number, depth = self._list(facts, properties, style, direct)
        if number:
            level = self.labels.level(number, depth)
            lie = level.find("pPr") if level is not None else None
            if direct or "ind" not in facts:
                facts = merged(facts, lie)
        facts = merged(facts, properties)
        inside = _Inside(self, mark)
        inside.walk(element)
        label = self.labels.next(number, depth) if number else ""
        own = properties.find("rPr") if properties is not None else None
        made = self._made(facts, merged(mark, own), inside, label)
        if place == "body":
            made = replace(made, new_page=made.new_page or self.page_due)
            self.page_due = inside.page_after
        if made.text.strip() and place == "body":
            self.number += 1
            made = replace(made, number=self.number)
        yield replace(made, style=self.styles.name(style), place=place, table=table, row=row)
        for box, align in inside.boxes:
            yield from (replace(row, frame=align or row.frame) for row in self._blocks(box, "box"))
        if place == "body" and properties is not None and properties.find("sectPr") is not None:
            self.sections.append(self._section(properties.find("sectPr")))

    def _list(self, facts: Facts, properties: Element | None, style: str, direct: bool) -> tuple[str, int]:
        """Return the list a paragraph belongs to and its depth there, ("", 0) if none."""
        own = merged(facts, properties)
        number = own.get("numPr.numId", {}).get("val", "")
        depth = own.get("numPr.ilvl", {}).get("val", "")
        if number in ("", "0"):
            return "", 0
        if not depth.isdigit():
            return number, 0 if direct else self.labels.depth_of(number, style)
        return number, int(depth)

    def _made(self, facts: Facts, mark: Facts, inside: "_Inside", label: str) -> Paragraph:
        letters = tuple(inside.letters)
        points = letters[0].points if letters else _points(mark)
        lie = Paragraph(
            text=label + "".join(letters.text for letters in inside.letters),
            letters=letters,
            label=label,
            points=points,
            section=len(self.sections),
            new_page=_on(facts, "pageBreakBefore") or inside.new_page,
            fields=tuple(inside.fields),
            tracked=inside.tracked,
            drawn=inside.drawn,
            frame=facts.get("framePr", {}).get("xAlign", ""),
            edges=_edges(facts),
            snap=facts.get("snapToGrid", {}).get("val", "1") not in ("0", "false", "off"),
        )
        return _spaced(_indented(lie, facts.get("ind", {}), points), facts)


class _Inside:
    """What stands in one paragraph: its runs, fields and text boxes."""

    def __init__(self, reader: _Reader, mark: Facts) -> None:
        self.reader, self.mark = reader, mark
        self.letters: list[Letters] = []
        self.fields: list[str] = []
        self.boxes: list[tuple[Element, str]] = []
        self.new_page = self.page_after = self.tracked = self.drawn = False

    def walk(self, parent: Element) -> None:
        for element in parent:
            name = local(element)
            if name in GONE:
                self.tracked = True
            elif element.tag == "r":
                self._run(element)
            elif name == "AlternateContent":
                self.walk(_choice(element))
            elif name in WRAPPERS:
                self.tracked = self.tracked or name in ("ins", "moveTo")
                if name == "fldSimple":
                    self.fields.append(element.get("instr", ""))
                self.walk(element)

    def _run(self, element: Element) -> None:
        properties = element.find("rPr")
        facts = self.mark
        if named := _style(properties, "rStyle"):
            for style in self.reader.styles.chain(named):
                facts = merged(facts, style.find("rPr"))
        facts = merged(facts, properties)
        text = "".join(self._character(child) for child in element)
        if text and not _on(facts, "vanish"):
            self.letters.append(_letters(text, facts, self.reader.styles))

    def _character(self, element: Element) -> str:
        name = local(element)
        if element.tag == "t":
            self.page_after = self.page_after and not element.text
            return element.text or ""
        if element.tag == "instrText":
            self.fields.append(element.text or "")
        elif element.tag == "br" and element.get("type") == "page":
            self.new_page = self.new_page or not self.letters
            self.page_after = True
            return ""
        elif name in ("drawing", "pict", "object", "AlternateContent"):
            inner = _choice(element) if name == "AlternateContent" else element
            found = list(inner.iter("txbxContent"))
            self.boxes.extend((box, _align(inner)) for box in found)
            self.drawn = self.drawn or not found
            return ""
        return CHARACTERS.get(element.tag, "")


def _choice(element: Element) -> Element:
    """Return the first of the alternatives; the later ones repeat it for old programs."""
    return element[0] if len(element) else element


def _align(drawing: Element) -> str:
    """Return where a text box stands from side to side, "" if that is given as a length."""
    for position in drawing.iter():
        if local(position) == "positionH":
            return next((child.text or "" for child in position if local(child) == "align"), "")
    return ""


def _inner(parent: Element, name: str) -> Iterator[Element]:
    """Yield the rows of a table or the cells of a row; some programs wrap them in controls."""
    for element in parent:
        if element.tag == name:
            yield element
        elif local(element) in WRAPPERS:
            yield from _inner(element, name)


def _style(properties: Element | None, name: str = "pStyle") -> str:
    found = properties.find(name) if properties is not None else None
    return "" if found is None else found.get("val", "")


def _on(facts: Facts, name: str) -> bool:
    return name in facts and facts[name].get("val", "1") not in ("0", "false", "off", "none")


def _points(facts: Facts) -> float:
    text = facts.get("sz", {}).get("val", "")
    return twips(text) / 2 if text.replace(".", "", 1).isdigit() else (twips(text) / 20 or SIZE)


def _letters(text: str, facts: Facts, styles: Styles) -> Letters:
    return Letters(
        text=text,
        font=styles.font(facts),
        latin=styles.font(facts, "ascii"),
        points=_points(facts),
        bold=_on(facts, "b"),
        italic=_on(facts, "i"),
        underlined=_on(facts, "u"),
        highlighted=_on(facts, "highlight"),
        colour=facts.get("color", {}).get("val", "").upper(),
        tight=twips(facts.get("spacing", {}).get("val")),
    )


def _indented(paragraph: Paragraph, indent: dict[str, str], points: float) -> Paragraph:
    """Return the paragraph with its indents."""
    return replace(
        paragraph,
        left=_indent(indent, "left", points) or _indent(indent, "start", points),
        right=_indent(indent, "right", points) or _indent(indent, "end", points),
        first=_indent(indent, "firstLine", points) - _indent(indent, "hanging", points),
    )


def _spaced(paragraph: Paragraph, facts: Facts) -> Paragraph:
    """Return the paragraph with its side and with how its lines follow one another."""
    space, side = facts.get("spacing", {}), facts.get("jc", {}).get("val", "left")
    return replace(
        paragraph,
        side=SIDES.get(side, side),
        line=twips(space.get("line"), 240),
        rule=space.get("lineRule", "auto"),
        before=_gap(space, "before"),
        after=_gap(space, "after"),
    )


def _indent(indent: dict[str, str], name: str, points: float) -> float:
    """Return an indent; one given in hundredths of a character counts before one given in twips."""
    chars = twips(indent.get(f"{name}Chars"))
    return chars / 100 * points * 20 if chars else twips(indent.get(name))


def _gap(space: dict[str, str], name: str) -> float:
    if space.get(f"{name}Autospacing", "0") in ("1", "true", "on"):
        return 280
    lines = twips(space.get(f"{name}Lines"))
    return lines / 100 * 240 if lines else twips(space.get(name))


def _edges(facts: Facts) -> dict[str, Edge]:
    found = {}
    for name in ("top", "bottom"):
        line = facts.get(f"pBdr.{name}", {})
        if line.get("val", "none") not in ("none", "nil"):
            found[name] = Edge(twips(line.get("sz")) / 8, line.get("color", "").upper())
    return found
