import hashlib
import hmac
import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client as Browser

from casework.reminders.models import MessageAgreement
from tests.factories.messages import NUMBER, make_willing

pytestmark = pytest.mark.django_db

SECRET = "an invented secret of forty characters..."


@pytest.fixture(autouse=True)
def gateway(settings: LazySettings) -> None:
    settings.CHANNELS = {"answers": SECRET}


def sent(said: Any, *, secret: str = SECRET, signature: str | None = None) -> int:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    signed = signature or "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    browser = Browser(enforce_csrf_checks=True)
    headers = {"X-Casework-Signature": signed}
    return browser.post("/answers/", body, content_type="application/json", headers=headers).status_code


def test_a_signed_stop_stops_and_an_unknown_number_is_answered_alike() -> None:
    make_willing()

    known = sent({"from": NUMBER, "text": "STOP"})
    unknown = sent({"from": "+996 555 999999", "text": "STOP"})

    assert (known, unknown) == (204, 204)
    assert MessageAgreement.objects.get().stopped_why == "answered"


@pytest.mark.parametrize(
    "forged", [{"secret": "another secret of more than 32 letters"}, {"signature": "sha256="}, {"signature": "ю"}]
)
def test_what_is_not_signed_does_nothing(forged: dict[str, Any]) -> None:
    make_willing()

    assert sent({"from": NUMBER, "text": "STOP"}, **forged) == 403
    assert MessageAgreement.objects.get().stopped_at is None


def test_without_a_secret_nobody_is_let_in(settings: LazySettings) -> None:
    settings.CHANNELS = {}

    assert sent({"from": NUMBER, "text": "STOP"}, secret="") == 403


@pytest.mark.parametrize("said", [b"", b"no json", b"[]", b'{"from": "x"}', b"\xff"])
def test_what_is_signed_and_makes_no_sense_is_refused(said: bytes) -> None:
    assert sent(said) == 400


def test_too_much_is_not_read() -> None:
    assert sent({"from": NUMBER, "text": "x" * 9000}) == 403


def test_it_takes_posts_only(client: Browser) -> None:
    assert client.get("/answers/").status_code == 405
