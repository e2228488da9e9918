"""What a unit's person once said about a header is known the next time, to her colleagues too."""

import pytest
from django.urls import reverse

from luodi.intake import actions
from luodi.intake.models import HeaderMemory
from luodi.kit.clock import now
from tests.intake.ledgers import HEADERS, ledger, line

pytestmark = pytest.mark.django_db
# 「哪一批」 is no synonym, 「问题描述」 is one; this unit keeps its titles there.
ODD = ("哪一批", *HEADERS[1:])


def remap(client, batch, /, **places):
    chosen = {f"map-{name}": place for name, place in batch.mapping.items()}
    wanted = {f"map-{name}": place for name, place in places.items()}
    return client.post(reverse("intake:map", args=[batch.pk]), chosen | wanted)


def learned():
    return dict(HeaderMemory.objects.values_list("header", "answers"))


def test_a_mapping_is_learned_when_it_is_used(uploaded, world):
    client, batch = uploaded(world.wang, ledger([line(1)], ODD))
    assert "batch" not in batch.mapping
    remap(client, batch, batch="0", title="6", description="")
    assert learned() == {}
    batch.refresh_from_db()
    actions.run(batch, actor=world.wang, at=now())
    assert learned() == {"哪一批": "batch", "问题描述": "title"}

    colleague, again = uploaded(world.qian, ledger([line(2)], ODD))
    assert (again.mapping["batch"], again.mapping["title"], again.good_count) == (0, 6, 1)
    assert "description" not in again.mapping
    html = colleague.get(reverse("intake:batch", args=[again.pk])).content.decode()
    assert "按本单位上次的对法：哪一批、问题描述" in html
    _other, elsewhere = uploaded(world.gao, ledger([line(3)], ODD))
    assert "batch" not in elsewhere.mapping


def test_the_unit_chosen_for_the_sheet_has_its_own_memory(uploaded, world):
    unit = world.units["131126-fgj"]
    client, batch = uploaded(world.li, ledger([line(1, 县市区="", 责任单位="")], ODD), unit=unit.pk)
    remap(client, batch, batch="0")
    batch.refresh_from_db()
    actions.run(batch, actor=world.li, at=now())
    assert HeaderMemory.objects.get().unit == unit
    _client, his = uploaded(world.gao, ledger([line(3, 县市区="故城县")], ODD))
    assert his.mapping["batch"] == 0


def test_what_is_said_anew_replaces_and_what_agrees_is_forgotten(uploaded, world):
    for places, known in [
        ({"project_owner": "3", "project_name": ""}, {"项目名称": "project_owner"}),
        ({"project_owner": "", "project_name": ""}, {"项目名称": ""}),
        ({"project_owner": "", "project_name": "3"}, {}),
    ]:
        client, batch = uploaded(world.wang, ledger([line(1)]))
        remap(client, batch, **places)
        batch.refresh_from_db()
        actions.run(batch, actor=world.wang, at=now())
        assert learned() == known


def test_one_value_for_the_whole_sheet_says_nothing_of_the_header(uploaded, world):
    client, batch = uploaded(world.wang, ledger([line(1)]))
    remap(client, batch, batch="=new")
    batch.refresh_from_db()
    actions.run(batch, actor=world.wang, at=now())
    assert learned() == {}
