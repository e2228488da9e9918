"""The columns of the list, one table for page, paper and sheet; and the sheet with exactly what the page shows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.campaigns.models import Batch, Campaign
from luodi.flow.rules import Words
from luodi.kit import spreadsheets
from luodi.orgs.models import Person, Role, UnitKind
from luodi.problems.models import Problem, Source, Status
from luodi.problems.queries import sees_names


@dataclass(frozen=True)
class Reader:
    """Who reads the list, on which day, and what its places and batches are called."""

    person: Person
    day: date
    scope: Campaign
    counties: Mapping[str, str]


@dataclass(frozen=True)
class Column:
    """`value` is what stands in the sheet and, as words, on the page; `css` where it goes on a phone's card.

    `beside` is a second column of the sheet. `choices` become a drop-down. `own` holds what people typed, in Chinese.
    """

    label: Words
    value: Callable[[Problem, Reader], Any]
    css: str = ""
    sort: str = ""
    width: int = 14
    kind: str = "text"
    choices: Callable[[Campaign], list[str]] | None = None
    beside: tuple[Words, Callable[[Problem, Reader], str]] | None = None
    own: bool = False
    private: bool = False


def _county(row: Problem, reader: Reader) -> str:
    return reader.counties.get(row.county_code) or row.unit.label


def _name(row: Problem, reader: Reader) -> str:
    return row.responsible_name if sees_names(reader.person, row, reader.day) else ""


def _evidence(row: Problem, reader: Reader) -> str:
    return f"{row.evidence_have}/{row.evidence_need}" if row.evidence_need else ""


def _left(row: Problem, reader: Reader) -> str:
    """The light in words."""
    if row.due_on is None or row.voided_on:
        return ""
    left = (row.due_on - (row.closed_on or reader.day)).days
    if row.closed_on:
        return _t("超期 %(n)s 天销号") % {"n": -left} if left < 0 else _t("按时销号")
    if left < 0:
        return _t("逾期 %(n)s 天") % {"n": -left}
    return _t("剩 %(n)s 天") % {"n": left} if left else _t("今天到期")


def _labels(labels: Iterable[Any]) -> list[str]:
    return [str(label) for label in labels]


YES_NO = (_("是"), _("否"))
COLUMNS: Mapping[str, Column] = {
    "code": Column(_("编号"), lambda row, _r: row.code, "nw m-tl", "code"),
    "county": Column(_("县市区"), _county, "nw m-no", "county"),
    "title": Column(_("问题"), lambda row, _r: row.title, "", width=34, own=True),
    "project": Column(_("项目"), lambda row, _r: row.project_name, "wide", width=26, own=True),
    "category": Column(_("类别"), lambda row, _r: row.category.label, "nw-zh m-no", width=18),
    "lead": Column(_("市直责任单位"), lambda row, _r: getattr(row.lead_unit, "label", ""), "nw-zh m-no", width=18),
    "unit": Column(_("责任单位"), lambda row, _r: row.unit.label, "nw-zh", width=18),
    "status": Column(
        _("状态"), lambda row, _r: Status(row.status).label, "m-tr", choices=lambda _c: _labels(Status.labels)
    ),
    "evidence": Column(_("证据"), _evidence, "m-br", width=8),
    "due": Column(_("时限"), lambda row, _r: row.due_on, "nw m-bl", "due", kind="date", beside=(_("时限提示"), _left)),
    "batch": Column(
        _("批次"), lambda row, r: r.scope.batch_label(row.batch), "nw-zh", width=20,
        choices=lambda c: [c.batch_label(code) for code in Batch.values],
    ),
    "source": Column(
        _("问题来源"), lambda row, _r: Source(row.source).label, "nw-zh", choices=lambda _c: _labels(Source.labels)
    ),
    "found": Column(_("发现日期"), lambda row, _r: row.found_on, "nw", "found", kind="date"),
    "closed": Column(_("销号日期"), lambda row, _r: row.closed_on, "nw", kind="date"),
    "owner": Column(_("项目单位"), lambda row, _r: row.project_owner, width=22, own=True),
    "project_code": Column(_("项目代码"), lambda row, _r: row.project_code, "nw", width=26),
    "priority": Column(
        _("重点难点"), lambda row, _r: str(YES_NO[not row.is_priority]), "nw", choices=lambda _c: _labels(YES_NO)
    ),
    "returns": Column(_("退回次数"), lambda row, _r: row.return_count, "num", kind="integer", width=9),
    "handler": Column(_("经办人"), lambda row, _r: row.handler.name if row.handler else "", "nw", width=10, own=True),
    "responsible": Column(_("责任人"), _name, "nw", width=10, own=True, private=True),
}  # fmt: skip
ALWAYS = ("code", "title")  # without them nobody knows which problem a row is
USUAL = ("code", "county", "title", "project", "category", "lead", "status", "evidence", "due")


def offered(person: Person, day: date) -> list[str]:
    """The columns this person may choose: names of people only who may read them on some row."""
    posts = person.posts_on(day)
    names = any(post.role == Role.OFFICE or post.unit.kind != UnitKind.CITY for post in posts)
    return [name for name, column in COLUMNS.items() if names or not column.private]


def chosen(wanted: Iterable[str], person: Person, day: date) -> list[str]:
    """Columns asked for that this person may see, in the table's order; the usual ones when nothing was asked for."""
    asked = {*wanted}
    if not asked:
        return list(USUAL)
    return [name for name in offered(person, day) if name in asked or name in ALWAYS]


def write(
    target: str | IO[bytes], columns: Sequence[str], rows: Iterable[Problem], reader: Reader, heading: Sequence[str]
) -> int:
    """The rows as .xlsx with drop-downs under headings that say what they are; the number of rows written."""
    drawn: list[spreadsheets.Column] = []
    readers: list[Callable[[Problem, Reader], Any]] = []
    for column in (COLUMNS[name] for name in columns):
        choices = column.choices(reader.scope) if column.choices else None
        drawn.append(spreadsheets.Column(str(column.label), column.width, column.kind, choices))
        readers.append(column.value)
        if column.beside:
            drawn.append(spreadsheets.Column(str(column.beside[0]), 14))
            readers.append(column.beside[1])
    values = ([_plain(read(row, reader)) for read in readers] for row in rows)
    return spreadsheets.write(target, _t("问题台账"), columns=drawn, rows=values, heading_lines=heading)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | date) else str(value)
