"""Requests for beds, offers, the waiting list and those who had to be turned away."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions as clients
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Case, Client
from casework.housing import actions
from casework.housing.models import BedOffer, HousingRequest, Placement, RequestPerson, TurnAway
from casework.housing.waiting_list import places_waited_for, silent_requests, waiting_list
from casework.lib.ids import new_id
from casework.lifecycle.cases import split_case
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import hide, make_address, make_client
from tests.factories.housing import TODAY, book, make_beds, make_offer, make_request, make_site

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def client() -> Client:
    return make_client()


@pytest.fixture
def by(client: Client) -> User:
    return make_user(team=client.case.team)


def test_a_case_waits_once_and_a_form_sent_twice_makes_one_request(client: Client, by: User) -> None:
    token = new_id()
    for _ in range(2):
        request = make_request([client], by=by, request_id=token, note="С собакой")

    with pytest.raises(actions.UnableToKeepRequest, match="waits for a bed already"):
        make_request([client], by=by)
    with pytest.raises(IntegrityError, match="request_of_a_case_open_once"):
        HousingRequest.objects.filter(pk=request.pk).create(
            case=client.case,
            data_key=client.case.data_key,
            needed_from=TODAY,
            country="KG",
            opened_at=NOW,
            opened_by=by,
        )


def test_nobody_of_another_case_and_nobody_of_a_closed_case_waits(client: Client, by: User) -> None:
    with pytest.raises(actions.UnableToKeepRequest, match="who of the case"):
        actions.open_request(case=client.case, people=[make_client()], by=by, now=NOW, needed_from=TODAY, country="KG")
    case = Case.objects.get(pk=client.case_id)
    case = clients.close_case(case=case, reason="needs_met", version=case.version, by=by, now=NOW)
    with pytest.raises(actions.UnableToKeepRequest, match="closed"):
        actions.open_request(case=case, people=[client], by=by, now=NOW, needed_from=TODAY, country="KG")

    assert not HousingRequest.objects.exists()


def test_what_they_need_and_who_is_changed_and_the_second_is_told(client: Client, by: User) -> None:
    other = make_client(case=client.case)
    request = make_request([client])

    request = actions.change_request(request=request, version=1, people=[client, other], pets=True, by=by, now=NOW)

    assert RequestPerson.objects.filter(request=request).count() == 2
    assert Event.objects.get(type="housing.request_changed").data["fields"] == ["people", "pets"]
    with pytest.raises(ChangedMeanwhile):
        actions.change_request(request=request, version=1, cot=True, by=by, now=NOW)


def test_the_latest_contact_is_kept(client: Client, by: User) -> None:
    request = make_request([client], now=NOW - 20 * DAY)
    assert list(silent_requests(by, NOW)) == [request]

    for on in (TODAY - DAY, TODAY - 3 * DAY):
        request = actions.note_contact(request=request, on=on, by=by, now=NOW)

    assert request.last_contact_on == TODAY - DAY
    assert not silent_requests(by, NOW).exists()
    with pytest.raises(actions.UnableToKeepRequest, match="not come yet"):
        actions.note_contact(request=request, on=TODAY + DAY, by=by, now=NOW)


def test_a_request_is_withdrawn_closed_and_opened_again(client: Client, by: User) -> None:
    request = make_request([client])

    request = actions.withdraw_request(request=request, version=1, by=by, now=NOW)
    assert (request.state, request.closing) == ("withdrawn", "not_wished")
    request = actions.reopen_request(request=request, version=2, by=by, now=NOW + DAY)
    assert (request.state, request.opened_at) == ("open", NOW)
    with pytest.raises(actions.UnableToKeepRequest):
        actions.close_request(request=request, closing="boredom", version=3, by=by, now=NOW)
    request = actions.close_request(request=request, closing="found_own", version=3, by=by, now=NOW)

    assert (request.state, request.closed_by) == ("closed", by)
    other = make_request([client])
    with pytest.raises(actions.UnableToKeepRequest, match="already"):
        actions.reopen_request(request=request, version=4, by=by, now=NOW)
    assert other.is_open


def test_beds_that_are_offered_are_held_and_booked_when_they_accept(client: Client, by: User) -> None:
    mate = make_client(case=client.case)
    beds = make_beds(2)
    request = make_request([client, mate])
    offer = make_offer(request, {client: beds[0], mate: beds[1]})
    held = set(Placement.objects.values_list("state", flat=True))

    offer = actions.accept_offer(offer=offer, by=by, now=NOW)
    again = actions.accept_offer(offer=offer, by=by, now=NOW)

    request.refresh_from_db()
    assert held == {"held"}
    assert (offer.state, offer.answered_by, again.state) == ("accepted", by, "accepted")
    assert set(Placement.objects.values_list("state", flat=True)) == {"booked"}
    assert (request.state, request.closing) == ("housed", "housed_by_us")


def test_who_declines_goes_on_waiting_and_the_bed_is_free(client: Client, by: User) -> None:
    (bed,) = make_beds(1)
    request = make_request([client])
    offer = make_offer(request, {client: bed})

    with pytest.raises(actions.UnableToOfferBeds, match="Choose why"):
        actions.decline_offer(offer=offer, why="", by=by, now=NOW)
    offer = actions.decline_offer(offer=offer, why="too_far", note="Далеко от школы", by=by, now=NOW)

    request.refresh_from_db()
    assert (offer.state, offer.why, offer.note) == ("declined", "too_far", "Далеко от школы")
    assert request.is_open
    book({make_client(): bed})
    with pytest.raises(actions.UnableToOfferBeds, match="answered already"):
        actions.accept_offer(offer=offer, by=by, now=NOW)
    assert not Event.objects.filter(type="housing.offer_withdrawn").exists()


def test_an_offer_lapses_with_its_hold(client: Client, by: User) -> None:
    offer = make_offer(make_request([client]), {client: make_beds(1)[0]})
    later = NOW + timedelta(hours=25)

    with pytest.raises(actions.UnableToOfferBeds, match="time to answer has passed"):
        actions.accept_offer(offer=offer, by=by, now=later)
    actions.release_lapsed_holds(later)

    offer.refresh_from_db()
    assert (offer.state, offer.answered_at, offer.answered_by) == ("lapsed", offer.lapses_at, None)
    assert Event.objects.filter(type="housing.offer_lapsed", actor_id=None).count() == 1


def test_an_offer_is_withdrawn_by_itself_when_they_do_not_wait_any_more(client: Client, by: User) -> None:
    (bed,) = make_beds(1)
    request = make_request([client])
    offer = make_offer(request, {client: bed})

    actions.withdraw_request(request=request, version=1, by=by, now=NOW)

    offer.refresh_from_db()
    assert offer.state == "withdrawn"
    assert Placement.objects.get().state == "cancelled"


def test_only_one_offer_is_open_and_only_those_who_wait_are_offered_a_bed(client: Client, by: User) -> None:
    beds, token = make_beds(3), new_id()
    request = make_request([client])
    offers = {make_offer(request, {client: beds[0]}, offer_id=token).pk for _ in range(2)}

    assert len(offers) == 1
    with pytest.raises(actions.UnableToOfferBeds, match="offered to them already"):
        make_offer(request, {client: beds[1]})
    with pytest.raises(actions.UnableToOfferBeds, match="does not wait"):
        make_offer(request, {make_client(): beds[1]})
    actions.withdraw_offer(offer=BedOffer.objects.get(), by=by, now=NOW)
    make_offer(request, {client: beds[0]})
    assert Placement.objects.live().count() == 1


def test_a_bed_that_is_booked_from_the_board_answers_the_offer(client: Client, by: User) -> None:
    offer = make_offer(make_request([client]), {client: make_beds(1)[0]})

    actions.book_held(placements=list(Placement.objects.all()), by=by, now=NOW)

    offer.refresh_from_db()
    assert offer.state == "accepted"


def test_a_request_is_over_only_when_all_of_them_have_a_bed_since_they_asked(client: Client) -> None:
    mate = make_client(case=client.case)
    beds = make_beds(3)
    book({mate: beds[0]}, since=TODAY - 5 * DAY, until=TODAY + DAY, now=NOW - 5 * DAY, checks_in=True)
    request = make_request([client, mate])

    book({client: beds[1]})
    request.refresh_from_db()
    assert request.is_open
    book({mate: beds[2]}, since=TODAY + DAY)

    request.refresh_from_db()
    assert request.state == "housed"


def wait(leave: int | None = None, *, by: User, waits: int = 0, **fields: Any) -> HousingRequest:
    client = make_client(team=by.memberships.get().team)
    leave_by = None if leave is None else TODAY + leave * DAY
    return make_request([client], now=NOW - waits * DAY, leave_by=leave_by, by=by, **fields)


def test_the_list_is_in_order_and_says_why(by: User) -> None:
    relaxed, urgent, old = wait(by=by), wait(2, by=by), wait(by=by, waits=20)
    make_beds(2, site=make_site(team=by.memberships.get().team))

    rows = waiting_list(by, NOW)

    assert [row.request for row in rows] == [urgent, old, relaxed]
    assert [str(it.code) for it in rows[0].because] == ["leaves_within", "not_scored", "waits", "fits"]
    assert rows[0].because[3].number == 1
    assert [row.is_silent for row in rows] == [False, True, False]


def test_where_they_are_now_says_by_when_they_must_leave(by: User) -> None:
    team = by.memberships.get().team
    one, other = make_client(team=team), make_client(team=team)
    book({one: make_beds(1)[0]}, until=TODAY + 4 * DAY, checks_in=True)
    make_address(other, until=TODAY + 9 * DAY)
    make_request([one], by=by)
    make_request([other], by=by)

    rows = waiting_list(by, NOW)

    assert [(row.leave_by, row.leave_by_is_computed) for row in rows] == [
        (TODAY + 4 * DAY, True),
        (TODAY + 9 * DAY, True),
    ]


def test_the_list_costs_the_same_however_many_wait(by: User) -> None:
    make_beds(2, site=make_site(team=by.memberships.get().team))
    wait(by=by)
    with counted_queries() as few:
        waiting_list(by, NOW)
    for _ in range(4):
        wait(by=by)
    with counted_queries() as many:
        assert len(waiting_list(by, NOW)) == 5

    assert len(few) == len(many) <= 10


def test_nobody_waits_in_the_list_of_a_stranger_and_who_only_looks_changes_nothing(client: Client, by: User) -> None:
    make_request([client], now=NOW - 20 * DAY)
    stranger, guest = make_user(), make_user()
    clients.give_access(
        user=guest,
        case=client.case,
        may_change=False,
        starts_at=NOW,
        ends_at=NOW + DAY,
        reason="Stands in for a colleague.",
        by=make_user(Role.COORDINATOR, team=client.case.team),
        now=NOW,
    )

    assert [len(waiting_list(user, NOW)) for user in (by, guest, stranger)] == [1, 1, 0]
    assert [len(places_waited_for(user, NOW)) for user in (by, guest, stranger)] == [1, 1, 0]
    assert [silent_requests(user, NOW).count() for user in (by, guest, stranger)] == [1, 1, 0]
    assert [waiting_list(user, NOW)[0].request.may_change for user in (by, guest)] == [True, False]


def test_requests_are_seen_with_their_cases(client: Client, by: User) -> None:
    request = make_request([client])
    offer = make_offer(request, {client: make_beds(1)[0]})
    stranger, colleague = make_user(), make_user(team=client.case.team)

    assert [len(waiting_list(user, NOW)) for user in (by, stranger)] == [1, 0]
    assert [BedOffer.objects.visible_to(user, NOW).count() for user in (by, stranger)] == [1, 0]
    assert HousingRequest.objects.changeable_by(by, NOW).get() == request
    assert BedOffer.objects.changeable_by(by, NOW).get() == offer
    assert not HousingRequest.objects.changeable_by(stranger, NOW).exists()
    assert not BedOffer.objects.changeable_by(stranger, NOW).exists()
    hide(client.case)
    assert waiting_list(colleague, NOW) == []
    assert not BedOffer.objects.visible_to(colleague, NOW).exists()


def test_a_request_goes_with_those_who_leave_the_case(client: Client, by: User) -> None:
    mate = make_client(case=client.case)
    request = make_request([mate])

    new = split_case(
        case=Case.objects.get(pk=client.case_id),
        leaving=[mate.pk],
        principal=mate.pk,
        principal_here=client.pk,
        team=client.case.team,
        caseworker=None,
        version=client.case.version,
        by=by,
        now=NOW,
    )

    request.refresh_from_db()
    assert request.case_id == new.pk


def test_who_waited_together_waits_on_in_two_cases_after_a_split(client: Client, by: User) -> None:
    mate = make_client(case=client.case)
    request = make_request([client, mate], by=by, leave_by=TODAY + 3 * DAY, note="Вдвоём")
    case = Case.objects.get(pk=client.case_id)
    known: dict[str, Any] = {"team": case.team, "caseworker": None, "version": case.version}
    later = NOW + timedelta(hours=1)

    new = split_case(
        case=case, leaving=[mate.pk], principal=mate.pk, principal_here=client.pk, by=by, now=later, **known
    )

    theirs = HousingRequest.objects.get(case=new)
    assert (theirs.opened_at, theirs.leave_by, theirs.note) == (request.opened_at, request.leave_by, "")
    assert {row.request.pk: list(row.references.values()) for row in waiting_list(by, later)} == {
        request.pk: [client.reference],
        theirs.pk: [mate.reference],
    }


@pytest.mark.parametrize(("answer", "becomes"), [("accept", "booked"), ("decline", "cancelled")])
def test_an_offer_is_answered_for_those_who_are_in_the_case_still(
    answer: str, becomes: str, client: Client, by: User
) -> None:
    mate = make_client(case=client.case)
    request = make_request([client, mate])
    beds = make_beds(2)
    offer = make_offer(request, {client: beds[0], mate: beds[1]})
    known: dict[str, Any] = {"team": client.case.team, "caseworker": None, "version": client.case.version}
    case = Case.objects.get(pk=client.case_id)
    split_case(case=case, leaving=[mate.pk], principal=mate.pk, principal_here=client.pk, by=by, now=NOW, **known)

    if answer == "accept":
        actions.accept_offer(offer=offer, by=by, now=NOW)
    else:
        actions.decline_offer(offer=offer, why=BedOffer.Why.values[0], by=by, now=NOW)

    states = {row.client_id: row.state for row in Placement.objects.filter(act=offer.act)}
    assert states == {client.pk: becomes, mate.pk: "held"}
    request.refresh_from_db()
    assert (request.case_id, request.is_open) == (client.case_id, answer == "decline")


def test_who_had_to_be_turned_away_is_counted(client: Client, by: User) -> None:
    team, token = client.case.team, new_id()
    asked: dict[str, Any] = {"team": team, "country": "KG", "city": "Bishkek", "by": by, "now": NOW}
    for _ in range(2):
        row = actions.record_turn_away(**asked, day=TODAY, people=4, reason="full", turn_away_id=token)
    for wrong in ({"day": TODAY + DAY}, {"people": 0}, {"reason": "mood"}):
        with pytest.raises(actions.UnableToRecordTurnAway):
            actions.record_turn_away(**asked, **({"day": TODAY, "people": 1, "reason": "full"} | wrong))

    assert TurnAway.objects.between(TODAY, TODAY + DAY).get() == row
    assert TurnAway.objects.of_teams_of(by, NOW).count() == 1
    assert not TurnAway.objects.of_teams_of(make_user(), NOW).exists()
    actions.remove_turn_away(turn_away=row, by=by, now=NOW)
    assert not TurnAway.objects.exists()


@pytest.mark.parametrize(
    ("model", "name", "values"),
    [
        (HousingRequest, "request_state_known", {"state": "lost", "closing": "other", "closed_at": NOW}),
        (HousingRequest, "request_closed_for_a_reason_by_somebody", {"closing": "other"}),
        (BedOffer, "offer_state_known", {"state": "lost", "answered_at": NOW}),
        (BedOffer, "offer_declined_for_a_reason", {"state": "declined", "answered_at": NOW}),
        (BedOffer, "offer_answered_at_a_time", {"answered_at": NOW}),
        (TurnAway, "turn_away_of_somebody", {"people": 0}),
        (TurnAway, "turn_away_reason_known", {"reason": "mood"}),
    ],
)
def test_what_must_never_be_the_database_refuses(
    client: Client, by: User, model: Any, name: str, values: dict[str, Any]
) -> None:
    make_offer(make_request([client]), {client: make_beds(1)[0]})
    actions.record_turn_away(team=client.case.team, country="KG", day=TODAY, people=1, reason="full", by=by, now=NOW)
    if values.get("state") == "lost" and model is HousingRequest:
        values = values | {"closed_by": by}

    with pytest.raises(IntegrityError, match=name):
        model.objects.update(**values)


def test_a_person_is_named_once_on_a_request(client: Client) -> None:
    request = make_request([client])

    with pytest.raises(IntegrityError, match="request_of_a_person_once"):
        RequestPerson.objects.create(request=request, client=client)


def test_a_request_has_one_open_offer(client: Client, by: User) -> None:
    offer = make_offer(make_request([client]), {client: make_beds(1)[0]})

    with pytest.raises(IntegrityError, match="offer_of_a_request_open_once"):
        BedOffer.objects.create(
            request=offer.request, data_key=offer.data_key, act=new_id(), made_at=NOW, made_by=by, lapses_at=NOW
        )
