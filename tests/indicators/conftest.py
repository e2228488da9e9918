import pytest

from tests.indicators.records import City


@pytest.fixture
def city(db) -> City:
    return City()
