"""What is kept and how: the SQL of the triggers, and of counting everything once. Pure text, for both databases.

A *measure* is a sum of pieces: a dated row counts from its first day until its last, within the days on which its
problem stands in the ledger. A piece is kept as +1 on the day it begins and −1 on the day it ends, in the cell of its
problem's campaign, county and batch. A trigger on each table writes what a changed row takes away and adds.

Where several rows decide together (every line agrees; overdue, which is assignments without closures) the pieces of one
problem are first kept as `Span` rows, found anew whenever one of these rows changes, and spans are then summed as
rows are. A change here comes with a migration, if only an empty one, so that `migrate` counts anew. Definitions stay
with the indicators: tests compare every kept figure with its rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

FAR = "9999-12-31"
SPAN = "tallies_span"
PROBLEM = "problems_problem"
LINE = "problems_dossieritem"
# What of a problem decides where and when its rows count.
CELL = ("campaign_id", "city_code", "county_code", "batch", "found_on", "voided_on", "is_priority", "from_above")


@dataclass(frozen=True)
class Measure:
    """Pieces of the rows `s` of a table, of problems `p`; `clipped`: only while the problem stands in the ledger."""

    name: str
    table: str
    begins: str
    ends: str = "NULL"
    where: str = ""
    first: str = "NULL"
    last: str = "NULL"
    clipped: bool = True


@dataclass(frozen=True)
class Source:
    """A table whose rows are kept: its problem's id, by row alias `s`, and the columns that matter."""

    problem: str
    columns: tuple[str, ...]


_OF = "s.problem_id"
SOURCES: dict[str, Source] = {
    "problems_assignment": Source(_OF, ("problem_id", "assigned_on", "due_on", "ended_on")),
    "problems_rectification": Source(_OF, ("problem_id", "rectified_on", "voided_on")),
    "problems_verification": Source(_OF, ("problem_id", "verified_on", "ended_on")),
    "problems_closure": Source(_OF, ("problem_id", "closed_on", "reopened_on")),
    "problems_return": Source(_OF, ("problem_id", "returned_on")),
    LINE: Source(_OF, ("problem_id",)),
    "problems_verdict": Source(
        f"(SELECT l.problem_id FROM {LINE} l WHERE l.id = s.entry_id)",
        ("entry_id", "finding", "decided_on", "ended_on"),
    ),
    SPAN: Source(_OF, ("problem_id", "measure", "begins_on", "ends_on", "first_on")),
}
AGREES = "IN ('match', 'not_applicable')"
MEASURES: tuple[Measure, ...] = (
    Measure("found", PROBLEM, "p.found_on"),
    Measure("priority", PROBLEM, "p.found_on", where="p.is_priority"),
    Measure("from_above", PROBLEM, "p.found_on", where="p.from_above"),
    Measure("added", PROBLEM, "p.found_on", clipped=False),
    Measure("assigned", "problems_assignment", "s.assigned_on", "s.ended_on"),
    Measure("rectified", "problems_rectification", "s.rectified_on", "s.voided_on"),
    Measure("reported", "problems_rectification", "s.rectified_on", clipped=False),
    Measure("overturned", "problems_rectification", "s.voided_on", clipped=False),
    Measure("verified", "problems_verification", "s.verified_on", "s.ended_on"),
    Measure("closed", "problems_closure", "s.closed_on", "s.reopened_on"),
    Measure("prio_closed", "problems_closure", "s.closed_on", "s.reopened_on", where="p.is_priority"),
    Measure("reopened", "problems_closure", "s.reopened_on"),
    Measure("closings", "problems_closure", "s.closed_on", clipped=False),
    Measure("reopenings", "problems_closure", "s.reopened_on", clipped=False),
    Measure("returned", "problems_return", "s.returned_on"),
    Measure("lines", LINE, "p.found_on"),
    Measure("match_lines", "problems_verdict", "s.decided_on", "s.ended_on", where=f"s.finding {AGREES}"),
    *(Measure(name, SPAN, "s.begins_on", "s.ends_on", where=f"s.measure = '{name}'")
      for name in ("matched", "overdue", "ever_closed", "ever_opened", "ever_sent")),
    Measure("took", SPAN, "s.begins_on", "s.ends_on", "s.measure = 'took'", "s.first_on", "s.begins_on"),
)  # fmt: skip
# Which spans are found anew when a row of a table changes.
SPANS_OF: dict[str, tuple[str, ...]] = {
    "problems_assignment": ("overdue", "took"),
    "problems_closure": ("overdue", "took", "ever_closed", "ever_opened"),
    "problems_return": ("ever_sent",),
    LINE: ("matched",),
    "problems_verdict": ("matched",),
}


@dataclass(frozen=True)
class Dialect:
    """What the two databases write differently."""

    greatest: str
    least: str
    next_day: str
    far: str
    no_day: str
    differs: str


DIALECTS = {
    "sqlite": Dialect("MAX", "MIN", "date({}, '+1 day')", f"'{FAR}'", "NULL", "IS NOT"),
    "postgresql": Dialect("GREATEST", "LEAST", "({} + 1)", f"DATE '{FAR}'", "NULL::date", "IS DISTINCT FROM"),
}


def _piece(measure: Measure, d: Dialect, source: str) -> str:
    """SELECT of a measure's pieces from `source` (a FROM with rows s and problems p, or none)."""

    def days(expression: str) -> str:
        return d.no_day if expression == "NULL" else expression

    begins, ends = measure.begins, d.far if measure.ends == "NULL" else f"COALESCE({measure.ends}, {d.far})"
    if measure.clipped:
        ends = f"{d.least}({ends}, COALESCE(p.voided_on, {d.far}))"
        begins = begins if begins == "p.found_on" else f"{d.greatest}({begins}, p.found_on)"
    wanted = [f"{measure.begins} IS NOT NULL", *([measure.where] if measure.where else [])]
    if " WHERE " in source:
        source += " AND " + " AND ".join(wanted)
    else:
        source += " WHERE " + " AND ".join(wanted)
    return (
        f"SELECT p.campaign_id, p.city_code, p.county_code, p.batch, '{measure.name}' AS measure, {begins} AS begins, "
        f"{ends} AS ends, {days(measure.first)} AS first_on, {days(measure.last)} AS last_on{source}"
    )


def _written(pieces: list[str], sign: int, *, summed: bool = False) -> str:
    """INSERT of the pieces, both ends of each; `summed`: added together, for counting everything once."""
    change = f"CASE t.side WHEN 1 THEN {sign} ELSE {-sign} END"
    keys = "q.campaign_id, q.city_code, q.county_code, q.batch, q.measure"
    day = "CASE t.side WHEN 1 THEN q.begins ELSE q.ends END"
    group = f" GROUP BY {keys}, {day}, q.first_on, q.last_on" if summed else ""
    # One SELECT for each piece: neither database walks into a UNION with the row that has changed.
    return ";\n".join(
        "INSERT INTO tallies_tally "
        "(campaign_id, city_code, county_code, batch, measure, changes_on, first_on, last_on, change) "
        f"SELECT {keys}, {day}, q.first_on, q.last_on, {f'SUM({change})' if summed else change} "
        f"FROM ({piece}) q CROSS JOIN (SELECT 1 AS side UNION ALL SELECT 2) t "
        f"WHERE q.begins < q.ends AND (t.side = 1 OR q.ends < '{FAR}'){group}"
        for piece in pieces
    )


def change_of_row(vendor: str, table: str, row: str, sign: int) -> str:
    """What a row (NEW or OLD) of a source adds or takes away."""
    source = SOURCES[table]
    place = f" FROM {PROBLEM} p WHERE p.id = {source.problem}"
    pieces = [_piece(one, DIALECTS[vendor], place) for one in MEASURES if one.table == table]
    return _written([_of(piece, "s", row) for piece in pieces], sign) if pieces else ""


def change_of_problem(vendor: str, row: str, sign: int, *, whole: bool) -> str:
    """What a problem adds or takes away; `whole`: with all its rows, else by itself."""
    pieces = []
    for one in MEASURES:
        if one.table == PROBLEM:
            pieces.append(_piece(one, DIALECTS[vendor], ""))
        elif whole and one.table == "problems_verdict":
            place = f" FROM {one.table} s JOIN {LINE} l ON l.id = s.entry_id WHERE l.problem_id = {row}.id"
            pieces.append(_piece(one, DIALECTS[vendor], place))
        elif whole:
            pieces.append(_piece(one, DIALECTS[vendor], f" FROM {one.table} s WHERE s.problem_id = {row}.id"))
    return _written([_of(piece, "p", row) for piece in pieces], sign)


def _of(text: str, alias: str, row: str) -> str:
    return text.replace(f" {alias}.", f" {row}.").replace(f"({alias}.", f"({row}.")


def everything(vendor: str) -> Iterator[str]:
    """The statements that fill both tables from nothing."""
    d = DIALECTS[vendor]
    for name in SPAN_SQL:
        yield f"INSERT INTO {SPAN} (problem_id, measure, begins_on, ends_on, first_on) {_spans(d, name, '')}"
    for one in MEASURES:
        if one.table == PROBLEM:
            place = f" FROM {PROBLEM} p"
        elif one.table == "problems_verdict":
            place = f" FROM {one.table} s JOIN {LINE} l ON l.id = s.entry_id JOIN {PROBLEM} p ON p.id = l.problem_id"
        else:
            place = f" FROM {one.table} s JOIN {PROBLEM} p ON p.id = s.problem_id"
        yield _written([_piece(one, d, place)], 1, summed=True)


# -- spans -------------------------------------------------------------------------------------------------
# {only:x} limits the rows of alias x to one problem; each gives problem, begin, end, first day.
SPAN_SQL: dict[str, str] = {
    # Level of lines that agree after each day on which that changes; whole where it is the number of lines.
    "matched": f"""SELECT w.problem_id, w.day AS begins_on, w.ends AS ends_on, {{no_day}} AS first_on FROM (
        SELECT g.problem_id, g.day, SUM(g.delta) OVER (PARTITION BY g.problem_id ORDER BY g.day) AS level,
            COALESCE(LEAD(g.day) OVER (PARTITION BY g.problem_id ORDER BY g.day), {{far}}) AS ends
        FROM (SELECT e.problem_id, e.day, SUM(e.delta) AS delta FROM (
            SELECT l.problem_id, v.decided_on AS day, 1 AS delta FROM problems_verdict v
                JOIN {LINE} l ON l.id = v.entry_id WHERE v.finding {AGREES}{{only:l}}
            UNION ALL SELECT l.problem_id, v.ended_on, -1 FROM problems_verdict v
                JOIN {LINE} l ON l.id = v.entry_id WHERE v.finding {AGREES} AND v.ended_on IS NOT NULL{{only:l}}
        ) e GROUP BY e.problem_id, e.day HAVING SUM(e.delta) <> 0) g
    ) w WHERE w.level = (SELECT COUNT(*) FROM {LINE} n WHERE n.problem_id = w.problem_id)""",
    # From the day after the limit, and again from each reopening after it, until the next closing.
    "overdue": """SELECT DISTINCT a.problem_id, a.begins AS begins_on, {least}(a.ends, COALESCE(
            (SELECT MIN(c.closed_on) FROM problems_closure c WHERE c.problem_id = a.problem_id
             AND c.closed_on > a.begins), {far})) AS ends_on, {no_day} AS first_on
        FROM (SELECT b.problem_id, {greatest}(b.assigned_on, {next_due}) AS begins,
                COALESCE(b.ended_on, {far}) AS ends FROM problems_assignment b WHERE b.id > 0{only:b}
            UNION ALL SELECT b.problem_id, c.reopened_on, COALESCE(b.ended_on, {far}) FROM problems_assignment b
                JOIN problems_closure c ON c.problem_id = b.problem_id
                WHERE c.reopened_on > {greatest}(b.assigned_on, {next_due}){only:b}) a
        WHERE a.begins < a.ends AND NOT EXISTS (SELECT 1 FROM problems_closure c WHERE c.problem_id = a.problem_id
            AND c.closed_on <= a.begins AND COALESCE(c.reopened_on, {far}) > a.begins)""",
    "took": """SELECT c.problem_id, c.closed_on AS begins_on, COALESCE(c.reopened_on, {far}) AS ends_on,
            MIN(a.assigned_on) AS first_on
        FROM problems_closure c JOIN problems_assignment a ON a.problem_id = c.problem_id
        WHERE (c.reopened_on IS NULL OR c.closed_on < c.reopened_on){only:c}
        GROUP BY c.id, c.problem_id, c.closed_on, c.reopened_on""",
    "ever_closed": """SELECT c.problem_id, MIN(c.closed_on) AS begins_on, {far} AS ends_on, {no_day} AS first_on
        FROM problems_closure c
        WHERE c.id > 0{only:c} GROUP BY c.problem_id""",
    "ever_opened": """SELECT c.problem_id, MIN(c.reopened_on) AS begins_on, {far} AS ends_on, {no_day} AS first_on
        FROM problems_closure c
        WHERE c.reopened_on IS NOT NULL{only:c} GROUP BY c.problem_id""",
    "ever_sent": """SELECT r.problem_id, MIN(r.returned_on) AS begins_on, {far} AS ends_on, {no_day} AS first_on
        FROM problems_return r
        WHERE r.id > 0{only:r} GROUP BY r.problem_id""",
}


def _spans(d: Dialect, name: str, problem: str) -> str:
    """SELECT of one kind of spans, of one problem (an expression) or of all."""
    text = SPAN_SQL[name].replace("{far}", d.far).replace("{no_day}", d.no_day)
    text = text.replace("{least}", d.least).replace("{greatest}", d.greatest)
    text = text.replace("{next_due}", d.next_day.format("b.due_on"))
    for alias in "lbcr":
        text = text.replace(f"{{only:{alias}}}", f" AND {alias}.problem_id = {problem}" if problem else "")
    columns = f"x.problem_id, '{name}' AS measure, x.begins_on, x.ends_on, x.first_on"
    return f"SELECT {columns} FROM ({' '.join(text.split())}) x"


def spans_anew(vendor: str, name: str, problem: str) -> list[str]:
    """Take away the spans of a problem that are no longer so, and add those that are new."""
    found = _spans(DIALECTS[vendor], name, problem)
    kept = f"SELECT 1 FROM {SPAN} k WHERE k.problem_id = {problem} AND k.measure = '{name}'"
    same = "y.begins_on = {0}.begins_on AND y.ends_on = {0}.ends_on AND COALESCE(y.first_on, '9999-12-31') = "
    same += "COALESCE({0}.first_on, '9999-12-31')"
    return [
        f"DELETE FROM {SPAN} WHERE problem_id = {problem} AND measure = '{name}' AND NOT EXISTS "
        f"(SELECT 1 FROM ({found}) y WHERE {same.format(SPAN)})",
        f"INSERT INTO {SPAN} (problem_id, measure, begins_on, ends_on, first_on) "
        f"SELECT y.problem_id, '{name}', y.begins_on, y.ends_on, y.first_on FROM ({found}) y "
        f"WHERE NOT EXISTS ({kept} AND {same.format('k')})",
    ]


# -- triggers ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trigger:
    """`name` on `table`, and how it is made and taken down."""

    name: str
    table: str
    make: tuple[str, ...]
    drop: str


def triggers(vendor: str) -> list[Trigger]:
    """All of them, for inserting, changing and deleting rows of each table."""
    made = []
    for table, source in SOURCES.items():
        short = table.partition("_")[2]
        for verb, rows in (("insert", {"NEW": 1}), ("update", {"OLD": -1, "NEW": 1}), ("delete", {"OLD": -1})):
            body = [text for row, sign in rows.items() if (text := change_of_row(vendor, table, row, sign))]
            problem = _of(f" {source.problem}", "s", next(reversed(rows))).strip()
            for name in SPANS_OF.get(table, ()):
                body += spans_anew(vendor, name, problem)
            when = _differ(vendor, source.columns) if verb == "update" else ""
            if table == LINE and verb == "insert":
                # A new line only ends an agreement: 80,000 lines of an import need not look for one.
                body = [change_of_row(vendor, table, "NEW", 1), *_ended(problem)]
            made.append(_trigger(vendor, f"tallies_{short}_{verb[:3]}", table, verb, when, body))
    for verb, rows in (("insert", {"NEW": 1}), ("update", {"OLD": -1, "NEW": 1}), ("delete", {"OLD": -1})):
        whole = verb == "update"
        body = [change_of_problem(vendor, row, sign, whole=whole) for row, sign in rows.items()]
        when = _differ(vendor, CELL) if whole else ""
        made.append(_trigger(vendor, f"tallies_problem_{verb[:3]}", PROBLEM, verb, when, body))
    return made


def _ended(problem: str) -> list[str]:
    return [f"DELETE FROM {SPAN} WHERE problem_id = {problem} AND measure = 'matched'"]


def _differ(vendor: str, columns: tuple[str, ...]) -> str:
    differs = DIALECTS[vendor].differs
    return " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns)


def _trigger(vendor: str, name: str, table: str, verb: str, when: str, body: list[str]) -> Trigger:
    does = ";\n".join(body) + ";"
    condition = f" WHEN ({when})" if when else ""
    make: tuple[str, ...]
    if vendor == "sqlite":
        make = (f"CREATE TRIGGER {name} AFTER {verb.upper()} ON {table} FOR EACH ROW{condition} BEGIN {does} END",)
        return Trigger(name, table, make, f"DROP TRIGGER IF EXISTS {name}")
    make = (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does} RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER {verb.upper()} ON {table} FOR EACH ROW{condition} EXECUTE FUNCTION {name}()",
    )
    return Trigger(name, table, make, f"DROP FUNCTION IF EXISTS {name}() CASCADE")
