"""Wang imports his sheet: sees it again with the wrong cells, corrects them in place, imports, finds the problems."""

import io

import openpyxl
import pytest
from django.urls import reverse

from luodi.intake.models import ImportBatch, ImportedProblem, State
from luodi.journal.models import Entry
from luodi.problems.models import Problem
from tests.intake import ledgers
from tests.intake.ledgers import ledger, line

pytestmark = pytest.mark.django_db


def page(client, batch, query=""):
    answer = client.get(reverse("intake:batch", args=[batch.pk]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def correct(client, batch, row, **cells):
    typed = {f"cell-{name}": text for name, text in cells.items()}
    return client.post(reverse("intake:correct", args=[batch.pk]), {"row": row, **typed})


def run(client, batch, scope):
    return client.post(reverse("intake:run", args=[batch.pk]), {"scope": scope})


def test_the_whole_way(uploaded, world):
    client, batch = uploaded(world.wang, ledgers.wangs())
    assert (batch.row_count, batch.good_count, batch.duplicates) == (9, 5, 1)
    html = page(client, batch)
    for words in ("不是真实存在的日期", "在今天之后", "没有“土地”这个问题类别", "不能为故城县发改局登记", "疑似重复"):
        assert words in html
    assert 'id="r9"' in html
    assert 'id="r4"' not in html
    assert "乙项目" not in html
    assert "乙项目" in page(client, batch, "?all")
    assert 'id="why-not"' in html
    refusal = run(client, batch, "all")
    assert refusal.status_code == 409
    assert "还有 4 行有错" in refusal.content.decode()
    assert Problem.objects.count() == 0

    assert correct(client, batch, 8, category="用地").url.endswith("#sheet")
    assert correct(client, batch, 9, found_on="2020.13.6").url.endswith("#r9")
    assert "2020.13.6" in page(client, batch)
    correct(client, batch, 9, found_on="2020.7.6")
    correct(client, batch, 10, found_on="2020-01-01")
    correct(client, batch, 11, county="桃城区", unit="发改局")
    batch.refresh_from_db()
    assert batch.good_count == 9
    assert 'id="why-not"' not in page(client, batch)
    assert run(client, batch, "all").status_code == 303
    batch.refresh_from_db()
    assert (batch.state, batch.result["registered"], batch.result["skipped"]) == (State.DONE, 9, [])
    html = page(client, batch)
    first = Problem.objects.order_by("pk")[0]
    assert reverse("problems:problem", args=[first.pk]) in html
    assert [p.row_number for p in ImportedProblem.objects.order_by("row_number")] == list(range(4, 13))
    assert Entry.objects.filter(verb="problems.register", reason=f"导入第 {batch.pk} 批").count() == 9
    assert Problem.objects.get(project_name="己项目").found_on.isoformat() == "2020-07-06"
    assert client.get(reverse("problems:problem", args=[first.pk])).status_code == 200
    again = run(client, batch, "all")
    assert (again.status_code, Problem.objects.count()) == (409, 9)


def test_only_the_good_rows_and_the_rest_is_named(uploaded, world):
    client, batch = uploaded(world.wang, ledgers.wangs())
    run(client, batch, "fresh")
    batch.refresh_from_db()
    assert batch.result["skipped"] == [8, 9, 10, 11, 12]
    assert Problem.objects.count() == 4
    assert "没有导入的 5 行：第 8、9、10、11、12 行" in page(client, batch)


def test_the_marked_copy_keeps_corrections_and_marks_the_rest(uploaded, world):
    client, batch = uploaded(world.wang, ledgers.wangs())
    correct(client, batch, 8, category="用地")
    answer = client.get(reverse("intake:marked", args=[batch.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert {c.coordinate for row in sheet.iter_rows() for c in row if c.comment} == {"I9", "I10", "D11"}
    assert sheet["G8"].value == "用地"


def test_columns_are_matched_anew(uploaded, world):
    headers = ("哪一批", *ledgers.HEADERS[1:])
    client, batch = uploaded(world.wang, ledger([line(1)], headers))
    html = page(client, batch)
    assert "还没有对上这些必填的列：批次" in html
    assert "没有导入的列：哪一批" in html
    chosen = {f"map-{name}": place for name, place in batch.mapping.items()}
    twice = client.post(reverse("intake:map", args=[batch.pk]), {**chosen, "map-batch": "1"})
    assert twice.status_code == 422
    assert "一列只能对应一项" in twice.content.decode()
    for answer in ("0", "=new"):
        assert client.post(reverse("intake:map", args=[batch.pk]), {**chosen, "map-batch": answer}).status_code == 303
        batch.refresh_from_db()
        assert batch.good_count == 1
    run(client, batch, "all")
    assert Problem.objects.get().batch == "new"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("坏表.xlsx", ledgers.DAMAGED, "已损坏"),
        ("加密.xlsx", ledgers.LOCKED, "打开密码"),
        ("炸弹.xlsx", ledgers.BOMB, "过大"),
        ("程序.exe", ledgers.PROGRAM, "不是表格"),
        ("程序.xlsx", ledgers.PROGRAM, "不是表格"),
        ("台账.docx", ledgers.ledger([line(1)]), "扩展名"),
        ("空.xlsx", b"", "空的"),
        ("无关.xlsx", ledgers.ledger([["a", "b"]], ("姓名", "年龄")), "找不到表头"),
    ],
)
def test_a_file_that_is_no_ledger_gets_its_sentence(send, world, name, content, words):
    _client, answer = send(world.wang, content, name)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_no_file_at_all(as_, world):
    answer = as_(world.wang).post(reverse("intake:upload"), {})
    assert answer.status_code == 422
    assert "还没有选文件" in answer.content.decode()


def test_another_persons_import_does_not_exist(uploaded, as_, world):
    _client, batch = uploaded(world.wang, ledger([line(1)]))
    other = as_(world.qian)
    assert other.get(reverse("intake:batch", args=[batch.pk])).status_code == 404
    assert other.get(reverse("intake:marked", args=[batch.pk])).status_code == 404
    assert correct(other, batch, 2, note="急").status_code == 404
    assert run(other, batch, "all").status_code == 404
    assert "桃城区台账" not in other.get(reverse("intake:batches")).content.decode()


def test_who_may_import(as_, world):
    for person, status in [(world.wang, 200), (world.li, 200), (world.wu, 403), (world.liu, 403), (world.zhou, 403)]:
        client = as_(person)
        for route in ("batches", "upload", "template"):
            assert client.get(reverse(f"intake:{route}")).status_code == status, (person, route)


def test_wang_is_offered_only_his_county(as_, world):
    html = as_(world.wang).get(reverse("intake:upload")).content.decode()
    assert "桃城区发改局" in html
    assert "故城县" not in html
    assert "故城县" in as_(world.li).get(reverse("intake:upload")).content.decode()


def test_strange_requests_are_refused_with_a_sentence(uploaded, world):
    client, batch = uploaded(world.wang, ledger([line(1)]))
    assert run(client, batch, "everything").status_code == 409
    assert correct(client, batch, "x", note="急").status_code == 409
    assert correct(client, batch, 99, note="急").status_code == 409
    assert page(client, batch, "?from=abc&all")


def test_two_hundred_rows_a_page(uploaded, world):
    client, batch = uploaded(world.wang, ledger([line(n) for n in range(250)]))
    first = page(client, batch, "?all")
    assert 'id="r201"' in first
    assert 'id="r202"' not in first
    assert "?all=&amp;from=202#sheet" in first
    assert 'id="r251"' in page(client, batch, "?all=&from=202")


def test_the_same_mistake_is_put_right_in_all_rows_at_once(uploaded, world):
    lines = [line(1, 问题类别="征迁"), line(2, 问题类别="征迁"), line(3, 问题类别="土地"), line(4, 责任单位="")]
    client, batch = uploaded(world.wang, ledger([*lines, line(5, 责任单位="没有的局", 县市区="")]))
    html = page(client, batch)
    assert html.count("correct-all") == 1  # what stands once is corrected in its row
    address = reverse("intake:correct-all", args=[batch.pk])
    wrong = {"name": "category", "value": "征迁"}
    assert "请先写明改成什么" in client.post(address, wrong | {"text": " "}).content.decode()
    assert "请刷新" in client.post(address, {"name": "title", "value": "", "text": "甲"}).content.decode()
    answer = client.post(address, wrong | {"text": "征用"}, follow=True)
    assert "2 行改成了“征用”，其中 2 行还有错" in answer.content.decode()
    answer = client.post(address, {"name": "category", "value": "征用", "text": "征拆"}, follow=True)
    assert "2 行都改成了“征拆”" in answer.content.decode()
    batch.refresh_from_db()
    assert sorted(batch.findings) == ["4", "6"]
    assert "correct-all" not in page(client, batch)


def test_only_the_columns_that_matter_are_shown_of_the_wrong_rows(uploaded, world):
    client, batch = uploaded(world.wang, ledger([line(1, 发现日期="2020.13.1")]))
    html = page(client, batch)
    for header, shown in {"项目名称": True, "问题描述": True, "发现日期": True, "问题来源": False}.items():
        assert (f"</span> {header}</th>" in html) is shown, header
        assert f"</span> {header}</th>" in page(client, batch, "?all")


def test_a_corrected_row_is_held_against_the_others(uploaded, world):
    """Wang types the title of row 2 into row 3: now they are the same, and when he corrects row 2, no more."""
    client, batch = uploaded(world.wang, ledger([line(1), line(1, 问题描述="没有通电", 发现日期="2020.13.1"), line(3)]))
    correct(client, batch, 3, description="第1宗地没有挂牌", found_on="2020-05-01")
    batch.refresh_from_db()
    assert (batch.good_count, batch.duplicates) == (3, 1)
    assert "与第 2 行是同一项目的同一问题" in page(client, batch)
    correct(client, batch, 2, description="没有通水")
    batch.refresh_from_db()
    assert batch.findings == {}


def test_what_is_left_out_of_the_file_is_said(uploaded, world):
    book = openpyxl.load_workbook(io.BytesIO(ledger([line(1), ["一", "用地类问题"], line(2), ["合计"]])))
    other = book.create_sheet("故城县")
    other.append(ledgers.HEADERS)
    other.append(line(3))
    book.create_sheet("Sheet3")
    client, batch = uploaded(world.wang, ledgers.saved(book))
    html = page(client, batch)
    assert batch.row_count == 2
    assert "第 3、5 行是分类标题、小计或合计，不作为问题。" in html
    assert "文件里还有工作表：故城县。" in html


def test_the_rows_not_imported_come_as_a_sheet_of_their_own(uploaded, as_, world):
    client, batch = uploaded(world.wang, ledgers.wangs())
    run(client, batch, "fresh")
    address = reverse("intake:marked", args=[batch.pk]) + "?rest"
    assert address in page(client, batch)
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(address).content)).active
    names = [sheet.cell(row, 5).value for row in range(4, 10)]
    assert names == ["戊项目", "己项目", "庚项目", "辛项目", "甲项目", None]
    assert {c.coordinate for row in sheet.iter_rows() for c in row if c.comment} == {"G4", "I5", "I6", "D7"}
    assert sheet["A1"].value == "桃城区项目落地难问题台账"
    office = page(as_(world.li), batch)
    assert "没有导入的 5 行" in office
    assert address not in office  # Wang's own sheet
