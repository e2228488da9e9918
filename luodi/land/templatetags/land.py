"""Areas in hectares and mu, lights with their words, the journal of a record in the words of the timeline."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

from django import template
from django.utils.translation import gettext as _

from luodi.journal.models import Entry
from luodi.kit.values import grouped, rounded
from luodi.land.models import Contract
from luodi.land.rules import BATCHES, CONTRACTS, LOTS, contract_light, light, plain, to_mu

register = template.Library()
HA, WHOLE = (2, 3, 4), (0, 2)  # places: of hectares; of mu and kilograms
ENTERED = ("enter", "submit", "lease")
ICONS = {"accept": "circle-check", "approve": "circle-check", "withdraw": "arrow-back-up", "link": "checklist",
         "count": "clipboard-list", "meet": "checklist", "grant": "circle-check", "end": "circle-x"}  # fmt: skip


@register.filter
def ha(amount: Decimal | None, places: int | None = None) -> str:
    """8.7630 → «8.763», 9 → «9.00»; in a column with its `decimals`. Blank is «—»."""
    return _shown(amount, HA, places)


@register.filter
def mu(amount: Decimal | None, places: int | None = None) -> str:
    """An area in hectares as a number of mu: whole, or with two places."""
    return _shown(None if amount is None else to_mu(amount), WHOLE, places)


@register.filter
def kg(amount: Decimal | None, places: int | None = None) -> str:
    """Kilograms: whole, or with two places."""
    return _shown(amount, WHOLE, places)


@register.simple_tag
def decimals(rows: Iterable[Any], paths: str, unit: str = "ha") -> int:
    """The places all numbers of these columns are shown with: as many as the longest needs. `unit`: ha, mu or kg."""
    found = [reduce(getattr, path.split("."), row) for row in rows for path in paths.split()]
    values = [amount for amount in found if amount is not None]
    return _places([to_mu(one) for one in values] if unit == "mu" else values, HA if unit == "ha" else WHOLE)


def _shown(amount: Decimal | None, allowed: tuple[int, ...], places: int | None) -> str:
    if amount is None:
        return "—"
    return grouped(rounded(amount, _places([amount], allowed) if places is None else places))


def _places(values: Iterable[Decimal], allowed: tuple[int, ...]) -> int:
    """The fewest of the allowed numbers of places that show every value whole."""
    needed = max((-int(one.normalize().as_tuple().exponent) for one in values), default=0)
    return next((places for places in allowed if places >= needed), allowed[-1])


@register.filter
def act_icon(name: str) -> str:
    """The icon of an act's button."""
    return ICONS.get(name, "chevron-right")


@register.simple_tag
def reserve_light(area: Decimal | None, counted_on: date | None) -> dict[str, str]:
    """The light of a zone's reserve: a known status of the kit, and words."""
    found = light(area if counted_on else None)
    words = {"green": _("达到500亩"), "amber": _("不足500亩"), "red": _("不足400亩"), "grey": _("还没有清点")}
    return {"look": _LOOKS[found], "word": words[found]}


@register.simple_tag
def lease_light(contract: Contract, today: date) -> dict[str, str]:
    """The light of a contract: late, soon, in time, or nothing awaited."""
    found = contract_light(contract, today)
    days = (contract.convert_by - today).days
    words = {"green": str(contract.get_status_display()), "amber": _("还有 %(n)s 天") % {"n": days},
             "red": _("超期 %(n)s 天") % {"n": -days}, "grey": str(contract.get_status_display())}  # fmt: skip
    look = "closed" if contract.granted_on else _LOOKS[found]
    return {"look": look, "word": words[found]}


_LOOKS = {"green": "closed", "amber": "returned", "red": "overdue", "grey": "registered"}


@register.filter
def told(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The journal of a record in the words of the timeline."""
    return [_happening(entry) for entry in entries]


def _happening(entry: Entry) -> dict[str, Any]:
    head, _dot, act = entry.verb.rpartition(".")
    flows = {flow.model: flow for flow in (LOTS, BATCHES, CONTRACTS)}
    known = flows[head].acts if head in flows else {}
    quota = {"accept": _("入库"), "withdraw": _("核销"), "transfer": _("调剂"), "reverse": _("冲正")}
    words = {"count": _("清点储备"), **dict.fromkeys(ENTERED, _("登记")), **{a: str(known[a].label) for a in known}}
    who = _("%(name)s（%(unit)s）") % {"name": entry.actor_name, "unit": entry.actor_unit}
    facts = entry.after or {}
    said = [(quota if head == "land.quota" else words).get(act, entry.verb)]
    if facts.get("area") and act not in ENTERED:
        said.append(_("%(area)s 公顷") % {"area": plain(Decimal(facts["area"]))})
    tone = {"end": "warn", "reverse": "warn", "approve": "ok", "grant": "ok", "accept": "ok"}.get(act, "")
    return {"at": entry.at, "who": who if entry.actor_unit else entry.actor_name, "what": _("，").join(said),
            "reason": entry.reason, "icon": ICONS.get(act, "history"), "tone": tone}  # fmt: skip
