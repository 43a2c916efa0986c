"""Whoever watches the servers learns that they serve and how far the sealing of the audit trail is, and nothing else."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from casework.audit.record import record
from casework.audit.seal import seal_waiting

pytestmark = pytest.mark.django_db


def readyz() -> list[str]:
    response = Client().get("/readyz")
    assert response.status_code == 200
    return response.content.decode().splitlines()


def test_it_is_ready_before_anything_has_happened() -> None:
    assert readyz() == [
        "ok",
        "audit seals: ok, oldest event without one 0 s, last one never",
        "reminders: ok, plan never, deliver never, oldest unsent 0 s",
    ]


def test_it_says_when_the_last_event_was_sealed() -> None:
    record("clients.case_seen", by=None, now=timezone.now() - timedelta(seconds=300))
    seal_waiting()

    assert readyz()[1] == "audit seals: ok, oldest event without one 0 s, last one 300 s ago"


def test_a_sealer_that_stands_still_is_told_of() -> None:
    record("clients.case_seen", by=None, now=timezone.now() - timedelta(seconds=300))

    assert readyz()[1] == "audit seals: late, oldest event without one 300 s, last one never"
