"""Looks whether a database holds anything that needs the keys with which it was made: exit status 3 if so, 0 if not.

Run as a script in the environment of the project, without Django: there is no key file, and the settings refuse to load.
"""

import os
import re
import sys

import psycopg

HOLDS = 3
# Without a data key nothing is sealed of anybody; without a user nobody's address was hashed with a key.
TELLTALE = ("vault_datakey", "accounts_user")


def holds_sealed_rows(connection: "psycopg.Connection[tuple[bool]]") -> bool:
    """Tell whether there is a row in one of the tables that tell."""
    for table in TELLTALE:
        there = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [table]).fetchone()
        if there == (True,) and connection.execute(f"SELECT EXISTS (SELECT FROM {table})").fetchone() == (True,):
            return True
    return False


def address(url: str) -> str:
    """Return the database's address as PostgreSQL's own library reads it; other programs write other schemes."""
    return re.sub(r"^(postgres|psql|pgsql|postgis)://", "postgresql://", url)


if __name__ == "__main__":
    try:
        with psycopg.connect(address(os.environ["DATABASE_URL"]), connect_timeout=10) as connection:
            sys.exit(HOLDS if holds_sealed_rows(connection) else 0)
    except psycopg.Error as error:
        sys.exit(" ".join(str(error).split()))
