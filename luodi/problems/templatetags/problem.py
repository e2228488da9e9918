"""What happened to a problem and how far it has come, in the words and shapes of the timeline and the stepper."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.journal.models import Entry
from luodi.kit.differences import IN, OUT, Piece, difference, folded
from luodi.kit.templatetags.ui import cn_date, short_date
from luodi.problems.models import Finding, Problem, Status
from luodi.problems.queries import Line
from luodi.problems.rules import FLOW

register = template.Library()
S = Status
# act: (icon, tint in the timeline)
LOOKS = {
    "register": ("plus", ""), "assign": ("send", "info"), "decline": ("arrow-back-up", "warn"),
    "claim": ("user-check", "info"), "file_plan": ("clipboard-list", "info"), "accept_plan": ("check", "ok"),
    "send_back_plan": ("arrow-back-up", "warn"), "prove": ("upload", ""), "sign": ("signature", "info"),
    "report": ("send", "ok"), "resubmit": ("send", "info"), "check": ("clipboard-check", "info"),
    "self_check": ("check", "ok"), "verify": ("eye-check", "ok"), "close": ("circle-check", "ok"),
    "send_back": ("arrow-back-up", "warn"), "reject": ("x", "bad"), "reopen": ("rotate-clockwise", "bad"),
    "revise": ("pencil", ""), "hand_over": ("users", ""), "undo": ("trash", "warn"), "urge": ("bell", "warn"),
    "ask_extension": ("calendar-due", "info"), "ask_merge": ("copy", "info"), "ask_void": ("ban", "info"),
    "turn_down": ("x", "warn"), "extend": ("calendar-due", "warn"), "merge": ("copy", "warn"),
    "void": ("ban", "warn"),
}  # fmt: skip
REACHED = {
    S.REGISTERED: 1, S.ASSIGNED: 2, S.CLAIMED: 2, S.PLANNED: 2, S.RECTIFYING: 3,
    S.REPORTED: 4, S.SELF_CHECKED: 5, S.VERIFIED: 6, S.CLOSED: 7,
}  # fmt: skip


@register.filter
def act_icon(name: str) -> str:
    """The icon of an act's button."""
    return LOOKS.get(name, ("chevron-right", ""))[0]


@register.filter
def act_path(name: str) -> str:
    """`problems:file-plan` for the act file_plan."""
    return f"problems:{name.replace('_', '-')}"


@register.filter
def file_icon(mime: str) -> str:
    """An icon that shows what kind of file it is."""
    if mime.startswith("image/"):
        return "photo"
    return "file-spreadsheet" if "sheet" in mime or "excel" in mime or mime == "text/csv" else "file-text"


@register.filter
def counted(lines: Iterable[Line]) -> list[tuple[str, str, str, int]]:
    """(finding, tint, icon, number) for the head of the checklist, without the zeros."""
    found = Counter(line.code for line in lines)
    looks = [
        ("match", "c-ok", "circle-check"),
        ("mismatch", "c-bad", "circle-x"),
        ("missing", "c-warn", "file-x"),
        ("unchecked", "t3", "circle-dashed"),
        ("not_applicable", "t3", "minus"),
    ]
    return [(code, tint, icon, found[code]) for code, tint, icon in looks if found[code]]


# Texts whose changes are shown; what is private is not among them.
TEXTS = ("title", "description", "cause", "goal", "measures", "result", "project_name", "project_code", "project_owner")


@dataclass(frozen=True)
class Change:
    """A text that was changed: all of it in pieces, and with long unchanged passages left out."""

    label: str
    pieces: list[Piece]
    short: list[Piece]

    @property
    def is_long(self) -> bool:
        """Something was left out."""
        return len(self.short) != len(self.pieces)


@dataclass(frozen=True)
class Happening:
    """One entry of the journal in the words of the timeline."""

    act: str
    at: datetime
    who: str
    what: str
    reason: str
    icon: str
    tone: str
    texts: list[Change] = field(default_factory=list)


def told(entries: Iterable[Entry], closed: Collection[str] = ()) -> list[Happening]:
    """The entries in words, in the order given; `closed` are the titles of lines the reader may not read."""
    return [_happening(entry, closed) for entry in entries]


def _changed(entry: Entry, closed: Collection[str]) -> Iterator[Change]:
    """Texts written before and changed by this act. What was written for the first time stands on the page itself."""
    before, after = entry.before or {}, entry.after or {}
    texts = [
        (str(getattr(Problem, name).field.verbose_name), before[name], after.get(name) or "")
        for name in TEXTS
        if before.get(name)
    ]
    claims = [one for one in after.get("claims", ()) if one["line"] not in closed and one["before"]]
    for label, old, new in [*texts, *((one["line"], one["before"], one["after"]) for one in claims)]:
        pieces = difference(old, new)
        if any(piece.kind in {IN, OUT} for piece in pieces):
            yield Change(label, pieces, folded(pieces))


def _happening(entry: Entry, closed: Collection[str]) -> Happening:
    act = entry.verb.rpartition(".")[2]
    facts = entry.after or {}
    icon, tone = LOOKS.get(act, ("history", ""))
    words = [act_word(act) or entry.verb]
    if "withdrawn" in facts:
        icon, words = "trash", [_("撤下证据：%(line)s") % {"line": facts.get("line", "")}]
    if due_on := facts.get("due_on") or facts.get("asked_due_on"):
        words.append(_("时限 %(day)s") % {"day": cn_date(date.fromisoformat(due_on))})
    if facts.get("into"):
        words.append(_("并入 %(code)s") % {"code": facts["into"]})
    if facts.get("asked"):
        words.append(act_word(facts["asked"]))
    if facts.get("files"):
        words.append(_("文件 %(n)s 份") % {"n": len(facts["files"])})
    if act == "check":
        found = Counter(line["finding"] for line in facts.get("lines", ()))
        words += [f"{Finding(code).label} {n}" for code, n in found.items()]
    named = {"name": entry.actor_name, "unit": entry.actor_unit}
    who = _("%(name)s（%(unit)s）") % named if entry.actor_unit else entry.actor_name
    texts = list(_changed(entry, closed))
    return Happening(act, entry.at, who, _("，").join(words), entry.reason, icon, tone, texts)


def act_word(act: str) -> str:
    """What an act is called, for the verb of the journal after «problems.»; empty if unknown."""
    if act in FLOW.acts:
        return str(FLOW.acts[act].label)
    return _("登记") if act == "register" else ""


@register.filter
def steps(problem: Problem, happened: list[Happening]) -> list[dict[str, Any]]:
    """The stepper: seven steps with the day each was done. Sent back, an amber step says how many times."""
    last = {h.act: timezone.localtime(h.at).date() for h in reversed(happened)}
    rectified = problem.rectifications.filter(voided_on=None).first()
    verified = problem.verifications.filter(ended_on=None).first()
    plan = _("方案") if problem.status in {S.CLAIMED, S.PLANNED} else _("认领")
    dated = [
        (_("登记"), problem.registered_on),
        (_("交办"), last.get("assign")),
        (plan, last.get("claim")),
        (_("整改"), rectified.rectified_on if rectified else None),
        (_("县级自核"), last.get("self_check")),
        (_("市级核查"), verified.verified_on if verified else None),
        (_("销号"), problem.closed_on),
    ]
    far = max(i for i, (_name, day) in enumerate(dated, start=1) if day)  # how far it came before it left the ledger
    reached = REACHED.get(S(problem.returned_from or problem.status), far)
    drawn: list[dict[str, Any]] = [
        {"label": name, "note": short_date(day) if i < reached else "", "state": "done" if i < reached else ""}
        for i, (name, day) in enumerate(dated)
    ]
    return drawn if problem.voided_on else _mark_now(problem, drawn, reached, happened)


def _mark_now(
    problem: Problem, drawn: list[dict[str, Any]], reached: int, happened: list[Happening]
) -> list[dict[str, Any]]:
    times = _("退回 %(n)s 次") % {"n": problem.return_count}
    if problem.status == S.RETURNED:
        # In place of «claimed», which goes without saying by now: there are always seven steps.
        drawn.insert(reached, {"label": _("补证"), "note": times, "state": "back"})
        del drawn[2]
    elif reached < len(drawn):
        began = next((h.act for h in happened if h.act in {"reject", "reopen", "accept_plan"}), "")
        again = problem.status == S.RECTIFYING and began in {"reject", "reopen"}
        drawn[reached]["state"] = "back" if again else "now"
        if again:
            opened = _("重新打开 %(n)s 次") % {"n": problem.reopen_count}
            drawn[reached]["note"] = opened if began == "reopen" else times
    return drawn
