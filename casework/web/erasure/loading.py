"""How the pages of erasure find what they show. Archived cases are erased too; what may not be seen is not there: 404."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to
from casework.clients.models import Case, Erasure
from casework.web.opening import ask_where_restricted, open_or_404


def case_to_erase(user: User, code: str, now: datetime, permission: Permission = Permission.CASE_CHANGE) -> Case:
    """Return the case that this user may change, or would if it were not archived; or answer 404."""
    rows = Case.objects.filter(cases_visible_to(user, now, permission=permission, archived=True))
    case: Case = open_or_404(rows.select_related("data_key", "team", "caseworker__data_key"), code=code)
    return case


def shown_erasures(user: User, now: datetime) -> Any:
    """Return those about cases that this user may change; and those that they asked for or decided, when the case is gone."""
    about = Erasure.objects.about_cases_of(user, now, permission=Permission.CASE_CHANGE)
    own = Q(asked_by=user) | Q(decided_by=user)
    is_there = Exists(Case.objects.filter(pk=OuterRef("case_id")))
    done = Erasure.objects.filter(~is_there, own, state=Erasure.State.DONE)
    return Erasure.objects.filter(Q(pk__in=about.values("pk")) | Q(pk__in=done.values("pk"))).select_related(
        "asked_by__data_key", "decided_by__data_key"
    )


def erasure_or_404(user: User, erasure_id: UUID, now: datetime) -> Erasure:
    erasure: Erasure | None = shown_erasures(user, now).filter(pk=erasure_id).first()
    if erasure is None:
        raise Http404
    case: Case | None = Case.objects.select_related("data_key").filter(pk=erasure.case_id).first()
    if case is not None:
        ask_where_restricted(case)
    return erasure


def done_erasure_or_404(user: User, erasure_id: UUID, now: datetime) -> Erasure:
    """Return an erasure that is done; of another there is nothing to confirm on paper."""
    erasure = erasure_or_404(user, erasure_id, now)
    if erasure.state != Erasure.State.DONE:
        raise Http404
    return erasure


def erasure_to_confirm(user: User, erasure_id: UUID, now: datetime) -> tuple[Erasure, Case]:
    """Return what waits about a case that this user assigns, and the case; or answer 404."""
    erasure = get_object_or_404(Erasure.objects.select_related("asked_by__data_key"), pk=erasure_id)
    rows = Case.objects.filter(cases_visible_to(user, now, permission=Permission.CASE_ASSIGN, archived=True))
    case: Case = open_or_404(rows.select_related("data_key", "team", "caseworker__data_key"), pk=erasure.case_id)
    return erasure, case
