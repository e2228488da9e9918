"""More time, merging, voiding: asked by one, decided by another; at most two extensions; what is refused and why."""

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connections, transaction

from luodi.amendments import actions
from luodi.amendments.models import Amendment, Urge
from luodi.indicators.queries import answer
from luodi.indicators.rules import Frame
from luodi.journal.models import Entry
from luodi.kit.refusal import Refused
from luodi.problems import actions as problems
from luodi.problems.models import Assignment, Problem
from tests.world import World, at

pytestmark = pytest.mark.django_db
REASON = {"reason": "征地补偿协议还差两户"}


def asked(world: World, problem: Problem, days: int = 30, on: str = "2020-06-10") -> Amendment:
    """Wang asks for more time."""
    due = problem.due_on + timedelta(days=days)
    actions.ask_extension(problem, new_due_on=due, **REASON, actor=world.wang, at=at(on))
    return Amendment.objects.get(problem=problem, decided_on=None)


def figure(world: World, code: str, day: str) -> int:
    return answer(code, Frame(world.campaign.pk, "1311", date.fromisoformat(day))).value


def test_an_extension_moves_the_due_date_and_begins_a_new_assignment(world):
    problem = world.brought_to("rectifying")
    old = problem.due_on
    done = actions.decide(asked(world, problem), approved=True, note="同意", actor=world.ma, at=at("2020-06-12"))
    problem.refresh_from_db()
    assert (problem.due_on, problem.status) == (old + timedelta(days=30), "rectifying")
    assert (done.decided_by, done.decided_on, done.approved) == (world.ma, date(2020, 6, 12), True)
    rows = Assignment.objects.filter(problem=problem).order_by("pk").values_list("due_on", "ended_on")
    assert list(rows) == [(old, date(2020, 6, 12)), (problem.due_on, None)]
    assert Entry.objects.filter(verb="problems.extend").get().after == {"due_on": f"{problem.due_on:%Y-%m-%d}"}
    # Overdue as of a day between the two dates: before the approval it would have been.
    between = f"{old + timedelta(days=5):%Y-%m-%d}"
    assert figure(world, "problems.overdue", between) == 0
    assert figure(world, "amendments.extensions_asked", "2020-06-09") == 0
    assert figure(world, "amendments.extensions_asked", "2020-06-10") == 1
    assert figure(world, "amendments.extensions_approved", "2020-06-11") == 0
    assert figure(world, "amendments.extensions_approved", "2020-06-12") == 1


def test_a_third_extension_is_refused(world):
    problem = world.brought_to("rectifying")
    for _time in range(2):
        actions.decide(asked(world, problem), approved=True, actor=world.li, at=at("2020-06-12"))
        problem.refresh_from_db()
    with pytest.raises(Refused, match="已经批准延期 2 次，最多 2 次"):
        asked(world, problem)
    assert Amendment.objects.filter(problem=problem).count() == 2


def test_a_declined_extension_leaves_the_date_and_does_not_count(world):
    problem = world.brought_to("rectifying")
    with pytest.raises(Refused, match="要写明理由"):
        actions.decide(asked(world, problem), approved=False, actor=world.li, at=at("2020-06-12"))
    amendment = Amendment.objects.get()
    actions.decide(amendment, approved=False, note="时限足够", actor=world.li, at=at("2020-06-12"))
    due_on = problem.due_on
    problem.refresh_from_db()
    assert problem.due_on == due_on
    assert asked(world, problem).approved is None
    assert figure(world, "amendments.extensions_asked", "2020-06-30") == 2
    assert figure(world, "amendments.extensions_approved", "2020-06-30") == 0


@pytest.mark.parametrize(("days", "words"), [(0, "要晚于现在的时限"), (-10, "要晚于现在的时限")])
def test_more_time_means_a_later_day(world, days, words):
    with pytest.raises(Refused, match=words):
        asked(world, world.brought_to("rectifying"), days)
    assert not Amendment.objects.exists()
    assert not Entry.objects.filter(verb="problems.ask_extension").exists()


def test_who_may_not_ask_and_when(world):
    problem = world.brought_to("rectifying")
    later = problem.due_on + timedelta(days=9)
    with pytest.raises(Refused, match="您的岗位不能对这一件申请延期"):
        actions.ask_extension(problem, new_due_on=later, **REASON, actor=world.gao, at=at("2020-06-10"))
    with pytest.raises(Refused, match="申请延期要写明理由"):
        actions.ask_extension(problem, new_due_on=later, reason=" ", actor=world.wang, at=at("2020-06-10"))
    with pytest.raises(Refused, match="有人改动过这一件"):
        actions.ask_extension(problem, new_due_on=later, **REASON, actor=world.wang, at=at("2020-06-10"), seen=1)
    asked(world, problem)
    with pytest.raises(Refused, match="已有延期申请在等批准"):
        asked(world, problem, 40)
    reported = world.brought_to("reported")
    with pytest.raises(Refused, match="现在是“待县级自核”，不能申请延期"):
        actions.ask_extension(reported, new_due_on=later, **REASON, actor=world.wang, at=at("2020-06-10"))


def test_two_persons_by_rule_and_by_the_database(world):
    problem = world.brought_to("assigned")
    actions.ask_void(problem, reason="误登", actor=world.li, at=at("2020-06-10"))
    amendment = Amendment.objects.get()
    with pytest.raises(Refused, match="要由专班办的另一位同志来批"):
        actions.decide(amendment, approved=True, actor=world.li, at=at("2020-06-11"))
    with pytest.raises(Refused, match="您的岗位不能对这一件作废"):
        actions.decide(amendment, approved=True, actor=world.sun, at=at("2020-06-11"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Amendment.objects.update(decided_by=world.li, decided_on=date(2020, 6, 11), approved=True)
    actions.decide(amendment, approved=True, actor=world.ma, at=at("2020-06-11"))
    with pytest.raises(Refused, match="马军 已于 2020-06-11 批复"):
        actions.decide(amendment, approved=False, note="迟了", actor=world.ma, at=at("2020-06-12"))


def test_a_voided_problem_counts_until_that_day(world):
    problem = world.brought_to("rectifying")
    other = world.brought_to("claimed")
    actions.ask_void(problem, reason="不属于清理范围", actor=world.sun, at=at("2020-06-10"))
    actions.decide(Amendment.objects.get(), approved=True, actor=world.li, at=at("2020-06-15"))
    problem.refresh_from_db()
    assert (problem.status, problem.voided_on, problem.merged_into) == ("voided", date(2020, 6, 15), None)
    assert [figure(world, "problems.found", d) for d in ("2020-06-14", "2020-06-15")] == [2, 1]
    assert [figure(world, "problems.assigned", d) for d in ("2020-06-14", "2020-06-15")] == [2, 1]
    assert [figure(world, "amendments.voided", d) for d in ("2020-06-14", "2020-06-15")] == [0, 1]
    assert [figure(world, "problems.overdue", d) for d in ("2020-12-31",)] == [1]
    with pytest.raises(Refused, match="现在是“已作废”"):
        actions.ask_void(problem, reason="再来", actor=world.sun, at=at("2020-06-16"))
    assert other.status == "claimed"


def test_what_was_sent_back_can_be_voided_too(world):
    problem = world.brought_to("reported")
    problems.send_back(problem, reason="缺证", actor=world.sun, at=at("2020-06-05"))
    actions.ask_void(problem, reason="项目已终止", actor=world.sun, at=at("2020-06-10"))
    actions.decide(Amendment.objects.get(), approved=True, actor=world.li, at=at("2020-06-15"))
    problem.refresh_from_db()
    assert (problem.status, problem.returned_from) == ("voided", "")


def test_a_duplicate_is_merged_into_the_other(world):
    first, second = world.brought_to("rectifying"), world.problem()
    actions.ask_merge(second, into=first, reason="同一宗地", actor=world.wang, at=at("2020-06-10"))
    actions.decide(Amendment.objects.get(), approved=True, actor=world.li, at=at("2020-06-15"))
    second.refresh_from_db()
    assert (second.status, second.merged_into, second.voided_on) == ("merged", first, date(2020, 6, 15))
    assert [figure(world, "problems.found", d) for d in ("2020-06-14", "2020-06-15")] == [2, 1]
    assert [figure(world, "amendments.merged", d) for d in ("2020-06-14", "2020-06-15")] == [0, 1]


def test_what_cannot_be_merged(world):
    one, two = world.problem(), world.problem()
    away = world.problem(unit=world.units["131126-fgj"])
    for into, words in ((one, "不能并入自己"), (away, "不是同一活动、同一地方")):
        with pytest.raises(Refused, match=words):
            actions.ask_merge(one, into=into, reason="同一件", actor=world.li, at=at("2020-06-10"))
    actions.ask_merge(one, into=two, reason="同一件", actor=world.li, at=at("2020-06-10"))
    actions.ask_merge(two, into=one, reason="同一件", actor=world.li, at=at("2020-06-10"))
    first, second = Amendment.objects.order_by("pk")
    actions.decide(first, approved=True, actor=world.ma, at=at("2020-06-11"))
    # The other way round is no longer possible: what it should go into has left the ledger.
    with pytest.raises(Refused, match="现在是“已并案”，不能并入"):
        actions.decide(second, approved=True, actor=world.ma, at=at("2020-06-11"))
    actions.decide(second, approved=False, note="已反向并案", actor=world.ma, at=at("2020-06-11"))
    with pytest.raises(Refused, match="现在是“已并案”，不能并入"):
        actions.ask_merge(two, into=one, reason="同一件", actor=world.li, at=at("2020-06-12"))


def test_a_registration_is_taken_back_while_nothing_has_been_done(world):
    problem = world.problem()
    with pytest.raises(Refused, match="您的岗位不能"):
        actions.undo(problem, reason="登错", actor=world.gao, at=at("2020-05-19"))
    actions.undo(problem, reason="登错", actor=world.wang, at=at("2020-05-19"))
    problem.refresh_from_db()
    assert (problem.status, problem.voided_on) == ("voided", date(2020, 5, 19))
    touched = world.problem()
    actions.ask_void(touched, reason="误登", actor=world.li, at=at("2020-05-19"))
    touched.refresh_from_db()
    with pytest.raises(Refused, match="登记之后已经办理过"):
        actions.undo(touched, reason="登错", actor=world.wang, at=at("2020-05-19"))


def test_urging_leaves_a_trace_that_counts(world):
    problem = world.brought_to("claimed")
    for day in ("2020-06-10", "2020-06-20"):
        actions.urge(problem, reason="请本周五前报方案", actor=world.zhao, at=at(day))
    with pytest.raises(Refused, match="您的岗位不能对这一件催办"):
        actions.urge(problem, reason="快", actor=world.wang, at=at("2020-06-21"))
    with pytest.raises(Refused, match="催办要写明理由"):
        actions.urge(problem, reason="", actor=world.li, at=at("2020-06-21"))
    assert Urge.objects.count() == 2
    assert [figure(world, "amendments.urged", d) for d in ("2020-06-09", "2020-06-10", "2020-06-30")] == [0, 1, 2]
    assert Entry.objects.filter(verb="problems.urge", reason="请本周五前报方案").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_people_decide_at_once(world):
    """Li approves and Ma declines at the same moment: one of them reads who was first."""
    amendment = asked(world, world.brought_to("rectifying"))
    start, outcome = threading.Barrier(2), {}

    def decide(name: str, approved: bool) -> None:
        try:
            person = world.people[name]
            start.wait(timeout=60)
            actions.decide(amendment, approved=approved, note="已阅", actor=person, at=at("2020-06-12"))
            outcome[name] = "done"
        except Refused as why:
            outcome[name] = str(why)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=pair) for pair in (("li", True), ("ma", False))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert sorted(v == "done" for v in outcome.values()) == [False, True]
    assert next(v for v in outcome.values() if v != "done").endswith("已于 2020-06-12 批复。")
