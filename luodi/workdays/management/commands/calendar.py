"""`luodi calendar seed|announce|show`: the statutory calendar from the command line."""

import json
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from luodi.journal.rules import SYSTEM
from luodi.kit.clock import now
from luodi.kit.refusal import Refused
from luodi.kit.values import to_date
from luodi.workdays import actions, rules


def spans(text: str) -> list[date]:
    """``2027-01-01..2027-01-03,2027-02-05`` as days."""
    days: list[date] = []
    for part in filter(None, text.split(",")):
        first, _dots, last = part.partition("..")
        start, end = to_date(first), to_date(last or first)
        if start is None or end is None or end < start or (end - start).days > 31:
            raise Refused(_("「%(text)s」不是日期或日期段，请写成 2027-01-01..2027-01-03。") % {"text": part})
        days += [start + timedelta(days=n) for n in range((end - start).days + 1)]
    return days


class Command(BaseCommand):
    help = "Seed the statutory calendar, enter a newly announced year, or show until when it is known."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("seed", help="enter the years known to the package")
        announce = acts.add_parser("announce", help="enter or correct the notice of one year")
        announce.add_argument("year", type=int)
        announce.add_argument("--off", required=True, help="days off: 2027-01-01..2027-01-03,2027-02-05..")
        announce.add_argument("--work", default="", help="weekend days worked instead")
        announce.add_argument("--source", default="", help="title and number of the notice")
        show = acts.add_parser("show", help="the years that are known")
        show.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "seed":
            days = actions.seed_calendar(actor=SYSTEM, at=now())
            self.stdout.write(_("录入 %(n)s 天。") % {"n": days})
        elif options["act"] == "announce":
            off, work = spans(options["off"]), spans(options["work"])
            actions.announce_year(options["year"], off, work, actor=SYSTEM, at=now(), source=options["source"])
            self.stdout.write(_("已录入 %(year)s 年。") % {"year": options["year"]})
        else:
            self.show(rules.calendar(), as_json=options["json"])

    def show(self, known: rules.Calendar, *, as_json: bool) -> None:
        """Print which years are known and how many working days each has."""
        per_year = {year: sum(day.year == year for day in known.workdays) for year in sorted(known.years)}
        if as_json:
            self.stdout.write(json.dumps({"known_until": str(known.known_until), "workdays": per_year}))
            return
        for year, days in per_year.items():
            self.stdout.write(_("%(year)s 年：%(days)s 个工作日") % {"year": year, "days": days})
