"""What can happen to the people of a case: added, changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.dates import Birth
from casework.lib.ids import new_id, new_reference
from casework.lib.names import search_form
from casework.lib.refusals import Refusal
from casework.vault.models import DataKey
from casework.vault.search_form import seal_search_form

from ..changes import insert_once, locked, write
from ..models import Case, Client
from .facts import facts_changed, identity_changed
from .relations import contradicts_the_file

NAMES = ("family_name", "given_name", "patronymic", "other_names")
# What deadlines depend on.
FACTS = frozenset({"born_earliest", "born_latest", "nationalities"})
# What tells one person from another.
IDENTITY = frozenset({*NAMES, "born_earliest", "born_latest", "sex"})


class ClientFields(TypedDict, total=False):
    """What is known about a person."""

    family_name: str
    given_name: str
    patronymic: str
    other_names: str  # one a line
    birth: Birth
    sex: str
    nationalities: Sequence[str]  # ISO 3166-1 alpha-2
    language: str
    relation: str


class UnableToAddClient(Refusal):
    pass


class UnableToChangeClient(Refusal):
    pass


@transaction.atomic
def add_client(
    *, case: Case, by: User, now: datetime, client_id: UUID | None = None, **fields: Unpack[ClientFields]
) -> Client:
    """Add a person to the case; the first is its principal applicant, the others have a relation to them.

    Sent twice with the same `client_id`, return the person that was added the first time.
    """
    values = _columns(fields)
    earlier = Client.objects.filter(pk=client_id, case=case).first() if client_id else None
    if earlier is not None:
        return earlier
    case = Case.objects.select_for_update().get(pk=case.pk)  # who comes second sees that there is a principal
    if case.joined_into is not None:
        raise UnableToAddClient(
            _("This case was joined into %(code)s meanwhile. Add the person there.") % {"code": case.joined_into.code}
        )
    has_principal = case.clients.filter(is_principal=True).exists()
    relation = values.pop("relation", Client.Relation.UNRELATED if has_principal else Client.Relation.PRINCIPAL)
    if reason := _why_not_related(relation, has_principal=has_principal):
        raise UnableToAddClient(reason, field="relation")
    client = Client(
        id=client_id or new_id(),
        data_key=DataKey.objects.make(DataKey.OwnerKind.CLIENT, now=now),
        case=case,
        reference=_free_reference(),
        relation=relation,
        is_principal=relation == Client.Relation.PRINCIPAL,
        created_at=now,
        facts_changed_at=now,
        **values,
    )
    client.search_form = sealed_names(client)
    client, is_new = insert_once(client, case_id=case.pk)
    if is_new:
        record("clients.client_added", subject=client, case_id=case.pk, by=by, now=now)
    return client


@transaction.atomic
def change_client(*, client: Client, version: int, by: User, now: datetime, **fields: Unpack[ClientFields]) -> Client:
    """Change what is known about a person. Raises ChangedMeanwhile."""
    values = _columns(fields)
    client = locked(client, version=version, mine=values)
    relation = values.get("relation", client.relation)
    if (relation == Client.Relation.PRINCIPAL) != client.is_principal:
        raise UnableToChangeClient(_why_not_related(relation, has_principal=not client.is_principal), field="relation")
    if relation != client.relation and contradicts_the_file(client, relation):
        raise UnableToChangeClient(
            _("This contradicts a relation that is on file. Correct that first, under Family."), field="relation"
        )
    changed = write(client, values)
    if not changed:
        return client
    if {*NAMES, "born_earliest"}.intersection(changed):
        client.search_form = sealed_names(client)
        client.save(update_fields=["search_form"])
    if FACTS.intersection(changed):
        facts_changed(client, now=now)
    if IDENTITY.intersection(changed):
        identity_changed(client)
    record("clients.client_changed", subject=client, case_id=client.case_id, by=by, now=now, fields=sorted(changed))
    return client


def sealed_names(client: Client) -> bytes:
    """Return the search form of the client's names, sealed for this person."""
    names = [client.full_name, *client.other_names.splitlines()]
    year = client.birth.year
    return seal_search_form(client.pk, search_form(names, birth_year=year))


def _columns(fields: ClientFields) -> dict[str, Any]:
    """Return the values of columns: a birth is stored as its bounds."""
    values: dict[str, Any] = dict(fields)
    birth = values.pop("birth", None)
    if birth is not None:
        values |= {"born_earliest": birth.bounds.earliest, "born_latest": birth.bounds.latest}
    if "nationalities" in values:
        values["nationalities"] = list(dict.fromkeys(values["nationalities"]))
    return values


def _why_not_related(relation: str, *, has_principal: bool) -> str:
    """Return the sentence that says why the next person cannot have this relation, or ""."""
    if relation == Client.Relation.PRINCIPAL and has_principal:
        return _("This case has a principal applicant already. Say how this person is related to them.")
    if relation != Client.Relation.PRINCIPAL and not has_principal:
        return _("One person of a case is its principal applicant.")
    return ""


def _free_reference() -> str:
    """Return a reference that nobody has."""
    while Client.objects.filter(reference=(reference := new_reference())).exists():
        pass
    return reference
