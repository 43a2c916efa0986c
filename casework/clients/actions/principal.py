"""Another principal applicant: one act, because everybody's relation to them changes with it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.kinship import fits_relation
from casework.lib.refusals import Refusal

from ..changes import locked, write
from ..models import Case, Client, Relation
from .facts import lock_in_order


class UnableToChoosePrincipal(Refusal):
    pass


@transaction.atomic
def choose_principal(
    *, case: Case, principal: Client, relations: Mapping[UUID, str], version: int, by: User, now: datetime
) -> Case:
    """Make somebody the principal applicant of their case; `relations` says what everybody else is to them.

    Raises ChangedMeanwhile.
    """
    case = locked(case, version=version)
    people = list(Client.objects.filter(case=case).order_by("pk"))
    if principal.pk not in {each.pk for each in people} or set(relations) != {each.pk for each in people} - {
        principal.pk
    }:
        raise UnableToChoosePrincipal(_("Somebody was added to this case or left it meanwhile. Look at it again."))
    if reason := why_not_these_relations(principal.pk, relations):
        raise UnableToChoosePrincipal(reason)
    lock_in_order(people)
    write_relations(people, principal.pk, relations)
    case.version += 1
    case.save(update_fields=["version"])
    record("clients.principal_chosen", subject=principal, case_id=case.pk, by=by, now=now)
    return case


def write_relations(people: list[Client], principal: UUID, relations: Mapping[UUID, str]) -> None:
    """Write what everybody is to `principal`: who was it before steps down first, because there is one at a time."""
    for client in sorted(people, key=lambda each: each.pk == principal):
        is_principal = client.pk == principal
        relation = Client.Relation.PRINCIPAL if is_principal else relations[client.pk]
        write(client, {"is_principal": is_principal, "relation": relation})


def why_not_these_relations(principal: UUID, relations: Mapping[UUID, str]) -> str:
    """Return why these relations to a principal applicant contradict what is on file between the two, or ""."""
    if Client.Relation.PRINCIPAL in relations.values():
        return _("This case has a principal applicant already. Say how this person is related to them.")
    for row in Relation.objects.among([principal]):
        person = row.other_id if row.one_id == principal else row.one_id
        if person in relations and not fits_relation(relations[person], row.tie, person, principal):
            return _("One of these contradicts a relation that is on file. Correct that first, or choose what fits.")
    return ""
