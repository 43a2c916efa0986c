"""What the workers do about cases by themselves."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from .actions.appointments import recompute_instants
from .actions.referral_to_dos import give_overdue_to_dos


@shared_task(name="clients.ask_for_overdue_answers")
def ask_for_overdue_answers(**_older: Any) -> None:
    """Give a to-do about each referral whose answer is overdue."""
    give_overdue_to_dos(timezone.now())


@shared_task(name="clients.recompute_instants")
def recompute_appointments(**_older: Any) -> None:
    """Follow countries that have changed their clocks."""
    recompute_instants(timezone.now())
