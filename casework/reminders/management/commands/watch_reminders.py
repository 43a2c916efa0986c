"""Watches that reminders go, beside worker and beat and without them."""

import logging
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils import timezone

from casework.reminders.watch import SILENCE, watch

logger = logging.getLogger(__name__)
PAUSE = 30  # seconds


class Command(BaseCommand):
    """Looks every half a minute, and writes to the administrators when reminders that should have gone did not."""

    help = (
        "Looks every half a minute whether reminders go, and tells the administrators by e-mail if not: after three minutes without "
        "worker or beat, when messages are late, or when some were never written. Needs the database and a mail server, nothing else."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="look once, and say what is wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            self.stdout.write(watch(timezone.now()) or "ok")
            return
        # Whoever starts everything at once is not told of the time before.
        time.sleep(SILENCE.total_seconds())
        while True:
            try:
                watch(timezone.now())
            except (DatabaseError, InterfaceError) as error:
                # Away for a moment, as when it is restarted: ending here would mean three minutes without a look.
                logger.warning("nothing can be seen: %s", error)
            close_old_connections()
            time.sleep(PAUSE)
