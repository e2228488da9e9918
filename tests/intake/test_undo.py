"""An import that was wrong is taken back whole, while nobody has begun to work on its problems."""

import pytest
from django.urls import reverse

from luodi.indicators.queries import answer
from luodi.indicators.rules import Frame
from luodi.intake import actions
from luodi.intake.models import ImportBatch, State
from luodi.journal.models import Entry
from luodi.kit.clock import now, today
from luodi.kit.refusal import Refused
from luodi.problems.models import Problem
from tests.intake.ledgers import ledger, line

pytestmark = pytest.mark.django_db
WHY = "导成了别的县的表"


@pytest.fixture
def imported(uploaded, world):
    """Wang's three rows, in the ledger: (client, batch)."""

    def imported(rows=3):
        client, batch = uploaded(world.wang, ledger([line(n) for n in range(rows)]))
        return client, actions.run(batch, actor=world.wang, at=now())

    return imported


def undo(client, batch, reason=WHY):
    return client.post(reverse("intake:undo", args=[batch.pk]), {"reason": reason})


def page(client, batch):
    return client.get(reverse("intake:batch", args=[batch.pk])).content.decode()


def test_an_import_is_taken_back_and_can_come_again(imported, uploaded, world):
    client, batch = imported()
    assert "确认撤销 3 件" in page(client, batch)
    assert undo(client, batch, " ").status_code == 422
    assert undo(client, batch).status_code == 303
    batch.refresh_from_db()
    assert (batch.state, batch.undone_by, batch.is_open) == (State.UNDONE, world.wang, False)
    assert set(Problem.objects.values_list("status", "voided_on", "version")) == {("voided", today(), 2)}
    assert Entry.objects.filter(verb="problems.undo", reason=WHY).count() == 3
    assert Entry.objects.get(verb="intake.batch.undo").after == {"problems": 3}
    frame = Frame(campaign=world.campaign.pk, place="1311", as_of=today())
    assert answer("problems.found", frame).value == 0
    assert "撤销了这次导入" in page(client, batch)
    assert undo(client, batch).status_code == 409
    _client, again = uploaded(world.wang, ledger([line(n) for n in range(3)]))
    assert (again.good_count, again.duplicates) == (3, 0)
    actions.run(again, actor=world.wang, at=now())
    assert Problem.objects.filter(voided_on=None).count() == 3


def test_not_once_somebody_has_begun(imported, world):
    client, batch = imported()
    second = Problem.objects.order_by("pk")[1]
    world.do(second, "assign", now())
    refused = undo(client, batch)
    sentence = f"{second.code}已经有人办理，共 1 件"
    assert refused.status_code == 409
    assert sentence in refused.content.decode()
    assert sentence in page(client, batch)
    assert "确认撤销" not in page(client, batch)
    assert not Problem.objects.exclude(voided_on=None).exists()


def test_its_person_and_the_citys_office_may_and_nobody_else(imported, as_, world):
    _client, batch = imported()
    for person in (world.qian, world.sun, world.gao):
        assert undo(as_(person), batch).status_code == 404, person
        with pytest.raises(Refused, match="只有导入人和市专班办"):
            actions.undo(batch, reason=WHY, actor=person, at=now())
    office = as_(world.li)
    assert "王建国导入" in office.get(reverse("intake:batches")).content.decode()
    assert office.get(reverse("intake:marked", args=[batch.pk])).status_code == 404
    assert undo(office, batch).status_code == 303
    assert ImportBatch.objects.get().undone_by == world.li


def test_what_is_not_imported_cannot_be_undone(uploaded, as_, world):
    client, batch = uploaded(world.wang, ledger([line(1)]))
    assert undo(client, batch).status_code == 409
    assert undo(as_(world.li), batch).status_code == 404


def test_a_long_one_is_undone_by_a_job_all_or_none(imported, world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        client, batch = imported(310)
    undo(client, batch)  # queued: nothing has run yet
    batch.refresh_from_db()
    assert (batch.state, batch.is_imported) == (State.UNDOING, False)
    assert "正在撤销" in page(client, batch)
    with pytest.raises(Refused, match="正在撤销"):
        actions.undo(batch, reason=WHY, actor=world.wang, at=now())
    last = Problem.objects.order_by("-pk")[0]
    world.do(last, "assign", now())  # somebody was faster than the job
    actions.undo_rows.call(batch.job.pk)
    batch.refresh_from_db()
    assert batch.state == State.DONE
    assert f"{last.code}已经有人办理" in batch.job.error
    assert not Problem.objects.exclude(voided_on=None).exists()


def test_a_long_one_leaves_the_ledger(imported, world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        client, batch = imported(310)
    with django_capture_on_commit_callbacks(execute=True):
        undo(client, batch)
    batch.refresh_from_db()
    assert (batch.state, Problem.objects.filter(voided_on=None).count()) == (State.UNDONE, 0)
