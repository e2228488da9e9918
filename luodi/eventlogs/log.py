"""A log in columns: read from CSV, XES or events in memory, kept as Parquet, opened again.

DuckDB runs inside this process, reads only the file it is given, fetches no extension and keeps to one temporary
folder. Moments are kept without zone as the clock of `ZONE` shows them, so that a day is a day of the office.
"""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from django.utils.translation import gettext as _

from luodi.eventlogs import xes
from luodi.eventlogs.model import Columns, Event
from luodi.kit.refusal import Refused
from luodi.kit.sm3 import Sm3

ZONE = "Asia/Shanghai"
MEMORY = "2GB"
HEADINGS = ("n", "case", "activity", "time", "lifecycle")
OURS = Columns("case", "activity", "time", "lifecycle")
# As people and other systems write a moment, beside ISO 8601.
FORMATS = [
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日",
    "%Y.%m.%d %H:%M:%S", "%Y.%m.%d", "%Y%m%d%H%M%S", "%Y%m%d",
]  # fmt: skip

LOAD = """
CREATE TABLE log AS
SELECT row_number() OVER () AS n, trim(case_id) AS case_id, trim(activity) AS activity, moment,
       coalesce(try_cast(moment AS TIMESTAMPTZ)::TIMESTAMP, try_strptime(moment, $formats)) AS stamp,
       lower(trim(coalesce(lifecycle, ''))) AS lifecycle
FROM source
"""


@dataclass
class Log:
    """An open log: table or view `log(n, case_id, activity, stamp, lifecycle)` of its own DuckDB connection."""

    connection: Any

    def ask(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """All rows of one statement."""
        return self.connection.execute(sql, list(parameters)).fetchall()

    def keep(self, path: Path) -> None:
        """Write it as Parquet, whole or not at all."""
        part = path.with_suffix(".part")
        kept = self.connection.sql("SELECT n, case_id, activity, stamp, lifecycle FROM log ORDER BY n")
        kept.write_parquet(str(part), compression="zstd")
        part.replace(path)


@contextmanager
def _session() -> Iterator[tuple[Any, Path]]:
    with tempfile.TemporaryDirectory(prefix="luodi-log-") as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY,
            "temp_directory": folder,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        connection = duckdb.connect(":memory:", config=settings)
        connection.execute("SET TimeZone = 'Asia/Shanghai'")
        try:
            yield connection, Path(folder)
        finally:
            connection.close()


@contextmanager
def read(path: Path, columns: Columns | None = None) -> Iterator[Log]:
    """The log of a file: XES by its content (or gzipped), else CSV with a mapping of its columns."""
    with _session() as (connection, folder):
        if _is_xml(path):
            plain = folder / "events.csv"
            _write(plain, xes.lines(path))
            _load(connection, plain, OURS, path.name, is_xes=True)
        else:
            _load_csv(connection, path, columns or Columns(), folder)
        yield Log(connection)


@contextmanager
def of_events(events: Iterable[Event]) -> Iterator[Log]:
    """The log of events in memory."""
    with _session() as (connection, folder):
        plain = folder / "events.csv"
        _write(plain, ((n, e.case, e.activity, e.at.isoformat(), e.lifecycle) for n, e in enumerate(events, 1)))
        _load(connection, plain, OURS, plain.name)
        yield Log(connection)


@contextmanager
def kept(path: Path) -> Iterator[Log]:
    """A log that was kept."""
    with _session() as (connection, _folder):
        if not path.is_file():
            raise Refused(_("这份日志的数据文件不见了，请重新导入。"))
        connection.read_parquet(str(path)).create_view("log")
        yield Log(connection)


def digest(path: Path) -> str:
    """The file's SM3, read in pieces."""
    found = Sm3()
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


def _is_xml(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            start = stream.read(512)
    except OSError:
        raise Refused(_("打不开文件「%(path)s」，请核对路径和权限。") % {"path": path}) from None
    if not start:
        raise Refused(_("「%(file)s」是空文件。") % {"file": path.name})
    if start.startswith(xes.GZIP):
        return True
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return text.startswith(b"<") or (start[:2] in {b"\xff\xfe", b"\xfe\xff"} and b"<" in start[:8])


def _write(path: Path, rows: Iterable[tuple[Any, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADINGS)
        writer.writerows(rows)


def _load_csv(connection: Any, path: Path, columns: Columns, folder: Path) -> None:
    """UTF-8 first; what is not is taken as GB18030, which older Chinese systems write."""
    try:
        _load(connection, path, columns, path.name)
    except UnicodeDecodeError:
        plain = folder / "utf8.csv"
        try:
            with path.open(encoding="gb18030") as old, plain.open("w", encoding="utf-8") as new:
                while part := old.read(1 << 20):
                    new.write(part)
        except UnicodeDecodeError:
            raise Refused(
                _("「%(file)s」既不是 UTF-8 也不是 GB18030 编码，请另存为 UTF-8 的 CSV。") % {"file": path.name}
            ) from None
        _load(connection, plain, columns, path.name)


def _load(connection: Any, path: Path, columns: Columns, name: str, is_xes: bool = False) -> None:
    try:
        source = connection.read_csv(str(path), header=True, all_varchar=True)
        found = columns.filled(source.columns)
        _check_columns(found, source.columns, name)
        wanted = {"case_id": found.case, "activity": found.activity, "moment": found.time}
        parts = [duckdb.ColumnExpression(column).alias(word) for word, column in wanted.items()]
        lifecycle = duckdb.ColumnExpression(found.lifecycle) if found.lifecycle else duckdb.ConstantExpression("")
        source.select(*parts, lifecycle.alias("lifecycle")).create_view("source")
        connection.execute(LOAD, {"formats": FORMATS})
    except duckdb.Error as wrong:
        connection.execute("DROP VIEW IF EXISTS source")
        raise _read_refusal(str(wrong), name) from None
    _check_rows(connection, name, is_xes)


def _read_refusal(words: str, name: str) -> Exception:
    """What DuckDB says of a file, as a sentence; wrong characters are told apart, for they may be GB18030."""
    if "unicode" in words.lower() or "utf-8" in words.lower():
        return UnicodeDecodeError("utf-8", b"", 0, 1, "not UTF-8")
    line = words.partition("Line: ")[2].split("\n")[0].strip()
    place = _("第 %(line)s 行") % {"line": line} if line.isdigit() else ""
    return Refused(
        _("「%(file)s」%(place)s读不下去：列数不一致、引号不成对，或不是 CSV 文件。请改正后再导入。")
        % {"file": name, "place": place}
    )


def _check_columns(found: Columns, present: list[str], name: str) -> None:
    words = {"case": _("案件"), "activity": _("环节"), "time": _("时间"), "lifecycle": _("环节状态")}
    for word, label in words.items():
        column = getattr(found, word)
        if (column or word == "lifecycle") and (not column or column in present):
            continue
        if column:
            why = _("「%(file)s」没有名为“%(column)s”的列。") % {"file": name, "column": column}
        else:
            why = _("「%(file)s」认不出哪一列是%(word)s。") % {"file": name, "word": label}
        listed = _("、").join(present[:20])
        raise Refused(why + _("文件里有：%(listed)s；请用 --%(option)s 指明。") % {"listed": listed, "option": word})


def _check_rows(connection: Any, name: str, is_xes: bool) -> None:
    """Every event has a case, an activity and a moment that can be read."""
    wrong = "case_id IS NULL OR case_id = '' OR activity IS NULL OR activity = '' OR stamp IS NULL"
    asked = f"SELECT n, case_id, activity, moment FROM log WHERE {wrong} ORDER BY n LIMIT 1"  # noqa: S608 - constant
    if bad := connection.execute(asked).fetchall():
        raise Refused(_bad_row(bad[0], name, is_xes))
    if not connection.execute("SELECT n FROM log LIMIT 1").fetchall():
        raise Refused(_("「%(file)s」里没有一个事件。") % {"file": name})


def _bad_row(bad: tuple[Any, ...], name: str, is_xes: bool) -> str:
    n, case, activity, moment = bad
    # The first line of a CSV file holds the names of the columns.
    place = _("第 %(n)s 个事件") % {"n": n} if is_xes else _("第 %(n)s 行") % {"n": n + 1}
    about = {"file": name, "place": place, "case": case or "", "value": moment or ""}
    if not case:
        return _("「%(file)s」%(place)s没有案件编号，请补上后再导入。") % about
    if not activity:
        return _("「%(file)s」%(place)s（案件“%(case)s”）没有环节名称，请补上后再导入。") % about
    if not moment:
        return _("「%(file)s」%(place)s（案件“%(case)s”）没有时间，无法计算时长；请补上时间后再导入。") % about
    return _("「%(file)s」%(place)s（案件“%(case)s”）的时间“%(value)s”认不出来，请写成 2020-05-18 09:30:00。") % about
