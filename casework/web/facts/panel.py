"""Stays and papers of everybody in a case, for the case page: five queries, however many people there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from casework.clients.models import Client
from casework.documents.models import Document
from casework.residency.models import Application, Permit, Registration, Stay


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersOfClient:
    """What is on record about one person, newest first."""

    client: Client
    stays: list[Stay]
    documents: list[Document]
    permits: list[Permit]
    registrations: list[Registration]
    applications: list[Application]

    @property
    def is_empty(self) -> bool:
        return not (self.stays or self.documents or self.permits or self.registrations or self.applications)


def papers_of(clients: Iterable[Client]) -> list[PapersOfClient]:
    """Return the papers of each client, in the order given."""
    people = list(clients)
    stays = Stay.objects.select_related("data_key", "document").newest_first()
    found = {
        "stays": _by_client(stays, people),
        "documents": _by_client(Document.objects.all().with_custody().newest_first(), people),
        "permits": _by_client(Permit.objects.all().newest_first(), people),
        "registrations": _by_client(Registration.objects.all().newest_first(), people),
        "applications": _by_client(Application.objects.all().newest_first(), people),
    }
    return [
        PapersOfClient(client=client, **{name: rows.get(client.pk, []) for name, rows in found.items()})
        for client in people
    ]


def _by_client(rows: Any, clients: list[Client]) -> dict[Any, list[Any]]:
    grouped: dict[Any, list[Any]] = {}
    for row in rows.filter(client__in=clients):
        grouped.setdefault(row.client_id, []).append(row)
    return grouped
