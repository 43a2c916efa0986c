"""Whoever watches the servers learns whether they serve, and with the token how each part stands. Nobody else learns more."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from casework.accounts.roles import Role
from casework.accounts.task_runs import CANARY, note_run
from casework.audit.record import record
from casework.audit.seal import seal_waiting
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-thirty-two-letters-at-least"


@pytest.fixture
def watched(settings: LazySettings) -> None:
    settings.METRICS_TOKEN = TOKEN


def told() -> dict[str, Any]:
    response = Client().get("/readyz", headers={"Authorization": f"Bearer {TOKEN}"})
    checks: dict[str, Any] = response.json()["checks"]
    return checks


def test_the_public_learns_that_it_is_ready_and_nothing_else() -> None:
    note_run(CANARY, began=timezone.now(), ended=timezone.now() - timedelta(hours=1), has_failed=False)
    response = Client().get("/readyz", headers={"Authorization": "Bearer "})

    assert (response.status_code, response.content) == (200, b"ok")


def test_the_public_learns_that_it_is_not_ready_and_not_why(settings: LazySettings, tmp_path: Path) -> None:
    settings.KEY_FILE = tmp_path / "gone.json"
    response = Client().get("/readyz")

    assert (response.status_code, response.content) == (503, b"not ready")


def test_whoever_shows_the_token_reads_how_each_part_stands(watched: None) -> None:
    checks = told()

    assert {name: check["ok"] for name, check in checks.items()} == dict.fromkeys(
        ["database", "migrations", "keys", "erasures", "worker", "schedule", "reminders", "backups", "audit"], True
    )
    assert checks["worker"]["canary_seconds"] is None
    assert checks["backups"] == {"ok": True, "is_set": False, "last_seconds": None}
    assert checks["reminders"] == {"ok": True, "lag_seconds": 0, "plan_seconds": None, "deliver_seconds": None}


def test_keys_that_are_gone_are_told_by_kind(watched: None, settings: LazySettings, tmp_path: Path) -> None:
    settings.KEY_FILE = tmp_path / "gone.json"
    checks = told()

    assert checks["keys"] == {"ok": False, "error": "KeyFileMissing"}
    assert "worker" not in checks


def test_a_worker_that_stands_still_is_told_of_and_takes_no_page_away(watched: None) -> None:
    at = timezone.now() - timedelta(minutes=4)
    note_run(CANARY, began=at, ended=at, has_failed=False)

    assert told()["worker"] == {"ok": False, "canary_seconds": 240}
    assert told()["schedule"] == {"ok": False, "late": [CANARY]}
    assert Client().get("/readyz").status_code == 200


def test_it_says_when_the_last_event_was_sealed(watched: None) -> None:
    record("clients.case_seen", by=None, now=timezone.now() - timedelta(seconds=300))
    seal_waiting()

    assert told()["audit"] == {"ok": True, "unsealed_seconds": 0, "last_seal_seconds": 300}


def test_a_sealer_that_stands_still_is_told_of(watched: None) -> None:
    record("clients.case_seen", by=None, now=timezone.now() - timedelta(seconds=300))

    assert told()["audit"] == {"ok": False, "unsealed_seconds": 300, "last_seal_seconds": None}


def test_administrators_read_on_a_page_what_works(client: Client) -> None:
    at = timezone.now() - timedelta(minutes=4)
    note_run(CANARY, began=at, ended=at, has_failed=False)
    client.force_login(make_user(Role.ADMINISTRATOR))

    page = client.get("/status/").content.decode()

    assert "<li>Database: works</li>" in page
    assert "<li>Worker: <strong>does not work</strong></li>" in page
