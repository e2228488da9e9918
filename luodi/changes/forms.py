"""From the address to two days and a place, or to a sentence that says what is wrong."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from luodi.changes.rules import check_period, usual_since
from luodi.indicators.forms import BAD_DAY, FrameForm
from luodi.indicators.rules import Frame
from luodi.kit.refusal import Refused


def _day(given: Any) -> date | None:
    """A day as the address has it, if it is one."""
    try:
        return given if isinstance(given, date) else date.fromisoformat(str(given))
    except ValueError:
        return None


class ChangesForm(FrameForm):
    """Place and the two days: what happened after `since`, up to and on `as_of`. Blank: since the last fortnight."""

    since = forms.DateField(label=_("起始日期（不含）"), required=False, error_messages={"invalid": BAD_DAY})

    def __init__(self, data: Mapping[str, Any], *, default: Frame, cities: Collection[str], day: date) -> None:
        asked = {name: data[name] for name in ("place", "as_of", "campaign", "since") if data.get(name)}
        super().__init__(asked, default=default, cities=cities, day=day)
        self.data.setdefault("since", usual_since(_day(self.data["as_of"]) or default.as_of))
        for name in ("since", "as_of"):
            self.fields[name].widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")

    def asked(self) -> list[forms.BoundField]:
        """The fields in the order in which one reads them."""
        return [self["place"], self["since"], self["as_of"]]

    def clean(self) -> dict[str, Any]:
        """Also the period: it needs at least a day."""
        facts = super().clean()
        as_of = facts.get("as_of")
        if as_of is None or facts.get("since") is None:
            return facts
        try:
            check_period(facts["since"], as_of)
        except Refused as why:
            self.add_error("since", str(why))
        return facts
