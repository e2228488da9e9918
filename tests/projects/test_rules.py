"""Codes, months and pace: pure arithmetic, tried with many numbers."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.projects import rules
from luodi.projects.models import Project

SIGNS = st.sampled_from(rules.ALPHABET)


def _code(sort, place, organ):
    whole = sort + place + organ + rules.organ_check(organ)
    return whole + rules.owner_code_check(whole)


def _signs(alphabet, n):
    return st.text(alphabet, min_size=n, max_size=n)


def owner_codes():
    """Codes with right check characters, also with letters in front."""
    return st.builds(_code, _signs(rules.ALPHABET, 2), _signs("0123456789", 6), _signs(rules.ALPHABET, 8))


@pytest.mark.parametrize("code", ["911101080828461726", "91440300708461136T"])
def test_codes_of_real_enterprises_are_right(code):
    assert rules.owner_code_fault(code) is None


@given(owner_codes())
def test_a_code_made_by_the_standard_is_right_and_may_begin_with_letters(code):
    assert rules.owner_code_fault(code) is None


@given(owner_codes(), st.integers(0, 17), SIGNS)
def test_one_wrong_sign_is_always_found(code, place, sign):
    changed = code[:place] + sign + code[place + 1 :]
    assert (rules.owner_code_fault(changed) is None) == (changed == code)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("9113110", "应为18位"),
        ("91131102MA0123456I", "里不应有“I”"),
        ("91AB1102MA01234567", "行政区划代码"),
        ("911101080828461725", "校验位不符"),
    ],
)
def test_a_wrong_code_is_refused_with_the_place(code, why):
    assert why in rules.owner_code_fault(code)


@given(st.text(max_size=24))
def test_no_text_breaks_the_checks(text):
    assert rules.project_code_fault(text) is None or text in rules.project_code_fault(text)
    assert rules.owner_code_fault(text) is None or text in rules.owner_code_fault(text)


@pytest.mark.parametrize("code", ["2018-131102-47-03-000123", "2105-131102-04-01-123456", "2012-131102-04-01-123456"])
def test_both_forms_of_the_project_code(code):
    assert rules.project_code_fault(code) is None


@pytest.mark.parametrize("code", ["2113-131102-04-01-123456", "18-131102-47-03-000123", "2018131102470300012"])
def test_project_codes_that_are_none(code):
    assert rules.project_code_fault(code)


AMOUNTS = st.decimals(0, 10**6, places=4)


@given(st.lists(AMOUNTS, min_size=1, max_size=12))
def test_the_year_is_the_sum_of_its_months_and_never_falls(amounts):
    project = Project(name="北方汽车零部件", year=2020, total_amount=Decimal(10**9))
    months, before = {date(2019, 12, 1): Decimal(77)}, Decimal(0)
    for number, amount in enumerate(amounts, 1):
        month = date(2020, number, 1)
        assert rules.month_refusal(project, months, month, amount, date(2020, 12, 31)) is None
        months[month] = amount
        now = rules.year_to_date(months, month)
        assert now == sum(amounts[:number]) >= before
        before = now


@pytest.mark.parametrize(
    ("month", "amount", "why"),
    [
        ((2020, 9), 1, "还没有到"),
        ((2021, 1), 1, "还没有到"),
        ((2020, 5), 1, "已经填报过"),
        ((2020, 4), 1, "不能倒回去"),
        ((2020, 7), 1, "2020-06 还没有填报"),
        ((2020, 6), -1, "累计下降"),
    ],
)
def test_months_that_are_refused(month, amount, why):
    project = Project(name="北方汽车零部件", year=2020, total_amount=Decimal(1000))
    months = {date(2020, 5, 1): Decimal(10)}
    found = rules.month_refusal(project, months, date(*month, 1), Decimal(amount), date(2020, 8, 31))
    assert why in found


def test_a_year_without_plan_takes_no_months():
    project = Project(name="北方汽车零部件", year=2019)
    assert "还没有 2020 年的计划" in rules.month_refusal(project, {}, date(2020, 1, 1), Decimal(1), date(2020, 8, 31))


@pytest.mark.parametrize(("month", "share"), [(1, "8.3"), (6, "50.0"), (8, "66.7"), (12, "100.0")])
def test_pace_is_the_share_of_the_year(month, share):
    assert rules.pace(date(2020, month, 1)) == Decimal(share)


def test_behind_pace_compares_with_the_months_told():
    facts = {"list_kind": "planned_start", "plan_amount": Decimal(1200), "month_on": date(2020, 8, 1)}
    assert rules.behind_pace(Project(**facts, year_amount=Decimal("799.99")))
    assert not rules.behind_pace(Project(**facts, year_amount=Decimal(800)))
    assert not rules.behind_pace(Project(**{**facts, "list_kind": "preliminary"}, year_amount=Decimal(0)))


@given(st.lists(AMOUNTS, max_size=20), st.decimals(-5, 5, places=2))
def test_a_sub_total_that_differs_is_found_with_its_gap(parts, gap):
    found = rules.total_fault(sum(parts, Decimal(0)) + gap, parts)
    assert found == (gap or None) if abs(gap) >= Decimal("0.005") else found is None


def test_landing_names_what_is_lacking():
    assert rules.landing_refusal({"filed", "land", "started"}, ["filed", "land", "started"]) is None
    assert "用地、开工" in rules.landing_refusal({"filed"}, ["filed", "land", "started"])


def test_money_before_the_start_or_beyond_the_total_is_odd():
    project = Project(total_amount=Decimal(100))
    assert rules.money_warnings(project, Decimal(110), True) == []
    assert "110%" in rules.money_warnings(project, Decimal("110.01"), True)[0]
    assert "前期费用" in rules.money_warnings(project, Decimal(1), False)[0]
    assert "施工许可" in rules.start_warning({"started"})
    assert rules.start_warning({"started", "permit"}) is None
