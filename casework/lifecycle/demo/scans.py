"""Scans of the demo: drawn pages that say SPECIMEN, without a face, decoded and sealed as uploads are."""

import io
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from PIL import Image, ImageDraw, ImageFont

from casework.accounts.models import Team, User
from casework.clients.models import Case, Client
from casework.documents import actions
from casework.documents.models import Document, Scan
from casework.documents.pictures import pictures_in
from casework.lib.ids import new_id

PAGE = (1240, 880)
INK, PAPER, LINE = (40, 52, 60), (246, 242, 228), (176, 168, 140)


def build_scans(*, teams: dict[str, Team], workers: dict[str, User], now: datetime) -> None:
    """Give the passport of a family in Almaty two pages, and somebody there another paper."""
    cases = Case.objects.filter(team=teams["ALA"], status=Case.Status.OPEN, restricted=False).order_by(
        "opened_at", "pk"
    )
    people = list(Client.objects.filter(case__in=cases, is_principal=True, documents__isnull=False).distinct()[:2])
    for number, client in enumerate(people):
        document = Document.objects.filter(client=client).order_by("pk").first()
        about = {"client": client, "by": workers["caseworker"], "now": now}
        passport = new_id()
        _add(passport, "DATA PAGE", kind=Scan.Kind.IDENTITY, document=document, **about)
        if number == 0:
            _add(passport, "STAMPS", kind=Scan.Kind.IDENTITY, document=document, **about)
            _add(new_id(), "LEASE", kind=Scan.Kind.CONTRACT, document=None, **about)


def _add(scan_id: UUID, title: str, **about: Any) -> None:
    pictures = pictures_in([_drawn(title)], kind="jpeg")
    actions.add_pages(scan_id=scan_id, source=uuid5(scan_id, title), pictures=pictures, **about)


def _drawn(title: str) -> bytes:
    page = Image.new("RGB", PAGE, PAPER)
    pen = ImageDraw.Draw(page)
    for height in range(60, PAGE[1], 22):
        pen.line((40, height, PAGE[0] - 40, height - 14), fill=LINE)
    pen.rectangle((70, 150, 390, 570), outline=INK, width=4)
    pen.text((120, 330), "NO PHOTO", fill=INK, font=ImageFont.load_default(44))
    pen.text((70, 60), title, fill=INK, font=ImageFont.load_default(52))
    for row, text in enumerate(("INVENTED, BY NAME", "NOBODY", "01.01.1900", "NO. 00 0000000")):
        pen.text((450, 170 + row * 95), text, fill=INK, font=ImageFont.load_default(46))
    pen.text((330, 590), "SPECIMEN", fill=(163, 18, 31), font=ImageFont.load_default(110))
    pen.text((70, 770), "P<XXXSPECIMEN<<INVENTED<<<<<<<<<<<<<<<<<<<<<", fill=INK, font=ImageFont.load_default(36))
    kept = io.BytesIO()
    page.save(kept, "JPEG", quality=90)
    return kept.getvalue()
