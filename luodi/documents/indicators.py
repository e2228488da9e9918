"""How many circulars were issued: the one figure of reports that speaks of documents themselves."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from luodi.documents.models import Document
from luodi.indicators import rules as indicators
from luodi.indicators.rules import Frame, Indicator, happened

HEADING = _("文件")
CIRCULAR = "通报"


def _circulars(frame: Frame) -> QuerySet[Document]:
    """Issued by the day and not taken back by then."""
    stands = Q(taken_number__voided_on=None) | Q(taken_number__voided_on__gt=frame.as_of)
    issued = Document.objects.filter(happened(frame, "issued_on"), campaign=frame.campaign, kind=CIRCULAR)
    return issued.filter(stands)


INDICATORS: list[indicators.AnyIndicator] = [
    Indicator(
        code="documents.circulars",
        name=_("印发通报"),
        unit=_("次"),
        rows=_circulars,
        scope=_("截至日期以前印发、截至日期未撤回的通报次数；被新版替代的也计。"),
        how=_("文件　文种＝通报　且　成文日期≤截至日期　且　（未撤回　或　撤回日期＞截至日期）　→　计数"),
        day="issued_on",
        columns=((_("标题"), "title"), (_("发文字号"), "doc_number"), (_("成文日期"), "issued_on")),
        row_url=("documents:document", "pk"),
    ),
]
