"""The engine of acts: lock, re-read, check, move, record; two people at once; nothing half done."""

import threading

import pytest
from django.db import connections

from luodi.flow.actions import advance
from luodi.flow.rules import Flow, act
from luodi.journal.models import Entry
from luodi.kit.refusal import Refused
from luodi.orgs.models import Role
from luodi.orgs.rules import Reach
from luodi.problems import actions
from luodi.problems.models import Problem
from luodi.problems.rules import FLOW
from tests.world import World, at

# On a problem of Taocheng's bureau, brought there by the acts: who is offered what (a lawyer can read this).
OFFERED = {
    "registered": {
        "li": ["assign", "revise", "undo", "ask_merge", "ask_void"],
        "sun": ["revise", "undo", "ask_merge", "ask_void"],
        "wang": ["undo", "ask_merge"],
    },
    "assigned": {
        "wang": ["decline", "claim", "ask_extension", "ask_merge"],
        "qian": ["decline", "claim", "ask_extension", "ask_merge"],
        "li": ["revise", "urge", "ask_merge", "ask_void"],
        "gao": [],
        "zhao": ["urge"],
    },
    "claimed": {
        "wang": ["file_plan", "prove", "ask_extension", "ask_merge"],
        "li": ["urge", "ask_merge", "ask_void", "hand_over"],
        "sun": ["urge", "ask_extension", "ask_merge", "ask_void", "hand_over"],
        "chen": ["hand_over"],
    },
    "planned": {
        "zhao": ["accept_plan", "send_back_plan", "urge"],
        "li": ["accept_plan", "send_back_plan", "urge", "ask_merge", "ask_void", "hand_over"],
    },
    "rectifying": {
        "wang": ["prove", "report", "ask_extension", "ask_merge"],
        "chen": ["sign", "hand_over"],
        "liu": [],
        "gao": [],
    },
    "reported": {
        "sun": ["check", "self_check", "send_back", "urge", "ask_merge", "ask_void", "hand_over"],
        "wang": ["ask_merge"],
        "liu": ["check", "send_back", "reject"],
        "he": ["check"],
    },
    "self_checked": {
        "liu": ["check", "verify", "send_back", "reject"],
        "he": ["check"],
        "zhou": [],
        "wang": ["ask_merge"],
    },
    "verified": {
        "li": ["close", "send_back", "reject", "urge", "ask_merge", "ask_void", "hand_over"],
        "liu": ["send_back", "reject"],
        "zhou": [],
    },
    "closed": {"liu": ["reopen"], "li": ["reopen"], "wang": [], "zhou": []},
}


@pytest.mark.django_db
@pytest.mark.parametrize("status", OFFERED)
def test_who_is_offered_what(world: World, status: str) -> None:
    problem = world.brought_to(status)
    for name, expected in OFFERED[status].items():
        offered = [o.name for o in FLOW.open_to(problem, world.people[name], at("2020-06-20"))]
        assert offered == expected, name


@pytest.mark.django_db
def test_administrators_are_offered_nothing(world: World) -> None:
    for status in ("registered", "reported", "closed"):
        problem = world.brought_to(status)
        for name in ("wu", "zheng", "feng"):
            assert FLOW.open_to(problem, world.people[name], at("2020-06-20")) == []


@pytest.mark.django_db
def test_a_refused_act_changes_nothing_and_leaves_no_entry(world: World) -> None:
    problem = world.brought_to("claimed")
    entries = Entry.objects.count()
    for name, actor, words in (
        ("close", world.li, "现在是“已认领”，不能销号"),
        ("file_plan", world.gao, "能办理的是：单位经办"),
        ("hand_over", world.li, "移交经办人要写明理由"),
    ):
        with pytest.raises(Refused, match=words):
            advance(FLOW, problem, name, actor=actor, at=at("2020-06-20"))
    problem.refresh_from_db()
    assert (problem.status, Entry.objects.count()) == ("claimed", entries)


@pytest.mark.django_db
def test_the_journal_says_before_and_after(world: World) -> None:
    problem = world.brought_to("assigned")
    actions.claim(problem, actor=world.wang, at=at("2020-05-22"))
    entry = Entry.objects.order_by("-pk")[0]
    assert (entry.actor_name, entry.actor_unit, entry.verb) == ("王建国", "桃城区发改局", "problems.claim")
    assert entry.before == {"handler": None, "status": "assigned"}
    assert entry.after == {"handler": "王建国", "status": "claimed"}
    assert entry.place == "131102"


def test_an_unreachable_status_is_found() -> None:
    office = (Role.OFFICE, Reach.CITY)
    flow = Flow("t", {"a": "甲", "b": "乙", "c": "丙"}, "a", {"go": act("去", {"a"}, "b", office)})
    assert flow.unreachable() == {"c"}
    assert FLOW.unreachable() - {"returned"} == set()


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once(world: World) -> None:
    """Wang and Qian claim the same problem at the same moment: one is the handler, the other reads a sentence."""
    problem = world.brought_to("assigned")
    start, outcome = threading.Barrier(2), {}

    def claim(name: str) -> None:
        try:
            person = world.people[name]
            start.wait(timeout=60)
            actions.claim(Problem.objects.get(pk=problem.pk), actor=person, at=at("2020-05-22"), seen=problem.version)
            outcome[name] = "claimed"
        except Refused as why:
            outcome[name] = str(why)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=claim, args=[name]) for name in ("wang", "qian")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert list(outcome.values()).count("claimed") == 1
    assert [v for v in outcome.values() if v != "claimed"] == [
        "您打开页面之后，有人改动过这一件。请看过最新内容再办理；您填写的内容还在。"
    ]
    assert Entry.objects.filter(verb="problems.claim").count() == 1
