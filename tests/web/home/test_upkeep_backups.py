"""The page of upkeep says when the last backup was made, and when that is too long ago."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from casework.accounts.roles import Role
from casework.lifecycle.backups.plan import Plan
from casework.lifecycle.backups.state import HEARTBEAT
from casework.reminders.models import Heartbeat
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("is_set", "hours", "says"),
    [
        (False, None, "none: this server was not told where they go"),
        (True, None, "none has been made yet"),
        (True, 31, "late: the last one is older than a night"),
        (True, 3, "are being made"),
    ],
)
def test_upkeep_says_how_it_stands_with_backups(
    settings: LazySettings, tmp_path: Path, is_set: bool, hours: int | None, says: str
) -> None:
    settings.BACKUPS = Plan(directory=tmp_path, keys_directory=tmp_path, recipients=()) if is_set else None
    if hours is not None:
        Heartbeat.objects.create(name=HEARTBEAT, at=timezone.now() - timedelta(hours=hours))
    browser = Client()
    browser.force_login(make_user(Role.ADMINISTRATOR))

    page = browser.get(reverse("upkeep")).content.decode()

    assert says in page
    assert ("last one" in page) == (hours is not None)
