"""The register of columns: what each is, what for, how long it is kept and how it is stored.

One file an application, `columns/<app_label>.toml`, one section a table. An entry is a name in one of five lists, which say how
much harm the column can do; everything else is said once for the table, and again only where a column differs:

    [Client]
    purpose = "To know whom we support"
    retention = "case"                            # a key of `retention.toml`
    internal = ["id", "case", "version"]
    personal = ["family_name", "search_form"]
    sensitive = ["sex"]
    ciphertext = ["search_form"]                  # encrypted fields need not say it
    keyed_hash = []
    reasons = { sex = "Reports count by it in SQL" }      # why a personal column is stored plain
    purposes = { version = "To notice edits that cross" }
    retentions = { version = "installation" }

`bin/manage print_registry` prints the whole as the record of processing. A test fails on a column without an entry.
"""

import dataclasses
import itertools
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.db.migrations.recorder import MigrationRecorder

from casework.vault.errors import VaultError
from casework.vault.fields import EncryptedField

FOLDER = Path(__file__).with_name("columns")
RETENTION_FILE = "retention.toml"
CLASSES = ("public", "internal", "personal", "sensitive", "secret")
# Stored plain, a column of these classes must say why.
HARMFUL = frozenset({"personal", "sensitive", "secret"})
PLAIN, CIPHERTEXT, KEYED_HASH = "plain", "ciphertext", "keyed hash"
OF_A_TABLE = {*CLASSES, "purpose", "retention", "ciphertext", "keyed_hash", "reasons", "purposes", "retentions"}


class RegistryError(VaultError):
    """A file of the register is not as it must be. The message names file, table and column."""


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Column:
    """A column that exists: the label of its model, such as `clients.Client`, and the name of its field."""

    table: str
    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """What the register says of a column."""

    column: Column
    sensitivity: str
    purpose: str
    retention: str
    stored: str
    reason: str

    @property
    def is_unexplained(self) -> bool:
        """Whether it could do harm, lies there plain, and nobody said why."""
        return self.sensitivity in HARMFUL and self.stored == PLAIN and not self.reason


def columns() -> set[Column]:
    """Return every column of every table that the application makes."""
    return {Column(model._meta.label, field.name) for model in _models() for field in model._meta.local_concrete_fields}


def tables() -> set[str]:
    """Return the names of these tables in the database."""
    return {model._meta.db_table for model in _models()}


def entries(folder: Path = FOLDER) -> dict[Column, Entry]:
    """Return what the register says. Raises RegistryError for what cannot be read or contradicts itself."""
    kept = _read(folder / RETENTION_FILE)
    encrypted = _encrypted()
    found: dict[Column, Entry] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name == RETENTION_FILE:
            continue
        for model_name, table in _read(path).items():
            for entry in _entries_of(f"{path.stem}.{model_name}", table, encrypted):
                if entry.retention not in kept:
                    raise RegistryError(f"{entry.column.table}.{entry.column.name}: no retention {entry.retention!r}.")
                found[entry.column] = entry
    return found | {entry.column: entry for entry in _of_history(found)}


def missing() -> list[Column]:
    """Return the columns without an entry."""
    return sorted(columns() - entries().keys())


def stale() -> list[Column]:
    """Return the entries without a column."""
    return sorted(entries().keys() - columns())


def unexplained() -> list[Column]:
    """Return the columns that could do harm, are stored plain, and say no reason."""
    return sorted(entry.column for entry in entries().values() if entry.is_unexplained)


def retentions(folder: Path = FOLDER) -> dict[str, str]:
    """Return what each retention means, in words."""
    return {key: str(words) for key, words in _read(folder / RETENTION_FILE).items()}


def by_table() -> list[tuple[str, list[Entry]]]:
    """Return every table with its entries, in the order of names: the record of processing."""
    found = sorted(entries().values(), key=lambda entry: entry.column.table)
    return [(table, list(group)) for table, group in itertools.groupby(found, key=lambda entry: entry.column.table)]


def alike(found: Iterable[Entry]) -> list[tuple[list[str], Entry]]:
    """Return the names of columns of which the same is said, with one entry that says it."""
    together: dict[tuple[str, ...], tuple[list[str], Entry]] = {}
    for entry in found:
        said = (entry.sensitivity, entry.purpose, entry.retention, entry.stored, entry.reason)
        together.setdefault(said, ([], entry))[0].append(entry.column.name)
    return list(together.values())


def _models() -> Iterator[type[models.Model]]:
    yield MigrationRecorder.Migration
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model


def _of_history(found: Mapping[Column, Entry]) -> Iterator[Entry]:
    """Yield what follows for the history of rows: of each column the same as of the column that it is a copy of."""
    for model in _models():
        source = getattr(model, "pgh_tracked_model", None)
        if source is None:
            continue
        told = [entry for entry in found.values() if entry.column.table == source._meta.label]
        if not told:
            continue
        for field in model._meta.local_concrete_fields:
            column, copied = Column(model._meta.label, field.name), Column(source._meta.label, field.name)
            if copied in found:
                yield dataclasses.replace(found[copied], column=column)
            elif field.name.startswith("pgh_"):
                purpose = "To tell what a row said before: when and how it changed, and who did it, by id"
                yield Entry(column, "internal", purpose, told[0].retention, PLAIN, "")


def _encrypted() -> set[Column]:
    return {
        Column(model._meta.label, field.name)
        for model in _models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedField)
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise RegistryError(f"{path.name} of the register cannot be read: {problem}") from None


def _entries_of(table: str, content: Any, encrypted: set[Column]) -> Iterator[Entry]:
    if not isinstance(content, Mapping) or (unknown := set(content) - OF_A_TABLE):
        raise RegistryError(
            f"{table}: the register does not know {sorted(unknown) if isinstance(content, Mapping) else content}."
        )
    sensitivities = _sensitivities(table, content)
    for option in ("ciphertext", "keyed_hash", "reasons", "purposes", "retentions"):
        if strange := set(content.get(option, ())) - sensitivities.keys():
            raise RegistryError(f"{table}: {option} names {sorted(strange)}, which no class lists.")
    for name, sensitivity in sensitivities.items():
        column = Column(table, name)
        entry = Entry(
            column=column,
            sensitivity=sensitivity,
            purpose=content.get("purposes", {}).get(name) or content.get("purpose", ""),
            retention=content.get("retentions", {}).get(name) or content.get("retention", ""),
            stored=_stored(column, content, encrypted),
            reason=content.get("reasons", {}).get(name, ""),
        )
        if not entry.purpose:
            raise RegistryError(f"{table}.{name}: the register does not say what for.")
        yield entry


def _sensitivities(table: str, content: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for sensitivity in CLASSES:
        for name in content.get(sensitivity, ()):
            if name in found:
                raise RegistryError(f"{table}.{name}: listed as {found[name]} and as {sensitivity}.")
            found[name] = sensitivity
    return found


def _stored(column: Column, content: Mapping[str, Any], encrypted: set[Column]) -> str:
    if column in encrypted or column.name in content.get("ciphertext", ()):
        return CIPHERTEXT
    return KEYED_HASH if column.name in content.get("keyed_hash", ()) else PLAIN
