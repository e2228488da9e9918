"""A campaign, its stages and categories, and the rectification standards of each version of its pack."""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Batch(models.TextChoices):
    """The two batches of a campaign: problems of the earlier clean-up, and those found since."""

    BASE = "base", _("原有")
    NEW = "new", _("新发现")


class DeadlineUnit(models.TextChoices):
    WORKING_DAY = "working_day", _("个工作日")
    CALENDAR_DAY = "calendar_day", _("个自然日")


class Aspect(models.TextChoices):
    """The four things full verification (大核查) looks at."""

    RECTIFICATION = "rectification", _("整改情况")
    ACCOUNTABILITY = "accountability", _("问责追责")
    EVIDENCE_FILING = "evidence_filing", _("佐证归档")
    INSTITUTION = "institution", _("制度建设")


class LocalName(models.Model):
    """A row that carries its name in Chinese and in English."""

    name = models.CharField(_("名称"), max_length=100)
    name_en = models.CharField(_("英文名称"), max_length=150, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def local_name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name, self.name_en)


class Campaign(LocalName):
    """One campaign of one city. Its own year and the years of its two batches are three separate facts."""

    code = models.CharField(_("代码"), max_length=50, unique=True)
    city = models.ForeignKey("orgs.Unit", verbose_name=_("城市"), on_delete=models.PROTECT, related_name="campaigns")
    base_year = models.PositiveSmallIntegerField(_("原有批次年份"))
    new_year = models.PositiveSmallIntegerField(_("新发现批次年份"))
    base_label = models.CharField(_("原有批次名称"), max_length=50)
    base_label_en = models.CharField(_("原有批次英文名称"), max_length=80, blank=True, default="")
    new_label = models.CharField(_("新发现批次名称"), max_length=50)
    new_label_en = models.CharField(_("新发现批次英文名称"), max_length=80, blank=True, default="")
    base_prefix = models.CharField(_("原有批次编号前缀"), max_length=10)
    new_prefix = models.CharField(_("新发现批次编号前缀"), max_length=10)
    screening_from = models.DateField(_("大起底时间起点"))
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期（不含）"))
    pack = models.CharField(_("活动包"), max_length=50)
    is_current = models.BooleanField(_("当前活动"), default=False)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset({
        "id", "code", "name", "name_en", "city", "base_year", "new_year", "base_label", "base_label_en",
        "new_label", "new_label_en", "base_prefix", "new_prefix", "screening_from", "starts_on", "ends_on",
        "pack", "is_current",
    })  # fmt: skip

    class Meta:
        verbose_name = _("活动")
        constraints = [
            models.UniqueConstraint(fields=["city"], condition=Q(is_current=True), name="campaign_one_current"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="campaign_ends_after_start"),
            models.CheckConstraint(condition=~Q(base_prefix=F("new_prefix")), name="campaign_prefixes_differ"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def last_day(self) -> date:
        """The last day of the campaign; `ends_on` is the day after it."""
        return self.ends_on - timedelta(days=1)

    def batch_label(self, batch: str) -> str:
        """What this campaign calls a batch, in the reader's language."""
        if batch == Batch.BASE:
            return in_language(self.base_label, self.base_label_en)
        return in_language(self.new_label, self.new_label_en)

    def prefix(self, batch: str) -> str:
        """What the codes of a batch begin with."""
        return self.base_prefix if batch == Batch.BASE else self.new_prefix


class PackVersion(models.Model):
    """One version of a pack as it was loaded. Never changed: running problems point at its standards."""

    pack = models.CharField(_("活动包"), max_length=50)
    version = models.PositiveIntegerField(_("版本"))
    sm3 = models.CharField(_("内容摘要（SM3）"), max_length=64)
    content = models.JSONField(_("内容"))
    loaded_at = models.DateTimeField(_("装入时间"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset({
        "id", "pack", "version", "sm3", "content", "loaded_at",
    })  # fmt: skip

    class Meta:
        verbose_name = _("活动包版本")
        constraints = [models.UniqueConstraint(fields=["pack", "version"], name="pack_version_once")]

    def __str__(self) -> str:
        return f"{self.pack} v{self.version}"


class Stage(LocalName):
    """A stage of a campaign: `starts_on` <= day < `ends_on`."""

    campaign = models.ForeignKey(Campaign, verbose_name=_("活动"), on_delete=models.CASCADE, related_name="stages")
    seq = models.PositiveSmallIntegerField(_("序号"))
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期（不含）"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset({
        "id", "campaign", "seq", "name", "name_en", "starts_on", "ends_on",
    })  # fmt: skip

    class Meta:
        verbose_name = _("阶段")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "seq"], name="stage_seq_once"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="stage_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def last_day(self) -> date:
        return self.ends_on - timedelta(days=1)

    def covers(self, day: date) -> bool:
        return self.starts_on <= day < self.ends_on


class Category(LocalName):
    """A class of problem, such as 审批 · 环评. Stays when a later version of the pack drops it."""

    campaign = models.ForeignKey(Campaign, verbose_name=_("活动"), on_delete=models.CASCADE, related_name="categories")
    code = models.CharField(_("代码"), max_length=50)
    group_name = models.CharField(_("大类"), max_length=50)
    group_name_en = models.CharField(_("大类英文名称"), max_length=80, blank=True, default="")
    seq = models.PositiveSmallIntegerField(_("序号"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset({
        "id", "campaign", "code", "name", "name_en", "group_name", "group_name_en", "seq",
    })  # fmt: skip

    class Meta:
        verbose_name = _("问题类别")
        constraints = [models.UniqueConstraint(fields=["campaign", "code"], name="category_code_once")]

    def __str__(self) -> str:
        return self.name if self.name == self.group_name else f"{self.group_name} · {self.name}"

    @property
    def label(self) -> str:
        """Group and name in the reader's language: «审批 · 环评», or just «征拆» where the group is one category."""
        return self.local_name if self.name == self.group_name else f"{self.local_group} · {self.local_name}"

    @property
    def local_group(self) -> str:
        return in_language(self.group_name, self.group_name_en)


class Standard(models.Model):
    """When a problem of a category counts as rectified, by one version of the pack, and how long it may take."""

    category = models.ForeignKey(Category, verbose_name=_("类别"), on_delete=models.PROTECT, related_name="standards")
    pack_version = models.ForeignKey(
        PackVersion, verbose_name=_("活动包版本"), on_delete=models.PROTECT, related_name="standards"
    )
    text = models.TextField(_("整改标准"))
    source = models.CharField(_("依据文件"), max_length=150)
    clause = models.CharField(_("条款"), max_length=50)
    deadline_days = models.PositiveSmallIntegerField(_("整改时限"))
    deadline_unit = models.CharField(_("时限单位"), max_length=12, choices=DeadlineUnit)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset({
        "id", "category", "pack_version", "text", "source", "clause", "deadline_days", "deadline_unit",
    })  # fmt: skip

    class Meta:
        verbose_name = _("整改标准")
        constraints = [
            models.UniqueConstraint(fields=["category", "pack_version"], name="standard_once_a_version"),
            models.CheckConstraint(condition=Q(deadline_days__gt=0), name="standard_deadline_positive"),
            models.CheckConstraint(
                condition=Q(deadline_unit__in=["working_day", "calendar_day"]), name="standard_deadline_unit_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}{self.clause}"


class EvidenceItem(models.Model):
    """One thing a dossier must prove under a standard, and by which papers."""

    standard = models.ForeignKey(
        Standard, verbose_name=_("整改标准"), on_delete=models.CASCADE, related_name="evidence"
    )
    code = models.CharField(_("代码"), max_length=30)
    title = models.CharField(_("核对项"), max_length=100)
    title_en = models.CharField(_("核对项英文"), max_length=150, blank=True, default="")
    papers = models.CharField(_("佐证材料"), max_length=200)
    aspect = models.CharField(_("核查方面"), max_length=20, choices=Aspect)
    required = models.BooleanField(_("必备"), default=True)
    restricted = models.BooleanField(_("仅纪检可看"), default=False)
    seq = models.PositiveSmallIntegerField(_("序号"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset({
        "id", "standard", "code", "title", "title_en", "papers", "aspect", "required", "restricted", "seq",
    })  # fmt: skip

    class Meta:
        verbose_name = _("应有佐证")
        constraints = [
            models.UniqueConstraint(fields=["standard", "code"], name="evidence_item_code_once"),
            models.CheckConstraint(
                condition=Q(aspect__in=["rectification", "accountability", "evidence_filing", "institution"]),
                name="evidence_item_aspect_known",
            ),
            models.CheckConstraint(
                condition=~Q(aspect="accountability") | Q(restricted=True), name="evidence_item_acc_restricted"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def local_title(self) -> str:
        return in_language(self.title, self.title_en)


def in_language(chinese: str, english: str) -> str:
    """The English wording for an English reader where there is one, else the Chinese."""
    return english if english and (get_language() or "").startswith("en") else chinese
