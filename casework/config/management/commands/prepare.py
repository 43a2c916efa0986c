"""Brings the database of a server up to date, and says once how the first administrator signs in."""

import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from casework.config.prepare import prepare, wait_for_database


class Command(BaseCommand):
    """Before the first start, and after every change of version. Twice does no harm."""

    help = (
        "Migrates, loads the reference rules and kinds of documents, collects static files, and in an empty database makes the first "
        "administrator, whose password is printed once. Nobody else and nothing invented. Several at once: one works, the others wait."
    )
    requires_system_checks = ()  # migrating runs them, when there are tables

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--administrator", metavar="EMAIL", default=None, help="who the first administrator is")
        parser.add_argument(
            "--wait",
            metavar="SECONDS",
            type=float,
            default=0,
            help="how long to wait for a database that does not answer yet",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wait_for_database(options["wait"], self._say)
        with tempfile.TemporaryDirectory() as folder:
            welcome = Path(folder) / "welcome"
            prepare(welcome, administrator=options["administrator"])
            self.stdout.write(welcome.read_text())

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
