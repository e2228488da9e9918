"""What people are told: notices in the site, what each person chose, groups' robots, and what was sent outside."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from luodi.kit.secret import open_sealed
from luodi.orgs.models import Person, Role, Unit, UnitKind
from luodi.problems.models import Problem

SECRET = "notices.channel"  # noqa: S105 -- what the key is for, no key


class Kind(models.TextChoices):
    """What a notice is about; a person chooses for each kind whether it reaches him."""

    TURN = "turn", _("轮到我办理")
    RETURNED = "returned", _("被退回")
    URGED = "urged", _("催办和延期")
    DUE = "due", _("快到期和逾期")
    CLOSED = "closed", _("销号、重新打开、并案、作废")


# One sentence for each act, without names of persons; the problem's code and title stand before it.
SENTENCES: Mapping[str, str | Promise] = {
    "assign": _("已交办，请认领。"),
    "decline": _("责任单位退回了交办，请重新交办。"),
    "file_plan": _("整改方案已报，请审定。"),
    "accept_plan": _("整改方案已同意，请按方案落实。"),
    "report": _("已报告整改完成，请核对。"),
    "resubmit": _("已补正再报，请核对。"),
    "self_check": _("县级已自核，请核查。"),
    "verify": _("核查已通过，请办理销号。"),
    "hand_over": _("已移交给您经办。"),
    "send_back_plan": _("整改方案被退回，请修改后再报。"),
    "send_back": _("被退回补正。"),
    "reject": _("被退回重新整改。"),
    "ask_extension": _("申请延期，请批复。"),
    "ask_merge": _("申请并案，请批复。"),
    "ask_void": _("申请作废，请批复。"),
    "turn_down": _("申请没有批准。"),
    "urge": _("被催办，请抓紧办理。"),
    "extend": _("整改时限已改。"),
    "close": _("已销号。"),
    "reopen": _("已重新打开，请重新整改。"),
    "merge": _("已并案。"),
    "void": _("已作废。"),
    "soon": _("快到整改时限。"),
    "overdue": _("已超过整改时限。"),
    "trial": _("这是一条试发的通知。"),
}


class Notice(models.Model):
    """One thing one person is told. `cause` (a journal entry, or a limit that comes near) makes it so only once."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="notices")
    cause = models.CharField(max_length=50)
    kind = models.CharField(max_length=10, choices=Kind)
    verb = models.CharField(max_length=20)
    problem = models.ForeignKey(Problem, models.CASCADE, related_name="+")
    due_on = models.DateField(null=True)
    made_at = models.DateTimeField()
    in_site = models.BooleanField()
    by_mail = models.BooleanField()
    unread = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset(
        "id person cause kind verb problem due_on made_at in_site by_mail unread read_at mailed_at".split()
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="notice_once", fields=["person", "cause"]),
            models.CheckConstraint(name="notice_kind_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(
                name="notice_read_has_moment",
                condition=Q(unread=True, read_at=None) | Q(unread=False, read_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "in_site", "-unread", "-id"], name="notice_by_person"),
            models.Index(fields=["by_mail", "unread", "mailed_at", "person"], name="notice_to_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.cause}"

    @property
    def sentence(self) -> str:
        """What happened, in the reader's language."""
        return str(SENTENCES[self.verb])


class Choice(models.Model):
    """What a person chose for one kind of notice; without a row both ways are open."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    in_site = models.BooleanField(default=True)
    by_mail = models.BooleanField(default=True)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id person kind in_site by_mail".split())

    class Meta:
        constraints = [models.UniqueConstraint(name="choice_once", fields=["person", "kind"])]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"


class ChannelQuerySet(models.QuerySet["Channel"]):
    """Named filters that chain."""

    def visible_to(self, person: Person, day: date) -> "ChannelQuerySet":
        """A city's office has the groups of its city, a county's office those of its county."""
        return self.filter(unit__in=Unit.objects.filter(units_of(person, day)))


def units_of(person: Person, day: date) -> Q:
    """The units whose groups this person's office looks after."""
    found = Q(pk__in=[])
    for post in person.posts_on(day):
        if post.role == Role.OFFICE:
            unit = post.unit
            found |= Q(county_code=unit.county_code) if unit.county_code else Q(city_code=unit.city_code)
    return found & Q(active=True) & ~Q(kind=UnitKind.PROVINCE)


class Channel(models.Model):
    """The robot of a unit's group chat. Its address is a key to the group: sealed, and shown to nobody again."""

    class Service(models.TextChoices):
        """Whose robot it is."""

        WECOM = "wecombot", _("企业微信")
        DINGTALK = "dingtalk", _("钉钉")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    service = models.CharField(_("平台"), max_length=10, choices=Service)
    name = models.CharField(_("群名称"), max_length=40)
    sealed = models.TextField()
    kinds = models.JSONField(default=list)
    active = models.BooleanField(_("在用"), default=True)
    added_at = models.DateTimeField()

    PRIVATE = frozenset({"sealed"})
    OPEN = frozenset("id unit service name kinds active added_at".split())
    objects = ChannelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="channel_name_once", fields=["unit", "name"]),
            models.CheckConstraint(name="channel_service_known", condition=Q(service__in=["wecombot", "dingtalk"])),
        ]

    def __str__(self) -> str:
        return f"{self.get_service_display()} {self.name}"

    @property
    def address(self) -> str | None:
        """Where apprise sends to; None when it can no longer be opened (another SECRET_KEY)."""
        return open_sealed(self.sealed, SECRET)

    @property
    def kind_labels(self) -> list[str]:
        """The kinds this group is told, in words."""
        return [str(kind.label) for kind in Kind if kind in self.kinds]


class Delivery(models.Model):
    """A message on its way out: a person's digest of one day, or lines for a group. What fails is tried again.

    `slot` names it, so that a day's digest is made only once. `lines` are [verb, problem's id] for a group.
    """

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("待发送")
        SENT = "sent", _("已发送")
        NOTHING = "nothing", _("无须发送")
        FAILED = "failed", _("没有发成")

    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    channel = models.ForeignKey(Channel, models.CASCADE, null=True, related_name="deliveries")
    slot = models.CharField(max_length=60, unique=True)
    lines = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    PRIVATE: frozenset[str] = frozenset({"error"})
    OPEN = frozenset("id person channel slot lines state tries next_at ended_at".split())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="delivery_one_receiver",
                condition=Q(person=None, channel__isnull=False) | Q(person__isnull=False, channel=None),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "next_at"], name="delivery_waiting"),
            models.Index(fields=["channel", "-id"], name="delivery_by_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.slot} {self.state}"


class Mark(models.Model):
    """How far a duty has come: the last journal entry told of, ids that were not there yet, the day it was done."""

    name = models.CharField(max_length=10, unique=True)
    last_entry = models.BigIntegerField(default=0)
    gaps: Any = models.JSONField(default=list)
    moved_at = models.DateTimeField()

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id name last_entry gaps moved_at".split())

    def __str__(self) -> str:
        return f"{self.name} {self.last_entry}"
