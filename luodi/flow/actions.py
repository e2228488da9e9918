"""Lock, re-read, check, move, record: in that order, in this one place (style.md 8)."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from luodi.flow.rules import HOLD, Act, Flow
from luodi.journal import actions as journal
from luodi.kit.refusal import Refused
from luodi.orgs.models import Person

# A model with `status` and `version`; the stubs cannot say so of a Django model.
Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def advance(
    flow: Flow,
    row: Row,
    name: str,
    *,
    actor: Person,
    at: datetime,
    reason: str = "",
    seen: int | None = None,
    changes: dict[str, Any] | None = None,
    facts: dict[str, Any] | None = None,
) -> Row:
    """Do the act `name` of `flow` on `row`; returns the fresh row.

    `seen` is the version the person looked at: if the row has moved on since, nothing is done. `changes` are fields
    set with the status, `facts` further words for the journal; a function is asked of the locked row.
    Raises Refused with the sentence.
    """
    fresh: Any = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    if seen is not None and seen != fresh.version:
        raise Refused(_("您打开页面之后，有人改动过这一件。请看过最新内容再办理；您填写的内容还在。"))
    if why := flow.refusal(fresh, name, actor, at):
        raise Refused(why)
    line = _line(flow, name, reason)
    target = line.target(fresh) if callable(line.target) else line.target
    wanted = {f: v(fresh) if callable(v) else v for f, v in (changes or {}).items()}
    told = {f: v(fresh) if callable(v) else v for f, v in (facts or {}).items()}
    if target != HOLD:
        wanted["status"] = target
    changed = {f: v for f, v in wanted.items() if getattr(fresh, f) != v}
    before = {f: getattr(fresh, f) for f in changed}
    for name_of_field, value in changed.items():
        setattr(fresh, name_of_field, value)
    fresh.version += 1
    fresh.save(update_fields=[*changed, "version"])
    after = {**changed, **told}
    journal.record(f"{flow.model}.{name}", actor=actor, at=at, row=fresh, before=before, after=after, reason=reason)
    return fresh


@transaction.atomic
def advance_many(
    flow: Flow,
    rows: QuerySet[Row],
    name: str,
    *,
    actor: Person,
    at: datetime,
    reason: str = "",
    changes: dict[str, Any] | None = None,
) -> list[Row]:
    """Do the act on every row, or on none, in few statements; the act leads to one status, `changes` are the same.

    Raises Refused with the sentence of the first row that may not; it begins with the row's own words.
    """
    line = _line(flow, name, reason)
    fresh: list[Any] = list(rows.select_for_update(of=("self",)))
    for row in fresh:
        if why := flow.refusal(row, name, actor, at):
            raise Refused(_("%(row)s：%(why)s") % {"row": row, "why": why})
    wanted = {**(changes or {}), **({} if line.target == HOLD else {"status": line.target})}
    entries = []
    for row in fresh:
        # The same facts for all, so that 20,000 rows are a few statements.
        before = {f: getattr(row, f) for f, v in wanted.items() if getattr(row, f) != v}
        after = {f: wanted[f] for f in before}
        about = {"row": row, "before": before, "after": after, "reason": reason}
        entries.append(journal.entry_for(f"{flow.model}.{name}", actor=actor, at=at, **about))
        for field, value in wanted.items():
            setattr(row, field, value)
        row.version += 1
    for start in range(0, len(fresh), 500):  # SQLite takes no more than so many values at once
        part = type(fresh[0])._default_manager.filter(pk__in=[row.pk for row in fresh[start : start + 500]])
        part.update(**wanted, version=F("version") + 1)
    journal.record_many(entries)
    return fresh


def _line(flow: Flow, name: str, reason: str) -> Act:
    """The act, if the reason it asks for is given."""
    line = flow.acts[name]
    if line.reason and not reason.strip():
        raise Refused(_("%(act)s要写明理由。") % {"act": line.label})
    return line
