import pytest

from luodi.kit.clock import now
from luodi.orgs.actions import note_sign_in
from tests.indicators.records import City


@pytest.fixture
def city(db) -> City:
    return City()


@pytest.fixture
def signed_in(city, client, settings):
    settings.LUODI_CLOCK = "2020-08-31T08:00"

    def enter(person):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        note_sign_in(person, session_key=client.session.session_key, address=None, agent="", at=now())
        return client

    return enter
