"""Needs for money of the sample city, what banks did about them, and their loans month by month.

The sums are those of the city's report: needs of 136 projects and 182 enterprises, 324.48 亿元, credit 225 亿元; loans
162.77 亿元 at the end of June, 17.95 more than at the start of the year, of which the four classes explain 130.38.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from django.utils import timezone

from luodi.finance import actions
from luodi.finance.models import Bank, Credit, EventKind, LoanClass, Need
from luodi.kit.clock import local_day
from luodi.orgs.models import Person, Unit
from luodi.projects.models import Project

PROJECTS, ENTERPRISES = 136, 182
ASKED, GRANTED = 3_244_800, 2_250_000  # 万元
BANKS = (
    ("icbc", "工商银行衡水分行"), ("abc", "农业银行衡水分行"), ("boc", "中国银行衡水分行"), ("ccb", "建设银行衡水分行"),
    ("psbc", "邮储银行衡水分行"), ("hsb", "衡水银行"), ("hbb", "河北银行衡水分行"), ("adb", "农发行衡水分行"),
)  # fmt: skip
ENTERED, SHARED = date(2020, 4, 29), date(2020, 5, 13)
BATCHES = ((date(2020, 5, 12), "2020年第一批"), (date(2020, 6, 9), "2020年第二批"), (date(2020, 7, 14), "2020年第三批"))
# 万元 at the end of June by class; the total is the regulator's.
CLASSES = {LoanClass.COOPERATION: 732_100, LoanClass.NATIONAL: 27_400, LoanClass.PROVINCE: 309_300,
           LoanClass.LOCAL: 235_000}  # fmt: skip
TOTAL, INCREASE = 1_627_700, 179_500
TOLD = {4: date(2020, 5, 13), 5: date(2020, 6, 12), 6: date(2020, 7, 10)}
PURPOSES = ("流动资金", "厂房建设", "设备购置", "技术改造", "原料储备", "仓储物流设施建设")
SECURITIES = ("mortgage", "pledge", "guarantee", "credit")
GROUNDS = (
    ("security", "抵押物评估值不足"), ("finances", "资产负债率偏高"), ("papers", "土地证未办结"),
    ("record", "有一笔逾期记录"),
)  # fmt: skip
Later = list[tuple[datetime, Callable[[], Any]]]
People = Mapping[str, Person]


@dataclass
class Told:
    """What the acts need of each other: banks by code, needs and credits in their order."""

    banks: dict[str, Bank] = field(default_factory=dict)
    needs: list[Need] = field(default_factory=list)
    credits: dict[int, Credit] = field(default_factory=dict)
    shares: dict[int, int] = field(default_factory=dict)  # place → 100 万元 of credit


def acts(words: Mapping[str, Any], units: Mapping[str, Unit], people: People) -> Later:
    """Everything that is done about money, with its moment, in the order of time."""
    chance = Random(words["seed"] + 21)  # noqa: S311 - the same city each time, no secret
    told, li, later = Told(), people["li"], list[tuple[datetime, Callable[[], Any]]]()
    # After the library was filled that morning, before the first batch goes out.
    moment = _at(ENTERED, 15)
    later.append((moment, partial(_found, told, units, li, moment)))
    amounts = _parts(ASKED // 100, [chance.lognormvariate(0, 0.6) + 0.25 for _n in range(PROJECTS + ENTERPRISES)])
    later.append((_at(ENTERED, 16), partial(_enter, told, words, units, li, amounts, chance, _at(ENTERED, 16))))
    for number, (day, name) in enumerate(BATCHES):
        later.append((_at(day, 9, number), partial(_publish, told, number, name, day, li)))
    later += _ways(told, people, PROJECTS + ENTERPRISES, chance)
    later += [(_at(day, 16, month), partial(_balances, told, month, day, li)) for month, day in TOLD.items()]
    later.append((_at(date(2020, 7, 20), 10), partial(_total, li)))
    return sorted(later, key=lambda pair: pair[0])


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute % 60)))


def _parts(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in these proportions that sum up to the total; the largest takes what rounding leaves."""
    found = [int(total * weight / sum(weights)) for weight in weights]
    found[found.index(max(found))] += total - sum(found)
    return found


# -- banks and needs ----------------------------------------------------------------------------------------------


def _found(told: Told, units: Mapping[str, Unit], actor: Person, at: datetime) -> None:
    for number, (code, name) in enumerate(BANKS):
        facts = {"unit": units["1311-jrb"], "code": code, "name": name}
        told.banks[code] = actions.add_bank(facts, actor=actor, at=at)
        for title, most, months, securities in (
            ("固定资产贷款", 80_000 + number * 10_000, 96, ["mortgage", "guarantee"]),
            ("流动资金贷款", 6_000 + number * 1_000, 36, list(SECURITIES)),
        ):
            offered = {"name": title, "least_amount": Decimal(100), "most_amount": Decimal(most),
                       "most_months": months, "securities": securities, "industries": []}  # fmt: skip
            actions.offer(told.banks[code], offered, actor=actor, at=at)


def _enter(
    told: Told, words: Mapping[str, Any], units: Mapping[str, Unit], actor: Person, amounts: Sequence[int],
    chance: Random, at: datetime,
) -> None:  # fmt: skip
    """Projects of the library with the largest needs first, so that no need is larger than its project."""
    projects = list(Project.objects.select_related("unit").order_by("-total_amount", "pk")[:PROJECTS])
    largest = sorted(amounts[:PROJECTS], reverse=True)
    listed = [
        {**_facts(number, 100 * amount, units, chance), "kind": "project", "project": project, "name": project.name,
         "unit": project.unit, "industry": project.industry, "owner_code": project.owner_code}
        for number, (project, amount) in enumerate(zip(projects, largest, strict=True))
    ]  # fmt: skip
    chance.shuffle(listed)
    taken: set[str] = set()
    for number, amount in enumerate(amounts[PROJECTS:]):
        county, name = _enterprise(words, taken, chance)
        listed.append({**_facts(number, 100 * amount, units, chance), "kind": "enterprise", "name": name,
                       "unit": units[f"{county}-fgj"]})  # fmt: skip
    told.needs = actions.enter_many(listed, actor=actor, at=at)


def _facts(number: int, amount: int, units: Mapping[str, Unit], chance: Random) -> dict[str, Any]:
    return {
        "lead_unit": units["1311-jrb"], "amount": Decimal(amount), "purpose": chance.choice(PURPOSES),
        "months": chance.choice((12, 24, 36, 60, 96)), "security": SECURITIES[number % 7 % 4],
    }  # fmt: skip


def _enterprise(words: Mapping[str, Any], taken: set[str], chance: Random) -> tuple[str, str]:
    while True:
        place = chance.choice(words["counties"])
        name = f"{chance.choice(words['brands'])}{chance.choice(place['trades'])}有限公司"
        if name not in taken:
            taken.add(name)
            return place["code"], name


def _publish(told: Told, number: int, name: str, day: date, actor: Person) -> None:
    rows = [one for place, one in enumerate(told.needs) if place % len(BATCHES) == number]
    actions.publish(rows, name=name, published_on=day, actor=actor, at=_at(day, 9, number))


# -- what banks did -----------------------------------------------------------------------------------------------


def _ways(told: Told, people: People, count: int, chance: Random) -> Iterator[tuple[datetime, Any]]:
    """Most needs meet a bank soon after their batch and get credit; some are refused, some nobody has met yet."""
    clerk = people["clerk 1311-jrb"]
    met = [place for place in range(count) if place % 16]
    credited = [place for place in met if place % 9]
    yield _at(SHARED, 8), partial(_share, told, credited, chance)
    for batch, (day, _name) in enumerate(BATCHES):
        mine = [place for place in met if place % len(BATCHES) == batch]
        for part in range(8):
            held_on = day + timedelta(days=3 + part)
            yield _at(held_on, 10, part), partial(_meet, told, clerk, held_on, mine[part::8], part)
        for number, place in enumerate(mine):
            moment = _at(day + timedelta(days=14 + number % 9), 11 + number % 5, number)
            if place not in credited:
                yield moment, partial(_refuse, told, clerk, place, moment)
                continue
            yield moment, partial(_grant, told, clerk, place, moment)
            if number % 3 != 2:
                paid_at = _at(day + timedelta(days=20 + number % 9 + number % 6), 9, number)
                yield paid_at, partial(_pay, told, clerk, place, paid_at)


def _share(told: Told, credited: Sequence[int], chance: Random) -> None:
    """How much each gets, in whole hundreds, so that the sum is the report's."""
    weights = [float(told.needs[place].amount) * chance.uniform(0.85, 0.95) for place in credited]
    told.shares = dict(zip(credited, _parts(GRANTED // 100, weights), strict=True))


def _bank(told: Told, place: int) -> Bank:
    return told.banks[BANKS[place * 5 % 23 % len(BANKS)][0]]


def _meet(told: Told, clerk: Person, held_on: date, places: Sequence[int], part: int) -> None:
    kind = EventKind.BANKER_VISIT if part % 4 != 3 else EventKind.FAIR
    fields = {"kind": kind, "name": f"{kind.label}（{held_on.month}月{held_on.day}日）", "held_on": held_on,
              "place": "市民服务中心" if kind == EventKind.FAIR else "企业现场"}  # fmt: skip
    pairs = [(told.needs[place], _bank(told, place)) for place in places]
    actions.meet(pairs, fields, actor=clerk, at=_at(held_on, 10, part))


def _grant(told: Told, clerk: Person, place: int, at: datetime) -> None:
    day = local_day(at)
    amount = Decimal(100 * told.shares[place])
    told.credits[place] = actions.grant(
        told.needs[place], bank=_bank(told, place), amount=amount, granted_on=day,
        until_on=date(day.year + 3, day.month, 1), actor=clerk, at=at,
    )  # fmt: skip


def _pay(told: Told, clerk: Person, place: int, at: datetime) -> None:
    amount = (told.credits[place].amount * (70 + place % 4 * 10) / 10_000).to_integral_value() * 100
    if amount:
        facts = {"credit": told.credits[place], "amount": amount, "paid_on": local_day(at)}
        actions.pay(told.needs[place], **facts, actor=clerk, at=at)


def _refuse(told: Told, clerk: Person, place: int, at: datetime) -> None:
    day = local_day(at)
    ground, reason = GROUNDS[place % len(GROUNDS)]
    facts: dict[str, Any] = {"bank": _bank(told, place), "refused_on": day, "ground": ground, "reason": reason}
    actions.refuse(told.needs[place], **facts, actor=clerk, at=at)


# -- balances -----------------------------------------------------------------------------------------------------


def _balances(told: Told, month: int, day: date, actor: Person) -> None:
    """Each bank by class; at the end of June the classes come to the report's figures."""
    rows = []
    for place, (loan_class, total) in enumerate(CLASSES.items()):
        weights = [3 + (number * 7 + place * 3) % 9 for number in range(len(BANKS))]
        for bank, end in zip(told.banks.values(), _parts(total, weights), strict=True):
            start = end * 89 // 100
            at_month, repaid = start + (end - start) * month // 6, start * 2 * month // 100
            amounts = {"start_amount": start, "issued_amount": at_month - start + repaid, "repaid_amount": repaid,
                       "written_amount": 0, "end_amount": at_month}  # fmt: skip
            rows.append({"bank": bank, "loan_class": loan_class, **{k: Decimal(v) for k, v in amounts.items()}})
    actions.tell_balances(rows, month_on=date(2020, month, 1), actor=actor, at=_at(day, 16, month))


def _total(actor: Person) -> None:
    day = date(2020, 7, 20)
    fields = {
        "month_on": date(2020, 6, 1), "amount": Decimal(TOTAL), "start_amount": Decimal(TOTAL - INCREASE),
        "increase_amount": Decimal(INCREASE), "source": "银保监分局《2020年6月辖内银行业重点项目贷款统计》",
        "published_on": day, "gap_note": "各银行没有按四类报齐，类别之间也有交叉，已请各行核对补报",
    }  # fmt: skip
    actions.state_total(fields, city_code="1311", actor=actor, at=_at(day, 10))
