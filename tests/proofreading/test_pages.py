"""Wang has his report proofread: what is wrong is shown at its place; nobody else sees it; it goes when he says so."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from luodi.journal.models import Entry
from luodi.proofreading import actions
from luodi.proofreading.models import Proof
from luodi.proofreading.rules import RULE_WORDS, Places, claims
from luodi.prose.check import RULES
from tests.proofreading.conftest import docx
from tests.world import at

pytestmark = pytest.mark.django_db
TEXT = (
    "截至目前，累计新建、修订、废止制度61件，其中，新建制度38件、修订制度15件、废止制度10件。\n"
    "74项计划开工项目68项实现开工建设，开工率91.9%。\n"
    "重点项目贷款余额162.77亿元，其中，京津冀协同73.21亿元，省级30.93亿元。"
)


def test_wang_pastes_a_text_and_reads_what_is_wrong_where(world, proof_of):
    client, proof = proof_of(world.wang, TEXT)
    page = client.get(reverse("proofreading:proof", args=[proof.pk])).content.decode()
    assert "各部分相加为63件，比总数61件多2件。" in page
    assert 'class="mk mk-contradicts" id="p1-17" href="#r1"' in page
    assert "68项 ÷ 74项 = 91.892% ≈ 91.9%" in page
    assert "缺口58.63亿元" in page
    # Never by colour alone: each mark has its shape and, for those who hear the page, its word.
    assert page.count("mk mk-") == len(re.findall(r"(?:不符|相符|不能判断)</span></a>", page))


def test_the_list_can_be_narrowed_by_a_link(world, proof_of):
    client, proof = proof_of(world.wang, TEXT)
    page = client.get(reverse("proofreading:proof", args=[proof.pk]), {"show": "contradicts"}).content.decode()
    assert page.count('<li id="r') == 1
    assert page.count("mk mk-agrees") > 0  # the text stays marked as a whole


def test_a_word_file_is_checked_for_its_layout_too(world, proof_of):
    client, proof = proof_of(world.li, content=docx("按照（冀清办[2020]14号）精神，整改10件。"))
    assert (proof.origin, proof.dated_on, proof.as_of) == ("docx", date(2020, 8, 20), date(2020, 8, 20))
    page = client.get(reverse("proofreading:proof", args=[proof.pk])).content.decode()
    assert "版式（GB/T 9704）" in page
    assert "六角括号〔2020〕" in page


def test_figures_are_set_beside_the_ledger_as_of_the_documents_day(world, proof_of):
    closed = world.brought_to("closed", start="2020-05-20")
    world.problem("2020-08-25", found_on=date(2020, 8, 25))
    assert closed.closed_on < date(2020, 8, 20)
    told = "2020年专项清理发现问题1件。已销号问题2件，销号率100.0%。逾期问题约3件。"
    client, proof = proof_of(world.li, content=docx(told))
    page = client.get(reverse("proofreading:proof", args=[proof.pk])).content.decode()
    assert "与台账“发现问题”1 件 相符。" in page  # the second was found after the report's day
    assert "文中是 2件，台账“已销号问题”是 1 件。" in page
    assert "与台账“销号率”100.0% 相符。" in page
    assert "文中是约数，不能核对。" in page
    assert "/indicators/problems.closed/?" in page


def test_a_county_named_in_the_text_is_asked_about_itself(world, proof_of):
    world.problem()
    client, proof = proof_of(world.li, "桃城区发现问题1件。故城县发现问题1件。")
    page = client.get(reverse("proofreading:proof", args=[proof.pk])).content.decode()
    assert "与台账“发现问题”1 件 相符。" in page
    assert "文中是 1件，台账“发现问题”是 0 件。" in page


@pytest.mark.parametrize(
    "text",
    [
        "8月份发现问题7件。",
        "用地类发现问题7件。",
        "比上月多发现问题7件。",
        "桃城区、故城县发现问题7件。",
        "桃城区和故城县共发现问题7件。",
        "力争年底前销号问题7件。",
        "将7件问题列为重点难点问题，提级调度，完成整改7件。",
        "通过“大起底”发现问题7件。",
        "截至8月31日，全市发现问题7件。",
        "关于重点难点问题核查复查情况的专题报告\n全市已销号问题7件。",
        "重点难点问题中，已整改的均按期完成；已销号7件。",
    ],
)
def test_what_the_ledger_does_not_answer_is_left_undecided(world, proof_of, text):
    client, proof = proof_of(world.li, text)
    page = client.get(reverse("proofreading:proof", args=[proof.pk])).content.decode()
    assert "mk-undecided" in page
    assert "mk-contradicts" not in page
    assert "mk-agrees" not in page


def test_the_noun_of_one_figure_is_not_said_of_the_next():
    """Once: «文中是 2件，台账“重点难点问题”是 …», where two of them were done."""
    known = {"problems.priority": ("重点难点问题", "件")}
    assert [c.figure.text for c in claims(["重点难点问题3件。", "3件重点难点问题2件已办结。"], known, Places())] == [
        "3件"
    ]


def test_every_rule_of_prose_has_a_name_for_people():
    assert set(RULE_WORDS) == RULES | {"ledger"}


def test_the_english_page_keeps_the_chinese_findings_marked_as_chinese(world, proof_of):
    client, proof = proof_of(world.wang, TEXT)
    page = client.get(f"/en/proofreading/{proof.pk}/")
    assert page.status_code == 200
    assert '<p lang="zh-CN">各部分相加为63件' in page.content.decode()


class TestRefusals:
    """What is not taken, and who does not see."""

    def test_nothing_or_both_is_a_sentence(self, world, hand_in):
        _client, answer = hand_in(world.wang)
        assert answer.status_code == 422
        assert "请选一个文件，或者粘贴文字。" in answer.content.decode()
        _client, answer = hand_in(world.wang, "发现问题7件。", content=docx("整改。"))
        assert "只能校核一样" in answer.content.decode()

    @pytest.mark.parametrize("content", [b"%PDF-1.4\n%%EOF\n", b"not a document", b"PK\x03\x04broken"])
    def test_what_is_no_word_file_is_refused_by_its_content(self, world, hand_in, content):
        _client, answer = hand_in(world.wang, content=content)
        assert answer.status_code == 422
        assert not Proof.objects.exists()

    def test_a_text_without_end_is_refused(self, world, hand_in):
        _client, answer = hand_in(world.wang, "件" * 100_001)
        assert answer.status_code == 422

    def test_my_text_is_nobody_elses(self, world, proof_of, as_):
        _client, proof = proof_of(world.wang, TEXT)
        for other in (world.li, world.chen, world.zhou):
            client = as_(other)
            assert client.get(reverse("proofreading:proof", args=[proof.pk])).status_code == 404
            assert client.post(reverse("proofreading:discard", args=[proof.pk])).status_code == 404
        assert as_(world.feng).get(reverse("proofreading:proofs")).status_code == 403

    def test_the_journal_does_not_tell_what_the_text_says(self, world, proof_of):
        proof_of(world.wang, TEXT)
        entry = Entry.objects.filter(verb="proofreading.check").get()
        assert "制度" not in f"{entry.row_label}{entry.after}"


def test_a_text_goes_when_its_person_says_so_and_by_itself_after_thirty_days(world, proof_of):
    client, proof = proof_of(world.wang, TEXT)
    client.post(reverse("proofreading:discard", args=[proof.pk]))
    assert not Proof.objects.exists()
    proof_of(world.wang, TEXT)
    assert actions.drop_old(at=at("2020-09-29")) == 0
    assert actions.drop_old(at=at("2020-08-31") + timedelta(days=31)) == 1
    assert not Proof.objects.exists()


def test_pages_ask_little(world, proof_of, django_assert_max_num_queries):
    client, proof = proof_of(world.li, TEXT + "发现问题1件，销号率100.0%。")
    with django_assert_max_num_queries(30):
        client.get(reverse("proofreading:proof", args=[proof.pk]))
    with django_assert_max_num_queries(20):
        client.get(reverse("proofreading:proofs"))
