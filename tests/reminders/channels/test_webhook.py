"""The organisation's own server: signed, over HTTPS, with a key for repeats, and never inside the house."""

import hashlib
import hmac
import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from casework.config.channels import channels_of
from casework.reminders.channels import DeliveryError, Message, outgoing, webhook
from casework.reminders.channels.outgoing import addresses_of, is_public
from casework.reminders.channels.webhook import Webhook
from casework.reminders.wording import Wording

from .receiver import NAME, Received, make_certificate, receiver

SECRET = "an invented secret of forty characters..."
MESSAGE = Message(key="the-key", address="somebody@example.org", wording=Wording(subject="Subject", text="Text\n"))


def to(port: int) -> dict[str, Any]:
    return {"webhook": {"url": f"https://{NAME}:{port}/messages?from=casework", "secret": SECRET}}


@pytest.fixture
def server(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Received]:
    """A receiver on this machine whose name is resolved to it, and whose certificate is trusted."""
    settings.PRODUCTION = True
    certificate = make_certificate(tmp_path)
    trusted = trusting(certificate)
    monkeypatch.setattr(webhook.ssl, "create_default_context", lambda: trusted)
    monkeypatch.setattr(socket, "getaddrinfo", resolving("127.0.0.1"))
    with receiver(certificate) as received:
        settings.CHANNELS = to(received.port)
        yield received


def trusting(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certificate)
    return context


def resolving(*addresses: str) -> Any:
    def resolved(host: str, port: int, *_args: Any, **_more: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    return resolved


@pytest.fixture
def let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this machine count as the internet, which is where a receiver of these tests is."""
    monkeypatch.setattr(outgoing, "is_public", lambda address: True)


def refusal() -> DeliveryError:
    with pytest.raises(DeliveryError) as refused:
        Webhook("webhook").deliver(MESSAGE)
    return refused.value


@pytest.mark.usefixtures("let_in")
def test_it_posts_what_is_to_be_said_signed_and_with_its_key(server: Received) -> None:
    for _time in range(2):
        Webhook("webhook").deliver(MESSAGE)

    (path, headers, body), again = server.requests
    assert path == "/messages?from=casework"
    assert headers["Host"] == f"{NAME}:{server.port}"
    assert headers["Idempotency-Key"] == again[1]["Idempotency-Key"] == "the-key"
    assert headers["X-Casework-Signature"] == f"sha256={hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}"
    assert json.loads(body)["text"] == "Text\n"


@pytest.mark.usefixtures("let_in")
@pytest.mark.parametrize(("status", "permanent"), [(400, True), (410, True), (429, False), (502, False)])
def test_a_bad_answer_is_tried_again_where_that_can_help(server: Received, status: int, permanent: bool) -> None:
    server.answers = status

    assert refusal().permanent is permanent


@pytest.mark.usefixtures("let_in")
def test_where_it_leads_elsewhere_it_is_not_followed(server: Received) -> None:
    server.answers, server.leads_to = 307, f"https://{NAME}:{server.port}/elsewhere"

    assert refusal().permanent is True
    assert [path for path, _headers, _body in server.requests] == ["/messages?from=casework"]


def test_a_name_that_leads_into_the_house_gets_nothing(server: Received) -> None:
    error = refusal()

    assert (str(error), error.permanent) == ("the receiver lies in a private network", True)
    assert server.requests == []


def test_one_private_address_among_public_ones_is_enough_to_refuse(
    server: Received, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolving("93.184.215.14", "10.0.0.1"))

    assert refusal().permanent is True


@pytest.mark.usefixtures("let_in")
def test_a_certificate_for_another_name_gets_nothing(
    server: Received, settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_certificate(tmp_path, "other.example")
    trusted = trusting(other)
    monkeypatch.setattr(webhook.ssl, "create_default_context", lambda: trusted)
    with receiver(other) as impostor:
        settings.CHANNELS = to(impostor.port)

        assert "could not be reached" in str(refusal())
        assert impostor.requests == []


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("::1", "::", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1"),
        *("224.0.0.1", "255.255.255.255", "ff02::1", "192.0.2.1"),
    ],
)
def test_addresses_inside_are_not_public(address: str) -> None:
    assert is_public(address) is False


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700:4700::1111", "64:ff9b::5db8:d70e"])
def test_addresses_of_the_internet_are(address: str) -> None:
    assert is_public(address) is True


def test_a_name_that_is_not_there_is_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_args: Any, **_more: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", missing)
    with pytest.raises(DeliveryError) as refused:
        addresses_of(NAME, 443)

    assert refused.value.permanent is False


def test_the_setting_takes_gateways_webhooks_and_the_secret_of_answers() -> None:
    said = {"sms": "twilio://x:y@z/{to}", "signal": to(443)["webhook"], "answers": SECRET} | to(443)

    assert channels_of(said) == said
    assert channels_of(None) == {}


@pytest.mark.parametrize(
    "said",
    [
        [],
        "sms",
        {"pigeon": "x://{to}"},
        {"sms": "twilio://x:y@z/nobody"},
        {"sms": "no address {to}"},
        {"webhook": "https://receiver.example/"},
        {"webhook": {"url": "http://receiver.example/", "secret": SECRET}},
        {"webhook": {"url": "https://user:word@receiver.example/", "secret": SECRET}},
        {"webhook": {"url": "https://receiver.example/", "secret": "short"}},
        {"webhook": {"url": "https://receiver.example/"}},
        {"answers": "short"},
    ],
)
def test_the_setting_says_what_is_wrong_and_not_what_stands_there(said: Any) -> None:
    if not said:
        assert channels_of(said) == {}
        return
    with pytest.raises(Exception, match="CHANNELS") as refused:
        channels_of(said)

    assert "word" not in str(refused.value)
