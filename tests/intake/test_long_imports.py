"""A long sheet is imported by a job, chunk by chunk; whoever dies on the way registers nothing twice."""

from datetime import timedelta

import pytest
from django.urls import reverse

from luodi.intake import actions
from luodi.intake.models import ImportedProblem, State
from luodi.jobs.actions import reap
from luodi.jobs.models import Job
from luodi.jobs.models import State as JobState
from luodi.jobs.rules import machine_now
from luodi.kit.clock import now
from luodi.kit.refusal import Refused
from luodi.orgs.models import Unit
from luodi.problems.models import Problem
from tests.intake.ledgers import ledger, line

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What a killed worker leaves behind: nothing is caught, nothing is said."""


@pytest.fixture
def dies(monkeypatch):
    """The registering dies in its second chunk, once."""
    really, calls = actions.problems.register_many, []

    def register_many(*args, **kwargs):
        calls.append(1)
        made = really(*args, **kwargs)
        if len(calls) == 2:
            raise Killed
        return made

    monkeypatch.setattr(actions.problems, "register_many", register_many)


def test_a_killed_worker_registers_each_row_once(
    uploaded, world, dies, monkeypatch, django_capture_on_commit_callbacks
):
    client, batch = uploaded(world.wang, ledger([line(n) for n in range(1200)]))
    with django_capture_on_commit_callbacks(execute=True):
        actions.run(batch, actor=world.wang, at=now())
    job = Job.objects.get()
    assert (job.state, job.done_count, Problem.objects.count()) == (JobState.RUNNING, 1000, 1000)
    assert "已处理 1,000 / 1,200" in client.get(reverse("intake:batch", args=[batch.pk])).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        reap(at=machine_now() + timedelta(hours=1))
    batch.refresh_from_db()
    job.refresh_from_db()
    assert (job.state, batch.state, batch.result["registered"]) == (JobState.DONE, State.DONE, 1200)
    assert Problem.objects.count() == ImportedProblem.objects.count() == 1200
    assert job.outcome["url"] == reverse("intake:batch", args=[batch.pk])
    with django_capture_on_commit_callbacks(execute=True):
        Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, ended_at=None)
        actions.import_rows.call(job.pk)
    assert Problem.objects.count() == 1200


def test_a_stopped_import_can_be_taken_up_again(uploaded, world, django_capture_on_commit_callbacks):
    client, batch = uploaded(world.wang, ledger([line(n) for n in range(320)]))
    batch = actions.run(batch, actor=world.wang, at=now())  # queued: nothing has run yet
    assert (batch.state, batch.is_open) == (State.RUNNING, False)
    with pytest.raises(Refused, match="正在导入"):
        actions.run(batch, actor=world.wang, at=now())
    client.post(reverse("jobs:cancel", args=[batch.job.pk]))
    html = client.get(reverse("intake:batch", args=[batch.pk])).content.decode()
    assert "可以接着导入" in html
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("intake:run", args=[batch.pk]), {"scope": "all"})
    batch.refresh_from_db()
    assert (batch.state, Problem.objects.count()) == (State.DONE, 320)


def test_what_went_wrong_since_the_check_ends_the_job_with_its_sentence(
    uploaded, world, django_capture_on_commit_callbacks
):
    client, batch = uploaded(world.wang, ledger([line(n) for n in range(320)]))
    Unit.objects.filter(code="131102-fgj").update(active=False)  # wound up in the meantime
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("intake:run", args=[batch.pk]), {"scope": "all"})
    batch.refresh_from_db()
    assert (batch.state, batch.good_count, batch.job.error) == (
        State.FAILED, 0, "还有 320 行有错；请改正，或者只导入无误的行。",
    )  # fmt: skip
    html = client.get(reverse("intake:batch", args=[batch.pk])).content.decode()
    assert "没有“发改局”这个责任单位" in html
    assert "可以接着导入" in html


def test_a_few_rows_are_all_or_none(uploaded, world, monkeypatch):
    _client, batch = uploaded(world.wang, ledger([line(n) for n in range(3)]))

    def no_links(*args, **kwargs):
        raise Killed

    monkeypatch.setattr(ImportedProblem.objects, "bulk_create", no_links)
    with pytest.raises(Killed):
        actions.run(batch, actor=world.wang, at=now())
    batch.refresh_from_db()
    assert (batch.state, Problem.objects.count()) == (State.DRAFT, 0)
