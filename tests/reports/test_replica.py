"""Which reads go to the copy for reports, and what is said when they do not. A real standby: test_replica_streaming.py."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections

from casework.accounts.models import Team
from casework.audit.models import Event
from casework.reports import replica
from casework.reports.replica import REPORTS, Source, Why
from tests.factories.accounts import NOW, make_team
from tests.guards.source import CODE, imports_of, python_files
from tests.web.reports.pages import World, file_of, page_of

from .standby import forget_copy, let_connect


@pytest.fixture
def copy() -> Iterator[dict[str, Any]]:
    """A second connection to the database itself: no copy, but it can be read."""
    about = dict(connection.settings_dict) | {"ATOMIC_REQUESTS": False}
    connections.settings[REPORTS] = about
    let_connect()
    yield about
    forget_copy()


@pytest.fixture
def near(copy: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Source:
    """Take it for a copy of four minutes past."""
    source = Source(as_of=NOW - timedelta(seconds=50))
    monkeypatch.setattr(replica, "look", lambda _now: source)
    return source


def where() -> str:
    return Team.objects.all().db


@pytest.mark.django_db
def test_without_the_setting_everything_is_read_where_it_is_written() -> None:
    assert replica.read(where, now=NOW) == (DEFAULT_DB_ALIAS, Source())


@pytest.mark.django_db(transaction=True)
def test_only_what_is_read_inside_goes_to_the_copy(near: Source) -> None:
    def work() -> tuple[str, str, str]:
        # Related rows and aggregates too; what is written, and what asks for it by name, does not.
        team = make_team()
        return where(), team._state.db or "", Team.objects.using(DEFAULT_DB_ALIAS).all().db

    assert replica.read(work, now=NOW) == ((REPORTS, DEFAULT_DB_ALIAS, DEFAULT_DB_ALIAS), near)
    assert where() == DEFAULT_DB_ALIAS


@pytest.mark.django_db(transaction=True)
def test_all_of_a_report_is_of_one_moment(near: Source) -> None:
    def work() -> tuple[int, int]:
        before = Team.objects.count()
        make_team()  # by somebody else, meanwhile
        return before, Team.objects.count()

    (before, after), _source = replica.read(work, now=NOW)

    assert before == after
    assert Team.objects.count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_what_is_loaded_from_the_copy_is_saved_in_the_database_itself(near: Source) -> None:
    team = make_team(name="Before")
    (found, _source) = replica.read(lambda: Team.objects.get(pk=team.pk), now=NOW)

    found.name = "After"
    found.save(update_fields=["name"])

    assert Team.objects.get(pk=team.pk).name == "After"


@pytest.mark.django_db(transaction=True)
def test_a_copy_that_breaks_off_in_the_middle_is_left_and_all_is_read_again(near: Source) -> None:
    asked: list[str] = []

    def work() -> str:
        asked.append(where())
        if asked[-1] == REPORTS:
            raise OperationalError("canceling statement due to conflict with recovery")
        return asked[-1]

    assert replica.read(work, now=NOW) == (DEFAULT_DB_ALIAS, Source(why=Why.AWAY))
    assert asked == [REPORTS, DEFAULT_DB_ALIAS]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_no_standby_is_not_read(copy: dict[str, Any]) -> None:
    assert replica.read(where, now=NOW) == (DEFAULT_DB_ALIAS, Source(why=Why.NO_COPY))


@pytest.mark.django_db(transaction=True)
def test_a_copy_that_cannot_be_reached_is_not_read(copy: dict[str, Any]) -> None:
    copy |= {"HOST": "/nowhere/at/all", "OPTIONS": {}}
    connections[REPORTS].settings_dict |= copy

    assert replica.read(where, now=NOW) == (DEFAULT_DB_ALIAS, Source(why=Why.AWAY))


@pytest.fixture
def world(settings: Any) -> World:
    settings.SECOND_FACTOR_REQUIRED = False
    return World()


@pytest.mark.django_db(transaction=True)
def test_page_and_file_say_of_which_moment_the_copy_is(world: World, near: Source) -> None:
    browser = world.browser

    page = page_of(browser, "report_capacity").content.decode()
    file = file_of(browser, "capacity")

    assert "These figures are of" in page
    assert file.status_code == 200
    assert Event.objects.filter(type="reports.list_exported").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("why", "said"),
    [
        (Why.AWAY, "The copy of the database for reports does not answer"),
        (Why.LATE, "The copy of the database for reports is too far behind"),
        (Why.NO_COPY, "What is set up as the copy of the database for reports is none"),
    ],
)
def test_a_page_says_why_it_was_not_read_from_the_copy(
    world: World, copy: dict[str, Any], monkeypatch: pytest.MonkeyPatch, why: Why, said: str
) -> None:
    monkeypatch.setattr(replica, "look", lambda _now: Source(why=why))

    page = page_of(world.browser, "report_capacity").content.decode()

    assert said in page


def test_no_report_reads_what_a_process_keeps_for_later() -> None:
    """Names and rules are kept in memory under a number of the database itself: read from a copy, they would stay wrong."""
    kept = {"casework.clients.names", "casework.residency.rulebook", "casework.residency.actions.deadlines"}
    paths = [*python_files(CODE / "reports"), *python_files(CODE / "web" / "reports")]

    found = {(str(path.relative_to(CODE)), each.module) for path in paths for each in imports_of(path)}

    assert not {each for each in found if each[1] in kept}
