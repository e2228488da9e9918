"""Charts as SVG written by the server: no script, prints, follows the theme by classes, holds its series as text."""

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
        '<rect width="100" height="8"/><rect class="m" width="{}" height="8"/></svg>',
        f"hbar {classes}".strip(),
        share,
    )


def _series(points: Points, label: str) -> str:
    """The label and all points in words, for those who do not see the picture."""
    series = _("，").join(f"{word} {'—' if value is None else value}" for word, value in points)
    return _("%(label)s：%(points)s") % {"label": label, "points": series}


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
        marks.append(
            {
                "kind": "bxe" if place == len(points) - 1 else "bx",
                "left": f"{left + step * 0.19:.1f}",
                "top": f"{floor - height:.1f}",
                "width": f"{step * 0.62:.1f}",
                "height": f"{height:.1f}",
                "middle": f"{left + step / 2:.1f}",
                "above": f"{floor - height - 6:.1f}",
                "value": "—" if value is None else value,
                "below": HEIGHT - 6,
                "word": word,
            }
        )
    body = _joined(
        '<rect class="{kind}" x="{left}" y="{top}" width="{width}" height="{height}" rx="2"/>'
        '<text class="v" x="{middle}" y="{above}" text-anchor="middle">{value}</text>'
        '<text x="{middle}" y="{below}" text-anchor="middle">{word}</text>',
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
    span = top - bottom
    step = (WIDTH - 56) / max(1, len(points) - 1)
    marks, path = [], []
    for place, (word, value) in enumerate(points):
        if value is None:
            continue
        x = f"{30 + step * place:.1f}"
        share = (float(value) - bottom) / span if span else 0.5  # all alike: in the middle
        y = TOP + (HEIGHT - TOP - BOTTOM - 10) * (1 - share)
        path.append(f"{x},{y:.1f}")
        kind = "p pe" if place == len(points) - 1 else "p"
        mark = {"kind": kind, "x": x, "y": f"{y:.1f}", "above": f"{y - 9:.1f}", "value": value}
        marks.append(mark | {"below": HEIGHT - 6, "word": word})
    body = _joined(
        '<circle class="{kind}" cx="{x}" cy="{y}" r="3.5"/>'
        '<text class="v" x="{x}" y="{above}" text-anchor="middle">{value}</text>'
        '<text x="{x}" y="{below}" text-anchor="middle">{word}</text>',
        marks,
    )
    return _frame(points, label, format_html('<polyline class="l" points="{}"/>', " ".join(path)) + body)


def _joined(template: str, marks: list[dict[str, Any]]) -> SafeString:
    return format_html_join("", template, marks)


def _frame(points: Points, label: str, body: SafeString) -> SafeString:
    words = _series(points, label)
    return format_html(
        '<svg class="ch" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>', WIDTH, HEIGHT, words, body
    )
