"""The table of acts: state, grant, condition, label in one place. It decides, draws the buttons, names the journal
entry, draws the diagram and drives the tests (style.md 7)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from luodi.kit.clock import local_day
from luodi.orgs.models import Person, Role
from luodi.orgs.rules import Grant, may

Condition = Callable[[Any], str | None]
Independence = Callable[[Any, Person], str | None]
Words = str | Promise
HOLD = ""  # a target that leaves the status as it is


@dataclass(frozen=True)
class Act:
    """One thing a user can do to a row.

    `target` is a status, or HOLD, or a function of the row (back to whoever returned it). `needs` are facts about the
    row that must hold; `independent` compares row and actor (verifier ≠ handler). Each answers None or the sentence.
    An act that is not `offered` has no button: it is done by deciding something else (an application, a notice).
    """

    label: Words
    sources: frozenset[str]
    target: str | Callable[[Any], str]
    grants: tuple[Grant, ...]
    needs: tuple[Condition, ...] = ()
    independent: tuple[Independence, ...] = ()
    reason: bool = False
    offered: bool = True


def act(
    label: Words,
    sources: Iterable[str],
    target: str | Callable[[Any], str],
    *grants: Grant,
    needs: Sequence[Condition] = (),
    independent: Sequence[Independence] = (),
    reason: bool = False,
    offered: bool = True,
) -> Act:
    """One line of a table of acts."""
    return Act(label, frozenset(sources), target, grants, tuple(needs), tuple(independent), reason, offered)


@dataclass(frozen=True)
class Option:
    """An act as a button: `refusal` is why it cannot be done now (the disabled button's words), or nothing."""

    name: str
    label: Words
    refusal: str | None
    reason: bool


@dataclass(frozen=True)
class Flow:
    """The acts of one kind of row. `start` is the status a new row has; `states` gives each status its words."""

    model: str
    states: Mapping[str, Words]
    start: str
    acts: Mapping[str, Act] = field(default_factory=dict)

    def permitted(self, row: Any, name: str, actor: Person, at: datetime) -> bool:
        """Whether the actor's posts at that moment allow the act on this row, whatever its status."""
        return may(actor, self.acts[name].grants, row, local_day(at))

    def refusal(self, row: Any, name: str, actor: Person, at: datetime) -> str | None:
        """Why the actor cannot do this now, as a sentence; None if it can be done."""
        line = self.acts[name]
        if row.status not in line.sources:
            return _("现在是“%(status)s”，不能%(act)s。") % {"status": self.states[row.status], "act": line.label}
        if not self.permitted(row, name, actor, at):
            return _("您的岗位不能对这一件%(act)s；能办理的是：%(who)s。") % {
                "act": line.label,
                "who": _("、").join(dict.fromkeys(str(Role(role).label) for role, _reach in line.grants)),
            }
        answers = [why(row) for why in line.needs] + [why(row, actor) for why in line.independent]
        return next(filter(None, answers), None)

    def open_to(self, row: Any, actor: Person, at: datetime) -> list[Option]:
        """The acts that this status and the actor's posts offer, in the table's order, with what still hinders each."""
        return [
            Option(name, line.label, self.refusal(row, name, actor, at), line.reason)
            for name, line in self.acts.items()
            if line.offered and row.status in line.sources and self.permitted(row, name, actor, at)
        ]

    def unreachable(self) -> set[str]:
        """Statuses no act can reach from the start; a test expects none."""
        seen, todo = set(), [self.start]
        while todo:
            status = todo.pop()
            if status in seen:
                continue
            seen.add(status)
            for line in self.acts.values():
                if status in line.sources and line.target != HOLD:
                    # A computed target goes back to a status the row has already been in.
                    todo += [] if callable(line.target) else [line.target]
        return set(self.states) - seen
