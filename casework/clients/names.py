"""Search among clients by name: the index of this process, kept as new as the database, and sieved by who may see whom.

Each row carries the number of the transaction that last wrote its names. The index remembers which transactions were still
running when it last looked; before every search it asks for the rows of those, and of all that began since. So a row is never
missed, however late the transaction that wrote it commits, and none is read twice. Whoever was erased is such a row too, without a name.
"""

import dataclasses
import logging
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection
from django.db.models import QuerySet

from casework.accounts.models import User
from casework.lib.names import NameIndex, Query
from casework.vault.errors import TamperedData
from casework.vault.search_form import ciphers, open_search_form

from .access import team_ids_in_sight
from .models import Client

# Up to so many people a user may see are named to the index; of more, the best matches are shown to the database instead.
NAMED_TO_THE_INDEX = 2_000
BEST_MATCHES = 1_000
RANKED = 300

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")

# Of the primary server: a standby does not tell which transactions are running.
_SNAPSHOT = "SELECT pg_current_snapshot()::text, pg_current_xact_id_if_assigned()::text::bigint"
# Visible is what has committed, below xmax, and what this transaction wrote itself. Numbers beyond are those of another
# server, from which the database was restored: they are no news.
_WRITTEN_SINCE = """
    SELECT id, search_form, search_xid, pg_current_snapshot()::text, pg_current_xact_id_if_assigned()::text::bigint
      FROM (SELECT id, search_form, search_xid FROM clients_client
             UNION ALL SELECT id, NULL, search_xid FROM clients_erasedperson) AS people
     WHERE (search_xid >= %s OR search_xid = ANY (%s))
       AND search_xid < greatest(
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
           pg_current_xact_id_if_assigned()::text::bigint + 1
       )
"""

logger = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class Snapshot:
    """Which transactions had ended: those below `next`, but for the ones that were running, our own among them."""

    next: int
    running: list[int]
    own: int | None

    @classmethod
    def parse(cls, text: str, own: int | None) -> "Snapshot":
        """Read PostgreSQL's `xmin:xmax:running,running`, which does not list the transaction that asks."""
        _oldest, following, running = text.split(":")
        numbers = [int(number) for number in running.split(",") if number]
        return cls(next=int(following), running=numbers if own is None else [*numbers, own], own=own)


class ClientNames:
    """The names of all clients in the memory of this process. For several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._index: NameIndex[UUID] = NameIndex()
        self._seen: Snapshot | None = None
        # Whom the transaction that looked last had written itself: if it has rolled back, they are read again.
        self._own: set[UUID] = set()

    def search(self, query: Query, allowed: Sequence[UUID], limit: int) -> list[UUID]:
        """Return the best matches among the people allowed."""
        with self._lock:
            self._refresh()
            return [hit.id for hit in self._index.search(query, allowed=allowed, limit=limit)]

    def best_matches(self, query: Query) -> list[UUID]:
        """Return the people who share most with the query, whoever may see them. Not to be shown before they are sieved."""
        with self._lock:
            self._refresh()
            return next(self._index.shortlists(query, size=BEST_MATCHES), [])

    def ranked(self, query: Query, people: Sequence[UUID], limit: int) -> list[UUID]:
        """Return the best of these people, best first."""
        with self._lock:
            return [hit.id for hit in self._index.ranked(query, people, limit=limit)]

    def carriers(self, words: Iterable[str]) -> dict[str, int]:
        """Return how many people carry each of these skeletons in a name, whoever may see them. Not to be shown."""
        with self._lock:
            return {word: self._index.carriers(word) for word in words}

    def in_order(self, people: Sequence[UUID]) -> list[UUID]:
        """Return these people in the order of their names."""
        with self._lock:
            self._refresh()
            return self._index.in_order(people)

    def _refresh(self) -> None:
        seen = self._seen or self._load()
        with connection.cursor() as cursor:
            cursor.execute(_WRITTEN_SINCE, [seen.next, seen.running])
            rows: list[Any] = cursor.fetchall()
        news: dict[UUID, Any] = {row[0]: row[1] for row in rows}
        if rolled_back := self._own - news.keys():
            self._index.remove(rolled_back)
            news |= dict(Client.objects.filter(pk__in=rolled_back).values_list("pk", "search_form"))
        self._index.remove(pk for pk, form in news.items() if form is None)
        self._put((pk, form) for pk, form in news.items() if form is not None)
        if rows:
            self._seen = Snapshot.parse(rows[0][3], rows[0][4])
        self._own = {row[0] for row in rows if row[2] == row[4]}

    def _load(self) -> Snapshot:
        # The snapshot first: what commits before the rows are read is read now, and once more later.
        with connection.cursor() as cursor:
            cursor.execute(_SNAPSHOT)
            seen = Snapshot.parse(*cursor.fetchone())
        rows = Client.objects.filter(search_form__isnull=False).values_list("pk", "search_form")
        self._index = NameIndex()
        self._put(rows.iterator(chunk_size=5_000))
        self._seen = seen
        return seen

    def _put(self, rows: Iterable[tuple[UUID, Any]]) -> None:
        cipher_of = ciphers()
        self._index.put((pk, text) for pk, form in rows if (text := _opened(pk, form, cipher_of)) is not None)


names = ClientNames()


def find(
    user: User, text: str, *, now: datetime, birth_year: int | None = None, archived: bool = True, limit: int = 20
) -> list[UUID]:
    """Return the ids of clients whom `user` may see and whose names are like `text`, best first; also of archived cases, or not.

    A year within the text is taken for the birth year. The database is asked each time anew who may be seen.
    """
    query = Query.parse(text, birth_year or _year_in(text))
    return find_for_each(user, [[query]], now=now, archived=archived, limit=limit)[0]


def find_each(user: User, queries: Iterable[Query], *, now: datetime, limit: int = 20) -> list[UUID]:
    """Return the ids of clients whom `user` may see and whose names are like one of the queries, `limit` for each at most."""
    return find_for_each(user, [queries], now=now, limit=limit)[0]


def find_for_each(
    user: User, people: Iterable[Iterable[Query]], *, now: datetime, archived: bool = True, limit: int = 20
) -> list[list[UUID]]:
    """Return the same for several people, each with queries of their own; who may be seen is asked once."""
    asked = [[query for query in queries if query.words] for queries in people]
    if not any(asked):
        return [[] for _queries in asked]
    teams = team_ids_in_sight(user, now)
    visible = Client.objects.visible_to(user, now).filter(case__team__in=teams).order_by()
    visible = visible if archived else visible.not_archived()
    allowed = list(visible.values_list("pk", flat=True)[: NAMED_TO_THE_INDEX + 1])

    def found(query: Query) -> list[UUID]:
        if len(allowed) <= NAMED_TO_THE_INDEX:
            return names.search(query, allowed, limit)
        return _sieved(query, visible, limit)

    return [list(dict.fromkeys(pk for query in queries for pk in found(query))) for queries in asked]


def find_among_all(queries: Iterable[Query], *, limit: int = 20) -> list[UUID]:
    """Return the same of all clients, whoever may see them: for the software itself, never for a page."""
    found = (names.ranked(query, names.best_matches(query)[:RANKED], limit) for query in queries if query.words)
    return list(dict.fromkeys(pk for people in found for pk in people))


def _sieved(query: Query, visible: QuerySet[Client], limit: int) -> list[UUID]:
    best = names.best_matches(query)
    seen = set(visible.filter(pk__in=best).values_list("pk", flat=True))
    return names.ranked(query, [pk for pk in best if pk in seen][:RANKED], limit)


def in_order(people: Sequence[UUID]) -> list[UUID]:
    """Return clients in the order of their names: Latin letters, then Cyrillic, by the alphabet."""
    return names.in_order(people)


def _year_in(text: str) -> int | None:
    found = _YEAR.search(text)
    return int(found.group()) if found else None


def _opened(pk: UUID, form: bytes, cipher_of: Callable[[str], AESGCM]) -> str | None:
    try:
        return open_search_form(pk, form, cipher_of)
    except TamperedData:
        # One altered row must not take the search from everybody; whoever opens the client is told.
        logger.exception("the search form of client %s was altered; the client is not found by name", pk)
        return None
