"""Before and after of a text: nothing is lost, changes are read as changes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.kit.differences import FOLD, IN, OUT, SAME, Piece, difference, folded

WORDS = st.text(alphabet="土地出让手续滞后，。0123 abc\n", max_size=60)


@given(WORDS, WORDS)
def test_both_texts_can_be_read_out_of_it(before, after):
    pieces = difference(before, after)
    assert "".join(p.text for p in pieces if p.kind != IN) == before
    assert "".join(p.text for p in pieces if p.kind != OUT) == after
    assert all(p.text for p in pieces)
    assert all(one.kind != other.kind for one, other in pairwise(pieces))


@given(WORDS)
def test_a_text_does_not_differ_from_itself(text):
    assert {p.kind for p in difference(text, text)} <= {SAME}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("宗地7个月未挂牌", "宗地9个月未挂牌", [(SAME, "宗地"), (OUT, "7"), (IN, "9"), (SAME, "个月未挂牌")]),
        ("已签合同。", "已签合同。已交地。", [(SAME, "已签合同。"), (IN, "已交地。")]),
        ("甲乙丙丁", "子乙丑丁戊", [(OUT, "甲乙丙丁"), (IN, "子乙丑丁戊")]),
        ("面积12.5亩", "面积125亩", [(SAME, "面积"), (OUT, "12.5"), (IN, "125"), (SAME, "亩")]),
        ("", "全新", [(IN, "全新")]),
    ],
)
def test_it_reads_well(before, after, told):
    assert [(p.kind, p.text) for p in difference(before, after)] == told


def test_long_texts_are_compared_by_sentences_and_soon():
    before = "".join(f"第{n}项工作按计划推进。" for n in range(1500))
    after = before.replace("第700项工作按计划推进。", "第700项工作推迟到九月。")
    assert [p.text for p in difference(before, after) if p.kind != SAME] == [
        "第700项工作按计划推进。", "第700项工作推迟到九月。"
    ]  # fmt: skip


def test_unchanged_passages_fold_but_for_what_stands_beside_a_change():
    long = "甲" * 100
    short = folded([Piece(SAME, long), Piece(IN, "新"), Piece(SAME, long)])
    assert [p.kind for p in short] == [FOLD, SAME, IN, SAME, FOLD]
    assert [len(p.text) for p in short] == [0, 16, 1, 16, 0]
    assert folded([Piece(SAME, "短"), Piece(IN, "新")]) == [Piece(SAME, "短"), Piece(IN, "新")]
