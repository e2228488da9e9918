"""Every page by axe, in light and dark, on a desk and on phones; nothing wider than the window; light enough.

LUODI_SHOTS=<folder> also keeps a picture of each page in each look.
"""

import gzip
import os
from pathlib import Path

import pytest

from tests.browser.conftest import AXE, RULES, listen, session_cookie

pytestmark = pytest.mark.browser
# look: (width, height, colour scheme, what axe is asked). Only colours differ in the dark, only widths on phones.
ALL = [*RULES, "best-practice"]
LOOKS = {
    "light": (1440, 900, "light", {"runOnly": ALL, "resultTypes": ["violations"]}),
    "dark": (1440, 900, "dark", {"runOnly": ["color-contrast", "link-in-text-block"]}),
    "390": (390, 844, "light", {"runOnly": RULES, "resultTypes": ["violations"]}),
    "320": (320, 640, "light", {"runOnly": ["target-size", "scrollable-region-focusable"]}),
}
KILOBYTES, LEDGER_KILOBYTES, NODES = 12, 20, 2000  # ui.md 11
SHOTS = os.environ.get("LUODI_SHOTS", "")
MEASURE = """async ask => {
  const found = await axe.run(ask);
  const root = document.documentElement;
  return {
    faults: found.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 110)}`)),
    wider: root.scrollWidth - root.clientWidth,
    headings: document.querySelectorAll("h1").length,
    nodes: document.querySelectorAll("*").length,
    ids: [...document.querySelectorAll("[id]")].map(one => one.id).filter((id, n, all) => all.indexOf(id) < n),
  };
}"""


@pytest.fixture
def desk(chromium, live_server, city, settings):
    """Each person's page: `desk("wang")`; nobody's: `desk("")`."""
    settings.LUODI_CLOCK = "2020-08-31T08:00"
    open_pages, complaints = {}, []

    def of(name):
        if name not in open_pages:
            context = chromium.new_context(base_url=live_server.url, locale="zh-CN", reduced_motion="reduce")
            context.set_default_timeout(15_000)
            context.add_init_script(AXE.read_text())
            if name:
                context.add_cookies([session_cookie(city.people[name], live_server.url)])
            open_pages[name] = context.new_page()
            listen(open_pages[name], complaints)
        return open_pages[name]

    yield of
    for page in open_pages.values():
        page.context.close()
    assert complaints == []


def arrive(page, place):
    """Open a page and press what is to be pressed; the answer's status."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")
    answer = page.goto(place.path)
    if not place.press:
        return answer
    if place.stale:
        page.locator("main [name=seen]").evaluate("one => { one.value = 1 }")
        for field in page.locator("main textarea").all():
            field.fill("先租后让")
    with page.expect_navigation() as waiting:
        page.locator("main").get_by_role("button", name=place.press, exact=True).click()
    return waiting.value


def looked_at(page, place):
    """What is wrong with the page, in each look."""
    for look, (width, height, scheme, ask) in LOOKS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{place.name}-{look}.png", full_page=True)
        seen = page.evaluate(MEASURE, ask)
        yield from (f"{look}: {fault}" for fault in seen["faults"])
        if seen["wider"] > 0:
            yield f"{look}: {seen['wider']} px wider than the window"
        if look == "light":
            yield from (f"id twice: {one}" for one in seen["ids"])
            if seen["headings"] != 1:
                yield f"{seen['headings']} h1"
            if seen["nodes"] > NODES:
                yield f"{seen['nodes']} nodes"


def too_heavy(answer, place):
    """Whether the page as it is sent, compressed, is more than its budget."""
    weight = len(gzip.compress(answer.body(), 6)) / 1024
    most = LEDGER_KILOBYTES if place.name.startswith("ledger") else KILOBYTES
    return [f"{weight:.1f} KB, at most {most}"] if weight > most else []


def test_every_page(desk, city, settings):
    from tests.browser.pages import furnish, places  # models need Django set up first

    found = []
    for place in places(furnish(city)):
        settings.LUODI_DEMO = place.demo
        page = desk(place.who)
        answer = arrive(page, place)
        expected = {place.status} if not place.press else {409, 422}
        faults = [f"answers {answer.status}"] if answer.status not in expected else []
        faults += [*looked_at(page, place), *too_heavy(answer, place)]
        found += [f"{place.name} {place.path}: {fault}" for fault in faults]
    assert not found, "\n".join(found)
