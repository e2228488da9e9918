"""The journal's page speaks in words; every form asks in the same words for what is missing."""

import re

import pytest
from django import forms
from django.urls import reverse

from luodi.site.templatetags.acts import act_words, verbs_called
from tests.architecture.tree import sources

VERB = re.compile(r'(?<!kind=)"([a-z]+(?:\.[a-z_]+)+)"')


def verbs():
    """What the actions record: their literals that begin with a module's name."""
    for path in sources():
        if path.name == "actions.py":
            module = path.parent.name
            found = VERB.findall(path.read_text())
            yield from (one for one in found if one.startswith(f"{module}.") and not one.endswith((".xlsx", ".yaml")))


def test_every_act_in_the_journal_has_words():
    found = sorted({*verbs(), "sample.city.build"})
    assert len(found) > 30
    assert [verb for verb in found if act_words(verb) == verb] == []


def test_acts_of_the_tables_are_called_by_their_label():
    assert act_words("problems.send_back") == "退回补正"
    assert act_words("documents.issue") != "documents.issue"
    assert act_words("nobody.knows.this") == "nobody.knows.this"
    assert "problems.claim" in verbs_called("认领")


@pytest.mark.django_db
def test_the_journal_is_searched_by_words_too(client, world, settings):
    settings.LUODI_DEMO = True
    world.brought_to("claimed")
    client.post(reverse("orgs:sign_in_as", args=["feng"]))
    for asked in ("认领", "problems.claim"):
        page = client.get("/journal/", {"verb": asked}).content.decode()
        assert 'title="problems.claim">认领<' in page
        assert 'title="problems.assign"' not in page
    assert "没有符合条件的日志" in client.get("/journal/", {"verb": "没有这样的事"}).content.decode()


class Anything(forms.Form):
    words = forms.CharField()
    day = forms.DateField()
    one = forms.ChoiceField(choices=[("a", "甲")])
    paper = forms.FileField()


def test_what_is_missing_is_asked_for_in_one_wording():
    found = Anything({}).errors
    assert {str(why) for listed in found.values() for why in listed} == {"没有填，请补上。"}
    assert len(found) == 4


@pytest.mark.django_db
def test_in_an_act_and_in_a_registration(client, world, settings):
    settings.LUODI_DEMO = True
    problem = world.brought_to("assigned")
    client.post(reverse("orgs:sign_in_as", args=["wang"]))
    page = client.post(f"/problems/{problem.pk}/decline/", {"seen": problem.version}).content.decode()
    assert "理由：没有填，请补上。" in page
    page = client.post("/problems/register/", {}).content.decode()
    assert "问题类别：没有填，请补上。" in page
    assert "这个字段" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "own", "folded"), [("wang", "经办", "销号"), ("feng", "审计日志", "认领")])
def test_the_help_page_begins_with_ones_own_role(client, world, settings, name, own, folded):
    settings.LUODI_DEMO, settings.LUODI_CLOCK = True, "2020-08-31T08:00"
    client.post(reverse("orgs:sign_in_as", args=[name]))
    page = client.get("/help/").content.decode()
    mine, others = page.split('id="mine"')[1].split("<details", 1)
    assert own in mine
    assert folded not in mine
    assert folded in others
    assert "逾期 3 天" in page
    assert 'href="/help/"' in client.get("/sessions/").content.decode()
