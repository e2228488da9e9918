"""Needs for money and what banks did about them; balances of loans. What happens on a day is a dated row.

Money is Decimal in 万元 with four places. A month is written as its first day.
"""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from luodi.orgs.models import Person, Unit
from luodi.orgs.rules import scope_q
from luodi.projects.models import Project, money


class NeedKind(models.TextChoices):
    """Whose need it is."""

    PROJECT = "project", _("重点项目")
    ENTERPRISE = "enterprise", _("骨干企业")


class Security(models.TextChoices):
    """What the borrower offers."""

    CREDIT = "credit", _("信用")
    MORTGAGE = "mortgage", _("抵押")
    PLEDGE = "pledge", _("质押")
    GUARANTEE = "guarantee", _("保证")


class Status(models.TextChoices):
    """Where a need stands with the office. How far banks have come is `reached`."""

    WAITING = "waiting", _("待发布")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤回")


class Reached(models.TextChoices):
    """How far a need has come."""

    CONTACT = "contact", _("已对接")
    CREDIT = "credit", _("已授信")
    LOAN = "loan", _("已放款")


class EventKind(models.TextChoices):
    """How bank and borrower were brought together."""

    BANKER_VISIT = "banker_visit", _("政府陪行长走企业")
    FAIR = "fair", _("政银企对接会")
    VISIT = "visit", _("银行走访")
    ONLINE = "online", _("线上对接")


class Ground(models.TextChoices):
    """Why a bank does not lend."""

    SECURITY = "security", _("担保不足")
    FINANCES = "finances", _("财务指标不达标")
    RECORD = "record", _("征信有瑕疵")
    PAPERS = "papers", _("手续不全")
    POLICY = "policy", _("行业政策限制")
    OTHER = "other", _("其他原因")


class LoanClass(models.TextChoices):
    """Classes of loans to key projects, as the city's report names them; what is in none of them is «other»."""

    COOPERATION = "cooperation", _("京津冀协同相关项目")
    NATIONAL = "national", _("国家级重点项目")
    PROVINCE = "province", _("省级重点项目")
    LOCAL = "local", _("地市及以下重点项目")
    OTHER = "other", _("其他")


class Bank(models.Model):
    """A bank that lends in the city. `unit` keeps its figures."""

    city_code = models.CharField(max_length=4)
    county_code = models.CharField(max_length=6, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("维护单位"))
    code = models.CharField(_("银行代码"), max_length=20)
    name = models.CharField(_("银行名称"), max_length=60)
    contact_name = models.CharField(_("联系人"), max_length=40, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=40, blank=True)

    PRIVATE = frozenset({"contact_name", "contact_phone"})
    OPEN = frozenset("id city_code county_code unit code name".split())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="bank_code_once", fields=["city_code", "code"]),
            models.UniqueConstraint(name="bank_name_once", fields=["city_code", "name"]),
        ]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """What a bank offers: up to how much, how long, against what. Empty lists mean any."""

    bank = models.ForeignKey(Bank, models.PROTECT, related_name="products")
    name = models.CharField(_("产品"), max_length=60)
    least_amount = money(_("起点金额"), default=Decimal(0))
    most_amount = money(_("最高金额"))
    most_months = models.PositiveSmallIntegerField(_("最长期限（月）"))
    securities = models.JSONField(_("担保方式"), default=list)
    industries = models.JSONField(_("支持行业"), default=list)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id bank name least_amount most_amount most_months securities industries".split())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="product_once", fields=["bank", "name"]),
            models.CheckConstraint(name="product_range", condition=Q(most_amount__gte=F("least_amount"))),
        ]

    def __str__(self) -> str:
        return self.name


class Batch(models.Model):
    """Needs published together to the banks."""

    city_code = models.CharField(max_length=4)
    name = models.CharField(_("发布批次"), max_length=60)
    published_on = models.DateField(_("发布日期"))
    published_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id city_code name published_on published_by".split())

    class Meta:
        constraints = [models.UniqueConstraint(name="batch_name_once", fields=["city_code", "name"])]

    def __str__(self) -> str:
        return self.name


class NeedSet(models.QuerySet["Need"]):
    """Named filters that chain."""

    def visible_to(self, person: Person, day: date) -> "NeedSet":
        """What this person's posts on `day` may see; outside it a need does not exist (404)."""
        return self.filter(scope_q(person, day))


class Need(models.Model):
    """A project's or an enterprise's need for money. `reached` and the sums repeat the standing dated rows."""

    city_code = models.CharField(max_length=4)
    county_code = models.CharField(max_length=6, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("责任单位"))
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("市直责任单位")
    )
    kind = models.CharField(_("需求类型"), max_length=10, choices=NeedKind)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="needs")
    name = models.CharField(_("名称"), max_length=100)
    owner_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    industry = models.CharField(_("行业"), max_length=40, blank=True)
    amount = money(_("需求金额"))
    purpose = models.CharField(_("用途"), max_length=200)
    months = models.PositiveSmallIntegerField(_("期限（月）"))
    security = models.CharField(_("担保方式"), max_length=10, choices=Security)
    contact_name = models.CharField(_("联系人"), max_length=40, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    entered_on = models.DateField(_("登记日期"))
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="needs", verbose_name=_("发布批次"))
    published_on = models.DateField(_("发布日期"), null=True)
    withdrawn_on = models.DateField(_("撤回日期"), null=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.WAITING)
    reached = models.CharField(_("进展"), max_length=8, choices=Reached, blank=True)
    granted_amount = money(_("授信金额"), default=Decimal(0))
    paid_amount = money(_("放款金额"), default=Decimal(0))
    version = models.PositiveIntegerField(default=1)

    PRIVATE = frozenset({"contact_name", "contact_phone"})
    OPEN = frozenset(
        "id city_code county_code unit lead_unit kind project name owner_code industry amount purpose months security "
        "entered_on batch published_on withdrawn_on status reached granted_amount paid_amount version".split()
    )
    objects = NeedSet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="need_status_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(name="need_kind_known", condition=Q(kind__in=NeedKind.values)),
            models.CheckConstraint(name="need_asks_something", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="need_out_has_day", condition=~Q(status="published") | ~Q(published_on=None)),
        ]
        indexes = [
            models.Index(fields=["city_code", "county_code", "name", "id"], name="need_city_name"),
            models.Index(fields=["city_code", "-amount", "-id"], name="need_city_amount"),
            models.Index(fields=["unit", "name", "id"], name="need_unit_name"),
            models.Index(fields=["published_on", "kind"], name="need_by_day"),
        ]

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """Banks and borrowers brought together on a day."""

    city_code = models.CharField(max_length=4)
    county_code = models.CharField(max_length=6, blank=True)
    kind = models.CharField(_("形式"), max_length=14, choices=EventKind)
    name = models.CharField(_("名称"), max_length=100)
    held_on = models.DateField(_("对接日期"))
    place = models.CharField(_("地点"), max_length=100, blank=True)
    attendees = models.CharField(_("参加人员"), max_length=400, blank=True)
    note = models.TextField(_("情况"), blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("登记人"))

    PRIVATE = frozenset({"attendees"})
    OPEN = frozenset("id city_code county_code kind name held_on place note recorded_by".split())

    class Meta:
        indexes = [models.Index(fields=["city_code", "-held_on", "-id"], name="event_newest")]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """One bank met one need at an event."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="contacts")
    need = models.ForeignKey(Need, models.PROTECT, related_name="contacts")
    bank = models.ForeignKey(Bank, models.PROTECT, related_name="contacts")
    held_on = models.DateField(_("对接日期"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id event need bank held_on".split())

    class Meta:
        constraints = [models.UniqueConstraint(name="contact_once", fields=["event", "need", "bank"])]
        indexes = [models.Index(fields=["need", "held_on"], name="contact_by_need")]

    def __str__(self) -> str:
        return f"{self.need_id} {self.bank_id} {self.held_on}"


class Credit(models.Model):
    """A line of credit a bank granted; money is paid against it. A wrong one ends on the day it is voided."""

    need = models.ForeignKey(Need, models.PROTECT, related_name="credits")
    bank = models.ForeignKey(Bank, models.PROTECT, related_name="credits")
    amount = money(_("授信金额"))
    granted_on = models.DateField(_("授信日期"))
    until_on = models.DateField(_("授信到期日"), null=True, blank=True)
    ended_on = models.DateField(_("作废日期"), null=True)
    reason = models.TextField(_("作废理由"), blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("登记人"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id need bank amount granted_on until_on ended_on reason recorded_by".split())

    class Meta:
        constraints = [
            models.CheckConstraint(name="credit_is_something", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="credit_void_says_why", condition=Q(ended_on=None) | Q(reason__gt="")),
        ]
        indexes = [models.Index(fields=["granted_on", "need"], name="credit_by_day")]

    def __str__(self) -> str:
        return f"{self.need_id} {self.bank_id} {self.amount}"


class Loan(models.Model):
    """Money paid out against a credit."""

    credit = models.ForeignKey(Credit, models.PROTECT, related_name="loans")
    amount = money(_("放款金额"))
    paid_on = models.DateField(_("放款日期"))
    ended_on = models.DateField(_("作废日期"), null=True)
    reason = models.TextField(_("作废理由"), blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("登记人"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id credit amount paid_on ended_on reason recorded_by".split())

    class Meta:
        constraints = [
            models.CheckConstraint(name="loan_is_something", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="loan_void_says_why", condition=Q(ended_on=None) | Q(reason__gt="")),
        ]
        indexes = [models.Index(fields=["paid_on", "credit"], name="loan_by_day")]

    def __str__(self) -> str:
        return f"{self.credit_id} {self.amount}"


class Refusal(models.Model):
    """A bank does not lend, and why."""

    need = models.ForeignKey(Need, models.PROTECT, related_name="refusals")
    bank = models.ForeignKey(Bank, models.PROTECT, related_name="refusals")
    refused_on = models.DateField(_("答复日期"))
    ground = models.CharField(_("未授信原因"), max_length=10, choices=Ground)
    reason = models.TextField(_("说明"))
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("登记人"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id need bank refused_on ground reason recorded_by".split())

    class Meta:
        constraints = [models.UniqueConstraint(name="refusal_once", fields=["need", "bank", "refused_on"])]
        indexes = [models.Index(fields=["refused_on", "need"], name="refusal_by_day")]

    def __str__(self) -> str:
        return f"{self.need_id} {self.bank_id} {self.ground}"


class Balance(models.Model):
    """Loans of a bank to one class of key projects at a month's end; issued, repaid … since 1 January.

    A correction ends the row and another stands in its place.
    """

    city_code = models.CharField(max_length=4)
    county_code = models.CharField(max_length=6, blank=True)
    bank = models.ForeignKey(Bank, models.PROTECT, related_name="balances")
    loan_class = models.CharField(_("类别"), max_length=12, choices=LoanClass)
    month_on = models.DateField(_("月份"))
    start_amount = money(_("年初余额"))
    issued_amount = money(_("本年发放"))
    repaid_amount = money(_("本年收回"))
    written_amount = money(_("本年核销"), default=Decimal(0))
    end_amount = money(_("期末余额"))
    recorded_on = models.DateField(_("填报日期"))
    ended_on = models.DateField(_("更正日期"), null=True)
    reason = models.TextField(_("更正理由"), blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("填报人"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset(
        "id city_code county_code bank loan_class month_on start_amount issued_amount repaid_amount written_amount "
        "end_amount recorded_on ended_on reason recorded_by".split()
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="balance_one_current", fields=["bank", "loan_class", "month_on"], condition=Q(ended_on=None)
            ),
            models.CheckConstraint(name="balance_class_known", condition=Q(loan_class__in=LoanClass.values)),
            models.CheckConstraint(
                name="balance_not_below_zero",
                condition=Q(start_amount__gte=0, issued_amount__gte=0, repaid_amount__gte=0, written_amount__gte=0,
                            end_amount__gte=0),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["city_code", "month_on", "loan_class", "bank"], name="balance_by_month")]

    def __str__(self) -> str:
        return f"{self.bank_id} {self.loan_class} {self.month_on:%Y-%m}"


class StatedTotal(models.Model):
    """The total of a month that the regulator published, with the paper it stands in.

    Where it is more than its classes, `gap_note` says that this is known; the gap itself is always shown.
    """

    city_code = models.CharField(max_length=4)
    county_code = models.CharField(max_length=6, blank=True)
    month_on = models.DateField(_("截至月份"))
    amount = money(_("期末余额合计"))
    start_amount = money(_("年初余额合计"))
    increase_amount = money(_("较年初增加"))
    source = models.CharField(_("来源文件"), max_length=200)
    gap_note = models.CharField(_("差额说明"), max_length=200, blank=True)
    published_on = models.DateField(_("发布日期"))
    ended_on = models.DateField(_("更正日期"), null=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("录入人"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset(
        "id city_code county_code month_on amount start_amount increase_amount source gap_note published_on ended_on "
        "recorded_by".split()
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="total_once", fields=["city_code", "month_on"], condition=Q(ended_on=None)),
            models.CheckConstraint(name="total_not_below_zero", condition=Q(amount__gte=0, start_amount__gte=0)),
        ]
        indexes = [models.Index(fields=["city_code", "month_on"], name="total_by_month")]

    def __str__(self) -> str:
        return f"{self.month_on:%Y-%m} {self.source}"
