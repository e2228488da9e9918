"""Figures in other modules' pages: a figure's provenance, and an indicator's name."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from luodi.indicators.rules import Frame, indicator_of
from luodi.indicators.views import figure_facts

register = template.Library()


@register.simple_tag
def indicator_name(code: str) -> str:
    """`{% indicator_name "problems.closed" %}`: its name in the reader's language."""
    return str(indicator_of(code).name)


@register.simple_tag
def provenance(code: str, frame: Frame) -> SafeString:
    """`{% provenance code frame %}`: value, day, scope, how, checks, parts, rows, history, in the drawer's order."""
    facts: dict[str, Any] = figure_facts(indicator_of(code), frame, "")
    return render_to_string("indicators/_provenance.html", facts)
