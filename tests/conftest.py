"""Fixtures every test may use. (The founder's `world` fixture stays; add to this file.)"""

import pytest


@pytest.fixture()
def world(db):
    """A small city with named people in it."""
    from tests.world import build  # models need Django set up first

    return build()
