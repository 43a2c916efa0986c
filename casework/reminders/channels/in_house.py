"""What needs no provider: the inbox inside the application, and a letter that somebody hands over."""

from . import DeliveryError, Message


class Inbox:
    def deliver(self, message: Message) -> None:
        """Do nothing: the reminder is there to read as soon as it counts as sent."""


class Letter:
    def deliver(self, message: Message) -> None:
        """Ask a person: only they can print it and hand it over."""
        raise DeliveryError("somebody prints it and hands it over", permanent=True, why="to_hand_over")
