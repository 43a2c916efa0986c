"""Settings of a worker process under test: the real ones, and a receiver that counts."""

from casework.config.settings import *  # noqa: F403 - settings are read as a whole

EMAIL_BACKEND = "tests.reminders.counting_receiver.ToReceiver"
