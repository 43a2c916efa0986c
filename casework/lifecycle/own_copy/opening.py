"""A portable file opened: what it says, and the pictures in it, or a sentence that says what is wrong with it."""

import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from casework.lib.refusals import Refusal
from casework.vault.portable import DoesNotOpenWithThis, NotPortable, open_with

from .content import FORMAT, VERSION
from .packing import COPY, PICTURES

MOST_PEOPLE = 50
MOST_ROWS = 2_000
MOST_JSON = 20 * 1024 * 1024
MOST_PICTURES = 60 * 1024 * 1024


class UnableToTakeIn(Refusal):
    pass


def read(passphrase: str, sealed: bytes) -> dict[str, Any]:
    """Return what a file says. Raises UnableToTakeIn with a sentence that says what is wrong."""
    try:
        content = open_with(passphrase, sealed)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entry = archive.getinfo(COPY)
            if entry.file_size > MOST_JSON:
                raise UnableToTakeIn(_("This file holds more than can be taken in."), field="file")
            with archive.open(entry) as opened:
                data = json.loads(opened.read(MOST_JSON + 1))
            pictures = dict(_pictures(archive))
    except NotPortable:
        raise UnableToTakeIn(_("This is not a portable file of this software."), field="file") from None
    except DoesNotOpenWithThis:
        raise UnableToTakeIn(
            _("It does not open: the passphrase is another one, or the file was changed or cut on its way."),
            field="passphrase",
        ) from None
    # An archive that is none, has no such entry, breaks off, is packed or locked in a way that nobody asked for, or nests too deep.
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, RuntimeError):
        raise UnableToTakeIn(_("This file is damaged."), field="file") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT or not isinstance(data.get("tables"), dict):
        raise UnableToTakeIn(_("This is not a portable file of this software."), field="file")
    if data.get("version") != VERSION:
        raise UnableToTakeIn(_("This file was made by a newer version of this software."), field="file")
    people = len(rows_of(data, "clients.Client"))
    if (
        not 1 <= people <= MOST_PEOPLE
        or sum(len(rows) for rows in data["tables"].values() if isinstance(rows, list)) > MOST_ROWS
    ):
        raise UnableToTakeIn(_("This file holds nobody, or more than can be taken in."), field="file")
    return data | {PICTURES: pictures}


def _pictures(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Yield the pictures by the id of their file, as long as they are not more than such a file may hold."""
    left = MOST_PICTURES
    for entry in archive.infolist():
        folder, _slash, name = entry.filename.partition("/")
        left -= entry.file_size
        if folder == PICTURES and name.endswith(".jpg") and left >= 0:
            with archive.open(entry) as opened:
                yield name.removesuffix(".jpg"), opened.read(entry.file_size)


def rows_of(data: Mapping[str, Any], table: str) -> list[Mapping[str, Any]]:
    rows = data["tables"].get(table)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
