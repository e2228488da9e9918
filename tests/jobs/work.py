"""Work for the tests: marks cells one by one in a file, so that it can be seen what was done how often."""

import os
import signal
import time
from pathlib import Path

from django.db import transaction

from luodi.jobs.actions import Run, job_task
from luodi.kit.refusal import Refused


@job_task
def count_up(run: Run) -> dict:
    """Write a line per chunk; where params say so, be killed, be refused, break, or wait to be stopped."""
    notes = Path(run.params["notes"])
    chunks = run.params.get("chunks", 4)
    for n in range(run.job.done_count, chunks):
        with transaction.atomic():
            with notes.open("a") as out:
                out.write(f"{n}\n")
            run.progress(done=n + 1, total=chunks)
        if n + 1 == run.params.get("die_after") and run.job.attempts == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        if n + 1 == run.params.get("refuse_after"):
            raise Refused("第 3 行没有县区。")
        if n + 1 == run.params.get("break_after"):
            raise RuntimeError("a secret detail")
        time.sleep(run.params.get("pause", 0))
    return {"message": f"共 {chunks} 批", "url": "/problems/"}
