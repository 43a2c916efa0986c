"""By whose clock somebody is told."""

from datetime import timedelta

import pytest

from casework.accounts.roles import Role
from casework.reminders.timing import Timing
from tests.factories.accounts import NOW, make_membership, make_team, make_user

pytestmark = pytest.mark.django_db


def test_the_clock_is_that_of_an_office_in_which_somebody_still_works() -> None:
    user = make_user(team=make_team(country="RS", time_zone="Europe/Belgrade"))
    user.memberships.update(ends_at=NOW - timedelta(days=1))
    make_membership(user, Role.CASEWORKER, team=make_team(time_zone="Asia/Bishkek"))
    user.memberships.filter(ends_at=None).update(starts_at=NOW - timedelta(days=1))

    assert Timing(NOW).hours_of(user.pk, None).zone == "Asia/Bishkek"
