"""What an open log says, by a few statements over its columns; time and memory grow with the events, no faster."""

from typing import Any

from django.utils.translation import gettext as _

from luodi.eventlogs.log import Log
from luodi.eventlogs.model import COMPLETE, START, Findings, Spread, Workdays

MOST_PATHS, MOST_EDGES = 20, 200
DAY = 86_400.0

# Activities as small numbers in the order of their first event, one row a case with its path in the order of time
# (events at one moment in the order of the file).
PREPARE = (
    """CREATE TEMP TABLE activities AS
    SELECT activity, (row_number() OVER (ORDER BY min(n)) - 1)::INTEGER AS a, count(*) AS events
    FROM log GROUP BY activity""",
    """CREATE TEMP TABLE ev AS
    SELECT log.case_id, activities.a, log.stamp, log.n, log.lifecycle
    FROM log JOIN activities USING (activity)""",
    """CREATE TEMP TABLE cases AS
    SELECT case_id, min(stamp) AS first, max(stamp) AS last, list(a ORDER BY stamp, n) AS path
    FROM ev GROUP BY case_id""",
    """CREATE TEMP TABLE variants AS
    SELECT path, count(*) AS cases, min(case_id) AS example FROM cases GROUP BY path""",
)
# An arrow of the process map: counts from the variants, waits from the events.
EDGES = """
WITH steps AS (
  SELECT a, lead(a) OVER w AS b, epoch(lead(stamp) OVER w) - epoch(stamp) AS seconds
  FROM ev WINDOW w AS (PARTITION BY case_id ORDER BY stamp, n)
)
SELECT f.activity, t.activity, count(*), median(seconds)
FROM steps JOIN activities f ON f.a = steps.a JOIN activities t ON t.a = steps.b
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT ?
"""
# An activity is repeated when it ends more than once in a case; without life cycle every event is an end.
REPEATED = """
CREATE TEMP TABLE repeated AS
SELECT case_id, a, count(*) - 1 AS extra FROM ev WHERE NOT ? OR lifecycle = 'complete'
GROUP BY case_id, a HAVING count(*) > 1
"""
# The n-th start of an activity in a case belongs to its n-th end; working time is the union of these spans.
WAITING = """
WITH marks AS (
  SELECT case_id, a, stamp, lifecycle,
         row_number() OVER (PARTITION BY case_id, a, lifecycle ORDER BY stamp, n) AS nth
  FROM ev WHERE lifecycle IN ('start', 'complete')
), spans AS (
  SELECT s.case_id, epoch(s.stamp) AS s, greatest(epoch(e.stamp), epoch(s.stamp)) AS e
  FROM marks s JOIN marks e ON e.case_id = s.case_id AND e.a = s.a AND e.nth = s.nth
  WHERE s.lifecycle = 'start' AND e.lifecycle = 'complete'
), reached AS (
  SELECT case_id, s, e, coalesce(max(e) OVER (
    PARTITION BY case_id ORDER BY s, e ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), s) AS until
  FROM spans
), worked AS (
  SELECT case_id, sum(greatest(e - greatest(s, until), 0)) AS working FROM reached GROUP BY case_id
)
SELECT count(*), median(working), avg(working), sum(working),
       median(epoch(last) - epoch(first) - working), avg(epoch(last) - epoch(first) - working),
       sum(epoch(last) - epoch(first) - working)
FROM worked JOIN cases USING (case_id)
"""


def analyse(log: Log, workdays: Workdays | None = None, most_paths: int = MOST_PATHS) -> Findings:
    """Count everything the CLI and the pages show. `workdays` gives lengths in working days where it reaches."""
    for statement in PREPARE:
        log.ask(statement)
    (events, first, last), (cases,) = log.ask("SELECT count(*), min(stamp), max(stamp) FROM log")[0], _one(log, "cases")
    (variants,) = _one(log, "variants")
    counted = log.ask("SELECT activity, events FROM activities ORDER BY events DESC, a")
    return Findings(
        cases=cases,
        events=events,
        variants=variants,
        activities=dict(counted),
        start_activities=_ends(log, 1),
        end_activities=_ends(log, -1),
        first=first.isoformat(),
        last=last.isoformat(),
        calendar_days=_spread(log.ask(
            "SELECT median(d), avg(d), quantile_cont(d, 0.9), count(*) FROM "
            "(SELECT (epoch(last) - epoch(first)) / 86400 AS d FROM cases)"
        )[0]),
        working_days=_working_days(log, workdays, cases),
        paths=_paths(log, cases, most_paths),
        directly_follows=_edges(log),
        rework=_rework(log, cases),
        waiting=_waiting(log),
    )  # fmt: skip


def _one(log: Log, table: str) -> tuple[Any, ...]:
    return log.ask(f"SELECT count(*) FROM {table}")[0]  # noqa: S608 - one of our own two names


def _rounded(value: Any) -> float | None:
    return None if value is None else round(float(value), 4)


def _spread(row: tuple[Any, ...], reason: str = "") -> Spread:
    return Spread(_rounded(row[0]), _rounded(row[1]), _rounded(row[2]), row[3], reason)


def _ends(log: Log, place: int) -> dict[str, int]:
    """The first (1) or last (-1) activities of the cases, the most frequent first."""
    asked = """SELECT activity, sum(cases)::BIGINT FROM variants JOIN activities ON a = path[?]
    GROUP BY activity ORDER BY 2 DESC, 1"""
    return dict(log.ask(asked, place))


def _working_days(log: Log, workdays: Workdays | None, cases: int) -> Spread:
    """Working days after the first up to the last day; nothing at all where one case leaves the known calendar."""
    if workdays is None or not workdays.days:
        return Spread(None, None, None, 0, _("没有工作日历。"))
    days, seqs = zip(*workdays.days, strict=True)
    log.ask("CREATE TEMP TABLE days AS SELECT unnest(?::DATE[]) AS day, unnest(?::INTEGER[]) AS seq", days, seqs)
    row = log.ask(
        """SELECT median(d), avg(d), quantile_cont(d, 0.9), count(*) FROM (
        SELECT e.seq - s.seq AS d FROM cases
        JOIN days s ON s.day = first::DATE JOIN days e ON e.day = last::DATE)"""
    )[0]
    missing = cases - row[3]
    if missing:
        why = _("%(n)s 个案件有的日期不在已公布的工作日历内，不能按工作日计算。") % {"n": missing}
        return Spread(None, None, None, row[3], why)
    return _spread(row)


def _paths(log: Log, cases: int, most: int) -> list[dict[str, Any]]:
    names = dict(log.ask("SELECT a, activity FROM activities"))
    rows = log.ask("SELECT path, cases FROM variants ORDER BY cases DESC, example LIMIT ?", most)
    return [{"path": [names[a] for a in path], "cases": n, "share": round(n / cases, 4)} for path, n in rows]


def _edges(log: Log) -> list[dict[str, Any]]:
    rows = log.ask(EDGES, MOST_EDGES)
    return [{"from": a, "to": b, "count": n, "median_days": _rounded(s / DAY)} for a, b, n, s in rows]


def _transitions(log: Log) -> set[str]:
    return {row[0] for row in log.ask("SELECT DISTINCT lifecycle FROM ev")}


def _rework(log: Log, cases: int) -> dict[str, Any]:
    """Cases in which an activity was done more than once, and which activities these were."""
    log.ask(REPEATED, COMPLETE in _transitions(log))
    touched = log.ask("SELECT count(DISTINCT case_id), coalesce(sum(extra), 0)::BIGINT FROM repeated")[0]
    rows = log.ask(
        """SELECT activity, count(*), sum(extra)::BIGINT FROM repeated JOIN activities USING (a)
        GROUP BY activity ORDER BY 2 DESC, 1"""
    )
    return {
        "cases": touched[0],
        "share": round(touched[0] / cases, 4),
        "repeats": touched[1],
        "activities": [{"activity": name, "cases": n, "repeats": extra} for name, n, extra in rows],
    }


def _waiting(log: Log) -> dict[str, Any] | None:
    """Working and waiting in days, where the log tells starts from ends; None where it does not."""
    if not {START, COMPLETE} <= _transitions(log):
        return None
    n, median_work, mean_work, work, median_wait, mean_wait, wait = log.ask(WAITING)[0]
    if not n:
        return None
    days = [_rounded(value / DAY) for value in (median_work, mean_work, median_wait, mean_wait)]
    total = work + wait
    return {
        "cases": n,
        "working": {"median": days[0], "mean": days[1]},
        "waiting": {"median": days[2], "mean": days[3]},
        "waiting_share": round(wait / total, 4) if total else None,
    }
