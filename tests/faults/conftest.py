"""People of the small city on a bad day."""

from tests.intake.conftest import late_august, send, uploaded

__all__ = ["late_august", "send", "uploaded"]
