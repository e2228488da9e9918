"""The ledger's tables. Facts that happen on a day are dated rows, so that answers as of a past day stay true."""

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from luodi.campaigns.models import Aspect, Batch, Campaign, Category, EvidenceItem, Standard
from luodi.files.models import StoredFile
from luodi.orgs.models import Person, Unit
from luodi.orgs.rules import scope_q
from luodi.projects.models import Project


class Status(models.TextChoices):
    """Where a problem stands. Overdue is not a status: it is computed from the due date."""

    REGISTERED = "registered", _("待交办")
    ASSIGNED = "assigned", _("待认领")
    CLAIMED = "claimed", _("已认领")
    PLANNED = "planned", _("方案已报")
    RECTIFYING = "rectifying", _("整改中")
    REPORTED = "reported", _("待县级自核")
    SELF_CHECKED = "self_checked", _("待核查")
    VERIFIED = "verified", _("待销号")
    RETURNED = "returned", _("退回补正")
    CLOSED = "closed", _("已销号")
    MERGED = "merged", _("已并案")
    VOIDED = "voided", _("已作废")


class Source(models.TextChoices):
    """How the problem became known."""

    SELF_CHECK = "self_check", _("自查")
    TIP = "tip", _("举报")
    SUPERIOR = "superior", _("上级交办")
    SUPERVISION = "supervision", _("督查")
    SCREENING = "screening", _("大起底")


class Finding(models.TextChoices):
    """What a check of one line of the dossier found (账证核对)."""

    MATCH = "match", _("相符")
    MISMATCH = "mismatch", _("不符")
    MISSING = "missing", _("缺证")
    NOT_APPLICABLE = "not_applicable", _("不适用")


# Work is left: neither closed nor out of the ledger.
UNFINISHED = Q(closed_on=None, voided_on=None)
OUT = ("merged", "voided")


class ProblemQuerySet(models.QuerySet["Problem"]):
    """Named filters that chain."""

    def visible_to(self, person: Person, day: date) -> "ProblemQuerySet":
        """What this person's posts on `day` may see; outside it a problem does not exist (404)."""
        return self.filter(scope_q(person, day))

    def numbered(self, text: str) -> "ProblemQuerySet":
        """Of exactly this number: one lookup by index, where a search for words would read every text."""
        return self.filter(campaign__in=list(Campaign.objects.values_list("pk", flat=True)), code=text.upper())

    def unfinished(self) -> "ProblemQuerySet":
        """Neither closed nor merged or voided, today."""
        return self.filter(UNFINISHED)

    def overdue(self, day: date) -> "ProblemQuerySet":
        """Past the due date and not closed."""
        return self.unfinished().filter(due_on__lt=day)


class Problem(models.Model):
    """One counted unit of work (件). `closed_on`, … repeat dated rows for lists; indicators ask those rows."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="problems")
    code = models.CharField(_("问题编号"), max_length=20)
    batch = models.CharField(_("批次"), max_length=4, choices=Batch)
    serial = models.PositiveIntegerField()
    source = models.CharField(_("问题来源"), max_length=12, choices=Source)
    city_code = models.CharField(max_length=4)
    county_code = models.CharField(max_length=6, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("责任单位"))
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("市直责任单位")
    )
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("问题类别"))
    standard = models.ForeignKey(Standard, models.PROTECT, related_name="+", verbose_name=_("整改标准"))
    title = models.CharField(_("问题"), max_length=100)
    description = models.TextField(_("问题表现"), blank=True)
    cause = models.TextField(_("原因"), blank=True)
    goal = models.TextField(_("整改目标"), blank=True)
    measures = models.TextField(_("整改措施"), blank=True)
    result = models.TextField(_("整改结果"), blank=True)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="problems")
    project_name = models.CharField(_("项目名称"), max_length=100, blank=True)
    project_code = models.CharField(_("项目代码"), max_length=24, blank=True)
    project_owner = models.CharField(_("项目单位"), max_length=100, blank=True)
    found_on = models.DateField(_("发现日期"))
    found_month = models.CharField(max_length=7)
    registered_on = models.DateField(_("登记日期"))
    due_on = models.DateField(_("整改时限"), null=True, blank=True)
    responsible_name = models.CharField(_("责任人"), max_length=40, blank=True)
    handler = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    is_priority = models.BooleanField(_("重点难点"), default=False)
    from_above = models.BooleanField(_("上级交办"), default=False)
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.REGISTERED)
    returned_from = models.CharField(max_length=12, blank=True)
    return_count = models.PositiveSmallIntegerField(default=0)
    reopen_count = models.PositiveSmallIntegerField(default=0)
    evidence_have = models.PositiveSmallIntegerField(default=0)
    evidence_need = models.PositiveSmallIntegerField(default=0)
    closed_on = models.DateField(_("销号日期"), null=True, blank=True)
    voided_on = models.DateField(_("并案或作废日期"), null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    version = models.PositiveIntegerField(default=1)

    PRIVATE = frozenset({"responsible_name"})
    OPEN = frozenset(
        "id campaign code batch serial source city_code county_code unit lead_unit category standard title "
        "description cause goal measures result project project_name project_code project_owner found_on found_month "
        "registered_on due_on handler is_priority from_above status returned_from return_count reopen_count "
        "evidence_have evidence_need closed_on voided_on merged_into version".split()
    )
    objects = ProblemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="problem_code_once", fields=["campaign", "code"]),
            models.UniqueConstraint(name="problem_serial_once", fields=["campaign", "batch", "serial"]),
            models.CheckConstraint(name="problem_status_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(name="problem_batch_known", condition=Q(batch__in=Batch.values)),
            models.CheckConstraint(name="problem_source_known", condition=Q(source__in=Source.values)),
            models.CheckConstraint(
                name="problem_closed_has_date",
                condition=Q(status="closed", closed_on__isnull=False) | (~Q(status="closed") & Q(closed_on=None)),
            ),
            models.CheckConstraint(
                name="problem_out_has_date",
                condition=Q(status__in=OUT, voided_on__isnull=False) | (~Q(status__in=OUT) & Q(voided_on=None)),
            ),
            models.CheckConstraint(
                name="problem_merged_knows_into",
                condition=Q(status="merged", merged_into__isnull=False) | (~Q(status="merged") & Q(merged_into=None)),
            ),
            models.CheckConstraint(
                name="problem_returned_knows_whence",
                condition=Q(status="returned", returned_from__gt="") | (~Q(status="returned") & Q(returned_from="")),
            ),
        ]
        indexes = [
            # Day and category behind the order: a list that either narrows passes over the others without reading them.
            models.Index(fields=["city_code", "due_on", "id", "found_on", "category"], name="problem_city_due"),
            models.Index(fields=["city_code", "status", "due_on", "id"], name="problem_city_status_due"),
            models.Index(fields=["city_code", "-found_on", "-id", "closed_on", "due_on"], name="problem_city_found"),
            models.Index(fields=["city_code", "county_code", "-found_on", "-id"], name="problem_city_by_county"),
            models.Index(fields=["county_code", "due_on", "id", "found_on", "category"], name="problem_county_due"),
            models.Index(fields=["county_code", "status", "due_on", "id"], name="problem_county_status_due"),
            models.Index(
                fields=["county_code", "-found_on", "-id", "closed_on", "due_on"], name="problem_county_found"
            ),
            models.Index(fields=["category", "-found_on", "-id"], name="problem_category_found"),
            models.Index(fields=["unit", "due_on", "id"], name="problem_unit_due"),
            models.Index(fields=["lead_unit", "due_on", "id"], name="problem_lead_due"),
            # What waits for somebody, by status and in the order of the limit.
            models.Index(fields=["unit", "status", "due_on", "id"], name="problem_unit_status_due"),
            models.Index(fields=["lead_unit", "status", "due_on", "id"], name="problem_lead_status_due"),
            models.Index(fields=["city_code", "status", "unit", "handler", "id"], name="problem_city_at_desk"),
            # These three hold all that counting asks of a row, so that it reads no rows.
            models.Index(
                fields=["city_code", "closed_on", "voided_on", "due_on", "id", "campaign"], name="problem_city_open"
            ),
            models.Index(
                fields=["county_code", "closed_on", "voided_on", "due_on", "id", "campaign"], name="problem_county_open"
            ),
            models.Index(
                fields=["campaign", "city_code", "found_on", "voided_on", "batch", "county_code", "id"],
                name="problem_counted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def is_overdue(self, day: date) -> bool:
        """Past the due date and not closed."""
        return bool(self.due_on and self.due_on < day and self.closed_on is None and self.voided_on is None)


class Assignment(models.Model):
    """Who must rectify it by when, from `assigned_on` until `ended_on` (assigned anew, or sent back by the unit)."""

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="assignments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    lead_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    assigned_on = models.DateField()
    due_on = models.DateField()
    ended_on = models.DateField(null=True)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id problem unit lead_unit assigned_on due_on ended_on".split())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="assignment_one_current", fields=["problem"], condition=Q(ended_on=None)),
            models.CheckConstraint(name="assignment_due_after", condition=Q(due_on__gte=F("assigned_on"))),
        ]
        indexes = [models.Index(fields=["due_on", "problem"], name="assignment_by_limit")]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.assigned_on}–{self.due_on}"


class Signature(models.Model):
    """The unit leader's signature on the SM3 of what is reported. Change the content and it is void (design.md 4)."""

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="signatures")
    content_sm3 = models.CharField(max_length=64)
    signer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id problem content_sm3 signer signed_at".split())

    def __str__(self) -> str:
        return f"{self.problem_id} {self.content_sm3[:8]}"


class Rectification(models.Model):
    """Reported rectified on `rectified_on`; void from `voided_on` if a check found it was not so, or on relapse."""

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="rectifications")
    rectified_on = models.DateField()
    voided_on = models.DateField(null=True)
    signature = models.ForeignKey(Signature, models.PROTECT, related_name="+")
    handler = models.ForeignKey(Person, models.PROTECT, related_name="+")

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id problem rectified_on voided_on signature handler".split())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="rectified_one_current", fields=["problem"], condition=Q(voided_on=None)),
            models.CheckConstraint(
                name="rectified_voided_later", condition=Q(voided_on=None) | Q(voided_on__gte=F("rectified_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.rectified_on}"


class Return(models.Model):
    """Sent back on a day, with the reason, from the step it had reached."""

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="returns")
    returned_on = models.DateField()
    from_status = models.CharField(max_length=12, choices=Status)
    reason = models.TextField()
    returned_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id problem returned_on from_status reason returned_by".split())

    class Meta:
        indexes = [models.Index(fields=["problem", "returned_on"], name="return_by_problem")]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.returned_on}"


class Verification(models.Model):
    """The city's verification that ledger and evidence agree, by somebody who is not the handler."""

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="verifications")
    verified_on = models.DateField()
    ended_on = models.DateField(null=True)
    verifier = models.ForeignKey(Person, models.PROTECT, related_name="+")
    handler = models.ForeignKey(Person, models.PROTECT, related_name="+")

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id problem verified_on ended_on verifier handler".split())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="verified_one_current", fields=["problem"], condition=Q(ended_on=None)),
            models.CheckConstraint(name="verifier_is_not_handler", condition=~Q(verifier=F("handler"))),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.verified_on}"


class Closure(models.Model):
    """Struck off on `closed_on`; open again from `reopened_on` if it relapsed or proved false."""

    class Cause(models.TextChoices):
        """Why a closed problem was opened again."""

        RELAPSE = "relapse", _("反弹回潮")
        FAKE = "fake_rectification", _("虚假整改")
        ERROR = "error", _("销号有误")

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="closures")
    closed_on = models.DateField()
    closed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reopened_on = models.DateField(null=True)
    cause = models.CharField(max_length=20, choices=Cause, blank=True)
    reason = models.TextField(blank=True)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id problem closed_on closed_by reopened_on cause reason".split())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="closure_one_current", fields=["problem"], condition=Q(reopened_on=None)),
            models.CheckConstraint(
                name="closure_reopened_later", condition=Q(reopened_on=None) | Q(reopened_on__gte=F("closed_on"))
            ),
        ]
        indexes = [models.Index(fields=["closed_on", "problem"], name="closure_by_day")]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.closed_on}"


class DossierItem(models.Model):
    """One line of the dossier (账证核对): what must be shown, and what the ledger claims."""

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="dossier")
    evidence_item = models.ForeignKey(EvidenceItem, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(_("核对项"), max_length=100)
    aspect = models.CharField(_("方面"), max_length=16, choices=Aspect)
    required = models.BooleanField(default=True)
    restricted = models.BooleanField(_("仅纪检可看"), default=False)
    claim = models.TextField(_("台账怎么说"), blank=True)
    seq = models.PositiveSmallIntegerField()

    PRIVATE = frozenset({"claim"})
    OPEN = frozenset("id problem evidence_item title aspect required restricted seq".split())

    class Meta:
        constraints = [models.UniqueConstraint(name="dossier_seq_once", fields=["problem", "seq"])]

    def __str__(self) -> str:
        return self.title


class Evidence(models.Model):
    """A file that proves a line of the dossier. Taken out means `removed_on` is set; nothing is deleted."""

    entry = models.ForeignKey(DossierItem, models.PROTECT, related_name="evidence")
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    removed_on = models.DateField(null=True)

    PRIVATE = frozenset({"name"})
    OPEN = frozenset("id entry stored added_at added_by removed_on".split())

    class Meta:
        indexes = [models.Index(fields=["stored"], name="evidence_by_file")]

    def __str__(self) -> str:
        return self.name


class Verdict(models.Model):
    """What a check found on one line of the dossier, from `decided_on` until it is decided anew."""

    entry = models.ForeignKey(DossierItem, models.PROTECT, related_name="verdicts")
    finding = models.CharField(max_length=16, choices=Finding)
    note = models.TextField(blank=True)
    decided_on = models.DateField()
    ended_on = models.DateField(null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    PRIVATE = frozenset({"note"})
    OPEN = frozenset("id entry finding decided_on ended_on decided_by".split())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="verdict_one_current", fields=["entry"], condition=Q(ended_on=None)),
            models.CheckConstraint(name="verdict_finding_known", condition=Q(finding__in=Finding.values)),
            models.CheckConstraint(name="verdict_na_has_note", condition=~Q(finding="not_applicable") | Q(note__gt="")),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.finding}"


def current_verdicts(entries: Iterable[DossierItem]) -> dict[int, Verdict]:
    """The standing verdict of each of these dossier lines, by line id."""
    return {v.entry_id: v for v in Verdict.objects.filter(entry__in=list(entries), ended_on=None)}
