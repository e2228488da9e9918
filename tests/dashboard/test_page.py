"""The leader's page: whose place, as of which day, consistent figures, nothing faked, the wall, few questions."""

from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
from django.contrib.sessions.models import Session

from luodi.dashboard import queries
from luodi.indicators.queries import answer
from luodi.problems import actions
from tests.finance.conftest import money  # noqa: F401
from tests.land.records import stock
from tests.world import World, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(city) -> World:
    """Two closed, one of them reopened, one overdue since July, one of Gucheng, one of a city department."""
    city.brought_to("closed")
    again = city.brought_to("closed", city.problem(title="红线内管网未迁改"))
    actions.reopen(again, cause="relapse", reason="现场没有交地", due_on=date(2020, 12, 31), actor=city.liu,
                   at=at("2020-08-20"))  # fmt: skip
    city.brought_to("rectifying", city.problem(title="环评批复超承诺时限", is_priority=True))
    city.problem(unit=city.units["131126-fgj"], title="土地组卷没有报送")
    city.problem(unit=city.units["1311-zrzy"], title="市级指标没有下达")
    return city


def test_a_leader_lands_on_the_overview(busy, as_):
    client = as_(busy.zhou)
    assert client.get("/").url == "/dashboard/"
    page = client.get("/dashboard/").content.decode()
    assert page.index("总览") < page.index("我的待办")
    assert client.get("/?todo").status_code == 200


def test_the_figures_are_those_of_the_indicators(busy, as_):
    answered = as_(busy.zhou).get("/dashboard/")
    board = answered.context["board"]
    for code in ("found", "rectified", "matched", "closed", "open", "overdue", "match_rate", "closure_rate"):
        assert board.figure(f"problems.{code}").value == answer(f"problems.{code}", board.frame).value, code
        if f"problems.{code}" in board.before:
            earlier = board.frame.at(board.since)
            assert board.then(f"problems.{code}").value == answer(f"problems.{code}", earlier).value, code


def test_every_figure_leads_to_its_rows(busy, as_):
    client = as_(busy.zhou)
    context = client.get("/dashboard/").context
    links = [url for _piece, url in context["sentence"] if url] + [k["href"] for k in context["kpis"]]
    for section in (section for row in context["rows"] for section in row["sections"]):
        links += [url for _one, url in section.get("concerns", ())]
        links += [one["url"] for one in section.get("tiles", ())]
        if "most" in section:
            links += [url for _row, urls in section["rows"] for url in urls.values()]
    assert len(links) > 20
    page = unescape(client.get("/dashboard/").content.decode())
    for url in links:
        assert f'href="{url}"' in page
        assert client.get(url).status_code == 200, url


def test_a_past_day_is_told_as_it_was(busy, as_):
    """On 25 May nothing was closed; 30 May it was."""
    client = as_(busy.zhou)
    early = client.get("/dashboard/?as_of=2020-05-25&since=2020-05-20").context["board"]
    late = client.get("/dashboard/?as_of=2020-08-10&since=2020-05-20").context["board"]
    assert early.figure("problems.closed").value == 0
    assert late.figure("problems.closed").value == 2
    assert late.then("problems.closed").value == 0


def test_the_trend_is_the_indicator_of_each_day(busy, as_):
    """Ends of fortnights and the day asked about, oldest first."""
    for query in ("", "?as_of=2020-08-20", "?as_of=2020-06-03"):
        board = as_(busy.zhou).get(f"/dashboard/{query}").context["board"]
        found = queries.trend(board)
        assert len(found) > 1
        assert [one.value for one in found] == [answer("problems.open", one.frame).value for one in found], query


def test_the_longest_overdue_are_those_of_the_day(busy, as_):
    today = as_(busy.zhou).get("/dashboard/").context["board"]
    then = as_(busy.zhou).get("/dashboard/?as_of=2020-08-30").context["board"]
    asked = [queries.longest_overdue(board, busy.zhou, date(2020, 8, 31), 8) for board in (today, then)]
    titles = [[(row.title, row.limit_on) for row in rows] for rows in asked]
    assert titles[0] == titles[1] == [("环评批复超承诺时限", date(2020, 7, 19))]


def test_the_switch_of_days_keeps_place_and_measure(busy, as_):
    context = as_(busy.zhou).get("/dashboard/?tile=overdue").context
    yesterday = next(url for words, url, _here in context["days"] if words == "昨天")
    assert "as_of=2020-08-30" in yesterday
    assert "tile=overdue" in yesterday
    assert "place=1311" in yesterday


def test_a_countys_leader_sees_the_county_among_the_others(busy, as_):
    answered = as_(busy.jia).get("/dashboard/")
    board = answered.context["board"]
    assert board.frame.place == "131126"
    assert board.figure("problems.found").value == 1
    page = answered.content.decode()
    assert "整改成效排名" in page
    assert 'class="own" aria-current="true"' in page
    assert "红线内管网未迁改" not in page  # another county's rows


def test_what_needs_the_leader_is_told_with_places_and_links(busy, as_):
    page = as_(busy.zhou).get("/dashboard/").content.decode()
    for words in ("1 件已逾期", "1 件重点难点未销号", "1 件次销号后重新打开", "环评批复超承诺时限", "逾期 "):
        assert words in page, words
    assert "王建国" not in page  # units are named, persons are not


def test_sections_without_records_are_not_there(city, as_):
    page = as_(city.zhou).get("/dashboard/").content.decode()
    assert "台账里还没有问题" in page
    assert "没有逾期、临期、落后和反弹的问题" in page
    assert "逾期最久" not in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("as_of=昨天", "日期请写成"),
        ("as_of=2020-09-30", "还没有到"),
        ("since=2020-08-31", "应早于"),
        ("place=1301", "没有地区"),
    ],
)
def test_what_cannot_be_asked_is_said(busy, as_, query, words):
    client = as_(busy.zhou)
    for path in ("/dashboard/", "/dashboard/wall/"):
        answered = client.get(f"{path}?{query}")
        assert answered.status_code == 422
        assert words in answered.content.decode()


def test_administrators_do_not_see_it(busy, as_):
    assert as_(busy.wu).get("/dashboard/").status_code == 403
    assert as_(busy.wu).get("/dashboard/wall/").status_code == 403


def test_the_wall_refreshes_itself_but_does_not_keep_the_session_alive(busy, as_, settings):
    client = as_(busy.zhou)
    page = client.get("/dashboard/wall/").content.decode()
    assert 'hx-trigger="every 60s"' in page
    assert "08:00" in page
    session = Session.objects.get(pk=client.session.session_key)
    session.expire_date -= timedelta(minutes=20)
    session.save()
    settings.LUODI_CLOCK = "2020-08-31T08:20"
    client.get("/dashboard/wall/?again=1")
    assert Session.objects.get(pk=session.pk).expire_date == session.expire_date
    settings.LUODI_CLOCK = "2020-08-31T08:21"
    client.get("/dashboard/")  # somebody really looks
    settings.LUODI_CLOCK = "2020-08-31T08:40"
    client.get("/dashboard/")
    assert Session.objects.get(pk=session.pk).expire_date > session.expire_date


def test_the_page_asks_a_bounded_number_of_questions(busy, as_, django_assert_max_num_queries):
    client = as_(busy.zhou)
    client.get("/dashboard/")
    with django_assert_max_num_queries(60):
        client.get("/dashboard/")
    with django_assert_max_num_queries(60):
        client.get("/dashboard/wall/")


def test_parts_of_other_modules_are_there_when_they_have_something_to_tell(busy, as_, monkeypatch):
    """Two key projects, one of them started: the page tells of them; before there were none it did not."""
    client = as_(busy.zhou)
    empty = client.get("/dashboard/")
    assert 'id="projects"' not in empty.content.decode()
    assert [kpi["href"].split("/")[2] for kpi in empty.context["kpis"]][-1] == "problems.overdue"
    told = {"projects.started": 1, "projects.planned_starts": 2, "projects.late_starts": 1}
    really = queries.indicators.answers

    def answered(codes, frame):
        found = really(codes, frame)
        codes = [one.indicator.code for one in found]
        return [replace(one, value=told.get(code, one.value)) for code, one in zip(codes, found, strict=True)]

    monkeypatch.setattr(queries.indicators, "answers", answered)
    full = client.get("/dashboard/")
    page = full.content.decode()
    assert 'id="projects"' in page
    assert "已开工的计划开工项目" in page
    assert [kpi["href"].split("/")[2] for kpi in full.context["kpis"]][-1] == "projects.started"


def test_land_and_loans_stand_on_the_page_as_far_as_there_are_records(city, money, as_):  # noqa: F811
    """60 ha in stock, a batch of 8 ha, the month's published total: three lines, each leading to its rows."""
    client = as_(city.zhou)
    assert 'id="support"' not in client.get("/dashboard/").content.decode()
    stock(city)
    city.stocked("60", "0")
    city.batch("8", "5")
    money.total()
    answered = client.get("/dashboard/")
    page = unescape(answered.content.decode())
    section = next(s for row in answered.context["rows"] for s in row["sections"] if s.get("key") == "support")
    told = {one.part.indicator.code: (one.part.text, one.aside) for one, _url in section["lines"]}
    assert told == {
        "land.batches": ("1 个", "8.00 公顷"),
        "land.pool_area": ("60.00 公顷", "0.00"),
        "finance.balance": ("162.77 亿元", "+17.95"),
    }
    for _one, urls in section["lines"]:
        for url in urls.values():
            assert f'href="{url}"' in page
            assert client.get(url).status_code == 200, url


def test_a_whole_that_is_nothing_is_no_line(city, money, as_):  # noqa: F811
    """A need of 1.2 without credit is a line of 0 / 1.2 亿元; before it was published there was none."""
    client = as_(city.zhou)
    money.need()
    assert "实现授信" not in client.get("/dashboard/").content.decode()
    money.out()
    section = client.get("/dashboard/").context["rows"][-1]["sections"][0]
    line, _urls = section["lines"][0]
    assert (line.part.digits, line.of.text, line.rate.text) == ("0", "1.20 亿元", "0.0%")
