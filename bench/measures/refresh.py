"""A refresh of many people against the same reads, the same decrypts and a `COPY` of the same rows.

`none`: a rule was published that moves nobody's date, in a country where nobody was. Everybody is asked for as the workers
do it: who is stale is found and computed, the others are noted as of the new state. Against the reads and decrypts of
computing them all.
`none.evaluated`: the same people are computed, all of them, and no date moves: what a rule costs that concerns everybody.
`all`: every day of every fact has moved, and so has every date.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from casework.clients.models import Client
from casework.residency.actions.deadlines import refresh
from casework.residency.actions.following import follow_rules
from casework.residency.models import ComputedPosition, Deadline, Derivation, Jurisdiction, Move, Rule
from casework.residency.publishing import Version, close, copy_of, insert
from casework.residency.rulebook import rules_version
from casework.residency.rules.kinds import Duty
from casework.residency.tasks import CHUNK
from casework.vault import envelope
from casework.vault.keys import provider

from ..copying import copied, copy_into, names_of
from ..frame import Figure, Settings, measure
from ..people import have_people
from ..timing import compare

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
SIZE = 10_000

Chunks = list[list[UUID]]
Asked = tuple[str, Any]


@measure("refresh", on_database=True)
def measure_refresh(settings: Settings) -> Iterator[Figure]:
    """Ratios where nobody's dates move and where everybody's do; the queries of a chunk, the same for few people and many."""
    call_command("load_country_rules", stdout=StringIO())
    for size in settings.sizes_or(SIZE):
        caseload = Caseload(have_people(size, now=NOW))
        caseload.refresh()
        yield Figure(f"refresh.{size}.queries", caseload.queries_of_a_chunk(), "queries a chunk")
        bare = Bare(caseload)
        none = compare(
            caseload.follow,
            bare.repeat,
            quick=settings.quick,
            before=caseload.publish_elsewhere,
            between=caseload.check,
        )
        yield Figure(f"refresh.{size}.none", none.ratio, "x reads, decrypts, COPY", at_most=3)
        yield Figure(f"refresh.{size}.none.speed", size / none.ours, "people a second")
        caseload.refresh()
        evaluated = compare(caseload.refresh, bare.repeat, quick=settings.quick)
        yield Figure(f"refresh.{size}.none.evaluated", evaluated.ratio, "x reads, decrypts, COPY", at_most=3)
        yield Figure(f"refresh.{size}.none.evaluated.speed", size / evaluated.ours, "people a second")
        caseload.move_everything()
        caseload.refresh()
        bare.learn_rows()
        everybody = compare(caseload.refresh, bare.repeat, quick=settings.quick, before=caseload.move_everything)
        yield Figure(f"refresh.{size}.all", everybody.ratio, "x reads, decrypts, COPY", at_most=5)
        yield Figure(f"refresh.{size}.all.speed", size / everybody.ours, "people a second")


class Caseload:
    """Everybody, refreshed in chunks as the workers do. `now` goes on by a second a refresh, so that its rows are known."""

    def __init__(self, ids: Sequence[UUID]) -> None:
        self.chunks: Chunks = [list(ids[first : first + CHUNK]) for first in range(0, len(ids), CHUNK)]
        self.now = NOW
        self.people = self.followed = 0
        self._direction = itertools.cycle((1, -1))

    def refresh(self) -> None:
        self.now += timedelta(seconds=1)
        for chunk in self.chunks:
            outcome = refresh(client_ids=chunk, now=self.now)
            assert not outcome.failed, f"{len(outcome.failed)} people cannot be computed"

    def follow(self) -> None:
        """Do what the workers do when rules have changed: note whom that does not concern, compute the others."""
        self.now += timedelta(seconds=1)
        self.followed = follow_rules()
        for chunk in self.chunks:
            refresh(client_ids=chunk, now=self.now, only_stale=True)

    def publish_elsewhere(self) -> None:
        """Have a new version of a rule of a country where nobody was, that says what the old one said."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT unnest(looked_at) FROM residency_computedposition")
            known = {scope.partition("/")[0] for (scope,) in cursor.fetchall()}
        held = Rule.objects.held_now().filter(duty=Duty.LEAVE, jurisdiction__kind=Jurisdiction.Kind.COUNTRY)
        rule = held.exclude(jurisdiction__in=known).order_by("pk").first()
        assert rule is not None, "somebody was in every country"
        self.now += timedelta(seconds=1)
        row, citations = copy_of(rule)
        with transaction.atomic():
            close([rule.pk], self.now)
            insert([Version(row, citations, DateTimeTZRange(self.now, None))], by=None, now=self.now)
        self.people = ComputedPosition.objects.exclude(rules_version=rules_version()).count()

    def check(self) -> None:
        """Make sure that the last publication was followed for everybody, and nobody computed."""
        everybody = sum(len(chunk) for chunk in self.chunks)
        assert (self.people, self.followed) == (everybody, everybody), "not everybody was asked for"

    def queries_of_a_chunk(self) -> int:
        """Return how many queries a chunk takes, and make sure that they are as many for one person."""
        many = len(queries_of(lambda: refresh(client_ids=self.chunks[0], now=self.now)))
        one = len(queries_of(lambda: refresh(client_ids=self.chunks[0][:1], now=self.now)))
        assert many == one, f"{many} queries for {len(self.chunks[0])} people, {one} for one"
        return many

    def move_everything(self) -> None:
        """Have every day of every fact be another one, to and fro, so that every date that is computed moves."""
        days = next(self._direction)
        with connection.cursor() as cursor:
            for table, columns in DAYS.items():
                moved = ", ".join(f"{column} = {column} + {days}" for column in columns)
                cursor.execute(f"UPDATE {table} SET {moved}")
            cursor.execute("UPDATE clients_client SET facts_version = facts_version + 1")
            cursor.execute("VACUUM ANALYZE")


DAYS = {
    "residency_stay": ("entered_earliest", "entered_latest", "left_earliest", "left_latest"),
    "residency_permit": ("valid_from", "printed_until"),
    "residency_registration": ("registered_on", "valid_until"),
    "clients_address": ("since", "until"),
    "documents_document": ("issued_on", "valid_until"),
}


class Bare:
    """The least that a refresh must do: its reads, its decrypts, and its rows into tables with the same indexes."""

    def __init__(self, caseload: Caseload) -> None:
        self.caseload = caseload
        self.reads = [queries_of(lambda chunk=chunk: refresh(client_ids=chunk, now=NOW)) for chunk in caseload.chunks]  # type: ignore[misc]
        self.sealed = [_sealed(chunk) for chunk in caseload.chunks]
        self.rows: list[list[tuple[type[models.Model], list[list[Any]]]]] = [[] for _ in caseload.chunks]

    def learn_rows(self) -> None:
        """Take what the last refresh wrote as what is to be written, and have tables for it."""
        written = (
            ("computed_at", Deadline),
            ("at", Move),
            ("replaced_at", Derivation),
            ("computed_at", ComputedPosition),
        )
        for _, model in written:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"CREATE TABLE IF NOT EXISTS {_copy_of(model)} (LIKE {model._meta.db_table} INCLUDING ALL)"
                )
        self.rows = [
            [
                (model, copied(model._base_manager.filter(**{at: self.caseload.now, _CLIENT[model]: chunk}), model))
                for at, model in written
            ]
            for chunk in self.caseload.chunks
        ]
        people = {row[0] for chunk in self.rows for model, rows in chunk if model is ComputedPosition for row in rows}
        assert len(people) == sum(len(chunk) for chunk in self.caseload.chunks), "not everybody has changed"

    def repeat(self) -> None:
        """Do it. The tables are emptied first, which takes next to no time."""
        with connection.cursor() as cursor:
            for model in {model for chunk in self.rows for model, _ in chunk}:
                cursor.execute(f"TRUNCATE {_copy_of(model)}")
        for reads, sealed, rows in zip(self.reads, self.sealed, self.rows, strict=True):
            with transaction.atomic():
                _read(reads)
                _decrypt(sealed)
                for model, values in rows:
                    copy_into(_copy_of(model), names_of(model), values)


_CLIENT: dict[type[models.Model], str] = {
    Deadline: "client__in",
    Move: "deadline__client__in",
    Derivation: "deadline__client__in",
    ComputedPosition: "client__in",
}


def _copy_of(model: type[models.Model]) -> str:
    return f"bench_{model._meta.db_table}"


def queries_of(work: Callable[[], object]) -> list[Asked]:
    """Return the statements that `work` executes, without those that begin and end transactions."""
    asked: list[Asked] = []

    def note(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if not sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")):
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        work()
    return asked


def _read(asked: Sequence[Asked]) -> None:
    with connection.cursor() as cursor:
        for sql, params in asked:
            cursor.execute(sql, params)
            cursor.fetchall()


Sealed = tuple[str, bytes, bytes, list[tuple[bytes, bytes]]]


def _sealed(chunk: Sequence[UUID]) -> list[Sealed]:
    """Return what must be opened of each person: their data key, and under it the bounds of their birth."""
    found = []
    for client in Client.objects.filter(pk__in=chunk):
        fields = [Client._meta.get_field(name) for name in ("born_earliest", "born_latest")]
        values = [(bytes(getattr(client, each.attname)), each.bound_to(client)) for each in fields]  # type: ignore[union-attr]
        key = client.data_key
        found.append((key.kek_id, bytes(key.wrapped or b""), key.bound_to(), values))
    return found


def _decrypt(sealed: Sequence[Sealed]) -> None:
    for kek_id, wrapped, bound_to, values in sealed:
        cipher = AESGCM(provider().unwrap(kek_id, wrapped, bound_to))
        for value, belongs_to in values:
            envelope.unseal(cipher, value, belongs_to)
