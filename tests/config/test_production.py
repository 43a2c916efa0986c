"""What the settings of a production installation come to."""

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
