"""What people decide about reminders. Every write is here."""

from .agreements import agree_to_messages, change_agreement, hand_over_letter, stop_messages, take_answer
from .policies import change_own_settings, change_policy

__all__ = [
    "agree_to_messages",
    "change_agreement",
    "change_own_settings",
    "change_policy",
    "hand_over_letter",
    "stop_messages",
    "take_answer",
]
