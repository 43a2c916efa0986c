"""Beds are found for the people of a case, with the reasons, and given to them: once, and to nobody else."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.urls import reverse

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Client
from casework.housing.models import Placement
from casework.lib.dates import Birth
from tests.counting import counted_queries
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_client
from tests.factories.housing import book, make_beds, make_site
from tests.pages import form_in
from tests.web.cases.pages import signed_in
from tests.web.facts.test_facts import day
from tests.web.housing.test_placements import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any) -> World:
    settings.SECOND_FACTOR_REQUIRED = False
    return World()


def asked(world: World, **typed: Any) -> dict[str, Any]:
    people = [world.mother.reference, world.child.reference]
    days = day("since", world.today) | day("until", world.today + timedelta(days=30))
    return {"people": people, "country": "KG", "city": "bishkek", **days, **typed}


def found(world: World, **typed: Any) -> Any:
    return world.browser.get(reverse("find_beds", args=[world.mother.case.code]), asked(world, **typed))


def placed(world: World, url: str, **typed: Any) -> Any:
    """Open the form that a suggestion leads to, type into it and send it."""
    fields = form_in(world.browser.get(url).content.decode(), "how")
    here = reverse("place_people", args=[world.mother.case.code])
    return world.browser.post(here, fields | {key: it if isinstance(it, list) else [it] for key, it in typed.items()})


def test_a_room_is_suggested_for_the_whole_family_and_booked(world: World) -> None:
    page = found(world)
    [offer] = page.context["found"]

    answer = placed(world, offer.url)

    assert answer.url == reverse("case_housing", args=[world.mother.case.code])
    rows = Placement.objects.all()
    assert {(row.client_id, row.state) for row in rows} == {(world.mother.pk, "booked"), (world.child.pk, "booked")}
    assert len({row.bed_id for row in rows}) == 2
    assert {row.until for row in rows} == {world.today + timedelta(days=30)}


def test_the_way_there_names_nobody(world: World) -> None:
    [offer] = found(world).context["found"]

    query = dict(parse_qsl(urlsplit(offer.url).query))

    assert "Тайнова" not in offer.url
    assert {f"bed_{world.mother.reference}", f"bed_{world.child.reference}"} <= query.keys()


def test_what_is_taken_is_not_suggested_and_why_is_said(world: World) -> None:
    book({make_client(team=team_of(world.worker)): world.beds[0]}, **world.when(None))
    book({make_client(team=team_of(world.worker)): world.beds[1]}, **world.when(None))

    page = found(world).content.decode()

    assert "Nothing free fits all of them on these days" in page
    assert world.beds[0].unit.label in page


def test_nothing_is_found_in_places_of_other_teams(world: World) -> None:
    make_beds(4, site=make_site(team=team_of(make_user())))

    assert len(found(world).context["found"]) == 1


def test_bad_days_are_said_and_what_was_typed_is_kept(world: World) -> None:
    page = found(world, **day("until", world.today), city="Бишкек").content.decode()

    assert "They must stay one night at least" in page
    assert 'value="Бишкек"' in page


def test_a_bed_that_was_taken_meanwhile_is_refused_and_nothing_is_half_done(world: World) -> None:
    [offer] = found(world).context["found"]
    stranger = make_client(family_name="Секретов")
    used = dict(parse_qsl(urlsplit(offer.url).query))[f"bed_{world.child.reference}"]
    bed = next(each for each in world.beds if str(each.pk) == used)
    book({stranger: bed}, **world.when(None))

    page = placed(world, offer.url).content.decode()

    assert f"{bed.place} is taken from" in page
    assert stranger.reference not in page
    assert not Placement.objects.filter(client__case=world.mother.case).exists()


def test_a_man_in_a_womens_room_asks_for_a_reason_that_is_recorded(world: World) -> None:
    beds = make_beds(2, site=world.site, for_whom="women")
    Client.objects.filter(pk=world.mother.pk).update(sex="male")
    url = reverse("place_people", args=[world.mother.case.code])
    query = f"{url}?bed_{world.mother.reference}={beds[0].pk}"

    refused = placed(world, query)
    page = refused.content.decode()
    assert "This is a women&#x27;s room." in page
    assert not Placement.objects.exists()
    fields = form_in(page, "how") | {"reason": ["Он ухаживает за матерью"]}
    answer = world.browser.post(url, fields)

    assert answer.status_code == 302
    assert Placement.objects.get().exception == "Он ухаживает за матерью"


def test_beds_are_held_for_some_hours(world: World) -> None:
    [offer] = found(world).context["found"]

    placed(world, offer.url, how="hold", hours="4")

    row = Placement.objects.earliest("pk")
    assert row.state == "held"
    assert row.held_until is not None
    assert timedelta(hours=3, minutes=50) < row.held_until - world.now <= timedelta(hours=4, minutes=10)


def test_who_is_there_already_is_checked_in(world: World) -> None:
    [offer] = found(world).context["found"]

    placed(world, offer.url, how="check_in")

    assert set(Placement.objects.values_list("state", flat=True)) == {"checked_in"}


def test_who_lives_in_another_bed_is_asked_to_move(world: World) -> None:
    book({world.mother: world.beds[0]}, **world.when(world.today - timedelta(days=3)), checks_in=True)
    other = make_beds(1, site=make_site(team=team_of(world.worker)))[0]
    url = reverse("place_people", args=[world.mother.case.code])

    page = placed(world, f"{url}?bed_{world.mother.reference}={other.pk}", how="check_in").content.decode()
    assert "lives in" in page
    fields = form_in(page, "how") | {"may_move": ["on"]}
    world.browser.post(url, fields)

    assert sorted(Placement.objects.values_list("state", flat=True)) == ["checked_in", "checked_out"]


def test_sent_twice_it_places_them_once(world: World) -> None:
    [offer] = found(world).context["found"]
    fields = form_in(world.browser.get(offer.url).content.decode(), "how")
    url = reverse("place_people", args=[world.mother.case.code])

    first, again = world.browser.post(url, fields), world.browser.post(url, fields)

    assert (first.status_code, again.status_code) == (302, 302)
    assert Placement.objects.count() == 2


def test_a_bed_of_another_team_cannot_be_typed_in(world: World) -> None:
    foreign = make_beds(1)[0]
    url = reverse("place_people", args=[world.mother.case.code])
    fields = form_in(world.browser.get(url).content.decode(), "how")

    page = world.browser.post(url, fields | {f"bed_{world.mother.reference}": [str(foreign.pk)]})

    assert page.status_code == 200
    assert not Placement.objects.exists()


def test_a_baby_gets_the_cot(world: World) -> None:
    Placement.objects.all().delete()
    baby = make_client(
        case=world.mother.case, by=world.worker, relation="child", birth=Birth(world.today - timedelta(days=200))
    )
    [cot] = make_beds(1, site=world.site)
    cot.kind, cot.unit_id = "cot", world.beds[0].unit_id
    cot.label = "9"
    cot.save()

    page = found(world, people=[world.mother.reference, baby.reference])

    beds = {who: where for offer in page.context["found"] for who, where in offer.beds}
    assert beds[baby.full_name].endswith(", 9")


@pytest.mark.parametrize("name", ["find_beds", "place_people"])
def test_another_team_finds_no_such_case(world: World, name: str) -> None:
    stranger = signed_in(make_user(Role.COORDINATOR))

    assert stranger.get(reverse(name, args=[world.mother.case.code])).status_code == 404


def test_looking_leaves_an_event(world: World) -> None:
    found(world)

    assert Event.objects.filter(type="housing.free_beds_seen", case_id=world.mother.case_id).count() == 1


def test_looking_takes_few_queries_at_every_size(world: World) -> None:
    found(world)
    with counted_queries() as few:
        found(world)
    for _number in range(5):
        make_beds(3, site=make_site(team=team_of(world.worker)))
    with counted_queries() as many:
        found(world)

    assert len(few) == len(many) <= 20
