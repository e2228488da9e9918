"""What was changed in a text stands in the timeline, word by word; what one may not read does not."""

import pytest

from luodi.problems import actions
from tests.world import at

pytestmark = pytest.mark.django_db


def timeline(client, problem):
    page = client.get(f"/problems/{problem.pk}/?all=1").content.decode()
    return page[page.index('<ol class="tl"') :]


def test_a_correction_is_shown_word_by_word(world, as_):
    problem = world.problem()
    fields = {"description": "宗地组卷完成后9个月未挂牌。", "title": problem.title}
    actions.revise(problem, fields, reason="核实后更正", actor=world.li, at=at("2020-05-19"))
    told = timeline(as_(world.li), problem)
    assert '<del><span class="visually-hidden">删去：</span>7</del>' in told
    assert '<ins><span class="visually-hidden">改为：</span>9</ins>' in told
    assert "问题表现" in told
    assert told.count('class="diff"') == 1


def test_what_is_written_first_is_no_change_and_long_texts_fold(world, as_):
    problem = world.brought_to("claimed")
    problem = actions.file_plan(problem, goal="签订合同", measures="一" * 200, actor=world.wang, at=at("2020-06-01"))
    client = as_(world.li)
    assert 'class="diff"' not in timeline(client, problem)
    problem = actions.send_back_plan(problem, reason="太粗", actor=world.zhao, at=at("2020-06-02"))
    actions.file_plan(problem, goal="签订合同", measures="一" * 200 + "每周调度", actor=world.wang, at=at("2020-06-03"))
    told = timeline(client, problem)
    assert "每周调度</ins>" in told
    assert "看全文对照" in told
    assert " … " in told


def test_a_restricted_claim_is_not_told_to_whoever_may_not_read_it(world, as_):
    problem = world.brought_to("rectifying", world.problem(category=world.category()))
    lines = {line.restricted: line for line in problem.dossier.all()}
    assert set(lines) == {True, False}
    for words in ("原来的说法甲", "后来的说法乙"):
        claims = {line.pk: f"{words}{'密' if line.restricted else '开'}" for line in lines.values()}
        problem = actions.prove(problem, result=None, claims=claims, actor=world.wang, at=at("2020-06-05"))
    told = timeline(as_(world.li), problem)
    assert lines[False].title in told
    assert 'class="diff"' in told
    assert told.count('class="diff"') == 1
    assert timeline(as_(world.he), problem).count('class="diff"') == 2


def test_markup_in_a_text_stays_text(world, as_):
    problem = world.problem()
    actions.revise(problem, {"description": "<b>粗</b>"}, reason="更正", actor=world.li, at=at("2020-05-19"))
    assert "<b>粗" not in timeline(as_(world.li), problem)
