"""When an application cannot be made or approved: pure comparisons, each answers None or the sentence."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from luodi.amendments.models import Amendment, Kind
from luodi.orgs.models import Person
from luodi.problems.models import OUT, Problem

MOST_EXTENSIONS = 2  # approved ones; issue 3: «at most two, with reason and approval»
# kind → the act of the problem's table that asks for it, and the one an approval carries out
ASKS: Mapping[str, str] = {Kind.EXTENSION: "ask_extension", Kind.MERGE: "ask_merge", Kind.VOID: "ask_void"}
EFFECTS: Mapping[str, str] = {Kind.EXTENSION: "extend", Kind.MERGE: "merge", Kind.VOID: "void"}


def extension_refusal(problem: Problem, new_due_on: date, approved: int, day: date) -> str | None:
    """Why this problem cannot have until `new_due_on`; `approved` extensions it has had before."""
    if approved >= MOST_EXTENSIONS:
        return _("这一件已经批准延期 %(n)s 次，最多 %(most)s 次，不能再延期。") % {
            "n": approved,
            "most": MOST_EXTENSIONS,
        }
    if problem.due_on and new_due_on <= problem.due_on:
        return _("延期后的时限要晚于现在的时限 %(due)s。") % {"due": problem.due_on}
    if new_due_on < day:
        return _("延期后的时限 %(due)s 早于今天。") % {"due": new_due_on}
    return None


def merge_refusal(problem: Problem, into: Problem) -> str | None:
    """Why `problem` cannot be merged into `into`: both of one campaign and place, the other still in the ledger."""
    if problem.pk == into.pk:
        return _("不能并入自己，请填另一件的编号。")
    if (problem.campaign_id, problem.city_code, problem.county_code) != (
        into.campaign_id,
        into.city_code,
        into.county_code,
    ):
        return _("%(code)s 不是同一活动、同一地方的问题，不能并入。") % {"code": into.code}
    if into.status in OUT:
        return _("%(code)s 现在是“%(status)s”，不能并入。") % {
            "code": into.code,
            "status": into.get_status_display(),
        }
    return None


def decision_refusal(amendment: Amendment, actor: Person) -> str | None:
    """Why this person cannot decide it now: it is decided, or the person has asked for it."""
    if amendment.decided_on is not None:
        return _("这项申请 %(name)s 已于 %(day)s 批复。") % {
            "name": amendment.decided_by,
            "day": amendment.decided_on,
        }
    if amendment.asked_by_id == actor.pk:
        return _("您是申请人，要由专班办的另一位同志来批。")
    return None
