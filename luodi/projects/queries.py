"""Reads on projects: what the pack says of them, their months and milestones, what a sheet's rows may mean."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from luodi.campaigns.models import in_language
from luodi.campaigns.queries import current
from luodi.campaigns.rules import StrictLoader, broken_yaml, place_of, remedy, twice
from luodi.indicators import queries as indicators
from luodi.indicators.rules import Answer
from luodi.kit.refusal import Refused
from luodi.kit.values import clean_text
from luodi.orgs.models import Person, Role, Unit, UnitKind
from luodi.orgs.rules import may
from luodi.projects.models import (
    Definition,
    ExternalFigure,
    Landing,
    Milestone,
    MilestoneKind,
    MonthlyInvestment,
    PlanVersion,
    Project,
    ProjectSet,
)
from luodi.projects.rules import KEEPERS, behind_pace, pace, start_warning, year_to_date

# -- the pack's file ----------------------------------------------------------------------------------------------

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,29}$")]


class Entry(BaseModel):
    """Any mapping of the file: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LandedEntry(Entry):
    milestones: Annotated[list[MilestoneKind], Field(min_length=1)]
    text: Words
    text_en: Words


class IndustryEntry(Entry):
    code: Code
    name: Words
    name_en: Words


class DefinitionFile(Entry):
    """projects.yaml."""

    version: Annotated[int, Field(ge=1)]
    landed: LandedEntry
    industries: Annotated[list[IndustryEntry], Field(min_length=1)]

    @model_validator(mode="after")
    def codes_differ(self) -> "DefinitionFile":
        if why := twice(one.code for one in self.industries):
            raise ValueError(why)
        return self


def read_definition(folder: str | Path) -> dict[str, Any]:
    """The content of a pack's projects.yaml. Refused with one line per error: file, line, place and remedy."""
    file = "projects.yaml"
    try:
        text = (Path(folder) / file).read_text("utf-8-sig")
    except FileNotFoundError:
        raise Refused(file + _("：缺少这个文件，请补上（写法见 docs/packs.md）")) from None
    loader = StrictLoader(text)
    try:
        node = loader.get_single_node()
        data = loader.construct_document(node) if node else {}
    except yaml.YAMLError as wrong:
        raise Refused(broken_yaml(file, wrong)) from None
    try:
        return DefinitionFile.model_validate(data).model_dump(mode="json")
    except ValidationError as wrong:
        lines = [f"{file}{place_of(node, one['loc'])}：{remedy(one)}" for one in wrong.errors()]
        raise Refused("\n".join(lines)) from wrong


@dataclass(frozen=True)
class Terms:
    """What a pack says of projects, in the reader's language."""

    pk: int
    version: int
    landed: tuple[str, ...]
    industries: Mapping[str, str]
    text: str


@cache
def _content(pk: int, sm3: str) -> Any:
    """A definition never changes, so it is read once."""
    return Definition.objects.get(pk=pk, sm3=sm3).content


def terms(city_code: str) -> Terms:
    """What the pack of the city's current campaign says. Refused while none is loaded."""
    campaign = current(city_code)
    rows = Definition.objects.filter(pack=campaign.pack) if campaign else Definition.objects.none()
    found = rows.defer("content").order_by("-loaded_at", "-pk").first()
    if found is None:
        raise Refused(_("还没有装入项目口径（活动包里的 projects.yaml），请系统管理员装入活动包。"))
    content = _content(found.pk, found.sm3)
    industries = {one["code"]: in_language(one["name"], one["name_en"]) for one in content["industries"]}
    landed = content["landed"]
    words = in_language(landed["text"], landed["text_en"])
    return Terms(found.pk, found.version, tuple(landed["milestones"]), industries, words)


def industries(city_code: str) -> Mapping[str, str]:
    """The pack's industries by code; none while no pack is loaded."""
    try:
        return terms(city_code).industries
    except Refused:
        return {}


def is_city(person: Person, day: date) -> bool:
    """Whether the person holds a post of the city's office."""
    return any(post.role == Role.OFFICE and not post.unit.county_code for post in person.posts_on(day))


def landed_words(city_code: str) -> str:
    """The definition of «landed» in force, for the scope of every landing rate."""
    try:
        found = terms(city_code)
    except Refused as why:
        return str(why)
    return _("%(words)s（活动包口径第 %(version)s 版）。") % {"words": found.text, "version": found.version}


# -- one project --------------------------------------------------------------------------------------------------


def for_page(person: Person, day: date) -> ProjectSet:
    """Projects this person may see, with what a page shows."""
    return Project.objects.visible_to(person, day).select_related("unit", "lead_unit")


def sees_leader(person: Person, project: Project, day: date) -> bool:
    """Names of leaders are for those who keep the project."""
    return may(person, KEEPERS, project, day)


def months_of(projects: Iterable[Project]) -> dict[int, dict[date, Decimal]]:
    """The standing amounts: project id → month → 万元."""
    found: dict[int, dict[date, Decimal]] = {}
    rows = MonthlyInvestment.objects.filter(project__in=list(projects), ended_on=None).order_by("month_on", "pk")
    for project, month, amount in rows.values_list("project_id", "month_on", "amount"):
        found.setdefault(project, {})[month] = amount
    return found


def milestones_of(project: Project) -> list[Milestone]:
    """Its steps in their order."""
    return list(project.milestones.order_by("seq", "pk"))


def done_steps(milestones: Iterable[Milestone]) -> set[str]:
    """The steps that are reached, or that it is exempt from."""
    return {one.kind for one in milestones if one.reached_on or one.exempt}


@dataclass(frozen=True)
class MonthLine:
    """One month of the year: completed, year to date, the plan's share by then, and what it was corrected from."""

    entry: MonthlyInvestment
    year_to_date: Decimal
    pace_amount: Decimal | None
    before: tuple[MonthlyInvestment, ...]

    @property
    def ahead(self) -> bool:
        """Whether the year to date is not behind the pace."""
        return self.pace_amount is None or self.year_to_date >= self.pace_amount


def month_lines(project: Project) -> list[MonthLine]:
    """The months of the plan's year, each with what it was corrected from; none without a plan."""
    if project.year is None:
        return []
    rows = project.months.filter(month_on__year=project.year).select_related("recorded_by").order_by("pk")
    entries = list(rows)
    standing = {one.month_on: one.amount for one in entries if one.ended_on is None}
    found = []
    for entry in sorted((one for one in entries if one.ended_on is None), key=lambda one: one.month_on):
        share = project.plan_amount * entry.month_on.month / 12 if project.plan_amount else None
        before = tuple(one for one in entries if one.month_on == entry.month_on and one.ended_on)
        found.append(MonthLine(entry, year_to_date(standing, entry.month_on), share, before))
    return found


def page_facts(project: Project, person: Person, day: date) -> dict[str, Any]:
    """What the page of one project shows."""
    steps = milestones_of(project)
    lines = month_lines(project)
    warnings = [start_warning(done_steps(steps))]
    plans = list(project.plans.select_related("decided_by").order_by("-year", "-edition", "pk"))
    return {
        "project": project,
        "steps": steps,
        "lines": lines,
        "plans": plans,
        "stalls": list(project.stalls.select_related("stalled_by").order_by("-stalled_on", "-pk")),
        "landing": Landing.objects.filter(project=project).select_related("landed_by", "definition").first(),
        "warnings": [words for words in warnings if words],
        "behind": behind_pace(project),
        "pace": pace(project.month_on) if project.month_on else None,
        "names": sees_leader(person, project, day),
    }


def known_refusal(rows: Iterable[Project]) -> str | None:
    """Why these cannot be entered: a code or, in one place, a name that is there already, or twice among them."""
    rows = list(rows)
    codes = [one.code for one in rows if one.code]
    names = [(one.county_code, one.name) for one in rows]
    known = Project.objects.filter(code__in=codes).first()
    twice = next((code for code in codes if codes.count(code) > 1), "")
    if known or twice:
        facts = {"code": known.code if known else twice, "name": known or _("本次新增中重复")}
        return _("项目代码 %(code)s 已经在项目库里：%(name)s。") % facts
    there = set(
        Project.objects.filter(city_code__in={one.city_code for one in rows}, name__in={n for _c, n in names})
        .values_list("county_code", "name")
    )  # fmt: skip
    for place, name in names:
        if (place, name) in there:
            return _("本地项目库里已经有“%(name)s”。") % {"name": name}
        there.add((place, name))
    return None


# -- figures on pages ---------------------------------------------------------------------------------------------


def head_figures(person: Person, day: date) -> list[Answer]:
    """The figures above the library: for the person's own place."""
    frame = indicators.default_frame(person, day)
    if frame is None:
        return []
    return [indicators.answer(code, frame) for code in HEAD_FIGURES]


HEAD_FIGURES = ("projects.key", "projects.completion_rate", "projects.start_rate", "projects.landing_rate")


def figures(city_codes: Iterable[str]) -> QuerySet[ExternalFigure]:
    """Figures of others about these cities."""
    return ExternalFigure.objects.filter(city_code__in=list(city_codes)).select_related("entered_by", "stored")


# -- what a sheet's rows may mean ---------------------------------------------------------------------------------


def key(value: object) -> str:
    """A name for comparison: without white space and punctuation, lower case."""
    return re.sub(r"[\s()（）“”\"'·,，.。、\-—_]+", "", clean_text(value)).lower()


@dataclass(frozen=True)
class Directory:
    """Projects by code and by name."""

    by_code: Mapping[str, Project]
    by_name: Mapping[str, list[Project]]

    @classmethod
    def of_city(cls, city_code: str) -> "Directory":
        """All projects of a city; one query."""
        rows = Project.objects.filter(city_code=city_code).only("code", "name", "county_code").order_by("pk")
        return cls(*_names(rows))

    def find(self, code: str, name: str) -> tuple[Project | None, bool]:
        """The project meant, and whether it was found by its name alone; a name that two have means none."""
        if code and code in self.by_code:
            return self.by_code[code], False
        alike = self.by_name.get(key(name), []) if name else []
        return (alike[0], True) if len(alike) == 1 else (None, False)


def _names(rows: Iterable[Project]) -> tuple[dict[str, Project], dict[str, list[Project]]]:
    codes, names = dict[str, Project](), dict[str, list[Project]]()
    for one in rows:
        names.setdefault(key(one.name), []).append(one)
        if one.code:
            codes[one.code] = one
    return codes, names


@dataclass(frozen=True)
class Known(Directory):
    """The projects of a place, with their months."""

    months: Mapping[int, Mapping[date, Decimal]]

    @classmethod
    def of(cls, unit: Unit, person: Person, day: date) -> "Known":
        """Those of the unit's county (of the whole city for the city) that the person may see; three queries."""
        rows = list(in_place(Project.objects.visible_to(person, day), unit).select_related("unit").order_by("pk"))
        return cls(*_names(rows), months_of(rows))


def in_place(rows: ProjectSet, unit: Unit) -> ProjectSet:
    """Those of the unit's place."""
    return rows.filter(county_code=unit.county_code) if unit.county_code else rows.filter(city_code=unit.city_code)


def places_to_report(person: Person, day: date) -> QuerySet[Unit]:
    """The counties for which the person may send a monthly sheet."""
    wanted = Q(pk__in=[])
    for post in person.posts_on(day):
        if not any(post.role == role for role, _reach in KEEPERS):
            continue
        counties = Q(kind=UnitKind.COUNTY, city_code=post.unit.city_code, active=True)
        wanted |= counties & Q(county_code=post.unit.county_code) if post.unit.county_code else counties
    return Unit.objects.filter(wanted).order_by("sort_key", "pk")


def standing_plan(project: Project, year: int) -> PlanVersion | None:
    """The plan of the year in force."""
    return PlanVersion.objects.filter(project=project, year=year, ended_on=None).first()
