"""The clock of a limit and the plan of a template: pure arithmetic."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.kit.refusal import Refused
from luodi.permits import forms, rules
from luodi.permits.models import Item
from luodi.workdays.rules import Calendar
from tests.world import PACK

CALENDAR = Calendar.of(
    (day, day.weekday() < 5) for n in range(731) if (day := date(2020, 1, 1) + timedelta(n)).year < 2022
)
days = st.integers(0, 400).map(lambda n: date(2020, 2, 3) + timedelta(n))


def test_days_in_a_stop_do_not_count():
    start = date(2020, 5, 6)  # a Wednesday
    clock = rules.Clock(CALENDAR, stops=((date(2020, 5, 8), date(2020, 5, 13)),))

    assert rules.Clock(CALENDAR).due(start, 5) == date(2020, 5, 13)
    assert clock.stopped(start, date(2020, 5, 20)) == 3
    assert clock.due(start, 5) == date(2020, 5, 18)
    assert clock.used(start, date(2020, 5, 18)) == 5


def test_an_open_stop_has_no_end_of_the_limit():
    clock = rules.Clock(CALENDAR, stops=((date(2020, 5, 8), None),))

    assert clock.due(date(2020, 5, 6), 5) is None
    assert clock.used(date(2020, 5, 6), date(2020, 6, 30)) == 1


def test_calendar_days_count_sundays():
    assert rules.Clock(CALENDAR, "calendar_day").due(date(2020, 5, 6), 10) == date(2020, 5, 16)


def test_an_unannounced_year_is_unknown():
    assert rules.Clock(CALENDAR).due(date(2021, 12, 30), 20) is None
    assert rules.Clock(CALENDAR).used(date(2021, 12, 30), date(2022, 1, 9)) is None


@given(days, st.integers(1, 60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=4))
def test_the_last_day_uses_up_the_limit_and_no_day_before_does(start, limit, gaps):
    stops, last = [], start + timedelta(1)
    for gap, length in gaps:
        first = last + timedelta(gap)
        last = first + timedelta(length)
        stops.append((first, last))
    clock = rules.Clock(CALENDAR, stops=tuple(stops))
    due = clock.due(start, limit)

    assert due is not None
    assert clock.used(start, due) == limit
    assert clock.used(start, due - timedelta(1)) == limit - 1


@given(days, days, days, days)
def test_overlap_is_symmetric(a, b, c, d):
    one, two = (min(a, b), max(a, b)), (min(c, d), max(c, d))
    assert rules.overlaps(*one, [two]) == rules.overlaps(*two, [one])


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [("2020-05-18", 3, "2020-08-17"), ("2020-11-30", 3, "2021-02-27"), ("2020-01-31", 1, "2020-02-28"),
     ("2020-12-01", 12, "2021-11-30")],
)  # fmt: skip
def test_validity_in_months(day, months, last):
    assert rules.add_months(date.fromisoformat(day), months) == date.fromisoformat(last)


def items():
    return {one.code: Item(seq=n, **one.facts()) for n, one in enumerate(forms.read_catalogue(PACK).items)}


def steps(code):
    (found,) = [one for one in forms.read_catalogue(PACK).templates if one.code == code]
    return rules.graph([step.model_dump() for step in found.steps])


@pytest.mark.parametrize("code", ["government", "verified", "filed"])
def test_the_packs_templates_are_shorter_in_parallel(code):
    plan = rules.plan(steps(code), items(), date(2020, 5, 6), CALENDAR)

    assert plan.parallel < plan.sequential
    assert plan.parallel == max(step.ends for step in plan.steps)
    limits = {code: rules.working_length(item, item.statutory_days) for code, item in items().items()}
    by_statute = sum(limits[step.item.code] for step in plan.steps)
    assert plan.statutory_saved == by_statute - plan.statutory_parallel > 0
    # «压缩一半以上» by promise, in the whole and in each
    assert plan.sequential * 2 <= plan.statutory_sequential
    by_code = {step.item.code: step for step in plan.steps}
    for before, after in steps(code).edges:
        assert by_code[before].ends <= by_code[after].begins
    assert sum(by_code[c].ends - by_code[c].begins for c in plan.critical) == plan.parallel


def test_what_is_done_takes_no_time():
    whole = rules.plan(steps("filed"), items(), date(2020, 5, 6), CALENDAR)
    rest = rules.plan(steps("filed"), items(), date(2020, 5, 6), CALENDAR, {"filing", "land-plan", "design"})

    assert rest.parallel < whole.parallel


@pytest.mark.parametrize(
    ("given_steps", "says"),
    [
        ([{"item": "a", "after": ["b"]}, {"item": "b", "after": ["a"]}], "成了环：a → b → a"),
        ([{"item": "a"}, {"item": "a"}], "出现了两次"),
        ([{"item": "a", "after": ["x"]}], "不在这个模板里"),
    ],
)
def test_a_template_that_cannot_be_is_refused(given_steps, says):
    with pytest.raises(Refused, match=says):
        rules.graph(given_steps)


def test_a_broken_catalogue_is_refused_with_the_place(tmp_path):
    text = (PACK / "permits.yaml").read_text()
    broken = text.replace("committed: 5\n    basis: 企业", "committed: 25\n    basis: 企业").replace(
        "{item: feasibility, after: [land-preview]}", "{item: feasibility, after: [land-plan]}"
    )
    (tmp_path / "permits.yaml").write_text(broken)
    with pytest.raises(Refused) as why:
        forms.read_catalogue(tmp_path)
    assert "承诺时限长于法定时限" in str(why.value)
    assert "成了环" in str(why.value)

    (tmp_path / "permits.yaml").write_text(text.replace("stage: 1", "stag: 1", 1))
    with pytest.raises(Refused, match=r"第 \d+ 行"):
        forms.read_catalogue(tmp_path)
    with pytest.raises(Refused, match="打不开文件"):
        forms.read_catalogue(tmp_path / "none")
