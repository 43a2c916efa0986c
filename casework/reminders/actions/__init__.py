"""What people decide about reminders. Every write is here."""

from .agreements import agree_to_messages, change_agreement, hand_over_letter, stop_messages, take_answer
from .follow_ups import UnableToFollowUp, end_follow_up, follow_up
from .outbox import call_off, send_again, tell_otherwise
from .policies import change_own_settings, change_policy
from .words import UnableToSnooze, say_on_it, snooze, take_back

__all__ = [
    "UnableToFollowUp",
    "UnableToSnooze",
    "agree_to_messages",
    "call_off",
    "change_agreement",
    "change_own_settings",
    "change_policy",
    "end_follow_up",
    "follow_up",
    "hand_over_letter",
    "say_on_it",
    "send_again",
    "snooze",
    "stop_messages",
    "take_answer",
    "take_back",
    "tell_otherwise",
]
