"""What people decide about reminders. Every write is here."""

from .policies import change_own_settings, change_policy

__all__ = ["change_own_settings", "change_policy"]
