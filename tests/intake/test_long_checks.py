"""A long sheet is checked by a job with a progress bar; what was planted comes back marked, and nothing else."""

import io

import openpyxl
import pytest
from django.urls import reverse

from luodi.intake import actions
from luodi.intake.models import ImportBatch, State
from luodi.jobs.models import Job
from luodi.jobs.models import State as JobState
from luodi.kit.clock import now
from luodi.kit.refusal import Refused
from tests.intake.ledgers import ledger, line, planted

pytestmark = pytest.mark.django_db


@pytest.fixture
def long_sheet(world):
    """3,000 rows with 45 errors: (content, {(row, column)})."""
    return planted(3000, 45, seed=7)


def test_exactly_the_planted_errors_come_back_marked(send, world, long_sheet, django_capture_on_commit_callbacks):
    content, wrong = long_sheet
    with django_capture_on_commit_callbacks(execute=True):
        client, answer = send(world.li, content)
    assert answer.status_code == 303
    batch, job = ImportBatch.objects.get(), Job.objects.get()
    assert (batch.state, job.state, job.kind) == (State.DRAFT, JobState.DONE, "intake.check")
    assert (batch.row_count, batch.good_count, batch.duplicates) == (3000, 2955, 0)
    assert "2,955" in client.get(answer.url).content.decode()
    marked = client.get(reverse("intake:marked", args=[batch.pk])).content
    sheet = openpyxl.load_workbook(io.BytesIO(marked)).active
    assert {(c.row, c.column) for row in sheet.iter_rows() for c in row if c.comment} == wrong


def test_the_progress_is_shown_and_a_stopped_check_can_be_done_again(
    send, world, monkeypatch, django_capture_on_commit_callbacks
):
    client, answer = send(world.li, ledger([line(n) for n in range(2000)]))
    batch = ImportBatch.objects.get()
    html = client.get(answer.url).content.decode()
    assert (batch.state, batch.is_open) == (State.CHECKING, False)
    assert "检查台账：2,000 行" in html or "排队中" in html
    with pytest.raises(Refused, match="正在检查"):
        actions.run(batch, actor=world.li, at=now())
    told = []
    monkeypatch.setattr(actions.Run, "progress", lambda self, *, done, total: told.append((done, total)))
    actions.check_rows.call(batch.job.pk)
    assert told == [(0, 2000), (500, 2000), (1000, 2000), (1500, 2000), (2000, 2000)]


def test_a_cancelled_check_says_so(send, world, django_capture_on_commit_callbacks):
    client, answer = send(world.li, ledger([line(n) for n in range(2000)]))
    batch = ImportBatch.objects.get()
    client.post(reverse("jobs:cancel", args=[batch.job.pk]))
    html = client.get(answer.url).content.decode()
    assert "检查中途停下了" in html
    batch = ImportBatch.objects.get()
    with pytest.raises(Refused, match="还没有查完"):
        actions.run(batch, actor=world.li, at=now())
    chosen = {f"map-{name}": place for name, place in batch.mapping.items()}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("intake:map", args=[batch.pk]), chosen).status_code == 303
    batch.refresh_from_db()
    assert (batch.state, batch.good_count) == (State.DRAFT, 2000)


def test_a_short_sheet_is_checked_at_once(uploaded, world):
    _client, batch = uploaded(world.li, planted(50, 3, seed=1)[0])
    assert (batch.state, batch.good_count) == (State.DRAFT, 47)
    assert not Job.objects.exists()
