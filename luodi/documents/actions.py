"""Writing documents: draft, edit, give sources, sign, number and issue with every figure frozen, withdraw."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from luodi.campaigns.models import Campaign
from luodi.campaigns.queries import DocumentTemplate
from luodi.documents import models, queries, sheets
from luodi.documents.models import Document, FrozenFigure, HandFigure, SignOff, TakenNumber
from luodi.documents.rules import FLOW, POPULATIONS, Block, Draft, Pieces, kept, numbered, plain, worded
from luodi.files import actions as files
from luodi.files.models import StoredFile
from luodi.flow.actions import advance
from luodi.indicators import queries as indicators
from luodi.indicators.rules import Frame
from luodi.journal import actions as journal
from luodi.kit.clock import local_day
from luodi.kit.refusal import Refused
from luodi.orgs.models import Person

CHANGED = "签字后正文有改动"


def _fresh(document: Document) -> Document:
    """The document locked and as it is now."""
    return Document.objects.select_for_update(of=("self",)).select_related("campaign__city", "unit").get(pk=document.pk)


# -- drafting ------------------------------------------------------------------------------------------------------


@transaction.atomic
def draft(
    campaign: Campaign,
    *,
    template: str,
    place: str,
    as_of: date,
    actor: Person,
    at: datetime,
    since: date | None = None,
    population: str = "",
) -> Document:
    """Begin a document from a template of the pack, about a place as of a day.

    `since` is the day a circular compares with; by default that of the last one printed, if there is one.
    """
    facts, unit = queries.template_of(campaign, template), queries.place_of(campaign, place)
    if as_of > local_day(at):
        raise Refused(_("数据截至日期 %(day)s 在今天之后。") % {"day": as_of})
    since = since or queries.last_told(campaign, template, place, as_of)
    frame = Frame(campaign.pk, place, as_of)
    composed = queries.draft(campaign, facts.text, frame, population=population, since=since)
    document = Document.objects.create(
        campaign=campaign,
        template=template,
        title=composed.title or facts.title,
        city_code=unit.city_code,
        county_code=unit.county_code,
        unit=unit,
        as_of=as_of,
        since=since,
        filters=dict(POPULATIONS[population][0]) if population else {},
        drafted_by=actor,
        drafted_at=at,
        **_text(composed),
        **_head(campaign, facts, actor, at),
    )
    after = {"template": template, "as_of": as_of, "since": since, "population": population}
    journal.record("documents.draft", actor=actor, at=at, row=document, after=after)
    return document


def _text(composed: Draft) -> dict[str, Any]:
    """What the template wrote: the text with its figures, its words without them, numbers it gives itself."""
    given = [[clause, words] for *_place, words, clause in queries.by_hand(composed)]
    return {"content": kept(composed), "worded": worded(composed), "given": given}


def _head(campaign: Campaign, facts: DocumentTemplate, actor: Person, at: datetime) -> dict[str, Any]:
    """What the template says of the paper; a county's office writes in its own name and gives its own series."""
    post = actor.main_post(local_day(at))
    county = post.unit.name if post and post.unit.county_code else ""
    return {
        "source": facts.text,
        "kind": facts.kind,
        "organ": facts.organ.replace(campaign.city.name, county or campaign.city.name),
        "agency": "" if county else facts.agency,
        "recipients": list(facts.recipients),
        "copies_to": list(facts.copies_to),
    }


@transaction.atomic
def redraft(document: Document, *, actor: Person, at: datetime) -> Document:
    """Begin a new version of an issued document: its text with today's answers; issued, it replaces the old one."""
    document = _fresh(document)
    if why := FLOW.refusal(document, "replace", actor, at):
        raise Refused(why)
    if document.replaced_by.filter(status__in=["draft", "submitted", "signed"]).exists():
        raise Refused(_("这份文件已有一份新版草稿。"))
    names = "campaign template source kind title organ agency recipients copies_to city_code county_code unit lead_unit"
    names += " as_of since filters content given worded"
    copied = {name: getattr(document, name) for name in names.split()}
    made = Document.objects.create(replaces=document, drafted_by=actor, drafted_at=at, **copied)
    _update_text(made, queries.live(made))
    journal.record("documents.draft", actor=actor, at=at, row=made, after={"replaces": document.doc_number})
    return made


# -- editing -------------------------------------------------------------------------------------------------------

Change = Callable[[Draft], tuple[list[Block], dict[str, Any]]]


def _edit(document: Document, change: Change, actor: Person, at: datetime, seen: int | None, **fields: Any) -> Document:
    """One change of the text, journaled with what was and what is; it ends every signature."""
    document = _fresh(document)
    blocks, facts = change(queries.written(document))
    document = advance(FLOW, document, "edit", actor=actor, at=at, seen=seen, changes=fields, facts=facts)
    _update_text(document, numbered(document.title, blocks))
    SignOff.objects.filter(document=document, ended_at=None).update(ended_at=at, ended_why=CHANGED)
    return document


def _update_text(document: Document, text: Draft) -> None:
    document.content = kept(text)
    Document.objects.filter(pk=document.pk).update(content=document.content)


def _place(blocks: Sequence[Block], key: str) -> int:
    found = next((n for n, block in enumerate(blocks) if block.key == key), None)
    if found is None:
        raise Refused(_("这一段已经不在了，请刷新页面。"))
    return found


def _next_key(blocks: Sequence[Block]) -> int:
    return max((int(block.key[1:]) for block in blocks if block.key[1:].isdigit()), default=0) + 1


@transaction.atomic
def write(
    document: Document,
    *,
    key: str,
    depth: int,
    paragraphs: Sequence[Pieces],
    actor: Person,
    at: datetime,
    seen: int | None = None,
    after: bool = False,
) -> Document:
    """Give a block new words, or add blocks `after` it (`key` blank: before all). More paragraphs are more blocks."""
    if not paragraphs:
        raise Refused(_("这一段没有文字。要去掉它，请用“删除”。"))

    def change(text: Draft) -> tuple[list[Block], dict[str, Any]]:
        blocks = list(text.blocks)
        place = _place(blocks, key) if key or not after else -1
        was = "" if after else blocks[place].words
        if not after and blocks[place].table:
            raise Refused(_("表格由台账生成，不能逐字改；可以移动或删除。"))
        first = _next_key(blocks)
        made = [Block(depth, pieces, key=f"b{first + n}") for n, pieces in enumerate(paragraphs)]
        if not after:
            own = blocks[place].own if blocks[place].depth == depth else 0
            made[0] = replace(made[0], key=key, own=own)
        blocks[place + after : place + 1] = made
        return blocks, {"block": made[0].key, "was": was, "now": "\n".join(plain(pieces) for pieces in paragraphs)}

    return _edit(document, change, actor, at, seen)


@transaction.atomic
def remove(document: Document, *, key: str, actor: Person, at: datetime, seen: int | None = None) -> Document:
    """Take a block out."""

    def change(text: Draft) -> tuple[list[Block], dict[str, Any]]:
        blocks = list(text.blocks)
        gone = blocks.pop(_place(blocks, key))
        return blocks, {"block": key, "was": gone.words or (gone.table.caption if gone.table else ""), "now": ""}

    return _edit(document, change, actor, at, seen)


@transaction.atomic
def move(document: Document, *, key: str, up: bool, actor: Person, at: datetime, seen: int | None = None) -> Document:
    """Exchange a block with the one before or after it."""

    def change(text: Draft) -> tuple[list[Block], dict[str, Any]]:
        blocks = list(text.blocks)
        place = _place(blocks, key)
        other = place + (-1 if up else 1)
        if not 0 <= other < len(blocks):
            raise Refused(_("已经在最前或最后，不能再移。"))
        blocks[place], blocks[other] = blocks[other], blocks[place]
        return blocks, {"block": key, "moved_past": blocks[place].key}

    return _edit(document, change, actor, at, seen)


@transaction.atomic
def refresh(document: Document, *, actor: Person, at: datetime, seen: int | None = None) -> Document:
    """Take over what the records say now: every figure of the text anew, the words as they are."""
    now = queries.live(_fresh(document))
    moved = [f"{f.seq}: {f.written} → {f.text}" for f in now.figures if f.moved]
    return _edit(document, lambda _text: (list(now.blocks), {"figures": moved}), actor, at, seen)


@transaction.atomic
def write_head(document: Document, *, actor: Person, at: datetime, seen: int | None = None, **fields: Any) -> Document:
    """Title, organ, number series, recipients, copies."""
    return _edit(document, lambda text: (list(text.blocks), {}), actor, at, seen, **fields)


@transaction.atomic
def give_source(
    document: Document,
    *,
    clause: str,
    text: str,
    source: str,
    source_on: date,
    outside: bool,
    actor: Person,
    at: datetime,
    upload: Any = None,
    seen: int | None = None,
) -> HandFigure:
    """Say where a number typed by hand comes from; it holds for this number in this clause."""
    facts = {"number": text, "clause": clause, "source_on": source_on, "outside": outside}
    document = advance(FLOW, document, "annotate", actor=actor, at=at, seen=seen, facts=facts)
    name = getattr(upload, "name", "")
    stored = files.store(upload, name=name, actor=actor, at=at) if upload else None
    HandFigure.objects.filter(document=document, clause=clause, text=text).delete()
    return HandFigure.objects.create(
        document=document, clause=clause, text=text, source=source.strip(), source_on=source_on, outside=outside,
        stored=stored, stored_name=name, confirmed_by=actor, confirmed_at=at,
    )  # fmt: skip


@transaction.atomic
def acknowledge(
    document: Document, *, finding: str, reason: str, actor: Person, at: datetime, seen: int | None = None
) -> Document:
    """Say why something the check of the text contradicts stands as it is."""
    found = _checked(document)
    one = next((remark for remark in found if remark.finding == finding), None)
    if one is None:
        raise Refused(_("这一条已经不在了，请刷新页面。"))
    if not reason.strip():
        raise Refused(_("请写明为什么这样写没有错。"))
    facts = {"finding": one.words}
    document = advance(FLOW, document, "annotate", actor=actor, at=at, seen=seen, reason=reason, facts=facts)
    answer = {"sentence": one.words, "reason": reason.strip(), "given_by": actor, "given_at": at}
    models.Acknowledgement.objects.update_or_create(document=document, finding=finding, defaults=answer)
    return document


def _checked(document: Document) -> list[queries.Remark]:
    text = queries.live(document)
    return queries.remarks(document, text, queries.hands(document, text))


# -- signing -------------------------------------------------------------------------------------------------------


def _fit(document: Document) -> Draft:
    """The text as it stands, if nothing hinders; Refused with the first thing that does."""
    text = queries.live(document)
    for remark in queries.remarks(document, text, queries.hands(document, text)):
        if remark.blocks:
            raise Refused(_("%(why)s，核清后才能办理。") % {"why": remark.words.rstrip("。")})
    return text


@transaction.atomic
def submit(document: Document, *, actor: Person, at: datetime, seen: int | None = None) -> Document:
    """Hand it in to be signed; nothing may be open."""
    document = _fresh(document)
    if why := FLOW.refusal(document, "submit", actor, at):
        raise Refused(why)
    mark = sheets.content_sm3(document, _fit(document))
    return advance(FLOW, document, "submit", actor=actor, at=at, seen=seen, facts={"content_sm3": mark})


@transaction.atomic
def countersign(document: Document, *, actor: Person, at: datetime, seen: int | None = None) -> Document:
    """Agree with the text as one of those concerned; it does not decide."""
    return _sign(document, "countersign", actor, at, seen)


@transaction.atomic
def sign(document: Document, *, actor: Person, at: datetime, seen: int | None = None) -> Document:
    """The leader, or the head of the office, signs exactly this text."""
    return _sign(document, "sign", actor, at, seen)


def _sign(document: Document, name: str, actor: Person, at: datetime, seen: int | None) -> Document:
    document = _fresh(document)
    if why := FLOW.refusal(document, name, actor, at):
        raise Refused(why)
    if document.sign_offs.filter(kind=name, signer=actor, ended_at=None).exists():
        raise Refused(_("您已经签过了。"))
    mark = sheets.content_sm3(document, _fit(document))
    document = advance(FLOW, document, name, actor=actor, at=at, seen=seen, facts={"content_sm3": mark})
    SignOff.objects.create(document=document, kind=name, content_sm3=mark, signer=actor, signed_at=at)
    return document


@transaction.atomic
def send_back(document: Document, *, reason: str, actor: Person, at: datetime, seen: int | None = None) -> Document:
    """Back to the office, with a reason; signatures end."""
    document = advance(FLOW, document, "send_back", actor=actor, at=at, seen=seen, reason=reason)
    SignOff.objects.filter(document=document, ended_at=None).update(ended_at=at, ended_why="退回修改")
    return document


# -- issuing -------------------------------------------------------------------------------------------------------


@transaction.atomic
def issue(document: Document, *, actor: Person, at: datetime, seen: int | None = None) -> Document:
    """Number it, freeze every figure, keep .docx and PDF by SM3. Later corrections of the records do not change it."""
    document = _fresh(document)
    if why := FLOW.refusal(document, "issue", actor, at):
        raise Refused(why)
    text = _fit(document)
    signature = queries.standing(document, text)
    if signature is None:
        raise Refused(_("签批之后正文或数字有变动，原签批已经失效；请修改后重新报审。"))
    day = local_day(at)
    taken = _take_number(document, day)
    number = f"{taken.series}{taken.serial}号"
    with override("zh-hans"):
        frozen = _freeze(document, text)
        paper = sheets.official(text, document, signed_on=day, number=number, signer=signature.signer.name)
        stored, stored_pdf = _keep(paper, document.title, day, actor, at)
    FrozenFigure.objects.bulk_create(frozen)
    if document.replaces is not None:
        advance(FLOW, document.replaces, "replace", actor=actor, at=at, facts={"replaced_by": number})
    changes = {"stored": stored, "stored_pdf": stored_pdf, "issued_on": day, "doc_number": number}
    changes["content"] = document.content or kept(text)
    facts = {"sm3": stored.sm3, "pdf_sm3": stored_pdf.sm3, "figures": len(frozen), "number": number}
    return advance(FLOW, document, "issue", actor=actor, at=at, seen=seen, changes=changes, facts=facts)


def _freeze(document: Document, text: Draft) -> list[FrozenFigure]:
    """What each figure says at this moment; the same question asked twice is answered once."""
    then: dict[Any, dict[str, Any]] = {}
    read: indicators.Reading = {}
    ask = queries.asker((figure.code, figure.frame) for figure in text.figures)
    frozen = []
    for figure in text.figures:
        asked = (figure.code, figure.frame)
        if asked not in then:
            then[asked] = indicators.freeze(*asked, ask(*asked), read)
        if figure.answer is None or then[asked]["plain"] != figure.answer.plain:
            raise Refused(_("起草和印发之间数据有变动，请刷新后再印发。"))
        facts = {"document": document, "seq": figure.seq, "code": figure.code, "text": figure.text}
        frozen.append(FrozenFigure(facts=then[asked], **facts))
    return frozen


def _keep(paper: Any, title: str, day: date, actor: Person, at: datetime) -> tuple[StoredFile, StoredFile]:
    docx = files.store(sheets.docx_of(paper), name=sheets.file_name(title, day), actor=actor, at=at)
    return docx, files.store(sheets.pdf_of(paper), name=sheets.file_name(title, day, "pdf"), actor=actor, at=at)


def _take_number(document: Document, day: date) -> TakenNumber:
    """The next number of the series, under its lock: unique and without gaps, because a refusal undoes it."""
    models.NumberSeries.objects.get_or_create(agency=document.agency, in_year=day.year)
    series = models.NumberSeries.objects.select_for_update().get(agency=document.agency, in_year=day.year)
    series.last_serial += 1
    series.save(update_fields=["last_serial"])
    return TakenNumber.objects.create(series=series, serial=series.last_serial, document=document, taken_on=day)


@transaction.atomic
def withdraw(document: Document, *, reason: str, actor: Person, at: datetime, seen: int | None = None) -> Document:
    """Take an issued document back; its number stays taken and is shown as void."""
    facts = {"number": document.doc_number}
    document = advance(FLOW, document, "withdraw", actor=actor, at=at, seen=seen, reason=reason, facts=facts)
    void = {"voided_on": local_day(at), "void_reason": reason.strip()[:300]}
    TakenNumber.objects.filter(document=document).update(**void)
    return document
