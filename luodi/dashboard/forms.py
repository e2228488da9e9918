"""From the address to a board: whose place, as of which day, beside which earlier day, which measure on the map."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from luodi.changes.forms import ChangesForm
from luodi.dashboard.rules import MEASURES


class BoardForm(ChangesForm):
    """Place and days as the page of changes reads them; `tile` is the measure on the map."""

    @property
    def measure(self) -> str:
        """The measure asked for, else the first."""
        asked = self.given.get("tile", "")
        return asked if asked in MEASURES else next(iter(MEASURES))

    def __init__(self, data: Mapping[str, Any], **facts: Any) -> None:
        super().__init__(data, **facts)
        self.given = data


def day_of(text: str) -> date | None:
    """A day in an address, if it is one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
