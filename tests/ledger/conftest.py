"""People of the small city in front of a browser, on 31 August 2020."""

import pytest
from django.test import Client

from luodi.kit.clock import now


@pytest.fixture(autouse=True)
def late_august(settings):
    settings.LUODI_CLOCK = "2020-08-31T08:00"


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


@pytest.fixture
def many(world):
    """`many(230)`: so many problems of two counties, by two queries."""
    from datetime import date

    from luodi.problems import actions
    from tests.world import at

    def made(count, **wanted):
        fields = [
            world.fields(title=f"第{n}件", unit=world.units["131102-fgj" if n % 3 else "131126-fgj"], **wanted)
            for n in range(count)
        ]
        return actions.register_many(world.campaign, fields, actor=world.li, at=at(date(2020, 5, 18)))

    return made
