"""What the workers do about accounts by themselves."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from . import counters, drafts


@shared_task(name="accounts.forget_old_drafts")
def forget_old_drafts(**_older: Any) -> None:
    """Forget drafts that nobody went on with."""
    drafts.forget_old_drafts(timezone.now())


@shared_task(name="accounts.forget_counters")
def forget_counters(**_older: Any) -> None:
    """Forget attempts that count no more."""
    counters.forget_counters(timezone.now())
