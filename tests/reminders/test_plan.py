from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.accounts.actions import end_role
from casework.accounts.roles import Role
from casework.clients import actions as clients
from casework.clients.models import Case
from casework.reminders.deadlines import subject_of
from casework.reminders.models import Heartbeat, Reminder
from casework.reminders.plan import plan
from casework.residency.models import Jurisdiction
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_case, make_client

from .deadlines import TODAY, make_deadline

pytestmark = pytest.mark.django_db


def test_it_queues_one_reminder_for_the_caseworker_when_the_lead_time_comes() -> None:
    deadline = make_deadline(due_on=TODAY + timedelta(days=7))

    planned = plan(now=NOW)

    reminder = Reminder.objects.get()
    assert planned.queued == 1
    assert reminder.subject == subject_of(deadline.pk)
    assert (reminder.due_on, reminder.lead_days) == (deadline.due_on, 7)
    assert reminder.recipient == deadline.client.case.caseworker


def test_it_says_nothing_before_the_first_lead() -> None:
    make_deadline(due_on=TODAY + timedelta(days=31))

    assert plan(now=NOW).queued == 0


def test_a_second_run_finds_nothing_missing() -> None:
    make_deadline()
    plan(now=NOW)

    assert plan(now=NOW + timedelta(minutes=1)).queued == 0


def test_a_missed_run_is_caught_up_with_one_message_and_not_a_burst() -> None:
    make_deadline(due_on=TODAY + timedelta(days=30))
    plan(now=NOW)

    plan(now=NOW + timedelta(days=27))

    assert sorted(Reminder.objects.values_list("lead_days", flat=True)) == [3, 30]


def test_today_is_the_day_in_the_country_where_the_deadline_falls_due() -> None:
    Jurisdiction.objects.create(code="KZ", time_zone="Asia/Almaty")
    make_deadline(country="KZ", due_on=date(2026, 12, 30))
    just_before = datetime(2026, 11, 29, 18, 59, tzinfo=UTC)  # 23:59 on 29 November in Almaty

    before = plan(now=just_before).queued
    after = plan(now=just_before + timedelta(minutes=1)).queued

    assert (before, after) == (0, 1)


def test_a_moved_deadline_stops_the_old_reminder_and_gets_a_new_one() -> None:
    deadline = make_deadline()
    plan(now=NOW)
    deadline.due_on = TODAY + timedelta(days=3)
    deadline.save(update_fields=["due_on"])

    plan(now=NOW + timedelta(minutes=1))

    assert list(Reminder.objects.order_by("due_on").values_list("state", "why")) == [
        ("stopped", "moved"),
        ("waiting", ""),
    ]


@pytest.mark.parametrize("state", ["done", "waived"])
def test_an_answered_deadline_stops_its_reminder(state: str) -> None:
    deadline = make_deadline()
    plan(now=NOW)
    deadline.state = state
    deadline.save(update_fields=["state"])

    plan(now=NOW + timedelta(minutes=1))

    assert (Reminder.objects.get().state, Reminder.objects.get().why) == ("stopped", state)


def test_a_closed_case_is_not_spoken_of() -> None:
    deadline = make_deadline()
    case = deadline.client.case
    clients.close_case(
        case=case, reason=Case.ClosingReason.NEEDS_MET, version=case.version, by=case.caseworker, now=NOW
    )

    assert plan(now=NOW).queued == 0


def test_what_is_optional_is_not_nagged_about() -> None:
    make_deadline(optional=True)

    assert plan(now=NOW).queued == 0


def test_without_a_caseworker_the_coordinator_of_the_team_is_told() -> None:
    client = make_client(case=make_case(caseworker=None))
    coordinator = make_user(Role.COORDINATOR, team=client.case.team)
    make_deadline(client=client)

    plan(now=NOW)

    assert [it.recipient for it in Reminder.objects.all()] == [coordinator]


def test_a_caseworker_who_left_the_team_is_not_told() -> None:
    deadline = make_deadline()
    caseworker = deadline.client.case.caseworker
    coordinator = make_user(Role.COORDINATOR, team=deadline.client.case.team)
    end_role(membership=caseworker.memberships.get(), by=None, now=NOW)

    plan(now=NOW + timedelta(minutes=1))

    assert [it.recipient for it in Reminder.objects.all()] == [coordinator]


def test_a_restricted_case_is_spoken_of_to_the_people_named_only() -> None:
    case = make_case(caseworker=None)
    named, other = make_user(team=case.team), make_user(team=case.team)
    make_user(Role.COORDINATOR, team=case.team)
    case = clients.restrict_case(case=case, people=[named, other], version=case.version, by=named, now=NOW)
    make_deadline(client=make_client(case=case, by=named))

    plan(now=NOW)

    assert {it.recipient for it in Reminder.objects.all()} == {named, other}


def test_nobody_to_tell_is_counted_and_sends_nothing() -> None:
    make_deadline(client=make_client(case=make_case(by=make_user(), caseworker=None)))

    planned = plan(now=NOW)

    assert (planned.queued, planned.unaddressed) == (0, 1)


def test_the_planner_leaves_a_heartbeat() -> None:
    plan(now=NOW)

    assert Heartbeat.objects.get(name="plan").at == NOW


def test_the_number_of_queries_does_not_grow_with_the_deadlines() -> None:
    client = make_deadline().client
    plan(now=NOW)  # the first run makes its heartbeat
    make_deadline(client=client)
    with CaptureQueriesContext(connection) as for_one:
        plan(now=NOW)
    for _ in range(30):
        make_deadline(client=client)

    with CaptureQueriesContext(connection) as for_many:
        plan(now=NOW)

    assert len(for_many) == len(for_one)
