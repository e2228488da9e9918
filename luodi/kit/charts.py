"""Charts as SVG written by the server: no script, prints, follows the theme by classes, holds its series as text."""

from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

Points = list[tuple[str, Any]]
WIDTH, HEIGHT = 380, 170
TOP, BOTTOM = 22, 24  # room for the value above a mark, for the word below the axis


def hbar(value: Any, most: Any, classes: str = "") -> SafeString:
    """Bar of `value` out of `most`, both ≥ 0; starts at zero; blank or nothing to compare draws the empty ground."""
    share = min(100, round(100 * float(value) / float(most), 1)) if value and most else 0
    return format_html(
        '<svg class="{}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect width="100" height="8" rx="2"/><rect class="m" width="{}" height="8" rx="2"/></svg>',
        f"hbar {classes}".strip(),
        share,
    )


def _series(points: Points, label: str) -> str:
    """The label and all points in words, for those who do not see the picture."""
    return _("%(label)s：%(points)s") % {"label": label, "points": _("，").join(f"{word} {value}" for word, value in points)}


def _known(points: Points) -> Points:
    return [(word, value) for word, value in points if value is not None]


def columns(points: Points, label: str) -> SafeString:
    """Columns from zero; the last is the present and is marked; blank values leave a gap, they are not zero."""
    floor = HEIGHT - BOTTOM
    room = floor - TOP
    step = (WIDTH - 16) / max(1, len(points))
    most = max((float(value) for _word, value in _known(points)), default=0) or 1
    marks = []
    for place, (word, value) in enumerate(points):
        left = 8 + step * place
        height = max(2.0, room * float(value) / most) if value is not None else 0
        kind = "bxe" if place == len(points) - 1 else "bx"
        middle = f"{left + step / 2:.1f}"
        marks.append(
            (kind, f"{left + step * 0.19:.1f}", f"{floor - height:.1f}", f"{step * 0.62:.1f}", f"{height:.1f}")
            + (middle, f"{floor - height - 6:.1f}", "—" if value is None else value, middle, HEIGHT - 6, word)
        )
    body = format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>'
        '<text class="v" x="{}" y="{}" text-anchor="middle">{}</text><text x="{}" y="{}" text-anchor="middle">{}</text>',
        marks,
    )
    axis = format_html('<line class="g" x1="8" x2="{}" y1="{}" y2="{}"/>', WIDTH - 8, floor + 0.5, floor + 0.5)
    return _frame(points, label, axis + body)


def line(points: Points, label: str, low: Any = None, high: Any = None) -> SafeString:
    """Line with its values printed on it; the axis runs from `low` to `high`, by default just around the values."""
    known = _known(points)
    values = [float(value) for _word, value in known] or [0.0]
    bottom = float(low) if low is not None else min(values)
    top = float(high) if high is not None else max(values)
    span = (top - bottom) or 1
    step = (WIDTH - 56) / max(1, len(points) - 1)
    marks, path = [], []
    for place, (word, value) in enumerate(points):
        if value is None:
            continue
        x = f"{36 + step * place:.1f}"
        y = TOP + (HEIGHT - TOP - BOTTOM - 10) * (1 - (float(value) - bottom) / span)
        path.append(f"{x},{y:.1f}")
        kind = "p pe" if place == len(points) - 1 else "p"
        marks.append((kind, x, f"{y:.1f}", x, f"{y - 9:.1f}", value, x, HEIGHT - 6, word))
    body = format_html_join(
        "",
        '<circle class="{}" cx="{}" cy="{}" r="3.5"/><text class="v" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        marks,
    )
    return _frame(points, label, format_html('<polyline class="l" points="{}"/>', " ".join(path)) + body)


def _frame(points: Points, label: str, body: SafeString) -> SafeString:
    return format_html(
        '<svg class="ch" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>', WIDTH, HEIGHT, _series(points, label), body
    )


def share(part: Any, whole: Any) -> int:
    """Percent of `whole` as a whole number 0…100, for the width classes pw-0…pw-100; nothing to divide by → 0."""
    if not part or not whole:
        return 0
    return max(0, min(100, round(Decimal(part) * 100 / Decimal(whole))))
