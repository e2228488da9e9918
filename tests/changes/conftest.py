"""A second person in the city's office, and people in front of a browser on 31 August 2020."""

from tests.amendments.conftest import ma  # noqa: F401
from tests.problems.conftest import late_august  # noqa: F401
