"""`luodi import events` and `luodi permits`: the JSON contract, and sentences for what cannot be read."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from luodi.journal.models import Entry
from luodi.kit.refusal import Refused
from luodi.permits.models import EventLog

pytestmark = pytest.mark.django_db
XES = Path(__file__).parent.parent / "eventlogs" / "written_by_pm4py.xes"


@pytest.fixture
def luodi(world, settings, tmp_path):
    settings.DATA_DIR = tmp_path

    def luodi(*words):
        out = io.StringIO()
        call_command(*words, stdout=out)
        return out.getvalue()

    return luodi


def test_a_log_of_another_tool_is_imported_and_analysed(luodi):
    about = json.loads(luodi("import", "events", str(XES), "--name", "办件日志", "--as", "li", "--json"))
    assert (about["log"], about["cases"], about["events"]) == ("办件日志", 42, 260)

    facts = json.loads(luodi("permits", "analyse", "--log", "办件日志", "--json"))
    says = json.loads((XES.parent / "pm4py_says.json").read_text())["written_by_pm4py.xes"]
    for key in ("cases", "events", "variants", "start_activities", "end_activities"):
        assert facts[key] == says[key]
    assert facts["throughput"]["calendar_days"]["p90"] == pytest.approx(says["p90"], abs=0.0001)
    assert 0 < facts["throughput"]["working_days"]["median"] < facts["throughput"]["calendar_days"]["median"]
    assert set(facts) >= {"paths", "rework_share", "directly_follows", "waiting"}
    assert "9 种路径" in luodi("permits", "analyse", "--log", "办件日志")
    assert "办件日志：42 个案件" in luodi("permits", "logs")
    assert Entry.objects.filter(verb="permits.import_events").count() == 1


def test_a_csv_with_named_columns(luodi, tmp_path):
    path = tmp_path / "old.csv"
    path.write_bytes("号,事,何时\n甲,受理,2020/5/18\n甲,办结,2020/5/25\n".encode("gb18030"))
    columns = ("--case", "号", "--activity", "事", "--time", "何时")
    words = luodi("import", "events", str(path), "--name", "旧系统", "--as", "li", *columns)
    assert "1 个案件，2 个事件" in words


def test_what_is_refused_leaves_nothing(luodi, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("case,activity,time\n甲,受理,\n")
    with pytest.raises(Refused, match="没有时间"):
        luodi("import", "events", str(path), "--name", "坏", "--as", "li")
    assert not EventLog.objects.exists()
    assert not list((tmp_path / "eventlogs").glob("*"))
    with pytest.raises(Refused, match="没有名为“无”的日志"):
        luodi("permits", "analyse", "--log", "无", "--json")
    luodi("import", "events", str(XES), "--name", "好", "--as", "li")
    with pytest.raises(Refused, match="请换一个名称"):
        luodi("import", "events", str(XES), "--name", "好", "--as", "li")
    with pytest.raises(Refused, match="不能导入"):
        luodi("import", "events", str(XES), "--name", "好2", "--as", "liu")


def test_a_plan_is_printed(window, luodi, settings):
    settings.LUODI_CLOCK = "2020-08-31T08:00"
    facts = json.loads(luodi("permits", "plan", "filed", "--json"))
    assert facts["saved"] == facts["sequential"] - facts["parallel"] > 0
    assert facts["steps"][0]["begins_on"] == "2020-08-31"
    assert "少" in luodi("permits", "plan", "filed")
    with pytest.raises(Refused, match="流程模板"):
        luodi("permits", "plan", "none")
