"""Reports read from a real standby: of this moment, of a moment ago, too old, gone."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.db import connections
from django.utils import timezone

from casework.accounts.models import Team
from casework.config.embedded.environment import Environment
from casework.config.embedded.places import Places
from casework.config.embedded.processes import StopSignals
from casework.reports import replica
from casework.reports.replica import REPORTS, Why
from tests.config.embedded.conftest import environment, open_directory, places, stop  # noqa: F401 - fixtures
from tests.factories.accounts import make_team

from .standby import servers

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def teams() -> set[str]:
    return set(Team.objects.values_list("name", flat=True))


def where() -> str:
    return Team.objects.all().db


def until(condition: Callable[[], bool]) -> None:
    patience = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < patience
        time.sleep(0.05)


def test_a_standby_is_read_while_it_is_near_and_left_when_it_is_not(
    environment: Environment,  # noqa: F811 - fixtures
    places: Places,  # noqa: F811 - the fixture of that name
    stop: StopSignals,  # noqa: F811 - the fixture of that name
) -> None:
    with servers(environment, places, stop) as pair:
        # It has come as far as the database: it is read, and is of this moment.
        make_team(name="Before")
        until(lambda: replica.look(timezone.now()).as_of is not None)
        until(lambda: "Before" in replica.read(teams, now=timezone.now())[0])
        now = timezone.now()
        until(lambda: replica.look(now).as_of == now)
        found, source = replica.read(where, now=now)
        assert (found, source.why) == (REPORTS, None)

        # It stands still for a moment: what it says is of that moment, rows and who may see them alike.
        pair.on_standby("SELECT pg_wal_replay_pause()")
        make_team(name="After")
        now = timezone.now()
        found, source = replica.read(teams, now=now)
        assert "Before" in found
        assert "After" not in found
        assert source.why is None
        assert source.as_of is not None
        assert now - timedelta(minutes=1) < source.as_of < now

        # It stands still for too long: the database itself is read, and it is said why.
        found, source = replica.read(teams, now=now + replica.MOST_LAG + timedelta(minutes=1))
        assert "After" in found
        assert (source.as_of, source.why) == (None, Why.LATE)
        assert source.lag is not None
        assert source.lag > replica.MOST_LAG

        # What is written while it is read goes to the database itself.
        def writing() -> str:
            return make_team(name="Meanwhile")._state.db or ""

        assert replica.read(writing, now=now)[0] == "default"
        pair.on_standby("SELECT pg_wal_replay_resume()")
        until(lambda: "Meanwhile" in replica.read(teams, now=timezone.now())[0])
        assert run_checks(databases=["default", REPORTS], tags=["database"]) == []

        # It dies, even with an open connection: the database itself is read.
        pair.kill_standby()
        found, source = replica.read(teams, now=timezone.now())
        assert "Meanwhile" in found
        assert source.why is Why.AWAY

        # Somebody has named the database itself: that is no copy.
        connections.settings[REPORTS]["PORT"] = "5432"
        connections[REPORTS].close()
        connections[REPORTS].settings_dict["PORT"] = "5432"
        assert replica.read(where, now=timezone.now()) == ("default", replica.Source(why=Why.NO_COPY))
        assert [each.id for each in run_checks(databases=["default", REPORTS], tags=["database"])] == ["config.W010"]
