"""Where to report a hole, for those who look for it where everybody looks."""

import datetime as dt
import re

import pytest
from django.conf import LazySettings
from django.test import Client as Browser
from django.utils import timezone

pytestmark = pytest.mark.django_db
PAGE = "/.well-known/security.txt"


def test_it_says_where_to_write_in_which_languages_and_until_when(settings: LazySettings) -> None:
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    answer = Browser().get(PAGE)
    lines = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert lines["Contact"] == "mailto:security@example.org"
    assert lines["Preferred-Languages"] == "en, ru"
    assert lines["Canonical"] == settings.PUBLIC_URL + PAGE
    expires = dt.datetime.fromisoformat(lines["Expires"])
    assert dt.timedelta(days=30) < expires - timezone.now() < dt.timedelta(days=366)


def test_a_bare_address_of_mail_becomes_one_that_programs_know(settings: LazySettings) -> None:
    settings.SECURITY_CONTACT = "security@example.org"

    assert re.search(rb"^Contact: mailto:security@example\.org$", Browser().get(PAGE).content, re.MULTILINE)


def test_without_a_contact_there_is_no_such_page(settings: LazySettings) -> None:
    settings.SECURITY_CONTACT = ""

    assert Browser().get(PAGE).status_code == 404
