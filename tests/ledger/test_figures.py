"""Every figure whose rows are problems opens in the ledger with exactly these rows, as far as each person sees them."""

import re
from datetime import date, timedelta

import pytest
from django.http import QueryDict

from luodi.amendments import actions as amendments
from luodi.indicators import queries as indicators
from luodi.indicators.forms import counted
from luodi.indicators.rules import Frame, Rate, catalogue
from luodi.journal.rules import SYSTEM
from luodi.ledger import queries
from luodi.orgs import actions as orgs
from luodi.orgs.models import Role
from luodi.problems import actions
from tests.world import at

pytestmark = pytest.mark.django_db
TODAY = date(2020, 8, 31)
LISTED = [code for code, one in catalogue().items() if counted(one).list_url]


@pytest.fixture
def city(world):
    """Problems in many states: closed, reopened, sent back, overdue, due soon, merged, voided, of two counties."""
    began, since = at("2020-04-28"), date(2020, 1, 1)
    second = orgs.admit(username="tian", name="田野", actor=SYSTEM, at=began)
    orgs.appoint(second, world.units["1311"], Role.OFFICE, starts_on=since, actor=SYSTEM, at=began)
    gucheng = {"unit": world.units["131126-fgj"]}
    world.brought_to("closed")
    reopened = world.brought_to("closed", world.problem(is_priority=True, from_above=True))
    again = {"cause": "relapse", "reason": "反弹", "due_on": date(2020, 9, 1)}
    actions.reopen(reopened, **again, actor=world.li, at=at("2020-08-01"))
    back = world.brought_to("self_checked", world.problem("2020-05-19", batch="new", found_on=date(2020, 5, 19)))
    actions.send_back(back, reason="缺证", due_on=date(2020, 8, 20), actor=world.liu, at=at("2020-08-02"))
    world.brought_to("verified")
    kept = world.do(world.problem(**gucheng), "assign", at("2020-05-20"))
    for ask, facts in ((amendments.ask_merge, {"into": kept}), (amendments.ask_void, {})):
        row = world.problem(title=f"重复{ask.__name__}", unit=kept.unit)
        ask(row, reason="重复登记", actor=world.li, at=at("2020-06-01"), **facts)
        amendments.decide(row.amendments.get(), approved=True, actor=second, at=at("2020-06-02"))
    world.problem(**gucheng)
    return world


def frames(campaign):
    yield Frame(campaign.pk, "1311", TODAY)
    yield Frame(campaign.pk, "131126", TODAY)
    yield Frame(campaign.pk, "1311", date(2020, 6, 5), date(2020, 5, 16), date(2020, 6, 1))
    yield Frame(campaign.pk, "1311", TODAY, filters={"batch": "base", "group": "审批"})
    yield Frame(campaign.pk, "1311", TODAY, filters={"county": "131102", "priority": "no", "unit": "131102-fgj"})
    yield Frame(campaign.pk, "1311", TODAY, filters={"lead_unit": "-", "source": "self_check"})


def parts(indicator):
    return ("", "denominator") if isinstance(indicator, Rate) else ("",)


@pytest.mark.parametrize("code", LISTED)
def test_the_ledger_holds_exactly_the_rows_of_the_figure(city, code):
    for frame in frames(city.campaign):
        for part in parts(catalogue()[code]):
            shown = counted(catalogue()[code], part)
            rows = indicators.rows(shown.code, frame)
            query = QueryDict(f"figure={code}&{frame.to_query()}" + (f"&part={part}" if part else ""))
            for person in (city.li, city.wang, city.gao, city.zhao):
                seen = shown.visible(rows, person, TODAY) if shown.visible else rows.visible_to(person, TODAY)
                asked = queries.read(person, query, TODAY)
                assert not asked.form.errors
                assert {row.pk for row in asked.rows} == {row.pk for row in seen}, (frame, part, person)


def test_many_are_listed():
    assert len(LISTED) >= 20
    assert {"problems.found", "problems.closure_rate", "amendments.merged", "amendments.voided"} <= {*LISTED}
    assert not {"problems.returned", "problems.lines", "amendments.urged"} & {*LISTED}


def test_figure_and_rows_lead_there(city, as_):
    client = as_(city.li)
    for page in ("problems.overdue/", "problems.overdue/rows/", "amendments.merged/"):
        html = client.get(f"/indicators/{page}").content.decode()
        link = re.search(r'href="(/problems/\?figure=[^"]*)"[^>]*>(?:<svg.*?</svg>)?在台账中打开', html)
        opened = client.get(link.group(1).replace("&amp;", "&"))
        assert opened.status_code == 200
    below = client.get("/indicators/problems.closure_rate/rows/?part=denominator").content.decode()
    assert "figure=problems.closure_rate" in below
    assert "part=denominator" in below
    assert "在台账中打开" not in client.get("/indicators/problems.returned/").content.decode()


def test_a_day_later_the_same_address_still_means_that_day(city, as_, settings):
    frame = Frame(city.campaign.pk, "1311", TODAY)
    before = queries.read(city.li, QueryDict(f"figure=problems.open&{frame.to_query()}"), TODAY).rows.count()
    waiting = queries.read(city.li, QueryDict("status=registered"), TODAY).rows.first()
    assert waiting is not None
    city.problem("2020-09-01", found_on=date(2020, 9, 1))
    later = TODAY + timedelta(days=1)
    assert queries.read(city.li, QueryDict(f"figure=problems.open&{frame.to_query()}"), later).rows.count() == before
