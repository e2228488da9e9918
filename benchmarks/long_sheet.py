"""A long sheet's whole way, timed: `benchmarks/long_sheet.py [ROWS [ERRORS]]`, 20,000 rows with 300 errors unless told.

Upload, check as a job, the marked sheet back, import of the good rows, undo of the whole. On a new SQLite file in a
temporary folder, or on the empty database of `LUODI_DATABASE_URL`. Exit 1 when not exactly the planted cells come
back marked, or a row is not registered once, or is left after the undo.
"""

import io
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
import openpyxl
from django.core.management import call_command

BASE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luodi.site.settings")
os.environ["LUODI_CLOCK"], os.environ["LUODI_TESTING"] = "2020-08-31T08:00", "1"
os.environ["LUODI_DATA_DIR"] = tempfile.mkdtemp(prefix="luodi-long-")


@contextmanager
def timed(words: str) -> Iterator[None]:
    """Print how long it took."""
    start = time.perf_counter()
    yield
    print(f"{words:<32}{time.perf_counter() - start:8.1f} s", flush=True)


def main(rows: int = 20_000, errors: int = 300) -> bool:
    """The whole way; whether everything was as it should be."""
    django.setup()
    from luodi.intake import actions, queries
    from luodi.kit.clock import now, today
    from luodi.problems.models import Problem
    from tests.intake.ledgers import planted
    from tests.world import build

    def work(batch: Any) -> Any:
        """What a worker does with the job that waits."""
        call_command("worker", once=True)
        return type(batch).objects.get(pk=batch.pk)

    call_command("migrate", verbosity=0)
    world = build()
    content, wrong = planted(rows, errors, seed=20_000)
    about = {"actor": world.li, "at": now()}
    with timed("upload, until the page answers"):
        batch = actions.upload(content, name="台账.xlsx", campaign=world.campaign, **about)
    with timed("check, as a job"):
        batch = work(batch)
    with timed("marked sheet"):
        sheet = openpyxl.load_workbook(io.BytesIO(queries.marked(batch, today()))).active
    marked = {(cell.row, cell.column) for row in sheet.iter_rows() for cell in row if cell.comment}
    with timed("import of the good rows, as a job"):
        batch = work(actions.run(batch, scope="good", **about))
    numbers = Problem.objects.values("code").distinct().count()
    with timed("undo of the whole, as a job"):
        batch = work(actions.undo(batch, reason="测量", **about))
    left = Problem.objects.filter(voided_on=None).count()
    print(f"{rows:,} rows, {len(wrong)} planted, {len(marked)} marked, the same cells: {marked == wrong}")
    print(f"registered {numbers:,}, left after the undo {left:,}; state {batch.state}")
    return marked == wrong and numbers == rows - errors and left == 0


if __name__ == "__main__":
    sys.exit(0 if main(*map(int, sys.argv[1:])) else 1)
