"""Telling people: from the journal into the site, once a day by e-mail, at once to groups' robots; and choosing.

`spread`, `remind`, `digest` and `send` are duties of the worker (settings.LUODI_DUTIES): each is cheap when there is
nothing to do, may run in several workers at once, and may be run again.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

import apprise
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.wecombot import NotifyWeComBot
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from luodi.journal import actions as journal
from luodi.journal.models import Entry
from luodi.journal.rules import SYSTEM, missing_from
from luodi.kit.clock import local_day
from luodi.kit.refusal import Refused
from luodi.kit.secret import seal
from luodi.notices import queries
from luodi.notices.models import SECRET, Channel, Choice, Delivery, Kind, Mark, Notice, units_of
from luodi.notices.queries import DIGEST, REMIND, SPREAD
from luodi.notices.rules import (
    FRESH,
    GAP_PATIENCE,
    LEASE,
    MOST_TRIES,
    TOLD,
    Act,
    audience,
    concerns,
    handlers,
    limit_cause,
    pause,
)
from luodi.orgs import actions as orgs
from luodi.orgs.models import Person, Unit
from luodi.problems.models import Problem

ROBOTS: Mapping[str, Any] = {Channel.Service.WECOM: NotifyWeComBot, Channel.Service.DINGTALK: NotifyDingTalk}
CHUNK = 500
SENT_AT_ONCE = 20  # a round of the worker must not be all sending


@dataclass(frozen=True)
class Word:
    """One thing to tell one person."""

    person: Person
    cause: str
    kind: Kind
    verb: str
    problem: Problem


# -- from the journal into the site ----------------------------------------------------------------------------


def spread(*, at: datetime) -> int:
    """Tell people of the acts that are new in the journal; returns how many notices were made."""
    told = 0
    while queries.has_news(at):
        found = _spread_some(at)
        if found is None:
            break
        told += found
    return told


def _mark(name: str, at: datetime) -> Mark:
    """The mark of a duty, locked: two workers take turns."""
    Mark.objects.get_or_create(name=name, defaults={"moved_at": at - timedelta(days=1)})
    return Mark.objects.select_for_update().get(name=name)


@transaction.atomic
def _spread_some(at: datetime) -> int | None:
    """One chunk of the journal; None when there is nothing left."""
    mark = _mark(SPREAD, at)
    ids = queries.new_ids(mark, CHUNK)
    fresh, seen = [i for i in ids if i > mark.last_entry], set(ids)
    gaps = [[i, since] for i, since in mark.gaps if i not in seen and at.timestamp() - since < GAP_PATIENCE]
    gaps += [[i, at.timestamp()] for i in missing_from(fresh, mark.last_entry)[-CHUNK:]]
    if ids or gaps != mark.gaps:
        mark.gaps, mark.moved_at = gaps[-CHUNK:], at
        mark.last_entry = max([mark.last_entry, *fresh])
        mark.save(update_fields=["gaps", "moved_at", "last_entry"])
    if not ids:
        return None
    verbs = [f"problems.{verb}" for verb in TOLD]
    entries = Entry.objects.filter(pk__in=ids, row_kind="problems.problem", verb__in=verbs, at__gt=at - FRESH)
    return _tell(list(entries.order_by("pk")), at)


def _tell(entries: list[Entry], at: datetime) -> int:
    if not entries:
        return 0
    rows = Problem.objects.select_related("unit", "handler").in_bulk({e.row_id for e in entries})
    roster, words, heard = queries.roster(local_day(at)), [], []
    for entry in entries:
        if (problem := rows.get(entry.row_id)) is None:
            continue
        act = Act(entry.verb.rpartition(".")[2], entry.after or {})
        kind = TOLD[act.verb][0]
        heard.append((kind, act.verb, problem))
        words += [
            Word(person, f"entry-{entry.pk}", kind, act.verb, problem)
            for person in audience(problem, act, roster)
            if person.pk != entry.actor_id
        ]
    _queue_for_groups(heard, at)
    return _give(words, at)


def _give(words: list[Word], at: datetime) -> int:
    """Make the notices: only of what a person may see, and in the ways the person chose."""
    people = {w.person.pk: w.person for w in words}
    wanted: dict[int, set[int]] = {}
    for word in words:
        wanted.setdefault(word.person.pk, set()).add(word.problem.pk)
    seen = {pk: queries.seen_by(people[pk], problems, local_day(at)) for pk, problems in wanted.items()}
    chosen = queries.choices(people)
    notices = []
    for word in words:
        in_site, by_mail = chosen.get((word.person.pk, word.kind), (True, True))
        if word.problem.pk in seen[word.person.pk] and (in_site or by_mail):
            facts = {"cause": word.cause, "kind": word.kind, "verb": word.verb, "due_on": word.problem.due_on}
            notices.append(
                Notice(person=word.person, problem=word.problem, made_at=at, in_site=in_site, by_mail=by_mail, **facts)
            )
    Notice.objects.bulk_create(notices, batch_size=CHUNK, ignore_conflicts=True)
    return len(notices)


def remind(*, at: datetime) -> int:
    """Once a day: tell handlers of limits that are near or past. Returns how many notices were made."""
    if queries.done_on(REMIND, local_day(at)):
        return 0
    with transaction.atomic():
        if not _first_today(REMIND, at):
            return 0
        roster, words = queries.roster(local_day(at)), []
        for problem in queries.near_limit(local_day(at)):
            if found := limit_cause(problem, local_day(at)):
                verb, cause = found
                told = handlers(problem, Act(verb, {}), roster)
                words += [Word(person, cause, Kind.DUE, verb, problem) for person in told]
        return _give(words, at)


def _first_today(name: str, at: datetime) -> bool:
    """Take a daily duty for today, in the caller's transaction; False if another worker has done it."""
    mark = _mark(name, at)
    if local_day(mark.moved_at) >= local_day(at):
        return False
    mark.moved_at = at
    mark.save(update_fields=["moved_at"])
    return True


@transaction.atomic
def read(notice: Notice, *, actor: Person, at: datetime) -> None:
    """The person opened it."""
    Notice.objects.filter(pk=notice.pk, person=actor, unread=True).update(unread=False, read_at=at)


@transaction.atomic
def read_all(*, actor: Person, at: datetime) -> int:
    """Mark everything as read that has come until now; returns how many."""
    waiting = Notice.objects.filter(person=actor, in_site=True, unread=True, made_at__lte=at)
    return waiting.update(unread=False, read_at=at)


@transaction.atomic
def choose(chosen: Mapping[str, tuple[bool, bool]], *, email: str, actor: Person, at: datetime) -> None:
    """What reaches the person: for each kind (in the site, by e-mail), and to which address."""
    for kind, (in_site, by_mail) in chosen.items():
        wanted = {"in_site": in_site, "by_mail": by_mail}
        Choice.objects.update_or_create(person=actor, kind=Kind(kind), defaults=wanted)
    orgs.set_email(actor, email, actor=actor, at=at)
    facts = {kind: [way for way, on in zip(("site", "mail"), ways, strict=True) if on] for kind, ways in chosen.items()}
    journal.record("notices.choose", actor=actor, at=at, row=actor, after=facts)


# -- on the way out --------------------------------------------------------------------------------------------


def digest(*, at: datetime) -> int:
    """Once a day from LUODI_DIGEST_AT on: queue one mail for each person with unread notices; returns how many."""
    local = timezone.localtime(at)
    if not settings.LUODI_MAIL or local.time() < time.fromisoformat(settings.LUODI_DIGEST_AT):
        return 0
    if queries.done_on(DIGEST, local.date()):
        return 0
    with transaction.atomic():
        if not _first_today(DIGEST, at):
            return 0
        people = queries.to_mail(at).order_by("person").values_list("person", flat=True).distinct()
        rows = [Delivery(person_id=pk, slot=f"mail-{pk}-{local.date()}", next_at=at) for pk in people]
        Delivery.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)
    return len(rows)


def _queue_for_groups(heard: Iterable[tuple[Kind, str, Problem]], at: datetime) -> None:
    """Add lines to the message that waits for each group, or begin one; in the caller's transaction."""
    channels = list(Channel.objects.filter(active=True).select_related("unit").order_by("pk"))
    acts = list(heard) if channels else []
    for channel in channels:
        lines = [[verb, p.pk] for kind, verb, p in acts if kind in channel.kinds and concerns(channel.unit, p)]
        if lines:
            _add_lines(channel, lines, at)


def _add_lines(channel: Channel, lines: list[list[object]], at: datetime) -> None:
    waiting = Delivery.objects.select_for_update().filter(channel=channel, state=Delivery.State.WAITING, tries=0)
    delivery = waiting.order_by("pk").first()
    if delivery is None:
        slot = f"group-{channel.pk}-{get_random_string(16)}"
        Delivery.objects.create(channel=channel, slot=slot, lines=lines, next_at=at)
    else:
        delivery.lines = [*delivery.lines, *lines]
        delivery.save(update_fields=["lines"])


def send(*, at: datetime) -> int:
    """Send what waits: digests, and for each group at most one message; returns how many went out."""
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=at).order_by("next_at", "pk")
    sent, groups = 0, set()
    for delivery in waiting[:SENT_AT_ONCE]:
        if delivery.channel_id and delivery.channel_id in groups:
            continue
        groups.add(delivery.channel_id)
        claimed = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING, tries=delivery.tries)
        # Whoever counts the try has it; the lease lets another take over if this worker dies while sending.
        if claimed.update(tries=delivery.tries + 1, next_at=at + LEASE):
            delivery = Delivery.objects.select_related("person", "channel__unit").get(pk=delivery.pk)
            sent += _mail(delivery, at) if delivery.person else _post(delivery, at)
    return sent


def _mail(delivery: Delivery, at: datetime) -> bool:
    person = delivery.person
    letter = queries.letter(person, at) if person and person.is_active and person.email else None
    if person is None or letter is None:
        _end(delivery, Delivery.State.NOTHING, at)
        return False
    message = EmailMultiAlternatives(letter.subject, letter.text, settings.LUODI_MAIL_FROM, [person.email])
    message.attach_alternative(letter.html, "text/html")
    record = partial(
        journal.record, "notices.digest.send", actor=SYSTEM, at=at, row=person, after={"count": len(letter.notices)}
    )
    try:
        message.send()
    except OSError as error:  # smtplib's exceptions are OSErrors too
        _failed(delivery, f"{type(error).__name__}: {error}", at)
        return False
    with transaction.atomic():
        _end(delivery, Delivery.State.SENT, at)
        Notice.objects.filter(pk__in=letter.notices).update(mailed_at=at)
        record()
    return True


def _post(delivery: Delivery, at: datetime) -> bool:
    channel = delivery.channel
    if channel is None or not channel.active:
        _end(delivery, Delivery.State.NOTHING, at)
        return False
    if why := _notify(channel.address, queries.group_message(delivery)):
        _failed(delivery, why, at)
        return False
    with transaction.atomic():
        _end(delivery, Delivery.State.SENT, at)
        facts = {"count": len(delivery.lines)}
        journal.record("notices.channel.send", actor=SYSTEM, at=at, row=channel, place=channel.unit.place, after=facts)
    return True


def _notify(address: str | None, words: str) -> str:
    """Post through apprise; what went wrong, or nothing."""
    if address is None:
        return _("群机器人的地址打不开了（密钥已换），请停用后重新添加。")
    plugin = ROBOTS[address.partition(":")[0]]
    with apprise.LogCapture(level=apprise.logging.WARNING) as said:
        # The plugin itself: asked by address, apprise would first load every one of its hundred.
        if plugin(**plugin.parse_url(address)).notify(body=words):
            return ""
        return said.getvalue().strip() or _("对方没有收下。")


def _end(delivery: Delivery, state: Delivery.State, at: datetime) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(state=state, ended_at=at, error="")


@transaction.atomic
def _failed(delivery: Delivery, why: str, at: datetime) -> None:
    """Keep what went wrong; try again later, or give up and say so in the journal."""
    row = Delivery.objects.filter(pk=delivery.pk)
    if delivery.tries < MOST_TRIES:
        row.update(error=why[:200], next_at=at + pause(delivery.tries))
        return
    row.update(error=why[:200], state=Delivery.State.FAILED, ended_at=at)
    verb = "notices.digest.fail" if delivery.person_id else "notices.channel.fail"
    journal.record(verb, actor=SYSTEM, at=at, row=delivery.person or delivery.channel)


# -- groups ----------------------------------------------------------------------------------------------------


@transaction.atomic
def add_channel(
    *, unit: Unit, service: str, name: str, address: str, kinds: list[str], actor: Person, at: datetime
) -> Channel:
    """Let the robot of a unit's group speak; `address` is apprise's, and is kept sealed."""
    if not Unit.objects.filter(units_of(actor, local_day(at)), pk=unit.pk).exists():
        raise Refused(_("您的岗位不能为%(unit)s设置群通知。") % {"unit": unit})
    if Channel.objects.filter(unit=unit, name=name).exists():
        raise Refused(_("%(unit)s已有名为“%(name)s”的群。") % {"unit": unit, "name": name})
    channel = Channel.objects.create(
        unit=unit, service=service, name=name, sealed=seal(address, SECRET), kinds=kinds, added_at=at
    )
    facts = {"service": service, "unit": unit, "kinds": kinds}
    journal.record("notices.channel.add", actor=actor, at=at, row=channel, place=unit.place, after=facts)
    return channel


def switch_channel(channel: Channel, *, active: bool, actor: Person, at: datetime) -> None:
    """Let a group be told again, or no longer."""
    _change(channel, "resume" if active else "stop", actor, at, lambda row: row.update(active=active))


def try_channel(channel: Channel, *, actor: Person, at: datetime) -> None:
    """Queue one line for a group, to see whether it arrives."""
    if not channel.active:
        raise Refused(_("这个群已停用，请先启用。"))
    _change(channel, "try", actor, at, lambda row: _add_lines(channel, [["trial", 0]], at))


@transaction.atomic
def _change(channel: Channel, verb: str, actor: Person, at: datetime, change: Callable[..., object]) -> None:
    row = Channel.objects.filter(pk=channel.pk)
    if not row.visible_to(actor, local_day(at)).exists():
        raise Refused(_("您的岗位不能为%(unit)s设置群通知。") % {"unit": channel.unit})
    change(row)
    journal.record(f"notices.channel.{verb}", actor=actor, at=at, row=channel, place=channel.unit.place)
