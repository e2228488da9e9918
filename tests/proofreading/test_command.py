"""`luodi document check FILE.docx`: the same checks from the command line; exit status 1 when something contradicts."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from luodi.kit.refusal import Refused
from tests.proofreading.conftest import docx

pytestmark = pytest.mark.django_db
WRONG = "制度232件，其中，新建146件、修订14件、保留65件、废止9件。发现问题1610件。"


def _run(*args):
    out, status = StringIO(), 0
    try:
        call_command("document", "check", *args, stdout=out)
    except SystemExit as end:
        status = end.code
    return status, out.getvalue()


def test_a_wrong_report_ends_with_one_and_says_where(world, tmp_path):
    path = tmp_path / "报告.docx"
    path.write_bytes(docx(WRONG))
    status, out = _run(str(path), "--json")
    found = json.loads(out)
    assert status == 1
    assert found["contradictions"] == 2
    assert (found["dated_on"], found["as_of"]) == ("2020-08-20", "2020-08-20")
    wrong = next(f for f in found["findings"] if f["verdict"] == "contradicts")
    assert (wrong["rule"], wrong["computation"][:24]) == ("sum", "146 + 14 + 65 + 9 = 234件")
    assert wrong["places"][0]["text"] == "232件"
    assert [(c["code"], c["verdict"], c["value"]) for c in found["ledger"]] == [("problems.found", "contradicts", "0")]
    assert found["layout"] == []  # what our own builder writes is laid out as the standard says


def test_a_right_report_ends_with_nought(world, tmp_path):
    path = tmp_path / "报告.docx"
    path.write_bytes(docx("制度232件，其中，新建146件、修订14件、保留65件、废止7件。"))
    status, out = _run(str(path), "--on", "2020-07-31")
    assert status == 0
    assert "[相符]" in out


def test_without_a_campaign_the_ledger_is_not_asked(tmp_path):
    path = tmp_path / "报告.docx"
    path.write_bytes(docx("发现问题1610件。", signed_on=None))
    status, out = _run(str(path), "--json")
    assert (status, json.loads(out)["ledger"]) == (0, [])


def test_what_cannot_be_read_is_a_sentence(tmp_path):
    with pytest.raises(Refused):
        _run(str(tmp_path / "没有.docx"))
    (tmp_path / "旧.docx").write_bytes(b"nothing")
    with pytest.raises(Refused):
        _run(str(tmp_path / "旧.docx"))
