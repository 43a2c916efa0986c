"""Puts the key file of a backup back."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.lifecycle.backups.command_line import add_places, folders_of
from casework.lifecycle.backups.errors import BackupError
from casework.lifecycle.backups.folders import write_whole
from casework.lifecycle.backups.sealing import identities_in, unseal


class Command(BaseCommand):
    """For a new machine, or after the key file was lost."""

    help = "Writes the key file that was kept with a backup to KEY_FILE. Never overwrites one that is there."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "name", nargs="?", default="latest", help="such as 20261128T013000Z; the newest if left out"
        )
        parser.add_argument("--identity", type=Path, required=True, help="the file with the secret key")
        add_places(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(settings.KEY_FILE)
        if target.exists():
            raise CommandError(f"There is a key file at {target} already; it was not touched. Move it aside first.")
        pieces: list[bytes] = []
        try:
            there = folders_of(options)
            names = there.names_of_keys()
            name = names[-1] if options["name"] == "latest" and names else options["name"]
            source = there.keys_directory / there.keys_for(name) / "key-file.age"
            unseal(source, lambda piece: pieces.append(bytes(piece)), identities_in(options["identity"]))
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(target, b"".join(pieces).decode("utf-8"))
        except BackupError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from None
        self.stdout.write(f"{target} is the key file of {source.parent.name}.")
