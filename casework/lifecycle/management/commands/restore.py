"""Puts a backup back into an empty database."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from casework.lifecycle.backups.command_line import add_places, folders_of
from casework.lifecycle.backups.errors import BackupError
from casework.lifecycle.backups.restoring import restore
from casework.lifecycle.backups.sealing import identities_in

WHAT_NOW = """What to do now:
1. Read what is written above, and docs/backup.md.
2. Whoever was erased is erased again, by the ledger that was at hand. If there is a newer copy of it: bin/manage replay_erasures --ledger FILE
3. Everybody signs in anew. What was written after the backup was made is not here: tell people the hour.
4. Reminders that were sent since then may be sent once more.
5. If the server that made this backup still runs, start neither worker nor beat here: two would send reminders, and each would remove from
   storage that both use (FILES_URL) the files of which it does not know.
6. Else start web, worker and beat, and look at /readyz. Then make a backup: bin/manage backup"""


class Command(BaseCommand):
    """Then erases again what was erased since, verifies the audit trail, counts, and opens samples."""

    help = "Puts a backup into the database of DATABASE_URL, which must be empty. Exit status 1 if something is not as it was."
    requires_system_checks = ()  # they ask for a database that holds something

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="such as 20261128T013000Z, or: latest")
        parser.add_argument("--identity", type=Path, required=True, help="the file with the secret key")
        parser.add_argument("--ledger", type=Path, help="a newer copy of the ledger of erasures, replayed too")
        add_places(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["ledger"] is not None and not options["ledger"].is_file():
            raise CommandError(f"There is no ledger at {options['ledger']}.")
        try:
            there = folders_of(options)
            done = restore(
                there,
                there.chosen(options["name"]),
                identities=identities_in(options["identity"]),
                other_ledger=options["ledger"],
                now=timezone.now(),
                say=lambda line: self.stdout.write(f"... {line}"),
            )
        except BackupError as error:
            raise CommandError(str(error)) from None
        for note in done.notes:
            self.stdout.write(note)
        self.stdout.write(
            f"{done.manifest.name}: {done.rows:,} rows and {done.files:,} files are back; {done.erased_again} erasures were repeated; "
            f"of {done.opened.rows} records {done.opened.values} values were opened."
        )
        for problem in done.wrong:
            self.stdout.write(f"WRONG: {problem}")
        self.stdout.write(WHAT_NOW)
        if done.wrong:
            sys.exit(1)
