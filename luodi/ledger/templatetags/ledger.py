"""The cells of the list: one tag, because fifty rows of included templates would cost more than the query."""

from collections.abc import Callable

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t

from luodi.kit.templatetags.ui import due, icon, short_date, status, status_word
from luodi.ledger.sheets import COLUMNS, Reader
from luodi.problems.models import Problem

register = template.Library()
NOTHING = format_html('<span class="t3">{}</span>', "—")


@register.simple_tag(takes_context=True)
def cell(context: Context, name: str, row: Problem) -> SafeString:
    """`{% cell name row %}`: one cell of the list, with its icons and words."""
    reader: Reader = context["reader"]
    column = COLUMNS[name]
    if name == "title":
        return _title(context, row)
    inner = DRAWN[name](context, row, reader) if name in DRAWN else _words(column.value(row, reader))
    usual = "m-" in column.css or name == "project"
    label = SafeString("") if usual else format_html(' data-label="{}"', column.label)
    language = SafeString(' lang="zh-CN"') if column.own else SafeString("")
    classes = format_html(' class="{}"', column.css) if column.css else SafeString("")
    return format_html("<td{}{}{}>{}</td>", classes, label, language, inner)


def _words(value: object) -> object:
    if value is None or value == "":
        return NOTHING
    return value


def _href(context: Context, row: Problem) -> str:
    return f"{reverse('problems:problem', args=[row.pk])}?{urlencode({'from': context['here']})}"


def _title(context: Context, row: Problem) -> SafeString:
    project = SafeString("")
    if row.project_name and "project" in context["columns"]:
        project = format_html('<span class="two narrow" lang="zh-CN">{}</span>', row.project_name)
    link = format_html('<a href="{}" lang="zh-CN">{}</a>', _href(context, row), row.title)
    return format_html('<th scope="row">{}{}</th>', link, project)


def _code(context: Context, row: Problem, reader: Reader) -> SafeString:
    place = COLUMNS["county"].value(row, reader)
    return format_html(
        '<a href="{}" tabindex="-1">{}</a><span class="only-m ms-2">{}</span>', _href(context, row), row.code, place
    )


def _status(context: Context, row: Problem, reader: Reader) -> SafeString:
    if not row.is_overdue(reader.day):
        return status(row.status)
    return format_html('{}<span class="visually-hidden">{}</span>', status("overdue"), status_word(row.status))


def _evidence(context: Context, row: Problem, reader: Reader) -> SafeString:
    if not row.evidence_need:
        return NOTHING
    lacks = row.evidence_have < row.evidence_need
    return format_html(
        '<span class="nw {}">{} {}/{}<span class="visually-hidden"> {}</span></span>',
        "c-warn" if lacks else "t2",
        icon("file-x" if lacks else "file-check"),
        row.evidence_have,
        row.evidence_need,
        _t("缺") if lacks else _t("齐"),
    )


def _due(context: Context, row: Problem, reader: Reader) -> SafeString:
    if row.due_on is None:
        return format_html('<span class="t3">{}</span>', _t("未定"))
    if row.voided_on:
        return format_html("{}", short_date(row.due_on))
    left = due(context, row.due_on, reader.day, row.closed_on)
    return format_html('{} <span class="sm ms-1">{}</span>', short_date(row.due_on), left)


def _day(name: str) -> Callable[[Context, Problem, Reader], object]:
    def drawn(context: Context, row: Problem, reader: Reader) -> object:
        value = COLUMNS[name].value(row, reader)
        return value.isoformat() if value else NOTHING

    return drawn


DRAWN: dict[str, Callable[[Context, Problem, Reader], object]] = {
    "code": _code, "status": _status, "evidence": _evidence, "due": _due, "found": _day("found"),
    "closed": _day("closed"),
}  # fmt: skip
