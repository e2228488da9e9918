"""Projects of the small city: Taocheng's bureau keeps two, Gucheng's one; the city's office issues their plans."""

import pytest

from tests.problems.conftest import late_august  # noqa: F401


@pytest.fixture
def library(world):
    """`library.project(name=…)`: a project with a plan of 12,000 万元 for 2020, entered in January."""
    from tests.projects.records import stock  # models need Django set up first

    return stock(world)
