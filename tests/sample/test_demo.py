"""`luodi demo`: builds the city once, shows the way in, and leaves other people's databases alone."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command

from luodi.journal.actions import record
from luodi.journal.models import Block
from luodi.journal.rules import SYSTEM
from luodi.kit.clock import now
from luodi.kit.refusal import Refused
from luodi.problems.models import Problem
from luodi.sample.queries import PRESENT


@pytest.fixture
def demo(db, settings, monkeypatch):
    settings.LUODI_DEMO, settings.LUODI_CLOCK = False, ""
    for name in ("LUODI_DEMO", "LUODI_CLOCK"):
        monkeypatch.setenv(name, "")

    def run(**options):
        said = io.StringIO()
        call_command("demo", no_serve=True, share=0.03, stdout=said, **options)
        return said.getvalue()

    return run


def test_the_demo_builds_the_city_once_and_its_clock_runs_on(demo, settings):
    said = demo()
    assert "样本城市已生成" in said
    assert "李文静" in said
    assert settings.LUODI_DEMO
    assert PRESENT <= now() < PRESENT + timedelta(minutes=5)
    assert Block.objects.exists()
    count = Problem.objects.count()
    later = PRESENT + timedelta(days=2)
    record("orgs.session.start", actor=SYSTEM, at=later)
    assert "样本城市已生成" not in demo()
    assert Problem.objects.count() == count
    assert now() > later, "time never runs backwards"


def test_a_database_with_real_data_is_left_alone(demo, world):
    for options in ({}, {"fresh": True}):
        with pytest.raises(Refused, match="LUODI_DATA_DIR"):
            demo(**options)
