"""A client in a bed: held, booked, checked in, moved, longer, shorter, checked out; and everything that stands in the way."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions as clients
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Address, Case, Client
from casework.housing import actions
from casework.housing.actions.placing import LATEST_ARRIVAL
from casework.housing.actions.staying import release_lapsed_holds
from casework.housing.models import Bed, Placement
from casework.lib.dates import Birth
from casework.lib.ids import new_id
from tests.factories.accounts import NOW, make_team, make_user
from tests.factories.clients import hide, make_address, make_case, make_client
from tests.factories.housing import TODAY, book, hold, make_bed, make_beds, make_block, make_site

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
State = Placement.State


@pytest.fixture
def client() -> Client:
    return make_client()


@pytest.fixture
def bed() -> Bed:
    return make_bed()


@pytest.fixture
def by(client: Client) -> User:
    return make_user(team=client.case.team)


def family(number: int = 3) -> list[Client]:
    principal = make_client()
    return [principal, *(make_client(case=principal.case) for _ in range(number - 1))]


def in_beds(people: list[Client], beds: list[Bed]) -> dict[Client, Bed]:
    return dict(zip(people, beds, strict=True))


def refusal_of(act: Any, **fields: Any) -> actions.UnableToPlace:
    with pytest.raises(actions.UnableToPlace) as caught:
        act(**fields)
    return caught.value


def test_a_family_is_booked_in_one_act() -> None:
    people, beds = family(), make_beds(3)

    rows = book(in_beds(people, beds))

    assert {row.state for row in rows} == {State.BOOKED}
    assert len({row.act for row in rows}) == 1
    event = Event.objects.get(type="housing.placement_booked")
    assert event.case_id == people[0].case_id
    assert len(event.data["clients"]) == 3


def test_a_form_sent_twice_books_once(client: Client, bed: Bed, by: User) -> None:
    act = new_id()

    first, second = (book({client: bed}, by=by, act=act) for _ in range(2))

    assert first == second
    assert Placement.objects.count() == 1
    assert Event.objects.filter(type="housing.placement_booked").count() == 1


def test_the_token_of_somebody_elses_form_is_refused(client: Client, bed: Bed) -> None:
    (row,) = book({client: bed})

    with pytest.raises(SuspiciousOperation):
        book({make_client(): make_bed()}, act=row.act)


def test_all_or_nobody_of_a_family_is_placed() -> None:
    people, beds = family(2), make_beds(2)
    make_block(beds[1])

    refusal = refusal_of(book, people_in_beds=in_beds(people, beds))

    assert refusal.hindrances[0].code == "bed_blocked"
    assert "repair" in refusal.sentence
    assert not Placement.objects.exists()


def test_who_leaves_makes_room_for_who_comes_on_the_same_day(bed: Bed) -> None:
    book({make_client(): bed}, until=TODAY + 3 * DAY)

    book({make_client(): bed}, since=TODAY + 3 * DAY)

    assert Placement.objects.count() == 2


@pytest.mark.parametrize(("since", "until"), [(2, 5), (0, 1), (1, 2), (-5, None)])
def test_a_bed_is_refused_for_days_of_which_one_is_taken(bed: Bed, since: int, until: int | None) -> None:
    book({make_client(): bed}, until=TODAY + 3 * DAY)
    days = {"since": TODAY + since * DAY, "until": until if until is None else TODAY + until * DAY}

    refusal = refusal_of(book, people_in_beds={make_client(): bed}, checks_in=since < 0, **days)

    assert [each.code for each in refusal.hindrances] == ["bed_taken"]
    assert refusal.sentence == f"{bed.place} is taken from 22 Nov 2026 to 25 Nov 2026."


def test_a_refusal_says_who_only_to_whoever_may_see_them(client: Client, bed: Bed, by: User) -> None:
    book({client: bed}, by=by)
    colleague, stranger = make_user(team=client.case.team), make_user()
    asked = {"people_in_beds": {make_client(): bed}}

    assert client.reference in refusal_of(book, by=colleague, **asked).sentence
    assert client.reference not in refusal_of(book, by=stranger, **asked).sentence
    hide(client.case)
    assert client.reference not in refusal_of(book, by=colleague, **asked).sentence


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"until": TODAY}, "until"),
        ({"until": TODAY - DAY}, "until"),
        ({"since": date(2025, 12, 31), "now": NOW - 326 * DAY}, "beds"),
        ({"since": TODAY + DAY, "checks_in": True}, "since"),
    ],
)
def test_days_that_cannot_be_are_refused(client: Client, bed: Bed, fields: dict[str, Any], field: str) -> None:
    assert refusal_of(book, people_in_beds={client: bed}, **fields).field == field


def test_two_people_have_not_one_bed(bed: Bed) -> None:
    people = family(2)

    assert "for one person" in refusal_of(book, people_in_beds=dict.fromkeys(people, bed)).sentence
    assert refusal_of(book, people_in_beds={}, by=make_user()).field == "people"


def test_nobody_is_placed_past_the_closing_of_a_bed(client: Client, bed: Bed, by: User) -> None:
    actions.close_bed(bed=bed, on=TODAY + 2 * DAY, version=1, by=by, now=NOW)

    assert "is closed from 24 Nov 2026" in refusal_of(book, people_in_beds={client: bed}).sentence
    book({client: bed}, until=TODAY + 2 * DAY)


def test_somebody_of_a_closed_case_is_not_placed_and_can_be_checked_out(client: Client, bed: Bed, by: User) -> None:
    (row,) = book({client: bed}, checks_in=True)
    case = Case.objects.get(pk=client.case_id)
    clients.close_case(case=case, reason="needs_met", version=case.version, by=by, now=NOW)

    refused = refusal_of(actions.extend, placements=[row], until=TODAY + 30 * DAY, by=by, now=NOW)
    elsewhere = refusal_of(actions.move, people_in_beds={client: make_bed()}, on=TODAY, until=None, by=by, now=NOW)
    (row,) = actions.check_out(placements=[row], on=TODAY, ending="own_housing", by=by, now=NOW)

    assert client.case.code in refused.sentence
    assert client.case.code in elsewhere.sentence
    assert row.state == State.CHECKED_OUT


def test_a_hold_lapses_by_itself_and_the_bed_is_free(client: Client, bed: Bed) -> None:
    (held,) = hold({client: bed}, held_until=NOW + timedelta(hours=2))
    asked = {make_client(): bed}

    refusal = refusal_of(book, people_in_beds=asked)
    book(asked, now=NOW + timedelta(hours=2))

    held.refresh_from_db()
    assert refusal.sentence == f"{bed.place} is held until 22 Nov 2026, 17:00."
    assert (held.state, held.ended_by) == (State.LAPSED, None)


def test_lapsed_holds_are_released_by_the_worker(client: Client, bed: Bed) -> None:
    hold({client: bed}, held_until=NOW + timedelta(hours=2))

    released = [release_lapsed_holds(NOW + timedelta(hours=hours)) for hours in (1, 2, 3)]

    assert released == [0, 1, 0]
    assert Event.objects.filter(type="housing.hold_lapsed", case_id=client.case_id, actor_id=None).count() == 1


@pytest.mark.parametrize("hours", [0, 49])
def test_a_hold_lasts_two_days_at_most(client: Client, bed: Bed, hours: int) -> None:
    assert refusal_of(hold, people_in_beds={client: bed}, held_until=NOW + timedelta(hours=hours)).field == "held_until"


def test_a_hold_is_booked_and_one_that_has_lapsed_is_not(client: Client, bed: Bed, by: User) -> None:
    held = hold({client: bed})
    lapsed = refusal_of(actions.book_held, placements=held, by=by, now=NOW + timedelta(days=2))
    # The refusal has undone everything, the release of the hold included.
    (row,) = actions.book_held(placements=held, by=by, now=NOW)
    (again,) = actions.book_held(placements=held, by=by, now=NOW)

    assert "has lapsed" in lapsed.sentence
    assert (row.state, row.held_until, row.booked_by) == (State.BOOKED, None, by)
    assert again.version == row.version


def test_somebody_who_lives_elsewhere_may_have_a_hold_and_moves_when_it_is_booked(
    client: Client, bed: Bed, by: User
) -> None:
    (old,) = book({client: make_bed()}, until=None, checks_in=True)
    held = hold({client: bed}, since=TODAY + 4 * DAY)

    refusal = refusal_of(actions.book_held, placements=held, by=by, now=NOW)
    (row,) = actions.book_held(placements=held, may_move=True, by=by, now=NOW)

    old.refresh_from_db()
    assert refusal.hindrances[0].asks == "move"
    assert (old.state, old.until, row.moved_from_id) == (State.CHECKED_IN, TODAY + 4 * DAY, old.pk)


def test_check_in_writes_the_address_and_says_that_facts_changed(client: Client, by: User) -> None:
    make_address(client, since=TODAY - 60 * DAY)
    bed = make_bed(site=make_site(area_closed=True), registration_possible=False)
    before = Client.objects.get(pk=client.pk).facts_version

    rows = book({client: bed})
    assert Address.objects.count() == 1
    (row,) = actions.check_in(placements=rows, by=by, now=NOW)

    former, new = Address.objects.order_by("since")
    assert (former.until, new.since, new.until) == (TODAY, TODAY, None)
    assert (new.line, new.city, new.country) == ("ул. Придуманная, 7", "Bishkek", "KG")
    assert (new.registration_possible, new.area_closed) == (False, True)
    assert row.address == new
    assert Client.objects.get(pk=client.pk).facts_version > before


def test_check_out_ends_the_address_and_frees_the_bed_from_that_day(client: Client, bed: Bed, by: User) -> None:
    rows = book({client: bed}, checks_in=True)

    (row,) = actions.check_out(placements=rows, on=TODAY + 2 * DAY, ending="own_housing", by=by, now=NOW + 2 * DAY)

    assert (row.until, row.planned_until, row.ending) == (TODAY + 2 * DAY, TODAY + 10 * DAY, "own_housing")
    assert Address.objects.get().until == TODAY + 2 * DAY
    book({make_client(): bed}, since=TODAY + 2 * DAY)


def test_who_leaves_on_the_day_of_arrival_has_used_no_night(client: Client, bed: Bed, by: User) -> None:
    rows = book({client: bed}, checks_in=True)

    (row,) = actions.check_out(placements=rows, on=TODAY, ending="unsafe", by=by, now=NOW)

    assert (row.since, row.until) == (TODAY, TODAY)
    book({make_client(): bed})


@pytest.mark.parametrize(
    ("on", "ending", "field"), [(1, "other", "on"), (-1, "other", "on"), (0, "", "ending"), (0, "moved_bed", "ending")]
)
def test_a_check_out_that_cannot_be_is_refused(
    client: Client, bed: Bed, by: User, on: int, ending: str, field: str
) -> None:
    rows = book({client: bed}, checks_in=True)

    refusal = refusal_of(actions.check_out, placements=rows, on=TODAY + on * DAY, ending=ending, by=by, now=NOW)

    assert refusal.field == field


def test_who_stayed_longer_than_planned_is_checked_out_if_the_bed_was_free(client: Client, bed: Bed, by: User) -> None:
    rows = book({client: bed}, until=TODAY + DAY, checks_in=True)
    left: dict[str, Any] = {
        "placements": rows,
        "on": TODAY + 3 * DAY,
        "ending": "other",
        "by": by,
        "now": NOW + 5 * DAY,
    }
    (next_guest,) = book({make_client(): bed}, since=TODAY + 2 * DAY)

    refusal = refusal_of(actions.check_out, **left)
    actions.cancel(placements=[next_guest], ending="not_needed", by=by, now=NOW)
    (row,) = actions.check_out(**left)

    assert refusal.hindrances[0].code == "bed_taken"
    assert row.until == TODAY + 3 * DAY


def test_who_comes_later_or_earlier_than_booked_lives_there_from_that_day(client: Client, bed: Bed, by: User) -> None:
    rows = book({client: bed}, since=TODAY + 2 * DAY)

    too_early = refusal_of(actions.check_in, placements=rows, by=by, now=NOW)
    (row,) = actions.check_in(placements=rows, on=TODAY, by=by, now=NOW)

    assert too_early.field == "on"
    assert (row.since, row.state) == (TODAY, State.CHECKED_IN)
    assert Address.objects.get().since == TODAY


def test_who_comes_earlier_than_booked_finds_the_bed_taken(client: Client, bed: Bed, by: User) -> None:
    book({make_client(): bed}, until=TODAY + 2 * DAY)
    rows = book({client: bed}, since=TODAY + 2 * DAY)

    assert "taken" in refusal_of(actions.check_in, placements=rows, on=TODAY, by=by, now=NOW).sentence
    assert not Address.objects.exists()


def test_a_family_moves_at_once(by: User) -> None:
    people, beds, others = family(2), make_beds(2), make_beds(2)
    old = book(in_beds(people, beds), checks_in=True)

    new = actions.move(people_in_beds=in_beds(people, others), on=TODAY + DAY, until=None, by=by, now=NOW + DAY)

    for row in old:
        row.refresh_from_db()
    assert {(row.state, row.until, row.ending) for row in old} == {(State.CHECKED_OUT, TODAY + DAY, "moved_bed")}
    assert {row.state for row in new} == {State.CHECKED_IN}
    assert {row.moved_from_id for row in new} == {row.pk for row in old}
    assert Address.objects.filter(until=TODAY + DAY).count() == Address.objects.filter(until=None).count() == 2
    assert Event.objects.filter(type="housing.placement_moved").count() == 1


def test_who_moves_within_a_site_keeps_the_address(client: Client, by: User) -> None:
    bed, other = make_beds(2)
    book({client: bed}, checks_in=True)

    (new,) = actions.move(people_in_beds={client: other}, on=TODAY, until=None, by=by, now=NOW)

    assert new.address == Address.objects.get()


def test_a_move_on_a_day_to_come_is_booked_and_happens_at_check_in(client: Client, bed: Bed, by: User) -> None:
    (old,) = book({client: make_bed()}, until=None, checks_in=True)
    rows = actions.move(people_in_beds={client: bed}, on=TODAY + 3 * DAY, until=None, by=by, now=NOW)
    old.refresh_from_db()
    before = (old.state, old.until, rows[0].state)

    actions.check_in(placements=rows, by=by, now=NOW + 3 * DAY)

    old.refresh_from_db()
    assert before == (State.CHECKED_IN, TODAY + 3 * DAY, State.BOOKED)
    assert (old.state, old.ending) == (State.CHECKED_OUT, "moved_bed")


def test_a_move_that_is_called_off_lets_people_stay_where_they_are(client: Client, bed: Bed, by: User) -> None:
    (old,) = book({client: make_bed()}, until=TODAY + 9 * DAY, checks_in=True)
    rows = actions.move(people_in_beds={client: bed}, on=TODAY + 3 * DAY, until=None, by=by, now=NOW)

    actions.cancel(placements=rows, ending="not_needed", by=by, now=NOW)

    old.refresh_from_db()
    assert (old.until, old.planned_until) == (TODAY + 9 * DAY, None)


def test_who_comes_a_day_late_to_another_bed_is_checked_in_though_somebody_else_has_the_old_one(
    client: Client, bed: Bed, by: User
) -> None:
    (other,) = make_beds(1)
    (lives,) = book({client: bed}, by=by, until=None, checks_in=True)
    (moves,) = actions.move(people_in_beds={client: other}, on=TODAY + 3 * DAY, until=None, by=by, now=NOW)
    book({make_client(): bed}, since=TODAY + 3 * DAY)

    actions.check_in(placements=[moves], on=TODAY + 4 * DAY, by=by, now=NOW + 4 * DAY)

    lives.refresh_from_db()
    moves.refresh_from_db()
    assert (lives.state, lives.until) == (State.CHECKED_OUT, TODAY + 3 * DAY)
    assert (moves.state, moves.since) == (State.CHECKED_IN, TODAY + 4 * DAY)


def test_who_comes_a_day_late_to_another_bed_had_the_old_one_until_then(client: Client, bed: Bed, by: User) -> None:
    (other,) = make_beds(1)
    (lives,) = book({client: bed}, by=by, until=None, checks_in=True)
    (moves,) = actions.move(people_in_beds={client: other}, on=TODAY + 3 * DAY, until=None, by=by, now=NOW)

    actions.check_in(placements=[moves], on=TODAY + 4 * DAY, by=by, now=NOW + 4 * DAY)

    lives.refresh_from_db()
    assert (lives.state, lives.until) == (State.CHECKED_OUT, TODAY + 4 * DAY)


def moved_twice(client: Client, bed: Bed, by: User) -> tuple[Placement, Placement]:
    """Somebody lives in one bed, is to move on a day to come, and on that day into yet another bed."""
    second, third = make_beds(2)
    (lives,) = book({client: bed}, by=by, until=TODAY + 9 * DAY, checks_in=True)
    actions.move(people_in_beds={client: second}, on=TODAY + 3 * DAY, until=None, by=by, now=NOW)
    (instead,) = book({client: third}, by=by, since=TODAY + 3 * DAY, until=None, may_move=True)
    return lives, instead


def test_a_move_into_another_bed_than_was_booked_first_leaves_the_old_one_at_check_in(
    client: Client, bed: Bed, by: User
) -> None:
    lives, instead = moved_twice(client, bed, by)

    actions.check_in(placements=[instead], by=by, now=NOW + 3 * DAY)

    lives.refresh_from_db()
    assert (lives.state, lives.ending, lives.until) == (State.CHECKED_OUT, "moved_bed", TODAY + 3 * DAY)
    assert Placement.objects.filter(client=client, state=State.CHECKED_IN).count() == 1


def test_a_move_into_another_bed_than_was_booked_first_is_called_off_as_the_first_would_have_been(
    client: Client, bed: Bed, by: User
) -> None:
    lives, instead = moved_twice(client, bed, by)

    actions.cancel(placements=[instead], ending="not_needed", by=by, now=NOW)

    lives.refresh_from_db()
    assert (lives.state, lives.until) == (State.CHECKED_IN, TODAY + 9 * DAY)


def test_a_bed_is_held_for_more_days_though_they_live_elsewhere_meanwhile(client: Client, bed: Bed, by: User) -> None:
    book({client: make_beds(1)[0]}, by=by, until=None, checks_in=True)
    held = hold({client: bed}, by=by)

    (longer,) = actions.extend(placements=held, until=TODAY + 20 * DAY, by=by, now=NOW)

    assert (longer.state, longer.until) == (State.HELD, TODAY + 20 * DAY)


def test_who_did_not_move_after_all_moves_when_that_is_taken_back(client: Client, bed: Bed, by: User) -> None:
    (old,) = book({client: make_bed()}, until=None, checks_in=True)
    rows = actions.move(people_in_beds={client: bed}, on=TODAY + 3 * DAY, until=None, by=by, now=NOW)
    rows = actions.mark_no_show(placements=rows, by=by, now=NOW + 4 * DAY)
    old.refresh_from_db()
    assert old.until is None

    (row,) = actions.take_back(placements=rows, by=by, now=NOW + 4 * DAY)

    old.refresh_from_db()
    assert (row.state, row.since, row.until) == (State.BOOKED, TODAY + 3 * DAY, None)
    assert (old.state, old.until) == (State.CHECKED_IN, TODAY + 3 * DAY)
    actions.check_in(placements=[row], by=by, now=NOW + 4 * DAY)
    old.refresh_from_db()
    assert old.state == State.CHECKED_OUT


def test_who_lives_in_none_of_our_beds_does_not_move(client: Client, bed: Bed, by: User) -> None:
    refusal = refusal_of(actions.move, people_in_beds={client: bed}, on=TODAY, until=None, by=by, now=NOW)

    assert client.reference in refusal.sentence


def test_somebody_who_is_booked_elsewhere_later_is_not_placed_over_it(client: Client, bed: Bed, by: User) -> None:
    book({client: make_bed()}, since=TODAY + 5 * DAY)

    refusal = refusal_of(book, people_in_beds={client: bed}, until=None, may_move=True)

    assert refusal.hindrances[0].code == "is_elsewhere"
    book({client: bed}, until=TODAY + 5 * DAY)


def test_a_stay_is_extended_to_the_day_on_which_the_next_guest_comes(client: Client, bed: Bed, by: User) -> None:
    rows = book({client: bed}, until=TODAY + 2 * DAY)
    book({make_client(): bed}, since=TODAY + 5 * DAY)

    refusal = refusal_of(actions.extend, placements=rows, until=None, by=by, now=NOW)
    (row,) = actions.extend(placements=rows, until=TODAY + 5 * DAY, by=by, now=NOW)
    backwards = refusal_of(actions.extend, placements=rows, until=TODAY + 5 * DAY, by=by, now=NOW)

    assert refusal.hindrances[0].code == "bed_taken"
    assert row.until == TODAY + 5 * DAY
    assert backwards.field == "until"


def test_a_stay_is_shortened_but_not_past_its_first_night_or_today(client: Client, bed: Bed, by: User) -> None:
    rows = book({client: bed}, checks_in=True)
    later: dict[str, Any] = {"placements": rows, "by": by, "now": NOW + 3 * DAY}

    assert refusal_of(actions.shorten, **later, until=TODAY + 2 * DAY).field == "until"
    assert refusal_of(actions.shorten, **later, until=TODAY).field == "until"
    assert refusal_of(actions.shorten, **later, until=TODAY + 99 * DAY).field == "until"
    (row,) = actions.shorten(**later, until=TODAY + 4 * DAY)
    assert row.until == TODAY + 4 * DAY


def test_who_did_not_come_leaves_the_bed_free_from_today(client: Client, bed: Bed, by: User) -> None:
    rows = book({client: bed})

    early = refusal_of(
        actions.mark_no_show, placements=book({make_client(): make_bed()}, since=TODAY + DAY), by=by, now=NOW
    )
    (row,) = actions.mark_no_show(placements=rows, by=by, now=NOW + 2 * DAY)

    assert "expected on" in early.sentence
    assert (row.until, row.planned_until) == (TODAY + 2 * DAY, TODAY + 10 * DAY)
    book({make_client(): bed}, since=TODAY + 2 * DAY)


@pytest.mark.parametrize("step", ["check_in", "check_out", "no_show"])
def test_what_was_said_by_mistake_is_taken_back(client: Client, bed: Bed, by: User, step: str) -> None:
    home = make_address(client, since=TODAY - 60 * DAY)
    (row,) = book({client: bed}, checks_in=step != "no_show")
    if step == "check_out":
        actions.check_out(placements=[row], on=TODAY, ending="other", by=by, now=NOW)
    if step == "no_show":
        actions.mark_no_show(placements=[row], by=by, now=NOW)

    (row,) = actions.take_back(placements=[row], by=by, now=NOW)

    home.refresh_from_db()
    assert row.state == (State.CHECKED_IN if step == "check_out" else State.BOOKED)
    assert (row.until, row.planned_until, row.ended_at) == (TODAY + 10 * DAY, None, None)
    assert home.until == (TODAY if step == "check_out" else None)
    current = Address.objects.current(TODAY)
    assert current.get() == (row.address if step == "check_out" else home)


def test_a_check_out_is_not_taken_back_once_somebody_else_has_the_bed(client: Client, bed: Bed, by: User) -> None:
    rows = book({client: bed}, checks_in=True)
    actions.check_out(placements=rows, on=TODAY, ending="other", by=by, now=NOW)
    book({make_client(): bed})

    assert "taken" in refusal_of(actions.take_back, placements=rows, by=by, now=NOW).sentence


def test_of_two_who_change_a_placement_the_second_is_told(client: Client, bed: Bed, by: User) -> None:
    (row,) = book({client: bed})
    seen = {row.pk: row.version}
    actions.extend(placements=[row], until=TODAY + 20 * DAY, by=by, now=NOW, seen=seen)

    with pytest.raises(ChangedMeanwhile):
        actions.extend(placements=[row], until=TODAY + 30 * DAY, by=by, now=NOW, seen=seen)


def test_what_is_over_does_not_go_on(client: Client, bed: Bed, by: User) -> None:
    rows = book({client: bed})
    actions.cancel(placements=rows, ending="not_needed", by=by, now=NOW)
    asked: dict[str, Any] = {"placements": rows, "by": by, "now": NOW}

    for act, more in (
        (actions.check_in, {}),
        (actions.mark_no_show, {}),
        (actions.extend, {"until": None}),
        (actions.check_out, {"on": TODAY, "ending": "other"}),
        (actions.take_back, {}),
    ):
        assert refusal_of(act, **asked, **more).sentence
    assert actions.cancel(**asked, ending="not_needed")[0].state == State.CANCELLED


def person(sex: str, born: int = 1990, *, case: Case | None = None) -> Client:
    return make_client(sex=sex, birth=Birth(date(born, 5, 1)), case=case)


def test_a_man_is_placed_in_a_womens_room_only_for_a_reason_that_is_recorded() -> None:
    bed, man = make_bed(for_whom="women"), person("male")

    refusal = refusal_of(book, people_in_beds={man: bed})
    (row,) = book({man: bed}, reason="Her carer, she agreed.")

    assert refusal.hindrances[0].asks == "reason"
    assert refusal.sentence == f"{man.reference}: This is a women's room."
    assert Placement.objects.get(pk=row.pk).exception == "Her carer, she agreed."
    assert Event.objects.get(type="housing.placement_booked").data["with_reason"] is True


def test_a_small_boy_goes_along_with_his_mother() -> None:
    beds, case = make_beds(2, for_whom="women"), make_case()
    mother, son = person("female", case=case), person("male", 2020, case=case)

    book({mother: beds[0], son: beds[1]})

    assert not Placement.objects.exclude(exception__isnull=True).filter(state="held").exists()
    assert refusal_of(book, people_in_beds={person("male", 2020): make_bed(for_whom="women")})


def test_a_family_room_is_for_one_family() -> None:
    beds = make_beds(4, for_whom="family")
    book(in_beds(family(2), beds[:2]))

    assert "another case" in refusal_of(book, people_in_beds=in_beds(family(2), beds[2:])).sentence
    assert "one person" in refusal_of(book, people_in_beds={make_client(): make_bed(for_whom="family")}).sentence


def test_a_cot_is_for_a_child_under_two() -> None:
    bed = make_bed()
    actions.change_bed(bed=bed, version=1, kind="cot", by=make_user(), now=NOW)
    bed.refresh_from_db()

    assert (
        refusal_of(book, people_in_beds={person("male", 2020): bed}, reason="x").hindrances[0].code
        == "too_old_for_a_cot"
    )
    book({person("female", 2026): bed})


def test_placements_are_seen_with_the_case_and_beds_with_the_site(client: Client, by: User) -> None:
    team = make_team()
    bed = make_bed(site=make_site(team=team))
    book({client: bed})
    neighbour = make_user(team=team)

    assert Placement.objects.visible_to(by, NOW).count() == 1
    assert not Placement.objects.visible_to(neighbour, NOW).exists()
    assert Placement.objects.at_sites_of(neighbour, NOW).count() == 1
    assert not Placement.objects.at_sites_of(by, NOW).exists()
    assert not Placement.objects.at_sites_of(make_user(Role.AUDITOR), NOW).exists()


CHECKS: list[tuple[str, dict[str, Any]]] = [
    ("placement_state_known", {"state": "asleep"}),
    ("placement_ends_after_it_begins", {"until": TODAY - DAY}),
    ("placement_lasts_a_night_at_least", {"until": TODAY}),
    ("placement_held_until_an_hour", {"held_until": NOW}),
    ("placement_booked_by_somebody", {"booked_by": None}),
    ("placement_checked_in_by_somebody", {"state": "checked_in"}),
    ("placement_ended_at_a_time", {"ended_at": NOW}),
    ("placement_in_a_bed_that_is_there", {"since": date(2025, 1, 1)}),
]


@pytest.mark.parametrize(("name", "values"), CHECKS)
def test_what_must_never_be_the_database_refuses(client: Client, bed: Bed, name: str, values: dict[str, Any]) -> None:
    book({client: bed})

    with pytest.raises(IntegrityError, match=name):
        Placement.objects.update(**values)


def test_no_bed_has_two_people_and_no_person_two_beds_whoever_writes(client: Client) -> None:
    one, other = make_beds(2)
    (row,) = book({client: one})
    (neighbour,) = book({make_client(): other})

    with pytest.raises(IntegrityError, match="placement_alone_in_a_bed"):
        Placement.objects.filter(pk=neighbour.pk).update(bed=one)
    assert row.is_live


def test_no_person_has_two_beds(client: Client) -> None:
    one, other = make_beds(2)
    book({client: one})
    (later,) = book({client: other}, since=TODAY + 10 * DAY)

    with pytest.raises(IntegrityError, match="placement_in_one_bed_at_a_time"):
        Placement.objects.filter(pk=later.pk).update(since=TODAY + DAY)


def test_nobody_is_in_a_blocked_bed(client: Client, bed: Bed) -> None:
    book({client: bed}, since=TODAY + 7 * DAY)
    make_block(bed)

    with pytest.raises(IntegrityError, match="placement_in_a_bed_not_blocked"):
        Placement.objects.update(since=TODAY + 6 * DAY)


def test_an_act_places_somebody_once(client: Client, bed: Bed) -> None:
    (row,) = book({client: bed})
    (later,) = book({client: bed}, since=TODAY + 20 * DAY)

    with pytest.raises(IntegrityError, match="placement_of_an_act_once"):
        Placement.objects.filter(pk=later.pk).update(act=row.act)


def test_nobody_moves_from_the_bed_to_itself(client: Client, bed: Bed) -> None:
    (row,) = book({client: bed})

    with pytest.raises(IntegrityError, match="placement_not_moved_from_itself"):
        Placement.objects.update(moved_from=row)


def test_the_tables_of_steps_are_complete() -> None:
    assert set(Placement.TRANSITIONS) == set(State)
    assert set(State) == Placement.LIVE | Placement.OVER
    assert {state for state, after in Placement.TRANSITIONS.items() if after} == Placement.LIVE


class TestDaysThatAreOver:
    def test_nothing_is_held_or_booked_for_a_night_that_is_over(self) -> None:
        bed, client = make_bed(), make_client()

        for act in (book, hold):
            with pytest.raises(actions.UnableToPlace, match="This night is over") as refusal:
                act({client: bed}, since=TODAY - timedelta(days=2))
            assert refusal.value.field == "since"
        assert not Placement.objects.exists()

    def test_who_comes_at_two_in_the_morning_comes_for_the_night_that_began_the_day_before(self) -> None:
        bed = make_bed()
        two = datetime(2026, 11, 28, 2, tzinfo=ZoneInfo("Asia/Bishkek"))

        book({make_client(): bed}, since=date(2026, 11, 27), until=date(2026, 11, 28), now=two)
        late = {make_client(): make_bed()}
        with pytest.raises(actions.UnableToPlace, match="This night is over"):
            book(late, since=date(2026, 11, 27), until=date(2026, 11, 29), now=two + timedelta(hours=5))

    def test_who_is_there_already_is_checked_in_up_to_a_month_late(self) -> None:
        late = LATEST_ARRIVAL
        bed = make_bed()

        book({make_client(): bed}, since=TODAY - late, checks_in=True)
        with pytest.raises(actions.UnableToPlace, match="more than 31 days ago") as refusal:
            book({make_client(): make_bed()}, since=TODAY - late - timedelta(days=1), checks_in=True)
        assert refusal.value.field == "since"

    def test_of_a_booking_the_day_for_which_it_was_made_is_never_too_long_ago(self) -> None:
        rows = book({make_client(): make_bed()}, since=TODAY, until=None)
        by, long_after = make_user(), NOW + timedelta(days=60)

        with pytest.raises(actions.UnableToPlace, match="more than 31 days ago"):
            actions.check_in(placements=rows, on=TODAY - timedelta(days=1), by=by, now=long_after)
        (row,) = actions.check_in(placements=rows, on=TODAY, by=by, now=long_after)

        assert row.since == TODAY
