"""A case is handed over by acceptance: until then nothing changes, from then on the old team sees nothing."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from casework.accounts.models import Team, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import Case, TimedAccess, ToDo, Transfer
from tests.factories.accounts import NOW, make_membership, make_team, make_user, team_of
from tests.factories.clients import make_case, make_client, make_transfer

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def case_of(worker: User) -> Case:
    return make_client(case=make_case(team=team_of(worker), caseworker=worker)).case


def to_do_of(owner: User, case: Case, **fields: Any) -> ToDo:
    to_do = ToDo(owner=owner, case=case, data_key=case.data_key, created_at=NOW, created_by=owner, **fields)
    to_do.text = "Позвонить"
    to_do.save()
    return to_do


def seen(user: User) -> bool:
    return Case.objects.visible_to(user, NOW).exists()  # type: ignore[attr-defined]


def offered_to(user: User) -> list[Transfer]:
    return list(Transfer.objects.open().for_answer_by(user, NOW))  # type: ignore[attr-defined]


def restricted_case() -> tuple[Case, User, User]:
    worker = make_user()
    colleague = make_user(team=team_of(worker))
    case = case_of(worker)
    actions.restrict_case(case=case, people=[worker, colleague], version=1, by=worker, now=NOW)
    case.refresh_from_db()
    return case, worker, colleague


def test_until_it_is_accepted_nothing_changes_and_the_receiver_sees_the_offer_alone() -> None:
    worker, receiver = make_user(), make_user()
    coordinator = make_user(Role.COORDINATOR, team=team_of(receiver))

    transfer = make_transfer(case_of(worker), receiver)

    assert (seen(worker), seen(receiver)) == (True, False)
    assert offered_to(receiver) == [transfer]
    assert offered_to(coordinator) == []
    assert offered_to(worker) == []
    assert Transfer.objects.get().note.startswith("Ждёт")


def test_on_acceptance_team_and_caseworker_change_and_the_old_team_sees_it_no_more() -> None:
    worker, receiver = make_user(), make_user()
    case = case_of(worker)

    actions.accept_transfer(transfer=make_transfer(case, receiver), by=receiver, now=LATER)

    case.refresh_from_db()
    assert (case.team, case.caseworker) == (team_of(receiver), receiver)
    assert (seen(worker), seen(receiver)) == (False, True)
    assert ToDo.objects.get(owner=worker).kind == "transfer"
    assert {"clients.transfer_accepted", "clients.case_handed_over"} <= set(
        Event.objects.filter(case_id=case.pk).values_list("type", flat=True)
    )


def test_guests_whom_the_old_team_let_in_see_it_no_more_once_another_team_has_it() -> None:
    worker, receiver, guest = make_user(), make_user(), make_user()
    coordinator = make_user(Role.COORDINATOR, team=team_of(worker))
    case = case_of(worker)
    colleague = make_user(team=team_of(worker))
    days = {"starts_at": NOW, "ends_at": LATER + timedelta(days=1)}
    actions.give_access(user=guest, case=case, reason="Helps", by=coordinator, now=NOW, **days)

    actions.accept_transfer(transfer=make_transfer(case, colleague), by=colleague, now=NOW)
    assert seen(guest)
    case.refresh_from_db()
    actions.accept_transfer(transfer=make_transfer(case, receiver), by=receiver, now=LATER)

    assert not seen(guest)
    assert TimedAccess.objects.get().ended_at == LATER
    assert Event.objects.filter(type="clients.access_ended", case_id=case.pk).count() == 1


def test_what_was_still_to_be_done_goes_to_the_new_caseworker() -> None:
    worker, receiver = make_user(), make_user()
    colleague = make_user(team=team_of(worker))
    case = case_of(worker)
    moved = [to_do_of(worker, case), to_do_of(colleague, case)]
    done = to_do_of(worker, case, done_at=NOW, done_by=worker)
    elsewhere = to_do_of(worker, case_of(worker))

    actions.accept_transfer(transfer=make_transfer(case, receiver), by=receiver, now=LATER)

    assert {ToDo.objects.get(pk=it.pk).owner for it in moved} == {receiver}
    assert {ToDo.objects.get(pk=it.pk).owner for it in (done, elsewhere)} == {worker}


def test_within_a_team_a_colleague_keeps_their_own_to_dos() -> None:
    worker = make_user()
    receiver, third = make_user(team=team_of(worker)), make_user(team=team_of(worker))
    case = case_of(worker)
    of_worker, of_third = to_do_of(worker, case), to_do_of(third, case)

    actions.accept_transfer(transfer=make_transfer(case, receiver), by=receiver, now=LATER)

    assert ToDo.objects.get(pk=of_worker.pk).owner == receiver
    assert ToDo.objects.get(pk=of_third.pk).owner == third


def test_what_is_offered_to_a_team_is_answered_by_its_coordinators() -> None:
    worker, team = make_user(), make_team(name="Almaty")
    coordinator, helper = make_user(Role.COORDINATOR, team=team), make_user(team=team)
    transfer = make_transfer(case_of(worker), to_team=team, by=worker)

    assert (offered_to(coordinator), offered_to(helper)) == ([transfer], [])
    with pytest.raises(actions.UnableToAnswerTransfer, match="not yours"):
        actions.accept_transfer(transfer=transfer, by=helper, now=LATER)
    actions.accept_transfer(transfer=transfer, by=coordinator, caseworker=helper, now=LATER)

    assert (Case.objects.get().team, Case.objects.get().caseworker) == (team, helper)


def test_the_sender_does_not_answer_for_the_receiver() -> None:
    worker, receiver = make_user(), make_user()
    transfer = make_transfer(case_of(worker), receiver)

    with pytest.raises(actions.UnableToAnswerTransfer, match="not yours"):
        actions.accept_transfer(transfer=transfer, by=worker, now=LATER)


def test_declined_with_a_reason_it_stays_where_it_is_and_the_sender_has_a_to_do() -> None:
    worker, receiver = make_user(), make_user()
    case = case_of(worker)
    transfer = make_transfer(case, receiver)

    with pytest.raises(actions.UnableToAnswerTransfer, match="Say why"):
        actions.decline_transfer(transfer=transfer, reason=" ", by=receiver, now=LATER)
    actions.decline_transfer(transfer=transfer, reason="Нет места", by=receiver, now=LATER)

    case.refresh_from_db()
    assert case.caseworker == worker
    assert (Transfer.objects.get().state, Transfer.objects.get().reason) == ("declined", "Нет места")
    assert ToDo.objects.get().owner == worker


def test_withdrawn_it_waits_for_nobody_and_can_be_offered_again() -> None:
    worker, receiver = make_user(), make_user()
    case = case_of(worker)

    actions.withdraw_transfer(transfer=make_transfer(case, receiver), by=worker, now=LATER)
    make_transfer(case, receiver, by=worker)

    assert sorted(Transfer.objects.values_list("state", flat=True)) == ["offered", "withdrawn"]


def test_nobody_answers_in_two_weeks_and_it_lapses_back_with_a_to_do() -> None:
    worker, receiver = make_user(), make_user()
    make_transfer(case_of(worker), receiver)

    early = actions.lapse_transfers(now=NOW + timedelta(days=13, hours=23))
    lapsed = actions.lapse_transfers(now=NOW + timedelta(days=14))
    again = actions.lapse_transfers(now=NOW + timedelta(days=15))

    assert (early, lapsed, again) == (0, 1, 0)
    assert Transfer.objects.get().state == "lapsed"
    assert ToDo.objects.get().owner == worker


def test_what_is_settled_is_not_answered_again() -> None:
    worker, receiver = make_user(), make_user()
    transfer = make_transfer(case_of(worker), receiver)
    actions.withdraw_transfer(transfer=transfer, by=worker, now=LATER)

    with pytest.raises(actions.UnableToAnswerTransfer, match="settled already: withdrawn"):
        actions.accept_transfer(transfer=transfer, by=receiver, now=LATER)


def test_a_case_is_offered_once_at_a_time_and_a_form_sent_twice_offers_once() -> None:
    worker, receiver, token = make_user(), make_user(), uuid.uuid4()
    case = case_of(worker)

    twice = [make_transfer(case, receiver, transfer_id=token).pk for _ in range(2)]

    assert twice == [token, token]
    with pytest.raises(actions.UnableToOfferCase, match="offered to somebody already"):
        make_transfer(case, make_user(), by=worker)
    second = Transfer(
        case=case,
        data_key=case.data_key,
        from_team=case.team,
        offered_by=worker,
        to_team=case.team,
        offered_at=NOW,
        lapses_at=LATER,
    )
    second.note = "Ещё раз"
    with pytest.raises(IntegrityError, match="transfer_open_once_a_case"):
        second.save()


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": "lapsed"}, "transfer_answered_has_its_time"),
        ({"answered_at": NOW}, "transfer_answered_has_its_time"),
        ({"state": "declined", "answered_at": NOW}, "transfer_answered_by_somebody"),
        ({"lapses_at": NOW}, "transfer_lapses_later"),
    ],
)
def test_what_must_never_be_of_an_offer_the_database_refuses(values: dict[str, Any], constraint: str) -> None:
    make_transfer(case_of(make_user()), make_user())

    with pytest.raises(IntegrityError, match=constraint):
        Transfer.objects.update(**values)


def test_an_offer_that_makes_no_sense_is_refused_beside_what_stands_in_the_way() -> None:
    worker = make_user()
    case = case_of(worker)
    team = team_of(worker)

    def field_of(**values: Any) -> str:
        with pytest.raises(actions.UnableToOfferCase) as error:
            make_transfer(case, by=worker, **({"to_team": team} | values))
        return error.value.field

    assert field_of() == "to_worker"
    assert field_of(to_worker=worker) == "to_worker"
    assert field_of(to_worker=make_user(), to_team=team) == "to_worker"
    assert field_of(to_team=make_team(is_active=False)) == "to_team"
    actions.close_case(case=case, reason="other", version=1, by=worker, now=NOW)
    assert field_of(to_worker=make_user(team=team)) == ""


def test_closing_a_case_withdraws_its_offer() -> None:
    worker = make_user()
    case = case_of(worker)
    make_transfer(case, make_user())

    actions.close_case(case=case, reason="other", version=1, by=worker, now=LATER)

    assert Transfer.objects.get().state == "withdrawn"


def test_who_lost_their_role_meanwhile_cannot_accept() -> None:
    worker, receiver = make_user(), make_user()
    transfer = make_transfer(case_of(worker), receiver)
    receiver.memberships.update(ends_at=NOW)

    with pytest.raises(actions.UnableToAnswerTransfer, match="not yours"):
        actions.accept_transfer(transfer=transfer, by=receiver, now=LATER)


def test_a_restricted_case_goes_within_its_team_to_the_people_named_alone() -> None:
    case, worker, colleague = restricted_case()
    unnamed = make_user(team=case.team)

    with pytest.raises(actions.UnableToOfferCase, match="not named on it"):
        make_transfer(case, unnamed, by=worker)
    actions.accept_transfer(transfer=make_transfer(case, colleague, by=worker), by=colleague, now=LATER)

    case.refresh_from_db()
    assert case.caseworker == colleague
    assert case.members.count() == 2


def test_a_restricted_case_offered_to_a_team_is_answered_by_a_coordinator_who_is_named() -> None:
    case, worker, _colleague = restricted_case()
    team = make_team(name="Almaty")
    named, unnamed = make_user(Role.COORDINATOR, team=team), make_user(Role.COORDINATOR, team=team)

    transfer = make_transfer(case, to_team=team, by=worker, named=[named.pk, make_user(team=team).pk])

    assert (offered_to(named), offered_to(unnamed)) == ([transfer], [])


def test_a_restricted_case_that_changes_teams_has_two_people_named_there() -> None:
    case, worker, _colleague = restricted_case()
    team: Team = make_team(name="Almaty")
    receiver, second, unnamed = (make_user(team=team) for _ in range(3))
    make_membership(unnamed, Role.COORDINATOR, team=team)

    for named in ([], [receiver.pk], [receiver.pk, worker.pk], [second.pk, unnamed.pk]):
        with pytest.raises(actions.UnableToOfferCase) as error:
            make_transfer(case, receiver, by=worker, named=named)
        assert error.value.field == "named"
    with pytest.raises(actions.UnableToOfferCase, match="somebody must answer"):
        make_transfer(case, to_team=team, by=worker, named=[receiver.pk, second.pk])
    transfer = make_transfer(case, receiver, by=worker, named=[receiver.pk, second.pk])
    assert (offered_to(unnamed), offered_to(receiver)) == ([], [transfer])
    actions.accept_transfer(transfer=transfer, by=receiver, now=LATER)

    assert [seen(user) for user in (receiver, second, unnamed, worker)] == [True, True, False, False]
