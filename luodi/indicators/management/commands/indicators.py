"""`luodi indicators [NAME …]`: figures on the command line; `--json` is a stable contract (design.md 5)."""

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from luodi.indicators import queries
from luodi.indicators.forms import read_frame, wrong_filter
from luodi.indicators.rules import (
    PERIOD,
    Answer,
    Campaign,
    Frame,
    Indicator,
    Part,
    Rate,
    catalogue,
    dimensions_of,
    indicator_of,
)
from luodi.kit.clock import today
from luodi.kit.refusal import Refused


class Command(BaseCommand):
    help = "Ask indicators: value, break-down and definition; no name asks all. --markdown prints the dictionary."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help="codes such as problems.closed")
        parser.add_argument("--place", help="city or county code, 1311 or 131102 (default: the campaign's city)")
        parser.add_argument("--as-of", help="YYYY-MM-DD (default: today)")
        parser.add_argument("--from", dest="start", help="only events from this day on")
        parser.add_argument("--to", dest="end", help="only events before this day")
        parser.add_argument("--by", help="break down by county, category, …, fortnight")
        parser.add_argument(
            "--filter", action="append", default=[], metavar="NAME=KEY", help="e.g. batch=base; repeatable"
        )
        parser.add_argument("--campaign", metavar="CODE", help="default: the current one")
        parser.add_argument("--json", action="store_true")
        parser.add_argument(
            "--markdown", action="store_true", help="print the dictionary (docs/generated/indicators.md)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["markdown"]:
            self.stdout.write("\n".join(_markdown()))
            return
        names = options["names"] or list(catalogue())
        for name in names:
            indicator_of(name)
        frame = _frame(_campaign(options["campaign"], options["place"]), options, names)
        parts = queries.break_downs(names, frame, options["by"]) if options["by"] else {}
        asked = [(found, parts.get(found.indicator.code, [])) for found in queries.answers(names, frame)]
        if options["json"]:
            facts = [_facts(found, split) for found, split in asked]
            self.stdout.write(json.dumps(facts, ensure_ascii=False, indent=1))
            return
        for found, split in asked:
            self._print(found, split)

    def _print(self, found: Answer, parts: list[Part]) -> None:
        why = f"（{found.reason}）" if found.reason else ""
        self.stdout.write(f"{found.indicator.code}\t{found.indicator.name}\t{found.text}{why}")
        for part in parts:
            self.stdout.write(f"  {part.label}\t{part.answer.text}")


def _campaign(code: str | None, place: str | None) -> Campaign:
    """The campaign asked for, else the current one of the place's city."""
    known = queries.campaigns()
    if code:
        known = [one for one in known if one.code == code]
        if not known:
            raise Refused(_("没有活动「%(code)s」。") % {"code": code})
    elif place:
        known = [one for one in known if one.city == place[:4]] or known
    if chosen := queries.newest(known):
        return chosen
    raise Refused(_("还没有装入活动包，没有可统计的活动。请先运行 luodi pack load 文件夹。"))


def _frame(campaign: Campaign, options: dict[str, Any], names: list[str]) -> Frame:
    """The options as a Frame, checked like an address; Refused with what is wrong."""
    default = Frame(campaign.pk, campaign.city, today())
    filters = dict(_pair(text) for text in options["filter"])
    asked = {name: options[name] for name in ("place", "as_of", "start", "end") if options[name]}
    frame = read_frame(asked, default=default, cities={campaign.city}, day=today())
    frame = Frame(frame.campaign, frame.place, frame.as_of, frame.start, frame.end, filters)
    for name in names:
        if wrong := wrong_filter(indicator_of(name), frame):
            raise Refused(wrong)
    return frame


def _pair(text: str) -> tuple[str, str]:
    name, sign, key = text.partition("=")
    if not sign:
        raise Refused(_("筛选条件「%(text)s」请写成 名称=值，如 batch=base。") % {"text": text})
    return name, key


def _number(value: Decimal | int | None) -> float | int | None:
    return float(value) if isinstance(value, Decimal) else value


def _brief(found: Answer | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"code": found.indicator.code, "value": _number(found.value), "text": found.text}


def _facts(found: Answer, parts: list[Part]) -> dict[str, Any]:
    return {
        "code": found.indicator.code,
        "name": str(found.indicator.name),
        "value": _number(found.value),
        "unit": found.unit,
        "text": found.text,
        "reason": found.reason,
        "as_of": _day(found.frame.as_of),
        "from": _day(found.frame.start),
        "to": _day(found.frame.end),
        "place": found.frame.place,
        "filters": dict(found.frame.filters),
        "scope": found.scope,
        "numerator": _brief(found.numerator),
        "denominator": _brief(found.denominator),
        "parts": [
            {"key": p.key, "label": p.label, "value": _number(p.answer.value), "text": p.answer.text} for p in parts
        ],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _markdown() -> Iterable[str]:
    """The dictionary of indicators, the same on every machine."""
    yield "# 指标口径"
    yield ""
    yield "由 `luodi indicators --markdown` 生成，请勿手改。"
    for heading, listed in queries.headings():
        yield f"\n## {heading}"
        for one in listed:
            yield f"\n### {one.name} `{one.code}`\n"
            yield f"- 单位：{one.unit}；口径第 {one.version} 版"
            yield f"- 统计口径：{one.scope}"
            yield f"- 怎么算的：{one.how}"
            if isinstance(one, Rate):
                yield f"- 分子：`{one.numerator}`；分母：`{one.denominator}`"
            if isinstance(one, Indicator) and one.total:
                yield f"- 合计：`{one.total}` 之和" + (f"，除以 {one.scale:,f}" if one.scale != 1 else "")
            ways = [f"{words.label} `{name}`" for name, words in dimensions_of(one).items()]
            if getattr(one, "day", "") and not getattr(one, "fold", None):
                ways.append(f"双周 `{PERIOD}`")
            yield f"- 可按以下分列：{'、'.join(ways)}"
