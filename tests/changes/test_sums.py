"""Start + added + reopened - closed - merged - voided = end, for every two days, whatever people did between them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luodi.amendments import actions as amendments
from luodi.amendments.models import Amendment
from luodi.changes import queries
from luodi.changes.rules import adds_up
from luodi.indicators.queries import rows
from luodi.indicators.rules import NONE, Frame
from luodi.kit.refusal import Refused
from luodi.problems import actions
from luodi.problems.models import Problem
from tests.world import WAY, World, at

pytestmark = pytest.mark.django_db
REASON = {"reason": "现场没有交地"}


def frame(world: World, day: str = "2020-08-31", place: str = "1311") -> Frame:
    return Frame(world.campaign.pk, place, date.fromisoformat(day))


def told(world: World, since: str, until: str = "2020-08-31", place: str = "1311") -> dict[str, int]:
    changes = queries.between(frame(world, until, place), date.fromisoformat(since))
    assert adds_up(changes)
    return {change.key: change.answer.value for change in changes}


def reopened(world: World, problem: Problem, day: str) -> Problem:
    facts = {"cause": "relapse", "due_on": date(2020, 12, 31), **REASON}
    return actions.reopen(problem, **facts, actor=world.liu, at=at(day))


def voided(world: World, problem: Problem, day: date | str) -> None:
    amendments.ask_void(problem, **REASON, actor=world.li, at=at(day))
    approve(world, problem, day)


def approve(world: World, problem: Problem, day: date | str) -> None:
    asked = Amendment.objects.get(problem=problem, decided_on=None)
    amendments.decide(asked, approved=True, actor=world.ma, at=at(day))


def merged(world: World, problem: Problem, into: Problem, day: date | str) -> None:
    amendments.ask_merge(problem, into=into, **REASON, actor=world.li, at=at(day))
    approve(world, problem, day)


def test_a_fortnight_with_something_of_everything(world):
    """One closed on 30 May and reopened on 20 August; one found and voided in August; one merged into another."""
    old = world.brought_to("closed")
    twin, open_one = world.problem("2020-05-19"), world.problem("2020-05-20")
    reopened(world, old, "2020-08-20")
    wrong = world.problem("2020-08-18", found_on=date(2020, 8, 17))
    voided(world, wrong, "2020-08-25")
    merged(world, twin, open_one, "2020-08-26")
    expected = {"start": 2, "added": 1, "reopened": 1, "closed": 0, "merged": 1, "voided": 1, "end": 2}
    assert told(world, "2020-08-15") == expected
    assert told(world, "2020-08-17")["added"] == 0  # what was found on the first day belongs to the stock


def test_closed_and_reopened_within_the_period_counts_as_both(world):
    problem = world.brought_to("closed")
    reopened(world, problem, "2020-06-05")
    both = told(world, "2020-05-18", "2020-06-30")
    assert (both["closed"], both["reopened"], both["end"]) == (1, 1, 1)


def test_rows_behind_a_line_are_exactly_its_events(world):
    problem = world.brought_to("closed")
    line = next(c for c in queries.between(frame(world), date(2020, 5, 18)) if c.key == "closed")
    assert [row.problem_id for row in rows("changes.closed", line.answer.frame)] == [problem.pk]
    event = queries.events(line, world.li, date(2020, 8, 31), 20)
    assert [(one.code, one.day) for one in event] == [(problem.code, date(2020, 5, 30))]
    assert queries.events(line, world.gao, date(2020, 8, 31), 20) == []  # another county's clerk


def test_what_was_entered_late_is_told(world):
    world.problem("2020-08-20", found_on=date(2020, 7, 1))
    found = {c.key: c.answer.value for c in queries.beside(frame(world), date(2020, 8, 15))}
    assert found == {"rectified": 0, "overturned": 0, "returned": 0, "late": 1}
    assert told(world, "2020-08-15")["start"] == 1


def test_reported_and_overturned_are_told_beside_the_sum(world):
    problem = world.brought_to("self_checked")
    actions.reject(problem, due_on=date(2020, 9, 30), **REASON, actor=world.liu, at=at("2020-06-10"))
    found = {c.key: c.answer.value for c in queries.beside(frame(world), date(2020, 5, 18))}
    assert (found["rectified"], found["overturned"], found["returned"]) == (1, 1, 1)


def test_by_county_each_adds_up_and_all_together_make_the_city(world):
    world.brought_to("closed")
    world.problem("2020-06-01", unit=world.units["131126-fgj"], found_on=date(2020, 6, 1))
    world.problem("2020-06-02", unit=world.units["1311-zrzy"], found_on=date(2020, 6, 2))
    counties = queries.by_county(frame(world), date(2020, 5, 18))
    assert [one.key for one in counties] == ["131102", "131126", NONE]
    assert all(adds_up(one.changes) for one in counties)
    whole = [change.answer.value for change in queries.between(frame(world), date(2020, 5, 18))]
    assert [sum(values) for values in zip(*([c.answer.value for c in one.changes] for one in counties), strict=True)] \
        == whole  # fmt: skip
    alone = queries.by_county(frame(world, place="131126"), date(2020, 5, 18))
    assert [(one.key, one.changes[-1].answer.value) for one in alone] == [("131126", 1)]


def test_a_batch_alone_adds_up_too(world):
    world.brought_to("closed")
    world.problem("2020-06-01", batch="new", found_on=date(2020, 6, 1))
    asked = replace(frame(world), filters={"batch": "new"})
    found = {c.key: c.answer.value for c in queries.between(asked, date(2020, 5, 1))}
    assert (found["added"], found["closed"], found["end"]) == (1, 0, 1)


@pytest.mark.parametrize("since", ["2020-08-31", "2020-09-01"])
def test_a_period_without_a_day_is_refused(world, since):
    with pytest.raises(Refused, match="应早于截至日期"):
        queries.between(frame(world), date.fromisoformat(since))


# -- whatever people did -----------------------------------------------------------------------------------------

DEEDS = ["register", "close", "reopen", "void", "merge", "undo"]
UNITS = ["131102-fgj", "131126-fgj", "1311-zrzy"]


def close(world: World, problem: Problem, day: date) -> None:
    """Whatever is still to be done until it is closed, all on one day."""
    way = WAY if problem.status == "registered" else WAY[WAY.index("prove"):]  # fmt: skip
    for name in way:
        problem = world.do(problem, name, at(day))


def deed(world: World, name: str, which: int, day: date) -> None:
    """One thing somebody does on a day; nothing where there is no such problem."""
    if name == "register":
        found_on = day - timedelta(days=which * 3)
        world.problem(str(day), unit=world.units[UNITS[which % 3]], found_on=found_on)
        return
    status = {"close": ["registered", "rectifying"], "reopen": ["closed"], "undo": ["registered"]}
    rows = list(Problem.objects.filter(status__in=status.get(name, ["registered", "rectifying"])).order_by("pk"))
    if not rows:
        return
    problem = rows[which % len(rows)]
    if name == "close":
        close(world, problem, day)
    elif name == "reopen":
        reopened(world, problem, str(day))
    elif name == "void":
        voided(world, problem, day)
    elif name == "undo" and problem.version == 1:
        amendments.undo(problem, **REASON, actor=world.li, at=at(day))
    elif name == "merge":
        others = [row for row in rows if row.county_code == problem.county_code and row != problem]
        if others:
            merged(world, problem, others[0], day)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 3), st.integers(0, 4)), min_size=4, max_size=14),
       first=st.integers(0, 30), length=st.integers(1, 40))  # fmt: skip
def test_any_two_days_add_up(world, deeds, first, length):
    """The sum of random acts on random days, for the city and for each place in it."""
    with transaction.atomic():
        day = date(2020, 6, 1)
        for name, which, later in deeds:
            day += timedelta(days=later)
            deed(world, name, which, day)
        since = date(2020, 6, 1) + timedelta(days=first)
        asked = frame(world, str(since + timedelta(days=length)))
        whole = queries.between(asked, since)
        counties = queries.by_county(asked, since)
        assert adds_up(whole)
        assert all(adds_up(one.changes) for one in counties)
        ends = [one.changes[-1].answer.value for one in counties]
        assert sum(ends) == whole[-1].answer.value
        transaction.set_rollback(True)
