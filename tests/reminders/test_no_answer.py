"""Reminded only if no answer has come by then."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, transaction

from casework.accounts.actions import disable_user, record_absence
from casework.accounts.models import Membership, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions as clients
from casework.clients.models import Referral, ToDo
from casework.lib.ids import new_id
from casework.reminders import actions
from casework.reminders.actions import UnableToFollowUp
from casework.reminders.follow_up import FollowUp, unanswered_of_user
from casework.reminders.models import Reminder
from casework.reminders.plan import plan
from casework.reminders.send import LEASE, claim, deliver_due, message_of
from casework.reminders.watch import reconcile
from casework.reminders.wording import staff_reminder

from ..factories.accounts import NOW, make_membership, make_user, team_of
from ..factories.clients import hide, make_case, make_client
from ..factories.referrals import make_sent_referral
from .deadlines import TODAY, at_any_hour

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ON = TODAY + 3 * DAY
THEN = NOW + 3 * DAY


@pytest.fixture
def worker() -> User:
    at_any_hour()
    return make_user()


@pytest.fixture
def referral(worker: User) -> Referral:
    case = make_case(team=team_of(worker), caseworker=worker)
    return make_sent_referral(make_client(case=case), by=worker)


@pytest.fixture
def to_do(worker: User) -> ToDo:
    return clients.write_to_do(text="Придумано", owner=worker, by=worker, now=NOW)


def ask(about: Any, by: User, **other: Any) -> FollowUp:
    return actions.follow_up(about=about, by=by, **({"on": ON, "today": TODAY, "now": NOW} | other))


def told() -> list[tuple[User | None, int, str, str]]:
    rows = Reminder.objects.filter(subject__startswith="no_answer:").order_by("created_at", "pk")
    return [(it.recipient, it.lead_days, it.state, it.why) for it in rows]


def answer(referral: Referral, by: User, now: Any = NOW) -> None:
    clients.note_accepted(referral=referral, version=referral.version, by=by, now=now)


def test_nothing_is_said_before_the_day_and_then_once_and_once_more_after_a_week(
    referral: Referral, worker: User
) -> None:
    ask(referral, worker)

    plan(now=THEN - DAY)
    assert told() == []
    for _twice in range(2):
        plan(now=THEN)
        deliver_due(clock=lambda: THEN)
    plan(now=THEN + 6 * DAY)
    assert told() == [(worker, 0, "sent", "")]
    plan(now=THEN + 7 * DAY)
    assert [lead for _who, lead, _state, _why in told()] == [0, -7]


def test_an_answer_before_the_day_means_that_nothing_is_said(referral: Referral, worker: User) -> None:
    ask(referral, worker)
    answer(referral, worker)

    plan(now=THEN)

    assert told() == []


def test_an_answer_stops_what_waits_and_what_was_claimed_already(referral: Referral, worker: User) -> None:
    ask(referral, worker)
    plan(now=THEN)
    claim(now=THEN)
    answer(referral, worker, now=THEN)

    deliver_due(clock=lambda: THEN + LEASE + timedelta(seconds=1))

    assert told() == [(worker, 0, "stopped", "answered")]


def test_a_to_do_that_is_not_done_is_spoken_of_and_a_done_one_is_not(to_do: ToDo, worker: User) -> None:
    other = clients.write_to_do(text="Придумано тоже", owner=worker, by=worker, now=NOW)
    for each in (to_do, other):
        ask(each, worker)
    clients.finish_to_do(to_do=other, by=worker, now=NOW)

    plan(now=THEN)

    assert told() == [(worker, 0, "waiting", "")]


def test_who_gave_a_to_do_hears_that_it_is_not_done_and_not_who_has_to_do_it(worker: User) -> None:
    giver = make_user(Role.COORDINATOR, team=team_of(worker))
    given = clients.write_to_do(text="Придумано", owner=worker, by=giver, now=NOW)
    ask(given, giver)

    plan(now=THEN)

    assert [who for who, *_rest in told()] == [giver]


def test_another_day_takes_the_place_of_the_one_before(referral: Referral, worker: User) -> None:
    ask(referral, worker)
    plan(now=THEN)
    ask(referral, worker, on=ON + 2 * DAY, today=ON, now=THEN)

    plan(now=THEN)
    plan(now=THEN + 2 * DAY)

    assert told() == [(worker, 0, "stopped", "taken_back"), (worker, 0, "waiting", "")]


def test_taken_back_it_is_not_said(referral: Referral, worker: User) -> None:
    row = ask(referral, worker)

    assert actions.end_follow_up(row=row, by=worker, now=NOW)
    assert not actions.end_follow_up(row=row, by=worker, now=NOW)
    plan(now=THEN)

    assert told() == []
    assert Event.objects.filter(type="reminders.follow_up_ended").count() == 1


def test_sent_twice_it_is_asked_once(referral: Referral, worker: User) -> None:
    token = new_id()

    assert ask(referral, worker, follow_up_id=token) == ask(referral, worker, follow_up_id=token)
    assert Event.objects.get(type="reminders.follow_up_asked").case_id == referral.case_id


def test_the_token_of_somebody_else_asks_for_nothing(referral: Referral, worker: User) -> None:
    token = ask(referral, worker).pk

    with pytest.raises(SuspiciousOperation):
        ask(referral, make_user(team=team_of(worker)), follow_up_id=token)

    assert [it.asked_by for it in FollowUp.objects.all()] == [worker]


def test_another_day_takes_the_place_of_ones_own_alone(referral: Referral, worker: User) -> None:
    colleague = make_user(team=team_of(worker))
    theirs, first = ask(referral, colleague), ask(referral, worker)

    second = ask(referral, worker, on=ON + DAY)

    assert set(FollowUp.objects.standing()) == {theirs, second}
    assert first.pk not in {it.pk for it in FollowUp.objects.standing().of(worker)}


def test_what_is_about_no_case_is_seen_by_whoever_has_to_do_it_or_gave_it(to_do: ToDo, worker: User) -> None:
    giver = make_user(Role.COORDINATOR, team=team_of(worker))
    given = clients.write_to_do(text="Придумано", owner=worker, by=giver, now=NOW)
    own, about_given = ask(to_do, worker), ask(given, giver)

    def seen(user: User) -> set[FollowUp]:
        return set(FollowUp.objects.visible_to(user, NOW))

    assert (seen(worker), seen(giver)) == ({own, about_given}, {about_given})
    assert seen(make_user(team=team_of(worker))) == seen(make_user()) == set()


def test_of_a_to_do_about_a_case_that_is_hidden_now_its_owner_sees_nothing(referral: Referral, worker: User) -> None:
    to_do = clients.write_to_do(text="Придумано", owner=worker, by=worker, now=NOW, case=referral.case)
    rows = {ask(to_do, worker), ask(referral, worker)}
    assert set(unanswered_of_user(make_user(team=team_of(worker)), THEN)) == set()  # a colleague, who asked for none
    assert set(unanswered_of_user(worker, THEN)) == set(FollowUp.objects.visible_to(worker, NOW)) == rows

    hide(referral.case)

    assert set(unanswered_of_user(worker, THEN)) == set(FollowUp.objects.visible_to(worker, NOW)) == set()


def test_what_is_answered_drafted_closed_or_past_is_refused(referral: Referral, to_do: ToDo, worker: User) -> None:
    def refused(about: Any, **other: Any) -> str:
        with pytest.raises(UnableToFollowUp) as refusal:
            ask(about, worker, **other)
        return refusal.value.sentence

    assert "after today" in refused(referral, on=TODAY)
    clients.finish_to_do(to_do=to_do, by=worker, now=NOW)
    assert "done already" in refused(to_do)
    Referral.objects.filter(pk=referral.pk).update(state="draft", sent_at=None, sent_how="", answer_due_on=None)
    assert "not been sent" in refused(referral)
    referral.case.status = "closed"
    type(referral.case).objects.filter(pk=referral.case_id).update(
        status="closed", closed_at=NOW, closing_reason="left"
    )
    assert "closed" in refused(referral)


def test_nothing_is_said_of_a_closed_case(referral: Referral, worker: User) -> None:
    ask(referral, worker)
    plan(now=THEN)
    type(referral.case).objects.filter(pk=referral.case_id).update(
        status="closed", closed_at=NOW, closing_reason="left"
    )
    plan(now=THEN)

    assert told() == [(worker, 0, "stopped", "closed")]


def test_who_may_not_see_the_case_any_more_is_not_told_but_who_looks_after_it_is(
    referral: Referral, worker: User
) -> None:
    colleague = make_user(team=team_of(worker))
    ask(referral, colleague)
    other = make_user(team=team_of(worker))
    hide(referral.case, worker, other)

    plan(now=THEN)

    assert [who for who, *_rest in told()] == [worker]


def test_who_was_lent_the_case_is_told_as_long_as_they_may_see_it(referral: Referral, worker: User) -> None:
    guest = make_user()
    giver = make_user(Role.COORDINATOR, team=team_of(worker))
    clients.give_access(
        user=guest, case=referral.case, starts_at=NOW, ends_at=NOW + 5 * DAY, reason="Придумано", by=giver, now=NOW
    )
    ask(referral, guest)

    plan(now=THEN)
    assert [who for who, *_rest in told()] == [guest]
    plan(now=NOW + 6 * DAY)
    assert told()[0][2:] == ("stopped", "no_access")


def test_who_was_lent_the_case_and_works_with_none_any_more_is_not_told_but_who_looks_after_it(
    referral: Referral, worker: User
) -> None:
    giver = make_user(Role.COORDINATOR, team=team_of(worker))
    gone, moved = make_user(), make_user()
    for guest in (gone, moved):
        clients.give_access(
            user=guest, case=referral.case, starts_at=NOW, ends_at=NOW + 5 * DAY, reason="Придумано", by=giver, now=NOW
        )
        ask(referral, guest)
    Membership.objects.filter(user__in=[gone, moved]).update(ends_at=NOW)
    make_membership(moved, Role.AUDITOR)

    plan(now=THEN)

    assert [who for who, *_rest in told()] == [worker, worker]


def test_who_is_away_is_not_told_but_who_stands_in(referral: Referral, worker: User) -> None:
    deputy = make_user(team=team_of(worker))
    record_absence(user=worker, deputy=deputy, starts_at=NOW, ends_at=NOW + 9 * DAY, by=worker, now=NOW)
    ask(referral, worker)

    plan(now=THEN)

    assert [who for who, *_rest in told()] == [deputy]


def test_of_a_to_do_about_no_case_nobody_else_is_told(to_do: ToDo, worker: User) -> None:
    ask(to_do, worker)
    disable_user(user=worker, by=make_user(Role.ADMINISTRATOR), now=NOW)

    assert plan(now=THEN).unaddressed == 1
    assert told() == []


def test_it_counts_among_what_is_due_and_is_reconciled(referral: Referral, to_do: ToDo, worker: User) -> None:
    for about in (referral, to_do):
        ask(about, worker)
    plan(now=THEN)

    reminder = Reminder.objects.filter(subject__startswith="no_answer:").first()
    assert reminder is not None
    assert message_of(reminder, THEN).wording == staff_reminder(items=2, language=worker.language)
    assert reconcile(THEN).of("no_answer")[:4] == [0, 2, 0, 0]


@pytest.mark.parametrize("wrong", ["neither", "both", "twice", "twice to-do"])
def test_the_database_refuses_what_must_not_be(referral: Referral, to_do: ToDo, worker: User, wrong: str) -> None:
    known: dict[str, Any] = {"on": ON, "asked_by": worker, "asked_at": NOW}
    if wrong == "both":
        known |= {"referral": referral, "to_do": to_do}
    elif wrong == "twice":
        known |= {"referral": referral}
        ask(referral, worker)
    elif wrong == "twice to-do":
        known |= {"to_do": to_do}
        ask(to_do, worker)
    names = {"twice": "follow_up_once_a_referral", "twice to-do": "follow_up_once_a_to_do"}

    with (
        pytest.raises(IntegrityError, match=names.get(wrong, "follow_up_of_a_referral_or_a_to_do")),
        transaction.atomic(),
    ):
        FollowUp.objects.create(**known)
