"""What the ledger says as of a day: dated rows tell it, the status column does not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from luodi.indicators.queries import answer, break_down, catalogue, denominator_rows, rows
from luodi.indicators.rules import Indicator, Rate, dimensions_of
from luodi.problems.indicators import median_working_days
from luodi.problems.models import Problem
from tests.indicators.records import ANPING, City, day


@pytest.fixture
def city(db) -> City:
    return City()


def value(city: City, code: str, on: str, **more):
    return answer(f"problems.{code}", replace(city.frame, as_of=day(on), **more)).value


def test_closed_reopened_and_closed_again_is_true_on_each_day(city):
    """Closed 10 July, reopened 20 July, closed 1 August: what was true on each day stays true."""
    problem = city.problem()
    city.close(problem, "7-10", "7-20")
    city.close(problem, "8-1")
    asked = ["7-9", "7-10", "7-19", "7-20", "7-31", "8-1", "8-31"]
    assert [value(city, "closed", on) for on in asked] == [0, 1, 1, 0, 0, 1, 1]
    assert [value(city, "open", on) for on in asked] == [1, 0, 0, 1, 1, 0, 0]
    assert [value(city, "reopened", on) for on in asked] == [0, 0, 0, 1, 1, 1, 1]
    assert [value(city, "ever_closed", on) for on in asked] == [0, 1, 1, 1, 1, 1, 1]
    assert value(city, "relapse_rate", "8-31") == Decimal("100.0")


def test_the_status_columns_of_today_do_not_speak_for_the_past(city):
    problem = city.problem(status="closed", closed_on=day("8-20"))
    city.close(problem, "8-20")
    assert value(city, "closed", "8-19") == 0
    assert value(city, "open", "8-19") == 1


def test_a_problem_closed_and_reopened_on_one_day_was_never_closed_at_its_end(city):
    problem = city.problem()
    city.close(problem, "7-10", "7-10")
    assert [value(city, "closed", on) for on in ("7-9", "7-10", "7-11")] == [0, 0, 0]


def test_found_counts_from_the_day_of_finding(city):
    city.problem("7-1")
    assert [value(city, "found", on) for on in ("6-30", "7-1")] == [0, 1]


def test_a_period_is_half_open(city):
    for found in ("6-30", "7-1", "7-15", "7-16"):
        city.problem(found)
    first_half = {"start": day("7-1"), "end": day("7-16")}
    assert value(city, "found", "8-31", **first_half) == 2
    problem = city.problem("5-1")
    city.close(problem, "7-15")
    assert value(city, "closed", "8-31", **first_half) == 1
    assert value(city, "closed", "8-31", start=day("7-16")) == 0


def test_rectified_until_found_untrue(city):
    problem = city.problem()
    city.rectify(problem, "7-10", voided="7-18")
    city.rectify(problem, "7-25")
    assert [value(city, "rectified", on) for on in ("7-9", "7-10", "7-17", "7-18", "7-25")] == [0, 1, 1, 0, 1]


def test_overdue_from_the_day_after_the_limit_until_closed(city):
    problem = city.problem()
    city.assign(problem, "7-1", "7-10")
    city.close(problem, "7-14")
    assert [value(city, "overdue", on) for on in ("7-10", "7-11", "7-13", "7-14")] == [0, 1, 1, 0]


def test_a_new_limit_counts_from_the_day_it_was_given(city):
    problem = city.problem()
    city.assign(problem, "7-1", "7-10", ended="7-13")
    city.assign(problem, "7-13", "7-31")
    assert [value(city, "overdue", on) for on in ("7-12", "7-13", "8-3")] == [1, 0, 1]
    assert value(city, "assigned", "7-13") == 1


def test_due_soon_looks_three_working_days_ahead(city):
    """From Friday 10 July 2020 the third working day is Wednesday the 15th."""
    for due in ("7-9", "7-10", "7-15", "7-16"):
        city.assign(city.problem(), "7-1", due)
    assert value(city, "due_soon", "7-10") == 2
    assert value(city, "overdue", "7-10") == 1


def test_due_soon_is_unknown_in_a_year_without_calendar(city):
    found = answer("problems.due_soon", city.frame.at(date(2071, 1, 5)))
    assert found.value is None
    assert "尚未公布" in found.reason
    assert found.text == "—"
    assert {part.answer.text for part in break_down("problems.due_soon", found.frame, "county")} == {"—"}


def test_returns_are_counted_by_time_and_by_problem(city):
    one, other = city.problem(), city.problem()
    for problem, on in ((one, "7-1"), (one, "7-9"), (other, "7-20")):
        city.send_back(problem, on)
    assert value(city, "returned", "7-19") == 2
    assert value(city, "returned_problems", "7-19") == 1
    assert answer("problems.returned", city.frame).text == "3 件次"


def test_ledger_and_evidence_agree_only_when_every_line_does(city):
    whole = city.problem()
    city.line(whole, ("missing", "7-1", "7-10"), ("match", "7-10", ""))
    city.line(whole, ("not_applicable", "7-2", ""))
    partly = city.problem()
    city.line(partly, ("match", "7-1", ""))
    city.line(partly)
    city.problem()  # no dossier at all proves nothing
    assert [value(city, "matched", on) for on in ("7-9", "7-10")] == [0, 1]
    assert value(city, "match_rate", "7-10") == Decimal("33.3")
    assert value(city, "match_lines", "7-9") == 2
    assert value(city, "match_lines", "7-10") == 3
    assert value(city, "lines", "7-10") == 4


def test_a_rate_of_nothing_is_a_dash_with_the_reason(city):
    found = answer("problems.closure_rate", city.frame)
    assert (found.value, found.text) == (None, "—")
    assert found.reason == "分母为零：发现问题为 0"


def test_the_pictures_rate_1571_of_1620(city):
    Problem.objects.bulk_create(_bare(city, n) for n in range(1620))
    for problem in Problem.objects.order_by("pk")[:3]:
        city.close(problem, "7-1")
    found = answer("problems.closure_rate", city.frame)
    assert found.text == "0.2%"
    assert found.denominator.text == "1,620 件"
    assert found.denominator.plain == "1620件"


def _bare(city: City, n: int) -> Problem:
    standard = city.standards["land"]
    return Problem(
        campaign=city.campaign, code=f"B{n}", serial=n, batch="base", source="tip", city_code="1311",
        county_code=ANPING, unit=city.anping, category=standard.category, standard=standard, title="",
        found_on=day("5-1"), found_month="2020-05", registered_on=day("5-1"),
    )  # fmt: skip


def test_median_working_days_from_first_assignment_to_closing(city):
    """1 July (Wednesday) to 3 July: 2; to 6 July: 3; the never assigned one does not count."""
    for closed in ("7-3", "7-6"):
        problem = city.problem()
        city.assign(problem, "7-1", "7-31", ended="7-2")
        city.assign(problem, "7-2", "7-31")
        city.close(problem, closed)
    city.close(city.problem(), "7-30")
    found = answer("problems.median_days", city.frame)
    assert (found.value, found.text) == (Decimal("2.5"), "2.5 个工作日")
    parts = {part.key: part.answer.text for part in break_down("problems.median_days", city.frame, "county")}
    assert parts[ANPING] == "2.5 个工作日"


def test_no_median_without_closed_problems(city):
    found = answer("problems.median_days", city.frame)
    assert (found.value, found.reason) == (None, "还没有销号的问题")


@pytest.mark.django_db
def test_a_median_across_a_year_without_calendar_is_unknown():
    with pytest.raises(Exception, match="有 1 件跨越"):
        median_working_days([(date(2071, 1, 1), date(2071, 2, 1)), (day("7-1"), day("7-3"))])


@pytest.mark.parametrize("code", [code for code in catalogue() if code.startswith("problems.")])
def test_parts_add_up_for_every_dimension_and_each_part_is_its_own_question(city, code):
    city.busy()
    for place in ("1311", ANPING):
        frame = replace(city.frame, place=place, as_of=day("8-2"))
        whole = answer(code, frame)
        indicator = catalogue()[code]
        ways = list(dimensions_of(indicator))
        if isinstance(indicator, Indicator) and indicator.day and not indicator.fold:
            ways.append("fortnight")
        for by in ways:
            parts = break_down(code, frame, by)
            if isinstance(indicator, Indicator) and not indicator.fold:
                assert sum(part.answer.value for part in parts) == whole.value, by
            for part in parts:
                asked = answer(code, part.answer.frame)
                assert (asked.value, bool(asked.reason)) == (part.answer.value, bool(part.answer.reason)), (by, part)


@pytest.mark.parametrize("code", [code for code in catalogue() if code.startswith("problems.")])
def test_the_rows_are_the_value(city, code):
    city.busy()
    found, indicator = answer(code, city.frame), catalogue()[code]
    if isinstance(indicator, Rate):
        assert rows(code, city.frame).count() == found.numerator.value
        assert denominator_rows(code, city.frame).count() == found.denominator.value
    elif not indicator.fold:
        listed = list(rows(code, city.frame).values_list("pk", flat=True))
        assert len(listed) == len(set(listed)) == found.value
        assert denominator_rows(code, city.frame) is None


def test_the_busy_city_has_something_of_everything(city):
    """Otherwise the two tests above would prove nothing."""
    city.busy()
    frame = city.frame.at(day("8-2"))
    ours = [code for code in catalogue() if code.startswith("problems.")]
    assert {code for code in ours if not answer(code, frame).value} <= {
        "problems.from_above", "problems.due_soon",
    }  # fmt: skip


def test_counties_without_problems_are_shown_and_city_level_ones_form_a_last_part(city):
    city.problem(county=ANPING)
    parts = [(p.key, p.label, p.answer.value) for p in break_down("problems.found", city.frame, "county")]
    assert parts == [("131125", "安平县", 1), ("131124", "饶阳县", 0)]
    city.problem(county="")
    last = break_down("problems.found", city.frame, "county")[-1]
    assert (last.key, last.label, last.answer.value) == ("-", "市直", 1)


def test_every_figure_is_one_query_and_a_rate_at_most_two(city, django_assert_num_queries):
    """Of the rows, or of what the tallies keep; a rate of kept parts is one as well."""
    city.busy()
    since = replace(city.frame, start=day("6-1"))
    for code in ("found", "closed", "open", "overdue", "returned", "matched"):
        for frame in (since, city.frame):
            with django_assert_num_queries(1):
                answer(f"problems.{code}", frame)
    for frame, queries in ((since, 2), (city.frame, 1)):
        with django_assert_num_queries(queries):
            answer("problems.match_rate", frame)
    with django_assert_num_queries(2):  # the counties' names, the counts
        break_down("problems.closed", since, "county")
    for frame, queries in ((since, 3), (city.frame, 2)):
        with django_assert_num_queries(queries):
            break_down("problems.closure_rate", frame, "county")
    with django_assert_num_queries(1):
        break_down("problems.closed", city.frame, "fortnight")
