"""Where backups go, for whom they are sealed and how long they stay, read from the one setting that says it."""

import dataclasses
import re
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")
NAMES = {"directory", "keys_directory", "recipients", "keep"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How many days, weeks and months keep their last backup; and for how many days copies of data keys stay.

    The last is a promise: whoever was erased can be read from no copy that is older than that.
    """

    daily: int = 14
    weekly: int = 8
    monthly: int = 12
    keys_days: int = 30


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What BACKUPS says."""

    directory: Path
    keys_directory: Path
    recipients: tuple[str, ...]
    keep: Keep = Keep()


def plan_of(value: Any) -> Plan | None:
    """Return what BACKUPS says; None where it says nothing. Raises ImproperlyConfigured, in words that say what is wrong."""
    if not value:
        return None
    if not isinstance(value, dict) or not {"directory", "keys_directory", "recipients"} <= set(value) <= NAMES:
        raise ImproperlyConfigured(
            "BACKUPS is to be a JSON object with directory, keys_directory, recipients and, if you like, keep."
        )
    directory, keys = (_directory(value, name) for name in ("directory", "keys_directory"))
    if keys == directory or keys.is_relative_to(directory) or directory.is_relative_to(keys):
        raise ImproperlyConfigured("BACKUPS: keys_directory and directory are to be apart, neither within the other.")
    return Plan(directory=directory, keys_directory=keys, recipients=_recipients(value), keep=_keep(value))


def _directory(value: dict[str, Any], name: str) -> Path:
    said = value[name]
    if not isinstance(said, str) or not said.startswith("/"):
        raise ImproperlyConfigured(f"BACKUPS: {name} is to be a path that begins with /.")
    return Path(said)


def _recipients(value: dict[str, Any]) -> tuple[str, ...]:
    said = value["recipients"]
    if (
        not isinstance(said, list)
        or not said
        or not all(isinstance(each, str) and RECIPIENT.fullmatch(each) for each in said)
    ):
        # Never what stands there: somebody may have put the secret half.
        raise ImproperlyConfigured(
            'BACKUPS: recipients is to be a list of public keys such as "age1...", which bin/manage make_backup_key prints.'
        )
    return tuple(said)


def _keep(value: dict[str, Any]) -> Keep:
    said = value.get("keep", {})
    names = {field.name for field in dataclasses.fields(Keep)}
    if not isinstance(said, dict) or not set(said) <= names:
        raise ImproperlyConfigured(f"BACKUPS: keep is to be an object with some of {', '.join(sorted(names))}.")
    for name, number in said.items():
        least = 0 if name in ("weekly", "monthly") else 1
        if type(number) is not int or not least <= number <= 10_000:
            raise ImproperlyConfigured(f"BACKUPS: {name} of keep is to be a whole number from {least} on.")
    return Keep(**said)
