"""Projects of the small city: Taocheng's bureau keeps two, Gucheng's one; the city's office issues their plans."""

from datetime import date
from decimal import Decimal
from itertools import count

import pytest
from django.test import Client

from luodi.kit.clock import now
from luodi.projects import actions
from tests.world import PACK, at

NUMBERS = count(1)


@pytest.fixture(autouse=True)
def late_august(settings):
    settings.LUODI_CLOCK = "2020-08-31T08:00"


@pytest.fixture
def library(world):
    """`library.project(name=…)`: a project with a plan of 12,000 万元 for 2020, entered in January."""
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


@pytest.fixture
def as_(world):
    """`as_(world.wang)`: a client signed in as this person."""
    from luodi.orgs.actions import note_sign_in

    def sign_in(person) -> Client:
        client = Client(HTTP_HOST="testserver")
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        note_sign_in(person, session_key=client.session.session_key, address=None, agent="", at=now())
        return client

    return sign_in
