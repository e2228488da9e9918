"""Needs of the small city: Taocheng's bureau keeps two, Gucheng's one; two banks whose figures the city keeps."""

from datetime import date
from decimal import Decimal
from itertools import count

import pytest

from luodi.finance import actions
from luodi.finance.models import Need
from luodi.projects import actions as projects
from tests.problems.conftest import late_august  # noqa: F401
from tests.world import PACK, at

NUMBERS = count(1)
JUNE = date(2020, 6, 1)
CLASSES = {"cooperation": "73.21", "national": "2.74", "province": "30.93", "local": "23.50"}


@pytest.fixture
def money(world):
    """`money.need(…)`, `money.out(…)` (published), `money.met(need)`, `money.icbc`, `money.abc`."""
    projects.load_definition(PACK, pack=world.campaign.pack, actor=world.li, at=at("2020-01-02"))

    def need(actor=None, day="2020-03-02", **facts):
        number = next(NUMBERS)
        return actions.enter(
            {
                "kind": "enterprise", "name": f"衡水第{number}丝网有限公司", "unit": world.units["131102-fgj"],
                "industry": "equipment", "amount": Decimal(12000), "purpose": "流动资金", "months": 24,
                "security": "mortgage", "contact_name": "郭经理", "contact_phone": "0318-2000000", **facts,
            },
            actor=actor or world.li, at=at(day),
        )  # fmt: skip

    def out(day="2020-03-10", **facts):
        row = need(**facts)
        name, published_on = f"第{next(NUMBERS)}批", date.fromisoformat(day)
        actions.publish([row], name=name, published_on=published_on, actor=world.li, at=at(day))
        return Need.objects.get(pk=row.pk)

    def met(row, bank=None, day="2020-04-01", actor=None, kind="banker_visit"):
        fields = {"kind": kind, "name": "陪行长走企业", "held_on": date.fromisoformat(day), "attendees": "张行长"}
        actions.meet([(row, bank or world.icbc)], fields, actor=actor or world.li, at=at(day))
        return Need.objects.get(pk=row.pk)

    def balance(loan_class="local", bank=None, **facts):
        plain = {"start_amount": 1000, "issued_amount": 500, "repaid_amount": 200, "written_amount": 0,
                 "end_amount": 1300, **facts}  # fmt: skip
        amounts = {name: Decimal(str(value)) for name, value in plain.items()}
        return {"bank": bank or world.icbc, "loan_class": loan_class, **amounts}

    def tell(*rows, month=6, actor=None, **more):
        month_on = date(2020, month, 1)
        return actions.tell_balances(rows, month_on=month_on, actor=actor or world.li, at=at("2020-07-10"), **more)

    def four():
        rows = [balance(code, start_amount=0, issued_amount=Decimal(yi) * 10_000, repaid_amount=0,
                        end_amount=Decimal(yi) * 10_000) for code, yi in CLASSES.items()]  # fmt: skip
        return tell(*rows)

    def total(note="类别有交叉，待核对", actor=None, **facts):
        fields = {"month_on": JUNE, "amount": Decimal(1_627_700), "start_amount": Decimal(1_448_200),
                  "increase_amount": Decimal(179_500), "source": "银保监分局6月月报", "published_on": date(2020, 7, 15),
                  "gap_note": note, **facts}  # fmt: skip
        return actions.state_total(fields, city_code="1311", actor=actor or world.li, at=at("2020-07-16"))

    world.need, world.out, world.met, world.balance = need, out, met, balance
    world.tell, world.four, world.total = tell, four, total
    unit = world.units["1311-fgw"]
    for code, name in (("icbc", "工商银行衡水分行"), ("abc", "农业银行衡水分行")):
        facts = {"unit": unit, "code": code, "name": name, "contact_name": "马主任", "contact_phone": "0318-1"}
        setattr(world, code, actions.add_bank(facts, actor=world.li, at=at("2020-01-10")))
    return world
