"""What somebody may see, read once for all statements of one page.

The predicate of `clients.access` asks the database in each statement who works where, is named on what and was given access to
what. A page that only looks asks once and names the teams and cases from then on: the statements are a tenth as long, and the
database sees how few rows they let through. Whatever changes something asks anew, within its own statement.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from casework.accounts.models import User
from casework.accounts.roles import DEFINITIONS, Permission, Role

# Longer than a page takes; whatever goes on beyond it, such as a long file that somebody takes along, asks anew.
LASTS = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Lent:
    """Access for a time to the case with this code, or to the cases of a team; `team` is that of the case then."""

    code: str | None
    team: UUID
    may_change: bool


@dataclass(frozen=True, slots=True)
class InSight:
    """What decides which cases somebody may see, as it was at a moment: active memberships with the names of their teams, the
    codes of cases on which they are named and which they opened in an emergency, and what they were given for a time."""

    at: datetime
    held: Sequence[tuple[Role, UUID | None, str]]
    named: Sequence[str]
    lent: Sequence[Lent]
    opened: Sequence[Lent]

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything they may do somewhere."""
        return frozenset().union(*(DEFINITIONS[role].permissions for role, _team, _name in self.held))

    @property
    def team_names(self) -> list[str]:
        return sorted({name for _role, _team, name in self.held if name})

    @property
    def teams(self) -> list[UUID]:
        """The teams of all cases that they may look at."""
        view = Permission.CASE_VIEW
        given = [it.team for it in (*self.lent, *self.opened)] if view in self.permissions else []
        return sorted({*self.rows("teams", view), *given})

    @property
    def kind(self) -> Hashable:
        """What decides for which permissions each of `rows` has something, whatever it is."""
        return (
            frozenset((role, team is None) for role, team, _name in self.held),
            bool(self.named),
            frozenset((bool(it.code), it.may_change) for it in self.lent),
            any(it.code for it in self.opened),
        )

    def rows(self, what: str, permission: Permission) -> list[Any]:
        """Return the teams or the codes of cases that `access._rows` speaks of by this name."""
        may = permission in self.permissions
        lent = [it for it in self.lent if may and (it.may_change or permission == Permission.CASE_VIEW)]
        match what:
            case "teams":
                carry = (team for role, team, _name in self.held if permission in DEFINITIONS[role].permissions)
                return sorted({team for team in carry if team})
            case "named":
                return list(self.named)
            case "lent_cases":
                return [it.code for it in lent if it.code]
            case "lent_teams":
                return [it.team for it in lent if not it.code]
            case "in_emergency":
                return [it.code for it in self.opened if it.code and Permission.CASE_VIEW in self.permissions]
        raise ValueError(what)

    def only(self, what: str, permission: Permission) -> Any:
        """Return the only one of `rows`; None if there is none, or several."""
        rows = self.rows(what, permission)
        return rows[0] if len(rows) == 1 else None


def read_for(user: User, now: datetime) -> InSight | None:
    """Return what was read for the page that is being made for somebody, if anything was."""
    sight: InSight | None = getattr(user, "in_sight", None)
    return sight if sight is not None and abs(now - sight.at) <= LASTS else None
