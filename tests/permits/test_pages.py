"""Pages of permits: who may open them, what they show, acts by clicking, and how many queries a page costs."""

from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from luodi.kit.clock import now
from luodi.orgs.actions import note_sign_in
from luodi.permits import actions, queries
from luodi.permits.models import Case, Certificate
from tests.world import at

pytestmark = pytest.mark.django_db
XES = Path(__file__).parent.parent / "eventlogs" / "lifecycle_by_pm4py.xes"


@pytest.fixture(autouse=True)
def end_of_may(settings):
    settings.LUODI_CLOCK = "2020-05-29T08:00"


@pytest.fixture
def signed_in(window):
    def signed_in(person):
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        note_sign_in(person, session_key=client.session.session_key, address=None, agent="", at=now())
        return client

    return signed_in


def text(answer):
    return answer.content.decode()


def test_the_guide_is_open_to_everybody(window):
    guest = Client()
    assert "不动产登记" in text(guest.get("/permits/guide/"))
    page = text(guest.get("/permits/guide/land-plan/"))
    assert "土地出让合同或划拨批准文件" in page
    assert "压缩 65.0%" in page
    assert "Land-use planning permit" in text(guest.get("/en/permits/guide/land-plan/"))
    assert guest.get("/permits/guide/none/").status_code == 404
    assert guest.get("/permits/").status_code == 302


def test_a_case_is_taken_in_and_granted_by_clicking(window, signed_in):
    lin = signed_in(window.lin)
    posted = {"project": window.project.pk, "items": [window.items["energy"].pk], "intake": "normal"}
    answer = lin.post("/permits/apply/", posted)
    case = Case.objects.get()
    assert answer["Location"] == f"/permits/{case.pk}/"
    page = text(lin.get(f"/permits/{case.pk}/"))
    assert "还缺“节能报告”，不能受理" in page

    papers = [line.pk for line in case.papers.all()]
    assert lin.post(f"/permits/{case.pk}/supply/", {"papers": papers}).status_code == 303
    assert lin.post(f"/permits/{case.pk}/accept/", {}).status_code == 303
    stale = lin.post(f"/permits/{case.pk}/grant/", {"seen": 1})
    assert stale.status_code == 409
    assert "有人改动过" in text(stale)
    assert lin.post(f"/permits/{case.pk}/grant/", {"seen": 3}).status_code == 303
    assert lin.post(f"/permits/{case.pk}/issue/", {"code": "衡桃节能〔2020〕7号"}).status_code == 303
    assert Certificate.objects.get().case == case
    assert "衡桃节能〔2020〕7号" in text(lin.get("/permits/certificates/"))


def test_a_certificate_that_came_later_stands_for_a_paper_by_its_button(window, signed_in):
    case = window.case("permit", papers=False, accept=False, day="2020-05-26")
    line = case.papers.get(paper__reuse="works-plan")
    lin = signed_in(window.lin)
    assert "/use/" not in text(lin.get(f"/permits/{case.pk}/"))
    kept = actions.take_in(
        window.project, item=window.items["works-plan"], code="规划许可证一号", valid_from=date(2020, 5, 27),
        actor=window.lin, at=at("2020-05-27"),
    )  # fmt: skip
    button = f"/permits/{case.pk}/papers/{line.pk}/use/{kept.pk}/"
    assert button in text(lin.get(f"/permits/{case.pk}/"))
    assert button not in text(signed_in(window.guo).get(f"/permits/{case.pk}/"))

    other = case.papers.exclude(pk=line.pk).order_by("pk").first()
    wrong = lin.post(f"/permits/{case.pk}/papers/{other.pk}/use/{kept.pk}/", {"seen": case.version})
    assert (wrong.status_code, "不是这份材料" in text(wrong)) == (409, True)
    assert signed_in(window.guo).post(button, {"seen": case.version}).status_code == 403
    assert lin.post(button, {"seen": "x"}).status_code == 409
    assert lin.post(button, {"seen": case.version}).status_code == 303
    line.refresh_from_db()
    assert (line.certificate, line.given_on) == (kept, date(2020, 5, 29))
    again = lin.post(button, {"seen": case.version})
    assert (again.status_code, "有人改动过" in text(again)) == (409, True)


def test_no_button_leads_to_a_page_one_may_not_open(window, signed_in):
    zhou, lin, guo = signed_in(window.zhou), signed_in(window.lin), signed_in(window.guo)
    pages = [("/permits/", "/permits/apply/"), ("/permits/certificates/", "/permits/certificates/take-in/")]
    for page, address in pages:
        assert f'href="{address}"' in text(lin.get(page))
        assert f'href="{address}"' not in text(zhou.get(page))
        assert zhou.get(address).status_code == 403
    assert 'href="/permits/logs/"' in text(lin.get("/permits/time/"))
    assert 'href="/permits/logs/"' not in text(guo.get("/permits/time/"))


def test_a_case_leads_to_the_plan_of_its_project_and_that_to_the_window(window, signed_in):
    case, lin = window.case("energy", day="2020-05-28"), signed_in(window.lin)
    plan = f"/permits/plan/?project={window.project.pk}"
    assert plan in text(lin.get(f"/permits/{case.pk}/"))
    assert plan in text(lin.get(f"/projects/{window.project.pk}/"))
    assert f"/permits/apply/?project={window.project.pk}" in text(lin.get(plan))


def test_wrong_input_comes_back(window, signed_in):
    lin = signed_in(window.lin)
    posted = {"project": window.project.pk, "items": [window.items["land-plan"].pk], "intake": "simulated"}
    answer = lin.post("/permits/apply/", posted)
    assert (answer.status_code, "等待的前置条件" in text(answer)) == (422, True)
    case = window.case("energy", day="2020-05-28")
    answer = lin.post(f"/permits/{case.pk}/suspend/", {"kind": "experts", "starts_on": "前天", "reason": ""})
    assert answer.status_code == 422
    assert "2" in text(answer)


def test_another_county_finds_nothing_and_others_may_not(window, signed_in):
    case = window.case("energy", day="2020-05-28")
    guo = signed_in(window.guo)
    assert signed_in(window.hou).get(f"/permits/{case.pk}/").status_code == 404
    assert signed_in(window.he).post(f"/permits/{case.pk}/grant/", {}).status_code == 403
    assert guo.post(f"/permits/{case.pk}/grant/", {}).status_code == 403
    assert signed_in(window.wu).get("/permits/").status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 2), ("?q=北方", 2), ("?stage=1", 2), ("?stage=3", 0), ("?due=late", 1), ("?due=soon", 1),
     ("?due=promise", 0), ("?status=accepted&intake=normal", 2), ("?stage=x&due=y", 2)],
)  # fmt: skip
def test_the_list_is_filtered(window, signed_in, query, found):
    window.case("energy", day="2020-05-06")
    window.case("water-soil", day="2020-05-26")
    page = text(signed_in(window.lin).get(f"/permits/{query}"))
    assert page.count("北方汽车零部件项目") == found


def test_the_plan_shows_parallel_and_sequential(window, signed_in):
    lin = signed_in(window.lin)
    page = text(lin.get(f"/permits/plan/?template=filed&start=2020-06-01&project={window.project.pk}"))
    assert "并联少用" in page
    assert "关键路径" in page
    assert lin.get("/permits/plan/?template=none").status_code == 409
    assert lin.get("/permits/plan/?start=soon").status_code == 409
    assert signed_in(window.hou).get(f"/permits/plan/?project={window.project.pk}").status_code == 404


def decided(window):
    for code, day in [("energy", "2020-05-11"), ("water-soil", "2020-05-12"), ("air-defence", "2020-05-14")]:
        actions.grant(window.case(code), actor=window.lin, at=at(day))


def test_the_page_of_time_asks_indicators(window, signed_in):
    decided(window)
    page = text(signed_in(window.li).get("/permits/time/?by=item"))
    assert "办结时限压缩率" in page
    assert "/indicators/permits.compression_rate/?" in page
    assert "人防工程建设审查" in page
    for by in ("unit", "county", "stage", "intake", "other"):
        assert signed_in(window.li).get(f"/permits/time/?by={by}").status_code == 200


def test_the_order_of_items_is_held_against_the_template(window, signed_in):
    """Air defence waits for the land, as the template says; the design did not."""
    land, design = window.case("land-plan"), window.case("design", day="2020-05-08")
    actions.grant(land, actor=window.tian, at=at("2020-05-11"))
    window.case("air-defence", day="2020-05-13")

    found = queries.against("government", window.li, date(2020, 5, 20))
    said = {(one.before, one.after): (one.kept, [case.code for case in one.broken]) for one in found["rules"]}
    assert said == {
        ("建设用地规划许可", "建设工程设计方案审查"): (0, [design.code]),
        ("建设用地规划许可", "人防工程建设审查"): (1, []),
    }
    ways = {(one["from"], one["to"]): one["in_template"] for one in found["found"]["directly_follows"]}
    assert ways == {
        ("建设用地规划许可", "建设工程设计方案审查"): True, ("建设工程设计方案审查", "人防工程建设审查"): False,
    }  # fmt: skip
    page = text(signed_in(window.li).get("/permits/time/?template=government"))
    assert f'href="/permits/{design.pk}/">{design.code}</a>' in page
    assert "条先后，还没有项目两项都办过" in page
    assert queries.against("government", window.people["hou"], date(2020, 5, 20))["rules"] == []
    assert signed_in(window.li).get("/permits/time/?template=nothing").status_code == 200


def test_a_log_of_another_system_has_its_page(window, signed_in, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    actions.import_events(XES, name="旧系统", actor=window.li, at=at("2020-05-28"))
    li = signed_in(window.li)
    assert "旧系统" in text(li.get("/permits/logs/"))
    kept = queries.log_of("旧系统")
    page = text(li.get(f"/permits/logs/{kept.pk}/"))
    assert "审查 → 审查" in page
    assert "等待占 58.7%" in page
    assert "<svg" in page


def test_expiring_certificates_are_warned_of(window, signed_in):
    actions.take_in(
        window.project, item=window.items["permit"], code="施工一号", valid_from=date(2020, 2, 1),
        valid_until=date(2020, 4, 30), actor=window.lin, at=at("2020-05-06"),
    )  # fmt: skip
    page = text(signed_in(window.lin).get("/permits/certificates/?v=expiring"))
    assert "已到期" in page
    posted = {"project": window.project.pk, "item": window.items["permit"].pk, "code": "施工一号",
              "valid_from": "2020-05-01", "valid_until": "2020-04-01"}  # fmt: skip
    answer = signed_in(window.lin).post("/permits/certificates/take-in/", posted)
    assert (answer.status_code, "已在库中" in text(answer)) == (422, True)
    posted |= {"code": "施工二号", "valid_until": ""}
    assert signed_in(window.lin).post("/permits/certificates/take-in/", posted).status_code == 303


COSTS = [("/permits/", 26), ("/permits/time/", 60), ("/permits/plan/", 22), ("/permits/certificates/", 16)]


@pytest.mark.parametrize(("path", "most"), COSTS)
def test_a_page_costs_the_same_however_many_cases(window, signed_in, path, most, django_assert_max_num_queries):
    decided(window)
    window.case("eia-form", papers=False, accept=False)
    li = signed_in(window.li)
    li.get(path)
    with django_assert_max_num_queries(most):
        assert li.get(path).status_code == 200


def test_one_case_costs_few_queries(window, signed_in, django_assert_max_num_queries):
    case = window.case("energy", day="2020-05-28")
    lin = signed_in(window.lin)
    lin.get(f"/permits/{case.pk}/")
    with django_assert_max_num_queries(32):
        lin.get(f"/permits/{case.pk}/")
