"""People of the small city in front of a browser, on 31 August 2020."""

import pytest


@pytest.fixture(autouse=True)
def late_august(settings):
    settings.LUODI_CLOCK = "2020-08-31T08:00"
