"""System checks of what the application stands on."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.recorder import MigrationRecorder

from casework.reports import replica

HERE = {"", "localhost", "127.0.0.1", "::1"}
COMPARES = "SELECT upper('жанар') = 'ЖАНАР' AND 'Жанар' ILIKE 'жанар' AND lower('ӨҮҢҚҒҰІӘ') = 'өүңқғұіә'"


@register(Tags.database)
def cyrillic_compares(
    app_configs: Sequence[AppConfig] | None, databases: Iterable[str] | None = None, **_others: Any
) -> list[CheckMessage]:
    """Refuse a database in which capital and small Cyrillic letters are strangers: searches would silently find nothing."""
    problems: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            if not compares_cyrillic(cursor):
                problems.append(
                    Error(
                        "The database does not compare Cyrillic: its locale does not know that Ж is a capital ж.",
                        hint="Make the database anew with ENCODING 'UTF8' and LOCALE 'C.UTF-8' (or an ICU locale), then load the data into it.",
                        id="config.E001",
                    )
                )
    return problems


@register(Tags.database)
def reports_are_read_from_a_copy(
    app_configs: Sequence[AppConfig] | None, databases: Iterable[str] | None = None, **_others: Any
) -> list[CheckMessage]:
    """Warn of a database for reports that is no standby, cannot be reached, or is of another version of the application."""
    if replica.REPORTS not in connections or replica.REPORTS not in (databases or ()):
        return []
    try:
        with connections[replica.REPORTS].cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery()")
            (is_standby,) = cursor.fetchone()
        there = _migrations_in(replica.REPORTS)
    except DatabaseError:
        problem, hint = "cannot be reached", "Reports are read from the database itself until it answers."
    else:
        if not is_standby:
            problem, hint = (
                "is no standby and may be written to",
                "Let it follow the database by streaming replication.",
            )
        elif there != _migrations_in(DEFAULT_DB_ALIAS):
            problem, hint = "has other migrations than the database", "Wait until it has followed, or make it anew."
        else:
            return []
    return [Caution(f"The database of REPORTS_DATABASE_URL {problem}.", hint=hint, id="config.W010")]


def _migrations_in(alias: str) -> set[tuple[str, str]]:
    return set(MigrationRecorder(connections[alias]).applied_migrations())


def compares_cyrillic(cursor: Any) -> bool:
    """Tell whether upper(), lower() and ILIKE of a database know Cyrillic, Kazakh and Kyrgyz letters included."""
    cursor.execute(COMPARES)
    row: tuple[bool] = cursor.fetchone()
    return row == (True,)


@register(Tags.security, deploy=True)
def database_and_broker_are_reached_safely(
    app_configs: Sequence[AppConfig] | None, **_others: Any
) -> list[CheckMessage]:
    """Warn of a database or broker on another machine to which the way is open or the other end unproved."""
    problems: list[CheckMessage] = []
    database = settings.DATABASES["default"]
    host = database.get("OPTIONS", {}).get("host") or database.get("HOST") or ""
    if not _is_here(host) and database.get("OPTIONS", {}).get("sslmode") not in {"verify-ca", "verify-full"}:
        problems.append(
            Caution(
                "The database is on another machine, and its certificate is not checked.",
                hint="Add ?sslmode=verify-full&sslrootcert=FILE to DATABASE_URL.",
                id="config.W002",
            )
        )
    broker = urlsplit(settings.CELERY_BROKER_URL)
    if not _is_here(broker.hostname or "") and broker.scheme != "rediss":
        problems.append(
            Caution(
                "The broker is on another machine, and what goes there can be read on the way.",
                hint="Use rediss:// in BROKER_URL.",
                id="config.W003",
            )
        )
    return problems


def _is_here(host: str) -> bool:
    return host in HERE or host.startswith("/")
