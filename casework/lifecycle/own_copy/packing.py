"""Makes files of a copy: a ZIP for the person, a sealed one for another organisation."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from casework.vault.portable import seal_with

from .content import Copy, as_data

COPY, PICTURES = "copy.json", "pictures"


class Packed(NamedTuple):
    """`lost`: how many pictures are not in it because their files cannot be read."""

    content: bytes
    lost: int


def packed(
    copy: Copy, *, now: datetime, about: Mapping[str, Any], pdf: bytes | None = None, with_pictures: bool = True
) -> Packed:
    """Return a ZIP: what is held as JSON, the same to read if there is a `pdf`, and pictures of papers. `about`: who made it."""
    held, lost = io.BytesIO(), []
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name: str, content: bytes) -> None:
            entry = zipfile.ZipInfo(name, now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)

        if pdf is not None:
            add("copy.pdf", pdf)
        for name, picture in copy.pictures() if with_pictures else ():
            if picture is None:
                lost.append(name)
            else:
                add(f"{PICTURES}/{name}", picture)
        data = as_data(copy) | {"made_at": now.isoformat(), "about": dict(about), "pictures_lost": lost}
        add(COPY, json.dumps(data, ensure_ascii=False, indent=1).encode())
    return Packed(held.getvalue(), len(lost))


def portable(copy: Copy, *, passphrase: str, now: datetime, about: Mapping[str, Any], with_pictures: bool) -> Packed:
    """Return the same sealed under a passphrase, which goes another way than the file."""
    content, lost = packed(copy, now=now, about=about, with_pictures=with_pictures)
    return Packed(seal_with(passphrase, content), lost)
