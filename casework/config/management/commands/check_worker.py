"""Say whether work in the background goes on: for health checks and for whoever looks. Exit status: 0 if it does, else 1."""

import platform
from typing import Any

from celery.exceptions import CeleryError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from kombu.exceptions import KombuError

from casework.accounts.task_runs import SILENCE, canary_age
from casework.config.celery import app

ANSWERS_WITHIN = 15  # seconds


class Command(BaseCommand):
    help = "Says whether a worker has done in the last three minutes what the clock woke it for. Ends with 0 if so, else with 1."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--here", action="store_true", help="ask the worker of this machine, too, whether it is there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["here"]:
            _ask(f"celery@{platform.node()}")
        age = canary_age(timezone.now())
        if age is None:
            raise CommandError("No worker has done anything yet.")
        if age > SILENCE:
            raise CommandError(f"No worker has done anything for {age.total_seconds():.0f} seconds.")
        self.stdout.write("ok")


def _ask(name: str) -> None:
    """Have the worker of this name answer over the broker."""
    try:
        answers = app.control.ping(destination=[name], timeout=ANSWERS_WITHIN, limit=1)
    except (OSError, CeleryError, KombuError) as error:
        raise CommandError(f"The broker does not answer: {type(error).__name__}.") from error
    if not answers:
        raise CommandError(f"The worker {name} does not answer.")
