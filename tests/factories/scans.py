"""Pictures of papers, drawn in code, and scans of them."""

import io
from datetime import datetime
from typing import Any
from uuid import UUID

from PIL import Image, ImageDraw

from casework.accounts.models import User
from casework.clients.models import Client
from casework.documents import actions
from casework.documents.models import Scan
from casework.documents.pictures import Picture
from casework.lib.ids import new_id

from .accounts import NOW, make_user


def drawn(size: tuple[int, int] = (60, 40), *, mode: str = "RGB", colour: Any = "white") -> Image.Image:
    """A page with a mark in its upper left corner, by which one sees how it lies."""
    picture = Image.new(mode, size, colour)
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 3, size[1] // 3), fill="black" if mode == "RGB" else 0)
    return picture


def encoded(picture: Image.Image, format: str = "JPEG", **options: Any) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, format, **options)
    return kept.getvalue()


def make_picture(size: tuple[int, int] = (60, 40)) -> Picture:
    content = encoded(drawn(size))
    return Picture(width=size[0], height=size[1], content=content, preview=content)


def make_scan(
    client: Client,
    *,
    pages: int = 1,
    by: User | None = None,
    now: datetime = NOW,
    scan_id: UUID | None = None,
    **fields: Any,
) -> Scan:
    """A scan whose pages were not decoded but drawn, which is quick."""
    scan, _added = actions.add_pages(
        client=client,
        scan_id=scan_id or new_id(),
        source=new_id(),
        pictures=[make_picture((60 + number, 40)) for number in range(pages)],
        by=by or make_user(team=client.case.team),
        now=now,
        **fields,
    )
    return scan
