"""Approvals of the sample city, through the acts its clerks could do: «压缩率在50%以上», two simulated ones.

The report names 深州市第四小学 and 京津产业孵化园, whose simulated opinions saved «将近30个工作日»: 29 and 28.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from django.utils import timezone

from luodi.journal.rules import SYSTEM
from luodi.orgs.models import Person, Unit
from luodi.permits import actions, queries
from luodi.permits.models import Case
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
QUICK = {"permit": 2, "supervision": 1}  # working days these take at most
# Four projects go from land to the building permit: item, and working days after their first day.
WHOLE_WAYS = (2, 9, 21, 30)
WHOLE_WAY = (
    ("land-plan", 0), ("energy", 1), ("eia-form", 1), ("water-soil", 2), ("design", 8), ("works-plan", 15),
    ("drawings", 16), ("fire-design", 23), ("supervision", 24), ("permit", 31),
)  # fmt: skip
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
    for number, first in enumerate(WHOLE_WAYS):
        for code, after in WHOLE_WAY:
            early = 6 if (number, code) == (2, "drawings") else 0  # one did not wait for the design
            later += _case(people, 300 + number, code, days[first + after - early], chance)
    for number, place in enumerate((18, 42, len(days) - 4)):
        made: dict[str, Any] = {}
        at = _at(days[place], 11, number)
        later.append((at, partial(_together, made, people, 200 + number, at)))
        if place != len(days) - 4:  # the last ones are still being worked on
            at = _at(_after(days[place], 4), 15, number)
            later.append((at, partial(_end_all, made, people, at)))
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
        about = {"unit": units[f"{SHENZHOU}-fgj"], "name": name, "owner": owner, "industry": industry, "tier": "county"}
        known = Project.objects.filter(county_code=SHENZHOU, name=name).first()
        wanted = {**about, "total_amount": Decimal(total), "before_amount": Decimal(0)}
        made["project"] = known or projects.enter(wanted, actor=people["li"], at=_at(date(2020, 5, 8), 9, 5))

    def apply() -> None:
        item = queries.items().get(code="land-plan")
        window = people[f"clerk {SHENZHOU}-xzspj"]
        about: dict[str, Any] = {"intake": "simulated", "awaits": "签订土地出让合同", "actor": window}
        at = _at(_after(day, -5), 11, 20)
        (case,) = actions.apply(made["project"], items=[item], at=at, **about)
        made["case"] = _accepted(case, people, at)

    def opine() -> None:
        made["case"] = actions.opine(made["case"], actor=clerk, at=_at(day, 15))

    def convert() -> None:
        at = _at(_after(met, 1), 11)
        case = actions.convert(made["case"], met_on=met, actor=clerk, at=at)
        actions.issue(case, code=f"地字第{case.code}号", actor=clerk, at=at)

    def reuse() -> None:
        item, window = queries.items().get(code="design"), people[f"clerk {SHENZHOU}-xzspj"]
        at = _at(_after(met, 3), 11, 30)
        (case,) = actions.apply(made["project"], items=[item], actor=window, at=at)
        made["design"] = _accepted(case, people, at)

    end = _at(_after(met, 8), 15, 50)
    moments = ((_at(date(2020, 5, 8), 9, 5), enter), (_at(_after(day, -5), 11, 20), apply), (_at(day, 15), opine))
    later = ((_at(_after(met, 1), 11), convert), (_at(_after(met, 3), 11, 30), reuse))
    return [*moments, *later, (end, lambda: _end({"case": made["design"]}, people, end, ""))]


def _accepted(case: Case, people: People, at: datetime) -> Case:
    """All papers that no certificate stands for are brought, and the case is accepted."""
    clerk = _clerk(case, people)
    if papers := [line.pk for line in case.papers.filter(given_on=None)]:
        case = actions.supply(case, papers=papers, actor=clerk, at=at)
    return actions.accept(case, actor=clerk, at=at)


# -- plain ----------------------------------------------------------------------------------------------------------


def _case(people: People, number: int, code: str, day: date, chance: Random) -> Later:
    """One case: taken in, accepted, now and then stopped or deferred, decided mostly well within the limit, issued."""
    made: dict[str, Any] = {}
    odd = ODD.get(number, "")
    code = {"deferred": "energy", "late": "water-soil", "stopped": "works-plan", "silent": "drawings"}.get(odd, code)
    share = chance.uniform(0.15, 0.33)
    at = _at(day, 14, number)
    later: Later = [(at, partial(_begin, made, people, number, code, at, odd))]
    start = _after(day, 6) if odd == "silent" else day
    if odd == "stopped":
        at = _at(_after(day, 2), 15, number)
        later.append((at, partial(_stop, made, people, at, _after(day, 8))))
    length = 7 if odd == "late" else 10 if odd == "stopped" else max(1, round(share * 20))
    end = _after(start, min(length, QUICK.get(code, length)))
    if odd == "silent":
        end = _after(day, 7)
    if end <= LAST:
        at = _at(end, 16, number)
        later.append((at, partial(_end, made, people, at, odd)))
    return later


def _begin(made: dict[str, Any], people: People, number: int, code: str, at: datetime, odd: str) -> None:
    project = _project(number)
    item = queries.items().get(code=code)
    window = people[f"clerk {project.county_code}-xzspj"]
    intake = odd if odd in {"deferred", "commitment"} else "normal"
    (case,) = actions.apply(project, items=[item], intake=intake, actor=window, at=at)
    if odd == "silent":
        made["case"] = case
        return
    lines = case.papers.filter(given_on=None)
    lines = lines.filter(paper__is_essential=True) if odd == "deferred" else lines
    clerk = _clerk(case, people)
    papers = [line.pk for line in lines]
    case = actions.supply(case, papers=papers, actor=clerk, at=at) if papers else case
    promised = _after(at.date(), 3) if odd == "deferred" else None
    made["case"] = actions.accept(case, promised_on=promised, actor=clerk, at=at)


def _stop(made: dict[str, Any], people: People, at: datetime, until: date) -> None:
    """Experts review; the clock stands still."""
    case, words = _fresh(made["case"]), "组织专家评审，已书面告知申请人"
    actions.suspend(case, kind="experts", reason=words, starts_on=at.date(), actor=_clerk(case, people), at=at)
    made["until"] = until


def _end(made: dict[str, Any], people: People, at: datetime, odd: str) -> None:
    """Whatever is still to be done, the decision, the certificate."""
    case = _fresh(made["case"])
    clerk = _clerk(case, people)
    if "until" in made:
        case = actions.resume(case, ends_on=made["until"], actor=clerk, at=at)
    if odd == "silent":
        case = actions.deem(case, actor=clerk, at=at)
    if missing := [line.pk for line in case.papers.filter(given_on=None)]:
        case = actions.supply(case, papers=missing, actor=clerk, at=at)
    if case.due_on and at.date() > case.due_on:
        words = "专家审查意见晚到，已在政务服务网公开说明并致歉"
        case = actions.explain(case, reason=words, actor=clerk, at=at)
    case = actions.grant(case, actor=clerk, at=at)
    if case.item.certificate:
        actions.issue(case, code=f"{case.unit.short_name}{case.code}号", actor=clerk, at=at)


def _together(made: dict[str, Any], people: People, number: int, at: datetime) -> None:
    """Three items of the first stage at once (并联)."""
    project = _project(number)
    found = list(queries.items().filter(code__in=TOGETHER))
    window = people[f"clerk {project.county_code}-xzspj"]
    made["cases"] = actions.apply(project, items=found, actor=window, at=at)
    for case in made["cases"]:
        _accepted(case, people, at)


def _end_all(made: dict[str, Any], people: People, at: datetime) -> None:
    for case in made["cases"]:
        _end({"case": case}, people, at, "")
