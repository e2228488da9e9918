"""The key projects of the sample city, told through the acts its people could do, month by month.

The sums are those of the city's report: 138 projects with 255.9 亿元 of 300.35, 68 of 74 planned starts, 15 of 102
preliminary ones started early with 9.9 亿元; 147 of 150 due projects have landed (98.0 %).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from django.utils import timezone

from luodi.kit.clock import local_day
from luodi.orgs.models import Person, Unit
from luodi.projects import actions
from luodi.projects.actions import Report
from luodi.projects.models import ListKind, Project
from luodi.projects.rules import organ_check, owner_code_check

YEAR = 2020
COUNTS = {ListKind.CONSTRUCTION: 64, ListKind.PLANNED_START: 74, ListKind.PRELIMINARY: 102}
STARTED = {ListKind.CONSTRUCTION: 64, ListKind.PLANNED_START: 68, ListKind.PRELIMINARY: 15}
PLAN, DONE, EARLY = 3_003_500, 2_559_000, 99_000  # 万元
FOUNDED, ENTERED = date(YEAR, 4, 28), date(YEAR, 4, 29)
# When the counties tell which month; the months before the library was set up are told on its first day.
TOLD = {1: ENTERED, 2: ENTERED, 3: ENTERED, 4: date(YEAR, 4, 30), 5: date(YEAR, 5, 27), 6: date(YEAR, 6, 24),
        7: date(YEAR, 7, 28), 8: date(YEAR, 8, 28)}  # fmt: skip
GROWTH = {2: "3.1", 3: "4.5", 4: "5.6", 5: "6.1", 6: "6.3", 7: "6.5", 8: "6.8"}
RANK = {5: 7, 6: 6, 7: 6, 8: 5}
INDUSTRIES = {
    "logistics": ("物流", "仓储", "冷链"), "biomedicine": ("药", "医"),
    "tourism": ("文旅", "康养", "体育", "年画", "乐器"),
    "energy": ("能源",), "electronics": ("电子", "光", "温控"), "textile": ("纺", "服装", "裘"),
    "food": ("食品", "果品", "肉", "酒"), "agriculture": ("蔬菜", "农业"),
    "equipment": ("汽车", "机", "装备", "铸", "铁", "钢", "金属", "采暖", "保险柜", "液压"),
    "materials": ("材", "橡", "玻璃", "丝网", "建筑", "造纸", "包装", "家具", "橱柜", "缆"),
    "livelihood": ("小学", "学校"),
}  # fmt: skip
PROGRESS = {
    ListKind.CONSTRUCTION: (
        "主体结构施工完成{p}%",
        "设备安装调试完成{p}%",
        "配套工程完成{p}%",
        "一期投产，二期主体完成{p}%",
    ),
    ListKind.PLANNED_START: ("基础施工完成{p}%", "主体施工完成{p}%", "场地平整和临建完成，基础完成{p}%"),
    ListKind.PRELIMINARY: ("先行开工，场地平整完成{p}%",),
}
OBSTACLES = ("", "", "", "用地指标待落实", "电力增容未到位", "银行授信审批中", "配套管网未接入", "征拆补偿未到位")
# Days from a step's plan to when it was reached: most in time, some late.
SLIPS = (-6, -3, 0, 0, 0, 2, 5, 12, 25)
# From signing to each step, in days.
WAY = {"signed": 0, "filed": 35, "planning": 80, "land": 95, "eia": 110, "permit": 150, "started": 165,
       "statistics": 200}  # fmt: skip

Later = list[tuple[datetime, Callable[[], Any]]]


@dataclass
class Plan:
    """One project to be: its facts, and 万元 of each month."""

    kind: str
    county: str
    fields: dict[str, Any]
    started_on: date | None
    months: dict[int, int] = field(default_factory=dict)
    row: Project | None = None


def acts(
    words: Mapping[str, Any], units: Mapping[str, Unit], people: Mapping[str, Person], pack: tuple[str, Any],
    named: Sequence[tuple[str, str, str, str]],
) -> Later:  # fmt: skip
    """Everything that is done about projects, with its moment, in the order of time.

    `pack` is the pack's code and folder, `named` projects that problems speak of: (county, name, owner, code).
    """
    chance = Random(words["seed"] + 5)  # noqa: S311 - the same city each time, no secret
    plans = list(_plans(words, units, named, chance))
    _share_out(plans, chance)
    li, later = people["li"], list[tuple[datetime, Callable[[], Any]]]()
    moment = _at(FOUNDED, 8, 30)
    load = partial(actions.load_definition, pack[1], pack=pack[0], actor=li, at=moment)
    later += [(moment, load), (moment, partial(_enter, plans, li, moment))]
    for month, day in TOLD.items():
        for number, county in enumerate(sorted({one.county for one in plans})):
            told_at = _at(day, 14, month * 3 + number)
            actor = people[f"clerk {county}-fgj"]
            later.append((told_at, partial(_tell, plans, county, month, actor, told_at)))
        landed_at = _at(day, 17, month)
        later.append((landed_at, partial(_land, plans, li, landed_at)))
    later += _stalls(plans, people)
    later += list(_published(people["tian"]))
    return sorted(later, key=lambda pair: pair[0])


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute % 60)))


# -- which projects there are -------------------------------------------------------------------------------------


def _plans(
    words: Mapping[str, Any], units: Mapping[str, Unit], named: Sequence[tuple[str, str, str, str]], chance: Random
) -> Iterator[Plan]:
    weights = {one["code"]: one for one in words["counties"]}
    pool = [code for code, one in weights.items() for _n in range(one["base"])]
    known: dict[str, list[tuple[str, str, str]]] = {}
    for county, *facts in named:
        known.setdefault(county, []).append(tuple(facts))  # type: ignore[arg-type]
    taken: set[str] = set()
    serial = 0
    for kind, count in COUNTS.items():
        for number in range(count):
            serial += 1
            county = chance.choice(pool)
            name, owner, code = _name(weights[county], words, known.get(county, []), taken, chance)
            started_on, due_on = _start(kind, number, chance)
            fields = _facts(kind, county, units, serial, started_on, chance)
            fields |= {"name": name, "owner": owner, "industry": _industry(name)}
            fields |= {"year": YEAR, "list_kind": kind, "due_on": due_on}
            fields["steps"] = _steps(kind, started_on, due_on, chance)
            fields["code"] = code or fields["code"]
            yield Plan(kind, county, fields, started_on)


def _name(
    place: Mapping[str, Any], words: Mapping[str, Any], known: list[tuple[str, str, str]], taken: set[str],
    chance: Random,
) -> tuple[str, str, str]:  # fmt: skip
    """A project that problems speak of with its code, or else a new one; and who builds it."""
    while known:
        name, owner, code = known.pop(0)
        if name and not {name, code} & taken:
            taken |= {name, code}
            return name, owner or f"{chance.choice(words['brands'])}建设有限公司", code
    while True:
        brand, trade = chance.choice(words["brands"]), chance.choice(place["trades"])
        parts = (chance.choice(place["places"]), brand, trade, chance.choice(words["works"]))
        name = "".join(parts) + chance.choice(words["phases"])
        if name not in taken:
            taken.add(name)
            return name, f"{brand}{trade}有限公司", ""


def _industry(name: str) -> str:
    """By what its name says it makes."""
    return next((code for code, words in INDUSTRIES.items() if any(word in name for word in words)), "infrastructure")


def _start(kind: ListKind, number: int, chance: Random) -> tuple[date | None, date]:
    """When it started, and when it was to: of the planned starts three are late and three are not due yet."""
    if kind == ListKind.CONSTRUCTION:
        day = date(2019, 3, 1) + timedelta(days=chance.randint(0, 250))
        return day, day - timedelta(days=chance.choice(SLIPS))
    if kind == ListKind.PRELIMINARY:
        due_on = date(2021, 3, 1) + timedelta(days=chance.randint(0, 200))
        return (date(YEAR, 6, 1) + timedelta(days=chance.randint(0, 80)) if number < 15 else None), due_on
    if number >= STARTED[kind]:
        late = number < STARTED[kind] + 3
        return None, date(YEAR, 7, 10 + number % 9) if late else date(YEAR, 9 + number % 3, 20)
    day = date(YEAR, 3, 5) + timedelta(days=chance.randint(0, 170))
    return day, day - timedelta(days=max(chance.choice(SLIPS), (day - date(YEAR, 8, 31)).days))


def _facts(
    kind: ListKind, county: str, units: Mapping[str, Unit], serial: int, started_on: date | None, chance: Random
) -> dict[str, Any]:
    begun = started_on.year if started_on else YEAR + (kind == ListKind.PRELIMINARY)
    organ = "".join(chance.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _n in range(8))
    owner = f"91{county if county < '131170' else '131102'}{organ}{organ_check(organ)}"
    return {
        "unit": units[f"{county}-fgj"],
        "lead_unit": units["1311-fgw"],
        "code": f"{begun - 1 if begun > 2019 else 2018}-{county}-{chance.randint(10, 48)}-03-{serial:06d}",
        "tier": "province" if serial % 3 == 0 else "city",
        "owner_code": owner + owner_code_check(owner),
        "start_year": begun,
        "end_year": begun + chance.randint(1, 3),
        "decided_on": date(YEAR, 2, 14),
    }


def _steps(
    kind: ListKind, started_on: date | None, due_on: date, chance: Random
) -> dict[str, tuple[date, date | None]]:
    """Plan and fact of each step, counted back from the start; facts only up to the library's first day."""
    steps: dict[str, tuple[date, date | None]] = {}
    reached: date | None
    for step, days in WAY.items():
        planned = due_on + timedelta(days=days - WAY["started"])
        if started_on:
            reached = started_on + timedelta(days=days - WAY["started"])
            reached -= timedelta(days=0 if step in {"started", "signed"} else chance.randint(0, 9))
        else:
            reached = planned + timedelta(days=chance.choice(SLIPS))
            reached = reached if days < WAY["land"] else None  # what lacks is the land
        steps[step] = (planned, reached if reached and reached <= FOUNDED else None)
    steps["operation"] = (due_on + timedelta(days=chance.randint(400, 700)), None)
    return steps


# -- money --------------------------------------------------------------------------------------------------------


def _share_out(plans: list[Plan], chance: Random) -> None:
    """Plans and months in whole 万元 that sum up exactly."""
    key = [one for one in plans if one.kind != ListKind.PRELIMINARY]
    rest = [one for one in plans if one.kind == ListKind.PRELIMINARY]
    amounts = _parts(PLAN, [chance.lognormvariate(0, 0.7) + 0.2 for _one in key])
    amounts += [chance.randint(60, 110 if one.started_on else 300) * 100 for one in rest]
    for one, amount in zip([*key, *rest], amounts, strict=True):
        one.fields["plan_amount"] = Decimal(amount)
    for group, total in (([one for one in key if one.started_on], DONE), ([o for o in rest if o.started_on], EARLY)):
        shares = [float(one.fields["plan_amount"]) * chance.uniform(0.72, 1.02) for one in group]
        for one, amount in zip(group, _parts(total, shares), strict=True):
            one.months = _by_month(one, amount, chance)
    for one in plans:
        done, plan = sum(one.months.values()), int(one.fields["plan_amount"])
        before = chance.randint(20, 120) * plan // 100 if one.kind == ListKind.CONSTRUCTION else 0
        one.fields["before_amount"] = Decimal(before)
        whole = max((before + max(plan, done)) * chance.randint(110, 260) // 100, 5000)
        one.fields["total_amount"] = Decimal(whole)
        own = whole * chance.randint(30, 70) // 100
        one.fields |= {"own_amount": Decimal(own), "loan_amount": Decimal(whole - own), "state_amount": Decimal(0)}


def _parts(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in these proportions that sum up to the total; the largest takes what rounding leaves."""
    found = [int(total * weight / sum(weights)) for weight in weights]
    found[found.index(max(found))] += total - sum(found)
    return found


def _by_month(one: Plan, amount: int, chance: Random) -> dict[int, int]:
    first = 1 if one.kind == ListKind.CONSTRUCTION else one.started_on.month  # type: ignore[union-attr]
    months = range(first, 9)
    weights = [0.35 if month < 3 else chance.uniform(0.8, 1.3) for month in months]
    return dict(zip(months, _parts(amount, weights), strict=True))


# -- the acts -----------------------------------------------------------------------------------------------------


def _enter(plans: list[Plan], actor: Person, at: datetime) -> None:
    rows = actions.enter_many([one.fields for one in plans], actor=actor, at=at)
    for one, row in zip(plans, rows, strict=True):
        one.row = row


def _tell(plans: list[Plan], county: str, month: int, actor: Person, at: datetime) -> None:
    """A county's report: every project of its lists; those without progress tell zero. What was reached since."""
    day = local_day(at)
    since = TOLD.get(month - 1, FOUNDED) if month > 1 else FOUNDED
    reports = []
    for one in plans:
        if one.county != county or one.row is None:
            continue
        planned = one.fields["steps"]
        reached = _reached_between(one, planned, since, day)
        done = sum(amount for told, amount in one.months.items() if told <= month)
        share = min(95, 100 * done // int(one.fields["plan_amount"]))
        words = PROGRESS[ListKind(one.kind)]
        started = one.started_on and one.started_on <= day
        said = words[one.row.pk % len(words)].format(p=max(share, 5)) if started else "正在办理前期手续"
        obstacle = OBSTACLES[(one.row.pk + month) % len(OBSTACLES)]
        reports.append(Report(one.row, Decimal(one.months.get(month, 0)), said, obstacle, reached))
    for one, row in zip(
        (p for p in plans if p.county == county),
        actions.report_many(reports, month_on=date(YEAR, month, 1), actor=actor, at=at),
        strict=True,
    ):
        one.row = row


def _reached_between(one: Plan, steps: Mapping[str, Any], since: date, day: date) -> dict[str, date]:
    """The steps that were reached after the last report and by this one."""
    if one.started_on is None:
        return {}
    found = {}
    for step, days in WAY.items():
        reached = one.started_on + timedelta(days=days - WAY["started"])
        if steps[step][1] is None and since < reached <= day:
            found[step] = reached
    return found


def _land(plans: list[Plan], actor: Person, at: datetime) -> None:
    """The office finds landed what has started and has its papers and its land."""
    day = local_day(at)
    for one in plans:
        if one.row and one.row.landed_on is None and one.started_on and one.started_on <= day:
            one.row = actions.land(one.row, landed_on=max(one.started_on, _last(one)), actor=actor, at=at)


def _last(one: Plan) -> date:
    days = [one.fields["steps"][step][1] for step in ("filed", "land")]
    return max(filter(None, days), default=one.started_on or ENTERED)


def _stalls(plans: list[Plan], people: Mapping[str, Person]) -> Later:
    """Two of the late starts stand still; one that stood still in June went on in July."""
    late = [one for one in plans if one.kind == ListKind.PLANNED_START and one.started_on is None][:2]
    again = next(one for one in plans if one.kind == ListKind.CONSTRUCTION)
    later: Later = []
    facts = [
        (late[0], actions.stall, date(YEAR, 7, 30), "土地指标尚未落实，企业暂缓进场"),
        (late[1], actions.stall, date(YEAR, 8, 6), "银行授信未通过，资金缺口没有落实"),
        (again, actions.stall, date(YEAR, 6, 9), "设备进口受阻，安装停工"),
        (again, actions.resume, date(YEAR, 7, 7), "改用国内设备，已恢复安装"),
    ]
    for one, act, day, reason in facts:
        moment = _at(day, 10)
        later.append((moment, partial(_note, one, act, people[f"clerk {one.county}-fgj"], moment, reason)))
    return later


def _note(one: Plan, act: Callable[..., Project], actor: Person, at: datetime, reason: str) -> None:
    one.row = act(one.row, reason=reason, actor=actor, at=at)


def _published(actor: Person) -> Iterator[tuple[datetime, Callable[[], Any]]]:
    """What the bureau of statistics published; August as a flash report."""
    for series, values in (("fai_growth", GROWTH), ("fai_rank", RANK)):
        for month, value in values.items():
            published = date(YEAR, 8, 28) if month == 8 else date(YEAR, month + 1, 18)
            paper = f"市统计局《2020年1—{month}月固定资产投资{'快报' if month == 8 else '统计月报'}》"
            fields = {"series": series, "month_on": date(YEAR, month, 1), "amount": Decimal(value),
                      "published_on": published, "source": paper}  # fmt: skip
            moment = _at(max(published, ENTERED), 16)
            yield moment, partial(actions.publish, fields, city_code="1311", actor=actor, at=moment)
