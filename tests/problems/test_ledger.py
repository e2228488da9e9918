"""The list of problems: who sees what, filters in the address, sorting, paging, chips, the rows of a figure."""

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luodi.indicators.queries import answer
from luodi.indicators.rules import Frame
from luodi.problems import actions
from luodi.problems.models import Problem
from tests.world import at

TODAY = date(2020, 8, 31)


@pytest.fixture
def city(world):
    """Two of Taocheng: one overdue, one closed in August; one of Gucheng, not assigned; one new of it, due soon."""
    world.overdue = world.do(world.problem(title="土地出让手续滞后"), "assign", at("2020-05-20"))
    closed = world.problem(title="环评批复超期", project_name="棉纺升级项目", is_priority=True)
    world.closed = world.brought_to("closed", closed, start="2020-08-10")
    gucheng = world.units["131126-fgj"]
    world.waiting = world.problem(title="电力增容未落实", unit=gucheng, category=world.category("approval.eia"))
    new = world.problem(
        "2020-07-08", title="新发现：容缺未补台账", unit=gucheng, batch="new", found_on=date(2020, 7, 1)
    )
    world.soon = actions.assign(
        new, unit=gucheng, lead_unit=world.units["1311-zrzy"], due_on=date(2020, 9, 3), actor=world.li,
        at=at("2020-07-10"),
    )  # fmt: skip
    return world


@pytest.fixture
def listed(as_):
    """`listed(person, "status=open")`: the numbers on the page, in order, and the page's text."""

    def open_list(person, query="", status=200, **headers):
        found = as_(person).get(f"/problems/?{query}", headers=headers)
        assert found.status_code == status
        page = found.content.decode()
        return codes(page), page

    return open_list


def codes(page):
    """The numbers in the table."""
    return re.findall(r'm-tl"><a[^>]*>([^<]+)</a>', page)


def all_of(*problems):
    return {problem.code for problem in problems}


def test_everybody_sees_what_their_posts_reach(city, listed):
    assert set(listed(city.li, "v=all")[0]) == all_of(city.overdue, city.closed, city.waiting, city.soon)
    assert set(listed(city.wang, "v=all")[0]) == all_of(city.overdue, city.closed)
    assert set(listed(city.gao, "v=all")[0]) == all_of(city.waiting, city.soon)
    assert set(listed(city.zhao, "v=all")[0]) == all_of(city.overdue, city.closed, city.soon)
    assert listed(city.wu, status=403)[0] == []


def test_figures_above_lead_to_their_records(city, listed):
    page = listed(city.li)[1]
    links = re.findall(r'<a href="(/indicators/problems.found/[^"]*)">([^<]+)</a>', page)
    assert [words for _href, words in links] == ["3 件", "1 件"]
    assert "batch=base" in links[0][0]


def test_only_who_may_register_is_offered_to(city, listed):
    assert "/problems/register/" in listed(city.wang)[1]
    assert "/problems/register/" not in listed(city.zhou)[1]


@pytest.mark.parametrize(
    ("view", "found"),
    [
        ("recent", ["overdue", "soon", "waiting", "closed"]),
        ("all", ["overdue", "closed", "soon", "waiting"]),
        ("overdue", ["overdue"]),
        ("open", ["overdue", "soon", "waiting"]),
        ("mine", []),
        ("priority", ["closed"]),
    ],
)
def test_views_hold_what_they_say_and_their_tabs_count_it(city, listed, view, found):
    numbers, page = listed(city.li, f"v={view}")
    assert set(numbers) == {getattr(city, name).code for name in found}
    tab = re.search(rf'<a href="\?v={view}" aria-current="page"[^>]*>[^<]*<span>([^<]*)</span>', page)
    assert tab
    assert int(tab.group(1)) == len(found)


def test_recent_comes_by_due_date_without_one_next_and_the_closed_last(city, listed):
    assert listed(city.li)[0] == [city.overdue.code, city.soon.code, city.waiting.code, city.closed.code]


def test_my_own_are_those_i_handle(city, listed):
    assert listed(city.wang, "v=mine")[0] == [city.closed.code]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=棉纺", ["closed"]),
        ("q=土地 滞后", ["overdue"]),
        ("q=故城", ["waiting", "soon"]),
        ("q=N2020", ["soon"]),
        ("county=131102", ["overdue", "closed"]),
        ("category=approval.eia", ["waiting"]),
        ("category=group:审批", ["overdue", "closed", "waiting", "soon"]),
        ("status=open", ["overdue", "waiting", "soon"]),
        ("status=overdue", ["overdue"]),
        ("status=closed", ["closed"]),
        ("due=7", ["soon"]),
        ("due=overdue", ["overdue"]),
        ("due=none", ["waiting"]),
        ("batch=new", ["soon"]),
        ("source=tip", []),
        ("unit=131126-fgj", ["waiting", "soon"]),
        ("lead_unit=-", ["waiting"]),
        ("lead_unit=1311-zrzy", ["overdue", "closed", "soon"]),
        ("found_from=2020-06-01", ["soon"]),
        ("found_to=2020-05-31&county=131102", ["overdue", "closed"]),
        ("handler=me", []),
        ("priority=yes", ["closed"]),
    ],
)
def test_each_condition_finds_its_rows_and_can_be_dropped(city, listed, query, found):
    numbers, page = listed(city.li, query)
    assert set(numbers) == {getattr(city, name).code for name in found}
    assert f"符合 {len(found)} 件" in page
    chips = re.findall(r'<span class="chip">[^<]*<a href="\?([^"]*)"', page)
    names = [part.partition("=")[0] for part in query.split("&")]
    assert len(chips) == len(names)
    for chip in chips:
        kept = set(parse_qs(chip.replace("&amp;", "&")))
        assert len(set(names) & kept) == len(names) - 1
        assert "v" in kept


def test_nothing_found_offers_to_drop_conditions_one_by_one(city, listed):
    page = listed(city.li, "county=131126&status=closed")[1]
    assert "没有符合条件的问题" in page
    empty = page[page.index('class="empty"') :]
    assert "county=131126" in empty
    assert "status=closed" in empty
    assert "县市区：故城县" in empty


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("county=999999", "县市区", "没有“999999”这个选项"),
        ("found_from=昨天", "发现日期，从", "日期请写成"),
        ("found_from=2020-08-01&found_to=2020-07-01", "发现日期，到", "止日早于起日"),
        ("figure=problems.nothing", "指标", "没有“problems.nothing”这个选项"),
        ("figure=problems.found&place=4401", "地区", "不在您的城市"),
        ("figure=problems.found&as_of=2021-01-01", "截至日期", "还没有到"),
    ],
)
def test_a_wrong_condition_lists_nothing_and_says_which_field(city, listed, query, field, words):
    numbers, page = listed(city.li, query, status=422)
    assert numbers == []
    assert f"{field}：" in page
    assert words in page
    toast = listed(city.li, query, status=422, **{"HX-Request": "true"})[1]
    assert words in toast
    assert "<table" not in toast


def test_a_county_is_not_asked_which_county(city, listed):
    assert 'name="county"' in listed(city.li)[1]
    page = listed(city.wang)[1]
    assert 'name="county"' not in page
    assert "故城" not in page


def test_the_overdue_carry_the_tag_and_the_days(city, listed):
    page = listed(city.li, "v=overdue")[1]
    assert re.search(r'class="st st-bad">.*?逾期', page)
    assert f"逾期 {(TODAY - city.overdue.due_on).days} 天" in page


def test_htmx_gets_the_rows_at_the_same_address(city, listed, as_):
    whole = listed(city.li, "v=all&status=open")[1]
    rows = listed(city.li, "v=all&status=open&q=", **{"HX-Request": "true"})[1]
    assert codes(rows) == codes(whole)
    assert "<html" not in rows
    assert "<h1" not in rows
    assert 'role="status"' in rows
    answered = as_(city.li).get("/problems/?v=all&status=open&q=", headers={"HX-Request": "true"})
    assert answered["HX-Push-Url"] == "/problems/?v=all&status=open"
    again = {"HX-Request": "true", "HX-Current-URL": "http://testserver/problems/?v=all&status=open"}
    assert as_(city.li).get("/problems/?v=all&status=open&sort=due&n=50", headers=again)["HX-Push-Url"] == "false"
    assert 'id="views" hx-swap-oob="true"' in rows
    assert "HX-Request" in answered["Vary"]
    assert "no-store" in answered["Cache-Control"]


def test_in_english(city, as_):
    page = as_(city.li).get("/en/problems/?v=all").content.decode()
    assert '<html lang="en"' in page
    assert codes(page)
    assert "/en/problems/" in page


# -- many -------------------------------------------------------------------------------------------------------


@pytest.fixture
def many(world):
    """120 problems of two counties; days repeat, every seventh has no limit yet."""
    fields = [
        world.fields(
            title=f"第{n}件",
            unit=world.units["131102-fgj" if n % 3 else "131126-fgj"],
            found_on=date(2020, 5, 1) + timedelta(days=n % 9),
        )
        for n in range(120)
    ]
    rows = actions.register_many(world.campaign, fields, actor=world.li, at=at("2020-05-18"))
    for n, row in enumerate(rows):
        if n % 7:
            row.due_on = date(2020, 8, 1) + timedelta(days=n % 11)
    Problem.objects.bulk_update(rows, ["due_on"])
    return world


@pytest.mark.parametrize("view", ["recent", "all"])
@pytest.mark.parametrize("sort", ["due", "-due", "code", "-code", "county", "-county", "found", "-found"])
def test_paging_shows_each_once_in_every_order_there_and_back(many, as_, view, sort):
    client, query, seen, pages = as_(many.li), f"v={view}&sort={sort}", [], []
    while query:
        page = client.get(f"/problems/?{query}").content.decode()
        seen += codes(page)
        pages.append(codes(page))
        following = re.search(r'href="\?([^"]*)" rel="next"', page)
        query = following.group(1).replace("&amp;", "&") if following else ""
    assert [len(one) for one in pages] == [50, 50, 20]
    assert len(set(seen)) == 120
    back = re.search(r'href="\?([^"]*)" rel="prev"', page).group(1).replace("&amp;", "&")
    assert codes(client.get(f"/problems/?{back}").content.decode()) == pages[1]


def test_orders_are_what_they_say(many):
    from luodi.kit.pages import page
    from luodi.ledger.queries import SORTS

    rows = page(Problem.objects.all(), SORTS["-due"][1], size=120).rows
    days = [row.due_on for row in rows]
    dated = [day for day in days if day]
    assert dated == sorted(dated, reverse=True)
    assert days[len(dated) :] == [None] * (120 - len(dated))


def test_a_hundred_on_a_page_and_unknown_values_are_as_if_not_given(many, listed):
    assert len(listed(many.li, "n=100")[0]) == 100
    assert len(listed(many.li, "n=7&sort=colour&v=nowhere&cursor=rubbish")[0]) == 50


def test_the_sorted_column_says_so_and_turns_round(many, listed):
    page = listed(many.li, "v=all&sort=code")[1]
    assert page.count("aria-sort=") == 1
    assert 'aria-sort="ascending"><a href="?v=all&amp;sort=-code">' in page


@pytest.mark.parametrize(
    ("query", "budget"),
    [
        ("", 16),
        # Rows that hold the words are looked for once and then known by their ids, by the list and each of its counts.
        ("v=all&county=131102&status=open&q=第1", 17),
        ("figure=problems.closure_rate", 16),
    ],
)
def test_the_page_keeps_to_its_budget_of_queries(many, as_, query, budget):
    client = as_(many.li)
    client.get("/problems/")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/problems/?{query}")
    assert len(asked) <= budget, "\n".join(one["sql"][:120] for one in asked)


def test_the_way_through_the_list_meets_each_once(many, as_):
    client, words = as_(many.li), "v=all&sort=county&status=open"
    here = codes(client.get(f"/problems/?{words}&n=100").content.decode())
    first, second, third = (Problem.objects.get(code=code) for code in here[:3])
    onward = client.get(f"/problems/{second.pk}/next/", {"from": words})
    assert urlsplit(onward.url).path == f"/problems/{third.pk}/"
    assert parse_qs(urlsplit(onward.url).query) == {"from": [words]}
    assert (
        urlsplit(client.get(f"/problems/{second.pk}/previous/", {"from": words}).url).path == f"/problems/{first.pk}/"
    )
    at_the_end = client.get(f"/problems/{first.pk}/previous/", {"from": words}, follow=True)
    assert "已经是列表中的第一件" in at_the_end.content.decode()


def test_who_has_left_the_list_still_has_neighbours(city, as_):
    """Closed meanwhile, it is no longer «open»; the next one is where it was."""
    for way, found in (("previous", city.soon), ("next", city.waiting)):
        beside = as_(city.li).get(f"/problems/{city.closed.pk}/{way}/", {"from": "v=open"})
        assert urlsplit(beside.url).path == f"/problems/{found.pk}/"
    assert as_(city.gao).get(f"/problems/{city.closed.pk}/next/", {"from": "v=open"}).status_code == 404


# -- the rows of a figure ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", ["problems.found", "problems.closed", "problems.open", "problems.overdue", "problems.due_soon"]
)
@pytest.mark.parametrize("place", ["1311", "131102"])
def test_a_figure_opened_in_the_ledger_is_its_rows(city, listed, code, place):
    frame = Frame(city.campaign.pk, place, TODAY)
    numbers, page = listed(city.li, f"figure={code}&{frame.to_query()}")
    assert len(numbers) == answer(code, frame).value
    assert "截至8月31日" in page


def test_a_figure_keeps_its_own_filters_day_and_parts(city, listed):
    frame = Frame(city.campaign.pk, "1311", date(2020, 6, 30), filters={"group": "审批", "batch": "base"})
    numbers, _page = listed(city.li, f"figure=problems.found&{frame.to_query()}")
    assert set(numbers) == all_of(city.overdue, city.closed, city.waiting)
    frame = Frame(city.campaign.pk, "1311", TODAY)
    assert set(listed(city.li, f"figure=problems.closure_rate&{frame.to_query()}")[0]) == all_of(city.closed)
    assert len(listed(city.li, f"figure=problems.closure_rate&part=denominator&{frame.to_query()}")[0]) == 4
    assert set(listed(city.li, f"figure=problems.match_lines&{frame.to_query()}")[0]) == all_of(city.closed)
    assert listed(city.gao, f"figure=problems.closed&{frame.to_query()}")[0] == []


def test_what_cannot_be_known_is_said(city, listed, settings):
    page = listed(city.li, f"figure=problems.found&campaign={city.campaign.pk + 1}", status=422)[1]
    assert "属于别的活动" in page
