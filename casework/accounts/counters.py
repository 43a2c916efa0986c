"""A cache in the database, for what every process of the web must know at once: attempts to sign in, codes that were used.

Memory of a process would let each process be tried anew, and a broker may be down. Values are JSON, because the pickles of
Django's own database cache run whatever somebody writes into the table; keys are hashed, because they hold addresses.
Only what is counted at the door lies here, so nothing is thrown out to make room. The clock is read here as in any cache.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection
from django.utils import timezone

from casework.vault.lookup import keyed_hashes

from .models import Counter

LONG = timedelta(days=365)
# The row is taken by who comes first, also of two at the same moment; an expired one counts as none.
ADD = """
    INSERT INTO accounts_counter (key, value, expires_at) VALUES (%s, %s, %s)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
    WHERE accounts_counter.expires_at <= %s
"""
SET = """
    INSERT INTO accounts_counter (key, value, expires_at) VALUES (%s, %s, %s)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
"""

# One more within the span that runs, or the first of a new one; by one statement, whoever else counts meanwhile.
COUNT = """
    INSERT INTO accounts_counter (key, value, expires_at) VALUES (%(key)s, '1', %(until)s)
    ON CONFLICT (key) DO UPDATE SET
        value = CASE WHEN accounts_counter.expires_at <= %(now)s THEN '1'
            ELSE to_jsonb((accounts_counter.value)::int + 1) END,
        expires_at = CASE WHEN accounts_counter.expires_at <= %(now)s THEN excluded.expires_at
            ELSE accounts_counter.expires_at END
    RETURNING value, expires_at
"""


class Counters(BaseCache):
    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        with connection.cursor() as cursor:
            if self.get(key, version=version) is not None:  # under an older key of the key file, too
                return False
            cursor.execute(ADD, [*self._row(key, value, timeout, version), timezone.now()])
            return bool(cursor.rowcount)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        keys = self._keys(key, version)
        kept = dict(Counter.objects.filter(key__in=keys, expires_at__gt=timezone.now()).values_list("key", "value"))
        return next((kept[each] for each in keys if kept.get(each) is not None), default)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(SET, self._row(key, value, timeout, version))

    def delete(self, key: str, version: int | None = None) -> bool:
        count, _by_model = Counter.objects.filter(key__in=self._keys(key, version)).delete()
        return bool(count)

    def clear(self) -> None:
        Counter.objects.all().delete()

    def _keys(self, key: str, version: int | None) -> list[str]:
        """Return under what it is stored, and then under what it was before a key of the key file was changed."""
        return [each.hex() for each in keyed_hashes("accounts.counter", self.make_key(key, version))]

    def _row(self, key: str, value: Any, timeout: Any, version: int | None) -> list[Any]:
        until = self.get_backend_timeout(timeout)
        expires_at = timezone.now() + LONG if until is None else datetime.fromtimestamp(until, tz=UTC)
        return [self._keys(key, version)[0], json.dumps(value), expires_at]


def count(key: str, span: timedelta, now: datetime) -> tuple[int, datetime]:
    """Count one more under a key, and return how many there were within the span that runs, and when it is over."""
    [hashed, *_older] = keyed_hashes("accounts.counter", key)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"key": hashed.hex(), "until": now + span, "now": now})
        value, expires_at = cursor.fetchone()
    return int(value), expires_at


def forget_counters(now: datetime) -> None:
    """Delete what has expired."""
    Counter.objects.filter(expires_at__lte=now).delete()
