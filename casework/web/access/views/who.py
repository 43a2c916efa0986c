"""Who may see this case, why and until when, in plain words: the predicate turned round."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.accounts.models import User
from casework.accounts.roles import DEFINITIONS, Permission
from casework.audit.record import record
from casework.clients.models import Case, TimedAccess
from casework.clients.who_sees import Viewer, Why, not_begun, viewers_of
from casework.web.cases.forms.intake import in_short
from casework.web.cases.header import case_header
from casework.web.cases.loading import visible_case
from casework.web.decorators import requires
from casework.web.request import UserRequest

PAST_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerRow:
    """One person who may see the case. `end_of`: the access that the reader may end."""

    name: str
    why: str
    detail: str
    may: str
    until: datetime | None
    end_of: TimedAccess | None


@requires(Permission.CASE_VIEW)
@require_safe
def case_access(request: UserRequest, code: str) -> HttpResponse:
    now = timezone.now()
    case = visible_case(request.user, code, now)
    viewers = viewers_of(case, now)
    works = permissions_here(request.user, viewers)
    assigns = Permission.CASE_ASSIGN in works
    named = [each for each in viewers if each.why == Why.NAMED]
    record("clients.case_access_seen", subject=case, case_id=case.pk, by=request.user, now=now)
    context = {
        "case": case,
        "header": case_header(case, now),
        "rows": [viewer_row(each, case, reader=request.user.pk, assigns=assigns) for each in viewers],
        "later": not_begun(case, now),
        "past": _past(case, now),
        "is_alone": case.restricted and len(named) < 2,
        "may_change": case.may_change and Permission.CASE_CHANGE in works,
        "may_give": assigns and not case.restricted,
    }
    return render(request, "access/case_access.html", context)


def permissions_here(user: User, viewers: list[Viewer]) -> frozenset[Permission]:
    """Return what the user may do as somebody of the team of the case: nothing, if they are a guest."""
    roles = {role for viewer in viewers if viewer.user.pk == user.pk for role in viewer.roles}
    return frozenset().union(*(DEFINITIONS[role].permissions for role in roles))


def viewer_row(viewer: Viewer, case: Case, *, reader: Any, assigns: bool) -> ViewerRow:
    lent = viewer.access if isinstance(viewer.access, TimedAccess) else None
    may_end = lent is not None and (assigns or lent.user_id == reader)
    return ViewerRow(
        name=in_short(viewer.user),
        why=_in_words(viewer, case),
        detail=_detail(viewer),
        may=_("see and change") if viewer.may_change else _("see only"),
        until=viewer.until,
        end_of=lent if may_end else None,
    )


def _in_words(viewer: Viewer, case: Case) -> str:
    roles = ", ".join(_(DEFINITIONS[role].label) for role in viewer.roles)
    told = {"roles": roles, "team": case.team.name}
    match viewer.why:
        case Why.TEAM if viewer.user.pk == case.caseworker_id:
            return _("looks after this case; %(roles)s, %(team)s") % told
        case Why.TEAM:
            return _("works in the team: %(roles)s, %(team)s") % told
        case Why.NAMED:
            return _("is named on this case; %(roles)s, %(team)s") % told
        case Why.CASE_LENT:
            return _("was given access to this case for a time")
        case Why.TEAM_LENT:
            return _("stands in for the team %(team)s for a time") % told
    return _("opened this case in an emergency")


def _detail(viewer: Viewer) -> str:
    if isinstance(viewer.access, TimedAccess):
        told = {"name": in_short(viewer.access.given_by), "reason": viewer.access.reason}
        return _("Given by %(name)s: %(reason)s") % told
    return str(viewer.access.reason) if viewer.access is not None else ""


def _past(case: Case, now: datetime) -> list[TimedAccess]:
    """Return the access to this case that is over, the latest first."""
    rows: Any = TimedAccess.objects.filter(Q(ended_at__isnull=False) | Q(ends_at__lte=now), case=case)
    return list(rows.select_related("user__data_key", "given_by__data_key").newest_first()[:PAST_SHOWN])
