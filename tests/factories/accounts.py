"""Users, teams and what each may do, for tests. No name of a real person or organisation."""

import itertools
from datetime import UTC, datetime

from casework.accounts.models import Membership, Team, User
from casework.accounts.roles import DEFINITIONS, Role

# The moment at which tests of actions happen; pages ask the real clock, so memberships began long before.
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PASSWORD = "correct horse battery staple"

_numbers = itertools.count(1)


def make_team(
    *, name: str = "Bishkek", country: str = "KG", time_zone: str = "Asia/Bishkek", is_active: bool = True
) -> Team:
    return Team.objects.create(
        code=f"T{next(_numbers)}", name=name, country=country, time_zone=time_zone, is_active=is_active
    )


def make_user(
    role: Role | None = Role.CASEWORKER,
    *,
    team: Team | None = None,
    name: str = "Test Worker",
    language: str = "en",
) -> User:
    """A user who holds `role` (None: none at all), in `team` or, where the role is of a team, a new one."""
    user = User.objects.create_user(
        f"worker{next(_numbers)}@example.org", PASSWORD, display_name=name, language=language, now=LONG_AGO
    )
    if role is not None:
        make_membership(user, role, team=team)
    return user


def make_membership(
    user: User,
    role: Role,
    *,
    team: Team | None = None,
    starts_at: datetime = LONG_AGO,
    ends_at: datetime | None = None,
) -> Membership:
    if DEFINITIONS[role].of_a_team:
        team = team or make_team()
    return Membership.objects.create(user=user, team=team, role=role, starts_at=starts_at, ends_at=ends_at)


def team_of(user: User) -> Team:
    """The team of a user who is in one."""
    membership = user.memberships.get()
    assert membership.team is not None
    return membership.team
