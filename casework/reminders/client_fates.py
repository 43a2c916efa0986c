"""What became of a message to a person: an event of their case, and a word to whoever looks after it if somebody must act."""

from datetime import datetime

from casework.clients.audience import Audience

from .models import Reminder
from .notices import queue_notices

# The events that tell of it on the timeline of the case.
CLIENT_FATES: dict[str, str] = {
    Reminder.State.SENT: "reminders.client_message_sent",
    Reminder.State.STOPPED: "reminders.client_message_stopped",
    Reminder.State.NEEDS_PERSON: "reminders.client_message_unreached",
}
# How the notices begin that tell of it.
NOT_REACHED = "unreached:"


def tell_unreached(reminder: Reminder, now: datetime) -> None:
    """Tell whoever looks after the case that somebody has to reach this person."""
    case = reminder.case
    assert case is not None  # noqa: S101 - the database holds it for whatever goes to a client
    queue_notices(f"{NOT_REACHED}{reminder.pk}", Audience([case], now).of(case), case=case, now=now)
