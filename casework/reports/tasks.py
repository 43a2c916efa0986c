"""Shells of the work that Celery does for files that leave and reports that are kept."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from . import actions, donor_actions


@shared_task(name="reports.sweep_exports")
def sweep_exports(**_older: Any) -> None:
    """Forget files whose hour is over; give those that show no sign of life to another worker."""
    actions.sweep_exports(timezone.now())


@shared_task(name="reports.forget_old_donor_reports")
def forget_old_donor_reports(**_older: Any) -> None:
    """Delete reports to donors whose years are over."""
    donor_actions.forget_old_donor_reports(timezone.now())
