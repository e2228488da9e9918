"""A clerk, a storage of her own, and a moment."""

from datetime import UTC, datetime

import pytest
from django.core.files.storage import storages

from luodi.orgs.models import Person

AT = datetime(2020, 8, 13, 1, 30, tzinfo=UTC)


@pytest.fixture
def clerk(db):
    return Person.objects.create(username="wang", name="王经办")


@pytest.fixture
def folder(tmp_path, settings):
    """The evidence storage in a folder of this test."""
    settings.STORAGES = settings.STORAGES | {
        "evidence": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    assert storages["evidence"].location == str(tmp_path / "files")
    return tmp_path / "files"
