"""What an organisation decides counts: when is spoken of what, to whom, and at which hour."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.changes import ChangedMeanwhile
from casework.reminders import actions
from casework.reminders.models import Reminder
from casework.reminders.plan import plan
from casework.reminders.policies import KindPolicy, OwnSettings, Policy, policies
from casework.reminders.schedule import leads_of
from casework.reminders.send import claim, deliver_due
from casework.residency.models import Deadline
from tests.factories.accounts import NOW, make_user
from tests.factories.messages import make_willing

from .deadlines import TODAY, at_any_hour, make_deadline

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)  # 22:00 in Bishkek
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 07:00 the next day


def decide(version: int = 1, **fields: Any) -> Policy:
    known: dict[str, Any] = {
        "leads": {},
        "also": {},
        "quiet_from": time(21),
        "quiet_until": time(7),
        "working_days_only": False,
    }
    by = make_user(Role.ADMINISTRATOR)
    return actions.change_policy(version=version, by=by, now=NOW, **(known | fields))


def wants_a_digest(user: User | None, at: time = time(8)) -> None:
    assert user is not None
    actions.change_own_settings(digest_at=at, by=user, now=NOW)


def test_nothing_decided_is_as_the_software_comes() -> None:
    decided = policies()

    assert decided.leads_of("register") == leads_of("register")
    assert (decided.policy.quiet_from, decided.policy.quiet_until) == (time(21), time(7))


def test_other_leads_speak_on_other_days() -> None:
    decide(leads={"leave": (45, 2)})
    far = make_deadline(due_on=TODAY + timedelta(days=45))
    make_deadline(due_on=TODAY + timedelta(days=46))

    plan(now=NOW)

    assert [(it.due_on, it.lead_days) for it in Reminder.objects.all()] == [(far.due_on, 45)]


def test_what_is_decided_as_the_software_comes_keeps_no_row() -> None:
    decide(leads={"leave": (45, 2)})

    decide(version=2, leads={"leave": leads_of("leave")})

    assert not KindPolicy.objects.exists()


def test_what_is_not_changed_makes_no_event() -> None:
    decide(leads={"leave": leads_of("leave")})

    assert not Event.objects.filter(type="reminders.policy_changed").exists()


def test_a_change_leaves_an_event_that_names_what_was_changed() -> None:
    decide(leads={"leave": (3, 0)}, quiet_until=time(8))

    event = Event.objects.get(type="reminders.policy_changed")
    assert event.data == {"fields": ["quiet_until"], "kinds": ["leave"]}


def test_two_administrators_do_not_overwrite_each_other() -> None:
    decide(quiet_until=time(8))

    with pytest.raises(ChangedMeanwhile):
        decide(quiet_until=time(6))


def test_coordinators_are_told_too_where_that_was_decided() -> None:
    deadline = make_deadline()
    case = deadline.client.case
    coordinator = make_user(Role.COORDINATOR, team=case.team)
    make_user(Role.COORDINATOR)
    decide(leads={"leave": leads_of("leave")}, also={"leave": ["coordinator"]})

    plan(now=NOW)
    deliver_due(clock=lambda: NOW)

    assert sorted(message.to for message in mail.outbox) == sorted([[case.caseworker.email], [coordinator.email]])


def test_what_is_said_after_all_goes_as_its_recipient_wants_it_now() -> None:
    deadline = make_deadline(due_on=TODAY + timedelta(days=3))
    plan(now=NOW)
    Deadline.objects.update(state="done")
    plan(now=NOW)
    wants_a_digest(deadline.client.case.caseworker)
    Deadline.objects.update(state="open")

    plan(now=NOW)

    reminder = Reminder.objects.get()
    assert (reminder.state, reminder.in_digest) == ("waiting", True)


def test_what_falls_into_quiet_hours_waits_until_they_end() -> None:
    make_deadline(due_on=TODAY + timedelta(days=3))

    plan(now=NIGHT)
    deliver_due(clock=lambda: NIGHT)

    assert (Reminder.objects.get().send_at, mail.outbox) == (MORNING, [])
    deliver_due(clock=lambda: MORNING)
    assert len(mail.outbox) == 1


def test_what_is_due_today_is_not_put_off_past_today() -> None:
    make_deadline(due_on=TODAY)

    plan(now=NIGHT)

    assert Reminder.objects.get().send_at == NIGHT


def test_what_is_overdue_waits_for_the_morning() -> None:
    make_deadline(due_on=TODAY - timedelta(days=1))

    plan(now=NIGHT)

    assert Reminder.objects.get().send_at == MORNING


def test_a_queue_that_stood_still_until_the_night_waits_for_the_morning_and_that_is_no_try() -> None:
    make_deadline(due_on=TODAY + timedelta(days=3))
    plan(now=NOW)

    deliver_due(clock=lambda: NIGHT)

    reminder = Reminder.objects.get()
    assert (reminder.state, reminder.send_at, reminder.tries) == ("waiting", MORNING, 0)


def test_on_days_off_it_waits_if_that_was_decided() -> None:
    decide(working_days_only=True)
    make_deadline(due_on=TODAY + timedelta(days=7))

    plan(now=NOW)  # a Sunday

    assert Reminder.objects.get().send_at == MORNING


def test_once_a_day_is_one_message_that_counts_them_all() -> None:
    deadline = make_deadline(due_on=TODAY + timedelta(days=3))
    make_deadline(client=deadline.client, due_on=TODAY + timedelta(days=7))
    wants_a_digest(deadline.client.case.caseworker)

    plan(now=NOW)
    deliver_due(clock=lambda: NOW + timedelta(hours=1))
    before = len(mail.outbox)
    eight = MORNING + timedelta(hours=1)
    deliver_due(clock=lambda: eight)

    assert before == 0
    assert [message.subject for message in mail.outbox] == ["You have 2 items due."]
    assert sorted(Reminder.objects.values_list("state", "why")) == [("sent", ""), ("sent", "in_digest")]


def test_what_was_done_before_the_one_message_goes_is_not_counted_as_told() -> None:
    deadline = make_deadline(due_on=TODAY + timedelta(days=3))
    other = make_deadline(client=deadline.client, due_on=TODAY + timedelta(days=7))
    wants_a_digest(deadline.client.case.caseworker)
    plan(now=NOW)
    Deadline.objects.filter(pk=other.pk).update(state="done")

    deliver_due(clock=lambda: MORNING + timedelta(hours=1))

    assert [message.subject for message in mail.outbox] == ["You have 1 item due."]
    assert sorted(Reminder.objects.values_list("state", "why")) == [("sent", ""), ("stopped", "done")]


def test_two_workers_do_not_both_tell_somebody_who_wants_one_message() -> None:
    deadline = make_deadline(due_on=TODAY + timedelta(days=3))
    make_deadline(client=deadline.client, due_on=TODAY + timedelta(days=7))
    wants_a_digest(deadline.client.case.caseworker)
    plan(now=NOW)
    eight = MORNING + timedelta(hours=1)

    assert (claim(now=eight) is None, claim(now=eight) is None) == (False, True)


def test_what_is_due_today_does_not_wait_for_the_one_message_of_tomorrow() -> None:
    deadline = make_deadline(due_on=TODAY)
    wants_a_digest(deadline.client.case.caseworker)

    plan(now=NOW)

    assert Reminder.objects.get().send_at == NOW


def test_what_became_of_a_message_stands_on_the_timeline_of_its_case() -> None:
    deadline = make_deadline()
    plan(now=NOW)
    deliver_due(clock=lambda: NOW)

    event = Event.objects.get(type="reminders.message_sent")
    assert event.case_id == deadline.client.case_id
    assert event.data["channel"] == "email"


def test_a_message_that_was_stopped_says_so_on_the_timeline_too() -> None:
    deadline = make_deadline()
    plan(now=NOW)
    Deadline.objects.update(state="waived")
    plan(now=NOW)

    event = Event.objects.get(type="reminders.message_stopped")
    assert (event.case_id, event.data["why"]) == (deadline.client.case_id, "waived")


@pytest.mark.parametrize(
    "fields",
    [
        {"duty": "leave", "leads": []},
        {"duty": "leave", "leads": [400]},
        {"duty": "leave", "leads": [1], "also": ["somebody"]},
    ],
)
def test_the_database_refuses_what_would_silence_a_kind_or_tell_nobody_we_know(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        KindPolicy.objects.create(**fields)


def test_the_database_refuses_half_of_the_quiet_hours_and_a_second_policy() -> None:
    for wrong in (Policy(quiet_from=time(21), quiet_until=None), Policy(id=2)):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong.save(force_insert=True)


def test_saying_the_same_of_oneself_twice_makes_one_event() -> None:
    user = make_user()

    wants_a_digest(user)
    wants_a_digest(user)

    assert OwnSettings.objects.get().digest_at == time(8)
    assert Event.objects.filter(type="reminders.own_settings_changed").count() == 1


def test_the_ladder_speaks_on_the_days_that_were_decided() -> None:
    """Asked again on the same day, nobody is asked twice; with other days, nobody is asked before them."""
    at_any_hour()
    decide(deputies_lead=5, coordinators_lead=4, quiet_from=None, quiet_until=None)
    deadline = make_deadline(due_on=TODAY + timedelta(days=5))
    coordinator = make_user(Role.COORDINATOR, team=deadline.client.case.team)

    plan(now=NOW)
    plan(now=NOW + timedelta(hours=5))
    early = Reminder.objects.filter(recipient=coordinator).count()
    for _twice in range(2):
        plan(now=NOW + timedelta(days=1))

    assert early == 0
    assert [(it.rung, it.lead_days) for it in Reminder.objects.filter(recipient=coordinator)] == [(2, 4)]


def test_people_themselves_are_not_reminded_of_kinds_that_were_left_out() -> None:
    client = make_willing().client
    make_deadline(client=client, duty="leave", due_on=TODAY + timedelta(days=1))
    make_deadline(client=client, duty="register", due_on=TODAY + timedelta(days=1))
    plan(now=NOW)
    before = Reminder.objects.filter(client=client, state="waiting").count()

    decide(leads={"leave": leads_of("leave")}, without_clients=["leave"])
    plan(now=NOW)

    told = Reminder.objects.filter(client=client)
    assert before == 2
    assert sorted(told.values_list("state", "why")) == [("stopped", "settled"), ("waiting", "")]
    decide(version=2, leads={"leave": leads_of("leave")})
    plan(now=NOW)
    assert not KindPolicy.objects.exists()
    assert told.filter(state="waiting").count() == 2


@pytest.mark.parametrize(
    "wrong", [{"coordinators_lead": -1}, {"deputies_lead": 61}, {"deputies_lead": 1, "coordinators_lead": 2}]
)
def test_the_database_refuses_a_ladder_that_cannot_be(wrong: dict[str, int]) -> None:
    with pytest.raises(IntegrityError, match="reminder_policy_asks_coordinators_last"), transaction.atomic():
        Policy.objects.create(**wrong)
