"""word/styles.xml and word/settings.xml: every look of a document has a named style, so it can be edited by hand."""

from luodi.gongwen import layout
from luodi.gongwen.fonts import Fonts
from luodi.gongwen.markup import HEADER, NAMESPACES, attribute

INDENT = '<w:ind w:firstLineChars="200" w:firstLine="640"/>'
CENTRE = '<w:jc w:val="center"/>'
PLAIN = '<w:jc w:val="left"/>'
KEEP = "<w:keepNext/><w:keepLines/>"


def styles(fonts: Fonts) -> str:
    """Return word/styles.xml for these fonts."""
    body, hei, kai = fonts.body, fonts.hei, fonts.kai
    table = (
        _style("Title", "Title", _line(layout.TITLE_LINE) + CENTRE, _look(fonts, fonts.title, layout.SIZE_2)),
        _style("Recipients", "主送机关", PLAIN),
        _style("BodyText", "Body Text", INDENT),
        _style("Heading1", "heading 1", KEEP + INDENT + _outline(0), _look(fonts, hei)),
        _style("Heading2", "heading 2", KEEP + INDENT + _outline(1), _look(fonts, kai)),
        _style("Heading3", "heading 3", KEEP + INDENT + _outline(2), _look(fonts, body)),
        _style("Heading4", "heading 4", KEEP + INDENT + _outline(3), _look(fonts, body)),
        _style("RunInHeading", "层次标题", INDENT),
        _style("HeadNote", "版头标注", PLAIN),
        _style("Attendance", "出席人员", PLAIN),
        _style("AttachmentNote", "附件说明", PLAIN),
        _style("AttachmentMark", "附件标识", PLAIN, _look(fonts, hei)),
        _style("Signature", "Signature", PLAIN),
        _style(
            "OrganMark",
            "发文机关标志",
            '<w:spacing w:line="240" w:lineRule="auto"/>' + CENTRE,
            _look(fonts, fonts.title),
        ),
        _style("DocNumber", "发文字号", CENTRE),
        _style("TableCaption", "表题", KEEP + CENTRE, _look(fonts, hei, layout.SIZE_4)),
        _style("TableText", "表文", _line(360) + PLAIN, _look(fonts, body, layout.SIZE_SMALL_4)),
        _style("TableHead", "表头", _line(360) + CENTRE, _look(fonts, hei, layout.SIZE_SMALL_4)),
        _style("TableNote", "表注", _line(360) + PLAIN, _look(fonts, body, layout.SIZE_SMALL_4)),
        _style("Imprint", "版记", _line(layout.IMPRINT_LINE) + PLAIN, _look(fonts, body, layout.SIZE_4)),
        _style("Footer", "footer", _line(layout.FOOTER_LINE), _look(fonts, fonts.song, layout.SIZE_4, fonts.song)),
        _letters("Hei", "黑体字", hei),
        _letters("Kai", "楷体字", kai),
    )
    return f"{HEADER}<w:styles {NAMESPACES}>{_defaults(fonts)}{''.join(table)}</w:styles>"


def settings() -> str:
    """Return word/settings.xml: left and right pages differ, punctuation is neither squeezed nor hung out."""
    compatible = (
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    )
    return (
        f'{HEADER}<w:settings {NAMESPACES}><w:zoom w:percent="100"/>'
        '<w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/>'
        f'<w:characterSpacingControl w:val="doNotCompress"/><w:compat>{compatible}</w:compat></w:settings>'
    )


def _defaults(fonts: Fonts) -> str:
    latin = attribute(fonts.latin)
    look = (
        f"<w:rFonts w:ascii={latin} w:hAnsi={latin} w:eastAsia={attribute(fonts.body)}/>"
        f'<w:spacing w:val="{layout.TIGHT}"/><w:kern w:val="0"/><w:sz w:val="{layout.SIZE_3 * 2}"/>'
        f'<w:szCs w:val="{layout.SIZE_3 * 2}"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/>'
    )
    lie = (
        '<w:widowControl w:val="0"/><w:overflowPunct w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        f'<w:adjustRightInd w:val="0"/><w:snapToGrid w:val="0"/>{_line(layout.LINE)}<w:jc w:val="both"/>'
    )
    # Right for Word. Writer 7.4 passes over autoSpace and reads overflowPunct the wrong way round (measured: 1 hangs
    # nothing, 0 and nothing at all let a comma stand 5.7 mm outside), so its pages show hanging punctuation.
    normal = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        f"<w:pPr>{lie}</w:pPr></w:style>"
    )
    return (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{look}</w:rPr></w:rPrDefault>"
        f"<w:pPrDefault><w:pPr>{lie}</w:pPr></w:pPrDefault></w:docDefaults>{normal}"
    )


def _line(twips: int) -> str:
    return f'<w:spacing w:before="0" w:after="0" w:line="{twips}" w:lineRule="exact"/>'


def _outline(depth: int) -> str:
    return f'<w:outlineLvl w:val="{depth}"/>'


def _look(fonts: Fonts, chinese: str, points: int = layout.SIZE_3, latin: str = "") -> str:
    other = attribute(latin or fonts.latin)
    names = f"<w:rFonts w:ascii={other} w:hAnsi={other} w:eastAsia={attribute(chinese)}/>"
    return f'{names}<w:sz w:val="{points * 2}"/><w:szCs w:val="{points * 2}"/>'


def _style(key: str, name: str, lie: str = "", look: str = "") -> str:
    return (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/><w:qFormat/>'
        f"<w:pPr>{lie}</w:pPr><w:rPr>{look}</w:rPr></w:style>"
    )


def _letters(key: str, name: str, chinese: str) -> str:
    return (
        f'<w:style w:type="character" w:styleId="{key}"><w:name w:val="{name}"/>'
        f"<w:rPr><w:rFonts w:eastAsia={attribute(chinese)}/></w:rPr></w:style>"
    )
