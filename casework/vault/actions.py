"""What may be done with data keys: destroy one, wrap all of them anew."""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction

from casework.vault.keys import provider
from casework.vault.models import DataKey

# Bare ids only. Kept outside the database, its lines are the ledger from which erasures are repeated after a backup is restored.
ledger = logging.getLogger("casework.vault.erasures")


@transaction.atomic
def destroy_key(key: DataKey, *, by: Any, now: datetime) -> None:
    """Destroy a data key, and with it everything that it sealed, in this and every other copy of the rows.

    The caller records the audit event, which names what was erased. Destroying a destroyed key changes nothing.
    """
    locked = DataKey.objects.select_for_update().get(pk=key.pk)
    if not locked.is_destroyed:
        locked.wrapped = None
        locked.destroyed_at = now
        locked.save(update_fields=["wrapped", "destroyed_at"])
        actor = getattr(by, "pk", by)
        transaction.on_commit(
            lambda: ledger.info("destroyed data key %s by %s at %s", locked.pk, actor, now.isoformat())
        )
    key.forget()
    key.wrapped = None
    key.destroyed_at = locked.destroyed_at


def rewrap_keys(*, batch_size: int = 2000) -> int:
    """Wrap every usable data key with the current key of the key file; return how many were wrapped anew.

    Online and resumable: each batch is a transaction of its own, and keys that a batch has reached are not looked at again.
    """
    total = 0
    while changed := _rewrap_batch(batch_size):
        total += changed
    return total


@transaction.atomic
def _rewrap_batch(batch_size: int) -> int:
    # Asked anew for each batch: the key file may be given another key meanwhile.
    left = DataKey.objects.wrapped_by_another_than(provider().current_data_key_id())
    keys = list(left.select_for_update().order_by("pk")[:batch_size])
    for key in keys:
        key.kek_id, key.wrapped = provider().wrap(key.unwrapped(), key.bound_to())
    DataKey.objects.bulk_update(keys, ["kek_id", "wrapped"])
    return len(keys)
