"""`luodi pack check|load FOLDER`: check a campaign pack, or load it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from luodi.campaigns import actions
from luodi.campaigns.forms import read_pack
from luodi.campaigns.queries import version_in_force
from luodi.campaigns.rules import figure_codes
from luodi.indicators.rules import catalogue
from luodi.journal.rules import SYSTEM
from luodi.kit.clock import now
from luodi.kit.refusal import Refused


class Command(BaseCommand):
    help = "Check a campaign pack, or load it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["check", "load"])
        parser.add_argument("folder")

    def handle(self, *args: Any, **options: Any) -> None:
        pack = read_pack(options["folder"])
        known = set(catalogue())
        for document in pack.documents:
            if strange := sorted(figure_codes(document.text) - known):
                raise Refused(
                    _("templates/%(name)s.md.j2：没有这些指标：%(codes)s，可用指标见 luodi indicators。")
                    % {"name": document.name, "codes": "、".join(strange)}
                )
        if options["act"] == "load":
            campaign = actions.load_pack(options["folder"], actor=SYSTEM, at=now())
            version = version_in_force(campaign)
            self.stdout.write(_("已装入「%(name)s」%(version)s。") % {"name": campaign.name, "version": version})
            return
        self.stdout.write(
            _("「%(name)s」第 %(version)d 版没有问题：%(groups)d 个大类、%(categories)d 类、%(documents)d 个模板。")
            % {
                "name": pack.name,
                "version": pack.version,
                "groups": len(pack.categories.groups),
                "categories": sum(len(group.categories) for group in pack.categories.groups),
                "documents": len(pack.documents),
            }
        )
