"""Where a client lives: recorded, changed, ended. Registration duties depend on it."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..changes import insert_once, locked, write
from ..models import Address, Client
from .facts import facts_changed, lock_in_order


class AddressFields(TypedDict, total=False):
    country: str
    city: str
    line: str
    since: date | None
    until: date | None  # the first day on which they no longer live there
    registration_possible: bool | None
    area_closed: bool | None


class UnableToRecordAddress(Refusal):
    pass


@transaction.atomic
def record_address(
    *,
    client: Client,
    by: User,
    now: datetime,
    together_with: Collection[Client] = (),
    ends_earlier: bool = False,
    address_id: UUID | None = None,
    **fields: Unpack[AddressFields],
) -> Address:
    """Record where the client lives, and those of the family who live there too.

    `ends_earlier`: the addresses at which they lived so far end on the day on which this one begins.
    Sent twice with the same `address_id`, it is recorded once.
    """
    _refuse_disorder(fields.get("since"), fields.get("until"))
    lock_in_order([client, *together_with])
    address, is_new = _insert(client, address_id, fields, ends_earlier=ends_earlier, by=by, now=now)
    if is_new:
        for other in together_with:
            _insert(other, None, fields, ends_earlier=ends_earlier, by=by, now=now)
    return address


@transaction.atomic
def change_address(
    *, address: Address, version: int, by: User, now: datetime, **fields: Unpack[AddressFields]
) -> Address:
    """Correct an address. Raises ChangedMeanwhile."""
    values: dict[str, Any] = dict(fields)
    address = locked(address, version=version, mine=values)
    _refuse_disorder(values.get("since", address.since), values.get("until", address.until))
    changed = write(address, values)
    if changed:
        _say("clients.address_changed", address, by, now, fields=sorted(changed))
    return address


@transaction.atomic
def end_address(*, address: Address, until: date, version: int, by: User, now: datetime) -> Address:
    """Note that the client does not live there any more from the day `until` on. Raises ChangedMeanwhile."""
    address = locked(address, version=version, mine={"until": until})
    _refuse_disorder(address.since, until)
    if write(address, {"until": until}):
        _say("clients.address_ended", address, by, now)
    return address


@transaction.atomic
def resume_address(*, address: Address, version: int, by: User, now: datetime) -> Address:
    """Take back that the client does not live there any more. Raises ChangedMeanwhile."""
    address = locked(address, version=version, mine={"until": None})
    if write(address, {"until": None}):
        _say("clients.address_resumed", address, by, now)
    return address


def _insert(
    client: Client,
    address_id: UUID | None,
    fields: AddressFields,
    *,
    ends_earlier: bool,
    by: User,
    now: datetime,
) -> tuple[Address, bool]:
    address = Address(id=address_id or new_id(), data_key=client.data_key, client=client, **fields)
    address, is_new = insert_once(address, client_id=client.pk)
    if is_new:
        if ends_earlier and address.since:
            _end_earlier(address, by, now)
        _say("clients.address_recorded", address, by, now)
    return address, is_new


def _end_earlier(address: Address, by: User, now: datetime) -> None:
    """End the open addresses of the same person that began before this one, on its first day."""
    before = Q(since__isnull=True) | Q(since__lte=address.since)
    earlier = Address.objects.filter(before, client=address.client_id, until__isnull=True).exclude(pk=address.pk)
    for each in earlier.select_for_update():
        write(each, {"until": address.since})
        _say("clients.address_ended", each, by, now)


def _say(type: str, address: Address, by: User, now: datetime, **data: Any) -> None:
    facts_changed(address.client, now=now)
    record(type, subject=address, case_id=address.client.case_id, by=by, now=now, **data)


def _refuse_disorder(since: date | None, until: date | None) -> None:
    if since and until and until < since:
        raise UnableToRecordAddress(_("They cannot leave this address before they move in."), field="until")
