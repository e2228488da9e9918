"""What people type: a new document, the text of a block with its figures as tokens, the head, a source, a reason.

A token stands for one figure while its words are edited: ⟦1610件·problems.found·batch=base⟧.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.campaigns.models import Campaign
from luodi.campaigns.queries import document_templates
from luodi.documents.models import Document
from luodi.documents.rules import POPULATIONS, Ask, Figure, Pieces
from luodi.gongwen.rules import doc_number_fault
from luodi.indicators.forms import wrong_filter
from luodi.indicators.rules import Frame, Indicator, catalogue, dimensions_of, indicator_of
from luodi.kit.refusal import Refused
from luodi.orgs.models import Unit, UnitKind

TOKEN = re.compile("⟦([^⟦⟧]*)⟧")
_DAYS = ("as_of", "start", "end")
DAY = {"type": "date"}


# -- tokens --------------------------------------------------------------------------------------------------------


def token(figure: Figure, frame: Frame) -> str:
    """A figure as it stands in a text that is edited; only what differs from the document's own frame is written."""
    asked = figure.frame
    facts = dict(asked.filters)
    facts |= {"place": asked.place} if asked.place != frame.place else {}
    days = {name: getattr(asked, name) for name in _DAYS}
    facts |= {name: day.isoformat() for name, day in days.items() if day and day != getattr(frame, name)}
    words = [figure.text, figure.code, *(f"{name}={key}" for name, key in facts.items())]
    return f"⟦{'·'.join(words)}⟧"


def with_tokens(pieces: Pieces, frame: Frame) -> str:
    """The text of a block for editing."""
    return "".join(piece if isinstance(piece, str) else token(piece, frame) for piece in pieces)


def read_tokens(text: str, frame: Frame, ask: Ask, known: Pieces = ()) -> Pieces:
    """The pieces of an edited text. `known` are the block's figures before.

    Refused: a broken or unknown token, a filter the indicator does not have, a value typed over inside a token.
    """
    before = {(f.code, f.frame): f for f in known if isinstance(f, Figure)}
    pieces: list[str | Figure] = []
    for place, part in enumerate(TOKEN.split(text)):
        if place % 2:
            pieces.append(_figure(part, frame, ask, before))
        elif "⟦" in part or "⟧" in part:
            words = _t("有一个数字记号不完整：“%(part)s”。记号以 ⟦ 开头、以 ⟧ 结尾，请补齐或整个删掉。")
            raise Refused(words % {"part": part[-30:]})
        elif part:
            pieces.append(part)
    return tuple(pieces)


def _figure(words: str, frame: Frame, ask: Ask, before: dict[tuple[str, Frame], Figure]) -> Figure:
    typed, code, *facts = [one.strip() for one in (words if "·" in words else f"·{words}").split("·")]
    asked = _frame(facts, frame, words)
    indicator = indicator_of(code)
    if wrong := wrong_filter(indicator, asked):
        raise Refused(wrong)
    old = before.get((code, asked))
    found = old or Figure(0, code, asked, ask(code, asked), "")
    fits = {"", found.text, old.written if old else found.text}
    if typed not in fits:
        differs = _t("记号里的“%(typed)s”与台账的“%(now)s”不一致。记号里的数字不能改；%(remedy)s")
        remedy = _t("要写别的数字，请删掉整个记号再写，并注明来源。")
        raise Refused(differs % {"typed": typed, "now": found.text, "remedy": remedy})
    return found


def _frame(facts: list[str], frame: Frame, words: str) -> Frame:
    """The frame a token asks for."""
    pairs = dict(one.split("=", 1) for one in facts if "=" in one)
    if len(pairs) < len(facts):
        raise Refused(_t("看不懂记号“⟦%(words)s⟧”，条件应写成“batch=base”的样子。") % {"words": words})
    try:
        days = {name: date.fromisoformat(pairs.pop(name)) for name in _DAYS if name in pairs}
    except ValueError as error:
        raise Refused(_t("记号“⟦%(words)s⟧”里的日期应写成 2020-08-31。") % {"words": words}) from error
    place = pairs.pop("place", frame.place)
    if not place.startswith(frame.place[:4]) or days.get("as_of", frame.as_of) > frame.as_of:
        raise Refused(_t("记号“⟦%(words)s⟧”问的地区或日期超出了这份文件的范围。") % {"words": words})
    asked = {"place": place, "as_of": frame.as_of, **days}
    return Frame(frame.campaign, filters=pairs, **asked)


def whole_number(given: str | None, otherwise: int) -> int:
    """A number a page sends back (version, place, cursor); `otherwise` where it is none."""
    return int(given) if given and given.isdecimal() and len(given) < 10 else otherwise


def depth_of(given: str | None) -> int:
    """That of a heading, 1 to 4; anything else is a paragraph."""
    return int(given) if given in {"1", "2", "3", "4"} else 0


def with_inserted(asked: Mapping[str, Any], text: str) -> tuple[str, str]:
    """The text with the chosen figure's token where the cursor stood (at the end without scripts)."""
    if not asked.get("figure"):
        return text, _t("请先选要插入的数字。")
    words = f"⟦·{asked['figure']}" + (f"·{asked['filter']}" if asked.get("filter") else "") + "⟧"
    caret = whole_number(asked.get("caret"), len(text))
    return text[:caret] + words + text[caret:], ""


def figure_choices() -> list[tuple[str, str]]:
    """Every indicator of the dictionary, for the list from which one is inserted."""
    return [(code, str(one.name)) for code, one in catalogue().items()]


def filter_choices(frame: Frame) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a figure may be narrowed to, by dimension; only dimensions of a few parts."""
    found: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for one in catalogue().values():
        for name, dimension in dimensions_of(one).items() if isinstance(one, Indicator) else ():
            if name not in found and name in {"county", "batch", "source", "priority", "group"}:
                parts = [(f"{name}={key}", str(words)) for key, words in dimension.labels(frame).items()]
                found[name] = (str(dimension.label), parts)
    return list(found.values())


# -- forms ---------------------------------------------------------------------------------------------------------


class DraftForm(forms.Form):
    """Template, place and day of a new document; whom a special report is about; what a circular compares with."""

    template = forms.ChoiceField(label=_("文种模板"))
    place = forms.ChoiceField(label=_("地区"))
    as_of = forms.DateField(label=_("数据截至"), widget=forms.DateInput(DAY))
    since = forms.DateField(
        label=_("与哪天相比"),
        required=False,
        widget=forms.DateInput(DAY),
        help_text=_("通报用；不填就从上一期通报的截至日期算起"),
    )
    population = forms.ChoiceField(label=_("报告对象"), required=False, help_text=_("专题报告用"))

    def __init__(self, *args: Any, campaign: Campaign, day: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"as_of": day}, **kwargs)
        places = Unit.objects.filter(city_code=campaign.city.city_code, kind__in=[UnitKind.CITY, UnitKind.COUNTY])
        self.templates = document_templates(campaign)
        self.fields["template"].choices = [(t.name, t.title) for t in self.templates.values()]
        self.fields["place"].choices = [(u.code, u.label) for u in places.order_by("sort_key", "pk")]
        self.fields["population"].choices = [("", "—"), *((name, words) for name, (_f, words) in POPULATIONS.items())]

    def clean(self) -> dict[str, Any]:
        """A period must have a day; a special report must say whom it is about."""
        facts = super().clean() or self.cleaned_data
        if facts.get("since") and facts.get("as_of") and facts["since"] >= facts["as_of"]:
            self.add_error("since", _t("应早于数据截至日期。"))
        template = self.templates.get(facts.get("template", ""))
        if template and "population" in template.text and not facts.get("population"):
            self.add_error("population", _t("这种文件要选定报告对象。"))
        return facts


def _list(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.Textarea({"rows": 2}), help_text=_("一行一个"))


class HeadForm(forms.Form):
    """Title, organ, number series, recipients and copies."""

    title = forms.CharField(label=_("标题"), max_length=200)
    organ = forms.CharField(label=_("发文机关"), max_length=100)
    agency = forms.CharField(
        label=_("机关代字"), max_length=12, help_text=_("发文字号里年份前面的几个字，如“衡落地办”")
    )
    recipients = _list(_("主送机关"))
    copies_to = _list(_("抄送机关"))

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        facts = {name: getattr(document, name) for name in ("title", "organ", "agency")}
        facts |= {name: "\n".join(getattr(document, name)) for name in ("recipients", "copies_to")}
        super().__init__(*args, initial=facts, **kwargs)

    def clean_agency(self) -> str:
        """Chinese characters only (GB/T 9704 7.2.5)."""
        agency = str(self.cleaned_data["agency"])
        if doc_number_fault(f"{agency}〔2020〕1号"):
            raise forms.ValidationError(_t("机关代字只用汉字，一至十二个。"))
        return agency

    def clean_recipients(self) -> list[str]:
        """One a line."""
        return _lines(self.cleaned_data["recipients"])

    def clean_copies_to(self) -> list[str]:
        """One a line."""
        return _lines(self.cleaned_data["copies_to"])


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class SourceForm(forms.Form):
    """Where a number typed by hand comes from."""

    source = forms.CharField(label=_("来源"), max_length=300, help_text=_("文件名称和文号，或谁在何时提供"))
    source_on = forms.DateField(label=_("来源日期"), widget=forms.DateInput(DAY))
    outside = forms.BooleanField(label=_("引自统计局、银行等外部文件"), required=False)
    upload = forms.FileField(label=_("来源文件"), required=False)

    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        self.day = day
        super().__init__(*args, **kwargs)

    def clean_source_on(self) -> date:
        """Not a day to come."""
        source_on: date = self.cleaned_data["source_on"]
        if source_on > self.day:
            raise forms.ValidationError(_t("来源日期还没有到。"))
        return source_on
