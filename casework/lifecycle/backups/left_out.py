"""What of the database a backup leaves out: columns that follow from what is sealed beside them, and files that wait to be fetched.

Search forms and keyed hashes are under keys of the key file, the same for everybody: in an older backup they would go on telling the
names and numbers of whoever was erased since, though no data key of theirs is left. So tables that have such columns are copied
without them, and the columns are made anew when the backup is put back; also where they are under a key that is gone since.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from psycopg import sql

from casework.clients.actions.people import sealed_names
from casework.clients.models import Client
from casework.lifecycle.key_renewal import batched
from casework.reports.models import ExportPiece
from casework.vault.errors import TamperedData
from casework.vault.hashed import KeyedHashField, hashed_fields
from casework.vault.keys import provider
from casework.vault.lookup import TAG_BYTES, tag_of
from casework.vault.rotation import Hashes, write_columns
from casework.vault.search_form import key_of, search_form_fields

from .sealing import PIECE, unseal

# Tables of which no rows are copied: whoever asked for a file asks again.
FORGOTTEN = (ExportPiece._meta.db_table,)
# The columns of a table that can be written, whatever this program makes of them.
COLUMNS = """
    SELECT attname FROM pg_attribute
     WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""
# As pg_dump writes values, whatever the server would.
STYLES = "SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1"
AT_ONCE = 500


def tables(cursor: Any) -> dict[str, list[str]]:
    """Return the tables that are copied without some columns, each with the columns that are copied."""
    without: dict[str, set[str]] = {}
    for field in (*search_form_fields(), *hashed_fields()):
        without.setdefault(field.model._meta.db_table, set()).add(str(field.column))
    return {name: [each for each in _columns(cursor, name) if each not in left] for name, left in without.items()}


def part_of(table: str) -> str:
    """Return the name of the part of a backup in which the rows of such a table are."""
    return f"{table}.copy.age"


class Rows:
    """The rows of a table as COPY writes them, to be read like a file."""

    def __init__(self, link: Any, table: str, columns: Sequence[str]) -> None:
        self.cursor = link.cursor()
        self.query = _copy("COPY {table} ({columns}) TO STDOUT", table, columns)
        self.pieces = self._pieces()
        self.waiting = bytearray()

    def read(self, size: int = -1) -> bytes:
        wanted = size if size >= 0 else PIECE
        while len(self.waiting) < wanted and (piece := next(self.pieces, None)) is not None:
            self.waiting += piece
        taken = bytes(self.waiting[:wanted])
        del self.waiting[:wanted]
        return taken

    def _pieces(self) -> Iterator[bytes]:
        self.cursor.execute(STYLES)
        with self.cursor.copy(self.query) as rows:
            yield from rows


def load(link: Any, table: str, columns: Sequence[str], source: Path, identities: Sequence[Any]) -> None:
    """Put the rows of a table back. Raises BackupError, or what the database says."""
    link.execute(STYLES)
    with link.cursor().copy(_copy("COPY {table} ({columns}) FROM STDIN", table, columns)) as rows:
        unseal(source, rows.write, identities)


def make_anew() -> tuple[int, list[str]]:
    """Make what is not there, or is under a key that is gone; return how many values, and which rows do not open."""
    count, failed = _search_forms()
    for field in hashed_fields():
        more, others = _hashes(field)
        count += more
        failed += others
    return count, failed


def _search_forms() -> tuple[int, list[str]]:
    ring = provider().ring("search")
    known = set(ring.keys) if ring is not None else set()
    rows = Client._base_manager.order_by("pk").values_list("pk", "search_form")
    lost = (pk for pk, form in rows.iterator(chunk_size=AT_ONCE) if form is None or key_of(bytes(form)) not in known)

    def write(fresh: dict[Any, tuple[Any, ...]]) -> None:
        write_columns(Client, ("search_form",), fresh)

    people = Client._base_manager.select_related("data_key")
    return _each(people, lost, sealed_names, write)


def _hashes(field: KeyedHashField) -> tuple[int, list[str]]:
    ring = provider().ring("lookup")
    known = {tag_of(key_id) for key_id in ring.keys} if ring is not None else set()
    rows = field.model._base_manager.order_by("pk").values_list("pk", field.attname)
    lost = (
        pk for pk, found in rows.iterator(chunk_size=AT_ONCE) if found is None or bytes(found)[:TAG_BYTES] not in known
    )
    followed = field.model._base_manager.select_related("data_key", *field.follow)
    return _each(followed, lost, field.likeliest, Hashes(field).write)


def _each(
    rows: Any, lost: Iterable[Any], made_of: Callable[[Any], bytes | None], write: Callable[[dict[Any, Any]], None]
) -> tuple[int, list[str]]:
    count, failed = 0, []
    for some in batched(lost, AT_ONCE):
        fresh: dict[Any, tuple[bytes]] = {}
        for row in rows.filter(pk__in=some, data_key__destroyed_at__isnull=True):
            try:
                if (value := made_of(row)) is not None:
                    fresh[row.pk] = (value,)
            except TamperedData as problem:
                failed.append(str(problem))
        write(fresh)
        count += len(fresh)
    return count, failed


def _columns(cursor: Any, table: str) -> list[str]:
    return [name for (name,) in cursor.execute(COLUMNS, [f'public."{table}"']).fetchall()]


def _copy(statement: str, table: str, columns: Sequence[str]) -> sql.Composed:
    named = sql.SQL(", ").join(sql.Identifier(each) for each in columns)
    return sql.SQL(statement).format(table=sql.Identifier("public", table), columns=named)
