"""Who waits, in an order that says why; and who of them fits into one room."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.urls import reverse

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Client
from casework.housing.models import BedOffer, HousingRequest
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_team, make_user, team_of
from tests.factories.clients import hide, make_case, make_client
from tests.factories.housing import book, make_beds, make_offer, make_request, make_site
from tests.pages import form_in
from tests.web.cases.pages import signed_in
from tests.web.facts.test_facts import day
from tests.web.housing.test_placements import World

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
URL = "/housing/waiting/"


@pytest.fixture
def world(settings: Any) -> World:
    settings.SECOND_FACTOR_REQUIRED = False
    return World()


def single(world: World, *, days: int = 0, **fields: Any) -> HousingRequest:
    """Somebody of another case of the team, who has waited for so many days."""
    person = make_client(case=make_case(team=team_of(world.worker), by=world.worker), by=world.worker)
    request = make_request([person], by=world.worker, now=world.now, **fields)
    HousingRequest.objects.filter(pk=request.pk).update(opened_at=world.now - days * DAY)
    return request


def lines(browser: Any, **query: Any) -> list[Any]:
    found: list[Any] = browser.get(URL, query).context["lines"]
    return found


def test_the_order_stands_with_its_reasons_in_words(world: World) -> None:
    later = single(world, days=12)
    sooner = single(world, leave_by=world.today + 3 * DAY)

    first, second = lines(world.browser)

    assert [first.row.request, second.row.request] == [sooner, later]
    assert first.reasons == [
        "must leave in 3 days",
        "not scored yet, which counts as the second highest quarter",
        "waits for 0 days",
        "1 room that is free fits them",
    ]
    assert second.reasons[0] == "need not leave where they are, as far as we know"
    page = world.browser.get(URL).content.decode()
    assert "must leave in 3 days" in page
    assert sooner.case.code in page


def test_who_waits_longest_and_longest_without_a_word_is_called_out(world: World) -> None:
    oldest = single(world, days=40)
    HousingRequest.objects.filter(pk=oldest.pk).update(last_contact_on=world.today - DAY)
    silent = single(world, days=20)

    found = world.browser.get(URL).context["unseen"]

    assert [(words, row.request) for words, row in found] == [
        ("waits longest: 40 days", oldest),
        ("longest without a word: 20 days", silent),
    ]


def test_the_list_names_nobody(world: World) -> None:
    make_request([world.mother], by=world.worker, now=world.now)

    assert "Тайнова" not in world.browser.get(URL).content.decode()


def test_it_is_narrowed_to_a_town_a_country_and_a_team_of_those_whom_the_reader_sees(world: World) -> None:
    own, other = team_of(world.worker), make_team()
    here = single(world, city="Osh")
    make_membership(world.worker, Role.CASEWORKER, team=other)
    elsewhere = make_client(case=make_case(team=other, by=world.worker), by=world.worker)
    there = make_request([elsewhere], by=world.worker, now=world.now, country="KZ", city="Almaty")

    def shown(**query: Any) -> list[HousingRequest]:
        return [line.row.request for line in lines(world.browser, **query)]

    assert shown(city="Osh") == shown(country="KG") == shown(team=str(own.pk)) == [here]
    assert shown(city="Almaty") == shown(country="KZ") == shown(team=str(other.pk)) == [there]
    assert len(shown(city="Nowhere", team="x")) == 2
    assert "Nobody waits there" in world.browser.get(URL, {"city": "Osh", "country": "KZ"}).content.decode()


def test_others_do_not_see_who_waits_and_a_hidden_case_is_on_no_list(world: World) -> None:
    request = single(world)
    colleague = signed_in(make_user(team=team_of(world.worker)))
    assert len(lines(colleague)) == 1

    hide(request.case)

    assert lines(colleague) == []
    assert lines(signed_in(make_user(Role.COORDINATOR))) == []
    assert "Nobody waits for a bed" in colleague.get(URL).content.decode()


@pytest.mark.parametrize("role", [Role.POLICY_EDITOR, Role.ADMINISTRATOR, Role.REPORT_READER])
def test_who_works_with_no_beds_is_refused(world: World, role: Role) -> None:
    unit = world.beds[0].unit_id
    for url in (URL, reverse("who_fits_unit", args=[unit])):
        assert signed_in(make_user(role)).get(url).status_code == 403


def test_from_a_line_to_beds_for_these_people(world: World) -> None:
    make_request([world.mother, world.child], by=world.worker, now=world.now, together=False)
    [line] = lines(world.browser)

    page = world.browser.get(line.find_url)

    assert page.context["form"].is_valid()
    assert {it.reference for it in page.context["form"].wanted} == {world.mother.reference, world.child.reference}
    assert page.context["form"].cleaned_data["apart"]
    assert len(page.context["found"]) == 1


def test_an_offer_that_waits_for_an_answer_stands_on_the_list(world: World) -> None:
    request = make_request([world.mother], by=world.worker, now=world.now)
    make_offer(request, {world.mother: world.beds[0]}, by=world.worker, now=world.now, since=world.today)

    [line] = lines(world.browser)

    assert line.offered.startswith("offered, answer until")


def test_looking_leaves_an_event(world: World) -> None:
    world.browser.get(URL)

    assert Event.objects.filter(type="housing.waiting_list_seen").count() == 1


def test_the_list_takes_the_same_queries_at_every_size(world: World) -> None:
    single(world)
    lines(world.browser)
    with counted_queries() as few:
        lines(world.browser)
    for number in range(8):
        single(world, days=number)
    make_beds(3, site=make_site(team=team_of(world.worker)))
    with counted_queries() as many:
        lines(world.browser)

    assert len(few) == len(many) <= 12


# Who fits into a room.


def fits(world: World, unit: Any, **query: Any) -> Any:
    return world.browser.get(reverse("who_fits_unit", args=[unit.pk]), query).context


def test_of_those_who_wait_the_first_that_fits_stands_first_and_is_offered_the_room(world: World) -> None:
    family = make_request([world.mother, world.child], by=world.worker, now=world.now)
    urgent = single(world, leave_by=world.today + DAY)
    unit = world.beds[0].unit

    first, second = fits(world, unit)["fits"]

    assert [first.row.request, second.row.request] == [urgent, family]
    assert [first.row.rank, second.row.rank] == [1, 2]
    assert "nobody else lives there" in second.remarks
    url = urlsplit(second.url)
    query = dict(parse_qsl(url.query))
    assert {query[f"bed_{it.reference}"] for it in (world.mother, world.child)} <= {str(bed.pk) for bed in world.beds}
    fields = form_in(world.browser.get(second.url).content.decode(), "how")
    world.browser.post(url.path, fields)
    assert BedOffer.objects.get().request == family


def test_who_does_not_fit_is_told_why_in_sentences(world: World) -> None:
    [only] = make_beds(1, site=world.site, capacity=1)
    make_request([world.mother, world.child], by=world.worker, now=world.now)
    women = make_beds(2, site=world.site, for_whom="women")[0].unit
    man = single(world)
    Client.objects.filter(case=man.case).update(sex="male")

    [family] = [it for it in fits(world, only.unit)["not_fitting"] if it.row.people == 2]
    [for_a_reason] = [it for it in fits(world, women)["for_a_reason"] if it.row.request == man]

    assert family.objections == ["There are more of them than may live there."]
    assert for_a_reason.objections[0].endswith("This is a women's room.")
    assert (
        "A reason will be asked for." in world.browser.get(reverse("who_fits_unit", args=[women.pk])).content.decode()
    )


def test_beds_that_are_taken_on_these_days_are_not_counted(world: World) -> None:
    unit = world.beds[0].unit
    make_request([world.mother, world.child], by=world.worker, now=world.now)
    for bed in world.beds[:2]:
        book({make_client(case=world.mother.case, by=world.worker): bed}, **world.when(None))

    context = fits(world, unit)
    later = fits(world, unit, **day("since", world.today + 10 * DAY), **day("until", world.today + 20 * DAY))

    assert (context["free"], context["fits"]) == (1, [])
    assert context["not_fitting"][0].objections == ["Too few beds are free there."]
    assert (later["free"], len(later["fits"])) == (3, 1)


def test_who_waits_in_another_town_is_not_asked(world: World) -> None:
    single(world, city="Osh")
    anywhere = single(world, city="")

    assert [it.row.request for it in fits(world, world.beds[0].unit)["fits"]] == [anywhere]


def test_who_has_an_offer_already_is_not_offered_another(world: World) -> None:
    request = make_request([world.mother], by=world.worker, now=world.now)
    make_offer(request, {world.mother: world.beds[0]}, by=world.worker, now=world.now, since=world.today)

    [line] = fits(world, world.beds[0].unit)["fits"]

    assert line.url == ""
    assert line.offered.startswith("offered, answer until")


def test_bad_days_are_said(world: World) -> None:
    page = world.browser.get(
        reverse("who_fits_unit", args=[world.beds[0].unit_id]), day("since", world.today) | day("until", world.today)
    )

    assert "They must stay one night at least" in page.content.decode()


def test_a_room_of_another_team_is_not_there(world: World) -> None:
    foreign = make_beds(1)[0]

    assert world.browser.get(reverse("who_fits_unit", args=[foreign.unit_id])).status_code == 404


def test_from_the_page_of_a_site_and_from_the_board(world: World) -> None:
    url = reverse("who_fits_unit", args=[world.beds[0].unit_id])

    assert url in world.browser.get(reverse("site", args=[world.site.pk])).content.decode()
    assert url in world.browser.get(reverse("housing_board")).content.decode()


def test_who_fits_takes_the_same_queries_at_every_size(world: World) -> None:
    single(world)
    unit = world.beds[0].unit
    fits(world, unit)
    with counted_queries() as few:
        fits(world, unit)
    for number in range(6):
        single(world, days=number)
    with counted_queries() as many:
        fits(world, unit)

    assert len(few) == len(many) <= 12
