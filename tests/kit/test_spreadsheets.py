"""The sheets that counties really send, and the files that are none."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
import xlwt

from luodi.kit import sheet_reading
from luodi.kit.refusal import Refused
from luodi.kit.spreadsheets import Column, find_header, marked_copy, match_columns, normal_header, read, write

SYNONYMS = {
    "code": ["问题编号", "编号"],
    "county": ["县市区", "所属县区"],
    "unit": ["责任单位"],
    "due_on": ["整改时限"],
    "status": ["整改状态"],
    "amount": ["总投资"],
}


def saved(book) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def county_ledger() -> bytes:
    """Title, unit, a header of two merged rows, a blank row, a merged county, subtotal, total, and who filled it in."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "问题台账"
    for row in [
        ["××县问题台账"],
        ["单位：万元"],
        ["序号", "县市区", "整改", None, "责任\n单位", "总投资\n（万元）"],
        [None, None, "时限", "状态", None, None],
        [1, "桃城区", "2020.5.3", "已完成", "发改局", 1200.5],
        [2, None, date(2020, 5, 4), "整改中", "资规局", None],
        [],
        [3, "冀州区", "５月", "", "住建局", "约70"],
        ["小 计", None, None, None, None, 1200.5],
        ["合计：", None, None, None, None, 1200.5],
        ["填表人：王某", None, "审核人：李某"],
    ]:
        sheet.append(row)
    for area in ("A1:F1", "A3:A4", "B3:B4", "C3:D3", "E3:E4", "F3:F4", "B5:B6", "F5:F6"):
        sheet.merge_cells(area)
    return saved(book)


def test_a_county_ledger_with_everything_clerks_put_in():
    book = read(county_ledger(), "台账.xlsx", synonyms=SYNONYMS)
    sheet = book.chosen
    assert book.kind == "xlsx"
    assert sheet.title_rows == ("××县问题台账", "单位：万元")
    assert sheet.unit == "万元"
    assert (sheet.header_row, sheet.header_rows) == (3, 2)
    assert sheet.headers == ("序号", "县市区", "整改·时限", "整改·状态", "责任单位", "总投资（万元）")
    assert [row.number for row in sheet.rows] == [5, 6, 8]
    assert [row.cells[1] for row in sheet.rows] == ["桃城区", "桃城区", "冀州区"]
    assert [row.cells[5] for row in sheet.rows] == [1200.5, None, "约70"]  # a merged number is not counted twice
    assert sheet.rows[1].cells[2] == date(2020, 5, 4)
    assert [row.number for row in sheet.totals] == [9, 10]
    assert sheet.notes == ("填表人：王某 审核人：李某",)
    found = match_columns(sheet.headers, SYNONYMS, required=("code", "unit"))
    assert found.columns == {"county": 1, "due_on": 2, "status": 3, "unit": 4, "amount": 5}
    assert found.unknown == ("序号",)
    assert found.missing == ("code",)


def test_headings_between_the_rows_are_no_rows_but_a_numbered_row_is_one():
    rows = [
        ("序号", "县市区", "责任单位", "总投资"),
        ("一", "审批类问题", None, None),
        ("一", "桃城区", "发改局", None),
        ("（二）要素类问题", None, None, None),
        ("三级公路", None, None, None),
    ]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    sheet = read(saved(book), "台账.xlsx", synonyms=SYNONYMS).chosen
    assert [row.number for row in sheet.sections] == [2, 4]


def test_the_header_is_found_without_synonyms_too():
    sheet = read(county_ledger(), "台账.xlsx").chosen
    assert sheet.header_row == 3
    assert len(sheet.rows) == 3


def test_an_old_xls_with_a_title():
    book = xlwt.Workbook()
    sheet = book.add_sheet("台账")
    sheet.write_merge(0, 0, 0, 2, "××区台账")
    for column, title in enumerate(["问题编号", "县市区", "责任单位"]):
        sheet.write(2, column, title)
    for column, value in enumerate([417, "深州市", "１２局"]):
        sheet.write(3, column, value)
    found = read(saved(book), "台账.xlsx", synonyms=SYNONYMS)  # the name lies, the content counts
    assert found.kind == "xls"
    assert found.chosen.header_row == 3
    assert found.chosen.rows[0].number == 4
    assert found.chosen.rows[0].cells[1:] == ("深州市", "１２局")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_text_files_from_any_program(encoding, sign):
    lines = [
        ["问题编号", "县市区", "责任单位"],
        ["2020-0001", "枣强县", '"发改局\n（牵头）"'],
        ["", "", ""],
        ["2", "景县", "局"],
    ]
    text = "\r\n".join(sign.join(line) for line in lines)
    book = read(text.encode(encoding), "台账.csv", synonyms=SYNONYMS)
    assert book.kind == "csv"
    assert [(row.number, row.cells[1]) for row in book.chosen.rows] == [(2, "枣强县"), (4, "景县")]
    assert book.chosen.rows[0].cells[2] == "发改局\n（牵头）"


def test_short_lines_of_a_text_file_are_filled_up():
    sheet = read("编号,责任单位,备注\n1\n2,局,注,多出一格\n".encode(), "短.csv").chosen
    assert [row.cells for row in sheet.rows] == [("1", None, None, None), ("2", "局", "注", "多出一格")]
    assert sheet.headers == ("编号", "责任单位", "备注", "")


def test_hidden_sheets_are_flagged_and_not_chosen():
    book = openpyxl.Workbook()
    book.active.append(["问题编号", "县市区", "责任单位"])
    book.active.append(["旧", "旧", "旧"])
    book.active.sheet_state = "hidden"
    book.create_sheet("封面").append(["一份台账"])
    book.create_sheet("新").append(["问题编号", "县市区"])
    found = read(saved(book), "台账.xlsx", synonyms=SYNONYMS)
    assert [sheet.hidden for sheet in found.sheets] == [True, False, False]
    assert found.chosen.name == "新"


def test_columns_keep_their_letters_when_the_table_starts_further_right():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["C4"], sheet["D4"], sheet["C5"], sheet["D5"] = "编号", "责任单位", "甲", "乙"
    found = read(saved(book), "x.xlsx", synonyms=SYNONYMS).chosen
    assert found.headers == ("", "", "编号", "责任单位")
    assert found.rows[0].number == 5
    assert found.rows[0].cells == (None, None, "甲", "乙")


def test_far_formatted_cells_do_no_harm():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["编号", "责任单位"])
    sheet.append(["甲", "乙"])
    sheet.cell(1_048_576, 300).font = openpyxl.styles.Font(bold=True)
    assert [row.number for row in read(saved(book), "x.xlsx").chosen.rows] == [2]
    sheet.cell(1_048_576, 1).value = "丙"
    assert [row.number for row in read(saved(book), "x.xlsx").chosen.rows] == [2, 1_048_576]
    sheet.cell(1_048_576, 300).value = "丁"
    with pytest.raises(Refused, match="1,048,576 行、KN 列"):
        read(saved(book), "x.xlsx")


def refused(content: bytes, name: str = "台账.xlsx", **limits) -> str:
    with pytest.raises(Refused) as refusal:
        read(content, name, **limits)
    sentence = str(refusal.value)
    assert name in sentence
    assert sentence.endswith("。")
    return sentence


def with_parts(parts: dict[str, bytes], compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compress) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_what_is_no_spreadsheet_is_named_by_its_content():
    assert "是空的" in refused(b"")
    assert "不是表格" in refused(b"%PDF-1.7 ...")
    assert "不是表格" in refused(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    assert "不是表格" in refused(with_parts({"word/document.xml": b"<w/>"}))
    assert "其实是网页" in refused(b"<html><table><tr><td>1</td></tr></table></html>", "报表.xls")
    assert "不是表格" in refused(sheet_reading.OLE + b"\0" * 600 + "WordDocument".encode("utf-16-le"))


def test_a_damaged_file():
    whole = county_ledger()
    assert "已损坏" in refused(whole[: len(whole) // 2])
    assert "已损坏" in refused(b"PK\x03\x04" + b"junk" * 50)
    assert "已损坏" in refused(with_parts({"xl/workbook.xml": b"<workbook"}))
    assert "已损坏" in refused(sheet_reading.OLE + b"\0" * 600 + "Workbook".encode("utf-16-le"))
    at = whole.index(b"xl/worksheets/sheet1.xml") + 60
    assert "已损坏" in refused(whole[:at] + bytes(255 - byte for byte in whole[at : at + 40]) + whole[at + 40 :])


def test_a_locked_file():
    assert "打开密码" in refused(sheet_reading.OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 99)


def test_a_zip_bomb_is_not_unpacked():
    bomb = with_parts({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b" " * (60 * 1024 * 1024)})
    assert len(bomb) < 100_000
    assert "过大" in refused(bomb)


def worksheet(cells: bytes, **parts: bytes) -> bytes:
    """The ledger with another sheet inside."""
    with zipfile.ZipFile(io.BytesIO(county_ledger())) as archive:
        whole = {name: archive.read(name) for name in archive.namelist()}
    whole["xl/worksheets/sheet1.xml"] = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + cells
        + b"</sheetData></worksheet>"
    )
    return with_parts({**whole, **{f"xl/{name}.xml": content for name, content in parts.items()}})


def test_a_far_cell_cannot_hide():
    near = b'<row r="1"><c r="A1"><v>1</v></c></row>'
    far = b'<row r="1048576"><c s="1"' + b" " * 2_000_000 + b"r='XFD1048576' t=\"n\" >  <v>1</v></c></row>"
    assert "范围过大" in refused(worksheet(near + far))
    assert "已损坏" in refused(worksheet(near + b'<row r="1048576">' + b"<c><v>1</v></c>" * 99 + b"</row>"))
    assert "已损坏" in refused(worksheet(near + b"<c " + b' r="A1"' * 1_000_000))


def test_one_text_in_very_many_cells_is_a_bomb_too():
    strings = b"<sst><si><t>" + "长".encode() * 30_000 + b"</t></si><si><t>1</t></si></sst>"
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>%%d</v></c></row>' % (n, n) for n in range(1, 20_001))
    assert "过大" in refused(worksheet(cells.replace(b"%d", b"0"), sharedStrings=strings))
    harmless = worksheet(cells.replace(b"%d", b"1"), sharedStrings=strings)
    assert len(read(harmless, "x.xlsx").chosen.grid.rows) == 20_000


def test_a_bomb_that_lies_about_its_size_is_damaged():
    honest = with_parts({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b" " * 1_000_000})
    lying = honest.replace((1_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    assert lying != honest
    assert "已损坏" in refused(lying)


def test_too_big_and_too_many_rows():
    assert "超过 1 MB" in refused(b"a" * 1_100_000, max_bytes=1024 * 1024)
    assert "有 121 行，超过 100 行" in refused(
        "\n".join(f"{n},甲" for n in range(121)).encode(), "长.csv", max_rows=100
    )


def test_an_unpaired_quote_and_an_unknown_encoding():
    assert "引号" in refused('编号,单位\n1,"甲\n'.encode(), "坏.csv")
    assert "编码" in refused(b"\xff\xff\x81\x20 1,2", "坏.csv")


def test_nothing_visible_and_no_header():
    book = openpyxl.Workbook()
    assert "没有可见的数据" in refused(saved(book))
    book.active.append(["甲", "乙"])
    assert "应有这样的列：问题编号、县市区" in refused(saved(book), synonyms=SYNONYMS)


def test_macros_are_ignored_with_a_warning():
    with zipfile.ZipFile(io.BytesIO(county_ledger())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    book = read(with_parts({**parts, "xl/vbaProject.bin": b"macro"}), "台账.xlsm")
    assert book.kind == "xlsm"
    assert "没有运行宏" in book.warnings[0]


@pytest.mark.parametrize(
    "header", ["总投资", " 总 投资 ", "总投资\n（万元）", "*总投资(万元)", "总投资：", "【必填】总投资"]
)
def test_headers_are_compared_without_what_clerks_add(header):
    assert normal_header(header) == "总投资"


def test_an_equal_header_wins_over_one_that_contains():
    words = {"name": ["项目名称", "名称"], "code": ["代码"], "owner": ["单位"]}
    found = match_columns(["项目代码", "企业名称", "项目名称", "单位", "责任单位"], words)
    assert found.columns == {"name": 2, "code": 0, "owner": 3}
    assert found.unknown == ("企业名称", "责任单位")


def test_a_title_that_contains_a_synonym_is_no_header():
    rows = [(1, ("县市区责任单位问题台账", None)), (2, ("责任单位", "编号")), (3, ("发改局", 1.0))]
    assert find_header(rows, SYNONYMS, [(1, 0, 1, 1)]) == (2, 1, ("责任单位", "编号"))
    assert find_header([], SYNONYMS) is None


COLUMNS = [
    Column("问题编号", 14),
    Column("县市区", 10, choices=["桃城区", "冀州区"]),
    Column("责任单位", 20, choices=[f"第{n}责任单位" for n in range(100)], note="从列表中选择"),
    Column("整改时限", 12, "date"),
    Column("总投资（万元）", 12, "money"),
]


def written(rows, **lines) -> bytes:
    buffer = io.BytesIO()
    write(buffer, "问题/台账", columns=COLUMNS, rows=rows, **lines)
    return buffer.getvalue()


def test_what_is_written_is_read_back():
    rows = [
        ["2020-0001", "桃城区", "第1责任单位", date(2020, 5, 3), Decimal("1200.50")],
        ["2020-0002", "", None, None, 0],
        ["2020-0003", "冀州区", "第2责任单位", datetime(2020, 5, 4, 1, 30, tzinfo=UTC), -3],
    ]
    content = written(iter(rows), heading_lines=["问题台账", "单位：万元"], foot_lines=["说明：截至8月31日"])
    book = read(content, "出.xlsx", synonyms=SYNONYMS)
    sheet = book.chosen
    assert sheet.name == "问题 台账"
    assert sheet.header_row == 3
    assert sheet.unit == "万元"
    assert sheet.notes == ("说明：截至8月31日",)
    assert [row.cells for row in sheet.rows] == [
        ("2020-0001", "桃城区", "第1责任单位", date(2020, 5, 3), 1200.5),
        ("2020-0002", None, None, None, 0),
        ("2020-0003", "冀州区", "第2责任单位", datetime(2020, 5, 4, 9, 30), -3),
    ]
    assert [other.name for other in book.sheets if other.hidden] == ["字典"]


def test_drop_downs_freeze_filter_and_print():
    sheet = openpyxl.load_workbook(io.BytesIO(written([["1", "", "", None, None]])))["问题 台账"]
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    assert rules["B2"].formula1 == '"桃城区,冀州区"'
    assert rules["C2"].formula1 == "字典!$A$1:$A$100"
    assert rules["D2"].type == "date"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E2"
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert sheet["C1"].comment.text == "从列表中选择"


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x","点我")', "+1+1", "-1", "@SUM(A1)", "\t=1", "{=1}", "http://x"]
)
def test_typed_text_never_becomes_a_formula(text):
    content = written([[text, "", "", None, None]])
    cell = openpyxl.load_workbook(io.BytesIO(content))["问题 台账"]["A2"]
    assert (cell.data_type, cell.value, cell.hyperlink) in {("s", text, None), ("inlineStr", text, None)}
    assert cell.quotePrefix == text.startswith(("=", "+", "-", "@", "\t"))
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_odd_values_are_written_as_text_and_never_lost():
    content = written([["长" * 40_000, True, 10**20, date(1899, 1, 1), float("nan")]])
    cells = read(content, "出.xlsx").chosen.rows[0].cells
    assert len(cells[0]) == 32_767
    assert cells[0].endswith("…")
    assert cells[1:] == ("是", str(10**20), "1899-01-01", "nan")


def test_the_persons_own_sheet_comes_back_with_the_errors_in_the_cells():
    marks = {(8, 2): "日期「５月」缺年份。", (8, 5): "「约70」是约数，请填准确数字。", (6, 5): "缺总投资。"}
    for source in (county_ledger(), read(county_ledger(), "台账.xlsx").chosen):
        sheet = openpyxl.load_workbook(io.BytesIO(marked_copy(source, marks, name="台账.xlsx")))["问题台账"]
        assert sheet["A1"].value == "××县问题台账"
        assert sheet["G3"].value == "错误说明"
        assert sheet["G8"].value == "日期「５月」缺年份。\n「约70」是约数，请填准确数字。"
        assert sheet["F8"].comment.text == "「约70」是约数，请填准确数字。"
        assert sheet["F8"].fill.fgColor.rgb == "FFFBE3E1"
        assert sheet["F6"].fill.fgColor.rgb == "FFFBE3E1"
        assert sheet["E8"].comment is None
        assert sheet["C6"].value == datetime(2020, 5, 4)
        assert sheet["A10"].value == "合计："


def test_a_marked_copy_can_be_corrected_and_sent_again():
    again = read(marked_copy(county_ledger(), {(8, 5): "是约数。"}), "改.xlsx", synonyms=SYNONYMS).chosen
    assert [row.number for row in again.rows] == [5, 6, 8]
    assert [row.cells[1] for row in again.rows] == ["桃城区", "桃城区", "冀州区"]
    assert again.headers[2] == "整改·时限"


def test_an_old_workbook_that_would_take_all_memory_is_damaged():
    book = xlwt.Workbook()
    book.add_sheet("台账").write(0, 0, "甲")
    whole = saved(book)
    table = 512 * (1 + int.from_bytes(whole[76:80], "little"))  # where the chains of sectors are kept
    circle = whole[:table] + bytes(4) + whole[table + 4 :]  # the first sector follows itself for ever
    assert "已损坏" in refused(circle)
