"""Asking, splitting, comparing and freezing."""

import json
from dataclasses import replace

import pytest

from luodi.indicators.queries import answer, break_down, default_frame, difference, freeze, history, rows
from luodi.kit.refusal import Refused
from luodi.orgs.models import Role
from luodi.problems.models import Closure
from tests.indicators.records import ANPING, RAOYANG, day


def test_a_county_asks_about_itself(city):
    city.problem(county=ANPING)
    city.problem(county=RAOYANG)
    assert answer("problems.found", city.frame).value == 2
    assert answer("problems.found", replace(city.frame, place=ANPING)).value == 1


def test_filters_narrow_and_unknown_ones_are_refused(city):
    city.problem(batch="new", category="land", is_priority=True)
    city.problem(lead_unit=city.bureau)
    for filters in ({"batch": "new"}, {"category": "land"}, {"group": "用地"}, {"priority": "yes"}, {"lead_unit": "-"}):
        assert answer("problems.found", replace(city.frame, filters=filters)).value == 1, filters
    with pytest.raises(Refused, match="不能按「colour」分"):
        answer("problems.found", replace(city.frame, filters={"colour": "red"}))


def test_a_place_is_a_city_or_a_county(city):
    with pytest.raises(Refused, match="四位市代码或六位县代码"):
        answer("problems.found", replace(city.frame, place="13"))


def test_fortnights_have_no_gap_and_rates_have_none(city):
    for found in ("6-15", "6-16", "7-31"):
        city.problem(found)
    parts = break_down("problems.found", city.frame, "fortnight")
    assert [(part.key, part.answer.value) for part in parts] == [
        ("2020-06-01", 1), ("2020-06-16", 1), ("2020-07-01", 0), ("2020-07-16", 1),
    ]  # fmt: skip
    assert parts[1].label == "2020年6月16日—30日"
    with pytest.raises(Refused, match="比率不能按双周分"):
        break_down("problems.closure_rate", city.frame, "fortnight")
    with pytest.raises(Refused, match="没有自己的日期"):
        break_down("problems.overdue", city.frame, "fortnight")


def test_history_is_the_figure_as_of_each_day(city):
    city.close(city.problem(), "7-10", "8-10")
    august = city.frame
    assert [one.value for one in history("problems.closed", august, [day("7-9"), day("7-31"), day("8-31")])] == [
        0,
        1,
        0,
    ]


def test_a_frozen_figure_stays_and_the_difference_shows(city):
    first, second = city.problem(), city.problem()
    city.close(first, "7-10")
    frozen = json.loads(json.dumps(freeze("problems.closed", city.frame)))
    assert frozen["value"] == "1"
    assert frozen["plain"] == "1件"
    assert (frozen["row_model"], frozen["row_ids"]) == ("problems.problem", [[first.pk, first.pk]])
    assert not difference(frozen).changed
    city.close(second, "8-1")
    Closure.objects.filter(problem=first).update(reopened_on=day("8-2"))
    moved = difference(frozen)
    assert moved.changed
    assert (moved.then, moved.now.text) == ("1 件", "1 件")
    assert (moved.added, moved.gone) == ((second.pk,), (first.pk,))


def test_a_frozen_rate_keeps_both_parts_and_their_rows(city):
    first, second = city.problem(), city.problem()
    city.close(first, "7-10")
    frozen = freeze("problems.closure_rate", city.frame)
    assert frozen["text"] == "50.0%"
    assert frozen["parts"]["numerator"]["row_ids"] == [[first.pk, first.pk]]
    assert frozen["parts"]["denominator"]["row_ids"] == [[first.pk, second.pk]]
    assert frozen["row_sm3"] == frozen["parts"]["numerator"]["row_sm3"]
    assert len(frozen["row_sm3"]) == 64


def test_an_unknown_figure_freezes_as_unknown(city):
    frozen = freeze("problems.closure_rate", city.frame)
    assert (frozen["value"], frozen["text"], frozen["row_ids"]) == (None, "—", [])
    assert frozen["reason"]


def test_a_change_of_the_denominator_alone_shows_in_the_difference(city):
    city.close(city.problem(), "7-10")
    frozen = freeze("problems.closure_rate", city.frame)
    city.problem()
    assert difference(frozen).changed


def test_one_begins_at_ones_own_place(city):
    today = city.frame.as_of
    assert default_frame(city.clerk, today).place == ANPING
    assert default_frame(city.office, today) == city.frame
    stranger = city._person("stranger", "外市", city.neighbour, Role.OFFICE)
    assert default_frame(stranger, today) is None


def test_the_rows_of_another_city_are_not_there(city):
    city.problem()
    assert not rows("problems.found", replace(city.frame, place="1301")).exists()
