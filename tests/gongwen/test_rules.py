from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.gongwen.docx import build
from luodi.gongwen.model import Attachment, Heading, Paragraph, Table
from luodi.gongwen.rules import Unfit, doc_number_fault, faults, gaps
from tests.gongwen.samples import circular


def test_a_complete_circular_has_neither_faults_nor_gaps():
    assert faults(circular()) == ()
    assert gaps(circular()) == ()


@given(st.sampled_from(["衡传", "冀清办", "冀政办字", "国办发"]), st.integers(1949, 2099), st.integers(1, 99999))
def test_a_right_number_is_accepted(word, year, serial):
    fault = doc_number_fault(f"{word}〔{year}〕{serial}号")
    assert not fault


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        ("冀清办[2020]5号", "六角括号"),
        ("冀清办（2020）5号", "六角括号"),
        ("冀清办【2020】5号", "六角括号"),
        ("冀清办〔2020〕第5号", "不加“第”字"),
        ("冀清办〔2020〕05号", "虚位"),
        ("冀清办〔20〕5号", "不合格式"),
        ("〔2020〕5号", "不合格式"),
        ("冀清办〔2020〕5", "不合格式"),
    ],
)
def test_a_wrong_number_is_explained(number, hint):
    assert hint in doc_number_fault(number)
    assert any(hint in sentence for sentence in faults(circular(doc_number=number)))


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"title": ""}, "没有标题"),
        ({"title": "关于检查的通知。"}, "标题不用标点"),
        ({"blocks": ()}, "没有正文"),
        ({"blocks": (Heading(5, "题"),)}, "只有一至四级"),
        ({"blocks": (Heading(0, "题"),)}, "只有一至四级"),
        ({"blocks": (Heading(1, "题"), Heading(3, "题"))}, "缺第2级"),
        ({"blocks": (Heading(1, " "),)}, "没有文字"),
        ({"blocks": (Heading(1, "检查(试行)"),)}, "全角"),
        ({"blocks": (Table(("甲", "乙"), (("1",),)),)}, "第1行有1格"),
        ({"blocks": (Table((), ()),)}, "没有表头"),
        ({"blocks": (Table(("甲", "乙"), (), (1,)),)}, "列宽"),
        ({"blocks": (Table(("甲", "乙"), (), (1, 0)),)}, "列宽"),
        ({"attachments": (Attachment("名单。"),)}, "不加标点"),
        ({"attachments": (Attachment(" "),)}, "附件1没有名称"),
        ({"attachments": (Attachment("名单", (Heading(2, "题"),)),)}, "附件1标题"),
        ({"print_on": date(2020, 8, 30)}, "不能早于"),
        ({"print_on": None}, "一并填写"),
        ({"red_head": None, "signer": "张三"}, "签发人"),
    ],
)
def test_what_breaks_the_standard_is_refused_with_a_sentence(changes, hint):
    document = circular(**changes)
    found = faults(document)
    assert any(hint in sentence for sentence in found)
    assert all(sentence.endswith("。") for sentence in found)
    with pytest.raises(Unfit) as refusal:
        build(document)
    assert str(refusal.value) == found[0]


def test_a_draft_without_date_number_and_organ_is_built_and_its_gaps_are_named():
    draft = circular(signed_on=None, doc_number="", organ="", print_organ="", print_on=None, recipients=())
    assert build(draft)
    assert len(gaps(draft)) == 5


def test_gaps_do_not_ask_for_a_number_without_a_head():
    assert gaps(circular(red_head=None, doc_number="", blocks=(Paragraph("文"),))) == ()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"copy_number": "12"}, "6位"),
        ({"secrecy": "机密*1年"}, "机密★1年"),
        ({"urgency": "急件"}, "特急、加急"),
        ({"urgency": "特急", "red_head": None, "doc_number": ""}, "没有版头"),
        ({"joint": ("衡水市财政局",), "organ": ""}, "主办机关"),
        ({"joint": ("衡水市财政局",), "sealed": True}, "还不能生成"),
    ],
)
def test_what_the_head_and_the_signature_may_not_say(changes, sentence):
    assert any(sentence in fault for fault in faults(circular(**changes)))
