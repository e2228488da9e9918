"""重点项目进度表 (domain.md 4.2 no. 7): its columns, each row against the library, its sub-totals against its rows."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.kit import spreadsheets, values
from luodi.kit.refusal import Refused
from luodi.kit.spreadsheets import Row, Sheet
from luodi.orgs.models import Person, Unit
from luodi.projects.models import MilestoneKind, Project
from luodi.projects.queries import Known
from luodi.projects.rules import FLOW, money_warnings, month_refusal, plain, total_fault, year_to_date

#: field → (title, what a header may say)
COLUMNS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "name": (_("项目名称"), ("项目名称", "建设项目", "项目", "Project")),
    "code": (_("项目代码"), ("项目代码", "投资项目代码", "统一代码", "Project code")),
    "total_amount": (_("总投资"), ("总投资", "计划总投资", "项目总投资", "Total investment")),
    "plan_amount": (_("年度计划投资"), ("年度计划投资", "年度计划", "年计划投资", "本年计划", "Plan of the year")),
    "amount": (_("本月完成"), ("本月完成投资", "本月完成", "当月完成投资", "当月完成", "本月", "当月", "This month")),
    "year_amount": (
        _("本年累计完成"),
        ("本年累计完成投资", "本年累计完成", "本年累计", "累计完成投资", "累计完成", "年累计", "Year to date"),
    ),
    "done_amount": (_("自开工累计"), ("自开工累计完成投资", "自开工累计", "开工以来累计", "Since start")),
    "started_on": (_("实际开工时间"), ("实际开工时间", "实际开工日期", "开工时间", "开工日期", "Started on")),
    "progress": (_("形象进度"), ("形象进度", "工程进度", "进展情况", "Progress")),
    "obstacle": (_("存在问题"), ("存在问题", "存在的问题", "主要问题", "问题", "Obstacles")),
}  # fmt: skip
SYNONYMS = {name: words for name, (_title, words) in COLUMNS.items()}
REQUIRED = ("name", "amount")
MONEY = ("total_amount", "plan_amount", "amount", "year_amount", "done_amount")
_IN_HEADER = re.compile(r"[(（\[【]\s*(?:单位[:：]\s*)?(亿元|万元|千元|元)\s*[)）\]】]")
_MONTH = re.compile(r"(?:(20\d\d)\s*年\s*)?(?:1\s*[-—－~至到]\s*)?(1[0-2]|[1-9])\s*月")


@dataclass(frozen=True)
class CheckedRow:
    """One row as it was read; `project` and `amount` where it may be told."""

    number: int
    project: Project | None
    amounts: Mapping[str, Decimal | None]
    progress: str
    obstacle: str
    started_on: date | None
    errors: dict[str, str]
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """A sheet, read: its rows, what is wrong with its sub-totals, and remarks about the whole of it."""

    rows: list[CheckedRow]
    totals: list[str]
    notices: list[str]

    @property
    def good(self) -> list[CheckedRow]:
        """The rows without errors."""
        return [row for row in self.rows if not row.errors]


def titles() -> dict[str, str]:
    """The title of each field."""
    return {name: str(title) for name, (title, _words) in COLUMNS.items()}


def match(sheet: Sheet) -> dict[str, int]:
    """Which column (from 0) answers which field."""
    return spreadsheets.match_columns(sheet.headers, SYNONYMS).columns


def units_of(sheet: Sheet, mapping: Mapping[str, int]) -> dict[str, str]:
    """The unit of each column of money: what its header says, else what stands above the table, else 万元."""
    above = sheet.unit if sheet.unit in values.MONEY_UNITS else "万元"
    found = {}
    for name in MONEY:
        if name in mapping:
            said = _IN_HEADER.search(sheet.headers[mapping[name]])
            found[name] = said[1] if said else above
    return found


def read(
    sheet: Sheet,
    *,
    unit: Unit,
    month_on: date,
    actor: Person,
    at: Any,
    day: date,
    corrections: Mapping[int, Mapping[str, str]],
) -> Reading:
    """Check every row against the library, then the sub-totals; a few queries for the whole sheet."""
    mapping = match(sheet)
    known = Known.of(unit, actor, day)
    reader = _Reader(known, mapping, units_of(sheet, mapping), month_on, actor, at, day)
    rows = [reader.row(row, corrections.get(row.number, {})) for row in sheet.rows]
    totals = list(_totals(sheet, rows, reader))
    return Reading(rows, totals, [*_notices(sheet, mapping, month_on), *_absent(known, rows, month_on)])


class _Reader:
    """What is the same for all rows of a sheet."""

    def __init__(
        self, known: Known, mapping: Mapping[str, int], units: Mapping[str, str], month_on: date, actor: Person,
        at: Any, day: date,
    ) -> None:  # fmt: skip
        self.known, self.mapping, self.units, self.month_on = known, mapping, units, month_on
        self.actor, self.at, self.day, self.seen = actor, at, day, dict[int, int]()

    def row(self, row: Row, typed: Mapping[str, str]) -> CheckedRow:
        """One row: which project, its amounts, and whether they can be told."""
        errors: dict[str, str] = {}
        cells = {name: typed.get(name, self.cell(row, name)) for name in COLUMNS}
        project, warnings = self._project(cells, row.number, errors)
        amounts = {name: self.amount(name, cells[name], errors) for name in MONEY}
        started_on = self._started(cells["started_on"], project, errors)
        if amounts["amount"] is None and "amount" not in errors:
            errors["amount"] = _t("没有填本月完成；当月没有完成请填 0。")
        if project:
            self._told(project, amounts, errors)
            done = project.done_amount + (amounts["amount"] or 0)
            warnings += money_warnings(project, done, bool(project.started_on or started_on))
        words = {name: values.clean_text(cells[name])[:2000] for name in ("progress", "obstacle")}
        facts = {"started_on": started_on, "errors": errors, "warnings": warnings}
        return CheckedRow(row.number, project, amounts, **words, **facts)  # type: ignore[arg-type]

    def cell(self, row: Row, name: str) -> object:
        """The cell that answers a field."""
        place = self.mapping.get(name)
        return row.cells[place] if place is not None and place < len(row.cells) else None

    def amount(self, name: str, cell: object, errors: dict[str, str]) -> Decimal | None:
        """万元 by the column's unit."""
        try:
            return values.to_amount(cell, self.units.get(name, "万元"))
        except Refused as why:
            errors[name] = str(why)
            return None

    def _project(
        self, cells: Mapping[str, Any], number: int, errors: dict[str, str]
    ) -> tuple[Project | None, list[str]]:
        code, name = values.clean_code(cells["code"]), values.clean_text(cells["name"])
        project, guessed = self.known.find(code, name)
        if project is None:
            errors["name"] = _t("项目库里没有“%(name)s”，请核对名称和代码，或者先新增项目。") % {"name": name or code}
            return None, []
        if guessed and code and project.code and code != project.code:
            errors["code"] = _t("项目库里这个项目的代码是 %(code)s，请核对。") % {"code": project.code}
        if project.pk in self.seen:
            errors["name"] = _t("和第 %(n)s 行是同一个项目，请只留一行。") % {"n": self.seen[project.pk]}
        self.seen.setdefault(project.pk, number)
        if not FLOW.permitted(project, "report", self.actor, self.at):
            errors["name"] = _t("您的岗位不能填报这个项目。")
        return project, [_t("按名称对应“%(name)s”，请确认。") % {"name": project}] if guessed else []

    def _started(self, cell: object, project: Project | None, errors: dict[str, str]) -> date | None:
        try:
            found = values.to_date(cell)
        except Refused as why:
            errors["started_on"] = str(why)
            return None
        if found and found > self.day:
            errors["started_on"] = _t("%(day)s 还没有到。") % {"day": found}
        if found and project and project.started_on and found != project.started_on:
            errors["started_on"] = _t("项目库里的开工日期是 %(day)s；要改，请在项目页办“更新环节”。") % {
                "day": project.started_on
            }
        return None if project and project.started_on else found

    def _told(self, project: Project, amounts: Mapping[str, Decimal | None], errors: dict[str, str]) -> None:
        """Whether the month can be told, and what is said of the year, of the whole and of the plan is so."""
        months, amount = self.known.months.get(project.pk, {}), amounts["amount"]
        if amount is None:
            return
        if why := month_refusal(project, months, self.month_on, amount, self.day):
            errors["amount"] = why
            return
        before = year_to_date(months, self.month_on)
        self._cumulative("year_amount", amounts["year_amount"], before, amount, errors)
        self._cumulative("done_amount", amounts["done_amount"], project.done_amount, amount, errors)
        self._same("plan_amount", amounts["plan_amount"], project.plan_amount, errors)
        self._same("total_amount", amounts["total_amount"], project.total_amount, errors)

    def _cumulative(
        self, name: str, stated: Decimal | None, before: Decimal, amount: Decimal, errors: dict[str, str]
    ) -> None:
        if stated is None or total_fault(stated, [before, amount]) is None:
            return
        facts = {"title": COLUMNS[name][0], "stated": plain(stated), "before": plain(before),
                 "sum": plain(before + amount), "gap": plain(stated - before - amount)}  # fmt: skip
        if stated < before:
            words = _t("%(title)s %(stated)s 比上月的 %(before)s 还少：累计不能下降，以前多报的请先办更正。")
            errors[name] = words % facts
        else:
            errors[name] = _t("%(title)s写 %(stated)s，上月累计加本月是 %(sum)s，差 %(gap)s 万元。") % facts

    def _same(self, name: str, stated: Decimal | None, known: Decimal | None, errors: dict[str, str]) -> None:
        if stated is None or known is None or abs(stated - known) < Decimal("0.01"):
            return
        facts = {"title": COLUMNS[name][0], "stated": plain(stated), "known": plain(known)}
        if known and stated and (abs(stated * 10_000 - known) < 1 or abs(stated - known * 10_000) < 10_000):
            errors[name] = _t("%(title)s像是单位写错了：表里折合 %(stated)s 万元，项目库里是 %(known)s 万元。") % facts
        else:
            errors[name] = _t("%(title)s写 %(stated)s 万元，项目库里是 %(known)s 万元，请核对。") % facts


def _totals(sheet: Sheet, rows: Sequence[CheckedRow], reader: _Reader) -> Iterable[str]:
    """Each 合计 against all rows; each 小计 against the rows above it or below it, as offices write both."""
    numbers = [row.number for row in sheet.totals]
    for row in sheet.totals:
        words = next((values.clean_text(c) for c in row.cells[:3] if isinstance(c, str) and "计" in c), _t("合计"))
        after = min((n for n in numbers if n > row.number), default=10**9)
        before = max((n for n in numbers if n < row.number), default=0)
        groups = [[one for one in rows if before < one.number < row.number],
                  [one for one in rows if row.number < one.number < after]]  # fmt: skip
        if "小" not in words:
            groups = [list(rows)]
        for name in MONEY:
            stated = reader.amount(name, reader.cell(row, name), {}) if name in reader.mapping else None
            if stated is None:
                continue
            sums = [[one.amounts[name] or Decimal(0) for one in group] for group in groups if group]
            gaps = [total_fault(stated, parts) for parts in sums]
            if gaps and None not in gaps:
                facts = {"n": row.number, "words": words, "title": COLUMNS[name][0], "stated": plain(stated),
                         "sum": plain(sum(sums[0], Decimal(0))), "gap": plain(gaps[0] or Decimal(0))}  # fmt: skip
                yield _t("第 %(n)s 行“%(words)s”：%(title)s写 %(stated)s，各行之和 %(sum)s，差 %(gap)s 万元。") % facts


def _notices(sheet: Sheet, mapping: Mapping[str, int], month_on: date) -> Iterable[str]:
    """What people should know about the whole sheet: its unit, and whether it is this month's."""
    above = sheet.unit
    said = {name: unit for name, unit in units_of(sheet, mapping).items() if unit != (above or "万元")}
    if above and above not in values.MONEY_UNITS:
        yield _t("表上写的单位是%(unit)s，不是金额的单位；按万元读取，请核对。") % {"unit": above}
    if not above and not any(_IN_HEADER.search(header) for header in sheet.headers):
        yield _t("表上没有写单位，按万元读取。")
    for name, unit in said.items():
        yield _t("“%(title)s”一列按表头写的%(unit)s读取，折合成万元。") % {"title": COLUMNS[name][0], "unit": unit}
    for line in sheet.title_rows:
        found = _MONTH.search(line)
        if found and (int(found[2]) != month_on.month or int(found[1] or month_on.year) != month_on.year):
            yield _t("表名写的是“%(words)s”，您选的是 %(month)s，请确认没有传错表。") % {
                "words": found[0], "month": f"{month_on:%Y-%m}",
            }  # fmt: skip


def _absent(known: Known, rows: Sequence[CheckedRow], month_on: date) -> Iterable[str]:
    """The projects of the place that this month's sheet leaves out."""
    there = {row.project.pk for row in rows if row.project}
    everybody = [one for group in known.by_name.values() for one in group]
    left = [one.name for one in everybody if one.pk not in there and one.year == month_on.year]
    if left:
        some = _t("、").join(left[:5])
        yield _t("表里没有 %(n)s 个有计划的项目，它们这个月不会有数：%(some)s。") % {"n": len(left), "some": some}


# -- out ----------------------------------------------------------------------------------------------------------


def out(unit: Unit, month_on: date, known: Known) -> bytes:
    """The county's sheet for a month, filled in as far as the library knows: what is left is the month itself."""
    kinds = dict.fromkeys(MONEY, "money") | {"started_on": "date"}
    widths = {"name": 34, "code": 26, "progress": 28, "obstacle": 28}
    columns = [
        spreadsheets.Column(title, widths.get(name, 14), kinds.get(name, "text"), None, _note(name))
        for name, title in titles().items()
    ]
    rows = sorted((one for group in known.by_name.values() for one in group), key=lambda one: (one.name, one.pk))
    lines = (
        [one.name, one.code, one.total_amount, one.plan_amount, None, None, None, one.started_on, one.progress, ""]
        for one in rows
        if one.year == month_on.year
    )
    heading = [_t("%(place)s%(year)s年%(month)s月重点项目进度表") % {
        "place": unit.full_label, "year": month_on.year, "month": month_on.month,
    }, _t("单位：万元")]  # fmt: skip
    target = BytesIO()
    spreadsheets.write(target, _t("进度表"), columns=columns, rows=lines, heading_lines=heading)
    return target.getvalue()


def _note(name: str) -> str:
    notes = {"amount": _t("必填；没有完成填 0"), "year_amount": _t("可不填；填了就核对"), "name": _t("必填")}
    return notes.get(name, "")


def marked(sheet: Sheet, reading: Reading) -> bytes:
    """The person's own sheet with the wrong cells tinted."""
    mapping, marks = match(sheet), dict[tuple[int, int], str]()
    for row in reading.rows:
        for name, sentence in row.errors.items():
            marks[row.number, mapping.get(name, len(sheet.headers))] = sentence
    return spreadsheets.marked_copy(sheet, marks)


def last_month(day: date) -> date:
    """The month people tell on this day: this one from the 20th on, before that the last one."""
    first = day.replace(day=1)
    return first if day.day >= 20 else (first - timedelta(days=1)).replace(day=1)


def reached(row: CheckedRow) -> dict[str, date]:
    """The milestones a row says are reached."""
    return {MilestoneKind.STARTED: row.started_on} if row.started_on else {}
