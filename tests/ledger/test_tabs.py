"""The tabs above the list: each counts exactly the rows it opens, also under conditions, and says what is in it."""

import re
from datetime import date

import pytest

from luodi.amendments import actions as amendments
from luodi.orgs.models import Role
from tests.world import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(world):
    """Three in the ledger, one merged into another and one voided, both long past their limit."""
    from luodi.journal.rules import SYSTEM
    from luodi.orgs import actions as orgs

    began, since = at("2020-04-28"), date(2020, 1, 1)
    second = orgs.admit(username="tian", name="田野", actor=SYSTEM, at=began)
    orgs.appoint(second, world.units["1311"], Role.OFFICE, starts_on=since, actor=SYSTEM, at=began)
    world.kept = world.do(world.problem(title="土地出让手续滞后"), "assign", at("2020-05-20"))
    world.double = world.do(world.problem(title="土地出让手续滞后（重报）"), "assign", at("2020-05-20"))
    world.wrong = world.do(world.problem(title="误报的一件"), "assign", at("2020-05-20"))
    for problem, ask, facts in [
        (world.double, amendments.ask_merge, {"into": world.kept}),
        (world.wrong, amendments.ask_void, {}),
    ]:
        ask(problem, reason="重复登记", actor=world.li, at=at("2020-06-01"), **facts)
        one = problem.amendments.get()
        amendments.decide(one, approved=True, actor=second, at=at("2020-06-02"))
    world.open = world.problem(title="环评批复超期")
    return world


def codes(page):
    return re.findall(r'm-tl"><a[^>]*>([^<]+)</a>', page)


@pytest.mark.parametrize("query", ["", "&q=土地", "&status=open", "&county=131102", "&found_from=昨天"])
def test_every_tab_counts_the_rows_it_opens(city, as_, query):
    client = as_(city.li)
    page = client.get(f"/problems/?v=all{query}").content.decode()
    tabs = re.search(r'<nav class="views".*?</nav>', page, re.S).group()
    found = re.findall(r'<a href="\?([^"]*)"[^>]*>([^<]*)<span>([^<]*)</span>', tabs)
    assert len(found) == 6
    for href, name, count in found:
        opened = client.get("/problems/?" + href.replace("&amp;", "&")).content.decode()
        assert len(codes(opened)) == int(count), name


def test_all_says_that_merged_and_voided_are_in_it(city, as_):
    page = as_(city.li).get("/problems/?v=all").content.decode()
    assert "符合 4 件，其中已并案、已作废 2 件" in page
    assert 'title="含已并案、已作废"' in page
    assert "其中已并案" not in as_(city.li).get("/problems/?v=open").content.decode()
    assert "其中已并案" not in as_(city.li).get("/problems/?v=all&q=环评").content.decode()


def test_merged_and_voided_show_no_light(city, as_, settings):
    settings.LUODI_CLOCK = "2020-12-01T08:00"
    client = as_(city.li)
    page = client.get("/problems/?v=all").content.decode()
    row = next(part for part in page.split("<tr>") if city.double.code in part)
    assert "逾期" not in row
    for problem in (city.double, city.wrong):
        assert "逾期" not in client.get(f"/problems/{problem.pk}/").content.decode().partition("<main")[2]
        found = client.get("/search/", {"q": problem.code}).content.decode().partition("<main")[2]
        assert problem.code in found
        assert "逾期" not in found
    assert "逾期" in client.get(f"/problems/{city.kept.pk}/").content.decode()
    one = city.double.amendments.get()
    assert "逾期" not in client.get(f"/problems/amendments/{one.pk}/").content.decode().partition("<main")[2]


def test_a_long_list_says_that_there_are_more(city, as_, monkeypatch):
    from luodi.kit.pages import Count
    from luodi.ledger import queries

    client = as_(city.li)
    monkeypatch.setattr(queries, "COUNTED", 1)
    for n in range(51):
        city.problem(title=f"用地预审未办 {n}")
    for query in ["v=all", "v=open", "v=recent&sort=-found", "v=recent"]:
        assert client.get(f"/problems/?{query}").context["total"] == Count(1, True), query
    monkeypatch.setattr(queries, "COUNTED", 1000)
    for query, number in [("v=all", 55), ("v=open", 53), ("v=recent", 53), ("v=open&q=用地预审", 51)]:
        assert str(client.get(f"/problems/?{query}").context["total"]) == str(number), query


@pytest.mark.parametrize("few", [0, 500])
def test_rare_and_common_words_find_the_same(city, as_, monkeypatch, few):
    from luodi.ledger import forms

    monkeypatch.setattr(forms, "FEW", few)
    client = as_(city.li)
    unit = city.open.unit
    everything = set(codes(client.get("/problems/?v=all").content.decode()))
    both = {city.kept.code, city.double.code}
    for words, found in [
        ("土地出让", both), ("土地 滞后", both), ("环评", {city.open.code}), ("查无此事", set()),
        (city.open.code.lower(), {city.open.code}), (unit.name, everything),
    ]:  # fmt: skip
        page = client.get("/problems/", {"v": "all", "q": words}).content.decode()
        assert set(codes(page)) == found, words
    assert codes(as_(city.zhao).get("/problems/", {"v": "all", "q": "环评"}).content.decode()) == []
