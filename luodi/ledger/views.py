"""The ledger's page (ui.md 4, page 4), and the way from one problem to its neighbours in the list."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from luodi.campaigns.models import Campaign
from luodi.campaigns.queries import current
from luodi.kit.clock import now, today
from luodi.kit.pages import capped_count
from luodi.kit.refusal import Refused
from luodi.kit.views import refused
from luodi.ledger import queries
from luodi.ledger.forms import ArrangeForm, ProblemFilter
from luodi.orgs.models import Person, Role
from luodi.orgs.rules import BUSINESS, allow
from luodi.problems.models import Problem

DEFAULTS = {"sort": "due", "n": "50"}  # need not stand in the address


@dataclass(frozen=True)
class Asked:
    """What an address asks for: a view, a filter, an order."""

    query: QueryDict
    view: str
    form: ProblemFilter
    arrange: ArrangeForm
    seen: QuerySet[Problem]
    rows: QuerySet[Problem]
    order: tuple[str, ...]


def _campaign(person: Person) -> Campaign:
    post = person.main_post(today())
    campaign = current(post.unit.city_code) if post else None
    if campaign is None:
        raise Refused(_("还没有装入活动包，台账是空的。请系统管理员装入活动包。"))
    return campaign


def _asked(person: Person, query: QueryDict) -> Asked:
    """Read the address. Without a named view a bare address is «recent», one with conditions is «all»."""
    given = QueryDict(mutable=True)
    for name, values in query.lists():
        if name != "from" and (kept := [value for value in values if value]) and kept != [DEFAULTS.get(name)]:
            given.setlist(name, kept)
    form = ProblemFilter(given, scope=_campaign(person), person=person, day=today())
    view = given.get("v", "")
    if view not in queries.VIEWS:
        view = "all" if set(given) & set(form.fields) else "recent"
    given["v"] = view
    arrange = ArrangeForm(given)
    seen = queries.visible(form.scope, person, today())
    narrowed = form.apply(seen.filter(queries.VIEWS[view].condition(person, today())))
    rows, order = queries.arranged(narrowed, view, arrange.chosen[0])
    return Asked(given, view, form, arrange, seen, rows, order)


@allow(*BUSINESS)
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The list of problems. For htmx only its rows; a wrong filter then leaves the old ones and says which field."""
    person: Person = request.user  # type: ignore[assignment]
    try:
        asked = _asked(person, request.GET)
    except Refused as why:
        return refused(request, str(why))
    fragment = bool(request.headers.get("HX-Request"))
    if fragment and asked.form.errors:
        return refused(request, asked.form.sentence(), 422)
    context = {**_rows(request, asked), **_tabs(request, asked), "fragment": fragment}
    if not fragment:
        context |= _head(request, asked)
    response = render(
        request,
        "ledger/_rows.html" if fragment else "ledger/ledger.html",
        context,
        status=422 if asked.form.errors else 200,
    )
    if fragment:
        response["HX-Push-Url"] = f"{request.path}?{asked.query.urlencode()}"
        if request.headers.get("HX-Current-URL", "").endswith(response["HX-Push-Url"]):
            response["HX-Push-Url"] = "false"
    return response


def _rows(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """Chips, count, rows, pager and the foot on paper."""
    sort, size = asked.arrange.chosen
    listed = queries.shown(asked.rows, asked.order, asked.query.get("cursor", ""), size)
    for row in listed.rows:
        row.overdue = row.is_overdue(today())
    view = queries.VIEWS[asked.view]
    chips = [(chip, queries.rest_of(asked.query, *chip.names)) for chip in asked.form.chips()]
    return {
        "page": listed,
        "lines": [(row, asked.form.counties.get(row.county_code) or row.unit.label) for row in listed.rows],
        "total": capped_count(asked.rows) if chips or asked.form.errors else _whole(asked, listed, size),
        "view": view,
        "form": asked.form,
        "chips": chips,
        "bare": f"v={asked.view}",
        "sort": sort,
        "size": size,
        "here": asked.query.urlencode(),
        "rest": queries.rest_of(asked.query, "sort"),
        "onward": queries.rest_of(asked.query),
        "without_view": "v=all&" + queries.rest_of(asked.query, "v"),
        "sizes": [(n, queries.rest_of(asked.query, "n")) for n in (50, 100)],
        "heads": _heads(sort),
        "today": today(),
        "printed_at": now(),
    }


def _whole(asked: Asked, listed: Any, size: int) -> Any:
    """The number of a list without conditions; not counted when all of it is on the page."""
    if not (listed.next_cursor or listed.previous_cursor):
        return len(listed.rows)
    return capped_count(asked.rows)


def _heads(sort: str) -> dict[str, dict[str, str]]:
    """For the columns one may sort by: the sort its link asks for, and how it is sorted now."""
    heads = {}
    for name in ("code", "county", "due"):
        now_sorted = {name: "ascending", f"-{name}": "descending"}.get(sort, "")
        heads[name] = {"to": f"-{name}" if sort == name else name, "aria": now_sorted}
    return heads


def _tabs(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """The views with their counts; each keeps the conditions."""
    counts = queries.tab_counts(asked.seen, request.user, today())  # type: ignore[arg-type]
    kept = queries.rest_of(asked.query, "v")
    return {
        "tabs": [
            (name, view, counts[name], f"v={name}" + (f"&{kept}" if kept else ""))
            for name, view in queries.VIEWS.items()
        ],
        "current": asked.view,
    }


def _head(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """What stands above the rows: the figures, the filter's order, what one may do."""
    person: Person = request.user  # type: ignore[assignment]
    post = person.main_post(today())
    place = post.unit.place if post else asked.form.scope.city.code
    return {
        "figures": queries.found_figures(asked.form.scope, place, today()),
        "arrange": asked.arrange,
        "registers": bool(person.roles_on(today()) & {Role.OFFICE, Role.CLERK}),
    }


# -- from one problem to the next ---------------------------------------------------------------------------------


def _beside(request: HttpRequest, pk: int, place: int) -> HttpResponse:
    """To the neighbour in the list that `?from=` describes; at its end back to the list, with a word."""
    person: Person = request.user  # type: ignore[assignment]
    here = get_object_or_404(Problem.objects.visible_to(person, today()), pk=pk)
    words = request.GET.get("from", "")
    try:
        asked = _asked(person, QueryDict(words))
    except Refused as why:
        return refused(request, str(why))
    # What the list's order reads from a row is on the annotated row.
    row = queries.arranged(asked.seen, asked.view, asked.arrange.chosen[0])[0].filter(pk=here.pk).first()
    found = queries.neighbours(asked.rows, asked.order, row)[place] if row else None
    query = QueryDict(mutable=True)
    query["from"] = words
    if found:
        return HttpResponseRedirect(f"{reverse('problems:problem', args=[found])}?{query.urlencode()}")
    messages.info(request, _("已经是列表中的最后一件。") if place else _("已经是列表中的第一件。"))
    return HttpResponseRedirect(f"{reverse('problems:ledger')}?{words}")


@allow(*BUSINESS)
@require_safe
def previous(request: HttpRequest, pk: int) -> HttpResponse:
    """The problem before this one in the list one came from."""
    return _beside(request, pk, 0)


@allow(*BUSINESS)
@require_safe
def following(request: HttpRequest, pk: int) -> HttpResponse:
    """The problem after this one in the list one came from."""
    return _beside(request, pk, 1)
