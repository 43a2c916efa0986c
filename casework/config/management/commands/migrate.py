"""Django's own, which lets go of a lock that it does not get within seconds and tries again."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connection

from casework.config.upgrades.patience import patiently


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        if connection.in_atomic_block:
            super().handle(*args, **options)
            return
        patiently(lambda: super(Command, self).handle(*args, **options), say=self.stdout.write)
