"""Approvals of the sample city, through the acts its clerks could do: «压缩率在50%以上», two simulated ones.

The report names 深州市第四小学 and 京津产业孵化园, whose simulated opinions saved «将近30个工作日»: 29 and 28.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from django.utils import timezone

from luodi.journal.rules import SYSTEM
from luodi.orgs.models import Person, Unit
from luodi.permits import actions, queries
from luodi.permits.models import Case, Certificate
from luodi.projects import actions as projects
from luodi.projects.models import Project
from luodi.workdays.rules import calendar

FIRST, LAST = date(2020, 5, 11), date(2020, 8, 28)
COUNT = 44
SHENZHOU = "131182"
# name, owner, what for, total 万元, opinion on, working days saved
SIMULATED = (
    ("深州市第四小学", "深州市教育局", "livelihood", 8600, date(2020, 5, 15), 29),
    ("京津产业孵化园", "深州市京津产业园开发有限公司", "infrastructure", 42000, date(2020, 6, 3), 28),
)
ITEMS = (
    "energy", "land-plan", "eia-form", "water-soil", "works-plan", "drawings", "permit", "design", "fire-design",
    "land-preview", "air-defence", "verification",
)  # fmt: skip
ODD = {2: "commitment", 5: "late", 11: "stopped", 17: "deferred", 23: "silent", 29: "stopped", 35: "late"}
TOGETHER = ("energy", "eia-form", "water-soil")
Later = list[tuple[datetime, Callable[[], Any]]]
People = Mapping[str, Person]


def acts(pack: Path, units: Mapping[str, Unit], people: People, seed: int) -> Later:
    """Everything that is done about approvals, with its moment, in the order of time."""
    chance = Random(seed + 9)  # noqa: S311 - the same city each time, no secret
    later: Later = [(_at(date(2020, 5, 8), 8, 31), partial(_load, pack))]
    for facts in SIMULATED:
        later += _simulated(units, people, *facts)
    days = [day for day in calendar().workdays if FIRST <= day <= LAST]
    for number in range(COUNT):
        started = days[(number * 17 + chance.randrange(3)) % (len(days) - 2)]
        later += _case(people, number, ITEMS[number % len(ITEMS)], started, chance)
    for number, place in enumerate((18, 42, len(days) - 4)):
        made: dict[str, Any] = {}
        day = days[place]
        later.append((_at(day, 10, number), partial(_together, made, people, 200 + number, day)))
        if place != len(days) - 4:  # the last ones are still being worked on
            later.append((_at(_after(day, 4), 15, number), partial(_end_all, made, people, _after(day, 4))))
    return sorted(later, key=lambda pair: pair[0])


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute % 60)))


def _after(day: date, n: int) -> date:
    return calendar().add(day, n) or day


def _load(pack: Path) -> None:
    actions.load_items(pack, actor=SYSTEM, at=_at(date(2020, 5, 8), 8, 31))


def _project(number: int) -> Project:
    """One of the library's projects in a county, the same for the same number."""
    rows = Project.objects.exclude(county_code="").order_by("pk")
    return rows[(number * 37) % rows.count()]


def _clerk(case: Case, people: People) -> Person:
    return people[f"clerk {case.unit.code}"]


def _fresh(case: Case) -> Case:
    return Case.objects.select_related("unit", "item", "project").get(pk=case.pk)


# -- simulated ------------------------------------------------------------------------------------------------------


def _simulated(
    units: Mapping[str, Unit], people: People, name: str, owner: str, industry: str, total: int, day: date, saved: int
) -> Later:
    """Entered, applied for, opined, and made formal when the land contract is there."""
    made: dict[str, Any] = {}
    clerk = people[f"clerk {SHENZHOU}-zrzyj"]
    met = _after(day, saved)

    def enter() -> None:
        facts = {"unit": units[f"{SHENZHOU}-fgj"], "name": name, "owner": owner, "industry": industry, "tier": "county"}
        amounts = {"total_amount": Decimal(total), "before_amount": Decimal(0)}
        known = Project.objects.filter(county_code=SHENZHOU, name=name).first()
        wanted = {**facts, **amounts}
        made["project"] = known or projects.enter(wanted, actor=people["li"], at=_at(date(2020, 5, 8), 9, 5))

    def apply() -> None:
        item = queries.items().get(code="land-plan")
        window = people[f"clerk {SHENZHOU}-xzspj"]
        about: dict[str, Any] = {"intake": "simulated", "awaits": "签订土地出让合同", "actor": window}
        (case,) = actions.apply(made["project"], items=[item], at=_at(_after(day, -5), 9, 20), **about)
        papers = [line.pk for line in case.papers.filter(certificate=None)]
        case = actions.supply(case, papers=papers, actor=clerk, at=_at(_after(day, -5), 10))
        made["case"] = actions.accept(case, actor=clerk, at=_at(_after(day, -4), 9, 30))

    def opine() -> None:
        made["case"] = actions.opine(made["case"], actor=clerk, at=_at(day, 15))

    def convert() -> None:
        at = _at(_after(met, 1), 11)
        case = actions.convert(made["case"], met_on=met, actor=clerk, at=at)
        actions.issue(case, code=f"地字第{case.code}号", actor=clerk, at=at + timedelta(minutes=20))

    def reuse() -> None:
        item, window = queries.items().get(code="design"), people[f"clerk {SHENZHOU}-xzspj"]
        (case,) = actions.apply(made["project"], items=[item], actor=window, at=_at(_after(met, 3), 9, 30))
        made["design"] = _accepted(case, people, _after(met, 3))

    def design() -> None:
        _end({"case": made["design"]}, people, _after(met, 8), "")

    moments = ((_at(date(2020, 5, 8), 9, 5), enter), (_at(_after(day, -5), 9, 20), apply), (_at(day, 15), opine))
    later = ((_at(_after(met, 1), 11), convert), (_at(_after(met, 3), 9, 30), reuse))
    return [*moments, *later, (_at(_after(met, 8), 8, 50), design)]


def _accepted(case: Case, people: People, day: date) -> Case:
    """All papers that no certificate stands for are brought, and the case is accepted."""
    clerk = _clerk(case, people)
    if papers := [line.pk for line in case.papers.filter(given_on=None)]:
        case = actions.supply(case, papers=papers, actor=clerk, at=_at(day, 10, 30))
    return actions.accept(case, actor=clerk, at=_at(day, 11))


# -- plain ----------------------------------------------------------------------------------------------------------


def _case(people: People, number: int, code: str, day: date, chance: Random) -> Later:
    """One case: taken in, accepted, now and then stopped or deferred, decided mostly well within the limit, issued."""
    made: dict[str, Any] = {}
    odd = ODD.get(number, "")
    code = {"deferred": "energy", "late": "water-soil", "stopped": "works-plan", "silent": "drawings"}.get(odd, code)
    share = chance.uniform(0.15, 0.33)
    begin = partial(_begin, made, people, number, code, day, odd)
    later: Later = [(_at(day, 9, number), begin)]
    start = _after(day, 6) if odd == "silent" else day
    if odd == "stopped":
        later.append((_at(_after(day, 2), 14, number), partial(_stop, made, people, _after(day, 2), _after(day, 8))))
    length = 7 if odd == "late" else 10 if odd == "stopped" else max(1, round(share * 20))
    end = _after(start, min(length, 2) if code == "permit" else length)
    if odd == "silent":
        end = _after(day, 7)
    if end <= LAST:
        later.append((_at(end, 16, number), partial(_end, made, people, end, odd)))
    return later


def _begin(made: dict[str, Any], people: People, number: int, code: str, day: date, odd: str) -> None:
    project = _project(number)
    item = queries.items().get(code=code)
    window = people[f"clerk {project.county_code}-xzspj"]
    intake = odd if odd in {"deferred", "commitment"} else "normal"
    (case,) = actions.apply(project, items=[item], intake=intake, actor=window, at=_at(day, 9, number))
    if odd == "silent":
        made["case"] = case
        return
    lines = case.papers.filter(given_on=None)
    lines = lines.filter(paper__is_essential=True) if odd == "deferred" else lines
    clerk = _clerk(case, people)
    papers = [line.pk for line in lines]
    case = actions.supply(case, papers=papers, actor=clerk, at=_at(day, 10, number)) if papers else case
    promised = _after(day, 3) if odd == "deferred" else None
    made["case"] = actions.accept(case, promised_on=promised, actor=clerk, at=_at(day, 11, number))


def _stop(made: dict[str, Any], people: People, first: date, until: date) -> None:
    """Experts review; the clock stands still."""
    case, words = _fresh(made["case"]), "组织专家评审，已书面告知申请人"
    clerk = _clerk(case, people)
    case = actions.suspend(case, kind="experts", reason=words, starts_on=first, actor=clerk, at=_at(first, 14))
    made["until"] = until


def _end(made: dict[str, Any], people: People, day: date, odd: str) -> None:
    case = _fresh(made["case"])
    clerk = _clerk(case, people)
    if "until" in made:
        case = actions.resume(case, ends_on=made["until"], actor=clerk, at=_at(day, 8, 40))
    if odd == "silent":
        case = actions.deem(case, actor=clerk, at=_at(day, 8, 45))
    missing = [line.pk for line in case.papers.filter(given_on=None)]
    if missing:
        case = actions.supply(case, papers=missing, actor=clerk, at=_at(day, 8, 50))
    if case.due_on and day > case.due_on:
        words = "专家审查意见晚到，已在政务服务网公开说明并致歉"
        case = actions.explain(case, reason=words, actor=clerk, at=_at(day, 9))
    case = actions.grant(case, actor=clerk, at=_at(day, 16))
    if case.item.certificate and not Certificate.objects.filter(case=case).exists():
        actions.issue(case, code=f"{case.unit.short_name}{case.code}号", actor=clerk, at=_at(day, 16, 30))


def _together(made: dict[str, Any], people: People, number: int, day: date) -> None:
    """Three items of the first stage at once (并联)."""
    project = _project(number)
    found = list(queries.items().filter(code__in=TOGETHER))
    window = people[f"clerk {project.county_code}-xzspj"]
    made["cases"] = actions.apply(project, items=found, actor=window, at=_at(day, 10))
    for case in made["cases"]:
        _accepted(case, people, day)


def _end_all(made: dict[str, Any], people: People, day: date) -> None:
    for case in made["cases"]:
        _end({"case": case}, people, day, "")
