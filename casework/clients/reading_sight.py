"""Reads what somebody may see, in one query."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject

from casework.accounts.models import Membership, User
from casework.accounts.prepared import Prepared
from casework.accounts.roles import Role

from .in_sight import InSight, Lent
from .models import CaseMember, EmergencyAccess, TimedAccess


def read_sight(user: User, now: datetime) -> InSight:
    """Return what decides now which cases `user` may see."""
    ((held, named, lent, opened),) = _SIGHT.ask(user=user.pk, now=now)
    return InSight(
        at=now,
        held=[(Role(it["role"]), UUID(it["team"]) if it["team"] else None, it["name"] or "") for it in held],
        named=named,
        lent=[_lent(it) for it in lent],
        opened=[_lent(it) for it in opened],
    )


def _sight(user: UUID, now: datetime) -> Any:
    held = Membership.objects.active(now).filter(user=user)
    lent: Any = TimedAccess.objects
    opened: Any = EmergencyAccess.objects
    return (
        User.objects.filter(pk=user)
        .select_related(None)
        .order_by()
        .values_list(
            ArraySubquery(held.values(it=JSONObject(role="role", team="team", name="team__name"))),
            ArraySubquery(CaseMember.objects.filter(user=user).values("case__code")),
            ArraySubquery(_running(lent, user, now).values(it=_given(team="team", may_change="may_change"))),
            ArraySubquery(_running(opened, user, now).values(it=_given())),
        )
    )


def _running(given: Any, user: UUID, now: datetime) -> Any:
    return given.running(now).filter(user=user).order_by()


def _given(**beside: str) -> JSONObject:
    return JSONObject(code="case__code", of_case="case__team", **beside)


def _lent(it: dict[str, Any]) -> Lent:
    return Lent(it["code"], UUID(it["of_case"] or it["team"]), it.get("may_change", False))


_SIGHT = Prepared(_sight, user=UUID, now=datetime)
