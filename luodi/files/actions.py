"""Keeping bytes: once by SM3, checked by content, never half-written."""

import errno
import io
import os
import secrets
import time
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from luodi.files.models import StoredFile
from luodi.files.queries import CHUNK, Fault, open_file
from luodi.files.rules import base_name, check_size, sniff
from luodi.journal import actions as journal
from luodi.journal.rules import Actor
from luodi.kit.clock import local_day
from luodi.kit.refusal import Refused
from luodi.kit.sm3 import Sm3

__all__ = ["note_fault", "open_file", "store", "sweep"]

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
INCOMING = "incoming"
DAY = 24 * 60 * 60


def store(content: bytes | File | BinaryIO, *, name: str, actor: Actor, at: datetime) -> StoredFile:
    """Keep `content`, uploaded as `name`; the same bytes again give the same row.

    The bytes are safe before the row is written. Bytes left without a row by a later rollback do no harm: they are
    taken over when the same file comes again. The act that attaches the file journals its SM3.
    Raises Refused: empty, too large, kind not accepted, extension and content disagree, macros, password, archive
    bomb, disk full.
    """
    stream: BinaryIO = io.BytesIO(content) if isinstance(content, bytes) else content  # type: ignore[assignment]
    byte_count = stream.seek(0, os.SEEK_END) or stream.tell()
    check_size(byte_count, name, settings.LUODI_UPLOAD_MB, getattr(settings, "LUODI_IMAGE_MB", 20))
    kind = sniff(stream, name)
    sm3 = _hash(stream)
    stored = StoredFile.objects.filter(sm3=sm3).first() or StoredFile(sm3=sm3)
    if stored.pk and stored.damaged_on is None and storages["evidence"].exists(stored.path):
        return stored
    _keep(storages["evidence"], stored.path, stream, base_name(name))
    return _write_row(stored, kind.mime, byte_count, actor, at)


@transaction.atomic
def note_fault(fault: Fault, *, actor: Actor, at: datetime) -> None:
    """Note the day on which a file was first found missing or changed, or that it is whole again; journaled."""
    stored = StoredFile.objects.select_for_update().get(pk=fault.stored.pk)
    restored = fault.state == "restored"
    if (stored.damaged_on is None) == restored:
        return
    stored.damaged_on = None if restored else local_day(at)
    stored.save(update_fields=["damaged_on"])
    verb = "files.file.restore" if restored else "files.file.damaged"
    journal.record(verb, actor=actor, at=at, row=stored, after={"state": fault.state})


def sweep() -> int:
    """Delete what a process killed while writing left behind, once it is a day old by the disk's own clock."""
    storage = storages["evidence"]
    try:
        left = storage.listdir(INCOMING)[1]
    except (FileNotFoundError, NotImplementedError):
        return 0
    paths = [f"{INCOMING}/{name}" for name in left]
    old = [p for p in paths if storage.get_modified_time(p).timestamp() < time.time() - DAY]
    for path in old:
        storage.delete(path)
    return len(old)


@transaction.atomic
def _write_row(stored: StoredFile, mime: str, byte_count: int, actor: Actor, at: datetime) -> StoredFile:
    """A new row, or an old one whose bytes have come back whole."""
    stored.kind, stored.byte_count, stored.stored_at = mime, byte_count, at
    row = stored if stored.pk else _insert(stored)
    if row.damaged_on is not None:
        note_fault(Fault(row, "restored"), actor=actor, at=at)
        row.refresh_from_db()
    return row


def _insert(stored: StoredFile) -> StoredFile:
    """The new row; the other one if somebody stored the same bytes at the same moment."""
    try:
        with transaction.atomic():
            stored.save(force_insert=True)
    except IntegrityError:
        return StoredFile.objects.get(sm3=stored.sm3)
    return stored


def _hash(stream: BinaryIO) -> str:
    stream.seek(0)
    digest = Sm3()
    while piece := stream.read(CHUNK):
        digest.update(piece)
    stream.seek(0)
    return digest.hexdigest()


def _keep(storage: Storage, path: str, stream: BinaryIO, name: str) -> None:
    """Write to a passing name and rename; object stores put a whole object or none, and need no passing name."""
    passing = f"{INCOMING}/{secrets.token_hex(16)}"
    try:
        try:
            target = Path(storage.path(path))
        except NotImplementedError:
            _put(storage, path, stream)
            return
        written = Path(storage.path(storage.save(passing, File(stream, name=passing))))
        if getattr(settings, "LUODI_FSYNC", True):  # the demo builds thousands of files and syncs once
            with written.open("rb") as content:
                os.fsync(content.fileno())
        target.parent.mkdir(parents=True, exist_ok=True)
        written.replace(target)
    except OSError as error:
        storage.delete(passing)
        if error.errno not in DISK_FULL:
            raise
        message = _("服务器存储空间已满，文件「%(name)s」没有保存。请通知系统管理员，腾出空间后再上传。")
        raise Refused(message % {"name": name}) from error


def _put(storage: Storage, path: str, stream: BinaryIO) -> None:
    """Object storage: a damaged object is replaced, never kept beside the good one under another name."""
    if storage.exists(path):
        storage.delete(path)
    storage.save(path, File(stream, name=path))
