"""Forgets old messages and their logs, or counts what it would forget."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from casework.reminders.purge import KEPT, KEPT_OF_LOG, purge


class Command(BaseCommand):
    """Says how many messages and how many tries."""

    help = (
        "Forgets messages that were settled long ago, and earlier the log of their tries. What is still spoken of is kept. "
        "The worker does the same every night."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=KEPT.days, help="days for which messages are kept")
        parser.add_argument(
            "--log-days", type=int, default=KEPT_OF_LOG.days, help="days for which their tries are kept"
        )
        parser.add_argument("--dry-run", action="store_true", help="count only")

    def handle(self, *args: Any, days: int, log_days: int, dry_run: bool, **options: Any) -> None:
        if not 1 <= log_days <= days:
            raise CommandError("Give at least one day, and no more days for the log than for the messages.")
        kept, kept_of_log = timedelta(days=days), timedelta(days=log_days)
        done = purge(now=timezone.now(), kept=kept, kept_of_log=kept_of_log, dry_run=dry_run)
        would = "would forget" if dry_run else "forgot"
        self.stdout.write(f"{would} {done.messages} messages and {done.tries} tries")
