"""What holds for every test: no network, plain static files, the demo switched off."""

import itertools
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import time_machine
from allauth.account.internal.flows import login as logins
from allauth.account.internal.userkit import user_id_to_str
from django.conf import LazySettings
from django.core.signals import request_finished, request_started
from django.db import OperationalError, connection
from django.db.backends.postgresql.creation import DatabaseCreation
from django.test import Client, TestCase, TransactionTestCase, override_settings
from django.utils import translation
from pytest_django import DjangoDbBlocker

from .schema import migrated_template

FOLDERS = itertools.count()
# How long an example takes says how busy the machine is; what must be fast is measured elsewhere. Fixtures of one test are
# for all its examples: those that must not meet make their own rows.
hypothesis.settings.register_profile(
    "patient",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("patient")
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


@pytest.fixture(scope="session")
def no_static_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("static")


@pytest.fixture(autouse=True)
def plain_files(settings: LazySettings, no_static_files: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Serve static files by their own names and keep what is written in a folder of the test's own."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.WHITENOISE_AUTOREFRESH = True
    settings.STATIC_ROOT = no_static_files
    # Not `tmp_path`, which is made for every test after a look at all that are there, thousands by the end.
    folder = tmp_path_factory.getbasetemp() / f"files-{next(FOLDERS)}"
    settings.MEDIA_ROOT = folder / "media"
    settings.OUTGOING_DIR = folder / "outgoing"
    settings.SCANS_DIR = folder / "scans"
    settings.AUDIT_HEADS = folder / "audit" / "heads.jsonl"
    settings.ERASURE_LEDGER = folder / "erasures" / "ledger.jsonl"


# Past the triggers that refuse to be emptied: only the superuser of the test database may, our own connections never do.
# A table with few rows is emptied fastest row by row; one that has grown, also by rows of tests that were rolled back, is
# begun anew, or every later look at it would go through what is dead.
EMPTY_EVERY_TABLE = """
SET session_replication_role = replica;
DO $$ DECLARE name regclass; size bigint; holds_rows boolean; grown text; BEGIN
    FOR name, size IN SELECT oid, pg_relation_size(oid) FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
    LOOP
        IF size > 131072 THEN
            grown := concat_ws(', ', grown, name);
        ELSE
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO holds_rows;
            IF holds_rows THEN EXECUTE format('DELETE FROM %s', name); END IF;
        END IF;
    END LOOP;
    IF grown IS NOT NULL THEN EXECUTE format('TRUNCATE %s CASCADE', grown); END IF;
END $$;
SET session_replication_role = DEFAULT
"""


@pytest.fixture(autouse=True, scope="session")
def empty_what_was_filled() -> Iterator[None]:
    """Empty the tables after a test with real commits, once no request of its server is on the way any more."""
    answering: set[threading.Thread] = set()

    def started(**_: Any) -> None:
        answering.add(threading.current_thread())

    def finished(**_: Any) -> None:
        answering.discard(threading.current_thread())

    def emptied(self: TransactionTestCase) -> None:
        here, patience = threading.current_thread(), time.monotonic() + 20
        while any(each.is_alive() for each in answering - {here}) and time.monotonic() < patience:
            time.sleep(0.01)
        answering.clear()
        with connection.cursor() as cursor:
            cursor.execute(EMPTY_EVERY_TABLE)

    TransactionTestCase._fixture_teardown = emptied  # type: ignore[method-assign]  # for all tests
    request_started.connect(started)
    request_finished.connect(finished)
    yield
    request_started.disconnect(started)
    request_finished.disconnect(finished)


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
    """Drop the test database at the end: the session of a process that a test has killed may outlive it by a moment.

    The server waits for such sessions for five seconds and ends its own vacuuming, which our role may not end `WITH (FORCE)`.
    """

    def destroyed(self: DatabaseCreation, name: str, verbosity: int) -> None:
        drop = f"DROP DATABASE {self.connection.ops.quote_name(name)}"
        with self._nodb_cursor() as cursor:
            try:
                cursor.execute(drop)
            except OperationalError:
                cursor.execute(f"{drop} WITH (FORCE)")

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
