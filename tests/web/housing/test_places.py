"""Sites, rooms and beds on their pages: kept by coordinators, read by whoever places people there, closed to others."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.housing.models import Bed, BedBlock, Site, Unit
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_team, make_user, team_of
from tests.factories.clients import make_client
from tests.factories.housing import book, make_bed, make_beds, make_block, make_site, make_unit
from tests.web.cases.pages import signed_in
from tests.web.facts.test_facts import day

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def keeper() -> User:
    return make_user(Role.COORDINATOR)


@pytest.fixture
def site(keeper: User) -> Site:
    return make_site(team=team_of(keeper), by=keeper)


def typed(keeper: User, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "code": "bsk-7",
        "name": "Приют Вымышленный",
        "kind": "ngo_shelter",
        "country": "KG",
        "region": "Чуйская область",
        "city": "Бишкек",
        "line": "ул. Придуманная, 7",
        "area_closed": "unknown",
        "time_zone": "Asia/Bishkek",
        "teams": [str(team_of(keeper).pk)],
        **day("opened_on", date(2026, 1, 1)),
        **changes,
    }


def test_a_site_is_added_with_its_code_in_capitals(keeper: User) -> None:
    answer = signed_in(keeper).post(reverse("open_site"), typed(keeper))

    added = Site.objects.get()
    assert answer.url == reverse("site", args=[added.pk])
    assert (added.code, added.name, added.area_closed) == ("BSK-7", "Приют Вымышленный", None)
    assert list(added.teams.all()) == [team_of(keeper)]


def test_the_form_begins_with_the_country_and_the_zone_of_the_team(keeper: User) -> None:
    form = signed_in(keeper).get(reverse("open_site")).context["form"]

    assert (form["country"].value(), form["time_zone"].value()) == (team_of(keeper).country, team_of(keeper).time_zone)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": "дом 7"}, "A code has two to twelve capital letters"),
        ({"name": ""}, "This field is required."),
        ({"teams": []}, "Choose at least one team that may use the site."),
        ({"country": "XX"}, "We do not know this country."),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice."),
        ({"opened_on_day": "31", "opened_on_month": "2"}, "31 February"),
    ],
)
def test_bad_input_says_what_is_wrong_and_keeps_what_was_typed(keeper: User, changes: Any, said: str) -> None:
    page = signed_in(keeper).post(reverse("open_site"), typed(keeper, **changes)).content.decode()

    assert said in page
    assert "ул. Придуманная, 7" in page
    assert not Site.objects.exists()


def test_a_code_is_taken_once(keeper: User, site: Site) -> None:
    page = signed_in(keeper).post(reverse("open_site"), typed(keeper, code=site.code)).content.decode()

    assert "Another site has this code." in page


def test_a_team_whose_places_the_writer_does_not_keep_stays(keeper: User, site: Site) -> None:
    other = make_team()
    site.of_teams.create(team=other)

    answer = signed_in(keeper).post(
        reverse("change_site", args=[site.pk]), typed(keeper, code=site.code, version=site.version)
    )

    assert answer.status_code == 302
    assert set(site.teams.all()) == {other, team_of(keeper)}


def test_two_who_change_a_site_are_shown_both(keeper: User, site: Site) -> None:
    url = reverse("change_site", args=[site.pk])
    data = typed(keeper, code=site.code, version=site.version)
    signed_in(keeper).post(url, data | {"city": "Ош"})

    answer = signed_in(keeper).post(url, data | {"city": "Каракол"})

    assert answer.status_code == 409
    assert "Ош" in answer.content.decode()
    assert "Каракол" in answer.content.decode()


def test_a_room_is_added_with_its_beds(keeper: User, site: Site) -> None:
    data = {"id": str(uuid.uuid4()), "label": "Комната 2", "capacity": "4", "floor_area": "16,5", "for_whom": "women"}
    more = {"beds": "3", "bed_kind": "bunk", "registration_possible": "true", "has_cot": "on"}

    signed_in(keeper).post(reverse("add_unit", args=[site.pk]), data | more)

    unit = Unit.objects.get()
    assert (unit.label, unit.capacity, unit.for_whom, unit.registration_possible) == ("Комната 2", 4, "women", True)
    assert sorted(unit.beds.values_list("label", "kind")) == [("1", "bunk"), ("2", "bunk"), ("3", "bunk")]


def test_more_beds_than_people_are_refused_and_nothing_is_added(keeper: User, site: Site) -> None:
    data = {"label": "Комната 2", "capacity": "2", "for_whom": "anyone", "registration_possible": "unknown"}

    page = signed_in(keeper).post(reverse("add_unit", args=[site.pk]), data | {"beds": "3", "bed_kind": "bunk"})

    assert "There would be more beds than people who may live there." in page.content.decode()
    assert not Unit.objects.exists()


def test_a_name_is_for_a_single_bed(keeper: User, site: Site) -> None:
    unit = make_unit(site, by=keeper)
    data = {"number": "2", "label": "У окна", "kind": "single", **day("opened_on", date(2026, 1, 1))}

    page = signed_in(keeper).post(reverse("add_beds", args=[unit.pk]), data)

    assert "Only a single bed takes a name." in page.content.decode()
    assert not Bed.objects.exists()


def test_a_bed_is_blocked_and_free_again(keeper: User, site: Site) -> None:
    browser, bed = signed_in(keeper), make_bed(site=site)
    today = site.today(timezone.now())
    data = {"reason": "repair", "note": "Течёт крыша"} | day("since", today) | day("until", today + timedelta(days=9))

    assert browser.post(reverse("block_bed", args=[bed.pk]), data).status_code == 302
    shown = browser.get(reverse("site", args=[site.pk])).content.decode()
    block = BedBlock.objects.get()
    browser.post(reverse("end_block", args=[block.pk]), {"version": block.version} | day("on", today))

    assert "Течёт крыша" in shown
    assert "blocked from" in shown
    block.refresh_from_db()
    assert block.until == today
    assert "free" in browser.get(reverse("site", args=[site.pk])).content.decode()


def test_a_bed_in_which_somebody_is_placed_is_neither_blocked_nor_closed(keeper: User, site: Site) -> None:
    browser, bed = signed_in(keeper), make_bed(site=site)
    today = site.today(timezone.now())
    client = make_client(team=team_of(keeper), by=keeper, family_name="Тайнова")
    book({client: bed}, by=keeper, now=timezone.now(), since=today)

    blocked = browser.post(reverse("block_bed", args=[bed.pk]), {"reason": "repair"} | day("since", today))
    closed = browser.post(reverse("close_bed", args=[bed.pk]), {"version": bed.version} | day("on", today))

    assert f"{bed.place} is taken from" in blocked.content.decode()
    assert "Somebody is placed there on" in closed.content.decode()
    assert "Тайнова" not in blocked.content.decode() + closed.content.decode()
    bed.refresh_from_db()
    assert bed.closed_on is None


def test_a_site_closes_with_everything_in_it_and_opens_again(keeper: User, site: Site) -> None:
    browser, bed = signed_in(keeper), make_bed(site=site)
    today = site.today(timezone.now())

    browser.post(reverse("close_site", args=[site.pk]), {"version": site.version} | day("on", today))

    bed.refresh_from_db()
    assert bed.closed_on == today
    assert site.code not in browser.get(reverse("sites")).content.decode()
    assert site.code in browser.get(reverse("sites"), {"shown": "closed"}).content.decode()
    site.refresh_from_db()
    browser.post(reverse("reopen_site", args=[site.pk]), {"version": site.version})
    bed.refresh_from_db()
    assert bed.closed_on is None


def test_the_page_of_a_site_tells_nobody_who_lives_there(keeper: User, site: Site) -> None:
    client = make_client(team=team_of(keeper), by=keeper, family_name="Тайнова")
    book({client: make_bed(site=site)}, by=keeper, now=timezone.now(), since=site.today(timezone.now()))

    page = signed_in(keeper).get(reverse("site", args=[site.pk])).content.decode()

    assert "taken from" in page
    assert "Тайнова" not in page
    assert client.reference not in page
    assert Event.objects.filter(type="housing.site_seen", subject_id=str(site.pk)).count() == 1


def test_caseworkers_read_and_do_not_change(keeper: User, site: Site) -> None:
    browser = signed_in(make_user(team=team_of(keeper)))

    page = browser.get(reverse("site", args=[site.pk]))

    assert page.status_code == 200
    assert reverse("change_site", args=[site.pk]) not in page.content.decode()
    assert browser.get(reverse("open_site")).status_code == 403
    assert browser.post(reverse("close_site", args=[site.pk])).status_code == 403


def test_who_keeps_places_elsewhere_changes_none_here(keeper: User, site: Site) -> None:
    reader = make_user(team=team_of(keeper))
    make_membership(reader, Role.COORDINATOR, team=make_team())
    bed = make_bed(site=site)
    block = make_block(bed, by=keeper)
    browser = signed_in(reader)

    page = browser.get(reverse("site", args=[site.pk])).content.decode()
    addresses = [
        *(reverse(name, args=[site.pk]) for name in ("change_site", "close_site", "reopen_site", "add_unit")),
        *(reverse(name, args=[bed.unit_id]) for name in ("change_unit", "close_unit", "reopen_unit", "add_beds")),
        *(reverse(name, args=[bed.pk]) for name in ("change_bed", "close_bed", "reopen_bed", "block_bed")),
        *(reverse(name, args=[block.pk]) for name in ("change_block", "end_block")),
    ]

    assert reverse("change_site", args=[site.pk]) not in page
    assert {(address, browser.get(address).status_code) for address in addresses} == {(it, 404) for it in addresses}
    assert {browser.post(address).status_code for address in addresses} == {404}


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CASEWORKER])
def test_a_site_of_another_team_answers_like_one_that_is_missing(site: Site, role: Role) -> None:
    browser: Browser = signed_in(make_user(role))

    foreign = browser.get(reverse("site", args=[site.pk]))
    missing = browser.get(reverse("site", args=[uuid.uuid4()]))

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert site.code not in browser.get(reverse("sites")).content.decode()


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.REPORT_READER, Role.POLICY_EDITOR])
def test_other_roles_know_of_no_places(site: Site, role: Role) -> None:
    assert signed_in(make_user(role)).get(reverse("sites")).status_code == 403


def test_pages_of_places_take_few_queries_at_every_size(keeper: User, site: Site) -> None:
    browser = signed_in(keeper)
    make_beds(2, site=site)
    browser.get(reverse("site", args=[site.pk]))
    with counted_queries() as few:
        browser.get(reverse("site", args=[site.pk]))
    with counted_queries() as few_sites:
        browser.get(reverse("sites"))
    for _number in range(4):
        make_block(make_beds(3, site=site)[0], by=keeper)
        make_site(team=team_of(keeper), by=keeper)
    with counted_queries() as many:
        browser.get(reverse("site", args=[site.pk]))
    with counted_queries() as many_sites:
        browser.get(reverse("sites"))

    assert len(few) == len(many) <= 12
    assert len(few_sites) == len(many_sites) <= 12


def test_in_russian_nothing_is_left_in_english(keeper: User, site: Site) -> None:
    keeper.language = "ru"
    keeper.save()
    make_block(make_beds(2, site=site)[0], by=keeper)
    browser = signed_in(keeper)

    page = browser.get(reverse("site", args=[site.pk])).content.decode()

    assert "Комнаты и кровати" in page
    assert "Rooms and beds" not in page


@pytest.mark.parametrize(
    ("language", "says"),
    [("en", "Rules of this house"), ("ky", "Бул үйдүн эрежелери"), ("mn", "Энэ байрны дүрэм")],
)
def test_the_rules_of_a_house_are_printed_as_they_were_written_without_its_address(
    keeper: User, language: str, says: str
) -> None:
    site = make_site(
        team=team_of(keeper),
        by=keeper,
        house_rules="Тихо после десяти.",
        contact_name="Хозяев Вымысел",
        line="ул. Тайная, 3",
    )
    caseworker = make_user(team=team_of(keeper))
    url = reverse("house_rules", args=[site.pk])

    page = signed_in(caseworker).get(url, {"language": language}).content.decode()

    paper = page.split(f'<article class="sheet" lang="{language}">')[1].split("</article>")[0]
    assert says in paper
    assert "Тихо после десяти." in paper
    assert site.code in paper
    for hidden in (site.name, site.line, site.contact_name, keeper.display_name):
        assert hidden not in paper
    assert url in signed_in(caseworker).get(reverse("site", args=[site.pk])).content.decode()
    assert Event.objects.filter(type="housing.house_rules_printed", subject_id=site.pk).exists()


def test_a_house_without_rules_or_of_another_team_has_no_such_paper(keeper: User, site: Site) -> None:
    url = reverse("house_rules", args=[site.pk])
    assert signed_in(keeper).get(url).status_code == 404
    assert url not in signed_in(keeper).get(reverse("site", args=[site.pk])).content.decode()

    ruled = make_site(team=team_of(keeper), by=keeper, house_rules="Тихо после десяти.")
    assert signed_in(make_user(Role.COORDINATOR)).get(reverse("house_rules", args=[ruled.pk])).status_code == 404
