import pytest

from tests.indicators.records import City


@pytest.fixture
def city(db) -> City:
    return City()


@pytest.fixture
def signed_in(as_, settings):
    settings.LUODI_CLOCK = "2020-08-31T08:00"
    return as_
