"""Archived cases: out of lists and searches, read-only, and taken out again. And what the header says of a case."""

from datetime import date

import pytest
from django.urls import reverse

from casework.clients import actions
from casework.clients.models import Case
from casework.lib.dates import Birth
from casework.web.cases.header import case_header
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_address, make_client, make_transfer

from .pages import World, make_world, signed_in

pytestmark = pytest.mark.django_db


def archived_world() -> World:
    world = make_world()
    actions.close_case(case=world.case, reason="needs_met", version=1, by=world.worker, now=NOW)
    world.browser.post(reverse("archive_case", args=[world.case.code]), {"version": "2"})
    return world


def test_an_archived_case_is_listed_and_found_only_where_the_archive_is_asked_for() -> None:
    world = archived_world()
    code = world.case.code

    lists = {each: code in world.browser.get(f"/cases/?status={each}").content.decode() for each in ("closed", "any", "archived")}  # fmt: skip
    found = [
        code in world.browser.post("/search/", {"q": "Образцова"} | extra).content.decode()
        for extra in ({}, {"archived": "on"})
    ]

    assert lists == {"closed": False, "any": False, "archived": True}
    assert found == [False, True]


def test_an_archived_case_of_another_team_is_not_found_in_the_archive() -> None:
    world = archived_world()

    answer = signed_in(make_user()).post("/search/", {"q": world.client.reference, "archived": "on"})

    assert answer.context["hits"] == []


def test_an_archived_case_says_so_and_nothing_of_it_can_be_changed() -> None:
    world = archived_world()

    page = world.browser.get(world.urls()["case"]).content.decode()

    assert "Archived, read-only" in page
    assert "Take it out of the archive" in page
    for name in ("change_client", "write_note", "reopen_case", "record_contact", "assign_case", "add_client"):
        assert world.browser.get(world.urls()[name]).status_code == 404, name


def test_it_is_taken_out_of_the_archive_by_whoever_could_change_it() -> None:
    world = archived_world()
    url = reverse("unarchive_case", args=[world.case.code])

    assert signed_in(make_user()).post(url, {"version": "3"}).status_code == 404
    world.browser.post(url, {"version": "3"})

    assert Case.objects.get().archived_at is None
    assert world.browser.get(world.urls()["change_client"]).status_code == 200
    assert world.browser.get(url).status_code == 404


def test_an_open_case_is_not_archived() -> None:
    world = make_world()

    page = world.browser.post(reverse("archive_case", args=[world.case.code]), {"version": "1"})

    assert "Close it first" in page.content.decode()


def test_the_header_says_that_children_are_alone_and_that_it_is_offered_in_five_queries() -> None:
    child = make_client(birth=Birth(year=2014))
    offer = make_transfer(child.case, make_user())
    case = Case.objects.select_related("team", "data_key").get()
    case_header(case, NOW)

    with counted_queries() as asked:
        header = case_header(case, NOW)

    assert len(asked) <= 5
    assert header.children_alone
    assert header.offer_url == reverse("transfer", args=[offer.pk])


def test_the_overview_says_in_its_header_in_which_town_they_live() -> None:
    world = make_world()
    make_address(world.client, by=world.worker, city="Ош", line="ул. Тайная, 5", since=date(2026, 10, 1))

    header = world.browser.get(world.urls()["case"]).context["header"]

    assert header.town == "Ош"


def test_a_family_with_an_adult_is_no_children_alone_and_an_unknown_birth_is_no_reason() -> None:
    child = make_client(birth=Birth(year=2014))
    make_client(case=child.case, birth=Birth())

    assert not case_header(Case.objects.select_related("team", "data_key").get(), NOW).children_alone
