"""What may be done with data keys: destroy one. `rotation` wraps all of them anew, `renewal` replaces one."""

import logging
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from casework.vault.models import DataKey

# Bare ids only. Kept outside the database, its lines are the ledger from which erasures are repeated after a backup is restored.
ledger = logging.getLogger("casework.vault.erasures")


@transaction.atomic
def destroy_key(key: DataKey, *, by: Any, now: datetime) -> None:
    """Destroy a data key, and with it everything that it sealed, in this and every other copy of the rows.

    So are the keys whose place it took, and the one that took its place: an older backup has the rows under those. The
    caller records the audit event, which names what was erased. Destroying a destroyed key changes nothing.
    """
    keys = _of_the_same_owner(key)
    newest = keys[0]
    if not newest.is_destroyed:
        actor = getattr(by, "pk", by)
        for each in keys:
            if not each.is_destroyed:
                destroy_rows_key(each, now=now)
            line = "destroyed data key %s by %s at %s", each.pk, actor, now.isoformat()
            transaction.on_commit(partial(ledger.info, *line))
    key.refresh_from_db(fields=["wrapped", "destroyed_at"])


def destroy_rows_key(key: DataKey, *, now: datetime) -> None:
    """Forget a locked key. Nothing under it is readable any more."""
    key.forget()
    key.wrapped = None
    key.destroyed_at = now
    key.save(update_fields=["wrapped", "destroyed_at"])


def _of_the_same_owner(key: DataKey) -> list[DataKey]:
    """Lock and return the key that an owner has now, and then those that it took the place of."""
    newest = DataKey.objects.get(pk=key.pk)
    while newest.replaced_by is not None:
        newest = newest.replaced_by
    found = [DataKey.objects.select_for_update().get(pk=newest.pk)]
    for each in found:  # grows
        found += each.replaces.select_for_update().order_by("pk")
    return found
