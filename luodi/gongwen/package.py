"""Opens a .docx that somebody sends: a zip archive of XML parts that is never trusted."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from luodi.gongwen.rules import Unfit

OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # how .doc, .wps and encrypted files begin
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
LARGEST_FILE, LARGEST_PART, MOST_PARTS, MOST_ELEMENTS, DEEPEST = 50 << 20, 60 << 20, 4000, 2_000_000, 200
WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",  # the same words in a file saved as “Strict Open XML”
)
OTHER = {
    "xl/workbook.xml": "电子表格（.xlsx）",
    "ppt/presentation.xml": "演示文稿（.pptx）",
    "content.xml": "OpenDocument 文件（.odt）",
    "OFD.xml": "OFD 版式文件",
}


class _Builder(TreeBuilder):
    """Builds a tree in which words of WordprocessingML have no namespace, and refuses what only attackers write."""

    def __init__(self) -> None:
        super().__init__()
        self.count = self.depth = 0

    def start(self, tag: Any, attrs: Any) -> Element:
        self.count += 1
        self.depth += 1
        if self.count > MOST_ELEMENTS or self.depth > DEEPEST:
            raise Unfit("这个文件里的内容层层嵌套或者数量太多，不是正常的公文，没有打开。")
        return super().start(_bare(tag), {_bare(name): value for name, value in attrs.items()})

    def end(self, tag: Any) -> Element:
        self.depth -= 1
        return super().end(_bare(tag))

    def doctype(self, *_declaration: Any) -> None:
        raise Unfit("这个文件里有文档类型声明，正常的公文里没有；没有打开。")


def _bare(name: str) -> str:
    space, _, word = name[1:].partition("}") if name.startswith("{") else ("", "", name)
    return word if not space or space in WORD else name


def local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


@dataclass(frozen=True)
class Package:
    """The parts of one file, read when they are asked for."""

    archive: zipfile.ZipFile

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(self.archive.namelist())

    @cached_property
    def main(self) -> str:
        """The name of the part with the text."""
        for kind, target in self._relations("_rels/.rels", ""):
            if kind == "officeDocument" and target in self.names:
                return target
        return "word/document.xml"

    def related(self, kind: str) -> list[str]:
        """Return the parts of a kind (styles, numbering, theme, settings) that the text names."""
        return [target for found, target in self._relations(self._relation_part, self.main) if found == kind]

    def part_of(self, key: str) -> str:
        """Return the part with this relation id, "" if there is none."""
        for relation in self._relation_elements(self._relation_part):
            if relation.get("Id") == key:
                return _target(self.main, relation.get("Target", ""))
        return ""

    def tree(self, name: str) -> Element | None:
        """Return a part as a tree, None if it is not there. Unfit if it is too large or no XML."""
        if name not in self.names:
            return None
        parser = XMLParser(target=_Builder())  # noqa: S314 - the builder refuses declarations and bombs
        try:
            parser.feed(self._bytes(name))
            return parser.close()
        except (ParseError, ValueError, LookupError) as why:  # an encoding nobody knows is a LookupError
            if isinstance(why, Unfit):
                raise
            part = posixpath.basename(name)
            raise Unfit(f"文件已经损坏：其中的 {part} 读不出来。请用 Word 或 WPS 打开后另存一份再试。") from why

    def _bytes(self, name: str) -> bytes:
        try:
            with self.archive.open(name) as stream:
                content = stream.read(LARGEST_PART + 1)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError, EOFError) as why:
            raise Unfit("文件已经损坏或者加了密码，内容读不出来。请用 Word 或 WPS 打开后另存一份再试。") from why
        except Exception as why:  # zlib.error has no common parent with the others
            raise Unfit("文件已经损坏，内容解不开。请用 Word 或 WPS 打开后另存一份再试。") from why
        if len(content) > LARGEST_PART:
            raise Unfit("这个文件解开以后太大，不是正常的公文，没有打开。")
        return content

    @property
    def _relation_part(self) -> str:
        folder, name = posixpath.split(self.main)
        return posixpath.join(folder, "_rels", f"{name}.rels")

    def _relations(self, part: str, base: str) -> Iterator[tuple[str, str]]:
        for relation in self._relation_elements(part):
            if relation.get("TargetMode") != "External":
                yield relation.get("Type", "").rpartition("/")[2], _target(base, relation.get("Target", ""))

    def _relation_elements(self, part: str) -> list[Element]:
        tree = self.tree(part)
        return [] if tree is None else list(tree)


def _target(base: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), target))


def opened(docx: bytes) -> Package:
    """Return the parts of a .docx. Unfit, with a sentence for the person, if it is anything else or not sound."""
    if len(docx) > LARGEST_FILE:
        raise Unfit("文件超过 50 MB，不是正常的公文，没有打开。")
    if docx.startswith(OLE):
        if ENCRYPTED in docx:
            raise Unfit("文件加了密码，读不出来。请先取消密码再试。")
        raise Unfit("这是旧格式的 .doc（或 .wps）文件。请用 Word 或 WPS 另存为 .docx 再试。")
    if docx.startswith(b"%PDF"):
        raise Unfit("这是 PDF 文件。请提供 .docx 文件。")
    try:
        archive = zipfile.ZipFile(io.BytesIO(docx))
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as why:
        raise Unfit("这不是 .docx 文件，或者文件已经损坏。请用 Word 或 WPS 打开后另存一份再试。") from why
    package = Package(archive)
    _guard(package)
    return package


def _guard(package: Package) -> None:
    entries = package.archive.infolist()
    if len(entries) > MOST_PARTS or sum(e.file_size for e in entries if e.filename.endswith((".xml", ".rels"))) > (
        2 * LARGEST_PART
    ):
        raise Unfit("这个文件解开以后太大，不是正常的公文，没有打开。")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unfit("文件加了密码，读不出来。请先取消密码再试。")
    if package.main not in package.names:
        kinds = [kind for name, kind in OTHER.items() if name in package.names]
        what = f"这是{kinds[0]}" if kinds else "这不是 .docx 文件，里面没有正文"
        raise Unfit(f"{what}。请提供 .docx 文件。")


LENGTH = re.compile(r"(-?\d+(?:\.\d+)?)(mm|cm|in|pt|pc|pi)?")
UNITS = {"mm": 1440 / 25.4, "cm": 14400 / 25.4, "in": 1440, "pt": 20, "pc": 240, "pi": 240, None: 1}


def twips(text: str | None, default: float = 0) -> float:
    """Return a length in twips, however a program wrote it: 1588, 1588.5, 28mm."""
    found = LENGTH.fullmatch(text.strip()) if text else None
    return float(found[1]) * UNITS[found[2]] if found else default
