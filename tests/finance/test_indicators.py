"""Figures of finance: as of the day, with their rows, and split so that the parts add up."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.finance import actions
from luodi.finance.models import Balance
from luodi.finance.rules import Explained, gap_of
from luodi.indicators.queries import answer, break_down, catalogue, freeze, rows
from luodi.indicators.rules import Frame
from tests.finance.test_acts import fresh, grant, pay
from tests.world import at

CODES = [code for code in catalogue() if code.startswith("finance.")]


@pytest.fixture
def frame(money):
    return Frame(campaign=money.campaign.pk, place="1311", as_of=date(2020, 8, 31))


@pytest.fixture
def three(money):
    """Two enterprises of Taocheng, one of Gucheng; the first has credit and a loan, the second was refused."""
    first, second = money.met(money.out()), money.met(money.out(amount=Decimal(5000)))
    money.out(unit=money.units["131126-fgj"], amount=Decimal(3000), kind="project")
    credit = grant(money, first)
    pay(money, first, credit, 3000)
    actions.refuse(second, bank=money.icbc, refused_on=date(2020, 5, 8), ground="security", reason="抵押不足",
                   actor=money.wang, at=at("2020-06-01"))  # fmt: skip
    return first, second, credit


def value(code, frame):
    return answer(f"finance.{code}", frame).value


def test_the_way_of_needs(three, frame):
    wanted = {"needs": 3, "needs_enterprises": 2, "needs_projects": 1, "contacted": 2, "credited": 1, "lent": 1,
              "contacts": 2, "banker_visits": 2, "refusals": 1}  # fmt: skip
    assert {code: value(code, frame) for code in wanted} == wanted
    sums = [value(code, frame) for code in ("need_amount", "credit", "disbursed")]
    assert sums == [2, Decimal("0.8"), Decimal("0.3")]
    assert answer("finance.credit_rate", frame).text == "40.0%"


def test_a_voided_credit_counts_until_it_was_voided(money, three, frame):
    second = grant(money, three[0], amount=1000)
    actions.void(fresh(three[0]), row=second, reason="录错", actor=money.wang, at=at("2020-08-20"))
    assert value("credit", frame) == Decimal("0.8")
    assert value("credit", frame.at(date(2020, 8, 19))) == Decimal("0.9")


def test_what_is_withdrawn_counts_until_then(money, three, frame):
    actions.withdraw(fresh(three[1]), reason="已自筹", actor=money.wang, at=at("2020-08-20"))
    assert (value("needs", frame), value("needs", frame.at(date(2020, 8, 19)))) == (2, 3)
    assert value("refusals", frame) == 0


@pytest.mark.parametrize("code", CODES)
def test_parts_add_up_and_rows_open(money, three, frame, code):
    money.four()
    money.total()
    found = answer(code, frame)
    assert found.value is not None, found.reason
    freeze(code, frame)
    indicator = catalogue()[code]
    for by in getattr(indicator, "dimensions", {}):
        parts = break_down(code, frame, by)
        if indicator.adds_up:
            assert sum(part.answer.value for part in parts) == found.value
        for part in parts:
            rows(code, part.answer.frame).count()
    if getattr(indicator, "counts", False):
        assert rows(code, frame).count() == found.value
    person_rows = indicator.visible(rows(code, frame), money.gao, date(2020, 8, 31)) if getattr(
        indicator, "visible", None) else None  # fmt: skip
    assert person_rows is None or person_rows.count() >= 0


def test_the_reports_total_its_classes_and_what_nobody_explains(money, frame):
    money.four()
    money.total()
    texts = {code: answer(f"finance.{code}", frame).plain for code in (
        "balance", "balance_increase", "balance_cooperation", "balance_national", "balance_province", "balance_local",
        "balance_classes", "balance_unexplained",
    )}  # fmt: skip
    assert list(texts.values()) == [
        "162.77亿元", "17.95亿元", "73.21亿元", "2.74亿元", "30.93亿元", "23.50亿元", "130.38亿元", "32.39亿元",
    ]  # fmt: skip


def test_balances_before_they_were_told_and_of_a_county_are_unknown(money, frame):
    money.four()
    assert value("balance_classes", frame.at(date(2020, 7, 9))) is None
    county = Frame(campaign=money.campaign.pk, place="131102", as_of=date(2020, 8, 31))
    assert "不分县市区" in answer("finance.balance_classes", county).reason
    assert "还没有录入" in answer("finance.balance", frame).reason


def test_only_the_last_month_counts(money, frame):
    money.tell(money.balance(), month=5)
    money.tell(money.balance(issued_amount=700, end_amount=1500))
    assert value("balance_classes", frame) == Decimal("0.15")


AMOUNTS = st.decimals(0, 10**9, places=4)


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_the_gap_is_what_the_end_differs_by(start, issued, repaid, written, gap):
    end = start + issued - repaid - written + gap
    parts = {"start_amount": start, "issued_amount": issued, "repaid_amount": repaid, "written_amount": written}
    row = Balance(**parts, end_amount=end)
    assert gap_of(row) == gap


@given(AMOUNTS, st.lists(AMOUNTS, max_size=5))
def test_explained_and_unexplained_are_the_whole(total, parts):
    found = Explained(total, dict(enumerate(parts)))
    assert found.sum + found.gap == total
    assert bool(found.words) is bool(found.gap)
