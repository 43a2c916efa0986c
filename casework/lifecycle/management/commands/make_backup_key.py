"""Makes the key pair for backups: the secret half goes to a file that must leave this machine."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from casework.lifecycle.backups.folders import write_whole
from casework.lifecycle.backups.sealing import new_identity


class Command(BaseCommand):
    """The same as age-keygen does."""

    help = "Writes a new secret key for backups into a file and prints its public half, for BACKUPS. Never overwrites a file."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        secret, public = new_identity()
        made = timezone.now().isoformat(timespec="seconds")
        try:
            write_whole(options["file"], f"# created: {made}\n# public key: {public}\n{secret}\n")
        except FileExistsError:
            raise CommandError(f"There is a file {options['file']} already; it was not touched.") from None
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be written: {error.strerror}.") from None
        self.stdout.write(public)
        self.stderr.write(
            f"{options['file']} opens every backup. Take it off this machine, to two places that somebody can reach, and delete it here."
        )
