"""Files that are wrong, locked, damaged, disguised, endless or too big: one sentence each, and nothing left behind."""

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT
from django.urls import reverse

from luodi.files.models import StoredFile
from luodi.intake.models import ImportBatch
from luodi.kit import sheet_reading
from luodi.problems.models import Problem
from tests.intake import ledgers
from tests.intake.ledgers import HEADERS, ledger, line, packed

pytestmark = pytest.mark.django_db


def changed(content, **parts):
    """The workbook with parts replaced, added or edited by functions."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    for name, edit in parts.items():
        path = name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin")
        found[path] = edit(found.get(path, b"")) if callable(edit) else edit
    return packed(found)


def formulas():
    """Sums and a link to another file where texts should be; nobody has calculated them."""
    row = line(1)
    row[HEADERS.index("问题描述")] = '=HYPERLINK("http://127.0.0.1/","点这里")'
    row[HEADERS.index("发现日期")] = "=TODAY()"
    return ledger([row, line(2)])


def kept_files():
    storage = storages["evidence"]
    return [p for p in Path(storage.location).rglob("*") if p.is_file()]


def dimension(content, ref):
    return changed(
        content,
        xl__worksheets__sheet1_xml=lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="%s"' % ref, xml),
    )


FAR = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
REFUSED = [
    ("程序.exe", ledgers.PROGRAM, "不是表格；请上传 .xlsx、.xls 或 .csv 文件"),
    ("照片.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "不是表格"),
    ("网页.xls", "<html><table><tr><td>台账".encode(), "其实是网页"),
    ("文档.xlsx", packed({"word/document.xml": b"<x/>", "[Content_Types].xml": b"<x/>"}), "不是表格"),
    ("加密.xlsx", ledgers.LOCKED, "设有打开密码；请在 Excel 里取消密码"),
    ("断了.xlsx", ledgers.DAMAGED, "已损坏，读不出来"),
    ("改坏.xlsx", changed(ledger([line(1)]), xl__workbook_xml=b"<workbook><broken"), "已损坏"),
    ("炸弹.xlsx", ledgers.BOMB, "过大，不予读取"),
    ("远处.xlsx", changed(ledger([line(1)]), xl__worksheets__sheet1_xml=lambda x: x.replace(b"</sheetData>", FAR)),
     "铺到了第 1,048,576 行、XFD 列"),
    ("宏.xlsm", changed(ledger([line(1)]), xl__vbaProject_bin=b"\xd0\xcf\x11\xe0"), "宏"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "words"), REFUSED, ids=[name for name, *_rest in REFUSED])
def test_a_wrong_file_gets_its_sentence_and_leaves_nothing(send, world, name, content, words):
    unit = world.units["131102-fgj"].pk
    before = kept_files()
    _client, answer = send(world.wang, content, name, unit=unit)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert f'<option value="{unit}" selected>' in html  # what was chosen beside the file is still chosen
    assert (ImportBatch.objects.count(), StoredFile.objects.count(), kept_files()) == (0, 0, before)


def test_a_declared_million_rows_are_only_as_many_as_there_are(uploaded, world):
    _client, batch = uploaded(world.wang, dimension(ledger([line(1), line(2)]), b"A1:XFD1048576"))
    assert (batch.row_count, batch.good_count) == (2, 2)


def test_more_rows_than_may_be_are_counted_in_the_sentence(send, world, monkeypatch):
    monkeypatch.setattr(sheet_reading, "MOST_ROWS", 50_000)
    content = "\n".join([",".join(HEADERS)] + [",".join(map(str, line(n))) for n in range(50_100)]).encode()
    _client, answer = send(world.wang, content, "长.csv")
    assert answer.status_code == 422
    assert "有 50,101 行，超过 50,000 行" in answer.content.decode()


def test_formulas_are_never_calculated(uploaded, world):
    client, batch = uploaded(world.wang, formulas())
    assert (batch.row_count, batch.good_count) == (2, 1)
    assert set(batch.findings["2"]["errors"]) >= {"found_on"}
    marked = client.get(reverse("intake:marked", args=[batch.pk])).content
    cells = [c for row in openpyxl.load_workbook(io.BytesIO(marked)).active.iter_rows() for c in row]
    assert [c.coordinate for c in cells if c.data_type == "f"] == []


class Endless(io.RawIOBase):
    """A body of so many bytes that nobody ever holds."""

    def __init__(self, head, size, tail):
        self.parts, self.left, self.given = [head], size, 0
        self.tail = tail

    def read(self, most=-1):
        if self.parts:
            piece = self.parts.pop(0)
        elif self.left:
            piece = b"x" * min(most if most > 0 else 65536, self.left, 1 << 20)
            self.left -= len(piece)
        else:
            piece, self.tail = self.tail, b""
        self.given += len(piece)
        return piece


def test_two_hundred_megabytes_are_refused_by_their_size(as_, world, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    unit, size = world.units["131102-fgj"].pk, 200 * 1024 * 1024
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="unit"\r\n\r\n{unit}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="upload"; filename="big.xlsx"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    length = len(head) + size + len(tail)
    body = Endless(head, size, tail)
    sent = {"CONTENT_LENGTH": str(length), "CONTENT_TYPE": MULTIPART_CONTENT, "wsgi.input": body}
    answer = as_(world.wang).generic("POST", reverse("intake:upload"), **sent)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "「big.xlsx」有 200 MB，超过 20 MB" in html
    assert f'<option value="{unit}" selected>' in html
    assert list(tmp_path.iterdir()) == []
    assert not StoredFile.objects.exists()


def test_evidence_too_big_keeps_the_words_beside_it(as_, world, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR, settings.LUODI_UPLOAD_MB = str(tmp_path), 1
    problem = world.brought_to("rectifying")
    entry = problem.dossier.order_by("seq")[0]
    big = SimpleUploadedFile("证明.pdf", b"%PDF-1.4\n" + b"x" * (2 * 1024 * 1024))
    typed = {"result": "合同已签，土地已交付。", f"claim-{entry.pk}": "合同 2020-07 签订", f"file-{entry.pk}": big}
    address = reverse("problems:prove", args=[problem.pk])
    answer = as_(world.wang).post(address, typed | {"seen": problem.version})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "2.0 MB，超过上限 1 MB" in html
    assert "合同已签，土地已交付。" in html
    assert list(tmp_path.iterdir()) == []
    assert Problem.objects.get(pk=problem.pk).evidence_have == problem.evidence_have
