"""What the database keeps is what the rows say: after every kind of change, on any day, in every part."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from luodi.indicators.queries import answer, answers, answers_to, break_down, break_downs, break_downs_of, history
from luodi.indicators.rules import PERIOD, Rate, catalogue
from luodi.kit.clock import now
from luodi.kit.refusal import Refused
from luodi.problems.models import (
    Assignment,
    Closure,
    DossierItem,
    Problem,
    Rectification,
    Return,
    Signature,
    Verdict,
    Verification,
)
from luodi.tallies import actions, queries
from luodi.tallies.models import Ready, Span, Tally
from luodi.tallies.queries import EVENTS, FORMULAS, PAIRS, PRIORITY
from tests.indicators.records import ANPING, NOON, RAOYANG, day, days_between

KEPT = [*FORMULAS, *PAIRS]


def kept(codes, frame, by):
    """What is kept for one question."""
    return queries.kept([(codes, frame)], by)[0]


def told(codes, frame, by=""):
    """The figures in words, as kept; and, with the tallies out of sight, as the rows say."""

    def ask():
        if by:
            parts = break_downs(codes, frame, by)
            return {c: [(p.key, p.answer.value, p.answer.reason) for p in parts[c]] for c in codes}
        return {c: (found.value, found.reason) for c, found in zip(codes, answers(codes, frame), strict=True)}

    quick = ask()
    [ready] = Ready.objects.all()
    Ready.objects.all().delete()
    slow = ask()
    Ready.objects.create(pk=ready.pk, since=ready.since)
    return quick, slow


def agree(frame, by=""):
    """Every kept figure, and every rate of them, as the rows say."""
    rates = [one for one in catalogue().values() if isinstance(one, Rate)]
    codes = KEPT + [one.code for one in rates if {one.numerator, one.denominator} <= set(KEPT)]
    if by == PERIOD:
        codes = sorted(EVENTS)
    quick, slow = told(codes, frame, by)
    assert quick == slow


def test_every_figure_it_keeps_is_in_the_catalogue_and_answered_from_it(city):
    assert set(KEPT) <= set(catalogue())
    assert set(kept(KEPT, city.frame, "county")) == set(KEPT)


def test_other_questions_are_left_to_the_rows(city):
    for frame in (
        replace(city.frame, start=day("6-1"), filters={"priority": "yes"}),
        replace(city.frame, filters={"source": "tip"}),
        replace(city.frame, filters={"priority": "no"}),
        replace(city.frame, place="13"),
    ):
        assert kept(KEPT, frame, "county") == {}
    for frame in (replace(city.frame, start=day("6-1")), replace(city.frame, end=day("6-1"))):
        assert set(kept(KEPT, frame, "county")) == EVENTS
    assert set(kept(KEPT, replace(city.frame, filters={"priority": "yes"}), "county")) == set(PRIORITY)
    assert kept(KEPT, city.frame, "category") == {}
    assert set(kept(KEPT, city.frame, PERIOD)) == EVENTS
    assert kept(["problems.due_soon"], city.frame, "") == {}


def test_on_every_day_of_a_busy_city(city):
    city.busy()
    for one in [*days_between("5-31", "8-31")[::5], *days_between("7-18", "8-8")]:
        agree(city.frame.at(one), "county")
        agree(city.frame.at(one))
    for by in ("batch", "county"):
        agree(replace(city.frame, filters={"batch": "new"}), by)
        agree(replace(city.frame, filters={"county": ANPING}), by)
        agree(replace(city.frame, filters={"county": "-"}), by)
        agree(replace(city.frame, place=ANPING), by)


def test_periods_their_fortnights_and_priority_problems_are_as_the_rows_say(city):
    city.busy()
    for first, last in (("7-1", "7-16"), ("7-20", "7-25"), ("8-1", "8-3"), ("7-24", "9-1")):
        for frame in (
            replace(city.frame, start=day(first), end=day(last)),
            replace(city.frame, start=day(first), end=day(last), place=ANPING, filters={"batch": "new"}),
            replace(city.frame, start=day(first), as_of=day("7-22")),
            replace(city.frame, filters={"priority": "yes"}).at(day(last)),
            replace(city.frame, filters={"priority": "yes"}, place=ANPING).at(day(last)),
        ):
            agree(frame)
            agree(frame, "county")
            agree(frame, PERIOD)
    quick, _slow = told(["problems.open"], replace(city.frame, filters={"priority": "yes"}))
    assert quick["problems.open"][0] < answer("problems.priority", city.frame).value, "some of them are closed"
    for one in Problem.objects.filter(is_priority=True):
        Problem.objects.filter(pk=one.pk).update(is_priority=False)
        agree(replace(city.frame, filters={"priority": "yes"}), "county")


def test_several_questions_cost_one_query_and_are_each_question(city, django_assert_num_queries):
    city.busy()
    days = [day("6-20"), day("7-15"), day("8-31")]
    frames = [*(city.frame.at(one) for one in days), replace(city.frame, place=ANPING)]
    frames.append(replace(city.frame, start=day("7-20"), end=day("8-1")))
    codes = ["changes.closed", "changes.reopened"]
    with django_assert_num_queries(1):
        together = answers_to([(codes, frame) for frame in frames])
    assert together == [answers(codes, frame) for frame in frames]
    with django_assert_num_queries(1):
        told_before = history("problems.closure_rate", city.frame, days)
    assert told_before == [answer("problems.closure_rate", city.frame.at(one)) for one in days]
    split = break_downs_of([(codes, frame) for frame in frames], "county")
    assert split == [break_downs(codes, frame, "county") for frame in frames]


def test_a_question_costs_three_queries_and_a_lookup_of_names(city, django_assert_max_num_queries):
    city.busy()
    codes = [code for code, one in catalogue().items() if code in FORMULAS]
    with django_assert_max_num_queries(4):
        break_downs(codes, city.frame, "county")
    with django_assert_max_num_queries(2):
        answer("problems.closure_rate", city.frame)


def test_several_break_downs_are_each_break_down(city):
    city.busy()
    codes = list(catalogue())
    for by in ("county", "batch", "category", "group", "source", "unit", "lead_unit", "priority"):
        can = [code for code in codes if by in getattr(catalogue()[code], "dimensions", {by: 1})]
        can = [code for code in can if code.startswith(("problems.", "changes."))]
        together = break_downs(can, city.frame, by)
        for code in can:
            assert together[code] == break_down(code, city.frame, by), (code, by)


def test_a_problem_moved_voided_or_marked_takes_its_rows_along(city):
    city.busy()
    first = Problem.objects.order_by("pk")[0]
    for change in (
        {"county_code": RAOYANG}, {"batch": "new"}, {"found_on": day("7-20")}, {"is_priority": False},
        {"from_above": True}, {"status": "voided", "voided_on": day("7-25")}, {"status": "assigned", "voided_on": None},
    ):  # fmt: skip
        Problem.objects.filter(pk=first.pk).update(**change)
        for one in ("7-10", "7-21", "7-25", "8-31"):
            agree(city.frame.at(day(one)), "county")
            agree(city.frame.at(day(one)), "batch")


def test_deleted_rows_are_taken_away(city):
    city.busy()
    for model in (Verdict, DossierItem, Closure, Verification, Rectification, Signature, Return, Assignment, Problem):
        model.objects.all().delete()
        agree(city.frame, "county")
    assert not Span.objects.exists()
    actions.merge(at=NOON, after=0)
    assert not Tally.objects.exists()


def test_overdue_stops_at_a_closing_and_goes_on_after_a_reopening(city):
    problem = city.problem()
    city.assign(problem, "6-10", "6-20", ended="8-10")
    city.assign(problem, "8-10", "8-20")
    city.close(problem, "6-25", "7-1")
    city.close(problem, "7-1", "7-1")
    city.close(problem, "7-5", "8-15")
    late = [one for one in days_between("6-15", "8-25") if answer("problems.overdue", city.frame.at(one)).value]
    wanted = [*days_between("6-21", "6-24"), *days_between("7-1", "7-4"), *days_between("8-21", "8-25")]
    assert late == wanted
    for one in days_between("6-15", "8-25"):
        agree(city.frame.at(one))


def test_agreement_needs_every_line_and_ends_with_the_first_that_does_not(city):
    problem = city.problem()
    city.line(problem, ("match", "7-1", "7-10"), ("mismatch", "7-10", "7-12"), ("match", "7-12", ""))
    city.line(problem, ("not_applicable", "7-3", "7-5"), ("match", "7-5", ""))
    spans = Span.objects.filter(measure="matched").order_by("begins_on").values_list("begins_on", "ends_on")
    assert list(spans) == [(day("7-3"), day("7-10")), (day("7-12"), date(9999, 12, 31))]
    city.line(problem)
    assert not Span.objects.filter(measure="matched").exists()
    agree(city.frame.at(day("7-4")))


def test_rows_of_the_same_day_are_added_together_and_counting_anew_finds_the_same(city):
    city.busy()
    before, rows = answers(KEPT, city.frame), Tally.objects.count()
    # Ids go on over rolled back tests on PostgreSQL: what is few is said from where they stand now.
    Ready.objects.update(merged_to=Tally.objects.latest("pk").pk)
    assert actions.merge(at=NOON) == 0, "not for so few"
    assert actions.merge(at=NOON, after=0) > 0
    merged = sums()
    assert Tally.objects.count() < rows
    assert answers(KEPT, city.frame) == before
    spans = set(Span.objects.values_list("problem_id", "measure", "begins_on", "ends_on", "first_on"))
    actions.resume(at=NOON)
    assert sums() == merged
    assert set(Span.objects.values_list("problem_id", "measure", "begins_on", "ends_on", "first_on")) == spans
    agree(city.frame, "county")


def sums():
    """The tally without its ids."""
    return sorted(map(str, Tally.objects.exclude(change=0).values_list(
        "campaign", "city_code", "county_code", "batch", "measure", "changes_on", "first_on", "last_on", "change"
    )))  # fmt: skip


def totals():
    """Measure and day → sum, however many rows it is kept in."""
    rows = Tally.objects.order_by().values_list("county_code", "batch", "measure", "changes_on", "first_on", "last_on")
    return set(rows.annotate(number=Sum("change")).exclude(number=0))


def test_without_the_triggers_figures_come_from_the_rows(city):
    city.busy()
    before = answers(KEPT, city.frame)
    actions.suspend(at=NOON)
    assert kept(KEPT, city.frame, "") == {}
    city.problem()
    assert answer("problems.found", city.frame).value == before[0].value + 1
    actions.resume(at=NOON)
    assert kept(["problems.found"], city.frame, "") == {"problems.found": {"": before[0].value + 1}}


def test_what_is_built_in_bulk_is_counted_once_and_comes_out_the_same(city):
    with transaction.atomic():
        city.busy()
        row_by_row = totals(), answers(KEPT, city.frame)
        transaction.set_rollback(True)
    with actions.in_bulk(at=NOON):
        city.busy()
        assert kept(KEPT, city.frame, "") == {}, "counted from the rows meanwhile"
    assert answers(KEPT, city.frame) == row_by_row[1]
    assert totals() == row_by_row[0]
    agree(city.frame, "county")
    city.problem()
    agree(city.frame, "county")


def test_a_bulk_that_is_refused_leaves_the_triggers_standing(city):
    def refused():
        with actions.in_bulk(at=NOON):
            city.busy()
            raise Refused("no")

    with pytest.raises(Refused):
        refused()
    assert Ready.objects.exists()
    city.busy()
    agree(city.frame, "county")


def test_migrating_puts_them_up_again(city):
    actions.suspend(at=NOON)
    city.busy()
    call_command("migrate", verbosity=0)
    assert Ready.objects.exists()
    agree(city.frame, "county")
    before = Ready.objects.get()
    call_command("migrate", verbosity=0)
    assert Ready.objects.get() == before, "nothing to migrate, nothing to count"


ACTS = st.tuples(
    st.sampled_from("assign rectify overturn verify unverify close reopen back line agree differ void".split()),
    st.integers(0, 2),
    st.integers(0, 7),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
)  # fmt: skip
@given(st.lists(ACTS, max_size=25))
def test_after_any_acts_what_is_kept_is_what_the_rows_say(city, drawn):
    for model in (Verdict, DossierItem, Closure, Verification, Rectification, Signature, Return, Assignment, Problem):
        model.objects.all().delete()
    assert sums_of_all() == []
    problems = [city.problem(f"6-{n + 1}", (ANPING, RAOYANG, "")[n]) for n in range(3)]
    today = day("6-5")
    for act, which, days in drawn:
        _do(city, act, problems[which], today)
        today += timedelta(days)
    for one in (day("6-2"), day("6-10"), day("7-1"), day("7-15"), today, today + timedelta(30)):
        agree(city.frame.at(one), "county")
    assert sums_of_all() == _anew()


def _do(city, act, problem, today):  # noqa: C901 - a table of acts
    """One act as the ledger's actions write it; what does not fit is left."""
    words, mine = f"{today.month}-{today.day}", {"problem": problem}
    later = today + timedelta(6)
    if act == "assign":
        Assignment.objects.filter(**mine, ended_on=None).update(ended_on=today)
        city.assign(problem, words, f"{later.month}-{later.day}")
    elif act == "rectify" and not Rectification.objects.filter(**mine, voided_on=None).exists():
        city.rectify(problem, words)
    elif act == "overturn":
        Rectification.objects.filter(**mine, voided_on=None).update(voided_on=today)
    elif act == "verify" and not Verification.objects.filter(**mine, ended_on=None).exists():
        city.verify(problem, words)
    elif act == "unverify":
        Verification.objects.filter(**mine, ended_on=None).update(ended_on=today)
    elif act == "close" and not Closure.objects.filter(**mine, reopened_on=None).exists():
        city.close(problem, words)
    elif act == "reopen":
        Closure.objects.filter(**mine, reopened_on=None).update(reopened_on=today, cause="relapse")
    elif act == "back":
        city.send_back(problem, words)
    elif act == "line" and problem.dossier.count() < 3:
        city.line(problem)
    elif act in {"agree", "differ"}:
        lines = list(problem.dossier.all())
        Verdict.objects.filter(entry__in=lines, ended_on=None).update(ended_on=today)
        finding = "match" if act == "agree" else "mismatch"
        Verdict.objects.bulk_create(
            Verdict(entry=line, finding=finding, decided_on=today, decided_by=city.inspector) for line in lines
        )
    elif act == "void":
        Problem.objects.filter(pk=problem.pk, voided_on=None).update(status="voided", voided_on=today)


def sums_of_all():
    actions.merge(at=NOON, after=0)
    return sums()


def _anew():
    actions.resume(at=now())
    return sums()


@pytest.mark.django_db
def test_the_triggers_stand_on_a_fresh_database():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT COUNT(*) FROM pg_trigger WHERE tgname LIKE 'tallies_%%'")
        else:
            cursor.execute("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'tallies_%%'")
        assert cursor.fetchone()[0] == 27
