"""Approval items by version, cases with their clock, papers, certificates; and event logs of other systems."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from luodi.campaigns.models import DeadlineUnit, LocalName
from luodi.files.models import StoredFile
from luodi.orgs.models import Person, Unit
from luodi.orgs.rules import scope_q
from luodi.projects.models import Project


class Status(models.TextChoices):
    """Where a case stands. Overdue is not a status: the clock says it."""

    APPLIED = "applied", _("已申请")
    ASKED = "asked", _("待补正")
    ACCEPTED = "accepted", _("办理中")
    SUSPENDED = "suspended", _("已暂停")
    OPINED = "opined", _("已出模拟意见")
    GRANTED = "granted", _("已准予")
    ISSUED = "issued", _("已发证")
    REFUSED = "refused", _("不予许可")
    ENDED = "ended", _("已退件")


class Intake(models.TextChoices):
    """How a case came in."""

    NORMAL = "normal", _("正常受理")
    DEFERRED = "deferred", _("容缺受理")
    COMMITMENT = "commitment", _("告知承诺")
    SIMULATED = "simulated", _("模拟审批")


class StopKind(models.TextChoices):
    """What stops the clock (行政许可法 art. 45)."""

    HEARING = "hearing", _("听证")
    TENDER = "tender", _("招标")
    AUCTION = "auction", _("拍卖")
    INSPECTION = "inspection", _("检验检测")
    QUARANTINE = "quarantine", _("检疫鉴定")
    EXPERTS = "experts", _("专家评审")


class Catalogue(models.Model):
    """One version of a pack's items and templates as it was loaded; never changed, for running cases keep theirs."""

    pack = models.CharField(max_length=50)
    version = models.PositiveIntegerField(_("版本"))
    source = models.CharField(_("依据"), max_length=150)
    sm3 = models.CharField(max_length=64)
    stages = models.JSONField()
    templates = models.JSONField()
    loaded_at = models.DateTimeField(_("装入时间"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id pack version source sm3 stages templates loaded_at".split())

    class Meta:
        constraints = [models.UniqueConstraint(name="catalogue_version_once", fields=["pack", "version"])]

    def __str__(self) -> str:
        return f"{self.pack} v{self.version}"


class Item(LocalName):
    """An approval item of one version: limits, papers, certificate, and which special intakes it is listed for."""

    catalogue = models.ForeignKey(Catalogue, models.PROTECT, related_name="items")
    code = models.CharField(_("事项编码"), max_length=30)
    seq = models.PositiveSmallIntegerField()
    stage = models.PositiveSmallIntegerField(_("阶段"))
    department = models.CharField(_("审批部门"), max_length=20)
    statutory_days = models.PositiveSmallIntegerField(_("法定时限"))
    more_days = models.PositiveSmallIntegerField(_("可延长"), default=0)
    committed_days = models.PositiveSmallIntegerField(_("承诺时限"))
    day_unit = models.CharField(_("时限单位"), max_length=12, choices=DeadlineUnit)
    basis = models.CharField(_("依据"), max_length=150)
    certificate = models.CharField(_("发放证照"), max_length=60, blank=True)
    valid_months = models.PositiveSmallIntegerField(_("证照有效期（月）"), null=True)
    is_deferrable = models.BooleanField(_("可容缺受理"), default=False)
    is_commitment = models.BooleanField(_("可告知承诺"), default=False)
    is_simulatable = models.BooleanField(_("可模拟审批"), default=False)
    is_beside = models.BooleanField(_("不占主线"), default=False)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset(
        "id name name_en catalogue code seq stage department statutory_days more_days committed_days day_unit basis "
        "certificate valid_months is_deferrable is_commitment is_simulatable is_beside".split()
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="item_code_once", fields=["catalogue", "code"]),
            models.CheckConstraint(
                name="item_promise_not_longer", condition=Q(committed_days__lte=F("statutory_days"))
            ),
            models.CheckConstraint(name="item_unit_known", condition=Q(day_unit__in=DeadlineUnit.values)),
        ]

    def __str__(self) -> str:
        return self.name


class Paper(models.Model):
    """A paper an item asks for; `reuse` is the code of the item whose certificate stands for it."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="papers")
    seq = models.PositiveSmallIntegerField()
    name = models.CharField(_("材料"), max_length=60)
    is_essential = models.BooleanField(_("主要材料"))
    reuse = models.CharField(max_length=30, blank=True)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id item seq name is_essential reuse".split())

    class Meta:
        constraints = [models.UniqueConstraint(name="paper_seq_once", fields=["item", "seq"])]

    def __str__(self) -> str:
        return self.name


class CaseSet(models.QuerySet["Case"]):
    """Named filters that chain."""

    def visible_to(self, person: Person, day: date) -> "CaseSet":
        """What this person's posts on `day` may see."""
        return self.filter(scope_q(person, day))

    def running(self) -> "CaseSet":
        """Neither decided nor ended, today."""
        return self.filter(decided_on=None, ended_on=None)


class Case(models.Model):
    """One application for one item of one project (办件). Limits are those of the day it was accepted.

    `stopped_days` and `due_on` count the closed suspensions; `used_days` is fixed with the decision. `batch` joins
    the cases that were opened together (并联).
    """

    code = models.CharField(_("办件编号"), max_length=24, unique=True)
    project = models.ForeignKey(Project, models.PROTECT, related_name="cases", verbose_name=_("项目"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="cases", verbose_name=_("事项"))
    city_code = models.CharField(max_length=4)
    county_code = models.CharField(max_length=6, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("审批部门"))
    lead_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    intake = models.CharField(_("受理方式"), max_length=10, choices=Intake, default=Intake.NORMAL)
    batch = models.CharField(_("并联批次"), max_length=24, blank=True)
    status = models.CharField(_("状态"), max_length=9, choices=Status, default=Status.APPLIED)
    handler = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    applied_on = models.DateField(_("申请日期"))
    asked_on = models.DateField(_("一次性告知日期"), null=True)
    accepted_on = models.DateField(_("受理日期"), null=True)
    is_deemed = models.BooleanField(_("逾期视为受理"), default=False)
    statutory_days = models.PositiveSmallIntegerField(_("法定时限"))
    committed_days = models.PositiveSmallIntegerField(_("承诺时限"))
    extended_days = models.PositiveSmallIntegerField(_("经批准延长"), default=0)
    extended_on = models.DateField(null=True)
    stopped_days = models.PositiveSmallIntegerField(_("暂停天数"), default=0)
    due_on = models.DateField(_("承诺办结日"), null=True)
    legal_on = models.DateField(_("法定办结日"), null=True)
    opined_on = models.DateField(_("出具模拟意见日期"), null=True)
    opinion_code = models.CharField(_("模拟意见编号"), max_length=30, blank=True)
    awaits = models.CharField(_("前置条件"), max_length=100, blank=True)
    met_on = models.DateField(_("前置条件具备日期"), null=True)
    saved_days = models.SmallIntegerField(_("模拟审批节省工作日"), null=True)
    promised_on = models.DateField(_("容缺补正期限"), null=True)
    decided_on = models.DateField(_("办结日期"), null=True)
    used_days = models.PositiveSmallIntegerField(_("实际用时"), null=True)
    spared_days = models.IntegerField(_("比法定时限少用"), null=True)
    is_late = models.BooleanField(_("超过承诺时限"), null=True)
    issued_on = models.DateField(_("发证日期"), null=True)
    ended_on = models.DateField(_("退件日期"), null=True)
    explanation = models.TextField(_("超时说明"), blank=True)
    explained_on = models.DateField(_("公开说明日期"), null=True)
    version = models.PositiveIntegerField(default=1)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset(
        "id code project item city_code county_code unit lead_unit intake batch status handler applied_on asked_on "
        "accepted_on is_deemed statutory_days committed_days extended_days extended_on stopped_days due_on legal_on "
        "opined_on opinion_code awaits met_on saved_days promised_on decided_on used_days spared_days is_late "
        "issued_on ended_on explanation explained_on version".split()
    )
    objects = CaseSet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="case_status_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(name="case_intake_known", condition=Q(intake__in=Intake.values)),
            models.CheckConstraint(
                name="case_accepted_later", condition=Q(accepted_on=None) | Q(accepted_on__gte=F("applied_on"))
            ),
            models.CheckConstraint(
                name="case_decided_later", condition=Q(decided_on=None) | Q(decided_on__gte=F("accepted_on"))
            ),
            models.CheckConstraint(
                name="case_decision_whole",
                condition=Q(decided_on=None, used_days=None, is_late=None, spared_days=None)
                | Q(
                    decided_on__isnull=False, used_days__isnull=False, is_late__isnull=False, spared_days__isnull=False
                ),
            ),
            models.CheckConstraint(
                name="case_late_is_explained",
                condition=Q(is_late=None) | Q(is_late=False) | Q(explained_on__isnull=False),
            ),
            models.CheckConstraint(
                name="case_promise_in_limit", condition=Q(promised_on=None) | Q(promised_on__lte=F("due_on"))
            ),
            models.CheckConstraint(
                name="case_opinion_whole",
                condition=Q(opined_on=None, opinion_code="") | (~Q(opinion_code="") & Q(opined_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="case_opinion_is_simulated", condition=Q(opined_on=None) | Q(intake="simulated")
            ),
            models.UniqueConstraint(name="case_opinion_once", fields=["opinion_code"], condition=~Q(opinion_code="")),
        ]
        indexes = [
            models.Index(fields=["city_code", "-applied_on", "-id"], name="case_city"),
            models.Index(fields=["county_code", "-applied_on", "-id"], name="case_county"),
            models.Index(fields=["unit", "-applied_on", "-id"], name="case_unit"),
            models.Index(fields=["status", "due_on"], name="case_due"),
            models.Index(fields=["city_code", "decided_on"], name="case_decided"),
        ]

    def __str__(self) -> str:
        return self.code


class CasePaper(models.Model):
    """How one paper of a case stands: handed in, taken from the store of certificates, or promised."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="papers")
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="+")
    given_on = models.DateField(_("收到日期"), null=True)
    certificate = models.ForeignKey("Certificate", models.PROTECT, null=True, related_name="uses")
    promised = models.BooleanField(_("容缺"), default=False)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id case paper given_on certificate promised".split())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="case_paper_once", fields=["case", "paper"]),
            models.CheckConstraint(
                name="case_paper_reused_is_given", condition=Q(certificate=None) | Q(given_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.paper_id}"


class Stop(models.Model):
    """A time that does not count: `starts_on` ≤ day < `ends_on`. One case has one open stop at most."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="stops")
    kind = models.CharField(_("事由"), max_length=10, choices=StopKind)
    reason = models.TextField(_("说明"))
    starts_on = models.DateField(_("暂停自"))
    ends_on = models.DateField(_("恢复日期"), null=True)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id case kind reason starts_on ends_on".split())

    class Meta:
        constraints = [
            models.CheckConstraint(name="stop_kind_known", condition=Q(kind__in=StopKind.values)),
            models.CheckConstraint(name="stop_ends_later", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))),
            models.UniqueConstraint(name="stop_one_open", fields=["case"], condition=Q(ends_on=None)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.starts_on}"


class Step(models.Model):
    """What happened to a case, as the process map sees it."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="steps")
    name = models.CharField(_("环节"), max_length=30)
    happened_at = models.DateTimeField(_("时间"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id case name happened_at".split())

    class Meta:
        indexes = [models.Index(fields=["case", "happened_at", "id"], name="step_of_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.name}"


class CertificateSet(models.QuerySet["Certificate"]):
    """Named filters that chain."""

    def visible_to(self, person: Person, day: date) -> "CertificateSet":
        """What this person's posts on `day` may see."""
        return self.filter(scope_q(person, day))


class Certificate(models.Model):
    """A certificate in the store: valid from … to (the last day counts; None: no end)."""

    code = models.CharField(_("证照编号"), max_length=60, unique=True)
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", verbose_name=_("事项"))
    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="issued_paper", verbose_name=_("办件"))
    project = models.ForeignKey(Project, models.PROTECT, related_name="certificates", verbose_name=_("项目"))
    city_code = models.CharField(max_length=4)
    county_code = models.CharField(max_length=6, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("发证机关"))
    lead_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    holder = models.CharField(_("持证单位"), max_length=100)
    valid_from = models.DateField(_("有效期起"))
    valid_until = models.DateField(_("有效期止"), null=True)
    stored = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name=_("扫描件"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset(
        "id code item case project city_code county_code unit lead_unit holder valid_from valid_until stored".split()
    )
    objects = CertificateSet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="certificate_ends_later",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
        ]
        indexes = [
            models.Index(fields=["city_code", "valid_until", "id"], name="certificate_city"),
            models.Index(fields=["project", "item"], name="certificate_project"),
        ]

    def __str__(self) -> str:
        return self.code


class EventLog(models.Model):
    """The log of another system as imported; its events stand in a file of columns, `findings` are what it says."""

    city_code = models.CharField(max_length=4)
    name = models.CharField(_("名称"), max_length=60, unique=True)
    file_name = models.CharField(_("文件"), max_length=200)
    sm3 = models.CharField(max_length=64)
    case_count = models.PositiveIntegerField(_("案件"))
    event_count = models.PositiveIntegerField(_("事件"))
    findings = models.JSONField()
    imported_at = models.DateTimeField(_("导入时间"))
    imported_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("导入人"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id city_code name file_name sm3 case_count event_count findings imported_at imported_by".split())

    def __str__(self) -> str:
        return self.name
