"""Entering the statutory calendar: from the package once, then each year's notice by hand."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from luodi.journal import actions as journal
from luodi.journal.rules import Actor
from luodi.kit.refusal import Refused
from luodi.workdays.models import CalendarDay
from luodi.workdays.rules import PACKAGE_SOURCE, days_of, packaged_days

SATURDAY = 5
FEWEST_HOLIDAYS = 11  # 全国年节及纪念日放假办法: eleven days until 2024, thirteen since; a shorter list is incomplete


@transaction.atomic
def seed_calendar(*, actor: Actor, at: datetime) -> int:
    """Enter the years the package knows (2015–2026) and the table does not; returns how many days were entered."""
    last = CalendarDay.objects.order_by("-day").first()
    fresh = [
        CalendarDay(day=day, is_workday=works, source=PACKAGE_SOURCE, note=note)
        for day, works, note in packaged_days()
        if not last or day > last.day
    ]
    if fresh:
        _append(fresh, last.seq if last else 0)
        label = f"{fresh[0].day.year}–{fresh[-1].day.year}"
        journal.record("workdays.calendar.seed", actor=actor, at=at, label=label, after={"days": len(fresh)})
    return len(fresh)


@transaction.atomic
def announce_year(
    year: int,
    holidays: Collection[date],
    makeup_days: Collection[date],
    *,
    actor: Actor,
    at: datetime,
    source: str = "",
) -> None:
    """Enter, or correct, the notice for one year: days off (weekends may be left out) and weekend days worked instead.

    A notice may also name days of the December before. Refused: years out of order, days of other years, a day in both
    lists, a make-up day that is no weekend, fewer than eleven days off.
    """
    days = list(CalendarDay.objects.select_for_update().order_by("day"))
    _check(year, days, set(holidays), set(makeup_days))
    source = source or _("%(year)s 年节假日安排通知") % {"year": year}
    special = dict.fromkeys(holidays, False) | dict.fromkeys(makeup_days, True)
    first = min([date(year, 1, 1), *special])
    kept = {day.day: day for day in days if day.day >= first and day.day.year != year}
    for day in sorted({*kept, *days_of(year)}):
        if day in special or day.year == year:
            works = special.get(day, day.weekday() < SATURDAY)
            note = "" if day not in special else _("调休上班") if works else _("放假")
            kept[day] = CalendarDay(day=day, is_workday=works, source=source, note=note)
    before = next((day.seq for day in reversed(days) if day.day < first), 0)
    CalendarDay.objects.filter(day__gte=first).delete()
    _append([kept[day] for day in sorted(kept)], before)
    facts = {"holidays": _listed(holidays), "makeup_days": _listed(makeup_days), "source": source}
    journal.record("workdays.calendar.announce", actor=actor, at=at, label=str(year), after=facts)


def _append(days: Iterable[CalendarDay], seq: int) -> None:
    """Insert days in order as new rows, the running number going on from ``seq``."""
    for day in (days := list(days)):
        seq += day.is_workday
        day.pk, day.seq = None, seq
    CalendarDay.objects.bulk_create(days, batch_size=500)


def _check(year: int, days: list[CalendarDay], holidays: set[date], makeup_days: set[date]) -> None:
    if not days:
        raise Refused(_("工作日历还是空的，请先执行 luodi calendar seed。"))
    if not days[0].day.year <= year <= days[-1].day.year + 1:
        raise Refused(_("请先录入 %(year)s 年的节假日安排，年份要逐年衔接。") % {"year": days[-1].day.year + 1})
    strange = sorted(
        day for day in holidays | makeup_days if day.year != year and (day.year, day.month) != (year - 1, 12)
    )
    if strange:
        raise Refused(_("%(day)s 不在 %(year)s 年内，请核对。") % {"day": strange[0].isoformat(), "year": year})
    if both := sorted(holidays & makeup_days):
        raise Refused(_("%(day)s 既列为放假又列为上班，请核对。") % {"day": both[0].isoformat()})
    if weekday := sorted(day for day in makeup_days if day.weekday() < SATURDAY):
        raise Refused(_("%(day)s 不是周末，本来就上班，不用列为调休上班。") % {"day": weekday[0].isoformat()})
    if len(holidays) < FEWEST_HOLIDAYS:
        raise Refused(_("放假日期只有 %(n)s 天，一年至少 11 天，请把通知里的日期录全。") % {"n": len(holidays)})
    if min(holidays | makeup_days) < days[0].day:
        raise Refused(_("%(day)s 早于日历的第一天，请核对。") % {"day": min(holidays | makeup_days).isoformat()})


def _listed(days: Iterable[date]) -> list[str]:
    return [day.isoformat() for day in sorted(days)]
