"""The sample city's land gives the figures of the report (domain.md 5, rows 80 to 83)."""

from datetime import date, datetime

import pytest
from django.db.models import Sum
from django.utils import timezone

from luodi.campaigns.actions import load_pack, register_region
from luodi.indicators.queries import answer
from luodi.indicators.rules import Frame
from luodi.journal.rules import SYSTEM
from luodi.land.models import Account
from luodi.orgs import actions as orgs
from luodi.orgs.models import UnitKind
from luodi.sample import land
from luodi.sample.queries import PACK, read_city

AT = timezone.make_aware(datetime(2020, 4, 1))


@pytest.fixture
def frame(db):
    words, units = read_city(), register_region(PACK, actor=SYSTEM, at=AT)
    campaign, people = load_pack(PACK, actor=SYSTEM, at=AT), {}
    keepers = [unit for code, unit in units.items() if code.endswith("-zrzyj") and unit.kind == UnitKind.COUNTY_DEPT]
    for number, unit in enumerate([*keepers, units["1311-zrzyj"]]):
        person = orgs.admit(username=f"p{number}", name="经办人", actor=SYSTEM, at=AT)
        orgs.appoint(person, unit, "unit_clerk", title="经办人", starts_on=date(2020, 1, 1), actor=SYSTEM, at=AT)
        people[f"clerk {unit.code}"] = person
    people["zhao"] = people["clerk 1311-zrzyj"]
    for _moment, act in land.acts(words, units, people):
        act()
    return Frame(campaign=campaign.pk, place="1311", as_of=date(2020, 8, 31))


def test_the_figures_of_the_report(frame):
    wanted = {
        "replenished": "109 个", "batches": "93 个", "batch_area": "814.97 公顷", "batch_mu": "12,224.55 亩",
        "zones": "13 个", "zones_reserved": "13 个", "reserve_rate": "100.0%",
    }  # fmt: skip
    assert {code: answer(f"land.{code}", frame).text for code in wanted} == wanted
    assert answer("land.least_reserve", frame).value >= 500
    sums = Account.objects.aggregate(a=Sum("area"), p=Sum("paddy"), c=Sum("capacity"))
    assert not any(round(value, 4) for value in sums.values())
