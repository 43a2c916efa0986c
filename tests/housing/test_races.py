"""Many at once: one has the bed, the others are told in a sentence; nobody waits in a circle."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from casework.accounts.models import User
from casework.audit.models import Event
from casework.clients.models import Case, Client
from casework.housing import actions
from casework.housing.models import Bed, HostOffer, HousingRequest, Placement
from casework.lifecycle.closing import close_case
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.housing import TODAY, book, hold, host_in_use, make_beds, make_offer, make_request
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


def people(number: int, by: User) -> list[Client]:
    return [make_client(team=team_of(by), by=by) for _ in range(number)]


def booking(people_in_beds: dict[Client, Bed], by: User, **fields: Any) -> Callable[[], list[Placement]]:
    return lambda: book(people_in_beds, by=by, **fields)


def outcomes_of(results: list[Any]) -> tuple[int, int]:
    """Return how many succeeded and how many were told why not; anything else fails."""
    refused = [
        it
        for it in results
        if isinstance(it, actions.UnableToPlace | actions.UnableToBlockBed | actions.UnableToKeepPlace)
    ]
    done = [it for it in results if not isinstance(it, Exception)]
    assert len(refused) + len(done) == len(results), [it for it in results if it not in refused and it not in done]
    return len(done), len(refused)


def last_bed(number: int) -> tuple[int, int]:
    by = make_user()
    (bed,) = make_beds(1, by=by)
    acts = [booking({client: bed}, by) for client in people(number, by)]
    return outcomes_of(at_once(*acts))


def families_in_mixed_order(number: int) -> tuple[int, int]:
    """Each family wants two of three beds, named in every order."""
    by = make_user()
    beds = make_beds(3, by=by)
    pairs = itertools.cycle(itertools.permutations(beds, 2))
    acts = []
    for _ in range(number):
        case = make_case(team=team_of(by), by=by)
        family = [make_client(case=case, by=by) for _ in range(2)]
        acts.append(booking(dict(zip(family, next(pairs), strict=True)), by))
    return outcomes_of(at_once(*acts))


def test_of_many_who_want_the_last_bed_one_has_it() -> None:
    assert last_bed(8) == (1, 7)
    assert Placement.objects.count() == 1


def test_families_that_want_two_beds_in_mixed_order_do_not_wait_in_a_circle() -> None:
    assert families_in_mixed_order(8) == (1, 7)


@pytest.mark.slow
@pytest.mark.parametrize("race", [last_bed, families_in_mixed_order])
def test_two_hundred_at_once(race: Callable[[int], tuple[int, int]]) -> None:
    assert race(200) == (1, 199)


def test_a_bed_whose_hold_has_lapsed_goes_to_one_of_those_who_want_it() -> None:
    by = make_user()
    (bed,) = make_beds(1, by=by)
    holder, *others = people(5, by)
    held = hold({holder: bed}, by=by, held_until=NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=2)

    results = at_once(
        lambda: actions.release_lapsed_holds(later),
        lambda: actions.book_held(placements=held, by=by, now=later),
        *[booking({client: bed}, by, now=later) for client in others],
    )

    assert outcomes_of(results[1:]) == (1, 4)
    assert Placement.objects.get(pk=held[0].pk).state == Placement.State.LAPSED


def test_a_hold_that_is_booked_in_time_is_not_released() -> None:
    by = make_user()
    (bed,) = make_beds(1, by=by)
    (client,) = people(1, by)
    held = hold({client: bed}, by=by, held_until=NOW + timedelta(hours=1))

    results = at_once(
        lambda: actions.book_held(placements=held, by=by, now=NOW + timedelta(minutes=59)),
        lambda: actions.release_lapsed_holds(NOW + timedelta(minutes=59)),
    )

    assert results[1] == 0
    assert Placement.objects.get().state == Placement.State.BOOKED


def test_an_offer_that_is_accepted_and_withdrawn_at_once_is_the_one_or_the_other() -> None:
    by = make_user()
    for bed in make_beds(4, by=by):
        (client,) = people(1, by)
        offer = make_offer(make_request([client], by=by), {client: bed}, by=by)

        results = at_once(
            lambda offer=offer: actions.accept_offer(offer=offer, by=by, now=NOW),
            lambda offer=offer: actions.withdraw_offer(offer=offer, by=by, now=NOW),
        )

        assert sum(isinstance(it, actions.UnableToOfferBeds | actions.UnableToPlace) for it in results) == 1, results
        offer.refresh_from_db()
        offer.request.refresh_from_db()
        placement = Placement.objects.get(act=offer.act)
        assert (offer.state, placement.state, offer.request.state) in {
            ("accepted", "booked", "housed"),
            ("withdrawn", "cancelled", "open"),
        }


def test_beds_offered_at_the_moment_at_which_they_wait_no_more_are_not_kept_for_them() -> None:
    by = make_user()
    for bed in make_beds(4, by=by):
        (client,) = people(1, by)
        request = make_request([client], by=by)

        at_once(
            lambda request=request, client=client, bed=bed: make_offer(request, {client: bed}, by=by),
            lambda request=request: actions.withdraw_request(request=request, version=1, by=by, now=NOW),
        )

        request.refresh_from_db()
        assert request.state == "withdrawn"
        assert not Placement.objects.live().filter(client=client).exists()


def test_nobody_waits_in_a_case_that_is_closed_at_that_moment() -> None:
    by = make_user()
    for client in people(4, by):
        case = Case.objects.get(pk=client.case_id)

        at_once(
            lambda client=client: make_request([client], by=by),
            lambda case=case: close_case(case=case, reason="needs_met", version=case.version, by=by, now=NOW),
        )

        case.refresh_from_db()
        assert case.status == "closed"
        assert not HousingRequest.objects.open().filter(case=case).exists()


def test_of_a_block_and_a_booking_one_has_the_bed() -> None:
    by = make_user()
    for bed in make_beds(4, by=by):
        (client,) = people(1, by)
        results = at_once(
            booking({client: bed}, by),
            lambda bed=bed: actions.block_bed(bed=bed, since=TODAY, until=None, reason="repair", by=by, now=NOW),
        )

        assert outcomes_of(results) == (1, 1)


def test_of_a_closing_and_a_booking_one_has_the_bed() -> None:
    by = make_user()
    for bed in make_beds(4, by=by):
        (client,) = people(1, by)
        results = at_once(
            booking({client: bed}, by),
            lambda bed=bed: actions.close_bed(bed=bed, on=TODAY, version=1, by=by, now=NOW),
        )

        assert outcomes_of(results) == (1, 1)


def test_two_who_close_a_unit_and_change_a_bed_of_it_do_not_wait_in_a_circle() -> None:
    by = make_user()
    beds = make_beds(4, by=by)
    unit = beds[0].unit

    results = at_once(
        lambda: actions.close_unit(unit=unit, on=TODAY, version=1, by=by, now=NOW),
        *[lambda bed=bed: actions.change_bed(bed=bed, version=1, kind="bunk", by=by, now=NOW) for bed in beds],
    )

    assert not [it for it in results if isinstance(it, Exception) and "changed meanwhile" not in str(it)]


def test_two_people_who_change_beds_do_not_wait_in_a_circle() -> None:
    by = make_user()
    beds = make_beds(4, by=by)
    one, other = people(2, by)
    book({one: beds[0]}, by=by, until=None, checks_in=True)
    book({other: beds[1]}, by=by, until=None, checks_in=True)

    results = at_once(
        lambda: actions.move(
            people_in_beds={one: beds[3], other: beds[2]}, on=TODAY + DAY, until=None, by=by, now=NOW + DAY
        ),
        lambda: actions.move(
            people_in_beds={other: beds[3], one: beds[2]}, on=TODAY + DAY, until=None, by=by, now=NOW + DAY
        ),
        lambda: actions.move(people_in_beds={other: beds[0]}, on=TODAY + DAY, until=None, by=by, now=NOW + DAY),
    )

    assert 1 <= outcomes_of(results)[0] <= 3
    assert Placement.objects.filter(state="checked_in").count() == 2


def test_a_form_sent_twice_at_once_books_once() -> None:
    by = make_user()
    (bed,) = make_beds(1, by=by)
    (client,) = people(1, by)
    act = bed.pk

    results = at_once(*[booking({client: bed}, by, act=act)] * 4)

    assert {rows[0].pk for rows in results} == {Placement.objects.get().pk}


def test_once_a_host_has_withdrawn_nobody_new_is_booked_into_the_place() -> None:
    by = make_user()
    for _ in range(3):
        offer = host_in_use(by=by, beds=4)
        beds = list(Bed.objects.filter(unit__site=offer.site).with_place().order_by("pk"))
        lives_there, *others = people(4, by)
        book({lives_there: beds[0]}, by=by, until=None, checks_in=True)

        results = at_once(
            partial(actions.withdraw_host, offer=offer, reason="Передумали", version=offer.version, by=by, now=NOW),
            *[booking({client: bed}, by) for client, bed in zip(others, beds[1:], strict=True)],
        )

        done, refused = outcomes_of(results)
        withdrawn = Event.objects.get(type="housing.site_takes_nobody_new", subject_id=str(offer.site_id))
        later = Event.objects.filter(pk__gt=withdrawn.pk, type="housing.placement_booked")
        assert (done + refused, isinstance(results[0], HostOffer)) == (4, True)
        assert Placement.objects.filter(bed__in=beds).count() == done  # whoever lives there instead of the withdrawal
        assert not later.exists()
