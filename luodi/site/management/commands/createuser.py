"""`luodi createuser`: enter a person and the posts held, for the first administrators of an installation."""

import os
from argparse import ArgumentParser
from datetime import date
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext as _

from luodi.journal.rules import SYSTEM
from luodi.kit.clock import now, today
from luodi.kit.refusal import Refused
from luodi.orgs import actions
from luodi.orgs.models import Role, Unit, UnitKind

KINDS = {2: UnitKind.PROVINCE, 4: UnitKind.CITY, 6: UnitKind.COUNTY}


class Command(BaseCommand):
    """The password comes from LUODI_PASSWORD or a prompt, never from the command line, where others could read it."""

    help = "Enter a person: luodi createuser wu --name 吴系统 --unit 1311=衡水市 --post system_admin@1311"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """User name, name, posts; units that are not there yet."""
        parser.add_argument("username")
        parser.add_argument("--name", help="asked for when left out")
        parser.add_argument("--phone", default="")
        parser.add_argument(
            "--post", action="append", default=[], metavar="ROLE@UNIT[=TITLE]", help=f"ROLE: {', '.join(Role.values)}"
        )
        parser.add_argument(
            "--unit", action="append", default=[], metavar="CODE=NAME", help="enter this unit first if it is not there"
        )
        parser.add_argument("--from", dest="starts_on", type=date.fromisoformat, help="first day of the posts")

    @transaction.atomic
    def handle(self, *, username: str, name: str | None, phone: str, post: list[str], **options: Any) -> None:
        """All or nothing."""
        for words in options["unit"]:
            enter_unit(*words.partition("=")[::2])
        name = name or input(_("姓名："))
        person = actions.admit(
            username=username, name=name, phone=phone, password=ask_password(), actor=SYSTEM, at=now()
        )
        starts_on = options["starts_on"] or today()
        for words in post:
            role, unit, title = read_post(words)
            actions.appoint(person, unit, role, title=title, starts_on=starts_on, actor=SYSTEM, at=now())
        self.stdout.write(_("已建立账号 %(username)s（%(name)s），岗位 %(n)s 个。首次登录须改密码。") % {
            "username": username, "name": name, "n": len(post),
        })  # fmt: skip


def ask_password() -> str:
    """From LUODI_PASSWORD, else typed twice without being shown."""
    if given := os.environ.get("LUODI_PASSWORD"):
        return given
    password = getpass(_("密码："))
    if password != getpass(_("再输一次：")):
        raise Refused(_("两次输入的密码不一样。"))
    return password


def read_post(words: str) -> tuple[str, Unit, str]:
    """«campaign_office@1311=主任» → role, unit, title."""
    place, _equals, title = words.partition("=")
    role, at_sign, code = place.partition("@")
    if not at_sign or role not in Role.values:
        raise Refused(_("岗位要写成“角色@单位代码”，角色可用：%(roles)s") % {"roles": "、".join(Role.values)})
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise Refused(_("没有代码为“%(code)s”的单位，可用 --unit %(code)s=单位名称 一并建立。") % {"code": code})
    return role, unit, title


def enter_unit(code: str, name: str) -> None:
    """A unit that is not there yet; its kind and parent follow from its code."""
    if Unit.objects.filter(code=code).exists():
        return
    place, _dash, department = code.partition("-")
    if len(place) not in KINDS or not name:
        raise Refused(_("单位要写成“代码=名称”，代码是 2、4 或 6 位行政区划代码，部门再加“-字母”。"))
    above = place if department else place[:-2]
    kind = KINDS[len(place)]
    if department:
        kind = UnitKind.COUNTY_DEPT if len(place) == 6 else UnitKind.CITY_DEPT
    parent = Unit.objects.filter(code=above).first()
    actions.register_unit(code=code, name=name, kind=kind, parent=parent, actor=SYSTEM, at=now())
