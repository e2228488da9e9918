"""Debian's Chromium against the live server. What the browser complains of (script, style policy) fails the test."""

import os
import shutil
from pathlib import Path

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = Path(__file__).resolve().parent.parent.parent / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Playwright's loop runs in this thread; the tests themselves are synchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def chromium():
    """One browser for the run; each test gets a fresh context of it."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def city(transactional_db, world):
    """The world, visible to the server's thread."""
    return world


@pytest.fixture
def visit(chromium, live_server, city):
    """Open pages as a person: `page = visit(city.wang, "/problems/", width=390)`."""
    contexts, complaints = [], []

    def as_person(person, path="/", *, width=1440, height=900, language="zh-CN", **options):
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": width, "height": height}, locale=language, **options
        )
        contexts.append(context)
        if person is not None:
            context.add_cookies([session_cookie(person, live_server.url)])
        page = context.new_page()
        listen(page, complaints)
        answer = page.goto(path)
        assert answer.status < 400, f"{path} answers {answer.status}"
        return page

    yield as_person
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def enter(chromium, live_server, city, settings):
    """Sit down at another desk and sign in by one click on a person's card: `page = enter("王建国")`."""
    settings.LUODI_DEMO = True
    settings.LUODI_CLOCK = "2020-08-31T08:00"
    contexts, complaints = {}, []

    def as_persona(name, **options):
        if name not in contexts:
            size = {"viewport": {"width": 1440, "height": 900}}
            context = chromium.new_context(base_url=live_server.url, locale="zh-CN", **size | options)
            context.set_default_timeout(15_000)
            contexts[name] = page = context.new_page()
            listen(page, complaints)
            page.goto("/sign-in/")
            page.locator(".persona", has_text=name).click()
            page.wait_for_url(lambda url: "/sign-in/" not in url)  # home, or a leader's overview
        return contexts[name]

    yield as_persona
    for page in contexts.values():
        page.context.close()
    assert complaints == []


def listen(page, complaints):
    """Note what a script or the style policy complains of."""
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)


def session_cookie(person, url):
    """The cookie of a session begun as `orgs` begins it."""
    from django.conf import settings

    from luodi.kit.clock import now
    from luodi.orgs.actions import note_sign_in

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    note_sign_in(person, session_key=session.session_key, address=None, agent="Chromium", at=now())
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": url}


@pytest.fixture
def faults():
    """What axe finds on a page: `assert faults(page) == []`."""

    def look(page):
        if not AXE.exists():
            pytest.skip("axe-core is not installed; get it by: make assets")
        page.evaluate(AXE.read_text())
        found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
        return [f"{v['id']}: {v['help']}: {node['html'][:120]}" for v in found["violations"] for node in v["nodes"]]

    return look
