"""What a new document needs to know."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from luodi.campaigns.models import Campaign
from luodi.campaigns.queries import document_templates
from luodi.orgs.models import Unit, UnitKind


class DraftForm(forms.Form):
    """Template, place and day of a new document."""

    template = forms.ChoiceField(label=_("文种模板"))
    place = forms.ChoiceField(label=_("地区"))
    as_of = forms.DateField(label=_("数据截至"), widget=forms.DateInput({"type": "date"}))

    def __init__(self, *args: Any, campaign: Campaign, day: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"as_of": day}, **kwargs)
        places = Unit.objects.filter(city_code=campaign.city.city_code, kind__in=[UnitKind.CITY, UnitKind.COUNTY])
        self.fields["template"].choices = [(t.name, t.title) for t in document_templates(campaign).values()]  # type: ignore[attr-defined]
        self.fields["place"].choices = [(u.code, u.label) for u in places.order_by("sort_key", "pk")]  # type: ignore[attr-defined]
