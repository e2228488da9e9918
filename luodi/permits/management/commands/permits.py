"""`luodi permits load FOLDER`, `logs`, `analyse --log LOG`, `plan TEMPLATE`; `--json` is a stable contract."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from luodi.journal.rules import SYSTEM
from luodi.kit.clock import now, today
from luodi.permits import actions, queries
from luodi.permits.models import EventLog


class Command(BaseCommand):
    help = "Approval items of a pack, plans by template, and what imported event logs say."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        load = acts.add_parser("load", help="load permits.yaml of a pack")
        load.add_argument("folder", type=Path)
        logs = acts.add_parser("logs", help="the imported logs")
        analyse = acts.add_parser("analyse", help="variants, throughput, rework of an imported log")
        analyse.add_argument("--log", required=True)
        plan = acts.add_parser("plan", help="earliest dates and critical path of a process template")
        plan.add_argument("template")
        for one in (logs, analyse, plan):
            one.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, options["act"])(options)

    def load(self, options: dict[str, Any]) -> None:
        """The catalogue, by the same act as the sample city."""
        kept = actions.load_items(options["folder"], actor=SYSTEM, at=now())
        about = {"pack": kept.pack, "version": kept.version, "n": kept.items.count()}
        self.stdout.write(_("%(pack)s 事项目录第 %(version)s 版，%(n)s 个事项。") % about)

    def logs(self, options: dict[str, Any]) -> None:
        """Names and sizes."""
        rows = EventLog.objects.order_by("-imported_at", "-pk")
        facts = [{"log": r.name, "file": r.file_name, "cases": r.case_count, "events": r.event_count} for r in rows]
        if options["json"]:
            self.stdout.write(json.dumps(facts, ensure_ascii=False, indent=1))
            return
        for one in facts:
            self.stdout.write(_("%(log)s：%(cases)s 个案件，%(events)s 个事件（%(file)s）") % one)

    def analyse(self, options: dict[str, Any]) -> None:
        """What was found when the log was imported."""
        log = queries.log_of(options["log"])
        facts = {"log": log.name, "file": log.file_name, **log.findings}
        if options["json"]:
            self.stdout.write(json.dumps(facts, ensure_ascii=False, indent=1))
            return
        days = facts["throughput"]["calendar_days"]
        self.stdout.write(_("%(cases)s 个案件，%(events)s 个事件，%(variants)s 种路径。") % facts)
        words = _("用时（自然日）中位数 %(median).1f，平均 %(mean).1f，九成以内 %(p90).1f。")
        self.stdout.write(words % days)
        for one in facts["paths"]:
            about = {"n": one["cases"], "path": " → ".join(one["path"])}
            self.stdout.write(_("%(n)s 件　%(path)s") % about)

    def plan(self, options: dict[str, Any]) -> None:
        """Working days from today on."""
        found = queries.plan_of(options["template"], today())
        steps = [
            {"item": one.item.code, "begins": one.begins, "ends": one.ends, "critical": one.is_critical}
            | {"begins_on": str(one.begins_on or ""), "ends_on": str(one.ends_on or "")}
            for one in found.steps
        ]
        facts = {"parallel": found.parallel, "sequential": found.sequential, "saved": found.saved, "steps": steps}
        if options["json"]:
            self.stdout.write(json.dumps(facts, ensure_ascii=False, indent=1))
            return
        words = _("并联 %(parallel)s 个工作日，逐项办理 %(sequential)s 个工作日，少 %(saved)s 个。")
        self.stdout.write(words % {name: facts[name] for name in ("parallel", "sequential", "saved")})
