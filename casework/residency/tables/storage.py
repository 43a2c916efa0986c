"""Where an uploaded table waits for its confirmation.

Not the cache: by default it is the memory of one process, and the next request may go to another. Not a folder: web
processes may run on several machines, and a file in it would lie open until somebody clears it away. A row of the database
is there for all of them; it is sealed under the key of whoever uploaded it, because people choose the wrong file, it opens for
nobody else, and it is gone on confirmation or after an hour.
"""

import base64
from datetime import datetime
from typing import Any

from import_export.tmp_storages import BaseStorage

from casework.accounts.models import User
from casework.lib.ids import new_id

from ..models import Upload


class SealedStorage(BaseStorage):
    """The library's storage over rows of `Upload`. `name`: the id of the row; `kind`: what is imported."""

    def __init__(self, *, by: User, now: datetime, kind: str, **options: Any) -> None:
        super().__init__(**options)
        self.by, self.now, self.kind = by, now, kind

    def save(self, data: bytes) -> None:
        forget_uploads(now=self.now)
        upload = Upload(id=new_id(), data_key=self.by.data_key, by=self.by, at=self.now, name=self.kind)
        upload.content = base64.b64encode(data).decode("ascii")
        upload.save(force_insert=True)
        self.name = str(upload.pk)

    def read(self) -> bytes | None:
        """Return the file, None if it is not there any more or is not this user's or for this import."""
        upload = Upload.objects.of(self.by, self.now).filter(pk=self.name, name=self.kind).first()
        return base64.b64decode(upload.content) if upload else None

    def remove(self) -> None:
        Upload.objects.filter(pk=self.name, by=self.by).delete()


def forget_uploads(*, now: datetime) -> int:
    """Delete what nobody confirmed in time. Returns how many."""
    return Upload.objects.too_old(now).delete()[0]
