"""The sample's documents: three fortnightly circulars at their dates, each drafted, signed and issued; a draft report.

They are written between the acts on problems, in the order of time, so that what was corrected afterwards differs.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from luodi.campaigns.models import Campaign
from luodi.documents import actions
from luodi.orgs.models import Person

PLACE = "1311"


def _at(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


def circular(campaign: Campaign, people: Mapping[str, Person], as_of: date, day: str) -> None:
    """One circular: drafted by Tian, countersigned and signed by the leader, issued by Li the same day."""
    facts: dict[str, Any] = {"template": "circular", "place": PLACE, "as_of": as_of}
    made = actions.draft(campaign, **facts, actor=people["tian"], at=_at(f"{day}T08:40"))
    made = actions.submit(made, actor=people["tian"], at=_at(f"{day}T09:10"))
    made = actions.countersign(made, actor=people["he"], at=_at(f"{day}T09:40"))
    made = actions.sign(made, actor=people["zhou"], at=_at(f"{day}T10:20"))
    actions.issue(made, actor=people["li"], at=_at(f"{day}T10:50"))


def report(campaign: Campaign, people: Mapping[str, Person], as_of: date, day: str) -> None:
    """The work report, drafted by Li and still to be read."""
    facts: dict[str, Any] = {"template": "work-report", "place": PLACE, "as_of": as_of}
    actions.draft(campaign, **facts, actor=people["li"], at=_at(f"{day}T17:30"))


Write = Callable[[Campaign, Mapping[str, Person], date, str], None]
# When it is begun, what it is, the day its figures are of.
PAPERS: tuple[tuple[str, Write, date], ...] = (
    ("2020-07-16", circular, date(2020, 7, 15)),
    ("2020-08-03", circular, date(2020, 7, 31)),
    ("2020-08-17", circular, date(2020, 8, 15)),
    ("2020-08-28", report, date(2020, 8, 28)),
)


def write_until(
    moment: datetime | None, written: int, *, campaign: Campaign, people: Mapping[str, Person]
) -> int:
    """Write the papers that begin before `moment` (all that are left without one); how many are now written."""
    with override("zh-hans"):
        for day, write, as_of in PAPERS[written:]:
            if moment and _at(f"{day}T08:30") > moment:
                break
            write(campaign, people, as_of, day)
            written += 1
    return written
