"""What may be stored: the table of kinds, and recognising a file by its content instead of its name.

The content decides and the extension must agree with it (stack.md 15): a name costs nothing to change. Containers
are looked into, because an archive is only as good as its worst member.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

import filetype
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image

from luodi.kit.refusal import Refused

MB = 1024 * 1024
MAX_PIXELS = 100_000_000
MAX_MEMBER = 100 * MB  # members of plain archives are read whole
HEAD = 8192


@dataclass(frozen=True)
class Kind:
    """One accepted kind: its code, MIME type, name for people, and the extensions it may bear."""

    code: str
    mime: str
    label: str | Promise
    extensions: tuple[str, ...]

    @property
    def is_image(self) -> bool:
        """Whether the image limit applies and a copy without metadata can be made."""
        return self.mime.startswith("image/")


_OPEN_XML = "application/vnd.openxmlformats-officedocument"
KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("pdf", "application/pdf", gettext_lazy("PDF 文件"), ("pdf",)),
        Kind("jpg", "image/jpeg", gettext_lazy("JPG 图片"), ("jpg", "jpeg")),
        Kind("png", "image/png", gettext_lazy("PNG 图片"), ("png",)),
        Kind("webp", "image/webp", gettext_lazy("WebP 图片"), ("webp",)),
        Kind("docx", f"{_OPEN_XML}.wordprocessingml.document", gettext_lazy("Word 文件(docx)"), ("docx",)),
        Kind("xlsx", f"{_OPEN_XML}.spreadsheetml.sheet", gettext_lazy("Excel 文件(xlsx)"), ("xlsx",)),
        Kind("doc", "application/msword", gettext_lazy("旧版 Word 文件(doc)"), ("doc",)),
        Kind("xls", "application/vnd.ms-excel", gettext_lazy("旧版 Excel 文件(xls)"), ("xls",)),
        Kind("ofd", "application/ofd", gettext_lazy("OFD 版式文件"), ("ofd",)),
        Kind("zip", "application/zip", gettext_lazy("ZIP 压缩包"), ("zip",)),
        Kind("mp4", "video/mp4", gettext_lazy("MP4 视频"), ("mp4",)),
        Kind("csv", "text/csv", gettext_lazy("CSV 文本表格"), ("csv",)),
        Kind("txt", "text/plain", gettext_lazy("纯文本"), ("txt",)),
    )
}
BY_EXTENSION = {extension: kind for kind in KINDS.values() for extension in kind.extensions}
BY_MIME = {kind.mime: kind for kind in KINDS.values()}
TEXTS = frozenset({"csv", "txt"})
# What filetype recognises without looking inside a container; containers are ours to judge.
_GUESSED = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "video/mp4": "mp4", "video/x-m4v": "mp4"}


@dataclass
class Budget:
    """What an archive may unpack to, all levels together: members, bytes, and bytes per packed byte.

    Office files pack XML 10 to 60 times; only bombs exceed 200 on more than 10 MB.
    """

    members: int = 5000
    total: int = 500 * MB
    ratio: int = 200

    def take(self, members: list[zipfile.ZipInfo], name: str) -> None:
        """Count these members in; refuses an archive that would unpack to more than is left."""
        unpacked = sum(m.file_size for m in members)
        packed = sum(m.compress_size for m in members) or 1
        self.members -= len(members)
        self.total -= unpacked
        if self.members < 0 or self.total < 0 or (unpacked > 10 * MB and unpacked / packed > self.ratio):
            raise _bomb(name)


def _bomb(name: str) -> Refused:
    return Refused(_("文件「%(name)s」解压后过大或文件过多，疑似压缩炸弹，没有保存。") % {"name": name})


def base_name(name: str) -> str:
    """The last part of a name, whatever system it came from, without control characters; at most 200 characters."""
    last = re.split(r"[\\/]", name)[-1]
    clean = "".join(c for c in last if c.isprintable()).strip()
    return clean[-200:] or _("未命名")


def sniff(content: BinaryIO, name: str) -> Kind:
    """The kind of `content`, recognised by its bytes and agreeing with the extension of `name`.

    Raises Refused with a sentence that names the file, what it claims to be and what it is.
    """
    return _checked(content, base_name(name), Budget(), inside_archive=False)


def check_size(byte_count: int, name: str, upload_mb: int, image_mb: int) -> None:
    """Refuse more than the limit of the kind the name claims (MB = 1,048,576 bytes)."""
    kind = BY_EXTENSION.get(_extension(name))
    limit = image_mb if kind and kind.is_image else upload_mb
    if byte_count > limit * MB:
        raise Refused(
            _("文件「%(name)s」有 %(size)s MB，超过上限 %(limit)s MB。请压缩或拆分后再上传。")
            % {"name": base_name(name), "size": f"{byte_count / MB:.1f}", "limit": limit}
        )


def _extension(name: str) -> str:
    return PurePosixPath(name).suffix.lower().lstrip(".")


def _checked(content: BinaryIO, name: str, budget: Budget, inside_archive: bool) -> Kind:
    content.seek(0)
    head = content.read(HEAD)
    if not head:
        raise Refused(_("文件「%(name)s」是空的，没有保存。") % {"name": name})
    extension = _extension(name)
    claimed = BY_EXTENSION.get(extension)
    if claimed is None or (inside_archive and claimed.code == "zip"):
        raise _not_accepted(name, extension, inside_archive)
    found = _found(content, head, name, claimed, budget)
    content.seek(0)
    if found != claimed.code:
        label = KINDS[found].label if found in KINDS else found
        raise Refused(
            _("文件「%(name)s」的扩展名是 .%(claimed)s，内容却是%(found)s，没有保存。请上传原始文件，不要改扩展名。")
            % {"name": name, "claimed": extension, "found": label}
        )
    return claimed


def _not_accepted(name: str, extension: str, inside_archive: bool) -> Refused:
    if inside_archive:
        return Refused(
            _("压缩包里的「%(name)s」不能接收：压缩包里只能放文档、表格、图片和视频，不能再放压缩包。") % {"name": name}
        )
    if extension in {"heic", "heif"}:
        return Refused(_("照片「%(name)s」是苹果手机的 HEIC 格式，请在手机上转成 JPG 后再上传。") % {"name": name})
    if extension in {"docm", "xlsm", "xlsb", "dotm", "xltm"}:
        return _with_macros(name)
    accepted = _("、").join(sorted(BY_EXTENSION))
    return Refused(_("不接收文件「%(name)s」的格式。可以上传：%(accepted)s。") % {"name": name, "accepted": accepted})


def _with_macros(name: str) -> Refused:
    return Refused(_("文件「%(name)s」里有宏，没有保存。请另存为不含宏的文件再上传。") % {"name": name})


def _found(content: BinaryIO, head: bytes, name: str, claimed: Kind, budget: Budget) -> str:
    """The code of the kind the bytes are, or some words for what they are instead."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole(content, name)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _container(content, name, budget)
    guess = filetype.guess(head)
    if guess is None:
        return _text(content, claimed, head)
    code = _GUESSED.get(guess.mime)
    if code in {"jpg", "png", "webp"}:
        _check_image(content, name)
    return code or _("%(kind)s 类型的数据") % {"kind": guess.extension}


def _text(content: BinaryIO, claimed: Kind, head: bytes) -> str:
    if claimed.code not in TEXTS:
        return _("无法识别的数据")
    content.seek(0)
    data = content.read()
    if re.match(rb"\s*(\xef\xbb\xbf)?\s*<(!doctype|html|svg|\?xml|script)", head, re.IGNORECASE):
        return _("网页代码")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1f]", text):
            return claimed.code
    return _("不能按文字读出的数据")


def _check_image(content: BinaryIO, name: str) -> None:
    """Refuse images that cannot be decoded, or that would unpack to more pixels than a camera takes."""
    content.seek(0)
    try:
        with Image.open(content) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise Refused(
                    _("图片「%(name)s」有 %(width)s×%(height)s 像素，太大了。请缩小后再上传。")
                    % {"name": name, "width": width, "height": height}
                )
            image.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Refused(_("图片「%(name)s」已损坏，打不开，没有保存。") % {"name": name}) from error


# -- containers --------------------------------------------------------------------------------------------
def _ole(content: BinaryIO, name: str) -> str:
    """Old Office files: which streams the directory names. An encrypted .docx is such a container too."""
    content.seek(0)
    data = content.read()
    if _has_stream(data, "EncryptedPackage"):
        raise Refused(_("文件「%(name)s」加了打开密码。请去掉密码后再上传。") % {"name": name})
    if _has_stream(data, "_VBA_PROJECT") or _has_stream(data, "_VBA_PROJECT_CUR"):
        raise _with_macros(name)
    if _has_stream(data, "WordDocument"):
        return "doc"
    if _has_stream(data, "Workbook") or _has_stream(data, "Book"):
        return "xls"
    return _("其他复合文档")


def _has_stream(data: bytes, stream: str) -> bool:
    """Whether a directory entry bears this name: entries are 128 bytes, aligned, with the name's length at byte 64."""
    wanted = stream.encode("utf-16-le") + b"\0\0"
    at = data.find(wanted)
    while at >= 0:
        if at % 128 == 0 and data[at + 64 : at + 66] == len(wanted).to_bytes(2, "little") and data[at + 66] in (1, 2):
            return True
        at = data.find(wanted, at + 1)
    return False


def _container(content: BinaryIO, name: str, budget: Budget) -> str:
    """ZIP containers: Office Open XML, OFD, or an archive whose every member is itself acceptable."""
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            members = archive.infolist()
            _check_members(members, name, budget)
            names = {m.filename for m in members}
            if "[Content_Types].xml" in names:
                return _open_xml(archive, names, name)
            if "OFD.xml" in names:
                return "ofd"
            for member in members:
                if member.file_size > MAX_MEMBER:
                    raise _bomb(name)
                if not member.is_dir():
                    inner = io.BytesIO(archive.read(member))
                    _checked(inner, base_name(_readable(member)), budget, inside_archive=True)
            return "zip"
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Refused(_("文件「%(name)s」的压缩结构已损坏，没有保存。") % {"name": name}) from error


def _check_members(members: list[zipfile.ZipInfo], name: str, budget: Budget) -> None:
    budget.take(members, name)
    if not any(not m.is_dir() for m in members):
        raise Refused(_("压缩包「%(name)s」里没有文件，没有保存。") % {"name": name})
    for member in members:
        path = member.filename.replace("\\", "/")
        if path.startswith("/") or re.match(r"[A-Za-z]:", path) or ".." in path.split("/"):
            raise Refused(_("文件「%(name)s」里有越出目录的路径，没有保存。") % {"name": name})
        if member.flag_bits & 0x1:
            raise Refused(_("压缩包「%(name)s」加了密码。请去掉密码后再上传。") % {"name": name})
        if path.lower().endswith("vbaproject.bin"):
            raise _with_macros(name)


def _open_xml(archive: zipfile.ZipFile, names: set[str], name: str) -> str:
    types = archive.getinfo("[Content_Types].xml")
    if types.file_size > MB or b"macroenabled" in archive.read(types).lower():
        raise _with_macros(name)
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    return _("其他 Office 文件")


def _readable(member: zipfile.ZipInfo) -> str:
    """The member's name; Chinese Windows writes GB18030 without saying so, which zipfile reads as cp437."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename
