"""Indicators that sum a column in the database: exact on both databases, in parts and as a whole."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import DecimalField, F, Func, Value
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luodi.indicators import rules
from luodi.indicators.queries import answer, break_down, difference, freeze
from luodi.indicators.rules import Answer, AnyIndicator, Frame, Indicator, Rate, faults
from luodi.indicators.views import checks
from luodi.kit.charts import line
from luodi.problems.indicators import DIMENSIONS
from luodi.problems.models import Problem
from tests.indicators.records import ANPING, RAOYANG, City

MONEY = DecimalField(max_digits=14, decimal_places=2)


class Tenths(Func):
    """An amount in 万元 with two decimals."""

    template = "(%(expressions)s) / 100.0"


def _rows(frame: Frame):
    """Problems with an amount made of two of their counters."""
    amount = Tenths(F("return_count") * Value(10) + F("reopen_count"), output_field=MONEY)
    rows = Problem.objects.filter(campaign=frame.campaign, found_on__lte=frame.as_of)
    return rows.annotate(amount=amount)


def _sum(code: str, **more) -> Indicator:
    facts = {"total": "amount", "unit": "亿元", "scope": "投资额之和", "how": "投资额　→　求和"}
    facts |= {"dimensions": DIMENSIONS, "day": "found_on"}
    return Indicator(code=code, name="投资", rows=_rows, columns=(("额", "amount"),), **{**facts, **more})


SUMS: list[AnyIndicator] = [
    _sum("tests.plain", unit="万元"),
    _sum("tests.invested", scale=Decimal(10000), places=2, row_url=("problems:problem", "pk")),
    _sum("tests.serials", unit="个", total="serial"),
    Rate(code="tests.share", name="占比", scope="一", how="二", numerator="tests.plain", denominator="tests.serials"),
]


@pytest.fixture
def sums(monkeypatch) -> Mapping[str, AnyIndicator]:
    known = {**rules.catalogue(), **{one.code: one for one in SUMS}}
    monkeypatch.setattr(rules, "catalogue", lambda: known)
    for module in ("queries", "views", "api"):
        monkeypatch.setattr(f"luodi.indicators.{module}.catalogue", lambda: known)
    return known


@pytest.fixture
def amounts(city: City, sums) -> City:
    city.problem("6-1", ANPING, return_count=1230, reopen_count=5)  # 123.05
    city.problem("6-20", RAOYANG, return_count=7)  # 0.70
    city.problem("7-1", ANPING, return_count=1, batch="new")  # 0.10
    return city


def test_a_sum_is_exact_and_printed_in_its_unit(amounts):
    whole = answer("tests.plain", amounts.frame)
    assert (whole.value, whole.text, whole.plain) == (Decimal("123.85"), "123.85 万元", "123.85万元")
    big = answer("tests.invested", amounts.frame)
    assert (big.value, big.text, big.rounded) == (Decimal("0.012385"), "0.01 亿元", Decimal("0.01"))
    assert answer("tests.serials", amounts.frame).value == Decimal(6)
    assert answer("tests.share", amounts.frame).text == "2064.2%"


def test_it_answers_as_of_past_days_in_a_county_and_for_a_filter(amounts):
    assert answer("tests.plain", amounts.frame.at(date(2020, 6, 30))).value == Decimal("123.75")
    assert answer("tests.plain", replace(amounts.frame, place=ANPING)).value == Decimal("123.15")
    assert answer("tests.plain", replace(amounts.frame, filters={"batch": "new"})).value == Decimal("0.10")


def test_without_rows_it_is_nought_not_unknown(city, sums):
    nothing = answer("tests.plain", city.frame)
    assert (nothing.value, nothing.text) == (Decimal(0), "0 万元")
    assert {part.answer.text for part in break_down("tests.plain", city.frame, "county")} == {"0 万元"}
    assert break_down("tests.plain", city.frame, "fortnight") == []
    assert answer("tests.share", city.frame).text == "—"


def test_its_parts_add_up_by_county_and_by_fortnight(amounts):
    for by in (*DIMENSIONS, "fortnight"):
        parts = break_down("tests.plain", amounts.frame, by)
        assert sum(part.answer.value for part in parts) == Decimal("123.85"), by
        assert all(check.ok for check in checks(answer("tests.plain", amounts.frame), parts, by))
    fortnights = {part.key: part.answer.text for part in break_down("tests.plain", amounts.frame, "fortnight")}
    assert fortnights == {"2020-06-01": "123.05 万元", "2020-06-16": "0.7 万元", "2020-07-01": "0.1 万元"}


def test_a_rate_of_amounts_may_pass_a_hundred(amounts):
    found = answer("tests.share", amounts.frame)
    assert [check.ok for check in checks(found, [], "")] == [True]
    shares = {part.key: part.answer.text for part in break_down("tests.share", amounts.frame, "county")}
    assert shares == {ANPING: "3078.8%", RAOYANG: "35.0%"}


def test_frozen_and_thawed(amounts):
    frozen = json.loads(json.dumps(freeze("tests.plain", amounts.frame)))
    assert (frozen["value"], frozen["plain"], len(frozen["row_ids"])) == ("123.85", "123.85万元", 1)
    assert not difference(frozen).changed
    Problem.objects.filter(return_count=1).update(return_count=2)
    assert difference(frozen).now.text == "123.95 万元"
    assert difference(frozen).changed


def test_command_line_and_dictionary(amounts, monkeypatch):
    out = StringIO()
    call_command("indicators", "tests.invested", "--by", "county", "--as-of", "2020-08-31", "--json", stdout=out)
    [facts] = json.loads(out.getvalue())
    assert (facts["value"], facts["text"], facts["parts"][0]["value"]) == (0.012385, "0.01 亿元", 0.012315)
    monkeypatch.setattr(
        "luodi.indicators.management.commands.indicators.queries.headings", lambda: [("测试", SUMS[1:2])]
    )
    out = StringIO()
    call_command("indicators", "--markdown", stdout=out)
    assert "- 合计：`amount` 之和，除以 10,000" in out.getvalue()


def test_the_page_shows_value_parts_and_rows(amounts, signed_in):
    client = signed_in(amounts.office)
    page = client.get(reverse("indicators:figure", args=["tests.invested"]), {"as_of": "2020-08-31"})
    assert "0.01" in page.content.decode()
    rows = client.get(reverse("indicators:rows", args=["tests.invested"]), {"as_of": "2020-08-31"}).content.decode()
    assert "共 3 条" in rows
    assert "合计 0.01 亿元" in rows
    assert "123.05" in rows


def test_a_chart_names_what_is_printed(amounts):
    points = [("8-31", answer("tests.invested", amounts.frame).rounded)]
    assert "0.01" in line(points, "投资")
    assert "0.0123" not in line(points, "投资")


def test_sum_and_fold_together_are_refused_at_start_up():
    assert faults([_sum("tests.both", fold=lambda counted: None)]) == ["'tests.both' has both a total and a fold."]


@given(
    st.decimals(-(10**9), 10**9, places=4, allow_nan=False),
    st.sampled_from([None, 0, 1, 2]),
)
def test_what_is_printed_is_within_half_a_place(value, places):
    printed = Answer(_sum("tests.p", places=places), Frame(1, "1311", date(2020, 8, 31)), value)
    off = abs(Decimal(printed.digits.replace(",", "")) - value)
    assert off <= (Decimal(0) if places is None else Decimal("0.5").scaleb(-places))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from([ANPING, RAOYANG, ""]), st.integers(0, 32000)), max_size=12))
def test_parts_add_up_to_the_last_cent(city, sums, drawn):
    Problem.objects.all().delete()
    for county, amount in drawn:
        city.problem("6-1", county, return_count=amount, reopen_count=amount % 10)
    exact = sum((Decimal(10 * amount + amount % 10) / 100 for _county, amount in drawn), Decimal(0))
    assert answer("tests.plain", city.frame).value == exact
    for by in ("county", "batch", "fortnight"):
        assert sum((part.answer.value for part in break_down("tests.plain", city.frame, by)), Decimal(0)) == exact
