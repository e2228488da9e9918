"""Lock, re-read, check, move, record: in that order, in this one place (style.md 8)."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from luodi.flow.rules import HOLD, Flow
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
    set with the status (a function is asked of the locked row); `facts` are further words for the journal.
    Raises Refused with the sentence.
    """
    fresh: Any = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    if seen is not None and seen != fresh.version:
        raise Refused(_("您打开页面之后，有人改动过这一件。请看过最新内容再办理；您填写的内容还在。"))
    if why := flow.refusal(fresh, name, actor, at):
        raise Refused(why)
    line = flow.acts[name]
    if line.reason and not reason.strip():
        raise Refused(_("%(act)s要写明理由。") % {"act": line.label})
    target = line.target(fresh) if callable(line.target) else line.target
    wanted = {f: v(fresh) if callable(v) else v for f, v in (changes or {}).items()}
    if target != HOLD:
        wanted["status"] = target
    changed = {f: v for f, v in wanted.items() if getattr(fresh, f) != v}
    before = {f: getattr(fresh, f) for f in changed}
    for name_of_field, value in changed.items():
        setattr(fresh, name_of_field, value)
    fresh.version += 1
    fresh.save(update_fields=[*changed, "version"])
    after = {**changed, **(facts or {})}
    journal.record(f"{flow.model}.{name}", actor=actor, at=at, row=fresh, before=before, after=after, reason=reason)
    return fresh
