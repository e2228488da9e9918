"""What a paragraph and a run look like in the end: defaults, then styles from the eldest down, then what is written
on the spot; fonts may be named by the theme."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from luodi.gongwen.package import Package

Facts = dict[str, dict[str, str]]  # name of a property -> its attributes
# What an attribute puts out of force when it is written nearer to the text: attribute -> those it rivals.
FIRST_LINE = ("firstLine", "firstLineChars", "hanging", "hangingChars")
RIVALS = {
    **dict.fromkeys(FIRST_LINE, FIRST_LINE),
    "left": ("leftChars", "start", "startChars"),
    "right": ("rightChars", "end", "endChars"),
    "eastAsia": ("eastAsiaTheme",),
    "ascii": ("asciiTheme",),
    "hAnsi": ("hAnsiTheme",),
    "before": ("beforeAutospacing", "beforeLines"),
    "after": ("afterAutospacing", "afterLines"),
}
LONGEST_CHAIN = 30  # styles based on one another; Word allows eleven


def merged(base: Facts, properties: Element | None) -> Facts:
    """Return the facts with those of w:pPr or w:rPr over them. Attributes of one property add up (ind, spacing)."""
    made = dict(base)
    for element in properties if properties is not None else ():
        name, given = element.tag, dict(element.attrib)
        made[name] = _kept(name, made.get(name, {}), given) | given
        for child in element:  # borders, numbering: their children count as properties of their own
            made[f"{name}.{child.tag}"] = dict(child.attrib)
    return made


def _kept(name: str, old: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    """Return the older attributes that the given ones leave in force."""
    if name not in ("rFonts", "ind", "spacing"):
        return {}
    rivals = {rival for word in given for rival in RIVALS.get(word, ())}
    return {word: value for word, value in old.items() if word not in rivals}


@dataclass
class Styles:
    """The styles of one file."""

    elements: dict[str, Element] = field(default_factory=dict)
    defaults: dict[str, Element | None] = field(default_factory=dict)
    normal: str = ""
    fonts: dict[str, str] = field(default_factory=dict)

    def name(self, key: str) -> str:
        """Return the style's name as the program shows it."""
        found = self.elements[key].find("name") if key in self.elements else None
        return key if found is None else found.get("val", key)

    def chain(self, key: str) -> list[Element]:
        """Return the style and what it is based on, eldest first."""
        found: list[Element] = []
        while key in self.elements and len(found) < LONGEST_CHAIN and self.elements[key] not in found:
            found.append(self.elements[key])
            base = found[-1].find("basedOn")
            key = "" if base is None else base.get("val", "")
        return found[::-1]

    def facts(self, kind: str, keys: Iterable[str]) -> Facts:
        """Return the facts of a kind (pPr, rPr): defaults and then these styles in turn."""
        made = merged({}, self.defaults.get(kind))
        for key in keys:
            for style in self.chain(key):
                made = merged(made, style.find(kind))
        return made

    def font(self, facts: Facts, script: str = "eastAsia") -> str:
        """Return the font of a script (eastAsia, ascii), "" if nothing names one."""
        named = facts.get("rFonts", {})
        theme = named.get(f"{script}Theme", "")
        return self.fonts.get(theme, "") or named.get(script, "")


def styles_of(package: Package) -> Styles:
    """Return the styles of a file; a file without styles has none and everything stands on the spot."""
    made = Styles(fonts=_theme(package))
    for name in package.related("styles"):
        tree = package.tree(name)
        for style in tree.findall("style") if tree is not None else ():
            made.elements[style.get("styleId", "")] = style
            if style.get("type") == "paragraph" and style.get("default") in ("1", "true", "on"):
                made.normal = style.get("styleId", "")
        for kind in ("rPr", "pPr"):
            found = tree.find(f"docDefaults/{kind}Default/{kind}") if tree is not None else None
            made.defaults[kind] = found
    return made


def _theme(package: Package) -> dict[str, str]:
    fonts: dict[str, str] = {}
    for name in package.related("theme"):
        tree = package.tree(name)
        for element in tree.iter() if tree is not None else ():
            word = element.tag.rpartition("}")[2]
            if word in ("majorFont", "minorFont"):
                fonts |= _theme_fonts(word[:5], element)
    return fonts


def _theme_fonts(size: str, element: Element) -> dict[str, str]:
    found = {"latin": "", "ea": "", "Hans": ""}
    for child in element:
        word = child.tag.rpartition("}")[2]
        key = child.get("script", "") if word == "font" else word
        if key in found:
            found[key] = child.get("typeface", "")
    chinese = found["ea"] or found["Hans"]
    return {
        f"{size}EastAsia": chinese,
        f"{size}HAnsi": found["latin"],
        f"{size}Ascii": found["latin"],
        f"{size}Bidi": found["latin"],
    }
