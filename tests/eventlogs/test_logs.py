"""Event logs: another tool's XES is read as that tool reads it; CSV as offices write it; bad files get a sentence."""

import gzip
import json
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luodi.eventlogs import log as logs
from luodi.eventlogs import xes
from luodi.eventlogs.analysis import analyse
from luodi.eventlogs.model import Columns, Event, Workdays
from luodi.kit.refusal import Refused
from tests.eventlogs import dialects

HERE = Path(__file__).parent
SAYS = json.loads((HERE / "pm4py_says.json").read_text())
HEAD = '<?xml version="1.0" encoding="UTF-8"?><log xes.version="1.0" xmlns="http://www.xes-standard.org/">'
FORM = '<trace><string key="concept:name" value="甲"/>{}</trace></log>'
EVENT = '<event><string key="concept:name" value="{}"/>{}</event>'
TIME = '<date key="time:timestamp" value="2020-05-18T09:00:00.000+08:00"/>'


def found(path, **options):
    with logs.read(path, options.pop("columns", None)) as log:
        return analyse(log, **options).facts()


def written(tmp_path, text, name="log.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def refusal(path, columns=None):
    with pytest.raises(Refused) as why, logs.read(path, columns):
        pass
    return str(why.value)


@pytest.mark.parametrize("name", SAYS)
def test_another_tools_log_gives_what_that_tool_says(name):
    says, facts = SAYS[name], found(HERE / name)

    for key in ("cases", "events", "variants", "start_activities", "end_activities"):
        assert facts[key] == says[key], key
    assert (
        sorted([one["from"], one["to"], one["count"]] for one in facts["directly_follows"])
        == (says["directly_follows"])
    )
    assert sorted([one["path"], one["cases"]] for one in facts["paths"]) == says["paths"]
    length = facts["throughput"]["calendar_days"]
    for key in ("median", "mean", "p90"):
        assert length[key] == pytest.approx(says[key], abs=0.0001)


@pytest.mark.parametrize("tool", dialects.ALL)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_each_tools_dialect_says_the_same(tmp_path, tool, encoding):
    """Two cases: accepted at nine, one with its certificate two days and half an hour later."""
    facts = found(written(tmp_path, dialects.ALL[tool], "log.xes", encoding))

    assert (facts["cases"], facts["events"], facts["first"], facts["last"]) == (
        2, 3, "2020-05-18T09:00:00", "2020-05-20T09:30:00",
    )  # fmt: skip
    assert sorted((one["path"], one["cases"]) for one in facts["paths"]) == [(["受理"], 1), (["受理", "发证"], 1)]
    assert facts["activities"] == {"受理": 2, "发证": 1}
    assert facts["throughput"]["calendar_days"]["mean"] == pytest.approx((2 + 0.5 / 24) / 2, abs=0.0001)
    assert (facts["rework_share"], facts["waiting"]) == (0, None)


def test_a_gzipped_log_is_the_same_log(tmp_path):
    plain = HERE / "written_by_pm4py.xes"
    packed = tmp_path / "log.xes.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))

    assert found(packed) == found(plain)


def test_rework_and_waiting_come_from_starts_and_ends():
    facts = found(HERE / "lifecycle_by_pm4py.xes")

    assert facts["rework_share"] == 0.25
    assert facts["rework"]["activities"] == [{"activity": "审查", "cases": 3, "repeats": 3}]
    worked, waited = facts["waiting"]["working"]["mean"], facts["waiting"]["waiting"]["mean"]
    assert worked + waited == pytest.approx(facts["throughput"]["calendar_days"]["mean"], abs=0.001)


def test_overlapping_work_counts_once():
    day = datetime(2020, 5, 18, 8)
    spans = [("环评", 0, 10), ("能评", 4, 6), ("水保", 8, 12), ("决定", 20, 21)]
    events = []
    for name, start, end in spans:
        events += [Event("甲", name, day + timedelta(hours=start), "start")]
        events += [Event("甲", name, day + timedelta(hours=end), "complete")]
    with logs.of_events(sorted(events, key=lambda e: e.at)) as log:
        waiting = analyse(log).facts()["waiting"]

    assert waiting["working"]["mean"] == pytest.approx(13 / 24, abs=0.0001)
    assert waiting["waiting_share"] == pytest.approx(8 / 21, abs=0.0001)


def test_working_days_are_counted_where_the_calendar_reaches(tmp_path):
    path = written(tmp_path, "case,activity,time\n甲,受理,2020-05-22 09:00\n甲,办结,2020-05-25 16:00\n")
    days = tuple((date(2020, 5, 21) + timedelta(n), [1, 2, 2, 2, 3][n]) for n in range(5))

    assert found(path, workdays=Workdays(days))["throughput"]["working_days"]["median"] == 1
    short = found(path, workdays=Workdays(days[:3]))["throughput"]["working_days"]
    assert (short["median"], short["cases"]) == (None, 0)
    assert "1 个案件" in short["reason"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("moment", ["2020/5/18 9:30", "2020年5月18日", "2020-05-18T09:30:00+08:00", "20200518"])
def test_a_departments_csv_is_read_as_it_writes(tmp_path, encoding, moment):
    text = f"办件编号;办理环节;办理时间\nHS-1;受理;{moment}\nHS-1;办结;2020/6/1\n"

    facts = found(written(tmp_path, text, encoding=encoding))

    assert (facts["cases"], facts["events"]) == (1, 2)
    assert facts["first"].startswith("2020-05-18")


def test_columns_may_be_named(tmp_path):
    path = written(tmp_path, "a,b,c\n甲,受理,2020-05-18\n")

    assert "认不出哪一列是案件" in refusal(path)
    assert "a、b、c" in refusal(path)
    assert "没有名为“x”的列" in refusal(path, Columns("a", "b", "x"))
    assert found(path, columns=Columns("a", "b", "c"))["cases"] == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "是空文件"),
        ("case,activity,time\n", "没有一个事件"),
        ("case,activity,time\n甲,受理,2020-05-18\n甲,办结,\n", "第 3 行（案件“甲”）没有时间"),
        ("case,activity,time\n甲,受理,前天\n", "第 2 行（案件“甲”）的时间“前天”认不出来"),
        ("case,activity,time\n,受理,2020-05-18\n", "第 2 行没有案件编号"),
        ("case,activity,time\n甲,,2020-05-18\n", "第 2 行（案件“甲”）没有环节名称"),
    ],
)
def test_a_bad_csv_gets_a_sentence_that_names_the_place(tmp_path, text, says):
    assert says in refusal(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD + FORM.format(EVENT.format("受理", "")), "第 1 个事件没有时间"),
        (HEAD + FORM.format(EVENT.format("", TIME)), "没有环节名称"),
        (HEAD + FORM.format(EVENT.format("受理", TIME.replace("2020-05-18T", "前天")))[:-6] + "</log>", "认不出来"),
        (HEAD + "<trace><string key='concept:name' value='甲'/><event>", "文件不完整或已损坏"),
        ("<table><trace/></table>", "最外层应是 log"),
        (HEAD + "</log>", "没有一个事件"),
        ('<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "b">]><log><trace/></log>', "DOCTYPE"),
    ],
)
def test_a_bad_xes_gets_a_sentence(tmp_path, text, says):
    assert says in refusal(written(tmp_path, text, "log.xes"))


def test_entities_are_neither_opened_nor_kept(tmp_path):
    secret = written(tmp_path, "秘密", "secret.txt")
    text = f'<?xml version="1.0"?><!DOCTYPE log [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    text += "<log>" + FORM.format(EVENT.format("&x;", TIME))

    assert "秘密" not in refusal(written(tmp_path, text, "log.xes"))


def test_a_damaged_archive_and_one_that_unpacks_without_end(tmp_path, monkeypatch):
    whole = gzip.compress((HERE / "written_by_pm4py.xes").read_bytes())
    cut = tmp_path / "cut.xes.gz"
    cut.write_bytes(whole[: len(whole) // 2])
    assert "压缩包不完整" in refusal(cut)

    monkeypatch.setattr(xes, "MOST_BYTES", 20_000)
    bomb = tmp_path / "bomb.xes.gz"
    bomb.write_bytes(whole)
    assert "解压后太大" in refusal(bomb)


def test_a_file_that_is_not_there(tmp_path):
    assert "打不开文件" in refusal(tmp_path / "none.xes")


def test_a_kept_log_says_the_same(tmp_path):
    with logs.read(HERE / "written_by_pm4py.xes") as log:
        log.keep(tmp_path / "log.parquet")
        direct = analyse(log).facts()
    with logs.kept(tmp_path / "log.parquet") as log:
        assert analyse(log).facts() == direct


names = st.sampled_from(["受理", "审查", "决定"])


@settings(deadline=None)  # DuckDB starts anew each time; how long that takes is the machine's business
@given(st.lists(st.tuples(st.sampled_from("甲乙丙"), names, st.integers(0, 5000)), min_size=1, max_size=40))
def test_whatever_the_log_the_parts_add_up(rows):
    start = datetime(2020, 1, 2)
    with logs.of_events(Event(c, a, start + timedelta(hours=h)) for c, a, h in rows) as log:
        facts = analyse(log, most_paths=100).facts()

    assert facts["events"] == len(rows) == sum(facts["activities"].values())
    assert facts["cases"] == len({c for c, _a, _h in rows}) == sum(facts["start_activities"].values())
    assert sum(one["cases"] for one in facts["paths"]) == facts["cases"]
    assert len(facts["paths"]) == facts["variants"]
    assert sum(one["count"] for one in facts["directly_follows"]) == facts["events"] - facts["cases"]
    twice = {c for (c, _a), n in Counter((c, a) for c, a, _h in rows).items() if n > 1}
    assert facts["rework"]["cases"] == len(twice)
