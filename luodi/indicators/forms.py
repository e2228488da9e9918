"""From an address or a command line to a Frame, or to a sentence that says what is wrong."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luodi.indicators.queries import campaigns
from luodi.indicators.rules import NONE, AnyIndicator, Frame, Indicator, dimensions_of, indicator_of
from luodi.kit.refusal import Refused
from luodi.orgs.models import Unit, UnitKind

BAD_DAY = gettext_lazy("日期请写成 2020-08-31 的样子。")


class FrameForm(forms.Form):
    """Place, day and period; blank fields take the default frame's."""

    place = forms.CharField(label=gettext_lazy("地区"), required=False)
    as_of = forms.DateField(label=gettext_lazy("截至日期"), required=False, error_messages={"invalid": BAD_DAY})
    start = forms.DateField(label=gettext_lazy("起（含）"), required=False, error_messages={"invalid": BAD_DAY})
    end = forms.DateField(label=gettext_lazy("止（不含）"), required=False, error_messages={"invalid": BAD_DAY})
    campaign = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        default: Frame,
        cities: Collection[str],
        day: date,
        indicators: Collection[AnyIndicator] = (),
    ) -> None:
        """`cities` are those one may ask about, `day` is today; filters are read as the `indicators` know them."""
        super().__init__({**default.facts(), **{name: data[name] for name in data if data[name]}})
        self.default, self.cities, self.day, self.indicators = default, cities, day, indicators
        self.frame: Frame | None = None
        places = Unit.objects.filter(city_code__in=cities, kind__in=[UnitKind.CITY, UnitKind.COUNTY], active=True)
        self.places = {unit.code: unit for unit in places.order_by("sort_key", "pk")}
        options = [(code, unit.label) for code, unit in self.places.items()]
        self.fields["place"].widget = forms.Select(choices=options)

    def clean_place(self) -> str:
        """A city or county of one's own city."""
        place = self.cleaned_data["place"]
        if place not in self.places:
            raise forms.ValidationError(_("没有地区「%(place)s」，或者它不在您的城市。") % {"place": place})
        return place

    def clean_as_of(self) -> date:
        """Not a day to come: the records cannot know it."""
        as_of = self.cleaned_data["as_of"]
        if as_of > self.day:
            raise forms.ValidationError(_("截至日期 %(day)s 还没有到，最晚是今天。") % {"day": as_of})
        return as_of

    def clean_campaign(self) -> int:
        """A campaign by its id."""
        given = self.cleaned_data["campaign"]
        for one in campaigns():
            if str(one.pk) == given and one.city in self.cities:
                return one.pk
        raise forms.ValidationError(_("没有编号为「%(given)s」的活动，或者它不在您的城市。") % {"given": given})

    def clean(self) -> dict[str, Any]:
        """The whole frame, with filters, once the single fields are right."""
        facts = super().clean() or self.cleaned_data
        if facts.get("start") and facts.get("end") and facts["start"] >= facts["end"]:
            self.add_error("end", _("止日（不含）应晚于起日。"))
        if self.errors:
            return facts
        names = {name for indicator in self.indicators for name in dimensions_of(indicator)}
        filters = {name: str(self.data[name]) for name in names if self.data.get(name)}
        frame = Frame(facts["campaign"], facts["place"], facts["as_of"], facts["start"], facts["end"], filters)
        for indicator in self.indicators:
            if wrong := wrong_filter(indicator, frame):
                raise forms.ValidationError(wrong)
        self.frame = frame
        return facts

    def sentence(self) -> str:
        """Everything that is wrong, one after the other."""
        return " ".join(str(words) for listed in self.errors.values() for words in listed)


def wrong_filter(indicator: AnyIndicator, frame: Frame) -> str:
    """What is wrong with the frame's filters, in one sentence; empty if nothing is."""
    known = dimensions_of(indicator)
    for name, key in frame.filters.items():
        if name not in known:
            words = {"name": indicator.name, "by": name, "known": _("、").join(known)}
            return _("指标「%(name)s」没有筛选条件「%(by)s」，可用：%(known)s。") % words
        labels = known[name].labels(frame)
        if key != NONE and key not in labels:
            words = {"by": known[name].label, "key": key, "known": _("、").join(list(labels)[:30])}
            return _("「%(by)s」没有「%(key)s」这个值，可用：%(known)s。") % words
    return ""


def read_frame(
    data: Mapping[str, Any],
    *,
    default: Frame,
    cities: Collection[str],
    day: date,
    indicators: Collection[AnyIndicator] = (),
) -> Frame:
    """The frame in an address' query or in options; Refused with everything that is wrong."""
    form = FrameForm(data, default=default, cities=cities, day=day, indicators=indicators)
    form.is_valid()
    if form.frame is None:
        raise Refused(form.sentence())
    return form.frame


def filter_labels(indicator: AnyIndicator, frame: Frame) -> list[tuple[str, str, str]]:
    """The frame's filters in words: (name, dimension, value)."""
    known = dimensions_of(indicator)
    words = []
    for name, key in frame.filters.items():
        labels = {NONE: _("（无）"), **known[name].labels(frame)}
        words.append((name, str(known[name].label), str(labels.get(key, key))))
    return words


def counted(indicator: AnyIndicator, part: str = "") -> Indicator:
    """The indicator whose rows stand behind a figure: itself, or a Rate's numerator or denominator."""
    if isinstance(indicator, Indicator):
        return indicator
    return counted(indicator_of(indicator.denominator if part == "denominator" else indicator.numerator))


def place_words(place: str) -> str:
    """The name of a place, in the reader's language; its code where there is no such unit."""
    unit = Unit.objects.filter(code=place).first()
    return unit.label if unit else place
