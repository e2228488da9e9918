"""The clock at the edge: only views, api and commands ask it; everything below takes `at` as an argument.

`LUODI_CLOCK` may set where the clock stands: «2020-08-31T08:00» starts there when the process starts;
«2020-08-31T08:00@1790000000» starts there at that real second (Unix time), so that several processes agree.
"""

import time
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

_started = time.time()


def now() -> datetime:
    """The present moment, aware, in the local zone; the demo's moment when `LUODI_CLOCK` is set."""
    stand = settings.LUODI_CLOCK
    if not stand:
        return timezone.localtime()
    moment, _, since = stand.partition("@")
    start = datetime.fromisoformat(moment).replace(tzinfo=timezone.get_default_timezone())
    return start + timedelta(seconds=time.time() - (float(since) if since else _started))


def today() -> date:
    """The present day in the local zone."""
    return now().date()


def local_day(at: datetime) -> date:
    """The day in the local zone on which a moment lies."""
    return timezone.localtime(at).date()
