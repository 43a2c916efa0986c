"""From an uploaded file to kept pages: looked at by the virus scanner, decoded, sealed, entered."""

import itertools
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.models import Client
from casework.documents import actions, scanning
from casework.documents.models import Document, Scan
from casework.documents.pictures import Picture, UnableToReadFile, kind_of, pictures_in
from casework.lib.refusals import Refusal

SHOWN_OF_NAME = 60


class UploadIsInfected(Refusal):
    pass


def keep_file(
    upload: Any,
    *,
    client: Client,
    scan_id: UUID,
    place: int,
    kind: str,
    document: Document | None,
    by: User,
    now: datetime,
) -> tuple[Scan, int]:
    """Keep the pages of one file; return their scan and how many came. Raises a Refusal that says why not."""
    if upload.is_too_big:
        raise UnableToReadFile("too_big")
    kind_of_file = kind_of(upload.beginning)
    state = scanning.check(upload.chunks())
    if state == Scan.Check.INFECTED:
        record("documents.upload_infected", subject=client, case_id=client.case_id, by=by, now=now)
        raise UploadIsInfected(
            _("A virus was found in this file. It was not kept. Do not open it; take a photo of the paper instead."),
            field="files",
        )
    return actions.add_pages(
        client=client,
        scan_id=scan_id,
        # The file is named by its place in the form, so the same form sent again brings nothing new.
        source=uuid5(scan_id, str(place)),
        pictures=_pages(upload, kind_of_file),
        check_state=state,
        kind=kind,
        document=document,
        by=by,
        now=now,
    )


def shown_name(upload: Any) -> str:
    """Return the name of a file as far as it helps to know which one is meant; it is kept nowhere."""
    name = "".join(itertools.islice((each for each in str(upload.name or "") if each.isprintable()), SHOWN_OF_NAME))
    return name or _("a file without a name")


def _pages(upload: Any, kind: str) -> Iterator[Picture]:
    yield from pictures_in(upload.chunks(), kind=kind)
