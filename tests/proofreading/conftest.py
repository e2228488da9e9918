"""The small city on 31 August 2020, with a report that tells of its ledger."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from luodi.gongwen.docx import build
from luodi.gongwen.model import Document, Heading, Paragraph
from luodi.proofreading.models import Proof
from tests.problems.conftest import late_august  # noqa: F401


def docx(*lines: str, signed_on: date | None = date(2020, 8, 20)) -> bytes:
    """A report of these paragraphs by our own builder."""
    blocks = [Heading(1, "工作进展"), *map(Paragraph, lines)]
    return build(Document(title="关于整改工作进展情况的报告", blocks=blocks, organ="衡水市专班办", signed_on=signed_on))


@pytest.fixture
def hand_in(as_):
    """Hand in text or a file as somebody: (client, answer)."""

    def hand_in(person, text="", content=None, name="报告.docx", **more):
        client, facts = as_(person), {"text": text, **more}
        if content is not None:
            facts["upload"] = SimpleUploadedFile(name, content)
        return client, client.post(reverse("proofreading:proofs"), facts)

    return hand_in


@pytest.fixture
def proof_of(hand_in):
    """Hand in something good: (client, proof)."""

    def proof_of(person, *args, **more):
        client, answer = hand_in(person, *args, **more)
        assert answer.status_code == 302, answer.content.decode()
        return client, Proof.objects.latest("pk")

    return proof_of
