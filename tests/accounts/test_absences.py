"""Who is away, and what the database refuses about it."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from casework.accounts import actions
from casework.accounts.absences import Away
from casework.accounts.actions import UnableToRecordAbsence
from casework.accounts.models import Absence, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.lib.ids import new_id

from ..factories.accounts import NOW, make_membership, make_team, make_user, team_of
from ..racing import at_once

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


@pytest.fixture
def worker() -> User:
    return make_user()


@pytest.fixture
def deputy(worker: User) -> User:
    return make_user(team=team_of(worker))


def away(user: User, deputy: User | None = None, **other: Any) -> Absence:
    known: dict[str, Any] = {"starts_at": NOW, "ends_at": NOW + WEEK, "by": user, "now": NOW}
    return actions.record_absence(user=user, deputy=deputy, **(known | other))[0]


def test_somebody_is_away_from_one_hour_to_another(worker: User, deputy: User) -> None:
    away(worker, deputy)

    assert Away(NOW).deputies == {worker.pk: deputy.pk}
    assert Away(NOW + WEEK).deputies == Away(NOW - timedelta(seconds=1)).deputies == {}
    event = Event.objects.get(type="accounts.absence_recorded")
    assert event.data == {"user": str(worker.pk), "deputy": str(deputy.pk)}


def test_a_form_sent_twice_notes_it_once(worker: User) -> None:
    token = new_id()

    first, second = away(worker, absence_id=token), away(worker, absence_id=token)

    assert first == second
    assert Event.objects.filter(type="accounts.absence_recorded").count() == 1


def test_the_token_of_somebody_elses_absence_notes_nothing(worker: User, deputy: User) -> None:
    token = away(worker).pk

    assert refusal(user=deputy, absence_id=token) == ""
    assert [it.user for it in Absence.objects.all()] == [worker]


def test_who_is_back_before_the_day_is_not_away_any_more(worker: User, deputy: User) -> None:
    absence = away(worker, deputy)

    for _twice in range(2):
        actions.end_absence(absence=absence, by=worker, now=NOW + timedelta(days=2))

    assert worker.pk not in Away(NOW + timedelta(days=2))
    assert Event.objects.filter(type="accounts.absence_ended").count() == 1
    away(worker, deputy, starts_at=NOW + timedelta(days=3))  # the time is free again


def test_who_stands_in_and_is_away_themselves_stands_in_for_nobody(worker: User, deputy: User) -> None:
    away(worker, deputy)
    away(deputy)

    assert Away(NOW).deputy_of(worker.pk) is None


def refusal(**known: Any) -> str:
    with pytest.raises(UnableToRecordAbsence) as refused:
        away(**known)
    return refused.value.field


def test_only_a_colleague_of_the_team_who_is_there_stands_in(worker: User, deputy: User) -> None:
    away(deputy, starts_at=NOW + timedelta(days=6), ends_at=NOW + 2 * WEEK)
    reader = make_user(Role.REPORT_READER)

    for other in (worker, make_user(), reader, deputy):
        assert refusal(user=worker, deputy=other) == "deputy"


def test_times_make_sense(worker: User) -> None:
    assert refusal(user=worker, ends_at=NOW) == "until"
    assert refusal(user=worker, starts_at=NOW - WEEK, ends_at=NOW - timedelta(days=1)) == "until"
    assert refusal(user=worker, ends_at=NOW + timedelta(days=367)) == "until"


def test_nobody_is_away_twice_at_once(worker: User) -> None:
    away(worker)

    assert refusal(user=worker, starts_at=NOW + timedelta(days=6), ends_at=NOW + 2 * WEEK) == ""
    away(worker, starts_at=NOW + WEEK, ends_at=NOW + 2 * WEEK)  # one ends when the next begins


def test_of_somebody_else_it_is_noted_by_whoever_gives_out_the_cases_of_their_team(worker: User, deputy: User) -> None:
    coordinator = make_user(Role.COORDINATOR, team=team_of(worker))

    for other in (deputy, make_user(Role.COORDINATOR), make_user(Role.ADMINISTRATOR)):
        assert refusal(user=worker, by=other) == "user"
    assert away(worker, deputy, by=coordinator).recorded_by == coordinator


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("absence_ends_in_time", {"ends_at": NOW}),
        ("absence_ends_in_time", {"ends_at": NOW + timedelta(days=367)}),
        ("absence_deputy_is_somebody_else", {"deputy_id": "self"}),
        ("absence_one_at_a_time", {"starts_at": NOW + timedelta(days=1)}),
    ],
)
def test_the_database_refuses_what_must_not_be(worker: User, name: str, wrong: dict[str, Any]) -> None:
    if name == "absence_one_at_a_time":
        away(worker)
    known = {"user": worker, "starts_at": NOW, "ends_at": NOW + WEEK, "recorded_at": NOW}
    known |= {key: worker.pk if value == "self" else value for key, value in wrong.items()}

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Absence.objects.create(**known)


def test_changeable_and_visible(worker: User, deputy: User) -> None:
    team = team_of(worker)
    absence = away(worker, deputy)
    coordinator, foreign = make_user(Role.COORDINATOR, team=team), make_user(Role.COORDINATOR, team=make_team())
    former = make_user(Role.COORDINATOR, team=team)
    former.memberships.update(ends_at=NOW)
    make_membership(former, Role.COORDINATOR)

    def seen(name: str) -> list[bool]:
        people = (worker, deputy, make_user(team=team), coordinator, foreign, former)
        return [getattr(Absence.objects, name)(user, NOW).filter(pk=absence.pk).exists() for user in people]

    assert seen("visible_to") == [True, True, False, True, False, False]
    assert seen("changeable_by") == [True, False, False, True, False, False]


@pytest.mark.django_db(transaction=True)
def test_two_who_note_the_same_absence_at_once_note_one() -> None:
    worker = make_user()
    coordinator = make_user(Role.COORDINATOR, team=team_of(worker))

    def note(by: User) -> Absence:
        return away(worker, by=by)

    outcomes = at_once(partial(note, worker), partial(note, coordinator))

    assert Absence.objects.count() == 1
    assert sum(isinstance(each, UnableToRecordAbsence) for each in outcomes) == 1
