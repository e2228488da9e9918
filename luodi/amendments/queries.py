"""What waits for the office, how a problem's applications stand, and desks that change hands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from luodi.amendments.models import Amendment, AmendmentSet, Urge
from luodi.orgs.models import Person, Post, Role, Unit, UnitKind
from luodi.orgs.rules import may
from luodi.problems.models import Problem
from luodi.problems.queries import handed_over_by
from luodi.problems.rules import OFFICE

MOST_AT_ONCE = 200  # applications decided together


def decides(person: Person, problem: Problem, day: date) -> bool:
    """Whether the person's posts allow deciding about this problem (the city's office)."""
    return may(person, [OFFICE], problem, day)


def with_names(rows: AmendmentSet) -> AmendmentSet:
    """With what a list of applications shows."""
    return rows.select_related("problem__unit", "into", "asked_by", "decided_by")


def _cities(person: Person, day: date) -> list[str]:
    """The cities whose office this person is of."""
    posts = person.posts_on(day)
    return [p.unit.city_code for p in posts if p.role == Role.OFFICE and p.unit.kind == UnitKind.CITY]


def decides_somewhere(person: Person, day: date) -> bool:
    """Whether the person decides applications at all."""
    return bool(_cities(person, day))


def waiting(person: Person, day: date) -> AmendmentSet:
    """Applications this person may decide, longest waiting first; one's own are somebody else's to decide."""
    rows = Amendment.objects.undecided().filter(problem__city_code__in=_cities(person, day)).exclude(asked_by=person)
    return with_names(rows).order_by("asked_at", "pk")


def picked(person: Person, day: date, marks: Sequence[str]) -> tuple[list[Amendment], dict[int, int]]:
    """Applications marked «pk:version of the problem» in the list, decided meanwhile or not; and these versions."""
    pairs = [mark.partition(":") for mark in marks[:MOST_AT_ONCE]]
    seen = {int(pk): int(version) for pk, _sign, version in pairs if pk.isdecimal() and version.isdecimal()}
    mine = Amendment.objects.filter(problem__city_code__in=_cities(person, day), pk__in=seen)
    return list(with_names(mine).order_by("asked_at", "pk")), seen


def listed(person: Person, day: date, decided: bool) -> AmendmentSet:
    """Applications about problems this person may see: those that wait, or those decided."""
    rows = with_names(Amendment.objects.visible_to(person, day))
    return rows.exclude(decided_on=None) if decided else rows.undecided()


@dataclass(frozen=True)
class Standing:
    """A problem's applications, those that wait first, and its urgings, newest first."""

    waiting: list[Amendment]
    decided: list[Amendment]
    urges: list[Urge]


def standing(problem: Problem) -> Standing:
    """How the applications about this problem stand."""
    rows = list(with_names(Amendment.objects.filter(problem=problem)).order_by("-asked_at", "-pk"))
    urges = Urge.objects.filter(problem=problem).select_related("urged_by").order_by("-urged_on", "-pk")
    return Standing([r for r in rows if r.approved is None], [r for r in rows if r.approved is not None], list(urges))


@dataclass(frozen=True)
class Desk:
    """What one person handles at one unit, and until when the post there is held (None: no end is known)."""

    person: Person
    unit: Unit
    count: int
    held: bool
    ends_on: date | None

    @property
    def leaves(self) -> bool:
        """The post has ended or will end."""
        return not self.held or self.ends_on is not None


def desks(actor: Person, day: date) -> list[Desk]:
    """Whose open problems this person may give to others; those whose post ends or has ended come first."""
    held = handed_over_by(actor, day).values("handler", "unit").annotate(n=Count("pk")).order_by("unit", "handler")
    counts = {(row["handler"], row["unit"]): row["n"] for row in held}
    people = Person.objects.in_bulk([person for person, _unit in counts])
    units = Unit.objects.in_bulk([unit for _person, unit in counts])
    posts = _clerk_posts(people, units, day)
    found = []
    for (person, unit), n in counts.items():
        post = posts.get((person, unit))
        found.append(Desk(people[person], units[unit], n, post is not None, post.ends_on if post else None))
    return sorted(found, key=lambda desk: (not desk.leaves, desk.unit.sort_key, desk.unit.pk, desk.person.pk))


def _clerk_posts(people: Iterable[int], units: Iterable[int], day: date) -> dict[tuple[int, int], Post]:
    """(person, unit) → the clerk's post in force on that day; of several, the one held longest."""
    rows = Post.objects.filter(person__in=people, unit__in=units, role=Role.CLERK, starts_on__lte=day)
    rows = rows.filter(Q(ends_on=None) | Q(ends_on__gt=day)).order_by(F("ends_on").asc(nulls_last=True), "pk")
    return {(post.person_id, post.unit_id): post for post in rows if post.in_force(day)}


def successors(unit: Unit, person: Person, day: date) -> "QuerySet[Person]":
    """Who may take over: the unit's other clerks in force on that day."""
    posts = Post.objects.filter(unit=unit, role=Role.CLERK, starts_on__lte=day).exclude(ends_on__lte=day)
    posts = posts.exclude(proposed_by__isnull=False, approved_by=None)
    rows = Person.objects.filter(pk__in=posts.values("person"), is_active=True).exclude(pk=person.pk)
    return rows.order_by("name", "pk")
