"""One mail a day through a real SMTP server: what it says, to whom it goes, and what happens when it cannot."""

from datetime import timedelta

import pytest

from luodi.flow.actions import advance
from luodi.journal.models import Entry
from luodi.notices import actions
from luodi.notices.models import Delivery, Notice
from luodi.orgs import actions as orgs
from luodi.problems.rules import FLOW
from tests.notices.conftest import worker
from tests.world import World, at

pytestmark = pytest.mark.django_db
MORNING = at("2020-05-21", 9)


@pytest.fixture
def told(world: World, postbox) -> World:
    """Two problems are assigned on the 20th; Wang and Chen have addresses, Qian has none."""
    for name in ("wang", "chen"):
        orgs.set_email(world.people[name], f"{name}@example.gov.cn", actor=world.people[name], at=at("2020-05-01"))
    for _each in range(2):
        world.brought_to("assigned", problem=world.problem())
    return world


def test_one_mail_tells_everything_that_was_not_read(told: World, postbox) -> None:
    worker(MORNING)
    assert sorted(letter["To"] for letter in postbox.letters) == ["chen@example.gov.cn", "wang@example.gov.cn"]
    letter = next(one for one in postbox.letters if one["To"].startswith("wang"))
    assert letter["From"] == "luodi@example.gov.cn"
    assert letter["Subject"].strip() == "落地督办：2条未读通知（2020-05-21）"
    text, page = [letter.get_body([kind]).get_content() for kind in ("plain", "html")]
    for notice in Notice.objects.filter(person=told.wang):
        address = f"https://luodi.example.gov.cn/notices/{notice.pk}/"
        line = f"{notice.problem.code} 工业新区二期土地出让手续滞后：已交办，请认领。 时限 2020-07-19"
        assert line in text
        assert address in text
        assert f'<a href="{address}">{notice.problem.code}' in page
        assert notice.mailed_at == MORNING
    for name in ("王建国", "陈立新", "李文静"):
        assert name not in text + page


def test_the_sending_is_in_the_journal(told: World, postbox) -> None:
    worker(MORNING)
    entries = Entry.objects.filter(verb="notices.digest.send").order_by("row_label")
    assert [(e.actor_name, e.row_label, e.after) for e in entries] == [
        ("系统", "王建国", {"count": 2}),
        ("系统", "陈立新", {"count": 2}),
    ]
    assert "example.gov.cn" not in str([(e.after, e.reason) for e in entries])


def test_not_before_half_past_eight_and_once_a_day(told: World, postbox) -> None:
    worker(at("2020-05-21", 8))
    assert postbox.letters == []
    for hour in (9, 10, 17):
        worker(at("2020-05-21", hour))
    assert len(postbox.letters) == 2
    worker(at("2020-05-22", 9))
    assert len(postbox.letters) == 2, "nothing new since yesterday"


def test_what_was_read_in_the_site_is_not_mailed(told: World, postbox) -> None:
    actions.spread(at=at("2020-05-20", 10))
    actions.read_all(actor=told.wang, at=at("2020-05-20", 11))
    actions.read(Notice.objects.filter(person=told.chen)[0], actor=told.chen, at=at("2020-05-20", 11))
    worker(MORNING)
    [letter] = postbox.letters
    assert (letter["To"], letter["Subject"].strip()[:7]) == ("chen@example.gov.cn", "落地督办：1条")


def test_what_left_ones_view_is_not_mailed(told: World, postbox) -> None:
    actions.spread(at=at("2020-05-20", 10))
    orgs.leave(told.wang.posts.get(), ends_on=MORNING.date(), actor=told.wu, at=at("2020-05-20", 11))
    worker(MORNING)
    assert [one["To"] for one in postbox.letters] == ["chen@example.gov.cn"]
    assert Delivery.objects.get(person=told.wang).state == Delivery.State.NOTHING


def test_in_the_reader_s_language(told: World, postbox) -> None:
    orgs.choose(told.wang, language="en")
    worker(MORNING)
    letter = next(one for one in postbox.letters if one["To"].startswith("wang"))
    assert "unread" in letter["Subject"]
    assert "/en/notices/" in letter.get_body(["plain"]).get_content()


def test_a_server_that_refuses_is_asked_again(told: World, postbox) -> None:
    postbox.refuses = True
    worker(MORNING)
    waiting = Delivery.objects.get(person=told.wang)
    assert (waiting.state, waiting.tries) == ("waiting", 1)
    assert "451" in waiting.error
    postbox.refuses = False
    worker(MORNING + timedelta(seconds=30))
    assert postbox.letters == [], "not at once"
    worker(MORNING + timedelta(minutes=2))
    assert len(postbox.letters) == 2
    assert set(Delivery.objects.values_list("state", "error")) == {("sent", "")}


def test_a_server_that_is_not_there_is_given_up_after_five_tries_and_the_next_day_tells_all(
    told: World, postbox, settings
) -> None:
    settings.EMAIL_PORT = 1
    moment = MORNING
    for _try in range(7):
        worker(moment)
        moment += timedelta(hours=2, minutes=6)
    failed = Delivery.objects.get(person=told.wang)
    assert (failed.state, failed.tries) == ("failed", 5)
    assert Entry.objects.filter(verb="notices.digest.fail").count() == 2
    settings.EMAIL_PORT = postbox.port
    worker(at("2020-05-22"))
    assert [one["Subject"].strip()[:7] for one in postbox.letters] == ["落地督办：2条"] * 2


def test_without_a_mail_server_nothing_is_queued(told: World, postbox, settings) -> None:
    settings.LUODI_MAIL = False
    worker(MORNING)
    assert not Delivery.objects.exists()


def test_a_worker_that_died_while_sending_leaves_it_to_another(told: World, postbox) -> None:
    actions.spread(at=MORNING)
    actions.digest(at=MORNING)
    Delivery.objects.update(tries=1, next_at=MORNING + timedelta(minutes=10))  # claimed, then died
    actions.send(at=MORNING + timedelta(minutes=5))
    assert postbox.letters == []
    actions.send(at=MORNING + timedelta(minutes=11))
    assert len(postbox.letters) == 2


def test_an_urged_unit_reads_it_in_the_next_mail(told: World, postbox) -> None:
    worker(MORNING)
    notice = Notice.objects.filter(person=told.wang)[0]
    advance(FLOW, notice.problem, "urge", actor=told.li, at=at("2020-05-21", 15), reason="请抓紧")
    worker(at("2020-05-22"))
    letter = next(one for one in postbox.letters[2:] if one["To"].startswith("chen"))
    assert "被催办，请抓紧办理。" in letter.get_body(["plain"]).get_content()
