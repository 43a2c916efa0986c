"""Settings of a web process whose static files are those that are shipped: compressed, under names that say what they hold."""

from casework.config.settings import STORAGES as REAL_STORAGES

from .server_settings import *  # noqa: F403 - settings are read as a whole

STORAGES = REAL_STORAGES
