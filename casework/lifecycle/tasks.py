"""What happens to cases by itself."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from casework.clients.actions import lapse_transfers as lapse


@shared_task(name="lifecycle.lapse_transfers")
def lapse_transfers(**_older: Any) -> None:
    """Give cases back whose offer nobody has answered."""
    lapse(now=timezone.now())
