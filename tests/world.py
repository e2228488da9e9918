"""A small city with named people in it: Hengshui with Taocheng and Gucheng, its departments and one campaign."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from django.utils import timezone

from luodi.campaigns.actions import load_pack
from luodi.campaigns.models import Campaign, Category
from luodi.campaigns.queries import categories
from luodi.journal.rules import SYSTEM
from luodi.orgs import actions as orgs
from luodi.orgs.models import Person, Role, Unit
from luodi.problems import actions
from luodi.problems.actions import LineCheck
from luodi.problems.models import Finding, Problem, Status

PACK = Path(__file__).resolve().parent.parent / "packs" / "project-landing"
PASSWORD = "Luodi-2020-demo"

UNITS: list[tuple[str, str, str, str | None]] = [
    ("13", "河北省", "province", None),
    ("1311", "衡水市", "city", "13"),
    ("131102", "桃城区", "county", "1311"),
    ("131126", "故城县", "county", "1311"),
    ("1311-fgw", "市发改委", "city_dept", "1311"),
    ("1311-zrzy", "市自然资源局", "city_dept", "1311"),
    ("131102-fgj", "桃城区发改局", "county_dept", "131102"),
    ("131126-fgj", "故城县发改局", "county_dept", "131126"),
]
PEOPLE: list[tuple[str, str, str, str]] = [
    ("li", "李文静", "1311", Role.OFFICE),
    ("sun", "孙丽", "131102", Role.OFFICE),
    ("wang", "王建国", "131102-fgj", Role.CLERK),
    ("qian", "钱小梅", "131102-fgj", Role.CLERK),
    ("chen", "陈立新", "131102-fgj", Role.UNIT_LEADER),
    ("gao", "高志强", "131126-fgj", Role.CLERK),
    ("zhao", "赵海", "1311-zrzy", Role.CLERK),
    ("liu", "刘颖", "1311", Role.INSPECTOR),
    ("he", "何正", "1311", Role.DISCIPLINE),
    ("zhou", "周明", "1311", Role.LEADER),
    ("wu", "吴系统", "1311", Role.SYSADMIN),
    ("zheng", "郑安全", "1311", Role.SECADMIN),
    ("feng", "冯审计", "1311", Role.AUDITADMIN),
]
# The way of one problem: status → the act that leads to the next, done by a person who may.
WAY = [
    "assign",
    "claim",
    "file_plan",
    "accept_plan",
    "prove",
    "sign",
    "report",
    "self_check",
    "check",
    "verify",
    "close",
]
_serial = count(1)


def at(day: str | date, hour: int = 9) -> datetime:
    """A moment on that day."""
    d = date.fromisoformat(day) if isinstance(day, str) else day
    return timezone.make_aware(datetime(d.year, d.month, d.day, hour))


def pdf(words: str = "") -> bytes:
    """A small real PDF, different each time."""
    catalog = "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj"
    body = f"%PDF-1.4\n{catalog}\n%{next(_serial)} {words}\n"
    return (body + "trailer<</Root 1 0 R>>\n%%EOF\n").encode()


@dataclass
class World:
    """Units by code, people by user name, and the ways to bring a problem somewhere."""

    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    campaign: Campaign = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Person:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    def category(self, code: str = "") -> Category:
        """A category by its code; the first one without."""
        found = [c for c in categories(self.campaign) if not code or c.code == code]
        return found[0]

    def fields(self, **wanted: Any) -> dict[str, Any]:
        """What a registration form cleans to."""
        return {
            "batch": "base",
            "source": "self_check",
            "unit": self.units["131102-fgj"],
            "category": self.category(),
            "title": "工业新区二期土地出让手续滞后",
            "description": "宗地组卷完成后7个月未挂牌。",
            "project_name": "北方汽车零部件项目",
            "found_on": date(2020, 5, 18),
            **wanted,
        }

    def problem(self, day: str = "2020-05-18", **wanted: Any) -> Problem:
        """A registered problem of Taocheng's bureau, entered by the city office."""
        return actions.register(self.campaign, self.fields(**wanted), actor=self.li, at=at(day))

    def brought_to(self, status: str, problem: Problem | None = None, start: str = "2020-05-20") -> Problem:
        """A problem brought to this status by the acts users would do, one a day from `start`."""
        problem = problem or self.problem()
        day = date.fromisoformat(start)
        for name in WAY:
            if problem.status == status:
                break
            problem = self.do(problem, name, at(day))
            day += timedelta(days=1)
        assert problem.status == Status(status), problem.status
        return problem

    def do(self, problem: Problem, name: str, moment: datetime) -> Problem:
        """One act of the way, by the person whose post it is."""
        steps: dict[str, Callable[[], Problem]] = {
            "assign": lambda: actions.assign(
                problem,
                unit=self.units["131102-fgj"],
                lead_unit=self.units["1311-zrzy"],
                due_on=moment.date() + timedelta(days=60),
                actor=self.li,
                at=moment,
            ),
            "claim": lambda: actions.claim(problem, actor=self.wang, at=moment),
            "file_plan": lambda: actions.file_plan(
                problem, goal="签订出让合同并交地", measures="指标全市统筹；先租后让", actor=self.wang, at=moment
            ),
            "accept_plan": lambda: actions.accept_plan(problem, actor=self.zhao, at=moment),
            "prove": lambda: self.prove(problem, moment),
            "sign": lambda: actions.sign(problem, actor=self.chen, at=moment),
            "report": lambda: actions.report(problem, actor=self.wang, at=moment),
            "self_check": lambda: actions.self_check(problem, actor=self.sun, at=moment),
            "check": lambda: self.check(problem, moment),
            "verify": lambda: actions.verify(problem, actor=self.liu, at=moment),
            "close": lambda: actions.close(problem, actor=self.li, at=moment),
        }
        return steps[name]()

    def prove(self, problem: Problem, moment: datetime) -> Problem:
        """Result, claims and one file for each line."""
        lines = list(problem.dossier.all())
        return actions.prove(
            problem,
            result="合同已签，土地已交付。",
            claims={line.pk: f"已完成：{line.title}" for line in lines},
            uploads=[(line.pk, pdf(line.title), "证明.pdf") for line in lines],
            actor=self.wang,
            at=moment,
        )

    def check(self, problem: Problem, moment: datetime, **odd: LineCheck) -> Problem:
        """Inspector and discipline officer find every line to match, but for `odd` (line_<seq>=LineCheck)."""
        lines = list(problem.dossier.all())
        for actor, restricted in ((self.liu, False), (self.he, True)):
            found = {
                line.pk: odd.get(f"line_{line.seq}", LineCheck(Finding.MATCH))
                for line in lines
                if line.restricted == restricted
            }
            if found:
                problem = actions.check(problem, found, actor=actor, at=moment)
        return problem


def build() -> World:
    """Make the world through the actions; needs a database."""
    world, start = World(), at("2020-04-28")
    for order, (code, name, kind, parent) in enumerate(UNITS):
        world.units[code] = orgs.register_unit(
            code=code,
            name=name,
            kind=kind,
            parent=world.units.get(parent or ""),
            sort_key=order,
            actor=SYSTEM,
            at=start,
        )
    for username, name, unit, role in PEOPLE:
        person = orgs.admit(username=username, name=name, actor=SYSTEM, at=start)
        orgs.appoint(person, world.units[unit], role, starts_on=date(2020, 1, 1), actor=SYSTEM, at=start)
        world.people[username] = person
    world.campaign = load_pack(PACK, actor=SYSTEM, at=start)
    return world
