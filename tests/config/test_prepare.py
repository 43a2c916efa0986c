import os
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import OperationalError, connection

from casework.config import prepare


def may_be_taken() -> bool:
    """Tell whether another session could take the lock at this moment."""
    other = connection.get_new_connection(connection.get_connection_params())
    try:
        row = other.execute("SELECT pg_try_advisory_lock(%s)", [prepare.LOCK]).fetchone()
    finally:
        other.close()
    return bool(row[0])


@pytest.mark.django_db
def test_a_database_is_prepared_by_one_process_at_a_time() -> None:
    assert may_be_taken()
    with prepare.only_one():
        assert not may_be_taken()
    assert may_be_taken()


@pytest.mark.django_db
def test_a_preparation_that_fails_lets_the_next_one_in() -> None:
    with pytest.raises(ZeroDivisionError), prepare.only_one():
        raise ZeroDivisionError

    assert may_be_taken()


def test_a_database_that_is_still_starting_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[str] = ["starting up", "starting up", "recovering", ""]
    said: list[str] = []

    def ensure_connection() -> None:
        if why := answers.pop(0):
            raise OperationalError(why)

    monkeypatch.setattr(prepare.connection, "ensure_connection", ensure_connection)
    monkeypatch.setattr(prepare, "PAUSE", 0)
    prepare.wait_for_database(600, said.append)

    assert said == ["Waiting for the database: starting up", "Waiting for the database: recovering"]
    assert answers == []


def test_a_database_that_does_not_come_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    def ensure_connection() -> None:
        raise OperationalError("away")

    monkeypatch.setattr(prepare.connection, "ensure_connection", ensure_connection)

    with pytest.raises(OperationalError, match="away"):
        prepare.wait_for_database(0, print)


@pytest.fixture
def static_files(settings: LazySettings, tmp_path: Path) -> Path:
    """A directory of static files, and a place to collect them in."""
    files = tmp_path / "files"
    files.mkdir()
    (files / "page.css").write_text("p { color: black }")
    settings.STATICFILES_DIRS = [files]
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    return files


def test_static_files_are_collected_when_they_change_and_only_then(static_files: Path, settings: LazySettings) -> None:
    collected = Path(settings.STATIC_ROOT) / "page.css"

    prepare.collect_static_files()
    assert collected.read_text() == "p { color: black }"

    collected.write_text("left alone")
    prepare.collect_static_files()
    assert collected.read_text() == "left alone"

    (static_files / "page.css").write_text("p { color: white; }")
    prepare.collect_static_files()
    assert collected.read_text() == "p { color: white; }"


def test_a_static_file_that_is_gone_is_collected_no_more(static_files: Path, settings: LazySettings) -> None:
    (static_files / "old.css").touch()
    prepare.collect_static_files()
    assert (Path(settings.STATIC_ROOT) / "old.css").exists()

    (static_files / "old.css").unlink()
    prepare.collect_static_files()

    assert not (Path(settings.STATIC_ROOT) / "old.css").exists()


def test_other_times_of_the_same_files_collect_nothing_anew(static_files: Path, settings: LazySettings) -> None:
    """An image of a container keeps whole seconds only, and is read-only where it runs."""
    prepare.collect_static_files()
    collected = Path(settings.STATIC_ROOT) / "page.css"
    collected.write_text("left alone")

    os.utime(static_files / "page.css", (1_700_000_000, 1_700_000_000))
    prepare.collect_static_files()

    assert collected.read_text() == "left alone"
