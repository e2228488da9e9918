"""People of the small city on a bad day."""

from tests.intake.conftest import as_, late_august, send, uploaded

__all__ = ["as_", "late_august", "send", "uploaded"]
