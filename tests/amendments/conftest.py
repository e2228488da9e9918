"""A second person in the city's office: whoever asks does not decide; and people in front of a browser."""

from datetime import date

import pytest

from luodi.journal.rules import SYSTEM
from luodi.orgs import actions as orgs
from luodi.orgs.models import Role
from tests.problems.conftest import late_august  # noqa: F401
from tests.world import at


@pytest.fixture(autouse=True)
def ma(world):
    """Ma Jun, the office's other person."""
    person = orgs.admit(username="ma", name="马军", actor=SYSTEM, at=at("2020-01-01"))
    orgs.appoint(
        person, world.units["1311"], Role.OFFICE, starts_on=date(2020, 1, 1), actor=SYSTEM, at=at("2020-01-01")
    )
    world.people["ma"] = person
    return person
