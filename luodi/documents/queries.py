"""Drafting: templates of the campaign, filled with answers as of a day."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from luodi.campaigns.models import Campaign
from luodi.campaigns.queries import DocumentTemplate, document_templates
from luodi.documents.models import Document
from luodi.documents.rules import Draft, compose, official
from luodi.gongwen.docx import build
from luodi.gongwen.rules import Unfit
from luodi.indicators import queries as indicators
from luodi.indicators.rules import Frame
from luodi.kit.refusal import Refused
from luodi.orgs.models import Unit


def template_of(campaign: Campaign, name: str) -> DocumentTemplate:
    """The pack's template of this name, or Refused with the names there are."""
    known = document_templates(campaign)
    if name not in known:
        raise Refused(
            _("没有名为“%(name)s”的文种模板；有：%(known)s。") % {"name": name, "known": _("、").join(known) or "—"}
        )
    return known[name]


def draft(campaign: Campaign, source: str, frame: Frame) -> Draft:
    """Fill a template's text with live figures."""
    place = Unit.objects.filter(code=frame.place).first()
    if place is None:
        raise Refused(_("没有代码为“%(place)s”的地方。") % {"place": frame.place})
    return compose(source, frame, indicators.answer, {"campaign": campaign, "place_name": place.name})


def docx(composed: Draft, facts: DocumentTemplate, signed_on: Any = None) -> bytes:
    """The .docx by GB/T 9704; Refused when it cannot be laid out."""
    try:
        return build(official(composed, facts, signed_on))
    except Unfit as why:
        raise Refused(str(why)) from why


def facts_of(document: Document) -> DocumentTemplate:
    """Recipients, organ and so on of the document's template, under the document's own title."""
    return replace(template_of(document.campaign, document.template), title=document.title)


def row_ids(frozen: dict[str, Any]) -> list[int]:
    """The ids a frozen figure's ranges stand for, ascending."""
    return [i for first, last in frozen["row_ids"] for i in range(first, last + 1)]
