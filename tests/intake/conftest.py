"""People of the small city at the import page, on 31 August 2020."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from luodi.intake.models import ImportBatch
from luodi.jobs.actions import STOPPING


@pytest.fixture(autouse=True)
def late_august(settings, tmp_path):
    settings.LUODI_CLOCK = "2020-08-31T08:00"
    STOPPING.asked = False
    yield
    STOPPING.asked = False


@pytest.fixture
def send(as_):
    """Upload a file as somebody: (client, answer)."""

    def send(person, content, name="桃城区台账.xlsx", **more):
        client = as_(person)
        return client, client.post(reverse("intake:upload"), {"upload": SimpleUploadedFile(name, content), **more})

    return send


@pytest.fixture
def uploaded(send):
    """Upload a good file: (client, batch)."""

    def uploaded(person, content, name="桃城区台账.xlsx", **more):
        client, answer = send(person, content, name, **more)
        assert answer.status_code == 303, answer.content.decode()
        return client, ImportBatch.objects.order_by("-pk")[0]

    return uploaded
