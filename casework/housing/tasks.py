"""What the workers do about beds by themselves."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from .actions.staying import release_lapsed_holds


@shared_task(name="housing.release_holds")
def release_holds(**_older: Any) -> None:
    """Release the holds whose hour has passed."""
    release_lapsed_holds(timezone.now())
