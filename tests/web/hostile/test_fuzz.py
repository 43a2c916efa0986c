"""Nothing that can be sent breaks a page: requests made from all addresses and forms, none of which is answered by 5xx.

`bin/test` asks five hundred times, `bin/test --all` five thousand times more. `FUZZ=50000 bin/test --all tests/web/hostile/test_fuzz.py`
asks as often as one likes, and `SEED=7` otherwise than the last time. What broke is told with the whole request.
"""

import logging
import os
import random
from collections import Counter
from dataclasses import dataclass

import pytest
from django.conf import LazySettings
from django.test import Client as Browser

from casework.accounts.roles import Role
from tests.factories.accounts import make_user

from .fuzz import Asker, Fuzzer, Harvest, Request, trouble
from .office import Office, come_in, open_office
from .safe import missing_in

pytestmark = pytest.mark.django_db

SEED = int(os.environ.get("SEED", "20261127"))
ALWAYS, AT_LENGTH = 500, int(os.environ.get("FUZZ", "5000"))


@dataclass(frozen=True, slots=True)
class Place:
    """An office, what its pages offer to whoever holds every role, and what they offer to strangers."""

    office: Office
    harvest: Harvest


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def place(settings: LazySettings) -> Place:
    settings.DEMO = True
    office = open_office()
    harvest = Harvest()
    harvest.gather(come_in(office.chief), office.paths.values())
    doors = [path for path in office.paths.values() if path.startswith(("/account/", "/invitation/"))]
    harvest.gather(Browser(raise_request_exception=False), doors)
    return Place(office, harvest)


def ask(place: Place, count: int, seed: int) -> tuple[Counter[int], dict[str, str]]:
    """Send so many requests, most of them as somebody who may do everything; return how they were answered, and what broke."""
    chance = random.Random(seed)
    askers = [Asker(come_in(place.office.chief))] * 8
    askers += [Asker(Browser(raise_request_exception=False)), Asker(come_in(make_user(Role.AUDITOR)))]
    answered: Counter[int] = Counter()
    broken: dict[str, str] = {}
    logging.disable(logging.CRITICAL)  # of thousands of refusals
    for request in Fuzzer(chance, place.office, place.harvest).requests(count):
        response = chance.choice(askers).send(request)
        answered[response.status_code] += 1
        if response.status_code >= 500:
            where, story = trouble(request, response)
            broken.setdefault(where, story)
        elif unsafe := missing_in(response, request.path.decode("latin-1")):
            broken.setdefault(f"{response.status_code} without {unsafe}", str(request))
    logging.disable(logging.NOTSET)
    return answered, broken


def told(broken: dict[str, str], seed: int) -> str:
    return f"SEED={seed}, {len(broken)} defects:\n\n" + "\n\n".join(f"== {where}\n{it}" for where, it in broken.items())


def test_hundreds_of_odd_requests_break_nothing_and_each_answer_is_safe(place: Place) -> None:
    answered, broken = ask(place, ALWAYS, SEED)
    posted = {target.path for target in place.harvest.targets if target.method == "POST"}

    assert not place.harvest.unsafe
    assert not broken, told(broken, SEED)
    # They reach what is behind the doors: pages, deeds, refusals.
    assert min(answered[200], answered[302]) > ALWAYS / 10
    assert {200, 302, 400, 403, 404, 405} <= answered.keys()
    assert len(posted) > 150
    assert {"q", "after", "state", "day__year"} <= place.harvest.names


@pytest.mark.slow
def test_five_thousand_odd_requests_break_nothing(place: Place) -> None:
    answered, broken = ask(place, AT_LENGTH, SEED + 1)

    assert not broken, told(broken, SEED)
    assert answered.total() == AT_LENGTH


def test_a_page_that_breaks_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **values: object) -> None:
        raise ValueError("nothing works today")

    monkeypatch.setattr("casework.web.cases.views.cases.chips", broken)
    response = Asker(come_in(make_user())).send(Request(path=b"/cases/"))
    where, story = trouble(Request(path=b"/cases/"), response)

    assert response.status_code == 500
    assert where.startswith("ValueError web/cases/views/")
    assert "nothing works today" in story
