"""Li edits the draft: figures stay linked as tokens, numbers of her own need a source, a stale page is refused."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from luodi.documents import actions, queries
from luodi.documents.forms import read_tokens, token, with_tokens
from luodi.documents.models import Document
from luodi.documents.rules import Figure
from luodi.indicators import queries as indicators
from luodi.indicators.rules import NONE, Frame, Indicator
from luodi.journal.models import Entry
from luodi.kit.refusal import Refused
from tests.documents.conftest import drafted, issued, sign_in, signed
from tests.world import World, at, pdf

TYPED = "截至目前，全市开展督导检查12次，发现问题⟦2件·problems.found·batch=base⟧。"


@pytest.fixture
def li(world: World, client: Client, settings) -> Client:
    settings.LUODI_CLOCK = "2020-08-31T09:30"
    return sign_in(client, world.li)


def first(document: Document) -> str:
    """The key of the first paragraph."""
    return queries.written(document).blocks[0].key


def save(client: Client, document: Document, text: str, **facts):
    wanted = {"op": "save", "key": first(document), "seen": document.version, "depth": 0, "text": text}
    return client.post(f"/documents/{document.pk}/edit/", {**wanted, **facts})


def frame(**facts) -> Frame:
    return Frame(1, "1311", date(2020, 8, 31), **facts)


# -- tokens ----------------------------------------------------------------------------------------------------


@given(
    st.sampled_from([{}, {"batch": "base"}, {"county": "131102", "priority": "yes"}, {"county": NONE}]),
    st.sampled_from(["1311", "131102"]),
    st.sampled_from([{}, {"start": date(2020, 8, 1), "end": date(2020, 8, 16)}]),
    st.dates(date(2020, 5, 1), date(2020, 8, 31)),
    st.text(st.characters(exclude_characters="⟦⟧", exclude_categories=["Cs", "Cc"]), max_size=20),
)
def test_a_token_says_exactly_what_its_figure_asks(filters, place, period, as_of, words) -> None:
    asked = Frame(1, place, as_of, filters=filters, **period)
    figure = Figure(1, "problems.found", asked, None, "12件")
    seen: list[Frame] = []

    def ask(code: str, one: Frame):
        seen.append(one)
        raise Refused("asked")

    text = words + token(figure, frame()) + words
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("luodi.documents.forms.wrong_filter", lambda indicator, one: "")
        pieces = read_tokens(text, frame(), ask, (figure,))
    assert seen == []
    assert [p for p in pieces if isinstance(p, Figure)] == [figure]
    assert with_tokens(pieces, frame()) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("只有⟦2件·problems.found", "不完整"),
        ("⟦2件·problems.nothing⟧", "没有指标"),
        ("⟦2件·problems.found·colour=red⟧", "没有筛选条件"),
        ("⟦2件·problems.found·batch=older⟧", "没有「older」这个值"),
        ("⟦2件·problems.found·batch⟧", "看不懂记号"),
        ("⟦2件·problems.found·as_of=昨天⟧", "日期应写成"),
        ("⟦2件·problems.found·as_of=2020-09-30⟧", "超出了"),
        ("⟦2件·problems.found·place=1301⟧", "超出了"),
        ("⟦999件·problems.found⟧", "不一致"),
    ],
)
def test_a_broken_token_is_refused_in_words(report: Document, text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        read_tokens(text, report.frame, indicators.answer)


# -- on the page -----------------------------------------------------------------------------------------------


def test_she_edits_a_paragraph_and_its_figures_stay(world: World, report: Document, li: Client) -> None:
    page = li.get(f"/documents/{report.pk}/edit/?b={first(report)}")
    assert "⟦2件·problems.found·batch=base⟧" in page.content.decode()
    assert save(li, report, TYPED).status_code == 303
    report.refresh_from_db()
    block = queries.live(report).blocks[0]
    assert block.words == "截至目前，全市开展督导检查12次，发现问题2件。"
    (figure,) = block.figures()
    assert (figure.code, dict(figure.frame.filters)) == ("problems.found", {"batch": "base"})
    entry = Entry.objects.filter(verb="documents.edit").latest("pk")
    assert "自开展项目落地难" in entry.after["was"]
    assert entry.after["now"] == block.words


def test_a_stale_page_is_refused_and_keeps_what_was_typed(world: World, report: Document, li: Client) -> None:
    seen = report.version
    assert save(li, report, "先到的一句。").status_code == 303
    page = save(li, report, TYPED, seen=seen)
    assert page.status_code == 409
    assert "有人改动过" in page.content.decode()
    assert TYPED in page.content.decode()
    assert queries.written(Document.objects.get(pk=report.pk)).blocks[0].words == "先到的一句。"


def test_adding_moving_and_removing(world: World, report: Document, li: Client) -> None:
    before = [block.words for block in queries.written(report).blocks]
    save(li, report, "新的一段。\n\n又一段。", after="1")
    report.refresh_from_db()
    words = [block.words for block in queries.written(report).blocks]
    assert words == [before[0], "新的一段。", "又一段。", *before[1:]]
    key = queries.written(report).blocks[2].key
    for op, place in (("up", 1), ("down", 2)):
        li.post(f"/documents/{report.pk}/edit/", {"op": op, "key": key, "seen": report.version})
        report.refresh_from_db()
        assert queries.written(report).blocks[place].key == key
    li.post(f"/documents/{report.pk}/edit/", {"op": "remove", "key": key, "seen": report.version})
    report.refresh_from_db()
    assert [block.words for block in queries.written(report).blocks] == [before[0], "新的一段。", *before[1:]]
    page = li.post(f"/documents/{report.pk}/edit/", {"op": "up", "key": first(report), "seen": report.version})
    assert (page.status_code, "不能再移" in page.content.decode()) == (409, True)
    assert "<textarea" not in page.content.decode()  # nothing was typed, so nothing is open


def test_what_cannot_be_done_to_a_block_is_said(world: World, report: Document, li: Client) -> None:
    """A table cannot go above the first place; a block somebody took out cannot be saved; none is meant by no key."""
    circular = drafted(world, "circular")
    table = next(block.key for block in queries.written(circular).blocks if block.table)
    for _n in range(len(queries.written(circular).blocks)):
        facts = {"op": "up", "key": table, "seen": Document.objects.get(pk=circular.pk).version}
        page = li.post(f"/documents/{circular.pk}/edit/", facts)
    assert (page.status_code, "不能再移" in page.content.decode()) == (409, True)
    before = queries.written(report)
    for key in ("b99", ""):
        page = save(li, report, "一句话。", key=key)
        assert (page.status_code, "这一段已经不在了" in page.content.decode()) == (409, True)
    assert queries.written(Document.objects.get(pk=report.pk)) == before


def test_addresses_and_forms_that_no_page_made_do_no_harm(world: World, report: Document, li: Client) -> None:
    path, key = f"/documents/{report.pk}/edit/", first(report)
    for query in (f"b={key}&depth=二", f"after={key}&depth=²"):
        assert li.get(f"{path}?{query}").status_code == 200
    assert save(li, report, "一句话。", seen="²").status_code == 409
    assert save(li, report, "一句话。", op="insert", figure="problems.found", caret="²", depth="x").status_code == 200
    assert save(li, report, "一句\0话。").status_code == 303
    assert queries.written(Document.objects.get(pk=report.pk)).blocks[0].words == "一句话。"


def test_a_figure_is_inserted_with_its_frame(world: World, report: Document, li: Client) -> None:
    chosen = {"op": "insert", "figure": "problems.closed", "filter": "batch=new", "caret": "2"}
    page = save(li, report, "其中件已销号。", **chosen).content.decode()
    assert "其中⟦·problems.closed·batch=new⟧件已销号。" in page
    assert save(li, report, "其中⟦·problems.closed·batch=new⟧已销号。").status_code == 303
    report.refresh_from_db()
    assert queries.live(report).blocks[0].words == "其中1件已销号。"


def test_the_head_takes_only_a_sound_number_series(world: World, report: Document, li: Client) -> None:
    facts = {"title": "情况报告", "organ": "市专班办", "recipients": "甲\n乙", "copies_to": "", "seen": report.version}
    page = li.post(f"/documents/{report.pk}/head/", {**facts, "agency": "HSLD"})
    assert (page.status_code, "只用汉字" in page.content.decode()) == (422, True)
    assert li.post(f"/documents/{report.pk}/head/", {**facts, "agency": "衡专"}).status_code == 303
    report.refresh_from_db()
    assert (report.agency, report.recipients) == ("衡专", ["甲", "乙"])


def test_strangers_and_issued_texts_are_not_edited(world: World, report: Document, client: Client, settings) -> None:
    settings.LUODI_CLOCK = "2020-08-31T16:30"
    for person, status in ((world.sun, 404), (world.wang, 403), (world.zhou, 403)):
        sign_in(client, person)
        assert save(client, report, "换掉。").status_code == status
    report = issued(world, report)
    sign_in(client, world.li)
    assert save(client, report, "换掉。").status_code == 403
    with pytest.raises(Refused, match="已印发"):
        actions.remove(report, key=first(report), actor=world.li, at=at("2020-08-31", 17))


def test_a_table_is_moved_but_not_typed_into(world: World, report: Document) -> None:
    circular = drafted(world, "circular")
    table = next(block for block in queries.written(circular).blocks if block.table)
    facts = {"key": table.key, "depth": 0, "paragraphs": [("一句话。",)]}
    with pytest.raises(Refused, match="表格由台账生成"):
        actions.write(circular, **facts, actor=world.li, at=at("2020-08-31", 10))
    circular = actions.move(circular, key=table.key, up=True, actor=world.li, at=at("2020-08-31", 10))
    assert len(queries.written(circular).figures) == len(queries.live(circular).figures)


# -- numbers by hand -------------------------------------------------------------------------------------------


def test_a_number_typed_by_hand_waits_for_its_source(world: World, report: Document, li: Client) -> None:
    save(li, report, TYPED)
    report.refresh_from_db()
    page = li.get(f"/documents/{report.pk}/").content.decode()
    assert "手工填写的，还没有注明来源" in page
    with pytest.raises(Refused, match="手工填写"):
        actions.submit(report, actor=world.li, at=at("2020-08-31", 10))
    assert "督导检查" in li.get(f"/documents/{report.pk}/?h=1").content.decode()
    facts = {"source": "市专班办督导检查登记表", "source_on": "2020-09-30", "seen": report.version}
    answer = li.post(f"/documents/{report.pk}/source/1/", facts)
    assert (answer.status_code, "还没有到" in answer.content.decode()) == (422, True)
    upload = SimpleUploadedFile("登记表.pdf", pdf("登记表"), "application/pdf")
    answer = li.post(f"/documents/{report.pk}/source/1/", {**facts, "source_on": "2020-08-28", "upload": upload})
    assert answer.status_code == 303
    note = report.hand_figures.get()
    assert (note.text, note.outside) == ("12次", False)
    assert li.get(f"/documents/{report.pk}/sources/{note.pk}/file/").status_code == 200
    report.refresh_from_db()
    assert issued(world, report).status == "issued"


def test_other_words_around_the_number_ask_again(world: World, report: Document, li: Client) -> None:
    save(li, report, TYPED)
    report.refresh_from_db()
    facts = {"clause": queries.hands(report, queries.live(report))[0].clause, "text": "12次", "source": "登记表"}
    more = {"source_on": date(2020, 8, 28), "outside": True, "actor": world.li, "at": at("2020-08-31", 10)}
    actions.give_source(report, **facts, **more)
    report.refresh_from_db()
    (hand,) = [one for one in queries.hands(report, queries.live(report)) if not one.given]
    assert (hand.mark, hand.note is None) == ("outside", False)
    save(li, report, TYPED.replace("督导检查", "明察暗访"))
    report.refresh_from_db()
    (hand,) = [one for one in queries.hands(report, queries.live(report)) if not one.given]
    assert hand.note is None


def test_dates_ordinals_and_numbers_of_documents_are_not_asked_for(world: World, report: Document, li: Client) -> None:
    save(li, report, "一是按照衡传〔2020〕44号文件，7月20日召开第三次会议，2020年全年推进。")
    report.refresh_from_db()
    assert [one.text for one in queries.hands(report, queries.live(report)) if not one.given] == []


# -- contradictions --------------------------------------------------------------------------------------------


def test_a_contradiction_is_corrected_or_answered(world: World, report: Document, li: Client) -> None:
    save(li, report, "2月30日召开调度会。")
    report.refresh_from_db()
    text = queries.live(report)
    remarks = queries.remarks(report, text, queries.hands(report, text))
    (found,) = [one for one in remarks if one.finding]
    with pytest.raises(Refused, match="核清后"):
        actions.submit(report, actor=world.li, at=at("2020-08-31", 10))
    with pytest.raises(Refused, match="写明"):
        actions.acknowledge(report, finding=found.finding, reason=" ", actor=world.li, at=at("2020-08-31", 10))
    answer = {"finding": found.finding, "reason": "原件如此，照录。", "seen": report.version}
    li.post(f"/documents/{report.pk}/acknowledge/", answer)
    report.refresh_from_db()
    assert signed(world, report).status == "signed"


def test_parts_may_not_exceed_their_whole(world: World, report: Document) -> None:
    whole, base = (indicators.answer("problems.found", report.frame.at(day)) for day in (date(2020, 8, 31),) * 2)
    part_frame = report.frame.narrowed("batch", "base")
    low = type(whole)(whole.indicator, whole.frame, 1)
    figures = [
        Figure(1, "problems.found", report.frame, low, "1件"),
        Figure(2, "problems.found", part_frame, type(base)(base.indicator, part_frame, 2), "2件"),
    ]
    assert [words for words, _seq in queries.contradictions(figures)] == ["各部分合计 2，大于总数 1件"]
    assert isinstance(whole.indicator, Indicator)
