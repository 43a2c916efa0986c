"""Referrals in: recorded once, decided, answered, seen by the team they came to."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from casework.audit.models import Event
from casework.clients import actions
from casework.clients.actions.referral_to_dos import give_overdue_to_dos
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import IncomingReferral, ToDo
from tests.factories.accounts import NOW, make_team, make_user
from tests.factories.clients import make_case
from tests.factories.referrals import make_coordinator, make_incoming, make_partner
from tests.racing import at_once

pytestmark = pytest.mark.django_db

LATE = NOW + timedelta(days=20)


def test_the_person_lies_sealed_under_a_key_of_their_own() -> None:
    referral = make_incoming()

    stored: Any = IncomingReferral.objects.get()

    assert "Присланный".encode() not in bytes(stored.family_name_sealed)
    assert b"777888" not in bytes(stored.contact_sealed)
    assert referral.data_key.owner_kind == "referral"


def test_the_same_form_twice_is_one() -> None:
    team, token = make_team(), uuid.uuid4()
    by = make_user(team=team)

    assert make_incoming(team=team, by=by, referral_id=token) == make_incoming(team=team, by=by, referral_id=token)
    assert Event.objects.filter(type="clients.incoming_referral_recorded").count() == 1


def test_the_same_person_from_the_same_sender_is_recorded_once_while_it_waits() -> None:
    team, partner = make_team(), make_partner()
    first = make_incoming(team=team, partner=partner)

    with pytest.raises(actions.RecordedAlready) as refused:
        make_incoming(team=team, partner=partner, family_name=" присланный ", how="phone", contact="+996555777888")

    assert refused.value.earlier == first
    assert make_incoming(team=team, partner=make_partner()).pk
    assert make_incoming(partner=partner).pk


def test_after_a_decision_the_same_person_may_be_sent_again() -> None:
    team = make_team()
    first = make_incoming(team=team)
    actions.decline_incoming(referral=first, reason="full", version=1, by=make_user(team=team), now=NOW)

    assert make_incoming(team=team) != first


def test_nobody_and_from_nobody_are_asked_for() -> None:
    with pytest.raises(actions.UnableToTakeReferral) as nobody:
        make_incoming(family_name="", given_name="", contact="")
    with pytest.raises(actions.UnableToTakeReferral) as from_nobody:
        make_incoming(sender=" ")

    assert (nobody.value.field, from_nobody.value.field) == ("family_name", "sender")


def test_it_cannot_have_come_tomorrow() -> None:
    with pytest.raises(actions.UnableToTakeReferral):
        make_incoming(received_on=date(2026, 11, 23))


def test_the_answer_is_due_by_urgency_after_the_day_it_came() -> None:
    assert make_incoming(urgency="urgent").answer_due_on == date(2026, 11, 23)


def test_accepted_it_keeps_the_case_and_said_twice_it_counts_once() -> None:
    referral = make_incoming()
    case, by = make_case(team=referral.team), make_user(team=referral.team)

    for _ in range(2):
        referral = actions.accept_incoming(referral=referral, case=case, by=by, now=NOW)

    assert (referral.state, referral.case, referral.decided_by) == ("accepted", case, by)
    assert Event.objects.get(type="clients.incoming_referral_accepted").case_id == case.pk


def test_what_was_decided_is_decided() -> None:
    referral, by = make_incoming(), make_user()
    actions.decline_incoming(referral=referral, reason="full", version=1, by=by, now=NOW)

    with pytest.raises(actions.UnableToTakeReferral, match="declined"):
        actions.accept_incoming(referral=referral, case=make_case(), by=by, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        actions.decline_incoming(referral=referral, reason="full", version=1, by=by, now=NOW)


def test_a_decision_can_be_taken_back() -> None:
    referral, by = make_incoming(), make_user()
    actions.decline_incoming(referral=referral, reason="full", version=1, by=by, now=NOW, words="Нет мест")

    referral = actions.reconsider_incoming(referral=referral, version=2, by=by, now=NOW)

    assert (referral.state, referral.decline_reason, referral.decline_words) == ("waiting", "", "")


def test_a_decision_is_not_taken_back_where_the_same_one_came_again_and_waits() -> None:
    referral, by = make_incoming(), make_user()
    actions.decline_incoming(referral=referral, reason="full", version=1, by=by, now=NOW)
    again = make_incoming(team=referral.team)
    assert again.pk != referral.pk

    with pytest.raises(actions.RecordedAlready) as refused:
        actions.reconsider_incoming(referral=referral, version=2, by=by, now=NOW)

    assert refused.value.earlier == again
    referral.refresh_from_db()
    assert (referral.state, referral.version) == ("declined", 2)


def test_the_sender_is_told_after_the_decision_and_not_before_it_came() -> None:
    referral, by = make_incoming(), make_user()
    with pytest.raises(actions.UnableToTakeReferral, match="Decide first"):
        actions.answer_incoming(referral=referral, answered_on=date(2026, 11, 22), version=1, by=by, now=NOW)
    referral = actions.decline_incoming(referral=referral, reason="full", version=1, by=by, now=NOW)
    for day in (date(2026, 11, 19), date(2026, 11, 23)):
        with pytest.raises(actions.UnableToTakeReferral):
            actions.answer_incoming(referral=referral, answered_on=day, version=2, by=by, now=NOW)

    referral = actions.answer_incoming(referral=referral, answered_on=date(2026, 11, 22), version=2, by=by, now=NOW)

    assert referral.answered_on == date(2026, 11, 22)


def test_an_overdue_answer_is_a_to_do_of_the_coordinators_until_it_is_given() -> None:
    team = make_team()
    coordinator = make_coordinator(team)
    referral = make_incoming(team=team)

    assert give_overdue_to_dos(LATE) == 1
    assert give_overdue_to_dos(LATE) == 0
    assert ToDo.objects.get().owner == coordinator

    referral = actions.decline_incoming(referral=referral, reason="full", version=1, by=coordinator, now=LATE)
    actions.answer_incoming(referral=referral, answered_on=LATE.date(), version=2, by=coordinator, now=LATE)
    assert ToDo.objects.get().is_done


def test_it_is_seen_by_its_team_and_a_restricted_case_hides_what_led_to_it() -> None:
    referral = make_incoming()
    named, other, stranger = make_user(team=referral.team), make_user(team=referral.team), make_user()

    def sees(user: object) -> bool:
        return IncomingReferral.objects.visible_to(user, NOW).exists()  # type: ignore[attr-defined]

    assert [sees(user) for user in (named, other, stranger)] == [True, True, False]
    case = make_case(team=referral.team)
    actions.accept_incoming(referral=referral, case=case, by=named, now=NOW)
    people = [named, make_user(team=referral.team)]
    actions.restrict_case(case=case, people=people, version=case.version, by=named, now=NOW)

    assert [sees(user) for user in (named, other, stranger)] == [True, False, False]


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"decided_at": NOW}, "incoming_referral_decided_by_somebody"),
        ({"decline_reason": "full"}, "incoming_referral_declined_has_its_reason"),
        ({"answered_on": date(2026, 11, 22)}, "incoming_referral_answered_after_the_decision"),
    ],
)
def test_what_one_that_waits_must_never_be(values: dict[str, object], constraint: str) -> None:
    referral = make_incoming()

    with pytest.raises(IntegrityError, match=constraint):
        IncomingReferral.objects.filter(pk=referral.pk).update(**values)


def test_only_an_accepted_one_has_a_case() -> None:
    referral = make_incoming()

    with pytest.raises(IntegrityError, match="incoming_referral_of_a_case_is_accepted"):
        IncomingReferral.objects.filter(pk=referral.pk).update(case=make_case())


def test_the_answer_is_not_given_before_it_came() -> None:
    referral = make_incoming()
    actions.decline_incoming(referral=referral, reason="full", version=1, by=make_user(), now=NOW)

    with pytest.raises(IntegrityError, match="incoming_referral_answered_after_it_came"):
        IncomingReferral.objects.filter(pk=referral.pk).update(answered_on=date(2026, 11, 1))


@pytest.mark.django_db(transaction=True)
def test_the_same_one_typed_by_two_at_once_is_one() -> None:
    team = make_team()
    workers = [make_user(team=team) for _ in range(3)]

    outcomes = at_once(*[lambda by=by: make_incoming(team=team, by=by) for by in workers])

    assert IncomingReferral.objects.count() == 1
    assert sum(isinstance(outcome, IncomingReferral) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, actions.RecordedAlready) for outcome in outcomes) == 2
