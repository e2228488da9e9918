"""`luodi document draft | list | issue | verify | check`: documents on the command line (docs/cli.md)."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from luodi.campaigns.models import Campaign
from luodi.campaigns.queries import campaigns
from luodi.documents import actions, queries, sheets
from luodi.documents.models import Document
from luodi.documents.rules import POPULATIONS, Draft, row_ids
from luodi.indicators import queries as indicators
from luodi.indicators.rules import Frame
from luodi.kit.clock import now, today
from luodi.kit.refusal import Refused
from luodi.orgs.models import Person
from luodi.proofreading import queries as proofreading


class Command(BaseCommand):
    help = "Draft a document from a template of the pack; list, issue, verify and check documents."

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand each."""
        acts = parser.add_subparsers(dest="act", required=True)
        draft = acts.add_parser("draft", help="fill a template of the pack and write the .docx")
        draft.add_argument("name", help="the template, e.g. work-report")
        draft.add_argument("--as-of", help="YYYY-MM-DD; today if not given")
        draft.add_argument("--since", help="YYYY-MM-DD a circular compares with; the last one's if not given")
        draft.add_argument("--place", help="GB/T 2260 code; the campaign's city if not given")
        draft.add_argument("--population", choices=sorted(POPULATIONS), default="", help="of a special report")
        draft.add_argument("-o", "--output", help="file to write, .docx or .pdf")
        listed = acts.add_parser("list", help="documents with number, status and file")
        issue = acts.add_parser("issue", help="number and issue a signed document")
        issue.add_argument("id", type=int)
        issue.add_argument("--as", dest="username", required=True, help="who issues it")
        verify = acts.add_parser("verify", help="read the files and frozen figures of issued documents again")
        check = acts.add_parser("check", help="check any .docx: its figures, the ledger, its layout")
        check.set_defaults(act="examine")  # Django's commands have a `check` of their own
        check.add_argument("file")
        check.add_argument("--on", help="YYYY-MM-DD the document's date; the one it bears if not given")
        for one in (draft, listed, verify):
            one.add_argument("--campaign", help="code; the current one if not given")
        for one in (draft, listed, issue, verify, check):
            one.add_argument("--json", action="store_true", help="print JSON (docs/cli.md)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do as the subcommand says."""
        getattr(self, options["act"])(options)

    def draft(self, options: dict[str, Any]) -> None:
        """Fill a template; nothing is kept in the database."""
        campaign = _campaign(options["campaign"])
        frame = Frame(campaign.pk, options["place"] or campaign.city.code, _day(options["as_of"]))
        facts = queries.template_of(campaign, options["name"])
        if "population" in facts.text and not options["population"]:
            raise Refused(_("这种文件要用 --population 选定报告对象。"))
        since = _day(options["since"]) if options["since"] else None
        since = since or queries.last_told(campaign, facts.name, frame.place, frame.as_of)
        composed = queries.draft(campaign, facts.text, frame, population=options["population"], since=since)
        if options["output"]:
            names = ("kind", "organ", "recipients", "copies_to")
            document = Document(title=composed.title or facts.title, **{name: getattr(facts, name) for name in names})
            paper, path = sheets.official(composed, document, signed_on=None), Path(options["output"])
            _write(path, sheets.pdf_of(paper) if path.suffix == ".pdf" else sheets.docx_of(paper))
        if options["json"]:
            self.stdout.write(json.dumps(_json(composed), ensure_ascii=False))
        elif options["output"]:
            words = _("已写入 %(file)s：%(n)s 个数字，%(w)s 条提示。")
            numbers = {"n": len(composed.figures), "w": len(composed.warnings)}
            self.stdout.write(words % {"file": options["output"], **numbers})
        else:
            self.stdout.write("\n".join([composed.title, *(_words(block) for block in composed.blocks)]))

    def examine(self, options: dict[str, Any]) -> None:
        """Check a file; nothing is kept. Exit status 1 when something in it contradicts."""
        path, on = Path(options["file"]), _day(options["on"]) if options["on"] else None
        found = proofreading.report_of(_read(path), path.name, on=on, day=today())
        if options["json"]:
            self.stdout.write(json.dumps(proofreading.facts(found), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(proofreading.lines(found)))
        if found.contradictions:
            raise SystemExit(1)

    def list(self, options: dict[str, Any]) -> None:
        """The documents of a campaign, newest first."""
        found = Document.objects.filter(campaign=_campaign(options["campaign"])).select_related("stored", "stored_pdf")
        listed = [_facts(one) for one in found.order_by("-drafted_at", "-pk")]
        if options["json"]:
            self.stdout.write(json.dumps(listed, ensure_ascii=False))
            return
        for one in listed:
            self.stdout.write("\t".join(str(one[name] or "—") for name in ("id", "number", "status", "as_of", "title")))

    def issue(self, options: dict[str, Any]) -> None:
        """Issue what is signed, by the same act as the page."""
        document = Document.objects.filter(pk=options["id"]).first()
        actor = Person.objects.filter(username=options["username"]).first()
        if document is None or actor is None:
            raise Refused(_("没有这份文件或这个账号。"))
        document = actions.issue(document, actor=actor, at=now())
        said = json.dumps(_facts(document), ensure_ascii=False) if options["json"] else document.doc_number
        self.stdout.write(said)

    def verify(self, options: dict[str, Any]) -> None:
        """Whether files and frozen figures are still those that were issued; exit 1 where one is not."""
        campaign = _campaign(options["campaign"])
        checked, faults = queries.verify(campaign)
        if options["json"]:
            self.stdout.write(json.dumps({"checked": checked, "faults": faults}, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(faults) or _("%(n)s 份文件与印发时一致。") % {"n": checked})
        if faults:
            raise SystemExit(1)


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


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(_("文件 %(file)s 读不出来：%(why)s") % {"file": path, "why": error.strerror}) from error


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refused(_("文件 %(file)s 写不进去：%(why)s") % {"file": path, "why": error.strerror}) from error


def _words(block: Any) -> str:
    """A block on a terminal; a table with tabs."""
    if block.table is None:
        return str(block.words)
    rows = [["".join(p if isinstance(p, str) else p.text for p in cell) for cell in row] for row in block.table.rows]
    return "\n".join("\t".join(row) for row in [block.table.header, *rows])


def _facts(one: Document) -> dict[str, Any]:
    """The contract of a document: where it stands and the SM3 of its files."""
    return {
        "id": one.pk,
        "number": one.doc_number,
        "title": one.title,
        "kind": one.kind,
        "template": one.template,
        "place": one.place,
        "as_of": one.as_of.isoformat(),
        "status": one.status,
        "issued_on": one.issued_on.isoformat() if one.issued_on else None,
        "sm3": one.stored.sm3 if one.stored else "",
        "pdf_sm3": one.stored_pdf.sm3 if one.stored_pdf else "",
    }


def _number(value: str | None) -> float | int | None:
    """A frozen value as a number; whole ones without a point, as `luodi indicators` has them."""
    return None if value is None else float(value) if "." in value else int(value)


def _json(composed: Draft) -> dict[str, Any]:
    """The contract: figures in the order of the text, `rows` the ids of the records that answer."""
    figures = []
    then: dict[Any, dict[str, Any]] = {}
    for figure in composed.figures:
        asked = (figure.code, figure.frame)
        if asked not in then:
            then[asked] = indicators.freeze(*asked)
        facts = {name: then[asked][name] for name in ("unit", "as_of", "scope")}
        frame = then[asked]["frame"]
        figures.append(
            {
                "code": figure.code,
                "value": _number(then[asked]["value"]),
                "text": figure.text,
                **facts,
                "place": frame["place"],
                "from": frame["start"],
                "to": frame["end"],
                "filters": frame["filters"],
                "rows": row_ids(then[asked]),
            }
        )
    return {"title": composed.title, "figures": figures, "warnings": list(composed.warnings)}
