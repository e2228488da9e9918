import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.gongwen.model import Heading, Paragraph
from luodi.gongwen.numbering import DIGITS, chinese_date, chinese_numeral, heading_label, labelled


def read(words: str) -> int:
    """Read a Chinese numeral the other way round."""
    total, digit = 0, 1 if words.startswith("十") else 0
    for word in words:
        if word in "十百千":
            total, digit = total + digit * {"十": 10, "百": 100, "千": 1000}[word], 0
        else:
            digit = DIGITS.index(word)
    return total + digit


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (101, "一百零一"),
        (110, "一百一十"),
        (1003, "一千零三"),
        (9999, "九千九百九十九"),
    ],
)
def test_known_numerals(n, words):
    assert chinese_numeral(n) == words


@given(st.integers(1, 9999))
def test_a_numeral_reads_back_as_its_number(n):
    words = chinese_numeral(n)
    assert read(words) == n
    assert "零零" not in words
    assert not words.endswith("零")


@pytest.mark.parametrize("n", [0, -1, 10000])
def test_a_numeral_out_of_range_is_refused(n):
    with pytest.raises(ValueError, match="1 to 9999"):
        chinese_numeral(n)


@given(st.dates(date(1949, 10, 1), date(2999, 12, 31)))
def test_a_date_has_no_leading_zeros_and_reads_back(day):
    shown = chinese_date(day)
    year, month, dom = re.fullmatch(r"(\d{4})年([1-9]\d?)月([1-9]\d?)日", shown).groups()
    assert date(int(year), int(month), int(dom)) == day


def test_the_date_of_the_standard():
    assert chinese_date(date(2020, 8, 31)) == "2020年8月31日"


def test_four_levels_are_numbered_and_deeper_counts_start_again():
    blocks = [Heading(d, "题") for d in (1, 2, 3, 4, 4, 2, 3, 1, 2)]
    assert [label for _, label in labelled(blocks)] == [
        "一、",
        "（一）",
        "1.",
        "（1）",
        "（2）",
        "（二）",
        "1.",
        "二、",
        "（一）",
    ]


def test_an_unnumbered_heading_and_a_paragraph_do_not_count():
    blocks = [Heading(1, "甲"), Heading(1, "附则", numbered=False), Paragraph("文"), Heading(1, "乙")]
    assert [label for _, label in labelled(blocks)] == ["一、", "", "", "二、"]


def test_there_is_no_fifth_level():
    with pytest.raises(ValueError, match="depth 1 to 4"):
        heading_label(5, 1)
