"""What of a checked monthly sheet is imported, and why not."""

from collections.abc import Iterable
from enum import StrEnum

from django.utils.translation import gettext as _

from luodi.progress.models import MonthlySheet

MOST_ROWS = 2_000  # a county has some hundred projects; a longer sheet is another one


class Scope(StrEnum):
    """Which rows to import."""

    ALL = "all"  # every row; refused while one has an error or a sub-total differs
    GOOD = "good"  # the rows without errors


def hindrance(sheet: MonthlySheet, scope: str, missing: Iterable[str]) -> str | None:
    """Why its rows cannot be imported this way."""
    if not sheet.is_open:
        return _("这张表已经导入。")
    if lacking := _("、").join(missing):
        return _("表头里没有这些必须有的列：%(titles)s。") % {"titles": lacking}
    if not sheet.row_count:
        return _("表里没有数据行。")
    if scope == Scope.ALL and sheet.bad_count:
        return _("还有 %(n)s 行有错；请改正，或者只导入无误的行。") % {"n": sheet.bad_count}
    if scope == Scope.ALL and sheet.totals:
        return _("合计、小计与各行之和对不上，请核对。")
    return None if sheet.good_count else _("没有可以导入的行。")
