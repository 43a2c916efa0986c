"""The planner looks only at what may be left to say, and never misses anything by that."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from casework.accounts.models import Membership
from casework.accounts.roles import Role
from casework.clients import actions as clients
from casework.clients.models import Case
from casework.lib.ids import new_id
from casework.reminders import actions
from casework.reminders import plan as planner
from casework.reminders.deadlines import time_zones
from casework.reminders.models import KindPolicy, Reminder
from casework.reminders.plan import plan, reasons_to_stop, surely_stands
from casework.reminders.policies import policies
from casework.reminders.send import deliver_due
from casework.reminders.unsaid import unsaid
from casework.residency.models import Deadline, Jurisdiction
from tests.factories.accounts import NOW, make_team, make_user
from tests.factories.clients import hide, make_case, make_client

from .deadlines import TODAY, make_deadline

pytestmark = pytest.mark.django_db

DAY, LATER = timedelta(days=1), NOW + timedelta(hours=5)


def looked_at(now: datetime = NOW) -> list[Any]:
    return unsaid(policies(), time_zones(), Reminder.BY_HAND, now)


def test_what_is_not_near_is_not_looked_at() -> None:
    near = make_deadline(due_on=TODAY + 30 * DAY)
    make_deadline(due_on=TODAY + 31 * DAY)
    # Of papers it is spoken half a year before, of a date by which to leave it is not.
    paper = make_deadline(due_on=TODAY + 180 * DAY, duty="keep_document")

    assert set(looked_at()) == {near.pk, paper.pk}


def test_what_was_said_is_not_looked_at_until_the_day_of_the_next_lead() -> None:
    deadline = make_deadline(due_on=TODAY + 7 * DAY)
    plan(now=NOW)

    assert [looked_at(NOW + number * DAY) for number in range(5)] == [[], [], [], [], [deadline.pk]]


def test_who_looks_after_it_now_must_have_heard_of_it() -> None:
    deadline = make_deadline(due_on=TODAY + 7 * DAY)
    plan(now=NOW)
    Case.objects.update(caseworker=make_user(team=deadline.client.case.team))

    assert looked_at() == [deadline.pk]
    assert plan(now=LATER).queued == 1
    assert looked_at(LATER) == []


def test_what_nobody_answers_is_looked_at_until_those_who_are_asked_then_have_heard_of_it() -> None:
    deadline = make_deadline(due_on=TODAY - DAY)
    make_user(Role.COORDINATOR, team=deadline.client.case.team)
    plan(now=NOW)
    before = looked_at(LATER)

    plan(now=LATER)

    assert (before, looked_at(LATER)) == ([deadline.pk], [])


def test_one_question_is_enough_for_what_is_open_and_of_this_day() -> None:
    deadline = make_deadline(due_on=TODAY + 7 * DAY)
    plan(now=NOW)
    reminder = Reminder.objects.get()

    stands = surely_stands(reminder, NOW)
    actions.say_on_it(deadline=deadline, by=deadline.client.case.caseworker, now=NOW)

    assert (stands, surely_stands(reminder, NOW)) == (deadline.client.case.team_id, None)


def test_an_overdue_date_is_said_to_its_end_and_then_left_alone() -> None:
    """However many there are that nobody answers."""
    make_deadline(due_on=TODAY - 100 * DAY)
    plan(now=NOW)

    assert looked_at(NOW + 100 * DAY) == []


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 20))])
def test_it_queues_exactly_what_a_look_at_everything_would(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Teams and cases of every kind, of which something was said, decided and changed before."""
    source = random.Random(seed)
    world(source)
    now = NOW
    for _ in range(4):
        now += timedelta(hours=source.choice((1, 5, 24, 49)))
        for change in source.sample((hand_over, snooze, take_role, decide, stop, answer), 3):
            change(source, now)
        expected = queued_by_a_look_at_everything(now, monkeypatch)
        before = set(identities())

        plan(now=now)

        assert set(identities()) - before == expected[0]
        assert waiting() == expected[1]
        known = list(Reminder.objects.all())
        reasons = reasons_to_stop(known, now)
        assert all(surely_stands(it, now) is None for it in known if reasons[it.pk])
        deliver_due(clock=lambda: now)  # noqa: B023 - asked within the turn


def identities() -> Any:
    return Reminder.objects.values_list("subject", "due_on", "lead_days", "to", "channel", "rung")


def waiting() -> set[Any]:
    return set(identities().filter(state=Reminder.State.WAITING))


def queued_by_a_look_at_everything(now: datetime, monkeypatch: pytest.MonkeyPatch) -> tuple[set[Any], set[Any]]:
    before = set(identities())
    with monkeypatch.context() as patched, transaction.atomic():
        patched.setattr(planner, "SOURCES", tuple(replace(it, unsaid=None) for it in planner.SOURCES))
        plan(now=now)
        found = set(identities()) - before, waiting()
        transaction.set_rollback(True)
    return found


def world(source: random.Random) -> None:
    Jurisdiction.objects.create(code="KZ", time_zone="Asia/Almaty")
    for zone in ("Asia/Bishkek", "America/New_York"):
        team = make_team(time_zone=zone)
        workers = [make_user(team=team) for _ in range(2)]
        coordinators = [make_user(Role.COORDINATOR, team=team) for _ in range(source.randint(0, 2))]
        if coordinators:
            clients.give_access(
                team=team, user=make_user(), may_change=True, starts_at=NOW, ends_at=NOW + 20 * DAY,
                reason="Отпуск", by=coordinators[0], now=NOW,
            )  # fmt: skip
        for caseworker in (*workers, None, workers[0]):
            client = make_client(case=make_case(team=team, caseworker=caseworker, by=workers[0]), by=workers[0])
            for _ in range(4):
                make_deadline(
                    client=client,
                    due_on=TODAY + source.choice((-40, -8, -1, 0, 1, 2, 3, 4, 7, 8, 14, 30, 31, 90, 181)) * DAY,
                    duty=source.choice(("leave", "register", "keep_document")),
                    country=source.choice(("KZ", "KG")),
                    optional=source.random() < 0.1,
                )
        hide(client.case, workers[1])
    plan(now=NOW)
    deliver_due(clock=lambda: NOW)


def hand_over(source: random.Random, now: datetime) -> None:
    case = source.choice(list(Case.objects.all()))
    workers = Membership.objects.filter(team=case.team_id, role=Role.CASEWORKER)
    Case.objects.filter(pk=case.pk).update(caseworker=source.choice(list(workers)).user)


def snooze(source: random.Random, now: datetime) -> None:
    rows = Deadline.objects.open().filter(drives_on__gt=now.date() + 2 * DAY, client__case__restricted=False)
    deadline = source.choice(list(rows.select_related("client__case")))
    by = Membership.objects.filter(team=deadline.client.case.team_id)[0].user
    until = deadline.drives_on - source.randint(1, 2) * DAY
    if until > now.date() + DAY:
        actions.snooze(
            deadline=deadline, until=until, reason="Ждём", today=now.date(), word_id=new_id(), by=by, now=now
        )


def take_role(source: random.Random, now: datetime) -> None:
    row = source.choice(list(Membership.objects.all()))
    Membership.objects.filter(pk=row.pk).update(ends_at=now)


def decide(source: random.Random, now: datetime) -> None:
    leads = source.choice(([40, 5, 0], [0], [14, 2, 0, -3]))
    also = source.choice(([], ["coordinator"]))
    KindPolicy.objects.update_or_create(duty="leave", defaults={"leads": leads, "also": also})


def stop(source: random.Random, now: datetime) -> None:
    row = source.choice(list(Reminder.objects.all()))
    why = source.choice(("acknowledged", "handed_over", "snoozed", "moved"))
    Reminder.objects.filter(pk=row.pk).update(
        state=Reminder.State.STOPPED, why=why, settled_at=now, lease_until=None, read_at=None
    )


def answer(source: random.Random, now: datetime) -> None:
    row = source.choice(list(Deadline.objects.open()))
    Deadline.objects.filter(pk=row.pk).update(state="done")
