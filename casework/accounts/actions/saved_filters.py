"""Filters of lists that somebody keeps under a name. Nobody else sees, uses or changes them."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.utils.translation import gettext as _

from casework.audit.record import record
from casework.lib.refusals import Refusal

from ..models import SAVED_AT_MOST, SavedFilter, User


class UnableToSaveFilter(Refusal):
    pass


@transaction.atomic
def save_filter(*, filter_id: UUID, listing: str, name: str, query: str, by: User, now: datetime) -> SavedFilter:
    """Keep filters under a name. Sent twice with the same id, it is kept once. Raises UnableToSaveFilter."""
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # so that two at once do not both take the last place
    earlier = SavedFilter.objects.filter(pk=filter_id).first()
    if earlier is not None:
        if earlier.user_id != by.pk:
            raise SuspiciousOperation("the token of a form names a record of somebody else")
        known: SavedFilter = earlier
        return known
    if SavedFilter.objects.of_list(by, listing).count() >= SAVED_AT_MOST:
        said = _("You keep %(count)s filters of this list. Remove one first.")
        raise UnableToSaveFilter(said % {"count": SAVED_AT_MOST}, field="name")
    saved = SavedFilter(id=filter_id, data_key=by.data_key, user=by, listing=listing, created_at=now)
    saved.name, saved.query = name, query
    saved.save(force_insert=True)
    record("accounts.filter_saved", subject=saved, by=by, now=now, listing=listing)
    return saved


@transaction.atomic
def rename_filter(*, saved: SavedFilter, name: str, by: User, now: datetime) -> SavedFilter:
    if saved.name != name:
        saved.name = name
        saved.save(update_fields=["name"])
        record("accounts.filter_renamed", subject=saved, by=by, now=now, listing=saved.listing)
    return saved


@transaction.atomic
def remove_filter(*, saved: SavedFilter, by: User, now: datetime) -> None:
    record("accounts.filter_removed", subject=saved, by=by, now=now, listing=saved.listing)
    saved.delete()
