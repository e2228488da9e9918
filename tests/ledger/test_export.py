"""The list as a sheet: the page's rows, order and columns; text stays text; who took what stands in the journal."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest

from luodi.jobs.actions import reap
from luodi.jobs.models import Job
from luodi.jobs.rules import machine_now
from luodi.journal.models import Entry
from luodi.ledger import actions
from luodi.ledger.models import Export

pytestmark = pytest.mark.django_db


def sheet_of(answer):
    content = b"".join(answer.streaming_content)
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


def table(sheet):
    """Header and rows below the headings."""
    rows = list(sheet.iter_rows(values_only=True))
    start = next(n for n, row in enumerate(rows) if row[0] == "编号")
    return rows[start], rows[start + 1 :]


def test_the_sheet_has_the_rows_of_all_pages_in_their_order(world, many, as_):
    many(60)
    client, words = as_(world.li), "v=all&county=131102&sort=-code&cols=code&cols=title&cols=status&cols=unit"
    answer = client.post("/problems/export/", {"from": words})
    assert "xlsx" in answer["Content-Disposition"]
    sheet = sheet_of(answer)
    head, rows = table(sheet)
    assert head == ("编号", "问题", "责任单位", "状态")
    page = client.get(f"/problems/?{words}&n=100").content.decode()
    assert [row[0] for row in rows] == re.findall(r'm-tl"><a[^>]*>([^<]+)</a>', page)
    assert len(rows) == 40
    headings = [str(row[0]) for row in sheet.iter_rows(max_row=5, values_only=True)]
    assert "县市区：桃城区" in headings[2]
    assert "共 40 件，截至 2020年8月31日 08:" in headings[3]
    assert "李文静" in headings[4]
    assert "内部资料，注意保存" in headings[4]
    assert any("待交办" in str(rule.formula1) for rule in sheet.data_validations.dataValidation)
    entry = Entry.objects.get(verb="ledger.export")
    assert (entry.after["rows"], entry.actor_id) == (40, world.li.pk)
    assert "桃城区" in entry.after["filter"]


def test_what_looks_like_a_formula_stays_text(world, as_):
    world.problem(title='=HYPERLINK("http://x")', project_name="+1", responsible_name="-张三")
    sheet = sheet_of(as_(world.li).post("/problems/export/", {"from": "v=all"}))
    cells = [cell for row in sheet.iter_rows() for cell in row if str(cell.value or "").startswith(("=", "+", "-"))]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}


def test_names_are_not_in_the_sheet_of_who_may_not_read_them(world, as_):
    world.problem(responsible_name="张三")
    words = {"from": "v=all&cols=responsible"}
    assert table(sheet_of(as_(world.li).post("/problems/export/", words)))[1][0][-1] == "张三"
    head, rows = table(sheet_of(as_(world.zhou).post("/problems/export/", words)))
    assert "责任人" not in head
    assert "张三" not in str(rows)


def test_a_county_takes_away_only_its_own(world, many, as_):
    many(9)
    assert len(table(sheet_of(as_(world.gao).post("/problems/export/", {"from": "v=all"})))[1]) == 3


def test_a_wrong_condition_is_refused(world, as_):
    answer = as_(world.li).post("/problems/export/", {"from": "v=all&county=9"})
    assert answer.status_code == 409
    assert not Entry.objects.filter(verb="ledger.export").exists()


def test_many_rows_go_to_a_job_whose_file_is_only_its_owners(
    world, many, as_, monkeypatch, django_capture_on_commit_callbacks
):
    many(30)
    monkeypatch.setattr(actions, "SHEET_AT_ONCE", 10)
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_(world.li).post("/problems/export/", {"from": "v=all"})
    job = Job.objects.get()
    assert answer.url == f"/jobs/{job.pk}/"
    assert (job.state, job.done_count, job.error) == ("done", 30, "")
    row = Export.objects.get()
    assert job.outcome["url"] == f"/problems/exports/{row.pk}/"
    assert len(table(sheet_of(as_(world.li).get(job.outcome["url"])))[1]) == 30
    assert as_(world.sun).get(job.outcome["url"]).status_code == 404


class Killed(BaseException):
    """What a killed worker leaves behind."""


def dies(*args, **kwargs):
    raise Killed


def test_a_killed_export_is_made_again(world, many, as_, monkeypatch, django_capture_on_commit_callbacks):
    many(30)
    monkeypatch.setattr(actions, "SHEET_AT_ONCE", 10)
    with monkeypatch.context() as once, django_capture_on_commit_callbacks(execute=True):
        once.setattr(actions.files, "store", dies)
        as_(world.li).post("/problems/export/", {"from": "v=all"})
    assert Job.objects.get().state == "running"
    with django_capture_on_commit_callbacks(execute=True):
        reap(at=machine_now() + timedelta(hours=1))
    assert Job.objects.get().state == "done"
