"""How forms are drawn: `FORM_RENDERER = "luodi.kit.forms.Renderer"` gives every form our field and our classes."""

from datetime import datetime
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.formats import get_format

_CLASSES = {
    "select": "form-select",
    "checkbox": "form-check-input",
    "radio": "form-check-input",
    "hidden": "",
}
_CHOICE_TEMPLATES = ("radio.html", "checkbox_select.html", "multiple_input.html", "input_option.html")


def _iso_day(text: str) -> str:
    """A day written in the reader's format as 2020-08-31, which is what <input type=date> takes."""
    for form in ("%Y-%m-%d", *get_format("DATE_INPUT_FORMATS")):
        try:
            return datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    return text


def _dress(template_name: str, widget: dict[str, Any]) -> None:
    """Give one widget its class and, for days, its type. Attributes a form wrote itself are kept."""
    name = template_name.rsplit("/", 1)[-1]
    if name in _CHOICE_TEMPLATES and "optgroups" in widget:
        return
    attrs = widget["attrs"] = dict(widget.get("attrs") or {})
    kind = "select" if name == "select.html" else widget.get("type", "")
    added = _CLASSES.get(kind, "form-control")
    attrs["class"] = " ".join(filter(None, [added, attrs.get("class", "")]))
    if not attrs["class"]:
        del attrs["class"]
    if name == "date.html":
        widget["type"] = "date"
        if widget.get("value"):
            widget["value"] = _iso_day(str(widget["value"]))
    if name == "textarea.html":
        attrs.setdefault("rows", 4)


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
