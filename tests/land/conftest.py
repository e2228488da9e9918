"""Land of the small city: Zhao of the city's land bureau decides on quota, Wang enters for Taocheng."""

import pytest

from tests.problems.conftest import late_august  # noqa: F401


@pytest.fixture
def land(world):
    """`land.lot(area=…)`, `land.stocked(…)`, `land.batch(…)`."""
    from tests.land.records import stock  # models need Django set up first

    return stock(world)
