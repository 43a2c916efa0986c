"""Real processes of Celery for these tests, on the database of the test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from celery import Celery
from django.conf import settings

from tests.databases import database_url

from .counting_receiver import NAME

SETTINGS = "tests.reminders.worker_settings"
ROOT = Path(__file__).resolve().parents[2]


def start_celery(
    folder: Path,
    *arguments: str,
    receiver: int = 0,
    broker: str = "",
    settings_module: str = SETTINGS,
) -> subprocess.Popen[bytes]:
    """Start `celery ...` with its data and its log in `folder`."""
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": settings_module,
        NAME: str(receiver),
    }
    if broker:
        environment["BROKER_URL"] = broker
    command = [sys.executable, "-m", "celery", "-A", "casework.config.celery", *arguments]
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [*command, "--loglevel", "WARNING"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def start_worker(
    folder: Path, queue: str, *, receiver: int = 0, broker: str = "", settings_module: str = SETTINGS
) -> subprocess.Popen[bytes]:
    """Start a worker of one queue."""
    working = ("worker", "-c", "1", "-Q", queue, "--without-gossip", "--without-mingle")
    return start_celery(folder, *working, receiver=receiver, broker=broker, settings_module=settings_module)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL a process and its children: no chance to put anything in order."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(condition: Callable[[], bool], seconds: float, log: Path, *, pause: float = 0.02) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain; the worker said:\n{log.read_text()[-3000:]}")
        time.sleep(pause)


def ring(queue: str) -> None:
    """Ask for a delivery, as beat does every minute."""
    app = Celery(broker=settings.CELERY_BROKER_URL, set_as_current=False)
    app.send_task("reminders.deliver", queue=queue)
    app.close()
