"""Erases again, on a backup that was restored, what has been erased since it was made."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from casework.lifecycle.erasure.acts import reconcile
from casework.lifecycle.erasure.ledger import LedgerUnreadable
from casework.lifecycle.erasure.replay import replay


class Command(BaseCommand):
    """Run it after every restore, before anybody signs in."""

    help = (
        "Reads the ledger of erasures (ERASURE_LEDGER) and erases again whatever of it is in this database: after a backup was "
        "restored. Exit status 1 if something is unclear."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--ledger", type=Path, help="read this copy rather than ERASURE_LEDGER")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument(
            "--unclear-too",
            action="store_true",
            help="also what was confirmed and of which the ledger does not say that it was done",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            if options["ledger"] is None and not options["dry_run"]:
                reconcile(now)
            done = replay(
                now=now, path=options["ledger"], unclear_too=options["unclear_too"], dry_run=options["dry_run"]
            )
        except LedgerUnreadable as error:
            raise CommandError(f"{error}. Nothing was done; take another copy of the ledger.") from None
        said = "would be erased again" if options["dry_run"] else "erased again"
        for erasure in done.again:
            self.stdout.write(f"{erasure}: {said}")
        self.stdout.write(
            f"{len(done.again)} {said} ({done.rows} rows, {done.keys} keys); {len(done.known)} are gone already."
        )
        for erasure in done.unclear:
            self.stdout.write(f"{erasure}: confirmed, but the ledger does not say that it was done")
        if done.unclear:
            self.stdout.write(
                "Look at them on the server from which the backup is, or run this again with --unclear-too."
            )
            sys.exit(1)
