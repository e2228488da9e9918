"""Fill an empty database with problems for measuring: `benchmarks/fill.py 100000`.

What it writes is no product data, and it does not go through the actions: rows are generated and copied straight into
the tables (COPY on PostgreSQL, executemany on SQLite) with indexes taken down and foreign keys unchecked meanwhile.
They are plausible all the same: dates in the order of the way, one city with counties of very different size, every
dated row its status presupposes. Units and campaign come from the pack, people through `orgs.actions`.

Each problem has four dossier lines (the pack asks for three to six) and one journal entry, no files.
`LUODI_DATABASE_URL` and `LUODI_DATA_DIR` say where; the database must be empty or not yet migrated.
"""

# ruff: noqa: E402 - Django is set up before its models are imported.
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import django

BASE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luodi.site.settings")
os.environ["LUODI_CLOCK"] = "2020-08-31T08:00"
django.setup()

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone

from luodi.campaigns.actions import load_pack, register_region
from luodi.campaigns.models import Campaign, EvidenceItem
from luodi.campaigns.queries import categories, standards_in_force
from luodi.journal.models import Entry
from luodi.journal.rules import SYSTEM
from luodi.orgs import actions as orgs
from luodi.orgs.models import Person, Role, Unit, UnitKind
from luodi.problems.models import (
    Assignment,
    Closure,
    DossierItem,
    Problem,
    Rectification,
    Return,
    Signature,
    Source,
    Verdict,
    Verification,
)
from luodi.problems.rules import code_of
from luodi.tallies import actions as tallies
from luodi.workdays.actions import seed_calendar

PACK = BASE / "packs" / "project-landing"
TODAY = date(2020, 8, 31)
BATCH = 10_000  # problems generated, then written
LINES = 4
PEOPLE = [
    ("li", "李文静", "1311", Role.OFFICE),
    ("zhou", "周明", "1311", Role.LEADER),
    ("liu", "刘颖", "1311", Role.INSPECTOR),
    ("sun", "孙丽", "131102", Role.OFFICE),
    ("wang", "王建国", "131102-fgj", Role.CLERK),
    ("chen", "陈立新", "131102-fgj", Role.UNIT_LEADER),
    ("zhao", "赵海", "1311-zrzyj", Role.CLERK),
]
# (status reached, days it takes at least, at most): the way of one problem.
WAY = [
    ("assigned", 1, 6),
    ("claimed", 1, 4),
    ("planned", 2, 10),
    ("rectifying", 1, 5),
    ("reported", 8, 60),
    ("self_checked", 1, 7),
    ("verified", 1, 10),
    ("closed", 1, 8),
]
WHO = ["北方", "华兴", "鑫达", "中泰", "恒源", "天成", "金桥", "瑞丰", "宏远", "新纪元", "冀中", "衡工", "盛世", "泰华"]
WHAT = ["汽车零部件", "绿色建材", "生物医药", "橡胶密封件", "钢结构", "食品加工", "冷链物流", "光伏组件", "精密铸造"]
WRONG = ["土地出让手续滞后", "环评审批超时", "承诺奖补未兑现", "征拆未清零", "供电外线未架设", "融资未到位", "路网未通"]
NEAR = ["一期", "二期", "三期", "扩建", "技改"]


class Writer:
    """Rows for the tables, kept until `flush`."""

    def __init__(self) -> None:
        self.waiting: dict[type[models.Model], list[tuple[Any, ...]]] = defaultdict(list)
        self.ids: dict[type[models.Model], Iterator[int]] = defaultdict(lambda: count(1))
        self.shape: dict[type[models.Model], list[tuple[str, Any]]] = {}

    def start_after(self, model: type[models.Model]) -> None:
        """Number on from the rows that are there."""
        last = model._default_manager.aggregate(last=models.Max("pk"))["last"]
        self.ids[model] = count((last or 0) + 1)

    def add(self, model: type[models.Model], **values: Any) -> int:
        """One row by attribute name; what is not given has the field's default."""
        if model not in self.shape:
            self.shape[model] = [(f.attname, f.get_default()) for f in model._meta.concrete_fields]
        values["id"] = next(self.ids[model])
        self.waiting[model].append(tuple([values.get(name, default) for name, default in self.shape[model]]))
        return int(values["id"])

    def flush(self) -> None:
        """Write what is waiting."""
        write = _copy if connection.vendor == "postgresql" else _execute
        with transaction.atomic():
            for model, rows in self.waiting.items():
                write(model, rows)
        self.waiting.clear()


def _columns(model: type[models.Model]) -> str:
    return ", ".join(f'"{f.column}"' for f in model._meta.concrete_fields)


def _copy(model: type[models.Model], rows: list[tuple[Any, ...]]) -> None:
    command = f'COPY "{model._meta.db_table}" ({_columns(model)}) FROM STDIN'
    with connection.connection.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            copy.write_row(row)


def _execute(model: type[models.Model], rows: list[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" for _field in model._meta.concrete_fields)
    command = f'INSERT INTO "{model._meta.db_table}" ({_columns(model)}) VALUES ({marks})'  # noqa: S608
    connection.connection.executemany(command, [tuple([_text(v) for v in row]) for row in rows])


def _text(value: Any) -> Any:
    """As Django keeps days and moments on SQLite."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else value


class City:
    """The people, units and standards that the rows name."""

    def __init__(self) -> None:
        at = timezone.make_aware(datetime(2020, 4, 28, 8, 30))
        seed_calendar(actor=SYSTEM, at=at)
        self.units: dict[str, Unit] = register_region(PACK, actor=SYSTEM, at=at)
        self.campaign: Campaign = load_pack(PACK, actor=SYSTEM, at=at)
        self.people = {name: _admit(name, words, self.units[unit], role, at) for name, words, unit, role in PEOPLE}
        self.clerks = {"131102-fgj": self.people["wang"].pk, "1311-zrzyj": self.people["zhao"].pk}
        self.departments: dict[str, list[Unit]] = defaultdict(list)
        for code, unit in self.units.items():
            if unit.kind in {UnitKind.COUNTY_DEPT, UnitKind.CITY_DEPT}:
                self.departments[unit.county_code].append(unit)
                if code not in self.clerks:
                    clerk = _admit(f"x{code.replace('-', '_')}", "经办人", unit, Role.CLERK, at)
                    self.clerks[code] = clerk.pk
        self.counties = [unit.county_code for unit in self.units.values() if unit.kind == UnitKind.COUNTY] + [""]
        # The largest county has some six times the problems of the smallest; the city's own departments a few.
        self.weights = [1 / (place + 1) ** 0.7 for place in range(len(self.counties) - 1)] + [0.15]
        self.standards = standards_in_force(self.campaign)
        self.categories = list(categories(self.campaign))
        items = EvidenceItem.objects.filter(standard__in=list(self.standards.values())).order_by("seq")
        self.items: dict[int, list[EvidenceItem]] = defaultdict(list)
        for item in items:
            self.items[item.standard_id].append(item)


def _admit(username: str, name: str, unit: Unit, role: Role, at: datetime) -> Person:
    person = orgs.admit(username=username, name=name, actor=SYSTEM, at=at)
    orgs.appoint(person, unit, role, starts_on=date(2020, 1, 1), actor=SYSTEM, at=at)
    return person


class Way:
    """How far one problem came, and on which days."""

    def __init__(self, chance: Random, registered_on: date) -> None:
        self.days: dict[str, date] = {}
        self.status, day = "registered", registered_on
        for status, low, high in WAY:
            day += timedelta(chance.randint(low, high))
            if day > TODAY or chance.random() < 0.03:
                break
            self.status, self.days[status] = status, day
        self.due_on = self.days["assigned"] + timedelta(chance.randint(20, 85)) if self.days else None
        self.returned_on = self.reopened_on = self.voided_on = None
        last = max(self.days.values(), default=registered_on)
        if self.status == "self_checked" and chance.random() < 0.4:
            self.status, self.returned_on = "returned", last
        elif self.status == "closed" and chance.random() < 0.02:
            self.status, self.reopened_on = "rectifying", min(last + timedelta(20), TODAY)
        elif self.status in {"registered", "assigned"} and chance.random() < 0.05:
            self.status, self.voided_on = "voided", last

    def __contains__(self, status: str) -> bool:
        return status in self.days


def fill(size: int, city: City, writer: Writer, say: Callable[[str], None]) -> None:
    """`size` problems with all that belongs to them."""
    chance = Random(size)  # noqa: S311 - the same rows each time, no secret
    serials = {"base": count(1), "new": count(1)}
    started = time.perf_counter()
    for number in range(1, size + 1):
        _problem(city, writer, chance, serials)
        if number % BATCH == 0 or number == size:
            writer.flush()
            if number % (BATCH * 10) == 0:
                say(f"{number:,} problems, {time.perf_counter() - started:.0f} s")


def _problem(city: City, writer: Writer, chance: Random, serials: dict[str, Iterator[int]]) -> None:
    batch = "base" if chance.random() < 0.7 else "new"
    first, last = (date(2019, 9, 1), date(2020, 4, 27)) if batch == "base" else (date(2020, 4, 28), date(2020, 8, 26))
    found_on = first + timedelta(chance.randrange((last - first).days + 1))
    registered_on = min(max(found_on, date(2020, 4, 28)) + timedelta(chance.randrange(5)), TODAY)
    way = Way(chance, registered_on)
    county = chance.choices(city.counties, city.weights)[0]
    unit = chance.choice(city.departments[county])
    lead = chance.choice(city.departments[""]) if way.days and chance.random() < 0.7 else None
    category, serial = chance.choice(city.categories), next(serials[batch])
    standard = city.standards[category.pk]
    items = city.items[standard.pk][:LINES]
    owner = f"{chance.choice(WHO)}{chance.choice(WHAT)}有限公司"
    project = f"{owner[:-4]}{chance.choice(NEAR)}项目（{serial // 7 % 9999}）"
    title = f"{project[:20]}{chance.choice(WRONG)}"
    proven = "reported" in way
    facts = {
        "campaign_id": city.campaign.pk, "code": code_of(city.campaign, batch, serial), "batch": batch,
        "serial": serial, "source": chance.choice(Source.values), "city_code": "1311", "county_code": county,
        "unit_id": unit.pk, "lead_unit_id": lead.pk if lead else None, "category_id": category.pk,
        "standard_id": standard.pk, "title": title, "description": f"{title}，企业多次反映，至今没有办结。" * 2,
        "cause": "部门之间衔接不够。", "goal": "签订合同并交付" if "planned" in way else "",
        "measures": "专班推进，逐周调度" if "planned" in way else "", "result": "已经办结。" if proven else "",
        "project_name": project, "project_owner": owner, "found_on": found_on, "found_month": f"{found_on:%Y-%m}",
        "registered_on": registered_on, "due_on": way.due_on, "responsible_name": "张三",
        "handler_id": city.clerks[unit.code] if "claimed" in way else None, "is_priority": chance.random() < 0.08,
        "from_above": chance.random() < 0.05, "status": way.status,
        "returned_from": "self_checked" if way.returned_on else "", "return_count": int(bool(way.returned_on)),
        "reopen_count": int(bool(way.reopened_on)), "evidence_need": len(items),
        "evidence_have": len(items) if proven else chance.randrange(len(items)),
        "closed_on": way.days["closed"] if way.status == "closed" else None, "voided_on": way.voided_on,
    }  # fmt: skip
    pk = writer.add(Problem, **facts)
    _dated_rows(city, writer, pk, facts, way)
    _lines(city, writer, pk, items, way)
    at = timezone.make_aware(datetime(registered_on.year, registered_on.month, registered_on.day, 9))
    after = json.dumps({"title": title, "unit": unit.name}, ensure_ascii=False)
    writer.add(
        Entry, at=at, actor_id=city.people["li"].pk, actor_name="李文静", actor_unit="衡水市", verb="problems.register",
        row_kind="problems.problem", row_id=pk, row_label=f"{facts['code']} {title}"[:120], place=county or "1311",
        after=after,
    )  # fmt: skip


def _dated_rows(city: City, writer: Writer, pk: int, facts: dict[str, Any], way: Way) -> None:
    li, chen, liu = (city.people[name].pk for name in ("li", "chen", "liu"))
    handler, units = facts["handler_id"], {"unit_id": facts["unit_id"], "lead_unit_id": facts["lead_unit_id"]}
    if "assigned" in way:
        ended = way.voided_on and max(way.voided_on, way.days["assigned"])
        writer.add(
            Assignment, problem_id=pk, assigned_on=way.days["assigned"], due_on=way.due_on, ended_on=ended, **units
        )
    if "reported" in way:
        day = way.days["reported"]
        at = timezone.make_aware(datetime(day.year, day.month, day.day, 9))
        signature = writer.add(Signature, problem_id=pk, content_sm3=f"{pk:064x}", signer_id=chen, signed_at=at)
        voided = way.reopened_on
        rest = {"voided_on": voided, "signature_id": signature, "handler_id": handler}
        writer.add(Rectification, problem_id=pk, rectified_on=day, **rest)
    if "verified" in way:
        rest = {"ended_on": way.reopened_on, "verifier_id": liu, "handler_id": handler}
        writer.add(Verification, problem_id=pk, verified_on=way.days["verified"], **rest)
    if "closed" in way:
        cause = {"reopened_on": way.reopened_on, "cause": "relapse"} if way.reopened_on else {}
        writer.add(Closure, problem_id=pk, closed_on=way.days["closed"], closed_by_id=li, **cause)
    if way.returned_on:
        facts = {"from_status": "self_checked", "reason": "照片看不出日期。", "returned_by_id": liu}
        writer.add(Return, problem_id=pk, returned_on=way.returned_on, **facts)


def _lines(city: City, writer: Writer, pk: int, items: list[EvidenceItem], way: Way) -> None:
    checked = way.days.get("verified") or way.days.get("self_checked")
    for seq, item in enumerate(items, 1):
        line = writer.add(
            DossierItem, problem_id=pk, evidence_item_id=item.pk, title=item.title, aspect=item.aspect,
            required=item.required, restricted=item.restricted, seq=seq, claim="已完成。" if "reported" in way else "",
        )  # fmt: skip
        if checked:
            odd = way.returned_on and seq == 1
            decided_by = city.people["liu"].pk
            facts = {"finding": "mismatch" if odd else "match", "decided_on": checked, "decided_by_id": decided_by}
            writer.add(Verdict, entry_id=line, **facts)


FILLED = (
    Problem, Assignment, Signature, Rectification, Verification, Closure, Return, DossierItem, Verdict, Entry,
)  # fmt: skip


def without_indexes() -> list[str]:
    """Take down the indexes of the filled tables that no constraint needs; what makes them again."""
    tables = tuple(model._meta.db_table for model in FILLED)
    marks = ", ".join(["%s"] * len(tables))
    if connection.vendor == "postgresql":
        wanted = f"""SELECT i.indexname, i.indexdef FROM pg_indexes i
            LEFT JOIN pg_constraint c ON c.conname = i.indexname
            WHERE i.schemaname = current_schema() AND i.tablename IN ({marks}) AND c.conname IS NULL"""  # noqa: S608
    else:
        wanted = f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql > '' AND tbl_name IN ({marks})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(wanted, tables)
        found = cursor.fetchall()
        for name, _definition in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in found]


def main() -> None:
    """Migrate, fill, index, analyse."""
    size, started = int(sys.argv[1].replace(",", "")), time.perf_counter()
    call_command("migrate", verbosity=0)
    if Problem.objects.exists():
        sys.exit("There are problems in this database already; benchmarks want an empty one.")
    city, writer = City(), Writer()
    for model in FILLED:
        writer.start_after(model)
    tallies.suspend(at=timezone.now())  # counted once at the end, not row by row
    definitions = without_indexes()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        else:
            cursor.execute("PRAGMA foreign_keys = OFF")
        fill(size, city, writer, print)
        for definition in definitions:
            cursor.execute(definition)
        for command in connection.ops.sequence_reset_sql(no_style(), FILLED):
            cursor.execute(command)
    tallies.resume(at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    print(f"{size:,} problems in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
