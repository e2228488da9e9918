"""Small files of every kind, made here, so that no binary lies in the repository."""

import io
import struct
import zipfile

from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\0" * 300
MP4 = struct.pack(">I", 24) + b"ftypmp42\x00\x00\x00\x00mp42isom" + b"\0" * 100


def photo(image_format: str = "JPEG", gps: bool = False, orientation: int = 1) -> bytes:
    """An image; with `gps` it says it was taken at Taocheng district on 13 August 2020."""
    image = Image.new("RGB", (40, 30), (200, 30, 30))
    exif = image.getexif()
    exif[0x0112] = orientation
    if gps:
        exif[0x010F] = "PhoneMaker"
        exif.get_ifd(0x8769)[0x9003] = "2020:08:13 09:30:00"
        place = exif.get_ifd(0x8825)
        place[1], place[2], place[3], place[4] = "N", (37.0, 44.0, 6.0), "E", (115.0, 41.0, 24.0)
    out = io.BytesIO()
    image.save(out, image_format, exif=exif, **({"comment": b"secret"} if image_format == "JPEG" else {}))
    return out.getvalue()


def archive(members: dict[str, bytes]) -> bytes:
    """A ZIP container of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        for name, data in members.items():
            container.writestr(name, data)
    return out.getvalue()


def office(part: str, **more: bytes) -> bytes:
    """The least an Office Open XML file is recognised by; `part` as in word/document.xml."""
    return archive({"[Content_Types].xml": b"<Types/>", part: b"<x/>", **more})


DOCX = office("word/document.xml")
XLSX = office("xl/workbook.xml")
OFD = archive({"OFD.xml": b"<ofd:OFD/>", "Doc_0/Document.xml": b"<x/>"})


def ole(*streams: str) -> bytes:
    """An old Office container: header sector, then a directory sector per four streams."""
    entries = b""
    for stream in streams:
        name = stream.encode("utf-16-le") + b"\0\0"
        entries += name.ljust(64, b"\0") + struct.pack("<HBB", len(name), 2, 0) + b"\0" * 60
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entries.ljust(512, b"\0")
