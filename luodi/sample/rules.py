"""The plan of the sample city: who does what to which problem, when. Pure; the same seed gives the same plan."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from random import Random
from typing import Any

from django.utils import timezone

FIRST, LAST = date(2020, 4, 28), date(2020, 8, 28)  # the last working day before the sample's present, 31 August 08:00
OFFICE_DAY = 480  # minutes: 8:30–12:00 and 14:00–18:30
MORNING, MORNING_LENGTH, AFTERNOON = time(8, 30), 210, time(14, 0)
BASE_FULL = 1610
# The base batch enters the ledger in order of its codes: up to this share of it by the end of this day.
ENTERED = (
    (0.07, date(2020, 4, 29)), (0.14, date(2020, 4, 30)), (0.2, date(2020, 5, 8)), (0.2587, date(2020, 5, 14)),
    (0.45, date(2020, 5, 18)), (0.65, date(2020, 5, 19)), (0.8, date(2020, 5, 20)), (0.92, date(2020, 5, 21)),
    (1.0, date(2020, 5, 22)),
)  # fmt: skip
SHORTEST = 7 * OFFICE_DAY  # nobody goes from registration to the end in less
# How much of the time an act takes, against the others of the same history.
WEIGHT = {"assign": 0.4, "claim": 0.3, "file_plan": 1.0, "prove": 4.0, "check": 1.4, "reopen": 5.0, "self_check": 0.8}
BEGIN = ("assign", "claim", "file_plan", "accept_plan", "prove", "sign", "report", "self_check")
TOLD = {"prove", "check", "send_back"}  # acts whose content a written history states itself
PUT_RIGHT = ("prove_again", "sign", "resubmit")
AGAIN = ("prove_again", "sign", "report", "self_check", "check", "check_restricted", "verify")


@dataclass(frozen=True)
class Line:
    """One line of a category's dossier, as the pack has it."""

    seq: int
    title: str
    papers: str
    aspect: str
    required: bool
    restricted: bool


@dataclass
class Case:
    """One problem to be: its place in the ledger, where it ends, and what happens to it."""

    batch: str
    serial: int
    county: str
    ends: str = "closed"
    fixed: Mapping[str, Any] = field(default_factory=dict)
    quirks: set[str] = field(default_factory=set)
    entered: int = 0  # office minutes since the first day
    ended: int = 0
    due_on: date | None = None
    late: bool = False
    category: str = ""
    unit: str = ""
    lead: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    reopening: int = 0  # which of the reasons for opening it again
    # What has happened so far, while the plan is carried out:
    shown: set[int] = field(default_factory=set)  # lines with a file
    bad: tuple[int, ...] = ()  # lines that did not agree at the first check
    withdrawn: int = 0

    @property
    def code(self) -> str:
        """As the ledger writes it; also what the plan names the case by."""
        return f"2020-{self.serial:04d}" if self.batch == "base" else f"N2020-{self.serial:03d}"


@dataclass(frozen=True, order=True)
class Step:
    """One act on one problem. Sorted by moment over the whole city."""

    moment: datetime
    code: str
    order: int
    act: str = field(compare=False)
    facts: Mapping[str, Any] = field(compare=False, default_factory=dict)

    @property
    def day(self) -> date:
        """The day on which it is done."""
        return timezone.localtime(self.moment).date()


@dataclass(frozen=True)
class Office:
    """Office time: minutes counted through the working days from the first one on."""

    days: tuple[date, ...]

    def moment(self, minute: int) -> datetime:
        """The clock at an office minute."""
        day, rest = divmod(minute, OFFICE_DAY)
        begin, more = (MORNING, rest) if rest < MORNING_LENGTH else (AFTERNOON, rest - MORNING_LENGTH)
        naive = datetime.combine(self.days[day], begin) + timedelta(minutes=more)
        return timezone.make_aware(naive)

    def minute(self, day: date, within: int = 0) -> int:
        """Office minutes up to a day (the next working day if nobody works then), plus `within` that day."""
        return next((n for n, one in enumerate(self.days) if one >= day), len(self.days) - 1) * OFFICE_DAY + within

    def day(self, minute: int) -> date:
        """The day of an office minute."""
        return self.days[minute // OFFICE_DAY]


def plan(
    city: Mapping[str, Any], share: float, lines: Mapping[str, Sequence[Line]], office: Office
) -> tuple[list[Case], list[Step]]:
    """Every problem, and every act on every problem in the order of time."""
    chance = Random(city["seed"])  # noqa: S311 - the same city each time, no secret
    found = cases(city, share, chance)
    give_times(found, city["balance"], office, chance)
    give_quirks(found, share, chance)
    steps = [*registrations(found, office)]
    for case in found:
        describe(case, city, office, chance)
        story = city["stories"].get(case.fixed.get("story"))
        steps += told(case, story) if story else steps_of(case, lines[case.category], office, chance)
    return found, sorted(steps)


# -- which problems there are ------------------------------------------------------------------------------------


def cases(city: Mapping[str, Any], share: float, chance: Random) -> list[Case]:
    """Every problem with its county and the status it ends in; `share` of the base batch, the new batch whole."""
    counties = {c["code"]: dict(c) for c in city["counties"]}
    fixed_base = [f for f in city["fixed"] if f["code"][0] != "N"]
    for code, county in counties.items():
        least = sum(f["county"] == code for f in fixed_base)
        county["base"] = max(round(county["base"] * share), least)
    total = sum(c["base"] for c in counties.values())
    placed = {max(1, -(-int(f["code"][5:]) * total // BASE_FULL)): f for f in fixed_base}
    pool = [code for code, c in counties.items() for _n in range(c["base"])]
    for one in placed.values():
        pool.remove(one["county"])
    chance.shuffle(pool)
    found = []
    for serial in range(1, total + 1):
        one = placed.get(serial, {})
        found.append(Case("base", serial, one["county"] if one else pool.pop(), fixed=one))
    found += _new_cases(city, counties, chance)
    for case in found:
        case.ends, case.due_on = case.fixed.get("ends", "closed"), case.fixed.get("due")
    for county in counties.values():
        _leave_open(county, [c for c in found if c.county == county["code"]], share, chance)
    return found


def _new_cases(city: Mapping[str, Any], counties: Mapping[str, Any], chance: Random) -> Iterator[Case]:
    fixed = {int(f["code"][6:]): f for f in city["fixed"] if f["code"][0] == "N"}
    pool = [code for code, c in counties.items() for _n in range(c["new"])]
    for one in fixed.values():
        pool.remove(one["county"])
    chance.shuffle(pool)
    for serial in range(1, len(pool) + len(fixed) + 1):
        one = fixed.get(serial, {})
        yield Case("new", serial, one["county"] if one else pool.pop(), fixed=one)


def _leave_open(county: Mapping[str, Any], here: Sequence[Case], share: float, chance: Random) -> None:
    """Choose which of a county's problems are not closed at the end, and which of these are overdue."""
    still = [c for c in here if c.ends != "closed"]
    wanted = max(round(county["waiting"] * share), len(still))
    late = max(round(county["overdue"] * share), sum(c.due_on < LAST for c in still if c.due_on))
    free = chance.sample([c for c in here if not c.fixed and c.batch == "base"], wanted - len(still))
    late -= sum(c.due_on < LAST for c in still if c.due_on)
    for case in free:
        if late > 0:
            late -= 1
            case.ends, case.due_on = "returned", date(2020, 8, chance.randint(20, 27))
        else:
            # None waits as verified: whatever agrees on every line is closed, so match rate and closure rate are one.
            case.ends = chance.choices(["self_checked", "returned", "reported"], [19, 1, 4])[0]
            case.due_on = date(2020, 9, chance.randint(2, 28))


def give_quirks(found: Sequence[Case], share: float, chance: Random) -> None:
    """Returns, declined assignments, relapses and the rest: fixed numbers, falling on cases by chance."""
    closed = [c for c in found if c.ends == "closed" and not c.fixed and c.batch == "base"]
    kinds = {"sent_back": 80, "sent_back_by_county": 26, "declined": 12, "plan_returned": 15, "rejected": 5}
    slow = [c for c in closed if c.ended - c.entered > 2 * SHORTEST] or closed
    reopened = chance.sample([c for c in slow if c.ended > 60 * OFFICE_DAY] or slow, 5 if share == 1 else 1)
    still = [c for c in found if c.ends == "self_checked" and not c.fixed] or reopened
    for n, case in enumerate([*reopened, still[0]]):
        case.quirks.add("reopened")
        case.reopening = n
    for kind, number in kinds.items():
        for case in chance.sample([c for c in slow if not c.quirks], max(1, round(number * share))):
            case.quirks.add(kind)
    plain = [c for c in found if not c.fixed]
    hard = [c for c in found if c.ends != "closed"][:12]
    for case in [*hard, *chance.sample([c for c in plain if c not in hard], 27 - len(hard) if share == 1 else 3)]:
        case.quirks.add("priority")
    for case in chance.sample([c for c in plain if c.batch == "base"], 39 if share == 1 else 3):
        case.quirks.add("from_above")


# -- when --------------------------------------------------------------------------------------------------------


def give_times(found: Sequence[Case], balance: Mapping[date, int], office: Office, chance: Random) -> None:
    """When each enters the ledger and when its history ends, so that the open balance follows the curve."""
    base = [c for c in found if c.batch == "base"]
    for case in base:
        day = next(day for part, day in ENTERED if case.serial <= part * len(base) + 1e-6)
        case.entered = office.minute(day, 60)
    ends = _closing_minutes(len(base), balance, office, chance)
    closing = sorted((c for c in base if c.ends == "closed"), key=lambda c: c.serial + chance.uniform(0, len(base) / 2))
    for case in [c for c in closing if c.fixed]:
        case.ended = office.minute(case.fixed["closed"], chance.randint(60, 400))
        ends.remove(min(ends, key=lambda end: abs(end - case.ended)))
    for case, end in zip([c for c in closing if not c.fixed], ends, strict=False):
        case.ended = max(end, case.entered + SHORTEST + chance.randint(0, 300))
    for case in found:
        if case.batch == "new":
            case.entered = office.minute(date(2020, 6, 5) + timedelta(days=5 * case.serial), 90)
            case.ended = case.entered + (14 + case.serial % 4) * OFFICE_DAY + chance.randint(0, 400)
        if case.ends != "closed":
            last = min(case.due_on or LAST, LAST) - timedelta(days=4)
            from_day = max(office.day(case.entered) + timedelta(days=14), last - timedelta(days=20))
            span = max((last - from_day).days, 0)
            case.ended = office.minute(from_day + timedelta(days=chance.randint(0, span)), chance.randint(0, 400))


def _closing_minutes(total: int, balance: Mapping[date, int], office: Office, chance: Random) -> list[int]:
    """When problems of the base batch are closed, ascending, one for each that is."""
    minutes: list[int] = []
    before, left = office.minute(date(2020, 5, 11)), total
    for day, full in sorted(balance.items()):
        target = round(full * total / BASE_FULL)
        until = office.minute(day, OFFICE_DAY - 1)
        minutes += [round(before + (until - before) * chance.random() ** 0.7) for _n in range(left - target)]
        before, left = until, target
    return sorted(minutes)


# -- what --------------------------------------------------------------------------------------------------------


def acts_of(case: Case) -> list[str]:
    """The acts of a history in order."""
    quirks, acts = case.quirks, list(BEGIN)
    if "declined" in quirks:
        acts[:0] = ["assign", "decline"]
    if "plan_returned" in quirks:
        place = acts.index("file_plan")
        acts[place:place] = ["file_plan", "send_back_plan"]
    if "sent_back_by_county" in quirks:
        acts[-1:] = ["send_back_by_county", *PUT_RIGHT, "self_check"]
    if "sent_back" in quirks:
        acts += ["check_bad", "check_restricted", "send_back", *PUT_RIGHT, "check_again", "verify"]
    elif "rejected" in quirks:
        acts += ["check_bad", "reject", *AGAIN]
    elif case.ends == "returned":
        return [*acts, "check_bad", "check_restricted", "send_back", *["withdraw"] * case.fixed.get("gone", 1)]
    else:
        acts += ["check", "check_restricted", "verify"]
    if "reopened" in quirks:
        acts += ["close", "reopen", *AGAIN]
    return _cut(acts, case.ends)


def _cut(acts: list[str], ends: str) -> list[str]:
    """The acts up to where a history that ends well ends."""
    if ends == "closed":
        return [*acts, "close"]
    final = {"self_checked": "self_check", "reported": "report"}[ends]
    return acts[: len(acts) - acts[::-1].index(final)]


def registrations(found: Sequence[Case], office: Office) -> Iterator[Step]:
    """The old batch is entered day by day in order of its codes; what is newly found, one by one."""
    for (_batch, minute), group in groupby(found, key=lambda c: (c.batch, c.entered)):
        codes = [case.code for case in group]
        yield Step(office.moment(minute), codes[0], -1, "register", {"codes": codes})


def told(case: Case, story: Mapping[str, Any]) -> Iterator[Step]:
    """The steps of a history that is written down."""
    for order, one in enumerate(story["steps"]):
        moment = timezone.make_aware(datetime.fromisoformat(one["at"]))
        act = f"told_{one['act']}" if one["act"] in TOLD else one["act"]
        yield Step(moment, case.code, order, act, {**one, "story": story})


def steps_of(case: Case, lines: Sequence[Line], office: Office, chance: Random) -> Iterator[Step]:
    """The acts with their moments, spread from registration to the end."""
    acts = [a for a in acts_of(case) if a != "check_restricted" or any(line.restricted for line in lines)]
    gaps = [WEIGHT.get(act, 0.5) * chance.uniform(0.5, 1.5) for act in acts]
    span, passed = case.ended - case.entered - 4 * len(acts), 0.0
    for order, (act, gap) in enumerate(zip(acts, gaps, strict=True), 1):
        passed += gap
        minute = case.entered + round(span * passed / sum(gaps)) + 4 * order
        yield Step(office.moment(minute), case.code, order, act)


def due_of(case: Case, office: Office, chance: Random) -> date:
    """The day of the first assignment: met by nearly all that are closed, still to come for what is open."""
    if case.due_on and case.ends not in {"returned"}:
        return case.due_on
    end = office.day(case.ended)
    if case.late:
        return end - timedelta(days=chance.randint(1, 4))
    return end + timedelta(days=chance.randint(0, 21))


# -- in words ----------------------------------------------------------------------------------------------------


def filled(words: str, chance: Random, **known: str) -> str:
    """Words with <n> days or amounts, <t> times, <m> months, <d> a day in spring, and what else is known put in."""
    facts = {
        "n": str(chance.randint(6, 48)),
        "n2": str(chance.choice([5, 7, 10, 15, 20])),
        "t": str(chance.randint(2, 5)),
        "m": str(chance.randint(3, 14)),
        "d": f"{chance.choice([2, 3, 3, 4])}月{chance.randint(2, 28)}日",
        **known,
    }
    return re.sub(r"<(\w+)>", lambda found: facts[found[1]], words)


def spoken_of(found: Sequence[Case]) -> list[tuple[str, str, str, str]]:
    """The projects that problems speak of, those of the written ones first: county, name, owner, code."""
    cases = sorted(found, key=lambda case: not case.fixed)
    names = ("project_name", "project_owner", "project_code")
    return [(case.county, *(case.fields[name] for name in names)) for case in cases]


def describe(case: Case, city: Mapping[str, Any], office: Office, chance: Random) -> None:
    """Category, units, project and the words of registration."""
    kinds = city["categories"]
    case.category = case.fixed.get("category") or chance.choices([*kinds], [k["weight"] for k in kinds.values()])[0]
    kind = kinds[case.category]
    case.unit = f"{case.county}-{case.fixed.get('unit') or chance.choice(kind['units'])}"
    case.lead = case.fixed.get("lead") or kind["lead"]
    case.late = chance.random() < 0.04 and not case.fixed
    county = next(c for c in city["counties"] if c["code"] == case.county)
    trade = chance.choice(county["trades"])
    place, work, phase = chance.choice(county["places"]), chance.choice(city["works"]), chance.choice(city["phases"])
    entered = office.day(case.entered)
    found_on = entered - timedelta(days=chance.randint(1, 6 if case.batch == "new" else 50))
    year = chance.choice([2017, 2018, 2018, 2019, 2019, 2019])
    industry, sort = chance.choice(["13", "17", "26", "29", "30", "33", "34", "47", "59"]), chance.choice(["02", "03"])
    story = city["stories"].get(case.fixed.get("story"), {})
    case.fields = {
        "title": case.fixed.get("title") or filled(chance.choice(kind["titles"]), chance),
        "description": story.get("description") or filled(chance.choice(kind["facts"]), chance),
        "cause": "",
        "project_name": case.fixed.get("project") or f"{place}{trade}{work}{phase}",
        "project_code": f"{year}-{case.county}-{industry}-{sort}-{chance.randint(1, 9999):06d}",
        "project_owner": story.get("owner") or f"衡水{chance.choice(city['brands'])}{trade}有限公司",
        "found_on": story.get("found") or max(found_on, date(2020, 3, 2)),
        "source": _source(case, chance),
        "is_priority": "priority" in case.quirks,
        "from_above": "from_above" in case.quirks or bool(case.fixed.get("from_above")),
    }


def _source(case: Case, chance: Random) -> str:
    if "from_above" in case.quirks or case.fixed.get("from_above"):
        return "superior"
    if case.batch == "new":
        return chance.choice(["screening", "screening", "tip", "supervision"])
    kinds = ["self_check", "tip", "supervision", "screening"]
    return str(case.fixed.get("source") or chance.choices(kinds, [62, 8, 14, 16])[0])


def paper_name(line: Line) -> str:
    """What a file that proves the line is called: the first paper the pack names."""
    return re.split(r"[、（或]", line.papers)[0] + ".pdf"
