"""Ways to enter projects of the small city and to tell their months."""

from datetime import date
from decimal import Decimal
from itertools import count

from luodi.projects import actions
from tests.world import PACK, at

NUMBERS = count(1)


def stock(world):
    """The pack's definition, `world.project(…)` and `world.told(row, {month: 万元})`; the world."""
    world.definition = actions.load_definition(PACK, pack=world.campaign.pack, actor=world.li, at=at("2020-01-02"))

    def project(actor=None, day="2020-01-06", **facts):
        number = next(NUMBERS)
        return actions.enter(
            {
                "unit": world.units["131102-fgj"],
                "lead_unit": world.units["1311-fgw"],
                "name": f"北方汽车零部件{number}期项目",
                "code": f"2019-131102-36-03-{number:06d}",
                "tier": "province",
                "industry": "equipment",
                "owner": "衡水北方汽车零部件有限公司",
                "total_amount": Decimal(50000),
                "before_amount": Decimal(0),
                "year": 2020,
                "list_kind": "planned_start",
                "plan_amount": Decimal(12000),
                "due_on": date(2020, 4, 1),
                "steps": {
                    "filed": (date(2020, 1, 31), None),
                    "land": (date(2020, 2, 28), None),
                    "started": (date(2020, 4, 1), None),
                },
                **facts,
            },
            actor=actor or world.li,
            at=at(day),
        )

    world.project = project
    world.told = lambda row, months: [
        actions.report(row, month_on=date(2020, month, 1), amount=Decimal(str(amount)), actor=world.wang,
                       at=at(date(2020, month, 28)))
        for month, amount in months.items()
    ][-1]  # fmt: skip
    return world
