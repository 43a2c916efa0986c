"""Ways to deliver a message. A channel is one small class with one method and one error."""

from dataclasses import dataclass
from typing import Protocol

from ..wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one address. `key` is the same at every try, so that a receiver can drop a repeat."""

    key: str
    address: str
    wording: Wording


class DeliveryError(Exception):
    """The message did not go. `permanent`: it will not go at a further try either.

    Its words name no address and nothing of what an answer said. `why` is what the reminder says of its end.
    """

    def __init__(self, reason: str, *, permanent: bool = False, why: str = "delivery_failed") -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.why = why


class Channel(Protocol):
    def deliver(self, message: Message) -> None:
        """Deliver, or raise DeliveryError. Delivering the same key again must do no harm."""


def channel(name: str) -> Channel:
    """Return the channel of that name."""
    # leaf: channels load their libraries when first used
    from .email import Email
    from .gateway import Gateway
    from .in_house import Inbox, Letter
    from .webhook import Webhook

    match name:
        case "email":
            return Email()
        case "inbox":
            return Inbox()
        case "letter":
            return Letter()
        case "webhook":
            return Webhook(name)
        case "sms" | "telegram" | "whatsapp" | "signal":
            return Gateway(name)
    raise ValueError(name)
