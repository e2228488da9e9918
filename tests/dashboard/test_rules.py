"""The sentence never says more than the figures; ties share a rank; shades, comparisons, who is behind."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.dashboard import rules
from luodi.indicators.rules import NONE, Answer, Frame, Part, indicator_of

FRAME = Frame(1, "1311", date(2020, 8, 31))


def answer(code, value):
    return Answer(indicator_of(f"problems.{code}"), FRAME, value, "" if value is not None else "算不出")


def figures(found, rectified, matched, left, overdue):
    given = {"found": found, "rectified": rectified, "matched": matched, "open": left, "overdue": overdue}
    return {code: answer(code, value) for code, value in given.items()}


def parts(code, **values):
    return [Part(key, f"{key}县", answer(code, value)) for key, value in values.items()]


def said(facts, late=()):
    return "".join(piece.text for piece in rules.sentence(facts, late))


def test_the_sentence_of_the_picture():
    late = parts("overdue", 桃城=3, 故城=3, 高新=2, 景=1)
    text = said(figures(1620, 1620, 1571, 49, 9), late)
    assert text == (
        "1,620 件问题均已报整改完成；账证相符1,571 件；49 件未销号，其中9 件逾期，在桃城县、故城县、高新县、景县。"
    )


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((0, 0, 0, 0, 0), "台账里还没有问题。"),
        ((None, None, None, None, None), "现在算不出发现问题的件数，请稍后再看。"),
        ((10, 10, 10, 0, 0), "10 件问题均已报整改完成；账证均相符；已全部销号。"),
        ((10, 4, 3, 7, 0), "10 件问题中4 件已报整改完成；账证相符3 件；7 件未销号，没有逾期。"),
        ((10, None, None, 7, None), "共发现问题10 件；7 件未销号。"),
        ((10, 4, 3, 7, 2), "10 件问题中4 件已报整改完成；账证相符3 件；7 件未销号，其中2 件逾期。"),
    ],
)
def test_it_says_what_is_and_leaves_out_what_is_unknown(values, text):
    assert said(figures(*values)) == text


def test_many_places_are_counted_not_listed():
    late = parts("overdue", **{name: 9 - n for n, name in enumerate("甲乙丙丁戊己")})
    assert said(figures(90, 80, 70, 60, 39), late).endswith("在甲县、乙县、丙县、丁县等 6 处。")


@given(st.tuples(*[st.one_of(st.none(), st.integers(0, 5000))] * 5))
def test_it_never_says_more_than_the_figures(values):
    """Every number in it is a figure; «all» and «none» only where the figures say so."""
    facts = figures(*values)
    pieces = rules.sentence(facts, ())
    text = "".join(piece.text for piece in pieces)
    assert not any(letter.isdigit() for piece in pieces if piece.answer is None for letter in piece.text)
    assert all(piece.text == piece.answer.text and piece.answer in facts.values() for piece in pieces if piece.answer)
    found, rectified, matched, left, overdue = values
    if "均已报整改完成" in text:
        assert rectified == found
    if "账证均相符" in text:
        assert matched == found
    if "全部销号" in text:
        assert left == 0
    if "没有逾期" in text:
        assert overdue == 0


def test_equal_values_share_a_rank_and_the_next_is_left_out():
    now = parts("closure_rate", 甲=Decimal("99.0"), 乙=Decimal("100.0"), 丙=Decimal("100.0"), 丁=None)
    now.append(Part(NONE, "市直", answer("closure_rate", Decimal("100.0"))))
    before = parts("closure_rate", 甲=Decimal("50.0"), 乙=Decimal("40.0"), 丙=Decimal("60.0"), 丁=None)
    rows = rules.ranking(now, before, {}, "丙")
    assert [(r.key, r.rank, r.tied, r.moved, r.own) for r in rows] == [
        ("乙", 1, True, 2, False),
        ("丙", 1, True, 0, True),
        ("甲", 3, False, -1, False),
        ("丁", None, False, None, False),
    ]


def test_shades_go_from_the_worst_to_the_best():
    near_the_end = rules.scale_for(answer("closure_rate", Decimal("97.0")))
    shades = [near_the_end.shade(answer("closure_rate", Decimal(v))) for v in ("94.9", "95", "97", "98.5", "99.5")]
    assert shades == ["q1", "q2", "q3", "q4", "q5"]
    at_the_start = rules.scale_for(answer("closure_rate", Decimal("5.0")))
    assert at_the_start.shade(answer("closure_rate", Decimal("94.9"))) == "q5"
    counts = rules.scale_for(answer("overdue", 9))
    assert [counts.shade(answer("overdue", n)) for n in (7, 4, 2, 1, 0)] == ["q1", "q2", "q3", "q4", "q5"]
    assert counts.shade(answer("overdue", None)) == ""


@pytest.mark.parametrize(
    ("code", "now", "then", "words", "tone"),
    [
        ("match_rate", Decimal("97.0"), Decimal("94.8"), "较8月15日 +2.2 个百分点", "up"),
        ("match_rate", Decimal("94.0"), Decimal("94.8"), "较8月15日 -0.8 个百分点", "down"),
        ("open", 49, 91, "较8月15日 -42 件", "up"),
        ("open", 91, 49, "较8月15日 +42 件", "down"),
        ("found", 1620, 1610, "较8月15日 +10 件", ""),
        ("found", 5, 5, "与8月15日持平", ""),
        ("match_rate", None, Decimal("94.8"), "", ""),
    ],
)
def test_how_a_figure_moved_and_whether_that_is_good(code, now, then, words, tone):
    assert rules.change_words(answer(code, now), answer(code, then), "8月15日") == (words, tone)


def test_behind_is_two_points_below_the_whole():
    whole = answer("closure_rate", Decimal("97.0"))
    listed = parts("closure_rate", 甲=Decimal("95.1"), 乙=Decimal("95.0"), 丙=Decimal("80.0"), 丁=None)
    assert [part.key for part in rules.behind(listed, whole)] == ["丙", "乙"]
    assert rules.behind(listed, replace(whole, value=None)) == []


def test_a_concern_is_there_only_if_there_is_something():
    assert rules.concern("clock", "bad", "%(n)s已逾期", answer("overdue", 0), "") is None
    assert rules.concern("clock", "bad", "%(n)s已逾期", answer("overdue", None), "") is None
    found = rules.concern("clock", "bad", "%(n)s已逾期", answer("overdue", 3), "")
    assert "".join(piece.text for piece in found.title) == "3 件已逾期"
