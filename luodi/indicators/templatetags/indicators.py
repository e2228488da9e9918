"""Figures in other modules' pages: a figure's provenance, an indicator's name, figures part by part."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from luodi.indicators import queries
from luodi.indicators.rules import Answer, Frame, dimensions_of, indicator_of
from luodi.indicators.views import figure_facts

register = template.Library()


@register.simple_tag
def indicator_name(code: str) -> str:
    """`{% indicator_name "problems.closed" %}`: its name in the reader's language."""
    return str(indicator_of(code).name)


@register.simple_tag
def provenance(code: str, frame: Frame, quoted: int = 0) -> SafeString:
    """`{% provenance code frame %}`: value, day, scope, how, checks, parts, rows, history, in the drawer's order.

    `quoted` is how often the text around it quotes this figure, all alike.
    """
    facts: dict[str, Any] = figure_facts(indicator_of(code), frame, "") | {"quoted": quoted}
    return render_to_string("indicators/_provenance.html", facts)


@register.inclusion_tag("indicators/_split.html")
def split(
    codes: Sequence[str], frame: Frame, by: str, label: str, known: Mapping[str, Answer] | None = None,
    notes: Mapping[str, str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """`{% split codes frame "county" label %}`: a table of these figures, whole and part by part, each with its rows.

    Parts without a row of the first figure are left out. `known`: answers the page has asked already;
    `notes`: words below the names of parts, by key.
    """
    columns = queries.break_downs(codes, frame, by)
    parts = [{part.key: part for part in columns[code]} for code in codes]
    lines = [
        (part.label, (notes or {}).get(key, ""), [column[key].answer if key in column else None for column in parts])
        for key, part in parts[0].items() if part.answer.value
    ]  # fmt: skip
    whole = [known[code] for code in codes] if known else queries.answers(codes, frame)
    return {"whole": whole, "lines": lines, "label": label, "first": dimensions_of(indicator_of(codes[0]))[by].label}
