"""The small city with its window of approvals open."""

import pytest

from tests.permits.window import open_window


@pytest.fixture
def window(world):
    return open_window(world)
