"""What changed between two days, as a sum: what there was, what came, what went, what there is. No database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.indicators.rules import Answer, Frame, Words, fortnight_ends
from luodi.kit.refusal import Refused

START, END = "start", "end"


@dataclass(frozen=True)
class Line:
    """One line of the sum. `sign`: +1 adds to what is open, -1 takes away, 0 is told beside it."""

    key: str
    label: Words
    code: str
    sign: int


# The sum of a period, in the order in which it is read: start + added + reopened - closed - merged - voided = end.
SUM: tuple[Line, ...] = (
    Line(START, _("期初未销号"), "problems.open", 1),
    Line("added", _("新增"), "changes.added", 1),
    Line("reopened", _("重新打开"), "changes.reopened", 1),
    Line("closed", _("销号"), "changes.closed", -1),
    Line("merged", _("并案"), "amendments.merged", -1),
    Line("voided", _("作废"), "amendments.voided", -1),
    Line(END, _("期末未销号"), "problems.open", 1),
)
# What else happened, without changing how many are open.
BESIDE: tuple[Line, ...] = (
    Line("rectified", _("报告整改完成"), "changes.rectified", 0),
    Line("overturned", _("整改被否定"), "changes.overturned", 0),
    Line("returned", _("退回补正"), "problems.returned", 0),
    Line("late", _("补登以前发现的"), "changes.late", 0),
)


@dataclass(frozen=True)
class Change:
    """One line of the sum with its answer; `answer.frame` opens exactly its rows."""

    line: Line
    answer: Answer

    @property
    def key(self) -> str:
        """Which line: «start», «added», …, «end»."""
        return self.line.key

    @property
    def label(self) -> str:
        """The line's name in the reader's language."""
        return str(self.line.label)

    @property
    def signed(self) -> str:
        """As it stands in the sum: «+12», «−3», «0»; what there was and is without a sign."""
        if self.key in (START, END) or not self.line.sign or not self.answer.value:
            return self.answer.digits
        return ("+" if self.line.sign > 0 else "−") + self.answer.digits


@dataclass(frozen=True)
class PlaceChanges:
    """The sum of one county; `key` is its code, or `NONE` for the city's own departments."""

    key: str
    label: str
    changes: Sequence[Change]


def framed(line: Line, frame: Frame, since: date) -> Frame:
    """The question of one line: the stock of the evening of `since` or of `frame.as_of`, else the days between.

    The period is (since, as_of]: what happened on `since` belongs to the stock it starts with.
    """
    if line.key == START:
        return replace(frame, as_of=since, start=None, end=None)
    if line.key == END:
        return replace(frame, start=None, end=None)
    return replace(frame, start=since + timedelta(days=1), end=frame.as_of + timedelta(days=1))


def usual_since(as_of: date) -> date:
    """The last end of a fortnight before `as_of`: circulars come out every fortnight."""
    return max(day for day in fortnight_ends(as_of, 2) if day < as_of)


def check_period(since: date, as_of: date) -> None:
    """Refused unless the period has a day."""
    if since >= as_of:
        words = {"since": since, "as_of": as_of}
        raise Refused(_t("起始日期 %(since)s 应早于截至日期 %(as_of)s。") % words)


def adds_up(changes: Iterable[Change]) -> bool:
    """Whether start + what came - what went = end."""
    values = {change.key: (change.answer.value or 0) * change.line.sign for change in changes}
    end = values.pop(END)
    return sum(values.values()) == end
