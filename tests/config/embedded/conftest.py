"""Places and servers for tests, in a directory that PostgreSQL's user can reach and whose paths are short."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.config.embedded import places as place
from casework.config.embedded.environment import Environment
from casework.config.embedded.places import Places
from casework.config.embedded.processes import StopSignals

CHECKOUT = Path(__file__).resolve().parents[3]


@contextlib.contextmanager
def made_open_directory() -> Iterator[Path]:
    """Make a directory with a short path that everybody may pass through; pytest's own is closed."""
    directory = Path(tempfile.mkdtemp(prefix="cw-", dir="/tmp"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


def made_places(directory: Path) -> Places:
    """Make the places of a checkout without data."""
    checkout = directory / "checkout"
    checkout.mkdir()
    return place.choose(checkout=checkout, environ={}, uid=os.geteuid(), serves_postgres=True)


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that PostgreSQL's user can reach."""
    with made_open_directory() as directory:
        yield directory


@pytest.fixture
def places(open_directory: Path) -> Places:
    """Fresh places of a checkout without data."""
    return made_places(open_directory)


@pytest.fixture(scope="session")
def environment() -> Environment:
    """The environment that these tests run in, for its embedded servers."""
    environment = Environment(CHECKOUT)
    if not environment.runs():
        pytest.skip("there is no .venv in this checkout")
    return environment


@pytest.fixture
def stop() -> StopSignals:
    """Signals that nobody has sent."""
    return StopSignals()
