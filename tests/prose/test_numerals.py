"""Numerals: what is written is read back; what is not a number is not read."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.prose.numerals import parse, plain, show


def chinese(number: int) -> str:
    """A whole number from 0 to 10**12 − 1 as it is read aloud: 1610 → 一千六百一十."""
    if number == 0:
        return "零"
    words, short = "", False  # short: the group before had room for more digits, so a 零 may be due
    for scale, letter in ((10**8, "亿"), (10**4, "万"), (1, "")):
        group, number = divmod(number, scale)
        if group:
            if words and (group < 1000 or short):
                words += "零"
            words += _four(group) + letter
            short = False
        elif words:
            short = True
    return "十" + words[2:] if words.startswith("一十") else words


def _four(group: int) -> str:
    words, gap = "", False
    for step, letter in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, group = divmod(group, step)
        if digit:
            words += ("零" if gap and words else "") + "〇一二三四五六七八九"[digit] + letter
        gap = not digit
        if not group:
            break
    return words


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_a_whole_number_read_aloud_is_read_back(number):
    assert parse(chinese(number)) == number


@given(st.integers(min_value=0, max_value=10**12))
def test_thousands_may_be_grouped(number):
    assert parse(f"{number:,}") == parse(str(number)) == number


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_decimals_are_read_exactly_and_shown_without_exponent(value):
    assert parse(f"{value:f}") == value
    assert parse(show(value)) == value


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused_and_keeps_its_places(text):
    assert parse(text) is None or isinstance(parse(text), Decimal)
    assert len(plain(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一千六百一十", 1610),
        ("两", 2),
        ("半", Decimal("0.5")),
        ("十二", 12),
        ("一百零二", 102),
        ("一百二", 120),
        ("一万二", 12000),
        ("二〇二〇", 2020),
        ("３．５万", 35000),
        ("1.2亿", 120_000_000),
        ("三十", 30),
    ],
)
def test_numerals_of_prose(text, value):
    assert parse(text) == value


@pytest.mark.parametrize("text", ["", "件", "十十", "1,61", "半半", "一.二"])
def test_what_is_no_numeral_is_not_read(text):
    assert parse(text) is None
