"""The clock stands still, so that what is due today is due in every run."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client as Browser

from casework.accounts.models import User
from tests.factories.accounts import NOW, make_user


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def worker() -> User:
    return make_user()


@pytest.fixture
def browser(worker: User) -> Browser:
    return signed_in(worker)


def signed_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser
