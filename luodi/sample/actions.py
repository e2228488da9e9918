"""Building the sample city, only through the acts its people could do themselves, in the order of time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from django.db import transaction

from luodi.campaigns.actions import load_pack, register_region
from luodi.campaigns.models import Campaign, Category
from luodi.campaigns.queries import categories
from luodi.journal import actions as journal
from luodi.journal.rules import SYSTEM, Actor
from luodi.orgs.models import Person, Unit
from luodi.problems import actions as problems
from luodi.problems.actions import LineCheck
from luodi.problems.models import DossierItem, Evidence, Finding, Problem
from luodi.projects.queries import Directory
from luodi.sample.amendments import acts as amendment_acts
from luodi.sample.documents import acts as document_acts
from luodi.sample.finance import acts as finance_acts
from luodi.sample.land import acts as land_acts
from luodi.sample.people import admit_everybody
from luodi.sample.permits import acts as permit_acts
from luodi.sample.projects import acts as project_acts
from luodi.sample.queries import BUILT, PACK, PRESENT, dossier_lines, read_city
from luodi.sample.rules import Case, Line, Office, Step, due_of, filled, paper_name, plan, spoken_of
from luodi.sample.sheets import paper, photograph
from luodi.tallies import actions as tallies
from luodi.workdays.actions import seed_calendar
from luodi.workdays.rules import calendar

Say = Callable[[int, int], None]
Act = Callable[..., Problem]
Later = list[tuple[datetime, Callable[[], Any]]]


@dataclass
class City:
    """What the acts need at hand: people by user name, units, the plan, and each problem as it is now."""

    words: Mapping[str, Any]
    office: Office
    seed: int
    campaign: Campaign
    units: dict[str, Unit]
    people: dict[str, Person] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    lines: dict[str, list[Line]] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)
    entries: dict[str, dict[int, int]] = field(default_factory=dict)  # code → line number → id of the dossier line
    chances: dict[str, Random] = field(default_factory=dict)
    papers: int = 0

    def clerk(self, case: Case) -> Person:
        """Who handles the problem in its unit."""
        return self.people[f"clerk {case.unit}"]

    def inspector(self, case: Case) -> Person:
        """The cross-inspection team that looks at this county; team 4 has the two hardest."""
        teams = ["liu", *(f"x1311_team{n}" for n in self.words["inspection_teams"])]
        hard = case.county in {"131102", "131126"} and case.serial % 4
        return self.people["liu" if hard else teams[(case.serial + int(case.county)) % len(teams)]]

    def lead_clerk(self, case: Case) -> Person:
        """Who agrees with plans: the leading department's clerk, else the city's office."""
        return self.people.get(f"clerk {case.lead}") or self.people["li"]


@transaction.atomic
def build(*, at: datetime, actor: Actor = SYSTEM, share: float = 1, say: Say | None = None) -> City:
    """Make the sample city in an empty database, all or nothing; `share` of its old problems, the new ones whole.

    `say(done, total)` is told how many acts are done. `at` is when the first unit is entered; everything else has
    its own moment, in the order of time.
    """
    words = read_city()
    seed_calendar(actor=actor, at=at)
    units = register_region(PACK, actor=actor, at=at)
    campaign = load_pack(PACK, actor=actor, at=at)
    days = tuple(d for d in calendar().workdays if date(2020, 4, 28) <= d <= date(2020, 8, 28))
    city = City(words, Office(days), words["seed"], campaign, units)
    city.lines = dossier_lines(campaign)
    city.categories = {category.code: category for category in categories(campaign)}
    city.people = admit_everybody(words, units, at)
    found, steps = plan(words, share, city.lines, city.office)
    city.cases = {case.code: case for case in found}
    city.chances = {case.code: Random(f"{city.seed} {case.code}") for case in found}  # noqa: S311
    # All in one order of time; what happens at the same moment, in the order of this list.
    acts = _beside_problems(city, found)
    acts += [(step.moment, partial(ACTS[step.act], city, city.cases[step.code], step)) for step in steps]
    acts.sort(key=lambda pair: pair[0])
    with tallies.in_bulk(at=at):
        for done, (_moment, act) in enumerate(acts, 1):
            act()
            if say and done % 200 == 0:
                say(done, len(acts))
    facts = {"share": share, "seed": city.seed}
    journal.record(BUILT, actor=actor, at=PRESENT - timedelta(seconds=1), row=campaign, place="1311", after=facts)
    return city


def _beside_problems(city: City, found: Sequence[Case]) -> Later:
    """What is done about everything else, each act with its moment: a module's part of the sample is added here.

    An act's journal entries bear exactly the moment it is listed with: a morning's and an afternoon's act are two.
    """
    words, units, people = city.words, city.units, city.people
    return [
        *project_acts(words, units, people, (city.campaign.pack, PACK), spoken_of(found)),
        *amendment_acts(city.campaign, city.cases, people),
        *permit_acts(PACK, units, people, city.seed),
        *land_acts(words, units, people),
        *finance_acts(words, units, people),
        *document_acts(city.campaign, people),
    ]


# -- the acts ----------------------------------------------------------------------------------------------------


def _register(city: City, first: Case, step: Step) -> None:
    """The city's office enters the old ledger; a county's office what is newly found there."""
    group = [city.cases[code] for code in step.facts["codes"]]
    actor = city.people["li" if first.batch == "base" else f"office {first.county}"]
    units, kinds = city.units, city.categories
    rows = [{**c.fields, "batch": c.batch, "unit": units[c.unit], "category": kinds[c.category]} for c in group]
    library = Directory.of_city("1311")
    for row in rows:
        row["project"], _by_name = library.find(row["project_code"], row["project_name"])
    made = problems.register_many(city.campaign, rows, actor=actor, at=step.moment)
    codes = {one.pk: one.code for one in made}
    city.problems |= {one.code: one for one in made}
    for entry, problem, seq in DossierItem.objects.filter(problem__in=made).values_list("pk", "problem_id", "seq"):
        city.entries.setdefault(codes[problem], {})[seq] = entry


def _assign(city: City, case: Case, step: Step) -> None:
    due_on = step.facts.get("due") or due_of(case, city.office, city.chances[case.code])
    _do(
        city, case, problems.assign, step, city.people["li"],
        unit=city.units[case.unit], lead_unit=city.units[case.lead], due_on=max(due_on, step.day),
        responsible_name=city.people[f"leader {case.unit}"].name,
    )  # fmt: skip


def _do(city: City, case: Case, act: Act, step: Step, actor: Person, *args: Any, **facts: Any) -> None:
    """One act on the problem as it is now."""
    city.problems[case.code] = act(city.problems[case.code], *args, actor=actor, at=step.moment, **facts)


def _reason(city: City, case: Case, words: str) -> str:
    return str(city.chances[case.code].choice(city.words[words]))


def _decline(city: City, case: Case, step: Step) -> None:
    _do(city, case, problems.decline, step, city.clerk(case), reason=_reason(city, case, "declines"))


def _claim(city: City, case: Case, step: Step) -> None:
    _do(city, case, problems.claim, step, city.clerk(case))


def _file_plan(city: City, case: Case, step: Step) -> None:
    kind, chance = city.words["categories"][case.category], city.chances[case.code]
    words = {
        "cause": filled(chance.choice(kind["causes"]), chance),
        "goal": kind["goal"],
        "measures": filled(chance.choice(kind["measures"]), chance),
    }
    story = city.words["stories"].get(case.fixed.get("story"), {})
    words |= {key: story[key] for key in words if key in story}
    _do(city, case, problems.file_plan, step, city.clerk(case), **words)


def _send_back_plan(city: City, case: Case, step: Step) -> None:
    reason = _reason(city, case, "plan_returns")
    _do(city, case, problems.send_back_plan, step, city.lead_clerk(case), reason=reason)


def _accept_plan(city: City, case: Case, step: Step) -> None:
    _do(city, case, problems.accept_plan, step, city.lead_clerk(case))


def _prove(city: City, case: Case, step: Step) -> None:
    """Result and claims in words, and one file for each required line (for some that are not required too)."""
    chance = city.chances[case.code]
    shown = [line for line in city.lines[case.category] if line.required or chance.random() < 0.35]
    case.shown = {line.seq for line in shown}
    day = f"{step.day - timedelta(days=chance.randint(1, 6)):%Y-%m-%d}"
    claims = {
        city.entries[case.code][line.seq]: filled(
            chance.choice(city.words["claims"][line.aspect]), chance, day=day, title=line.title
        )
        for line in shown
    }
    uploads = [_upload(city, case, line.seq, paper_name(line), step) for line in shown]
    result = city.words["categories"][case.category]["result"]
    _do(city, case, problems.prove, step, city.clerk(case), result=result, claims=claims, uploads=uploads)


def _upload(city: City, case: Case, seq: int, name: str, step: Step, pages: int = 1) -> tuple[int, bytes, str]:
    """(dossier line, a small PDF like no other, its name)."""
    city.papers += 1
    title = name.rpartition(".")[0]
    words = [title, f"{case.code}  {case.fields['project_name']}", f"{step.day:%Y-%m-%d}  S{city.papers:06d}"]
    return city.entries[case.code][seq], paper(words, pages), name


def _prove_again(city: City, case: Case, step: Step) -> None:
    """What was wrong is put right with a further file."""
    lines = [line for line in city.lines[case.category] if line.seq in (case.bad or {1})]
    uploads = [_upload(city, case, line.seq, f"补正：{paper_name(line)}", step) for line in lines]
    result = city.problems[case.code].result
    _do(city, case, problems.prove, step, city.clerk(case), result=result, claims={}, uploads=uploads)


def _sign(city: City, case: Case, step: Step) -> None:
    _do(city, case, problems.sign, step, city.people[f"leader {case.unit}"])


def _report(city: City, case: Case, step: Step) -> None:
    _do(city, case, problems.report, step, city.clerk(case))


def _self_check(city: City, case: Case, step: Step) -> None:
    _do(city, case, problems.self_check, step, city.people[f"office {case.county}"])


def _check(city: City, case: Case, step: Step) -> None:
    """Everything that is not for the discipline officer agrees."""
    lines = [line for line in city.lines[case.category] if not line.restricted]
    _find(city, case, step, city.inspector(case), {line.seq: _agrees(city, case, line) for line in lines})


def _agrees(city: City, case: Case, line: Line) -> LineCheck:
    if line.seq in case.shown:
        return LineCheck(Finding.MATCH)
    note = city.words["accountability_none" if line.restricted else "not_applicable"]
    return LineCheck(Finding.NOT_APPLICABLE, note)


def _find(city: City, case: Case, step: Step, actor: Person, found: Mapping[int, LineCheck]) -> None:
    entries = city.entries[case.code]
    _do(city, case, problems.check, step, actor, {entries[seq]: one for seq, one in found.items()})


def _check_restricted(city: City, case: Case, step: Step) -> None:
    lines = [line for line in city.lines[case.category] if line.restricted]
    _find(city, case, step, city.people["he"], {line.seq: _agrees(city, case, line) for line in lines})


def _check_bad(city: City, case: Case, step: Step) -> None:
    """Some lines do not agree; as many as will be taken out afterwards, at least one."""
    chance = city.chances[case.code]
    lines = [line for line in city.lines[case.category] if not line.restricted]
    required = [line.seq for line in lines if line.required]
    case.bad = tuple(chance.sample(required, min(case.fixed.get("gone", 1), len(required))))
    found = {line.seq: _agrees(city, case, line) for line in lines}
    for n, seq in enumerate(case.bad):
        kind, notes = (Finding.MISMATCH, "mismatches") if n % 2 == 0 else (Finding.MISSING, "missings")
        found[seq] = LineCheck(kind, _reason(city, case, notes))
    _find(city, case, step, city.inspector(case), found)


def _check_again(city: City, case: Case, step: Step) -> None:
    _find(city, case, step, city.inspector(case), {seq: LineCheck(Finding.MATCH) for seq in case.bad})


def _verify(city: City, case: Case, step: Step) -> None:
    _do(city, case, problems.verify, step, city.inspector(case))


def _close(city: City, case: Case, step: Step) -> None:
    _do(city, case, problems.close, step, city.people["li"])


def _send_back(city: City, case: Case, step: Step) -> None:
    """By the inspector; with the day on which it must be put right."""
    soon = step.day + timedelta(days=city.chances[case.code].randint(7, 14))
    due_on = case.due_on if case.ends == "returned" else soon
    reason = _reason(city, case, "returns")
    _do(city, case, problems.send_back, step, city.inspector(case), reason=reason, due_on=due_on)


def _send_back_by_county(city: City, case: Case, step: Step) -> None:
    actor = city.people[f"office {case.county}"]
    _do(city, case, problems.send_back, step, actor, reason=_reason(city, case, "returns"))


def _resubmit(city: City, case: Case, step: Step) -> None:
    _do(city, case, problems.resubmit, step, city.clerk(case))


def _reject(city: City, case: Case, step: Step) -> None:
    due_on, reason = step.day + timedelta(days=20), _reason(city, case, "rejects")
    _do(city, case, problems.reject, step, city.inspector(case), reason=reason, due_on=due_on)


def _reopen(city: City, case: Case, step: Step) -> None:
    """After a later visit; of the six, one is still open at the end."""
    facts = city.words["reopens"][case.reopening]
    due_on = case.due_on or step.day + timedelta(days=30)
    _do(city, case, problems.reopen, step, city.inspector(case), due_on=due_on, **facts)


def _withdraw(city: City, case: Case, step: Step) -> None:
    """The clerk takes a file out that proves nothing: of the next line that did not agree."""
    entry = city.entries[case.code][step.facts.get("line") or case.bad[case.withdrawn]]
    case.withdrawn += 1
    evidence = Evidence.objects.select_related("entry__problem", "stored").get(entry=entry, removed_on=None)
    reason = step.facts.get("reason") or _reason(city, case, "withdrawals")
    actor = city.clerk(case)
    city.problems[case.code] = problems.withdraw_evidence(evidence, reason=reason, actor=actor, at=step.moment)


# -- a history that is written down ------------------------------------------------------------------------------


def _told_prove(city: City, case: Case, step: Step) -> None:
    """Claims and files as written; photographs carry the place and the moment."""
    entries, facts = city.entries[case.code], step.facts
    uploads = [_upload(city, case, f["line"], f["name"], step, f["pages"]) for f in facts["files"]]
    seen = facts.get("photos", {})
    for number in range(seen.get("count", 0)):
        taken_at = step.moment - timedelta(hours=4, minutes=-7 * number)
        lat, lon = seen["lat"] + 0.0003 * number, seen["lon"] + 0.0002 * number
        name = f"现场照片{number + 1}.jpg"
        uploads.append((entries[seen["line"]], photograph(taken_at, lat, lon, city.chances[case.code]), name))
    _do(
        city, case, problems.prove, step, city.clerk(case), result=facts["story"]["result"], uploads=uploads,
        claims={entries[seq]: claim for seq, claim in facts["lines"].items()},
    )  # fmt: skip


def _told_check(city: City, case: Case, step: Step) -> None:
    found = {seq: LineCheck(**one) for seq, one in step.facts["findings"].items()}
    _find(city, case, step, city.people[step.facts["by"]], found)


def _told_send_back(city: City, case: Case, step: Step) -> None:
    facts = {"reason": step.facts["reason"], "due_on": step.facts["due"]}
    _do(city, case, problems.send_back, step, city.people[step.facts["by"]], **facts)


ACTS: dict[str, Callable[[City, Case, Step], None]] = {
    "register": _register, "assign": _assign, "decline": _decline, "claim": _claim, "file_plan": _file_plan,
    "send_back_plan": _send_back_plan, "accept_plan": _accept_plan, "prove": _prove, "prove_again": _prove_again,
    "sign": _sign, "report": _report, "self_check": _self_check, "check": _check,
    "check_restricted": _check_restricted, "check_bad": _check_bad, "check_again": _check_again, "verify": _verify,
    "close": _close, "send_back": _send_back, "send_back_by_county": _send_back_by_county, "resubmit": _resubmit,
    "reject": _reject, "reopen": _reopen, "withdraw": _withdraw, "told_prove": _told_prove, "told_check": _told_check,
    "told_send_back": _told_send_back,
}  # fmt: skip
