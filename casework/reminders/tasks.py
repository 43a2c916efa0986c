"""Shells around planner and delivery. The rows are the truth: a lost task costs a minute."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from .plan import plan
from .purge import purge
from .send import AT_A_TIME, deliver_due
from .watch import watch


@shared_task(name="reminders.plan")
def plan_reminders(**_older: Any) -> None:
    planned = plan(now=timezone.now())
    if planned.queued:
        deliver_reminders.delay()


@shared_task(name="reminders.deliver")
def deliver_reminders(**_older: Any) -> None:
    """What is left after so many goes on at once, and other work comes between."""
    if deliver_due(clock=timezone.now) == AT_A_TIME:
        deliver_reminders.delay()


@shared_task(name="reminders.watch")
def watch_reminders(**_older: Any) -> None:
    watch(timezone.now())


@shared_task(name="reminders.purge")
def purge_reminders(**_older: Any) -> None:
    purge(now=timezone.now())
