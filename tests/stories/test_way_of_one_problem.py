"""The way of one problem, through the actions: registered to closed, sent back, reopened, and never out of turn."""

from datetime import date

import pytest

from luodi.journal.queries import timeline
from luodi.kit.refusal import Refused
from luodi.problems import actions
from luodi.problems.actions import LineCheck
from luodi.problems.models import Closure, Problem, Rectification, Verification
from luodi.problems.rules import standing_signature
from tests.world import World, at


@pytest.mark.django_db
def test_from_registration_to_closing(world: World) -> None:
    problem = world.brought_to("closed")
    assert problem.closed_on == date(2020, 5, 30)
    assert Closure.objects.get(problem=problem).reopened_on is None
    assert Verification.objects.get(problem=problem).verifier == world.liu
    verbs = [e.verb.split(".")[1] for e in timeline(problem)][::-1]
    assert verbs == [
        "register", "assign", "claim", "file_plan", "accept_plan", "prove", "sign", "report", "self_check",
        "check", "check", "verify", "close",
    ]  # fmt: skip


@pytest.mark.django_db
def test_wang_cannot_verify_what_he_handled(world: World) -> None:
    problem = world.brought_to("self_checked")
    with pytest.raises(Refused, match="核查员"):
        actions.verify(problem, actor=world.wang, at=at("2020-06-10"))
    with pytest.raises(Refused, match="还没有核对"):
        actions.verify(problem, actor=world.liu, at=at("2020-06-10"))


@pytest.mark.django_db
def test_a_mismatch_sends_it_back_and_it_returns_to_liu(world: World) -> None:
    problem = world.brought_to("self_checked")
    problem = world.check(problem, at("2020-06-10"), line_2=LineCheck("mismatch", "只有受理单"))
    with pytest.raises(Refused, match="不符"):
        actions.verify(problem, actor=world.liu, at=at("2020-06-10"))
    problem = actions.send_back(
        problem, reason="账证不符", due_on=date(2020, 6, 20), actor=world.liu, at=at("2020-06-11")
    )
    assert (problem.status, problem.returned_from, problem.return_count) == ("returned", "self_checked", 1)
    assert Rectification.objects.get(problem=problem).voided_on is None

    problem = world.prove(problem, at("2020-06-12"))
    assert standing_signature(problem)[1] is False
    with pytest.raises(Refused, match="签字已失效"):
        actions.resubmit(problem, actor=world.wang, at=at("2020-06-12"))
    actions.sign(problem, actor=world.chen, at=at("2020-06-12"))
    problem = actions.resubmit(problem, actor=world.wang, at=at("2020-06-12"))
    assert problem.status == "self_checked"


@pytest.mark.django_db
def test_a_false_rectification_is_reopened(world: World) -> None:
    problem = world.brought_to("closed")
    problem = actions.reopen(
        problem,
        cause="fake_rectification",
        reason="现场没有交地",
        due_on=date(2020, 8, 1),
        actor=world.liu,
        at=at("2020-07-20"),
    )
    assert (problem.status, problem.reopen_count, problem.closed_on) == ("rectifying", 1, None)
    closure = Closure.objects.get(problem=problem)
    assert (closure.closed_on, closure.reopened_on) == (date(2020, 5, 30), date(2020, 7, 20))
    assert Rectification.objects.get(problem=problem).voided_on == date(2020, 7, 20)
    with pytest.raises(Refused, match="现在是“整改中”"):
        actions.close(problem, actor=world.li, at=at("2020-07-21"))


@pytest.mark.django_db
def test_a_stale_page_changes_nothing(world: World) -> None:
    problem = world.brought_to("assigned")
    actions.claim(problem, actor=world.wang, at=at("2020-05-21"), seen=problem.version)
    with pytest.raises(Refused, match="有人改动过"):
        actions.claim(problem, actor=world.qian, at=at("2020-05-21"), seen=problem.version)
    assert Problem.objects.get(pk=problem.pk).handler == world.wang


@pytest.mark.django_db
def test_another_county_sees_nothing_and_may_do_nothing(world: World) -> None:
    problem = world.brought_to("assigned")
    day = date(2020, 5, 21)
    assert not Problem.objects.visible_to(world.gao, day).exists()
    assert not Problem.objects.visible_to(world.wu, day).exists()
    assert Problem.objects.visible_to(world.zhao, day).get() == problem
    with pytest.raises(Refused, match="您的岗位"):
        actions.claim(problem, actor=world.gao, at=at("2020-05-21"))
    with pytest.raises(Refused, match="不能为桃城区发改局登记"):
        actions.register(world.campaign, world.fields(), actor=world.gao, at=at("2020-05-21"))
