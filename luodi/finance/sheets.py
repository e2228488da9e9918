"""融资需求对接表 and 重点项目贷款余额表 (domain.md 4.2 no. 10): each row checked, totals against their rows."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.finance import queries
from luodi.finance.models import Balance, Bank, LoanClass, Need, NeedKind, Security
from luodi.finance.rules import PARTS, balance_refusal, gap_of, keeps, plain
from luodi.kit import sheet_showing, spreadsheets, values
from luodi.kit.clock import local_day
from luodi.kit.refusal import Refused
from luodi.kit.sheet_showing import Shown
from luodi.kit.spreadsheets import Row, Sheet
from luodi.orgs.models import Person
from luodi.projects.models import Project
from luodi.projects.rules import owner_code_fault, total_fault

KINDS = {"needs": _("融资需求表"), "balances": _("重点项目贷款余额表")}
MOST_ROWS = 2_000
#: field → (title, what a header may say)
COLUMNS: dict[str, dict[str, tuple[Any, tuple[str, ...]]]] = {
    "needs": {
        "kind": (_("需求类型"), ("需求类型", "类型", "Kind of need")),
        "name": (_("名称"), ("名称", "项目名称", "企业名称", "项目或企业名称", "Name")),
        "project_code": (_("项目代码"), ("项目代码", "投资项目代码", "Project code")),
        "owner_code": (_("统一社会信用代码"), ("统一社会信用代码", "信用代码", "Credit code")),
        "unit": (_("责任单位"), ("责任单位", "报送单位", "Unit")),
        "amount": (_("需求金额"), ("需求金额", "融资需求", "金额", "Amount needed")),
        "purpose": (_("用途"), ("用途", "资金用途", "Purpose")),
        "months": (_("期限（月）"), ("期限", "期限（月）", "贷款期限", "Term in months")),
        "security": (_("担保方式"), ("担保方式", "担保", "Security")),
    },
    "balances": {
        "bank": (_("银行"), ("银行", "银行名称", "机构名称", "银行代码", "Bank")),
        "loan_class": (_("类别"), ("类别", "贷款类别", "项目类别", "Class")),
        "start_amount": (_("年初余额"), ("年初余额", "年初数", "Start of year")),
        "issued_amount": (_("本年发放"), ("本年发放", "本年累计发放", "发放", "Issued")),
        "repaid_amount": (_("本年收回"), ("本年收回", "本年累计收回", "收回", "Repaid")),
        "written_amount": (_("本年核销"), ("本年核销", "核销", "Written off")),
        "end_amount": (_("期末余额"), ("期末余额", "期末数", "余额", "End")),
    },
}  # fmt: skip
REQUIRED = {"needs": ("name", "unit", "amount", "purpose", "months", "security"),
            "balances": ("bank", "loan_class", *PARTS[:3], "end_amount")}  # fmt: skip
MONEY = {"needs": ("amount",), "balances": PARTS}
SHORT = {
    LoanClass.COOPERATION: ("京津冀",), LoanClass.NATIONAL: ("国家",), LoanClass.PROVINCE: ("省",),
    LoanClass.LOCAL: ("地市", "市及以下", "市级"), LoanClass.OTHER: ("其他",),
}  # fmt: skip
_IN_HEADER = re.compile(r"[(（\[【]\s*(?:单位[:：]\s*)?(亿元|万元|千元|元)\s*[)）\]】]")
_MONTH = re.compile(r"(?:(20\d\d)\s*年\s*)?(1[0-2]|[1-9])\s*月")


@dataclass
class Checked:
    """A sheet, read: what each row says, what is wrong in which cell, what is wrong with totals, remarks."""

    kind: str
    sheet: Sheet
    mapping: dict[str, int]
    month_on: date
    facts: dict[int, dict[str, Any]] = field(default_factory=dict)
    errors: dict[int, dict[str, str]] = field(default_factory=dict)
    warnings: dict[int, list[str]] = field(default_factory=dict)
    totals: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """The titles of the columns that must be there and are not."""
        return [str(COLUMNS[self.kind][name][0]) for name in REQUIRED[self.kind] if name not in self.mapping]

    @property
    def bad_count(self) -> int:
        """Rows with errors."""
        return sum(bool(one) for one in self.errors.values())

    @property
    def good(self) -> bool:
        """Whether all of it may be brought in."""
        return bool(self.facts) and not self.bad_count and not self.missing and not self.totals

    @property
    def shown(self) -> Shown:
        """The rows with findings, or all where there are none."""
        numbers = {n for n in self.facts if self.errors.get(n) or self.warnings.get(n)}
        findings = {str(n): {"errors": self.errors.get(n, {}), "warnings": self.warnings.get(n, [])} for n in numbers}
        titles = {name: str(title) for name, (title, _words) in COLUMNS[self.kind].items()}
        return sheet_showing.shown(
            self.sheet, self.mapping, findings=findings, corrections={}, titles=titles, everything=not findings,
            keep=("name", "bank"),
        )  # fmt: skip


def read(kind: str, content: bytes, name: str, month_on: date, *, person: Person, at: datetime) -> Checked:
    """Check every row and the totals. Refused with one sentence where it is no sheet, or has no header that fits."""
    words = {one: said for one, (_title, said) in COLUMNS[kind].items()}
    sheet = spreadsheets.read(content, name, synonyms=words, max_rows=MOST_ROWS).chosen
    mapping = spreadsheets.match_columns(sheet.headers, words).columns
    found = Checked(kind, sheet, mapping, month_on.replace(day=1))
    units = units_of(found)
    for row in sheet.rows:
        errors = found.errors.setdefault(row.number, {})
        cells = {one: _cell(row, mapping.get(one)) for one in COLUMNS[kind]}
        found.facts[row.number] = dict(cells)
        for one in MONEY[kind]:
            found.facts[row.number][one] = _amount(cells[one], one, units, errors, found.warnings, row.number)
    day = local_day(at)
    (_needs if kind == "needs" else _balances)(found, person, day)
    found.totals = list(_totals(found, units))
    found.notices = list(_notices(found, units))
    return found


def _cell(row: Row, place: int | None) -> object:
    return row.cells[place] if place is not None and place < len(row.cells) else None


def units_of(found: Checked) -> dict[str, str]:
    """The unit of each column of money: what its header says, else what stands above the table, else 万元."""
    above = found.sheet.unit if found.sheet.unit in values.MONEY_UNITS else "万元"
    units = {}
    for name in MONEY[found.kind]:
        said = _IN_HEADER.search(found.sheet.headers[found.mapping[name]]) if name in found.mapping else None
        units[name] = said[1] if said else above
    return units


def _amount(
    cell: object, name: str, units: Mapping[str, str], errors: dict[str, str], warnings: dict[int, list[str]], n: int
) -> Decimal | None:
    try:
        amount = values.to_amount(cell, units[name])
    except Refused as why:
        errors[name] = str(why)
        return None
    other = next((unit for unit in ("亿元", "万元", "千元") if str(cell).strip().endswith(unit)), units[name])
    if amount is not None and other != units[name]:
        words = _t("“%(cell)s”与表上的单位%(unit)s不同，折合 %(amount)s 万元，请确认。")
        facts = {"cell": cell, "unit": units[name], "amount": plain(amount)}
        warnings.setdefault(n, []).append(words % facts)
    if amount is not None and amount != values.rounded(amount, 4):
        errors[name] = _t("“%(typed)s”小到不足 1 元，请核对。") % {"typed": cell}
    return amount


# -- needs --------------------------------------------------------------------------------------------------------


def _needs(found: Checked, person: Person, day: date) -> None:
    units = {name: one for one in queries.may_be_told(person, day) for name in (one.code, one.name, one.label)}
    codes = [values.clean_code(one["project_code"]) for one in found.facts.values()]
    rows = Project.objects.visible_to(person, day).filter(code__in=[code for code in codes if code])
    projects = {one.code: one for one in rows}
    seen: dict[tuple[str, str, Decimal | None], int] = {}
    for number, facts in found.facts.items():
        errors = found.errors[number]
        for name in ("name", "purpose"):
            facts[name] = values.clean_text(facts[name])[:100]
            if not facts[name]:
                errors[name] = _t("没有填%(title)s。") % {"title": COLUMNS["needs"][name][0]}
        facts["unit"] = _known(facts["unit"], units, "unit", errors)
        facts["security"] = _known(facts["security"], {str(o.label): o.value for o in Security}, "security", errors)
        facts["months"] = _months(facts["months"], errors)
        facts["owner_code"] = values.clean_code(facts["owner_code"])
        if facts["owner_code"] and (why := owner_code_fault(facts["owner_code"])):
            errors["owner_code"] = why
        _of_project(facts, projects, errors)
        if "amount" not in errors and (facts["amount"] is None or facts["amount"] <= 0):
            errors["amount"] = _t("需求金额要大于 0。")
        key = (facts["name"], facts["purpose"], facts["amount"])
        if key in seen:
            errors["name"] = _t("和第 %(n)s 行是同一个需求，请只留一行。") % {"n": seen[key]}
        seen.setdefault(key, number)
        if not errors and (why := queries.known_refusal([Need(
            name=facts["name"], purpose=facts["purpose"], amount=facts["amount"], city_code=facts["unit"].city_code
        )])):  # fmt: skip
            errors["name"] = why


def _of_project(facts: dict[str, Any], projects: Mapping[str, Project], errors: dict[str, str]) -> None:
    code = values.clean_code(facts.pop("project_code"))
    facts["project"] = projects.get(code)
    if code and facts["project"] is None:
        errors["project_code"] = _t("项目库里没有代码 %(code)s 的项目。") % {"code": code}
    said = values.clean_text(facts["kind"])
    facts["kind"] = NeedKind.PROJECT if "项目" in said or (code and not said) else NeedKind.ENTERPRISE
    if code and facts["kind"] != NeedKind.PROJECT:
        errors["kind"] = _t("填了项目代码，需求类型应是重点项目。")
    project, amount = facts["project"], facts["amount"]
    if project and amount and amount > project.total_amount:
        errors["amount"] = _t("需求 %(need)s 万元大于项目总投资 %(total)s 万元，请核对单位是不是万元。") % {
            "need": plain(amount), "total": plain(project.total_amount),
        }  # fmt: skip


def _known(cell: object, known: Mapping[str, Any], name: str, errors: dict[str, str]) -> Any:
    """What the cell names; otherwise an error with what was typed."""
    typed = values.clean_text(cell)
    if typed not in known:
        errors[name] = _t("没有“%(typed)s”，可以填：%(known)s。") % {
            "typed": typed, "known": _t("、").join(dict.fromkeys(list(known)[:8])) or _t("（您没有可以填报的）"),
        }  # fmt: skip
    return known.get(typed)


def _months(cell: object, errors: dict[str, str]) -> int | None:
    text = values.clean_text(cell)
    try:
        years = text.endswith("年")
        found = values.to_integer(text.removesuffix("个月").removesuffix("月").removesuffix("年"))
    except Refused as why:
        errors["months"] = str(why)
        return None
    found = found * 12 if found and years else found
    if not found or not 1 <= found <= 480:
        errors["months"] = _t("期限请填 1 至 480 个月。")
    return found


# -- balances -----------------------------------------------------------------------------------------------------


def _balances(found: Checked, person: Person, day: date) -> None:
    cities = {post.unit.city_code for post in person.posts_on(day)}
    banks = list(Bank.objects.filter(city_code__in=cities).select_related("unit").order_by("name", "pk"))
    by_name = {word: one for one in banks for word in (one.name, one.code)}
    standing = queries.standing_balances(banks, found.month_on.year)
    seen: set[tuple[int, str]] = set()
    for number, facts in found.facts.items():
        errors = found.errors[number]
        bank = facts["bank"] = _known(facts["bank"], by_name, "bank", errors)
        said = values.clean_text(facts["loan_class"])
        code = next((one for one, words in SHORT.items() if any(word in said for word in words)), None)
        facts["loan_class"] = code
        if code is None:
            known = _t("、").join(str(one.label) for one in LoanClass)
            errors["loan_class"] = _t("没有“%(typed)s”，可以填：%(known)s。") % {"typed": said, "known": known}
        facts["written_amount"] = facts["written_amount"] or Decimal(0)
        for name in PARTS:
            if facts[name] is None and name not in errors:
                errors[name] = _t("没有填%(title)s；没有请填 0。") % {"title": COLUMNS["balances"][name][0]}
        if bank and not keeps(person, bank, day):
            errors["bank"] = _t("您的岗位不能填报%(bank)s的贷款余额。") % {"bank": bank}
        if not errors:
            _told(found, facts, errors, standing.get((bank.pk, str(code)), {}), (bank.pk, str(code)) in seen, day)
            seen.add((bank.pk, str(code)))


def _told(
    found: Checked, facts: Mapping[str, Any], errors: dict[str, str], months: Mapping[date, Balance], doubled: bool,
    day: date,
) -> None:  # fmt: skip
    row = Balance(
        month_on=found.month_on, loan_class=facts["loan_class"], **{name: facts[name] for name in PARTS}
    )  # fmt: skip
    why = queries.told_refusal(row, facts["bank"], months, False, doubled)
    if why:
        errors["bank"] = why
        return
    last = max((one for one in months if one < found.month_on), default=None)
    if why := balance_refusal(row, facts["bank"], day, months[last] if last else None):
        errors["end_amount" if gap_of(row) else "start_amount"] = why


def _totals(found: Checked, units: Mapping[str, str]) -> Iterable[str]:
    """Each 合计 against all rows; each 小计 against the rows between it and the one above or below."""
    numbers = [row.number for row in found.sheet.totals]
    for row in found.sheet.totals:
        words = next((values.clean_text(c) for c in row.cells[:3] if isinstance(c, str) and "计" in c), _t("合计"))
        before = max((n for n in numbers if n < row.number), default=0)
        after = min((n for n in numbers if n > row.number), default=10**9)
        above = [n for n in found.facts if before < n < row.number]
        groups = [above, [n for n in found.facts if row.number < n < after]]
        if "小" not in words:
            groups = [list(found.facts)]
        for name in MONEY[found.kind]:
            stated = _amount(_cell(row, found.mapping.get(name)), name, units, {}, {}, row.number)
            sums = [sum((found.facts[n][name] or Decimal(0) for n in group), Decimal(0)) for group in groups if group]
            gaps = [total_fault(stated, [one]) for one in sums] if stated is not None else []
            if gaps and None not in gaps:
                facts = {"n": row.number, "words": words, "title": COLUMNS[found.kind][name][0],
                         "stated": plain(stated), "sum": plain(sums[0]), "gap": plain(gaps[0])}  # type: ignore[arg-type]  # fmt: skip
                yield _t("第 %(n)s 行“%(words)s”：%(title)s写 %(stated)s，各行之和 %(sum)s，差 %(gap)s 万元。") % facts


def _notices(found: Checked, units: Mapping[str, str]) -> Iterable[str]:
    """What people should know about the whole sheet: its unit, and whether it is this month's."""
    above = found.sheet.unit
    if above and above not in values.MONEY_UNITS:
        yield _t("表上写的单位是%(unit)s，不是金额的单位；按万元读取，请核对。") % {"unit": above}
    if not above and not any(_IN_HEADER.search(header) for header in found.sheet.headers):
        yield _t("表上没有写单位，按万元读取。")
    for name, unit in units.items():
        if name in found.mapping and unit != (above or "万元"):
            title = COLUMNS[found.kind][name][0]
            yield _t("“%(title)s”一列按表头写的%(unit)s读取，折合成万元。") % {"title": title, "unit": unit}
    for line in found.sheet.title_rows if found.kind == "balances" else ():
        said = _MONTH.search(line)
        if said and (int(said[2]), int(said[1] or found.month_on.year)) != (found.month_on.month, found.month_on.year):
            words = _t("表名写的是“%(words)s”，您选的是 %(month)s，请确认没有传错表。")
            yield words % {"words": said[0], "month": f"{found.month_on:%Y-%m}"}


# -- out ----------------------------------------------------------------------------------------------------------


def marked(found: Checked) -> bytes:
    """The person's own sheet with the wrong cells tinted."""
    last = len(found.sheet.headers)
    marks = {
        (number, found.mapping.get(name, last)): sentence
        for number, errors in found.errors.items() for name, sentence in errors.items()
    }  # fmt: skip
    return spreadsheets.marked_copy(found.sheet, marks)


def blank(kind: str, banks: Iterable[Bank]) -> bytes:
    """A sheet to fill in; of balances with a line for each bank and class."""
    columns = [
        spreadsheets.Column(str(title), 28 if name in {"name", "bank", "purpose"} else 16,
                            "money" if name in MONEY[kind] else "text", None, "")
        for name, (title, _words) in COLUMNS[kind].items()
    ]  # fmt: skip
    rows: Sequence[Sequence[Any]] = []
    if kind == "balances":
        rows = [[bank.name, str(one.label), *([None] * 5)] for bank in banks for one in LoanClass]
    target = BytesIO()
    heading = [str(KINDS[kind]), _t("单位：万元")]
    spreadsheets.write(target, str(KINDS[kind])[:30], columns=columns, rows=rows, heading_lines=heading)
    return target.getvalue()
