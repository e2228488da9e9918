"""A project's way and money as pictures drawn on the server, each with the same in a table; amounts in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from luodi.journal.models import Entry
from luodi.kit.values import money, percent
from luodi.projects.models import Milestone, MilestoneKind, Project, Status
from luodi.projects.queries import MonthLine
from luodi.projects.rules import FLOW, behind_pace, plain

register = template.Library()
WIDTH, LABEL, ROW, HEAD = 760, 96, 30, 24  # of the picture, in its own units
ICONS = {
    "report": "chart-bar", "reach": "checklist", "land": "circle-check", "stall": "alert-triangle",
    "resume": "rotate-clockwise", "plan": "clipboard-list", "correct": "pencil", "amend": "pencil", "enter": "plus",
}  # fmt: skip


@register.filter
def act_icon(name: str) -> str:
    """The icon of an act's button."""
    return ICONS.get(name, "chevron-right")


@register.filter
def act_path(name: str) -> str:
    """The route of an act."""
    return f"projects:{name}"


@register.filter
def wan(amount: Decimal | None) -> str:
    """12000 → «12,000»; blank is «—», never 0."""
    return "—" if amount is None else plain(amount)


@register.filter
def in_words(amount: Decimal | None) -> str:
    """An amount as people say it: «2.5 亿元», below one 亿 «1,200 万元»."""
    return money(amount, "亿元", 2) if amount is not None and amount >= 10_000 else money(amount, "万元")


@register.simple_tag
def share_text(part: Any, whole: Any) -> str:
    """«85.2%»; «—» without a whole."""
    return percent(part, whole)


# -- steps --------------------------------------------------------------------------------------------------------


@register.simple_tag
def lifecycle(steps: Sequence[Milestone], today: date) -> list[dict[str, str]]:
    """The way to the ground for `kit/_steps.html`; the first step not done is the present one."""
    now_at = next((one.pk for one in steps if not one.reached_on and not one.exempt), None)
    found = []
    for one in steps:
        done = bool(one.reached_on or one.exempt)
        note = _("免办") if one.exempt else f"{one.reached_on:%Y-%m-%d}" if one.reached_on else ""
        if not done and one.planned_on:
            days = (today - one.planned_on).days
            note = _("超期 %(n)s 天") % {"n": days} if days > 0 else _("计划 %(day)s") % {"day": one.planned_on}
        state = "done" if done else "now" if one.pk == now_at else ""
        found.append({"label": str(one.get_kind_display()), "note": note, "state": state})
    return found


@dataclass(frozen=True)
class Span:
    """One step in the plan and in fact: from when to when, and what to say of the difference."""

    label: str
    planned: tuple[date, date] | None
    actual: tuple[date, date] | None
    late: tuple[date, date] | None
    words: str


@register.filter
def spans(steps: Iterable[Milestone], today: date) -> list[Span]:
    """Each step from the end of the one before it; what runs on runs until today. Steps without any day are left out.

    In the plan a step begins where the plan of the one before ends; in fact where that was reached.
    """
    found, planned_from, actual_from, waiting = [], None, None, True
    for one in steps:
        planned = (min(planned_from or one.planned_on, one.planned_on), one.planned_on) if one.planned_on else None
        until, begins = one.reached_on, actual_from or (planned[0] if planned else None)
        if waiting and not until and not one.exempt:
            waiting = False  # the first step that is not done runs until today; those behind it have only a plan
            until = today if planned and begins and begins < today else None
        actual = (min(begins or until, until), until) if until else None
        late = (one.planned_on, until) if until and one.planned_on and until > one.planned_on else None
        if planned or actual:
            found.append(Span(str(one.get_kind_display()), planned, actual, late, _said(one, late, one.reached_on)))
        planned_from, actual_from = one.planned_on or planned_from, one.reached_on or actual_from
    return found


def _said(one: Milestone, late: tuple[date, date] | None, end: date | None) -> str:
    if late:
        days = (late[1] - late[0]).days
        return (_("超 %(n)s 天") if end else _("已超 %(n)s 天")) % {"n": days}
    if end and one.planned_on and end < one.planned_on:
        return _("提前 %(n)s 天") % {"n": (one.planned_on - end).days}
    return _("按期") if end and one.planned_on else ""


@register.simple_tag
def gantt(found: Sequence[Span], today: date, label: str) -> SafeString:
    """The steps over time: planned as outline, actual as bar, overrun hatched with words, a line for today."""
    days = [day for one in found for pair in (one.planned, one.actual) if pair for day in pair]
    if not days:
        return SafeString()
    first, last = min(days).replace(day=1), max([*days, today]) + timedelta(days=45)
    unit = (WIDTH - LABEL) / (last - first).days
    x = lambda day: round(LABEL + (day - first).days * unit, 1)  # noqa: E731 - one scale for the whole picture
    height = HEAD + ROW * len(found) + 6
    body = format_html_join("", "{}", ((_lane(one, n, x),) for n, one in enumerate(found)))
    line = format_html('<line class="now" x1="{0}" x2="{0}" y1="14" y2="{1}"/>', x(today), height - 4)
    line += format_html('<text class="now" x="{}" y="11" text-anchor="middle">{}</text>', x(today), _("今天"))
    said = _("；").join(f"{one.label} {one.words}".strip() for one in found)
    return format_html(
        '<svg class="gantt" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<defs><pattern id="late" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="hatch-bg" width="6" height="6"/><rect class="hatch" width="3" height="6"/></pattern></defs>{}{}{}'
        "</svg>",
        WIDTH, height, _("%(label)s：%(said)s") % {"label": label, "said": said},
        _months(first, last, today, x, height), body, line,
    )  # fmt: skip


def _months(first: date, last: date, today: date, x: Any, height: int) -> SafeString:
    """A thin line and the month's name for each month, or each quarter of a long way."""
    span = (last.year - first.year) * 12 + last.month - first.month
    step, drawn, month = (1 if span <= 14 else 3 if span <= 42 else 12), [], first
    while month <= last:
        near = abs(x(month) - x(today)) < 34 or x(month) > WIDTH - 16
        words = "" if near else f"{month:%Y-%m}" if month.month == 1 or month == first else f"{month.month}"
        drawn.append((x(month), x(month), HEAD - 6, height - 4, x(month), words))
        total = month.month - 1 + step
        month = date(month.year + total // 12, total % 12 + 1, 1)
    return format_html_join(
        "", '<line class="g" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="11" text-anchor="middle">{}</text>', drawn
    )


def _lane(one: Span, place: int, x: Any) -> SafeString:
    top = HEAD + ROW * place
    parts = [format_html('<text class="lane" x="0" y="{}">{}</text>', top + 18, one.label)]
    end = LABEL
    bars = (("plan", one.planned, 5, 19), ("done", one.actual, 9, 11), ("late", one.late, 9, 11))
    for name, pair, inset, thick in bars:
        if pair:
            left, width = x(pair[0]), max(3, round(x(pair[1]) - x(pair[0]), 1))
            parts.append(format_html(
                '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>', name, left, top + inset, width, thick
            ))  # fmt: skip
            end = max(end, left + width)
    if one.words:
        inside = end > WIDTH - 80
        at, anchor = (end - 4, "end") if inside else (end + 5, "start")
        word = '<text class="word" x="{}" y="{}" text-anchor="{}">{}</text>'
        parts.append(format_html(word, at, top + 18, anchor, one.words))
    return format_html_join("", "{}", ((part,) for part in parts))


# -- money --------------------------------------------------------------------------------------------------------


@register.simple_tag
def investment(project: Project, lines: Sequence[MonthLine]) -> SafeString:
    """Year to date by month as bars beside the plan's pace as a line; the plan is the top."""
    most = max([project.plan_amount or Decimal(0), *(one.year_to_date for one in lines)], default=Decimal(0))
    if not most:
        return SafeString()
    wide, high, left, floor = 380, 190, 8, 166
    step = (wide - 2 * left) / 12
    y = lambda amount: round(floor - (floor - 22) * float(amount) / float(most), 1)  # noqa: E731
    bars = [
        (f"{left + step * (one.entry.month_on.month - 1) + 5:.1f}", y(one.year_to_date), f"{step - 10:.1f}",
         max(1, round(floor - y(one.year_to_date), 1)), "" if one.ahead else " behind")
        for one in lines
    ]  # fmt: skip
    body = format_html_join("", '<rect class="ytd{4}" x="{0}" y="{1}" width="{2}" height="{3}" rx="2"/>', bars)
    body += format_html_join(
        "", '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        ((f"{left + step * (n - 0.5):.1f}", high - 8, n) for n in range(1, 13)),
    )  # fmt: skip
    if project.plan_amount:
        ends = (left, floor, wide - left, y(project.plan_amount))
        body += format_html('<line class="pace" x1="{}" y1="{}" x2="{}" y2="{}"/>', *ends)
        words = _("年度计划 %(amount)s") % {"amount": in_words(project.plan_amount)}
        body += format_html('<text class="v" x="{}" y="{}" text-anchor="end">{}</text>', wide - left, 12, words)
    axis = format_html('<line class="g" x1="{}" x2="{}" y1="{}" y2="{}"/>', left, wide - left, floor + 0.5, floor + 0.5)
    said = _("，").join(f"{one.entry.month_on:%Y-%m} {plain(one.year_to_date)}" for one in lines)
    label = _("本年累计完成投资（万元）与序时进度：%(said)s") % {"said": said}
    frame = '<svg class="ch inv" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>'
    return format_html(frame, wide, high, label, axis, body)


# -- words --------------------------------------------------------------------------------------------------------


@register.filter
def told(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The journal of a project in the words of the timeline."""
    return [_happening(entry) for entry in entries]


def _happening(entry: Entry) -> dict[str, Any]:
    act = entry.verb.rpartition(".")[2]
    facts = entry.after or {}
    words = [_("新增项目") if act == "enter" else str(FLOW.acts[act].label) if act in FLOW.acts else entry.verb]
    if facts.get("month_on"):
        words.append(facts["month_on"][:7])
    if facts.get("amount"):
        old = f"{plain(Decimal(facts['old_amount']))} → " if facts.get("old_amount") else ""
        words.append(_("%(amount)s 万元") % {"amount": old + plain(Decimal(facts["amount"]))})
    if facts.get("kind"):
        day = facts.get("reached_on") or facts.get("planned_on") or ""
        words.append(f"{MilestoneKind(facts['kind']).label} {day}".strip())
    if act == "plan" and facts.get("plan_amount"):
        words.append(_("%(amount)s 万元") % {"amount": plain(Decimal(facts["plan_amount"]))})
    who = _("%(name)s（%(unit)s）") % {"name": entry.actor_name, "unit": entry.actor_unit}
    tone = {"stall": "warn", "land": "ok", "resume": "info", "correct": "warn"}.get(act, "")
    return {"at": entry.at, "who": who if entry.actor_unit else entry.actor_name, "what": _("，").join(words),
            "reason": entry.reason, "icon": ICONS.get(act, "history"), "tone": tone}  # fmt: skip


@register.filter
def lags(project: Project) -> bool:
    """Whether it is behind the pace of its plan."""
    return behind_pace(project)


@register.filter
def status_look(project: Project) -> str:
    """The look of its status: a known code of the kit."""
    return {Status.LANDED: "closed", Status.STALLED: "overdue"}.get(Status(project.status), "rectifying")
