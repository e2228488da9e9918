"""Land of the small city: Zhao of the city's land bureau decides on quota, Wang enters for Taocheng."""

import pytest
from django.test import Client

from luodi.kit.clock import now


@pytest.fixture(autouse=True)
def late_august(settings):
    settings.LUODI_CLOCK = "2020-08-31T08:00"


@pytest.fixture
def land(world):
    """`land.lot(area=…)`, `land.stocked(…)`, `land.batch(…)`."""
    from tests.land.records import stock  # models need Django set up first

    return stock(world)


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
