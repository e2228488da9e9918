"""Figures of land: as of the day, with their rows, split so that the parts add up."""

from datetime import date
from decimal import Decimal

import pytest

from luodi.indicators.queries import answer, break_down, rows
from luodi.indicators.rules import Frame
from luodi.kit.refusal import Refused
from luodi.land import actions
from tests.land.records import amounts
from tests.world import at


@pytest.fixture
def frame(land):
    return Frame(campaign=land.campaign.pk, place="1311", as_of=date(2020, 8, 31))


def value(code, frame):
    return answer(f"land.{code}", frame).value


@pytest.fixture
def moved(land):
    """A lot in stock in two counties, a batch with 5 ha of quota, another batch called back."""
    land.stocked("10", "2", "45000.5")
    land.stocked("4", "0", "100", unit="131126-fgj", day="2020-04-02")
    about = {"pool_unit": land.units["131102"], "actor": land.zhao, "at": at("2020-05-06")}
    land.posting = actions.withdraw(land.batch("8.76", "5"), amounts("5"), **about)
    land.gone = land.batch("3", "0", day="2020-06-01")
    actions.call_back(land.gone, reason="重新组卷", actor=land.li, at=at("2020-07-01"))
    return land


def test_stock_and_what_lies_in_pools(moved, frame):
    assert [value(code, frame) for code in ("replenished", "replenished_area", "withdrawn")] == [2, 14, 5]
    assert value("pool_area", frame) == 9
    assert value("pool_area", frame.at(date(2020, 5, 5))) == 14
    assert value("pool_capacity", frame) == Decimal("45100.5")
    assert rows("land.replenished", frame).count() == 2


def test_a_reversal_counts_from_its_day(moved, frame):
    actions.reverse(moved.posting, reason="x", actor=moved.zhao, at=at("2020-08-01"))
    assert (value("withdrawn", frame), value("withdrawn", frame.at(date(2020, 7, 31)))) == (0, 5)
    assert (value("pool_area", frame), value("pool_area", frame.at(date(2020, 7, 31)))) == (14, 9)


def test_batches(moved, frame):
    assert (value("batches", frame), value("batches", frame.at(date(2020, 6, 30)))) == (1, 2)
    found = answer("land.batch_area", frame)
    assert (found.value, found.text) == (Decimal("8.76"), "8.76 公顷")
    assert value("batch_mu", frame) == Decimal("131.4")
    assert answer("land.approval_rate", frame).text == "0.0%"


@pytest.mark.parametrize("code", ["replenished", "replenished_area", "pool_area", "withdrawn", "batches", "batch_area"])
def test_parts_add_up(moved, frame, code):
    for by in ("county", "month"):
        parts = break_down(f"land.{code}", frame, by)
        assert sum(part.answer.value for part in parts) == value(code, frame)


def test_zones(land, frame):
    assert value("least_reserve", frame) is None
    for name, mu in (("东区", "500"), ("西区", "450")):
        facts = {"actor": land.wang, "at": at("2020-06-01")}
        zone = actions.enter_zone(unit=land.units["131102-fgj"], name=name, **facts)
        actions.count(zone, area=Decimal("33.3333") * Decimal(mu) / 500, counted_on=date(2020, 6, 1), **facts)
    assert (value("zones", frame), value("zones_reserved", frame)) == (2, 1)
    assert answer("land.reserve_rate", frame).text == "50.0%"
    assert answer("land.least_reserve", frame).text == "450 亩"
    actions.count(zone, area=Decimal(40), counted_on=date(2020, 8, 1), actor=land.wang, at=at("2020-08-02"))
    assert (value("zones_reserved", frame), value("zones_reserved", frame.at(date(2020, 7, 31)))) == (2, 1)
    with pytest.raises(Refused, match="晚于上次"):
        actions.count(zone, area=Decimal(1), counted_on=date(2020, 7, 1), actor=land.wang, at=at("2020-08-03"))
    with pytest.raises(Refused, match="不能清点"):
        actions.count(zone, area=Decimal(1), counted_on=date(2020, 8, 3), actor=land.gao, at=at("2020-08-03"))


def test_contracts(land, frame):
    late = land.contract(convert_by=date(2020, 6, 1))
    land.contract()
    assert [value(code, frame) for code in ("leases", "granted", "leases_late")] == [2, 0, 1]
    actions.end(late, reason="企业退出", actor=land.wang, at=at("2020-08-30"))
    assert (value("leases_late", frame), value("leases_late", frame.at(date(2020, 8, 29)))) == (0, 1)
    with pytest.raises(Refused, match="租赁不得超过 20 年"):
        land.contract(lease_until=date(2045, 1, 1))
    with pytest.raises(Refused, match="租赁期之内"):
        land.contract(convert_by=date(2024, 1, 1))
