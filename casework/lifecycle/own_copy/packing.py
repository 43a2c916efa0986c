"""Makes files of a copy: a ZIP for the person, a sealed one for another organisation."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casework.vault.portable import seal_with

from .content import Copy, as_data

COPY, PICTURES = "copy.json", "pictures"


def packed(
    copy: Copy, *, now: datetime, about: Mapping[str, Any], pdf: bytes | None = None, with_pictures: bool = True
) -> bytes:
    """Return a ZIP: what is held as JSON, the same to read if there is a `pdf`, and pictures of papers. `about`: who made it."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name: str, content: bytes) -> None:
            entry = zipfile.ZipInfo(name, now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)

        data = as_data(copy) | {"made_at": now.isoformat(), "about": dict(about)}
        add(COPY, json.dumps(data, ensure_ascii=False, indent=1).encode())
        if pdf is not None:
            add("copy.pdf", pdf)
        if with_pictures:
            for name, content in copy.pictures():
                add(f"{PICTURES}/{name}", content)
    return held.getvalue()


def portable(copy: Copy, *, passphrase: str, now: datetime, about: Mapping[str, Any], with_pictures: bool) -> bytes:
    """Return the same sealed under a passphrase, which goes another way than the file."""
    return seal_with(passphrase, packed(copy, now=now, about=about, with_pictures=with_pictures))
