"""Bytes are kept once, whole or not at all, and read back as they were."""

import errno
import io
import json
import os
import time

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.core.management import call_command
from PIL import Image

from luodi.files.actions import open_file, store
from luodi.files.models import StoredFile
from luodi.files.queries import exif_facts, faults, without_metadata
from luodi.files.views import stream
from luodi.journal.models import Entry
from luodi.kit.refusal import Refused
from luodi.kit.sm3 import sm3
from tests.files import samples
from tests.files.conftest import AT

pytestmark = pytest.mark.django_db


def files_in(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_bytes_lie_under_their_sm3_and_are_read_back(clerk, folder):
    stored = store(samples.PDF, name="批复.pdf", actor=clerk, at=AT)
    digest = sm3(samples.PDF)
    assert (stored.sm3, stored.kind, stored.byte_count) == (digest, "application/pdf", len(samples.PDF))
    assert files_in(folder) == [f"{digest[:2]}/{digest[2:4]}/{digest}"]
    with open_file(stored) as content:
        assert content.read() == samples.PDF
    assert not Entry.objects.exists(), "the act that attaches a file journals it"


def test_uploads_in_memory_and_on_disk_are_stored(clerk, folder):
    small = SimpleUploadedFile("现场.jpg", samples.photo())
    assert store(small, name=small.name, actor=clerk, at=AT).kind == "image/jpeg"
    large = TemporaryUploadedFile("方案.docx", "application/zip", len(samples.DOCX), None)
    large.write(samples.DOCX)
    assert store(large, name=large.name, actor=clerk, at=AT).byte_count == len(samples.DOCX)


def test_the_same_bytes_twice_are_one_file(clerk, folder):
    first = store(samples.PDF, name="批复.pdf", actor=clerk, at=AT)
    again = store(samples.PDF, name="另一个名字.pdf", actor=clerk, at=AT)
    assert first == again
    assert StoredFile.objects.count() == len(files_in(folder)) == 1


def test_a_full_disk_is_a_sentence_and_leaves_nothing(clerk, folder, monkeypatch):
    def full(self, name, content):
        path = self.path(name)
        folder.joinpath("incoming").mkdir(parents=True)
        with open(path, "wb") as half:
            half.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    with pytest.raises(Refused, match=r"存储空间已满，文件「批复\.pdf」没有保存"):
        store(samples.PDF, name="批复.pdf", actor=clerk, at=AT)
    assert not StoredFile.objects.exists()
    assert files_in(folder) == []


def test_what_a_killed_process_left_is_swept_a_day_later(clerk, folder):
    store(samples.PDF, name="批复.pdf", actor=clerk, at=AT)
    for name, age in (("old", 90_000), ("new", 60)):
        half = folder / "incoming" / name
        half.write_bytes(b"half")
        os.utime(half, (time.time() - age, time.time() - age))
    call_command("files", "verify")
    assert files_in(folder / "incoming") == ["new"]


def test_refused_files_leave_nothing(clerk, folder, settings):
    settings.LUODI_UPLOAD_MB = 0
    with pytest.raises(Refused, match="超过上限"):
        store(samples.PDF, name="批复.pdf", actor=clerk, at=AT)
    settings.LUODI_UPLOAD_MB = 1
    for data, name in ((b"", "空.pdf"), (samples.EXE, "照片.jpg")):
        with pytest.raises(Refused):
            store(data, name=name, actor=clerk, at=AT)
    assert not folder.exists()
    assert not StoredFile.objects.exists()


def test_object_storage_has_no_paths_and_needs_none(clerk, settings):
    settings.STORAGES = settings.STORAGES | {"evidence": {"BACKEND": "tests.files.test_storing.Bucket"}}
    stored = store(samples.PDF, name="批复.pdf", actor=clerk, at=AT)
    with open_file(stored) as content:
        assert content.read() == samples.PDF
    assert list(faults()) == []
    storages["evidence"].objects[stored.path] = b"changed"
    StoredFile.objects.update(damaged_on="2020-08-14")
    healed = store(samples.PDF, name="批复.pdf", actor=clerk, at=AT)
    assert (healed.damaged_on, storages["evidence"].objects) == (None, {stored.path: samples.PDF})


class Bucket(Storage):
    """Like S3: whole objects, no paths."""

    def __init__(self):
        self.objects = {}

    def _open(self, name, mode):
        if name not in self.objects:
            raise FileNotFoundError(name)
        return ContentFile(self.objects[name])

    def _save(self, name, content):
        self.objects[name] = content.read()
        return name

    def exists(self, name):
        return name in self.objects

    def delete(self, name):
        del self.objects[name]


def test_verify_names_missing_and_changed_files_and_a_new_upload_heals_them(clerk, folder, capsys):
    missing = store(samples.PDF, name="批复.pdf", actor=clerk, at=AT)
    changed = store(samples.DOCX, name="方案.docx", actor=clerk, at=AT)
    call_command("files", "verify")
    assert "共核对 2 个文件，0 个有问题" in capsys.readouterr().out
    (folder / missing.path).unlink()
    (folder / changed.path).write_bytes(b"x" + samples.DOCX[1:])
    for _again in range(2):
        with pytest.raises(SystemExit) as stop:
            call_command("files", "verify", "--json")
        assert stop.value.code == 1
        report = json.loads(capsys.readouterr().out)
        assert [(f["sm3"], f["state"]) for f in report["faults"]] == [
            (missing.sm3, "missing"),
            (changed.sm3, "damaged"),
        ]
    assert Entry.objects.filter(verb="files.file.damaged", actor_name="系统").count() == 2
    changed.refresh_from_db()
    with pytest.raises(Refused, match="丢失或损坏"):
        open_file(changed)
    assert store(samples.DOCX, name="方案.docx", actor=clerk, at=AT).damaged_on is None
    (folder / missing.path).write_bytes(samples.PDF)
    call_command("files", "verify")
    assert not StoredFile.objects.filter(damaged_on__isnull=False).exists()
    assert Entry.objects.filter(verb="files.file.restore").count() == 2


def test_a_photo_says_when_and_where_and_outsiders_get_it_without(clerk, folder):
    stored = store(samples.photo(gps=True, orientation=6), name="现场.jpg", actor=clerk, at=AT)
    facts = exif_facts(stored)
    assert facts.taken_at.isoformat() == "2020-08-13T09:30:00+08:00"
    assert (facts.latitude, facts.longitude) == (37.735, 115.69)
    clean = without_metadata(stored)
    assert b"PhoneMaker" not in clean
    assert b"secret" not in clean
    with Image.open(io.BytesIO(clean)) as image:
        assert not image.getexif()
        assert image.size == (30, 40)  # turned upright before the orientation field is dropped


@pytest.mark.parametrize("image_format", ["PNG", "WEBP"])
def test_other_images_lose_their_metadata_too(clerk, folder, image_format):
    data = samples.photo(image_format=image_format, gps=True)
    stored = store(data, name=f"a.{image_format.lower()}", actor=clerk, at=AT)
    assert exif_facts(stored).latitude == 37.735
    with Image.open(io.BytesIO(without_metadata(stored))) as image:
        assert not image.getexif()


def test_documents_have_no_photo_facts_and_no_clean_copy(clerk, folder):
    stored = store(samples.PDF, name="批复.pdf", actor=clerk, at=AT)
    assert exif_facts(stored).taken_at is None
    with pytest.raises(Refused, match="只有图片"):
        without_metadata(stored)


def test_only_pdf_and_clean_images_are_shown_in_the_browser(clerk, folder):
    pdf = stream(store(samples.PDF, name="a.pdf", actor=clerk, at=AT), name="关于桃城区的批复.pdf", inline=True)
    assert pdf["Content-Disposition"].startswith("inline; filename*=utf-8''%E5%85%B3")
    assert b"".join(pdf.streaming_content) == samples.PDF
    image = stream(store(samples.photo(gps=True), name="a.jpg", actor=clerk, at=AT), name="a.jpg", inline=True)
    assert b"PhoneMaker" not in image.content
    sheet = stream(store(samples.XLSX, name="a.xlsx", actor=clerk, at=AT), name="台账.xlsx", inline=True)
    assert sheet["Content-Disposition"].startswith("attachment")
    for response in (pdf, image, sheet):
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert response["Cache-Control"] == "private, no-store"
    assert "sandbox" in image["Content-Security-Policy"]


def test_a_download_is_the_original_but_an_outsiders_is_not(clerk, folder):
    data = samples.photo(gps=True)
    stored = store(data, name="a.jpg", actor=clerk, at=AT)
    assert b"".join(stream(stored, name="a.jpg").streaming_content) == data
    outside = stream(stored, name="a.jpg", outsider=True)
    assert b"PhoneMaker" not in outside.content
    assert outside["Content-Disposition"] == 'attachment; filename="a.jpg"'


def test_a_name_cannot_break_out_of_its_header(clerk, folder):
    stored = store(samples.PDF, name="a.pdf", actor=clerk, at=AT)
    response = stream(stored, name='a".html\r\nSet-Cookie: x.pdf')
    assert "\n" not in response["Content-Disposition"]
