"""`luodi files verify`: read every stored file again and name those that are missing or changed."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from luodi.files.actions import note_fault, sweep
from luodi.files.models import StoredFile
from luodi.files.queries import faults
from luodi.journal.rules import SYSTEM
from luodi.kit.clock import now


class Command(BaseCommand):
    """Exit 1 when something is missing or damaged. JSON: {"checked": n, "faults": [{sm3, path, state, stored_at}]}."""

    help = "Re-hash stored files; report missing and damaged ones; exit 1 if there are any"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One act so far."""
        parser.add_argument("act", choices=["verify"])
        parser.add_argument("--json", action="store_true", help="machine-readable output")

    def handle(self, *, act: str, json: bool, **options: Any) -> None:
        """Clear away what was never finished; verify, note, print."""
        sweep()
        found = []
        for fault in faults():
            note_fault(fault, actor=SYSTEM, at=now())
            if fault.state == "restored":
                continue
            stored = fault.stored
            found.append(
                {
                    "sm3": stored.sm3,
                    "path": stored.path,
                    "state": fault.state,
                    "stored_at": stored.stored_at.isoformat(),
                }
            )
        report = {"checked": StoredFile.objects.count(), "faults": found}
        self.stdout.write(_as_json(report) if json else _as_text(report))
        if found:
            sys.exit(1)


def _as_json(report: dict[str, Any]) -> str:
    return json.dumps(report, ensure_ascii=False, indent=2)


def _as_text(report: dict[str, Any]) -> str:
    words = {"missing": _("丢失"), "damaged": _("损坏")}
    lines = [f"{words[f['state']]} {f['sm3']} {f['path']}" for f in report["faults"]]
    lines.append(_("共核对 %(n)s 个文件，%(bad)s 个有问题。") % {"n": report["checked"], "bad": len(report["faults"])})
    return "\n".join(lines)
