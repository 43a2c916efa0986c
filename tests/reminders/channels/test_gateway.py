"""SMS and messengers in production: Apprise itself, talking to a provider on this machine."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from casework.reminders.channels import DeliveryError, Message
from casework.reminders.channels.gateway import Gateway, receiver
from casework.reminders.wording import Wording

from .receiver import Received
from .receiver import receiver as running

NUMBER = "+996 555 012345"
MESSAGE = Message(key="the-key", address=NUMBER, wording=Wording(subject="Subject", text="Пожалуйста, позвоните.\n"))


@pytest.fixture
def provider(settings: LazySettings) -> Iterator[Received]:
    settings.PRODUCTION = True
    with running() as received:
        settings.CHANNELS = {"sms": f"json://127.0.0.1:{received.port}/send/{{to}}"}
        yield received


def refusal() -> DeliveryError:
    with pytest.raises(DeliveryError) as refused:
        Gateway("sms").deliver(MESSAGE)
    return refused.value


def test_the_provider_gets_the_text_for_one_number_only(provider: Received) -> None:
    Gateway("sms").deliver(MESSAGE)

    [(path, _headers, body)] = provider.requests
    assert path == "/send/+996555012345"
    assert json.loads(body)["message"] == "Пожалуйста, позвоните."
    assert json.loads(body)["title"] == ""


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (401, True), (404, True), (408, False), (429, False), (500, False), (503, False)],
)
def test_a_bad_answer_is_tried_again_where_that_can_help(provider: Received, status: int, permanent: bool) -> None:
    provider.answers = status

    error = refusal()

    assert (str(error), error.permanent) == (f"the receiver answered {status}", permanent)


def test_a_provider_that_is_not_there_is_tried_again(settings: LazySettings) -> None:
    settings.PRODUCTION = True
    settings.CHANNELS = {"sms": "json://127.0.0.1:9/send/{to}"}

    error = refusal()

    assert (str(error), error.permanent) == ("the gateway could not be reached", False)


def test_a_channel_that_is_not_set_up_asks_a_person(settings: LazySettings) -> None:
    settings.PRODUCTION = True

    error = refusal()

    assert (str(error), error.permanent) == ("this channel is not set up", True)


def test_an_address_that_apprise_cannot_read_asks_a_person(settings: LazySettings) -> None:
    settings.PRODUCTION = True
    settings.CHANNELS = {"sms": "twilio://nonsense/{to}"}

    assert refusal().permanent is True


def test_no_number_stands_in_the_logs_or_in_the_error(provider: Received, caplog: pytest.LogCaptureFixture) -> None:
    provider.answers = 500
    said, root = io.StringIO(), logging.getLogger()
    console = logging.StreamHandler(said)
    root.addHandler(console)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("casework").debug("something that is said")
        error = refusal()

    root.removeHandler(console)
    assert "something that is said" in said.getvalue()
    assert "996" not in said.getvalue() + str(error)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("sms", "555012345"),
        ("sms", "+996555012345,+15005550006"),
        ("sms", "+996555012345/+15005550006"),
        ("sms", "+996555012345?to=+15005550006"),
        ("sms", "somebody@example.org"),
        ("sms", ""),
        ("telegram", "@somebody"),
        ("telegram", "123456789/987654321"),
        ("telegram", "-100123456789"),
    ],
)
def test_nothing_but_one_number_is_written_to(name: str, address: str) -> None:
    with pytest.raises(DeliveryError) as refused:
        receiver(name, address)

    assert refused.value.permanent is True
    assert not address or address not in str(refused.value)
