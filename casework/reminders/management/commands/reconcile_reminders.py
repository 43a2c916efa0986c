"""Compares what should have been said with what was."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from casework.reminders.watch import Reconciliation, reconcile


class Command(BaseCommand):
    """One line for each kind of subject: how many should have been told by now, and what became of it."""

    help = (
        "Counts anew, from what is open, who should have been told of what by now, and compares it with the queue. "
        "Exit status 1 if something is missing or late."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = reconcile(timezone.now())
        self.stdout.write("\t".join(("kind", "expected", *Reconciliation.COLUMNS)))
        for kind in sorted(found.expected):
            self.stdout.write("\t".join(map(str, (kind, found.expected[kind], *found.of(kind)))))
        if not found.is_complete:
            sys.exit(1)
