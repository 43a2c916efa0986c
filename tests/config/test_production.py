"""What the settings of a production installation come to."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import LazySettings

from casework.config.checks import database_and_broker_are_reached_safely


@pytest.mark.parametrize(
    ("host", "mode", "broker", "told"),
    [
        ("", "", "redis+socket:///run/valkey.sock", []),
        ("/run/postgresql", "", "redis://localhost:6379/0", []),
        ("db.example.org", "verify-full", "rediss://broker.example.org:6379/0", []),
        ("db.example.org", "", "redis://localhost:6379/0", ["config.W002"]),
        ("db.example.org", "require", "redis://localhost:6379/0", ["config.W002"]),
        ("", "", "redis://broker.example.org:6379/0", ["config.W003"]),
    ],
)
def test_a_database_elsewhere_without_tls_is_told(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, host: str, mode: str, broker: str, told: list[str]
) -> None:
    database: dict[str, Any] = {"HOST": host, "OPTIONS": {"sslmode": mode} if mode else {}}
    monkeypatch.setitem(settings.DATABASES, "default", database)
    settings.CELERY_BROKER_URL = broker

    assert [problem.id for problem in database_and_broker_are_reached_safely(None)] == told


@pytest.mark.parametrize(
    ("asked", "told"), [("", "False {}"), ("?pool_mode=transaction", "True {}"), ("?pool_mode=session", "False {}")]
)
def test_behind_a_pooler_of_transactions_no_cursor_outlives_its_own(asked: str, told: str) -> None:
    """And libpq, which does not know the word, is not told of it."""
    said = "it = s.DATABASES['default']; print(it['DISABLE_SERVER_SIDE_CURSORS'], it.get('OPTIONS', {}))"
    done = subprocess.run(
        [sys.executable, "-c", f"from casework.config import settings as s; {said}"],
        env=os.environ | {"DATABASE_URL": f"postgres://casework@localhost/casework{asked}"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == told
