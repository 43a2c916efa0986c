from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.reminders.models import Heartbeat, Reminder
from casework.reminders.plan import plan
from casework.reminders.send import deliver_due
from casework.web.messages.views import masked
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import hide
from tests.factories.housing import make_lease, make_site
from tests.reminders.deadlines import at_any_hour, make_deadline

pytestmark = pytest.mark.django_db

URL = "/messages/"


@pytest.fixture
def reminder() -> Reminder:
    at_any_hour()
    make_deadline(due_on=timezone.now().date() + timedelta(days=3))
    plan(now=timezone.now())
    return Reminder.objects.get()


def test_it_shows_what_was_sent_with_the_recipient_in_outline(client: Browser, reminder: Reminder) -> None:
    deliver_due(clock=timezone.now)
    client.force_login(reminder.recipient)

    page = client.get(URL).content.decode()

    assert reminder.case.code in page
    assert masked(reminder.recipient.email) in page
    assert page.count(reminder.recipient.email) == page.count(f">{reminder.recipient.email}<")  # only in one's own menu
    assert "delivered" in page


def test_a_worker_of_another_team_sees_none_of_it(client: Browser, reminder: Reminder) -> None:
    client.force_login(make_user())

    page = client.get(URL).content.decode()

    assert reminder.case.code not in page
    assert "No messages yet" in page


def test_what_somebody_was_told_of_a_case_that_they_see_no_longer_is_not_there(
    client: Browser, reminder: Reminder
) -> None:
    assert reminder.case is not None
    hide(reminder.case)
    client.force_login(reminder.recipient)

    assert reminder.case.code not in client.get(URL).content.decode()


def test_what_was_said_about_a_lease_is_there_for_whom_it_was_said_to(client: Browser) -> None:
    keeper, other = make_user(Role.COORDINATOR), make_user(Role.COORDINATOR)
    site = make_site(team=team_of(keeper), by=keeper)
    now = timezone.now()
    make_lease(site, until=now.date() + timedelta(days=60), notice_on=now.date() + timedelta(days=3))
    plan(now=now)

    client.force_login(keeper)
    assert "about no case" in client.get(URL).content.decode()
    client.force_login(other)
    assert "about no case" not in client.get(URL).content.decode()


def test_a_policy_editor_may_not_look(client: Browser) -> None:
    client.force_login(make_user(Role.POLICY_EDITOR))

    assert client.get(URL).status_code == 403


def test_it_filters_by_state(client: Browser, reminder: Reminder) -> None:
    client.force_login(reminder.recipient)

    page = client.get(URL, {"state": "sent"}).content.decode()

    assert reminder.case.code not in page
    assert "No message is like that" in page


def test_it_takes_no_posts(client: Browser, reminder: Reminder) -> None:
    client.force_login(reminder.recipient)

    assert client.post(URL).status_code == 405


def test_looking_leaves_an_event(client: Browser, reminder: Reminder) -> None:
    client.force_login(reminder.recipient)

    client.get(reverse("outgoing_messages"))

    assert Event.objects.filter(type="reminders.messages_listed", actor_id=reminder.recipient.pk).count() == 1


def test_a_silence_of_more_than_three_minutes_is_said(client: Browser, reminder: Reminder) -> None:
    deliver_due(clock=timezone.now)
    client.force_login(reminder.recipient)
    before = client.get(URL).content.decode()
    Heartbeat.objects.filter(name="plan").update(at=timezone.now() - timedelta(minutes=4))

    after = client.get(URL).content.decode()

    assert "more than three minutes" not in before
    assert "more than three minutes" in after
