"""Words of an event log: which columns mean what, and what was found out about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

COMPLETE, START = "complete", "start"
# Column names that other systems and our own sheets use; the first that a file has is taken.
KNOWN: Mapping[str, tuple[str, ...]] = {
    "case": ("case:concept:name", "case_id", "case", "caseid", "办件编号", "案件编号", "业务流水号", "受理编号"),
    "activity": ("concept:name", "activity", "event", "task", "环节名称", "办理环节", "环节", "活动", "步骤"),
    "time": ("time:timestamp", "timestamp", "time", "completed_at", "办理时间", "环节时间", "时间", "发生时间"),
    "lifecycle": ("lifecycle:transition", "lifecycle", "transition", "环节状态"),
}


@dataclass(frozen=True)
class Columns:
    """Which column holds the case, the activity, the moment and (optional) the life-cycle transition; "" = unknown."""

    case: str = ""
    activity: str = ""
    time: str = ""
    lifecycle: str = ""

    def filled(self, columns: Iterable[str]) -> "Columns":
        """What is not said, guessed from the names; "" where nothing fits."""
        by_name = {name.strip().lower(): name for name in columns}
        guessed = {
            word: getattr(self, word) or next((by_name[known] for known in names if known in by_name), "")
            for word, names in KNOWN.items()
        }
        return Columns(**guessed)


@dataclass(frozen=True)
class Event:
    """One line of a log that is made in memory; `at` without a zone is taken as the log's zone."""

    case: str
    activity: str
    at: datetime
    lifecycle: str = ""


@dataclass(frozen=True)
class Workdays:
    """Every day of the announced years with its running number of working days; nothing outside is known."""

    days: tuple[tuple[date, int], ...]


@dataclass(frozen=True)
class Spread:
    """Median, mean and 90 % point of a length in days, over so many cases; None where nothing can be measured."""

    median: float | None
    mean: float | None
    p90: float | None
    cases: int
    reason: str = ""

    def facts(self) -> dict[str, Any]:
        """For JSON."""
        return dict(vars(self))


@dataclass(frozen=True)
class Findings:
    """What a log says. Lengths are days; shares are parts of one; lists are ordered, the most frequent first."""

    cases: int
    events: int
    variants: int
    activities: Mapping[str, int]
    start_activities: Mapping[str, int]
    end_activities: Mapping[str, int]
    first: str
    last: str
    calendar_days: Spread
    working_days: Spread
    paths: list[dict[str, Any]] = field(default_factory=list)
    directly_follows: list[dict[str, Any]] = field(default_factory=list)
    rework: Mapping[str, Any] = field(default_factory=dict)
    waiting: Mapping[str, Any] | None = None

    def facts(self) -> dict[str, Any]:
        """The stable JSON of `luodi permits analyse`."""
        throughput = {"calendar_days": self.calendar_days.facts(), "working_days": self.working_days.facts()}
        return {
            "cases": self.cases,
            "events": self.events,
            "variants": self.variants,
            "activities": dict(self.activities),
            "start_activities": dict(self.start_activities),
            "end_activities": dict(self.end_activities),
            "first": self.first,
            "last": self.last,
            "throughput": throughput,
            "paths": self.paths,
            "directly_follows": self.directly_follows,
            "rework": dict(self.rework),
            "rework_share": self.rework.get("share"),
            "waiting": self.waiting,
        }
