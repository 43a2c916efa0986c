"""One's own sessions, and being out at once: by one's own hand, an administrator's, a disabled account."""

import pytest
from django.conf import LazySettings
from django.test import Client as Browser

from casework.accounts.models import Session, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1"


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


def signed_in(user: User, user_agent: str = FIREFOX) -> Browser:
    browser = Browser(headers={"user-agent": user_agent})
    browser.post("/account/login/", {"login": user.email, "password": PASSWORD})
    return browser


def is_in(browser: Browser) -> bool:
    return browser.get("/account/settings/").status_code == 200


@pytest.fixture
def user() -> User:
    return make_user()


@pytest.fixture
def administrator() -> Browser:
    browser = Browser()
    browser.force_login(make_user(Role.ADMINISTRATOR))
    return browser


def test_the_page_lists_where_one_is_signed_in_and_marks_this_browser(user: User) -> None:
    here, _there, _another = signed_in(user), signed_in(user, PHONE), signed_in(make_user())
    page = here.get("/account/sessions/")

    assert [(each.browser, each.system) for each in page.context["here"]] == [("Firefox", "Linux")]
    assert [(each.browser, each.system) for each in page.context["others"]] == [("Safari", "iPhone")]


def test_the_table_does_not_say_with_what_somebody_signed_in(user: User) -> None:
    signed_in(user)

    assert "Firefox" not in str(list(Session.objects.values()))


def test_one_session_is_ended_and_the_others_stay(user: User) -> None:
    here, there, third = signed_in(user), signed_in(user, PHONE), signed_in(user)
    refs = {each.system: each.ref for each in here.get("/account/sessions/").context["others"]}
    here.post("/account/sessions/end/", {"session": refs["iPhone"]})

    assert (is_in(here), is_in(there), is_in(third)) == (True, False, True)
    assert Event.objects.get(type="accounts.sessions_ended").data == {"count": 1}


def test_nobody_ends_the_session_of_somebody_else(user: User) -> None:
    here, stranger = signed_in(user), signed_in(make_user())
    ref = stranger.get("/account/sessions/").context["here"][0].ref
    here.post("/account/sessions/end/", {"session": ref})

    assert is_in(stranger)


def test_all_other_sessions_are_ended_at_once(user: User) -> None:
    here, there, third = signed_in(user), signed_in(user, PHONE), signed_in(user)
    here.post("/account/sessions/end-others/")

    assert (is_in(here), is_in(there), is_in(third)) == (True, False, False)


def test_an_administrator_signs_somebody_out_everywhere(user: User, administrator: Browser) -> None:
    here, there = signed_in(user), signed_in(user, PHONE)
    administrator.post(f"/people/{user.pk}/sign-out/")

    assert (is_in(here), is_in(there), is_in(administrator)) == (False, False, True)
    event = Event.objects.get(type="accounts.sessions_ended")
    assert (event.subject_id, event.data) == (str(user.pk), {"count": 2})


@pytest.mark.parametrize("path", ["/", "/my-day/", "/cases/", "/files/00000000-0000-4000-8000-000000000000/content/"])
@pytest.mark.parametrize("session_is_left", [False, True])
def test_the_next_request_of_a_disabled_user_is_refused(
    user: User, administrator: Browser, path: str, session_is_left: bool
) -> None:
    browser = signed_in(user)
    if session_is_left:  # ended sessions are the first wall; this is the second
        User.objects.filter(pk=user.pk).update(is_active=False)
    else:
        administrator.post(f"/people/{user.pk}/disable/")

    for headers in ({}, {"HX-Request": "true"}):
        answer = browser.get(path, headers=headers)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/account/login/")
    assert browser.post(path).status_code == 302


def test_the_admin_is_shut_to_a_disabled_keeper_of_rules(administrator: Browser) -> None:
    keeper = make_user(Role.POLICY_EDITOR)
    browser = signed_in(keeper)
    assert browser.get("/admin/").status_code == 200
    administrator.post(f"/people/{keeper.pk}/disable/")

    assert browser.get("/admin/").status_code == 302
    assert signed_in(keeper).get("/admin/").status_code == 302
