"""The shell script that finds a Python."""

import shutil
import subprocess
from pathlib import Path

import pytest

from .conftest import CHECKOUT

START = CHECKOUT / "casework" / "config" / "embedded" / "start"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine without Python: our script, which runs what it finds in `bin`, and the few tools that it needs."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "start").write_text(START.read_text().replace("/usr/bin/python", "/nonexistent/python"))
    (tmp_path / "start").chmod(0o755)
    for tool in ("sh", "dirname", "readlink"):
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def add_python(machine: Path, name: str, *, enough: bool = True, makes_environments: bool = True) -> None:
    """Add a Python that answers the two questions of the script, and otherwise says its name and what it is to run."""
    fake = machine / "bin" / name
    fake.write_text(
        "#!/bin/sh\n"
        'case "$*" in\n'
        f"*ensurepip*) exit {0 if enough and makes_environments else 1} ;;\n"
        f"*version_info*) exit {0 if enough else 1} ;;\n"
        "--version) echo Python 3.9.2 ;;\n"
        f'*) echo "{name} $*" ;;\n'
        "esac\n"
    )
    fake.chmod(0o755)


def start(machine: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [machine / "start", *arguments], env={"PATH": str(machine / "bin")}, capture_output=True, text=True, check=False
    )


def test_the_python_that_is_tested_is_preferred(machine: Path) -> None:
    add_python(machine, "python3")
    add_python(machine, "python3.11")

    assert start(machine, "run", "--port", "1").stdout == f"python3.11 -I {machine}/__main__.py run --port 1\n"


def test_a_newer_python_is_found_where_the_usual_one_is_too_old(machine: Path) -> None:
    add_python(machine, "python3", enough=False)
    add_python(machine, "python3.12")

    assert start(machine, "run").stdout.startswith("python3.12 ")


def test_one_that_makes_environments_is_preferred(machine: Path) -> None:
    add_python(machine, "python3.11", makes_environments=False)
    add_python(machine, "python3.13")

    assert start(machine, "run").stdout.startswith("python3.13 ")


def test_without_such_a_one_the_installation_will_say_what_is_missing(machine: Path) -> None:
    add_python(machine, "python3", makes_environments=False)

    assert start(machine, "run").stdout.startswith("python3 ")


def test_a_python_that_is_too_old_is_said_in_one_line(machine: Path) -> None:
    add_python(machine, "python3", enough=False)

    said = start(machine, "run")

    assert said.returncode == 1
    assert said.stdout == ""
    assert said.stderr.count("\n") == 1
    assert "Python 3.11 or newer is needed, and the PATH holds Python 3.9.2" in said.stderr


def test_no_python_at_all_is_said(machine: Path) -> None:
    assert "holds no python3" in start(machine, "run").stderr


def test_words_with_spaces_arrive_whole(machine: Path) -> None:
    add_python(machine, "python3.11")

    assert start(machine, "manage", "a  b", "").stdout == f"python3.11 -I {machine}/__main__.py manage a  b \n"


@pytest.mark.parametrize("command", ["run", "test", "manage"])
def test_each_command_works_from_anywhere_and_through_a_link(command: str, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(CHECKOUT / "bin" / command)

    text = (CHECKOUT / "bin" / command).read_text()

    assert (CHECKOUT / "bin" / command).stat().st_mode & 0o111 == 0o111
    assert f'embedded/start" {command} ' in text
    if command == "run":
        said = subprocess.run(
            [tmp_path / "link", "--help"],
            cwd="/",
            env={"PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert said.stdout.startswith("usage: bin/run ")
