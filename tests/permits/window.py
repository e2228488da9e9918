"""Taocheng's approvals bureau and its neighbours, the catalogue of the pack, and one project of Taocheng."""

from datetime import date
from decimal import Decimal

from luodi.journal.rules import SYSTEM
from luodi.orgs import actions as orgs
from luodi.orgs.models import Role
from luodi.permits import actions, queries
from luodi.projects import actions as projects
from tests.world import PACK, at

SUFFIXES = ("xzspj", "zrzyj", "sthjj", "zjj")
UNITS = [(f"{place}-{suffix}", place) for place in ("131102", "131126") for suffix in SUFFIXES]
PEOPLE = [
    ("lin", "林芳", "131102-xzspj", Role.CLERK),
    ("guo", "郭强", "131102-xzspj", Role.UNIT_LEADER),
    ("tian", "田雨", "131102-zrzyj", Role.CLERK),
    ("hou", "侯杰", "131126-xzspj", Role.CLERK),
]


def open_window(world):
    """The world with its approval departments; `world.case(code, …)` takes in an application at the window."""
    start = at("2020-01-02")
    for order, (code, place) in enumerate(UNITS, 50):
        world.units[code] = orgs.register_unit(
            code=code, name=code, kind="county_dept", parent=world.units[place], sort_key=order, actor=SYSTEM, at=start
        )
    for username, name, unit, role in PEOPLE:
        person = orgs.admit(username=username, name=name, actor=SYSTEM, at=start)
        orgs.appoint(person, world.units[unit], role, starts_on=date(2020, 1, 1), actor=SYSTEM, at=start)
        world.people[username] = person
    projects.load_definition(PACK, pack=world.campaign.pack, actor=world.li, at=start)
    actions.load_items(PACK, actor=SYSTEM, at=start)
    world.items = {item.code: item for item in queries.items()}
    about = {"unit": world.units["131102-fgj"], "name": "北方汽车零部件项目", "code": "2019-131102-36-03-000417",
             "tier": "province", "industry": "equipment", "owner": "衡水北方汽车零部件有限公司",
             "total_amount": Decimal(50000), "before_amount": Decimal(0)}  # fmt: skip
    world.project = projects.enter(about, actor=world.li, at=start)
    second = about | {"name": "北方汽车零部件二期项目", "code": ""}
    world.another = lambda: projects.enter(second, actor=world.li, at=start)

    def case(code="energy", day="2020-05-06", papers=True, accept=True, promised_on=None, **wanted):
        (one,) = actions.apply(world.project, items=[world.items[code]], actor=world.lin, at=at(day), **wanted)
        clerk = world.people["tian" if one.unit.code.endswith("zrzyj") else "lin"]
        if papers:
            missing = [line.pk for line in one.papers.all() if papers is True or line.paper.is_essential]
            one = actions.supply(one, papers=missing, actor=clerk, at=at(day))
        if accept:
            one = actions.accept(one, actor=clerk, at=at(day), promised_on=promised_on)
        return one

    world.case = case
    return world
