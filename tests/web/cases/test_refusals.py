"""Who does not get to these pages, whatever the page."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.roles import DEFINITIONS, Role
from casework.clients import actions
from tests.factories.accounts import NOW, make_user

from .pages import make_world, signed_in

pytestmark = pytest.mark.django_db

PAGES = [
    "case",
    "assign_case",
    "change_priority",
    "close_case",
    "reopen_case",
    "add_client",
    "write_note",
    "pin_note",
    "client",
    "change_client",
    "record_contact",
    "change_contact",
    "end_contact",
    "resume_contact",
    "record_address",
    "change_address",
    "end_address",
    "resume_address",
]
READ_ONLY = {"case", "client"}
POSTED_ONLY = {"pin_note"}
LISTS = ["cases", "log_case", "search"]


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_is_sent_to_the_sign_in(name: str) -> None:
    url = make_world().urls()[name]

    for answer in (Browser().get(url), Browser().post(url)):
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", PAGES)
def test_another_team_learns_nothing(name: str) -> None:
    url, elsewhere = make_world().urls()[name], signed_in(make_user())

    answers = [elsewhere.post(url)] if name in POSTED_ONLY else [elsewhere.get(url)]
    if name not in READ_ONLY:
        answers.append(elsewhere.post(url, {"version": "1"}))

    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("name", PAGES)
def test_a_colleague_who_is_not_named_on_a_restricted_case_learns_nothing(name: str) -> None:
    world = make_world()
    people = [world.worker, make_user(team=world.team)]
    actions.restrict_case(case=world.case, people=people, version=1, by=world.worker, now=NOW)
    unnamed = signed_in(make_user(team=world.team))
    url = world.urls()[name]

    answer = unnamed.post(url) if name in POSTED_ONLY else unnamed.get(url)

    assert answer.status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if not DEFINITIONS[role].of_a_team])
@pytest.mark.parametrize("name", [*PAGES, *LISTS])
def test_roles_without_people_are_refused(name: str, role: Role) -> None:
    url = reverse(name) if name in LISTS else make_world().urls()[name]

    answer = signed_in(make_user(role)).get(url)

    assert answer.status_code in ({405} if name in POSTED_ONLY else {403}) | {403}


@pytest.mark.parametrize("name", LISTS)
def test_a_stranger_sees_no_list(name: str) -> None:
    assert Browser().get(reverse(name)).url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", [*sorted(READ_ONLY), "cases"])
def test_what_is_read_cannot_be_posted_to(name: str) -> None:
    world = make_world()
    url = reverse(name) if name in LISTS else world.urls()[name]

    assert world.browser.post(url).status_code == 405


@pytest.mark.parametrize("name", sorted(POSTED_ONLY))
def test_what_acts_at_once_is_posted(name: str) -> None:
    world = make_world()

    assert world.browser.get(world.urls()[name]).status_code == 405


@pytest.mark.parametrize("name", [name for name in PAGES if name not in POSTED_ONLY])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_opens_in_both_languages(name: str, language: str) -> None:
    world = make_world()
    world.worker.language = language
    world.worker.save(update_fields=["language"])

    assert world.browser.get(world.urls()[name]).status_code == 200


@pytest.mark.parametrize("name", [name for name in PAGES if name not in POSTED_ONLY])
def test_no_page_names_a_person_in_its_title_or_address(name: str) -> None:
    world = make_world()
    url = world.urls()[name]

    page = world.browser.get(url).content.decode()

    title = page[page.index("<title>") : page.index("</title>")]
    assert world.client.family_name not in title + url
    assert world.client.given_name not in title + url
