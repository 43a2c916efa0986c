"""What people decide about reminders. Every write is here."""

from .agreements import agree_to_messages, change_agreement, hand_over_letter, stop_messages, take_answer
from .policies import change_own_settings, change_policy
from .words import UnableToSnooze, say_on_it, snooze, take_back

__all__ = [
    "UnableToSnooze",
    "agree_to_messages",
    "change_agreement",
    "change_own_settings",
    "change_policy",
    "hand_over_letter",
    "say_on_it",
    "snooze",
    "stop_messages",
    "take_answer",
    "take_back",
]
