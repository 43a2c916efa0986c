"""Length of stay: who has left, and apart from them who is there, so far."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from casework.accounts.roles import Role
from casework.clients.models import Client
from casework.housing import actions
from casework.housing.models import Placement
from tests.factories.accounts import make_user
from tests.factories.clients import hide, make_client
from tests.factories.housing import make_beds, make_site
from tests.web.cases.pages import signed_in
from tests.web.facts.test_facts import day

from .pages import World, later, page_of, tables_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any) -> World:
    settings.SECOND_FACTOR_REQUIRED = False
    return World()


def left(world: World, nights: int, *, ago: int = 3, bed: int = 2) -> Client:
    """Somebody has left so many days ago, after so many nights."""
    person = make_client(team=world.team, by=world.coordinator)
    since = later(world, -ago - nights)
    came = world.now - timedelta(days=ago + nights)
    placed = world.live(person, world.beds[bed], since=since, until=later(world, -ago), now=came)
    actions.check_out(
        placements=placed, on=later(world, -ago), ending="as_planned", by=world.coordinator, now=world.now
    )
    return person


def test_who_has_left_is_told_by_kind_and_who_is_there_stands_apart(world: World) -> None:
    left(world, 10, ago=3)
    left(world, 20, ago=15)
    left(world, 5, ago=40)

    tables = tables_on(page_of(world.browser, "report_stays"))

    assert tables["ended"] == [["hostel or hotel", "3", "7.5", "10", "15"], ["Total", "3", "7.5", "10", "15"]]
    assert tables["running"] == [["hostel or hotel", "2", "0", "0", "0"], ["Total", "2", "0", "0", "0"]]


def test_it_is_of_those_who_left_within_the_days(world: World) -> None:
    left(world, 10, ago=3)
    left(world, 20, ago=15)

    asked = day("since", later(world, -16)) | day("until", later(world, -15))
    tables = tables_on(page_of(world.browser, "report_stays", **asked))

    assert tables["ended"][-1][1:] == ["1", "20", "20", "20"]


def test_a_move_to_another_bed_does_not_end_it(world: World) -> None:
    person = left(world, 10, ago=3)
    world.live(person, world.beds[3], since=later(world, -3), until=later(world, 9))

    tables = tables_on(page_of(world.browser, "report_stays"))

    assert tables["ended"] == []
    assert tables["running"][-1][1] == "3"


@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [(3, None, "This day has not come yet."), (-3, -9, "The last day lies before the first one.")],
)
def test_days_that_are_no_time_are_said(world: World, since: int, until: int | None, sentence: str) -> None:
    asked = day("since", later(world, since)) | (day("until", later(world, until)) if until else {})

    page = page_of(world.browser, "report_stays", **asked)

    assert sentence in page.content.decode()
    assert page.context["sections"] == []


def last_month(people: list[Client], world: World) -> None:
    """Let their stays have ended in the month before this one, as figures of others are of whole months."""
    end = world.today.replace(day=1) - timedelta(days=1)
    ended = Placement.objects.filter(client__in=people)
    ended.update(since=F("since") + (end - later(world, -3)), until=end)


def test_the_report_reader_reads_of_many_in_tens_and_weeks(world: World) -> None:
    beds = make_beds(9, site=make_site(team=world.team, by=world.coordinator, kind="ngo_shelter"), capacity=9)
    world.beds += beds
    people = [left(world, 21, bed=5 + number) for number in range(9)]
    last_month(people, world)
    reader = signed_in(make_user(Role.REPORT_READER))

    many = tables_on(page_of(reader, "report_stays", **day("since", later(world, -1))))
    assert many == {"ended": [["shelter of an organisation", "10", "3", "3", "3"], ["Total", "10", "3", "3", "3"]]}
    for person in people[:3]:
        hide(person.case)

    assert tables_on(page_of(reader, "report_stays"))["ended"][-1] == ["Total", "*", "*", "*", "*"]
