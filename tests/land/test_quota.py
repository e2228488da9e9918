"""Zhao of the land bureau moves quota: every posting adds up to zero, no pool goes below it, nothing is used twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from luodi.journal.queries import timeline
from luodi.kit.refusal import Refused
from luodi.land import actions
from luodi.land.models import Account, Book, Entry, Holding, LotStatus, Posting
from luodi.land.queries import balances, whole
from luodi.land.rules import Amounts, balanced, take, to_hectares, to_mu
from luodi.land.templatetags import land as shown
from tests.land.records import amounts, stock
from tests.world import at


def pool(world, place="131102"):
    return Amounts.of(Account.objects.get(unit=world.units[place], book=Book.POOL))


def withdraw(world, purpose, wanted, place="131102", actor=None, day="2020-05-06"):
    about = {"paper": "衡占补〔2020〕3号", "actor": actor or world.zhao, "at": at(day)}
    return actions.withdraw(purpose, wanted, pool_unit=world.units[place], **about)


def zero_everywhere():
    for posting in Posting.objects.all():
        sums = posting.entries.aggregate(a=Sum("area"), p=Sum("paddy"), c=Sum("capacity"))
        assert not any(round(value, 4) for value in sums.values())


class TestStock:
    def test_what_is_accepted_lies_in_the_countys_pool(self, land):
        lot = land.stocked()
        assert (lot.status, pool(land)) == (LotStatus.STOCKED, amounts("10", "2", "45000"))
        source = Account.objects.get(unit=land.units["131102"], book=Book.SOURCE)
        assert Amounts.of(source) == -amounts("10", "2", "45000")
        assert [one.verb for one in timeline(Posting.objects.get())] == ["land.quota.accept"]
        zero_everywhere()

    def test_one_record_number_comes_into_stock_once(self, land):
        first, second = land.stocked(), land.lot()
        about = {"accepted_on": date(2020, 3, 1), "accepted_paper": "x", "actor": land.zhao, "at": at("2020-04-01")}
        with pytest.raises(Refused, match="不能入库两次"):
            actions.accept(second, record_code=first.record_code, **about)
        with pytest.raises(Refused, match="已入库"):
            actions.accept(first, record_code="new", **about)

    def test_who_may_and_what_makes_no_sense(self, land):
        row = land.lot()
        about = {"accepted_paper": "x", "record_code": "1", "at": at("2020-04-01")}
        with pytest.raises(Refused, match="岗位"):
            actions.accept(row, accepted_on=date(2020, 3, 1), actor=land.wang, **about)
        with pytest.raises(Refused, match="还没有到"):
            actions.accept(row, accepted_on=date(2020, 5, 1), actor=land.zhao, **about)
        with pytest.raises(Refused, match="水田是耕地的一部分"):
            land.lot("1", "2")
        facts = {"code": "x", "name": "x", "kind": "paddy", "unit": land.units["131126-fgj"]}
        with pytest.raises(Refused, match="不能为故城县发改局"):
            actions.enter_lot({**facts, **amounts("1").facts}, actor=land.wang, at=at("2020-04-01"))
        with pytest.raises(Refused, match="大于建设规模"):
            land.stocked(scale_area=Decimal(5))


class TestWithdrawing:
    def test_the_oldest_lots_first_and_each_measure_for_itself(self, land):
        old, new = land.stocked("3", "0", "1000"), land.stocked("10", "4", "500", day="2020-04-02")
        posting = withdraw(land, land.batch("8", "5", "1"), amounts("5", "1", "1200"))
        lines = posting.entries.filter(account__book=Book.USED).order_by("pk").values_list("lot_id", "area", "paddy")
        assert list(lines) == [(old.pk, 3, 0), (new.pk, 2, 1)]
        assert pool(land) == amounts("8", "3", "300")
        zero_everywhere()

    def test_more_than_there_is_is_refused_with_what_lacks(self, land):
        land.stocked("3", "0", "1000")
        with pytest.raises(Refused, match="水田只有 0 公顷，还差 1 公顷"):
            withdraw(land, land.batch("8", "5", "1"), amounts("3", "1"))
        assert pool(land).area == 3

    def test_no_more_than_the_batchs_farmland(self, land):
        land.stocked()
        batch = land.batch("8", "5")
        withdraw(land, batch, amounts("4"))
        with pytest.raises(Refused, match="会多于批次的耕地 5 公顷"):
            withdraw(land, batch, amounts("2"))

    def test_whose_quota_and_who(self, land):
        land.stocked()
        with pytest.raises(Refused, match="先调剂"):
            withdraw(land, land.batch(unit="131126-fgj"), amounts("1"))
        with pytest.raises(Refused, match="由市自然资源部门"):
            withdraw(land, land.batch(), amounts("1"), actor=land.wang)

    def test_the_database_itself_refuses_a_pool_below_zero(self, land):
        land.stocked()
        with pytest.raises(IntegrityError), transaction.atomic():
            Account.objects.filter(book=Book.POOL).update(area=Decimal("-0.0001"))
        with pytest.raises(IntegrityError), transaction.atomic():
            Holding.objects.update(capacity=Decimal(-1))


class TestTransfer:
    def test_into_the_citys_pool_and_to_another_county(self, land):
        land.stocked()
        facts = {"actor": land.zhao, "at": at("2020-05-01")}
        county, city, other = (land.units[code] for code in ("131102", "1311", "131126"))
        actions.transfer(county, city, amounts("6", "1"), **facts)
        actions.transfer(city, other, amounts("2"), **facts)
        assert [pool(land, code).area for code in ("131102", "1311", "131126")] == [4, 4, 2]
        withdraw(land, land.batch(unit="131126-fgj"), amounts("2"), "131126")
        withdraw(land, land.batch(unit="131126-fgj"), amounts("3"), "1311")
        zero_everywhere()
        with pytest.raises(Refused, match="同一个市"):
            actions.transfer(county, county, amounts("1"), **facts)
        with pytest.raises(Refused, match="由市自然资源部门"):
            actions.transfer(county, city, amounts("1"), actor=land.sun, at=at("2020-05-01"))


class TestReversal:
    def test_what_was_moved_wrongly_is_moved_back_and_both_stay(self, land):
        land.stocked()
        batch = land.batch()
        posting = withdraw(land, batch, amounts("5"))
        back = actions.reverse(posting, reason="批次号写错", actor=land.zhao, at=at("2020-06-01"))
        batch.refresh_from_db()
        assert (pool(land).area, batch.linked_area, back.reverses_id) == (10, 0, posting.pk)
        assert Posting.objects.count() == 3
        zero_everywhere()
        for again in (posting, back):
            with pytest.raises(Refused, match="已经冲正"):
                actions.reverse(again, reason="x", actor=land.zhao, at=at("2020-06-02"))

    def test_refusals(self, land):
        land.stocked()
        posting, stocking = withdraw(land, land.batch(), amounts("5")), Posting.objects.get(kind="accept")
        with pytest.raises(Refused, match="写明理由"):
            actions.reverse(posting, reason=" ", actor=land.zhao, at=at("2020-06-01"))
        with pytest.raises(Refused, match="由市自然资源部门"):
            actions.reverse(posting, reason="x", actor=land.wang, at=at("2020-06-01"))
        with pytest.raises(Refused, match="已经用掉"):
            actions.reverse(stocking, reason="x", actor=land.zhao, at=at("2020-06-01"))

    def test_an_acceptance_is_taken_back_and_can_be_made_again(self, land):
        lot = land.stocked()
        actions.reverse(Posting.objects.get(), reason="面积有误", actor=land.zhao, at=at("2020-06-01"))
        lot.refresh_from_db()
        assert (lot.status, pool(land)) == (LotStatus.PLANNED, Amounts())


def test_balances_as_of_any_day(land):
    land.stocked(day="2020-03-20")
    withdraw(land, land.batch(), amounts("5"), day="2020-05-06")
    days = [date(2020, 3, 19), date(2020, 3, 20), date(2020, 5, 6)]
    found = [whole(balances(land.zhou, date(2020, 8, 31), day)) for day in days]
    assert [line and (line.pool.area, line.used.area) for line in found] == [None, (10, 0), (5, 5)]
    assert balances(land.gao, date(2020, 8, 31), days[-1]) == []


@pytest.fixture
def city(transactional_db, world):
    """The world, visible to other threads."""
    return stock(world)


def test_two_withdrawals_at_once_from_the_last_hectare(city):
    """Two real connections: one gets it, the other is told what lacks."""
    city.stocked("1", "0", "0")
    batches, start = [city.batch(), city.batch()], Barrier(2)

    def use(batch):
        start.wait()
        try:
            withdraw(city, batch, amounts("1"))
        except Refused as why:
            return str(why)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as threads:
        done, refused = sorted(threads.map(use, batches))
    assert (done, "还差 1 公顷" in refused, pool(city)) == ("", True, Amounts())
    assert Posting.objects.filter(kind="withdraw").count() == 1
    assert Entry.objects.count() == 4


parts = st.decimals(min_value=0, max_value=999, places=4)
quota = st.tuples(parts, parts, parts).map(lambda one: Amounts(max(one[:2]), min(one[:2]), one[2]))


@given(held=st.lists(quota, max_size=6), wanted=quota)
def test_what_is_taken_is_what_was_wanted_or_nothing(held, wanted):
    lots = list(enumerate(held))
    have = sum(held, Amounts())
    try:
        taken = take(lots, wanted)
    except Refused:
        assert not wanted or any(wanted.facts[name] > have.facts[name] for name in wanted.facts)
        return
    assert sum((one for _lot, one in taken), Amounts()) == wanted
    assert all(part.facts[name] <= held[lot].facts[name] for lot, part in taken for name in part.facts)
    assert balanced([*((1, lot, -part) for lot, part in taken), *((2, lot, part) for lot, part in taken)])


@pytest.mark.parametrize(("typed", "found"), [
    ("18亩", "1.2"), ("1.2公顷", "1.2"), ("1.2", "1.2"), ("500 亩", "33.3333"), ("１２０００平方米", "1.2"), (3, "3"),
])  # fmt: skip
def test_areas_as_people_write_them(typed, found):
    assert to_hectares(typed) == Decimal(found)


def test_mu():
    assert (to_hectares("15", "亩"), to_hectares(""), to_mu(Decimal("814.97"))) == (1, None, Decimal("12224.55"))
    assert to_mu(to_hectares("500亩")) == 500
    with pytest.raises(Refused, match="是约数"):
        to_hectares("约70亩")


def test_a_column_has_one_number_of_places():
    rows = [
        Amounts(Decimal("3.735"), Decimal(0), Decimal("381.5")),
        Amounts(Decimal("40.4700"), Decimal(9), Decimal(7)),
    ]

    places = shown.decimals(rows, "area paddy")

    assert [shown.ha(one.area, places) for one in rows] == ["3.735", "40.470"]
    assert shown.ha(rows[1].paddy, places) == "9.000"
    assert [shown.kg(one.capacity, shown.decimals(rows, "capacity", "kg")) for one in rows] == ["381.50", "7.00"]
    assert (shown.ha(Decimal(9)), shown.mu(Decimal("33.3333")), shown.ha(None)) == ("9.00", "500", "—")
