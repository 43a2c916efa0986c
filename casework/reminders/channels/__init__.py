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
    """The message did not go. `permanent`: it will not go at a further try either."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Channel(Protocol):
    def deliver(self, message: Message) -> None:
        """Deliver, or raise DeliveryError. Delivering the same key again must do no harm."""


def channel(name: str) -> Channel:
    """Return the channel of that name."""
    from .email import Email  # leaf: channels load their libraries when first used

    return {"email": Email}[name]()
