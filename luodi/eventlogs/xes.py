"""XES (IEEE 1849), plain or gzipped, read event by event: no entities, no network, one case in memory."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from lxml import etree

from luodi.kit.refusal import Refused

MOST_BYTES = 16 * 1024**3  # of XML; a small file may unpack to any size
MOST_OF_A_CASE = 1_000_000  # events: more in one case is not a log of cases
GZIP = b"\x1f\x8b"
WANTED = {"concept:name": 1, "time:timestamp": 2, "lifecycle:transition": 3}
Line = tuple[int, str, str, str, str]  # number of the event, case, activity, moment, transition


class Counted:
    """A stream that refuses to give more than so many bytes."""

    def __init__(self, stream: BinaryIO, most: int) -> None:
        self.stream, self.left = stream, most

    def read(self, size: int = -1) -> bytes:
        data = self.stream.read(size if size > 0 else 65536)
        self.left -= len(data)
        if self.left < 0:
            raise Refused(_("这份日志解压后太大，请按年份拆分后再导入。"))
        return data


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The bytes of the XML; by content, not by the name's ending."""
    with path.open("rb") as raw:
        packed = raw.read(2) == GZIP
        raw.seek(0)
        if not packed:
            yield raw
            return
        with gzip.open(raw) as unpacked:
            yield unpacked  # type: ignore[misc]


def lines(path: Path) -> Iterator[Line]:
    """Every event in the order of the file. Refused: damaged, not XES, without name or time; it names the place."""
    try:
        with opened(path) as stream:
            yield from _events(Counted(stream, MOST_BYTES))
    except etree.XMLSyntaxError as wrong:
        line, column = wrong.position
        raise Refused(
            _("「%(file)s」第 %(line)s 行第 %(column)s 列读不下去，文件不完整或已损坏：%(why)s。请从原系统重新导出。")
            % {"file": path.name, "line": line, "column": column, "why": str(wrong.msg).split(", line")[0]}
        ) from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise Refused(_("「%(file)s」的压缩包不完整或已损坏，请重新下载或重新导出。") % {"file": path.name}) from None


def _events(stream: Counted) -> Iterator[Line]:
    kept: list[tuple[int, str, str, str]] = []
    number = cases = 0
    known = False
    reading: Any = etree.iterparse(
        stream,
        events=("end",),
        tag=("{*}event", "{*}trace", "{*}log"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for _end, element in reading:
        if not known:
            known = _is_log(element)
        if element.tag.endswith("event"):
            kept.append(_event(element, len(kept) + 1))
            if len(kept) > MOST_OF_A_CASE:
                raise Refused(_("第 %(line)s 行：一个案件的事件太多，这不像按案件记的日志。") % {"line": kept[-1][0]})
            element.clear()
            continue
        if element.tag.endswith("trace"):
            cases += 1
            name = _name(element) or f"#{cases}"
            for _line, *facts in kept:
                number += 1
                yield (number, name, *facts)  # type: ignore[misc]
            kept.clear()
            _forget(element)


def _is_log(element: Any) -> bool:
    tree = element.getroottree()
    if tree.docinfo.internalDTD is not None:
        raise Refused(_("这份文件带有 DOCTYPE 声明，可能夹带外部实体，不能导入；请从原系统导出不带声明的 XES。"))
    root = tree.getroot().tag
    if not str(root).endswith("log"):
        raise Refused(_("这不是 XES 日志：最外层应是 log，这里是 %(tag)s。") % {"tag": root})
    return True


def _event(element: Any, place: int) -> tuple[int, str, str, str]:
    """(line, activity, moment, transition)."""
    facts = ["", "", "", ""]
    for child in element:
        at = WANTED.get(child.get("key"))
        if at is not None:
            facts[at] = child.get("value") or ""
    line = element.sourceline
    if not facts[2]:
        raise Refused(
            _("第 %(line)s 行：所在案件的第 %(n)s 个事件没有时间（time:timestamp），无法计算时长；请补上时间后再导入。")
            % {"line": line, "n": place}
        )
    if not facts[1]:
        raise Refused(
            _("第 %(line)s 行：所在案件的第 %(n)s 个事件没有环节名称（concept:name），请补上后再导入。")
            % {"line": line, "n": place}
        )
    return line, facts[1], facts[2], facts[3]


def _name(trace: Any) -> str:
    for child in trace:
        if child.get("key") == "concept:name":
            return child.get("value") or ""
    return ""


def _forget(trace: Any) -> None:
    """Free what has been read: the trace and all before it."""
    trace.clear()
    above = trace.getparent()
    while above is not None and trace.getprevious() is not None:
        del above[0]
