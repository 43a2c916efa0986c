"""Asking on the page of a referral or a to-do to be reminded if no answer comes."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.clients import actions as clients
from casework.clients.models import Referral, ToDo
from casework.lib.ids import new_id
from casework.reminders.follow_up import FollowUp
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import hide, make_case, make_client
from tests.factories.referrals import make_sent_referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker() -> User:
    return make_user()


@pytest.fixture
def referral(worker: User) -> Referral:
    case = make_case(team=team_of(worker), caseworker=worker)
    return make_sent_referral(make_client(case=case), by=worker)


@pytest.fixture
def to_do(worker: User) -> ToDo:
    return clients.write_to_do(text="Придуманное письмо", owner=worker, by=worker, now=NOW)


def url_of(about: Referral | ToDo) -> str:
    return f"/referrals/{about.pk}/remind-me/" if isinstance(about, Referral) else f"/to-dos/{about.pk}/remind-me/"


def page_of(about: Referral | ToDo) -> str:
    return url_of(about).removesuffix("remind-me/")


def typed(days: int = 5) -> dict[str, Any]:
    on = timezone.now().date() + timedelta(days=days)
    return {"id": str(new_id()), "on_day": str(on.day), "on_month": str(on.month), "on_year": str(on.year)}


@pytest.mark.parametrize("name", ["referral", "to_do"])
def test_it_is_asked_for_shown_and_taken_back(
    client: Browser, worker: User, name: str, request: pytest.FixtureRequest
) -> None:
    about = request.getfixturevalue(name)
    client.force_login(worker)
    before = client.get(page_of(about)).content.decode()

    asked = client.post(url_of(about), typed(), follow=True).content.decode()
    row = FollowUp.objects.get()
    ended = client.post(f"/follow-ups/{row.pk}/end/", follow=True).content.decode()

    assert url_of(about) in before
    assert "You are reminded on" in asked
    assert "You are not reminded of it any more." in ended
    assert "You are reminded on" not in ended
    row.refresh_from_db()
    assert row.ended_at is not None


def test_a_day_that_is_no_good_is_said_and_nothing_is_kept(client: Browser, worker: User, referral: Referral) -> None:
    client.force_login(worker)

    page = client.post(url_of(referral), typed(days=-2)).content.decode()

    assert "Choose a day after today." in page
    assert not FollowUp.objects.exists()


def test_once_there_is_an_answer_the_page_offers_it_no_more(client: Browser, worker: User, referral: Referral) -> None:
    clients.note_accepted(referral=referral, version=referral.version, by=worker, now=timezone.now())
    client.force_login(worker)

    assert url_of(referral) not in client.get(page_of(referral)).content.decode()
    assert "There is an answer already" in client.post(url_of(referral), typed()).content.decode()


@pytest.mark.parametrize("name", ["referral", "to_do"])
def test_others_find_nothing(client: Browser, name: str, request: pytest.FixtureRequest) -> None:
    about = request.getfixturevalue(name)
    client.force_login(make_user())

    assert client.get(url_of(about)).status_code == client.post(url_of(about), typed()).status_code == 404
    missing = url_of(about).replace(str(about.pk), str(new_id()))
    assert client.post(missing, typed()).status_code == 404
    assert not FollowUp.objects.exists()


def test_nobody_who_is_not_named_on_a_restricted_case(client: Browser, worker: User, referral: Referral) -> None:
    colleague = make_user(team=team_of(worker))
    hide(referral.case)
    client.force_login(colleague)

    assert client.post(url_of(referral), typed()).status_code == 404


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.REPORT_READER])
def test_roles_without_cases_may_not(client: Browser, referral: Referral, to_do: ToDo, role: Role) -> None:
    client.force_login(make_user(role))

    urls = (url_of(referral), url_of(to_do), f"/follow-ups/{new_id()}/end/")
    assert [client.post(url, typed()).status_code for url in urls] == [403] * 3


def test_only_whoever_asked_for_it_takes_it_back(client: Browser, worker: User, referral: Referral) -> None:
    client.force_login(worker)
    client.post(url_of(referral), typed())
    row = FollowUp.objects.get()
    client.force_login(make_user(team=team_of(worker)))

    assert client.post(f"/follow-ups/{row.pk}/end/").status_code == 404
    assert client.post(f"/follow-ups/{new_id()}/end/").status_code == 404
    row.refresh_from_db()
    assert row.ended_at is None


def test_who_sees_the_case_no_more_does_not_end_it_either(client: Browser, worker: User, referral: Referral) -> None:
    client.force_login(worker)
    client.post(url_of(referral), typed())
    hide(referral.case)

    assert client.post(f"/follow-ups/{FollowUp.objects.get().pk}/end/").status_code == 404


def test_my_day_shows_what_no_answer_has_come_to_and_nothing_of_others(
    client: Browser, worker: User, referral: Referral, to_do: ToDo
) -> None:
    client.force_login(worker)
    for about in (referral, to_do):
        client.post(url_of(about), typed())
    early = client.get("/my-day/").content.decode()
    FollowUp.objects.update(on=timezone.now().date())

    day = client.get("/my-day/").content.decode()
    hide(referral.case)
    hidden = client.get("/my-day/").content.decode()
    client.force_login(make_user(team=team_of(worker)))
    others = client.get("/my-day/").content.decode()

    assert "No answer has come" not in early
    assert "No answer to a referral yet" in day
    assert "A to-do is not done yet" in day
    assert ("No answer to a referral yet" in hidden, "A to-do is not done yet" in hidden) == (False, True)
    assert "No answer has come" not in others


@pytest.mark.parametrize("name", ["referral", "to_do"])
def test_the_page_tells_of_ones_own_alone(
    client: Browser, worker: User, name: str, request: pytest.FixtureRequest
) -> None:
    about = request.getfixturevalue(name)
    colleague = make_user(team=team_of(worker))
    FollowUp.objects.create(
        on=timezone.now().date() + timedelta(days=5), asked_by=colleague, asked_at=NOW, **{name: about}
    )
    client.force_login(worker)

    page = client.get(page_of(about)).content.decode()

    assert "You are reminded on" not in page
    assert "Remind me if no answer comes" in page
