"""Reading stored bytes: as they are, as a copy for outsiders, and what a photo says about itself."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, cast

from django.core.files.storage import storages
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps

from luodi.files.models import StoredFile
from luodi.files.rules import BY_MIME
from luodi.kit.refusal import Refused
from luodi.kit.sm3 import Sm3

CHUNK = 1024 * 1024
_SAVED_AS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


@dataclass(frozen=True)
class ExifFacts:
    """What the camera wrote: when (aware; its own zone if it said one, else ours) and where (degrees, WGS 84).

    None where it wrote nothing. Anybody can write these fields: they support evidence, they do not prove it.
    """

    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Fault:
    """A file whose bytes are not what its row says of them."""

    stored: StoredFile
    state: str  # "missing", "damaged", or "restored": noted as damaged before, whole again now


def open_file(stored: StoredFile) -> BinaryIO:
    """The bytes as a binary stream, to be closed by the caller; Refused when they are gone or known to be damaged."""
    message = _("文件已丢失或损坏（SM3 %(sm3)s），请通知系统管理员从备份恢复。") % {"sm3": stored.sm3}
    if stored.damaged_on is not None:
        raise Refused(message)
    try:
        return cast(BinaryIO, storages["evidence"].open(stored.path, "rb"))
    except FileNotFoundError as error:
        raise Refused(message) from error


def faults() -> Iterator[Fault]:
    """Read every file again, oldest first: those missing, those whose SM3 has changed, those whole again."""
    for stored in StoredFile.objects.order_by("pk").iterator(chunk_size=500):
        try:
            with storages["evidence"].open(stored.path, "rb") as content:
                digest = Sm3()
                while piece := content.read(CHUNK):
                    digest.update(piece)
        except OSError:
            yield Fault(stored, "missing")
            continue
        if digest.hexdigest() != stored.sm3:
            yield Fault(stored, "damaged")
        elif stored.damaged_on is not None:
            yield Fault(stored, "restored")


def without_metadata(stored: StoredFile) -> bytes:
    """A re-encoded copy of an image for outsiders: same picture, upright, no EXIF, place, comment or text.

    The stored original is not touched. Refused for other kinds: their metadata is not removed.
    """
    if stored.kind not in _SAVED_AS:
        label = BY_MIME[stored.kind].label if stored.kind in BY_MIME else stored.kind
        raise Refused(_("只有图片能去除拍摄信息，这个文件是%(kind)s。") % {"kind": label})
    with open_file(stored) as content, Image.open(content) as image:
        upright = ImageOps.exif_transpose(image)
        mode = "RGB" if stored.kind == "image/jpeg" else "RGBA"
        # Pixels only: a new image inherits none of the fields that save() would write again.
        clean = Image.new(mode, upright.size)
        clean.paste(upright.convert(mode))
    out = io.BytesIO()
    clean.save(out, _SAVED_AS[stored.kind], quality=88)
    return out.getvalue()


def exif_facts(stored: StoredFile) -> ExifFacts:
    """When and where a photo says it was taken; all None for other kinds and for unreadable EXIF."""
    if stored.kind not in _SAVED_AS:
        return ExifFacts()
    with open_file(stored) as content:
        try:
            exif = Image.open(content).getexif()
            details = exif.get_ifd(ExifTags.IFD.Exif)
            place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        except (OSError, SyntaxError, ValueError):
            return ExifFacts()
    taken = details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    latitude = _degrees(place.get(ExifTags.GPS.GPSLatitude), place.get(ExifTags.GPS.GPSLatitudeRef), 90)
    longitude = _degrees(place.get(ExifTags.GPS.GPSLongitude), place.get(ExifTags.GPS.GPSLongitudeRef), 180)
    whole = latitude is not None and longitude is not None
    return ExifFacts(
        taken_at=_moment(taken, details.get(ExifTags.Base.OffsetTimeOriginal)),
        latitude=latitude if whole else None,
        longitude=longitude if whole else None,
    )


def _moment(text: object, offset: object) -> datetime | None:
    """EXIF 2.32 writes «2020:08:13 09:30:00», and the zone, if at all, in a field of its own."""
    try:
        moment = datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None
    try:
        zone = datetime.strptime(str(offset), "%z").tzinfo
    except ValueError:
        zone = None
    return moment.replace(tzinfo=zone or timezone.get_default_timezone())


def _degrees(parts: object, ref: object, limit: int) -> float | None:
    """Degrees, minutes, seconds and N/S/E/W as decimal degrees; None when any of it is impossible."""
    try:
        degree, minute, second = (float(p) for p in parts)  # type: ignore[attr-defined]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degree + minute / 60 + second / 3600
    if not 0 <= value <= limit or ref not in {"N", "S", "E", "W"}:
        return None
    return round(-value if ref in {"S", "W"} else value, 6)
