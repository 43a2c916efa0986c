"""Whoever looks after no open case, and stands in for nobody who does, is shown what waits for everybody."""

from datetime import timedelta

import pytest

from casework.accounts.actions import record_absence
from casework.accounts.models import User
from casework.clients.actions import close_case
from casework.clients.looked_after import does_look_after_some
from casework.clients.models import Case
from tests.factories.accounts import NOW, make_team, make_user
from tests.factories.clients import make_case

pytestmark = pytest.mark.django_db


def away(user: User, deputy: User) -> None:
    record_absence(user=user, deputy=deputy, starts_at=NOW, ends_at=NOW + timedelta(days=7), by=user, now=NOW)


def close(case: Case, by: User) -> None:
    close_case(case=case, reason=Case.ClosingReason.NEEDS_MET, version=case.version, by=by, now=NOW)


def test_one_s_own_open_cases_count_and_nobody_else_s() -> None:
    team = make_team()
    worker, colleague = make_user(team=team), make_user(team=team)
    case = make_case(team=team, caseworker=worker)

    assert does_look_after_some(worker, NOW)
    assert not does_look_after_some(colleague, NOW)

    close(case, worker)
    assert not does_look_after_some(worker, NOW)


def test_those_of_whoever_is_away_count_for_who_stands_in_until_they_are_back() -> None:
    team = make_team()
    worker, idle, deputy, deputy_of_idle = (make_user(team=team) for _number in range(4))
    case = make_case(team=team, caseworker=worker)
    away(worker, deputy)
    away(idle, deputy_of_idle)

    assert does_look_after_some(deputy, NOW)
    assert not does_look_after_some(deputy_of_idle, NOW)
    assert not does_look_after_some(idle, NOW)
    assert not does_look_after_some(deputy, NOW + timedelta(days=8))

    close(case, worker)
    assert not does_look_after_some(deputy, NOW)
