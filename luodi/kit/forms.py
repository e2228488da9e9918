"""How forms are drawn: `FORM_RENDERER = "luodi.kit.forms.Renderer"` gives every form our field and our classes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import CheckboxInput, ChoiceField, Field, HiddenInput, ModelChoiceField, Select
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from luodi.kit.refusal import Refused
from luodi.kit.values import to_flag

REQUIRED = _("没有填，请补上。")  # its label stands before it: in the summary, above the field, over the cell
_CLASSES = {
    "select": "form-select",
    "checkbox": "form-check-input",
    "radio": "form-check-input",
    "hidden": "",
}
_CHOICE_TEMPLATES = ("radio.html", "checkbox_select.html", "multiple_input.html", "input_option.html")


def _iso_day(text: str) -> str | None:
    """A day written in the reader's format as 2020-08-31, which <input type=date> takes; None if it is no day."""
    if not text:
        return ""
    for form in ("%Y-%m-%d", *get_format("DATE_INPUT_FORMATS")):
        try:
            return datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    return None


def _dress(template_name: str, widget: dict[str, Any]) -> None:
    """Give one widget its class and, for days, its type. Attributes a form wrote itself are kept."""
    name = template_name.rsplit("/", 1)[-1]
    if "optgroups" in widget and name in _CHOICE_TEMPLATES:
        for _group, options, _place in widget["optgroups"]:
            for option in options:
                option["attrs"] = {**option["attrs"], "class": "form-check-input"}
        return
    attrs = widget["attrs"] = dict(widget.get("attrs") or {})
    kind = "select" if name == "select.html" else widget.get("type", "")
    added = _CLASSES.get(kind, "form-control")
    attrs["class"] = " ".join(filter(None, [added, attrs.get("class", "")]))
    if not attrs["class"]:
        del attrs["class"]
    if name == "date.html":
        day = _iso_day(str(widget.get("value") or ""))
        # What was typed is kept, and only a text box can show something that is no day.
        widget["type"] = "text" if day is None else "date"
        widget["value"] = day if day else widget.get("value")
    if name == "textarea.html" and attrs.get("rows") == "10":  # Django's default, too tall for a sentence or two
        attrs["rows"] = "4"


class Choice(ChoiceField):
    """A select whose first option, «all», says what it chooses."""

    def __init__(self, label: Any, all_words: Any = "", hidden: bool = False) -> None:
        self.all_words = all_words or _("全部")
        self.offered: list[Any] = []
        super().__init__(label=label, required=False, widget=HiddenInput() if hidden else Select({"aria-label": label}))
        self.error_messages["invalid_choice"] = _("没有“%(value)s”这个选项。")

    def offer(self, options: Iterable[Any]) -> None:
        """All, and these."""
        self.offered = [("", self.all_words), *options]
        self.choices = self.offered

    def words(self, value: str) -> str:
        """What the chosen option is called, with its group."""
        for code, words in self.offered:
            if isinstance(words, list | tuple):
                for one, inner in words:
                    if str(one) == value:
                        return str(inner) if value.startswith("group:") else f"{code} · {inner}"
            elif str(code) == value:
                return str(words)
        return value


class FullNameField(ModelChoiceField):
    """A choice of rows that have a `full_label`: their full name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """The words of one option."""
        return str(obj.full_label)


class Tick(CheckboxInput):
    """A box that leaves reading to its field: Django's own counts every text but «false» as ticked, also 否."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What was sent, as it is."""
        return data.get(name)

    def format_value(self, value: Any) -> str:
        """What a ticked box sends."""
        return "1"


class FlagField(Field):
    """Yes or no, the same from a page, a cell and JSON: 是, √, 1, true; blank and missing are no."""

    widget = Tick
    is_flag = True

    def __init__(self, *, label: Any = None) -> None:
        super().__init__(label=label, required=False)

    def clean(self, value: Any) -> bool:
        """The truth value, or an error that names what was typed."""
        if value == "on":  # a box without a value of its own
            return True
        try:
            return bool(to_flag(value))
        except Refused as why:
            raise ValidationError(str(why)) from None


class Renderer(TemplatesSetting):
    """Renders `{{ form }}` and `{{ form.name.as_field_group }}` with kit/_fields.html and kit/field.html."""

    form_template_name = "kit/_fields.html"
    field_template_name = "kit/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Render a form's template, dressing its widget first."""
        if template_name.startswith("django/forms/widgets/") and "widget" in context:
            widget = dict(context["widget"])
            for part in (widget, *widget.get("subwidgets", ())):
                _dress(part["template_name"], part)
            context = {**context, "widget": widget}
        return super().render(template_name, context, request)
