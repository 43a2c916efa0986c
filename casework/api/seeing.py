"""A program sees one case: through the predicate, within what a day allows its owner, and not without an event."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to
from casework.clients.models import Case
from casework.clients.quotas import Sight, next_case_at, sights_of
from casework.lifecycle.many_cases import tell_of_many_cases

from .problems import Problem, not_there


class Withheld(Problem):
    """The owner of the token, their programs included, has opened as many cases as a day allows. A page asks them why."""

    def __init__(self, case: Case, count: int, again_at: datetime, now: datetime) -> None:
        seconds = max(1, int((again_at - now).total_seconds()) + 1)
        said = _(
            "You have opened %(count)s different cases within a day. Open the next one on a page, where you are asked why, or wait."
        )
        super().__init__(429, "too_many_cases", said % {"count": count}, headers={"Retry-After": str(seconds)})
        self.case, self.count = case, count


def seen_by_token(user: User, now: datetime, *, prefix: str = "", permission: Permission = Permission.CASE_VIEW) -> Q:
    """Return the condition under which a program of `user` may see a case: what is restricted is not there for it."""
    return cases_visible_to(user, now, prefix=prefix, permission=permission, by_token=True)


def one_or_none(rows: Any, **key: Any) -> Any:
    """Return the row; answer 404 alike for what is foreign and what is missing."""
    found = rows.filter(**key).first()
    if found is None:
        raise not_there()
    return found


def case_opened(request: Any, code: str, *, permission: Permission = Permission.CASE_VIEW) -> Case:
    """Return the case with its team and key, counted among those that its reader opens today. Raises Problem."""
    user, now = request.user, request.now
    rows: Any = Case.objects.filter(seen_by_token(user, now, permission=permission))
    rows = rows.select_related("team", "data_key").annotate(sights=sights_of(user, now, "clients_case.id"))
    case: Any = one_or_none(rows, code=code)
    sight = Sight.of(case.sights)
    if sight.is_beyond:
        request.withheld = Withheld(case, sight.within_day - 1, next_case_at(user, now), now)
        raise request.withheld
    if sight.is_to_be_told:
        tell_of_many_cases(user=user, count=sight.within_hour, now=now)
    opened: Case = case
    return opened
