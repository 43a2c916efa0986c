from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core import mail
from django.test import Client as Browser

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.reminders.models import Reminder
from tests.factories.accounts import make_user
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db

URL = "/channels/"


@pytest.fixture
def administrator() -> Browser:
    return signed_in(make_user(Role.ADMINISTRATOR))


def outcomes() -> list[tuple[str, str]]:
    return [(it.data["channel"], it.data["outcome"]) for it in Event.objects.filter(type="reminders.channel_tested")]


def test_only_administrators_open_it() -> None:
    for role in (Role.CASEWORKER, Role.COORDINATOR, Role.AUDITOR):
        browser = signed_in(make_user(role))
        assert [browser.get(path).status_code for path in (URL, f"{URL}letter/")] == [403, 403]


def test_outside_production_it_says_that_nothing_leaves(administrator: Browser) -> None:
    assert "nothing leaves this machine" in administrator.get(URL).content.decode()


def test_in_production_it_says_what_is_set_up_and_tells_no_secret(
    administrator: Browser, settings: LazySettings
) -> None:
    settings.PRODUCTION = True
    settings.CHANNELS = {"sms": "twilio://SECRET-ID:SECRET-WORD@x/{to}"}

    page = administrator.get(URL).content.decode()

    assert page.count("<strong>not set up</strong>") == 4
    assert "SECRET" not in page


def test_a_test_by_mail_goes_to_the_address_typed(administrator: Browser) -> None:
    administrator.post(URL, {"channel": "email", "address": "me@example.org"})

    assert [(it.to, it.subject) for it in mail.outbox] == [(["me@example.org"], "Test message")]
    assert outcomes() == [("email", "delivered")]


def test_a_test_by_sms_becomes_a_file_and_the_number_stands_in_no_event(
    administrator: Browser, settings: LazySettings
) -> None:
    administrator.post(URL, {"channel": "sms", "address": "+996 555 012345"})

    [file] = Path(settings.OUTGOING_DIR).iterdir()
    assert file.suffix == ".sms"
    assert outcomes() == [("sms", "delivered")]
    assert "012345" not in str(list(Event.objects.values_list("data", flat=True)))


def test_a_test_to_the_inbox_is_there_to_read(administrator: Browser) -> None:
    administrator.post(URL, {"channel": "inbox", "address": ""})

    assert Reminder.objects.get().channel == "inbox"
    assert "A test message" in administrator.get("/inbox/").content.decode()


def test_what_is_no_number_is_refused_in_words(administrator: Browser) -> None:
    page = administrator.post(URL, {"channel": "sms", "address": "nobody"}).content.decode()

    assert "Enter the number as +996" in page
    assert outcomes() == []


def test_what_does_not_go_is_said_with_the_reason(administrator: Browser, settings: LazySettings) -> None:
    settings.PRODUCTION = True

    page = administrator.post(URL, {"channel": "sms", "address": "+996 555 012345"}).content.decode()

    assert "this channel is not set up" in page
    assert outcomes() == [("sms", "failed")]


def test_the_test_letter_is_a_pdf(administrator: Browser) -> None:
    response = administrator.get(f"{URL}letter/")

    assert response["Content-Type"] == "application/pdf"
    assert outcomes() == [("letter", "delivered")]
