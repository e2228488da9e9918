"""Reads for notices: what is new, who is there, what a person chose, and the words of a digest or a group's message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet, Subquery
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from luodi.journal.models import Entry
from luodi.kit.clock import local_day
from luodi.kit.pages import Count, capped_count
from luodi.notices.models import SENTENCES, Choice, Delivery, Kind, Mark, Notice
from luodi.notices.rules import GAP_PATIENCE, GROUP_LINES, SOON_DAYS, Roster
from luodi.orgs.models import BUSINESS_ROLES, Person, Post
from luodi.problems.models import Problem

SPREAD, REMIND, DIGEST = "spread", "remind", "digest"
MAIL_ROWS = 50


def has_news(at: datetime) -> bool:
    """Whether the journal holds entries nobody was told of yet. One query by two keys; two while an id is missing."""
    newest = Entry.objects.order_by("-pk").values("pk")[:1]
    mark = Mark.objects.filter(name=SPREAD).annotate(newest=Subquery(newest)).first()
    if mark is None or (mark.newest or 0) > mark.last_entry:
        return True
    waited_for = [pk for pk, since in mark.gaps if at.timestamp() - since < GAP_PATIENCE]
    return bool(waited_for) and Entry.objects.filter(pk__in=waited_for).exists()


def done_on(name: str, day: date) -> bool:
    """Whether a daily duty is done for this day. One query."""
    mark = Mark.objects.filter(name=name).first()
    return mark is not None and timezone.localtime(mark.moved_at).date() >= day


def new_ids(mark: Mark, limit: int) -> list[int]:
    """The next journal ids to tell of, ascending: late ones that filled a gap, then new ones."""
    wanted = Q(pk__gt=mark.last_entry)
    if mark.gaps:
        wanted |= Q(pk__in=[pk for pk, _since in mark.gaps])
    return list(Entry.objects.filter(wanted).order_by("pk").values_list("pk", flat=True)[:limit])


def roster(day: date) -> Roster:
    """Everybody who holds a business post on that day and may sign in."""
    rows = Post.objects.filter(Q(ends_on=None) | Q(ends_on__gt=day), role__in=BUSINESS_ROLES, person__is_active=True)
    rows = rows.filter(starts_on__lte=day).select_related("person", "unit").order_by("pk")
    people: dict[int, Person] = {}
    posts = [post for post in rows if post.in_force(day)]
    for post in posts:
        post.person = people.setdefault(post.person_id, post.person)
    return Roster(posts)


def seen_by(person: Person, problems: Iterable[int], day: date) -> set[int]:
    """Which of these problems the person may see."""
    return set(Problem.objects.visible_to(person, day).filter(pk__in=list(problems)).values_list("pk", flat=True))


def choices(people: Iterable[int]) -> dict[tuple[int, str], tuple[bool, bool]]:
    """(in the site, by e-mail) of these people by (person, kind), where they chose."""
    rows = Choice.objects.filter(person__in=list(people)).values_list("person_id", "kind", "in_site", "by_mail")
    return {(person, kind): (in_site, by_mail) for person, kind, in_site, by_mail in rows}


def choices_of(person: Person) -> dict[str, tuple[bool, bool]]:
    """What one person chose, by kind."""
    return {kind: ways for (_person, kind), ways in choices([person.pk]).items()}


def near_limit(day: date) -> QuerySet[Problem]:
    """Problems in work whose limit is near or past: those a unit has to move itself."""
    with_unit = ["assigned", "claimed", "rectifying", "returned"]
    rows = Problem.objects.filter(status__in=with_unit, due_on__lte=day + timedelta(days=SOON_DAYS))
    return rows.select_related("unit", "handler").order_by("pk")


def mine(person: Person) -> QuerySet[Notice]:
    """What a person is told in the site."""
    return Notice.objects.filter(person=person, in_site=True)


def unread(person: Person) -> Count:
    """How many notices wait, counted up to 99. One query by one index."""
    return capped_count(mine(person).filter(unread=True), 99)


def readable(notices: Sequence[Notice], person: Person, day: date) -> list[tuple[Notice, bool]]:
    """Each notice, and whether the person may still see its problem."""
    seen = seen_by(person, {n.problem_id for n in notices}, day) if notices else set()
    return [(n, n.problem_id in seen) for n in notices]


def to_mail(at: datetime) -> QuerySet[Notice]:
    """Unread notices that were not mailed yet, of people with an address."""
    rows = Notice.objects.filter(by_mail=True, unread=True, mailed_at=None, made_at__lte=at)
    return rows.filter(person__is_active=True).exclude(person__email="")


@dataclass(frozen=True)
class Letter:
    """A digest ready to be sent, and the notices it tells of."""

    subject: str
    text: str
    html: str
    notices: list[int]


def letter(person: Person, at: datetime) -> Letter | None:
    """One person's digest in the person's language; None when nothing is left to tell."""
    rows = list(to_mail(at).filter(person=person).select_related("problem").order_by("-pk"))
    day = local_day(at)
    told = [notice for notice, seen in readable(rows, person, day) if seen]
    if not told:
        return None
    with translation.override(person.language or settings.LANGUAGE_CODE):
        context: dict[str, Any] = {
            "notices": told[:MAIL_ROWS],
            "total": len(told),
            "more": max(0, len(told) - MAIL_ROWS),
            "day": day,
            "site": settings.LUODI_SITE_URL,
            "kinds": [(kind.label, [n for n in told[:MAIL_ROWS] if n.kind == kind]) for kind in Kind],
        }
        subject = _("落地督办：%(n)s条未读通知（%(day)s）") % {"n": len(told), "day": day.isoformat()}
        text = render_to_string("notices/digest.txt", context).strip() + "\n"
        html = render_to_string("notices/digest.html", context)
    return Letter(subject, text, html, [n.pk for n in told])


def group_message(delivery: Delivery) -> str:
    """What a group is told: at most five lines, then how many more, and where to look. In the site's language."""
    problems = Problem.objects.select_related("unit").in_bulk([pk for _verb, pk in delivery.lines])
    with translation.override(settings.LANGUAGE_CODE):
        lines = [_("【落地督办】")]
        for verb, pk in delivery.lines[:GROUP_LINES]:
            lines.append(_group_line(verb, problems.get(pk)))
        if more := len(delivery.lines) - GROUP_LINES:
            lines += [_("另有%(n)s条，请登录查看。") % {"n": more}] if more > 0 else []
        if settings.LUODI_SITE_URL:
            lines.append(settings.LUODI_SITE_URL + reverse("problems:ledger"))
    return "\n".join(lines)


def _group_line(verb: str, problem: Problem | None) -> str:
    sentence = str(SENTENCES[verb])
    if problem is None:
        return sentence
    title = problem.title if len(problem.title) <= 40 else problem.title[:39] + "…"
    due = _("时限%(day)s。") % {"day": problem.due_on.isoformat()} if problem.due_on else ""
    return f"{problem.code}（{problem.unit.short_name}）{title}：{sentence}{due}"
