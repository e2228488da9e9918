"""Writing units, people and posts. Posts are proposed by the system administrator and approved by the security one."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from axes.helpers import get_cool_off
from axes.utils import reset as axes_reset
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from luodi.journal import actions as journal
from luodi.journal.queries import timeline
from luodi.journal.rules import SYSTEM, Actor
from luodi.kit.clock import local_day
from luodi.kit.refusal import Refused
from luodi.kit.sm3 import sm3
from luodi.orgs.models import ADMIN_ROLES, BUSINESS_ROLES, Draft, Person, Post, Role, SignIn, Token, Unit, UnitKind

LONGEST_TOKEN = timedelta(days=366)
DRAFTS_KEPT = timedelta(days=30)
MOST_TOKENS = 10


@transaction.atomic
def register_unit(
    *, code: str, name: str, kind: str, actor: Actor, at: datetime, parent: Unit | None = None, **about: Any
) -> Unit:
    """Enter a unit, or bring its name, order and tile up to date. `about`: short_name, name_en, sort_key, tile_*."""
    place = code.split("-")[0]
    facts = {
        "name": name,
        "kind": kind,
        "parent": parent,
        "city_code": place[:4] if len(place) >= 4 else "",
        "county_code": place if len(place) == 6 else "",
        "short_name": about.pop("short_name", "") or name,
        **about,
    }
    unit, created = Unit.objects.update_or_create(code=code, defaults=facts)
    journal.record("orgs.unit.register" if created else "orgs.unit.update", actor=actor, at=at, row=unit, after=facts)
    return unit


@transaction.atomic
def admit(
    *,
    username: str,
    name: str,
    actor: Actor,
    at: datetime,
    password: str | None = None,
    phone: str = "",
    email: str = "",
) -> Person:
    """Enter a person. Without a password nobody can sign in as this person until one is set (`set_password`)."""
    if Person.objects.filter(username=username).exists():
        raise Refused(_("账号“%(username)s”已有人使用。") % {"username": username})
    facts = {"username": username, "name": name, "phone": phone, "email": email}
    person = Person(**facts, must_change=True, password=make_password(None))
    if password is not None:
        _check_password(password, person)
        person.password, person.password_on = make_password(password), local_day(at)
    person.save()
    journal.record("orgs.person.admit", actor=actor, at=at, row=person)
    return person


def _check_password(password: str, person: Person) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error


@transaction.atomic
def set_password(person: Person, password: str, *, actor: Actor, at: datetime, must_change: bool = False) -> None:
    """Give a person a new password; `must_change` when somebody else chose it."""
    _check_password(password, person)
    person.password, person.must_change = make_password(password), must_change
    person.password_on = local_day(at)
    person.save(update_fields=["password", "must_change", "password_on"])
    journal.record("orgs.person.password", actor=actor, at=at, row=person)


@transaction.atomic
def appoint(
    person: Person,
    unit: Unit,
    role: str,
    *,
    starts_on: date,
    actor: Person | Actor,
    at: datetime,
    title: str = "",
) -> Post:
    """Give a person a post; what a person proposes waits for `approve`.

    Refused if administrator and business posts, or two kinds of administrator, would meet (三员分立, domain.md 6.1).
    """
    held = set(Post.objects.filter(person=person, ends_on=None).values_list("role", flat=True))
    if role in ADMIN_ROLES and held - {role}:
        raise Refused(_("%(name)s已有其他岗位，不能再任%(role)s：三员分立，一人只任一员。") % _who(person, role))
    if role in BUSINESS_ROLES and held & ADMIN_ROLES:
        raise Refused(_("%(name)s是管理员，不能再任业务岗位%(role)s。") % _who(person, role))
    if role == Role.OFFICE and unit.kind == UnitKind.PROVINCE:
        raise Refused(_("专班办设在市、县，不设在%(unit)s。") % {"unit": unit})
    post = Post.objects.create(
        person=person,
        unit=unit,
        role=role,
        title=title,
        starts_on=starts_on,
        proposed_by=actor if isinstance(actor, Person) else None,
    )
    facts = {"role": role, "unit": unit, "title": title}
    journal.record("orgs.post.appoint", actor=actor, at=at, row=post, after=facts)
    return post


@transaction.atomic
def approve(post: Post, *, actor: Person, at: datetime) -> Post:
    """The security administrator agrees with a proposed post; from then on it is in force."""
    post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if not post.waits:
        raise Refused(_("这个岗位不在等待批准。"))
    if post.proposed_by_id == actor.pk:
        raise Refused(_("提出和批准不能是同一人。"))
    post.approved_by = actor
    post.save(update_fields=["approved_by"])
    journal.record("orgs.post.approve", actor=actor, at=at, row=post)
    return post


@transaction.atomic
def turn_down(post: Post, *, reason: str, actor: Person, at: datetime) -> Post:
    """The security administrator does not agree with a proposed post; it never comes into force."""
    post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if not post.waits or post.ends_on is not None:
        raise Refused(_("这个岗位不在等待批准。"))
    post.ends_on = post.starts_on
    post.save(update_fields=["ends_on"])
    journal.record("orgs.post.turn_down", actor=actor, at=at, row=post, reason=reason)
    return post


@transaction.atomic
def note_lock_out(username: str, *, address: str | None, at: datetime) -> None:
    """Say once in the journal that failed log-ins have locked an account; nothing for names that nobody has."""
    person = Person.objects.filter(username=username).first()
    lately = {"verb": "orgs.person.lock", "at__gt": at - (get_cool_off() or timedelta(0))}
    if person and not timeline(person).filter(**lately).exists():
        journal.record("orgs.person.lock", actor=SYSTEM, at=at, row=person, address=address)


def release(username: str, *, actor: Person, at: datetime) -> None:
    """Open an account that failed log-ins have locked."""
    with transaction.atomic():
        if not axes_reset(username=username):
            raise Refused(_("账号“%(username)s”没有被锁定。") % {"username": username})
        journal.record("orgs.person.release", actor=actor, at=at, label=username)


def _who(person: Person, role: str) -> dict[str, object]:
    return {"name": person.name, "role": Role(role).label}


@transaction.atomic
def leave(post: Post, *, ends_on: date, actor: Actor, at: datetime) -> Post:
    """End a post on that day. Open work is handed over by the module that owns it (problems.hand_over)."""
    post = Post.objects.select_for_update(of=("self",)).select_related("person").get(pk=post.pk)
    if post.ends_on is not None:
        raise Refused(_("这个岗位已于 %(day)s 结束。") % {"day": post.ends_on})
    _refuse_last(post.person, [post], actor)
    if ends_on < post.starts_on:
        raise Refused(_("结束日期不能早于开始日期 %(day)s。") % {"day": post.starts_on})
    post.ends_on = ends_on
    post.save(update_fields=["ends_on"])
    journal.record("orgs.post.leave", actor=actor, at=at, row=post, after={"ends_on": ends_on})
    return post


@transaction.atomic
def close_account(person: Person, *, actor: Actor, at: datetime, reason: str) -> None:
    """Switch an account off; its sessions and tokens end at the next request. Posts stay as they are."""
    _refuse_last(person, person.posts.filter(ends_on=None), actor)
    if not Person.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
        raise Refused(_("%(name)s的账号已经停用。") % {"name": person})
    person.is_active = False
    SignIn.objects.filter(person=person, ended_at=None).update(ended_at=at)
    journal.record("orgs.person.close", actor=actor, at=at, row=person, reason=reason)


@transaction.atomic
def open_account(person: Person, *, actor: Actor, at: datetime, reason: str) -> None:
    """Switch a closed account on again, with the posts it still has."""
    if not Person.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
        raise Refused(_("%(name)s的账号没有停用。") % {"name": person})
    person.is_active = True
    journal.record("orgs.person.open", actor=actor, at=at, row=person, reason=reason)


def _refuse_last(person: Person, posts: Iterable[Post], actor: Actor) -> None:
    """Nobody shuts himself out, and each of the three administrators stays with somebody."""
    if person == actor:
        raise Refused(_("不能停用自己的账号或结束自己的岗位，请由另一位系统管理员办理。"))
    for post in posts:
        others = Post.objects.filter(role=post.role, ends_on=None, person__is_active=True).exclude(person=person)
        if post.role in ADMIN_ROLES and not post.waits and not any(not other.waits for other in others):
            role = {"name": person, "role": post.get_role_display()}
            raise Refused(_("%(name)s是唯一的%(role)s，请先让接任的人到岗。") % role)


def note_sign_in(person: Person, *, session_key: str, address: str | None, agent: str, at: datetime) -> SignIn:
    """Remember a new session of this person, and say so in the journal with the address (a staff act)."""
    with transaction.atomic():
        row = SignIn.objects.create(
            person=person, session_key=session_key, started_at=at, seen_at=at, address=address, agent=agent[:200]
        )
        journal.record("orgs.session.start", actor=person, at=at, row=person, address=address)
    return row


def touch_sign_in(row: SignIn, *, at: datetime) -> None:
    """The session was used."""
    row.seen_at = at
    row.save(update_fields=["seen_at"])


@transaction.atomic
def end_sign_in(row: SignIn, *, actor: Person, at: datetime, address: str | None = None) -> None:
    """End a session: signed out, or closed from «my sessions»."""
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    journal.record("orgs.session.end", actor=actor, at=at, row=row.person, address=address)


def choose(person: Person, *, theme: str | None = None, language: str | None = None) -> None:
    """The person's own look and language; no act worth a journal entry."""
    wanted = {k: v for k, v in {"theme": theme, "language": language}.items() if v is not None}
    Person.objects.filter(pk=person.pk).update(**wanted)


@transaction.atomic
def set_email(person: Person, email: str, *, actor: Actor, at: datetime) -> None:
    """Where e-mail reaches a person; empty: nowhere. The journal says that it changed, not to what."""
    if Person.objects.filter(pk=person.pk).exclude(email=email).update(email=email):
        journal.record("orgs.person.email", actor=actor, at=at, row=person)


@transaction.atomic
def issue_token(
    person: Person, *, name: str, scopes: Sequence[str], expires_on: date, actor: Person, at: datetime
) -> tuple[Token, str]:
    """Make a token for the API; returns the row and the token itself, which is kept nowhere and shown once.

    It works up to but not including `expires_on`, at most a year from today. Refused beyond ten at a time.
    """
    day = local_day(at)
    if not day < expires_on <= day + LONGEST_TOKEN:
        raise Refused(_("到期日要在今天之后、一年以内。"))
    if not scopes or set(scopes) - set(Token.Scope.values):
        raise Refused(_("请选择令牌的范围。"))
    if Token.objects.filter(person=person, revoked_at=None, expires_on__gt=day).count() >= MOST_TOKENS:
        raise Refused(_("一人最多有 %(n)s 个有效令牌，请先停用不用的。") % {"n": MOST_TOKENS})
    plain = f"luodi_{secrets.token_urlsafe(32)}"
    row = Token.objects.create(
        person=person,
        name=name,
        digest=sm3(plain.encode()),
        scopes=sorted(set(scopes)),
        created_at=at,
        expires_on=expires_on,
    )
    facts = {"scopes": row.scopes, "expires_on": expires_on}
    journal.record("orgs.token.issue", actor=actor, at=at, row=row, after=facts)
    return row, plain


@transaction.atomic
def revoke_token(token: Token, *, actor: Person, at: datetime) -> Token:
    """Stop a token for good; what was done with it stays."""
    token = Token.objects.select_for_update(of=("self",)).get(pk=token.pk)
    if token.revoked_at is not None:
        raise Refused(_("这个令牌已经停用。"))
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    journal.record("orgs.token.revoke", actor=actor, at=at, row=token)
    return token


def touch_token(token: Token, *, at: datetime) -> None:
    """The token was used."""
    token.last_used_at = at
    token.save(update_fields=["last_used_at"])


# -- drafts ----------------------------------------------------------------------------------------------------


def keep_draft(person: Person, place: str, words: dict[str, str], *, at: datetime) -> Draft:
    """Keep what is typed in a form, in place of what was kept before. No act of office: it is not journaled."""
    draft, _is_new = Draft.objects.update_or_create(
        person=person, place=place, defaults={"words": words, "saved_at": at}
    )
    return draft


def drop_draft(person: Person, place: str) -> None:
    """The form was sent, or the person wants to begin anew."""
    Draft.objects.filter(person=person, place=place).delete()


def drop_old_drafts(*, at: datetime) -> int:
    """The worker's duty: what nobody came back to for 30 days goes; returns how many. One query when there are none."""
    old = list(Draft.objects.filter(saved_at__lt=at - DRAFTS_KEPT).values_list("pk", flat=True)[:500])
    if old:
        Draft.objects.filter(pk__in=old).delete()
    return len(old)
