"""`luodi import problems`: the page's path on the command line; exit codes and the JSON contract."""

import io
import json

import pytest
from django.core.management import call_command

from luodi.intake.models import ImportBatch
from luodi.kit.refusal import Refused
from luodi.problems.models import Problem
from tests.intake import ledgers
from tests.intake.ledgers import ledger, line

pytestmark = pytest.mark.django_db


@pytest.fixture
def luodi(world, tmp_path):
    """Run the command on a file: (exit code, output, errors)."""

    def luodi(content, *options, name="台账.xlsx"):
        path = tmp_path / name
        path.write_bytes(content)
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command("import", "problems", str(path), *options, stdout=out, stderr=err)
        except SystemExit as leaving:
            return leaving.code, out.getvalue(), err.getvalue()
        return 0, out.getvalue(), err.getvalue()

    return luodi


def test_rows_with_errors_write_nothing(luodi):
    code, out, err = luodi(ledgers.wangs(), "--as", "wang")
    assert code == 1
    assert "第 9 行 «发现时间» “2020.13.5”：" in err
    assert "9 行，可导入 5 行，已登记 0 件" in out
    assert not Problem.objects.exists()
    assert not ImportBatch.objects.exists()


def test_the_json_contract(luodi):
    code, out, _err = luodi(ledgers.wangs(), "--as", "wang", "--json")
    facts = json.loads(out)
    assert code == 1
    assert list(facts) == ["file", "sheet", "rows", "good", "errors", "warnings", "registered"]
    assert (facts["file"], facts["sheet"], facts["rows"], facts["good"]) == ("台账.xlsx", "桃城区台账", 9, 5)
    assert facts["errors"][1] == {
        "row": 9,
        "column": "发现时间",
        "value": "2020.13.5",
        "message": "「2020.13.5」不是真实存在的日期，请核对月、日。",
    }
    assert [warning["row"] for warning in facts["warnings"]] == [12]
    assert facts["registered"] == []


def test_good_rows_are_registered_and_named(luodi, world):
    code, out, err = luodi(ledger([line(1), line(2)]), "--as", "wang", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["registered"] == list(Problem.objects.order_by("pk").values_list("code", flat=True))
    assert ImportBatch.objects.get().person == world.wang


def test_a_dry_run_writes_nothing(luodi):
    code, out, _err = luodi(ledger([line(1)]), "--as", "wang", "--dry-run")
    assert code == 0
    assert "可导入 1 行" in out
    assert not Problem.objects.exists()


def test_somebody_must_answer_for_it(luodi, settings):
    with pytest.raises(Refused, match="--as"):
        luodi(ledger([line(1)]))
    with pytest.raises(Refused, match="没有账号"):
        luodi(ledger([line(1)]), "--as", "nobody")
    with pytest.raises(Refused, match="不能导入"):
        luodi(ledger([line(1)]), "--as", "wu")
    settings.LUODI_DEMO = True
    assert luodi(ledger([line(1)]))[0] == 0
    assert ImportBatch.objects.get().person.username == "li"


def test_unit_and_missing_columns(luodi):
    content = ledger([line(1)[3:]], ledgers.HEADERS[3:])
    code, _out, err = luodi(content, "--as", "wang", "--unit", "131102-fgj")
    assert (code, err.strip()) == (1, "还没有对上这些必填的列：批次。")
    with pytest.raises(Refused, match="没有代码为"):
        luodi(content, "--as", "wang", "--unit", "131102-xxx")


def test_a_file_that_is_not_there_or_no_sheet(luodi, tmp_path):
    with pytest.raises(Refused, match="打不开文件"):
        call_command("import", "problems", str(tmp_path / "无.xlsx"), "--as", "wang")
    with pytest.raises(Refused, match="不是表格"):
        luodi(ledgers.PROGRAM, "--as", "wang", name="a.exe")
