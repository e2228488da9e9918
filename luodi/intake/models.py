"""A spreadsheet on its way into the ledger, which of its rows became which problem, and what headers meant before."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from luodi.campaigns.models import Campaign
from luodi.files.models import StoredFile
from luodi.jobs.models import Job
from luodi.orgs.models import Person, Role, Unit, UnitKind
from luodi.problems.models import Problem


class State(models.TextChoices):
    """How far an import is."""

    CHECKING = "checking", _("正在检查")
    DRAFT = "draft", _("待导入")
    RUNNING = "running", _("正在导入")
    DONE = "done", _("已导入")
    FAILED = "failed", _("未导完")
    UNDOING = "undoing", _("正在撤销")
    UNDONE = "undone", _("已撤销")


# Its rows have been registered, whatever became of them.
IMPORTED = ("done", "undoing", "undone")


class ImportBatchSet(models.QuerySet["ImportBatch"]):
    """Named filters that chain."""

    def visible_to(self, person: Person) -> "ImportBatchSet":
        """An import is its person's work sheet: nobody else's business until the problems are in the ledger."""
        return self.filter(person=person)

    def known_to(self, person: Person, day: date) -> "ImportBatchSet":
        """One's own; for the city's office also what others have imported, since it may undo that."""
        posts = [p for p in person.posts_on(day) if p.role == Role.OFFICE and p.unit.kind == UnitKind.CITY]
        cities = [post.unit_id for post in posts]
        return self.filter(Q(person=person) | Q(campaign__city__in=cities, state__in=IMPORTED))


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
    undone_at = models.DateTimeField(_("撤销时间"), null=True)
    undone_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("撤销人"))
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    result = models.JSONField(default=dict)

    PRIVATE = frozenset({"file_name", "sheet_name", "corrections", "findings"})
    OPEN = frozenset(
        "id campaign unit person stored mapping state row_count good_count uploaded_at done_at undone_at undone_by "
        "job result".split()
    )
    objects = ImportBatchSet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="import_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="import_good_within_rows", condition=Q(good_count__lte=F("row_count"))),
            models.CheckConstraint(
                name="import_done_has_moment",
                condition=Q(state__in=IMPORTED, done_at__isnull=False) | (~Q(state__in=IMPORTED) & Q(done_at=None)),
            ),
            models.CheckConstraint(
                name="import_undone_is_signed",
                condition=Q(state="undone", undone_at__isnull=False, undone_by__isnull=False)
                | (~Q(state="undone") & Q(undone_at=None, undone_by=None)),
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
        """Whether its job ended without finishing the check or the import."""
        return self.state in {State.CHECKING, State.RUNNING} and self.job is not None and self.job.is_over

    @property
    def is_unchecked(self) -> bool:
        """Whether nobody knows yet what is wrong in it."""
        return self.state == State.CHECKING

    @property
    def is_imported(self) -> bool:
        """Whether its problems are in the ledger; an undoing that stopped has undone nothing."""
        stopped = self.state == State.UNDOING and self.job is not None and self.job.is_over
        return self.state == State.DONE or stopped


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


class HeaderMemory(models.Model):
    """What a header means to a unit where the synonyms say otherwise; `answers` is a field, or "" for none."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    header = models.CharField(_("表头"), max_length=100, help_text=_("去掉空格、括号和标点"))
    answers = models.CharField(_("对应"), max_length=30, blank=True)
    learned_at = models.DateTimeField(_("记下时间"))

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id unit header answers learned_at".split())

    class Meta:
        constraints = [models.UniqueConstraint(name="header_means_one_thing", fields=["unit", "header"])]

    def __str__(self) -> str:
        return f"{self.header} → {self.answers}"
