"""Fixtures every test may use; warnings are errors, the network is closed, Chinese is spoken."""

import importlib
import os
import shutil
import socket
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.db import connections
from django.test import Client, TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("luodi", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("luodi")

LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0", "", None}
NEEDS = {
    "browser": (("chromium", "chromium-browser", "google-chrome"), "apt-get install chromium fonts-noto-cjk"),
    "render": (("soffice", "libreoffice"), "apt-get install libreoffice-writer-nogui fonts-noto-cjk"),
}


def pytest_configure(config):
    """Warnings are errors; those of other people's code are not ours to mend."""
    config.addinivalue_line("filterwarnings", "error")
    config.addinivalue_line("filterwarnings", "ignore::ResourceWarning")
    config.addinivalue_line("filterwarnings", "ignore::pytest.PytestUnraisableExceptionWarning")
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning:(docx|xlwt|pdfplumber|pdfminer|openpyxl).*")
    config.addinivalue_line("filterwarnings", "ignore:No directory at:UserWarning")
    close_network()
    TransactionTestCase._fixture_teardown = with_journal_open(TransactionTestCase._fixture_teardown)


def pytest_collection_modifyitems(items):
    """Tests that need a program skip without it, and say how to get it."""
    for item in items:
        for mark, (programs, command) in NEEDS.items():
            if item.get_closest_marker(mark) and not any(map(shutil.which, programs)):
                item.add_marker(pytest.mark.skip(reason=f"no {programs[0]}; get it by: {command}"))


def pytest_sessionfinish(session, exitstatus):
    """With LUODI_NOTHING_SKIPPED=1 (.ci/run) a skipped test is a failed run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("LUODI_NOTHING_SKIPPED") == "1" and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def close_network():
    """A test that reaches beyond this machine fails and says where it wanted to go."""
    really_connect, really_resolve = socket.socket.connect, socket.getaddrinfo

    def connect(self, address):
        if self.family != socket.AF_UNIX and address[0] not in LOOPBACK:
            raise RuntimeError(f"A test wants to reach {address}: tests work without a network.")
        return really_connect(self, address)

    def resolve(host, *arguments, **options):
        if (host.decode() if isinstance(host, bytes) else host) not in LOOPBACK:
            raise RuntimeError(f"A test wants to resolve {host}: tests work without a network.")
        return really_resolve(host, *arguments, **options)

    socket.socket.connect = connect
    socket.getaddrinfo = resolve


def with_journal_open(teardown):
    """Transactional tests empty all tables afterwards; the journal's triggers rightly refuse: lift them for that.

    The tallies' triggers would write of every row that goes: take them down, and put them up on the empty tables.
    """

    def opened(self):
        guard = importlib.import_module("luodi.journal.migrations.0002_append_only")
        schema_editor = SimpleNamespace(connection=connections["default"])
        tallies, at = importlib.import_module("luodi.tallies.actions"), datetime(2020, 4, 28, 8, tzinfo=UTC)
        guard.allow(None, schema_editor)
        tallies.suspend(at=at)
        try:
            teardown(self)
        finally:
            guard.refuse(None, schema_editor)
            tallies.resume(at=at)

    return opened


@pytest.fixture(autouse=True)
def chinese():
    """The reader's language, also after a test that read a page in English."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def world(db):
    """A small city with named people in it."""
    from tests.world import build  # models need Django set up first

    return build()


@pytest.fixture
def as_(db):
    """`as_(world.wang)`: a browser in which this person has just signed in."""
    from luodi.kit.clock import now  # settings and models need Django set up first
    from luodi.orgs.actions import note_sign_in

    def sign_in(person) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        note_sign_in(person, session_key=client.session.session_key, address=None, agent="", at=now())
        return client

    return sign_in
