"""Writing documents: draft one, issue it with its figures frozen."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from luodi.campaigns.models import Campaign
from luodi.documents import queries
from luodi.documents.models import Document, FrozenFigure
from luodi.documents.rules import FLOW, file_name, kept
from luodi.files import actions as files
from luodi.flow.actions import advance
from luodi.indicators import queries as indicators
from luodi.indicators.rules import Frame
from luodi.journal import actions as journal
from luodi.kit.refusal import Refused
from luodi.orgs.models import Person, Unit


@transaction.atomic
def draft(campaign: Campaign, *, template: str, place: str, as_of: date, actor: Person, at: datetime) -> Document:
    """Begin a document from a template of the pack, about a place as of a day."""
    facts = queries.template_of(campaign, template)
    unit = Unit.objects.filter(code=place).first()
    if unit is None or unit.city_code != campaign.city.city_code:
        raise Refused(_("没有代码为“%(place)s”的地方。") % {"place": place})
    if as_of > timezone.localtime(at).date():
        raise Refused(_("数据截至日期 %(day)s 在今天之后。") % {"day": as_of})
    queries.draft(
        campaign, facts.text, Frame(campaign.pk, place, as_of)
    )  # a template that cannot be filled is refused now
    document = Document.objects.create(
        campaign=campaign,
        template=template,
        source=facts.text,
        title=facts.title,
        city_code=unit.city_code,
        county_code=unit.county_code,
        unit=unit,
        as_of=as_of,
        drafted_by=actor,
        drafted_at=at,
    )
    journal.record("documents.draft", actor=actor, at=at, row=document, after={"template": template, "as_of": as_of})
    return document


@transaction.atomic
def issue(document: Document, *, actor: Person, at: datetime, seen: int | None = None) -> Document:
    """Freeze every figure, keep the .docx and its SM3. Later corrections of the records do not change it."""
    document = Document.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=document.pk)
    if why := FLOW.refusal(document, "issue", actor, at):
        raise Refused(why)
    composed = queries.draft(document.campaign, document.source, document.frame)
    if composed.warnings:
        raise Refused(composed.warnings[0])
    signed_on = timezone.localtime(at).date()
    facts = queries.facts_of(document)
    with override("zh-hans"):
        content = queries.docx(composed, facts, signed_on)
        frozen = [(figure, indicators.freeze(figure.code, figure.frame)) for figure in composed.figures]
    for figure, then in frozen:
        if then["plain"] != figure.text:
            raise Refused(_("起草和印发之间数据有变动，请刷新后再印发。"))
    stored = files.store(content, name=file_name(document.title, signed_on), actor=actor, at=at)
    FrozenFigure.objects.bulk_create(
        FrozenFigure(document=document, seq=figure.seq, code=figure.code, text=figure.text, facts=then)
        for figure, then in frozen
    )
    changes = {
        "content": kept(composed),
        "stored": stored,
        "issued_on": signed_on,
        "title": composed.title or facts.title,
    }
    facts_kept = {"sm3": stored.sm3, "figures": len(frozen)}
    return advance(FLOW, document, "issue", actor=actor, at=at, seen=seen, changes=changes, facts=facts_kept)
