"""Batches and the journal of quota as spreadsheets (domain.md 4.2 no. 9), areas in hectares with mu beside them."""

from collections.abc import Callable, Iterable, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.kit import spreadsheets
from luodi.land.models import Batch, BatchStatus, Posting, PostingKind
from luodi.land.rules import to_mu

Cell = Callable[[Any], Any]
#: header, width, kind, what stands in the cell
BATCHES: list[tuple[Any, int, str, Cell]] = [
    (_("批次名称"), 34, "text", lambda row: row.name),
    (_("批次号"), 16, "text", lambda row: row.code),
    (_("责任单位"), 22, "text", lambda row: row.unit.full_label),
    (_("用地面积"), 12, "decimal", lambda row: row.area),
    (_("其中农用地"), 12, "decimal", lambda row: row.farm_area),
    (_("其中耕地"), 12, "decimal", lambda row: row.arable_area),
    (_("其中水田"), 12, "decimal", lambda row: row.paddy_area),
    (_("其中建设用地"), 12, "decimal", lambda row: row.build_area),
    (_("其中未利用地"), 12, "decimal", lambda row: row.unused_area),
    (_("折合亩"), 12, "decimal", lambda row: to_mu(row.area)),
    (_("申报日期"), 12, "date", lambda row: row.submitted_on),
    (_("批准文号"), 24, "text", lambda row: row.approved_paper),
    (_("批准日期"), 12, "date", lambda row: row.approved_on),
    (_("占补挂钩（公顷）"), 14, "decimal", lambda row: row.linked_area),
    (_("状态"), 10, "text", lambda row: str(BatchStatus(row.status).label)),
]
JOURNAL: list[tuple[Any, int, str, Cell]] = [
    (_("凭证"), 8, "integer", lambda row: row.pk),
    (_("日期"), 12, "date", lambda row: row.posted_on),
    (_("类型"), 8, "text", lambda row: str(PostingKind(row.kind).label)),
    (_("责任单位"), 22, "text", lambda row: row.unit.full_label),
    (_("数量"), 12, "decimal", lambda row: row.area),
    (_("水田"), 12, "decimal", lambda row: row.paddy),
    (_("产能（公斤）"), 14, "decimal", lambda row: row.capacity),
    (_("补充耕地项目"), 30, "text", lambda row: row.lot.name if row.lot else ""),
    (_("核销用途"), 30, "text", lambda row: (row.batch or row.project or "") and (row.batch or row.project).name),
    (_("文号"), 24, "text", lambda row: row.paper),
    (_("事由"), 30, "text", lambda row: row.reason),
    (_("经办人"), 10, "text", lambda row: row.posted_by.name),
    (_("冲正日期"), 12, "date", lambda row: row.ended_on),
]


def write_batches(target: str | IO[bytes], rows: Iterable[Batch], heading: Sequence[str]) -> int:
    """The batches as .xlsx; the number of rows written."""
    return _write(target, _t("批次用地"), BATCHES, rows, heading)


def write_journal(target: str | IO[bytes], rows: Iterable[Posting], heading: Sequence[str]) -> int:
    """The movements of quota as .xlsx; the number of rows written."""
    return _write(target, _t("指标流水"), JOURNAL, rows, heading)


def _write(
    target: str | IO[bytes], name: str, wanted: Sequence[tuple[Any, int, str, Cell]], rows: Iterable[Any],
    heading: Sequence[str],
) -> int:  # fmt: skip
    columns = [spreadsheets.Column(str(title), width, kind) for title, width, kind, _cell in wanted]
    lines = ([cell(row) for _title, _width, _kind, cell in wanted] for row in rows)
    above = [*heading, _t("单位：公顷")]
    return spreadsheets.write(target, name, columns=columns, rows=lines, heading_lines=above)
