"""The library as a spreadsheet: what the page shows, with the facts beside it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.kit import spreadsheets
from luodi.kit.values import rounded
from luodi.projects.models import ListKind, MilestoneKind, Project, Status, Tier
from luodi.projects.rules import completion

Cell = Callable[[Project, Mapping[str, str]], Any]
#: header, width, kind, what stands in the cell (project, words of industries)
COLUMNS: list[tuple[Any, int, str, Cell]] = [
    (_("项目名称"), 34, "text", lambda row, _w: row.name),
    (_("项目代码"), 26, "text", lambda row, _w: row.code),
    (_("级别"), 8, "text", lambda row, _w: str(Tier(row.tier).label)),
    (_("类型"), 10, "text", lambda row, _w: str(ListKind(row.list_kind).label) if row.list_kind else ""),
    (_("责任单位"), 20, "text", lambda row, _w: row.unit.full_label),
    (_("建设单位"), 28, "text", lambda row, _w: row.owner),
    (_("统一社会信用代码"), 22, "text", lambda row, _w: row.owner_code),
    (_("行业"), 12, "text", lambda row, words: words.get(row.industry, row.industry)),
    (_("建设地点"), 20, "text", lambda row, _w: row.site),
    (_("总投资"), 14, "money", lambda row, _w: row.total_amount),
    (_("年度计划投资"), 14, "money", lambda row, _w: row.plan_amount),
    (_("本年累计完成"), 14, "money", lambda row, _w: row.year_amount),
    (_("占年计划%"), 10, "decimal", lambda row, _w: _share(row)),
    (_("自开工累计完成"), 14, "money", lambda row, _w: row.done_amount),
    (_("填报至"), 10, "text", lambda row, _w: f"{row.month_on:%Y-%m}" if row.month_on else ""),
    (_("计划开工时间"), 12, "date", lambda row, _w: row.due_on),
    (_("实际开工时间"), 12, "date", lambda row, _w: row.started_on),
    (_("所处环节"), 12, "text", lambda row, _w: str(MilestoneKind(row.reached).label) if row.reached else ""),
    (_("状态"), 10, "text", lambda row, _w: str(Status(row.status).label)),
    (_("落地日期"), 12, "date", lambda row, _w: row.landed_on),
    (_("形象进度"), 30, "text", lambda row, _w: row.progress),
    (_("存在问题"), 30, "text", lambda row, _w: row.obstacle),
]


def _share(row: Project) -> Any:
    found = completion(row)
    return None if found is None else rounded(found, 1)


def write(
    target: str | IO[bytes], rows: Iterable[Project], industries: Mapping[str, str], heading: Sequence[str]
) -> int:
    """The projects as .xlsx, amounts in 万元; the number of rows written."""
    columns = [spreadsheets.Column(str(title), width, kind) for title, width, kind, _cell in COLUMNS]
    lines = ([cell(row, industries) for _t1, _w, _k, cell in COLUMNS] for row in rows)
    above = [*heading, _t("单位：万元")]
    return spreadsheets.write(target, _t("项目库"), columns=columns, rows=lines, heading_lines=above)
