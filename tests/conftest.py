"""What holds for every test: no network, plain static files, the demo switched off."""

import socket
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.account.internal.flows import login as logins
from allauth.account.internal.userkit import user_id_to_str
from django.conf import LazySettings
from django.db import connection
from django.db.backends.postgresql.creation import DatabaseCreation
from django.test import Client, TestCase, TransactionTestCase, override_settings
from django.utils import translation
from pytest_django import DjangoDbBlocker

from .schema import migrated_template

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Copy the test database from one that is migrated already."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated_template()


@pytest.fixture(autouse=True, scope="session")
def passwords_are_kept_cheaply() -> Iterator[None]:
    """Make the dozens of accounts of the demo in no time; what keeps real passwords is dear on purpose."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that would leave the machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in LOOPBACK:
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Begin in English: a page that an earlier test read in Russian leaves its language behind."""
    with translation.override("en"):
        yield


@pytest.fixture
def at_noon() -> Iterator[None]:
    """Let it be noon in London: the same day in every office, whatever the hour at which the tests run."""
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    with time_machine.travel(noon, tick=True):
        yield


@pytest.fixture(autouse=True)
def plain_files(settings: LazySettings, tmp_path: Path) -> None:
    """Serve static files by their own names and keep what is written in the test's own folder."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.WHITENOISE_AUTOREFRESH = True
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.OUTGOING_DIR = tmp_path / "outgoing"
    settings.SCANS_DIR = tmp_path / "scans"
    settings.AUDIT_HEADS = tmp_path / "audit" / "heads.jsonl"


@pytest.fixture(autouse=True, scope="session")
def flush_past_the_triggers() -> None:
    """Empty the tables after a test with real commits, also those that refuse to be emptied.

    Only the superuser of the test database can set this; the application's own connections never do.
    """
    flush = TransactionTestCase._fixture_teardown

    def flushed(self: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            try:
                flush(self)
            finally:
                cursor.execute("SET session_replication_role = DEFAULT")

    TransactionTestCase._fixture_teardown = flushed  # type: ignore[method-assign]


@pytest.fixture(autouse=True, scope="session")
def just_signed_in() -> None:
    """Let `force_login` leave what a sign-in leaves: who it is was shown just now, with a password."""
    force = Client.force_login

    def forced(self: Client, user: Any, backend: str | None = None) -> None:
        force(self, user, backend)
        session = self.session
        session[logins.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
        session[logins._AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(user)
        session.save()

    Client.force_login = forced  # type: ignore[method-assign]  # for all tests


@pytest.fixture(autouse=True, scope="session")
def drop_the_database_whoever_is_left() -> None:
    """Drop the test database at the end: the session of a process that a test has killed may outlive it by a moment."""

    def destroyed(self: DatabaseCreation, name: str, verbosity: int) -> None:
        with self._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {self.connection.ops.quote_name(name)} WITH (FORCE)")

    DatabaseCreation._destroy_test_db = destroyed  # type: ignore[method-assign]  # for all tests


@pytest.fixture(autouse=True, scope="session")
def keep_the_connection() -> None:
    """Go on with one connection: a new one for each of thousands of tests costs more than most of them do."""

    def rolled_back(cls: Any) -> None:
        if cls._databases_support_transactions() and cls._databases_support_savepoints():
            cls._rollback_atomics(cls.cls_atomics)
        super(TestCase, cls).tearDownClass()

    TestCase.tearDownClass = classmethod(rolled_back)  # type: ignore[assignment, method-assign]  # for all tests


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many checks of the matrix were made and how many mutants were tried, by all processes together."""
    reports = [each for kind in ("passed", "failed") for each in terminalreporter.stats.get(kind, [])]
    told: Counter[str] = Counter()
    for name, count in (each for report in reports if report.when == "call" for each in report.user_properties):
        told[name] += count
    if told["checks"]:
        terminalreporter.write_line(f"the matrix: {told['checks']:,} checks")
    if told["policies"] or told["filters"]:
        terminalreporter.write_line(
            f"{told['policies']} policies and {told['filters']} filters taken out in turn, {told['unnoticed']} unnoticed"
        )
