import os
import tempfile
from pathlib import Path

import pytest

from casework.config.embedded import testing
from casework.config.embedded.application import Application
from casework.config.embedded.environment import Environment
from casework.config.embedded.places import Places
from casework.config.embedded.processes import StopSignals
from casework.config.embedded.testing import Stage

from .conftest import CHECKOUT


@pytest.fixture
def casework(places: Places) -> Application:
    """An application whose commands run in this very environment."""
    here = Places(checkout=CHECKOUT, home=places.home, sockets=places.sockets)
    return Application(Environment(CHECKOUT), here, dict(os.environ))


def test_a_stage_that_passes_says_how_long_it_took(
    casework: Application, stop: StopSignals, capfd: pytest.CaptureFixture[str]
) -> None:
    assert testing.passes(Stage("types", ["/bin/sh", "-c", "echo fine"]), casework, stop)

    said = capfd.readouterr().out.splitlines()
    assert said[:2] == ["--- types", "fine"]
    assert said[2].startswith("types: ok, ")


def test_a_stage_runs_in_the_checkout_wherever_it_was_started(
    casework: Application, stop: StopSignals, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")

    testing.passes(Stage("types", ["/bin/pwd"]), casework, stop)

    assert str(CHECKOUT) in capfd.readouterr().out.splitlines()


def test_a_stage_that_fails_says_so(
    casework: Application, stop: StopSignals, capfd: pytest.CaptureFixture[str]
) -> None:
    assert not testing.passes(Stage("types", ["/bin/sh", "-c", "exit 2"]), casework, stop)

    assert "types: exit status 2, " in capfd.readouterr().out


def test_after_the_tests_that_pass_nothing_more_is_said(
    casework: Application, stop: StopSignals, capfd: pytest.CaptureFixture[str]
) -> None:
    assert testing.passes(Stage("pytest", ["/bin/sh", "-c", "echo '2 passed in 0.1s'"]), casework, stop)

    assert capfd.readouterr().out.splitlines()[-1] == "2 passed in 0.1s"


def test_the_slow_tests_are_left_out_unless_all_are_asked_for(casework: Application) -> None:
    assert testing.stages(casework, everything=False)[-1].command[-2:] == ["-m", "not slow"]
    assert "not slow" not in testing.stages(casework, everything=True)[-1].command


def test_every_stage_is_there_with_the_tests_last(casework: Application) -> None:
    names = [stage.name for stage in testing.stages(casework, everything=False)]

    assert names == ["ruff check", "ruff format", "mypy", "migrations", "pytest"]


def test_the_directory_for_tests_has_short_paths_wherever_temporary_files_lie(
    open_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = open_directory / ("x" * 100)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))

    directory = testing.temporary_directory()

    assert directory.parent == Path("/tmp")
    directory.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_the_directory_for_tests_is_one_that_the_database_reaches(
    open_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (open_directory / "closed").mkdir(mode=0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(open_directory / "closed"))

    directory = testing.temporary_directory()

    assert directory.parent == Path("/tmp")
    assert directory.stat().st_mode & 0o777 == 0o711
    directory.rmdir()
