"""Writing a long list, by a worker: as whoever asked for it sees it now, sealed while it is written."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from casework.accounts.access import may
from casework.reports import actions
from casework.reports.models import Export
from casework.reports.table import Table
from casework.vault.files import FileSealer

from .files import about_file, pieces_of
from .listing import Listing, Question
from .lists import LISTS

logger = logging.getLogger(__name__)


class Stopped(Exception):
    """Somebody cancelled the job, or another worker has begun it."""


def carry_out(*, export_id: UUID, clock: Callable[[], datetime], attempt: UUID | None = None) -> None:
    """Write the file to its end, or until it is stopped. What cannot be written is said to whoever asked.

    `attempt`: see `begin_export`.
    """
    asked = Export.objects.select_related("owner__data_key").filter(pk=export_id).first()
    if asked is None:
        return
    zone = asked.owner.time_zone
    with translation.override(asked.language), timezone.override(ZoneInfo(zone) if zone else None):
        now = clock()
        listing = LISTS.get(asked.listing)
        is_allowed = listing is not None and may(asked.owner, listing.permission, now)
        question = listing.ask(asked.owner, QueryDict(asked.asked), now) if listing and is_allowed else None
        total = question.count if question else 0
        export = actions.begin_export(export_id, total=total, now=now, attempt=attempt)
        if export is None:
            return
        if listing is None or question is None:
            actions.fail_export(export, message=_("You may not take this list along any more."), now=now)
            return
        try:
            _Writer(export, listing, question, clock).write(now)
        except Stopped:
            return
        except OverflowError:
            message = _("There are too many rows for this kind of file. Filter the list, or choose another kind.")
            actions.fail_export(export, message=message, now=clock())
        except Exception as error:  # noqa: BLE001 - whatever it is, whoever asked must hear of it
            # The id alone: what the error says may tell about a person.
            logger.error("export %s cannot be written: %s", export.pk, type(error).__name__)
            actions.fail_export(export, message=_("It could not be written. Try again."), now=clock())


class _Writer:
    """Writes one attempt. What is sealed is kept after every batch, with the cases that it is about."""

    def __init__(self, export: Export, listing: Listing, question: Question, clock: Callable[[], datetime]) -> None:
        self.export, self.listing, self.question, self.clock = export, listing, question, clock
        self.sealer = FileSealer(export.attempt, export.data_key)
        self.waiting = bytearray(self.sealer.header)
        self.pieces = self.rows = self.size = 0

    def write(self, now: datetime) -> None:
        export = self.export
        about = about_file(str(self.listing.title), export.owner, now, in_words(self.question))
        columns = self.question.columns or self.listing.columns()
        table = Table(key=self.listing.key, title=str(self.listing.title), columns=columns, rows=self._rows())
        for piece in pieces_of(export.format, table, about, with_hxl=export.with_hxl):
            self.size += len(piece)
            self.waiting += self.sealer.update(piece)
        self.waiting += self.sealer.finish()
        self._keep([], 0)
        actions.finish_export(export, rows=self.rows, size=self.size, now=self.clock())

    def _rows(self) -> Iterator[Sequence[Any]]:
        for batch in self.question.batches:
            yield from batch.rows
            self._keep(batch.case_ids, len(batch.rows))

    def _keep(self, case_ids: Sequence[UUID], rows: int) -> None:
        content, self.waiting = bytes(self.waiting), bytearray()
        self.rows += rows
        goes_on = actions.keep_piece(
            self.export, number=self.pieces, content=content, case_ids=case_ids, rows=rows, now=self.clock()
        )
        self.pieces += 1
        if not goes_on:
            raise Stopped


def in_words(question: Question) -> list[str]:
    """Return the filters in force as lines that stand on the file."""
    return [f"{chip.label}: {chip.value}" for chip in question.chips]
