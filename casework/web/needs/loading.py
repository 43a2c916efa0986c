"""How these pages find what they show. Needs are there only for those who may read them; for others, 404."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to, needs_visible_to
from casework.clients.models import Assessment, Case, Client, Need, Service
from casework.clients.models.service import RESTRICTED_KINDS
from casework.web.cases.loading import changeable_client
from casework.web.opening import open_or_404


def may_read_needs(user: User, case: Case, now: datetime) -> bool:
    return Case.objects.filter(needs_visible_to(user, now), pk=case.pk).exists()


def client_to_assess(user: User, reference: str, now: datetime) -> Client:
    """Return the person whose case this user may change and whose needs they may read, or answer 404."""
    client = changeable_client(user, reference, now)
    if not may_read_needs(user, client.case, now):
        raise Http404
    return client


def changeable_need(user: User, need_id: UUID, now: datetime) -> Need:
    need: Need = open_or_404(_of_client(Need, user, now), pk=need_id)
    return need


def changeable_assessment(user: User, assessment_id: UUID, now: datetime) -> Assessment:
    assessment: Assessment = open_or_404(_of_client(Assessment, user, now), pk=assessment_id)
    return assessment


def changeable_service(
    user: User, service_id: UUID, now: datetime, *, permission: Permission = Permission.CASE_CHANGE
) -> Service:
    """Return a service of a case that this user may change (or, by `permission`, assign), or answer 404.

    Of a restricted kind, only if they may read the needs.
    """
    may_change = cases_visible_to(user, now, permission=permission, prefix="case__")
    may_read = ~Q(kind__in=RESTRICTED_KINDS) | needs_visible_to(user, now, prefix="case__")
    rows = Service.objects.filter(may_change, may_read).select_related("case__team", "case__data_key", "programme")
    service: Service = open_or_404(rows, pk=service_id)
    return service


def _of_client(model: Any, user: User, now: datetime) -> Any:
    may_change = cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="client__case__")
    rows = model.objects.filter(may_change, needs_visible_to(user, now, prefix="client__case__"))
    return rows.select_related("client__data_key", "client__case__team", "client__case__data_key")
