"""Applications for more time, for merging and for voiding a problem, each decided by a second person; and urgings."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from luodi.orgs.models import Person
from luodi.problems.models import Problem


class Kind(models.TextChoices):
    """What is applied for."""

    EXTENSION = "extension", _("延期")
    MERGE = "merge", _("并案")
    VOID = "void", _("作废")


class AmendmentSet(models.QuerySet["Amendment"]):
    """Named filters that chain."""

    def visible_to(self, person: Person, day: date) -> "AmendmentSet":
        """Those of the problems this person may see."""
        return self.filter(problem__in=Problem.objects.visible_to(person, day))

    def undecided(self) -> "AmendmentSet":
        """Still waiting for the city's office."""
        return self.filter(decided_on=None)


class Amendment(models.Model):
    """One application about a problem and what the city's office decided. Asker and decider are two persons."""

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="amendments")
    kind = models.CharField(_("申请"), max_length=10, choices=Kind)
    reason = models.TextField(_("理由"))
    new_due_on = models.DateField(_("延期至"), null=True)
    into = models.ForeignKey(Problem, models.PROTECT, null=True, related_name="+", verbose_name=_("并入"))
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("申请人"))
    asked_on = models.DateField(_("申请日期"))
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("批准人"))
    decided_on = models.DateField(_("批复日期"), null=True)
    approved = models.BooleanField(_("是否批准"), null=True)
    decision_note = models.TextField(_("批复意见"), blank=True)

    PRIVATE = frozenset({"reason", "decision_note"})
    OPEN = frozenset(
        "id problem kind new_due_on into asked_by asked_on asked_at decided_by decided_on approved".split()
    )
    objects = AmendmentSet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="amend_kind_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(
                name="amend_says_what",
                condition=Q(kind="extension", new_due_on__isnull=False, into=None)
                | Q(kind="merge", new_due_on=None, into__isnull=False)
                | Q(kind="void", new_due_on=None, into=None),
            ),
            models.CheckConstraint(name="amend_not_into_itself", condition=Q(into=None) | ~Q(into=F("problem"))),
            models.CheckConstraint(
                name="amend_decision_whole",
                condition=Q(decided_by=None, decided_on=None, approved=None)
                | Q(decided_by__isnull=False, decided_on__isnull=False, approved__isnull=False),
            ),
            models.CheckConstraint(
                name="amend_two_persons", condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by"))
            ),
            models.CheckConstraint(
                name="amend_decided_later", condition=Q(decided_on=None) | Q(decided_on__gte=F("asked_on"))
            ),
            models.UniqueConstraint(
                name="amend_one_undecided", fields=["problem", "kind"], condition=Q(decided_on=None)
            ),
        ]
        indexes = [
            models.Index(fields=["decided_on", "asked_at", "id"], name="amend_waiting"),
            models.Index(fields=["kind", "asked_on", "problem"], name="amend_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.problem} · {self.get_kind_display()}"

    @property
    def standing(self) -> str:
        """waits, approved or declined."""
        return "waits" if self.approved is None else "approved" if self.approved else "declined"


class Urge(models.Model):
    """Somebody urged a problem on (催办): a trace that can be counted."""

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="urges")
    urged_on = models.DateField(_("催办日期"))
    urged_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("催办人"))
    words = models.TextField(_("催办内容"))

    PRIVATE = frozenset({"words"})
    OPEN = frozenset("id problem urged_on urged_by".split())

    class Meta:
        indexes = [
            models.Index(fields=["problem", "urged_on"], name="urge_by_problem"),
            models.Index(fields=["urged_on", "problem"], name="urge_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.urged_on}"
