"""Appointments: planned at a wall time, moved, ended, and recomputed when a country changes its clocks."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError

from casework.accounts.models import User
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Appointment, Client
from casework.lib.ids import new_id
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return make_client()


def plan(client: Client, *, by: User | None = None, now: dt.datetime = NOW, **fields: Any) -> Appointment:
    known: dict[str, Any] = {"day": dt.date(2026, 12, 1), "wall_time": dt.time(10), "zone": "Asia/Almaty"}
    by = by or make_user(team=client.case.team)
    return actions.plan_appointment(case=client.case, people=[client], by=by, now=now, **(known | fields))


def test_the_instant_follows_from_the_wall_time(client: Client) -> None:
    appointment = plan(client, minutes=30, place="ул. Придуманная, 2")

    assert appointment.starts_at == dt.datetime(2026, 12, 1, 5, tzinfo=dt.UTC)
    assert appointment.ends_at - appointment.starts_at == dt.timedelta(minutes=30)
    assert [it.client_id for it in appointment.people.all()] == [client.pk]


def test_sent_twice_it_is_planned_once(client: Client) -> None:
    token, by = new_id(), make_user(team=client.case.team)

    for _ in range(2):
        plan(client, by=by, appointment_id=token)

    assert Appointment.objects.count() == 1
    assert Event.objects.filter(type="clients.appointment_planned").count() == 1


@pytest.mark.parametrize(
    ("day", "field"), [(dt.date(2027, 3, 28), "wall_time"), (dt.date(2026, 10, 25), "fold")], ids=["gap", "twice"]
)
def test_an_hour_that_is_not_clear_is_asked_about(client: Client, day: dt.date, field: str) -> None:
    with pytest.raises(actions.UnableToPlanAppointment) as refusal:
        plan(client, day=day, wall_time=dt.time(2, 30), zone="Europe/Berlin")

    assert refusal.value.field == field
    assert not Appointment.objects.exists()


def test_the_second_of_two_such_hours_is_kept(client: Client) -> None:
    appointment = plan(client, day=dt.date(2026, 10, 25), wall_time=dt.time(2, 30), zone="Europe/Berlin", fold=1)

    assert (appointment.fold, appointment.starts_at.hour) == (1, 1)


def test_somebody_of_the_case_must_be_named_and_staff_may_see_it(client: Client) -> None:
    with pytest.raises(actions.UnableToPlanAppointment, match="for whom"):
        actions.plan_appointment(
            case=client.case, people=[], by=make_user(), now=NOW, day=NOW.date(), wall_time=dt.time(9), zone="UTC"
        )
    with pytest.raises(actions.UnableToPlanAppointment, match="may not see"):
        plan(client, staff=make_user())


def test_moved_it_says_where_to_and_sent_twice_moves_once(client: Client) -> None:
    old, token, by = plan(client), new_id(), make_user(team=client.case.team)
    when: dict[str, Any] = {"day": dt.date(2026, 12, 2), "wall_time": dt.time(11), "zone": "Asia/Almaty"}

    for _ in range(2):
        new = actions.move_appointment(appointment=old, version=1, appointment_id=token, by=by, now=NOW, **when)

    old.refresh_from_db()
    assert (old.state, old.moved_to_id, new.state) == ("moved", new.pk, "planned")
    assert Appointment.objects.count() == 2
    assert [it.client_id for it in new.people.all()] == [client.pk]


def test_it_is_kept_only_after_it_has_begun_and_can_be_planned_again(client: Client) -> None:
    appointment, by = plan(client), make_user(team=client.case.team)
    with pytest.raises(actions.UnableToPlanAppointment, match="not begun"):
        actions.end_appointment(appointment=appointment, state="kept", version=1, by=by, now=NOW)
    later = NOW + dt.timedelta(days=20)

    kept = actions.end_appointment(appointment=appointment, state="kept", version=1, by=by, now=later)
    again = actions.plan_again(appointment=kept, version=kept.version, by=by, now=later)

    assert (kept.state, again.state) == ("kept", "planned")


def test_of_two_who_change_it_the_second_is_told(client: Client) -> None:
    appointment, by = plan(client), make_user(team=client.case.team)
    actions.change_appointment(appointment=appointment, version=1, place="там", by=by, now=NOW)

    with pytest.raises(ChangedMeanwhile):
        actions.change_appointment(appointment=appointment, version=1, place="здесь", by=by, now=NOW)


def test_future_instants_follow_a_country_that_changes_its_clocks(client: Client) -> None:
    """As Almaty did on 1 March 2024: whoever held the older tables had agreed on the wall time all the same."""
    long_before = dt.datetime(2024, 1, 10, tzinfo=dt.UTC)
    future = plan(client, day=dt.date(2024, 3, 5), now=long_before)
    past = plan(client, day=dt.date(2024, 1, 5), now=long_before)
    by_the_old_tables = dt.datetime(2024, 3, 5, 4, tzinfo=dt.UTC)
    Appointment.objects.filter(pk=future.pk).update(
        starts_at=by_the_old_tables, ends_at=by_the_old_tables + dt.timedelta(hours=1)
    )

    moved = [actions.recompute_instants(long_before) for _ in range(2)]

    future.refresh_from_db()
    past.refresh_from_db()
    assert moved == [1, 0]
    assert (future.starts_at.hour, str(future.wall_time), past.version) == (5, "10:00:00", 1)
    assert not future.is_unclear
    assert Event.objects.filter(type="clients.appointment_instant_moved", actor_id=None).count() == 1


def test_an_hour_that_new_tables_have_taken_away_is_marked(client: Client) -> None:
    appointment = plan(client, day=dt.date(2027, 3, 28), wall_time=dt.time(2, 30))

    actions.recompute_instants(NOW, zones=lambda _name: ZoneInfo("Europe/Berlin"))

    appointment.refresh_from_db()
    assert appointment.is_unclear


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("appointment_state_known", {"state": "lost"}),
        ("appointment_moved_says_where_to", {"state": "moved"}),
        ("appointment_ends_after_it_begins", {"ends_at": NOW - dt.timedelta(days=9999)}),
        ("appointment_lasts_a_day_at_most", {"minutes": 1}),
        ("appointment_fold_is_one_of_two", {"fold": 2}),
    ],
)
def test_what_must_never_be_the_database_refuses(client: Client, name: str, values: dict[str, Any]) -> None:
    appointment = plan(client)

    with pytest.raises(IntegrityError, match=name):
        Appointment.objects.filter(pk=appointment.pk).update(**values)


def test_it_is_not_moved_to_itself(client: Client) -> None:
    appointment = plan(client)

    with pytest.raises(IntegrityError, match="appointment_not_moved_to_itself"):
        Appointment.objects.filter(pk=appointment.pk).update(state="moved", moved_to=appointment)
