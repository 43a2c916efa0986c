"""Settings of a worker process under test: the real ones, and work that takes its time."""

from casework.config.settings import *  # noqa: F403 - settings are read as a whole

CELERY_IMPORTS = ("tests.lifecycle.importing.slow_worker",)
