"""Reading a text that is to be proofread, checking it, and comparing it with the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from luodi.campaigns.models import Campaign
from luodi.files.rules import check_size, sniff
from luodi.gongwen.check import check as check_layout
from luodi.gongwen.reading import paragraphs as paragraphs_of
from luodi.gongwen.rules import Unfit
from luodi.indicators import queries as indicators
from luodi.indicators.rules import Answer, Frame, catalogue, indicator_of
from luodi.kit.refusal import Refused
from luodi.orgs.models import Unit, UnitKind
from luodi.proofreading.rules import ORDER, SHOWN, Claim, Places, claims, days_of
from luodi.prose.check import check
from luodi.prose.model import Figure, Finding, Span, Verdict
from luodi.prose.numerals import show
from luodi.prose.read import figures
from luodi.workdays.rules import calendar

MOST = 100_000  # characters of a text; the longest report of a city's year has a third of it
MOST_ASKED = 80  # different questions to the ledger for one text


@dataclass(frozen=True)
class Paper:
    """A text to check: its name, its paragraphs, and what its layout was found to be (JSON of gongwen's findings)."""

    name: str
    paragraphs: tuple[str, ...]
    layout: tuple[dict[str, Any], ...] = ()
    from_file: bool = False


@dataclass(frozen=True)
class Comparison:
    """A figure beside the ledger's; `answer` is None where the ledger was not asked."""

    claim: Claim
    verdict: Verdict
    sentence: str
    answer: Answer | None = None

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where it stands."""
        return (self.claim.span,)


@dataclass(frozen=True)
class Report:
    """All that was found: of the figures among themselves, beside the ledger, and of the layout."""

    paper: Paper
    dated_on: date | None
    as_of: date
    figures: int
    findings: tuple[Finding, ...]
    ledger: tuple[Comparison, ...]

    @property
    def contradictions(self) -> int:
        """How many statements are wrong."""
        found = [one.verdict for one in self.findings] + [one.verdict for one in self.ledger]
        return found.count(Verdict.CONTRADICTS)


def paper_of(content: bytes, name: str) -> Paper:
    """A .docx read, its kind told by its content. Refused: too large, no .docx, damaged, without text, too long."""
    check_size(len(content), name, settings.LUODI_UPLOAD_MB, settings.LUODI_UPLOAD_MB)
    if sniff(BytesIO(content), name).code != "docx":
        raise Refused(_("文件「%(name)s」不是 .docx。请用 Word 或 WPS 另存为 .docx 再校核。") % {"name": name})
    try:
        texts = [paragraph.text for paragraph in paragraphs_of(content)]
        layout = tuple(asdict(found) for found in check_layout(content) if found.severity != "pass")
    except Unfit as why:
        raise Refused(str(why)) from why
    return replace(paper_from("\n".join(texts), name), layout=layout, from_file=True)


def paper_from(text: str, name: str = "") -> Paper:
    """Pasted text as paragraphs; blank lines fall away."""
    lines = tuple(line.rstrip() for line in text.replace("\r\n", "\n").split("\n") if line.strip())
    if not lines:
        raise Refused(_("没有文字可以校核。"))
    if sum(map(len, lines)) > MOST:
        raise Refused(_("文稿超过 %(most)s 字，请分成几份校核。") % {"most": f"{MOST:,}"})
    return Paper(name or lines[0].strip()[:60], lines)


def report(paper: Paper, frame: Frame | None, *, dated_on: date | None = None, day: date) -> Report:
    """Everything that can be said of a paper. `dated_on` given goes before the date it bears; `day` is today.

    The ledger is asked in `frame`'s place as of the document's date; without a frame it is not asked.
    """
    own, as_of = days_of(paper.paragraphs, dated_on, day)
    found = check(paper.paragraphs, on=own or day, workday=calendar().is_workday)
    compared = compare(paper.paragraphs, frame.at(as_of), own) if frame else []
    count = sum(len(figures(text)) for text in paper.paragraphs)
    return Report(paper, own, as_of, count, tuple(found), tuple(compared))


def compare(paragraphs: Sequence[str], frame: Frame, own: date | None) -> list[Comparison]:
    """Each figure of the text that an indicator answers, beside the answer; `own` is the document's day or None."""
    with override("zh-hans"):
        known = {code: (str(one.name), str(one.unit)) for code, one in catalogue().items()}
    asked: dict[tuple[str, Frame], Answer] = {}
    found = []
    for claim in claims(paragraphs, known, _places(frame), own):
        place = claim.place or frame.place
        day = min(claim.as_of or frame.as_of, frame.as_of)
        question = (claim.code, replace(frame, place=place, as_of=day, filters=claim.filters))
        if question not in asked:
            if len(asked) >= MOST_ASKED:
                break
            asked[question] = _answer(*question)
        if claim.code.startswith("problems.") or asked[question].value:  # where nothing is kept nothing is compared
            found.append(_beside(claim, asked[question]))
    return found


def _answer(code: str, frame: Frame) -> Answer:
    """The ledger's answer; «cannot be known» where the indicator is not kept by batch or for this place."""
    try:
        return indicators.answer(code, frame)
    except Refused as why:
        return Answer(indicator_of(code), frame, None, str(why))


def _places(frame: Frame) -> Places:
    counties = Unit.objects.filter(city_code=frame.place[:4], kind=UnitKind.COUNTY).order_by("sort_key", "pk")
    year = Campaign.objects.filter(pk=frame.campaign).values_list("base_year", flat=True).first()
    return Places({unit.name: unit.code for unit in counties}, year or 0)


def _beside(claim: Claim, answer: Answer) -> Comparison:
    """The verdict in words."""
    words = {"text": claim.figure.text, "name": str(answer.indicator.name), "ours": answer.text}
    if claim.doubt:
        sentence = _("台账“%(name)s”是 %(ours)s；%(why)s") % {**words, "why": claim.doubt}
        return Comparison(claim, Verdict.UNDECIDED, sentence, answer)
    if answer.value is None:
        sentence = _("台账“%(name)s”算不出来：%(why)s") % {**words, "why": answer.reason}
        return Comparison(claim, Verdict.UNDECIDED, sentence, answer)
    if _equal(claim.figure, Decimal(answer.value)):
        return Comparison(claim, Verdict.AGREES, _("与台账“%(name)s”%(ours)s 相符。") % words, answer)
    sentence = _("文中是 %(text)s，台账“%(name)s”是 %(ours)s。") % words
    return Comparison(claim, Verdict.CONTRADICTS, sentence, answer)


def _equal(figure: Figure, value: Decimal) -> bool:
    """As precise as the text is; «以上» is met by more."""
    stated = figure.value or Decimal(0)
    if figure.hedge == "over":
        return value >= stated
    return value.quantize(Decimal(1).scaleb(-figure.places), ROUND_HALF_UP) == stated


def report_of(content: bytes, name: str, *, on: date | None, day: date) -> Report:
    """A .docx checked as the command line does it: beside the ledger of the current campaign, where there is one."""
    paper = paper_of(content, name)
    campaign = indicators.newest(indicators.campaigns())
    frame = Frame(campaign.pk, campaign.city, day) if campaign else None
    return report(paper, frame, dated_on=on, day=day)


def lines(found: Report) -> list[str]:
    """The report for a terminal, contradictions first; then the layout."""
    listed: list[Finding | Comparison] = [*found.findings, *found.ledger]
    listed.sort(key=lambda one: ORDER.index(one.verdict))
    told = [f"[{SHOWN[one.verdict][0]}] {_where(one.spans)}　{one.sentence}" for one in listed]
    layout = [f"[{_('版式')}] {one['place']}　{one['found']}　{one['remedy']}" for one in found.paper.layout]
    words = _("%(n)s 个数字，%(wrong)s 处不符，%(layout)s 条版式问题。")
    return [*told, *layout, words % {"n": found.figures, "wrong": found.contradictions, "layout": len(layout)}]


def _where(spans: Sequence[Span]) -> str:
    first = spans[0]
    return _("第 %(n)s 段“%(text)s”") % {"n": first.paragraph + 1, "text": first.text[:20]}


def facts(found: Report) -> dict[str, Any]:
    """The report as `luodi document check --json` prints it (docs/cli.md); paragraphs from 1."""
    return {
        "file": found.paper.name,
        "dated_on": found.dated_on.isoformat() if found.dated_on else None,
        "as_of": found.as_of.isoformat(),
        "figures": found.figures,
        "contradictions": found.contradictions,
        "findings": [
            {
                "rule": one.rule,
                "verdict": str(one.verdict),
                "sentence": one.sentence,
                "computation": one.computation,
                "places": [_place(span) for span in one.spans],
            }
            for one in found.findings
        ],
        "ledger": [_compared(one) for one in found.ledger],
        "layout": list(found.paper.layout),
    }


def _compared(one: Comparison) -> dict[str, Any]:
    frame: Mapping[str, Any] = one.answer.frame.facts() if one.answer else {}
    value = one.answer.value if one.answer else None
    return {
        "code": one.claim.code,
        "verdict": str(one.verdict),
        "stated": one.claim.figure.text,
        "value": None if value is None else (show(value) if isinstance(value, Decimal) else str(value)),
        "text": one.answer.text if one.answer else "",
        "as_of": frame.get("as_of"),
        "place": frame.get("place"),
        "filters": frame.get("filters", {}),
        "sentence": one.sentence,
        "places": [_place(one.claim.span)],
    }


def _place(span: Span) -> dict[str, Any]:
    return {"paragraph": span.paragraph + 1, "start": span.start, "end": span.end, "text": span.text}
