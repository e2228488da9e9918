"""How permits look: status and light of a case, the timetable of a plan, the map of a process. SVG is drawn here."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from luodi.kit.templatetags.ui import icon, status
from luodi.permits.models import Case, Intake, Status

register = template.Library()
# Status → the look of the kit's states.
LOOKS: Mapping[str, str] = {
    Status.APPLIED: "registered", Status.ASKED: "returned", Status.ACCEPTED: "claimed", Status.SUSPENDED: "missing",
    Status.OPINED: "verified", Status.GRANTED: "closed", Status.ISSUED: "closed", Status.REFUSED: "unfounded",
    Status.ENDED: "voided",
}  # fmt: skip
ICONS: Mapping[str, str] = {
    "accept": "check", "deem": "clock", "ask_papers": "speakerphone", "supply": "paperclip", "suspend": "player-pause",
    "resume": "rotate-clockwise", "extend": "calendar-due", "explain": "message-report", "opine": "file-check",
    "convert": "circle-check", "review_again": "refresh", "grant": "circle-check", "refuse": "circle-x",
    "issue": "award", "send_back": "arrow-back-up",
}  # fmt: skip
ROW, LEFT, NODE = 34, 190, 260


@register.simple_tag
def case_status(case: Case) -> SafeString:
    """The status of a case as word, shape and tint."""
    return status(LOOKS[case.status], str(case.get_status_display()))


@register.simple_tag
def case_intake(case: Case) -> SafeString:
    """A mark for a special intake; nothing for the normal one."""
    if case.intake == Intake.NORMAL:
        return SafeString()
    return format_html('<span class="st">{}</span>', case.get_intake_display())


@register.simple_tag
def clock_light(name: str) -> SafeString:
    """The light of a clock, as shape and word."""
    looks = {
        "red": ("due-bad", "clock-exclamation", _("超时")),
        "yellow": ("due-warn", "alert-triangle", _("今天到期")),
        "blue": ("due-info", "clock", _("三个工作日以内到期")),
        "stopped": ("t3", "player-pause", _("暂停计时")),
    }
    if name not in looks:
        return SafeString()
    look, image, word = looks[name]
    return format_html('<span class="{} nw">{}{}</span>', look, icon(image), word)


@register.filter
def act_icon(name: str) -> str:
    """The icon of an act."""
    return ICONS.get(name, "check")


@register.filter
def act_path(name: str) -> str:
    """The route of an act."""
    return f"permits:{name.replace('_', '-')}"


@register.simple_tag
def timetable(steps: Sequence[Any], whole: int) -> SafeString:
    """A plan as bars over working days: those that decide its length are filled, the others outlined; same as table."""
    height = 26 * len(steps) + 26
    scale = 560 / max(1, whole)
    marks = []
    for place, step in enumerate(steps):
        marks.append({
            "kind": "bxe" if step.is_critical else "bx",
            "x": f"{LEFT + step.begins * scale:.1f}", "y": 8 + 26 * place,
            "w": f"{max(3, (step.ends - step.begins) * scale):.1f}",
            "ty": 21 + 26 * place, "name": step.item.local_name[:14], "n": step.ends - step.begins,
            "tx": f"{LEFT + step.ends * scale + 6:.1f}",
        })  # fmt: skip
    bars = format_html_join(
        "",
        '<text x="0" y="{ty}">{name}</text><rect class="{kind}" x="{x}" y="{y}" width="{w}" height="16" rx="2"/>'
        '<text class="v" x="{tx}" y="{ty}">{n}</text>',
        marks,
    )
    label = _("各事项最早起止的工作日，共 %(n)s 个工作日；同样的内容见下表") % {"n": whole}
    frame = '<svg class="ch ch-wide" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    return format_html(frame, LEFT + 600, height, label, bars)


@register.simple_tag
def process_map(findings: Mapping[str, Any]) -> SafeString:
    """Activities from top to bottom in their usual order, an arc for each way from one to the next, the thicker the
    more often; what goes back is dashed. The table below says the same."""
    names = usual_order(findings)
    place = {name: n for n, name in enumerate(names)}
    edges = [one for one in findings["directly_follows"] if one["from"] in place and one["to"] in place][:40]
    most = max((one["count"] for one in edges), default=1)
    arcs = [_arc(place[one["from"]], place[one["to"]], one["count"], most) for one in edges]
    lines = format_html_join("", '<path d="{}" stroke-width="{}" stroke-dasharray="{}"/>', arcs)
    words = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="end">{} <tspan class="v">{}</tspan></text>'
        '<circle class="p" cx="{}" cy="{}" r="4"/>',
        [(NODE - 12, 34 + ROW * n, name[:16], findings["activities"][name], NODE, 30 + ROW * n)
         for name, n in place.items()],
    )  # fmt: skip
    label = _("实际流程图：%(n)s 个环节、%(edges)s 条走向；同样的内容见下表") % {"n": len(names), "edges": len(edges)}
    frame = '<svg class="ch ch-map" viewBox="0 0 620 {}" role="img" aria-label="{}">{}{}</svg>'
    return format_html(frame, 30 + ROW * len(names), label, lines, words)


def usual_order(findings: Mapping[str, Any]) -> list[str]:
    """The activities by their mean place in the paths, each as often as it was gone; those in no shown path last."""
    weight: dict[str, list[float]] = {}
    for one in findings["paths"]:
        for n, name in enumerate(one["path"]):
            weight.setdefault(name, [0.0, 0.0])
            weight[name][0] += one["cases"] * n / len(one["path"])
            weight[name][1] += one["cases"]
    return sorted(findings["activities"], key=lambda name: _mean(weight.get(name)))[:24]


def _mean(found: list[float] | None) -> float:
    return found[0] / found[1] if found and found[1] else 1.0


def _arc(start: int, end: int, count: int, most: int) -> tuple[str, str, str]:
    """From node to node at the right of the words, the farther the wider; dashed back, a small loop to itself."""
    y1, y2 = 30 + ROW * start, 30 + ROW * end
    width, dashes = f"{0.8 + 5 * count / most:.1f}", "none" if end > start else "5 5"
    if start == end:
        return f"M{NODE} {y1 - 3} C {NODE + 36} {y1 - 22}, {NODE + 36} {y1 + 22}, {NODE} {y1 + 3}", width, dashes
    bend = NODE + min(330, 14 + 30 * abs(end - start))
    return f"M{NODE} {y1} C {bend} {y1}, {bend} {y2}, {NODE} {y2}", width, dashes


@register.filter
def percent_words(share: float | None) -> str:
    """0.2653 → «26.5%»; unknown → «—»."""
    return "—" if share is None else f"{share * 100:.1f}%"
