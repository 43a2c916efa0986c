"""What the pages about people show of each."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from casework.accounts.models import Invitation, Membership, Team, User
from casework.accounts.roles import DEFINITIONS, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    user: User
    roles: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRow:
    invitation: Invitation
    role: str
    is_open: bool


def role_in_words(role: str, team: Team | None) -> str:
    """Return "Caseworker, Bishkek", or the role alone where it is held for the whole organisation."""
    label = _(DEFINITIONS[Role(role)].label)
    return f"{label}, {team.name}" if team else label


def person_rows(users: Iterable[User], held: Iterable[Membership]) -> list[PersonRow]:
    roles: dict[object, list[str]] = {}
    for membership in held:
        roles.setdefault(membership.user_id, []).append(role_in_words(membership.role, membership.team))
    return [PersonRow(user=user, roles=sorted(roles.get(user.pk, []))) for user in users]
