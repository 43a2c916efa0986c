"""Migrating without making everybody queue.

Whoever waits for the strongest lock of a table makes all others wait behind it, readers too. So a migration that does not get its lock
within seconds lets go, and tries again a little later; each migration is one transaction, so nothing is half done.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection

WAITS = 5  # seconds for a lock
TRIES = 20


@contextmanager
def impatient(seconds: float = WAITS) -> Iterator[None]:
    """Let statements of this connection give up on a lock after a while."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{int(seconds * 1000)}ms"])
    try:
        yield
    finally:
        if connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")


def patiently(
    act: Callable[[], object],
    *,
    say: Callable[[str], None],
    seconds: float = WAITS,
    tries: int = TRIES,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Do something that needs locks, again and again, until it gets them. Raises OperationalError when it never does."""
    for number in range(1, tries + 1):
        try:
            with impatient(seconds):
                act()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != "55P03" or number == tries:
                raise
            say(f"Somebody holds a lock for longer than {seconds:g} s; trying again ({number} of {tries}) ...")
            sleep(min(number * seconds / 5, 10))
        else:
            return
