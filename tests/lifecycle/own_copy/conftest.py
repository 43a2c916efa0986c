"""Whose copies are made: a whole file, and passphrases that cost little."""

import pytest

from casework.accounts.models import User
from casework.vault import portable as sealing
from tests.factories.accounts import make_user, team_of
from tests.factories.files import File, make_file


@pytest.fixture(autouse=True)
def cheaply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "COST", 2**4)


@pytest.fixture
def worker() -> User:
    return make_user()


@pytest.fixture
def file(worker: User) -> File:
    return make_file(team=team_of(worker), worker=worker, name="Копийк")
