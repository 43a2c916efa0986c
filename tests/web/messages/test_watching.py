from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.reminders.models import Heartbeat
from casework.reminders.plan import plan
from casework.reminders.send import deliver_due
from tests.factories.accounts import make_user
from tests.reminders.deadlines import at_any_hour, make_deadline

pytestmark = pytest.mark.django_db

STATUS, EXPECTED = "/status/", "/messages/expected/"


def working() -> None:
    at_any_hour()
    plan(now=timezone.now())
    deliver_due(clock=timezone.now)


def test_the_administrator_reads_that_reminders_go(client: Browser) -> None:
    client.force_login(make_user(Role.ADMINISTRATOR))
    before = client.get(STATUS).content.decode()
    working()
    well = client.get(STATUS).content.decode()
    Heartbeat.objects.filter(name="plan").update(at=timezone.now() - timedelta(minutes=4))

    after = client.get(STATUS).content.decode()

    assert "not been looked after yet" in before
    assert "Yes." in well
    assert "silent for more than three minutes" in after
    assert Event.objects.filter(type="reminders.status_seen").count() == 3


def test_readyz_says_how_it_stands(client: Browser, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = "a-token-of-those-who-watch"
    shown = {"Authorization": f"Bearer {settings.METRICS_TOKEN}"}
    before = client.get("/readyz", headers=shown).json()["checks"]["reminders"]
    working()
    Heartbeat.objects.filter(name="deliver").update(at=timezone.now() - timedelta(minutes=4))

    after = client.get("/readyz", headers=shown)

    assert before == {"ok": True, "lag_seconds": 0, "plan_seconds": None, "deliver_seconds": None}
    assert after.status_code == 200
    assert after.json()["checks"]["reminders"]["ok"] is False


def test_the_coordinator_compares_what_was_expected_with_what_was_sent(client: Browser) -> None:
    deadline = make_deadline(due_on=timezone.now().date())
    coordinator = make_user(Role.COORDINATOR, team=deadline.client.case.team)
    working()
    client.force_login(coordinator)

    page = client.get(EXPECTED).content.decode()

    assert "Nothing is missing or late." in page
    assert "deadlines" in page


def test_cases_of_other_teams_are_not_counted(client: Browser) -> None:
    make_deadline(due_on=timezone.now().date())
    client.force_login(make_user(Role.COORDINATOR))

    assert "Nothing is near enough" in client.get(EXPECTED).content.decode()


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.COORDINATOR, Role.AUDITOR])
def test_only_administrators_see_the_status(client: Browser, role: Role) -> None:
    client.force_login(make_user(role))

    assert client.get(STATUS).status_code == 403


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.ADMINISTRATOR])
def test_only_coordinators_compare(client: Browser, role: Role) -> None:
    client.force_login(make_user(role))

    assert client.get(EXPECTED).status_code == 403
