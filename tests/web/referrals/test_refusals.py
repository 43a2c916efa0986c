"""Who does not get to the pages of referrals, whatever the page."""

import pytest
from django.urls import reverse

from casework.accounts.roles import DEFINITIONS, Role
from casework.clients import actions
from tests.factories.accounts import NOW, make_user
from tests.web.cases.pages import signed_in

from .pages import LISTS, make_world

pytestmark = pytest.mark.django_db


def test_another_team_learns_nothing() -> None:
    world, elsewhere = make_world(), signed_in(make_user())

    answers = {name: elsewhere.get(url).status_code for name, url in world.urls().items()}
    posted = {elsewhere.post(url, {"version": "1"}).status_code for url in world.urls().values()}

    assert set(answers.values()) == {404}
    assert posted <= {404, 405}


def test_a_colleague_who_is_not_named_on_a_restricted_case_learns_nothing() -> None:
    world = make_world()
    people = [world.worker, make_user(team=world.client.case.team)]
    actions.accept_incoming(referral=world.incoming, case=world.client.case, by=world.worker, now=NOW)
    case = world.client.case
    case.refresh_from_db()
    actions.restrict_case(case=case, people=people, version=case.version, by=world.worker, now=NOW)
    unnamed = signed_in(make_user(team=case.team))

    assert {unnamed.get(url).status_code for url in world.urls().values()} == {404}
    for name in ("referrals", "referrals_in"):
        page = unnamed.get(reverse(name), {"state": "any"}).content.decode()
        assert case.code not in page
        assert "Присланный" not in page


def test_roles_without_people_are_refused() -> None:
    world = make_world()
    urls = [*world.urls().values(), *(reverse(name) for name in LISTS)]

    for role in (role for role in Role if not DEFINITIONS[role].of_a_team):
        browser = signed_in(make_user(role))
        assert {browser.get(url).status_code for url in urls} == {403}, role


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_opens_and_names_nobody_in_title_or_address(language: str) -> None:
    world = make_world()
    world.worker.language = language
    world.worker.save(update_fields=["language"])

    for url in [*world.urls().values(), *(reverse(name) for name in LISTS)]:
        answer = world.browser.get(url)
        page = answer.content.decode()
        title = page[page.index("<title>") : page.index("</title>")]
        assert answer.status_code == 200, url
        assert not any(name in title + url for name in ("Образцова", "Вымышлена", "Присланный"))


def test_a_step_that_there_is_not_is_not_found() -> None:
    world = make_world()

    assert world.browser.get(reverse("step_referral", args=[world.sent.pk, "explode"])).status_code == 404
