"""The people of a case wait for a bed: asked for, changed, spoken about, ended; and who else may touch it."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from casework.accounts.models import Draft
from casework.accounts.roles import Role
from casework.clients.models import Case
from casework.housing import actions
from casework.housing.models import HousingRequest
from tests.counting import counted_queries
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import hide, make_address
from tests.factories.housing import book, make_offer, make_request
from tests.pages import form_in
from tests.web.cases.pages import signed_in
from tests.web.facts.test_facts import day
from tests.web.housing.test_placements import World

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def world(settings: Any) -> World:
    settings.SECOND_FACTOR_REQUIRED = False
    return World()


def waits(world: World, **fields: Any) -> HousingRequest:
    return make_request([world.mother, world.child], by=world.worker, now=world.now, **fields)


def sent(browser: Any, url: str, field: str, **typed: Any) -> Any:
    """Open a form, type into it and send it."""
    fields = form_in(browser.get(url).content.decode(), field)
    return browser.post(url, fields | {key: it if isinstance(it, list) else [it] for key, it in typed.items()})


def ask_url(world: World) -> str:
    return reverse("ask_for_bed", args=[world.mother.case.code])


def url_of(name: str, request: HousingRequest) -> str:
    return reverse(name, args=[request.pk])


def test_a_family_is_put_on_the_list_with_two_presses(world: World) -> None:
    answer = sent(world.browser, ask_url(world), "needed_from_day", city="Almaty", pets="on", note="С собакой")

    request = HousingRequest.objects.get()
    assert answer.url == reverse("case_housing", args=[world.mother.case.code])
    assert {each.client_id for each in request.people.all()} == {world.mother.pk, world.child.pk}
    assert (request.city, request.pets, request.together, request.note) == ("Almaty", True, True, "С собакой")
    assert (request.needed_from, request.leave_by) == (world.today, None)
    page = world.page()
    assert "С собакой" in page
    assert "Find beds for them" in page


def test_the_day_by_which_they_must_leave_is_what_is_known_and_follows_it(world: World) -> None:
    rows = book(
        {world.mother: world.beds[0]}, **world.when(world.today - DAY), until=world.today + 5 * DAY, checks_in=True
    )
    page = world.browser.get(ask_url(world)).content.decode()
    assert "on that day their bed of ours ends" in page

    sent(world.browser, ask_url(world), "needed_from_day")
    actions.extend(placements=rows, until=world.today + 9 * DAY, by=world.worker, now=world.now)

    request = HousingRequest.objects.get()
    assert request.leave_by is None
    shown = (world.today + 9 * DAY).strftime("%-d %b %Y")
    assert f"{shown} (on that day their bed of ours ends)" in world.page()


def test_another_day_that_they_told_us_is_kept(world: World) -> None:
    make_address(world.mother, by=world.worker, since=world.today - DAY, until=world.today + 5 * DAY)

    sent(world.browser, ask_url(world), "needed_from_day", **day("leave_by", world.today + 3 * DAY))

    assert HousingRequest.objects.get().leave_by == world.today + 3 * DAY


def test_bad_input_is_said_and_what_was_typed_is_kept(world: World) -> None:
    page = sent(
        world.browser, ask_url(world), "needed_from_day", people=[], needed_from_month="brumaire", note="Кошка"
    ).content.decode()

    assert "Tick who needs a bed." in page
    assert "Кошка" in page
    assert not HousingRequest.objects.exists()


def test_a_second_request_of_the_case_is_refused_in_words(world: World) -> None:
    waits(world)

    page = sent(world.browser, ask_url(world), "needed_from_day").content.decode()

    assert "waits for a bed already" in page
    assert HousingRequest.objects.count() == 1


def test_two_who_change_the_same_see_both_side_by_side(world: World) -> None:
    request = waits(world, city="Bishkek")
    url = url_of("change_housing_request", request)
    opened = form_in(world.browser.get(url).content.decode(), "needed_from_day")
    actions.change_request(request=request, version=1, city="Osh", by=world.worker, now=world.now)

    page = world.browser.post(url, opened | {"city": ["Almaty"]})

    assert page.status_code == 409
    said = page.content.decode()
    assert "Osh" in said
    assert "Almaty" in said
    assert HousingRequest.objects.get().city == "Osh"


def test_who_changes_only_the_people_is_not_overwritten(world: World) -> None:
    request = waits(world)
    url = url_of("change_housing_request", request)
    opened = form_in(world.browser.get(url).content.decode(), "needed_from_day")
    actions.change_request(request=request, version=1, people=[world.mother], by=world.worker, now=world.now)

    assert world.browser.post(url, opened | {"city": ["Almaty"]}).status_code == 409


def test_what_is_typed_is_kept_as_a_draft(world: World) -> None:
    form = form_in(world.browser.get(ask_url(world)).content.decode(), "needed_from_day")
    save = reverse("save_draft", args=["ask_for_bed", world.mother.case.code])

    world.browser.post(save, form | {"note": ["Недописано"], "draft_sequence": ["1"]})

    assert Draft.objects.filter(form="ask_for_bed", about=world.mother.case_id).count() == 1
    assert "Недописано" in world.browser.get(f"{ask_url(world)}?draft").content.decode()


def test_a_contact_is_noted_for_today_with_one_press_and_never_for_a_day_to_come(world: World) -> None:
    request = waits(world)
    url = url_of("note_housing_contact", request)

    refused = sent(world.browser, url, "on_day", **day("on", world.today + DAY)).content.decode()
    sent(world.browser, url, "on_day")

    assert "This day has not come yet." in refused
    assert HousingRequest.objects.get().last_contact_on == world.today


@pytest.mark.parametrize(
    ("closing", "state"), [("not_wished", "withdrawn"), ("found_own", "closed"), ("housed_by_us", "housed")]
)
def test_they_are_taken_off_the_list_for_a_reason_and_wait_again(world: World, closing: str, state: str) -> None:
    request = waits(world)

    sent(world.browser, url_of("close_housing_request", request), "version", closing=closing)
    request.refresh_from_db()
    assert (request.state, request.closing) == (state, closing)
    assert "They wait again" in world.page()
    sent(world.browser, url_of("reopen_housing_request", request), "version")

    request.refresh_from_db()
    assert request.is_open


def test_without_a_reason_they_stay_on_the_list(world: World) -> None:
    request = waits(world)

    assert sent(world.browser, url_of("close_housing_request", request), "version").status_code == 200
    assert HousingRequest.objects.get().is_open


def test_who_waits_without_a_word_is_said_on_the_page(world: World) -> None:
    request = waits(world)
    HousingRequest.objects.filter(pk=request.pk).update(opened_at=world.now - 20 * DAY)

    assert "Nobody has spoken with them for a fortnight." in world.page()


NAMES = ["change_housing_request", "note_housing_contact", "close_housing_request", "reopen_housing_request"]


@pytest.mark.parametrize("name", NAMES)
def test_another_team_finds_no_such_request(world: World, name: str) -> None:
    request = waits(world)

    for method in ("get", "post"):
        answer = getattr(signed_in(make_user(Role.COORDINATOR)), method)(url_of(name, request))
        assert answer.status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_who_is_not_named_on_a_restricted_case_finds_no_such_request(world: World, name: str) -> None:
    request = waits(world)
    hide(world.mother.case)

    assert signed_in(make_user(team=team_of(world.worker))).get(url_of(name, request)).status_code == 404


@pytest.mark.parametrize("name", [*NAMES, "ask_for_bed"])
def test_who_works_with_no_cases_is_refused(world: World, name: str) -> None:
    url = ask_url(world) if name == "ask_for_bed" else url_of(name, waits(world))

    assert signed_in(make_user(Role.POLICY_EDITOR)).get(url).status_code == 403


def test_another_team_cannot_ask_for_this_case(world: World) -> None:
    assert signed_in(make_user()).get(ask_url(world)).status_code == 404


def test_a_closed_case_is_not_put_on_the_list(world: World) -> None:
    Case.objects.filter(pk=world.mother.case_id).update(
        status="closed", closed_at=world.now, closing_reason="needs_met"
    )

    assert "Put them on the waiting list" not in world.page()
    assert "Reopen it first" in sent(world.browser, ask_url(world), "needed_from_day").content.decode()


def test_the_tab_takes_few_queries_with_requests_and_offers(world: World) -> None:
    offer = make_offer(waits(world), {world.mother: world.beds[0]}, by=world.worker, now=world.now, since=world.today)
    actions.decline_offer(offer=offer, why="too_far", by=world.worker, now=world.now)
    world.page()
    with counted_queries() as few:
        world.page()
    for bed in world.beds:
        again = make_offer(offer.request, {world.mother: bed}, by=world.worker, now=world.now, since=world.today)
        actions.decline_offer(offer=again, why="too_far", by=world.worker, now=world.now)
    with counted_queries() as many:
        world.page()

    assert len(few) == len(many) <= 20
