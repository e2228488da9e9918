"""The leader's page and the wall: one board, shown as sections; a section without records is not there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from luodi.campaigns.models import Campaign
from luodi.changes.rules import usual_since
from luodi.dashboard import queries
from luodi.dashboard.forms import BoardForm, day_of
from luodi.dashboard.queries import Board
from luodi.dashboard.rules import (
    LANDING,
    MEASURES,
    PROJECTS,
    SUPPORT,
    Piece,
    Progress,
    change_words,
    most_first,
    ranking,
    scale_for,
    sentence,
)
from luodi.indicators import queries as indicators
from luodi.indicators.forms import place_words
from luodi.indicators.rules import Answer, Words, fortnight_end
from luodi.kit.clock import now, today
from luodi.kit.templatetags.ui import cn_date
from luodi.orgs.rules import BUSINESS, allow

HEADLINES = ("problems.rectification_rate", "problems.match_rate", "problems.closure_rate", "problems.found",
             "problems.open", "problems.overdue")  # fmt: skip
MOST_OVERDUE = 4


# -- which board -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Asked:
    """The board asked for, and what chose it."""

    board: Board
    measure: str
    request: HttpRequest
    issued: date | None

    def url(self, **changes: Any) -> str:
        """This page with other days or another measure."""
        frame = self.board.frame
        facts = {"place": frame.place, "as_of": frame.as_of, "since": self.board.since, "tile": self.measure}
        return "?" + urlencode({name: value for name, value in (facts | changes).items() if value})


def _form(request: HttpRequest) -> tuple[BoardForm, date | None]:
    """The form of this address, and the data day of the last document issued before its day."""
    default = indicators.default_frame(request.user, today())
    if default is None:
        raise Http404
    campaign = get_object_or_404(Campaign, pk=default.campaign)
    place = request.GET.get("place") or default.place
    as_of = day_of(request.GET.get("as_of", "")) or default.as_of
    issued = queries.last_issued(campaign, place, as_of, request.user, today())
    data = request.GET.dict()
    if issued:
        data.setdefault("since", issued.isoformat())
    form = BoardForm(data, default=default, cities=indicators.cities_of(request.user, today()), day=today())
    form.is_valid()
    return form, issued


def _asked(request: HttpRequest, form: BoardForm, issued: date | None) -> Asked:
    campaign = get_object_or_404(Campaign.objects.select_related("city"), pk=form.frame.campaign)
    if campaign.is_current:
        request.campaign = campaign  # type: ignore[attr-defined]  # the frame shows it too
    return Asked(Board(form.frame, form.cleaned_data["since"], campaign), form.measure, request, issued)


@allow(*BUSINESS)
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The state of the campaign in twenty seconds, for one's own place; as of a day, beside an earlier one."""
    form, issued = _form(request)
    if form.errors:
        return render(request, "dashboard/dashboard.html", {"form": form}, status=422)
    asked = _asked(request, form, issued)
    context = {
        "form": form,
        "board": asked.board,
        "place_words": place_words(asked.board.frame.place),
        "days": _days(asked),
        "comparisons": _comparisons(asked),
        "sentence": _sentence(asked),
        "kpis": _kpis(asked),
        "rows": [row for row in (_built(asked, css, builders) for css, builders in ROWS) if row["sections"]],
        "wall_url": reverse("dashboard:wall") + asked.url(tile=""),
        "changes_url": reverse("changes:changes") + asked.url(tile=""),
        "moment": now(),
    }
    return render(request, "dashboard/dashboard.html", context)


def _days(asked: Asked) -> list[tuple[str, str, bool]]:
    """(words, address, whether it is this one): today, yesterday, the last issued document's day."""
    days = {_t("今天"): today(), _t("昨天"): today() - timedelta(days=1)}
    if asked.issued and asked.issued not in days.values():
        days[_t("上次印发")] = asked.issued
    as_of = asked.board.frame.as_of
    return [(words, asked.url(as_of=day, since=""), day == as_of) for words, day in days.items()]


def _comparisons(asked: Asked) -> list[tuple[str, str, bool]]:
    """The same for the earlier day: the last issued document's or the last fortnight's, and the campaign's first."""
    start = asked.board.campaign.starts_on
    usual = asked.issued or usual_since(asked.board.frame.as_of)
    days = [(_t("比上期"), usual), (_t("比启动时"), start)]
    as_of, since = asked.board.frame.as_of, asked.board.since
    return [(words, asked.url(since=day), day == since) for words, day in days if day < as_of]


# -- figures -----------------------------------------------------------------------------------------------------
def figure_url(answer: Answer) -> str:
    """Where a figure comes from."""
    return f"{reverse('indicators:figure', args=[answer.indicator.code])}?{answer.frame.to_query()}"


def rows_url(answer: Answer) -> str:
    """Exactly its rows."""
    return f"{reverse('indicators:rows', args=[answer.indicator.code])}?{answer.frame.to_query()}"


def _linked(pieces: Sequence[Piece]) -> list[tuple[Piece, str]]:
    return [(piece, figure_url(piece.answer) if piece.answer else "") for piece in pieces]


def _sentence(asked: Asked) -> list[tuple[Piece, str]]:
    """The state in one sentence, each figure with its address."""
    board = asked.board
    late = [] if board.own else most_first(board.parts["problems.overdue"])
    keys = ("found", "rectified", "matched", "open", "overdue")
    return _linked(sentence({key: board.figure(f"problems.{key}") for key in keys}, late))


def _kpis(asked: Asked) -> list[dict[str, Any]]:
    """The strip of key figures below it."""
    board = asked.board
    landing = [_landing(board, answer, beside) for answer, beside in queries.headlines(board)]
    return [_kpi(board, board.figure(code)) for code in HEADLINES[: len(HEADLINES) - len(landing)]] + landing


def _landing(board: Board, answer: Answer, beside: Answer | None) -> dict[str, Any]:
    """A key figure of projects: no comparison, but the share or the rank that belongs to it."""
    if beside is None:
        return _kpi(board, answer)
    words = {"text": beside.text, "digits": beside.digits.removesuffix(".00")}
    return _kpi(board, answer) | {"note": str(LANDING[answer.indicator.code][1]) % words}


def _kpi(board: Board, answer: Answer) -> dict[str, Any]:
    code = answer.indicator.code
    note, tone = ("", "")
    if code in board.before:
        note, tone = change_words(answer, board.then(code), cn_date(board.since))
    elif code == "problems.overdue":
        soon = board.figure("problems.due_soon")
        note = _t("%(n)s三个工作日内到期") % {"n": soon.text} if soon.value is not None else soon.reason
    return {
        "label": answer.indicator.name,
        "answer": answer if answer.value is None else answer.digits,
        "unit": answer.unit if answer.value is not None else "",
        "href": figure_url(answer),
        "source": answer.indicator.mark,
        "note": note,
        "tone": tone,
    }


# -- sections: a function from what is asked to a partial's facts, or to nothing -------------------------------------
Facts = dict[str, Any] | None
Section = Callable[[Asked], Facts]


def attention(asked: Asked) -> Facts:
    """What needs the leader, the most urgent first."""
    found = queries.concerns(asked.board)
    return {"template": "dashboard/_attention.html", "concerns": [(one, rows_url(one.answer)) for one in found]}


def tiles(asked: Asked) -> Facts:
    """The places where they lie, shaded by a measure; of a county's page, the whole city with its own marked."""
    board = asked.board
    code, _words = MEASURES[asked.measure]
    found = {part.key: part.answer for part in board.parts[code]}
    late = {part.key: part.answer for part in board.parts["problems.overdue"]}
    left = {part.key: part.answer for part in board.parts["problems.open"]}
    scale = scale_for(queries.whole(code, board.parts, board.city))
    shown = [
        {
            "tile": tile,
            "answer": found[tile.unit.code],
            "url": rows_url(left[tile.unit.code]),
            "shade": scale.shade(found[tile.unit.code]),
            "late": late[tile.unit.code],
            "left": left[tile.unit.code],
            "own": tile.unit.code == board.own,
        }
        for tile in queries.tiles(board.city.place)
        if tile.unit.code in found
    ]
    if not shown:
        return None
    return {
        "template": "dashboard/_tiles.html",
        "title": next(iter(found.values())).indicator.name,
        "unit": next(iter(found.values())).unit,
        "tiles": shown,
        "scale": [(f"q{n}", label) for n, label in enumerate(scale.labels, 1)],
        "measures": [(label, asked.url(tile=name), name == asked.measure) for name, (_c, label) in MEASURES.items()],
        "mark": next(iter(found.values())).indicator.mark,
    }


def ranked(asked: Asked) -> Facts:
    """The counties by closure rate, equal ones sharing a rank."""
    board, code = asked.board, "problems.closure_rate"
    others = {
        key: {part.key: part.answer for part in board.parts[f"problems.{key}"]} for key in ("found", "open", "overdue")
    }
    rows = ranking(board.parts[code], board.before[code], others, board.own)
    if not rows:
        return None
    most = max((row.answers["open"].value or 0 for row in rows), default=0)
    links = [(row, {"by": figure_url(row.answers["by"])} | {key: rows_url(row.answers[key]) for key in others})
             for row in rows]  # fmt: skip
    return {"template": "dashboard/_ranking.html", "rows": links, "most": most, "since": board.since}


def open_trend(asked: Asked) -> Facts:
    """How many were open at each fortnight's end."""
    found = queries.trend(asked.board)
    if len(found) < 2:
        return None
    points = [(f"{one.frame.as_of:%m-%d}", one.value) for one in found]
    lines = [(cn_date(one.frame.as_of), one, figure_url(one)) for one in found]
    facts = {"key": "open-trend", "title": _t("未销号余额（件，按双周）"), "points": points, "lines": lines}
    return {"template": "dashboard/_trend.html", **facts}


def closed_trend(asked: Asked) -> Facts:
    """How many were closed in each fortnight."""
    found = queries.closings(asked.board)
    if len(found) < 2:
        return None
    days = [min(fortnight_end(date.fromisoformat(part.key)), asked.board.frame.as_of) for part in found]
    points = [(f"{day:%m-%d}", part.answer.value) for day, part in zip(days, found, strict=True)]
    lines = [(part.label, part.answer, figure_url(part.answer)) for part in found]
    facts = {"key": "closed-trend", "title": _t("每双周销号（件次）"), "points": points, "lines": lines}
    return {"template": "dashboard/_trend.html", **facts}


def coming(asked: Asked) -> Facts:
    """The days ahead."""
    as_of = asked.board.frame.as_of
    lines = [(one, (one.day - as_of).days) for one in queries.next_days(asked.board)]
    return {"template": "dashboard/_coming.html", "lines": lines[:3]} if lines else None


def overdue(asked: Asked) -> Facts:
    """The problems overdue longest, with their units."""
    rows = queries.longest_overdue(asked.board, asked.request.user, today(), MOST_OVERDUE)
    as_of = asked.board.frame.as_of
    lines = [(row, (as_of - row.limit_on).days) for row in rows]
    whole = asked.board.figure("problems.overdue")
    facts = {"lines": lines, "answer": whole, "url": rows_url(whole)}
    return {"template": "dashboard/_overdue.html", **facts} if lines else None


def growth(asked: Asked) -> Facts:
    """Growth of fixed-asset investment, cumulated month by month."""
    found = queries.growth(asked.board)
    if len(found) < 2:
        return None
    answer = found[-1].answer
    points = [(part.label, Decimal(part.answer.digits.replace(",", ""))) for part in found]
    lines = [(part.label, part.answer, figure_url(part.answer)) for part in found]
    title = _t("%(name)s（%%）") % {"name": answer.indicator.name}
    facts = {"key": "growth", "title": title, "points": points, "lines": lines, "line": True}
    return {"template": "dashboard/_trend.html", "mark": answer.indicator.mark, **facts}


def progress(key: str, title: Words, asked_lines: Sequence[Progress]) -> Section:
    """A section of what other modules count; lines there is nothing to tell of are not there."""

    def build(asked: Asked) -> Facts:
        found = queries.lines(asked.board, asked_lines)
        linked = [
            (
                one,
                {
                    name: figure_url(answer)
                    for name in ("part", "of", "rate", "beside")
                    if (answer := getattr(one, name))
                },
            )
            for one in found
        ]
        return {"template": "dashboard/_progress.html", "key": key, "title": title, "lines": linked} if found else None

    return build


def stacked(*builders: Section) -> Section:
    """Several sections in one column; nothing where none of them is there."""

    def build(asked: Asked) -> Facts:
        found = _built(asked, "", builders)
        return {"template": "dashboard/_stack.html", **found} if found["sections"] else None

    return build


# The page below the key figures, row by row: (lay-out, its sections). A new part is a function and a partial.
ROWS: tuple[tuple[str, tuple[Section, ...]], ...] = (
    ("g3", (stacked(attention, coming), tiles, ranked)),
    ("gn", (growth, open_trend, progress("projects", pgettext_lazy("panel", "重点项目"), PROJECTS))),
    ("gn", (progress("support", _("审批与要素保障"), SUPPORT), closed_trend, overdue)),
)


def _built(asked: Asked, css: str, builders: Sequence[Section]) -> dict[str, Any]:
    return {"css": css, "sections": [facts for build in builders if (facts := build(asked)) is not None]}


# -- the wall ----------------------------------------------------------------------------------------------------
WALL_CODES = ("problems.rectification_rate", "problems.match_rate", "problems.closure_rate", "problems.overdue")
WALL_EVERY = 60  # seconds between two looks


@allow(*BUSINESS)
@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    """The same board for a screen on the wall: dark, 1920 × 1080, no scrolling; `?again` is its own refreshing.

    Refreshing by itself is not use: it does not keep the session alive, so an unattended wall ends with the idle
    limit like any page (docs/decisions/0008).
    """
    form, issued = _form(request)
    if form.errors:
        return render(request, "dashboard/dashboard.html", {"form": form}, status=422)
    asked = _asked(request, form, issued)
    if "again" in request.GET:
        request.session.modified = False
    context = {
        "board": asked.board,
        "place_words": place_words(asked.board.frame.place),
        "sentence": _sentence(asked),
        "kpis": [_kpi(asked.board, asked.board.figure(code)) for code in WALL_CODES],
        "sections": _built(asked, "", (tiles, ranked, stacked(open_trend, attention)))["sections"],
        "moment": now(),
        "every": WALL_EVERY,
        "again_url": asked.url() + "&again=1",
        "back_url": reverse("dashboard:dashboard") + asked.url(),
        "idle": settings.LUODI_IDLE_MINUTES,
    }
    return render(request, "dashboard/wall.html", context)
