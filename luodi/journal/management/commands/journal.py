"""`luodi journal verify|seal`: check the chain, or seal what is waiting."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from luodi.journal import actions, queries
from luodi.kit.clock import now
from luodi.kit.refusal import Refused


class Command(BaseCommand):
    help = "Verify the journal's seals, or seal what is waiting."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["verify", "seal"])
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "seal":
            self.stdout.write(_("已封存 %(n)s 条日志。") % {"n": actions.seal(at=now())})
            return
        check = queries.verify()
        if options["json"]:
            self.stdout.write(json.dumps(asdict(check), ensure_ascii=False))
        if check.broken:
            raise Refused(check.broken)
        if not options["json"]:
            self.stdout.write(
                _("日志完好：%(blocks)s 块、%(entries)s 条，另有 %(unsealed)s 条待封存。") % asdict(check)
            )
