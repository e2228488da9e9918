"""A campaign pack: from a folder of YAML and templates to clean values, or to a list of what is wrong and where.

How a pack is written is told in docs/packs.md. Reading writes nothing; `actions.load_pack` loads what was read.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

import yaml
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from luodi.campaigns.rules import StrictLoader, broken_yaml, place_of, remedy, template_error, twice
from luodi.kit.refusal import Refused

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,29}$")]
CategoryCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)?$", max_length=50)]
Prefix = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,10}$")]
Year = Annotated[int, Field(ge=2000, le=2100)]
# The fifteen kinds of 党政机关公文处理工作条例 (中办发〔2012〕14号) art. 8.
PaperKind = Literal[
    "决议", "决定", "命令", "公报", "公告", "通告", "意见", "通知", "通报", "报告", "请示", "批复",
    "议案", "函", "纪要",
]  # fmt: skip


class Entry(BaseModel):
    """Any mapping in a pack: unknown keys are errors, values are not guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Read = TypeVar("Read", bound=Entry)


class Period(Entry):
    """From the first to the last day, both counted, as people write it."""

    starts_on: date
    last_day: date

    @model_validator(mode="after")
    def runs_forward(self) -> Self:
        if self.last_day < self.starts_on:
            raise ValueError(_("last_day 早于 starts_on，请对调或改正日期"))
        return self


class CampaignEntry(Period):
    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,49}$")]
    name: Words
    name_en: Words
    city: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    base_year: Year
    new_year: Year
    base_label: Words
    base_label_en: Words
    new_label: Words
    new_label_en: Words
    base_prefix: Prefix
    new_prefix: Prefix
    screening_from: date

    @model_validator(mode="after")
    def prefixes_differ(self) -> Self:
        if self.base_prefix == self.new_prefix:
            raise ValueError(_("base_prefix 与 new_prefix 相同，两批问题的编号会重复，请改成不同的前缀"))
        return self


class StageEntry(Period):
    name: Words
    name_en: Words


class Lights(Entry):
    """How many working days before the deadline a light turns on."""

    blue_working_days: int = Field(default=3, ge=0, le=60)
    yellow_working_days: int = Field(default=0, ge=0, le=60)

    @model_validator(mode="after")
    def yellow_is_nearer(self) -> Self:
        if self.yellow_working_days > self.blue_working_days:
            raise ValueError(_("yellow_working_days 不能大于 blue_working_days：黄灯比蓝灯更近到期"))
        return self


class Settings(Entry):
    lights: Lights = Lights()
    sampling_ratio: float = Field(default=0.2, gt=0, le=1)
    relapse_check_days: list[Annotated[int, Field(gt=0)]] = []


class EvidenceEntry(Entry):
    code: Code
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    title_en: Words
    papers: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    aspect: Literal["rectification", "accountability", "evidence_filing", "institution"]
    required: bool = True
    restricted: bool = False

    @model_validator(mode="after")
    def accountability_is_restricted(self) -> Self:
        if self.aspect == "accountability" and not self.restricted:
            raise ValueError(_("问责追责材料含个人处理情况，必须写 restricted: true（仅纪检可看）"))
        return self


class StandardEntry(Entry):
    clause: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
    deadline_days: int = Field(gt=0, le=1000)
    deadline_unit: Literal["working_day", "calendar_day"]
    text: Text


class CategoryEntry(Entry):
    code: CategoryCode
    name: Words
    name_en: Words
    standard: StandardEntry
    evidence: list[EvidenceEntry] = Field(min_length=1)

    @field_validator("evidence")
    @classmethod
    def codes_differ(cls, evidence: list[EvidenceEntry]) -> list[EvidenceEntry]:
        refuse_twice(one.code for one in evidence)
        return evidence


class GroupEntry(Entry):
    code: Code
    name: Words
    name_en: Words
    categories: list[CategoryEntry] = Field(min_length=1)

    @model_validator(mode="after")
    def categories_belong(self) -> Self:
        for category in self.categories:
            if category.code != self.code and not category.code.startswith(f"{self.code}."):
                codes = {"code": category.code, "group": self.code}
                raise ValueError(_("类别代码「%(code)s」不在本大类下，请写成「%(group)s.……」") % codes)
        refuse_twice(category.code for category in self.categories)
        return self


class Categories(Entry):
    source: Words
    groups: list[GroupEntry] = Field(min_length=1)

    @field_validator("groups")
    @classmethod
    def codes_differ(cls, groups: list[GroupEntry]) -> list[GroupEntry]:
        refuse_twice(group.code for group in groups)
        return groups


class DocumentEntry(Entry):
    """A document template: the front matter, and the text after it."""

    name: Code
    title: Words
    title_en: Words
    kind: PaperKind
    organ: Words
    agency: Annotated[str, StringConstraints(pattern=r"^[\u4e00-\u9fa5]{0,12}$")] = ""
    recipients: list[Words] = []
    copies_to: list[Words] = []
    text: Annotated[str, StringConstraints(min_length=1, max_length=100_000)]

    @field_validator("text")
    @classmethod
    def parses(cls, text: str) -> str:
        if why := template_error(text):
            raise ValueError(why)
        return text


class PackEntry(Entry):
    """pack.yaml."""

    code: Code
    version: int = Field(ge=1)
    name: Words
    name_en: Words
    campaign: CampaignEntry
    stages: list[StageEntry] = Field(min_length=1)
    settings: Settings = Settings()

    @model_validator(mode="after")
    def stages_in_order(self) -> Self:
        for one, following in pairwise(self.stages):
            if following.starts_on <= one.last_day:
                names = {"next": following.name, "one": one.name}
                raise ValueError(_("阶段「%(next)s」在「%(one)s」结束之前就开始，请改正日期") % names)
        if self.stages[0].starts_on < self.campaign.starts_on or self.stages[-1].last_day > self.campaign.last_day:
            raise ValueError(_("阶段的日期超出了活动的起止日期，请改正 stages 或 campaign"))
        return self


class Pack(PackEntry):
    """A whole pack, checked."""

    categories: Categories
    documents: list[DocumentEntry] = []

    @field_validator("documents")
    @classmethod
    def names_differ(cls, documents: list[DocumentEntry]) -> list[DocumentEntry]:
        refuse_twice(document.name for document in documents)
        return documents

    def content(self) -> dict[str, Any]:
        """The pack as JSON can keep it; what its fingerprint is taken of."""
        return self.model_dump(mode="json")


class UnitEntry(Entry):
    """One unit of a region, ready for orgs.actions.register_unit."""

    code: Annotated[str, StringConstraints(pattern=r"^\d{2}(\d{2}(\d{2})?)?(-[a-z]+)?$", max_length=20)]
    name: Words
    short_name: Words
    name_en: Words
    kind: Literal["province", "city", "county", "city_dept", "county_dept"]
    parent: str | None = None
    sort_key: int = 0
    tile_col: int | None = None
    tile_row: int | None = None


class PlaceEntry(Entry):
    code: Annotated[str, StringConstraints(pattern=r"^\d{2}(\d{2}(\d{2})?)?$")]
    name: Words
    short_name: Words
    name_en: Words


class CountyEntry(PlaceEntry):
    tile: tuple[int, int]
    zone: bool = False


class DepartmentEntry(Entry):
    suffix: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,10}$")]
    name: Words
    short_name: Words
    name_en: Words
    zone_name: str = ""
    zone_short_name: str = ""
    zone_name_en: str = ""


class Region(Entry):
    """units.yaml."""

    province: PlaceEntry
    city: PlaceEntry
    city_departments: list[DepartmentEntry]
    counties: list[CountyEntry]
    county_departments: list[DepartmentEntry]

    @model_validator(mode="after")
    def codes_differ(self) -> Self:
        refuse_twice(county.code for county in self.counties)
        refuse_twice(department.suffix for department in self.city_departments)
        refuse_twice(department.suffix for department in self.county_departments)
        for county in self.counties:
            if not county.code.startswith(self.city.code):
                raise ValueError(_("县代码「%(code)s」不在本市之下，请核对行政区划代码") % {"code": county.code})
        return self


def read_pack(folder: str | Path) -> Pack:
    """Read and check a pack folder. Refused with one line per error: file, line, place and remedy."""
    folder = Path(folder)
    if not folder.is_dir():
        raise Refused(_("找不到活动包文件夹「%(folder)s」，请核对路径。") % {"folder": folder})
    errors: list[str] = []
    head = _read(PackEntry, folder / "pack.yaml", errors)
    categories = _read(Categories, folder / "categories.yaml", errors)
    templates = sorted((folder / "templates").glob("*.md.j2"))
    documents = [_read_document(path, errors) for path in templates]
    if head is None or categories is None or errors:
        raise Refused("\n".join(errors))
    facts = {name: getattr(head, name) for name in PackEntry.model_fields}
    try:
        return Pack.model_validate(facts | {"categories": categories, "documents": documents})
    except ValidationError as wrong:
        raise Refused("\n".join(f"templates：{remedy(error)}" for error in wrong.errors())) from wrong


def read_units(folder: str | Path) -> list[UnitEntry]:
    """The units of a pack's sample region, parents before children, in the official order. Refused like `read_pack`."""
    errors: list[str] = []
    region = _read(Region, Path(folder) / "units.yaml", errors)
    if region is None:
        raise Refused("\n".join(errors))
    return [unit.model_copy(update={"sort_key": 10 * place}) for place, unit in enumerate(_units_of(region), start=1)]


def _read(model: type[Read], path: Path, errors: list[str]) -> Read | None:
    """The values of a YAML file, or None and new lines in `errors`."""
    text = _text_of(path, errors)
    return None if text is None else _clean(model, text, path.name, errors)


def _read_document(path: Path, errors: list[str]) -> DocumentEntry | None:
    """A document template: YAML between two lines of `---`, then the text."""
    text = _text_of(path, errors)
    if text is None:
        return None
    before, opening, rest = text.partition("---\n")
    front, closing, body = rest.partition("\n---\n")
    file = f"templates/{path.name}"
    if before or not opening or not closing:
        errors.append(file + _(" 第 1 行：开头应有两行“---”，之间写 name、title、kind、organ 等，请补上"))
        return None
    return _clean(DocumentEntry, front, file, errors, text=body, above=1)


def _text_of(path: Path, errors: list[str]) -> str | None:
    try:
        return path.read_text("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        errors.append(path.name + _("：缺少这个文件，请补上（写法见 docs/packs.md）"))
    except UnicodeDecodeError:
        errors.append(path.name + _("：不是 UTF-8 编码，请用 UTF-8 另存"))
    return None


def _clean(
    model: type[Read], yaml_text: str, file: str, errors: list[str], *, above: int = 0, **more: str
) -> Read | None:
    """The values in `yaml_text` and `more`, checked; each error becomes a line of file, line, place and remedy."""
    loader = StrictLoader(yaml_text)
    try:
        node = loader.get_single_node()
        data = loader.construct_document(node) if node else {}
    except yaml.YAMLError as wrong:
        errors.append(broken_yaml(file, wrong, above))
        return None
    try:
        return model.model_validate(data | more if more and isinstance(data, dict) else data)
    except ValidationError as wrong:
        known = known_keys(Entry)
        errors += [f"{file}{place_of(node, error['loc'], above)}：{remedy(error, known)}" for error in wrong.errors()]
        return None


def known_keys(entry: type[Entry]) -> set[str]:
    """Every key a pack may have, to guess a misspelt one."""
    below = (known_keys(kind) for kind in entry.__subclasses__())
    return set(entry.model_fields).union(*below)


def refuse_twice(codes: Iterable[str]) -> None:
    """ValueError for the first code that stands twice."""
    if why := twice(codes):
        raise ValueError(why)


def _units_of(region: Region) -> Iterator[UnitEntry]:
    province, city = region.province, region.city
    yield UnitEntry(kind="province", **province.model_dump())
    yield UnitEntry(kind="city", parent=province.code, **city.model_dump())
    for department in region.city_departments:
        names = department.model_dump(include={"name", "short_name", "name_en"})
        yield UnitEntry(code=f"{city.code}-{department.suffix}", kind="city_dept", parent=city.code, **names)
    for county in region.counties:
        names = county.model_dump(include={"code", "name", "short_name", "name_en"})
        col, row = county.tile
        yield UnitEntry(kind="county", parent=city.code, tile_col=col, tile_row=row, **names)
        for department in region.county_departments:
            yield _county_department(county, department)


def _county_department(county: CountyEntry, department: DepartmentEntry) -> UnitEntry:
    name, short, english = department.name, department.short_name, department.name_en
    if county.zone:
        name, short = department.zone_name or name, department.zone_short_name or short
        english = department.zone_name_en or english
    return UnitEntry(
        code=f"{county.code}-{department.suffix}", kind="county_dept", parent=county.code,
        name=county.short_name + name, short_name=county.short_name + short, name_en=f"{county.name_en} {english}",
    )  # fmt: skip
