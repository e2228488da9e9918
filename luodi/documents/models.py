"""A document drafted from a template of the pack, and the figures it froze when it was issued."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from luodi.campaigns.models import Campaign
from luodi.files.models import StoredFile
from luodi.indicators.rules import Frame, thaw
from luodi.orgs.models import Person, Unit
from luodi.orgs.rules import scope_q


class DocumentQuerySet(models.QuerySet["Document"]):
    """Named filters that chain."""

    def visible_to(self, person: Person, day: date) -> "DocumentQuerySet":
        """What this person's posts may see."""
        return self.filter(scope_q(person, day))


class Document(models.Model):
    """A document of a campaign about a place as of a day. A draft asks its figures live; an issued one never again."""

    class Status(models.TextChoices):
        """Where the document stands."""

        DRAFT = "draft", _("草稿")
        ISSUED = "issued", _("已印发")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="documents")
    template = models.CharField(_("模板"), max_length=50)
    source = models.TextField()
    title = models.CharField(_("标题"), max_length=200)
    city_code = models.CharField(max_length=4)
    county_code = models.CharField(max_length=6, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    lead_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    as_of = models.DateField(_("数据截至"))
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.DRAFT)
    drafted_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    content = models.JSONField(null=True)
    stored = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    issued_on = models.DateField(_("成文日期"), null=True)
    version = models.PositiveIntegerField(default=1)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset(
        "id campaign template source title city_code county_code unit lead_unit as_of status drafted_by drafted_at "
        "content stored issued_on version".split()
    )
    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="document_status_known", condition=Q(status__in=["draft", "issued"])),
            models.CheckConstraint(
                name="document_issued_is_kept",
                condition=Q(status="draft", stored=None, issued_on=None)
                | Q(status="issued", stored__isnull=False, issued_on__isnull=False, content__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["city_code", "-drafted_at", "-id"], name="document_by_city")]

    def __str__(self) -> str:
        return self.title

    @property
    def place(self) -> str:
        """The GB/T 2260 code the document is about."""
        return self.county_code or self.city_code

    @property
    def frame(self) -> Frame:
        """The frame its figures are asked with, before their own filters."""
        return Frame(self.campaign_id, self.place, self.as_of)


class FrozenFigure(models.Model):
    """One figure as an issued document printed it: value, definition, rows (facts of `indicators.freeze`)."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="figures")
    seq = models.PositiveIntegerField()
    code = models.CharField(max_length=60)
    text = models.CharField(max_length=60)
    facts = models.JSONField()

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id document seq code text facts".split())

    class Meta:
        constraints = [models.UniqueConstraint(name="frozen_seq_once", fields=["document", "seq"])]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"

    @property
    def frame(self) -> Frame:
        """The frame it was asked with."""
        return thaw(self.facts["frame"])
