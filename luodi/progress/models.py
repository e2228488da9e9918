"""A county's monthly sheet on its way into the library."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from luodi.files.models import StoredFile
from luodi.orgs.models import Person, Unit


class State(models.TextChoices):
    """How far it is."""

    DRAFT = "draft", _("待导入")
    DONE = "done", _("已导入")


class MonthlySheet(models.Model):
    """One uploaded sheet: how its columns are understood, what was corrected, what the check found.

    `mapping`: field → column from 0. `corrections`: row number → field → text. `findings`: row number → {errors:
    {field: sentence}, warnings: [sentence]}, only for rows that have some; `totals`: what is wrong with sub-totals.
    The check is made again before anything is written.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("县市区"))
    month_on = models.DateField(_("月份"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("导入人"))
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    file_name = models.CharField(_("文件名"), max_length=200)
    sheet_name = models.CharField(_("工作表"), max_length=100)
    mapping = models.JSONField(default=dict)
    corrections = models.JSONField(default=dict)
    findings = models.JSONField(default=dict)
    totals = models.JSONField(default=list)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.DRAFT)
    row_count = models.PositiveIntegerField(_("行数"), default=0)
    good_count = models.PositiveIntegerField(_("可导入"), default=0)
    told_count = models.PositiveIntegerField(_("已填报"), default=0)
    uploaded_at = models.DateTimeField(_("上传时间"))
    done_at = models.DateTimeField(_("导入时间"), null=True)

    PRIVATE = frozenset({"file_name", "sheet_name", "corrections", "findings", "totals"})
    OPEN = frozenset(
        "id unit month_on person stored mapping state row_count good_count told_count uploaded_at done_at".split()
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="msheet_good_within_rows", condition=Q(good_count__lte=F("row_count"))),
            models.CheckConstraint(
                name="msheet_done_has_moment",
                condition=Q(state="done", done_at__isnull=False) | Q(state="draft", done_at=None),
            ),
        ]
        indexes = [models.Index(fields=["person", "-uploaded_at", "-id"], name="msheet_newest")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def bad_count(self) -> int:
        """Rows with errors at the last check."""
        return self.row_count - self.good_count

    @property
    def is_open(self) -> bool:
        """Whether it may still be corrected and imported."""
        return self.state == State.DRAFT
