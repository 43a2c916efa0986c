"""Reminders that should have gone and did not are noticed and told, without worker or beat."""

from collections.abc import Sequence
from datetime import time, timedelta
from io import StringIO
from smtplib import SMTPConnectError

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Case
from casework.reminders.actions import change_own_settings
from casework.reminders.management.commands import watch_reminders
from casework.reminders.models import Heartbeat, Reminder
from casework.reminders.plan import plan
from casework.reminders.send import deliver_due
from casework.reminders.watch import SILENCE, health, reconcile, watch
from tests.factories.accounts import NOW, make_membership, make_user
from tests.factories.clients import make_case, make_client

from .deadlines import TODAY, at_any_hour, make_deadline

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
TOO_LONG = SILENCE + timedelta(seconds=1)


def working() -> None:
    plan(now=NOW)
    deliver_due(clock=lambda: NOW)


def test_all_is_well_while_both_steps_run() -> None:
    make_deadline()
    working()

    assert not health(NOW + SILENCE).is_late
    assert watch(NOW + SILENCE) == ""
    assert len(mail.outbox) == 1  # the reminder itself


def test_what_goes_with_a_message_that_is_to_be_tried_again_is_not_late(settings: LazySettings) -> None:
    at_any_hour()
    first = make_deadline(due_on=TODAY + timedelta(days=3))
    make_deadline(client=make_client(case=first.client.case), due_on=TODAY + timedelta(days=3))
    change_own_settings(digest_at=time(8), by=first.client.case.caseworker, now=NOW)
    plan(now=NOW)
    [eight] = set(Reminder.objects.values_list("send_at", flat=True))
    settings.EMAIL_BACKEND = f"{__name__}.NoMail"

    deliver_due(clock=lambda: eight)

    assert sorted(Reminder.objects.values_list("state", "tries")) == [("waiting", 0), ("waiting", 1)]
    assert health(eight + timedelta(seconds=30)).lag == timedelta(0)
    assert Heartbeat.objects.get(name="deliver").lag_seconds == 0


@pytest.mark.parametrize("step", ["plan", "deliver"])
def test_after_three_minutes_without_a_worker_or_beat_the_administrators_are_told_once(step: str) -> None:
    administrator = make_user(Role.ADMINISTRATOR)
    make_user()
    make_membership(make_user(None), Role.ADMINISTRATOR, ends_at=NOW)
    working()
    Heartbeat.objects.exclude(name=step).update(at=NOW + TOO_LONG)

    said = [watch(NOW + TOO_LONG + timedelta(seconds=30 * number)) for number in range(3)]

    assert said == ["silent"] * 3
    assert [message.to for message in mail.outbox] == [[administrator.email]]


def test_a_trouble_that_goes_on_is_told_again_the_next_day() -> None:
    make_user(Role.ADMINISTRATOR)
    working()

    watch(NOW + TOO_LONG)
    watch(NOW + TOO_LONG + timedelta(days=1))

    assert len(mail.outbox) == 2


class NoMail(BaseEmailBackend):
    """A mail server that is away."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise SMTPConnectError(421, "away")


def test_where_the_mail_server_is_away_it_is_told_as_soon_as_that_is_back(settings: LazySettings) -> None:
    make_user(Role.ADMINISTRATOR)
    working()
    takes_mail, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.NoMail"

    assert watch(NOW + TOO_LONG) == "silent"
    settings.EMAIL_BACKEND = takes_mail
    watch(NOW + TOO_LONG + MINUTE)
    assert mail.outbox == []
    watch(NOW + TOO_LONG + 5 * MINUTE)
    watch(NOW + TOO_LONG + 6 * MINUTE)

    assert len(mail.outbox) == 1


def test_that_it_is_over_is_told_as_well() -> None:
    make_user(Role.ADMINISTRATOR, language="ru")
    working()
    watch(NOW + TOO_LONG)
    Heartbeat.objects.filter(name__in=("plan", "deliver")).update(at=NOW + TOO_LONG)

    watch(NOW + TOO_LONG)
    watch(NOW + TOO_LONG)

    assert len(mail.outbox) == 2
    kinds = (
        Event.objects.filter(type__startswith="reminders.alarm_").order_by("at", "id").values_list("type", flat=True)
    )
    assert list(kinds) == ["reminders.alarm_raised", "reminders.alarm_ended"]


def test_a_message_that_should_have_gone_is_late() -> None:
    make_deadline()
    plan(now=NOW)
    Heartbeat.objects.create(name="deliver", at=NOW + TOO_LONG)
    Heartbeat.objects.update(at=NOW + TOO_LONG)

    assert (health(NOW + TOO_LONG).lag, watch(NOW + TOO_LONG)) == (TOO_LONG, "late")


def test_a_message_that_was_not_written_though_the_planner_has_run_since_is_missed() -> None:
    make_deadline()
    working()
    Reminder.objects.all().delete()
    first = watch(NOW + MINUTE)
    Heartbeat.objects.filter(name__in=("plan", "deliver")).update(at=NOW + 2 * MINUTE)

    assert (first, watch(NOW + 2.5 * MINUTE)) == ("", "missing")


def test_what_has_come_up_since_the_planner_ran_is_not_missed_however_often_that_happens() -> None:
    make_user(Role.ADMINISTRATOR)
    working()
    said = []

    for number in range(3):
        make_deadline()
        said.append(watch(NOW + number * MINUTE + MINUTE / 2))
        plan(now=NOW + (number + 1) * MINUTE)
        deliver_due(clock=lambda: NOW + (number + 1) * MINUTE)  # noqa: B023 - asked within the turn

    assert said == ["", "", ""]
    assert watch(NOW + 3.5 * MINUTE) == ""
    assert not Heartbeat.objects.filter(name__startswith="missed:").exists()


def test_before_anything_was_started_nothing_is_wrong() -> None:
    make_deadline()

    assert watch(NOW) == ""


def test_expected_against_sent() -> None:
    deadline = make_deadline()
    make_deadline(client=deadline.client, due_on=TODAY + timedelta(days=3))
    make_deadline(client=make_client(case=make_case(caseworker=None)))
    working()
    Reminder.objects.filter(due_on=TODAY).delete()

    found = reconcile(NOW)

    assert found.expected["deadline"] == 3
    assert found.of("deadline") == [1, 0, 0, 1, 0, 0, 1]
    assert not found.is_complete


def test_it_may_be_asked_of_some_cases_only() -> None:
    deadline = make_deadline()
    make_deadline()

    found = reconcile(NOW, cases={deadline.client.case_id})

    assert Case.objects.count() == 2
    assert found.expected["deadline"] == 1


def test_the_command_says_it_and_ends_with_one_where_something_is_missing() -> None:
    at_any_hour()
    make_deadline(due_on=timezone.now().date())
    plan(now=timezone.now())
    deliver_due(clock=timezone.now)
    said = StringIO()

    call_command("reconcile_reminders", stdout=said)
    Reminder.objects.all().delete()

    assert said.getvalue().splitlines()[1].split("\t")[:3] == ["deadline", "1", "1"]
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile_reminders", stdout=StringIO())
    assert ended.value.code == 1


def test_the_watch_looks_once_if_asked() -> None:
    said = StringIO()

    call_command("watch_reminders", "--once", stdout=said)

    assert said.getvalue() == "ok\n"


def test_the_watch_goes_on_after_the_database_was_away(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []

    def look(_now: object) -> str:
        looks.append("look")
        if len(looks) == 1:
            raise OperationalError("away")
        if len(looks) == 3:
            raise KeyboardInterrupt
        return ""

    monkeypatch.setattr(watch_reminders, "watch", look)
    monkeypatch.setattr(watch_reminders.time, "sleep", lambda _seconds: None)
    with pytest.raises(KeyboardInterrupt):
        call_command("watch_reminders")

    assert len(looks) == 3
