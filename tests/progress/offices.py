"""Sheets as offices make them."""

from io import BytesIO

from openpyxl import Workbook


def table(*rows, title="桃城区2020年2月重点项目进度表", unit="单位：万元", month="本月"):
    """An office's sheet: a title, the unit, a header of two merged rows, and these rows."""
    book = Workbook()
    sheet = book.active
    sheet.title = "进度表"
    sheet.append([title])
    sheet.append([None, None, None, None, unit])
    sheet.append(["序号", "项目名称", "项目代码", "年度计划投资", "完成投资", None, "形象进度", "实际开工时间"])
    sheet.append([None, None, None, None, month, "本年累计", None, None])
    for area in ("A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:F3", "G3:G4", "H3:H4", "A1:H1"):
        sheet.merge_cells(area)
    for row in rows:
        sheet.append(list(row))
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def line(number, row, amount, year, *, name=None, code=None, plan=12000, progress="主体施工", started=None):
    code = row.code if code is None else code
    return [number, name or row.name, code, plan, amount, year, progress, started]
