"""The fonts a document names. They are commercial, so they are named and never embedded."""

from dataclasses import dataclass

from luodi.gongwen.markup import HEADER, NAMESPACES, attribute

# A word processor that lacks a font looks for these, left to right; the last ones are free.
SUBSTITUTES = {
    "方正小标宋简体": "方正小标宋_GBK,FZXiaoBiaoSong-B05S,小标宋,华文中宋,STZhongsong,Noto Serif CJK SC",
    "仿宋_GB2312": "仿宋,FangSong,FangSong_GB2312,华文仿宋,STFangsong,FandolFang,Noto Serif CJK SC",
    "楷体_GB2312": "楷体,KaiTi,KaiTi_GB2312,华文楷体,STKaiti,FandolKai,Noto Serif CJK SC",
    "黑体": "SimHei,华文黑体,STHeiti,FandolHei,Noto Sans CJK SC",
    "宋体": "SimSun,华文宋体,STSong,FandolSong,Noto Serif CJK SC",
    "Times New Roman": "Liberation Serif,Tinos",
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
