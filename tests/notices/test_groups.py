"""Groups' robots, posted through apprise to a web server on this machine that stands in the platforms' place."""

from datetime import date, timedelta

import pytest

from luodi.journal.models import Entry
from luodi.kit.refusal import Refused
from luodi.kit.secret import open_sealed, seal
from luodi.notices import actions
from luodi.notices.forms import ChannelForm
from luodi.notices.models import Channel, Delivery
from tests.notices.conftest import worker
from tests.world import World, at

pytestmark = pytest.mark.django_db
KEY = "693a91f6-7aoc-4bc4-97a0-0ec2sifa5aaa"
MOMENT = at("2020-05-20", 10)


def form(world: World, **typed: str) -> ChannelForm:
    facts = {
        "unit": world.units["131102"].pk,
        "service": "wecombot",
        "name": "桃城区专班群",
        "webhook": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}",
        "kinds": ["turn", "urged"],
        **typed,
    }
    return ChannelForm(facts, person=world.li, day=date(2020, 5, 20))


@pytest.fixture
def channel(world: World) -> Channel:
    """The group of Taocheng's office in WeCom."""
    typed = form(world)
    assert typed.is_valid(), typed.errors
    return actions.add_channel(**typed.arguments(), actor=world.li, at=at("2020-05-19"))


def assigned(world: World, count: int) -> None:
    for _each in range(count):
        world.brought_to("assigned", problem=world.problem())


def test_one_message_lists_five_and_counts_the_rest(world: World, channel: Channel, groups) -> None:
    assigned(world, 7)
    worker(MOMENT)
    [(path, body)] = groups.messages
    assert path == f"/wecom?key={KEY}"
    lines = body["text"]["content"].split("\n")
    assert lines[0] == "【落地督办】"
    assert "（桃城区发改局）工业新区二期土地出让手续滞后：已交办，请认领。时限2020-07-19。" in lines[1]
    assert (len(lines), lines[-1]) == (7, "另有2条，请登录查看。")
    entry = Entry.objects.get(verb="notices.channel.send")
    assert (entry.row_label, entry.place, entry.after) == ("企业微信 桃城区专班群", "131102", {"count": 7})


def test_dingtalk_signs_what_it_is_sent(world: World, groups) -> None:
    address = "https://oapi.dingtalk.com/robot/send?access_token=" + "a1" * 20
    typed = form(world, service="dingtalk", webhook=address, signing="SEC" + "0b" * 20)
    assert typed.is_valid(), typed.errors
    actions.add_channel(**typed.arguments(), actor=world.li, at=at("2020-05-19"))
    assigned(world, 1)
    worker(MOMENT)
    [(path, body)] = groups.messages
    assert path.startswith("/dingtalk?access_token=" + "a1" * 20)
    assert "&sign=" in path
    assert body["text"]["content"].startswith("【落地督办】\n2020-")


def test_a_group_hears_only_of_its_own_place_and_kinds(world: World, channel: Channel, groups) -> None:
    elsewhere = form(world, unit=str(world.units["131126"].pk), name="故城县专班群")
    assert elsewhere.is_valid()
    actions.add_channel(**elsewhere.arguments(), actor=world.li, at=at("2020-05-19"))
    world.brought_to("closed")
    worker(at("2020-05-25"))
    [(_path, body)] = groups.messages
    text = body["text"]["content"]
    assert "已交办" in text
    assert "已销号" not in text, "the group did not choose that"
    assert Delivery.objects.get().channel == channel


def test_a_platform_that_fails_is_asked_again_and_given_up_after_five_tries(
    world: World, channel: Channel, groups
) -> None:
    groups.answer = 500
    assigned(world, 1)
    worker(MOMENT)
    waiting = Delivery.objects.get()
    assert (waiting.state, waiting.tries) == ("waiting", 1)
    assert "500" in waiting.error
    assert KEY not in waiting.error
    groups.answer = 200
    worker(MOMENT + timedelta(minutes=2))
    assert Delivery.objects.get().state == "sent"
    assert len(groups.messages) == 2
    groups.answer, moment = 500, MOMENT + timedelta(hours=1)
    actions.try_channel(channel, actor=world.li, at=moment)
    for _try in range(6):
        actions.send(at=moment)
        moment += timedelta(hours=2, minutes=6)
    assert Delivery.objects.order_by("-pk")[0].state == "failed"
    assert Entry.objects.filter(verb="notices.channel.fail").count() == 1


def test_at_most_one_message_for_a_group_in_a_round(world: World, channel: Channel, groups) -> None:
    groups.answer = 500
    assigned(world, 1)
    worker(MOMENT)
    groups.answer = 200
    assigned(world, 1)
    worker(MOMENT + timedelta(minutes=2))
    assert len(groups.messages) == 2
    worker(MOMENT + timedelta(minutes=3))
    assert len(groups.messages) == 3


def test_a_stopped_group_hears_nothing(world: World, channel: Channel, groups) -> None:
    assigned(world, 1)
    actions.spread(at=MOMENT)
    actions.switch_channel(channel, active=False, actor=world.li, at=MOMENT)
    actions.send(at=MOMENT)
    assigned(world, 1)
    worker(MOMENT)
    assert groups.messages == []
    with pytest.raises(Refused, match="已停用"):
        actions.try_channel(Channel.objects.get(), actor=world.li, at=MOMENT)


def test_the_key_is_sealed_and_appears_nowhere(world: World, channel: Channel) -> None:
    assert KEY not in channel.sealed
    assert channel.address == f"wecombot://{KEY}/"
    assert KEY not in str(list(Entry.objects.values_list("row_label", "after", "before", "reason")))


def test_a_sealed_secret_opens_only_whole_and_for_its_purpose(settings) -> None:
    sealed = seal("钥匙", "a")
    assert open_sealed(sealed, "a") == "钥匙"
    assert seal("钥匙", "a") != sealed
    assert open_sealed(sealed, "b") is None
    assert open_sealed(sealed[:-4] + "AAA=", "a") is None
    assert open_sealed("no secret", "a") is None
    settings.SECRET_KEY = "another"
    assert open_sealed(sealed, "a") is None


def test_after_a_change_of_key_the_office_reads_what_to_do(world: World, channel: Channel, groups, settings) -> None:
    settings.SECRET_KEY = "another"
    assigned(world, 1)
    worker(MOMENT)
    assert groups.messages == []
    assert "密钥已换" in Delivery.objects.get().error


@pytest.mark.parametrize(
    "webhook",
    [
        "https://evil.example/cgi-bin/webhook/send?key=" + KEY,
        "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=" + KEY,
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=" + KEY + "/@127.0.0.1",
        "json://127.0.0.1:8000",
        "file:///etc/passwd",
    ],
)
def test_only_the_platforms_own_addresses_are_taken(world: World, webhook: str) -> None:
    typed = form(world, webhook=webhook)
    assert not typed.is_valid()
    assert "webhook" in typed.errors


def test_an_office_sets_up_groups_of_its_own_place_only(world: World, channel: Channel) -> None:
    facts = form(world, name="另一个")
    assert facts.is_valid()
    wanted = facts.arguments()
    with pytest.raises(Refused, match="不能为"):
        actions.add_channel(**wanted, actor=world.wang, at=MOMENT)
    with pytest.raises(Refused, match="已有名为"):
        actions.add_channel(**{**wanted, "name": channel.name}, actor=world.li, at=MOMENT)
    here = Channel.objects.visible_to(world.sun, MOMENT.date())
    assert list(here) == [channel], "Taocheng's own office"
    assert not Channel.objects.visible_to(world.wang, MOMENT.date()).exists()
