"""The smallest pieces of WordprocessingML, as strings: text, run, paragraph."""

import re
from xml.sax.saxutils import escape, quoteattr

from luodi.gongwen.model import Text, runs_of

ILLEGAL = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def text_of(text: str) -> str:
    """Return the text as w:t, with w:br for a line break and w:tab for a tab; characters XML forbids are left out."""
    pieces = []
    for piece in re.split("([\t\n])", ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))):
        if piece in ("\t", "\n"):
            pieces.append("<w:tab/>" if piece == "\t" else "<w:br/>")
        elif piece:
            pieces.append(f'<w:t xml:space="preserve">{escape(piece)}</w:t>')
    return "".join(pieces)


def legal(text: str) -> str:
    """Return the text escaped for an element, without the characters XML forbids."""
    return escape(ILLEGAL.sub("", text))


def attribute(text: str) -> str:
    """Return the text quoted for an attribute."""
    return quoteattr(ILLEGAL.sub("", text))


def run(text: str, *, style: str = "", bold: bool = False, properties: str = "") -> str:
    """Return a run. The hint makes “”— and the like take the Chinese font, as wide as a character."""
    named = f'<w:rStyle w:val="{style}"/>' if style else ""
    weight = "<w:b/>" if bold else ""
    return f'<w:r><w:rPr>{named}<w:rFonts w:hint="eastAsia"/>{weight}{properties}</w:rPr>{text_of(text)}</w:r>'


def runs(text: Text, *, style: str = "") -> str:
    """Return the runs of a text given as a string or as runs."""
    return "".join(run(piece.text, style=style, bold=piece.bold) for piece in runs_of(text))


def paragraph(content: str | Text, style: str = "", properties: str = "") -> str:
    """Return a paragraph. `content` is markup made here, a bare string of it or runs; `properties` go into w:pPr."""
    inner = content if isinstance(content, str) else runs(content)
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    before = f"<w:pPr>{named}{properties}</w:pPr>" if named or properties else ""
    return f"<w:p>{before}{inner}</w:p>"


def blank(times: int = 1, properties: str = "") -> str:
    """Return empty lines of the body's height."""
    return paragraph("", properties=properties) * times
