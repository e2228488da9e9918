"""The rows of a list: what an address asks for, views with their counts, all or a page of the rows, neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.http import QueryDict
from django.utils.translation import gettext as _

from luodi.campaigns.models import Batch, Campaign
from luodi.campaigns.queries import current
from luodi.indicators import queries as indicators
from luodi.indicators.rules import Answer, Frame
from luodi.kit import pages
from luodi.kit.refusal import Refused
from luodi.ledger.forms import ArrangeForm, ProblemFilter
from luodi.ledger.models import BulkAct, SavedView
from luodi.ledger.rules import SORTS, VIEWS
from luodi.ledger.sheets import USUAL, Reader
from luodi.orgs.models import Person
from luodi.problems.models import OUT, UNFINISHED, Problem, ProblemQuerySet
from luodi.problems.rules import FLOW

COUNTED = 5_000  # rows a list and its tabs count; beyond it they say «5,000+»
PARTS = (UNFINISHED, ~UNFINISHED)  # rows with `done` 0 and 1
DEFAULTS = {"sort": ["due"], "n": ["50"], "cols": list(USUAL)}  # need not stand in the address
ELSEWHERE = {"from", "pick"}  # names of the address that say nothing about the list


@dataclass(frozen=True)
class Asked:
    """What an address asks for: a view, a filter, an order, columns."""

    query: QueryDict
    view: str
    form: ProblemFilter
    arrange: ArrangeForm
    seen: QuerySet[Problem]
    rows: QuerySet[Problem]
    order: tuple[str, ...]

    @property
    def columns(self) -> list[str]:
        """The columns by name."""
        return self.arrange.columns

    @property
    def reader(self) -> Reader:
        """Who reads, when, and what places are called."""
        return Reader(self.form.person, self.form.day, self.form.scope, self.form.counties)

    @property
    def words(self) -> str:
        """View and conditions in words."""
        view = VIEWS[self.view]
        held = view.words or view.holds
        said = [f"{view.name}{_('：')}{held}" if held else str(view.name)]
        said += [f"{chip.label}{_('：')}{chip.words}" for chip in self.form.chips()]
        return _("；").join(said)

    def all_rows(self) -> QuerySet[Problem]:
        """Every row in the order of the page, with what its cells show."""
        return pages.in_order(with_cells(self.rows, self.columns), self.order)


def read(person: Person, query: QueryDict, day: date) -> Asked:
    """Read an address. Without a named view a bare address is «recent», one with conditions is «all».

    Refused while there is no campaign.
    """
    given = QueryDict(mutable=True)
    for name, values in query.lists():
        kept = [value for value in values if value]
        if name not in ELSEWHERE and kept and kept != DEFAULTS.get(name):
            given.setlist(name, kept)
    form = ProblemFilter(given, scope=campaign_of(person, day), person=person, day=day)
    view = given.get("v", "")
    if view not in VIEWS:
        view = "all" if set(given) & set(form.fields) else "recent"
    given["v"] = view
    arrange = ArrangeForm(given, person=person, day=day)
    seen = visible(form.scope, person, day)
    narrowed = form.apply(seen.filter(VIEWS[view].condition(person, day)))
    rows, order = arranged(narrowed, view, arrange.chosen[0])
    return Asked(given, view, form, arrange, seen, rows, order)


def campaign_of(person: Person, day: date) -> Campaign:
    """The running campaign of the person's city."""
    post = person.main_post(day)
    campaign = current(post.unit.city_code) if post else None
    if campaign is None:
        raise Refused(_("还没有装入活动包，台账是空的。请系统管理员装入活动包。"))
    return campaign


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


def _parts(order: tuple[str, ...]) -> tuple[Q, ...]:
    return PARTS if order[0] == "done" else ()


def saved_views(person: Person, day: date) -> list[SavedView]:
    """The views this person may open: the office's first, then my own, each by name."""
    found = SavedView.objects.visible_to(person, day).select_related("unit")
    return sorted(found.order_by("pk"), key=lambda view: (not view.is_shared, view.name))


def tab_counts(asked: Asked, saved: list[SavedView]) -> dict[Any, pages.Count]:
    """How many rows each tab opens, by the view's name or id, over the first 5,000 rows; «out» merged and voided.

    The named views keep the conditions, the saved ones have their own. One query, with conditions and saved ones two.
    """
    person, day = asked.form.person, asked.form.day
    named = {name: Count("pk", filter=view.condition(person, day)) for name, view in VIEWS.items() if name != "all"}
    named["out"] = Count("pk", filter=Q(status__in=OUT))
    kept = {f"saved_{view.pk}": Count("pk", filter=_condition(asked, view)) for view in saved}
    if not asked.form.is_bare:
        found = _counted(asked.seen.filter(asked.form.condition()), named)
        return found | (_counted(asked.seen, kept) | found if kept else {})
    return _counted(asked.seen, named | kept)


def whole(asked: Asked, counts: Mapping[Any, pages.Count]) -> pages.Count:
    """How many rows the list has, up to 5,000: known from its tab, or counted where the tabs did not read them all."""
    if asked.view == "all" or not counts["all"].capped:
        return counts[asked.view]
    parts = [asked.rows.filter(part) for part in _parts(asked.order)] or [asked.rows]
    return pages.counted_together(parts, COUNTED)


def _counted(rows: QuerySet[Problem], counts: Mapping[str, Count]) -> dict[Any, pages.Count]:
    found = rows.order_by()[: COUNTED + 1].aggregate(all=Count("pk"), **counts)
    capped = found["all"] > COUNTED
    return {name: pages.Count(min(number, COUNTED), capped) for name, number in found.items()}


def _condition(asked: Asked, view: SavedView) -> Q:
    query = view.asked
    form = ProblemFilter(query, scope=asked.form.scope, person=asked.form.person, day=asked.form.day, like=asked.form)
    named = VIEWS.get(query.get("v", ""), VIEWS["all"])
    return form.condition() & named.condition(asked.form.person, asked.form.day)


def is_open(asked: Asked, view: SavedView) -> bool:
    """Whether the address is exactly this saved view."""
    here = {name: values for name, values in asked.query.lists() if name not in {"cursor", "n"}}
    return here == dict(view.asked.lists())


def with_cells(rows: QuerySet[Problem], columns: Sequence[str]) -> QuerySet[Problem]:
    """The rows with what their cells show."""
    joined = ["unit", "lead_unit", "category", *(["handler"] if "handler" in columns else [])]
    return rows.select_related(*joined).defer("description", "cause", "goal", "measures", "result")


def shown(
    rows: QuerySet[Problem], order: tuple[str, ...], cursor: str, size: int, columns: Sequence[str] = USUAL
) -> pages.Page:
    """One page, with what its cells show."""
    return pages.page(with_cells(rows, columns), order, cursor, size, _parts(order))


def picked(asked: Asked, everything: bool, marks: list[str]) -> tuple[QuerySet[Problem], dict[int, int]]:
    """The rows chosen for a bulk act and the versions seen: all of the list, or those marked «pk:version»."""
    if everything:
        return pages.in_order(asked.rows, asked.order), {}
    pairs = [mark.partition(":") for mark in marks]
    seen = {int(pk): int(version) for pk, _sign, version in pairs if pk.isdecimal() and version.isdecimal()}
    return asked.seen.filter(pk__in=seen).order_by("pk"), seen


def hindered(rows: QuerySet[Problem], act: str, person: Person, at: datetime) -> list[tuple[Problem, str]]:
    """Those of a few rows on which the act cannot be done now, each with the sentence."""
    asked = ((row, FLOW.refusal(row, act, person, at)) for row in rows.select_related("unit", "lead_unit"))
    return [(row, why) for row, why in asked if why]


def outcome(bulk: BulkAct) -> Mapping[str, int]:
    """How many lines of a bulk act are done, refused, waiting («»)."""
    return dict(bulk.lines.order_by().values_list("outcome").annotate(n=Count("pk")))


def neighbours(rows: QuerySet[Problem], order: tuple[str, ...], problem: Problem) -> tuple[int | None, int | None]:
    """The ids before and after a problem in a list, also when it has left the list (closed meanwhile)."""
    before, after = pages.around(rows, order, problem, _parts(order))
    return before and before.pk, after and after.pk


def found_figures(campaign: Campaign, place: str, day: date) -> list[tuple[str, Answer]]:
    """For the head of the page: what each batch is called, and how many were found."""
    parts = indicators.break_down("problems.found", Frame(campaign.pk, place, day), "batch")
    found = {part.key: part.answer for part in parts}
    return [(campaign.batch_label(batch), found[batch]) for batch in Batch.values]


def rest_of(query: Any, *names: str) -> str:
    """A query string without these names and without the page's cursor, to put after «?»."""
    kept = query.copy()
    for name in (*names, "cursor"):
        kept.pop(name, None)
    return str(kept.urlencode())
