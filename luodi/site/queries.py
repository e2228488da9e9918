"""Search over everything a person may see: problems, documents, units, indicators, pages; a few of each."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Case, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from luodi.amendments import queries as amendments
from luodi.documents.models import Document
from luodi.flow.rules import Words
from luodi.indicators.rules import catalogue
from luodi.kit.pages import Count, counted_together
from luodi.orgs.models import BUSINESS_ROLES, Person, Unit
from luodi.problems.models import OUT, Problem
from luodi.problems.queries import MOST as WORK
from luodi.problems.queries import holding, todo

MOST = 20  # of each group
READ = 100_000  # problems whose texts are read for words, those found last; a number is looked up among all
AROUND = 30  # characters shown on each side of words found inside a long text


@dataclass(frozen=True)
class Hit:
    """One thing found: where it leads, what it is called, and beside that where the words stand."""

    url: str
    title: str
    code: str = ""
    beside: Sequence[str] = ()
    problem: Problem | None = None


@dataclass(frozen=True)
class Group:
    """The best of one kind; `more` says that there are others, `all_url` leads to all of them, where a list can."""

    title: str
    hits: Sequence[Hit]
    more: bool = False
    all_url: str = ""


def waiting_for(person: Person, day: date, cap: int = WORK) -> Count:
    """Everything that waits for this person: problems to act on, applications to decide. One query, for offices two."""
    mine = counted_together(todo(person, day), cap)
    asked = amendments.waiting(person, day).order_by().count() if amendments.decides_somewhere(person, day) else 0
    return Count(mine.number + asked, mine.capped)


def search(text: str, person: Person, day: date, pages: Iterable[tuple[str, Words]]) -> list[Group]:
    """What holds every word of `text`, as far as the person may see it; groups without a hit are absent.

    `pages` are (address, name) of the pages open to the person. Three queries.
    """
    words = text.split()
    found = [_problems(text, words, person, day)]
    if len(text) == 1:  # one digit is part of a number and of nothing else
        return [group for group in found if group.hits]
    found += [_documents(words, person, day), _units(words, person, day)]
    if person.roles_on(day) & BUSINESS_ROLES:
        found.append(_indicators(words))
    found.append(_capped(_("页面"), [Hit(url, str(name)) for url, name in pages if _in(words, str(name))]))
    return [group for group in found if group.hits]


def _capped(title: str, hits: Sequence[Hit], all_url: str = "") -> Group:
    return Group(title, hits[:MOST], len(hits) > MOST, all_url)


def _in(words: Sequence[str], *texts: str) -> bool:
    return all(any(word.lower() in text.lower() for text in texts) for word in words)


def _holding(words: Sequence[str], columns: Sequence[str]) -> Q:
    """Every word somewhere in the columns. Substrings: Chinese has no spaces to cut words at."""
    whole = Q()
    for word in words:
        whole &= Q(*((f"{column}__icontains", word) for column in columns), _connector=Q.OR)
    return whole


def _nearness(text: str, columns: Sequence[str], also: Sequence[tuple[str, str]] = ()) -> Case:
    """To order by, best first: the whole text in the first column, `also`, each column's beginning, then anywhere."""
    steps = [(f"{columns[0]}__iexact", text), *also, *((f"{column}__istartswith", text) for column in columns)]
    cases = [When(Q(condition), then=Value(place)) for place, condition in enumerate(steps)]
    return Case(*cases, default=Value(len(steps)), output_field=IntegerField())


def _number(text: str) -> list[tuple[str, str]]:
    """What people mean by 417 or 0417: 2020-0417."""
    return [("code__endswith", f"-{text:0>4}")] if text.isdigit() else []


def _last(these: Q) -> Case:
    """To order by: these rows after the others."""
    return Case(When(these, then=Value(1)), default=Value(0), output_field=IntegerField())


def _problems(text: str, words: Sequence[str], person: Person, day: date) -> Group:
    seen = Problem.objects.visible_to(person, day)
    older = list(seen.order_by("-found_on", "-pk").values_list("found_on", flat=True)[READ : READ + 1])
    wanted = holding(text)
    if older:  # the list that `all_url` opens reads on
        exact = seen.numbered(text).values_list("pk", flat=True)
        wanted = Q(pk__in=list(exact)) | wanted & Q(found_on__gt=older[0])
    rows = seen.filter(wanted).select_related("unit")
    rows = rows.only("code", "title", "description", "project_name", "project_code", "project_owner", "status",
                     "due_on", "closed_on", "voided_on", "unit__name", "unit__name_en", "unit__short_name")  # fmt: skip
    order = (_nearness(text, ("code", "title"), _number(text)), _last(Q(status__in=OUT)), "-found_on", "-pk")
    best = list(rows.order_by(*order)[: MOST + 1])
    hits = [
        Hit(reverse("problems:problem", args=[row.pk]), row.title, row.code, _beside(row, words), row) for row in best
    ]
    all_url = f"{reverse('problems:ledger')}?{urlencode({'v': 'all', 'q': text[:100]})}"
    return Group(_("问题"), hits[:MOST], len(hits) > MOST or bool(older and hits), all_url)


def _beside(row: Problem, words: Sequence[str]) -> list[str]:
    """The project, unit and passage of a problem; of the last only where it holds a word that nothing else shows."""
    shown = [part for part in (row.project_name, row.unit.label) if part]
    others = (row.project_code, row.project_owner, row.unit.full_label, row.unit.name, row.description)
    for word in words:
        if not any(word.lower() in part.lower() for part in (row.code, row.title, *shown)):
            shown += [_passage(text, word) for text in others if word.lower() in text.lower()][:1]
    return shown


def _passage(text: str, word: str) -> str:
    """The words of a long text around what was found."""
    at = text.lower().index(word.lower())
    start, end = max(0, at - AROUND), at + len(word) + AROUND
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")


def _documents(words: Sequence[str], person: Person, day: date) -> Group:
    rows = Document.objects.visible_to(person, day).filter(_holding(words, ("title",))).select_related("unit")
    rows = rows.defer("source", "content")
    best = rows.order_by(_nearness(" ".join(words), ("title",)), "-drafted_at", "-pk")[: MOST + 1]
    hits = [Hit(reverse("documents:document", args=[row.pk]), row.title, beside=[row.unit.label]) for row in best]
    return _capped(_("文件"), hits, reverse("documents:documents"))


def _units(words: Sequence[str], person: Person, day: date) -> Group:
    """Units of the person's city. Whoever has a ledger is led to the unit's problems in it."""
    cities = {post.unit.city_code for post in person.posts_on(day)} - {""}
    rows = Unit.objects.filter(_holding(words, ("name", "short_name", "name_en", "code")), city_code__in=cities)
    nearness = _nearness(" ".join(words), ("name", "short_name"))
    best = list(rows.order_by(nearness, "sort_key", "pk")[: MOST + 1])
    ledger = bool(person.roles_on(day) & BUSINESS_ROLES)
    return _capped(_("单位"), [Hit(_unit_url(u) if ledger else "", u.full_label, beside=[u.code]) for u in best])


def _unit_url(unit: Unit) -> str:
    return f"{reverse('problems:ledger')}?{urlencode({'v': 'all', 'unit': unit.code})}"


def _indicators(words: Sequence[str]) -> Group:
    hits = [
        Hit(reverse("indicators:figure", args=[code]), str(one.name), beside=[code])
        for code, one in catalogue().items()
        if _in(words, str(one.name), code)
    ]
    return _capped(_("指标"), hits, reverse("indicators:dictionary"))


def pieces(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """The text cut into (piece, whether it is one of the words), for highlighting."""
    if not words:
        return [(text, False)]
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    cut = re.split(f"({pattern})", text, flags=re.IGNORECASE)
    return [(piece, place % 2 == 1) for place, piece in enumerate(cut) if piece]
