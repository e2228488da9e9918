"""Every kind of page as a person sees it: nothing the browser or axe complains of, nothing wider than the window."""

import pytest

pytestmark = pytest.mark.browser
PAGES = ["/", "/problems/", "/indicators/", "/documents/", "/packs/", "/sessions/"]


def overflow(page):
    """Pixels by which the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_the_sign_in_page(visit, faults):
    page = visit(None, "/sign-in/", width=390)
    assert page.locator("h1").count() == 1
    assert faults(page) == []
    assert overflow(page) <= 0


def test_signing_in_by_hand(visit, city):
    from luodi.orgs.actions import set_password
    from tests.world import PASSWORD, at

    set_password(city.wang, PASSWORD, actor=city.wang, at=at("2020-08-31"))
    page = visit(None, "/sessions/")
    page.locator("input[name=username]").fill("wang")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form[action$='/sign-in/'] button").click()
    page.wait_for_url("**/sessions/")
    assert "王建国" in page.content()


@pytest.mark.parametrize("path", PAGES)
def test_the_offices_pages(visit, city, faults, path):
    city.brought_to("reported")
    page = visit(city.li, path)
    assert page.locator("h1").count() == 1
    assert faults(page) == []
    assert overflow(page) <= 0


@pytest.mark.parametrize("path", ["/", "/problems/"])
def test_the_clerks_pages_on_a_phone_in_the_dark_and_in_english(visit, city, faults, path):
    city.brought_to("claimed")
    page = visit(city.wang, f"/en{path}", width=390, height=844, color_scheme="dark")
    assert page.locator("html").get_attribute("lang") == "en"
    assert faults(page) == []
    assert overflow(page) <= 0
