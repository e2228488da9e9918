"""What each person finds at home: the work that waits for them, and only the menu they can use."""

import pytest
from django.test import Client
from django.urls import reverse

from luodi.problems import queries
from tests.world import World, at

pytestmark = pytest.mark.django_db
MOMENT = at("2020-06-20")
# status → who finds the problem in «my work», and with which act.
WAITS_FOR = {
    "registered": {"li": "assign"},
    "assigned": {"wang": "claim", "qian": "claim"},
    "claimed": {"wang": "file_plan"},
    "planned": {"zhao": "accept_plan", "li": "accept_plan"},
    "rectifying": {"wang": "report"},
    "reported": {"sun": "self_check", "li": "self_check"},
    "self_checked": {"liu": "verify"},
    "verified": {"li": "close"},
    "closed": {},
}


@pytest.mark.parametrize("status", WAITS_FOR)
def test_who_has_something_to_do(world: World, status: str) -> None:
    world.brought_to(status)
    found = {}
    for name, person in world.people.items():
        tasks = [task for _group, tasks in queries.agenda(person, MOMENT).groups for task in tasks]
        if tasks:
            found[name] = tasks[0].act
    assert found == WAITS_FOR[status]


def test_a_leader_is_asked_to_sign_only_when_the_proof_is_there(world: World) -> None:
    problem = world.brought_to("rectifying")
    assert int(queries.agenda(world.chen, MOMENT).total) == 0
    world.prove(problem, at("2020-06-01"))
    assert [t.act for _group, tasks in queries.agenda(world.chen, MOMENT).groups for t in tasks] == ["sign"]


def home(client: Client, world: World, name: str, path: str = "/") -> str:
    client.post(reverse("orgs:sign_in_as", args=[name]))
    response = client.get(path, follow=True)  # a leader is led on to the overview
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.fixture
def demo(settings) -> None:
    """One-click sign-in."""
    settings.LUODI_DEMO = True


def test_wang_reads_the_verb_first(client: Client, world: World, demo: None) -> None:
    problem = world.brought_to("assigned")
    page = home(client, world, "wang")
    assert f"<b>认领</b> {problem.code}" in page
    assert "演示数据" in page


def test_gao_of_another_county_finds_nothing(client: Client, world: World, demo: None) -> None:
    problem = world.brought_to("assigned")
    page = home(client, world, "gao")
    assert problem.code not in page
    assert "现在没有等您办理的事" in page


@pytest.mark.parametrize(
    ("name", "there", "absent"),
    [
        ("li", ["问题台账", "综合报告", "数据导入", "指标口径", "组织账号"], ["审计日志"]),
        ("zhou", ["问题台账", "综合报告", "指标口径"], ["数据导入", "组织账号", "审计日志"]),
        ("wu", ["组织账号"], ["问题台账", "综合报告", "指标口径", "审计日志"]),
        ("feng", ["审计日志"], ["问题台账", "组织账号", "指标口径"]),
    ],
)
def test_the_menu_holds_what_a_role_can_use(
    client: Client, world: World, demo: None, name: str, there: list[str], absent: list[str]
) -> None:
    page = home(client, world, name)
    nav = page[page.index('<nav class="side"') : page.index("</nav>", page.index('<nav class="side"'))]
    assert [words for words in there if words not in nav] == []
    assert [words for words in absent if words in nav] == []


def test_only_the_auditor_reads_the_journal(client: Client, world: World, demo: None) -> None:
    world.brought_to("claimed")
    assert 'title="problems.claim">认领<' in home(client, world, "feng", "/journal/?verify=1")
    assert "日志完好" in home(client, world, "feng", "/journal/?verify=1")
    for name in ("li", "wu", "zheng"):
        client.post(reverse("orgs:sign_in_as", args=[name]))
        assert client.get("/journal/").status_code == 403


def test_signed_out_is_sent_to_the_sign_in_page(client: Client, world: World) -> None:
    response = client.get("/problems/")
    assert response.status_code == 302
    assert response.url.startswith("/sign-in/")
    assert client.get("/healthy/").content == b"ok"


def test_home_costs_few_queries(client: Client, world: World, demo: None, django_assert_max_num_queries) -> None:
    for _n in range(5):
        world.brought_to("assigned")
    client.post(reverse("orgs:sign_in_as", args=["wang"]))
    with django_assert_max_num_queries(16):
        client.get("/")
