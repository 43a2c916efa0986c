"""Looks whether a backup is whole and can be put back."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.lifecycle.backups.command_line import add_places, folders_of
from casework.lifecycle.backups.errors import BackupError
from casework.lifecycle.backups.reading import look_at
from casework.lifecycle.backups.restoring import try_out
from casework.lifecycle.backups.sealing import identities_in


class Command(BaseCommand):
    """By hash and signature; with the secret key by opening everything; with --deep by putting it back beside."""

    help = (
        "Reads a backup back: sizes, hashes, signature, every file. With --identity it is also opened to its end and read by pg_restore; "
        "with --deep it is put into a database of its own, counted, and a hundred records are opened. Exit status 1 if something is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "name", nargs="?", default="latest", help="such as 20261128T013000Z; the newest if left out"
        )
        parser.add_argument("--identity", type=Path, help="the file with the secret key, as make_backup_key wrote it")
        parser.add_argument("--deep", action="store_true", help="put it back beside, count and open a hundred records")
        parser.add_argument("--no-files", action="store_false", dest="with_files", help=argparse.SUPPRESS)
        add_places(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["deep"] and options["identity"] is None:
            raise CommandError("--deep needs the secret key: --identity FILE")
        try:
            there = folders_of(options)
            name = there.chosen(options["name"])
            identities = identities_in(options["identity"]) if options["identity"] else []
            found = list(look_at(there, name, identities=identities, with_files=options["with_files"]))
            if options["deep"] and not found:
                tried = try_out(there, name, identities=identities, say=lambda line: self.stdout.write(f"... {line}"))
                found += tried.wrong
                for note in tried.notes:
                    self.stdout.write(note)
                self.stdout.write(
                    f"{tried.rows:,} rows came back; of {tried.opened.rows} records {tried.opened.values} values were opened."
                )
            manifest = there.manifest(name)
        except BackupError as error:
            raise CommandError(str(error)) from None
        for problem in found:
            self.stdout.write(f"{name}: {problem}")
        if found:
            self.stdout.write(f"{name} is NOT whole.")
            sys.exit(1)
        how = "put back beside" if options["deep"] else "opened to its end" if identities else "hashes and signature"
        self.stdout.write(
            f"{name} is whole ({how}): {sum(manifest.rows.values()):,} rows, {manifest.files['count']:,} files, {manifest.total_bytes / 2**20:.1f} MB."
        )
