"""The sheets people bring: Wang's own, a clean long one, and files that are none."""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from random import Random

import openpyxl

HEADERS = ("批次", "县市区", "责任单位", "项目名称", "问题来源", "问题类别", "问题描述", "发现日期", "是否重点难点")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def saved(book) -> bytes:
    """The bytes of a workbook."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def ledger(rows: Sequence[Sequence[object]], headers: Sequence[str] = HEADERS) -> bytes:
    """A plain sheet."""
    book = openpyxl.Workbook()
    book.active.title = "台账"
    for row in (headers, *rows):
        book.active.append(list(row))
    return saved(book)


def line(n: int, **wanted: object) -> list[object]:
    """A good row."""
    fields = {
        "批次": "原有",
        "县市区": "桃城区",
        "责任单位": "发改局",
        "项目名称": f"第{n}号项目",
        "问题来源": "自查",
        "问题类别": "用地",
        "问题描述": f"第{n}宗地没有挂牌。已拖两年。",
        "发现日期": "2020-05-18",
        "是否重点难点": "否",
    }
    return list((fields | wanted).values())


#: what a person gets wrong, by the header under which it stands
WRONG = {"发现日期": "2020.13.5", "问题类别": "土地", "责任单位": "没有这个局", "批次": "旧的", "问题来源": "听说"}


def planted(rows: int, errors: int, seed: int) -> tuple[bytes, set[tuple[int, int]]]:
    """A sheet with so many wrong cells, each in a row of its own: (content, {(row, column) as Excel counts them})."""
    chance, lines, wrong = Random(seed), [line(n) for n in range(rows)], set()
    for place in chance.sample(range(rows), errors):
        header = chance.choice(sorted(WRONG))
        lines[place][HEADERS.index(header)] = WRONG[header]
        wrong.add((place + 2, HEADERS.index(header) + 1))
    return ledger(lines), wrong


def wangs() -> bytes:
    """Title, a header of two merged rows, text dates, full-width digits, a total; five rows good, four not."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "桃城区台账"
    for row in [
        ["桃城区项目落地难问题台账"],
        ["序号", "批次", "所在位置", None, "项目\n名称", "问题来源", "问题类型", "存在问题", "发现\n时间", "备注"],
        [None, None, "县(市、区)", "责任单位", None, None, None, None, None, None],
        [1, "原有", "桃城区", "发改局", "甲项目", "自查自纠", "用地", "宗地未挂牌。已拖两年。", "2020.5.3", "急"],
        [2, "原有问题", None, "桃城区发改局", "乙项目", "自查", "施工许可", "反复退件", "２０２０年５月４日", None],
        [3, "新发现", "桃城区", "区发改局", "丙项目", "群众举报", "征拆", "３户未签约", datetime(2020, 6, 1), None],
        [4, "新发现", "桃城区", None, "丁项目", "督导检查", "政策兑现", "奖补未兑现", 43983, None],
        [5, "原有", "桃城区", "发改局", "戊项目", "自查", "土地", "供地慢", "2020-05-05", None],
        [6, "原有", "桃城区", "发改局", "己项目", "自查", "用电", "没有通电", "2020.13.5", None],
        [7, "原有", "桃城区", "发改局", "庚项目", "自查", "用电", "电压不足", "2030-01-01", None],
        [8, "原有", "故城县", "故城县发改局", "辛项目", "自查", "环评", "环评超时", "2020-05-06", None],
        [9, "原有", "桃城区", "发改局", "甲项目", "自查", "用地", "宗地未挂牌。已拖两年。", "2020-05-03", None],
        ["合计", None, None, None, None, None, None, 9, None, None],
        ["填表人：王建国"],
    ]:
        sheet.append(row)
    for area in ["A1:J1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:F3", "G2:G3", "H2:H3", "I2:I3", "J2:J3", "C4:C5"]:
        sheet.merge_cells(area)
    return saved(book)


def packed(parts: dict[str, bytes]) -> bytes:
    """A zip archive of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


DAMAGED = ledger([line(1)])[:2000]
LOCKED = OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 99
BOMB = packed({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b" " * (60 * 1024 * 1024)})
PROGRAM = b"MZ\x90\0\x03\0\0\0" + b"\0" * 200
