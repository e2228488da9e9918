"""What changed between two days: the sum, by county, and the rows behind it; the same as a spreadsheet."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from luodi.campaigns.queries import current
from luodi.changes import queries, sheets
from luodi.changes.forms import ChangesForm
from luodi.changes.rules import Change, PlaceChanges, adds_up, usual_since
from luodi.indicators import queries as indicators
from luodi.indicators.forms import place_words
from luodi.indicators.rules import Frame
from luodi.kit.clock import today
from luodi.kit.templatetags.ui import cn_full_date
from luodi.orgs.rules import BUSINESS, allow

MOST = 10  # rows shown of each kind of event
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(request: HttpRequest) -> ChangesForm:
    default = indicators.default_frame(request.user, today())
    if default is None:
        raise Http404
    form = ChangesForm(request.GET, default=default, cities=indicators.cities_of(request.user, today()), day=today())
    form.is_valid()
    return form


@allow(*BUSINESS)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """The sum of a period for a place, by county, and what happened, newest first."""
    form = _asked(request)
    if form.errors:
        return render(request, "changes/changes.html", {"form": form}, status=422)
    frame, since = form.frame, form.cleaned_data["since"]
    whole = queries.between(frame, since)
    beside = queries.beside(frame, since)
    listed = [change for change in (*whole, *beside) if change.line.sign or change.answer.value]
    context = {
        "form": form,
        "frame": frame,
        "since": since,
        "place_words": place_words(frame.place),
        "whole": _linked(whole),
        "beside": _linked(beside),
        "agrees": adds_up(whole),
        "places": [_row(one) for one in queries.by_county(frame, since)] if len(frame.place) == 4 else [],
        "events": [found for change in listed if (found := _events(request, change))],
        "shortcuts": _shortcuts(frame, since),
        "query": _query(frame, since),
    }
    return render(request, "changes/changes.html", context)


def _linked(changes: list[Change]) -> list[tuple[Change, str]]:
    """Each line and the address of its rows."""
    return [(change, _rows_url(change)) for change in changes]


def _rows_url(change: Change) -> str:
    return f"{reverse('indicators:rows', args=[change.line.code])}?{change.answer.frame.to_query()}"


def _row(one: PlaceChanges) -> dict[str, Any]:
    return {"label": one.label, "cells": _linked(list(one.changes)), "agrees": adds_up(one.changes)}


def _events(request: HttpRequest, change: Change) -> dict[str, Any] | None:
    """The newest rows of one kind of event; nothing for stocks and where nothing happened."""
    if change.key in ("start", "end") or not change.answer.value:
        return None
    rows = queries.events(change, request.user, today(), MOST)
    return {"change": change, "rows": rows, "url": _rows_url(change), "more": change.answer.value > len(rows)}


def _query(frame: Frame, since: date) -> str:
    facts = {"place": frame.place, "since": since, "as_of": frame.as_of, "campaign": frame.campaign}
    return urlencode(facts)


def _shortcuts(frame: Frame, since: date) -> list[dict[str, Any]]:
    """Usual first days: the last fortnight's end, the last month's end, the campaign's first day."""
    days = {
        _("上一双周末"): usual_since(frame.as_of),
        _("上月末"): frame.as_of.replace(day=1) - timedelta(days=1),
    }
    if (campaign := current(frame.place[:4])) and campaign.starts_on < frame.as_of:
        days[_("启动以来")] = campaign.starts_on - timedelta(days=1)
    known = {day: words for words, day in reversed(days.items())}  # a day once, by its first name
    return [
        {"label": words, "url": f"?{_query(frame, day)}", "current": day == since}
        for words, day in days.items()
        if known[day] == words
    ]


@allow(*BUSINESS)
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The sums of all places as .xlsx."""
    form = _asked(request)
    if form.errors:
        return render(request, "changes/changes.html", {"form": form}, status=422)
    frame, since = form.frame, form.cleaned_data["since"]
    place = place_words(frame.place)
    parts = queries.by_county(frame, since)
    if len(frame.place) == 4:
        parts.append(PlaceChanges("", _("合计"), queries.between(frame, since)))
    words = {"place": place, "since": cn_full_date(since), "as_of": cn_full_date(frame.as_of)}
    content = BytesIO()
    sheets.write(content, parts, [_("%(place)s问题变化：%(since)s（不含）至 %(as_of)s") % words])
    content.seek(0)
    name = _("变化-%(place)s-%(day)s.xlsx") % {"place": place, "day": f"{frame.as_of:%Y%m%d}"}
    response = FileResponse(content, as_attachment=True, filename=name, content_type=XLSX)
    response["Cache-Control"] = "private, no-store"
    return response
