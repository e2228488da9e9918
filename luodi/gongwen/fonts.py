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


# What sets a page where neither is installed: free fonts last, Noto because it has every rare character of a name.
FALLBACKS = {
    "title": ("FZXiaoBiaoSong-B05S", "STZhongsong", "FandolSong", "Noto Serif CJK SC"),
    "body": ("FangSong", "STFangsong", "FandolFang R", "Noto Serif CJK SC"),
    "kai": ("KaiTi", "STKaiti", "FandolKai", "LXGW WenKai", "Noto Serif CJK SC"),
    "hei": ("SimHei", "STHeiti", "FandolHei", "Noto Sans CJK SC"),
    "song": ("SimSun", "STSong", "FandolSong", "Noto Serif CJK SC"),
    "latin": ("Liberation Serif", "Libertinus Serif"),
}
# The same faces under their own and under their Chinese names; a checker takes one for the other.
FAMILIES = {
    "title": {"方正小标宋简体", "方正小标宋_GBK", "方正小标宋", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "小标宋"},
    "body": {
        "仿宋_GB2312",
        "仿宋",
        "FangSong",
        "FangSong_GB2312",
        "STFangsong",
        "华文仿宋",
        "方正仿宋_GBK",
        "方正仿宋简体",
    },
    "kai": {"楷体_GB2312", "楷体", "KaiTi", "KaiTi_GB2312", "STKaiti", "华文楷体", "方正楷体_GBK", "方正楷体简体"},
    "hei": {"黑体", "SimHei", "STHeiti", "华文黑体", "方正黑体_GBK", "方正黑体简体"},
    "song": {"宋体", "SimSun", "NSimSun", "新宋体", "STSong", "华文宋体", "方正书宋_GBK"},
}


@dataclass(frozen=True)
class Fonts:
    """Names of the fonts: title and organ's mark, body, level 2, level 1, page number, Latin letters and digits.

    `fallback` are further names tried after FALLBACKS when a page is set (PDF), for every role alike.
    """

    title: str = "方正小标宋简体"
    body: str = "仿宋_GB2312"
    kai: str = "楷体_GB2312"
    hei: str = "黑体"
    song: str = "宋体"
    latin: str = "Times New Roman"
    fallback: tuple[str, ...] = ()


STANDARD = Fonts()


def candidates(fonts: Fonts, role: str) -> list[str]:
    """Return the names to try for a role (title, body, kai, hei, song, latin), best first, each once."""
    named = getattr(fonts, role)
    other = (SUBSTITUTES[named],) if named in SUBSTITUTES else ()
    return list(dict.fromkeys((named, *other, *FALLBACKS[role], *fonts.fallback)))


def font_table(fonts: Fonts) -> str:
    """Return word/fontTable.xml: each font once, with what may stand in for it."""
    entries = []
    for name in dict.fromkeys((fonts.title, fonts.body, fonts.kai, fonts.hei, fonts.song, fonts.latin)):
        other = f"<w:altName w:val={attribute(SUBSTITUTES[name])}/>" if name in SUBSTITUTES else ""
        charset, family = ("00", "roman") if name == fonts.latin else ("86", "auto")
        kind = f'<w:charset w:val="{charset}"/><w:family w:val="{family}"/><w:pitch w:val="variable"/>'
        entries.append(f"<w:font w:name={attribute(name)}>{other}{kind}</w:font>")
    return f"{HEADER}<w:fonts {NAMESPACES}>{''.join(entries)}</w:fonts>"
