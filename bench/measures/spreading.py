"""A caseload that worker processes share: real ones, on a real broker, with one process and with two."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from casework.accounts.models import Job
from casework.config.queues import BULK
from casework.residency import spreading

from ..frame import Figure, Settings, measure
from ..people import have_people

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
SIZE = 10_000
REPETITIONS = 5
PATIENCE = 1_800.0  # seconds


@measure("spreading", on_database=True)
def measure_spreading(settings: Settings) -> Iterator[Figure]:
    """People a second from the first message to the end of the job, in turns with one worker process and with two."""
    call_command("load_country_rules", stdout=StringIO())
    for size in settings.sizes_or(SIZE):
        everybody = len(have_people(size, now=NOW))
        taken: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(1 if settings.quick else REPETITIONS):
            for processes, speeds in taken.items():
                with workers(processes):
                    recompute()  # each process has loaded rules and connections by then
                    speeds.append(everybody_of_open_cases() / recompute())
        one, two = (statistics.median(taken[processes]) for processes in (1, 2))
        yield Figure(f"spreading.{everybody}.one", one, "people a second")
        yield Figure(f"spreading.{everybody}.two", two, "people a second")
        yield Figure(f"spreading.{everybody}.speedup", two / one, "x one process", at_least=1.5)


@contextmanager
def workers(processes: int) -> Iterator[None]:
    """Have a worker with so many processes, on the broker and the database of this run."""
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "worker.log").open("ab") as log:
        command = [sys.executable, "-m", "celery", "-A", "casework.config.celery", "worker", "-Q", BULK]
        command += ["-c", str(processes), "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
        worker = subprocess.Popen(command, stdout=log, stderr=log, env=dict(os.environ))
        try:
            yield
        finally:
            worker.terminate()
            worker.wait(timeout=60)


def recompute() -> float:
    """Have everybody computed; return how many seconds that took."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    begun = time.perf_counter()
    job = spreading.start_refresh(spreading.EVERYBODY, by=None, now=timezone.now())
    while job.state in (Job.State.WAITING, Job.State.RUNNING):
        time.sleep(0.02)
        job.refresh_from_db()
        assert time.perf_counter() - begun < PATIENCE, f"{job.done} of {job.total} after {PATIENCE:.0f} seconds"
    assert (job.state, job.done, job.result["failed"]) == (Job.State.DONE, everybody_of_open_cases(), 0)
    return time.perf_counter() - begun


def everybody_of_open_cases() -> int:
    return spreading.people_of(Job(kind=spreading.EVERYBODY), NOW).count()
