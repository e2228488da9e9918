"""The life of a case, its clock in working days, and the plan a template gives. Pure but for the flow's conditions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import networkx as nx
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.campaigns.models import DeadlineUnit
from luodi.flow.rules import HOLD, Flow, act
from luodi.kit.refusal import Refused
from luodi.orgs.models import Role
from luodi.orgs.rules import Reach
from luodi.permits.models import Case, Certificate, Intake, Item, Status
from luodi.workdays.rules import Calendar

S = Status
SILENCE = 5  # working days to ask for papers; after that the application counts as accepted (许可法 art. 32, R-XK-03)
MOST_MORE, MOST_JOINT = 10, 15  # working days the head of the organ, and for joint handling the government, may add
LAPSE = 15  # working days after a broken promise the case goes back (R-RQ-02)
SOON = 3  # working days before the limit: blue (domain.md 8)

# -- facts about the row -------------------------------------------------------------------------------------


def complete(case: Case) -> str | None:
    """Every essential paper is in; of the others only those that are promised are missing (R-RQ-01)."""
    rows = case.papers.filter(given_on=None).select_related("paper").order_by("paper__seq")
    missing = [row for row in rows if row.paper.is_essential or not row.promised]
    if missing:
        return _t("还缺“%(paper)s”，不能受理。") % {"paper": missing[0].paper.name}
    return None


def last_paper(case: Case) -> str | None:
    """No paper is missing any more: before that no certificate is issued (R-RQ-04, X-16)."""
    if case.intake == Intake.COMMITMENT:  # the promise stands for the papers
        return None
    row = case.papers.filter(given_on=None).select_related("paper").order_by("paper__seq").first()
    return _t("容缺的“%(paper)s”还没有补齐，不能发证。") % {"paper": row.paper.name} if row else None


def something_missing(case: Case) -> str | None:
    """There is a paper left to bring."""
    return None if case.papers.filter(given_on=None).exists() else _t("材料已经齐了。")


def not_asked(case: Case) -> str | None:
    """Papers are asked for once (一次性告知)."""
    if case.asked_on:
        return _t("已于 %(day)s 一次性告知过，不能再次要求补正。") % {"day": case.asked_on}
    return None


def is_simulated(case: Case) -> str | None:
    """Only a simulated case gets a simulated opinion."""
    return None if case.intake == Intake.SIMULATED else _t("这一件不是模拟审批，不能出模拟意见。")


def is_real(case: Case) -> str | None:
    """A simulated case is decided through its opinion only (R-MN-01)."""
    return _t("模拟审批先出模拟意见，条件具备后再转为正式决定。") if case.intake == Intake.SIMULATED else None


CLERK, HEAD = (Role.CLERK, Reach.UNIT), (Role.UNIT_LEADER, Reach.UNIT)
OFFICE, COUNTY_OFFICE = (Role.OFFICE, Reach.CITY), (Role.OFFICE, Reach.COUNTY)
IN_HAND = {S.ACCEPTED, S.SUSPENDED}
OPEN = {S.APPLIED, S.ASKED, *IN_HAND}

FLOW = Flow(
    "permits",
    dict(Status.choices),
    S.APPLIED,
    {
        "accept": act(_("受理"), {S.APPLIED, S.ASKED}, S.ACCEPTED, CLERK, needs=[complete]),
        "deem": act(_("登记视为受理"), {S.APPLIED}, S.ACCEPTED, CLERK, OFFICE, COUNTY_OFFICE),
        "ask_papers": act(_("一次性告知补正"), {S.APPLIED}, S.ASKED, CLERK, needs=[not_asked], reason=True),
        "supply": act(_("收到材料"), OPEN, HOLD, CLERK, needs=[something_missing]),
        "grant": act(_("准予许可"), {S.ACCEPTED}, S.GRANTED, CLERK, needs=[is_real]),
        "opine": act(_("出具模拟意见"), {S.ACCEPTED}, S.OPINED, CLERK, needs=[is_simulated]),
        "convert": act(_("转为正式决定"), {S.OPINED}, S.GRANTED, CLERK),
        "issue": act(_("发证"), {S.GRANTED}, S.ISSUED, CLERK, needs=[last_paper]),
        "suspend": act(_("暂停计时"), {S.ACCEPTED}, S.SUSPENDED, CLERK, reason=True),
        "resume": act(_("恢复计时"), {S.SUSPENDED}, S.ACCEPTED, CLERK),
        "extend": act(_("批准延长"), IN_HAND, HOLD, HEAD, OFFICE, COUNTY_OFFICE, reason=True),
        "explain": act(_("公开说明超时"), {S.ACCEPTED, S.SUSPENDED, S.OPINED}, HOLD, CLERK, HEAD, reason=True),
        "review_again": act(_("情况有变，重新审查"), {S.OPINED}, S.ACCEPTED, CLERK, reason=True),
        "refuse": act(_("不予许可"), {S.ACCEPTED}, S.REFUSED, CLERK, reason=True),
        "send_back": act(_("退件"), OPEN, S.ENDED, CLERK, reason=True),
    },
)

# Who takes in at the window (一窗受理): the place's clerks and offices.
WINDOW = (CLERK, (Role.CLERK, Reach.COUNTY), COUNTY_OFFICE, OFFICE)
# The names of the acts in the process map: data, the same in every language.
STEP_NAMES = {
    "accept": "受理", "deem": "视为受理", "ask_papers": "一次性告知", "supply": "收到材料", "suspend": "暂停计时",
    "resume": "恢复计时", "extend": "批准延长", "explain": "公开说明", "opine": "模拟意见", "convert": "转为正式决定",
    "review_again": "重新审查", "grant": "准予许可", "refuse": "不予许可", "issue": "发证", "send_back": "退件",
}  # fmt: skip

# -- the clock ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clock:
    """Counts the days of a limit: working or calendar days after the start, without those in `stops` [from, until).

    None where the calendar of a year is not announced.
    """

    calendar: Calendar
    unit: str = DeadlineUnit.WORKING_DAY
    stops: tuple[tuple[date, date | None], ...] = ()

    def _length(self, start: date, end: date) -> int | None:
        """Days of the unit in (start, end]."""
        if self.unit == DeadlineUnit.CALENDAR_DAY:
            return (end - start).days
        return self.calendar.count(start, end)

    def stopped(self, start: date, end: date) -> int | None:
        """Days of the unit in (start, end] that fall into stops; an open stop lasts."""
        total = 0
        for first, until in self.stops:
            low, high = max(first, start + timedelta(1)), min(until or date.max, end + timedelta(1))
            if low >= high:
                continue
            part = self._length(low - timedelta(1), high - timedelta(1))
            if part is None:
                return None
            total += part
        return total

    def used(self, start: date, end: date) -> int | None:
        """Days of the limit used up to and including `end`."""
        length, stopped = self._length(start, end), self.stopped(start, end)
        return None if length is None or stopped is None else max(0, length - stopped)

    def due(self, start: date, days: int) -> date | None:
        """The last day of a limit of `days`; None while a stop is open, or beyond the known calendar."""
        if any(until is None for _first, until in self.stops):
            return None
        day, wanted = start, days
        while True:
            found = self._add(start, wanted)
            if found is None or found == day:
                return found
            day = found
            stopped = self.stopped(start, day)
            if stopped is None:
                return None
            wanted = days + stopped

    def _add(self, start: date, n: int) -> date | None:
        if self.unit == DeadlineUnit.CALENDAR_DAY:
            return start + timedelta(days=n)
        return self.calendar.add(start, n)


def deemed_on(applied_on: date, day: date, calendar: Calendar) -> bool:
    """Whether silence has made this application an accepted one by `day` (R-XK-03)."""
    passed = calendar.count(applied_on, day)
    return passed is not None and passed > SILENCE


def add_months(day: date, months: int) -> date:
    """The last day of a validity of so many months from `day`: the day before the same day of the month."""
    year, month = divmod(day.month - 1 + months, 12)
    last = (date(day.year + year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(1)).day
    return date(day.year + year, month + 1, min(day.day, last)) - timedelta(1)


def certificate_refusal(certificate: Certificate, case: Case, code: str, day: date) -> str | None:
    """Why a certificate of the store cannot stand for a paper: another project's, another item's, expired."""
    about = {"code": certificate.code, "day": certificate.valid_until}
    if certificate.project_id != case.project_id:
        return _t("证照 %(code)s 不是这个项目的。") % about
    if certificate.item.code != code:
        return _t("证照 %(code)s 不是这份材料所要的证照。") % about
    if certificate.valid_until and certificate.valid_until < day:
        return _t("证照 %(code)s 已于 %(day)s 到期，不能再用，请换发后提交。") % about
    if certificate.valid_from > day:
        return _t("证照 %(code)s 还没有生效。") % about
    return None


def light(case: Case, day: date, calendar: Calendar) -> str:
    """red: past the limit; yellow: its last day; blue: within three working days; stopped; none."""
    if case.status == Status.SUSPENDED:
        return "stopped"
    if case.decided_on or case.ended_on or case.due_on is None or case.opined_on:
        return "none"
    if day > case.due_on:
        return "red"
    left = calendar.count(day, case.due_on)
    left = (case.due_on - day).days if left is None else left
    return "yellow" if left <= 0 else "blue" if left <= SOON else "none"


def overlaps(first: date, until: date | None, stops: Iterable[tuple[date, date | None]]) -> bool:
    """Whether [first, until) shares a day with one of the stops."""
    return any(first < (b or date.max) and a < (until or date.max) for a, b in stops)


def more_refusal(item: Item, days: int, had: int, joint: bool) -> str | None:
    """Why a limit cannot be longer by `days` (R-XK-01, R-XK-02; an item's own law may allow more)."""
    if had:
        return _t("这一件已经延长过 %(n)s 天，不能再次延长。") % {"n": had}
    most = MOST_JOINT if joint else max(item.more_days, MOST_MORE if item.more_days else 0)
    if not most:
        return _t("“%(item)s”的法定时限不能延长。") % {"item": item.name}
    if not 0 < days <= most:
        return _t("最多可延长 %(most)s 天，不能延长 %(n)s 天。") % {"most": most, "n": days}
    return None


def intake_refusal(item: Item, intake: str) -> str | None:
    """Why an item cannot come in this way: it is not on the published list."""
    listed = {
        Intake.DEFERRED: item.is_deferrable,
        Intake.COMMITMENT: item.is_commitment,
        Intake.SIMULATED: item.is_simulatable,
    }
    if listed.get(Intake(intake), True):
        return None
    return _t("“%(item)s”不在%(intake)s事项清单内。") % {"item": item.name, "intake": Intake(intake).label}


def compression(used: int, statutory: int) -> Decimal | None:
    """1 − used / statutory in percent, one decimal; None for items done at once, which have no limit to cut."""
    if not statutory:
        return None
    return (100 - Decimal(used) * 100 / Decimal(statutory)).quantize(Decimal("0.1"), ROUND_HALF_UP)


# -- the plan of a template -------------------------------------------------------------------------------------


def graph(steps: Sequence[Mapping[str, Any]]) -> "nx.DiGraph[str]":
    """The template as a graph item → item that waits for it. Refused: a step unknown, twice, or in a circle."""
    found: nx.DiGraph[str] = nx.DiGraph()
    for step in steps:
        if step["item"] in found:
            raise Refused(_t("流程模板里“%(item)s”出现了两次。") % {"item": step["item"]})
        found.add_node(step["item"])
    for step in steps:
        for before in step.get("after", ()):
            if before not in found:
                raise Refused(
                    _t("“%(item)s”的前置事项“%(before)s”不在这个模板里。") % {"item": step["item"], "before": before}
                )
            found.add_edge(before, step["item"])
    if not nx.is_directed_acyclic_graph(found):
        circle = [a for a, _b in nx.find_cycle(found)]
        raise Refused(_t("流程模板的前置关系成了环：%(circle)s。") % {"circle": " → ".join([*circle, circle[0]])})
    return found


@dataclass(frozen=True)
class PlanStep:
    """One item of a plan: when it can begin and end at the earliest, in working days after the start and as dates."""

    item: Item
    begins: int
    ends: int
    begins_on: date | None
    ends_on: date | None
    is_critical: bool
    slack: int
    after: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """The steps in order; `parallel` and `sequential` working days of the whole, by promised and statutory limits."""

    steps: list[PlanStep]
    parallel: int
    sequential: int
    statutory_parallel: int
    statutory_sequential: int
    critical: list[str] = field(default_factory=list)

    @property
    def saved(self) -> int:
        """Working days that parallel handling saves against one item after the other."""
        return self.sequential - self.parallel

    @property
    def statutory_saved(self) -> int:
        """The same by statutory limits."""
        return self.statutory_sequential - self.statutory_parallel


def working_length(item: Item, days: int) -> int:
    """A limit in working days; of calendar days five in seven work, rounded up."""
    return days if item.day_unit == DeadlineUnit.WORKING_DAY else -(-days * 5 // 7)


def _ends(steps: "nx.DiGraph[str]", lengths: Mapping[str, int]) -> dict[str, int]:
    """The earliest end of each item."""
    ends: dict[str, int] = {}
    for code in nx.topological_sort(steps):
        ends[code] = max((ends[before] for before in steps.predecessors(code)), default=0) + lengths[code]
    return ends


def plan(
    steps: "nx.DiGraph[str]", items: Mapping[str, Item], start: date, calendar: Calendar, since: Iterable[str] = ()
) -> Plan:
    """What a template means for a project that begins on `start`; items in `since` are done and take no time."""
    done = set(since)
    lengths = {c: 0 if c in done else working_length(items[c], items[c].committed_days) for c in steps}
    legal = {c: 0 if c in done else working_length(items[c], items[c].statutory_days) for c in steps}
    ends = _ends(steps, lengths)
    whole = max(ends.values(), default=0)
    latest: dict[str, int] = {}
    for code in reversed(list(nx.topological_sort(steps))):
        latest[code] = min((latest[after] - lengths[after] for after in steps.successors(code)), default=whole)
    found = []
    for code in nx.lexicographical_topological_sort(steps, key=lambda c: (ends[c] - lengths[c], items[c].seq)):
        begins, slack = ends[code] - lengths[code], latest[code] - ends[code]
        after = tuple(items[b].local_name for b in steps.predecessors(code))
        days = (calendar.add(start, begins), calendar.add(start, ends[code]))
        decides = slack == 0 and lengths[code] > 0
        found.append(PlanStep(items[code], begins, ends[code], *days, decides, slack, after))
    legal_whole = max(_ends(steps, legal).values(), default=0)
    critical = [step.item.code for step in found if step.is_critical]
    return Plan(found, whole, sum(lengths.values()), legal_whole, sum(legal.values()), critical)
