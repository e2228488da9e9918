"""Units, people, posts, sign-ins. A unit's place is its GB/T 2260 code; a post is a role at a unit for a time."""

from datetime import date
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class UnitKind(models.TextChoices):
    """What a unit is; departments hang below a place."""

    PROVINCE = "province", _("省")
    CITY = "city", _("市")
    COUNTY = "county", _("县市区")
    CITY_DEPT = "city_dept", _("市直部门")
    COUNTY_DEPT = "county_dept", _("县直部门")


class Role(models.TextChoices):
    """What a post may do. The last three are the separated administrators, without business data (domain.md 6.1)."""

    OFFICE = "campaign_office", _("专班办")
    CLERK = "unit_clerk", _("单位经办")
    UNIT_LEADER = "unit_leader", _("单位负责人")
    INSPECTOR = "inspector", _("核查员")
    DISCIPLINE = "discipline_officer", _("纪检干部")
    LEADER = "leader", _("领导")
    SYSADMIN = "system_admin", _("系统管理员")
    SECADMIN = "security_admin", _("安全管理员")
    AUDITADMIN = "audit_admin", _("审计管理员")


ADMIN_ROLES = frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDITADMIN})
BUSINESS_ROLES = frozenset(Role) - ADMIN_ROLES


class Unit(models.Model):
    """A government, zone or department. `code` is the GB/T 2260 code, with «-letters» for a department of the place."""

    code = models.CharField(_("代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=80, blank=True)
    short_name = models.CharField(_("简称"), max_length=20)
    kind = models.CharField(_("类型"), max_length=12, choices=UnitKind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    city_code = models.CharField(_("市代码"), max_length=4, blank=True)
    county_code = models.CharField(_("县代码"), max_length=6, blank=True)
    sort_key = models.PositiveIntegerField(_("排序"), default=0)
    tile_col = models.PositiveSmallIntegerField(_("示意图列"), null=True, blank=True)
    tile_row = models.PositiveSmallIntegerField(_("示意图行"), null=True, blank=True)
    active = models.BooleanField(_("在用"), default=True)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset(
        "id code name name_en short_name kind parent city_code county_code sort_key tile_col tile_row active".split()
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="unit_kind_known", condition=Q(kind__in=UnitKind.values)),
            models.UniqueConstraint(name="unit_one_per_tile", fields=["parent", "tile_col", "tile_row"]),
            models.CheckConstraint(
                name="unit_county_has_code",
                condition=~Q(kind__in=["county", "county_dept"]) | Q(county_code__gt=""),
            ),
        ]
        indexes = [models.Index(fields=["city_code", "kind", "sort_key", "id"], name="unit_by_city")]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The short name in the reader's language."""
        return self._in_english or self.short_name

    @property
    def full_label(self) -> str:
        """The full name in the reader's language."""
        return self._in_english or self.name

    @property
    def _in_english(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else ""

    @property
    def place(self) -> str:
        """The GB/T 2260 code of the place this unit belongs to: county, else city, else its own code."""
        return self.county_code or self.city_code or self.code


class PersonManager(BaseUserManager):
    """Finds people by user name for the log-in; people are made by `actions.admit`."""


class Person(AbstractBaseUser):
    """Somebody who signs in. There is no superuser: what a person may do comes from posts alone."""

    username = models.CharField(_("账号"), max_length=40, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    email = models.EmailField(_("电子邮箱"), max_length=100, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    must_change = models.BooleanField(_("须改密码"), default=False)
    password_on = models.DateField(_("改密码日期"), null=True, blank=True)
    theme = models.CharField(_("外观"), max_length=5, blank=True)
    language = models.CharField(_("语言"), max_length=7, blank=True)

    PRIVATE = frozenset({"phone", "email", "password"})
    OPEN = frozenset("id username name is_active must_change password_on theme language last_login".split())
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    objects = PersonManager()

    def __str__(self) -> str:
        return self.name

    @cached_property
    def all_posts(self) -> "list[Post]":
        """Every post ever held, oldest first, with its unit. Read once per request."""
        return list(self.posts.select_related("unit", "unit__parent").order_by("starts_on", "pk"))

    def posts_on(self, day: date) -> "list[Post]":
        """The posts in force on `day`, oldest first."""
        return [p for p in self.all_posts if p.in_force(day)]

    def roles_on(self, day: date) -> set[str]:
        """The roles of these posts."""
        return {p.role for p in self.posts_on(day)}

    def main_post(self, day: date) -> "Post | None":
        """The post shown beside the name: the newest one held on `day`."""
        posts = self.posts_on(day)
        return posts[-1] if posts else None

    def journal_facts(self, day: date) -> dict[str, str | int | None]:
        """Who acted, as it was on that day: the journal keeps words, not keys."""
        post = self.main_post(day)
        return {
            "actor_id": self.pk,
            "actor_name": self.name,
            "actor_post": (post.title or str(post.get_role_display())) if post else "",
            "actor_unit": post.unit.name if post else "",
        }


class Post(models.Model):
    """A role at a unit, held by a person from `starts_on` up to but not including `ends_on`."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    role = models.CharField(_("角色"), max_length=20, choices=Role)
    title = models.CharField(_("职务"), max_length=40, blank=True)
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"), null=True, blank=True)
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id person unit role title starts_on ends_on proposed_by approved_by".split())

    class Meta:
        constraints = [
            models.CheckConstraint(name="post_role_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="post_ends_after_start", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="post_two_persons",
                condition=Q(approved_by=None) | Q(proposed_by=None) | ~Q(approved_by=F("proposed_by")),
            ),
        ]
        indexes = [models.Index(fields=["unit", "role", "starts_on"], name="post_by_unit")]

    def __str__(self) -> str:
        return f"{self.person} · {self.unit} · {self.get_role_display()}"

    @property
    def waits(self) -> bool:
        """Proposed by the system administrator and not yet approved by the security administrator."""
        return self.proposed_by_id is not None and self.approved_by_id is None

    def in_force(self, day: date) -> bool:
        """Approved and held on `day`."""
        return not self.waits and self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


class SignIn(models.Model):
    """One session of a person, for the page «my sessions»; ended when signed out, closed or idle too long."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    PRIVATE = frozenset({"session_key", "address", "agent"})
    OPEN = frozenset("id person started_at seen_at ended_at".split())

    class Meta:
        indexes = [models.Index(fields=["person", "-seen_at"], name="sign_in_by_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.started_at:%Y-%m-%d %H:%M}"


class Token(models.Model):
    """A key for the API, made by a person for a program: it may do what the person may, within `scopes`.

    Only the SM3 of the token is kept: 256 random bits cannot be guessed from it, and nobody can read it out again.
    """

    class Scope(models.TextChoices):
        """What a token may be used for."""

        READ = "read", _("只查询")
        WRITE = "write", _("办理")

    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens")
    name = models.CharField(_("用途"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(_("范围"))
    created_at = models.DateTimeField()
    expires_on = models.DateField(_("到期日"))
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    PRIVATE = frozenset({"digest"})
    OPEN = frozenset("id person name scopes created_at expires_on last_used_at revoked_at".split())

    class Meta:
        indexes = [models.Index(fields=["person", "-created_at"], name="token_by_person")]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_words(self) -> str:
        """The scopes in words."""
        return " · ".join(str(Token.Scope(one).label) for one in self.scopes)

    def in_force(self, day: date) -> bool:
        """Neither revoked nor past its last day."""
        return self.revoked_at is None and day < self.expires_on


class Draft(models.Model):
    """What one person has typed into one form and not sent yet; `place` is the form's route with its arguments."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="drafts")
    place = models.CharField(max_length=120)
    words = models.JSONField(default=dict)
    saved_at = models.DateTimeField(db_index=True)

    PRIVATE = frozenset({"words"})
    OPEN = frozenset("id person place saved_at".split())

    class Meta:
        constraints = [models.UniqueConstraint(name="draft_once", fields=["person", "place"])]

    def __str__(self) -> str:
        return f"{self.person_id} {self.place}"
