"""A second person in the city's office, people in front of a browser on 31 August 2020, places on the tile map."""

from datetime import date

import pytest

from luodi.journal.rules import SYSTEM
from luodi.orgs import actions as orgs
from luodi.orgs.models import Role, Unit
from tests.amendments.conftest import ma  # noqa: F401
from tests.problems.conftest import late_august  # noqa: F401
from tests.world import World, at


@pytest.fixture
def city(world) -> World:
    """Hengshui with both counties on the map and a leader of Gucheng beside the city's."""
    for code, col, row in (("131102", 1, 3), ("131126", 3, 4)):
        Unit.objects.filter(code=code).update(tile_col=col, tile_row=row)
    person = orgs.admit(username="jia", name="贾县长", actor=SYSTEM, at=at("2020-04-28"))
    orgs.appoint(person, world.units["131126"], Role.LEADER, starts_on=date(2020, 1, 1), actor=SYSTEM,
                 at=at("2020-04-28"))  # fmt: skip
    world.people["jia"] = person
    return world
