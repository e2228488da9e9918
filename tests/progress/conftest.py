"""The same projects and people as the tests of the library."""

from tests.projects.conftest import as_, late_august, library

__all__ = ["as_", "late_august", "library"]
