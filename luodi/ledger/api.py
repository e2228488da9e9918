"""The ledger in JSON: the page's filter, its views and orders, a cursor from page to page."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema

from luodi.campaigns.models import Campaign
from luodi.campaigns.queries import current
from luodi.kit import pages
from luodi.kit.api import REFUSALS_ACT, Invalid, invalid, parameters, read_query
from luodi.kit.clock import today
from luodi.kit.refusal import Refused
from luodi.ledger import queries
from luodi.ledger.forms import ProblemFilter
from luodi.orgs.api import READ, UnitFacts
from luodi.orgs.models import Person
from luodi.problems.api import router  # GET and POST of one address must stand in one router
from luodi.problems.models import Problem

__all__ = ["router"]
MOST = 200  # rows of one page


class CategoryFacts(Schema):
    """A category by its code."""

    code: str
    name: str


class Row(Schema):
    """One line of the ledger. `overdue` is computed for today; `version` is what an act names as `seen`."""

    id: int
    code: str
    title: str
    status: str
    status_name: str
    overdue: bool
    batch: str
    source: str
    county_code: str
    unit: UnitFacts
    lead_unit: UnitFacts | None
    category: CategoryFacts
    project_name: str
    found_on: date
    due_on: date | None
    closed_on: date | None
    is_priority: bool
    evidence_have: int
    evidence_need: int
    version: int


class Listed(Schema):
    """A page of the ledger; the next one with `cursor`, empty at the end."""

    rows: list[Row]
    next_cursor: str


def row_facts(row: Problem) -> dict[str, Any]:
    """A problem as a line of the list."""
    plain = (
        "id code title status batch source county_code project_name found_on due_on closed_on is_priority "
        "evidence_have evidence_need version"
    ).split()
    return {
        **{name: getattr(row, name) for name in plain},
        "status_name": str(row.get_status_display()),
        "overdue": row.is_overdue(today()),
        "unit": {"code": row.unit.code, "name": row.unit.full_label},
        "lead_unit": row.lead_unit and {"code": row.lead_unit.code, "name": row.lead_unit.full_label},
        "category": {"code": row.category.code, "name": row.category.label},
    }


def _campaign(person: Person) -> Campaign:
    post = person.main_post(today())
    campaign = current(post.unit.city_code) if post else None
    if campaign is None:
        raise Refused(_("还没有装入活动包，台账是空的。请系统管理员装入活动包。"))
    return campaign


def _size(given: str) -> int:
    if not given:
        return 50
    if not (given.isascii() and given.isdigit() and len(given) < 4 and 1 <= int(given) <= MOST):
        raise Invalid({"size": [_("每页件数是 1 到 %(n)s 的整数。") % {"n": MOST}]})
    return int(given)


EXTRA = {
    "v": {"type": "string", "enum": [*queries.VIEWS], "description": "a named view; without it all that may be seen"},
    "sort": {"type": "string", "enum": [*queries.SORTS], "description": "the order; due when not given"},
    "size": {"type": "integer", "minimum": 1, "maximum": MOST, "description": "rows of a page; 50 when not given"},
    "cursor": {"type": "string", "description": "next_cursor of the page before, with the same filter and order"},
}


@router.get(
    "/problems",
    response={200: Listed, **REFUSALS_ACT},
    auth=READ,
    summary="The ledger",
    openapi_extra=parameters(ProblemFilter, EXTRA),
)
def listed(request: HttpRequest) -> dict[str, Any]:
    """The problems this person may see, by the filter of the ledger's page."""
    person: Person = request.user  # type: ignore[assignment]
    given = read_query(request)
    size = _size(given.pop("size", ""))
    form = ProblemFilter(given, scope=_campaign(person), person=person, day=today())
    if not form.is_valid():
        raise invalid(form)
    view, sort = given.get("v", "all"), given.get("sort", "due")
    for name, value, offered in (("v", view, queries.VIEWS), ("sort", sort, queries.SORTS)):
        if value not in offered:
            raise Invalid({name: [_("没有“%(value)s”这个选项。") % {"value": value}]})
    seen = queries.visible(form.scope, person, today()).filter(queries.VIEWS[view].condition(person, today()))
    rows, order = queries.arranged(form.apply(seen), view, sort)
    joined = rows.select_related("unit", "lead_unit", "category")
    page = pages.page(joined, order, given.get("cursor", ""), size)
    return {"rows": [row_facts(row) for row in page.rows], "next_cursor": page.next_cursor}
