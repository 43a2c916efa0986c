"""Almaty moved its clocks on 1 March 2024, and other countries will: reminders follow the tables of zones that there are."""

import shutil
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from casework.reminders.models import Reminder
from casework.reminders.plan import plan
from casework.reminders.send import deliver_due
from casework.residency.models import Deadline, Jurisdiction
from tests.factories.accounts import LONG_AGO, make_team, make_user
from tests.factories.clients import make_case, make_client

from .deadlines import make_deadline

pytestmark = pytest.mark.django_db

# Two midnights by the clock of Almaty, an hour apart: at the first it was put back, at the second March began.
PUT_BACK = datetime(2024, 2, 29, 18, 0, tzinfo=UTC)
MARCH_BEGINS = datetime(2024, 2, 29, 19, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def deadline() -> Deadline:
    """One that is to be spoken of from 1 March 2024 on, a week before, to somebody who works there."""
    Jurisdiction.objects.create(code="KZ", time_zone="Asia/Almaty")
    team = make_team(country="KZ", time_zone="Asia/Almaty")
    client = make_client(case=make_case(team=team, caseworker=make_user(team=team), now=LONG_AGO), now=LONG_AGO)
    # Fourteen days before was said already.
    found = make_deadline(client=client, country="KZ", due_on=date(2024, 3, 8), now=LONG_AGO)
    plan(now=PUT_BACK - timedelta(days=3))
    deliver_due(clock=lambda: PUT_BACK - timedelta(days=2, hours=9))
    mail.outbox.clear()
    return found


@contextmanager
def tables_of_zones(folder: Path) -> Iterator[None]:
    """Read zones from the files in `folder`, and where it has none, from where they always are."""
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath([str(folder), *before])
    ZoneInfo.clear_cache()
    try:
        yield
    finally:
        zoneinfo.reset_tzpath(before)
        ZoneInfo.clear_cache()


@pytest.fixture
def before_the_update(tmp_path: Path) -> Path:
    """Tables of somebody who has not heard of the change: Almaty stays six hours ahead, as Bishkek does."""
    for folder in zoneinfo.TZPATH:
        if (found := Path(folder) / "Asia/Bishkek").exists():
            break
    else:
        import tzdata

        found = Path(tzdata.__file__).parent / "zoneinfo/Asia/Bishkek"
    (tmp_path / "Asia").mkdir()
    shutil.copy(found, tmp_path / "Asia/Almaty")
    return tmp_path


def at_the_wall(instant: datetime) -> tuple[date, time]:
    local = instant.astimezone(ZoneInfo("Asia/Almaty"))
    return local.date(), local.time()


def test_the_hour_that_came_twice_is_still_the_day_before(deadline: Deadline) -> None:
    queued = [
        plan(now=at).queued
        for at in (PUT_BACK - MINUTE, PUT_BACK, PUT_BACK + MINUTE, MARCH_BEGINS - MINUTE, MARCH_BEGINS)
    ]

    assert queued == [0, 0, 0, 0, 1]


def test_quiet_hours_end_at_seven_by_the_new_clock(deadline: Deadline) -> None:
    plan(now=MARCH_BEGINS)

    reminder = Reminder.objects.get(state=Reminder.State.WAITING)
    assert at_the_wall(reminder.send_at) == (date(2024, 3, 1), time(7))
    assert reminder.send_at == datetime(2024, 3, 1, 2, 0, tzinfo=UTC)


def test_what_was_queued_by_the_old_tables_goes_at_the_hour_of_the_new_ones(
    deadline: Deadline, before_the_update: Path
) -> None:
    """An update comes in the night: nobody is written to at six, nothing is lost, and nothing comes twice."""
    with tables_of_zones(before_the_update):
        plan(now=PUT_BACK)
        queued = Reminder.objects.get(state=Reminder.State.WAITING)
        assert queued.send_at == datetime(2024, 3, 1, 1, 0, tzinfo=UTC)

    plan(now=MARCH_BEGINS)
    deliver_due(clock=lambda: datetime(2024, 3, 1, 1, 0, tzinfo=UTC))
    at_six = len(mail.outbox)
    deliver_due(clock=lambda: datetime(2024, 3, 1, 2, 0, tzinfo=UTC))
    deliver_due(clock=lambda: datetime(2024, 3, 1, 2, 1, tzinfo=UTC))

    queued.refresh_from_db()
    assert (at_six, len(mail.outbox)) == (0, 1)
    assert (queued.state, queued.tries) == (Reminder.State.SENT, 1)
    assert Reminder.objects.filter(lead_days=7).count() == 1


def test_the_day_follows_the_new_tables_at_once(deadline: Deadline, before_the_update: Path) -> None:
    with tables_of_zones(before_the_update):
        assert at_the_wall(PUT_BACK) == (date(2024, 3, 1), time(0))

    assert at_the_wall(PUT_BACK) == (date(2024, 2, 29), time(23))
    assert plan(now=PUT_BACK).queued == 0
