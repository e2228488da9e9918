"""Indicators in JSON: the dictionary, and one figure with its break-down, asked as the page asks."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from luodi.indicators import queries
from luodi.indicators.forms import FrameForm
from luodi.indicators.rules import PERIOD, Answer, AnyIndicator, Frame, Indicator, Rate, catalogue, dimensions_of
from luodi.kit.api import REFUSALS, REFUSALS_ONE, Invalid, invalid, parameters, read_query
from luodi.kit.clock import today
from luodi.orgs.api import READ

router = Router(tags=["indicators"])


class Definition(Schema):
    """An indicator as the dictionary has it; of a rate also what is divided by what."""

    code: str
    name: str
    unit: str
    scope: str
    how: str
    version: int
    by: list[str]
    numerator: str | None
    denominator: str | None


class PartFacts(Schema):
    """One part of a break-down."""

    key: str
    label: str
    value: float | None
    text: str


class Figure(Schema):
    """A figure in its frame; `value` null means unknown, with the reason."""

    code: str
    name: str
    value: float | None
    unit: str
    text: str
    reason: str
    place: str
    as_of: date
    start: date | None
    end: date | None
    filters: dict[str, str]
    numerator: float | None
    denominator: float | None
    by: str
    parts: list[PartFacts]


def _ways(indicator: AnyIndicator) -> list[str]:
    ways = list(dimensions_of(indicator))
    if isinstance(indicator, Indicator) and indicator.day and not indicator.fold:
        ways.append(PERIOD)
    return ways


def _definition(one: AnyIndicator) -> dict[str, Any]:
    rate = one if isinstance(one, Rate) else None
    return {
        **{name: str(getattr(one, name)) for name in ("code", "name", "unit", "scope", "how")},
        "version": one.version,
        "by": _ways(one),
        "numerator": rate and rate.numerator,
        "denominator": rate and rate.denominator,
    }


def _number(value: Decimal | int | None) -> float | None:
    return None if value is None else float(value)


def _facts(found: Answer) -> dict[str, Any]:
    frame = found.frame
    return {
        "code": found.indicator.code,
        "name": str(found.indicator.name),
        "value": _number(found.value),
        "unit": found.unit,
        "text": found.text,
        "reason": str(found.reason),
        "place": frame.place,
        "as_of": frame.as_of,
        "start": frame.start,
        "end": frame.end,
        "filters": dict(frame.filters),
        "numerator": found.numerator and _number(found.numerator.value),
        "denominator": found.denominator and _number(found.denominator.value),
    }


def _frame(request: HttpRequest, given: dict[str, str], indicators: Collection[AnyIndicator]) -> Frame:
    default = queries.default_frame(request.user, today())  # type: ignore[arg-type]
    if default is None:
        raise Http404
    cities = queries.cities_of(request.user, today())  # type: ignore[arg-type]
    form = FrameForm(given, default=default, cities=cities, day=today(), indicators=indicators)
    if not form.is_valid() or form.frame is None:
        raise invalid(form)
    return form.frame


@router.get("/indicators", response={200: list[Definition], **REFUSALS}, auth=READ, summary="The dictionary")
def dictionary(request: HttpRequest) -> list[dict[str, Any]]:
    """Every indicator with its definition."""
    return [_definition(one) for one in catalogue().values()]


EXTRA = {"by": {"type": "string", "description": "how to break the figure down: county, category, …, fortnight"}}


@router.get(
    "/indicators/{code}",
    response={200: Figure, **REFUSALS_ONE},
    auth=READ,
    summary="One figure",
    openapi_extra=parameters(FrameForm, EXTRA),
)
def figure(request: HttpRequest, code: str) -> dict[str, Any]:
    """The figure for one's own place today, or as the address asks; dimensions (batch=base) narrow it."""
    if code not in catalogue():
        raise Http404
    given, indicator = read_query(request), catalogue()[code]
    by = given.pop("by", "")
    if by and by not in _ways(indicator):
        words = {"by": by, "known": _("、").join(_ways(indicator))}
        raise Invalid({"by": [_("没有“%(by)s”这个分组，可用：%(known)s。") % words]})
    frame = _frame(request, given, [indicator])
    parts = queries.break_down(code, frame, by) if by else []
    told = [{"key": p.key, "label": p.label, "value": _number(p.answer.value), "text": p.answer.text} for p in parts]
    return {**_facts(queries.answer(code, frame)), "by": by, "parts": told}
