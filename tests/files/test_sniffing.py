"""The clerk uploads what she has; the bytes say what it is, whatever the name says."""

import contextlib
import io
import zipfile

import openpyxl
import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from luodi.files.rules import KINDS, Budget, base_name, check_size, sniff
from luodi.kit.refusal import Refused
from tests.files import samples


def kind_of(data: bytes, name: str) -> str:
    return sniff(io.BytesIO(data), name).code


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(Refused) as refused:
        sniff(io.BytesIO(data), name)
    return str(refused.value)


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (samples.PDF, "批复.pdf", "pdf"),
        (samples.photo(), "现场.JPG", "jpg"),
        (samples.photo(), "现场.jpeg", "jpg"),
        (samples.photo(image_format="PNG"), "截图.png", "png"),
        (samples.photo(image_format="WEBP"), "照片.webp", "webp"),
        (samples.DOCX, "方案.docx", "docx"),
        (samples.XLSX, "台账.xlsx", "xlsx"),
        (samples.OFD, "公文.ofd", "ofd"),
        (samples.MP4, "现场.mp4", "mp4"),
        (samples.ole("Root Entry", "WordDocument"), "旧件.doc", "doc"),
        (samples.ole("Root Entry", "Workbook"), "旧表.xls", "xls"),
        (samples.archive({"批复.pdf": samples.PDF, "子目录/现场.jpg": samples.photo()}), "佐证.zip", "zip"),
        ("县区,数量\n桃城区,3\n".encode("gb18030"), "旧.csv", "csv"),
        ("说明".encode(), "说明.txt", "txt"),
    ],
)
def test_accepted_kinds_are_recognised(data, name, code):
    assert kind_of(data, name) == code


def test_files_of_real_programs_are_recognised():
    out = io.BytesIO()
    Document().save(out)
    assert kind_of(out.getvalue(), "a.docx") == "docx"
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    assert kind_of(out.getvalue(), "a.xlsx") == "xlsx"


def test_a_large_sheet_of_repeated_rows_is_no_bomb():
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for _row in range(20_000):
        sheet.append(["桃城区", "项目用地未批先建", 1, 2, 3])
    out = io.BytesIO()
    book.save(out)
    assert kind_of(out.getvalue(), "台账.xlsx") == "xlsx"


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (samples.EXE, "照片.jpg", "扩展名是 .jpg，内容却是exe"),
        (samples.PDF, "批复.docx", "扩展名是 .docx，内容却是PDF 文件"),
        (samples.photo(), "批复.pdf", "内容却是JPG 图片"),
        (samples.OFD, "公文.docx", "内容却是OFD 版式文件"),
        (samples.DOCX, "方案.zip", "内容却是Word 文件"),
        (samples.ole("Workbook"), "旧件.doc", "内容却是旧版 Excel"),
        (b"<html><script>alert(1)</script></html>", "说明.txt", "内容却是网页代码"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "图.png", "无法识别的数据"),
        (b"\xff\xfe\x00\x81\xff" * 5, "数据.csv", "不能按文字读出"),
        (samples.EXE, "安装.exe", "不接收文件「安装.exe」的格式"),
        (samples.PDF, "没有扩展名", "不接收文件"),
        (b"\0" * 40, "IMG_1.HEIC", "转成 JPG"),
        (b"", "空.pdf", "是空的"),
        (samples.ole("WordDocument", "_VBA_PROJECT"), "宏.doc", "有宏"),
        (samples.ole("EncryptedPackage"), "密.docx", "加了打开密码"),
        (samples.office("word/document.xml", **{"word/vbaProject.bin": b"x"}), "宏.docx", "有宏"),
        (samples.office("word/document.xml"), "宏.docm", "有宏"),
        (samples.photo()[:200], "半张.jpg", "已损坏"),
        (samples.DOCX[:-30], "半个.docx", "已损坏"),
    ],
)
def test_what_is_not_what_it_claims_is_refused_in_words(data, name, words):
    assert words in refusal(data, name)
    assert name.lower() in refusal(data, name).lower()


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"病毒.exe": samples.EXE}, "「病毒.exe」不能接收"),
        ({"再包.zip": samples.archive({"a.pdf": samples.PDF})}, "不能再放压缩包"),
        ({"../../etc/a.pdf": samples.PDF}, "越出目录"),
        ({"/a.pdf": samples.PDF}, "越出目录"),
        ({"C:\\a.pdf": samples.PDF}, "越出目录"),
        ({"假.pdf": samples.EXE}, "扩展名是 .pdf，内容却是exe"),
        ({"宏.docx": samples.office("word/document.xml", **{"word/vbaProject.bin": b"x"})}, "有宏"),
    ],
)
def test_an_archive_is_only_as_good_as_its_worst_member(members, words):
    assert words in refusal(samples.archive(members), "佐证.zip")


def test_bombs_are_refused_before_they_are_unpacked():
    assert "压缩炸弹" in refusal(samples.archive({"a.pdf": samples.PDF + b"\0" * 30_000_000}), "佐证.zip")
    assert "压缩炸弹" in refusal(samples.office("word/document.xml", **{"word/a.xml": b"\0" * 30_000_000}), "a.docx")
    assert "压缩炸弹" in refusal(samples.archive({f"{n}.pdf": b"" for n in range(5001)}), "佐证.zip")
    inner = samples.office("word/document.xml", **{f"word/{n}": b"" for n in range(3000)})
    assert "压缩炸弹" in refusal(samples.archive({"a.docx": inner, "b.docx": inner}), "佐证.zip")


def test_locked_and_empty_archives_are_refused():
    data = bytearray(samples.archive({"a.pdf": samples.PDF}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + offset] |= 1
    assert "加了密码" in refusal(bytes(data), "佐证.zip")
    assert "没有文件" in refusal(samples.archive({}), "佐证.zip")


def test_chinese_windows_names_in_archives_are_read():
    data = samples.archive({"abcd.exe": samples.EXE}).replace(b"abcd.exe", "病毒.exe".encode("gb18030"))
    assert "「病毒.exe」不能接收" in refusal(data, "佐证.zip")


def test_sizes_are_limited_by_kind():
    check_size(20 * 1024 * 1024, "a.jpg", 50, 20)
    with pytest.raises(Refused, match=r"21\.0 MB，超过上限 20 MB"):
        check_size(21 * 1024 * 1024, "a.jpg", 50, 20)
    check_size(50 * 1024 * 1024, "a.pdf", 50, 20)
    with pytest.raises(Refused, match="超过上限 50 MB"):
        check_size(50 * 1024 * 1024 + 1, "a.pdf", 50, 20)


def test_names_lose_folders_and_control_characters():
    assert base_name("C:\\桌面\\台账.xlsx") == "台账.xlsx"
    assert base_name("../../a\r\nb.pdf") == "ab.pdf"
    assert base_name("") == "未命名"
    assert len(base_name("长" * 500 + ".pdf")) == 200


@given(st.binary(max_size=4000), st.sampled_from(sorted(KINDS)), st.booleans())
def test_any_bytes_are_recognised_or_refused_never_a_crash(data, code, broken):
    if broken:
        start = {"docx": samples.DOCX, "ofd": samples.OFD, "jpg": samples.photo(), "doc": samples.ole("WordDocument")}
        data = start.get(code, samples.PDF)[:-20] + data
    with contextlib.suppress(Refused):
        assert sniff(io.BytesIO(data), f"a.{code}").code == code


def test_the_budget_is_one_for_all_levels():
    budget = Budget(members=2)
    container = zipfile.ZipFile(io.BytesIO(samples.archive({"a": b"1", "b": b"2"})))
    budget.take(container.infolist(), "a.zip")
    with pytest.raises(Refused):
        budget.take(container.infolist(), "a.zip")
