from collections.abc import Iterator
from typing import Any

import pytest
from django.core.checks import registry
from django.db import connection

from casework.config import checks


@pytest.fixture
def cursor_in_c(transactional_db: None) -> Iterator[Any]:
    """A cursor in a database as one gets it without a language in the environment."""
    name = f"{connection.settings_dict['NAME']}_c"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    elsewhere = connection.get_new_connection(connection.get_connection_params() | {"dbname": name})
    yield elsewhere.cursor()
    elsewhere.close()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


@pytest.mark.django_db
def test_a_database_that_compares_cyrillic_is_taken() -> None:
    assert checks.cyrillic_compares(None, databases=["default"]) == []


def test_a_database_in_which_searches_would_find_nothing_is_told(cursor_in_c: Any) -> None:
    assert not checks.compares_cyrillic(cursor_in_c)


@pytest.mark.django_db
def test_a_database_that_does_not_compare_is_refused_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "COMPARES", "SELECT false")

    problems = checks.cyrillic_compares(None, databases=["default"])

    assert [problem.id for problem in problems] == ["config.E001"]
    assert "LOCALE 'C.UTF-8'" in str(problems[0].hint)


def test_no_database_is_looked_at_unless_it_is_asked_for() -> None:
    assert checks.cyrillic_compares(None) == []


def test_every_migration_asks() -> None:
    assert checks.cyrillic_compares in registry.registry.registered_checks
    assert registry.Tags.database in checks.cyrillic_compares.tags
