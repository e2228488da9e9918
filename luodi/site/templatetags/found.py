"""Marks in a text what was searched for."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from luodi.site.queries import pieces

register = template.Library()


@register.filter
def marked(text: str, words: Sequence[str]) -> SafeString:
    """The text, escaped, with the words in <mark>."""
    told = pieces(str(text), words)
    return format_html_join("", "{}", ((format_html("<mark>{}</mark>", one) if hit else one,) for one, hit in told))
