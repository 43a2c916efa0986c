"""The database of this test run, for processes that a test starts."""

from urllib.parse import quote

from django.db import connection


def database_url() -> str:
    """The address of the database of this test run."""
    values = connection.settings_dict
    host = quote(str(values["HOST"] or values["OPTIONS"]["host"]), safe="")
    return f"postgres://{values['USER']}@/{values['NAME']}?host={host}"
