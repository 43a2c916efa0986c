"""Who is away now, and for whom somebody does the work meanwhile."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from .models import Absence, User


class Away:
    """Who is away, with who stands in for them if somebody does; read in one query."""

    def __init__(self, now: datetime) -> None:
        self.deputies: dict[UUID, UUID | None] = dict(Absence.objects.running(now).values_list("user_id", "deputy_id"))

    def __contains__(self, user: object) -> bool:
        return user in self.deputies

    def deputy_of(self, user: UUID) -> UUID | None:
        """Return who stands in for somebody, unless they are away themselves."""
        deputy = self.deputies.get(user)
        return None if deputy is None or deputy in self else deputy

    def here(self, users: Sequence[UUID]) -> list[UUID]:
        """Return those who are here; all of them if nobody is, because somebody has to hear of it."""
        return [user for user in users if user not in self] or list(users)


def oneself_and_those_one_stands_in_for(user: User, now: datetime) -> QuerySet[User]:
    """Return them, to be asked within a query."""
    away = Absence.objects.running(now).filter(deputy=user).values("user")
    return User.objects.filter(Q(pk=user.pk) | Q(pk__in=away)).select_related(None).order_by()
