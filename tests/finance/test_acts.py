"""Wang keeps the needs of Taocheng, Li publishes them; what banks did, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest

from luodi.finance import actions
from luodi.finance.models import Balance, Need, Reached, Refusal, Status
from luodi.journal.queries import timeline
from luodi.kit.refusal import Refused
from tests.world import at

MAY = date(2020, 5, 6)


def fresh(row):
    return Need.objects.get(pk=row.pk)


def grant(world, row, amount=8000, bank=None, day=MAY, actor=None):
    return actions.grant(
        row, bank=bank or world.icbc, amount=Decimal(amount), granted_on=day, actor=actor or world.wang,
        at=at("2020-08-28"),
    )  # fmt: skip


def pay(world, row, credit, amount, day=date(2020, 5, 20)):
    return actions.pay(row, credit=credit, amount=Decimal(amount), paid_on=day, actor=world.wang, at=at("2020-08-28"))


class TestNeeds:
    def test_wang_enters_one_and_li_publishes_it(self, money):
        row = money.need(actor=money.wang)
        assert row.status == Status.WAITING
        facts = {"published_on": date(2020, 3, 3), "actor": money.li, "at": at("2020-03-03")}
        batch = actions.publish([row], name="第一批", **facts)
        row = fresh(row)
        assert (row.status, row.batch, row.published_on) == (Status.PUBLISHED, batch, date(2020, 3, 3))
        assert {one.verb for one in timeline(row)} == {"finance.enter", "finance.publish"}

    def test_wang_neither_publishes_nor_enters_for_gucheng(self, money):
        row = money.need()
        with pytest.raises(Refused, match="您的岗位不能"):
            actions.publish([row], name="x", published_on=date(2020, 3, 3), actor=money.wang, at=at("2020-03-03"))
        with pytest.raises(Refused, match="不能为故城县发改局登记"):
            money.need(actor=money.wang, unit=money.units["131126-fgj"])

    def test_the_same_need_is_not_entered_twice(self, money):
        row = money.need(name="衡水橡胶厂")
        with pytest.raises(Refused, match="已经登记过"):
            money.need(name=row.name)
        actions.withdraw(row, reason="企业撤销", actor=money.wang, at=at("2020-03-03"))
        assert money.need(name=row.name).pk

    def test_a_batch_has_one_name_and_no_day_to_come(self, money):
        row = money.need()
        with pytest.raises(Refused, match="还没有到"):
            actions.publish([row], name="x", published_on=date(2020, 9, 3), actor=money.li, at=at("2020-03-03"))
        with pytest.raises(Refused, match="没有选"):
            actions.publish([], name="x", published_on=MAY, actor=money.li, at=at("2020-08-03"))


class TestBanks:
    def test_need_contact_credit_loan(self, money):
        row = money.met(money.out())
        assert row.reached == Reached.CONTACT
        credit = grant(money, row)
        assert (fresh(row).reached, fresh(row).granted_amount) == (Reached.CREDIT, Decimal(8000))
        pay(money, row, credit, 3000)
        row = fresh(row)
        assert (row.reached, row.paid_amount) == (Reached.LOAN, Decimal(3000))

    def test_credit_before_the_bank_has_come_is_refused(self, money):
        row = money.out()
        with pytest.raises(Refused, match="请先登记对接"):
            grant(money, row)
        row = money.met(row)
        with pytest.raises(Refused, match="农业银行衡水分行还没有对接过"):
            grant(money, row, bank=money.abc)
        with pytest.raises(Refused, match="早于"):
            grant(money, row, day=date(2020, 3, 20))

    def test_a_credit_in_yuan_instead_of_wan_is_noticed(self, money):
        with pytest.raises(Refused, match="像是单位写错了"):
            grant(money, money.met(money.out()), amount=80_000_000)

    def test_never_more_is_paid_than_was_granted(self, money):
        row = money.met(money.out())
        credit = grant(money, row)
        pay(money, row, credit, 8000)
        with pytest.raises(Refused, match="超出 1 万元"):
            pay(money, row, credit, 1)
        with pytest.raises(Refused, match="早于授信日期"):
            pay(money, row, grant(money, row), 1, day=date(2020, 5, 1))

    def test_a_wrong_credit_is_voided_with_a_reason_and_after_its_loans(self, money):
        row = money.met(money.out())
        credit = grant(money, row)
        loan = pay(money, row, credit, 100)
        with pytest.raises(Refused, match="请先作废放款"):
            actions.void(row, row=credit, reason="录错", actor=money.wang, at=at("2020-08-29"))
        with pytest.raises(Refused, match="要写明理由"):
            actions.void(row, row=loan, reason=" ", actor=money.wang, at=at("2020-08-29"))
        actions.void(row, row=loan, reason="录错", actor=money.wang, at=at("2020-08-29"))
        row = actions.void(row, row=credit, reason="录错", actor=money.wang, at=at("2020-08-29"))
        assert (row.granted_amount, row.paid_amount, row.reached) == (0, 0, Reached.CONTACT)
        with pytest.raises(Refused, match="已于 2020-08-29 作废"):
            actions.void(row, row=credit, reason="再来", actor=money.wang, at=at("2020-08-29"))

    def test_a_bank_refuses_with_a_reason(self, money):
        row = money.met(money.out())
        facts = {"bank": money.icbc, "refused_on": MAY, "ground": "security"}
        facts |= {"actor": money.wang, "at": at("2020-08-01")}
        with pytest.raises(Refused, match="要写明理由"):
            actions.refuse(row, reason="", **facts)
        actions.refuse(row, reason="抵押物不足值", **facts)
        assert Refusal.objects.get().ground == "security"
        with pytest.raises(Refused, match="已经登记过"):
            actions.refuse(row, reason="再说一次", **facts)

    def test_gao_of_another_county_and_a_stale_page(self, money):
        row = money.met(money.out())
        with pytest.raises(Refused, match="您的岗位"):
            grant(money, row, actor=money.gao)
        with pytest.raises(Refused, match="有人改动过"):
            actions.withdraw(row, reason="x", seen=1, actor=money.wang, at=at("2020-08-01"))

    def test_what_is_withdrawn_is_no_longer_dealt_with(self, money):
        row = money.met(money.out())
        actions.withdraw(row, reason="已自筹", actor=money.wang, at=at("2020-08-01"))
        with pytest.raises(Refused, match="已撤回"):
            grant(money, row)


class TestBalances:
    def test_the_identity_holds_or_the_sentence_says_where_it_does_not(self, money):
        money.tell(money.balance())
        words = r"2020-06 农业银行衡水分行“地市及以下重点项目”：期末余额写 1,400.*差 100 万元"
        with pytest.raises(Refused, match=words):
            money.tell(money.balance(bank=money.abc, end_amount=1400))

    def test_all_or_none(self, money):
        with pytest.raises(Refused):
            money.tell(money.balance(), money.balance(bank=money.abc, end_amount=1))
        assert not Balance.objects.exists()

    @pytest.mark.parametrize(
        ("facts", "month", "why"),
        [({}, 6, "已经填报过"), ({}, 8, "2020-07 还没有填报"), ({}, 5, "不能倒回去"), ({}, 9, "还没有填报"),
         ({"issued_amount": 400, "end_amount": 1200}, 7, "累计不能下降"),
         ({"start_amount": 900, "end_amount": 1200}, 7, "年初余额 900"),
         ({"repaid_amount": -1, "end_amount": 1501}, 7, "不能是负数")],
    )  # fmt: skip
    def test_months_in_turn_and_cumulative(self, money, facts, month, why):
        money.tell(money.balance())
        with pytest.raises(Refused, match=why):
            money.tell(money.balance(**facts), month=month)

    def test_a_month_twice_in_one_list_and_a_clerk_who_keeps_no_bank(self, money):
        with pytest.raises(Refused, match="填了两次"):
            money.tell(money.balance(), money.balance())
        with pytest.raises(Refused, match="您的岗位不能填报"):
            money.tell(money.balance(), actor=money.zhao)

    def test_a_correction_needs_a_reason_and_keeps_the_old_row(self, money):
        money.tell(money.balance())
        money.tell(money.balance(issued_amount=600, end_amount=1400), reason="漏报一笔")
        assert sorted(Balance.objects.values_list("end_amount", "ended_on")) == [
            (Decimal(1300), date(2020, 7, 10)), (Decimal(1400), None),
        ]  # fmt: skip

    def test_the_reports_own_total_is_not_taken_without_a_word_about_its_gap(self, money):
        money.four()
        with pytest.raises(Refused, match=r"130\.38 亿元，还有 32\.39 亿元（19\.9%）没有说明"):
            money.total(note=" ")
        assert money.total().gap_note

    def test_an_explicit_other_closes_the_gap(self, money):
        money.four()
        money.tell(money.balance("other", start_amount=0, issued_amount=323_900, repaid_amount=0, end_amount=323_900))
        assert money.total(note="").pk

    def test_a_total_that_contradicts_itself_and_who_may_not(self, money):
        with pytest.raises(Refused, match="较年初增加却写 1,000"):
            money.total(increase_amount=Decimal(1000))
        with pytest.raises(Refused, match="市级办公室"):
            money.total(actor=money.sun)
