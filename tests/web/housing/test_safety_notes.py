"""Safety notes and what else must be known of a place: the text to those who keep it, a warning to whoever chooses a bed."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.housing import actions
from casework.housing.models import SafetyNote, Unit
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_team, make_user, team_of
from tests.factories.housing import make_site
from tests.web.cases.pages import signed_in
from tests.web.facts.test_facts import day
from tests.web.housing.test_placements import World

pytestmark = pytest.mark.django_db
TEXT = "Сосед служит в полиции"


@pytest.fixture
def world(settings: Any) -> World:
    settings.SECOND_FACTOR_REQUIRED = False
    return World()


@pytest.fixture
def keeper(world: World) -> User:
    user = make_user(Role.COORDINATOR, team=team_of(world.worker))
    user.display_name = "Вымышленная Координаторша"
    user.save()
    return user


def noted(world: World, keeper: User) -> SafetyNote:
    return actions.write_safety_note(site=world.site, text=TEXT, by=keeper, now=world.now)


def pages_of_a_caseworker(world: World) -> dict[str, str]:
    """The site, find-a-bed, the form of placing, the housing of the case, and its check-in."""
    row = world.both_booked()[0]
    code = world.mother.case.code
    days = day("since", world.today + timedelta(days=40)) | day("until", world.today + timedelta(days=50))
    asked = {"people": [world.child.reference], "country": "KG", **days}
    chosen = {f"bed_{world.child.reference}": str(world.beds[2].pk)}
    addresses = {
        "site": (reverse("site", args=[world.site.pk]), {}),
        "find": (reverse("find_beds", args=[code]), asked),
        "place": (reverse("place_people", args=[code]), chosen),
        "case": (reverse("case_housing", args=[code]), {}),
        "check_in": (reverse("check_in", args=[row.pk]), {}),
    }
    return {name: world.browser.get(url, query).content.decode() for name, (url, query) in addresses.items()}


def test_a_note_is_written_read_and_taken_back_and_each_reading_is_on_record(world: World, keeper: User) -> None:
    browser, url = signed_in(keeper), reverse("safety_notes", args=[world.site.pk])
    write = reverse("write_safety_note", args=[world.site.pk])

    browser.post(write, {"id": str(uuid.uuid4()), "text": TEXT})
    read = browser.get(url).content.decode()
    note = SafetyNote.objects.get()
    take_back = reverse("withdraw_safety_note", args=[note.pk])
    asked = browser.get(take_back).content.decode()
    browser.post(take_back)

    assert TEXT in read
    assert TEXT not in asked
    assert TEXT not in browser.get(url).content.decode()
    assert TEXT in browser.get(url, {"shown": "taken-back"}).content.decode()
    seen = Event.objects.filter(type="housing.safety_notes_seen", subject_id=str(world.site.pk), actor_id=keeper.pk)
    assert [event.data["notes"] for event in seen.order_by("id")] == [1, 0, 1]
    assert "This field is required." in browser.post(write, {"text": " "}).content.decode()


def test_whoever_chooses_a_bed_learns_that_there_is_a_note_and_whom_to_ask(world: World, keeper: User) -> None:
    noted(world, keeper)

    for name, page in pages_of_a_caseworker(world).items():
        assert "there is a safety note" in page, name
        assert "Вымышленная Координаторша" in page, name
        assert TEXT not in page, name


def test_the_site_leads_those_who_keep_it_to_the_text_and_does_not_repeat_it(world: World, keeper: User) -> None:
    noted(world, keeper)

    page = signed_in(keeper).get(reverse("site", args=[world.site.pk])).content.decode()

    assert reverse("safety_notes", args=[world.site.pk]) in page
    assert TEXT not in page


def test_a_note_that_was_taken_back_warns_nobody(world: World, keeper: User) -> None:
    actions.withdraw_safety_note(note=noted(world, keeper), by=keeper, now=world.now)

    assert not [name for name, page in pages_of_a_caseworker(world).items() if "safety note" in page]


def test_a_closed_area_and_an_owner_who_does_not_agree_are_seen_where_a_bed_is_chosen(world: World) -> None:
    by = world.site.created_by
    actions.change_site(site=world.site, version=world.site.version, by=by, now=world.now, area_closed=True)
    unit = Unit.objects.get()
    actions.change_unit(unit=unit, version=unit.version, by=by, now=world.now, registration_possible=False)

    pages = pages_of_a_caseworker(world)

    for name in ("find", "place", "check_in"):
        assert "the area is closed to new permits" in pages[name], name
        assert "the owner does not agree to registration of who lives there" in pages[name], name


def test_notes_about_places_that_somebody_does_not_keep_are_not_there(world: World, keeper: User) -> None:
    note = noted(world, keeper)
    reader = make_user(team=team_of(keeper))
    make_membership(reader, Role.COORDINATOR, team=make_team())
    browser = signed_in(reader)

    for address in (
        reverse("safety_notes", args=[world.site.pk]),
        reverse("write_safety_note", args=[world.site.pk]),
        reverse("withdraw_safety_note", args=[note.pk]),
        reverse("safety_notes", args=[uuid.uuid4()]),
    ):
        assert browser.get(address).status_code == 404
    assert browser.post(reverse("withdraw_safety_note", args=[note.pk])).status_code == 404
    assert SafetyNote.objects.standing().exists()


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.ADMINISTRATOR, Role.AUDITOR, Role.REPORT_READER])
def test_other_roles_read_no_notes(world: World, keeper: User, role: Role) -> None:
    note = noted(world, keeper)
    browser = signed_in(make_user(role, team=team_of(keeper) if role == Role.CASEWORKER else None))

    for name, pk in (
        ("safety_notes", world.site.pk),
        ("write_safety_note", world.site.pk),
        ("withdraw_safety_note", note.pk),
    ):
        assert browser.get(reverse(name, args=[pk])).status_code == 403


def test_warnings_cost_the_same_at_every_number_of_places(world: World, keeper: User) -> None:
    noted(world, keeper)
    code = world.mother.case.code
    days = day("since", world.today) | day("until", world.today + timedelta(days=9))
    asked = {"people": [world.mother.reference], "country": "KG", **days}

    def queries() -> int:
        with counted_queries() as made:
            world.browser.get(reverse("find_beds", args=[code]), asked)
        return len(made)

    queries()
    few = queries()
    for _number in range(3):
        site = make_site(team=team_of(keeper), by=keeper)
        unit = actions.add_unit(site=site, label="Комната", capacity=2, by=keeper, now=world.now)
        actions.add_beds(unit=unit, number=2, by=keeper, now=world.now, opened_on=date(2026, 1, 1))
        actions.write_safety_note(site=site, text=TEXT, by=keeper, now=world.now)

    assert queries() == few <= 20  # a page of a case
