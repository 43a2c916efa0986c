"""What the commands share: where backups are, from the settings or from the command line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from .errors import BackupError
from .folders import Folders


def add_places(parser: CommandParser) -> None:
    parser.add_argument("--from", type=Path, dest="directory", help="the folder of backups, if BACKUPS does not say it")
    parser.add_argument("--keys", type=Path, dest="keys_directory", help="the folder of their keys, likewise")


def folders_of(options: Mapping[str, Any]) -> Folders:
    """Return where backups are. Raises BackupError where neither the settings nor the command line say it."""
    plan = settings.BACKUPS
    directory = options["directory"] or (plan.directory if plan else None)
    keys = options["keys_directory"] or (plan.keys_directory if plan else None)
    if directory is None or keys is None:
        raise BackupError("Say where the backups are: set BACKUPS, or give --from FOLDER and --keys FOLDER.")
    return Folders(directory=directory, keys_directory=keys)
