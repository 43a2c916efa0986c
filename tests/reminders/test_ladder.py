"""Who is asked when nobody answers, and what somebody may say to a reminder."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from casework.accounts.models import Membership, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions as clients
from casework.clients.models import TimedAccess
from casework.lib.ids import new_id
from casework.reminders import actions
from casework.reminders.actions import UnableToSnooze
from casework.reminders.models import Reminder
from casework.reminders.plan import plan
from casework.reminders.send import LEASE, claim, deliver_due
from casework.reminders.words import Word
from casework.residency.models import Deadline
from tests.factories.accounts import NOW, make_membership, make_team, make_user
from tests.factories.clients import make_case, make_client

from .deadlines import TODAY, make_deadline

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=4)


@pytest.fixture
def deadline() -> Deadline:
    """Due tomorrow, of a team with a coordinator."""
    found = make_deadline(due_on=TODAY + timedelta(days=1))
    make_user(Role.COORDINATOR, team=found.client.case.team, name="Координатор")
    return found


def coordinator_of(deadline: Deadline) -> User:
    return User.objects.get(memberships__team=deadline.client.case.team, memberships__role=Role.COORDINATOR)


def told(rung: int = 2) -> list[User | None]:
    return [it.recipient for it in Reminder.objects.filter(rung=rung)]


def snooze(deadline: Deadline, until: date, now: datetime = NOW) -> Word:
    by, reason = deadline.client.case.caseworker, "Запись на приём в четверг"
    return actions.snooze(deadline=deadline, until=until, reason=reason, today=TODAY, word_id=new_id(), by=by, now=now)


def test_at_first_only_the_caseworker_is_told(deadline: Deadline) -> None:
    plan(now=NOW)
    plan(now=LATER - timedelta(minutes=1))

    assert told() == []
    assert told(0) == [deadline.client.case.caseworker]


def test_hours_later_the_coordinator_is_asked_and_once(deadline: Deadline) -> None:
    plan(now=NOW)

    plan(now=LATER)
    plan(now=LATER + timedelta(hours=1))

    assert told() == [coordinator_of(deadline)]


def test_who_is_told_in_the_morning_of_what_came_up_at_night_has_four_hours_from_then(deadline: Deadline) -> None:
    night, morning = NOW + timedelta(hours=9), NOW + timedelta(hours=16)  # midnight and seven in Bishkek

    for hours in range(7):
        plan(now=night + timedelta(hours=hours))
    deliver_due(clock=lambda: morning)
    plan(now=morning + timedelta(hours=3, minutes=59))
    assert told() == []

    plan(now=morning + timedelta(hours=4))
    assert told() == [coordinator_of(deadline)]


def test_nobody_is_asked_while_there_is_time() -> None:
    deadline = make_deadline(due_on=TODAY + timedelta(days=7))
    make_user(Role.COORDINATOR, team=deadline.client.case.team)

    plan(now=NOW)
    plan(now=LATER)

    assert told(1) == told(2) == []


def test_whoever_stands_in_is_asked_before_the_coordinators() -> None:
    deadline = make_deadline(due_on=TODAY + timedelta(days=3))
    team = deadline.client.case.team
    coordinator, deputy = make_user(Role.COORDINATOR, team=team), make_user(team=make_team())
    clients.give_access(
        team=team, user=deputy, may_change=True, starts_at=NOW, ends_at=NOW + timedelta(days=9),
        reason="Отпуск", by=coordinator, now=NOW,
    )  # fmt: skip

    plan(now=NOW)
    plan(now=LATER)

    assert TimedAccess.objects.count() == 1
    assert (told(1), told(2)) == ([deputy], [])


def test_who_does_not_stand_in_now_or_works_with_no_cases_any_more_is_not_asked() -> None:
    deadline = make_deadline(due_on=TODAY + timedelta(days=3))
    team = deadline.client.case.team
    coordinator = make_user(Role.COORDINATOR, team=team)
    gone, moved, later = (make_user(team=make_team()) for _number in range(3))
    for user, starts_at in ((gone, NOW), (moved, NOW), (later, NOW + timedelta(days=5))):
        clients.give_access(
            team=team, user=user, may_change=True, starts_at=starts_at, ends_at=NOW + timedelta(days=9),
            reason="Отпуск", by=coordinator, now=NOW,
        )  # fmt: skip
    Membership.objects.filter(user__in=[gone, moved]).update(ends_at=NOW)
    make_membership(moved, Role.AUDITOR)

    plan(now=NOW)
    plan(now=LATER)

    assert TimedAccess.objects.count() == 3
    assert told(1) == []


def test_a_colleague_who_is_on_it_takes_the_place_of_whoever_was(deadline: Deadline) -> None:
    actions.say_on_it(deadline=deadline, by=deadline.client.case.caseworker, now=NOW)

    said = actions.say_on_it(deadline=deadline, by=coordinator_of(deadline), now=LATER)

    assert Word.objects.standing().get() == said
    assert said.by == coordinator_of(deadline)


def test_of_a_restricted_case_only_people_named_are_asked() -> None:
    case = make_case(caseworker=None)
    worker, named = make_user(team=case.team), make_user(Role.COORDINATOR, team=case.team)
    make_user(Role.COORDINATOR, team=case.team)
    case = clients.assign_case(
        case=case, caseworker=worker, version=case.version, by=named, now=NOW - timedelta(days=9)
    )
    case = clients.restrict_case(case=case, people=[worker, named], version=case.version, by=named, now=NOW)
    make_deadline(client=make_client(case=case, by=worker), due_on=TODAY)

    plan(now=NOW)
    plan(now=LATER)

    assert told() == [named]


@pytest.mark.parametrize("state", ["done", "waived"])
def test_an_answer_stops_it_even_where_it_was_claimed(deadline: Deadline, state: str) -> None:
    plan(now=NOW)
    deliver_due(clock=lambda: NOW)
    plan(now=LATER)
    assert claim(now=LATER) is not None
    Deadline.objects.update(state=state)

    deliver_due(clock=lambda: LATER + LEASE + timedelta(seconds=1))

    asked = Reminder.objects.get(rung=2)
    assert (asked.state, asked.why) == ("stopped", state)


def test_i_am_on_it_stops_it_even_where_it_was_claimed(deadline: Deadline) -> None:
    plan(now=NOW)
    deliver_due(clock=lambda: NOW)
    plan(now=LATER)
    assert claim(now=LATER) is not None
    actions.say_on_it(deadline=deadline, by=deadline.client.case.caseworker, now=LATER)

    deliver_due(clock=lambda: LATER + LEASE + timedelta(seconds=1))

    asked = Reminder.objects.get(rung=2)
    assert (asked.state, asked.why) == ("stopped", "acknowledged")


def test_being_on_it_holds_until_the_date_is_over_and_no_longer(deadline: Deadline) -> None:
    plan(now=NOW)
    actions.say_on_it(deadline=deadline, by=deadline.client.case.caseworker, now=NOW)
    plan(now=LATER)
    plan(now=NOW + timedelta(days=1))
    before = told()

    plan(now=NOW + timedelta(days=2))

    assert (before, told()) == ([], [coordinator_of(deadline)])


def test_a_case_that_has_just_been_given_to_somebody_else_is_not_asked_about(deadline: Deadline) -> None:
    case = deadline.client.case
    plan(now=NOW)
    deliver_due(clock=lambda: NOW)
    plan(now=LATER)
    other = make_user(team=case.team)
    clients.assign_case(
        case=case, caseworker=other, version=case.version, by=coordinator_of(deadline), now=LATER + timedelta(minutes=1)
    )

    plan(now=LATER + timedelta(minutes=2))

    asked = Reminder.objects.get(rung=2)
    assert (asked.state, asked.why) == ("stopped", "handed_over")
    plan(now=LATER + timedelta(days=1, minutes=2))
    asked.refresh_from_db()
    assert asked.state == "waiting"  # the new caseworker did not answer either


def test_a_date_that_moves_stops_the_rung(deadline: Deadline) -> None:
    plan(now=NOW)
    plan(now=LATER)
    Deadline.objects.update(due_on=TODAY + timedelta(days=20))

    plan(now=LATER)

    assert Reminder.objects.get(rung=2).why == "moved"


def test_snoozed_it_says_nothing_before_the_day_and_speaks_on_it() -> None:
    deadline = make_deadline(due_on=TODAY + timedelta(days=6))
    plan(now=NOW)
    snooze(deadline, TODAY + timedelta(days=4))

    plan(now=NOW)
    stopped = Reminder.objects.get()
    plan(now=NOW + timedelta(days=3))
    silent = Reminder.objects.count()
    plan(now=NOW + timedelta(days=4))

    assert (stopped.state, stopped.why, silent) == ("stopped", "snoozed", 1)
    assert [it.lead_days for it in Reminder.objects.filter(state="waiting")] == [2]


def test_what_was_claimed_before_it_was_snoozed_is_not_sent() -> None:
    deadline = make_deadline(due_on=TODAY + timedelta(days=6))
    plan(now=NOW)
    claim(now=NOW)
    snooze(deadline, TODAY + timedelta(days=4))

    deliver_due(clock=lambda: NOW + LEASE + timedelta(seconds=1))

    assert Reminder.objects.get().why == "snoozed"


@pytest.mark.parametrize(("days", "said"), [(0, "after today"), (6, "before the deadline"), (9, "before the deadline")])
def test_the_day_before_it_is_due_is_the_latest(days: int, said: str) -> None:
    deadline = make_deadline(due_on=TODAY + timedelta(days=6))

    with pytest.raises(UnableToSnooze, match=said):
        snooze(deadline, TODAY + timedelta(days=days))


def test_what_is_answered_cannot_be_snoozed() -> None:
    deadline = make_deadline(due_on=TODAY + timedelta(days=6), state="done")

    with pytest.raises(UnableToSnooze):
        snooze(deadline, TODAY + timedelta(days=2))
    assert actions.say_on_it(deadline=deadline, by=deadline.client.case.caseworker, now=NOW) is None


def test_a_date_that_moves_wakes_what_was_snoozed() -> None:
    deadline = make_deadline(due_on=TODAY + timedelta(days=6))
    snooze(deadline, TODAY + timedelta(days=4))
    Deadline.objects.update(due_on=TODAY + timedelta(days=3))

    assert plan(now=NOW).queued == 1


def test_taken_back_it_speaks_as_before() -> None:
    deadline = make_deadline(due_on=TODAY + timedelta(days=6))
    plan(now=NOW)
    snooze(deadline, TODAY + timedelta(days=4))
    plan(now=NOW)

    taken = actions.take_back(deadline=deadline, by=deadline.client.case.caseworker, now=NOW)
    again = actions.take_back(deadline=deadline, by=deadline.client.case.caseworker, now=NOW)
    plan(now=NOW)

    assert (taken, again) == (True, False)
    assert [(it.state, it.why) for it in Reminder.objects.all()] == [("waiting", "")]


def test_the_later_word_takes_the_place_of_the_earlier_and_each_leaves_an_event() -> None:
    deadline = make_deadline(due_on=TODAY + timedelta(days=6))
    snooze(deadline, TODAY + timedelta(days=4))
    actions.say_on_it(deadline=deadline, by=deadline.client.case.caseworker, now=NOW)
    actions.say_on_it(deadline=deadline, by=deadline.client.case.caseworker, now=NOW)

    assert [it.kind for it in Word.objects.standing()] == ["on_it"]
    kinds = Event.objects.filter(type__in=["reminders.snoozed", "reminders.acknowledged"]).values_list(
        "type", flat=True
    )
    assert sorted(kinds) == ["reminders.acknowledged", "reminders.snoozed"]
    assert set(Event.objects.filter(type__startswith="reminders.").values_list("case_id", flat=True)) == {
        deadline.client.case_id
    }


def test_the_database_refuses_a_second_word_and_a_snooze_up_to_the_day() -> None:
    deadline = make_deadline(due_on=TODAY + timedelta(days=6))
    word = snooze(deadline, TODAY + timedelta(days=4))
    known = {"deadline": deadline, "due_on": deadline.due_on, "by": word.by, "at": NOW, "data_key": word.data_key}

    for wrong in ({"kind": "on_it"}, {"kind": "snooze", "until": deadline.due_on, "ended_at": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Word.objects.create(**known, **wrong)
