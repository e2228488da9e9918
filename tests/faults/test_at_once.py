"""Two people at the same problem, a page opened too long ago, a database that is busy: nobody's work is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction
from django.urls import reverse

from luodi.journal.models import Entry
from luodi.kit.refusal import Refused
from luodi.problems import actions
from luodi.problems.models import Closure, Problem
from tests.world import at, build

MOMENT = at("2020-07-01")


def at_the_same_time(*tasks):
    """Run each in a thread with a connection of its own, all from one start; answers or refusals in their order."""
    start = threading.Barrier(len(tasks))

    def run(task):
        try:
            start.wait()
            return task()
        except Refused as why:
            return why
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


@pytest.mark.django_db(transaction=True)
def test_two_people_close_the_same_problem():
    world = build()
    problem = world.brought_to("verified")

    def close():
        return actions.close(problem, actor=world.li, at=MOMENT, seen=problem.version)

    first, second = sorted(at_the_same_time(close, close), key=lambda one: isinstance(one, Refused))
    assert first.status == "closed"
    assert isinstance(second, Refused)
    assert "有人改动过" in str(second)
    assert (Closure.objects.count(), Entry.objects.filter(verb="problems.close").count()) == (1, 1)
    assert Problem.objects.get().version == problem.version + 1


@pytest.mark.django_db(transaction=True)
def test_one_closes_while_the_other_sends_back():
    world = build()
    problem = world.brought_to("verified")

    def send_back():
        return actions.send_back(problem, reason="证据模糊", actor=world.liu, at=MOMENT)

    answers = at_the_same_time(lambda: actions.close(problem, actor=world.li, at=MOMENT), send_back)
    assert sum(isinstance(one, Refused) for one in answers) == 1
    row = Problem.objects.get()
    assert (row.status == "closed") == Closure.objects.exists()
    assert (row.status == "returned") == row.returns.exists()


@pytest.mark.django_db(transaction=True)
def test_numbers_are_given_once_when_two_register():
    world = build()
    tasks = [lambda n=n: world.problem(title=f"第{n}件", project_name=f"项目{n}") for n in range(4)]
    codes = [row.code for row in at_the_same_time(*tasks)]
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.django_db(transaction=True)
def test_a_busy_database_is_waited_for():
    """Somebody holds the row for a second: the other waits and then does what is still right."""
    world = build()
    problem = world.brought_to("assigned")
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            list(Problem.objects.select_for_update(of=("self",)).filter(pk=problem.pk))
            held.set()
            assert not done.wait(1.0)  # the other has not got past us

    def claim():
        held.wait(20)
        try:
            return actions.claim(problem, actor=world.wang, at=MOMENT)
        finally:
            done.set()

    _held, claimed = at_the_same_time(hold, claim)
    assert claimed.status == "claimed"


@contextmanager
def somebody_elses_lock(row):
    """A lock on the row (SQLite: on the database) that another connection holds and does not give back."""
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            list(Problem.objects.select_for_update(of=("self",)).filter(pk=row.pk))
            held.set()
            done.wait(30)
        connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_a_database_locked_too_long_says_so_and_writes_nothing(as_, world):
    problem = world.brought_to("claimed")
    client, address = as_(world.wang), reverse("problems:file-plan", args=[problem.pk])
    typed = {"goal": "签订出让合同", "measures": "先租后让", "seen": problem.version}
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout=200" if connection.vendor == "sqlite" else "SET lock_timeout = '200ms'")
    client.raise_request_exception = False
    with somebody_elses_lock(problem):
        answer = client.post(address, typed)
    html = answer.content.decode()
    assert answer.status_code == 503
    assert "系统正忙" in html
    assert answer["X-Request-ID"] in html
    assert Problem.objects.get().status == "claimed"
    assert client.post(address, typed).status_code == 303
    assert Problem.objects.get().status == "planned"
    connection.close()


@pytest.mark.django_db
def test_a_stale_page_keeps_what_was_typed_and_shows_what_changed(as_, world):
    problem = world.brought_to("claimed")
    client = as_(world.wang)
    typed = {"goal": "签订出让合同", "measures": "先租后让", "seen": problem.version}
    actions.hand_over(problem, successor=world.qian, reason="调岗", actor=world.li, at=MOMENT)
    answer = client.post(reverse("problems:file-plan", args=[problem.pk]), typed)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "有人改动过" in html
    assert "先租后让" in html
    assert Problem.objects.get().status == "claimed"
