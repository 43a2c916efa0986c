"""Referrals out: drafted, sent with consent only, answered, overdue, withdrawn."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError

from casework.audit.models import Event
from casework.clients import actions
from casework.clients.actions.referral_to_dos import give_overdue_to_dos
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Referral, ReferralPerson, ReferralStep, ToDo
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.referrals import make_partner, make_referral, make_sent_referral
from tests.racing import at_once

pytestmark = pytest.mark.django_db

LATE = NOW + timedelta(days=15)


def test_the_table_of_states_is_complete() -> None:
    assert set(Referral.TRANSITIONS) == set(Referral.State.values)
    assert set(Referral.State.values) == Referral.OPEN | Referral.CLOSED
    assert all(not Referral.TRANSITIONS[state] for state in Referral.CLOSED)
    assert Referral.WAITING <= Referral.OPEN


def test_a_draft_sent_twice_is_one() -> None:
    client, token, by, partner = make_client(), uuid.uuid4(), make_user(), make_partner()

    drafts = {make_referral(client, referral_id=token, by=by, partner=partner).pk for _ in range(2)}

    assert len(drafts) == 1
    assert Event.objects.filter(type="clients.referral_drafted").count() == 1


def test_the_token_of_another_case_is_suspicious() -> None:
    token = make_referral().pk

    with pytest.raises(SuspiciousOperation):
        make_referral(referral_id=token)


def test_the_reason_lies_sealed_under_the_key_of_the_case() -> None:
    referral = make_referral(reason="Боится соседа")

    assert referral.data_key == referral.case.data_key
    assert "соседа".encode() not in bytes(Referral.objects.get().reason_sealed)  # type: ignore[attr-defined]


def test_only_people_of_the_case_are_sent() -> None:
    client, stranger = make_client(), make_client()

    with pytest.raises(actions.UnableToRefer) as refused:
        make_referral(client, people=[client, stranger])
    with pytest.raises(actions.UnableToRefer):
        make_referral(client, people=[])

    assert refused.value.field == "people"


def test_without_consent_it_is_kept_as_a_draft_and_not_sent() -> None:
    referral = make_referral(consent_how="", consent_on=None)

    with pytest.raises(actions.UnableToRefer, match="agreed"):
        actions.send_referral(referral=referral, how="email", version=1, by=make_user(), now=NOW)

    referral.refresh_from_db()
    assert referral.state == Referral.State.DRAFT


@pytest.mark.parametrize("fields", [{"consent_how": "said", "consent_on": None}, {"consent_how": ""}])
def test_half_a_consent_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(actions.UnableToRefer):
        make_referral(**fields)


def test_consent_of_tomorrow_is_none_today() -> None:
    referral = make_referral(consent_on=date(2026, 11, 23))

    with pytest.raises(actions.UnableToRefer, match="future"):
        actions.send_referral(referral=referral, how="email", version=1, by=make_user(), now=NOW)


def test_nothing_goes_to_an_authority_of_their_own_country() -> None:
    consulate = make_partner(kind="authority", country="RU")

    with pytest.raises(actions.UnableToRefer, match="nationals"):
        make_sent_referral(partner=consulate, shared=[])


def test_an_authority_of_the_country_in_which_the_team_works_may_be_told() -> None:
    office = make_partner(kind="authority", country="KG")

    assert make_sent_referral(make_client(nationalities=["KG"]), partner=office).state == Referral.State.SENT


def test_a_partner_gets_no_more_than_the_directory_allows() -> None:
    partner = make_partner(may_receive=["name"])

    with pytest.raises(actions.UnableToRefer, match="identity document"):
        make_sent_referral(partner=partner, shared=["name", "document"])

    assert make_sent_referral(partner=partner, shared=["name"]).state == Referral.State.SENT


def test_after_the_agreement_only_the_code_goes() -> None:
    partner = make_partner(agreement="yes", agreement_until=date(2026, 11, 1))

    with pytest.raises(actions.UnableToRefer, match="has ended"):
        make_sent_referral(partner=partner, shared=["name"])

    assert make_sent_referral(partner=partner, shared=[]).state == Referral.State.SENT


def test_nobody_is_sent_to_an_archived_partner_or_from_a_closed_case() -> None:
    partner, client = make_partner(), make_client()
    referral, by = make_referral(client, partner=partner), make_user(team=client.case.team)
    actions.archive_partner(partner=partner, version=1, by=by, now=NOW)
    with pytest.raises(actions.UnableToRefer, match="archived"):
        actions.send_referral(referral=referral, how="email", version=1, by=by, now=NOW)

    actions.restore_partner(partner=partner, version=2, by=by, now=NOW)
    actions.close_case(case=client.case, reason="other", version=client.case.version, by=by, now=NOW)
    with pytest.raises(actions.UnableToRefer, match="closed"):
        actions.send_referral(referral=referral, how="email", version=1, by=by, now=NOW)


@pytest.mark.parametrize(("urgency", "days"), [("urgent", 3), ("soon", 7), ("normal", 14)])
def test_the_answer_is_due_by_urgency(urgency: str, days: int) -> None:
    assert make_sent_referral(urgency=urgency).answer_due_on == date(2026, 11, 22) + timedelta(days=days)


def test_sent_twice_it_was_sent_once() -> None:
    referral = make_referral()

    for _ in range(2):
        actions.send_referral(referral=referral, how="email", version=1, by=make_user(), now=NOW)

    assert ReferralStep.objects.filter(state="sent").count() == 1
    assert Event.objects.filter(type="clients.referral_sent").count() == 1


def test_what_was_sent_is_not_changed_any_more() -> None:
    referral = make_sent_referral()

    with pytest.raises(actions.UnableToRefer, match="already"):
        actions.change_referral(
            referral=referral, people=list(referral.people.all()), version=2, by=make_user(), now=NOW, shared=["birth"]
        )


def test_a_draft_changes_with_its_people() -> None:
    referral = make_referral()
    child = make_client(case=referral.case, relation="child")

    actions.change_referral(referral=referral, people=[child], version=1, by=make_user(), now=NOW, urgency="urgent")

    referral.refresh_from_db()
    assert list(referral.people.all()) == [child]
    assert referral.urgency == "urgent"
    assert Event.objects.get(type="clients.referral_changed").data == {"fields": ["people", "urgency"]}


def test_from_received_to_done_every_step_is_kept_with_its_words() -> None:
    referral, by = make_sent_referral(), make_user()

    referral = actions.note_received(referral=referral, version=2, by=by, now=NOW)
    referral = actions.note_accepted(referral=referral, version=3, by=by, now=NOW, text="Приходить в среду")
    referral = actions.note_done(referral=referral, outcome="helped", version=4, by=by, now=NOW)

    steps = [(step.state, step.text) for step in ReferralStep.objects.order_by("at", "pk")]
    assert sorted(steps) == [("accepted", "Приходить в среду"), ("done", ""), ("received", ""), ("sent", "")]
    assert referral.answered_at == NOW
    assert referral.closed_at == NOW
    assert {event.case_id for event in Event.objects.filter(type__startswith="clients.referral_")} == {referral.case_id}


def test_a_step_out_of_order_is_refused_in_words() -> None:
    referral = make_sent_referral()

    with pytest.raises(actions.UnableToRefer, match="“sent”"):
        actions.note_done(referral=referral, outcome="helped", version=2, by=make_user(), now=NOW)


def test_declined_keeps_its_reason_and_can_be_taken_back() -> None:
    referral, by = make_sent_referral(), make_user()
    referral = actions.note_declined(referral=referral, reason="full", version=2, by=by, now=NOW, text="В мае")
    assert referral.decline_reason == "full"

    referral = actions.take_back_answer(referral=referral, version=3, by=by, now=NOW)

    assert (referral.state, referral.decline_reason, referral.answered_at, referral.closed_at) == (
        "sent",
        "",
        None,
        None,
    )


def test_an_end_that_was_a_mistake_leaves_it_accepted() -> None:
    referral, by = make_sent_referral(), make_user()
    referral = actions.note_accepted(referral=referral, version=2, by=by, now=NOW)
    referral = actions.note_done(referral=referral, outcome="helped", version=3, by=by, now=NOW)

    referral = actions.take_back_answer(referral=referral, version=4, by=by, now=NOW)

    assert (referral.state, referral.outcome, referral.answered_at) == ("accepted", "", NOW)


def test_a_draft_has_no_answer_to_take_back() -> None:
    with pytest.raises(actions.UnableToRefer):
        actions.take_back_answer(referral=make_referral(), version=1, by=make_user(), now=NOW)


def test_withdrawn_says_why() -> None:
    referral = actions.withdraw_referral(
        referral=make_sent_referral(), why="consent", version=2, by=make_user(), now=NOW
    )

    assert (referral.state, referral.withdrawn_why) == ("withdrawn", "consent")


def test_two_who_record_an_answer_do_not_overwrite_each_other() -> None:
    referral = make_sent_referral()
    actions.note_accepted(referral=referral, version=2, by=make_user(), now=NOW)

    with pytest.raises(ChangedMeanwhile):
        actions.note_declined(referral=referral, reason="full", version=2, by=make_user(), now=NOW)


def test_feedback_sent_twice_is_written_once_and_changes_no_state() -> None:
    referral, token = make_sent_referral(), uuid.uuid4()

    for _ in range(2):
        actions.record_feedback(referral=referral, text="Был дважды", by=make_user(), now=NOW, step_id=token)

    assert ReferralStep.objects.filter(kind="feedback").count() == 1
    referral.refresh_from_db()
    assert referral.state == "sent"


def test_it_is_overdue_from_the_day_after_where_the_team_works() -> None:
    referral = make_sent_referral()  # in Bishkek, six hours ahead; due on 6 December

    def overdue(at: object) -> bool:
        return Referral.objects.overdue(at).exists()  # type: ignore[attr-defined]

    evening = NOW.replace(month=12, day=6, hour=17, minute=59)
    assert not overdue(evening)
    assert overdue(evening + timedelta(minutes=2))
    assert referral.is_overdue(date(2026, 12, 7))
    assert not referral.is_overdue(date(2026, 12, 6))


def test_the_caseworker_gets_one_to_do_which_is_gone_with_the_answer() -> None:
    worker = make_user()
    case = make_case(team=team_of(worker), caseworker=worker)
    referral = make_sent_referral(make_client(case=case))
    assert give_overdue_to_dos(NOW) == 0

    assert give_overdue_to_dos(LATE) == 1
    assert give_overdue_to_dos(LATE) == 0
    to_do = ToDo.objects.get()
    assert (to_do.owner, to_do.case, to_do.due_on) == (worker, case, referral.answer_due_on)

    actions.note_accepted(referral=referral, version=2, by=worker, now=LATE)
    to_do.refresh_from_db()
    assert to_do.is_done


def test_an_answer_taken_back_asks_again() -> None:
    worker = make_user()
    case = make_case(team=team_of(worker), caseworker=worker)
    referral = make_sent_referral(make_client(case=case))
    give_overdue_to_dos(LATE)
    actions.note_declined(referral=referral, reason="full", version=2, by=worker, now=LATE)

    actions.take_back_answer(referral=referral, version=3, by=worker, now=LATE)

    assert give_overdue_to_dos(LATE) == 1
    assert not ToDo.objects.get().is_done


def test_a_closed_case_asks_for_nothing() -> None:
    worker = make_user()
    case = make_case(team=team_of(worker), caseworker=worker)
    make_sent_referral(make_client(case=case))
    actions.close_case(case=case, reason="other", version=case.version, by=worker, now=NOW)

    assert give_overdue_to_dos(LATE) == 0


def test_who_sees_the_case_sees_its_referrals() -> None:
    referral = make_referral()
    colleague, stranger = make_user(team=referral.case.team), make_user()

    visible = Referral.objects.visible_to  # type: ignore[attr-defined]

    assert visible(colleague, NOW).get() == referral
    assert not visible(stranger, NOW).exists()


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"sent_how": "email"}, "referral_sent_has_day_way_and_consent"),
        ({"state": "received"}, "referral_beyond_a_draft_was_sent"),
        ({"consent_on": None}, "referral_consent_has_its_day"),
        ({"answered_at": NOW}, "referral_answer_has_its_time"),
        ({"decline_reason": "full"}, "referral_declined_has_its_reason"),
        ({"outcome": "helped"}, "referral_done_has_its_outcome"),
        ({"withdrawn_why": "mistake"}, "referral_withdrawn_says_why"),
        ({"closed_at": NOW}, "referral_ended_has_its_time"),
        ({"shared": ["everything"]}, "referral_shares_what_we_know"),
    ],
)
def test_what_a_draft_must_never_be(values: dict[str, object], constraint: str) -> None:
    referral = make_referral()

    with pytest.raises(IntegrityError, match=constraint):
        Referral.objects.filter(pk=referral.pk).update(**values)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": "draft"}, "referral_draft_was_not_sent"),
        ({"consent_how": "", "consent_on": None}, "referral_sent_has_day_way_and_consent"),
        ({"answer_due_on": None}, "referral_sent_has_day_way_and_consent"),
    ],
)
def test_what_must_never_be_sent(values: dict[str, object], constraint: str) -> None:
    referral = make_sent_referral()

    with pytest.raises(IntegrityError, match=constraint):
        Referral.objects.filter(pk=referral.pk).update(**values)


def test_a_person_is_named_once() -> None:
    referral = make_referral()

    with pytest.raises(IntegrityError, match="referral_person_once"):
        ReferralPerson.objects.create(referral=referral, client=referral.people.get())


@pytest.mark.django_db(transaction=True)
def test_sent_twice_at_once_it_was_sent_once() -> None:
    referral, by = make_referral(), make_user()

    outcomes = at_once(*[lambda: actions.send_referral(referral=referral, how="email", version=1, by=by, now=NOW)] * 3)

    assert {outcome.pk for outcome in outcomes} == {referral.pk}
    assert ReferralStep.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_runs_of_the_task_at_once_give_one_to_do() -> None:
    worker = make_user()
    case = make_case(team=team_of(worker), caseworker=worker)
    make_sent_referral(make_client(case=case))

    given = at_once(*[lambda: give_overdue_to_dos(LATE)] * 3)

    assert sum(given) == 1
    assert ToDo.objects.count() == 1
