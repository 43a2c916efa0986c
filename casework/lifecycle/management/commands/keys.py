"""Shows which keys there are."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from casework.lifecycle.key_rotation import KeyStatus, is_running, last_rotation, statuses
from casework.vault.errors import KeyFileError
from casework.vault.keyfile import PURPOSES
from casework.vault.models import DataKey


class Command(BaseCommand):
    """Ids, ages and counts: nothing of a key."""

    help = (
        "Shows every key of the key file: what for, since when, how many rows hang on it, whether it can be taken out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", nargs="+", choices=PURPOSES, default=list(PURPOSES), metavar="PURPOSE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = statuses(timezone.now(), options["only"])
        except KeyFileError as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write("\n".join(as_table(found)))
        if replaced := DataKey.objects.replaced().count():
            self.stdout.write(f"{replaced} data keys were replaced, and are destroyed once nothing is under them.")
        job = last_rotation()
        if job is not None and job.finished_at is None:
            state = "Rotating" if is_running() else "A rotation was stopped, go on with: bin/manage rotate_keys."
            self.stdout.write(f"{state} {job.done} of {job.total} done.")


def as_table(found: list[KeyStatus]) -> list[str]:
    """Return one line a key."""
    lines = [f"{'purpose':<8} {'key':<12} {'used since':<20} {'rows':>9}  state"]
    for key in found:
        since = f"{key.made:%Y-%m-%d %H:%M} UTC" if key.made else "not known"
        lines.append(f"{key.purpose:<8} {key.id:<12} {since:<20} {key.rows:>9}  {state_of(key)}")
    return lines


def state_of(key: KeyStatus) -> str:
    if key.is_current:
        return "current"
    if key.is_prepared:
        return "prepared, not used yet"
    return "older, can be taken out" if key.removable else "older, needed"
