"""What happens by itself: people are compared with everybody on record, and offers of cases lapse."""

from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from casework.clients.actions import lapse_transfers as lapse

from . import duplicates


@shared_task(name="lifecycle.lapse_transfers")
def lapse_transfers(**_older: Any) -> None:
    """Give cases back whose offer nobody has answered."""
    lapse(now=timezone.now())


@shared_task(name=duplicates.TASK)
def compare_people(*, client_ids: list[str], **_older: Any) -> None:
    """Compare those who were just added or changed."""
    duplicates.compare_people([UUID(client_id) for client_id in client_ids], now=timezone.now())


@shared_task(name="lifecycle.compare_missed")
def compare_missed(**_older: Any) -> None:
    """Compare whoever was missed, because a message was lost or many people came at once."""
    duplicates.compare_missed(clock=timezone.now)
