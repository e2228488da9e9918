"""What of a checked sheet is imported, and why not."""

from collections.abc import Iterable
from enum import StrEnum

from django.utils.translation import gettext as _

from luodi.intake.models import ImportBatch, State

AT_ONCE = 300  # fewer rows are registered inside the request
CHECK_AT_ONCE = 2_000  # fewer rows are checked inside the request
CHUNK = 1_000  # rows in one transaction of a job


class Scope(StrEnum):
    """Which rows to import."""

    ALL = "all"  # every row; refused while one has an error
    GOOD = "good"  # the rows without errors
    FRESH = "fresh"  # without errors and without suspected duplicates


def state_refusal(batch: ImportBatch) -> str | None:
    """Why this import can no longer be changed or run."""
    if batch.is_open:
        return None
    words = {
        State.CHECKING: _("这张表正在检查，请稍候。"),
        State.RUNNING: _("这张表正在导入，请稍候。"),
        State.UNDOING: _("这次导入正在撤销，请稍候。"),
        State.UNDONE: _("这次导入已经撤销，请重新上传。"),
    }
    return words.get(State(batch.state), _("这张表已经导入。"))


def check_refusal(batch: ImportBatch) -> str | None:
    """Why nothing of it can be imported yet: its check did not come to an end."""
    return _("这张表还没有查完，请点“按新的对列重新检查”。") if batch.is_unchecked else None


def undo_refusal(batch: ImportBatch, touched: int, first: str) -> str | None:
    """Why this import cannot be undone: something was done to `touched` of its problems, `first` among them."""
    if touched:
        return _("%(code)s已经有人办理，共 %(n)s 件；整批不能撤销，请逐件作废。") % {"code": first, "n": touched}
    if batch.is_imported:
        return None
    return _("这张表还没有导入。") if batch.is_open else state_refusal(batch)


def scope_refusal(scope: str, rows: int, bad: int, chosen: int, missing: Iterable[str] = ()) -> str | None:
    """Why rows cannot be imported this way: of `rows`, `bad` have errors and `chosen` would be taken."""
    lacking = _("、").join(missing)
    if lacking:
        return _("还没有对上这些必填的列：%(titles)s。") % {"titles": lacking}
    if not rows:
        return _("表里没有数据行。")
    if scope == Scope.ALL and bad:
        return _("还有 %(n)s 行有错；请改正，或者只导入无误的行。") % {"n": bad}
    return None if chosen else _("没有可以导入的行。")
