"""The gate: everything a change must pass, in one list with times, and what was skipped with how to get it.

    scripts/check.py                     all steps (make test)
    scripts/check.py --only lint types   these steps
    scripts/check.py --list              their names

With LUODI_NOTHING_SKIPPED=1 (as in .ci/run) a skipped step is a failed one. Exit 1 when anything failed.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

BASE = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
STRICT = os.environ.get("LUODI_NOTHING_SKIPPED") == "1"


def tool(name: str) -> str:
    """A program of the virtual environment."""
    return str(BIN / name)


PYTEST = [tool("python"), "-m", "pytest", "--color=no", "-rs", "--tb=short", "--show-capture=no"]


@dataclass(frozen=True)
class Step:
    """One command; `lacks` answers None or what is missing and how to get it."""

    name: str
    title: str
    command: list[str]
    lacks: Callable[[], str | None] = lambda: None
    environment: Callable[[], dict[str, str]] = dict


@dataclass
class Result:
    """How a step went."""

    step: Step
    state: str
    seconds: float = 0
    output: str = ""
    note: str = field(default="")


def postgres_url() -> str | None:
    """A PostgreSQL on which a temporary database may be made: LUODI_TEST_POSTGRES_URL, else one on this machine."""
    if given := os.environ.get("LUODI_TEST_POSTGRES_URL"):
        return given if _answers(given) else None
    users = dict.fromkeys([os.environ.get("PGUSER", ""), os.environ.get("USER", ""), "postgres"])
    hosts = [quote("/var/run/postgresql", safe=""), quote("/tmp", safe=""), "127.0.0.1"]
    port = os.environ.get("PGPORT", "5432")
    candidates = (f"postgresql://{user}@{host}:{port}/postgres" for host in hosts for user in users if user)
    return next((url for url in candidates if _answers(url)), None)


def _answers(url: str) -> bool:
    """Whether a database can be made there."""
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            query = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            row = connection.execute(query).fetchone()
            return bool(row and row[0])
    except psycopg.Error:
        return False


def postgres_lacks() -> str | None:
    """How to get a PostgreSQL."""
    if postgres_url():
        return None
    if os.environ.get("LUODI_TEST_POSTGRES_URL"):
        return "nobody who may create databases answers at LUODI_TEST_POSTGRES_URL"
    return "no PostgreSQL answers; get it by: apt-get install postgresql, or set LUODI_TEST_POSTGRES_URL"


def postgres_environment() -> dict[str, str]:
    """A database name of this run's own; Django makes and drops `test_` + it."""
    server, _, rest = (postgres_url() or "").rpartition("/")
    query = rest.partition("?")[2]
    return {"LUODI_DATABASE_URL": f"{server}/luodi_{os.getpid()}" + (f"?{query}" if query else "")}


def browser_lacks() -> str | None:
    """How to get Chromium."""
    if any(map(shutil.which, CHROMIUM)):
        return None
    return "no Chromium here; get it by: apt-get install chromium fonts-noto-cjk"


def render_lacks() -> str | None:
    """How to get LibreOffice, which shows whether a .docx looks right."""
    if shutil.which("soffice") and shutil.which("pdftotext"):
        return None
    return "no LibreOffice here; get it by: apt-get install libreoffice-writer-nogui poppler-utils fonts-noto-cjk"


def gettext_lacks() -> str | None:
    """How to get gettext."""
    if shutil.which("xgettext") and shutil.which("msgmerge"):
        return None
    return "no gettext here; get it by: apt-get install gettext"


STEPS = [
    Step("lint", "ruff", [tool("ruff"), "check", "."]),
    Step("imports", "modules point down", [tool("lint-imports")]),
    Step("types", "mypy", [tool("mypy"), "luodi"]),
    Step("migrations", "no migration missing", [tool("luodi"), "makemigrations", "--check", "--dry-run"]),
    Step("docs", "generated docs are fresh", [tool("luodi"), "describe", "--check"]),
    Step(
        "messages",
        "English is complete",
        [tool("python"), "scripts/check_messages.py"],
        gettext_lacks,
    ),
    Step("sqlite", "tests on SQLite", [*PYTEST, "-m", "not browser and not render"]),
    Step(
        "postgres",
        "tests on PostgreSQL",
        [*PYTEST, "-m", "not browser and not render", "--ignore=tests/architecture"],
        postgres_lacks,
        postgres_environment,
    ),
    Step("render", "documents as LibreOffice shows them", [*PYTEST, "-m", "render"], render_lacks),
    Step("browser", "pages in Chromium", [*PYTEST, "-m", "browser"], browser_lacks),
]


def run(step: Step) -> Result:
    """Do one step; its output is shown when it fails, and the tests' own skips always."""
    if lack := step.lacks():
        return Result(step, "failed" if STRICT else "skipped", note=lack)
    environment = {**os.environ, **step.environment()}
    if step.name != "postgres":
        environment.pop("LUODI_DATABASE_URL", None)
    began = time.monotonic()
    done = subprocess.run(step.command, cwd=BASE, env=environment, text=True, capture_output=True, check=False)
    output = done.stdout + done.stderr
    # pytest says 5 when no test carries the mark.
    state = {0: "passed", 5: "nothing" if "pytest" in step.command else "failed"}.get(done.returncode, "failed")
    lines = output.strip().splitlines()
    return Result(step, state, time.monotonic() - began, output, lines[-1] if lines and state == "passed" else "")


def report(result: Result) -> Result:
    """One line as soon as a step is over."""
    marks = {"passed": "ok      ", "failed": "FAILED  ", "skipped": "skipped ", "nothing": "no tests"}
    words = result.note[:90] if result.state == "passed" and "pytest" in result.step.command else ""
    print(f"{marks[result.state]} {result.seconds:6.1f} s  {result.step.title}  {words}", flush=True)
    return result


def summary(results: list[Result]) -> int:
    """What failed, with its output; what was skipped, with how to get it."""
    failed = [r for r in results if r.state == "failed"]
    for result in failed:
        print(f"\n── {result.step.title}: {' '.join(result.step.command)}\n{(result.output or result.note).rstrip()}")
    print()
    for result in results:
        if result.state == "skipped":
            print(f"skipped: {result.step.title}: {result.note}")
        for line in result.output.splitlines():
            if line.startswith("SKIPPED"):
                print(f"skipped: {result.step.title}: {line.removeprefix('SKIPPED').strip()}")
    if failed:
        print("FAILED: " + ", ".join(r.step.title for r in failed))
    else:
        print("Everything that ran passed." if any(r.state == "skipped" for r in results) else "Everything passed.")
    return 1 if failed else 0


def main() -> int:
    """Two steps at a time; the browser's alone, because it measures time."""
    parser = argparse.ArgumentParser(description="Run the checks of a change.")
    parser.add_argument("--only", nargs="+", choices=[s.name for s in STEPS], metavar="STEP")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    chosen = [s for s in STEPS if not options.only or s.name in options.only]
    if options.list:
        print("\n".join(f"{s.name:11} {s.title}" for s in STEPS))
        return 0
    alone = [s for s in chosen if s.name == "browser"]
    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda step: report(run(step)), [s for s in chosen if s not in alone]))
    results += [report(run(step)) for step in alone]
    print(f"         {time.monotonic() - began:6.1f} s  altogether")
    return summary(results)


if __name__ == "__main__":
    sys.exit(main())
