"""The library of key projects. What happens on a day is a dated row; the columns of `Project` repeat it for lists.

Money is Decimal in 万元 with four places, so that a yuan is not lost. A month is written as its first day.
"""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from luodi.files.models import StoredFile
from luodi.orgs.models import Person, Unit
from luodi.orgs.rules import scope_q


class Tier(models.TextChoices):
    """Whose key project it is."""

    NATIONAL = "national", _("国家")
    PROVINCE = "province", _("省")
    CITY = "city", _("市")
    COUNTY = "county", _("县")


class ListKind(models.TextChoices):
    """Which list of the year it stands in. Continuing ones and planned starts together are 重点开工项目."""

    CONSTRUCTION = "construction", _("续建")
    PLANNED_START = "planned_start", _("计划开工")
    PRELIMINARY = "preliminary", _("推进前期")


BUILDING = (ListKind.CONSTRUCTION, ListKind.PLANNED_START)


class Status(models.TextChoices):
    """Where a project stands. Whether it has started is a milestone, not a status."""

    TRACKED = "tracked", _("推进中")
    STALLED = "stalled", _("停滞")
    LANDED = "landed", _("已落地")


class MilestoneKind(models.TextChoices):
    """The way to the ground, in its usual order."""

    SIGNED = "signed", _("签约")
    FILED = "filed", _("备案/核准")
    LAND = "land", _("用地")
    PLANNING = "planning", _("规划")
    EIA = "eia", _("环评")
    PERMIT = "permit", _("施工许可")
    STARTED = "started", _("开工")
    STATISTICS = "statistics", _("入统")
    OPERATION = "operation", _("投产")


class Series(models.TextChoices):
    """Figures of the city that others count."""

    FAI_GROWTH = "fai_growth", _("固定资产投资累计同比增长")
    FAI_RANK = "fai_rank", _("固定资产投资增速全省位次")


def money(label: object, **more: object) -> models.DecimalField:
    """An amount in 万元."""
    return models.DecimalField(label, max_digits=15, decimal_places=4, **more)  # type: ignore[arg-type]


class Definition(models.Model):
    """What a campaign pack says of projects: when one has landed, which industries there are. Never changed."""

    pack = models.CharField(max_length=50)
    version = models.PositiveIntegerField()
    sm3 = models.CharField(max_length=64)
    content = models.JSONField()
    loaded_at = models.DateTimeField()

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id pack version sm3 content loaded_at".split())

    class Meta:
        constraints = [models.UniqueConstraint(name="definition_version_once", fields=["pack", "version"])]

    def __str__(self) -> str:
        return f"{self.pack} v{self.version}"


class ProjectSet(models.QuerySet["Project"]):
    """Named filters that chain."""

    def visible_to(self, person: Person, day: date) -> "ProjectSet":
        """What this person's posts on `day` may see; outside it a project does not exist (404)."""
        return self.filter(scope_q(person, day))


class Project(models.Model):
    """A key project. From `year` on the columns repeat the standing plan, the current months and the milestones."""

    city_code = models.CharField(max_length=4)
    county_code = models.CharField(max_length=6, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("责任单位"))
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("市直责任单位")
    )
    code = models.CharField(_("项目代码"), max_length=24, blank=True)
    name = models.CharField(_("项目名称"), max_length=100)
    tier = models.CharField(_("级别"), max_length=8, choices=Tier)
    industry = models.CharField(_("行业"), max_length=40)
    owner = models.CharField(_("建设单位"), max_length=100)
    owner_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    site = models.CharField(_("建设地点"), max_length=100, blank=True)
    content = models.TextField(_("建设规模及内容"), blank=True)
    start_year = models.PositiveSmallIntegerField(_("建设起始年"), null=True, blank=True)
    end_year = models.PositiveSmallIntegerField(_("建设终止年"), null=True, blank=True)
    total_amount = money(_("总投资"))
    own_amount = money(_("自筹资金"), null=True, blank=True)
    loan_amount = money(_("银行贷款"), null=True, blank=True)
    state_amount = money(_("财政资金"), null=True, blank=True)
    before_amount = money(_("入库前已完成投资"), default=Decimal(0))
    leader_name = models.CharField(_("包联领导"), max_length=40, blank=True)
    entered_on = models.DateField(_("入库日期"))
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.TRACKED)
    year = models.PositiveSmallIntegerField(_("计划年度"), null=True)
    list_kind = models.CharField(_("类型"), max_length=14, choices=ListKind, blank=True)
    plan_amount = money(_("年度计划投资"), null=True)
    year_amount = money(_("本年累计完成"), default=Decimal(0))
    done_amount = money(_("自开工累计完成"), default=Decimal(0))
    month_on = models.DateField(_("填报至"), null=True)
    progress = models.TextField(_("形象进度"), blank=True)
    obstacle = models.TextField(_("存在问题"), blank=True)
    due_on = models.DateField(_("计划开工时间"), null=True)
    started_on = models.DateField(_("实际开工时间"), null=True)
    landed_on = models.DateField(_("落地日期"), null=True)
    reached = models.CharField(_("所处环节"), max_length=12, choices=MilestoneKind, blank=True)
    version = models.PositiveIntegerField(default=1)

    PRIVATE = frozenset({"leader_name"})
    OPEN = frozenset(
        "id city_code county_code unit lead_unit code name tier industry owner owner_code site content start_year "
        "end_year total_amount own_amount loan_amount state_amount before_amount entered_on status year list_kind "
        "plan_amount year_amount done_amount month_on progress obstacle due_on started_on landed_on reached "
        "version".split()
    )
    objects = ProjectSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="project_code_once", fields=["code"], condition=~Q(code="")),
            models.UniqueConstraint(name="project_name_once", fields=["county_code", "city_code", "name"]),
            models.CheckConstraint(name="project_status_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(name="project_tier_known", condition=Q(tier__in=Tier.values)),
            models.CheckConstraint(name="project_costs_something", condition=Q(total_amount__gt=0)),
            models.CheckConstraint(name="project_before_not_less", condition=Q(before_amount__gte=0)),
            models.CheckConstraint(
                name="project_landed_has_date", condition=~Q(status="landed") | Q(landed_on__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["city_code", "county_code", "name", "id"], name="project_city_name"),
            models.Index(fields=["city_code", "-total_amount", "-id"], name="project_city_total"),
            models.Index(fields=["city_code", "-plan_amount", "-id"], name="project_city_plan"),
            models.Index(fields=["city_code", "-year_amount", "-id"], name="project_city_done"),
            models.Index(fields=["county_code", "name", "id"], name="project_county_name"),
            models.Index(fields=["unit", "name", "id"], name="project_unit_name"),
        ]

    def __str__(self) -> str:
        return self.name


class PlanVersion(models.Model):
    """The plan of one year as decided on a day, until another replaces it."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="plans")
    year = models.PositiveSmallIntegerField(_("年度"))
    edition = models.PositiveSmallIntegerField(_("版次"))
    list_kind = models.CharField(_("类型"), max_length=14, choices=ListKind)
    amount = money(_("年度计划投资"))
    due_on = models.DateField(_("计划开工时间"), null=True, blank=True)
    decided_on = models.DateField(_("下达日期"))
    ended_on = models.DateField(null=True)
    reason = models.TextField(_("调整理由"), blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("下达人"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id project year edition list_kind amount due_on decided_on ended_on reason decided_by".split())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="plan_one_current", fields=["project", "year"], condition=Q(ended_on=None)),
            models.UniqueConstraint(name="plan_edition_once", fields=["project", "year", "edition"]),
            models.CheckConstraint(name="plan_list_known", condition=Q(list_kind__in=ListKind.values)),
            models.CheckConstraint(name="plan_not_less_than_zero", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="plan_ends_later", condition=Q(ended_on=None) | Q(ended_on__gte=F("decided_on"))
            ),
        ]
        indexes = [models.Index(fields=["year", "list_kind", "decided_on", "project"], name="plan_by_year")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.year}/{self.edition}"


class MonthlyInvestment(models.Model):
    """What was completed in one month, as told on `recorded_on`; a correction ends it and stands in its place."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="months")
    month_on = models.DateField(_("月份"))
    amount = money(_("本月完成"))
    progress = models.TextField(_("形象进度"), blank=True)
    obstacle = models.TextField(_("存在问题"), blank=True)
    recorded_on = models.DateField(_("填报日期"))
    ended_on = models.DateField(_("更正日期"), null=True)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    reason = models.TextField(_("更正理由"), blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("填报人"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset(
        "id project month_on amount progress obstacle recorded_on ended_on corrects reason recorded_by".split()
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="month_one_current", fields=["project", "month_on"], condition=Q(ended_on=None)
            ),
            models.CheckConstraint(name="month_never_falls", condition=Q(amount__gte=0)),
            models.CheckConstraint(name="month_correction_has_reason", condition=Q(corrects=None) | Q(reason__gt="")),
        ]
        indexes = [models.Index(fields=["month_on", "recorded_on", "project", "amount"], name="month_by_month")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.month_on:%Y-%m}"


class Milestone(models.Model):
    """One step on the way to the ground: when it was to be reached, and when it was."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="milestones")
    kind = models.CharField(_("环节"), max_length=12, choices=MilestoneKind)
    seq = models.PositiveSmallIntegerField()
    planned_on = models.DateField(_("计划日期"), null=True, blank=True)
    reached_on = models.DateField(_("完成日期"), null=True, blank=True)
    exempt = models.BooleanField(_("免办"), default=False)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id project kind seq planned_on reached_on exempt note".split())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="milestone_once", fields=["project", "kind"]),
            models.CheckConstraint(name="milestone_known", condition=Q(kind__in=MilestoneKind.values)),
            models.CheckConstraint(name="milestone_exempt_says_why", condition=Q(exempt=False) | Q(note__gt="")),
            models.CheckConstraint(name="milestone_exempt_or_done", condition=Q(exempt=False) | Q(reached_on=None)),
        ]
        indexes = [models.Index(fields=["kind", "reached_on", "project"], name="milestone_by_day")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.kind}"


class Stall(models.Model):
    """Nothing moved from `stalled_on` until `resumed_on`, and why."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="stalls")
    stalled_on = models.DateField(_("停滞日期"))
    resumed_on = models.DateField(_("恢复日期"), null=True)
    reason = models.TextField(_("停滞原因"))
    remedy = models.TextField(_("恢复情况"), blank=True)
    stalled_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id project stalled_on resumed_on reason remedy stalled_by".split())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="stall_one_current", fields=["project"], condition=Q(resumed_on=None)),
            models.CheckConstraint(
                name="stall_resumed_later", condition=Q(resumed_on=None) | Q(resumed_on__gte=F("stalled_on"))
            ),
        ]
        indexes = [models.Index(fields=["stalled_on", "project"], name="stall_by_day")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.stalled_on}"


class Landing(models.Model):
    """Found to have landed, by the definition of the pack in force on that day."""

    project = models.OneToOneField(Project, models.PROTECT, related_name="landing")
    landed_on = models.DateField(_("落地日期"))
    definition = models.ForeignKey(Definition, models.PROTECT, related_name="+")
    landed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("认定人"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id project landed_on definition landed_by".split())

    class Meta:
        indexes = [models.Index(fields=["landed_on", "project"], name="landing_by_day")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.landed_on}"


class ExternalFigure(models.Model):
    """A figure of the city that a bureau counts and publishes; the paper it stands in belongs to it."""

    city_code = models.CharField(max_length=4)
    county_code = models.CharField(max_length=6, blank=True)
    series = models.CharField(_("指标"), max_length=12, choices=Series)
    month_on = models.DateField(_("截至月份"))
    amount = models.DecimalField(_("数值"), max_digits=8, decimal_places=2)
    published_on = models.DateField(_("发布日期"))
    ended_on = models.DateField(_("更正日期"), null=True)
    source = models.CharField(_("来源文件"), max_length=200)
    stored = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("录入人"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset(
        "id city_code county_code series month_on amount published_on ended_on source stored entered_by".split()
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="figure_one_current", fields=["city_code", "series", "month_on"], condition=Q(ended_on=None)
            ),
            models.CheckConstraint(name="figure_series_known", condition=Q(series__in=Series.values)),
            models.CheckConstraint(name="figure_has_source", condition=Q(source__gt="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_series_display()} {self.month_on:%Y-%m}"
