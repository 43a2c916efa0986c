"""While somebody types, people on file who look alike are shown, of those whom the reader may see."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.urls import reverse

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import Client, SuspectedPair
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_client, make_contact
from tests.factories.documents import make_document
from tests.web.cases.pages import make_world, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/duplicates/look/"
TYPED = {"family_name": "Ооржак", "given_name": "Наталья", "fragment": "1"}


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


def make_natalya(**more: Any) -> Client:
    return make_client(**{"family_name": "Oorzhak", "given_name": "Natalya"} | more)


def look(user: User, **typed: str) -> str:
    answer = signed_in(user).post(URL, TYPED | typed)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_who_is_known_in_other_letters_is_shown_with_case_team_and_why() -> None:
    worker = make_user()
    natalya = make_natalya(team=team_of(worker))

    page = look(worker)

    assert "Oorzhak Natalya" in page
    assert natalya.case.code in page
    assert team_of(worker).name in page
    assert "the same name in other letters" in page


def test_another_team_shows_in_no_word_and_no_query() -> None:
    worker = make_user()
    make_client(team=team_of(worker), family_name="Совсем", given_name="Другая")
    before, browser = look(worker), signed_in(worker)
    with counted_queries() as asked_before:
        browser.post(URL, TYPED)
    make_document(natalya := make_natalya(), number="70 1234567")
    make_contact(natalya, value="+996 555 777777")
    numbers = {"document_number": "70 1234567", "reach": "+996 555 777777"}

    look(worker)
    with counted_queries() as asked:
        after = browser.post(URL, TYPED).content.decode()

    assert after == before
    assert len(asked) == len(asked_before) <= 12
    assert look(worker, **numbers) == before
    assert "on file among the cases that you may see" in after


def test_a_restricted_case_shows_to_nobody_who_is_not_named() -> None:
    worker = make_user()
    named = [make_user(team=team_of(worker)), make_user(team=team_of(worker))]
    natalya = make_natalya(team=team_of(worker))
    actions.restrict_case(case=natalya.case, people=named, version=1, by=named[0], now=NOW)

    assert "Oorzhak" not in look(worker)
    assert "Oorzhak" in look(named[0])


@pytest.mark.parametrize(
    "typed",
    [
        {"family_name": "Ооржак", "given_name": "", "birth_year": "1990"},
        {"family_name": "Иначе", "given_name": "", "document_number": "70 1234567"},
        {"family_name": "", "given_name": "", "reach": "0555 777777"},
        {"family_name": "", "given_name": "", "look_for": "family-0", "family-0-family_name": "Oorzhak N"},
    ],
)
def test_a_number_or_a_name_with_the_birth_year_is_enough(typed: dict[str, str]) -> None:
    worker = make_user()
    natalya = make_natalya(team=team_of(worker))
    make_document(natalya, number="70 1234567")
    make_contact(natalya, value="+996 555 777777")
    more = {"family-0-given_name": "Наталья", "family-0-family_name": "Ооржак"} if "look_for" in typed else {}

    assert "Oorzhak Natalya" in look(worker, **typed | more)


@pytest.mark.parametrize(
    "typed", [{"given_name": ""}, {"family_name": "", "given_name": ""}, {"birth_year": "tomorrow", "given_name": ""}]
)
def test_too_little_shows_nobody_and_refuses_nothing(typed: dict[str, str]) -> None:
    worker = make_user()
    make_natalya(team=team_of(worker))

    assert look(worker, **typed).strip() == ""


def test_without_a_script_the_answer_is_a_page_that_says_how_to_go_on() -> None:
    worker = make_user()
    make_natalya(team=team_of(worker))

    answer = signed_in(worker).post(URL, {"family_name": "Ооржак", "given_name": "Наталья", "look_for": ""})

    assert "Oorzhak Natalya" in answer.content.decode()
    assert "Close this one to go on" in answer.content.decode()


def test_the_audit_keeps_who_was_shown_and_not_what_was_typed() -> None:
    worker = make_user()
    natalya = make_natalya(team=team_of(worker))

    look(worker)

    event = Event.objects.get(type="clients.look_alikes_seen")
    assert event.data == {"clients": [str(natalya.pk)]}
    assert event.case_id is None


def test_brothers_and_sisters_of_the_case_are_not_shown_when_a_relative_is_added() -> None:
    world = make_world()
    typed = {"family_name": "Образцова", "given_name": "Вымышлина", "birth_year": "1990"}

    assert "Вымышлена" in look(world.worker, **typed)
    assert "Вымышлена" not in look(world.worker, **typed, look_case=world.case.code)


def test_a_person_who_is_changed_is_not_shown_themselves() -> None:
    worker = make_user()
    natalya = make_natalya(team=team_of(worker))

    assert "Oorzhak" not in look(worker, look_client=natalya.reference)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.DUPLICATE_REVIEWER, None])
def test_who_logs_no_cases_is_refused(role: Role | None) -> None:
    assert signed_in(make_user(role)).post(URL, TYPED).status_code == 403


def test_looking_by_an_address_is_refused() -> None:
    assert signed_in(make_user()).get(URL).status_code == 405


@pytest.mark.parametrize("page", ["log_case", "add_client", "change_client"])
def test_the_forms_say_the_same_to_everybody_and_have_the_button(page: str) -> None:
    world = make_world()
    url = reverse("log_case") if page == "log_case" else world.urls()[page]

    text = world.browser.get(url).content.decode()

    assert text.count("what looks alike is sent for review") == 1
    assert "Look for this person" in text


def test_whoever_is_added_twice_is_told_at_once_on_the_page_of_the_case() -> None:
    world = make_world()
    hidden = world.browser.get(world.urls()["add_client"]).context["form"]["id"].value()
    typed = {
        "id": str(hidden),
        "family_name": "Obraztsova",
        "given_name": "Vymyshlena",
        "relation": "other_relative",
        "birth_year": "1990",
        "sex": "unknown",
        "nationalities": ["RU"],
    }

    answer = world.browser.post(world.urls()["add_client"], typed)

    assert answer.status_code == 302, answer.context["form"].errors
    page = world.browser.get(world.urls()["case"]).content.decode()
    assert "Perhaps on file twice" in page
    assert reverse("pair", args=[SuspectedPair.objects.get().pk]) in page


def test_the_page_of_a_case_tells_nothing_of_a_pair_with_another_team() -> None:
    world = make_world()
    theirs = make_client(family_name="Obraztsova", given_name="Vymyshlena")
    actions.suspect(client=world.client, alike={theirs.pk: ["same_name"]}, now=NOW)

    for name in ("case", "client"):
        assert "on file twice" not in world.browser.get(world.urls()[name]).content.decode()


def test_a_case_with_pairs_asks_no_more_than_one_without() -> None:
    world = make_world()
    world.browser.get(world.urls()["case"])
    with counted_queries() as before:
        world.browser.get(world.urls()["case"])
    twin = make_client(team=world.team, family_name="Obraztsova", given_name="Vymyshlena")
    actions.suspect(client=world.client, alike={twin.pk: ["same_name"]}, now=NOW)

    with counted_queries() as after:
        page = world.browser.get(world.urls()["case"]).content.decode()

    assert twin.reference in page
    assert len(after) == len(before) <= 20
