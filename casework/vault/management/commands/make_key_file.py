"""Makes the key file of a new installation."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from casework.vault import keyfile
from casework.vault.models import DataKey


class Command(BaseCommand):
    """Refuses wherever a new key file could hide that the right one is missing."""

    help = "Makes the key file of a new installation, readable by its owner only. Never overwrites one."
    # Before there is a key file there is no SECRET_KEY, which other checks ask for.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.KEY_FILE)
        if path.exists():
            raise CommandError(f"There is a key file at {path} already. Nothing was changed.")
        if self._count_data_keys():
            raise CommandError(
                f"The database holds data keys that a new key file could not open. Put your copy of the key file at {path}."
            )
        try:
            keyfile.make(path, now=timezone.now())
        except OSError as problem:
            raise CommandError(f"The key file {path} cannot be written: {problem.strerror}.") from None
        self.stdout.write(
            f"Made {path}. Keep a copy of it apart from the database and its backups: without it nothing that is stored can be read."
        )

    def _count_data_keys(self) -> int:
        try:
            if DataKey._meta.db_table not in connection.introspection.table_names():
                return 0
            return int(DataKey.objects.count())
        except DatabaseError:
            raise CommandError(
                "The database does not answer, so it cannot be known whether it is new. Start it and try again."
            ) from None
