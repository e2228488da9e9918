"""Land of the sample city, told through the acts its people could do between May and August 2020.

The figures are those of the city's report: 109 replenishing projects in stock, 93 batches with 814.97 ha submitted,
every zone with a reserve of 500 mu and more.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from django.utils import timezone

from luodi.land import actions
from luodi.land.models import Batch, Contract, Posting, Zone
from luodi.land.rules import Amounts
from luodi.orgs.models import Person, Unit

LOTS, PLANNED = 109, 6  # in stock, and entered but not yet accepted
BATCHES, AREA = 93, Decimal("814.97")
FIRST, LAST, COUNTED = date(2020, 5, 6), date(2020, 8, 27), date(2020, 7, 31)
Later = list[tuple[datetime, Callable[[], Any]]]
TOWNS = ("邓庄镇", "大麻森乡", "周村镇", "官道李镇", "肖张镇", "清凉店镇", "唐奉镇", "街关镇", "五公镇", "大子文镇",
         "武官寨镇", "龙华镇", "广川镇", "码头镇", "郑口镇")  # fmt: skip
KINDS = {"consolidation": "土地整治", "reclamation": "建设用地复垦", "paddy": "旱改水"}


def acts(words: Mapping[str, Any], units: Mapping[str, Unit], people: Mapping[str, Person]) -> Later:
    """Everything that is done about land, with its moment, in the order of time."""
    chance = Random(words["seed"] + 11)  # noqa: S311 - the same city each time, no secret
    counties = [one["code"] for one in words["counties"]]
    pool = [units[f"{code}-zrzyj"] for code in counties]
    later = [*_lots(pool, people, chance), *_batches(pool, people, chance), *_zones(pool, people, chance)]
    later += [*_pooled(pool, units["1311"], people), *_leases(pool, people, chance)]
    return sorted(later, key=lambda pair: pair[0])


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute % 60)))


def _place(unit: Unit) -> str:
    return unit.short_name.removesuffix("自然资源局")


def _spread(number: int, count: int) -> date:
    """The working day on which the n-th of so many falls."""
    day = FIRST + (LAST - FIRST) * number // count
    return day - timedelta(days=max(0, day.weekday() - 4))


def _lots(units: list[Unit], people: Mapping[str, Person], chance: Random) -> Later:
    """The first are in stock early, so that quota lies ready for the batches."""
    later: Later = []
    for number in range(LOTS + PLANNED):
        unit, kind = units[number % len(units)], "paddy" if number % 9 == 4 else chance.choice(list(KINDS)[:2])
        area = Decimal(chance.randint(400, 900)) / 100
        paddy = area / 2 if kind == "paddy" else Decimal(0)
        fields = {
            "unit": unit, "code": f"{unit.county_code}ZB2019{number + 1:03d}", "kind": kind, "paper": "",
            "name": f"{_place(unit)}{chance.choice(TOWNS)}{KINDS[kind]}项目（{number + 1}）", "area": area,
            "paddy": paddy, "capacity": area * chance.randint(5000, 7000), "scale_area": area * 2,
        }  # fmt: skip
        day = _spread(number // 2, LOTS + PLANNED)
        later.append((_at(day, 9, number), partial(_lot, fields, number, people, _at(day, 9, number))))
    return later


def _lot(fields: dict[str, Any], number: int, people: Mapping[str, Person], moment: datetime) -> None:
    row = actions.enter_lot(fields, actor=people[f"clerk {fields['unit'].code}"], at=moment)
    if number < LOTS:
        paper, code = f"衡自然资验〔2020〕{number + 1}号", f"1311002020{number + 1:04d}"
        facts: dict[str, Any] = {"accepted_paper": paper, "record_code": code}
        facts["accepted_on"] = FIRST - timedelta(days=20)
        actions.accept(row, **facts, actor=people["zhao"], at=moment)


def _batches(units: list[Unit], people: Mapping[str, Person], chance: Random) -> Later:
    areas = [Decimal(chance.randint(300, 1400)) / 100 for _n in range(BATCHES)]
    areas = [round(one * AREA / sum(areas), 2) for one in areas]
    areas[-1] += AREA - sum(areas)
    later: Later = []
    for number, area in enumerate(areas):
        unit = units[number % len(units)]
        farm = round(area * 8 / 10, 2)
        fields: dict[str, Any] = {
            "unit": unit, "code": f"{unit.county_code}-2020-{number // len(units) + 1:02d}",
            "name": f"{_place(unit)}2020年度第{number // len(units) + 1}批次建设用地",
            "area": area, "farm_area": farm, "arable_area": round(area * 3 / 10, 2), "paddy_area": Decimal(0),
            "build_area": area - farm, "unused_area": Decimal(0), "submitted_on": _spread(number, BATCHES),
        }  # fmt: skip
        day = fields["submitted_on"]
        later.append((_at(day, 11, number), partial(_batch, fields, people, _at(day, 11, number), number)))
    return later


def _batch(fields: dict[str, Any], people: Mapping[str, Person], moment: datetime, number: int) -> None:
    """Submitted; those of the first three months are made good and approved on the same paper trail."""
    unit = fields["unit"]
    row: Batch = actions.submit_batch(fields, actor=people[f"clerk {unit.code}"], at=moment)
    if number >= 62:
        return
    zhao, county = people["zhao"], actions.queries.place_unit(row)
    wanted = Amounts(row.arable_area, Decimal(0), row.arable_area * 4000)
    actions.withdraw(row, wanted, pool_unit=county, paper=f"衡占补〔2020〕{number + 1}号", actor=zhao, at=moment)
    row.refresh_from_db()
    facts = {"approved_on": fields["submitted_on"], "approved_paper": f"冀政转征函〔2020〕{300 + number}号"}
    actions.approve(row, **facts, actor=zhao, at=moment)


def _pooled(units: list[Unit], city: Unit, people: Mapping[str, Person]) -> Later:
    """Some counties give to the city's pool; one movement was wrong and is reversed."""
    zhao, later = people["zhao"], list[tuple[datetime, Callable[[], Any]]]()
    paper = "关于加强和改进耕地占补平衡工作的管理办法"
    for number, unit in enumerate(units[:4]):
        moment = _at(date(2020, 8, 28), 9, number)
        county = actions.queries.place_unit(unit)
        wanted = Amounts(Decimal(3), Decimal(0), Decimal(9000))
        facts: dict[str, Any] = {"paper": paper[:40], "reason": "省市重点项目占补平衡指标全市统筹", "actor": zhao}
        later.append((moment, partial(actions.transfer, county, city, wanted, at=moment, **facts)))
    moment = _at(date(2020, 8, 28), 15)
    later.append((moment, partial(_reversed, people["zhao"], moment)))
    return later


def _reversed(actor: Person, moment: datetime) -> None:
    last = Posting.objects.filter(kind="transfer").latest("pk")
    actions.reverse(last, reason="调出县填错，另行办理", actor=actor, at=moment)


def _zones(units: list[Unit], people: Mapping[str, Person], chance: Random) -> Later:
    """Each county's zone was below the mark at first, and all are above it at the end of July."""
    later: Later = []
    for number, unit in enumerate(units):
        moment = _at(FIRST, 16, number)
        mu, again = chance.randint(503, 780), _at(COUNTED, 16, number)
        actor = people[f"clerk {unit.code}"]
        later.append((moment, partial(_zone, unit, actor, moment)))
        later.append((moment, partial(_count, unit, mu * Decimal("0.7"), actor, moment)))
        later.append((again, partial(_count, unit, Decimal(mu), actor, again)))
    return later


def _zone(unit: Unit, actor: Person, moment: datetime) -> None:
    actions.enter_zone(unit=unit, name=f"{_place(unit)}经济开发区", actor=actor, at=moment)


def _count(unit: Unit, mu: Decimal, actor: Person, moment: datetime) -> None:
    day = timezone.localtime(moment).date()
    actions.count(Zone.objects.get(unit=unit), area=round(mu / 15, 4), counted_on=day, actor=actor, at=moment)


def _leases(units: list[Unit], people: Mapping[str, Person], chance: Random) -> Later:
    later: Later = []
    for number in range(14):
        unit, leased_on = units[number % len(units)], date(2018, 9, 1) + timedelta(days=41 * number)
        fields = {
            "unit": unit, "code": f"衡先租〔{leased_on.year}〕{number + 1}号",
            "parcel": f"{_place(unit)}开发区B{number + 1}",
            "lessee": f"衡水{chance.choice(('恒泰', '瑞丰', '华兴', '中科', '鼎盛'))}{number + 1}号制造有限公司",
            "area": Decimal(chance.randint(150, 600)) / 100, "leased_on": leased_on,
            "lease_until": leased_on.replace(year=leased_on.year + 5), "condition": "建成投产且亩均税收达到15万元",
            "convert_by": leased_on + timedelta(days=730),
        }  # fmt: skip
        moment = _at(FIRST + timedelta(days=1), 15, number)
        later.append((moment, partial(_lease, fields, number, people, moment)))
    return later


def _lease(fields: dict[str, Any], number: int, people: Mapping[str, Person], moment: datetime) -> None:
    row: Contract = actions.lease(fields, actor=people[f"clerk {fields['unit'].code}"], at=moment)
    if number < 3:
        row = actions.meet(row, met_on=FIRST, actor=people["zhao"], at=moment)
        actions.grant(row, granted_on=FIRST, grant_years=40, actor=people["zhao"], at=moment)
