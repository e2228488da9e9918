"""A spreadsheet on its way into the ledger, and which of its rows became which problem."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from luodi.campaigns.models import Campaign
from luodi.files.models import StoredFile
from luodi.jobs.models import Job
from luodi.orgs.models import Person, Unit
from luodi.problems.models import Problem


class State(models.TextChoices):
    """How far an import is."""

    DRAFT = "draft", _("待导入")
    RUNNING = "running", _("正在导入")
    DONE = "done", _("已导入")
    FAILED = "failed", _("未导完")


class ImportBatchSet(models.QuerySet["ImportBatch"]):
    """Named filters that chain."""

    def visible_to(self, person: Person) -> "ImportBatchSet":
        """An import is its person's work sheet: nobody else's business until the problems are in the ledger."""
        return self.filter(person=person)


class ImportBatch(models.Model):
    """One uploaded sheet: how its columns are understood, what was corrected, what the check found, what became of it.

    `mapping`: field → column from 0, or «=value» for the whole sheet. `corrections`: row number → field → text.
    `findings`: row number → {errors: {field: sentence}, warnings: [sentence], duplicate: code or row}, only for rows
    that have some; as of the last check. The check is made again before anything is written.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="imports")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("单位"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="imports", verbose_name=_("导入人"))
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    file_name = models.CharField(_("文件名"), max_length=200)
    sheet_name = models.CharField(_("工作表"), max_length=100)
    mapping = models.JSONField(default=dict)
    corrections = models.JSONField(default=dict)
    findings = models.JSONField(default=dict)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.DRAFT)
    row_count = models.PositiveIntegerField(_("行数"), default=0)
    good_count = models.PositiveIntegerField(_("可导入"), default=0)
    uploaded_at = models.DateTimeField(_("上传时间"))
    done_at = models.DateTimeField(_("导入时间"), null=True)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    result = models.JSONField(default=dict)

    PRIVATE = frozenset({"file_name", "sheet_name", "corrections", "findings"})
    OPEN = frozenset(
        "id campaign unit person stored mapping state row_count good_count uploaded_at done_at job result".split()
    )
    objects = ImportBatchSet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="import_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="import_good_within_rows", condition=Q(good_count__lte=F("row_count"))),
            models.CheckConstraint(
                name="import_done_has_moment",
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at=None)),
            ),
        ]
        indexes = [models.Index(fields=["person", "-uploaded_at", "-id"], name="import_newest")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def bad_count(self) -> int:
        """Rows with errors at the last check."""
        return self.row_count - self.good_count

    @property
    def duplicates(self) -> int:
        """Rows suspected to be there already, at the last check."""
        return sum(bool(found.get("duplicate")) for found in self.findings.values())

    @property
    def is_open(self) -> bool:
        """Whether it may still be corrected and imported; a stopped job leaves it open."""
        return self.state in {State.DRAFT, State.FAILED} or self.is_stopped

    @property
    def is_stopped(self) -> bool:
        """Whether its job ended without finishing it."""
        return self.state == State.RUNNING and self.job is not None and self.job.is_over


class ImportedProblem(models.Model):
    """The row a problem came from. Written in the problem's own transaction, so a row is never registered twice."""

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="problems")
    problem = models.OneToOneField(Problem, models.PROTECT, related_name="+")
    row_number = models.PositiveIntegerField()

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id batch problem row_number".split())

    class Meta:
        constraints = [models.UniqueConstraint(name="imported_row_once", fields=["batch", "row_number"])]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.row_number}"
