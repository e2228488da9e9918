"""The disk is full while something is uploaded: a sentence, nothing half-written, the words typed beside it kept."""

import errno
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from luodi.files.models import StoredFile
from luodi.intake.models import ImportBatch
from luodi.problems.models import Evidence, Problem
from tests.intake.ledgers import ledger, line
from tests.world import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def full_disk(monkeypatch):
    """The storage takes some bytes and then no more."""

    def save(self, name, content, max_length=None):
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "save", save)


def kept_files():
    return {p for p in Path(storages["evidence"].location).rglob("*") if p.is_file()}


def test_an_import(send, world, full_disk):
    before, unit = kept_files(), world.units["131102-fgj"].pk
    _client, answer = send(world.wang, ledger([line(1)]), unit=unit)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "服务器存储空间已满" in html
    assert f'<option value="{unit}" selected>' in html
    assert (ImportBatch.objects.count(), StoredFile.objects.count(), kept_files()) == (0, 0, before)


def test_evidence(as_, world, full_disk, request):
    problem = world.brought_to("rectifying")
    before, entry = kept_files(), problem.dossier.order_by("seq")[0]
    typed = {
        "result": "合同已签，土地已交付。",
        f"claim-{entry.pk}": "合同 2020-07 签订",
        f"file-{entry.pk}": SimpleUploadedFile("证明.pdf", pdf()),
        "seen": problem.version,
    }
    answer = as_(world.wang).post(reverse("problems:prove", args=[problem.pk]), typed)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "服务器存储空间已满，文件「证明.pdf」没有保存" in html
    assert "合同已签，土地已交付。" in html
    assert "合同 2020-07 签订" in html
    assert (Problem.objects.get().version, Problem.objects.get().result) == (problem.version, "")
    assert not Evidence.objects.exists()
    assert kept_files() == before


def test_the_document_stays_as_it_was_signed(as_, world, full_disk):
    from luodi.documents import actions
    from luodi.kit.refusal import Refused
    from tests.world import at

    report = {"template": "work-report", "place": "1311", "as_of": at("2020-08-31").date()}
    world.problem()
    document = actions.draft(world.campaign, **report, actor=world.li, at=at("2020-08-31"))
    actions.submit(document, actor=world.li, at=at("2020-08-31"))
    actions.sign(document, actor=world.zhou, at=at("2020-08-31"))
    with pytest.raises(Refused, match="存储空间已满"):
        actions.issue(document, actor=world.li, at=at("2020-08-31"))
    document.refresh_from_db()
    assert (document.status, document.figures.count()) == ("signed", 0)
