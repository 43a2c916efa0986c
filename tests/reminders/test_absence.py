"""Reminders while somebody is away: whoever stands in is told, and afterwards they are told again."""

from datetime import timedelta

import pytest
from django.core import mail

from casework.accounts.actions import end_absence
from casework.accounts.models import Absence, User
from casework.accounts.roles import Role
from casework.lifecycle.absence import record_absence
from casework.reminders.models import Reminder
from casework.reminders.plan import plan
from casework.reminders.send import LEASE, claim, deliver_due, message_of
from casework.reminders.watch import reconcile
from casework.reminders.wording import staff_reminder
from casework.residency.models import Deadline

from ..factories.accounts import NOW, make_user, team_of
from ..factories.clients import make_case
from ..factories.housing import make_lease, make_site
from .deadlines import TODAY, at_any_hour, make_deadline

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def deadline() -> Deadline:
    at_any_hour()
    return make_deadline(due_on=TODAY + 7 * DAY)


@pytest.fixture
def worker(deadline: Deadline) -> User:
    worker = deadline.client.case.caseworker
    assert worker is not None
    return worker


@pytest.fixture
def deputy(worker: User) -> User:
    return make_user(team=team_of(worker))


def away(user: User, deputy: User | None, *, days: int = 3) -> Absence:
    return record_absence(user=user, deputy=deputy, starts_at=NOW, ends_at=NOW + days * DAY, by=user, now=NOW)


def told() -> list[tuple[User | None, str, str]]:
    rows = Reminder.objects.filter(subject__startswith="deadline:").order_by("created_at", "pk")
    return [(it.recipient, it.state, it.why) for it in rows]


def test_who_stands_in_is_told_instead(deadline: Deadline, worker: User, deputy: User) -> None:
    away(worker, deputy)

    plan(now=NOW)
    deliver_due(clock=lambda: NOW)

    assert told() == [(deputy, "sent", "")]


def test_what_waits_for_somebody_who_goes_away_is_told_to_who_stands_in(
    deadline: Deadline, worker: User, deputy: User
) -> None:
    plan(now=NOW)
    away(worker, deputy)
    plan(now=NOW + timedelta(minutes=1))

    assert told() == [(worker, "stopped", "away"), (deputy, "waiting", "")]


def test_what_was_claimed_already_is_not_sent_to_somebody_who_went_away(
    deadline: Deadline, worker: User, deputy: User
) -> None:
    plan(now=NOW)
    claim(now=NOW)
    away(worker, deputy)

    deliver_due(clock=lambda: NOW + LEASE + timedelta(seconds=1))

    assert worker.email not in [to for message in mail.outbox for to in message.to]
    assert told() == [(worker, "stopped", "away")]


def test_who_is_back_hears_of_what_is_still_open_once_and_who_stood_in_no_more(
    deadline: Deadline, worker: User, deputy: User
) -> None:
    plan(now=NOW)
    absence = away(worker, deputy)
    back = NOW + timedelta(hours=2)
    plan(now=NOW + timedelta(minutes=1))
    end_absence(absence=absence, by=worker, now=back)

    for minutes in range(3):
        plan(now=back + timedelta(minutes=minutes))
    deliver_due(clock=lambda: back + timedelta(minutes=3))

    assert told() == [(worker, "sent", ""), (deputy, "stopped", "no_access")]


def test_what_was_said_already_is_not_said_again_to_who_is_back(deadline: Deadline, worker: User, deputy: User) -> None:
    plan(now=NOW)
    deliver_due(clock=lambda: NOW)
    absence = away(worker, deputy)
    end_absence(absence=absence, by=worker, now=NOW + timedelta(hours=1))

    assert plan(now=NOW + timedelta(hours=2)).queued == 0


def test_without_a_deputy_those_who_give_out_the_cases_are_told(deadline: Deadline, worker: User) -> None:
    coordinator = make_user(Role.COORDINATOR, team=team_of(worker))
    away(worker, None)

    plan(now=NOW)

    assert told() == [(coordinator, "waiting", "")]


def test_nothing_is_missing_while_somebody_is_away(deadline: Deadline, worker: User, deputy: User) -> None:
    away(worker, deputy)
    plan(now=NOW)

    assert reconcile(NOW).is_complete


def test_the_message_counts_what_its_reader_finds_in_their_day(deadline: Deadline, worker: User, deputy: User) -> None:
    own = make_case(team=team_of(worker), caseworker=deputy)
    away(worker, deputy)
    make_deadline(client=deadline.client, due_on=TODAY + DAY)
    plan(now=NOW)
    reminder = Reminder.objects.get(recipient=deputy, due_on=TODAY + 7 * DAY)

    assert own.caseworker == deputy
    assert message_of(reminder, NOW).wording == staff_reminder(items=2, language=deputy.language)
    assert message_of(reminder, NOW + 4 * DAY).wording == staff_reminder(items=1, language=deputy.language)


def test_who_stands_in_hears_of_it_when_it_is_noted_unless_they_noted_it(worker: User, deputy: User) -> None:
    away(worker, deputy)
    coordinator = make_user(Role.COORDINATOR, team=team_of(worker))
    known = {"starts_at": NOW + 10 * DAY, "ends_at": NOW + 12 * DAY, "by": coordinator, "now": NOW}
    record_absence(user=worker, deputy=coordinator, **known)

    assert [it.recipient for it in Reminder.objects.filter(subject__startswith="absence:")] == [deputy]


def test_of_those_who_keep_a_site_the_ones_who_are_here_are_told() -> None:
    at_any_hour()
    keeper = make_user(Role.COORDINATOR)
    other = make_user(Role.COORDINATOR, team=team_of(keeper))
    site = make_site(team=team_of(keeper), by=keeper)
    make_lease(site, until=TODAY + 60 * DAY, notice_on=TODAY + 3 * DAY)
    away(keeper, other)

    plan(now=NOW)

    assert [it.recipient for it in Reminder.objects.filter(subject__startswith="lease:")] == [other]


def test_what_was_answered_by_mistake_is_spoken_of_after_all(deadline: Deadline) -> None:
    """A deadline that is open again, or a date that has moved back, was never said: it is said now."""
    plan(now=NOW)
    Deadline.objects.update(state="done")
    plan(now=NOW)
    assert [state for _who, state, _why in told()] == ["stopped"]

    Deadline.objects.update(state="open")
    plan(now=NOW)

    assert [state for _who, state, _why in told()] == ["waiting"]
