"""Settings of a web process under test: the real ones, with static files by their own names and quick passwords."""

from casework.config.settings import *  # noqa: F403 - settings are read as a whole
from casework.config.settings import STORAGES as REAL_STORAGES

STORAGES = REAL_STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
