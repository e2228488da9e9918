"""`luodi document draft NAME …`: a document as .docx, with every figure and its rows (docs/cli.md)."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from luodi.campaigns.models import Campaign
from luodi.campaigns.queries import campaigns
from luodi.documents import queries
from luodi.documents.rules import Draft
from luodi.indicators import queries as indicators
from luodi.indicators.rules import Frame
from luodi.kit.clock import today
from luodi.kit.refusal import Refused


class Command(BaseCommand):
    help = "Draft a document from a template of the pack."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["draft"])
        parser.add_argument("name", help="the template, e.g. work-report")
        parser.add_argument("--as-of", help="YYYY-MM-DD; today if not given")
        parser.add_argument("--place", help="GB/T 2260 code; the campaign's city if not given")
        parser.add_argument("--campaign", help="code; the current one if not given")
        parser.add_argument("-o", "--output", help="file to write")
        parser.add_argument("--json", action="store_true", help="print the figures, their rows and the warnings")

    def handle(self, *args: Any, **options: Any) -> None:
        campaign = _campaign(options["campaign"])
        frame = Frame(campaign.pk, options["place"] or campaign.city.code, _day(options["as_of"]))
        facts = queries.template_of(campaign, options["name"])
        composed = queries.draft(campaign, facts.text, frame)
        if options["output"]:
            _write(Path(options["output"]), queries.docx(composed, facts))
        if options["json"]:
            self.stdout.write(json.dumps(_json(composed), ensure_ascii=False))
        elif options["output"]:
            words = _("已写入 %(file)s：%(n)s 个数字，%(w)s 条提示。")
            self.stdout.write(
                words % {"file": options["output"], "n": len(composed.figures), "w": len(composed.warnings)}
            )
        else:
            self.stdout.write("\n".join([composed.title, *(block.words for block in composed.blocks)]))


def _campaign(code: str | None) -> Campaign:
    known = campaigns()
    found = next((c for c in known if c.code == code or (code is None and c.is_current)), None)
    if found is None:
        raise Refused(_("没有这个活动；有：%(known)s。") % {"known": "、".join(c.code for c in known) or "—"})
    return found


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text else today()
    except ValueError as error:
        raise Refused(_("日期“%(text)s”看不懂，请写成 2020-08-31。") % {"text": text}) from error


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refused(_("文件 %(file)s 写不进去：%(why)s") % {"file": path, "why": error.strerror}) from error


def _json(composed: Draft) -> dict[str, Any]:
    """The contract: figures in the order of the text, `rows` the ids of the records that answer."""
    figures = []
    for figure in composed.figures:
        then = indicators.freeze(figure.code, figure.frame)
        figures.append(
            {
                "code": figure.code,
                "value": then["value"],
                "unit": then["unit"],
                "text": figure.text,
                "as_of": then["as_of"],
                "scope": then["scope"],
                "filters": then["frame"]["filters"],
                "rows": queries.row_ids(then),
            }
        )
    return {"title": composed.title, "figures": figures, "warnings": list(composed.warnings)}
