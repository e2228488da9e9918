"""`luodi import problems FILE` and `luodi import events FILE`; `--json` is a stable contract (docs/cli.md)."""

import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from luodi.campaigns.models import Campaign
from luodi.campaigns.queries import current
from luodi.eventlogs.model import Columns
from luodi.intake import actions, queries
from luodi.intake.rules import Scope, scope_refusal
from luodi.kit.clock import now, today
from luodi.kit.refusal import Refused
from luodi.orgs.models import Person, Role, Unit
from luodi.permits.actions import import_events


class Command(BaseCommand):
    """All rows or none: with an error in one row nothing is written and the exit code is 1."""

    help = "Import a ledger (luodi import problems FILE.xlsx) or an event log (luodi import events FILE --name LOG)"

    def add_arguments(self, parser: CommandParser) -> None:
        """What to import, from where, as whom."""
        parser.add_argument("noun", choices=["problems", "events"])
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="only check")
        parser.add_argument("--unit", metavar="CODE", help="responsible unit of rows that name none")
        parser.add_argument("--as", dest="username", metavar="USERNAME", help="act as this person")
        parser.add_argument("--json", action="store_true")
        events = parser.add_argument_group("events (XES or CSV)")
        events.add_argument("--name", metavar="LOG", help="the name the log is known by; the file's own if not given")
        for column in ("case", "activity", "time", "lifecycle"):
            events.add_argument(f"--{column}", default="", help="column of a CSV; guessed if not given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import what is asked for."""
        if options["noun"] == "events":
            self.events(options)
        else:
            self.problems(options)

    def events(self, options: dict[str, Any]) -> None:
        """A log of another system, whole or not at all."""
        actor, path = acting(options["username"]), options["file"]
        columns = Columns(*(options[word] for word in ("case", "activity", "time", "lifecycle")))
        kept = import_events(path, name=options["name"] or path.stem, columns=columns, actor=actor, at=now())
        facts = {"log": kept.name, "file": kept.file_name, "cases": kept.case_count, "events": kept.event_count}
        if options["json"]:
            self.stdout.write(json.dumps({**facts, "sm3": kept.sm3}, ensure_ascii=False, indent=1))
        else:
            self.stdout.write(_("日志“%(log)s”：%(cases)s 个案件，%(events)s 个事件，已导入。") % facts)

    def problems(self, options: dict[str, Any]) -> None:
        """Check; import when every row is good; print what is wrong."""
        actor = acting(options["username"])
        campaign, unit = campaign_of(actor), unit_of(options["unit"])
        content, name = content_of(options["file"]), options["file"].name
        sheet = queries.workbook(content, name).chosen
        mapping = queries.mapping_for(sheet, queries.home_of(unit, actor, today()))
        reading = queries.check(sheet, campaign, actor, today(), unit, mapping)
        errors = [fault for row in reading.bad for fault in queries.row_faults(sheet, mapping, row)]
        missing = queries.missing(mapping, unit).values()
        refusal = scope_refusal(Scope.ALL, len(reading.rows), 0, len(reading.rows), missing)
        codes: list[str] = []
        if not (errors or refusal or options["dry_run"]):
            about = {"name": name, "campaign": campaign, "unit": unit}
            batch = actions.upload(content, **about, actor=actor, at=now(), at_once=True)
            batch = actions.run(batch, actor=actor, at=now(), at_once=True)
            codes = [row.problem.code for row in queries.registered(batch)]
        facts = {
            "file": name,
            "sheet": sheet.name,
            "rows": len(reading.rows),
            "good": len(reading.good),
            "errors": errors if not refusal else [{"row": None, "column": "", "value": "", "message": refusal}],
            "warnings": [{"row": r.number, "message": words} for r in reading.rows for words in r.warnings],
            "registered": codes,
        }
        self.report(facts, refusal, as_json=options["json"])
        if errors or refusal:
            sys.exit(1)

    def report(self, facts: dict[str, Any], refusal: str | None, *, as_json: bool) -> None:
        """Results on standard output, what is wrong on standard error."""
        if as_json:
            self.stdout.write(json.dumps(facts, ensure_ascii=False, indent=1))
        if refusal:
            self.stderr.write(refusal)
            return
        for fault in facts["errors"]:
            self.stderr.write(_("第 %(row)s 行 «%(column)s» “%(value)s”：%(message)s") % fault)
        for warning in facts["warnings"]:
            self.stderr.write(_("第 %(row)s 行 提醒：%(message)s") % warning)
        if as_json:
            return
        self.stdout.write(
            _("「%(file)s」%(rows)s 行，可导入 %(good)s 行，已登记 %(n)s 件。")
            % {**facts, "n": len(facts["registered"])}
        )
        for code in facts["registered"]:
            self.stdout.write(code)


def acting(username: str | None) -> Person:
    """The person named; in the demo the campaign office's 李文静 unless told otherwise."""
    if not username and not settings.LUODI_DEMO:
        raise Refused(_("请用 --as 写明以谁的账号导入，如 --as li；台账上会记下这个人。"))
    person = Person.objects.filter(username=username or "li", is_active=True).first()
    if person is None:
        raise Refused(_("没有账号“%(username)s”，或者已停用。") % {"username": username or "li"})
    if not person.roles_on(today()) & {Role.OFFICE, Role.CLERK}:
        raise Refused(_("%(name)s没有专班办或单位经办的岗位，不能导入。") % {"name": person})
    return person


def campaign_of(actor: Person) -> Campaign:
    """The current campaign of the actor's city."""
    post = actor.main_post(today())
    found = current(post.unit.city_code) if post else None
    if found is None:
        raise Refused(_("还没有装入活动包，不能导入问题。请先运行 luodi pack load 文件夹。"))
    return found


def unit_of(code: str | None) -> Unit | None:
    """The unit with this code."""
    if not code:
        return None
    unit = Unit.objects.filter(code=code, active=True).first()
    if unit is None:
        raise Refused(_("没有代码为“%(code)s”的单位。") % {"code": code})
    return unit


def content_of(path: Path) -> bytes:
    """The bytes of the file."""
    try:
        return path.read_bytes()
    except OSError:
        raise Refused(_("打不开文件「%(path)s」，请核对路径和权限。") % {"path": path}) from None
