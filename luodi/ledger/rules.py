"""What a list can be: its named views and orders; which acts can be done on many of its rows, and by whom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from luodi.flow.rules import Words
from luodi.orgs.models import Person, Post, Role, UnitKind
from luodi.orgs.rules import Reach
from luodi.problems.models import UNFINISHED
from luodi.problems.rules import FLOW

NEAR = 15  # days ahead (limits) and back (closed) that the view «recent» looks


@dataclass(frozen=True)
class View:
    """A named list: its tab, its condition, and what it holds in words where the name does not say it.

    `words` narrow the list and can be dropped like a condition; `holds` says what else is in it.
    """

    name: Words
    condition: Callable[[Person, date], Q]
    words: Words = ""
    holds: Words = ""


def _recent(person: Person, day: date) -> Q:
    due = Q(due_on=None) | Q(due_on__lte=day + timedelta(days=NEAR))
    return (UNFINISHED & due) | Q(closed_on__gte=day - timedelta(days=NEAR))


VIEWS: Mapping[str, View] = {
    "recent": View(_("近期事项"), _recent, _("15 天内到期、逾期或未定时限，含近 15 天销号")),
    "all": View(_("全部"), lambda person, day: Q(), holds=_("含已并案、已作废")),
    "overdue": View(_("逾期"), lambda person, day: UNFINISHED & Q(due_on__lt=day)),
    "open": View(_("未销号"), lambda person, day: UNFINISHED),
    "mine": View(_("我经办"), lambda person, day: Q(handler=person)),
    "priority": View(pgettext_lazy("view", "重点难点"), lambda person, day: Q(is_priority=True)),
}

# Each order is that of a composite index of Problem (with the equality on city, county or campaign before it).
SORTS: Mapping[str, tuple[Words, tuple[str, ...]]] = {
    "due": (_("时限，近的在前"), ("due_on", "pk")),
    "-due": (_("时限，远的在前"), ("-due_on", "-pk")),
    "code": (_("编号，小的在前"), ("code", "pk")),
    "-code": (_("编号，大的在前"), ("-code", "-pk")),
    "county": (_("县市区"), ("county_code", "-found_on", "-pk")),
    "-county": (_("县市区，倒序"), ("-county_code", "found_on", "pk")),
    "-found": (_("发现日期，新的在前"), ("-found_on", "-pk")),
    "found": (_("发现日期，早的在前"), ("found_on", "pk")),
}


@dataclass(frozen=True)
class Bulk:
    """An act that can be done on many rows: its icon, and the fields it asks for with what to say beside them."""

    icon: str
    asks: Mapping[str, Words] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    bad: bool = False


# The acts themselves, their grants and conditions are those of one problem: FLOW.
BULK: Mapping[str, Bulk] = {
    "assign": Bulk(
        "send",
        {"lead_unit": _("责任单位仍是各件登记的单位"), "due_on": _("不填就按各件整改标准的时限算")},
    ),
    "urge": Bulk("speakerphone", {"reason": _("催办内容，会留痕并通知承办单位")}),
    "ask_extension": Bulk(
        "calendar-due",
        {"due_on": _("逐件提出延期申请，由市专班办另一位同志批准"), "reason": ""},
        frozenset({"due_on"}),
    ),
    "send_back": Bulk("arrow-back-up", {"due_on": _("不填就沿用各件原来的时限"), "reason": ""}, bad=True),
}
AT_ONCE = 200  # rows of a bulk act done in the request; more go to a job
MOST = 20_000  # rows of one bulk act
SHEET_AT_ONCE = 5_000  # rows of an export made in the request
PRINTED = 2_000  # rows on one page for paper: some 60 sheets
VIEWS_EACH = 12  # saved views of one person, and of one office


def bulk_acts(person: Person, day: date) -> list[str]:
    """The acts this person's posts could do on some row; a reader has none."""
    return [
        name
        for name in BULK
        if any(
            post.role == role and _can_reach(post, reach)
            for role, reach in FLOW.acts[name].grants
            for post in person.posts_on(day)
        )
    ]


def _can_reach(post: Post, reach: Reach) -> bool:
    """Whether a post of this unit can reach any row in this way."""
    if reach is Reach.COUNTY:
        return bool(post.unit.county_code)
    if reach in {Reach.CITY, Reach.LEAD}:
        return not post.unit.county_code and (reach is Reach.CITY or post.unit.kind == UnitKind.CITY_DEPT)
    return True


def shares(person: Person, day: date) -> list[Post]:
    """The office posts by which this person shares views and keeps the shared ones."""
    return [post for post in person.posts_on(day) if post.role == Role.OFFICE]
