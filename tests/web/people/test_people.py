"""Users, teams and invitations on pages for administrators."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import Invitation, Team, User
from casework.accounts.roles import Role
from tests.factories.accounts import PASSWORD, make_membership, make_team, make_user
from tests.web.sign_in.test_step_up import wait

pytestmark = pytest.mark.django_db

EMAIL = "new.colleague@example.org"


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def admin() -> User:
    return make_user(Role.ADMINISTRATOR, name="Test Administrator")


@pytest.fixture
def browser(admin: User) -> Browser:
    browser = Browser()
    browser.force_login(admin)
    return browser


def link_in(page: str) -> str:
    found = re.search(r'value="https?://[^/]+(/invitation/[^"]+)"', page)
    assert found
    return found[1]


def test_it_lists_people_with_roles_invitations_and_teams(browser: Browser) -> None:
    make_user(team=make_team(name="Almaty"), name="Test Caseworker")
    browser.post("/people/invitations/new/", {"email": EMAIL, "role": "auditor", "team": ""})

    page = browser.get("/people/").content.decode()

    assert "Test Caseworker" in page
    assert "Caseworker, Almaty" in page
    assert EMAIL in page


def test_somebody_invited_makes_an_account_and_signs_in(
    browser: Browser, django_capture_on_commit_callbacks: Any
) -> None:
    team = make_team()
    with django_capture_on_commit_callbacks(execute=True):
        page = browser.post("/people/invitations/new/", {"email": EMAIL, "role": "caseworker", "team": team.pk})
    link, stranger = link_in(page.content.decode()), Browser()
    letter = mail.outbox[0]

    assert letter.to == [EMAIL]
    assert link in letter.body
    assert "refugee" not in letter.body.lower()
    typed = {"display_name": "New Colleague", "password": "short"}
    refused = stranger.post(link, typed).content.decode()
    assert "New Colleague" in refused
    assert 'value="short"' in refused
    answer = stranger.post(link, typed | {"password": "quite a long sentence"})
    assert answer["Location"] == "/account/login/"
    assert stranger.get(link).status_code == 404
    stranger.post("/account/login/", {"login": EMAIL, "password": "quite a long sentence"})
    assert stranger.get("/account/settings/").status_code == 200


def test_a_link_that_never_was_and_one_that_is_gone_answer_alike(browser: Browser) -> None:
    page = browser.post("/people/invitations/new/", {"email": EMAIL, "role": "auditor", "team": ""})
    link = link_in(page.content.decode())
    browser.post(f"/people/invitations/{Invitation.objects.get().pk}/withdraw/")

    gone, never = Browser().get(link), Browser().get("/invitation/never/")

    assert gone.status_code == never.status_code == 404
    assert gone.content.replace(b"/invitation/never/", b"") == never.content.replace(b"/invitation/never/", b"") or (
        re.sub(rb'value="[^"]*"', b"", gone.content) == re.sub(rb'value="[^"]*"', b"", never.content)
    )


def test_an_invitation_that_is_refused_keeps_what_was_typed(browser: Browser, admin: User) -> None:
    page = browser.post("/people/invitations/new/", {"email": admin.email, "role": "auditor", "team": ""})

    assert "has an account" in page.content.decode()
    assert f'value="{admin.email}"' in page.content.decode()


def test_roles_are_granted_and_ended(browser: Browser) -> None:
    user, team = make_user(None), make_team()
    browser.post(f"/people/{user.pk}/roles/new/", {"role": "coordinator", "team": team.pk})
    membership = user.memberships.get()

    assert "Coordinator, Bishkek" in browser.get(f"/people/{user.pk}/").content.decode()
    browser.post(f"/people/roles/{membership.pk}/end/")
    assert "No role yet" in browser.get(f"/people/{user.pk}/").content.decode()


def test_a_role_without_its_team_is_refused_in_a_sentence(browser: Browser) -> None:
    page = browser.post(f"/people/{make_user(None).pk}/roles/new/", {"role": "caseworker", "team": ""})

    assert "Choose the team" in page.content.decode()


def test_an_administrator_changes_no_role_of_their_own(browser: Browser, admin: User) -> None:
    browser.post(f"/people/{admin.pk}/roles/new/", {"role": "auditor", "team": ""})
    browser.post(f"/people/roles/{admin.memberships.get().pk}/end/")

    assert [membership.ends_at for membership in admin.memberships.all()] == [None]
    assert "your own account" in browser.get(f"/people/{admin.pk}/").content.decode()


def test_a_disabled_user_is_out_at_the_next_request_and_cannot_come_back(browser: Browser) -> None:
    user, theirs = make_user(), Browser()
    theirs.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert theirs.get("/account/settings/").status_code == 200

    browser.post(f"/people/{user.pk}/disable/")

    assert theirs.get("/account/settings/").status_code == 302
    assert theirs.post("/account/login/", {"login": user.email, "password": PASSWORD}).status_code == 200
    browser.post(f"/people/{user.pk}/enable/")
    assert theirs.post("/account/login/", {"login": user.email, "password": PASSWORD}).status_code == 302


def test_teams_are_opened_and_changed(browser: Browser) -> None:
    typed = {"name": "Almaty", "code": "ALA", "country": "KZ", "time_zone": "Asia/Almaty"}
    assert browser.post("/teams/new/", typed).status_code == 302
    assert "Another team" in browser.post("/teams/new/", typed).content.decode()
    team = Team.objects.get()

    browser.post(f"/teams/{team.pk}/", typed | {"name": "Almaty centre", "is_active": "on"})

    team.refresh_from_db()
    assert (team.name, team.code, team.is_active) == ("Almaty centre", "ALA", True)


def test_everybody_reads_what_each_role_may_do() -> None:
    reader = Browser()
    reader.force_login(make_user(Role.REPORT_READER))

    page = reader.get("/roles/").content.decode()

    assert "Auditor" in page
    assert "see who did what" in page


def test_people_change_their_own_details() -> None:
    user, browser = make_user(), Browser()
    make_user(Role.AUDITOR)
    browser.force_login(user)
    assert len(browser.get("/account/settings/").context["roles"]) == 1
    assert (
        browser.post("/account/settings/", {"display_name": "", "language": "en", "time_zone": ""}).status_code == 200
    )

    browser.post("/account/settings/", {"display_name": "Новое Имя", "language": "ru", "time_zone": "Asia/Almaty"})

    user.refresh_from_db()
    assert (user.display_name, user.language, user.time_zone) == ("Новое Имя", "ru", "Asia/Almaty")
    assert 'lang="ru"' in browser.get("/account/settings/").content.decode()


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("address", ["/people/", "/account/settings/", "/people/invitations/new/", "person"])
def test_pages_ask_the_database_at_most_twelve_times(
    browser: Browser, admin: User, rows: int, address: str, django_assert_max_num_queries: Any
) -> None:
    user = make_user(None)
    for number in range(rows):
        make_membership(user, Role.CASEWORKER)
        Invitation.objects.create(
            email=f"n{number}@example.org",
            role="auditor",
            token_hash=str(number).encode(),
            invited_by=admin,
            invited_at=timezone.now(),
            expires_at=timezone.now() + timedelta(hours=48),
        )

    with django_assert_max_num_queries(12):
        assert browser.get(f"/people/{user.pk}/" if address == "person" else address).status_code == 200


def test_to_change_a_team_asks_who_it_is(browser: Browser) -> None:
    """A team that is closed or opened again takes its cases from everybody in it, or gives them back."""
    team = make_team(name="Almaty")
    wait(browser)

    answer = browser.post(f"/teams/{team.pk}/", {"name": "Almaty", "code": team.code})

    assert answer["Location"].startswith("/account/reauthenticate/")
    assert Team.objects.get(pk=team.pk).is_active


def test_two_who_change_a_team_do_not_undo_each_other(browser: Browser) -> None:
    """One opens the page; meanwhile another administrator closes the team and names it anew."""
    team = make_team(name="Almaty", country="KZ", time_zone="Asia/Almaty")
    url = f"/teams/{team.pk}/"
    opened = browser.get(url).context["form"].initial["as_opened"]
    typed = {"name": "Almaty", "country": "KZ", "time_zone": "Asia/Qyzylorda", "is_active": "on", "as_opened": opened}
    Team.objects.filter(pk=team.pk).update(is_active=False)

    browser.post(url, typed)
    team.refresh_from_db()
    assert (team.time_zone, team.is_active) == ("Asia/Qyzylorda", False)

    Team.objects.filter(pk=team.pk).update(name="Almaty centre")
    refused = browser.post(url, typed | {"name": "Almaty office", "is_active": ""})
    assert "now it says “Almaty centre”" in refused.content.decode()
    team.refresh_from_db()
    assert team.name == "Almaty centre"
    again = refused.context["form"]["as_opened"].value()
    assert browser.post(url, typed | {"name": "Almaty office", "is_active": "", "as_opened": again}).status_code == 302
    team.refresh_from_db()
    assert (team.name, team.is_active) == ("Almaty office", False)


def test_unknown_people_and_teams_are_not_found(browser: Browser) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    assert browser.get(f"/people/{nobody}/").status_code == 404
    assert browser.get(f"/teams/{nobody}/").status_code == 404
    assert browser.get(f"/people/{nobody}/enable/").status_code == 405
