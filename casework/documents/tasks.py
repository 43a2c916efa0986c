"""What happens to scans by itself."""

from contextlib import suppress
from typing import Any

from celery import shared_task
from django.utils import timezone

from . import storage
from .actions import scans


@shared_task(name="documents.sweep_scans")
def sweep_scans(**_older: Any) -> None:
    """Let go of what was removed a day ago, and of files that no row names."""
    now = timezone.now()
    scans.purge_removed(now=now)
    with suppress(storage.StorageIsAway):  # the log says so, and the next sweep tries again
        scans.remove_orphans(now=now)


@shared_task(name="documents.check_scans")
def check_scans(**_older: Any) -> None:
    """Ask the virus scanner about what it has not answered yet."""
    with suppress(storage.StorageIsAway):
        scans.check_waiting(now=timezone.now())
