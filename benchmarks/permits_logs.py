"""Event logs: time and memory of `luodi.eventlogs` on a generated log, and of pm4py on the same file.

    python benchmarks/permits_logs.py make 250000 log.csv      # the log; log.xes for XES
    python benchmarks/permits_logs.py ours log.csv
    <a venv of its own>/python benchmarks/permits_logs.py pm4py log.csv

Seconds are told on the wall and of the processor (all threads): on a busy machine only the latter can be compared.
pm4py is AGPL: it stands in a venv of its own and nothing of the product knows it.
"""

import csv
import importlib
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

USUAL = ["申请", "受理", "审查", "现场核验", "决定", "发证"]
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1849-2016" xmlns="http://www.xes-standard.org/">\n'
EVENT = '<event><string key="concept:name" value="{}"/><date key="time:timestamp" value="{}+08:00"/></event>\n'


def rows(count: int, seed: int = 7) -> Iterator[tuple[str, str, str]]:
    """(case, activity, moment) of about six events a case, with papers asked for and repeated review."""
    chance, made, case = random.Random(seed), 0, 0  # noqa: S311 - the same log each time
    start = datetime(2020, 1, 2, 9)
    while made < count:
        case += 1
        at = start + timedelta(minutes=chance.randrange(60 * 24 * 300))
        path = list(USUAL)
        if chance.random() < 0.3:
            path.remove("现场核验")
        if chance.random() < 0.2:
            path[1:1] = ["补正", "受理"]
        if chance.random() < 0.1:
            path.insert(3, "审查")
        for name in path[: count - made]:
            at += timedelta(minutes=chance.randrange(10, 60 * 24 * 6))
            made += 1
            yield f"HS{case:07d}", name, at.isoformat()


def make(count: int, path: Path) -> None:
    """Write a log as CSV or XES."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        if path.suffix == ".csv":
            writer = csv.writer(stream)
            writer.writerow(["case:concept:name", "concept:name", "time:timestamp"])
            writer.writerows((case, name, at + "+08:00") for case, name, at in rows(count))
            return
        stream.write(HEAD)
        last = ""
        for case, name, at in rows(count):
            if case != last:
                stream.write("</trace>\n" if last else "")
                stream.write(f'<trace><string key="concept:name" value="{case}"/>\n')
                last = case
            stream.write(EVENT.format(name, at))
        stream.write("</trace></log>\n")


def ours(path: Path) -> dict[str, object]:
    """Our library: read, then count everything `luodi permits analyse` says, with working days."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luodi.site.settings")
    importlib.import_module("django").setup()
    log, analysis = (importlib.import_module(f"luodi.eventlogs.{name}") for name in ("log", "analysis"))
    model, workdays = importlib.import_module("luodi.eventlogs.model"), importlib.import_module("luodi.workdays.rules")
    known = workdays.Calendar.of((day, works) for day, works, _note in workdays.packaged_days())
    queries = importlib.import_module("luodi.permits.queries")
    begun = time.perf_counter()
    with log.read(path) as found:
        was_read = time.perf_counter()
        facts = analysis.analyse(found, model.Workdays(queries.numbered_days(known))).facts()
    ended = time.perf_counter()
    return {"read": was_read - begun, "count": ended - was_read, "cases": facts["cases"], "variants": facts["variants"]}


def pm4py(path: Path) -> dict[str, object]:
    """pm4py: the same questions."""
    tool, pandas = importlib.import_module("pm4py"), importlib.import_module("pandas")
    begun = time.perf_counter()
    if path.suffix == ".csv":
        frame = pandas.read_csv(path)
        frame["time:timestamp"] = pandas.to_datetime(frame["time:timestamp"], format="ISO8601")
        found = tool.format_dataframe(frame)
    else:
        found = tool.read_xes(str(path))
    was_read = time.perf_counter()
    variants = tool.get_variants(found)
    tool.discover_dfg(found), tool.get_start_activities(found), tool.get_end_activities(found)
    tool.get_all_case_durations(found), tool.get_rework_cases_per_activity(found)
    ended = time.perf_counter()
    cases = found["case:concept:name"].nunique()
    return {"read": was_read - begun, "count": ended - was_read, "cases": int(cases), "variants": len(variants)}


if __name__ == "__main__":
    act, *words = sys.argv[1:]
    if act == "make":
        make(int(words[0]), Path(words[1]))
    else:
        measure: Callable[[Path], dict[str, object]] = {"ours": ours, "pm4py": pm4py}[act]
        told = measure(Path(words[0])) | {"processor": time.process_time()}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        shown = {name: round(v, 1) if isinstance(v, float) else v for name, v in told.items()}
        print(act, words[0], shown, f"{peak:.0f} MB")
