"""Working through a filtered list: an act keeps the place in it, «下一件» goes on to the next."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.world import at

pytestmark = pytest.mark.django_db
LIST = "v=all&status=assigned&sort=code"


@pytest.fixture
def three(world):
    return [world.do(world.problem(title=f"第{n}件"), "assign", at("2020-05-20")) for n in range(3)]


def test_an_act_keeps_the_list_one_came_from(world, as_, three):
    client, here = as_(world.wang), three[0]
    html = client.get(f"/problems/{here.pk}/", {"from": LIST}).content.decode()
    assert 'name="from" value="v=all&amp;status=assigned&amp;sort=code"' in html
    assert f"/problems/{here.pk}/decline/?from=v%3Dall%26status%3Dassigned%26sort%3Dcode" in html
    answer = client.post(f"/problems/{here.pk}/claim/", {"seen": here.version, "from": LIST})
    assert urlsplit(answer.url).path == f"/problems/{here.pk}/"
    assert parse_qs(urlsplit(answer.url).query) == {"from": [LIST]}


def test_done_and_on_to_the_next_of_the_filter(world, as_, three):
    client = as_(world.wang)
    answer = client.post(
        f"/problems/{three[0].pk}/claim/", {"seen": three[0].version, "from": LIST, "onward": "1"}, follow=True
    )
    assert answer.redirect_chain[-1][0].startswith(f"/problems/{three[1].pk}/?from=")
    assert "已办理：认领" in answer.content.decode()


def test_a_form_keeps_it_through_errors_and_goes_on(world, as_, three):
    client, page = as_(world.wang), f"/problems/{three[1].pk}/decline/"
    html = client.get(page, {"from": LIST}).content.decode()
    assert "办完，下一件" in html
    wrong = client.post(page, {"seen": three[1].version, "reason": "", "from": LIST, "onward": "1"})
    assert wrong.status_code == 422
    assert 'name="from" value="v=all' in wrong.content.decode()
    done = client.post(page, {"seen": three[1].version, "reason": "不归我局", "from": LIST, "onward": "1"}, follow=True)
    assert done.redirect_chain[-1][0].startswith(f"/problems/{three[2].pk}/?from=")


def test_after_the_last_one_the_list_says_so(world, as_, three):
    last = three[2]
    done = as_(world.wang).post(
        f"/problems/{last.pk}/claim/", {"seen": last.version, "from": LIST, "onward": "1"}, follow=True
    )
    assert done.redirect_chain[-1][0].startswith("/problems/?v=all")
    assert "已经是列表中的最后一件" in done.content.decode()


def test_without_a_list_nothing_is_offered(world, as_, three):
    html = as_(world.wang).get(f"/problems/{three[0].pk}/").content.decode()
    assert "，下一件" not in html
    answer = as_(world.wang).post(f"/problems/{three[0].pk}/claim/", {"seen": three[0].version, "onward": "1"})
    assert answer.url == f"/problems/{three[0].pk}/"
