"""The sample's documents: three fortnightly circulars at their dates, each drafted, signed and issued; a draft report.

They are written between the acts on problems, in the order of time, so that what was corrected afterwards differs.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from luodi.campaigns.models import Campaign
from luodi.documents import actions
from luodi.documents.models import Document
from luodi.orgs.models import Person

PLACE = "1311"
# The day a circular is written and the day its figures are of.
CIRCULARS = (("2020-07-16", date(2020, 7, 15)), ("2020-08-03", date(2020, 7, 31)), ("2020-08-17", date(2020, 8, 15)))
# Drafted by Tian, countersigned and signed by the leader, issued by Li the same day.
WAY: tuple[tuple[str, str, Callable[..., Document]], ...] = (
    ("09:10", "tian", actions.submit), ("09:40", "he", actions.countersign), ("10:20", "zhou", actions.sign),
    ("10:50", "li", actions.issue),
)  # fmt: skip
Later = list[tuple[datetime, Callable[[], Any]]]


def _at(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


def acts(campaign: Campaign, people: Mapping[str, Person]) -> Later:
    """Everything that is written, with its moment; the work report is drafted by Li and still to be read."""
    later: Later = []
    for day, as_of in CIRCULARS:
        paper: list[Document] = []
        later.append(_drafted(paper, campaign, "circular", as_of, people["tian"], _at(f"{day}T08:40")))
        for clock, who, act in WAY:
            at = _at(f"{day}T{clock}")
            later.append((at, partial(_go_on, paper, act, people[who], at)))
    last = date(2020, 8, 28)
    return [*later, _drafted([], campaign, "work-report", last, people["li"], _at("2020-08-28T17:30"))]


def _drafted(
    paper: list[Document], campaign: Campaign, template: str, as_of: date, actor: Person, at: datetime
) -> tuple[datetime, Callable[[], Any]]:
    def draft() -> None:
        with override("zh-hans"):
            facts: dict[str, Any] = {"template": template, "place": PLACE, "as_of": as_of}
            paper.append(actions.draft(campaign, **facts, actor=actor, at=at))

    return at, draft


def _go_on(paper: list[Document], act: Callable[..., Document], actor: Person, at: datetime) -> None:
    with override("zh-hans"):
        paper.append(act(paper[-1], actor=actor, at=at))
