"""What becomes of placements, from the page of a case: for a whole family in one act, or for one of them."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Address, Client
from casework.housing import actions
from casework.housing.models import Bed, Placement, Site
from tests.counting import counted_queries
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_client
from tests.factories.housing import book, hold, make_beds, make_site
from tests.pages import form_in
from tests.web.cases.pages import signed_in
from tests.web.facts.test_facts import day

pytestmark = pytest.mark.django_db


class World:
    """A mother and her child, and a room of three beds for their team."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.worker: User = make_user()
        self.site: Site = make_site(team=team_of(self.worker))
        self.beds: list[Bed] = make_beds(3, site=self.site)
        self.mother: Client = make_client(team=team_of(self.worker), by=self.worker, family_name="Тайнова")
        self.child: Client = make_client(
            case=self.mother.case, by=self.worker, family_name="Тайнова", given_name="Малая", relation="child"
        )
        self.browser: Browser = signed_in(self.worker)

    @property
    def today(self) -> date:
        return self.site.today(self.now)

    def both_booked(self, since: date | None = None) -> list[Placement]:
        return book(dict(zip((self.mother, self.child), self.beds, strict=False)), **self.when(since))

    def both_held(self, since: date | None = None) -> list[Placement]:
        return hold(dict(zip((self.mother, self.child), self.beds, strict=False)), **self.when(since))

    def when(self, since: date | None) -> dict[str, Any]:
        """What was booked for a day that is over was booked on it."""
        since = since or self.today
        return {"by": self.worker, "now": self.now - max(self.today - since, timedelta(0)), "since": since}

    def page(self) -> str:
        return self.browser.get(reverse("case_housing", args=[self.mother.case.code])).content.decode()

    def sent(self, name: str, placement: Placement, **typed: Any) -> Any:
        """Open the form of an act, type into it and send it."""
        url = reverse(name, args=[placement.pk])
        fields = form_in(self.browser.get(url).content.decode(), "seen")
        return self.browser.post(url, fields | {key: it if isinstance(it, list) else [it] for key, it in typed.items()})


@pytest.fixture
def world(settings: Any) -> World:
    settings.SECOND_FACTOR_REQUIRED = False
    return World()


def states() -> list[str]:
    return sorted(Placement.objects.values_list("state", flat=True))


def test_a_family_is_checked_in_with_one_press_and_its_addresses_are_written(world: World) -> None:
    one, _other = world.both_booked()

    answer = world.sent("check_in", one)

    assert answer.url == reverse("case_housing", args=[world.mother.case.code])
    assert states() == ["checked_in", "checked_in"]
    assert {it.client_id for it in Address.objects.current(world.today)} == {world.mother.pk, world.child.pk}


def test_one_of_the_family_is_checked_in_alone(world: World) -> None:
    one, other = world.both_booked()

    world.sent("check_in", one, people=[str(other.pk)])

    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.state, other.state) == ("booked", "checked_in")


def test_they_cannot_be_checked_in_before_they_are_there(world: World) -> None:
    one, _other = world.both_booked()

    page = world.sent("check_in", one, **day("on", world.today + timedelta(days=3)))

    assert "This day has not come yet." in page.content.decode()
    assert states() == ["booked", "booked"]


def test_they_are_checked_out_with_a_reason(world: World) -> None:
    one, _other = world.both_booked(world.today - timedelta(days=2))
    world.sent("check_in", one, **day("on", world.today - timedelta(days=2)))

    refused = world.sent("check_out", one)
    world.sent("check_out", one, ending="own_housing")

    assert "Choose" in refused.content.decode() or "required" in refused.content.decode()
    assert states() == ["checked_out", "checked_out"]
    assert "found housing of their own" in world.page()


def test_a_hold_is_booked_and_cancelled(world: World) -> None:
    one, other = world.both_held()

    world.sent("book_held", one, people=[str(one.pk)])
    world.sent("cancel_placement", other, ending="not_needed")

    assert states() == ["booked", "cancelled"]


def test_they_stay_longer_shorter_and_nobody_knows_until_when(world: World) -> None:
    one, other = world.both_booked()
    later = world.today + timedelta(days=20)

    world.sent("change_leaving_day", one, **day("until", later))
    assert {it.until for it in Placement.objects.all()} == {later}
    world.sent("change_leaving_day", one, **day("until", world.today + timedelta(days=4)))
    assert {it.until for it in Placement.objects.all()} == {world.today + timedelta(days=4)}
    blank = {"until_day": "", "until_month": "", "until_year": ""}
    world.sent("change_leaving_day", other, people=[str(other.pk)], **blank)

    other.refresh_from_db()
    assert other.until is None


def test_what_is_in_the_way_of_staying_longer_is_named_and_nobody_is(world: World) -> None:
    one, _other = world.both_booked()
    stranger = make_client(family_name="Секретов")
    since = world.today + timedelta(days=12)
    book({stranger: world.beds[0]}, by=world.worker, now=world.now, since=since)

    page = world.sent("change_leaving_day", one, **day("until", world.today + timedelta(days=15))).content.decode()

    assert f"{world.beds[0].place} is taken from" in page
    assert stranger.reference not in page
    assert {it.until for it in Placement.objects.filter(client=world.mother)} == {world.today + timedelta(days=10)}


def test_who_did_not_come_leaves_the_bed_free_and_is_taken_back(world: World) -> None:
    one, _other = world.both_booked(world.today - timedelta(days=1))

    world.sent("mark_no_show", one)
    assert states() == ["no_show", "no_show"]
    world.sent("take_back_placement", one)

    assert states() == ["booked", "booked"]


def test_what_cannot_be_done_any_more_leads_back_and_says_so(world: World) -> None:
    one, _other = world.both_booked()
    world.sent("cancel_placement", one, ending="not_needed")

    answer = world.browser.get(reverse("check_in", args=[one.pk]), follow=True)

    assert "This cannot be done any more" in answer.content.decode()


def test_somebody_else_was_quicker_and_both_are_told(world: World) -> None:
    one, _other = world.both_booked()
    url = reverse("change_leaving_day", args=[one.pk])
    fields = form_in(world.browser.get(url).content.decode(), "seen")
    changed = world.sent("change_leaving_day", one, **day("until", world.today + timedelta(days=3)))

    late = world.browser.post(url, fields | day("until", world.today + timedelta(days=7)))

    assert changed.status_code == 302
    assert late.status_code == 409
    assert "Somebody has changed this meanwhile." in late.content.decode()
    assert {it.until for it in Placement.objects.all()} == {world.today + timedelta(days=3)}


def test_a_form_sent_twice_acts_once(world: World) -> None:
    one, _other = world.both_booked()
    url = reverse("cancel_placement", args=[one.pk])
    fields = form_in(world.browser.get(url).content.decode(), "seen") | {"ending": ["not_needed"]}

    first, again = world.browser.post(url, fields), world.browser.post(url, fields)

    assert (first.status_code, again.status_code) == (302, 302)
    assert Event.objects.filter(type="housing.placement_cancelled").count() == 1


def test_the_page_shows_who_sleeps_where_and_what_can_happen(world: World) -> None:
    empty = world.page()
    one, _other = world.both_booked()
    page = world.page()

    assert "Nobody of this case has a bed of ours" in empty
    assert world.beds[0].place in page
    assert "Тайнова" in page
    assert reverse("check_in", args=[one.pk]) in page
    assert reverse("take_back_placement", args=[one.pk]) not in page
    assert Event.objects.filter(type="housing.case_housing_seen").count() == 2


def test_a_place_of_another_team_is_named_and_not_led_to(world: World) -> None:
    foreign = make_beds(1, site=make_site())[0]
    book({world.mother: foreign, world.child: world.beds[0]}, **world.when(None))

    page = world.page()

    assert foreign.place in page
    assert reverse("site", args=[foreign.unit.site_id]) not in page
    assert reverse("site", args=[world.site.pk]) in page


def test_what_lapsed_offers_nothing(world: World) -> None:
    one, _other = world.both_held()
    Placement.objects.update(held_until=world.now - timedelta(minutes=1))

    page = world.page()

    assert reverse("book_held", args=[one.pk]) not in page


ACTS = (
    *("book_held", "check_in", "check_out", "change_leaving_day"),
    *("mark_no_show", "cancel_placement", "take_back_placement"),
)


@pytest.mark.parametrize("name", ACTS)
def test_another_team_finds_no_placement(world: World, name: str) -> None:
    one, _other = world.both_booked()
    stranger = signed_in(make_user(Role.COORDINATOR))

    assert stranger.get(reverse(name, args=[one.pk])).status_code == 404
    assert stranger.post(reverse(name, args=[one.pk])).status_code == 404
    assert stranger.get(reverse("case_housing", args=[world.mother.case.code])).status_code == 404


def test_the_page_takes_few_queries_at_every_size(world: World) -> None:
    world.both_booked()
    url = reverse("case_housing", args=[world.mother.case.code])
    world.browser.get(url)
    with counted_queries() as few:
        world.browser.get(url)
    for number in range(3):
        since = world.today + timedelta(days=20 * (number + 1))
        other = make_beds(1, site=make_site(team=team_of(world.worker)))[0]
        actions.book(
            people_in_beds={world.mother: other},
            since=since,
            until=since + timedelta(days=2),
            by=world.worker,
            now=world.now,
        )
    with counted_queries() as many:
        world.browser.get(url)

    assert len(few) == len(many) <= 12


def test_times_of_a_hold_are_said(world: World) -> None:
    world.both_held()
    until: datetime = Placement.objects.earliest("pk").held_until or world.now

    assert str(until.year) in world.page()
