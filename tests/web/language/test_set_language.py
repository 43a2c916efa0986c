"""The language switch."""

import pytest
from django.test import Client

from casework.audit.models import Event
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db


def test_a_stranger_reads_the_language_they_choose(client: Client) -> None:
    response = client.post("/language/", {"language": "ru", "next": "/account/login/"})

    assert (response.status_code, response["Location"]) == (302, "/account/login/")
    assert b'<html lang="ru"' in client.get("/account/login/").content


def test_the_choice_of_somebody_signed_in_is_kept_in_their_profile(client: Client) -> None:
    user = make_user(language="en")
    client.force_login(user)

    client.post("/language/", {"language": "ru", "next": "/"})

    user.refresh_from_db()
    assert user.language == "ru"
    assert Event.objects.filter(type="accounts.language_chosen", actor_id=user.pk).count() == 1


@pytest.mark.parametrize("language", ["xx", "de", ""])
def test_a_language_that_we_do_not_speak_is_not_kept(client: Client, language: str) -> None:
    user = make_user(language="en")
    client.force_login(user)

    response = client.post("/language/", {"language": language, "next": "/"})

    user.refresh_from_db()
    assert response.status_code == 302
    assert user.language == "en"


def test_it_leads_to_no_other_site(client: Client) -> None:
    response = client.post("/language/", {"language": "ru", "next": "https://elsewhere.example/"})

    assert response["Location"] == "/"


def test_the_language_is_never_changed_by_a_link(client: Client) -> None:
    assert client.get("/language/?language=ru").status_code == 405
