"""The board of beds: every bed on every day, with who is where as far as the reader may know."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions as clients
from casework.housing.models import Bed
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_team, make_user, team_of
from tests.factories.clients import make_client
from tests.factories.housing import book, make_beds, make_block, make_lease, make_site
from tests.web.cases.pages import signed_in
from tests.web.facts.test_facts import day
from tests.web.housing.test_placements import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any) -> World:
    settings.SECOND_FACTOR_REQUIRED = False
    return World()


def board(world: World, **asked: Any) -> Any:
    return world.browser.get(reverse("housing_board"), asked)


def lines(page: Any) -> list[Any]:
    return [line for site in page.context["sites"] for unit in site["units"] for line in unit.lines]


def test_every_bed_is_something_on_every_day(world: World) -> None:
    world.both_booked()
    make_block(world.beds[2], by=world.worker, now=world.now, since=world.today + timedelta(days=3), until=None)

    page = board(world)

    assert [sum(cell.nights for cell in line.cells) + line.before + line.after for line in lines(page)] == [28] * 3
    assert sorted({cell.state for line in lines(page) for cell in line.cells}) == ["blocked", "booked", "free"]


def test_initials_lead_to_the_case_and_no_name_is_written(world: World) -> None:
    world.both_booked()

    page = board(world).content.decode()

    assert "Т." in page
    assert "Тайнова" not in page
    assert reverse("case_housing", args=[world.mother.case.code]) in page


def test_who_is_not_the_readers_to_see_is_only_a_bed_that_is_taken(world: World) -> None:
    other = make_client(family_name="Щукин", given_name="Ёж")
    book({other: world.beds[0]}, **world.when(None))

    page = board(world).content.decode()

    assert "Щ." not in page
    assert other.case.code not in page
    assert "booked" in page


def test_a_restricted_case_is_only_a_bed_that_is_taken(world: World) -> None:
    world.both_booked()
    colleague, other = (make_user(team=team_of(world.worker)) for _number in range(2))
    clients.restrict_case(
        case=world.mother.case,
        people=[colleague, other],
        version=world.mother.case.version,
        by=colleague,
        now=world.now,
    )

    page = board(world).content.decode()

    assert world.mother.case.code not in page
    assert "Т." not in page


def test_the_end_of_a_lease_is_said(world: World) -> None:
    end = world.today + timedelta(days=9)
    make_lease(world.site, since=world.today - timedelta(days=30), until=end, by=world.worker)

    page = board(world)

    [unit] = page.context["sites"][0]["units"]
    assert unit.lease_ends == end
    assert "no lease from" in page.content.decode()
    assert [cell.state for cell in unit.lines[0].cells] == ["free", "out_of_lease"]


def test_it_is_narrowed_by_town_site_and_kind_of_room(world: World) -> None:
    osh = make_site(team=team_of(world.worker), city="Osh", code="OSH-1")
    make_beds(2, site=osh, for_whom="family")

    assert len(lines(board(world))) == 5
    assert len(lines(board(world, city="Osh"))) == 2
    assert len(lines(board(world, site=world.site.code))) == 3
    assert len(lines(board(world, for_whom="family"))) == 2
    assert "No site matches these filters" in board(world, city="Osh", site=world.site.code).content.decode()


def test_it_goes_on_and_back(world: World) -> None:
    first = board(world, weeks="2")

    later = world.browser.get(first.context["later_url"])
    back = world.browser.get(later.context["earlier_url"])

    assert later.context["since"] == world.today + timedelta(days=14)
    assert (back.context["since"], len(back.context["days"])) == (world.today, 14)


@pytest.mark.parametrize("asked", [{"weeks": "9999"}, {"since_day": "x"}, {"city": "Nowhere"}, day("since", None)])
def test_what_cannot_be_understood_narrows_nothing(world: World, asked: Any) -> None:
    assert len(lines(board(world, **asked))) == 3


def test_sites_of_other_teams_are_not_there(world: World) -> None:
    foreign = make_site()
    make_beds(2, site=foreign)

    assert foreign.code not in board(world).content.decode()


def test_a_team_without_sites_is_told_what_a_site_is(world: World) -> None:
    page = signed_in(make_user(Role.COORDINATOR)).get(reverse("housing_board")).content.decode()

    assert "There is no site yet" in page


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.REPORT_READER])
def test_other_roles_see_no_board(world: World, role: Role) -> None:
    assert signed_in(make_user(role)).get(reverse("housing_board")).status_code == 403


def test_it_takes_few_queries_at_every_size_and_leaves_one_event(world: World) -> None:
    world.both_booked()
    board(world)
    with counted_queries() as few:
        board(world)
    for _number in range(3):
        beds = make_beds(3, site=make_site(team=team_of(world.worker)))
        book({make_client(team=team_of(world.worker)): beds[0]}, **world.when(None))
        make_block(beds[1], by=world.worker)
    with counted_queries() as many:
        board(world)

    assert len(few) == len(many) <= 12
    assert Event.objects.filter(type="housing.board_seen").count() == 3


class TestFromABedOn:
    """A free cell leads to the bed; from there it is blocked, or somebody is placed in it."""

    def test_a_free_cell_leads_to_the_bed_and_from_there_to_the_people_of_a_case(self, world: World) -> None:
        cell = board(world).context["sites"][0]["units"][0].lines[0].cells[0]
        bed = Bed.objects.with_place().order_by("label")[0]

        page = world.browser.get(cell.url)
        answer = world.browser.get(
            reverse("place_in_bed", args=[bed.pk]), {"code": world.mother.case.code.lower(), "day": page.context["day"]}
        )
        form = world.browser.get(answer.url).context["form"]

        assert page.context["bed"] == bed
        assert page.context["cells"][0].word == "free"
        assert form[f"bed_{world.mother.reference}"].value() == str(bed.pk)
        assert form["since"].value() == world.today
        assert Event.objects.filter(type="housing.bed_seen", subject_id=str(bed.pk)).count() == 1

    def test_a_code_of_no_case_of_theirs_answers_like_one_that_is_missing(self, world: World) -> None:
        bed, foreign = Bed.objects.order_by("pk")[0], make_client()
        url = reverse("place_in_bed", args=[bed.pk])

        pages = [world.browser.get(url, {"code": code}) for code in (foreign.case.code, "KG-0000")]

        assert [page.context["form"].errors for page in pages] == [
            {"code": ["No open case of yours has this code."]}
        ] * 2

    def test_those_who_keep_the_place_are_led_to_blocks_and_nobody_else(self, world: World) -> None:
        bed = Bed.objects.with_place().order_by("label")[0]
        block = make_block(bed, since=world.today, until=world.today + timedelta(days=2), by=world.site.created_by)
        keeper = make_user(Role.COORDINATOR, team=team_of(world.worker))
        change, new = reverse("change_block", args=[block.pk]), reverse("block_bed", args=[bed.pk])

        theirs = signed_in(keeper)
        for name, args in (("housing_board", []), ("bed", [bed.pk])):
            address = reverse(name, args=args)
            assert change in theirs.get(address).content.decode(), name
            assert change not in world.browser.get(address).content.decode(), name
        assert new in theirs.get(reverse("bed", args=[bed.pk])).content.decode()
        assert new not in world.browser.get(reverse("bed", args=[bed.pk])).content.decode()

    def test_who_keeps_places_elsewhere_is_led_to_no_blocks_here(self, world: World) -> None:
        bed = Bed.objects.with_place().order_by("label")[0]
        make_membership(world.worker, Role.COORDINATOR, team=make_team())

        page = world.browser.get(reverse("bed", args=[bed.pk])).content.decode()

        assert reverse("block_bed", args=[bed.pk]) not in page

    @pytest.mark.parametrize("name", ["bed", "place_in_bed"])
    def test_a_bed_of_another_team_is_not_there(self, world: World, name: str) -> None:
        bed = Bed.objects.order_by("pk")[0]

        assert signed_in(make_user()).get(reverse(name, args=[bed.pk])).status_code == 404
        assert signed_in(make_user(Role.ADMINISTRATOR)).get(reverse(name, args=[bed.pk])).status_code == 403

    def test_it_takes_few_queries(self, world: World) -> None:
        world.both_booked()
        url = reverse("bed", args=[Bed.objects.order_by("pk")[0].pk])
        world.browser.get(url)

        with counted_queries() as made:
            world.browser.get(url)

        assert len(made) <= 16  # the board of its site, what is to be known of the place, and who may do what with it
