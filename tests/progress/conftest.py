"""The same projects and people as the tests of the library."""

from tests.projects.conftest import late_august, library

__all__ = ["late_august", "library"]
