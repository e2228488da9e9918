"""Tags of the components: status, limits, figures, icons, dates, addresses. Colours and shapes: design of the kit."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import translate_url
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from luodi.kit import charts

register = template.Library()

# code: (word, Tabler icon, tint). The first block are states of work, the second computed or verdicts.
STATUSES: Mapping[str, tuple[Any, str, str]] = {
    "registered": (_("待交办"), "circle-dashed", ""),
    "assigned": (_("待认领"), "circle-dashed", ""),
    "claimed": (_("已认领"), "progress", "info"),
    "planned": (_("方案已报"), "progress", "info"),
    "rectifying": (_("整改中"), "progress", "info"),
    "reported": (_("待县级自核"), "eye-check", "wait"),
    "self_checked": (_("待核查"), "eye-check", "wait"),
    "verified": (_("待销号"), "eye-check", "wait"),
    "returned": (_("退回补正"), "arrow-back-up", "warn"),
    "closed": (_("已销号"), "circle-check", "ok"),
    "merged": (_("已并案"), "copy", ""),
    "voided": (_("已作废"), "ban", ""),
    "unfounded": (_("查否"), "circle-x", ""),
    "overdue": (_("逾期"), "clock-exclamation", "bad"),
    "match": (_("相符"), "circle-check", "ok"),
    "mismatch": (_("不符"), "circle-x", "bad"),
    "missing": (_("缺证"), "file-x", "warn"),
    "not_applicable": (_("不适用"), "minus", ""),
    "unchecked": (_("未核对"), "circle-dashed", ""),
    "draft": (_("草稿"), "pencil", ""),
    "checked": (_("已核对"), "circle-check", "ok"),
    "issued": (_("已印发"), "circle-check", "ok"),
    "queued": (_("排队中"), "circle-dashed", ""),
    "running": (_("进行中"), "progress", "info"),
    "done": (_("已完成"), "circle-check", "ok"),
    "failed": (_("失败"), "circle-x", "bad"),
    "cancelled": (_("已取消"), "circle-x", ""),
}

# Where a figure comes from: (mark, meaning).
SOURCES: Mapping[str, tuple[Any, Any]] = {
    "ledger": (_("账"), _("系统台账实时计算，可点到记录")),
    "return": (_("报"), _("单位报送并经审核")),
    "outside": (_("外"), _("统计局、银行等外部文件")),
    "manual": (_("手"), _("人工填写，尚未核对")),
}

NEAR_DAYS = 3  # the blue light: three working days or fewer to go (domain.md 8, early lights)


def _inline(template_name: str, **context: Any) -> SafeString:
    """A component inside a line of text: no white space around it, Chinese has none."""
    return mark_safe(render_to_string(template_name, context).strip())


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """`{% icon "upload" %}`: one icon of the sprite; `extra` are further classes, e.g. "i-lg". Names: icons.txt."""
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f"i {extra}".strip(),
        static("dist/icons.svg"),
        name,
    )


@register.simple_tag
def status(code: str, word: str = "") -> SafeString:
    """`{% status problem.status %}`: icon, word and tint; `word` replaces the word. An unknown code shows itself."""
    known, image, tone = STATUSES.get(str(code), (code, "circle-dashed", ""))
    return _inline("kit/_status.html", word=word or known, icon=image, tone=tone)


@register.simple_tag
def status_word(code: str) -> str:
    """The word of a status, for text and for option lists."""
    return str(STATUSES.get(str(code), (code,))[0])


@register.simple_tag(takes_context=True)
def due(context: Context, due_on: date | None, today: date, closed_on: date | None = None) -> SafeString:
    """`{% due problem.due_on today problem.closed_on %}`: time left in days and the light, as word and shape.

    No limit shows nothing; a closed item shows whether it was in time. Blue counts working days: `soon_until` of the
    context gives the last blue day, asked once for a page; where the holidays are not announced calendar days count,
    and the title says so.
    """
    if due_on is None:
        return SafeString()
    left = (due_on - (closed_on or today)).days
    if closed_on:
        return _inline("kit/_due.html", light="late" if left < 0 else "closed", days=abs(left))
    if left <= 0:
        return _inline("kit/_due.html", light="red" if left < 0 else "yellow", days=abs(left))
    ask = context.get("soon_until")
    until = ask() if ask else None
    near = due_on <= (until or today + timedelta(days=NEAR_DAYS))
    return _inline("kit/_due.html", light="blue" if near else "none", days=left, working=until is not None)


@register.simple_tag
def source(kind: str) -> SafeString:
    """`{% source "ledger" %}`: the square mark 账/报/外/手 saying where a figure comes from."""
    mark, meaning = SOURCES[kind]
    return _inline("kit/_source.html", mark=mark, meaning=meaning, kind=kind)


@register.simple_tag
def fig(answer: Any, href: str = "", classes: str = "", drawer: bool = False) -> SafeString:
    """`{% fig answer href %}`: a figure as a link to its records.

    `answer` has `.text`, `.value`, `.reason` (an Answer), or is any number or text. `drawer=True` lets htmx load
    `href` into #drawer-place. Without value it shows «—» and says why.
    """
    if hasattr(answer, "text"):
        known, text, reason = answer.value is not None, answer.text, getattr(answer, "reason", "")
    else:
        known, text, reason = answer is not None, grouped(answer), ""
    return _inline("kit/_figure.html", known=known, text=text, reason=reason, href=href, classes=classes, drawer=drawer)


@register.filter
def grouped(value: Any) -> str:
    """1610 → «1,610»; blank (None) → «—», never 0; anything that is no number stays as it is."""
    if value is None or value == "":
        return "—"
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


@register.filter
def is_chinese(value: Any) -> bool:
    """Whether a text holds Chinese characters: on a page in another language its element then says lang="zh-CN"."""
    return any("\u4e00" <= letter <= "\u9fff" for letter in str(value))


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter
def cn_date(value: date | datetime | None) -> str:
    """31 August → «8月31日» (in English «31 Aug»); blank → empty."""
    return date_format(_local(value), pgettext("date format", "n月j日"), use_l10n=False) if value else ""


@register.filter
def cn_full_date(value: date | datetime | None) -> str:
    """«2020年8月31日» (in English «31 Aug 2020»); blank → empty."""
    return date_format(_local(value), pgettext("date format", "Y年n月j日"), use_l10n=False) if value else ""


@register.filter
def cn_moment(value: datetime | None) -> str:
    """«8月31日 08:00»; blank → empty."""
    return date_format(_local(value), pgettext("date format", "n月j日 H:i"), use_l10n=False) if value else ""


@register.filter
def short_date(value: date | datetime | None) -> str:
    """«08-31», for tables; blank → empty."""
    return _local(value).strftime("%m-%d") if value else ""


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: Any) -> str:
    """`{% query_with sort="-due" cursor=None %}`: this page's query with values replaced; None or "" removes one."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        elif isinstance(value, list | tuple):
            query.setlist(key, [str(one) for one in value])
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def hbar(value: Any, most: Any, classes: str = "") -> SafeString:
    """`{% hbar row.count largest %}`: horizontal bar from zero as SVG; `classes`: "w" amber, "wide-b" full width."""
    return charts.hbar(value, most, classes)


@register.simple_tag
def line_chart(points: list[tuple[str, Any]], label: str, low: Any = None, high: Any = None) -> SafeString:
    """`{% line_chart points label %}`: points are (word, value); the label and the series are its text."""
    return charts.line(points, label, low, high)


@register.simple_tag
def bar_chart(points: list[tuple[str, Any]], label: str) -> SafeString:
    """`{% bar_chart points label %}`: columns from zero, the last one marked as the present."""
    return charts.columns(points, label)


@register.inclusion_tag("kit/_fields.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """`{% fields form %}`: error summary, hidden and visible fields; the page writes <form>, token and buttons."""
    return {"form": form}


@register.simple_tag(takes_context=True)
def other_language(context: Context) -> dict[str, str] | None:
    """`{% other_language as other %}`: {code, name, url} of this page in the other language; None outside a page."""
    request = context.get("request")
    if request is None or len(settings.LANGUAGES) < 2:
        return None
    code, name = next((code, name) for code, name in settings.LANGUAGES if code != get_language())
    url = translate_url(request.get_full_path(), code)
    return {"code": "zh-CN" if code.startswith("zh") else code, "name": name, "url": url}
