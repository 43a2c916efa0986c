"""My day says what is due about housing, to whoever is told of it, in words and with the way there."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from casework.accounts.roles import Role
from casework.housing.models import HousingRequest
from tests.counting import counted_queries
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import hide, make_client
from tests.factories.housing import book, hold, make_lease, make_offer, make_request
from tests.web.cases.pages import signed_in
from tests.web.housing.test_placements import World

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def world(settings: Any) -> World:
    settings.SECOND_FACTOR_REQUIRED = False
    world = World()
    case = world.mother.case
    case.caseworker = world.worker
    case.save(update_fields=["caseworker"])
    return world


def of_my_day(browser: Any, **query: str) -> list[Any]:
    found: list[Any] = browser.get(reverse("my_day"), query).context["housing_due"]
    return found


def test_a_family_that_is_to_leave_is_one_line_that_leads_to_its_housing(world: World) -> None:
    people = dict(zip((world.mother, world.child), world.beds, strict=False))
    book(people, **world.when(world.today - DAY), until=world.today + 3 * DAY, checks_in=True)

    page = world.browser.get(reverse("my_day")).content.decode()
    [row] = of_my_day(world.browser)

    assert row.about == world.mother.case.code
    assert row.url == reverse("case_housing", args=[world.mother.case.code])
    assert row.sentence.startswith(f"2 people are to leave {world.beds[0].unit.site.code}")
    assert row.sentence in page
    assert "Тайнова" not in page


def test_holds_and_offers_are_said_with_the_hour_by_the_clock_of_the_place(world: World) -> None:
    hold({world.mother: world.beds[0]}, **world.when(None))
    request = make_request([world.child], by=world.worker, now=world.now)
    make_offer(request, {world.child: world.beds[1]}, by=world.worker, now=world.now, since=world.today)

    held, offered = sorted(row.sentence for row in of_my_day(world.browser))

    assert held.startswith("A bed in")
    assert offered.startswith(f"Beds in {world.site.code} are offered to them until")


def test_who_waits_without_a_word_is_called_out(world: World) -> None:
    request = make_request([world.mother], by=world.worker, now=world.now)
    assert of_my_day(world.browser) == []
    HousingRequest.objects.filter(pk=request.pk).update(opened_at=world.now - 14 * DAY)

    assert [row.sentence for row in of_my_day(world.browser)] == [
        "They wait for a bed, and nobody has spoken with them for a fortnight."
    ]


def test_leases_are_for_those_who_keep_the_site(world: World) -> None:
    make_lease(world.site, until=world.today + 40 * DAY, notice_on=world.today + 10 * DAY, now=world.now)
    keeper = signed_in(make_user(Role.COORDINATOR, team=team_of(world.worker)))

    [row] = of_my_day(keeper)

    assert row.url == reverse("site", args=[world.site.pk])
    assert "give notice by" in row.sentence
    assert of_my_day(world.browser) == []
    assert of_my_day(signed_in(make_user(Role.COORDINATOR))) == []


def test_a_colleague_reads_it_among_all_cases_of_the_team_and_not_among_their_own(world: World) -> None:
    book({world.mother: world.beds[0]}, **world.when(world.today - DAY), until=world.today + DAY, checks_in=True)
    colleague = signed_in(make_user(team=team_of(world.worker)))

    assert of_my_day(colleague, whose="me") == []
    assert len(of_my_day(colleague)) == 1  # who looks after no case is shown those of the team
    assert len(of_my_day(colleague, whose="team")) == 1
    assert of_my_day(signed_in(make_user()), whose="team") == []
    hide(world.mother.case)
    assert of_my_day(colleague, whose="team") == []


def test_it_costs_no_query_however_much_there_is(world: World) -> None:
    world.browser.get(reverse("my_day"))
    with counted_queries() as few:
        world.browser.get(reverse("my_day"))
    for bed in world.beds:
        person = make_client(case=world.mother.case, by=world.worker)
        book({person: bed}, **world.when(world.today - DAY), until=world.today + DAY, checks_in=True)
    world.browser.get(reverse("my_day"))  # computes those who are new
    with counted_queries() as many:
        world.browser.get(reverse("my_day"))

    assert len(few) == len(many) <= 12
