"""The jobs' own clock, and when a running job counts as abandoned."""

import time
from datetime import UTC, datetime, timedelta

MAX_ATTEMPTS = 3
STALE_AFTER = timedelta(minutes=5)


def machine_now() -> datetime:
    """The machine's real time, aware, UTC.

    The one place that does not ask `luodi.kit.clock.now`: in the demo that clock stands still in August 2020, and
    a heartbeat taken from it would never grow old, so that a killed worker's job would never be taken up again.
    """
    return datetime.fromtimestamp(time.time(), tz=UTC)


def percent(done: int, total: int) -> int | None:
    """Whole per cent done, 0 to 100, rounded down; None while the total is unknown."""
    return min(100, done * 100 // total) if total else None
