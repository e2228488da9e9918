"""Land: a double-entry ledger of farmland quota, batches of conversion, reserves of zones, lease-then-grant.

Area is Decimal in hectares with four places (0.0001 ha is 1 m²); capacity Decimal in kg with two. People read mu too.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from luodi.orgs.models import Person, Unit
from luodi.orgs.rules import scope_q
from luodi.projects.models import Project

FULL = Q(area__gte=0, paddy__gte=0, capacity__gte=0)  # no measure below zero


class LotKind(models.TextChoices):
    """How new farmland is made."""

    CONSOLIDATION = "consolidation", _("土地整治")
    RECLAMATION = "reclamation", _("建设用地复垦")
    PADDY = "paddy", _("旱改水")


class LotStatus(models.TextChoices):
    """Whether the quota of a replenishing project is in stock."""

    PLANNED = "planned", _("未入库")
    STOCKED = "stocked", _("已入库")


class Book(models.TextChoices):
    """The kinds of accounts: where quota comes from, where it lies, where it is used up."""

    SOURCE = "source", _("补充耕地")
    POOL = "pool", _("指标库")
    USED = "used", _("核销")


class PostingKind(models.TextChoices):
    """What moves quota."""

    ACCEPT = "accept", _("入库")
    WITHDRAW = "withdraw", _("核销")
    TRANSFER = "transfer", _("调剂")
    REVERSE = "reverse", _("冲正")


class BatchStatus(models.TextChoices):
    """Where a batch stands."""

    SUBMITTED = "submitted", _("已上报")
    APPROVED = "approved", _("已批准")
    WITHDRAWN = "withdrawn", _("已撤回")


class ContractStatus(models.TextChoices):
    """Where a contract stands."""

    LEASED = "leased", _("租赁期")
    GRANTED = "granted", _("已转出让")
    ENDED = "ended", _("已终止")


def hectares(label: object, **more: object) -> models.DecimalField:
    """An area in hectares."""
    return models.DecimalField(label, max_digits=14, decimal_places=4, default=Decimal(0), **more)  # type: ignore[arg-type]


def kilograms(label: object, **more: object) -> models.DecimalField:
    """A capacity in kg."""
    return models.DecimalField(label, max_digits=16, decimal_places=2, default=Decimal(0), **more)  # type: ignore[arg-type]


class PlacedSet(models.QuerySet["Placed"]):
    """Named filters that chain."""

    def visible_to(self, person: Person, day: date) -> "models.QuerySet[Any]":
        """What this person's posts on `day` may see; outside it a row does not exist (404)."""
        return self.filter(scope_q(person, day))


class Placed(models.Model):
    """What every record of land has: its place, who keeps it, the land bureau of the city."""

    city_code = models.CharField(max_length=4)
    county_code = models.CharField(max_length=6, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("责任单位"))
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("市直责任单位")
    )
    objects = PlacedSet.as_manager()

    class Meta:
        abstract = True


class Measured(models.Model):
    """Quota in its three measures."""

    area = hectares(_("数量"))
    paddy = hectares(_("水田"))
    capacity = kilograms(_("产能"))

    class Meta:
        abstract = True


class Lot(Placed):
    """A replenishing project (补充耕地项目): what it adds is one lot of quota, which can be used once."""

    code = models.CharField(_("项目编号"), max_length=40, unique=True)
    name = models.CharField(_("项目名称"), max_length=100)
    kind = models.CharField(_("类型"), max_length=14, choices=LotKind)
    paper = models.CharField(_("立项文号"), max_length=60, blank=True)
    scale_area = hectares(_("建设规模"))
    area = hectares(_("新增耕地"))
    paddy = hectares(_("新增水田"))
    capacity = kilograms(_("新增产能"))
    accepted_paper = models.CharField(_("验收文号"), max_length=60, blank=True)
    accepted_on = models.DateField(_("验收日期"), null=True, blank=True)
    record_code = models.CharField(_("报备号"), max_length=40, blank=True)
    stocked_on = models.DateField(_("入库日期"), null=True, blank=True)
    entered_on = models.DateField(_("登记日期"))
    status = models.CharField(_("状态"), max_length=8, choices=LotStatus, default=LotStatus.PLANNED)
    version = models.PositiveIntegerField(default=1)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset(
        "id city_code county_code unit lead_unit code name kind paper scale_area area paddy capacity accepted_paper "
        "accepted_on record_code stocked_on entered_on status version".split()
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="lot_record_once", fields=["record_code"], condition=~Q(record_code="")),
            models.CheckConstraint(name="lot_status_known", condition=Q(status__in=LotStatus.values)),
            models.CheckConstraint(name="lot_kind_known", condition=Q(kind__in=LotKind.values)),
            models.CheckConstraint(name="lot_not_less_than_nothing", condition=FULL),
            models.CheckConstraint(
                name="lot_stocked_has_day", condition=~Q(status="stocked") | Q(stocked_on__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["city_code", "county_code", "code", "id"], name="lot_city_code"),
            models.Index(fields=["county_code", "code", "id"], name="lot_county_code"),
        ]

    def __str__(self) -> str:
        return self.name


class Account(Measured):
    """One account of a county or of the city, with its three balances. Nobody's pool is ever below zero.

    The sum of all accounts is zero in each of the three: what lies in pools and what is used up came from sources.
    """

    city_code = models.CharField(max_length=4)
    county_code = models.CharField(max_length=6, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("县市区"))
    book = models.CharField(_("账户"), max_length=6, choices=Book)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id city_code county_code unit book area paddy capacity".split())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="account_once", fields=["unit", "book"]),
            models.CheckConstraint(name="account_book_known", condition=Q(book__in=Book.values)),
            models.CheckConstraint(name="account_never_below_zero", condition=Q(book="source") | FULL),
        ]
        indexes = [models.Index(fields=["city_code", "book", "county_code", "id"], name="account_city")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.book}"


class Holding(Measured):
    """What of one lot lies in one pool; the same hectare lies in one place only and is used once."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="holdings")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="holdings")

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id account lot area paddy capacity".split())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="holding_once", fields=["account", "lot"]),
            models.CheckConstraint(name="holding_never_below_zero", condition=FULL),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.lot_id}"


class Batch(Placed):
    """A batch application for conversion of land to building (批次用地)."""

    code = models.CharField(_("批次号"), max_length=40, unique=True)
    name = models.CharField(_("批次名称"), max_length=100)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="land_batches", verbose_name=_("用地项目")
    )
    area = hectares(_("用地面积"))
    farm_area = hectares(_("其中农用地"))
    arable_area = hectares(_("其中耕地"))
    paddy_area = hectares(_("其中水田"))
    build_area = hectares(_("其中建设用地"))
    unused_area = hectares(_("其中未利用地"))
    submitted_on = models.DateField(_("申报日期"))
    approved_on = models.DateField(_("批准日期"), null=True, blank=True)
    approved_paper = models.CharField(_("批准文号"), max_length=60, blank=True)
    withdrawn_on = models.DateField(_("撤回日期"), null=True, blank=True)
    linked_area = hectares(_("已挂钩数量"))
    linked_paddy = hectares(_("已挂钩水田"))
    status = models.CharField(_("状态"), max_length=10, choices=BatchStatus, default=BatchStatus.SUBMITTED)
    version = models.PositiveIntegerField(default=1)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset(
        "id city_code county_code unit lead_unit code name project area farm_area arable_area paddy_area build_area "
        "unused_area submitted_on approved_on approved_paper withdrawn_on linked_area linked_paddy status "
        "version".split()
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="batch_status_known", condition=Q(status__in=BatchStatus.values)),
            models.CheckConstraint(name="batch_has_area", condition=Q(area__gt=0)),
            models.CheckConstraint(name="batch_paddy_within", condition=Q(paddy_area__lte=F("arable_area"))),
            models.CheckConstraint(name="batch_arable_within", condition=Q(arable_area__lte=F("farm_area"))),
            models.CheckConstraint(
                name="batch_approved_has_day", condition=~Q(status="approved") | Q(approved_on__isnull=False)
            ),
            models.CheckConstraint(
                name="batch_withdrawn_has_day", condition=~Q(status="withdrawn") | Q(withdrawn_on__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["city_code", "-submitted_on", "-id"], name="batch_city_day"),
            models.Index(fields=["county_code", "-submitted_on", "-id"], name="batch_county_day"),
        ]

    def __str__(self) -> str:
        return self.name


class Posting(Placed, Measured):
    """One movement of quota, with what was moved; its entries add up to zero. It is never changed, only reversed."""

    kind = models.CharField(_("类型"), max_length=8, choices=PostingKind)
    posted_on = models.DateField(_("日期"))
    posted_at = models.DateTimeField(_("时间"))
    posted_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="postings", verbose_name=_("补充耕地项目"))
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="postings", verbose_name=_("用地批次"))
    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="+", verbose_name=_("建设项目"))
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    ended_on = models.DateField(_("冲正日期"), null=True)
    paper = models.CharField(_("文号"), max_length=60, blank=True)
    reason = models.TextField(_("事由"), blank=True)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset(
        "id city_code county_code unit lead_unit kind posted_on posted_at posted_by area paddy capacity lot batch "
        "project reverses ended_on paper reason".split()
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="posting_kind_known", condition=Q(kind__in=PostingKind.values)),
            models.CheckConstraint(name="posting_moves_amounts", condition=FULL),
            models.CheckConstraint(
                name="posting_used_for_one_thing",
                condition=~Q(kind="withdraw") | Q(batch=None) ^ Q(project=None),
            ),
            models.CheckConstraint(
                name="posting_reversal_says_why",
                condition=~Q(kind="reverse") | Q(reverses__isnull=False, reason__gt=""),
            ),
        ]
        indexes = [
            models.Index(fields=["city_code", "-posted_on", "-id"], name="posting_city_day"),
            models.Index(fields=["county_code", "-posted_on", "-id"], name="posting_county_day"),
            models.Index(fields=["kind", "posted_on"], name="posting_kind_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.posted_on} №{self.pk}"


class Entry(Measured):
    """One line of a posting: what came into an account (+) or left it (−), of which lot."""

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, models.PROTECT, related_name="entries")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="entries")

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id posting account lot area paddy capacity".split())

    def __str__(self) -> str:
        return f"{self.posting_id} {self.account_id} {self.lot_id}"


class Zone(Placed):
    """A development zone with its industrial reserve; `area` repeats the standing count."""

    name = models.CharField(_("开发区"), max_length=60)
    area = hectares(_("储备用地"))
    counted_on = models.DateField(_("清点日期"), null=True, blank=True)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id city_code county_code unit lead_unit name area counted_on".split())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="zone_name_once", fields=["city_code", "county_code", "name"]),
            models.CheckConstraint(name="zone_reserve_not_less", condition=Q(area__gte=0)),
        ]

    def __str__(self) -> str:
        return self.name


class Reserve(models.Model):
    """What was counted in a zone on a day, until the next count."""

    zone = models.ForeignKey(Zone, models.PROTECT, related_name="counts")
    area = hectares(_("储备用地"))
    counted_on = models.DateField(_("清点日期"))
    ended_on = models.DateField(null=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    counted_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("清点人"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id zone area counted_on ended_on note counted_by".split())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="reserve_one_current", fields=["zone"], condition=Q(ended_on=None)),
            models.CheckConstraint(name="reserve_not_less", condition=Q(area__gte=0)),
        ]
        indexes = [models.Index(fields=["counted_on", "zone"], name="reserve_by_day")]

    def __str__(self) -> str:
        return f"{self.zone_id} {self.counted_on}"


class Contract(Placed):
    """Industrial land leased first and granted once the condition is met (先租后让)."""

    code = models.CharField(_("合同编号"), max_length=40, unique=True)
    parcel = models.CharField(_("宗地位置"), max_length=100)
    lessee = models.CharField(_("承租单位"), max_length=100)
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("开发区"))
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("建设项目")
    )
    area = hectares(_("面积"))
    leased_on = models.DateField(_("租赁起始"))
    lease_until = models.DateField(_("租赁到期"))
    condition = models.TextField(_("转让条件"))
    convert_by = models.DateField(_("约定转让期限"))
    met_on = models.DateField(_("达产考核通过"), null=True, blank=True)
    granted_on = models.DateField(_("转出让日期"), null=True, blank=True)
    grant_years = models.PositiveSmallIntegerField(_("出让年限"), null=True, blank=True)
    ended_on = models.DateField(_("终止日期"), null=True, blank=True)
    status = models.CharField(_("状态"), max_length=8, choices=ContractStatus, default=ContractStatus.LEASED)
    version = models.PositiveIntegerField(default=1)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset(
        "id city_code county_code unit lead_unit code parcel lessee zone project area leased_on lease_until condition "
        "convert_by met_on granted_on grant_years ended_on status version".split()
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="contract_status_known", condition=Q(status__in=ContractStatus.values)),
            models.CheckConstraint(name="contract_lease_has_length", condition=Q(lease_until__gt=F("leased_on"))),
            models.CheckConstraint(
                name="contract_granted_after_check",
                condition=~Q(status="granted")
                | Q(met_on__isnull=False, grant_years__isnull=False, granted_on__gte=F("met_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["city_code", "convert_by", "id"], name="contract_city_due"),
            models.Index(fields=["county_code", "convert_by", "id"], name="contract_county_due"),
        ]

    def __str__(self) -> str:
        return self.code
