"""What the leader's page asks: each figure once for the whole city by county, of which every place's own are parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from luodi.campaigns.models import Campaign, Stage
from luodi.dashboard.rules import (
    CONCERNS,
    LANDING,
    OTHERS,
    Concern,
    Piece,
    Progress,
    behind,
    concern,
    most_first,
    names,
    told,
)
from luodi.documents.models import Document
from luodi.indicators import queries as indicators
from luodi.indicators.rules import (
    PERIOD,
    Answer,
    Frame,
    Part,
    Rate,
    catalogue,
    fortnight_end,
    fortnight_ends,
    indicator_of,
    percent,
)
from luodi.kit.templatetags.ui import cn_date
from luodi.orgs.models import Person, Unit, UnitKind
from luodi.problems.models import Assignment, Problem

COUNTY = "county"
OPEN, REOPENED = "problems.open", "changes.reopened"
COUNTED = ("problems.found", "problems.rectified", "problems.matched", "problems.closed", OPEN)
RATES = ("problems.rectification_rate", "problems.match_rate", "problems.closure_rate")
LATE = ("problems.overdue", "problems.due_soon")
FORTNIGHTS = 7  # columns of the trends


def share(rate: Rate, frame: Frame, above: Answer | None, below: Answer) -> Answer:
    """The rate of two answers; unknown with the reason where one is, or where there is nothing to divide by."""
    count = above.value if above else 0
    if count is None or below.value is None:
        return Answer(rate, frame, None, (above.reason if above else "") or below.reason, above, below)
    if not below.value:
        reason = _("分母为零：%(name)s为 0") % {"name": below.indicator.name}
        return Answer(rate, frame, None, reason, above, below)
    return Answer(rate, frame, percent(count, below.value), "", above, below)  # type: ignore[arg-type]


def whole(code: str, parts: Mapping[str, Sequence[Part]], frame: Frame) -> Answer:
    """The answer for a place all of whose parts are known: they add up to it; a rate is that of its sums."""
    indicator = indicator_of(code)
    if isinstance(indicator, Rate):
        above, below = (whole(one, parts, frame) for one in (indicator.numerator, indicator.denominator))
        return share(indicator, frame, above, below)
    if unknown := next((part.answer for part in parts[code] if part.answer.value is None), None):
        return Answer(indicator, frame, None, unknown.reason)
    return Answer(indicator, frame, sum(part.answer.value or 0 for part in parts[code]))


@dataclass(frozen=True)
class Board:
    """The state of one campaign for a place as of a day, beside an earlier day; each question is asked once.

    `frame` asks for a city or one of its counties. Figures of the city are known by county, so a county's page holds
    its own and its place among the others.
    """

    frame: Frame
    since: date
    campaign: Campaign

    @property
    def own(self) -> str:
        """The county this board is about; empty for the city."""
        return self.frame.place if len(self.frame.place) == 6 else ""

    @cached_property
    def city(self) -> Frame:
        """The same question for the whole city."""
        return replace(self.frame, place=self.frame.place[:4])

    @cached_property
    def _split(self) -> list[dict[str, list[Part]]]:
        """All that is asked by county, at once."""
        return indicators.break_downs_of(
            [
                ((*COUNTED, *LATE, *RATES), self.city),
                ((*COUNTED, *RATES), self.city.at(self.since)),  # what is late was late then and is not asked
                ((OPEN,), self.priority),
                ((REOPENED,), self.period),
            ],
            COUNTY,
        )

    @property
    def parts(self) -> dict[str, list[Part]]:
        """Code → the city's parts by county, as of the day."""
        return self._split[0]

    @property
    def before(self) -> dict[str, list[Part]]:
        """The same of the earlier day."""
        return self._split[1]

    @property
    def open_priority(self) -> list[Part]:
        """Priority problems (重点难点) of this place that are not closed, by county."""
        return self._split[2][OPEN]

    @property
    def reopened(self) -> list[Part]:
        """Reopenings since the earlier day, by county."""
        return self._split[3][REOPENED]

    def figure(self, code: str) -> Answer:
        """A figure of this place as of the day."""
        return self._of_place(code, self.parts, self.frame)

    def then(self, code: str) -> Answer:
        """The same figure as of the earlier day."""
        return self._of_place(code, self.before, self.frame.at(self.since))

    def _of_place(self, code: str, parts: Mapping[str, Sequence[Part]], frame: Frame) -> Answer:
        mine = {name: [p for p in listed if not self.own or p.key == self.own] for name, listed in parts.items()}
        return whole(code, mine, frame)

    def places(self, code: str) -> list[Part]:
        """The counties' figures, and the city departments' where there are such rows; of a county, its own."""
        return [part for part in self.parts[code] if not self.own or part.key == self.own]

    @cached_property
    def others(self) -> dict[str, Answer]:
        """Code → what other modules count and know; a code that no installed module counts is not there."""
        answers = indicators.answers([code for code in dict.fromkeys(OTHERS) if code in catalogue()], self.frame)
        return {one.indicator.code: one for one in answers if one.value is not None}

    @property
    def period(self) -> Frame:
        """The days after the earlier one, up to the day."""
        return replace(self.frame, start=self.since + timedelta(days=1), end=self.frame.as_of + timedelta(days=1))

    @property
    def priority(self) -> Frame:
        """Of the priority problems alone."""
        return replace(self.frame, filters={"priority": "yes"})


def headlines(board: Board) -> list[tuple[Answer, Answer | None]]:
    """Key figures of other modules, each with the one it is told beside; none where there is nothing to tell of."""
    known = board.others
    found = [(known[code], known.get(beside)) for code, (beside, _how) in LANDING.items() if code in known]
    counted = [answer for answer, _beside in found if answer.unit != "%"]
    return found if not counted or any(answer.value for answer in counted) else []


@dataclass(frozen=True)
class Line:
    """One line of progress, answered."""

    line: Progress
    part: Answer
    of: Answer | None
    rate: Answer | None
    beside: Answer | None

    @property
    def aside(self) -> str:
        """The figure beside, without its unit where that is the same."""
        if self.beside is None:
            return ""
        text = self.beside.digits if self.beside.unit == self.part.unit else self.beside.text
        return f"+{text}" if self.line.change and (self.beside.value or 0) > 0 else text


def lines(board: Board, asked: Sequence[Progress]) -> list[Line]:
    """The lines there is something to tell of: those with a whole that is something, else those that are."""
    found = []
    for line in asked:
        part, of, rate, beside = (board.others.get(code) for code in (line.part, line.of, line.rate, line.beside))
        if part is not None and ((of is not None and of.value) if line.of else part.value):
            found.append(Line(line, part, of, rate, beside))
    return found


def growth(board: Board) -> list[Part]:
    """Growth of fixed-asset investment, month by month, as the statistics bureau published it."""
    code = "projects.fai_growth"
    parts = indicators.break_down(code, board.frame, "month") if code in catalogue() else []
    return [part for part in parts if part.answer.value is not None]


def trend(board: Board) -> list[Answer]:
    """How many were open at the last ends of fortnights and on the day itself."""
    day = board.frame.as_of
    ends = [one for one in fortnight_ends(day, FORTNIGHTS) if board.campaign.starts_on <= one < day][1 - FORTNIGHTS :]
    return [*indicators.history(OPEN, board.frame, ends), board.figure(OPEN)]


def closings(board: Board) -> list[Part]:
    """Closings of the last fortnights, the present one as far as it has run."""
    first = fortnight_ends(board.frame.as_of, FORTNIGHTS + 1)[0] + timedelta(days=1)
    asked = replace(board.frame, start=max(first, board.campaign.starts_on))
    return indicators.break_down("changes.closed", asked, PERIOD)[-FORTNIGHTS:]


def longest_overdue(board: Board, person: Person, day: date, most: int) -> QuerySet[Any]:
    """The problems overdue longest as of the board's day, with that day's limit; only what the person may see."""
    as_of, visible = board.frame.as_of, Problem.objects.visible_to(person, day)
    if as_of == day:  # the columns of today repeat the dated rows, in an index of the order wanted here
        place = {"county_code": board.own} if board.own else {"city_code": board.frame.place}
        late = visible.overdue(day).filter(campaign=board.campaign, **place).annotate(limit_on=F("due_on"))
        return late.select_related("unit").order_by("due_on", "pk")[:most]
    standing = Assignment.objects.filter(problem=OuterRef("pk"), assigned_on__lte=as_of)
    standing = standing.exclude(ended_on__lte=as_of).order_by("-pk")
    counted: QuerySet[Any] = indicators.rows("problems.overdue", board.frame) & visible
    rows = counted.annotate(limit_on=Subquery(standing.values("due_on")[:1]))
    return rows.select_related("unit").order_by("limit_on", "pk")[:most]


@dataclass(frozen=True)
class Tile:
    """A place on the tile map."""

    unit: Unit
    col: int
    row: int


def tiles(city: str) -> list[Tile]:
    """The counties with a place on the map, row by row."""
    known = Unit.objects.filter(city_code=city, kind=UnitKind.COUNTY, active=True, tile_col__isnull=False)
    units = known.exclude(tile_row=None).order_by("tile_row", "tile_col", "pk")
    return [Tile(unit, unit.tile_col or 0, unit.tile_row or 0) for unit in units]


@dataclass(frozen=True)
class Coming:
    """A day ahead and what it is."""

    day: date
    words: str


def next_days(board: Board) -> list[Coming]:
    """The fortnight's end, ends and beginnings of stages, the campaign's end: those still to come, soonest first."""
    day = board.frame.as_of
    found = [Coming(fortnight_end(day), _("本双周结束"))]
    for stage in Stage.objects.filter(campaign=board.campaign, ends_on__gt=day).order_by("seq", "pk"):
        if stage.starts_on > day:
            found.append(Coming(stage.starts_on, _("“%(stage)s”开始") % {"stage": stage.local_name}))
        found.append(Coming(stage.last_day, _("“%(stage)s”结束") % {"stage": stage.local_name}))
    if board.campaign.last_day >= day:
        found.append(Coming(board.campaign.last_day, _("活动结束")))
    return sorted(found, key=lambda one: one.day)


def last_issued(campaign: Campaign, place: str, before: date, person: Person, day: date) -> date | None:
    """The data day of the last document issued about this place before a day, as far as the person may see it."""
    rows = Document.objects.visible_to(person, day).filter(campaign=campaign, issued_on__isnull=False, as_of__lt=before)
    rows = rows.filter(city_code=place[:4], county_code=place if len(place) == 6 else "")
    return rows.order_by("-as_of", "-pk").values_list("as_of", flat=True).first()


# -- what needs the leader ---------------------------------------------------------------------------------------
def concerns(board: Board) -> list[Concern]:
    """What needs the leader, the most urgent first; nothing of what there is none."""
    found = [_overdue(board), _behind(board), _soon(board), _reopened(board), _priority(board), *_others(board)]
    return [one for one in found if one]


def _overdue(board: Board) -> Concern | None:
    parts = most_first(board.places("problems.overdue"))
    detail = "" if board.own else told(parts)
    return concern("clock-exclamation", "bad", _("%(n)s已逾期"), board.figure("problems.overdue"), detail)


def _soon(board: Board) -> Concern | None:
    answer = board.figure("problems.due_soon")
    detail = "" if board.own or not answer.value else told(most_first(board.places("problems.due_soon")))
    return concern("clock", "warn", _("%(n)s三个工作日内到期"), answer, detail)


def _behind(board: Board) -> Concern | None:
    """Places well below the whole city; of a county, itself if it is."""
    rate = whole("problems.closure_rate", board.parts, board.city)
    low = [part for part in behind(board.parts[rate.indicator.code], rate) if board.own in ("", part.key)]
    if not low:
        return None
    detail = _("全市 %(rate)s；%(told)s") % {"rate": rate.text, "told": told(low)}
    title = [Piece(_("%(names)s销号率落后") % {"names": names(low)})]
    return Concern("alert-triangle", "warn", title, detail, low[0].answer)


def _reopened(board: Board) -> Concern | None:
    parts = board.reopened
    answer = whole(REOPENED, {REOPENED: parts}, board.period)
    since = _("%(day)s以来") % {"day": cn_date(board.since)}
    detail = since if board.own else _("%(since)s：%(told)s") % {"since": since, "told": told(most_first(parts))}
    return concern("rotate-clockwise", "warn", _("%(n)s销号后重新打开"), answer, detail)


def _priority(board: Board) -> Concern | None:
    parts = board.open_priority
    answer = whole(OPEN, {OPEN: parts}, board.priority)
    return concern("flag", "info", _("%(n)s重点难点未销号"), answer, "" if board.own else told(most_first(parts)))


def _others(board: Board) -> list[Concern | None]:
    """What other modules count as late or stalled."""
    found = []
    counted = [code for code in CONCERNS if code in catalogue()]
    for code, parts in indicators.break_downs(counted, board.frame, COUNTY).items():
        if parts:
            (icon, tone, words), answer = CONCERNS[code], whole(code, {code: parts}, board.frame)
            found.append(concern(icon, tone, str(words), answer, "" if board.own else told(most_first(parts))))
    return found
