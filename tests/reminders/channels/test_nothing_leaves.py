"""Outside production nothing leaves the machine, by whichever channel and whatever is set up."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from casework.reminders.channels import DeliveryError, Message, channel
from casework.reminders.models import Reminder
from casework.reminders.wording import Wording

SECRET = "an invented secret of forty characters..."
ADDRESSES = {"email": "somebody@example.org", "telegram": "123456789", "webhook": "somebody@example.org"}
LEFT_AS = {"email": "eml", "inbox": None, "letter": None}


@pytest.fixture(autouse=True)
def everything_is_set_up_and_every_way_out_is_watched(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_BACKEND = "casework.reminders.channels.files.OutgoingFiles"
    webhook = {"url": "https://receiver.example/messages", "secret": SECRET}
    settings.CHANNELS = {
        "sms": "twilio://AC00000000000000000000000000000000:00000000000000000000000000000000@+15005550006/{to}",
        "telegram": "tgram://123456789:abcdefg_hijklmnop/{to}",
        "whatsapp": webhook,
        "signal": "signal://127.0.0.1:8080/+15005550006/{to}",
        "webhook": webhook,
    }

    def refuse(*args: Any, **_more: Any) -> None:
        raise AssertionError(f"something tried to leave the machine: {args}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def message(name: str) -> Message:
    return Message(
        key="the-key",
        address=ADDRESSES.get(name, "+996 555 012345"),
        wording=Wording(subject="Subject", text="Text\n"),
    )


@pytest.mark.parametrize("name", Reminder.Channel.values)
def test_outside_production_a_message_becomes_one_file_however_often_it_is_sent(
    name: str, settings: LazySettings
) -> None:
    assert settings.PRODUCTION is False

    for _time in range(2):
        if name == "letter":
            with pytest.raises(DeliveryError) as refused:
                channel(name).deliver(message(name))
            assert (refused.value.permanent, refused.value.why) == (True, "to_hand_over")
        else:
            channel(name).deliver(message(name))

    suffix = LEFT_AS.get(name, name)
    folder = Path(settings.OUTGOING_DIR)
    assert [each.name for each in folder.glob("*")] == ([f"the-key.{suffix}"] if suffix else [])


@pytest.mark.parametrize("name", ["sms", "telegram", "whatsapp", "signal", "webhook"])
def test_the_file_holds_what_would_have_gone_and_no_secret(name: str, settings: LazySettings) -> None:
    channel(name).deliver(message(name))

    [file] = Path(settings.OUTGOING_DIR).iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    said = json.loads(file.read_bytes())
    assert said == {
        "key": "the-key",
        "channel": name,
        "to": ADDRESSES.get(name, "+996 555 012345"),
        "subject": "Subject",
        "text": "Text\n",
    }


def test_a_channel_that_nobody_knows_is_none() -> None:
    with pytest.raises(ValueError, match="pigeon"):
        channel("pigeon")
