"""A county's own platform reads its problems and claims them: the pages' filters, forms, acts and refusals, in JSON."""

import base64
from datetime import date, timedelta

import pytest

from luodi.journal.models import Entry
from luodi.orgs import actions as orgs
from luodi.orgs.models import Token
from luodi.problems.models import Problem
from luodi.problems.views import ACTS
from tests.api.conftest import Program
from tests.world import at

pytestmark = pytest.mark.django_db


def registration(**other):
    return {
        "batch": "base", "source": "自查", "unit": "131102-fgj", "category": "approval.eia", "title": "环评批复超期",
        "project_name": "棉纺升级项目", "found_on": "2020-05-18", **other,
    }  # fmt: skip


def test_a_program_knows_whose_it_is(world, program):
    facts = program(world.wang).get("/me")
    assert facts["username"] == "wang"
    assert [(post["role"], post["unit"]["code"]) for post in facts["posts"]] == [("unit_clerk", "131102-fgj")]


def test_wang_lists_what_he_sees_by_the_ledgers_filter(world, program):
    world.brought_to("assigned", world.problem(title="土地出让滞后"))
    world.problem(title="电力增容", unit=world.units["131126-fgj"])
    world.problem(title="环评批复", is_priority=True)
    wang = program(world.wang)
    assert {row["title"] for row in wang.get("/problems")["rows"]} == {"土地出让滞后", "环评批复"}
    assert [row["title"] for row in wang.get("/problems?q=土地")["rows"]] == ["土地出让滞后"]
    assert [row["title"] for row in wang.get("/problems?status=registered&priority=yes")["rows"]] == ["环评批复"]
    assert [row["title"] for row in program(world.gao).get("/problems")["rows"]] == ["电力增容"]
    assert "status" in wang.get("/problems?status=lost", 422)["errors"]
    assert "size" in wang.get("/problems?size=201", 422)["errors"]
    assert "v" in wang.get("/problems?v=none", 422)["errors"]


def test_a_cursor_leads_through_the_list_once(world, program):
    for number in range(5):
        world.problem(title=f"问题{number}")
    wang, seen, cursor = program(world.wang), [], ""
    while True:
        page = wang.get(f"/problems?size=2&sort=code&cursor={cursor}")
        seen += [row["code"] for row in page["rows"]]
        if not (cursor := page["next_cursor"]):
            break
    assert seen == sorted(Problem.objects.values_list("code", flat=True))
    for odd in ("xxx", '[0, "\\u0000", 1]', '[0, "\\ud800", 1]', "[" * 9000, f'[0, "2020", {10**30}]'):
        words = base64.urlsafe_b64encode(odd.encode()).decode().rstrip("=")
        assert len(wang.get(f"/problems?sort=code&cursor={words}")["rows"]) == 5, "what does not fit is the first page"


def test_wang_claims_and_files_a_plan_and_the_journal_says_so(world, program):
    problem = world.brought_to("assigned")
    wang = program(world.wang)
    offered = {act["name"]: act for act in wang.get(f"/problems/{problem.pk}")["acts"]}
    assert {"claim", "decline"} <= set(offered)
    claimed = wang.post(offered["claim"]["address"].removeprefix("/api"), seen=problem.version)
    assert (claimed["status"], claimed["handler"]) == ("claimed", "王建国")
    words = {"goal": "交地", "measures": "先租后让", "seen": claimed["version"]}
    assert wang.post(f"/problems/{problem.pk}/file-plan", **words)["goal"] == "交地"
    entry = Entry.objects.filter(verb="problems.claim").get()
    assert (entry.actor_name, entry.row_id) == ("王建国", problem.pk)


def test_what_is_left_out_of_an_act_stays(world, program):
    problem = world.problem(is_priority=True, responsible_name="张责任")
    unit = world.units["131102-fgj"].pk
    done = program(world.li).post(f"/problems/{problem.pk}/assign", seen=1, unit=unit, due_on="2020-09-30")
    assert (done["is_priority"], done["responsible_name"], done["due_on"]) == (True, "张责任", "2020-09-30")
    assert done["history"][0]["kind"] == "assignments"


def test_a_stale_version_is_refused(world, program):
    problem = world.brought_to("assigned")
    refusal = program(world.wang).post(f"/problems/{problem.pk}/claim", 409, seen=problem.version - 1)
    assert "有人改动过" in refusal["message"]
    assert Problem.objects.get(pk=problem.pk).status == "assigned"
    assert "seen" in program(world.wang).post(f"/problems/{problem.pk}/claim", 422)["errors"]


def test_another_countys_problem_is_not_there(world, program):
    problem = world.brought_to("assigned")
    gao = program(world.gao)
    gao.get(f"/problems/{problem.pk}", 404)
    gao.post(f"/problems/{problem.pk}/claim", 404, seen=problem.version)
    gao.get(f"/problems/{2**63}", 422)


def test_who_may_not_is_told_so(world, program):
    problem = world.brought_to("assigned")
    assert "不能" in program(world.chen).post(f"/problems/{problem.pk}/claim", 403, seen=problem.version)["message"]
    assert "岗位" in program(world.wu).get("/problems", 403)["message"]
    program(world.liu).post("/problems", 403, **registration())


def test_registering_is_the_forms_business(world, program):
    wang = program(world.wang)
    made = wang.post("/problems", 201, **registration(is_priority=False, from_above="是"))
    row = Problem.objects.get(pk=made["id"])
    assert (row.is_priority, row.from_above, row.found_on) == (False, True, date(2020, 5, 18))
    assert "confirm" in wang.post("/problems", 409, **registration())["message"]
    assert wang.post("/problems", 201, **registration(confirm=True))["id"] != made["id"]
    errors = wang.post("/problems", 422, **registration(title="", found_on="2021-01-01", is_priority="也许"))["errors"]
    assert set(errors) == {"title", "found_on", "is_priority"}


@pytest.mark.parametrize("sent", ["", "[1]", "{", "NaN", '{"seen": [1]}', '{"seen": "\\u0000"}', '{"x": "\\ud800"}'])
def test_a_body_that_is_none_is_refused(world, program, sent):
    problem, wang = world.brought_to("assigned"), program(world.wang)
    answer = wang.client.post(f"/api/problems/{problem.pk}/claim", sent, "application/json")
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_restricted_lines_and_names_stay_closed(world, program):
    problem = world.problem(responsible_name="张责任")
    problem = world.brought_to("reported", problem)
    assert problem.dossier.filter(restricted=True).exists()
    for who, reads, name in (("zhao", False, "张责任"), ("liu", False, None), ("he", True, None)):
        facts = program(getattr(world, who)).get(f"/problems/{problem.pk}")
        closed = [line for line in facts["dossier"] if line["restricted"]]
        assert all(line["readable"] == reads for line in closed)
        assert all(bool(line["files"]) == reads and (line["claim"] is not None) == reads for line in closed)
        assert facts["responsible_name"] == name


def test_the_whole_dossier_is_checked_through_the_api(world, program):
    problem = world.brought_to("self_checked")
    for who in ("liu", "he"):
        man = program(getattr(world, who))
        act = next(one for one in man.get(f"/problems/{problem.pk}")["acts"] if one["name"] == "check")
        found = {field["name"]: "match" for field in act["fields"] if field["name"].startswith("finding-")}
        version = man.get(f"/problems/{problem.pk}")["version"]
        assert man.post(f"/problems/{problem.pk}/check", seen=version, **found)["version"] == version + 1
    version = Problem.objects.get(pk=problem.pk).version
    assert program(world.liu).post(f"/problems/{problem.pk}/verify", seen=version)["status"] == "verified"


def test_figures_are_asked_as_on_their_page(world, program):
    world.brought_to("closed")
    zhou = program(world.zhou)
    assert "problems.closed" in {one["code"] for one in zhou.get("/indicators")}
    figure = zhou.get("/indicators/problems.closed?by=county&as_of=2020-08-30")
    assert (figure["value"], figure["text"], figure["as_of"]) == (1, "1 件", "2020-08-30")
    assert {part["key"]: part["value"] for part in figure["parts"]}["131102"] == 1
    zhou.get("/indicators/problems.lost", 404)
    assert "as_of" in zhou.get("/indicators/problems.closed?as_of=2021-01-01", 422)["errors"]
    assert "by" in zhou.get("/indicators/problems.closed?by=colour", 422)["errors"]


# -- tokens -------------------------------------------------------------------------------------------------------


def test_a_token_that_only_reads_does_not_write(world, program):
    problem = world.brought_to("assigned")
    reader = program(world.wang, "read")
    reader.get("/problems")
    assert "办理" in reader.post(f"/problems/{problem.pk}/claim", 403, seen=problem.version)["message"]


def test_without_a_token_in_force_nothing_is_said(world, token, client, settings):
    row, plain = token(world.wang)
    assert client.get("/api/problems").status_code == 401
    assert Program("luodi_guess").get("/problems", 401)["message"]
    settings.LUODI_CLOCK = "2020-12-31T08:00"
    Program(plain).get("/problems", 401)
    settings.LUODI_CLOCK = "2020-08-31T08:00"
    Program(plain).get("/problems")
    orgs.revoke_token(row, actor=world.wang, at=at("2020-08-31"))
    Program(plain).get("/problems", 401)
    other = token(world.wang)[1]
    orgs.close_account(world.wang, actor=world.wu, at=at("2020-08-31"), reason="调离")
    Program(other).get("/problems", 401)


def test_a_session_is_no_token(world, client):
    client.force_login(world.wang, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/api/problems").status_code == 401


def test_use_is_noted_once_a_minute(world, token, monkeypatch):
    row, plain = token(world.wang)
    start = at("2020-08-31", 8)
    for seconds, noted in ((0, 0), (40, 0), (90, 90)):
        monkeypatch.setattr("luodi.orgs.api.now", lambda seconds=seconds: start + timedelta(seconds=seconds))
        Program(plain).get("/me")
        row.refresh_from_db()
        assert row.last_used_at == start + timedelta(seconds=noted)


def test_a_token_is_made_shown_once_and_stopped_on_its_page(world, client):
    from luodi.orgs.actions import note_sign_in

    client.force_login(world.wang, backend="django.contrib.auth.backends.ModelBackend")
    note_sign_in(world.wang, session_key=client.session.session_key, address=None, agent="", at=at("2020-08-31"))
    words = {"name": "区平台同步", "scopes": ["read"], "expires_on": "2020-12-31"}
    made = client.post("/sessions/tokens/", words)
    row = Token.objects.get()
    assert made.status_code == 201
    plain = made.text.partition('<code class="ob">')[2].partition("<")[0]
    assert Program(plain).get("/me")["username"] == "wang"
    assert plain not in client.get("/sessions/tokens/").text
    assert plain not in row.digest
    assert client.post("/sessions/tokens/", {**words, "expires_on": "2022-01-01"}).status_code == 422
    assert client.post(f"/sessions/tokens/{row.pk}/revoke/").status_code == 302
    Program(plain).get("/me", 401)
    assert [e.verb for e in Entry.objects.filter(verb__startswith="orgs.token").order_by("pk")] == [
        "orgs.token.issue", "orgs.token.revoke",
    ]  # fmt: skip


def test_nobody_stops_anothers_token(world, token, client):
    from luodi.orgs.actions import note_sign_in

    row, _plain = token(world.wang)
    client.force_login(world.gao, backend="django.contrib.auth.backends.ModelBackend")
    note_sign_in(world.gao, session_key=client.session.session_key, address=None, agent="", at=at("2020-08-31"))
    assert client.post(f"/sessions/tokens/{row.pk}/revoke/").status_code == 404


# -- the description ----------------------------------------------------------------------------------------------


def test_every_act_is_in_the_description(world, program, client):
    assert client.get("/api/openapi.json").status_code == 401
    paths = program(world.wang).get("/openapi.json")["paths"]
    assert {f"/api/problems/{{pk}}/{name.replace('_', '-')}" for name in ACTS} <= set(paths)
    for methods in paths.values():
        for operation in methods.values():
            assert operation["security"], "an operation without a token"
            assert {"401", "403", "422"} <= set(operation["responses"])
