"""The list of the first hour: in the demo alone, ticked by one's own acts since one first signed in, and hidden on request."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client as Browser
from django.utils import timezone, translation

from casework.accounts.models import User
from casework.accounts.roles import DEFINITIONS, Role
from casework.audit.record import record
from casework.lifecycle.demo.logins import LOGINS
from casework.web.audit.wording import SENTENCES
from casework.web.help.first_hour import FIRST_HOUR, role_of, tried
from casework.web.help.shape import ON_A_PAGE
from casework.web.templatetags.components import url_if_any
from tests.counting import counted_queries
from tests.factories.accounts import LONG_AGO, PASSWORD, make_membership, make_user

EVERY = [it for tries in FIRST_HOUR.values() for it in tries]


@pytest.fixture
def demo(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    settings.DEMO = True


def come_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def demo_user(role: Role | None) -> User:
    """Somebody whose login the demo prints."""
    user = User.objects.create_user(LOGINS[0].email, PASSWORD, display_name="Demo", language="en", now=LONG_AGO)
    if role is not None:
        make_membership(user, role)
    return user


def did(user: User, *types: str, at: datetime | None = None) -> None:
    for event in types:
        record(event, by=user, now=at or timezone.now())


def ticks(user: User) -> list[bool]:
    return [is_done for _try, is_done in tried(user, FIRST_HOUR[Role.CASEWORKER])]


def test_every_role_has_five_things_to_try_on_pages_that_are_there() -> None:
    assert set(FIRST_HOUR) == set(Role)
    assert {len(tries) for tries in FIRST_HOUR.values()} == {5}
    assert [it.page for it in EVERY if not url_if_any(it.page)] == []


def test_things_are_ticked_by_events_that_the_trail_knows() -> None:
    assert {event for it in EVERY for event in it.events} - set(SENTENCES) == set()


@pytest.mark.parametrize("language", ["en", "ru", "ky"])
def test_the_words_of_pages_are_the_same_in_every_language(language: str) -> None:
    said = [sorted(ON_A_PAGE.findall(str(it.text))) for it in EVERY]

    with translation.override(language):
        assert [sorted(ON_A_PAGE.findall(str(it.text))) for it in EVERY] == said


def test_the_list_is_that_of_the_role_with_most_to_do() -> None:
    both = DEFINITIONS[Role.CASEWORKER].permissions | DEFINITIONS[Role.COORDINATOR].permissions

    assert role_of(both) == Role.COORDINATOR
    assert {role_of(it.permissions) for it in DEFINITIONS.values()} == set(Role)
    assert role_of([]) is None


@pytest.mark.django_db
def test_what_one_did_is_ticked() -> None:
    user = make_user()
    did(user, "accounts.signed_in", "clients.searched", "clients.searched", "lifecycle.case_logged")

    assert ticks(user) == [False, True, True, False, False]


@pytest.mark.django_db
def test_what_a_colleague_did_is_not_ticked() -> None:
    user, colleague = make_user(), make_user()
    did(user, "accounts.signed_in")
    did(colleague, "clients.searched", "residency.deadline_done")

    assert ticks(user) == [False] * 5


@pytest.mark.django_db
def test_what_was_done_in_ones_name_before_one_signed_in_is_not_ticked() -> None:
    user = make_user()
    did(user, "lifecycle.case_logged", "residency.deadline_done", at=timezone.now() - timedelta(days=9))
    did(user, "accounts.signed_in", "residency.deadline_seen")

    assert ticks(user) == [True, False, False, False, False]


@pytest.mark.django_db
def test_the_start_page_of_the_demo_has_the_list_for_one_query_more(demo: None, settings: Any) -> None:
    user = demo_user(Role.AUDITOR)
    browser = come_in(user)
    did(user, "accounts.signed_in")
    browser.get("/audit/")
    with counted_queries() as asked:
        page = browser.get("/audit/").content.decode()

    settings.DEMO = False
    with counted_queries() as outside:
        page_outside = browser.get("/audit/").content.decode()

    assert "Your first hour" in page
    assert "1/5" in page
    assert 'href="/help/auditor/"' in page
    assert "Your first hour" not in page_outside
    assert len(asked) == len(outside) + 1


@pytest.mark.django_db
def test_it_stands_on_start_pages_only_and_for_logins_of_the_demo(demo: None) -> None:
    browser = come_in(demo_user(Role.CASEWORKER))

    assert "Your first hour" in browser.get("/my-day/").content.decode()
    assert "Your first hour" not in browser.get("/cases/new/").content.decode()
    assert "Your first hour" not in come_in(make_user(Role.CASEWORKER)).get("/my-day/").content.decode()


@pytest.mark.django_db
def test_who_has_no_role_has_nothing_to_try(demo: None) -> None:
    assert "Your first hour" not in come_in(demo_user(None)).get("/help/").content.decode()


@pytest.mark.django_db
def test_it_is_hidden_on_request_and_stays_on_the_help_page(demo: None) -> None:
    browser = come_in(demo_user(Role.AUDITOR))

    answer = browser.post("/help/first-hour/hide/")

    assert answer["Location"] == "/"
    assert "Your first hour" not in browser.get("/audit/").content.decode()
    assert "Your first hour" in browser.get("/help/").content.decode()
    assert "Hide this list" not in browser.get("/help/").content.decode()


@pytest.mark.django_db
def test_there_is_nothing_to_hide_outside_the_demo(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    settings.DEMO = False
    browser = come_in(demo_user(Role.AUDITOR))

    assert "Your first hour" not in browser.get("/audit/").content.decode()
    assert browser.post("/help/first-hour/hide/").status_code == 404
    assert browser.get("/help/first-hour/hide/").status_code == 405
