"""Shells of the work that Celery does for files that leave."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from . import actions


@shared_task(name="reports.sweep_exports")
def sweep_exports(**_older: Any) -> None:
    """Forget files whose hour is over; give those that show no sign of life to another worker."""
    actions.sweep_exports(timezone.now())
