"""Drafting, reading and checking: a document's text with answers, what hinders issuing it, and what came later."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from luodi.campaigns.models import Campaign
from luodi.campaigns.queries import DocumentTemplate, document_templates
from luodi.documents.models import Document, FrozenFigure, HandFigure, SignOff
from luodi.documents.rules import POPULATIONS, Ask, Block, Draft, Figure, compose, opened, row_ids, worded
from luodi.documents.sheets import content_sm3
from luodi.files.queries import open_file
from luodi.indicators import queries as indicators
from luodi.indicators.rules import Answer, Frame, Indicator, Rate, indicator_of, percent
from luodi.kit.refusal import Refused
from luodi.kit.sm3 import sm3
from luodi.orgs.models import Person, Unit
from luodi.prose.check import check
from luodi.prose.model import QUANTITIES, Verdict
from luodi.prose.read import figures as numbers_in
from luodi.workdays.rules import calendar

Told = Mapping[tuple[str, Frame], Answer] | None
FEW = 4  # from so many counties on, one break-down is cheaper than asking each
ENDS = "。；！？"  # a clause of a text ends here


# -- drafting ------------------------------------------------------------------------------------------------------


def template_of(campaign: Campaign, name: str) -> DocumentTemplate:
    """The pack's template of this name, or Refused with the names there are."""
    known = document_templates(campaign)
    if name not in known:
        raise Refused(
            _("没有名为“%(name)s”的文种模板；有：%(known)s。") % {"name": name, "known": _("、").join(known) or "—"}
        )
    return known[name]


def place_of(campaign: Campaign, code: str) -> Unit:
    """The city of the campaign or one of its counties; Refused for any other code."""
    unit = Unit.objects.filter(code=code, city_code=campaign.city.city_code).first()
    if unit is None or unit.place != code:
        raise Refused(_("没有代码为“%(place)s”的地方。") % {"place": code})
    return unit


def draft(
    campaign: Campaign, source: str, frame: Frame, *, population: str = "", since: date | None = None, told: Told = None
) -> Draft:
    """Fill a template's text with live figures; `population` is whom a special report is about.

    With `told`, answers that are known already, only the words matter: tables stay without their parts.
    """
    filters, words = POPULATIONS.get(population, ({}, ""))
    names = {"campaign": campaign, "place_name": place_of(campaign, frame.place).name, "population": words}
    asked = replace(frame, filters=filters)
    if told is None:
        return compose(source, asked, indicators.answer, names, parts=indicators.break_downs, since=since)
    return compose(source, asked, lambda *one: told.get(one) or indicators.answer(*one), names, since=since)


def last_told(campaign: Campaign, template: str, place: str, before: date) -> date | None:
    """The day of which the last printed document of this kind about this place was, before a day."""
    printed = Document.objects.printed().filter(campaign=campaign, template=template, as_of__lt=before)
    own = [one.as_of for one in printed.order_by("-as_of", "-pk") if one.place == place]
    return own[0] if own else None


def asker(asked: Iterable[tuple[str, Frame]]) -> Ask:
    """Answers indicators; those of one question at once, those asked for many counties by one break-down."""
    known: dict[tuple[str, Frame], Answer] = {}
    whole: dict[Frame, list[str]] = defaultdict(list)
    counties: dict[Frame, dict[str, list[Frame]]] = defaultdict(lambda: defaultdict(list))
    for code, frame in dict.fromkeys(asked):
        if "county" in frame.filters:
            rest = {name: key for name, key in frame.filters.items() if name != "county"}
            counties[replace(frame, filters=rest)][code].append(frame)
        else:
            whole[frame].append(code)
    for frame, split in counties.items():
        for code, parts in split.items():
            for part in parts if len(parts) < FEW else ():
                whole[part].append(code)
        codes = [code for code, parts in split.items() if len(parts) >= FEW]
        for code, found in indicators.break_downs(codes, frame, "county").items():
            known |= {(code, part.answer.frame): part.answer for part in found}
    for frame, listed in whole.items():
        known |= {(code, frame): one for code, one in zip(listed, indicators.answers(listed, frame), strict=True)}

    def ask(code: str, frame: Frame) -> Answer:
        if (code, frame) not in known:
            known[code, frame] = indicators.answer(code, frame)
        return known[code, frame]

    return ask


def written(document: Document) -> Draft:
    """The text as it was last saved or issued, without asking anything."""
    return opened(document.title, document.content or [], document.frame, None)


def live(document: Document) -> Draft:
    """The text of a draft with today's answers as of its day."""
    asked = [(figure.code, figure.frame) for figure in written(document).figures]
    return opened(document.title, document.content or [], document.frame, asker(asked))


# -- numbers typed by hand -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hand:
    """A number in the words of a block: the nth, where it stands, its clause, and its source if one was given."""

    seq: int
    key: str
    start: int
    end: int
    text: str
    clause: str
    note: HandFigure | None
    given: bool = False  # by the template, not by a person

    @property
    def mark(self) -> str:
        """手 until a source is given, 外 for one from outside."""
        return "outside" if self.note and self.note.outside else "manual"


def hands(document: Document, text: Draft) -> list[Hand]:
    """Every number of the text that no indicator answers; dates, ordinals and document numbers are none."""
    kept = document.hand_figures.select_related("confirmed_by", "stored").order_by("pk")
    notes = {(one.clause, one.text): one for one in kept}
    given = {(clause, words) for clause, words in document.given}
    found: list[Hand] = []
    for key, start, end, words, clause in by_hand(text):
        note = notes.get((clause, words))
        found.append(Hand(len(found) + 1, key, start, end, words, clause, note, (clause, words) in given))
    return found


def by_hand(text: Draft) -> Iterator[tuple[str, int, int, str, str]]:
    """(block, start, end, number, clause) of the numbers in words; in a clause a figure is named, not printed."""
    for block in text.blocks:
        if block.depth or block.table:
            continue
        places, at = [], 0
        for piece in block.pieces:
            length = len(piece if isinstance(piece, str) else piece.text)
            places += [(at, at + length, piece)] if isinstance(piece, Figure) else []
            at += length
        for number in numbers_in(block.words):
            inside = any(number.start < end and number.end > start for start, end, _f in places)
            if number.kind in QUANTITIES and not inside:
                yield block.key, number.start, number.end, number.text, _clause(block, number.start, number.end)


def _clause(block: Block, start: int, end: int) -> str:
    """The words around a place up to the next full stop or semicolon, figures by their code."""
    before, at = "", 0
    parts: list[tuple[int, int, str]] = []
    for piece in block.pieces:
        words = piece if isinstance(piece, str) else piece.text
        parts.append((at, at + len(words), piece if isinstance(piece, str) else f"⟦{piece.code}⟧"))
        at += len(words)
    text, left, right = block.words, start, end
    while left and text[left - 1] not in ENDS:
        left -= 1
    while right < len(text) and text[right] not in ENDS:
        right += 1
    for first, last, words in parts:
        if last <= left or first >= right:
            continue
        named = words.startswith("⟦")
        before += words if named else words[max(left - first, 0) : right - first]
    return before.strip()


# -- checks --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Remark:
    """Something a check found. It blocks, or waits for an answer (`finding` is its mark), or is only told."""

    words: str
    blocks: bool = True
    key: str = ""  # the block it stands in
    figure: int = 0
    hand: int = 0
    finding: str = ""
    answered: str = ""


def remarks(document: Document, text: Draft, found: Sequence[Hand]) -> list[Remark]:
    """Everything that hinders issuing, in the order in which it is put right (ui.md 5; domain.md 4.4)."""
    places = {figure.seq: block.key for block in text.blocks for figure in block.figures()}
    listed = [Remark(words) for words in text.warnings]
    for f in text.figures:
        if f.moved:
            words = {"seq": f.seq, "then": f.written, "now": f.text}
            said = _("第 %(seq)s 个数字保存时是%(then)s，现在是%(now)s：台账后来有变动") % words
            listed.append(Remark(said, key=places[f.seq], figure=f.seq))
    for hand in found:
        if not hand.note and not hand.given:
            said = _("“%(text)s”是手工填写的，还没有注明来源") % {"text": hand.text}
            listed.append(Remark(said, key=hand.key, hand=hand.seq))
    listed += [Remark(words, key=places.get(seq, ""), figure=seq) for words, seq in contradictions(text.figures)]
    answers = {one.finding: one.reason for one in document.acknowledgements.all()}
    if document.worded and not document.is_kept:
        listed += _of_the_template(document, text, answers)
    return listed + _of_the_words(document, text, answers)


def _of_the_template(document: Document, text: Draft, answers: Mapping[str, str]) -> list[Remark]:
    """What the template now says in other words («全部完成»), because the records changed since it was drafted."""
    told = {(figure.code, figure.frame): figure.answer for figure in text.figures if figure.answer}
    about = next((name for name, (filters, _words) in POPULATIONS.items() if filters == document.filters), "")
    frame, since = document.frame, document.since
    now = worded(draft(document.campaign, document.source, frame, population=about, since=since, told=told))
    said = _("台账后来有变动，模板现在这样写：“%(words)s”。请照改，或写明为什么不改")
    new = [words for words in dict.fromkeys(now) if words not in document.worded and words not in worded(text)]
    return [_to_answer(answers, said % {"words": words}, f"template\n{words}") for words in new]


def _to_answer(answers: Mapping[str, str], said: str, about: str, key: str = "") -> Remark:
    """A remark that holds until somebody says why it stands (`about` is what the answer is for)."""
    mark = sm3(about.encode())
    return Remark(said, mark not in answers, key=key, finding=mark, answered=answers.get(mark, ""))


def contradictions(figures: Sequence[Figure]) -> Iterator[tuple[str, int]]:
    """(sentence, number of the figure): the same figure twice, parts and whole, rate and its parts."""
    said: dict[tuple[str, Frame], Figure] = {}
    for figure in figures:
        first = said.setdefault((figure.code, figure.frame), figure)
        if first.answer and figure.answer and first.answer.value != figure.answer.value:
            yield _("同一个数字前后不一致：%(a)s、%(b)s") % {"a": first.text, "b": figure.text}, figure.seq
    for figure in said.values():
        yield from ((words, figure.seq) for words in filter(None, (_rate(figure, said), _parts(figure, said))))


def _value(figure: Figure | None) -> Any:
    return figure.answer.value if figure and figure.answer else None


def _rate(figure: Figure, said: Mapping[tuple[str, Frame], Figure]) -> str:
    """A rate whose two parts stand in the text must be their quotient."""
    indicator = indicator_of(figure.code)
    if not isinstance(indicator, Rate) or figure.answer is None:
        return ""
    above, below = (_value(said.get((code, figure.frame))) for code in (indicator.numerator, indicator.denominator))
    if above is None or not below or figure.answer.value is None or percent(above, below) == figure.answer.value:
        return ""
    return _("比率与分子、分母不符：%(above)s ÷ %(below)s ≠ %(rate)s") % {
        "above": above, "below": below, "rate": figure.text,
    }  # fmt: skip


def _parts(figure: Figure, said: Mapping[tuple[str, Frame], Figure]) -> str:
    """Parts of one dimension may not exceed their whole; whether they must reach it, the words decide (其中)."""
    indicator, whole = indicator_of(figure.code), _value(figure)
    if not isinstance(indicator, Indicator) or indicator.fold or whole is None:
        return ""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for (code, frame), part in said.items():
        more = {name: key for name, key in frame.filters.items() if name not in figure.frame.filters}
        if code == figure.code and len(more) == 1 and _value(part) is not None:
            rest = {name: key for name, key in frame.filters.items() if name not in more}
            if replace(frame, filters=rest) == figure.frame:
                sums[next(iter(more))] += Decimal(_value(part))
    over = next((total for total in sums.values() if total > whole), None)
    return _("各部分合计 %(sum)s，大于总数 %(whole)s") % {"sum": over, "whole": figure.text} if over is not None else ""


def _of_the_words(document: Document, text: Draft, answers: Mapping[str, str]) -> list[Remark]:
    """What the check of the text as a whole contradicts; each is put right or answered with a reason."""
    blocks = [block for block in text.blocks if not block.table]
    listed = []
    day, workday = document.issued_on or document.as_of, calendar().is_workday
    for one in check([block.words for block in blocks], on=day, workday=workday):
        # Between figures of the ledger alone the checks above decide, which know what each of them asks.
        spoken = any(not _printed(blocks[span.paragraph], span.start, span.end) for span in one.spans)
        if one.verdict is Verdict.CONTRADICTS and (spoken or not one.spans):
            key = blocks[one.spans[0].paragraph].key if one.spans else ""
            listed.append(_to_answer(answers, one.sentence, f"{one.rule}\n{one.sentence}", key))
    return listed


def _printed(block: Block, start: int, end: int) -> bool:
    """Whether the words at a place of a block are those of a figure."""
    at = len(block.label)
    for piece in block.pieces:
        words = piece if isinstance(piece, str) else piece.text
        if isinstance(piece, Figure) and start < at + len(words) and end > at:
            return True
        at += len(words)
    return False


# -- signatures ----------------------------------------------------------------------------------------------------


def standing(document: Document, text: Draft) -> SignOff | None:
    """The signature that still holds for exactly this text; None if there is none."""
    signed = document.sign_offs.filter(kind=SignOff.Kind.SIGN, ended_at=None).select_related("signer").order_by("-pk")
    mark = content_sm3(document, text)
    return next((one for one in signed if one.content_sm3 == mark), None)


# -- what came later -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Earlier:
    """What an earlier document printed of the same figure."""

    document: Document
    text: str
    seq: int
    as_of: date


def earlier(document: Document, code: str, frame: Frame, most: int = 6) -> list[Earlier]:
    """The same question as earlier printed documents answered it as of their days, newest first."""
    printed = Document.objects.printed().filter(campaign=document.campaign_id).exclude(pk=document.pk)
    rows = FrozenFigure.objects.filter(code=code, document__in=printed).select_related("document")
    found: dict[int, Earlier] = {}
    for row in rows.order_by("-document__as_of", "-document_id", "seq"):
        then = row.frame
        like = (then.place, then.filters, bool(then.start)) == (frame.place, frame.filters, bool(frame.start))
        if like and then.as_of <= frame.as_of and then.as_of == row.document.as_of:
            found.setdefault(row.document_id, Earlier(row.document, row.facts["text"], row.seq, then.as_of))
    return list(found.values())[:most]


@dataclass(frozen=True)
class Since:
    """A frozen figure beside what the records say: of the same day, and of today."""

    same_day: indicators.Difference
    today: Answer


def since_issued(frozen: FrozenFigure, day: date) -> Since:
    """What the records say now to a question a document froze."""
    return Since(indicators.difference(frozen.facts), indicators.answer(frozen.code, frozen.frame.at(day)))


def moved_on(document: Document) -> list[tuple[FrozenFigure, Answer]]:
    """The figures of an issued document that the records now answer otherwise for the same day."""
    frozen = list(document.figures.order_by("seq"))
    ask = asker((one.code, one.frame) for one in frozen)
    pairs = [(one, ask(one.code, one.frame)) for one in frozen]
    return [(one, now) for one, now in pairs if (None if now.value is None else str(now.value)) != one.facts["value"]]


def frozen_rows(frozen: FrozenFigure, person: Person, day: date, which: str) -> tuple[Indicator, list[int], Any]:
    """(indicator, ids, the rows this person may open): those counted then, or only what came or went since."""
    counted = indicator_of(frozen.code)
    counted = indicator_of(counted.numerator) if isinstance(counted, Rate) else counted
    assert isinstance(counted, Indicator)  # noqa: S101 - a rate is of counted indicators (start-up check)
    ids: Sequence[int] = row_ids(frozen.facts)
    if which in {"added", "gone"}:
        ids = getattr(indicators.difference(frozen.facts), which)
    model = apps.get_model(frozen.facts["row_model"])
    rows = model._default_manager.all()
    rows = counted.visible(rows, person, day) if counted.visible else rows.visible_to(person, day)
    return counted, list(ids), rows


def verify(campaign: Campaign) -> tuple[int, list[str]]:
    """(documents looked at, what differs): files read again by SM3, the SM3 of each frozen figure's rows."""
    faults, kept = [], Document.objects.filter(campaign=campaign).exclude(stored=None)
    for document in kept.select_related("stored", "stored_pdf").order_by("pk"):
        name = document.doc_number or document.title
        for stored in filter(None, (document.stored, document.stored_pdf)):
            try:
                with open_file(stored) as stream:
                    whole = sm3(stream.read()) == stored.sm3
            except Refused:
                whole = False
            if not whole:
                faults.append(_("%(name)s：文件 %(sm3)s 丢失或被改动") % {"name": name, "sm3": stored.sm3[:16]})
        for frozen in document.figures.order_by("seq"):
            rows = json.dumps([frozen.facts["row_model"], frozen.facts["row_ids"]])
            if frozen.facts["row_sm3"] not in {"", sm3(rows.encode())}:
                faults.append(_("%(name)s：第 %(seq)s 个数字的记录被改动") % {"name": name, "seq": frozen.seq})
    return kept.count(), faults
