"""Finding the figures: number, unit, hedge, and what each is said of; and what is no quantity at all."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.prose.read import figures


def _one(text):
    (found,) = figures(text)
    return found


@pytest.mark.parametrize(
    ("text", "value", "unit", "kind", "hedge"),
    [
        ("追责595人", 595, "人", "count", ""),
        ("完成投资255.9亿元", Decimal("255.9"), "亿元", "money", ""),
        ("用地面积814.97公顷", Decimal("814.97"), "公顷", "area", ""),
        ("储备用地500亩以上", 500, "亩", "area", "over"),
        ("近70人", 70, "人", "count", "about"),
        ("缩减了将近30个工作日", 30, "个工作日", "duration", "about"),
        ("比例不低于20%", 20, "%", "rate", "over"),
        ("提高5.6个百分点", Decimal("5.6"), "个百分点", "points", ""),
        ("调阅资料5.4万余份", 54000, "份", "count", "over"),
        ("百分之九十八点五的群众", Decimal("98.5"), "%", "rate", ""),
        ("问题一千六百一十件", 1610, "件", "count", ""),
        ("分10批次", 10, "批次", "count", ""),
        ("不足３０人", 30, "人", "count", "under"),
        ("增长2.5倍", Decimal("2.5"), "倍", "times", ""),
    ],
)
def test_a_figure_with_its_unit_and_hedge(text, value, unit, kind, hedge):
    found = _one(text)
    assert (found.value, found.unit, found.kind, found.hedge) == (value, unit, kind, hedge)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("冀清办[2020]14号", "number"),
        ("位居全省第五位", "rank"),
        ("第三阶段", "ordinal"),
        ("7月12日", "date"),
        ("2020年6月末", "period"),
        ("1-8月", "period"),
        ("二〇二〇年八月三十一日", "date"),
    ],
)
def test_what_is_no_quantity(text, kind):
    assert [f.kind for f in figures(text)] == [kind]


@pytest.mark.parametrize("text", ["一批项目", "四个意识", "一系列措施", "三大攻坚战", "统一部署", "一站式服务"])
def test_ways_of_speaking_are_no_figures(text):
    assert figures(text) == []


def test_enumerations_are_no_quantities():
    assert {f.kind for f in figures("一是抓落实；二是促整改。1.强化调度。(一)主要做法")} == {"ordinal"}


def test_a_range_has_no_single_value():
    found = _one("3—5个工作日")
    assert (found.value, found.hedge, found.unit) == (None, "range", "个工作日")


@pytest.mark.parametrize(
    ("text", "number", "of"),
    [
        ("新建制度146件、修订制度14件", "146件", "新建制度"),
        ("138项省市重点开工项目完成投资255.9亿元", "138项", "省市重点开工项目"),
        ("2020年发现的1610件问题全部完成整改", "1610件", "2020年发现问题"),
        ("问题和2020年新发现的10件问题已全部完成", "10件", "2020年新发现问题"),
    ],
)
def test_what_a_figure_is_said_of(text, number, of):
    assert next(f for f in figures(text) if f.text == number).of == of


@given(st.text(alphabet="0123456789一二三十百万亿件人元%年月日第、，。近余至-.：()“”《》号〔〕[]项目", max_size=40))
def test_figures_of_any_text_lie_in_order_and_inside_it(text):
    found = figures(text)
    assert all(text[f.start : f.end] == f.text for f in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
