"""The rows of a list: named views with their counts, orders backed by an index, the rows of a figure, neighbours."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from luodi.campaigns.models import Batch, Campaign
from luodi.flow.rules import Words
from luodi.indicators import queries as indicators
from luodi.indicators.rules import Answer, Frame, Rate, indicator_of
from luodi.kit import pages
from luodi.orgs.models import Person
from luodi.problems.models import UNFINISHED, Problem, ProblemQuerySet

NEAR = 15  # days ahead (limits) and back (closed) that the view «recent» looks
COUNTED = 100_000  # rows the tabs count; beyond it they say «100,000+»


@dataclass(frozen=True)
class View:
    """A named list: its tab, its condition, and what it holds in words where the name does not say it."""

    name: Words
    condition: Callable[[Person, date], Q]
    words: Words = ""


def _recent(person: Person, day: date) -> Q:
    due = Q(due_on=None) | Q(due_on__lte=day + timedelta(days=NEAR))
    return (UNFINISHED & due) | Q(closed_on__gte=day - timedelta(days=NEAR))


VIEWS: Mapping[str, View] = {
    "recent": View(_("近期事项"), _recent, _("15 天内到期、逾期或未定时限，含近 15 天销号")),
    "all": View(_("全部"), lambda person, day: Q()),
    "overdue": View(_("逾期"), lambda person, day: UNFINISHED & Q(due_on__lt=day)),
    "open": View(_("未销号"), lambda person, day: UNFINISHED),
    "mine": View(_("我经办"), lambda person, day: Q(handler=person)),
    "priority": View(pgettext_lazy("view", "重点难点"), lambda person, day: Q(is_priority=True)),
}

# Each order is that of a composite index of Problem (with the equality on city, county or campaign before it).
SORTS: Mapping[str, tuple[Words, tuple[str, ...]]] = {
    "due": (_("时限，近的在前"), ("due_on", "pk")),
    "-due": (_("时限，远的在前"), ("-due_on", "-pk")),
    "code": (_("编号，小的在前"), ("code", "pk")),
    "-code": (_("编号，大的在前"), ("-code", "-pk")),
    "county": (_("县市区"), ("county_code", "-found_on", "-pk")),
    "-county": (_("县市区，倒序"), ("-county_code", "found_on", "pk")),
    "-found": (_("发现日期，新的在前"), ("-found_on", "-pk")),
    "found": (_("发现日期，早的在前"), ("found_on", "pk")),
}


def visible(campaign: Campaign, person: Person, day: date) -> ProblemQuerySet:
    """The problems of a campaign that this person may see."""
    return Problem.objects.visible_to(person, day).filter(campaign=campaign)


def arranged(rows: QuerySet[Problem], view: str, sort: str) -> tuple[QuerySet[Problem], tuple[str, ...]]:
    """The rows with what their order needs, and the order. By due date, «recent» shows what is closed last."""
    order = SORTS[sort][1]
    if view != "recent" or sort != "due":
        return rows, order
    done = Case(When(UNFINISHED, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.annotate(done=done), ("done", *order)


def tab_counts(rows: QuerySet[Problem], person: Person, day: date) -> dict[str, pages.Count]:
    """How many rows each view holds. One query for all, over the first 100,000 rows; beyond, a lower bound."""
    counts = {name: Count("pk", filter=view.condition(person, day)) for name, view in VIEWS.items() if name != "all"}
    found = rows.order_by()[: COUNTED + 1].aggregate(all=Count("pk"), **counts)
    capped = found["all"] > COUNTED
    return {name: pages.Count(min(found[name], COUNTED), capped) for name in VIEWS}


def shown(rows: QuerySet[Problem], order: tuple[str, ...], cursor: str, size: int) -> pages.Page:
    """One page, with what a row of the table shows."""
    joined = rows.select_related("unit", "lead_unit", "category").defer(
        "description", "cause", "goal", "measures", "result"
    )
    return pages.page(joined, order, cursor, size)


def neighbours(rows: QuerySet[Problem], order: tuple[str, ...], problem: Problem) -> tuple[int | None, int | None]:
    """The ids before and after a problem in a list, also when it has left the list (closed meanwhile)."""
    before, after = pages.around(rows, order, problem)
    return before and before.pk, after and after.pk


def figure_rows(code: str, frame: Frame, part: str = "") -> Q:
    """The problems that an indicator counts, as a condition; of a rate those above, or `part="denominator"` below.

    Raises Unknown or Refused as the indicator does.
    """
    indicator = indicator_of(code)
    if isinstance(indicator, Rate):
        return figure_rows(indicator.denominator if part == "denominator" else indicator.numerator, frame)
    return Q(pk__in=indicators.rows(code, frame).order_by().values(f"{indicator.via}pk"))


def found_figures(campaign: Campaign, place: str, day: date) -> list[tuple[str, Answer]]:
    """For the head of the page: what each batch is called, and how many were found. Two queries."""
    frame = Frame(campaign.pk, place, day)
    return [
        (campaign.batch_label(batch), indicators.answer("problems.found", frame.narrowed("batch", batch)))
        for batch in Batch.values
    ]


def rest_of(query: Any, *names: str) -> str:
    """A query string without these names and without the page's cursor, to put after «?»."""
    kept = query.copy()
    for name in (*names, "cursor"):
        kept.pop(name, None)
    return str(kept.urlencode())
