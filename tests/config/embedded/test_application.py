import os
import re
from datetime import UTC, datetime

import pytest
from django.db import connection

from casework.config.embedded import application, sealed_rows
from casework.config.embedded.application import DEMO, EMPTY, Application
from casework.config.embedded.environment import Environment
from casework.config.embedded.places import Places
from casework.config.embedded.refusal import Refusal
from casework.config.embedded.services import Wanted
from casework.vault.models import DataKey

from .conftest import CHECKOUT

BOTH = Wanted(postgres=True, valkey=True)
REAL = Wanted(postgres=False, valkey=False)


def names(places: Places, environ: dict[str, str], wanted: Wanted = BOTH, *, demo: bool = True) -> dict[str, str]:
    return application.names_for(environ, places, wanted, demo=demo, port=8123)


def test_the_application_is_told_where_everything_is(places: Places) -> None:
    given = names(places, {})

    assert given["DATA_DIR"] == str(places.home)
    assert given["KEY_FILE"] == str(places.home / "keys" / "keys.json")
    assert given["BROKER_URL"] == f"redis+socket://{places.valkey_socket}"
    assert given["DATABASE_URL"].startswith("postgres://casework@/casework?host=")
    assert given["PUBLIC_URL"] == "http://localhost:8123"
    assert given["CASEWORK_DEMO"] == "1"


def test_without_the_demo_it_is_told_so_even_if_the_caller_says_otherwise(places: Places) -> None:
    assert names(places, {"CASEWORK_DEMO": "1"}, demo=False)["CASEWORK_DEMO"] == "0"


def test_real_servers_are_passed_on(places: Places) -> None:
    real = {
        "DATABASE_URL": "postgres://db.example.org/casework",
        "BROKER_URL": "redis://broker.example.org",
        "KEY_FILE": "/etc/casework/keys.json",
        "PUBLIC_URL": "https://casework.example.org",
        "PGSSLROOTCERT": "/etc/ssl/db.pem",
    }

    assert real.items() <= names(places, real, REAL, demo=False).items()


def test_names_that_would_bend_the_connection_or_the_packages_are_dropped(places: Places) -> None:
    given = names(
        places, {"PGPORT": "5433", "PGHOST": "elsewhere", "PYTHONPATH": "/x", "PYTHONHOME": "/y", "LANG": "ru"}
    )

    assert not {"PGPORT", "PGHOST", "PYTHONPATH", "PYTHONHOME"} & given.keys()
    assert given["LANG"] == "ru"


@pytest.mark.parametrize(("begun", "asked"), [(DEMO, EMPTY), (EMPTY, DEMO)])
def test_invented_and_real_people_are_not_mixed(places: Places, begun: str, asked: str) -> None:
    application.begin_contents(places, begun)

    with pytest.raises(Refusal, match="or delete it with --reset"):
        application.begin_contents(places, asked)

    assert application.contents(places) == begun


def test_what_was_begun_goes_on(places: Places) -> None:
    assert application.contents(places) is None
    application.begin_contents(places, DEMO)

    application.begin_contents(places, DEMO)

    assert application.contents(places) == DEMO


def casework(environment: Environment, places: Places, **more: str) -> Application:
    # The code is that of this checkout; the data are elsewhere.
    here = Places(checkout=CHECKOUT, home=places.home, sockets=places.sockets)
    return Application(
        environment, here, names(places, dict(os.environ), REAL) | {"KEY_FILE": str(places.key_file)} | more
    )


def test_a_new_installation_gets_a_key_file_for_its_owner_alone(
    environment: Environment, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "holds_data", lambda _application: False)

    application.ensure_key_file(casework(environment, places), {})

    assert places.key_file.stat().st_mode & 0o777 == 0o600
    made = places.key_file.read_bytes()
    application.ensure_key_file(casework(environment, places), {})
    assert places.key_file.read_bytes() == made


def test_no_new_key_is_made_for_a_database_with_data(
    environment: Environment, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "holds_data", lambda _application: True)

    with pytest.raises(Refusal, match=r"key file .* is missing, and the database holds data .* no new one is made"):
        application.ensure_key_file(casework(environment, places), {})

    assert not places.key_file.exists()


def test_a_key_file_that_was_named_is_never_made(environment: Environment, places: Places) -> None:
    named = str(places.home / "named.json")

    with pytest.raises(Refusal, match=r"no key file at .*named\.json, where KEY_FILE points"):
        application.ensure_key_file(casework(environment, places, KEY_FILE=named), {"KEY_FILE": named})


def test_a_database_that_cannot_be_reached_is_said_before_a_key_is_made(
    environment: Environment, places: Places
) -> None:
    nowhere = casework(environment, places, DATABASE_URL="postgres://nobody@/nothing?host=/nonexistent")

    with pytest.raises(Refusal, match=r"The database cannot be reached: .*No such file or directory"):
        application.ensure_key_file(nowhere, {})


@pytest.mark.django_db
def test_a_database_holds_data_when_it_has_a_data_key() -> None:
    connection.ensure_connection()
    assert not sealed_rows.holds_sealed_rows(connection.connection)

    DataKey.objects.make("user", now=datetime(2026, 11, 22, 12, tzinfo=UTC))

    assert sealed_rows.holds_sealed_rows(connection.connection)


@pytest.mark.django_db
def test_a_database_holds_data_when_it_has_a_user() -> None:
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vault_datakey RENAME TO nothing_is_sealed")
        cursor.execute("CREATE TEMPORARY TABLE accounts_user AS SELECT 1")

    assert sealed_rows.holds_sealed_rows(connection.connection)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "pgsql", "psql", "postgis"])
def test_every_scheme_that_the_settings_take_reaches_the_database(scheme: str) -> None:
    assert sealed_rows.address(f"{scheme}://u@h/d?host=/s") == "postgresql://u@h/d?host=/s"


def test_what_the_preparation_says_is_passed_on(places: Places) -> None:
    said = places.run / "welcome"
    said.write_text("The database does not compare Cyrillic.\n")

    refusal = application.why_not_prepared(said, places.logs / "prepare.log", places)

    assert str(refusal) == "The database could not be prepared. The database does not compare Cyrillic."


def test_a_full_disk_while_preparing_is_said(places: Places) -> None:
    said = places.run / "welcome"
    said.write_text('could not extend file "base/16384/2619": No space left on device\nHINT:  Check free disk space.')

    assert "is full" in str(application.why_not_prepared(said, places.logs / "prepare.log", places))


def test_without_a_sentence_the_end_of_the_log_is_shown(places: Places) -> None:
    log = places.logs / "prepare.log"
    log.write_text("Traceback (most recent call last):\nModuleNotFoundError: No module named 'casework.nothing'\n")

    refusal = application.why_not_prepared(places.run / "welcome", log, places)

    assert str(refusal).endswith("No module named 'casework.nothing'")
    assert str(log) in str(refusal)


def test_the_port_is_named_or_8000() -> None:
    assert application.port_named({}) == 8000
    assert application.port_named({"PORT": "8123"}) == 8123


@pytest.mark.parametrize("named", ["http", "0", "65536", "-1", "80 80", "٨٠٠٠"])
def test_a_port_that_is_none_is_said(named: str) -> None:
    with pytest.raises(Refusal, match=f"PORT={re.escape(named)} is not a port"):
        application.port_named({"PORT": named})
