"""Looks whether a backup is whole: without the secret key by size, hash and signature; with it by opening everything."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from . import files
from .errors import BackupError
from .folders import Folders
from .manifest import HERE, KEYS, Manifest
from .programs import environment_for, input_of, program
from .sealing import Sealed, digest_of, unseal

LIST = "files.list"
DUMPS = ("database.dump.age", "data-keys.dump.age")


def damaged_parts(manifest: Manifest, here: Path, keys: Path | None) -> list[str]:
    """Return what is missing or is not what it was, in words. `keys` None: their copy went, as it must after some weeks."""
    found = []
    for where, folder in ((HERE, here), (KEYS, keys)):
        if folder is None:
            continue
        for name in manifest.parts_in(where):
            try:
                as_it_is = digest_of(folder / name)
            except OSError:
                found.append(f"{name} is missing")
                continue
            if as_it_is != manifest.part(name):
                found.append(f"{name} is not what was written")
    return found


def files_listed(there: Folders, name: str) -> list[files.Kept]:
    """Return the sealed files that belong to a backup. Raises BackupError."""
    try:
        return files.from_text((there.directory / name / LIST).read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise BackupError(f"The list of files of {name} cannot be read.") from None


def look_at(there: Folders, name: str, *, identities: Sequence[Any] = (), with_files: bool = True) -> Iterator[str]:
    """Yield what is wrong with a backup, in words; nothing where all is well. Raises BackupError where it cannot even be looked at."""
    manifest = there.manifest(name)
    if manifest.name != name:
        yield f"the manifest is that of {manifest.name}"
    if not manifest.signer_is_known():
        yield f"the manifest is signed with a key that the key file does not hold ({manifest.key or 'none'})"
    elif not manifest.is_genuine():
        yield "the manifest was altered: its signature is not true"
    own_keys = there.keys_directory / name
    yield from damaged_parts(manifest, there.directory / name, own_keys if own_keys.is_dir() else None)
    if not own_keys.is_dir():
        there.keys_for(name)  # or there is nothing that opens it
    if with_files:
        yield from _files_damaged(there, name)
    if identities:
        yield from _does_not_open(there, name, manifest, identities)


def _files_damaged(there: Folders, name: str) -> Iterator[str]:
    try:
        listed = files_listed(there, name)
    except BackupError as error:
        yield str(error)
        return
    for each in listed:
        try:
            if digest_of(there.files / each.path) != Sealed(each.size, each.sha256):
                yield f"the file {each.path} is not what was copied"
        except OSError:
            yield f"the file {each.path} is missing"


def _does_not_open(there: Folders, name: str, manifest: Manifest, identities: Sequence[Any]) -> Iterator[str]:
    keys = there.keys_directory / there.keys_for(name)
    paths = [there.directory / name / part for part in manifest.parts_in(HERE) if part.endswith(".age")]
    paths += sorted(keys.glob("*.age"))
    for path in paths:
        try:
            if path.name in DUMPS:
                list_dump(path, identities, at_least=manifest.server)
            else:
                unseal(path, lambda _piece: None, identities)
        except FileNotFoundError:
            continue  # said already
        except BackupError as error:
            yield str(error)


def list_dump(path: Path, identities: Sequence[Any], *, at_least: int) -> None:
    """Open a dump to its end, and let pg_restore read its list of contents. Raises BackupError."""
    command = [program("pg_restore", at_least=at_least), "--list"]
    with input_of(command, environment_for(), failed=f"pg_restore cannot read {path.name}") as into:
        unseal(path, _as_long_as_it_reads(into), identities)


def contents_of_dump(path: Path, identities: Sequence[Any], *, at_least: int) -> list[str]:
    """Return the list of contents of a dump, as pg_restore has it. Raises BackupError."""
    command: list[Any] = [program("pg_restore", at_least=at_least), "--list"]
    # Into a file: it would wait for somebody to read a pipe, and we for it to read on.
    with tempfile.TemporaryFile() as said:
        with input_of(command, environment_for(), failed=f"pg_restore cannot read {path.name}", output=said) as into:
            unseal(path, _as_long_as_it_reads(into), identities)
        said.seek(0)
        return said.read().decode("utf-8", "replace").splitlines()


def _as_long_as_it_reads(into: Any) -> Any:
    """Return what hands pieces on until the reader has seen enough; the rest is opened all the same."""
    enough = False

    def write(piece: bytes) -> None:
        nonlocal enough
        if not enough:
            try:
                into.write(piece)
            except BrokenPipeError:
                enough = True

    return write
