"""Makes a backup, now or every night."""

import sys
import time
from datetime import datetime, timedelta
from datetime import time as time_of_day
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from casework.lifecycle.backups.errors import BackupError
from casework.lifecycle.backups.making import make_backup
from casework.lifecycle.backups.plan import Plan
from casework.lifecycle.backups.state import last_backup

NOT_SET = "BACKUPS does not say where backups go and for whom they are sealed: see docs/backup.md."


class Command(BaseCommand):
    """Everything as of one moment, sealed for the public keys in BACKUPS."""

    help = (
        "Writes a backup of the database, the files and the keys, as BACKUPS says; then removes the ones whose time is over. "
        "Exit status 1 if it did not come about: the earlier ones are then as they were."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--nightly", metavar="HH:MM", type=_clock, help="stay, and make one every day at this time (UTC)"
        )
        parser.add_argument("--check", action="store_true", help="make none; exit status 1 if the last one is late")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = settings.BACKUPS
        if plan is None:
            raise CommandError(NOT_SET)
        if options["check"]:
            state = last_backup(timezone.now())
            self.stdout.write(state.in_words())
            if state.is_late:
                sys.exit(1)
        elif options["nightly"] is None:
            self._make(plan)
        else:
            self._every_night(plan, options["nightly"])

    def _make(self, plan: Plan) -> None:
        begun = time.monotonic()
        try:
            made = make_backup(plan, now=timezone.now(), say=lambda line: self.stdout.write(f"... {line}"))
        except BackupError as error:
            raise CommandError(str(error)) from None
        manifest = made.manifest
        self.stdout.write(
            f"{manifest.name}: {sum(manifest.rows.values()):,} rows of {len(manifest.rows)} tables, {manifest.files['count']:,} files, "
            f"{manifest.total_bytes / 2**20:.1f} MB sealed in {time.monotonic() - begun:.1f} s."
        )
        if made.gone or made.files_gone:
            self.stdout.write(f"{len(made.gone)} older backups and {made.files_gone} files went: their time is over.")
        for said in made.damaged:
            self.stderr.write(said)

    def _every_night(self, plan: Plan, at: time_of_day) -> None:
        if _was_missed(at, timezone.now()):
            self._try(plan)
        while True:
            wanted = _next(at, timezone.now())
            self.stdout.write(f"The next backup is made at {wanted:%Y-%m-%d %H:%M} UTC.")
            self.stdout.flush()
            while (left := (wanted - timezone.now()).total_seconds()) > 0:
                time.sleep(min(left, 60))  # so that a clock that is set is followed
            close_old_connections()
            self._try(plan)

    def _try(self, plan: Plan) -> None:
        try:
            self._make(plan)
        except (CommandError, DatabaseError) as error:
            # Said and tried again the next night: /readyz and the page of upkeep call it late meanwhile.
            self.stderr.write(str(error))


def _was_missed(at: time_of_day, now: datetime) -> bool:
    """Tell whether this machine was off at the last time that a backup was wanted. Before the first one nothing is missed."""
    last = last_backup(now).last
    return last is not None and last < _next(at, now) - timedelta(days=1)


def _next(at: time_of_day, now: datetime) -> datetime:
    today = datetime.combine(now.date(), at, tzinfo=now.tzinfo)
    return today if today > now else today + timedelta(days=1)


def _clock(text: str) -> time_of_day:
    return time_of_day.fromisoformat(text)
