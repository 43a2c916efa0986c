"""Settings of a worker process under test: the real ones, pieces that take their time, and a receiver that counts."""

from casework.config.settings import *  # noqa: F403 - settings are read as a whole

CELERY_IMPORTS = ("tests.residency.pieces_slowly",)
EMAIL_BACKEND = "tests.reminders.counting_receiver.ToReceiver"
