"""How the packages above learn that deadlines may have moved."""

from datetime import datetime

from django.db.models import F

from ..models import Client


def facts_changed(client: Client, *, now: datetime) -> None:
    """State that something changed on which the deadlines of `client` depend.

    Call it in the transaction of the change. Residency stores the version it computed from and
    computes anew when this one is higher.
    """
    Client.objects.filter(pk=client.pk).update(facts_version=F("facts_version") + 1, facts_changed_at=now)
