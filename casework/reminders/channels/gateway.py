"""SMS and messengers through Apprise, which speaks the language of each provider. The address of ours stands in CHANNELS.

Apprise answers yes or no; the status of the provider's answer stands in what it logs, which we read and let nobody else see:
numbers of people would be in it.
"""

import logging
import re
from typing import Any
from urllib.parse import quote

import phonenumbers
from django.conf import settings

from . import DeliveryError, Message
from .files import keep
from .webhook import Webhook, body_of, judge

# Telegram knows people by a number, once they have written to the bot; others by their telephone number.
_CHAT = re.compile(r"\d{4,15}")
_STATUS = re.compile(r"error=(\d{3})\b")


class Gateway:
    def __init__(self, name: str) -> None:
        self.name = name

    def deliver(self, message: Message) -> None:
        to = receiver(self.name, message.address)
        if not settings.PRODUCTION:
            keep(message.key, self.name, body_of(self.name, message))
            return
        said = settings.CHANNELS.get(self.name)
        if said is None:
            raise DeliveryError("this channel is not set up", permanent=True)
        if isinstance(said, dict):
            Webhook(self.name).deliver(message)
            return
        _notify(said.replace("{to}", quote(to, safe="")), message.wording.text.strip())


def receiver(name: str, address: str) -> str:
    """Return who is written to as providers want it, or raise DeliveryError: nothing but one number ever stands there."""
    tidy = address.strip()
    if name == "telegram":
        if not _CHAT.fullmatch(tidy):
            raise DeliveryError("Telegram needs the number of the chat, not a name", permanent=True)
        return tidy
    try:
        number = phonenumbers.parse(tidy, None)
    except phonenumbers.NumberParseException as error:
        raise DeliveryError("this is no number with its country code", permanent=True) from error
    if not phonenumbers.is_possible_number(number):
        raise DeliveryError("this is no number with its country code", permanent=True)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _notify(target: str, text: str) -> None:
    import apprise  # slow import

    asset = apprise.AppriseAsset(async_mode=False, secure_logging=True)
    log_capture: Any = apprise.LogCapture  # it says nothing of its types
    with log_capture(level=logging.WARNING) as said:
        sender = apprise.Apprise(asset=asset)
        if not sender.add(target):
            raise DeliveryError("the address of the gateway cannot be read", permanent=True)
        if sender.notify(body=text, title=""):
            return
        status = _STATUS.search(said.getvalue())
    if status is None:
        raise DeliveryError("the gateway could not be reached")
    judge(int(status[1]))
    # It answered well, and Apprise still says no: better a second message than none.
    raise DeliveryError("the gateway did not take it")
