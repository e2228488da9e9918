"""A job is asked for, runs chunk by chunk, and ends: done, refused, broken, cancelled, or given up."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from luodi.jobs import actions
from luodi.jobs.actions import STOPPING, ask_cancel, fail, finish, progress, reap, start
from luodi.jobs.models import Job, State
from luodi.jobs.rules import machine_now, percent
from luodi.journal.models import Entry
from luodi.kit.refusal import Refused
from tests.jobs.conftest import AT
from tests.jobs.work import count_up

pytestmark = pytest.mark.django_db


def test_it_is_queued_only_when_the_transaction_commits(ask, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = ask()
        assert Job.objects.get().state == State.QUEUED
    job.refresh_from_db()
    assert (job.state, job.done_count, job.total_count, job.attempts) == (State.DONE, 4, 4, 1)
    assert job.outcome == {"message": "共 4 批", "url": "/problems/"}
    assert job.asked_at == AT
    assert job.ended_at > AT + timedelta(days=365)  # the machine's time, not the records'
    assert ask.done() == [0, 1, 2, 3]
    assert [e.verb for e in Entry.objects.order_by("pk")] == ["jobs.job.ask"]


def test_a_refusal_ends_it_with_its_sentence(ask, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = ask(refuse_after=2)
    job.refresh_from_db()
    assert (job.state, job.error, job.done_count) == (State.FAILED, "第 3 行没有县区。", 2)


def test_a_defect_ends_it_with_a_reference_and_the_log_has_the_rest(ask, django_capture_on_commit_callbacks, caplog):
    with django_capture_on_commit_callbacks(execute=True):
        job = ask(break_after=1)
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "secret" not in job.error
    reference = job.error.split("编号 ")[1][:8]
    assert reference in caplog.text
    assert "a secret detail" in caplog.text


def test_a_waiting_job_is_cancelled_at_once(ask, clerk, colleague):
    job = ask()
    with pytest.raises(Refused, match="只有任务的发起人"):
        ask_cancel(job, actor=colleague, at=AT)
    assert ask_cancel(job, actor=clerk, at=AT).state == State.CANCELLED
    assert start(job.pk, at=machine_now()) is None
    with pytest.raises(Refused, match="已经结束"):
        ask_cancel(job, actor=clerk, at=AT)


def test_a_running_job_stops_at_its_next_chunk(ask, clerk, monkeypatch):
    job = ask()

    def cancel_between_chunks(seconds):
        if len(ask.done()) == 2:
            ask_cancel(job, actor=clerk, at=AT)

    monkeypatch.setattr("tests.jobs.work.time.sleep", cancel_between_chunks)
    count_up.call(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done_count) == (State.CANCELLED, 2)
    assert job.ended_at is not None


def test_a_worker_told_to_stop_hands_the_job_back(ask, monkeypatch, django_capture_on_commit_callbacks):
    job = ask()

    def stop_on_the_way(row, **counts):
        if counts["done"] == 3 and row.attempts == 1 and not STOPPING.asked:
            STOPPING.asked = True
        progress(row, **counts)

    monkeypatch.setattr(actions, "progress", stop_on_the_way)
    with django_capture_on_commit_callbacks() as queued:
        count_up.call(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done_count, job.attempts, len(queued)) == (State.QUEUED, 2, 0, 1)
    STOPPING.asked = False
    monkeypatch.setattr(actions, "progress", progress)
    queued[0]()
    job.refresh_from_db()
    assert (job.state, job.done_count) == (State.DONE, 4)
    assert ask.done() == [0, 1, 2, 2, 3]  # the chunk under way was rolled back and done again


def test_silence_is_noticed_and_the_job_goes_on_where_it_was(ask, django_capture_on_commit_callbacks):
    job = start(ask().pk, at=machine_now())
    progress(job, done=2, total=4, at=machine_now())
    assert reap(at=machine_now()) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert reap(at=machine_now() + timedelta(minutes=6)) == 1
    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.DONE, 2)
    assert ask.done() == [2, 3]


def test_a_worker_thought_dead_changes_nothing_any_more(ask):
    first = start(ask().pk, at=machine_now())
    reap(at=machine_now() + timedelta(minutes=6))
    second = start(first.pk, at=machine_now())
    with pytest.raises(actions.Stopped):
        progress(first, done=1, total=4, at=machine_now())
    finish(first, outcome={"message": "stale"}, at=machine_now())
    fail(first, sentence="stale", at=machine_now())
    second.refresh_from_db()
    assert (second.state, second.outcome, second.error) == (State.RUNNING, {}, "")


def test_three_silences_are_enough(ask):
    job = ask()
    for silence in (1, 2, 3):
        start(job.pk, at=machine_now())
        reap(at=machine_now() + timedelta(minutes=6))
        job.refresh_from_db()
        assert (job.state == State.FAILED) == (silence == 3)
        Job.objects.filter(state=State.QUEUED).update(heartbeat_at=machine_now())
    assert "任务中断了 3 次，已停止" in job.error


def test_cancelled_while_its_worker_was_dead(ask, clerk):
    job = ask()
    start(job.pk, at=machine_now())
    ask_cancel(job, actor=clerk, at=AT)
    reap(at=machine_now() + timedelta(minutes=6))
    job.refresh_from_db()
    assert job.state == State.CANCELLED


def test_a_job_lost_between_commit_and_queue_is_found(ask, django_capture_on_commit_callbacks):
    job = ask()  # its on_commit never ran
    with django_capture_on_commit_callbacks(execute=True):
        reap(at=machine_now() + timedelta(minutes=6))
    job.refresh_from_db()
    assert job.state == State.DONE


@pytest.mark.parametrize("change", [{"state": "lost"}, {"state": State.DONE}, {"ended_at": AT}])
def test_the_database_refuses_states_that_cannot_be(ask, change):
    job = ask()
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**change)


def test_per_cent_is_whole_and_rounded_down():
    assert [percent(d, t) for d, t in ((0, 0), (0, 3), (2, 3), (3, 3), (4, 3))] == [None, 0, 66, 100, 100]
