"""What a database holds, as counts: the same questions when a backup is made and when it is put back."""

from typing import Any

from psycopg import sql

from casework.audit import chain

TABLES = """
    SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
MIGRATIONS = "SELECT app, array_agg(name::text ORDER BY name) FROM django_migrations GROUP BY app ORDER BY app"
LAST_SEAL = "SELECT pos, hash FROM audit_seal ORDER BY pos DESC LIMIT 1"
WRAPPED_BY = "SELECT DISTINCT kek_id FROM vault_datakey WHERE destroyed_at IS NULL ORDER BY kek_id"
DATA_KEYS = """
    SELECT count(*) FILTER (WHERE destroyed_at IS NULL), count(*) FILTER (WHERE destroyed_at IS NOT NULL) FROM vault_datakey
"""
KEYS_TABLE = "vault_datakey"


def rows_of(cursor: Any) -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        name: _one(cursor, sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name)))[0]
        for name in tables(cursor)
    }


def tables(cursor: Any) -> list[str]:
    return [name for (name,) in cursor.execute(TABLES).fetchall()]


def migrations_of(cursor: Any) -> dict[str, list[str]]:
    return dict(cursor.execute(MIGRATIONS).fetchall())


def chain_of(cursor: Any) -> dict[str, Any]:
    """Return place and hash of the last sealed event."""
    last = cursor.execute(LAST_SEAL).fetchone()
    pos, digest = last or (0, chain.BEGINNING)
    return {"pos": pos, "hash": bytes(digest).hex()}


def wrapped_by(cursor: Any) -> list[str]:
    """Return the ids of the keys of the key file that the data keys need."""
    return [key_id for (key_id,) in cursor.execute(WRAPPED_BY).fetchall()]


def data_keys_of(cursor: Any) -> dict[str, int]:
    usable, destroyed = _one(cursor, DATA_KEYS)
    return {"usable": usable, "destroyed": destroyed}


def server_of(connection: Any) -> int:
    """Return the major version of the server."""
    return int(connection.info.server_version) // 10_000


def _one(cursor: Any, query: Any) -> tuple[Any, ...]:
    row: tuple[Any, ...] = cursor.execute(query).fetchone()
    return row
