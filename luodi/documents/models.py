"""A document drafted from a template of the pack, its signatures and number, and the figures it froze when issued."""

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

    def printed(self) -> "DocumentQuerySet":
        """Issued, also if replaced since; not those withdrawn."""
        return self.filter(status__in=["issued", "superseded"])


class Document(models.Model):
    """A document of a campaign about a place as of a day. A draft asks its figures live; an issued one never again.

    `content` are its blocks (rules.kept); `given` the numbers the template itself wrote as words; `filters` and `since`
    are what it was drafted with: the population of a special report, the day of the circular before.
    """

    class Status(models.TextChoices):
        """Where the document stands."""

        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("待签批")
        SIGNED = "signed", _("待印发")
        ISSUED = "issued", _("已印发")
        SUPERSEDED = "superseded", _("已被替代")
        WITHDRAWN = "withdrawn", _("已撤回")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="documents")
    template = models.CharField(_("模板"), max_length=50)
    source = models.TextField()
    kind = models.CharField(_("文种"), max_length=10, blank=True)
    title = models.CharField(_("标题"), max_length=200)
    organ = models.CharField(_("发文机关"), max_length=100, blank=True)
    agency = models.CharField(_("机关代字"), max_length=12, blank=True)
    recipients = models.JSONField(_("主送机关"), default=list)
    copies_to = models.JSONField(_("抄送机关"), default=list)
    city_code = models.CharField(max_length=4)
    county_code = models.CharField(max_length=6, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    lead_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    as_of = models.DateField(_("数据截至"))
    since = models.DateField(_("与哪天相比"), null=True)
    filters = models.JSONField(default=dict)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT)
    drafted_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    content = models.JSONField(null=True)
    given = models.JSONField(default=list)
    # The template's sentences as it wrote them when the document was drafted, figures left out.
    worded = models.JSONField(default=list)
    stored = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    stored_pdf = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    doc_number = models.CharField(_("发文字号"), max_length=40, blank=True)
    issued_on = models.DateField(_("成文日期"), null=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by")
    version = models.PositiveIntegerField(default=1)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset(
        "id campaign template source kind title organ agency recipients copies_to city_code county_code unit lead_unit "
        "as_of since filters status drafted_by drafted_at content given worded stored stored_pdf doc_number issued_on "
        "replaces version".split()
    )
    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="document_status_known",
                condition=Q(status__in=["draft", "submitted", "signed", "issued", "superseded", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="document_issued_is_kept",
                condition=Q(status__in=["draft", "submitted", "signed"], stored=None, issued_on=None)
                | Q(
                    status__in=["issued", "superseded", "withdrawn"],
                    stored__isnull=False,
                    issued_on__isnull=False,
                    content__isnull=False,
                ),
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

    @property
    def is_kept(self) -> bool:
        """Issued at some time: its text, figures and files no longer change."""
        return self.stored_id is not None


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
        indexes = [models.Index(fields=["code", "document"], name="frozen_by_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"

    @property
    def frame(self) -> Frame:
        """The frame it was asked with."""
        return thaw(self.facts["frame"])


class HandFigure(models.Model):
    """Where a number typed by hand comes from. It holds for the number in its own clause; other words ask anew."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="hand_figures")
    clause = models.TextField()
    text = models.CharField(_("数字"), max_length=60)
    outside = models.BooleanField(_("引自外部文件"), default=False)
    source = models.CharField(_("来源"), max_length=300)
    source_on = models.DateField(_("来源日期"))
    stored = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    stored_name = models.CharField(max_length=200, blank=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    PRIVATE = frozenset({"source"})
    OPEN = frozenset("id document clause text outside source_on stored stored_name confirmed_by confirmed_at".split())

    class Meta:
        indexes = [models.Index(fields=["document", "id"], name="hand_by_document")]

    def __str__(self) -> str:
        return self.text


class Acknowledgement(models.Model):
    """Why something the check of the text found stands as it is; `finding` is the SM3 of rule and sentence."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="acknowledgements")
    finding = models.CharField(max_length=64)
    sentence = models.TextField()
    reason = models.TextField(_("理由"))
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    PRIVATE = frozenset({"reason"})
    OPEN = frozenset("id document finding sentence given_by given_at".split())

    class Meta:
        constraints = [models.UniqueConstraint(name="finding_answered_once", fields=["document", "finding"])]

    def __str__(self) -> str:
        return self.sentence


class SignOff(models.Model):
    """Somebody read the text and signed it: the SM3 of what was read. A change of the text ends it, visibly."""

    class Kind(models.TextChoices):
        """As one of those asked, or as the one who decides."""

        COUNTERSIGN = "countersign", _("会签")
        SIGN = "sign", _("签批")

    document = models.ForeignKey(Document, models.PROTECT, related_name="sign_offs")
    kind = models.CharField(max_length=12, choices=Kind)
    content_sm3 = models.CharField(max_length=64)
    signer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=100, blank=True)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id document kind content_sm3 signer signed_at ended_at ended_why".split())

    class Meta:
        constraints = [
            models.CheckConstraint(name="signoff_kind_known", condition=Q(kind__in=["countersign", "sign"])),
            models.UniqueConstraint(
                name="signoff_once_each", fields=["document", "kind", "signer"], condition=Q(ended_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.kind}"


class NumberSeries(models.Model):
    """The document numbers of one 机关代字 and year; `last_serial` counts on under a lock, so none is left out."""

    agency = models.CharField(_("机关代字"), max_length=12)
    in_year = models.PositiveIntegerField()
    last_serial = models.PositiveIntegerField(default=0)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id agency in_year last_serial".split())

    class Meta:
        constraints = [models.UniqueConstraint(name="series_once", fields=["agency", "in_year"])]

    def __str__(self) -> str:
        return f"{self.agency}〔{self.in_year}〕"


class TakenNumber(models.Model):
    """One number of a series and the document that bears it. A void one stays taken for ever."""

    series = models.ForeignKey(NumberSeries, models.PROTECT, related_name="taken")
    serial = models.PositiveIntegerField()
    document = models.OneToOneField(Document, models.PROTECT, related_name="taken_number")
    taken_on = models.DateField()
    voided_on = models.DateField(null=True)
    void_reason = models.CharField(max_length=300, blank=True)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id series serial document taken_on voided_on void_reason".split())

    class Meta:
        constraints = [models.UniqueConstraint(name="number_once", fields=["series", "serial"])]

    def __str__(self) -> str:
        return f"{self.series}{self.serial}号"
