"""The list of problems in Chromium: the filter changes rows, tabs and address without a new page; axe finds nothing."""

import pytest

pytestmark = pytest.mark.browser


def test_the_filter_changes_rows_tabs_and_address(city, visit):
    city.problem(title="土地出让手续滞后")
    city.problem(title="电力增容未落实", unit=city.units["131126-fgj"])
    page = visit(city.li, "/problems/?v=all")
    assert page.locator("#rows tbody tr").count() == 2
    page.select_option("[name=county]", "131126")
    page.wait_for_url("**/problems/?v=all&county=131126")
    rows = page.locator("#rows tbody tr")
    rows.nth(1).wait_for(state="detached")
    assert "电力增容未落实" in rows.first.inner_text()
    assert "county=131126" in page.locator("#views a").first.get_attribute("href")
    page.go_back()
    page.wait_for_url("**/problems/?v=all")
    rows.nth(1).wait_for()


@pytest.mark.parametrize("width", [1440, 320])
@pytest.mark.parametrize("query", ["v=all", "q=nothing"])
def test_nothing_is_in_the_way_of_anybody(city, visit, faults, width, query):
    city.problem()
    page = visit(city.li, f"/problems/?{query}", width=width)
    page.locator(".more:not(.picks) > summary").click()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
