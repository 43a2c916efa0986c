"""Who may see which case: the one predicate behind every list, search, page, report and admin."""

from datetime import UTC, datetime
from functools import cache, reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, CharField, F, Func, Q, UUIDField, Value
from django.db.models.expressions import RawSQL

from casework.accounts.access import memberships
from casework.accounts.models import Team, User
from casework.accounts.roles import Permission

from .in_sight import read_for


def cases_visible_to(
    user: User,
    now: datetime,
    *,
    permission: Permission = Permission.CASE_VIEW,
    prefix: str = "",
    archived: bool = False,
    by_token: bool = False,
) -> Q:
    """Return the condition under which `user` may see a case (or, by `permission`, change it).

    1. The case belongs to a team for which the user's role carries the permission, and
       it is not restricted, or the user is named on it; or
    2. it is not restricted, and the user has been given access for a time, to it or to the cases of its team:
       to look, and to change it where that was given too, never to assign it; or
    3. the user opened it in an emergency within the last hour: to look, at nothing but this case.
       Neither 3 nor any restricted case is there `by_token`, for a program: it cannot be asked who it is, nor why.
    4. Whichever it is, an archived case is only looked at (or `archived`: taken out of the archive).

    `prefix` leads from the queried model to the case, such as `client__case__`. `docs/access.md` says the same in words.
    """
    open_to_all = Q(**{f"{prefix}restricted": False})
    here = _either(_among(f"{prefix}team", "teams", user, permission, now))
    seen = here & _either(open_to_all, _among(f"{prefix}code", "named", user, permission, now))
    if permission in (Permission.CASE_VIEW, Permission.CASE_CHANGE):
        lent = _lent(user, permission, now, prefix)
        seen = _either(seen, lent and open_to_all & lent)
    if by_token:
        seen &= open_to_all
    elif permission == Permission.CASE_VIEW:
        seen = _either(seen, _among(f"{prefix}code", "in_emergency", user, permission, now))
    if archived or permission == Permission.CASE_VIEW:
        return seen
    return seen & Q(**{f"{prefix}archived_at__isnull": True})


def team_ids_in_sight(user: User, now: datetime) -> list[UUID]:
    """Return the teams of all cases that `user` may see: none of another team meets `cases_visible_to`.

    Whoever takes the first of many rows in some order names them besides the predicate. How few rows the predicate lets through the
    database cannot guess, and goes through those of everybody in that order until it has enough.
    """
    view = Permission.CASE_VIEW
    if (sight := read_for(user, now)) is not None:
        return sight.teams
    of_cases = [_rows(what, user, view, now).values("case__team") for what in ("lent_cases", "in_emergency")]
    of_teams = [_rows(what, user, view, now) for what in ("teams", "lent_teams")]
    sighted = [Q(pk__in=rows) for rows in (*of_teams, *of_cases)]
    return list(Team.objects.filter(reduce(or_, sighted)).values_list("pk", flat=True))


def needs_visible_to(user: User, now: datetime, *, prefix: str = "") -> Q:
    """Return the condition under which `user` may read what people of a case need, and why a case scores as it does.

    1. The user may see the case, and
    2. looks after it, or assigns the cases of its team, or is named on it, or was given access for a time to change it.

    Others of the team learn that somebody was asked, when, and whom to ask. `prefix` as above.
    """
    is_close = _either(
        Q(**{f"{prefix}caseworker": user}),
        _among(f"{prefix}team", "teams", user, Permission.CASE_ASSIGN, now),
        _among(f"{prefix}code", "named", user, Permission.CASE_VIEW, now),
        _lent(user, Permission.CASE_CHANGE, now, prefix),
    )
    return cases_visible_to(user, now, prefix=prefix) & is_close


def _lent(user: User, permission: Permission, now: datetime, prefix: str) -> Q | None:
    """Return the condition that the user has been given access for a time to a case, or to the cases of its team."""
    of_case = _among(f"{prefix}code", "lent_cases", user, permission, now)
    of_team = _among(f"{prefix}team", "lent_teams", user, permission, now)
    return _either(of_case, of_team) if of_case or of_team else None


def _either(*conditions: Q | None) -> Q:
    return reduce(or_, (it for it in conditions if it is not None))


def _rows(what: str, user: User, permission: Permission, now: datetime) -> Any:
    """Return the teams or the codes of cases that each part of the predicate speaks of."""
    from .models.case import CaseMember
    from .models.emergency import EmergencyAccess
    from .models.timed_access import TimedAccess

    given: Any = TimedAccess.objects
    opened: Any = EmergencyAccess.objects
    match what:
        case "teams":
            return memberships(user, permission, now).values("team")
        case "named":
            return CaseMember.objects.filter(user=user).values("case__code")
        case "lent_cases":
            return given.letting(user, permission, now).values("case__code")
        case "lent_teams":
            return given.letting(user, permission, now).values("team")
        case "in_emergency":
            return opened.letting(user, now).values("case__code")
    raise ValueError(what)


def _among(column: str, what: str, user: User, permission: Permission, now: datetime) -> Q | None:
    """Return the condition that a column of the case is one of `_rows`, which are read once for the whole query, or were for
    the whole page; None if it is known that there is none.

    `IN (SELECT ...)` under an OR would make the database look at every case there is; an array that it has in hand
    lets it take the index of each. The rows of a single one it even finds there in their order, which lists begin with.
    Cases are told by their code, since their id is folded into other tables.
    """
    array: Any
    if (sight := read_for(user, now)) is not None:
        values, field = sight.rows(what, permission), UUIDField() if what in ("teams", "lent_teams") else CharField()
        if not values and what != "teams":
            return None
        if (only := sight.only(what, permission)) is not None:
            return _compared(F(column), " = ", Value(only, output_field=field))
        array = Value(values, output_field=ArrayField(field))
    else:
        sql, template = _compiled(what, permission)
        known = {_SOMEBODY: user.pk, _SOME_TIME: now}
        params = [known[value] if _is_blank(value) else value for value in template]
        array = RawSQL(f"ARRAY({sql})", params)  # noqa: S611 - in the words of the ORM; values go beside them
    return _compared(F(column), " = ANY ", Func(array, template="(%(expressions)s)"))


def _compared(column: F, how: str, value: Any) -> Q:
    return Q(Func(column, value, template="(%(expressions)s)", arg_joiner=how, output_field=BooleanField()))


# Stand in for user and time while a query is put into words, which is done once for each and not on every page.
_SOMEBODY = UUID("00000000-0000-4000-8000-5a5a5a5a5a5a")
_SOME_TIME = datetime(1900, 1, 1, tzinfo=UTC)


@cache
def _compiled(what: str, permission: Permission) -> tuple[str, tuple[Any, ...]]:
    rows = _rows(what, User(pk=_SOMEBODY), permission, _SOME_TIME).order_by()
    sql, params = rows.query.sql_with_params()
    return sql, tuple(params)


def _is_blank(value: Any) -> bool:
    return isinstance(value, UUID | datetime)
