"""What people keep of the list: saved views, acts on many rows with what came of each, long exports."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from luodi.files.models import StoredFile
from luodi.jobs.models import Job
from luodi.orgs.models import Person, Unit
from luodi.problems.models import Problem


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Whose views one may use."""

    def visible_to(self, person: Person, day: date) -> "SavedViewQuerySet":
        """My own, and those the office of my city or county shares."""
        shared = Q(pk__in=[])
        for post in person.posts_on(day):
            unit = post.unit
            shared |= Q(unit__city_code=unit.city_code, unit__county_code__in={"", unit.county_code})
        return self.filter(Q(person=person) | shared)


class SavedView(models.Model):
    """A named address of the list: one person's, or an office's for everybody in its place."""

    name = models.CharField(_("名称"), max_length=20)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="saved_views")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="saved_views")
    query = models.CharField(_("条件"), max_length=2000)
    sort = models.CharField(_("排序"), max_length=10, blank=True)
    cols = models.JSONField(_("列"), default=list)
    saved_at = models.DateTimeField(_("保存时间"))

    PRIVATE = frozenset({"query"})
    OPEN = frozenset("id name person unit sort cols saved_at".split())
    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="saved_view_one_owner",
                condition=Q(person=None, unit__isnull=False) | Q(person__isnull=False, unit=None),
            ),
            models.UniqueConstraint(name="saved_view_once_mine", fields=["person", "name"]),
            models.UniqueConstraint(name="saved_view_once_ours", fields=["unit", "name"]),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def asked(self) -> QueryDict:
        """The address it stands for, as a query."""
        query = QueryDict(self.query, mutable=True)
        if self.sort:
            query["sort"] = self.sort
        if self.cols:
            query.setlist("cols", self.cols)
        return query

    @property
    def address(self) -> str:
        """The same, to put after «?»."""
        return str(self.asked.urlencode())

    @property
    def is_shared(self) -> bool:
        """Whether the office shares it."""
        return self.person_id is None


class BulkAct(models.Model):
    """One act asked for on many problems. `once_key` is its form's: the same form sent twice is one act."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="bulk_acts")
    act = models.CharField(_("办理事项"), max_length=20)
    facts = models.JSONField(_("填写内容"), default=dict)
    once_key = models.CharField(max_length=32, unique=True)
    asked_at = models.DateTimeField(_("办理时间"))
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, related_name="+")

    PRIVATE = frozenset({"facts", "once_key"})
    OPEN = frozenset("id person act asked_at job".split())

    def __str__(self) -> str:
        return f"{self.act} {self.asked_at:%Y-%m-%d %H:%M}"


class BulkLine(models.Model):
    """One problem of a bulk act: the version that was seen, and what came of it. Without outcome it still waits."""

    class Outcome(models.TextChoices):
        """What came of it."""

        DONE = "done", _("已办理")
        REFUSED = "refused", _("未办理")

    bulk = models.ForeignKey(BulkAct, models.CASCADE, related_name="lines")
    problem = models.ForeignKey(Problem, models.PROTECT, related_name="+")
    seen = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    sentence = models.CharField(max_length=300, blank=True)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id bulk problem seen outcome sentence".split())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="bulk_line_once", fields=["bulk", "problem"]),
            models.CheckConstraint(name="bulk_line_outcome_known", condition=Q(outcome__in=["", "done", "refused"])),
        ]
        indexes = [models.Index(fields=["bulk", "outcome", "id"], name="bulk_line_waiting")]

    def __str__(self) -> str:
        return f"{self.bulk_id} {self.problem_id} {self.outcome}"


class Export(models.Model):
    """A long export: made by a job, kept as a file that only whoever asked for it may fetch."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="exports")
    query = models.CharField(_("条件"), max_length=2000)
    asked_at = models.DateTimeField(_("导出时间"))
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, related_name="+")
    stored = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")

    PRIVATE = frozenset({"query", "stored"})
    OPEN = frozenset("id person asked_at job".split())

    def __str__(self) -> str:
        return f"{self.person_id} {self.asked_at:%Y-%m-%d %H:%M}"
