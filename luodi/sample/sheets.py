"""The papers of the sample: a small real PDF for each proof, and site photographs with place and time in them."""

import io
from collections.abc import Sequence
from datetime import datetime
from random import Random

from PIL import Image, ImageDraw
from PIL.TiffImagePlugin import IFDRational

GPS, EXIF = 0x8825, 0x8769
SKY, SOIL = (168, 198, 224), (150, 128, 96)


def paper(lines: Sequence[str], pages: int = 1) -> bytes:
    """A PDF of one text on `pages` pages; Chinese in a font every reader brings (no font is embedded)."""
    text = b"BT /F 14 Tf 60 760 Td 24 TL "
    text += b"".join(b"<" + line.encode("utf-16-be").hex().encode() + b"> Tj T* " for line in lines) + b"ET"
    first = 6
    kids = " ".join(f"{first + n} 0 R" for n in range(pages))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {pages}/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>>>".encode(),
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H/DescendantFonts[4 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)"
        b"/Supplement 5>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        *[b"<</Type/Page/Parent 2 0 R/Contents 5 0 R>>"] * pages,
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, one)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def photograph(taken_at: datetime, lat: float, lon: float, chance: Random) -> bytes:
    """A drawn building site as a JPEG, with the moment and the place (degrees, WGS 84) as a camera writes them."""
    image = Image.new("RGB", (480, 360), SKY)
    draw = ImageDraw.Draw(image)
    ground = chance.randint(190, 230)
    draw.rectangle((0, ground, 480, 360), fill=SOIL)
    for _n in range(chance.randint(2, 5)):
        left, height = chance.randint(0, 420), chance.randint(30, 110)
        grey = chance.randint(110, 190)
        draw.rectangle((left, ground - height, left + chance.randint(30, 90), ground), fill=(grey, grey, grey))
    for _n in range(40):
        x, y = chance.randint(0, 480), chance.randint(ground, 360)
        draw.line((x, y, x + chance.randint(4, 30), y), fill=(120, 100, 74))
    exif = Image.Exif()
    exif[271], exif[306] = "Luodi sample", f"{taken_at:%Y:%m:%d %H:%M:%S}"
    exif.get_ifd(EXIF)[36867] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
    exif.get_ifd(GPS).update({1: "N", 2: _degrees(lat), 3: "E", 4: _degrees(lon), 29: f"{taken_at:%Y:%m:%d}"})
    content = io.BytesIO()
    image.save(content, "JPEG", quality=80, exif=exif)
    return content.getvalue()


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    """Degrees, minutes, seconds to a hundredth."""
    hundredths = round(value * 360_000)
    whole, rest = divmod(hundredths, 360_000)
    minutes, seconds = divmod(rest, 6_000)
    return IFDRational(whole), IFDRational(minutes), IFDRational(seconds, 100)
