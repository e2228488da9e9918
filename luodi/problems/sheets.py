"""The ledger as a spreadsheet: which column answers what, each row through ProblemForm, the template to fill in."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from io import BytesIO
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.campaigns.models import Batch, Campaign
from luodi.kit import spreadsheets, values
from luodi.kit.spreadsheets import Sheet
from luodi.orgs.models import Person, Unit, UnitKind
from luodi.problems.forms import ProblemForm
from luodi.problems.models import Problem, Source, Status
from luodi.problems.queries import Known, key
from luodi.problems.rules import register_refusal

LONGEST_TITLE = 100
TELL_EVERY = 500  # rows between two words about how far the check is


@dataclass(frozen=True)
class Column:
    """A field of the ledger in a sheet. `words` are found inside a header too, `alone` only as the whole header."""

    title: str | Promise
    words: tuple[str, ...]
    alone: tuple[str, ...] = ()
    required: bool = False
    width: int = 14


#: headers as domain.md 4.2 no. 1 has them, and as counties write them
COLUMNS: dict[str, Column] = {
    "old_code": Column(_("问题编号"), ("问题编号", "原编号", "问题序号", "台账编号")),
    "batch": Column(_("批次"), ("批次", "问题批次", "所属批次"), ("原有/新发现",), True),
    "county": Column(_("县市区"), ("县市区", "县(市、区)", "县区", "所属县区", "所属地区", "所在县市"), ("县", "地区")),
    "unit": Column(
        _("责任单位"), ("责任单位", "整改责任单位", "牵头单位", "整改单位", "主管部门"), ("单位",), True, 20
    ),
    "project_name": Column(_("项目名称"), ("项目名称", "涉及项目"), ("项目",), False, 26),
    "project_code": Column(_("项目代码"), ("项目代码", "投资项目代码"), (), False, 26),
    "project_owner": Column(
        _("项目单位"), ("项目单位", "建设单位", "项目业主", "业主单位", "企业名称"), ("企业",), False, 22
    ),
    "source": Column(_("问题来源"), ("问题来源", "线索来源", "发现渠道", "发现途径"), ("来源",), True),
    "category": Column(_("问题类别"), ("问题类别", "问题类型", "问题分类", "类别名称"), ("类别", "类型"), True),
    "title": Column(_("问题"), ("问题名称", "问题标题", "问题概述", "问题摘要"), ("问题", "标题"), True, 30),
    "description": Column(
        _("问题描述"),
        ("问题描述", "存在问题", "存在的问题", "主要问题", "问题表现", "具体问题", "问题情况", "问题内容"),
        ("描述",),
        False,
        40,
    ),
    "cause": Column(_("原因"), ("原因分析", "问题原因", "产生原因"), ("原因",), False, 24),
    "found_on": Column(_("发现日期"), ("发现日期", "发现时间", "排查日期", "排查时间"), (), True),
    "responsible_name": Column(_("责任人"), ("责任人", "整改责任人", "具体责任人"), (), False, 10),
    "is_priority": Column(_("是否重点难点"), ("是否重点难点", "重点难点")),
    "from_above": Column(_("是否上级交办"), ("是否上级交办", "上级交办")),
    "note": Column(_("备注"), ("备注",), ("说明",), False, 20),
}
#: the headers of the template that a reader of English downloads; like `alone`, only as the whole header
ENGLISH = {
    "old_code": "Problem no.", "batch": "Batch", "county": "County", "unit": "Responsible unit",
    "project_name": "Project", "project_code": "Project code", "project_owner": "Project owner", "source": "Source",
    "category": "Category", "title": "Problem", "description": "Description", "cause": "Cause", "found_on": "Found on",
    "responsible_name": "Person responsible", "is_priority": "Hard case?", "from_above": "Assigned from above?",
    "note": "Note",
}  # fmt: skip
SYNONYMS = {name: (*column.words, *column.alone, ENGLISH[name]) for name, column in COLUMNS.items()}
#: what counties write where the ledger has one word
SAME_SOURCE = {
    "自查自纠": "self_check", "单位自查": "self_check", "自查发现": "self_check", "群众举报": "tip", "信访举报": "tip",
    "企业举报": "tip", "上级督办": "superior", "上级转办": "superior", "督导": "supervision", "督导检查": "supervision",
    "督查检查": "supervision", "督查发现": "supervision", "大排查": "screening", "大起底排查": "screening",
}  # fmt: skip
WIDE, SLIM = str.maketrans("()", "（）"), str.maketrans("（）", "()")  # brackets as one or the other program types them
SAME_BATCH = {"旧": "base", "老": "base", "原": "base", "存量": "base", "新": "new", "新增": "new"}


@dataclass(frozen=True)
class CheckedRow:
    """One row as it was read. `clean` is what `actions.register` takes, None with errors; errors by field name."""

    number: int
    values: Mapping[str, Any]
    clean: dict[str, Any] | None
    errors: dict[str, str]
    warnings: list[str] = field(default_factory=list)
    duplicate_of: str = ""


@dataclass(frozen=True)
class Reading:
    """A sheet, read: every row in its order, and the headers above them."""

    rows: list[CheckedRow]
    headers: tuple[str, ...] = ()

    @property
    def good(self) -> list[CheckedRow]:
        """The rows without errors; suspected duplicates are among them."""
        return [row for row in self.rows if row.clean is not None]

    @property
    def bad(self) -> list[CheckedRow]:
        """The rows with errors."""
        return [row for row in self.rows if row.clean is None]


def match(headers: Sequence[str]) -> dict[str, int | str]:
    """Which column (from 0) answers which field; short common words only count when they are the whole header."""
    found: dict[str, int | str] = {}
    whole = [spreadsheets.normal_header(header) for header in headers]
    found |= spreadsheets.match_columns(headers, {name: column.words for name, column in COLUMNS.items()}).columns
    for name, column in COLUMNS.items():
        words = {spreadsheets.normal_header(word) for word in (*column.alone, ENGLISH[name])}
        free = (i for i, header in enumerate(whole) if header in words and i not in found.values())
        if name not in found and (place := next(free, None)) is not None:
            found[name] = place
    return found


def missing(mapping: Mapping[str, int | str], unit: Unit | None = None) -> list[str]:
    """The required fields nothing in the sheet answers: a title may come from the description, a unit from a county."""
    instead = {"title": "description" in mapping, "unit": "county" in mapping or unit is not None}
    return [n for n, c in COLUMNS.items() if c.required and n not in mapping and not instead.get(n)]


def read(
    sheet: Sheet,
    *,
    campaign: Campaign,
    actor: Person,
    day: date,
    unit: Unit | None = None,
    mapping: Mapping[str, int | str] | None = None,
    corrections: Mapping[int, Mapping[str, str]] | None = None,
    progress: Callable[..., None] | None = None,
) -> Reading:
    """Check every row as one ProblemForm; asks the database a few times for the sheet, never for a row.

    `mapping` gives a field its column from 0, or «=value» for the whole sheet; `unit` is where rows without 责任单位
    belong; `corrections` (row number → field → text) stand in place of the cells; `progress(done=, total=)` is told
    how far the check is.
    """
    reader = _Reader(campaign, actor, day, unit, match(sheet.headers) if mapping is None else mapping)
    rows = []
    for done, row in enumerate(sheet.rows):
        if progress and done % TELL_EVERY == 0:
            progress(done=done, total=len(sheet.rows))
        rows.append(reader.row(row.number, row.cells, (corrections or {}).get(row.number, {})))
    return Reading(_with_duplicates(rows, campaign, actor, day), sheet.headers)


class _Reader:
    """What is the same for all rows of a sheet."""

    def __init__(
        self, campaign: Campaign, actor: Person, day: date, unit: Unit | None, mapping: Mapping[str, int | str]
    ) -> None:
        self.unit, self.mapping, self.known = unit, mapping, Known.of(campaign)
        self.form = ProblemForm(campaign=campaign, actor=actor, day=day, known=self.known)
        self.form.is_bound = True
        units = {u.pk: u for found in self.known.units.values() for u in found}.values()
        own = {post.unit.county_code for post in actor.posts_on(day)}
        self.own = own.pop() if len(own) == 1 else ""
        counties = [unit for unit in units if unit.kind == UnitKind.COUNTY]
        self.bare = {_bare(key(unit.name)): unit for unit in counties}
        self.counties = self.bare | {name: u for u in counties for name in (key(u.name), key(u.short_name), u.code)}

    def row(self, number: int, cells: Sequence[object], corrected: Mapping[str, str]) -> CheckedRow:
        """One row through the form."""
        given = {name: self._cell(name, cells, corrected) for name in {*self.mapping, *corrected}}
        errors: dict[str, str] = {}
        data = self._data(given, errors)
        form = self.form
        form.data, form._errors, form.warnings = data, None, []  # type: ignore[attr-defined]  # 14 fields copied once
        form.full_clean()
        for name, found in form.errors.items():
            errors.setdefault(name, " ".join(str(why) for why in found))
        clean = None if errors else dict(form.cleaned_data)
        return CheckedRow(number, given, clean, errors, list(form.warnings))

    def _cell(self, name: str, cells: Sequence[object], corrected: Mapping[str, str]) -> object:
        if name in corrected:
            return corrected[name]
        place = self.mapping[name]
        if isinstance(place, str):
            return place.removeprefix("=")
        return cells[place] if place < len(cells) else None

    def _data(self, given: Mapping[str, Any], errors: dict[str, str]) -> dict[str, Any]:
        data = dict(given)
        data["unit"] = self._unit_code(given, errors)
        batch = re.sub(r"(问题|批次)$", "", values.clean_text(given.get("batch")))
        data["batch"] = SAME_BATCH.get(batch, batch)
        data["category"] = values.clean_text(given.get("category")).replace("其它", "其他")
        data["source"] = SAME_SOURCE.get(key(given.get("source")), given.get("source"))
        _word(data)
        return data

    def _unit_code(self, given: Mapping[str, Any], errors: dict[str, str]) -> str:
        """The code of the one unit that 责任单位 can mean within 县市区 and the unit chosen for the sheet."""
        typed, place = values.clean_text(given.get("unit")), values.clean_text(given.get("county"))
        county = self.counties.get(key(place))
        chosen = self.unit.county_code if self.unit else ""
        if place and county is None:
            errors["county"] = _t("没有“%(typed)s”这个县市区，请写全称，如“桃城区”。") % {"typed": place}
        elif county and chosen and county.county_code != chosen:
            errors["county"] = _t("这一行是%(county)s的，本次导入选的是%(unit)s。") % {
                "county": county,
                "unit": self.unit,
            }
        if not typed:
            fallback = self.unit or county
            return fallback.code if fallback else ""
        home = county.county_code if county else chosen
        found = self._units(typed, home or self.own)
        if len(found) == 1:
            if home and found[0].county_code not in {home, ""}:
                errors["unit"] = _t("%(unit)s不在%(place)s，请核对县市区和责任单位。") % {
                    "unit": found[0],
                    "place": county or self.unit,
                }
            return found[0].code
        return typed

    def _units(self, typed: str, home: str) -> list[Unit]:
        """Units of that name, in the county named if there are several; 「发改局」 alone means the county's own."""
        known, name = self.known.units, key(typed)
        found = known.get(name, [])
        here = [unit for unit in found if unit.county_code == home]
        if not found and (county := next((u for u in self.counties.values() if u.county_code == home), None)):
            short = name.removeprefix("区").removeprefix("县").removeprefix("市")
            found = known.get(key(county.name) + short, [])
        if not found and (bare := next((one for one in self.bare if name.startswith(one)), "")):
            found = known.get(key(self.bare[bare].name) + name.removeprefix(bare), [])
        return here if len(found) > 1 and here else found


def _bare(county: str) -> str:
    """枣强县 as it is said, 枣强; of 高新区 two characters are left."""
    return re.sub(r"(?<=..)(新区|[县市区])$", "", county)


def titled(data: Mapping[str, Any]) -> tuple[str, str]:
    """Title and description: the title from the description where there is none or it is too long for one."""
    title, words = values.clean_text(data.get("title")), values.clean_text(data.get("description"))
    if not words and len(title) > LONGEST_TITLE:
        words, title = title, ""
    return title or first_clause(words), words


def _word(data: dict[str, Any]) -> None:
    """Title and description; old code and note kept at the description's end."""
    data["title"], words = titled(data)
    notes = (("old_code", _t("原编号：%(text)s")), ("note", _t("备注：%(text)s")))
    kept = [form % {"text": values.clean_text(data.get(name))} for name, form in notes if data.get(name)]
    data["description"] = "\n".join([*([words] if words else []), *kept])


def first_clause(words: str) -> str:
    """The first sentence of a description, or as much of it as fits in a title."""
    bare = re.sub(r"^\s*([（(]?[0-9一二三四五六七八九十]{1,3}[)）、.．]\s*)", "", words)
    first = re.split(r"[。；;！!？?\n]", bare.strip())[0].strip()
    if len(first) <= LONGEST_TITLE:
        return first
    comma = max(first.rfind(sign, 0, LONGEST_TITLE) for sign in "，,、")
    return first[:comma] if comma > 10 else first[: LONGEST_TITLE - 1] + "…"


# -- duplicates -----------------------------------------------------------------------------------------------


def _with_duplicates(rows: list[CheckedRow], campaign: Campaign, actor: Person, day: date) -> list[CheckedRow]:
    """Rows that say the same of the same project as an earlier row, or as the ledger as far as the actor sees it."""
    good = [row.clean for row in rows if row.clean]
    seen = _in_ledger({one["project_name"] for one in good}, campaign, actor, day)
    found = []
    for row in rows:
        names = _fingerprints(row.clean) if row.clean else []
        earlier = next((seen[name] for name in names if name in seen), "")
        if earlier:
            words = _t("疑似重复：与%(place)s是同一项目的同一问题。") % {"place": earlier}
            row = replace(row, duplicate_of=earlier, warnings=[*row.warnings, words])
        for name in names:
            seen.setdefault(name, _t("第 %(n)s 行") % {"n": row.number})
        found.append(row)
    return found


def _fingerprints(fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Project and title; a row without project by its unit."""
    project = key(fields["project_name"]) or fields["unit"].code
    return [(project, key(fields["title"]))]


def _in_ledger(projects: set[str], campaign: Campaign, actor: Person, day: date) -> dict[tuple[str, str], str]:
    """(project, title) → code of the problems of these projects that stand; what was voided may come again."""
    seen: dict[tuple[str, str], str] = {}
    names = sorted(projects | {name.translate(WIDE) for name in projects} | {name.translate(SLIM) for name in projects})
    mine = Problem.objects.filter(campaign=campaign).exclude(status=Status.VOIDED).visible_to(actor, day).order_by("pk")
    for start in range(0, len(names), 500):
        part = mine.filter(project_name__in=names[start : start + 500])
        for project, unit, title, code in part.values_list("project_name", "unit__code", "title", "code"):
            seen.setdefault((key(project) or unit, key(title)), code)
    return seen


# -- out ------------------------------------------------------------------------------------------------------


def choices(campaign: Campaign, actor: Person, day: date) -> dict[str, list[str]]:
    """What may be written in the columns that take one of a list: units only those the actor may register for."""
    known = Known.of(campaign)
    units = list({u.pk: u for found in known.units.values() for u in found}.values())
    mine = [unit for unit in units if not register_refusal(campaign, unit, actor, day)]
    kinds = {one.pk: one for found in known.categories.values() for one in found}.values()
    return {
        "batch": [campaign.batch_label(code) for code in Batch.values],
        "source": [str(label) for label in Source.labels],
        "category": [one.label for one in sorted(kinds, key=lambda one: (one.seq, one.pk))],
        "unit": [unit.name for unit in mine],
        "county": list(dict.fromkeys(unit.name for unit in mine if unit.kind == UnitKind.COUNTY)),
        "is_priority": [_t("是"), _t("否")],
        "from_above": [_t("是"), _t("否")],
    }


def template(campaign: Campaign, actor: Person, day: date) -> bytes:
    """An empty ledger to fill in, with drop-downs."""
    offered = choices(campaign, actor, day)
    columns = [
        spreadsheets.Column(
            str(column.title),
            column.width,
            "date" if name == "found_on" else "text",
            offered.get(name) or None,
            _t("必填") if column.required else "",
        )
        for name, column in COLUMNS.items()
    ]
    target = BytesIO()
    spreadsheets.write(target, _t("问题台账"), columns=columns, rows=[])
    return target.getvalue()


def marked(sheet: Sheet, errors: Mapping[int, Mapping[str, str]], mapping: Mapping[str, int | str]) -> bytes:
    """The person's own sheet with the wrong cells tinted (row number → field → sentence).

    What no column answers stands beside the last one.
    """
    marks: dict[tuple[int, int], str] = {}
    for number, faults in errors.items():
        for name, sentence in faults.items():
            place = mapping.get(name, mapping.get("description") if name == "title" else None)
            spot = (number, place if isinstance(place, int) else len(sheet.headers))
            marks[spot] = f"{marks[spot]} {sentence}" if spot in marks else sentence
    return spreadsheets.marked_copy(sheet, marks)
