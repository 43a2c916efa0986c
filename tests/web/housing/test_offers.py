"""Beds are offered to those who wait, and they answer: every step from the pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from casework.accounts.roles import Role
from casework.housing import actions
from casework.housing.models import BedOffer, HousingRequest, Placement
from casework.housing.wording import moment
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import hide
from tests.factories.housing import book, make_beds, make_offer, make_request, make_site
from tests.pages import form_in
from tests.web.cases.pages import signed_in
from tests.web.housing.test_placements import World
from tests.web.housing.test_requests import sent

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def world(settings: Any) -> World:
    settings.SECOND_FACTOR_REQUIRED = False
    return World()


@pytest.fixture
def request_of_two(world: World) -> HousingRequest:
    return make_request([world.mother, world.child], by=world.worker, now=world.now)


def offered(world: World, request: HousingRequest) -> BedOffer:
    beds = dict(zip((world.mother, world.child), world.beds, strict=False))
    days = {"since": world.today, "until": world.today + 10 * DAY}
    return make_offer(request, beds, by=world.worker, now=world.now, **days)


def url_of(name: str, offer: BedOffer) -> str:
    return reverse(name, args=[offer.pk])


def test_from_the_request_to_beds_that_are_offered_with_two_presses(
    world: World, request_of_two: HousingRequest
) -> None:
    find_url = (
        world.browser.get(reverse("case_housing", args=[world.mother.case.code])).context["request_rows"].find_url
    )
    [suggestion] = world.browser.get(find_url).context["found"]

    fields = form_in(world.browser.get(suggestion.url).content.decode(), "how")
    assert fields["how"] == ["offer"]
    place = reverse("place_people", args=[world.mother.case.code])
    first, again = world.browser.post(place, fields), world.browser.post(place, fields)

    offer = BedOffer.objects.get()
    assert first.url == again.url == reverse("case_housing", args=[world.mother.case.code])
    assert offer.request == request_of_two
    assert set(Placement.objects.values_list("state", "act")) == {("held", offer.act)}
    assert Placement.objects.count() == 2
    page = world.page()
    assert "answer until" in page
    assert url_of("accept_bed_offer", offer) in page


def test_who_does_not_wait_is_not_offered_anything(world: World) -> None:
    url = reverse("place_people", args=[world.mother.case.code])

    fields = form_in(world.browser.get(url).content.decode(), "how")
    page = world.browser.post(url, fields | {"how": ["offer"]})

    assert fields["how"] == ["book"]
    assert page.status_code == 200
    assert not Placement.objects.exists()


def test_beds_for_somebody_who_does_not_wait_are_not_offered(world: World) -> None:
    make_request([world.mother], by=world.worker, now=world.now)
    url = reverse("place_people", args=[world.mother.case.code])
    fields = form_in(world.browser.get(url).content.decode(), "how")

    page = world.browser.post(url, fields | {f"bed_{world.child.reference}": [str(world.beds[0].pk)]})

    assert "does not wait for a bed" in page.content.decode()
    assert not Placement.objects.exists()


def test_taken_the_beds_are_booked_and_they_wait_no_more(world: World, request_of_two: HousingRequest) -> None:
    offer = offered(world, request_of_two)

    answer = sent(world.browser, url_of("accept_bed_offer", offer), "id")
    again = sent(world.browser, url_of("accept_bed_offer", offer), "id")

    assert answer.status_code == again.status_code == 302
    assert set(Placement.objects.values_list("state", flat=True)) == {"booked"}
    request_of_two.refresh_from_db()
    assert request_of_two.state == "housed"


def test_who_lives_in_another_bed_is_asked_whether_they_move(world: World, request_of_two: HousingRequest) -> None:
    other = make_beds(1, site=make_site(team=team_of(world.worker)))[0]
    book({world.mother: other}, **world.when(world.today - DAY), until=None, checks_in=True)
    offer = offered(world, request_of_two)
    url = url_of("accept_bed_offer", offer)

    page = sent(world.browser, url, "id").content.decode()
    assert "lives in" in page
    world.browser.post(url, form_in(page, "id") | {"may_move": ["on"]})

    offer.refresh_from_db()
    assert offer.state == "accepted"


def test_declined_for_a_reason_the_beds_are_free_and_they_go_on_waiting(
    world: World, request_of_two: HousingRequest
) -> None:
    offer = offered(world, request_of_two)
    url = url_of("decline_bed_offer", offer)

    without_reason = sent(world.browser, url, "note", note="Далеко от школы")
    assert "Далеко от школы" in without_reason.content.decode()
    sent(world.browser, url, "note", why="too_far", note="Далеко от школы")

    offer.refresh_from_db()
    assert (offer.state, offer.why, offer.note) == ("declined", "too_far", "Далеко от школы")
    assert set(Placement.objects.values_list("state", flat=True)) == {"cancelled"}
    page = world.page()
    assert "too far away" in page
    assert "Далеко от школы" in page
    assert HousingRequest.objects.get().is_open


def test_hours_are_told_by_the_clocks_of_the_place(world: World, request_of_two: HousingRequest) -> None:
    offer = offered(world, request_of_two)
    until = moment(offer.lapses_at, "Asia/Bishkek")

    assert world.page().count(until) == 3  # on the line of each placement, and of the offer


def test_an_offer_is_withdrawn(world: World, request_of_two: HousingRequest) -> None:
    offer = offered(world, request_of_two)

    sent(world.browser, url_of("withdraw_bed_offer", offer), "id")

    offer.refresh_from_db()
    assert offer.state == "withdrawn"


@pytest.mark.parametrize("name", ["accept_bed_offer", "decline_bed_offer", "withdraw_bed_offer"])
def test_what_has_lapsed_is_refused_in_a_sentence(world: World, request_of_two: HousingRequest, name: str) -> None:
    offer = offered(world, request_of_two)
    actions.release_lapsed_holds(world.now + 25 * timedelta(hours=1))

    page = sent(world.browser, url_of(name, offer), "id", why="too_far").content.decode()

    assert "The time to answer has passed" in page
    assert url_of(name, offer) not in world.page()


@pytest.mark.parametrize("name", ["accept_bed_offer", "decline_bed_offer", "withdraw_bed_offer"])
def test_others_find_no_such_offer(world: World, request_of_two: HousingRequest, name: str) -> None:
    offer = offered(world, request_of_two)
    colleague = signed_in(make_user(team=team_of(world.worker)))

    assert colleague.get(url_of(name, offer)).status_code == 200
    assert signed_in(make_user(Role.COORDINATOR)).post(url_of(name, offer)).status_code == 404
    assert signed_in(make_user(Role.POLICY_EDITOR)).get(url_of(name, offer)).status_code == 403
    hide(world.mother.case)
    assert colleague.get(url_of(name, offer)).status_code == 404
