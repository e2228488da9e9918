"""A clerk who asks for work, her colleague, and a moment of the records."""

from datetime import UTC, datetime

import pytest

from luodi.jobs.actions import STOPPING, enqueue
from luodi.orgs.models import Person
from tests.jobs.work import count_up

AT = datetime(2020, 8, 13, 1, 30, tzinfo=UTC)


@pytest.fixture
def clerk(db):
    return Person.objects.create(username="wang", name="王经办")


@pytest.fixture
def colleague(db):
    return Person.objects.create(username="qian", name="钱经办")


@pytest.fixture(autouse=True)
def _not_stopping():
    STOPPING.asked = False
    yield
    STOPPING.asked = False


@pytest.fixture
def ask(clerk, tmp_path):
    """Ask for the counting; `ask.done()` is what it wrote."""

    def ask(**params):
        params = {"notes": str(tmp_path / "notes"), **params}
        return enqueue(count_up, kind="tests.count", title="导入台账", params=params, actor=clerk, at=AT)

    ask.done = lambda: [int(n) for n in (tmp_path / "notes").read_text().split()]
    return ask
