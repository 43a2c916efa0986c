"""How the packages above learn that deadlines may have moved, or that somebody may be known already."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from ..models import Client


def facts_changed(client: Client, *, now: datetime) -> None:
    """State that something changed on which the deadlines of `client` depend.

    Call it in the transaction of the change. Residency stores the version it computed from and
    computes anew when this one is higher.
    """
    Client.objects.filter(pk=client.pk).update(facts_version=F("facts_version") + 1, facts_changed_at=now)


def identity_changed(client: Client) -> None:
    """State that something changed which tells this person from others: a name, the birth, a number, a way to reach them.

    Call it in the transaction of the change. Lifecycle stores the version that it compared with everybody on record and
    compares anew when this one is higher.
    """
    Client.objects.filter(pk=client.pk).update(identity_version=F("identity_version") + 1)


def lock_in_order(clients: Iterable[Client]) -> None:
    """Lock several people before their facts change, in the order of their ids, as a refresh of deadlines does.

    Whoever locks in another order may wait in a circle with it.
    """
    ids = {client.pk for client in clients}
    list(Client.objects.filter(pk__in=ids).select_for_update(no_key=True).order_by("pk").values_list("pk"))
