"""The people of the sample city: those of its list, and somebody for every place that nobody of the list has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any

from luodi.journal.rules import SYSTEM
from luodi.orgs import actions
from luodi.orgs.models import Person, Role, Unit, UnitKind

POSTS_FROM = date(2020, 1, 1)


def admit_everybody(words: Mapping[str, Any], units: Mapping[str, Unit], at: datetime) -> dict[str, Person]:
    """Everybody with one post, by user name and by «clerk 131102-fgj»."""
    town = _Town(words, units, at, Random(words["seed"]))  # noqa: S311 - the same city each time, no secret
    town.taken = {one["name"] for one in words["people"]}
    for one in words["people"]:
        town.admit(one["user"], one["name"], one["unit"], one["role"], one["title"])
    for code, unit in units.items():
        place = code.replace("-", "_")
        if unit.kind in {UnitKind.CITY_DEPT, UnitKind.COUNTY_DEPT}:
            town.fill(f"clerk {code}", f"x{place}_clerk", code, Role.CLERK, "经办人")
        if unit.kind == UnitKind.COUNTY_DEPT:
            town.fill(f"leader {code}", f"x{place}_leader", code, Role.UNIT_LEADER, "主要负责人")
        if unit.kind == UnitKind.COUNTY:
            town.fill(f"office {code}", f"x{place}_office", code, Role.OFFICE, "回头看办")
    for number in words["inspection_teams"]:
        title = f"交叉互查第{number}组"
        town.fill(f"team {number}", f"x1311_team{number}", "1311", Role.INSPECTOR, title)
    return town.people


@dataclass
class _Town:
    words: Mapping[str, Any]
    units: Mapping[str, Unit]
    at: datetime
    chance: Random
    taken: set[str] = field(default_factory=set)
    people: dict[str, Person] = field(default_factory=dict)

    def fill(self, place: str, username: str, unit: str, role: str, title: str) -> None:
        """Somebody for a place nobody of the list has."""
        if place in self.people:
            return
        surnames, given = self.words["surnames"], self.words["given"]
        while (name := self.chance.choice(surnames) + self.chance.choice(given)) in self.taken:
            continue
        self.taken.add(name)
        self.admit(username, name, unit, role, title)

    def admit(self, username: str, name: str, unit: str, role: str, title: str) -> None:
        """A person with one post."""
        person = actions.admit(username=username, name=name, actor=SYSTEM, at=self.at)
        facts = {"title": title, "starts_on": POSTS_FROM, "actor": SYSTEM, "at": self.at}
        actions.appoint(person, self.units[unit], role, **facts)  # type: ignore[arg-type]
        short = {Role.CLERK: "clerk", Role.UNIT_LEADER: "leader", Role.OFFICE: "office"}.get(Role(role), "")
        # Where two hold the same post, the first one does the work of the plan.
        self.people = {username: person, f"{short or username} {unit}": person} | self.people
