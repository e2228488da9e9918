"""Amounts in words, the look of a need's way, the journal of a need in words."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext as _

from luodi.finance.models import Need, Reached, Status
from luodi.finance.rules import FLOW, STEPS, plain, yi
from luodi.journal.models import Entry
from luodi.kit.values import money, percent

register = template.Library()
ICONS = {
    "contact": "users", "grant": "circle-check", "pay": "arrow-right", "refuse": "circle-x", "void": "trash",
    "amend": "pencil", "withdraw": "arrow-back-up", "enter": "plus", "publish": "send",
}  # fmt: skip


@register.filter
def need_path(name: str) -> str:
    """The route of an act."""
    return f"finance:{name}"


@register.filter
def wan(amount: Decimal | None) -> str:
    """12000 → «12,000»; blank is «—», never 0."""
    return "—" if amount is None else plain(Decimal(amount))


@register.filter
def in_yi(amount: Decimal | None) -> str:
    """«32.39 亿元»."""
    return "—" if amount is None else yi(Decimal(amount))


@register.filter
def in_words(amount: Decimal | None) -> str:
    """An amount as people say it: «2.50 亿元», below one 亿 «1,200 万元»."""
    return money(amount, "亿元", 2) if amount is not None and amount >= 10_000 else money(amount, "万元")


@register.simple_tag
def share_text(part: Any, whole: Any) -> str:
    """«69.3%»; «—» without a whole."""
    return percent(part, whole)


@register.filter
def way(need: Need) -> list[dict[str, str]]:
    """Need, contact, credit, loan for `kit/_steps.html`."""
    done = need.published_on is not None
    notes = [str(need.published_on or ""), "", money(need.granted_amount, "万元") if need.granted_amount else "",
             money(need.paid_amount, "万元") if need.paid_amount else ""]  # fmt: skip
    labels = [_("发布需求"), *(str(one.label) for one in Reached)]
    place = STEPS.index(need.reached) if done else -1  # type: ignore[arg-type]
    states = ["done" if n <= place else "now" if n == place + 1 else "" for n in range(len(labels))]
    return [{"label": a, "note": b, "state": c} for a, b, c in zip(labels, notes, states, strict=True)]


@register.filter
def need_look(need: Need) -> str:
    """The look of its status: a known code of the kit."""
    if need.status != Status.PUBLISHED:
        return {"waiting": "registered"}.get(need.status, "cancelled")
    return {"loan": "closed", "credit": "verified", "contact": "rectifying"}.get(need.reached, "assigned")


@register.filter
def need_words(need: Need) -> str:
    """How far it is: published ones by what banks did."""
    out = need.status == Status.PUBLISHED and need.reached
    return need.get_reached_display() if out else need.get_status_display()


@register.filter
def need_told(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The journal of a need in the words of the timeline."""
    return [_happening(entry) for entry in entries]


def _happening(entry: Entry) -> dict[str, Any]:
    act = entry.verb.rpartition(".")[2]
    facts = entry.after or {}
    words = [_("登记融资需求") if act == "enter" else str(FLOW.acts[act].label) if act in FLOW.acts else entry.verb]
    words += [str(facts["bank"])] if facts.get("bank") else []
    words += [_("、").join(facts["banks"])] if facts.get("banks") else []
    if facts.get("amount") and act != "amend":
        words.append(_("%(amount)s 万元") % {"amount": plain(Decimal(str(facts["amount"])))})
    who = _("%(name)s（%(unit)s）") % {"name": entry.actor_name, "unit": entry.actor_unit}
    tone = {"refuse": "warn", "void": "warn", "grant": "ok", "pay": "ok", "withdraw": "warn"}.get(act, "")
    return {"at": entry.at, "who": who if entry.actor_unit else entry.actor_name, "what": _("，").join(words),
            "reason": entry.reason, "icon": ICONS.get(act, "history"), "tone": tone}  # fmt: skip


@register.filter
def act_icon(name: str) -> str:
    """The icon of an act's button."""
    return ICONS.get(name, "chevron-right")
