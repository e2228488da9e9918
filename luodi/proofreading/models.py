"""A text somebody had proofread: for this person alone, removed when they say so or after thirty days."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from luodi.campaigns.models import Campaign
from luodi.orgs.models import Person


class ProofSet(models.QuerySet["Proof"]):
    """Named filters that chain."""

    def visible_to(self, person: Person) -> "ProofSet":
        """A proof is its person's work sheet; a draft that may name people is nobody else's business."""
        return self.filter(person=person)


class Proof(models.Model):
    """One text with what its layout was found to be; what its figures say is reckoned each time it is opened.

    `dated_on` is the document's own date, as written in it or as chosen; `as_of` the day as of which the ledger is
    asked; `place` a GB/T 2260 code. The file itself is not kept, only its paragraphs.
    """

    class Origin(models.TextChoices):
        """Where the text came from."""

        FILE = "docx", _("Word 文件")
        PASTED = "text", _("粘贴的文字")

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    place = models.CharField(max_length=6, blank=True)
    name = models.CharField(_("文稿"), max_length=200)
    origin = models.CharField(_("来源"), max_length=4, choices=Origin)
    paragraphs = models.JSONField(default=list)
    layout = models.JSONField(default=list)
    dated_on = models.DateField(_("文稿日期"), null=True)
    as_of = models.DateField(_("台账截至"))
    checked_at = models.DateTimeField(_("校核时间"))

    PRIVATE = frozenset({"name", "paragraphs", "layout"})
    OPEN = frozenset("id person campaign place origin dated_on as_of checked_at".split())
    objects = ProofSet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="proof_origin_known", condition=models.Q(origin__in=["docx", "text"])),
        ]
        indexes = [
            models.Index(fields=["person", "-checked_at", "-id"], name="proof_newest"),
            models.Index(fields=["checked_at"], name="proof_oldest"),
        ]

    def __str__(self) -> str:
        return self.name
