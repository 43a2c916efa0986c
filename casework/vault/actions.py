"""What may be done with data keys: destroy one. `rotation` wraps all of them anew, `renewal` replaces one."""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction

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
