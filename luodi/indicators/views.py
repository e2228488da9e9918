"""The dictionary of indicators, one figure with its provenance, and the rows behind it.

A figure's value is open to every business role of the city; its rows only as far as each person may see them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from luodi.indicators import queries
from luodi.indicators.forms import FrameForm, counted, filter_labels, place_words
from luodi.indicators.rules import (
    PERIOD,
    Answer,
    AnyIndicator,
    Frame,
    Indicator,
    Part,
    Rate,
    Unknown,
    catalogue,
    digits,
    dimensions_of,
    fortnight_ends,
    percent,
)
from luodi.kit.clock import today
from luodi.kit.pages import page
from luodi.kit.views import refused
from luodi.orgs.rules import BUSINESS, allow

FIRST_BY = "county"  # how a figure is split when nobody asked otherwise, if it can be


def _asked(request: HttpRequest, indicators: Iterable[AnyIndicator] = ()) -> FrameForm:
    """The frame form of this address; 404 while there is no campaign to ask about."""
    default = queries.default_frame(request.user, today())  # type: ignore[arg-type]
    if default is None:
        raise Http404
    cities = queries.cities_of(request.user, today())  # type: ignore[arg-type]
    form = FrameForm(request.GET, default=default, cities=cities, day=today(), indicators=list(indicators))
    form.is_valid()
    return form


def _known(code: str) -> AnyIndicator:
    if code not in catalogue():
        raise Http404
    return catalogue()[code]


def _invalid(request: HttpRequest, form: FrameForm) -> HttpResponse:
    """422: for htmx a toast, so that the figure on the page stays; else the form with what is wrong."""
    if request.headers.get("HX-Request"):
        return refused(request, form.sentence(), 422)
    return render(request, "indicators/frame.html", {"form": form}, status=422)


@allow(*BUSINESS)
def dictionary(request: HttpRequest) -> HttpResponse:
    """Every indicator by module, with its definition and its value for one's own place."""
    form = _asked(request)
    if form.frame is None:
        return _invalid(request, form)
    headings = queries.headings()
    found = iter(queries.answers([one.code for _words, listed in headings for one in listed], form.frame))
    groups = [
        (heading, [(next(found), _figure_url(one.code, form.frame)) for one in listed]) for heading, listed in headings
    ]
    return render(request, "indicators/dictionary.html", {"form": form, "frame": form.frame, "groups": groups})


def _figure_url(code: str, frame: Frame, by: str = "") -> str:
    query = frame.to_query() + (f"&by={by}" if by else "")
    return f"{reverse('indicators:figure', args=[code])}?{query}"


def _list_url(indicator: AnyIndicator, frame: Frame, part: str = "") -> str:
    """The list in which exactly these rows can be worked on; nothing where there is none."""
    route = counted(indicator, part).list_url
    query = f"figure={indicator.code}&{frame.to_query()}" + (f"&part={part}" if part else "")
    return f"{reverse(route)}?{query}" if route else ""


def _rows_url(code: str, frame: Frame, part: str = "") -> str:
    query = frame.to_query() + (f"&part={part}" if part else "")
    return f"{reverse('indicators:rows', args=[code])}?{query}"


@allow(*BUSINESS)
def figure(request: HttpRequest, code: str) -> HttpResponse:
    """One figure: value, day, scope, how, checks, break-down, rows, history; for htmx or ?drawer only the drawer."""
    indicator = _known(code)
    form = _asked(request, [indicator])
    drawer = bool(request.headers.get("HX-Request")) or "drawer" in request.GET
    if form.frame is None:
        return _invalid(request, form)
    context = {"form": form, **figure_facts(indicator, form.frame, request.GET.get("by", ""))}
    return render(request, f"indicators/{'_figure' if drawer else 'figure'}.html", context)


def figure_facts(indicator: AnyIndicator, frame: Frame, by: str) -> dict[str, Any]:
    """What the page and the drawer show, in their order."""
    ways = _ways(indicator)
    by = by if by in ways else FIRST_BY if FIRST_BY in ways else next(iter(ways), "")
    found = queries.answer(indicator.code, frame)
    parts = queries.break_down(indicator.code, frame, by) if by else []
    checked = checks(found, parts, ways.get(by, ""))
    history = queries.history(indicator.code, frame, fortnight_ends(frame.as_of))
    values = [part.answer.value for part in parts if part.answer.value is not None]
    return {
        "answer": found,
        "indicator": indicator,
        "frame": frame,
        "filters": _chips(indicator, frame, "indicators:figure"),
        "place_words": place_words(frame.place),
        "version": indicator.version,
        "checks": checked,
        "agrees": all(check.ok for check in checked),
        "by": by,
        "ways": [(name, words, _figure_url(indicator.code, frame, name)) for name, words in ways.items()],
        "by_words": ways.get(by, ""),
        "parts": [(part, _figure_url(indicator.code, part.answer.frame)) for part in parts],
        "most": 100 if isinstance(indicator, Rate) else max(values, default=0),
        "history": history,
        "points": [(f"{one.frame.as_of:%m-%d}", one.rounded) for one in history],
        "page_url": _figure_url(indicator.code, frame, by),
        "rows_url": _rows_url(indicator.code, frame),
        "list_url": _list_url(indicator, frame),
        "row_count": found.numerator.text if found.numerator else found.text if _counts(indicator) else "",
    }


@dataclass(frozen=True)
class Check:
    """One check of a figure against its own parts, in words."""

    ok: bool
    words: str


def checks(found: Answer, parts: Sequence[Part], by: str) -> list[Check]:
    """Whether the parts add up to the whole, and a rate is its parts."""
    if found.value is None:
        return []
    above, below = found.numerator, found.denominator
    if above and below:
        words = {"above": above.text, "below": below.text, "rate": found.text}
        return [
            Check(percent(above.value, below.value) == found.value, _("%(above)s ÷ %(below)s = %(rate)s") % words),  # type: ignore[arg-type]
            *_no_more(above, below, words),
        ]
    if isinstance(found.indicator, Indicator) and not found.indicator.adds_up:
        return [Check(True, _("中位数不能由各部分相加，分项只作比较"))]
    total = sum(part.answer.value or 0 for part in parts)
    facts = {"n": len(parts), "by": by, "total": digits(found.indicator, total)}
    return [Check(total == found.value, _("按%(by)s分的 %(n)s 部分合计 = %(total)s") % facts)]


def _no_more(above: Answer, below: Answer, words: Mapping[str, str]) -> list[Check]:
    """Counted rows are part of those below; an amount may exceed what was planned."""
    if not all(isinstance(one.indicator, Indicator) and one.indicator.counts for one in (above, below)):
        return []
    return [Check(above.value <= below.value, _("分子不大于分母：%(above)s ≤ %(below)s") % words)]  # type: ignore[operator]


def _chips(indicator: AnyIndicator, frame: Frame, route: str) -> list[tuple[str, str, str]]:
    """The frame's filters: (dimension, value, the address without it)."""
    chips = []
    for name, words, value in filter_labels(indicator, frame):
        rest = {one: key for one, key in frame.filters.items() if one != name}
        chips.append(
            (words, value, f"{reverse(route, args=[indicator.code])}?{replace(frame, filters=rest).to_query()}")
        )
    return chips


def _counts(indicator: AnyIndicator) -> bool:
    return isinstance(indicator, Indicator) and indicator.counts


def _ways(indicator: AnyIndicator) -> dict[str, str]:
    """How this figure can be split: name → words."""
    ways = {name: str(one.label) for name, one in dimensions_of(indicator).items()}
    if isinstance(indicator, Indicator) and indicator.day and not indicator.fold:
        ways[PERIOD] = _("双周")
    return ways


@allow(*BUSINESS)
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """Exactly the rows behind a figure, as far as one may see them; of a rate the numerator's, or ?part=denominator."""
    indicator = _known(code)
    form = _asked(request, [indicator])
    if form.frame is None:
        return _invalid(request, form)
    part = "denominator" if isinstance(indicator, Rate) and request.GET.get("part") == "denominator" else ""
    context: dict[str, Any] = {"indicator": indicator, "frame": form.frame, "figure_url": _figure_url(code, form.frame)}
    try:
        context |= _listed(request, counted(indicator, part), form.frame)
    except Unknown as why:
        context["unknown"] = str(why)
    context["filters"] = _chips(indicator, form.frame, "indicators:rows")
    context["other"] = _other_part(indicator, form.frame, part)
    context["list_url"] = "" if "unknown" in context else _list_url(indicator, form.frame, part)
    return render(request, "indicators/rows.html", context)


def _listed(request: HttpRequest, shown: Indicator, frame: Frame) -> dict[str, Any]:
    """A page of the rows this person may see, and how many there are of both."""
    queryset = queries.rows(shown.code, frame)
    seen = _visible(shown, queryset, request)
    listed = page(seen.select_related(*_joins(shown)), order=("pk",), cursor=request.GET.get("cursor", ""))
    return {
        "shown": shown,
        "total": queryset.order_by().values("pk").distinct().count(),
        "visible": seen.order_by().values("pk").distinct().count(),
        "heads": [words for words, _path in shown.columns],
        "lines": [_line(shown, row) for row in listed.rows],
        "page": listed,
        "sum": queries.answer(shown.code, frame) if shown.total else None,
    }


def _other_part(indicator: AnyIndicator, frame: Frame, part: str) -> tuple[str, str] | None:
    """The link from a rate's numerator to its denominator and back."""
    if not isinstance(indicator, Rate):
        return None
    if part:
        return _("看分子的记录"), _rows_url(indicator.code, frame)
    return _("看分母的记录"), _rows_url(indicator.code, frame, "denominator")


def _visible(indicator: Indicator, queryset: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
    """The rows this person may open; without a rule for it, none."""
    if indicator.visible:
        return indicator.visible(queryset, request.user, today())
    if not hasattr(queryset, "visible_to"):
        raise PermissionDenied(_("这个指标的记录不能逐条查看。"))
    return queryset.visible_to(request.user, today())


def _joins(indicator: Indicator) -> list[str]:
    return sorted({path.rpartition("__")[0] for _words, path in indicator.columns} - {""})


def _line(indicator: Indicator, row: Model) -> dict[str, Any]:
    """One row of the table: its cells in the order of the columns, and where it leads."""
    url = ""
    if indicator.row_url:
        name, path = indicator.row_url
        url = reverse(name, args=[getattr(row, path)])
    return {"url": url, "cells": [_cell(row, path) for _words, path in indicator.columns]}


def _cell(row: Any, path: str) -> Any:
    """The value at a path, in words where it is a choice, days as 2020-08-31: lists may span years."""
    *through, last = path.split("__")
    for name in through:
        row = getattr(row, name)
    words = getattr(row, f"get_{last}_display", None)
    value = words() if words else getattr(row, last)
    if isinstance(value, Decimal):
        return f"{value:,f}"
    return value.isoformat() if isinstance(value, date) else value
