"""The page /packs/: every member of staff may read the standards; nobody else."""

from pathlib import Path

import pytest
from django.core.management import call_command

from luodi.journal.rules import SYSTEM
from luodi.kit.refusal import Refused
from luodi.orgs import actions as orgs
from tests import world as small

PACKS = Path(__file__).parents[2] / "packs"


@pytest.fixture
def signed_in(client):
    """`signed_in(world.wang)`: her browser, after she has signed in."""

    def browser(person):
        client.force_login(person)
        key = client.session.session_key
        orgs.note_sign_in(person, session_key=key, address=None, agent="", at=small.at("2020-08-31"))
        return client

    return browser


def test_a_clerk_reads_the_standards(world, signed_in):
    page = signed_in(world.wang).get("/packs/").content.decode()
    for words in ("2020年项目落地难问题整改“回头看”", "要素 · 用地", "第三类第2项", "国有建设用地使用权出让合同",
                  "仅纪检可看", "2020年8月31日", "不低于 20%", "30 个工作日", "60 个自然日"):  # fmt: skip
        assert words in page, words


def test_in_english_names_are_english(world, signed_in):
    page = signed_in(world.wang).get("/en/packs/").content.decode()
    assert "Project-landing look-back 2020" in page
    assert "Land grant contract signed" in page


def test_strangers_sign_in_first(client, db):
    assert client.get("/packs/").status_code == 302


def test_before_any_pack_the_page_says_what_to_do(db, signed_in):
    newcomer = orgs.admit(username="wu", name="吴系统", actor=SYSTEM, at=small.at("2020-04-28"))
    assert "luodi pack load" in signed_in(newcomer).get("/packs/").content.decode()


def test_two_campaigns_are_links_to_each_other(world, signed_in):
    call_command("pack", "load", str(PACKS / "bidding"))
    client = signed_in(world.li)
    assert "/packs/bidding-2020/" in client.get("/packs/").content.decode()
    assert "规避招标" in client.get("/packs/bidding-2020/").content.decode()
    assert client.get("/packs/no-such/").status_code == 404


def test_the_page_costs_few_queries(world, signed_in, django_assert_max_num_queries):
    client = signed_in(world.li)
    client.get("/packs/")
    with django_assert_max_num_queries(15):
        client.get("/packs/")


# ── the command line ──


def test_check_says_what_the_pack_holds(db, capsys):
    call_command("pack", "check", str(PACKS / "project-landing"))
    templates = len(list((PACKS / "project-landing" / "templates").iterdir()))
    assert f"第 1 版没有问题：7 个大类、15 类、{templates} 个模板" in capsys.readouterr().out


def test_load_says_what_was_loaded(world, capsys):
    call_command("pack", "load", str(PACKS / "bidding"))
    assert "已装入「2020年招标投标不规范问题整改“回头看”」bidding v1" in capsys.readouterr().out


def test_check_refuses_what_is_wrong(tmp_path):
    with pytest.raises(Refused, match="找不到活动包文件夹"):
        call_command("pack", "check", str(tmp_path / "nowhere"))


def test_check_knows_which_indicators_exist(tmp_path, db):
    folder = tmp_path / "pack"
    (folder / "templates").mkdir(parents=True)
    for name in ("pack.yaml", "categories.yaml"):
        (folder / name).write_text((PACKS / "bidding" / name).read_text())
    (folder / "templates" / "note.md.j2").write_text(
        "---\nname: note\ntitle: 甲\ntitle_en: A\nkind: 通报\norgan: 乙\n---\n# 说明\n\n{{ fig('problems.fuond') }}\n"
    )
    with pytest.raises(Refused, match=r"note\.md\.j2：没有这些指标：problems\.fuond"):
        call_command("pack", "check", str(folder))
