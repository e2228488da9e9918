"""`luodi projects check|load FOLDER`: what a campaign pack says of projects (projects.yaml)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from luodi.campaigns.queries import campaigns
from luodi.journal.rules import SYSTEM
from luodi.kit.clock import now
from luodi.kit.refusal import Refused
from luodi.projects import actions, queries


class Command(BaseCommand):
    help = "Check or load what a campaign pack says of projects."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["check", "load"])
        parser.add_argument("folder")
        parser.add_argument("--pack", default="project-landing", help="the pack's code")

    def handle(self, *args: Any, **options: Any) -> None:
        content = queries.read_definition(options["folder"])
        words = {"version": content["version"], "text": content["landed"]["text"]}
        if options["act"] == "load":
            if options["pack"] not in {one.pack for one in campaigns()}:
                raise Refused(_("还没有装入活动包「%(pack)s」，请先运行 luodi pack load。") % {"pack": options["pack"]})
            actions.load_definition(options["folder"], pack=options["pack"], actor=SYSTEM, at=now())
            self.stdout.write(_("已装入项目口径第 %(version)s 版：%(text)s") % words)
            return
        self.stdout.write(_("项目口径第 %(version)s 版没有问题：%(text)s") % words)
