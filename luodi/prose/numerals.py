"""Numerals of Chinese prose: 1,610 · １６１０ · 3.2万 · 一千六百一十 · 二〇二〇 · 两 · 半. Read."""

import re
from decimal import Decimal

DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "○": 0}
STEPS = {"十": 10, "百": 100, "千": 1000}
SCALES = {"万": 10**4, "亿": 10**8}
# One character stays one character, so that places in the text keep their meaning.
PLAIN = str.maketrans("０１２３４５６７８９％．，：；（）！？", "0123456789%.,:;()!?")
CHINESE = "〇○零一二两三四五六七八九十百千万亿半"
ARABIC = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?((?:十|百|千)?[万亿]|[百千])?")


def plain(text: str) -> str:
    """Full-width digits and marks as half-width ones; every character keeps its place."""
    return text.translate(PLAIN)


def parse(text: str) -> Decimal | None:
    """The number a numeral says; None when it is none."""
    text = plain(text.strip())
    if found := ARABIC.fullmatch(text):
        value = Decimal(found[1].replace(",", "") + (found[2] or ""))
        for letter in found[3] or "":
            value *= {**STEPS, **SCALES}[letter]
        return value
    if text == "半":
        return Decimal("0.5")
    if not text or any(c not in CHINESE or c == "半" for c in text):
        return None
    if all(c in DIGITS for c in text):
        return Decimal("".join(str(DIGITS[c]) for c in text))
    return _said(text)


def _said(text: str) -> Decimal | None:
    """A numeral with 十百千万亿 in it; 一万二 is 12000."""
    for letter in "亿万":
        if letter in text:
            above, _letter, below = text.rpartition(letter)
            high, low = (parse(above) if above else None), (_said(below) if below else Decimal(0))
            if high is None or low is None:
                return None
            if len(below) == 1 and below in DIGITS and DIGITS[below]:
                low *= SCALES[letter] // 10
            return high * SCALES[letter] + low
    return _below_ten_thousand(text)


def _below_ten_thousand(text: str) -> Decimal | None:
    total, digit, last = 0, None, 10_000
    for c in text:
        if c in DIGITS:
            if digit and last != 1:
                return None
            digit = DIGITS[c]
        else:
            if STEPS[c] >= last:
                return None
            total += (digit if digit is not None else 1) * STEPS[c]
            digit, last = None, STEPS[c]
    if digit:
        # 一百二 is 120, 一百零二 is 102.
        total += digit * (last // 10 if last in (100, 1000) and text[-2:-1] not in ("零", "〇") else 1)
    return Decimal(total)


def show(value: Decimal) -> str:
    """A value as Chinese prose writes it: no exponent, no needless noughts."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
