"""Looks whether a database holds anything sealed with keys: exit status 3 if so, 0 if not.

Run as a script in the environment of the project, without Django: there is no key file, and the settings refuse to load.
"""

import os
import re
import sys

import psycopg

HOLDS = 3


def holds_sealed_rows(connection: "psycopg.Connection[tuple[bool]]") -> bool:
    """Tell whether there is a data key, without which nothing is stored of anybody."""
    there = connection.execute("SELECT to_regclass('vault_datakey') IS NOT NULL").fetchone()
    if there is None or not there[0]:
        return False
    row = connection.execute("SELECT EXISTS (SELECT FROM vault_datakey)").fetchone()
    return row is not None and row[0]


def address(url: str) -> str:
    """Return the database's address as PostgreSQL's own library reads it; other programs write other schemes."""
    return re.sub(r"^(postgres|psql|pgsql|postgis)://", "postgresql://", url)


if __name__ == "__main__":
    with psycopg.connect(address(os.environ["DATABASE_URL"]), connect_timeout=10) as connection:
        sys.exit(HOLDS if holds_sealed_rows(connection) else 0)
