"""What clerks type into cells, and what becomes of it."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.kit.refusal import Refused
from luodi.kit.values import (
    clean_code,
    clean_text,
    grouped,
    money,
    percent,
    rounded,
    to_amount,
    to_date,
    to_decimal,
    to_flag,
    to_integer,
    yi,
)

DAY = date(2020, 5, 3)


@pytest.mark.parametrize(
    "typed",
    [
        DAY,
        datetime(2020, 5, 3, 9, 30),
        "2020.5.3",
        "2020-05-03",
        "2020/5/3",
        "2020年5月3日",
        "20200503",
        20200503.0,
        43954.0,
        43954.75,
        "２０２０．５．３",
        " 2020 年 5 月 3 日 ",
        "2020-05-03 00:00:00",
        "2020-05-03T10:30",
        "2020年5月3号",
        "2020年5月3日 9:30",
        "\u200b2020-05-03",
    ],
)
def test_the_ways_of_writing_one_day(typed):
    assert to_date(typed) == DAY


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("5月3日", "缺年份"),
        ("5.3", "缺年份"),
        (5.3, "缺年份"),
        ("2020年5月", "缺日"),
        (2020.5, "缺日"),
        ("20.5.3", "两位"),
        ("2020-02-30", "不是真实存在"),
        ("2020.13.1", "不是真实存在"),
        ("1020-05-03", "1949"),
        ("待定", "不是日期"),
        (12.0, "不是日期"),
        (True, "不是日期"),
        (date(1900, 1, 1), "1949"),
    ],
)
def test_a_day_that_cannot_be_known_is_refused_with_the_remedy(typed, says):
    with pytest.raises(Refused, match=says):
        to_date(typed)


@pytest.mark.parametrize("convert", [to_date, to_integer, to_decimal, to_amount, to_flag])
@pytest.mark.parametrize("blank", [None, "", "  ", "\u3000", "\u200b"])
def test_blank_is_none_never_zero(convert, blank):
    assert convert(blank) is None


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("３", 3),
        ("1,610", 1610),
        ("１，６１０", 1610),
        (3.0, 3),
        ("3.0", 3),
        (0, 0),
        ("-5", -5),
        ("−5", -5),
        (" 1 610 ", 1610),
    ],
)
def test_whole_numbers(typed, number):
    assert to_integer(typed) == number


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("约70", "约数"),
        ("70余", "约数"),
        ("3.5", "整数"),
        (3.5, "整数"),
        ("七十", "不是数字"),
        ("12件", "不带单位"),
        ("1,61", "不是数字"),
        ("—", "留空"),
        ("10²", "不是数字"),
        (True, "不是数字"),
        (float("nan"), "不是数字"),
        (float("inf"), "不是数字"),
        ("9" * 16, "15 位"),
        (1e300, "15 位"),
        ("1E+05", "不是数字"),
    ],
)
def test_what_is_no_number_is_refused(typed, says):
    with pytest.raises(Refused, match=says):
        to_integer(typed)


def test_a_float_counts_with_the_digits_the_person_sees():
    assert to_decimal(0.1 + 0.2) == Decimal("0.3")
    assert to_decimal(255.9) == Decimal("255.9")


@pytest.mark.parametrize(
    ("typed", "unit", "amount"),
    [
        ("12.5亿元", "万元", "125000"),
        ("12.5 亿", "万元", "125000"),
        ("3500", "万元", "3500"),
        (3500.0, "元", "0.35"),
        ("3,500万元", "亿元", "3500"),
        ("￥35,000元", "万元", "3.5"),
        (2.0, "亿元", "20000"),
        ("５０万", "元", "50"),
        ("0", "万元", "0"),
    ],
)
def test_money_is_in_wan_yuan_whatever_was_typed(typed, unit, amount):
    assert to_amount(typed, unit) == Decimal(amount)


@pytest.mark.parametrize("typed", ["约3亿", "亿元", "3万亿", "一千万"])
def test_money_that_is_no_number_is_refused(typed):
    with pytest.raises(Refused):
        to_amount(typed)


def test_yes_and_no():
    assert [to_flag(typed) for typed in ("是", "√", "有", 1.0, "１", True)] == [True] * 6
    assert [to_flag(typed) for typed in ("否", "×", "无", 0.0, "Ｘ", False)] == [False] * 6
    with pytest.raises(Refused, match="请填“是”或“否”"):
        to_flag("部分")


def test_text_keeps_its_chinese_punctuation():
    typed = "\ufeff  城投（一期），编号Ａ１２：“待定”\u200b\x07\r\n第二行 "
    assert clean_text(typed) == "城投（一期），编号A12：“待定”\n第二行"
    assert clean_text(3.0) == "3"
    assert clean_text(131102.0) == "131102"
    assert clean_text(1e20) == "1" + "0" * 20
    assert clean_text(DAY) == "2020-05-03"
    assert clean_code(" 91131100ma０abc－12 ") == "91131100MA0ABC-12"


def test_figures_as_people_read_them():
    assert grouped(1610) == "1,610"
    assert grouped(Decimal("1234.50")) == "1,234.50"
    assert yi(Decimal(2_559_000)) == "255.9"
    assert money(Decimal(2_559_000)) == "255.9 亿元"
    assert money(Decimal(1610), "万元") == "1,610 万元"
    assert money(None) == "—"
    assert percent(68, 74) == "91.9%"
    assert percent(1, 8) == "12.5%"
    assert percent(0, 74) == "0.0%"
    assert percent(0, 0) == "—"
    assert rounded(Decimal("0.25"), 1) == Decimal("0.3")
    assert rounded(Decimal("-0.25"), 1) == Decimal("-0.3")


@pytest.mark.parametrize("call", [grouped, yi, money, lambda value: percent(value, 2), lambda value: rounded(value, 1)])
def test_a_figure_is_never_a_float(call):
    with pytest.raises(TypeError):
        call(0.5)


@given(st.one_of(st.text(), st.floats(), st.text(alphabet="0123456789.,-/年月日亿万元约 　０１２９．", max_size=14)))
def test_no_cell_crashes_the_reader(typed):
    for convert in (to_date, to_integer, to_decimal, to_amount, to_flag):
        try:
            convert(typed)
        except Refused:
            continue
    assert clean_text(clean_text(typed)) == clean_text(typed)


@given(st.dates(min_value=date(1949, 10, 1), max_value=date(2099, 12, 31)))
def test_days_survive_every_way_of_writing_them(day):
    for form in ("%Y-%m-%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"):
        assert to_date(day.strftime(form)) == day
    assert to_date(float((day - date(1899, 12, 30)).days)) == day


@given(st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1))
def test_numbers_survive_grouping(number):
    assert to_integer(grouped(number)) == number
    assert to_integer(clean_text(number)) == number


@given(st.decimals(min_value=0, max_value=10**9, places=4, allow_nan=False))
def test_amounts_survive_a_change_of_unit(amount):
    assert to_amount(f"{amount:f}万元", "亿元") == amount
