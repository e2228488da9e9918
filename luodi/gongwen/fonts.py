"""The fonts a document names. They are commercial, so they are named and never embedded."""

from dataclasses import dataclass

from luodi.gongwen.markup import HEADER, NAMESPACES, attribute

# What a word processor that lacks a font takes instead. One short name each: Word keeps little room for it.
SUBSTITUTES = {
    "方正小标宋简体": "华文中宋",
    "仿宋_GB2312": "仿宋",
    "楷体_GB2312": "楷体",
    "黑体": "SimHei",
    "宋体": "SimSun",
    "Times New Roman": "Liberation Serif",
}


@dataclass(frozen=True)
class Fonts:
    """Names of the fonts: title and organ's mark, body, level 2, level 1, page number, Latin letters and digits."""

    title: str = "方正小标宋简体"
    body: str = "仿宋_GB2312"
    kai: str = "楷体_GB2312"
    hei: str = "黑体"
    song: str = "宋体"
    latin: str = "Times New Roman"


STANDARD = Fonts()


def font_table(fonts: Fonts) -> str:
    """Return word/fontTable.xml: each font once, with what may stand in for it."""
    entries = []
    for name in dict.fromkeys((fonts.title, fonts.body, fonts.kai, fonts.hei, fonts.song, fonts.latin)):
        other = f"<w:altName w:val={attribute(SUBSTITUTES[name])}/>" if name in SUBSTITUTES else ""
        charset, family = ("00", "roman") if name == fonts.latin else ("86", "auto")
        kind = f'<w:charset w:val="{charset}"/><w:family w:val="{family}"/><w:pitch w:val="variable"/>'
        entries.append(f"<w:font w:name={attribute(name)}>{other}{kind}</w:font>")
    return f"{HEADER}<w:fonts {NAMESPACES}>{''.join(entries)}</w:fonts>"
