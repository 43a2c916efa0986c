"""Rotates the key that wraps the data keys."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from casework.vault import actions, keyfile
from casework.vault.keys import provider
from casework.vault.models import DataKey


class Command(BaseCommand):
    """Online: what is sealed stays readable all the time, because the key file keeps the older keys."""

    help = (
        "Wraps every data key with the current key of the key file; --new-key adds a fresh one to the file first. "
        "Where several machines have the key file, add the key to all of them before."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--new-key", action="store_true", help="add a fresh key to the key file and make it the current one"
        )
        parser.add_argument("--batch-size", type=int, default=2000, help="data keys in one transaction (2000)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"]:
            path = Path(settings.KEY_FILE)
            self.stdout.write(f"Added key {keyfile.add_key(path, 'data')} to {path}. Renew your copies of that file.")
        changed = actions.rewrap_keys(batch_size=options["batch_size"])
        current = provider().current_data_key_id()
        self.stdout.write(f"Wrapped {changed} data keys with {current}.")
        left = set(DataKey.objects.usable().exclude(kek_id=current).values_list("kek_id", flat=True))
        older = sorted(set(provider().data_key_ids()) - {current} - left)
        if older:
            self.stdout.write(f"No data key needs {', '.join(older)} any more; backups made until now do.")
