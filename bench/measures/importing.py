"""An import of many people, from the table to their deadlines, against what it cannot do without."""

import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from io import StringIO
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.management import call_command
from django.db import connection, models
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Case, Client, Contact, Import, ImportRow
from casework.documents.models import Document
from casework.lib.ids import new_id
from casework.lifecycle.duplicates import look_alikes_of_each
from casework.lifecycle.importing import checking, starting, work
from casework.residency.models import Stay
from casework.vault import envelope
from casework.vault.fields import EncryptedField
from casework.vault.keys import provider
from casework.vault.models import DataKey
from tests.lifecycle.importing.tables import csv_of, people

from ..copying import copied, copy_into, names_of
from ..frame import Figure, Settings, measure
from ..people import have_people
from ..progress import Progress
from ..timing import seconds

SIZE = 5_000
ON_RECORD = 100_000  # people among whom those of the table are looked for
MOST_GROWTH = 60  # MB: the names of everybody are held in memory, and of the table nothing but digests
AT_ONCE = 1_000  # cases whose rows are written anew together


@measure("importing", on_database=True)
def measure_importing(settings: Settings) -> Iterator[Figure]:
    """A table brought in, checked and recorded; its duplicate check again, and its rows sealed and copied again, alone."""
    call_command("load_country_rules", stdout=StringIO())
    for size in settings.sizes_or(SIZE):
        have_people(size if settings.quick else max(size, ON_RECORD), now=timezone.now())
        by = User.objects.get(email=f"{Role.CASEWORKER.value}-1@bench.example")
        asked: list[Any] = []
        grown = Grown(size)
        began = time.perf_counter()
        of = _brought_in(size, by)
        with _noting(asked):
            work.carry_out(import_id=of.pk, clock=timezone.now, told=grown.look)
        checked = time.perf_counter() - began
        # Now, while none of them is on record, as it was for the check.
        compared = seconds(partial(_compared, asked))
        asked.clear()
        _leave_nobody_out(of)
        recorded = seconds(partial(_recorded, of))
        bare = compared + sum(_again(cases) for cases in _cases_of(of))
        ours = checked + recorded
        yield Figure(f"importing.{size}", ours / bare, "x duplicate check, encryption, COPY", at_most=3)
        yield Figure(f"importing.{size}.speed", size / ours, "people a second")
        yield Figure(f"importing.{size}.duplicate_check", compared / ours, "of the time")
        yield Figure(f"importing.{size}.memory", grown.megabytes, "MB after the first tenth", at_most=MOST_GROWTH)


class Grown:
    """By how much the process has grown since a tenth of the check was done."""

    def __init__(self, size: int) -> None:
        self.size, self.first = size, 0

    def look(self, done: int, _total: int) -> None:
        if not self.first and done >= self.size // 10:
            self.first = self._resident()

    @property
    def megabytes(self) -> float:
        return (self._resident() - self.first) / 1024

    @staticmethod
    def _resident() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@contextmanager
def _noting(asked: list[Any]) -> Iterator[None]:
    """Note what the duplicate check is asked while this lasts."""

    def noted(*args: Any, **named: Any) -> Any:
        asked.append((args, named))
        return look_alikes_of_each(*args, **named)

    with patch.object(checking, "look_alikes_of_each", noted):
        yield


def _brought_in(size: int, by: User) -> Import:
    of = starting.bring_in(
        file=csv_of(people(size)),
        team=by.memberships.get().team,  # type: ignore[arg-type]  # a caseworker has one
        by=by,
        now=timezone.now(),
        language="en",
        submit_token=new_id(),
        most_rows=size,
    )
    starting.choose_columns(of=of, columns=of.columns, day_order="", by=by, now=timezone.now(), asks=False)
    return Import.objects.get(pk=of.pk)


def _leave_nobody_out(of: Import) -> None:
    """Have everybody recorded: invented names are alike, and whoever might be known is asked about."""
    of.rows.filter(state=ImportRow.State.DOUBLE).update(state=ImportRow.State.GOOD, is_somebody_new=True)


def _compared(asked: list[Any]) -> None:
    for args, named in asked:
        look_alikes_of_each(*args, **named)


def _recorded(of: Import) -> None:
    of = Import.objects.get(pk=of.pk)
    starting.record_people(of=of, by=of.by, now=timezone.now(), asks=False)
    work.carry_out(import_id=of.pk, clock=timezone.now)
    left = of.rows.exclude(state=ImportRow.State.IMPORTED).count()
    assert not left, f"{left} rows were not recorded"


def _cases_of(of: Import) -> Iterator[list[Any]]:
    cases = list(of.rows.values_list("case", flat=True).distinct())
    with Progress("rows written again", len(cases)) as progress:
        for first in range(0, len(cases), AT_ONCE):
            yield cases[first : first + AT_ONCE]
            progress.advance(AT_ONCE)


def _again(cases: Sequence[Any]) -> float:
    """Return how long sealing and copying the rows of these cases takes, into tables with the same indexes."""
    people = Client.objects.filter(case__in=cases)
    tables: list[tuple[type[models.Model], Any]] = [
        (Case, Case.objects.filter(pk__in=cases)),
        (Client, people),
        *((model, model._base_manager.filter(client__in=people)) for model in (Document, Stay, Contact)),
        (Event, Event.objects.filter(case_id__in=cases)),
    ]
    keys = DataKey.objects.filter(pk__in=people.values("data_key"))
    wrapped = [(bytes(32), key.bound_to()) for key in keys]
    plain: list[list[tuple[bytes, bytes]]] = []
    values: list[tuple[type[models.Model], list[list[Any]]]] = []
    everything: list[tuple[type[models.Model], Any]] = [(DataKey, keys), *tables]
    for model, rows in everything:
        found = list(rows)
        plain += [_opened(row) for row in found]
        values.append((model, copied(found, model)))
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE IF NOT EXISTS {_copy_of(model)} (LIKE {model._meta.db_table} INCLUDING ALL)")

    def work_of_it() -> None:
        for key, bound_to in wrapped:
            provider().wrap(key, bound_to)
        cipher = AESGCM(bytes(32))
        for texts in plain:
            for text, bound_to in texts:
                envelope.seal(cipher, envelope.padded(text), bound_to)
        for model, rows in values:
            copy_into(_copy_of(model), names_of(model), rows)

    return seconds(work_of_it)


def _opened(row: models.Model) -> list[tuple[bytes, bytes]]:
    """Return what is sealed in a row, and what it is bound to."""
    fields = [each for each in row._meta.concrete_fields if isinstance(each, EncryptedField)]
    return [
        (each.to_bytes(value), each.bound_to(row)) for each in fields if (value := getattr(row, each.name)) is not None
    ]


def _copy_of(model: type[models.Model]) -> str:
    return f"bench_import_{model._meta.db_table}"
