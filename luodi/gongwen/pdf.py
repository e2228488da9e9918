"""Builds the PDF of a document with typst: from the same model as the .docx, on the same grid of 22 x 28."""

import json
import tempfile
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

import typst

from luodi.gongwen.fonts import STANDARD, Fonts, candidates
from luodi.gongwen.layout import LINE, TIGHT
from luodi.gongwen.markup import ILLEGAL
from luodi.gongwen.model import Document
from luodi.gongwen.rules import Unfit, faults
from luodi.gongwen.typesetting import pieces

TEMPLATE = Path(__file__).parent / "templates" / "gongwen.typ"
PITCHES = (LINE, LINE + 14, LINE - 14, LINE + 28, LINE - 28, LINE + 42)  # 20 to 23 lines on a page
CHINESE = ("title", "body", "kai", "hei", "song")


def build(document: Document, fonts: Fonts = STANDARD) -> bytes:
    """Return the document as PDF/A-2b, the same bytes each time on a machine with the same fonts.

    Unfit if the document breaks the standard (see rules.faults) or if the machine has no font for a Chinese role.
    Lines may break elsewhere than in a word processor that hangs punctuation into the margin, as LibreOffice does.
    """
    if found := faults(document):
        raise Unfit(found[0])
    sheet = {
        "title": ILLEGAL.sub("", document.title.replace("\n", "")),
        "organ": ILLEGAL.sub("", document.organ),
        "fonts": _stacks(fonts),
        "tight": TIGHT,
        "items": pieces(document),
    }
    day = document.signed_on or date(1980, 1, 1)
    moment = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    with tempfile.TemporaryDirectory() as folder:  # the typesetter may open nothing but this copy of the template
        (Path(folder) / TEMPLATE.name).write_bytes(TEMPLATE.read_bytes())
        setter = _together(sheet, folder)
        made = setter.compile(format="pdf", pdf_standards="a-2b", timestamp=moment)
    return bytes(cast(bytes, made))


def _together(sheet: dict[str, Any], folder: str) -> typst.Compiler:
    """Return the typesetter with the line pitch at which the signature stands on a page that has text.

    The standard wants no signature alone on its page and lets the distance of lines be changed for it (7.3.5.5).
    """
    made = []
    for pitch in PITCHES:
        data = json.dumps(sheet | {"items": [_spaced(item, pitch) for item in sheet["items"]]}, ensure_ascii=False)
        setter = typst.Compiler(
            str(Path(folder) / TEMPLATE.name),
            root=folder,
            sys_inputs={"sheet": data},
            package_path=folder,
            package_cache_path=folder,
        )
        made.append(setter)
        pages = dict(json.loads(setter.query("<mark>", field="value")))
        if pages.get("text") == pages.get("signature") or len(pages) < 2:
            return setter
    return made[0]


def _spaced(item: dict[str, Any], pitch: int) -> dict[str, Any]:
    return item | {"line": pitch} if item.get("line") == LINE else item


def missing(fonts: Fonts = STANDARD) -> dict[str, str]:
    """Return the fonts a page is set in although another was named: name -> what stands in, "" if nothing can."""
    there = _installed()
    stand_in = {}
    for role in CHINESE:
        first, *others = candidates(fonts, role)
        if first.lower() not in there:
            stand_in[first] = next((name for name in others if name.lower() in there), "")
    return stand_in


@cache
def _installed() -> frozenset[str]:
    return frozenset(name.lower() for name in typst.Fonts().families())


def _stacks(fonts: Fonts) -> dict[str, list[object]]:
    """Return for each role the fonts to set it in: Latin letters and digits first, but not “”— which are Chinese."""
    there = _installed()
    latin = [name for name in candidates(fonts, "latin") if name.lower() in there]
    stacks: dict[str, list[object]] = {}
    for role in CHINESE:
        names = [name for name in candidates(fonts, role) if name.lower() in there]
        if not names:
            wanted = candidates(fonts, role)[0]
            raise Unfit(f"这台机器上没有“{wanted}”，也没有可以代替它的字体，不能生成PDF；请先安装中文字体。")
        covers = [] if role == "song" else [{"name": name} for name in latin]
        stacks[role] = [*covers, *names]
    return stacks
