"""Who may do and see what: grants (role × reach), the scope of rows, and the page decorator `allow`."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from functools import wraps
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from luodi.kit.clock import today
from luodi.orgs.models import BUSINESS_ROLES, Person, Post, Role, UnitKind


class Reach(StrEnum):
    """Which rows a role reaches from its unit."""

    CITY = "city"  # a city-level post: any row of its city
    COUNTY = "county"  # any row of the post's county
    UNIT = "unit"  # rows the unit itself must rectify, or which the county's own post holder keys for it
    LEAD = "lead"  # rows a city department leads


Grant = tuple[Role, Reach]
View = Callable[..., HttpResponse]


class ScopedRow(Protocol):
    """A row with a place: city and county code, responsible and lead unit."""

    city_code: Any
    county_code: Any
    unit_id: Any
    lead_unit_id: Any


def reaches(post: Post, reach: Reach, row: ScopedRow) -> bool:
    """Whether `post` reaches `row` in this way."""
    unit = post.unit
    if unit.city_code != row.city_code:
        return False
    if reach is Reach.CITY:
        return unit.kind in {UnitKind.CITY, UnitKind.CITY_DEPT} and not unit.county_code
    if reach is Reach.COUNTY:
        return bool(unit.county_code) and unit.county_code == row.county_code
    if reach is Reach.UNIT:
        return post.unit_id == row.unit_id
    return post.unit_id == row.lead_unit_id


def reach_q(post: Post, reach: Reach) -> Q:
    """The rows `reaches` is true of, as a condition for a list."""
    unit = post.unit
    if reach is Reach.CITY:
        city_level = unit.kind in {UnitKind.CITY, UnitKind.CITY_DEPT} and not unit.county_code
        return Q(city_code=unit.city_code) if city_level else Q(pk__in=[])
    if reach is Reach.COUNTY:
        return Q(county_code=unit.county_code) if unit.county_code else Q(pk__in=[])
    return Q(unit=unit) if reach is Reach.UNIT else Q(lead_unit=unit)


def may(actor: Person, grants: Iterable[Grant], row: ScopedRow, day: date) -> bool:
    """Whether one of the actor's posts on `day` holds one of the grants for this row."""
    posts = actor.posts_on(day)
    return any(p.role == role and reaches(p, reach, row) for role, reach in grants for p in posts)


def scope_q(actor: Person, day: date) -> Q:
    """The rows a person may see, as a condition on `city_code`, `county_code`, `unit` and `lead_unit`.

    City-level office, inspectors, discipline and leaders see their city; a city department what it leads or
    must rectify; a county's posts their county. Administrators see no business data (domain.md 6.1).
    """
    scope = Q(pk__in=[])
    for post in actor.posts_on(day):
        unit = post.unit
        if post.role not in BUSINESS_ROLES:
            continue
        if unit.county_code:
            scope |= Q(county_code=unit.county_code)
        elif unit.kind == UnitKind.CITY or post.role in {Role.OFFICE, Role.INSPECTOR, Role.DISCIPLINE, Role.LEADER}:
            scope |= Q(city_code=unit.city_code)
        else:
            scope |= Q(unit=unit) | Q(lead_unit=unit)
    return scope


def sees_city(actor: Person, day: date) -> bool:
    """Whether some post sees every row of its city (so that lists may use the city's index alone)."""
    wide = {Role.OFFICE, Role.INSPECTOR, Role.DISCIPLINE, Role.LEADER}
    return any(
        not p.unit.county_code and p.role in BUSINESS_ROLES and (p.unit.kind == UnitKind.CITY or p.role in wide)
        for p in actor.posts_on(day)
    )


def allow(*roles: Role) -> Callable[[View], View]:
    """Open a page to these roles, by name; a test walks the routes and fails on a view that names none."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            person = request.user
            if not isinstance(person, Person) or not person.roles_on(today()) & set(roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        checked.allows = tuple(roles)  # type: ignore[attr-defined]
        return checked

    return decorate


def signed_in(view: View) -> View:
    """Open a page to whoever is signed in (LoginRequiredMiddleware has already asked for that)."""
    view.allows = "signed_in"  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Open a page to everybody, signed in or not."""
    view.allows = "public"  # type: ignore[attr-defined]
    view.login_required = False  # type: ignore[attr-defined]
    return view


MOST_KEPT = 60_000  # characters of a form that are kept over a sign-in
SHOWN_FROM = 12  # shorter pure ASCII values are codes and dates of the form, not what a person wrote


def words_to_keep(posted: Iterable[tuple[str, Sequence[str]]]) -> list[tuple[str, str]]:
    """What of a posted form is kept when its session has ended: (name, text) of all fields; nothing if too much."""
    words = [(name, text) for name, texts in posted for text in texts if name != "csrfmiddlewaretoken"]
    size = sum(len(name) + len(text) for name, text in words)
    return words if size <= MOST_KEPT and len(words) <= 500 else []


def written_by_hand(words: Iterable[Sequence[str]]) -> list[str]:
    """Those texts a person recognises as what was typed."""
    texts = [text for _name, text in words]
    return [text for text in texts if text.strip() and (not text.isascii() or len(text) >= SHOWN_FROM)]


BUSINESS: Sequence[Role] = tuple(sorted(BUSINESS_ROLES))
