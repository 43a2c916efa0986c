"""Shells of the work that Celery does for pages."""

from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from casework.reports.actions import TASK

from .exports.work import carry_out


@shared_task(name=TASK)
def make_export(*, export_id: str, attempt: str = "", **_older: Any) -> None:
    """Write a list that is too long to be answered at once."""
    carry_out(export_id=UUID(export_id), clock=timezone.now, attempt=UUID(attempt) if attempt else None)
