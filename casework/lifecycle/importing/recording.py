"""People of good rows go on record, family by family: each as somebody logs a case on the page, or not at all."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.clients import actions as clients
from casework.clients.models import Case, Client, Import, ImportRow
from casework.lib.refusals import Refusal
from casework.residency import actions as residency
from casework.residency.writing import update_rows

from ..intake import log_people
from .beds import Beds
from .bulk import Batch, is_plain
from .checking import cells_of, families_of, place_of
from .facts import record_facts
from .families import Family
from .reading import read_row

logger = logging.getLogger(__name__)
# Each takes one lock of the job and one look at the rules; more at a time would not be quicker.
CHUNK = 200
State = ImportRow.State


class Record:
    """The recording of an import, made anew wherever a worker takes over. A row and its person are committed together."""

    def __init__(self, of: Import, now: datetime) -> None:
        self.of, self.place = of, place_of(of, now)
        self.beds = Beds(of.team)
        self.colleagues: Mapping[UUID, User] = User.objects.in_bulk(list(self.place.colleagues.values()))

    def remaining(self) -> int:
        return self.of.rows.ready().count()

    def step(self, by: Any, now: datetime, size: int = CHUNK) -> int:
        """Record the next families, and compute their deadlines together; return how many rows that were."""
        ready: Any = self.of.rows.ready().order_by("family", "number")
        numbers = list(dict.fromkeys(ready.values_list("family", flat=True)[:size]))
        rows = list(self.of.rows.filter(family__in=numbers, state=State.GOOD).order_by("family", "number"))
        readings = {row.number: read_row(cells_of(self.of, row), self.place) for row in rows}
        by_number = {row.number: row for row in rows}
        families = [
            (family, [by_number[row.number] for row in family.rows()])
            for family in families_of(rows, readings, self.place)
        ]
        people = self._in_bulk([each for each in families if self._is_plain(*each)], by, now)
        for family, of_family in families:
            if any(row.state == State.GOOD for row in of_family):
                people += self._record(family, of_family, by, now)
        residency.refresh(client_ids=[client.pk for client in people], now=now, by=by)
        return len(rows)

    def _is_plain(self, family: Family, rows: Sequence[ImportRow]) -> bool:
        return not family.all_problems() and is_plain(family, rows, self.place.today)

    def _in_bulk(self, families: Sequence[tuple[Family, Sequence[ImportRow]]], by: User, now: datetime) -> list[Client]:
        """Record plain families in a few statements. Where the database refuses one, none is, and each is tried by itself."""
        batch = Batch(team=self.of.team, by=by, now=now, colleagues=self.colleagues)
        try:
            with transaction.atomic():
                recorded = [batch.add(family, rows) for family, rows in families]
                batch.write()
                _done([(each.rows, each.case) for each in recorded], now)
        except (IntegrityError, DataError) as error:  # of which the text holds values
            logger.warning("families of import %s could not be recorded together: %s", self.of.pk, type(error).__name__)
            return []
        for each in recorded:
            for row in each.rows:
                row.state = State.IMPORTED
        return [client for each in recorded for client in each.people]

    def _record(self, family: Family, rows: Sequence[ImportRow], by: User, now: datetime) -> list[Client]:
        """Record one family, or say in its rows why it cannot be."""
        problems = family.all_problems()
        if not problems:
            try:
                with transaction.atomic():
                    case, people = self._log(family, rows, by, now)
                    _done([(rows, case)], now)
                    return people
            except Refusal as refusal:
                problems = {rows[0].number: {_column(refusal.field): refusal.sentence}}
            except (IntegrityError, DataError, ValueError) as error:
                numbers = [row.number for row in rows]
                logger.warning("rows %s of import %s were refused: %s", numbers, self.of.pk, type(error).__name__)
                sentence = _("This row could not be recorded, and nothing of it was. Ask whoever runs Casework.")
                problems = {rows[0].number: {"": sentence}}
        for row in rows:
            row.problems = problems.get(row.number, {})
            row.state = State.WRONG if row.problems else State.GOOD
            row.save(update_fields=["problems", "state"])
        return []

    def _log(self, family: Family, rows: Sequence[ImportRow], by: User, now: datetime) -> tuple[Case, list[Client]]:
        principal = family.principal
        case, people = log_people(
            team=self.of.team,
            caseworker=self.colleagues.get(principal.caseworker) if principal.caseworker else None,
            principal=principal.person,
            arrival=family.arrival,
            family=family.relatives(),
            is_unaccompanied_child=principal.is_unaccompanied_child,
            submit_token=uuid5(rows[0].pk, "case"),
            by=by,
            now=now,
            today=self.place.today,
        )
        for client, member in zip(people, family.members, strict=True):
            for reading in member.readings:
                for reach in reading.reach:
                    clients.record_contact(client=client, channel=reach.channel, value=reach.value, by=by, now=now)
                if reading.note:
                    clients.write_note(case=case, text=reading.note, people=[client], by=by, now=now)
            record_facts(client, member, family, by=by, now=now)
            for reading in member.readings:
                self.beds.move_in(client, reading, today=self.place.today, by=by, now=now)
        return case, people


def _done(recorded: Sequence[tuple[Sequence[ImportRow], Case]], now: datetime) -> None:
    """What the rows said is on record now, and forgotten here. Two statements, however many cases."""
    rows = [row for of_case, _case in recorded for row in of_case]
    forgotten: dict[str, Any] = {"cells": None, "problems": None, "alike": []}
    done = ImportRow.objects.filter(pk__in=[row.pk for row in rows])
    done.update(state=State.IMPORTED, imported_at=now, **forgotten)
    for of_case, case in recorded:
        for row in of_case:
            row.case = case
    update_rows(rows, {"case_id"})


def _column(field: str) -> str:
    """Return the column of which a refusal speaks, "" where it names none of ours."""
    return {
        "is_safe": "phone",
        "value": "phone",
        "entered": "entered_on",
        "left": "left_on",
        "valid_until": "document_valid_until",
        "caseworker": "caseworker",
        "is_unaccompanied_child": "unaccompanied_child",
        "since": "moved_in_on",
        "text": "note",
    }.get(field, "")
