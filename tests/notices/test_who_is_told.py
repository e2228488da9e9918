"""What happens to a problem reaches those it concerns, nobody else, and only in the ways they chose."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, connections

from luodi.journal.models import Entry
from luodi.notices import actions, queries
from luodi.notices.models import Choice, Kind, Mark, Notice
from luodi.orgs import actions as orgs
from luodi.orgs.models import Post, Role
from luodi.problems import actions as problems
from tests.notices.conftest import told
from tests.world import World, at

pytestmark = pytest.mark.django_db


def news(world: World, moment) -> dict[str, list[tuple[str, str]]]:
    """What each person is told after this round, by user name; those who are told nothing are left out."""
    Notice.objects.all().delete()
    actions.spread(at=moment)
    return {name: found for name, person in world.people.items() if (found := told(person))}


def test_the_way_of_a_problem_as_each_person_hears_of_it(world: World) -> None:
    problem, moment = world.problem(), at("2020-05-20")
    assert news(world, moment) == {}
    heard = {}
    for name in ["assign", "claim", "file_plan", "accept_plan", "prove", "sign", "report", "self_check", "check"]:
        problem = world.do(problem, name, moment)
        heard[name] = news(world, moment)
    heard["verify"] = news(world, moment) if (problem := world.do(problem, "verify", moment)) else {}
    heard["close"] = news(world, moment) if world.do(problem, "close", moment) else {}
    turn = "turn"
    assert heard == {
        "assign": {n: [("assign", turn)] for n in ("wang", "qian", "chen")},
        "claim": {},
        "file_plan": {n: [("file_plan", turn)] for n in ("li", "zhao")},
        "accept_plan": {"wang": [("accept_plan", turn)]},
        "prove": {},
        "sign": {},
        "report": {n: [("report", turn)] for n in ("li", "sun")},
        "self_check": {"liu": [("self_check", turn)]},
        "check": {},
        "verify": {"li": [("verify", turn)]},
        "close": {n: [("close", "closed")] for n in ("wang", "chen")},
    }


def test_what_is_sent_back_reaches_handler_and_leader_and_comes_back_to_whom_it_came_from(world: World) -> None:
    problem = world.brought_to("self_checked")
    moment = at("2020-06-10")
    problem = problems.send_back(problem, reason="合同缺页", actor=world.liu, at=moment)
    assert news(world, moment) == {n: [("send_back", "returned")] for n in ("wang", "chen")}
    problem = world.prove(problem, moment)
    problem = problems.sign(problem, actor=world.chen, at=moment)
    problems.resubmit(problem, actor=world.wang, at=moment)
    assert news(world, moment) == {"liu": [("resubmit", "turn")]}


def test_a_reopened_problem_is_heard_of_at_the_unit_and_in_the_county(world: World) -> None:
    problem, moment = world.brought_to("closed"), at("2020-07-10")
    actions.spread(at=moment)
    due = date(2020, 8, 1)
    problems.reopen(problem, cause="relapse", reason="又停工了", due_on=due, actor=world.li, at=moment)
    assert news(world, moment) == {n: [("reopen", "closed")] for n in ("wang", "chen", "sun")}


def test_who_did_it_is_not_told(world: World) -> None:
    orgs.appoint(
        world.li, world.units["1311-zrzy"], Role.CLERK, starts_on=date(2020, 1, 1), actor=world.wu, at=at("2020-05-01")
    )
    Post.objects.update(approved_by=world.zheng)
    problem = world.brought_to("claimed")
    actions.spread(at=at("2020-05-22"))
    problems.file_plan(problem, goal="交地", measures="调剂指标", actor=world.wang, at=at("2020-05-22"))
    assert set(news(world, at("2020-05-22"))) == {"li", "zhao"}
    problems.send_back_plan(problem, reason="没有时限", actor=world.li, at=at("2020-05-22"))
    assert "li" not in news(world, at("2020-05-22"))


def test_nobody_is_told_what_he_may_not_see(world: World) -> None:
    problem = world.brought_to("planned")
    actions.spread(at=at("2020-05-24"))
    post = Post.objects.get(person=world.wang)
    orgs.leave(post, ends_on=date(2020, 5, 24), actor=world.wu, at=at("2020-05-24"))
    problems.accept_plan(problem, actor=world.zhao, at=at("2020-05-24"))
    assert news(world, at("2020-05-24")) == {}, "the handler has left the bureau"


def test_a_notice_of_what_has_left_ones_view_says_no_more(world: World) -> None:
    world.brought_to("assigned")
    actions.spread(at=at("2020-05-21"))
    notice = Notice.objects.get(person=world.qian)
    assert queries.readable([notice], world.qian, date(2020, 5, 21)) == [(notice, True)]
    Post.objects.filter(person=world.qian).update(ends_on=date(2020, 6, 1))
    gone = type(world.qian).objects.get(pk=world.qian.pk)
    assert queries.readable([notice], gone, date(2020, 6, 2)) == [(notice, False)]


def test_each_entry_is_told_once_however_often_the_worker_comes(world: World) -> None:
    world.brought_to("assigned")
    for _round in range(3):
        actions.spread(at=at("2020-05-21"))
    Mark.objects.update(last_entry=0, gaps=[])  # a restored backup of one table
    actions.spread(at=at("2020-05-21"))
    assert told(world.wang) == [("assign", "turn")]


def test_the_past_is_no_news(world: World) -> None:
    world.brought_to("closed")
    actions.spread(at=at("2020-09-30"))
    assert not Notice.objects.exists()


def test_an_entry_that_commits_late_is_told_too(world: World) -> None:
    """On PostgreSQL ids may commit out of order."""
    world.brought_to("assigned")
    entry = Entry.objects.get(verb="problems.assign")
    actions.spread(at=at("2020-05-21"))
    Notice.objects.all().delete()
    last = Entry.objects.order_by("-pk")[0].pk
    Mark.objects.update(last_entry=last, gaps=[[entry.pk, at("2020-05-21").timestamp()]])
    actions.spread(at=at("2020-05-21"))
    assert told(world.wang) == [("assign", "turn")]
    Mark.objects.update(gaps=[[entry.pk, at("2020-05-21").timestamp()]])
    assert queries.has_news(at("2020-05-21"))
    assert not queries.has_news(at("2020-05-21") + timedelta(hours=2)), "rolled back: not waited for for ever"


def test_a_round_without_news_is_one_question(world: World, django_assert_num_queries) -> None:
    actions.spread(at=at("2020-05-21"))
    Mark.objects.update(gaps=[])  # on PostgreSQL other tests' entries left some
    with django_assert_num_queries(1):
        actions.spread(at=at("2020-05-21"))
    Mark.objects.update(gaps=[[10**9, at("2020-05-21").timestamp()]])
    with django_assert_num_queries(2):
        actions.spread(at=at("2020-05-21"))


def test_limits_come_near_and_pass(world: World) -> None:
    problem = world.brought_to("rectifying")  # due 2020-07-19
    assert problem.due_on == date(2020, 7, 19)
    for day in ("2020-07-15", "2020-07-16", "2020-07-17", "2020-07-19", "2020-07-20", "2020-07-25", "2020-07-27"):
        actions.remind(at=at(day))
        actions.remind(at=at(day, 15))
    said = Notice.objects.filter(person=world.wang, kind=Kind.DUE).order_by("pk").values_list("verb", "made_at")
    assert [(verb, moment.date().isoformat()) for verb, moment in said] == [
        ("soon", "2020-07-16"),
        ("overdue", "2020-07-20"),
        ("overdue", "2020-07-27"),
    ]
    assert not Notice.objects.filter(kind=Kind.DUE).exclude(person=world.wang).exists()


def test_a_person_chooses_what_reaches_him(world: World) -> None:
    everything = {str(kind): (True, True) for kind in Kind}
    quiet = everything | {"turn": (False, False), "closed": (False, True)}
    actions.choose(quiet, email="wang@example.gov.cn", actor=world.wang, at=at("2020-05-19"))
    assert Choice.objects.count() == len(Kind)
    problem = world.brought_to("closed")
    actions.spread(at=at("2020-05-22"))
    assert told(world.wang) == [("close", "closed")]
    assert told(world.chen) == [("assign", "turn"), ("close", "closed")]
    assert int(queries.unread(world.wang)) == 0, "only by e-mail"
    assert problem.handler == world.wang


def test_the_journal_says_that_a_person_chose_and_not_the_address(world: World) -> None:
    actions.choose({"turn": (True, False)}, email="w@example.gov.cn", actor=world.wang, at=at("2020-05-19"))
    entries = list(Entry.objects.filter(actor_id=world.wang.pk).order_by("pk"))
    assert [e.verb for e in entries] == ["orgs.person.email", "notices.choose"]
    assert entries[1].after == {"turn": ["site"]}
    assert "example" not in "".join(str((e.before, e.after, e.reason, e.row_label)) for e in entries)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_each_person_once() -> None:
    from tests.world import build

    world = build()
    for _each in range(4):
        world.brought_to("assigned", problem=world.problem())
    together, faults = threading.Barrier(2), []

    def work() -> None:
        try:
            together.wait()
            actions.spread(at=at("2020-05-21"))
            actions.remind(at=at("2020-07-19"))
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _each in range(2)]
    [w.start() for w in workers]
    [w.join() for w in workers]
    assert faults == []
    assert told(world.wang) == [("assign", "turn")] * 4 + [("soon", "due")] * 4
    assert connection.is_usable()
